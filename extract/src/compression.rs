//! Inputs that are compressed, which their first bytes tell: gzip and Zstandard.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;
use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;

use crate::window_limit::{WindowLimit, WindowTooLarge};

/// The bytes that tell a compression.
pub(crate) const MAGIC_BYTES: usize = 4;

/// Compressed bytes that are read at once.
const BUFFER_BYTES: usize = 128 << 10;

/// A compression of inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Zstandard,
}

impl Compression {
    /// Recognises it by the first bytes of an input.
    pub(crate) fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            // A frame, or one to be skipped, with which some writers begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Self::Zstandard)
            }
            _ => None,
        }
    }

    /// Returns true if more bytes could tell.
    pub(crate) fn may_begin(start: &[u8]) -> bool {
        let magics: [&[u8]; 3] =
            [&[0x1f, 0x8b, 8], &[0x28, 0xb5, 0x2f, 0xfd], &[0x50, 0x2a, 0x4d, 0x18]];
        let start: Vec<u8> = match start {
            [first @ 0x50..=0x5f, rest @ ..] => [&[first & 0xf0], rest].concat(),
            start => start.to_vec(),
        };
        magics.iter().any(|magic| magic.len() > start.len() && magic.starts_with(&start))
    }

    /// Reads what a compressed input comes to. Data with a larger window than the limit are an
    /// error.
    pub(crate) fn reader(
        self,
        compressed: impl Read + Send + 'static,
        window_limit: WindowLimit,
    ) -> io::Result<Box<dyn Read + Send>> {
        let compressed = BufReader::with_capacity(BUFFER_BYTES, compressed);
        Ok(match self {
            Self::Gzip => Box::new(Gzip { decoder: Some(GzDecoder::new(compressed)) }),
            Self::Zstandard => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(compressed)?;
                decoder.window_log_max(window_limit.log())?;
                Box::new(Zstandard { decoder, window_limit })
            }
        })
    }
}

/// The members of a gzip file, one after the other.
struct Gzip<R> {
    /// The member that is being read; `None` after the last.
    decoder: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    /// Goes on to the member that begins here, if there is one.
    ///
    /// Zeros at the end are padding, as they are to `gzip`.
    fn begin_next(&mut self, mut compressed: R) -> io::Result<()> {
        let mut is_padded = false;
        loop {
            let rest = compressed.fill_buf()?;
            match rest.first() {
                None => return Ok(()),
                Some(0) => {
                    is_padded = true;
                    let zeros = rest.iter().take_while(|&&byte| byte == 0).count();
                    compressed.consume(zeros);
                }
                Some(0x1f) if !is_padded => {
                    self.decoder = Some(GzDecoder::new(compressed));
                    return Ok(());
                }
                Some(_) => {
                    let message = "what follows the gzip data is none";
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
            }
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(decoder) = &mut self.decoder else { return Ok(0) };
            let count = decoder.read(buffer).map_err(|error| explain("gzip", error))?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if let Some(decoder) = self.decoder.take() {
                self.begin_next(decoder.into_inner())?;
            }
        }
    }
}

/// The frames of a Zstandard file, one after the other.
struct Zstandard<R: BufRead> {
    decoder: zstd::stream::read::Decoder<'static, R>,
    window_limit: WindowLimit,
}

impl<R: BufRead> Read for Zstandard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = self.window_limit;
        self.decoder.read(buffer).map_err(|error| match is_window_too_large(&error) {
            true => io::Error::new(io::ErrorKind::Unsupported, WindowTooLarge { limit }),
            false => explain("zstd", error),
        })
    }
}

fn is_window_too_large(error: &io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<zstd::Error>());
    cause.is_some_and(|cause| cause.is(ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge))
}

