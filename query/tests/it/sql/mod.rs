//! All tests of statements, by one name, so that they can be run beside those of the tool.

mod conditions;
mod errors;
mod files;
mod metrics;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use delimark_query::{
    Engine, EngineOptions, LogOptions, QueryError, ResultFormat, ResultWriter, ScanCounts,
};

/// A folder with logs, an engine, and what it tells.
struct Desk {
    folder: tempfile::TempDir,
    engine: Engine,
    told: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    fn new() -> Self {
        Self::with(2, LogOptions::default())
    }

    /// Makes an engine that cuts every file into as many ranges as it has threads.
    fn with(threads: usize, log: LogOptions) -> Self {
        let threads = NonZeroUsize::new(threads).unwrap();
        let options = EngineOptions { threads, log, range_bytes: Some(1) };
        let told = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&told);
        let engine = Engine::new(&options, move |note| notes.lock().unwrap().push(note.to_owned()));
        Self { folder: tempfile::tempdir().unwrap(), engine: engine.unwrap(), told }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Runs statements, in which `{}` is the folder, and returns the rows of the last as CSV.
    fn query(&self, sql: &str) -> Result<String, QueryError> {
        let sql = sql.replace("{}", self.folder.path().to_str().unwrap());
        let mut output = Vec::new();
        for statement in self.engine.parse(&sql)? {
            let rows = self.engine.run(statement)?;
            let schema = Arc::clone(rows.schema());
            if schema.fields().is_empty() {
                for batch in rows {
                    batch?;
                }
                continue;
            }
            let mut writer = ResultWriter::new(ResultFormat::Csv, &schema, Vec::new()).unwrap();
            for batch in rows {
                writer.write(&batch?).unwrap();
            }
            output = writer.finish(&schema).unwrap();
        }
        Ok(String::from_utf8(output).unwrap())
    }

    fn rows(&self, sql: &str) -> String {
        self.query(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    fn error(&self, sql: &str) -> String {
        let error = self.query(sql).expect_err("the statement fails");
        error.to_string().replace(self.folder.path().to_str().unwrap(), "{}")
    }

    fn counts(&self) -> ScanCounts {
        self.engine.report().take()
    }

    fn told(&self) -> Vec<String> {
        let folder = self.folder.path().to_str().unwrap();
        self.told.lock().unwrap().iter().map(|note| note.replace(folder, "{}")).collect()
    }
}

fn recorded(name: &str) -> Vec<u8> {
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/logs");
    fs::read(logs.join(name)).unwrap()
}
