//! Tables of logs: the files at a location, read in one format.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DataFusionError;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::logical_expr::SortExpr;
use futures::TryStreamExt;
use object_store::{GetResultPayload, ObjectMeta, ObjectStoreExt};

use crate::error::QueryError;
use crate::file_format::LogFileFormat;
use crate::log::{Log, LogOptions};
use crate::report::ScanReport;

/// The files of a table, and how their rows are ordered.
pub(crate) struct Location {
    /// The paths, as they were written.
    pub(crate) paths: Vec<String>,
    /// The names of columns that folders are named by (`day=2026-03-01`); none where they are to be
    /// found out.
    pub(crate) partition_columns: Option<Vec<String>>,
    /// The orders that whoever makes the table promises.
    pub(crate) orders: Vec<Vec<SortExpr>>,
}

impl Location {
    /// Takes a path in the place of a table.
    pub(crate) fn of_path(path: &str) -> Self {
        Self { paths: vec![path.to_owned()], partition_columns: None, orders: Vec::new() }
    }

    fn urls(&self) -> Result<Vec<ListingTableUrl>, QueryError> {
        let parse = |path: &String| {
            ListingTableUrl::parse(path).map_err(|error| {
                QueryError::new(format!("'{path}' is no path: {}", QueryError::from(error)))
            })
        };
        self.paths.iter().map(parse).collect()
    }
}

/// Lists the files at a location, of which there is at least one.
///
/// # Errors
///
/// There is none, it is no file, or a folder cannot be read.
pub(crate) async fn list(
    session: &dyn Session,
    location: &Location,
) -> Result<Vec<ObjectMeta>, QueryError> {
    let mut files = Vec::new();
    for (path, url) in location.paths.iter().zip(location.urls()?) {
        if url.scheme() != "file" {
            return Err(QueryError::new(format!(
                "{path}: logs are read from files of this machine only"
            )));
        }
        // Their size is 0, and what has no bytes has no rows.
        if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Err(QueryError::new(format!(
                "{path}: it is a pipe or a device, and logs are read from files"
            )));
        }
        let listed = async {
            let store = session.runtime_env().object_store(&url)?;
            url.list_all_files(session, &store, "").await?.try_collect::<Vec<_>>().await
        };
        let mut found: Vec<ObjectMeta> = listed.await.map_err(|error: DataFusionError| {
            QueryError::new(format!("{path}: it cannot be opened: {}", QueryError::from(error)))
        })?;
        if found.is_empty() {
            return Err(QueryError::new(format!("{path}: there is no such file")));
        }
        files.append(&mut found);
    }
    files.sort_by(|one, other| one.location.cmp(&other.location));
    Ok(files)
}

/// Makes a table of the logs at a location. Returns it with what there is to say about the format.
///
/// # Errors
///
/// There is no file, it cannot be read, or it is in no known format.
pub(crate) async fn open(
    session: &dyn Session,
    location: &Location,
    files: &[ObjectMeta],
    options: &LogOptions,
    report: &Arc<ScanReport>,
) -> Result<(Arc<dyn TableProvider>, Option<String>), QueryError> {
    let urls = location.urls()?;
    let first = match (files.iter().find(|file| file.size > 0), urls.first()) {
        (Some(file), Some(url)) => path_of(session, url, file).await?,
        _ => None,
    };
    let (log, note) = Log::choose(options, first.as_deref())?;
    let schema = Arc::clone(&log.arrow);
    let format = LogFileFormat { log: Arc::new(log), report: Arc::clone(report) };

    let mut listing = ListingOptions::new(Arc::new(format)).with_file_extension("");
    let partitions = match &location.partition_columns {
        Some(columns) => columns.clone(),
        None => match urls.first() {
            Some(url) if url.is_collection() => listing.infer_partitions(session, url).await?,
            _ => Vec::new(),
        },
    };
    let text = || DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
    let partitions: Vec<_> = partitions.into_iter().map(|name| (name, text())).collect();
    for (name, _) in &partitions {
        if schema.field_with_name(name).is_ok() {
            return Err(QueryError::new(format!(
                "'{name}' is the name of a column of the log, and of one that folders are named by"
            )));
        }
    }
    listing = listing.with_table_partition_cols(partitions);
    listing = listing.with_file_sort_order(location.orders.clone());
    for url in &urls {
        listing.validate_partitions(session, url).await?;
    }
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(listing)
        .with_schema(schema);
    Ok((Arc::new(ListingTable::try_new(config)?), note))
}

/// Returns the path of a file, whose name in the store is escaped.
async fn path_of(
    session: &dyn Session,
    url: &ListingTableUrl,
    file: &ObjectMeta,
) -> Result<Option<PathBuf>, DataFusionError> {
    let store = session.runtime_env().object_store(url)?;
    Ok(match store.get(&file.location).await?.payload {
        GetResultPayload::File(_, path) => Some(path),
        GetResultPayload::Stream(_) => None,
    })
}
