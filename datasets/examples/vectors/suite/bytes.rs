//! Bytes as the vectors write them: any editor can read and change them.

use serde::{Serialize, Serializer};

/// The shortest run of a byte that is written as a run.
const RUN_BYTES: usize = 40;

/// Bytes as a JSON string with a code point a byte, or as a list of such strings and of runs.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

#[derive(Serialize)]
#[serde(untagged)]
enum Piece {
    Text(String),
    Run { repeat: char, times: usize },
}

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pieces = Vec::new();
        for run in self.0.chunk_by(|left, right| left == right) {
            let letter = char::from(run[0]);
            match pieces.last_mut() {
                _ if run.len() >= RUN_BYTES => {
                    pieces.push(Piece::Run { repeat: letter, times: run.len() });
                }
                Some(Piece::Text(text)) => text.extend(run.iter().map(|_| letter)),
                _ => pieces.push(Piece::Text(run.iter().map(|_| letter).collect())),
            }
        }
        match &*pieces {
            [] => serializer.serialize_str(""),
            [Piece::Text(text)] => serializer.serialize_str(text),
            _ => pieces.serialize(serializer),
        }
    }
}