/// Says in which data an error is, and that it was cut short where it was.
fn explain(compression: &str, error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            let message = format!("the {compression} data is cut short");
            io::Error::new(io::ErrorKind::UnexpectedEof, message)
        }
        io::ErrorKind::Interrupted => error,
        // The operating system's own errors are none of the data.
        _ if error.raw_os_error().is_some() => error,
        kind => io::Error::new(kind, format!("the {compression} data is broken: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstandard(bytes: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(bytes, 1).unwrap()
    }

    /// Returns what comes out, and the error that ends it.
    fn read(compressed: &[u8]) -> (Vec<u8>, Option<String>) {
        let compression = Compression::of(compressed).expect("it is recognised");
        let compressed = io::Cursor::new(compressed.to_vec());
        let mut reader = compression.reader(compressed, WindowLimit::default()).unwrap();
        let mut bytes = Vec::new();
        let error = reader.read_to_end(&mut bytes).err();
        (bytes, error.map(|error| error.to_string()))
    }

    #[test]
    fn all_members_and_frames_are_read() {
        for compress in [gzip, zstandard] {
            let parts = [&b"a|b\n"[..], b"", b"c|", &[b'x'; 1 << 20], b"\n"];
            let compressed = parts.map(compress).concat();
            assert_eq!(read(&compressed), (parts.concat(), None));
        }
        let skipped = [&[0x5e, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7][..], &zstandard(b"a")].concat();
        assert_eq!(read(&skipped), (b"a".to_vec(), None));
        let padded = [&gzip(b"a")[..], &[0; 1 << 18]].concat();
        assert_eq!(read(&padded), (b"a".to_vec(), None));
    }

    #[test]
    fn data_cut_short_anywhere_is_told() {
        for (compress, name) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zstandard, "zstd")] {
            let compressed = [compress(b"first\n"), compress(b"second\n")].concat();
            let first = compress(b"first\n").len();
            for length in MAGIC_BYTES..compressed.len() {
                let (bytes, error) = read(&compressed[..length]);
                if length == first {
                    assert_eq!((&bytes[..], error), (&b"first\n"[..], None));
                    continue;
                }
                let message = format!("the {name} data is cut short");
                assert_eq!(error.as_deref(), Some(&*message), "{length}");
                assert!(b"first\nsecond\n".starts_with(&bytes), "{length}");
                assert!(length < first || bytes.starts_with(b"first\n"), "{length}");
            }
        }
    }

    #[test]
    fn what_follows_is_told() {
        for behind in [&b"garbage"[..], b"\0\0x", b"\0\x1f\x8b"] {
            let (bytes, error) = read(&[&gzip(b"a")[..], behind].concat());
            assert_eq!(bytes, b"a");
            assert_eq!(error.as_deref(), Some("what follows the gzip data is none"));
        }
        let (bytes, error) = read(&[&zstandard(b"a")[..], b"garbage"].concat());
        assert_eq!(bytes, b"a");
        assert!(error.is_some_and(|error| error.starts_with("the zstd data is broken: ")));
    }

    #[test]
    fn a_changed_byte_is_told() {
        let mut compressed = gzip(b"aaaaaaaa|bbbbbbbbbbbbbbb\n");
        let checksum = compressed.len() - 8;
        compressed[checksum] ^= 1;
        let (_, error) = read(&compressed);
        assert!(error.is_some_and(|error| error.starts_with("the gzip data is broken: ")));
    }

    #[test]
    fn first_bytes_tell() {
        for start in [&b""[..], b"a|b\n", b"\x1f", b"\x1f\x8b\x07", b"\x28\xb5\x2f", b"P*M|"] {
            assert_eq!(Compression::of(start), None, "{}", start.escape_ascii());
        }
        let undecided = [&b""[..], b"\x1f", b"\x1f\x8b", b"\x28\xb5\x2f", b"P*", b"X*M"];
        assert!(undecided.iter().all(|start| Compression::may_begin(start)));
        let decided = [&b"a"[..], b"\x1f\x00", b"P|", b"\x28\xb5\x2f\xfd", b"\n"];
        assert!(!decided.iter().any(|start| Compression::may_begin(start)));
    }
}
