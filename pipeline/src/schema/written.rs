//! Schemas as files of columns keep them: in their metadata.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use arrow_ipc::reader::FileReader;
use parquet::file::metadata::ParquetMetaDataReader;

use super::SchemaFile;

/// The schema that a Parquet or Arrow file says it has.
#[derive(Clone, Debug)]
pub struct WrittenSchema {
    /// The version, by the key [`VERSION`](Self::VERSION).
    pub version: Option<u32>,
    /// The columns, by the key [`SCHEMA`](Self::SCHEMA).
    pub file: Option<SchemaFile>,
}

impl WrittenSchema {
    /// The key of the version.
    pub const VERSION: &str = "delimark.schema_version";
    /// The key of the schema, in TOML.
    pub const SCHEMA: &str = "delimark.schema";

    /// Reads the schema of a file; none where there is no such file, it is of another kind or
    /// broken, or says nothing of a schema.
    ///
    /// # Errors
    ///
    /// There is a file, and it cannot be read.
    pub fn read(path: &Path) -> io::Result<Option<Self>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if !file.metadata()?.is_file() {
            return Ok(None);
        }
        let mut magic = Vec::new();
        (&mut file).take(6).read_to_end(&mut magic)?;
        let pairs = match &magic[..] {
            [b'P', b'A', b'R', b'1', ..] => parquet_pairs(&file),
            b"ARROW1" => arrow_pairs(file),
            _ => return Ok(None),
        };
        let find = |wanted| pairs.iter().find(|(key, _)| key == wanted).map(|(_, value)| value);
        let version = find(Self::VERSION).and_then(|version| version.parse().ok());
        let file = find(Self::SCHEMA).and_then(|text| SchemaFile::parse(text).ok());
        Ok((version.is_some() || file.is_some()).then_some(Self { version, file }))
    }
}

fn parquet_pairs(file: &File) -> Vec<(String, String)> {
    let Ok(metadata) = ParquetMetaDataReader::new().parse_and_finish(file) else {
        return Vec::new();
    };
    let pairs = metadata.file_metadata().key_value_metadata().into_iter().flatten();
    pairs.filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?))).collect()
}

fn arrow_pairs(mut file: File) -> Vec<(String, String)> {
    use std::io::Seek;
    if file.rewind().is_err() {
        return Vec::new();
    }
    let Ok(reader) = FileReader::try_new(file, None) else {
        return Vec::new();
    };
    reader.schema().metadata().clone().into_iter().collect()
}
