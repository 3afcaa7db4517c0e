//! The input of a pass: the data and the rules, as the harness has told them.

use std::error::Error;
use std::fs;
use std::io;
use std::path::PathBuf;

/// A file, and the same bytes in memory.
#[derive(Default)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) delimiter: u8,
    /// None where records may have any number of fields.
    pub(crate) columns: Option<usize>,
    /// None where fields are not quoted.
    pub(crate) quote: Option<u8>,
    /// True for each byte that occurs, by its value.
    occurs: Vec<bool>,
}

impl Input {
    /// Takes a file, and returns its length.
    pub(crate) fn load(&mut self, path: PathBuf) -> io::Result<usize> {
        self.bytes = fs::read(&path)?;
        self.path = path;
        self.occurs = vec![false; 256];
        for &byte in &self.bytes {
            self.occurs[usize::from(byte)] = true;
        }
        Ok(self.bytes.len())
    }

    /// Takes the words after `dialect`.
    pub(crate) fn set_dialect(&mut self, words: &str) -> Result<(), Box<dyn Error>> {
        let words: Vec<&str> = words.split(' ').collect();
        let [delimiter, columns, ragged, line_ending, _, ref quoting @ ..] = words[..] else {
            return Err("a dialect is five words or seven".into());
        };
        self.quote = match *quoting {
            [] => None,
            [quote, "none"] => Some(quote.parse()?),
            _ => return Err("an escaped quote would be another one for it".into()),
        };
        if (ragged, line_ending) != ("keep", "auto") {
            return Err("it only keeps ragged records, and strips carriage returns".into());
        }
        self.delimiter = delimiter.parse()?;
        self.columns = match columns {
            "any" => None,
            number => Some(number.parse()?),
        };
        Ok(())
    }

    /// A byte without a meaning that does not occur, for parsers that cannot do without a quote.
    pub(crate) fn unused_byte(&self) -> Option<u8> {
        let has_meaning = |byte| [self.delimiter, b'\n', b'\r'].contains(&byte);
        let is_unused = |byte: &u8| !has_meaning(*byte) && !self.occurs[usize::from(*byte)];
        (0..=u8::MAX).find(is_unused)
    }
}
