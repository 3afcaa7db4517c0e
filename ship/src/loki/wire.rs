//! Pushes as bytes: snappy of protobuf, or JSON.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;
use serde_json::to_writer;

use super::options::PushEncoding;
use super::preparation::PushEntry;
use super::push::is_same_stream;

/// The body of a request, with the headers that say what it is.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) bytes: Bytes,
    pub(super) content_type: &'static str,
    pub(super) content_encoding: Option<&'static str>,
    /// The bytes before they were compressed.
    pub(super) raw_bytes: usize,
}

/// Encodes sorted entries.
///
/// # Errors
///
/// The compressor fails, as it does for more than 4 GiB.
pub(super) fn encode(entries: &[PushEntry], encoding: PushEncoding) -> io::Result<Body> {
    match encoding {
        PushEncoding::Protobuf => {
            let raw = protobuf(entries);
            let bytes = snap::raw::Encoder::new().compress_vec(&raw).map_err(io::Error::other)?;
            Ok(Body {
                bytes: bytes.into(),
                content_type: "application/x-protobuf",
                content_encoding: None,
                raw_bytes: raw.len(),
            })
        }
        PushEncoding::Json { is_compressed } => {
            let raw = json(entries)?;
            let raw_bytes = raw.len();
            let (bytes, content_encoding) = if is_compressed {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(&raw)?;
                (encoder.finish()?, Some("gzip"))
            } else {
                (raw, None)
            };
            let content_type = "application/json";
            Ok(Body { bytes: bytes.into(), content_type, content_encoding, raw_bytes })
        }
    }
}

