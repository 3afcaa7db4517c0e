//! Bodies of pushes: which form they have, and the streams in them.

use std::io::Read;

use bytes::Bytes;
use flate2::read::{DeflateDecoder, GzDecoder};
use prost::Message;
use serde_json::{Deserializer, Map, Value};

use crate::labels::{self, Labels};

/// The most of a body, compressed or not, in bytes.
const BODY_BYTES: usize = 104_857_600;

/// A stream of a push.
pub(crate) struct PushedStream {
    pub(crate) labels: Labels,
    /// A name that stood there twice.
    pub(crate) repeated_name: Option<String>,
    pub(crate) entries: Vec<PushedEntry>,
}

/// An entry of a push.
pub(crate) struct PushedEntry {
    pub(crate) timestamp_ns: i128,
    pub(crate) line: Bytes,
    pub(crate) metadata: Vec<(String, String)>,
}

/// A push that is refused before any of it is looked at: the status and the text.
pub(crate) type Rejection = (u16, String);

/// Reads a body.
pub(crate) fn decode(
    content_type: Option<&str>,
    content_encoding: Option<&str>,
    body: &Bytes,
) -> Result<Vec<PushedStream>, Rejection> {
    if body.len() > BODY_BYTES {
        let text = format!("request body too large: {} bytes, limit: {BODY_BYTES}", body.len());
        return Err((413, text));
    }
    let content_type = content_type.ok_or_else(|| bad("mime: no media type"))?;
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_json = media_type.eq_ignore_ascii_case("application/json");
    let body = match content_encoding.unwrap_or_default() {
        "" | "snappy" => body.clone(),
        "gzip" => unpack(GzDecoder::new(&**body))?,
        "deflate" => unpack(DeflateDecoder::new(&**body))?,
        other => return Err(bad(&format!("Content-Encoding {other:?} not supported"))),
    };
    let streams = if is_json { decode_json(&body)? } else { decode_protobuf(&body)? };
    if streams.is_empty() {
        return Err((422, "error at least one valid stream is required for ingestion".to_owned()));
    }
    Ok(streams)
}

fn bad(text: &str) -> Rejection {
    (400, text.to_owned())
}

fn unpack(decoder: impl Read) -> Result<Bytes, Rejection> {
    let mut unpacked = Vec::new();
    match decoder.take(BODY_BYTES as u64 + 1).read_to_end(&mut unpacked) {
        Err(_) => Err(bad("EOF")),
        Ok(_) if unpacked.len() > BODY_BYTES => Err((413, "request body too large".to_owned())),
        Ok(_) => Ok(unpacked.into()),
    }
}

/// Reads the first document; whatever is behind it is left without a word.
fn decode_json(body: &[u8]) -> Result<Vec<PushedStream>, Rejection> {
    let wrong = |text: String| bad(&format!("loghttp.PushRequest.Streams: {text}"));
    let document = Deserializer::from_slice(body).into_iter::<Value>().next();
    let document = document.ok_or_else(|| bad("EOF"))?.map_err(|error| wrong(error.to_string()))?;
    let streams = match document.get("streams") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(streams) => streams.as_array().ok_or_else(|| wrong("no array".to_owned()))?,
    };
    let stream = |stream: &Value| -> Result<PushedStream, String> {
        let none = Map::new();
        let labels = stream.get("stream").and_then(Value::as_object).unwrap_or(&none);
        let label = |(name, value): (&String, &Value)| match value {
            Value::String(text) => (name.clone(), text.clone()),
            other => (name.clone(), other.to_string()),
        };
        let labels: Labels =
            labels.iter().map(label).filter(|(_, value)| !value.is_empty()).collect();
        if let Some(name) = labels.keys().find(|name| !labels::is_name(name)) {
            return Err(format!("invalid label name {name:?}"));
        }
        let values = stream.get("values").and_then(Value::as_array);
        let entries = values.into_iter().flatten().map(json_entry).collect::<Result<_, _>>()?;
        Ok(PushedStream { labels, repeated_name: None, entries })
    };
    streams.iter().map(stream).collect::<Result<_, _>>().map_err(wrong)
}

fn json_entry(entry: &Value) -> Result<PushedEntry, String> {
    let items = entry.as_array().ok_or("an entry is no array")?;
    let text = items.first().and_then(Value::as_str).ok_or("a timestamp is no string")?;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let timestamp_ns = text.parse::<i64>().ok().filter(|_| is_number);
    let timestamp_ns = timestamp_ns.ok_or("a timestamp is no number")?.into();
    let line = match items.get(1) {
        None => Bytes::new(),
        Some(Value::String(line)) => Bytes::from(line.clone()),
        Some(_) => return Err("a line is no string".to_owned()),
    };
    let metadata = match items.get(2) {
        None => Vec::new(),
        Some(Value::Object(pairs)) => {
            let pair = |(name, value): (&String, &Value)| {
                let value = value.as_str().ok_or("a value of metadata is no string")?;
                Ok((name.clone(), value.to_owned()))
            };
            pairs.iter().map(pair).collect::<Result<_, String>>()?
        }
        Some(_) => return Err("metadata is no object".to_owned()),
    };
    Ok(PushedEntry { timestamp_ns, line, metadata })
}

#[derive(Clone, PartialEq, Message)]
struct Push {
    #[prost(message, repeated, tag = "1")]
    streams: Vec<Stream>,
}

#[derive(Clone, PartialEq, Message)]
struct Stream {
    #[prost(bytes = "bytes", tag = "1")]
    labels: Bytes,
    #[prost(message, repeated, tag = "2")]
    entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
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
    #[prost(bytes = "bytes", tag = "1")]
    name: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    value: Bytes,
}

fn decode_protobuf(body: &[u8]) -> Result<Vec<PushedStream>, Rejection> {
    let raw = snap::raw::Decoder::new().decompress_vec(body);
    let raw = raw.map_err(|_| bad("snappy: corrupt input"))?;
    let push = Push::decode(&*raw).map_err(|error| bad(&format!("proto: {error}")))?;
    let stream = |stream: Stream| {
        let text = str::from_utf8(&stream.labels);
        let text = text.map_err(|_| bad("couldn't parse labels: invalid UTF-8"))?;
        let (labels, repeated_name) = labels::parse(text).map_err(|text| bad(&text))?;
        let entries = stream.entries.into_iter().map(protobuf_entry).collect();
        Ok(PushedStream { labels, repeated_name, entries })
    };
    push.streams.into_iter().map(stream).collect()
}

fn protobuf_entry(entry: Entry) -> PushedEntry {
    // No time is the first year.
    let time = entry.timestamp.map_or(-62_135_596_800_000_000_000, |time| {
        i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds)
    });
    let text = |bytes: &Bytes| {
        // Each bad byte of a value becomes a blank.
        bytes.utf8_chunks().fold(String::new(), |text, chunk| {
            text + chunk.valid() + &" ".repeat(chunk.invalid().len())
        })
    };
    let pair = |pair: &Pair| (text(&pair.name), text(&pair.value));
    let metadata = entry.metadata.iter().map(pair).collect();
    PushedEntry { timestamp_ns: time, line: entry.line, metadata }
}
