//! The two ways in which a statement comes by a table of logs: by a path in the place of its name,
//! and by `CREATE EXTERNAL TABLE`.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider, TableProviderFactory, UrlTableFactory};
use datafusion::datasource::dynamic_file::DynamicListTableFactory;
use datafusion::error::Result;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::CreateExternalTable;
use delimark_formats::LogFormat;
use object_store::ObjectMeta;

use crate::error::QueryError;
use crate::log::LogOptions;
use crate::log_table::{Location, list, open};
use crate::report::ScanReport;

/// Hears messages about what was found out.
pub(crate) type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// The parts that all tables of logs share.
#[derive(Clone)]
pub(crate) struct LogTables {
    pub(crate) options: LogOptions,
    pub(crate) report: Arc<ScanReport>,
    pub(crate) tell: Tell,
    /// The messages that were told, and are not told twice.
    pub(crate) told: Arc<Mutex<HashSet<String>>>,
}

impl LogTables {
    async fn open(
        &self,
        session: &dyn Session,
        location: &Location,
        files: &[ObjectMeta],
        options: &LogOptions,
    ) -> Result<Arc<dyn TableProvider>> {
        let (table, note) = open(session, location, files, options, &self.report).await?;
        if let Some(note) = note {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.insert(note.clone()) {
                (self.tell)(&note);
            }
        }
        Ok(table)
    }
}

/// Paths as tables.
pub(crate) struct PathTables {
    pub(crate) tables: LogTables,
    /// Opens what is no log: Parquet, CSV, JSON and Arrow. It knows the session, too.
    pub(crate) others: Arc<DynamicListTableFactory>,
}

/// The endings of files that have a format of their own.
const OTHER_ENDINGS: [&str; 5] = ["parquet", "csv", "json", "ndjson", "arrow"];

impl fmt::Debug for PathTables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PathTables")
    }
}

#[async_trait]
impl UrlTableFactory for PathTables {
    async fn try_new(&self, path: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        // A name that was mistyped is no path.
        if !path.contains(['/', '.', '*', '?', '[']) && !Path::new(path).exists() {
            return Ok(None);
        }
        let session = self.others.session_store().get_session().upgrade();
        let session = session
            .and_then(|session| session.read().as_any().downcast_ref::<SessionState>().cloned());
        let Some(session) = session else {
            return Ok(None);
        };
        let location = Location::of_path(path);
        let files = list(&session, &location).await?;
        let ending = files.first().and_then(|file| file.location.extension()).unwrap_or_default();
        if OTHER_ENDINGS.contains(&ending) {
            return self.others.try_new(path).await;
        }
        let options = &self.tables.options;
        self.tables.open(&session, &location, &files, options).await.map(Some)
    }
}

/// `CREATE EXTERNAL TABLE ... STORED AS DELIMARK`.
pub(crate) struct NamedTables(pub(crate) LogTables);

impl fmt::Debug for NamedTables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NamedTables")
    }
}

#[async_trait]
impl TableProviderFactory for NamedTables {
    async fn create(
        &self,
        session: &dyn Session,
        command: &CreateExternalTable,
    ) -> Result<Arc<dyn TableProvider>> {
        if !command.schema.fields().is_empty() {
            let message = "the columns of a log are those of its format: leave them out, or give \
                           OPTIONS (schema 'FILE')";
            return Err(QueryError::new(message).into());
        }
        let options = with_options(self.0.options.clone(), command)?;
        let columns = &command.table_partition_cols;
        let location = Location {
            paths: command.locations.clone(),
            partition_columns: Some(columns.clone()).filter(|columns| !columns.is_empty()),
            orders: command.order_exprs.clone(),
        };
        let files = list(session, &location).await?;
        self.0.open(session, &location, &files, &options).await
    }
}

/// The names of options.
const OPTIONS: &str = "preset, log_format, schema, on_bad_line, decode, floats";

/// Changes options as a statement says. One that it gives has precedence over the command line.
fn with_options(
    mut options: LogOptions,
    command: &CreateExternalTable,
) -> Result<LogOptions, QueryError> {
    let has = |name: &str| {
        command.options.keys().any(|key| key.strip_prefix("format.").unwrap_or(key) == name)
    };
    if has("preset") && has("log_format") {
        let message = "OPTIONS (preset ..., log_format ...): both name the format, leave one out";
        return Err(QueryError::new(message));
    }
    if has("schema") && (has("decode") || has("floats")) {
        let message = "OPTIONS (schema ...): the file says what is decoded, and the types: leave \
                       out decode and floats";
        return Err(QueryError::new(message));
    }
    for (key, value) in &command.options {
        // The parser puts that before each key, for formats of its own.
        let key = key.strip_prefix("format.").unwrap_or(key);
        let wrong = |error: String| QueryError::new(format!("OPTIONS ({key} ...): {error}"));
        match key {
            "preset" if value == "auto" => options.format = None,
            "preset" => {
                let format = LogFormat::preset(value).map_err(|error| wrong(error.to_string()))?;
                options.format = Some(format);
            }
            "log_format" => {
                let format =
                    LogFormat::of_server(value).map_err(|error| wrong(error.to_string()))?;
                options.format = Some(format);
            }
            "schema" => options = options.with_schema_file(Path::new(value))?,
            "on_bad_line" => options.on_bad_line = value.parse().map_err(wrong)?,
            "decode" => options.columns.decodes = truth(value).map_err(wrong)?,
            "floats" => options.columns.floats = truth(value).map_err(wrong)?,
            _ => {
                let message = format!("unknown option '{key}' (expected one of: {OPTIONS})");
                return Err(QueryError::new(message));
            }
        }
    }
    Ok(options)
}

fn truth(value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("'{value}' is neither true nor false"))
}