#[derive(Clone, PartialEq, Message)]
struct PushRequest {
    #[prost(message, repeated, tag = "1")]
    streams: Vec<StreamMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct StreamMessage {
    #[prost(string, tag = "1")]
    labels: String,
    #[prost(message, repeated, tag = "2")]
    entries: Vec<EntryMessage>,
}

/// An entry. Loki declares its strings as text and keeps any bytes in a line; text and bytes are
/// the same on the wire.
#[derive(Clone, PartialEq, Message)]
struct EntryMessage {
    #[prost(message, optional, tag = "1")]
    timestamp: Option<Timestamp>,
    #[prost(bytes = "bytes", tag = "2")]
    line: Bytes,
    #[prost(message, repeated, tag = "3")]
    metadata: Vec<Pair>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanoseconds: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Pair {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(bytes = "bytes", tag = "2")]
    value: Bytes,
}

fn protobuf(entries: &[PushEntry]) -> Vec<u8> {
    let message = |entry: &PushEntry| {
        let pair = |(name, value): &(Box<str>, Bytes)| Pair {
            name: name.to_string(),
            value: value.clone(),
        };
        EntryMessage {
            timestamp: Some(Timestamp {
                seconds: entry.timestamp_ns.div_euclid(1_000_000_000),
                nanoseconds: entry.timestamp_ns.rem_euclid(1_000_000_000) as i32,
            }),
            line: entry.line.clone(),
            metadata: entry.metadata.iter().map(pair).collect(),
        }
    };
    let streams = entries.chunk_by(is_same_stream).map(|stream| StreamMessage {
        labels: stream[0].stream.text.clone(),
        entries: stream.iter().map(message).collect(),
    });
    PushRequest { streams: streams.collect() }.encode_to_vec()
}

fn json(entries: &[PushEntry]) -> io::Result<Vec<u8>> {
    let mut out = b"{\"streams\":[".to_vec();
    for (index, stream) in entries.chunk_by(is_same_stream).enumerate() {
        out.extend_from_slice(if index > 0 { b",{\"stream\":{" } else { b"{\"stream\":{" });
        let labels = stream[0].stream.labels.iter();
        write_pairs(&mut out, labels.map(|(name, value)| (&**name, value.as_bytes())))?;
        out.extend_from_slice(b"},\"values\":[");
        for (index, entry) in stream.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(out, "{comma}[\"{}\",", entry.timestamp_ns)?;
            to_writer(&mut out, &String::from_utf8_lossy(&entry.line))?;
            if !entry.metadata.is_empty() {
                out.extend_from_slice(b",{");
                let metadata = entry.metadata.iter();
                write_pairs(&mut out, metadata.map(|(name, value)| (&**name, &**value)))?;
                out.push(b'}');
            }
            out.push(b']');
        }
        out.extend_from_slice(b"]}");
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

fn write_pairs<'a>(
    out: &mut Vec<u8>,
    pairs: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> io::Result<()> {
    for (index, (name, value)) in pairs.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        to_writer(&mut *out, name)?;
        out.push(b':');
        to_writer(&mut *out, &String::from_utf8_lossy(value))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;

    use super::super::preparation::Stream;
    use super::super::push::push_bytes;
    use super::*;
    use crate::entry::Origin;

    fn entries() -> Vec<PushEntry> {
        let stream = |job: &str| {
            let labels = [("job".into(), job.into())].into();
            Arc::new(Stream { labels, text: format!("{{job=\"{job}\"}}") })
        };
        let (first, second) = (stream("a"), stream("b"));
        let entry = |stream: &Arc<Stream>, timestamp_ns, line: &'static [u8]| PushEntry {
            stream: Arc::clone(stream),
            timestamp_ns,
            line: Bytes::from_static(line),
            metadata: vec![("offset".into(), Bytes::from("7"))],
            origin: Origin { source: "a.log".into(), line: None, offset: 7 },
        };
        vec![
            entry(&first, 1_700_000_000_123_456_789, b"one \"quoted\""),
            entry(&first, 1_700_000_000_123_456_790, b"two \xff"),
            entry(&second, 5, b""),
        ]
    }

    #[test]
    fn protobuf_is_as_loki_declares_it() {
        let body = encode(&entries(), PushEncoding::Protobuf).unwrap();
        let raw = snap::raw::Decoder::new().decompress_vec(&body.bytes).unwrap();
        assert_eq!(raw.len(), body.raw_bytes);
        assert!(push_bytes(&entries()) >= raw.len(), "the estimate is not too small");
        // Stream 1, labels 1: the tag of a message, its length, the tag of text, and so on.
        assert_eq!(&raw[..13], b"\x0a\x58\x0a\x09{job=\"a\"}");
        assert_eq!(&raw[13..28], b"\x12\x28\x0a\x0b\x08\x80\xe2\xcf\xaa\x06\x10\x95\x9a\xef\x3a");
        let request = PushRequest::decode(&*raw).unwrap();
        let lines: Vec<&[u8]> =
            request.streams.iter().flat_map(|s| &s.entries).map(|entry| &*entry.line).collect();
        assert_eq!(lines, [&b"one \"quoted\""[..], b"two \xff", b""]);
        assert_eq!(request.streams.len(), 2);
    }

    #[test]
    fn json_is_one_document() {
        let expected = concat!(
            r#"{"streams":[{"stream":{"job":"a"},"values":["#,
            r#"["1700000000123456789","one \"quoted\"",{"offset":"7"}],"#,
            r#"["1700000000123456790","two "#,
            "\u{fffd}",
            r#"",{"offset":"7"}]]},"#,
            r#"{"stream":{"job":"b"},"values":[["5","",{"offset":"7"}]]}]}"#,
        );
        let body = encode(&entries(), PushEncoding::Json { is_compressed: false }).unwrap();
        assert_eq!(String::from_utf8_lossy(&body.bytes), expected);
        assert_eq!((body.content_type, body.content_encoding), ("application/json", None));
        let body = encode(&entries(), PushEncoding::Json { is_compressed: true }).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*body.bytes).read_to_string(&mut text).unwrap();
        assert_eq!(text, expected);
        assert_eq!(body.content_encoding, Some("gzip"));
    }
}
