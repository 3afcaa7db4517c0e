//! The engine: a session with the tables of logs, and the threads that statements run on.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{DynamicFileCatalog, UrlTableFactory};
use datafusion::datasource::dynamic_file::DynamicListTableFactory;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::FileGroup;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::cache::cache_manager::CacheManagerConfig;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParser, Statement as ParsedStatement};
use futures::StreamExt;
use tokio::runtime::{Builder, Runtime};

use crate::error::QueryError;
use crate::file_source::LogFileSource;
use crate::log::LogOptions;
use crate::report::ScanReport;
use crate::table_factories::{LogTables, NamedTables, PathTables, Tell};

/// The bytes of a file that are worth a range of their own.
const RANGE_BYTES: usize = 1 << 20;

/// The choices of an engine.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The threads that statements run on, and the ranges that files are cut into.
    pub threads: NonZeroUsize,
    /// The way in which logs are read, unless a table says otherwise.
    pub log: LogOptions,
    /// The bytes from which files are cut; none where that is left to the engine.
    pub range_bytes: Option<usize>,
}

/// Runs statements.
pub struct Engine {
    // Before the runtime, whose threads may hold on to it.
    session: SessionContext,
    runtime: Runtime,
    report: Arc<ScanReport>,
}

/// A statement that was read, and is not run yet.
#[derive(Debug)]
pub struct Statement(ParsedStatement);

/// The rows of a result, which are worked out while they are taken.
pub struct Rows<'e> {
    runtime: &'e Runtime,
    schema: SchemaRef,
    stream: SendableRecordBatchStream,
}

impl Engine {
    /// Makes an engine, which tells what it finds out about logs.
    ///
    /// # Errors
    ///
    /// There are no threads to be had.
    pub fn new(
        options: &EngineOptions,
        tell: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Self, QueryError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(options.threads.get())
            .enable_all()
            .build()
            .map_err(|error| QueryError::new(format!("no threads can be started: {error}")))?;
        let report = Arc::new(ScanReport::default());
        let tell: Tell = Arc::new(tell);
        let tables = LogTables {
            options: options.log.clone(),
            report: Arc::clone(&report),
            tell,
            told: Arc::default(),
        };
        let session = session(options, tables)?;
        Ok(Self { session, runtime, report })
    }

    /// Returns the counts of what statements read.
    #[must_use]
    pub fn report(&self) -> &Arc<ScanReport> {
        &self.report
    }

    /// Reads statements, with `;` between them.
    ///
    /// # Errors
    ///
    /// The text is no SQL; with the line and the column.
    pub fn parse(&self, sql: &str) -> Result<VecDeque<Statement>, QueryError> {
        Ok(DFParser::parse_sql(sql)?.into_iter().map(Statement).collect())
    }

    /// Begins a statement.
    ///
    /// # Errors
    ///
    /// It names tables, columns or functions that are not there, or a file that cannot be read.
    pub fn run(&self, statement: Statement) -> Result<Rows<'_>, QueryError> {
        let (schema, stream) = self.runtime.block_on(self.begin(statement))?;
        Ok(Rows { runtime: &self.runtime, schema, stream })
    }

    async fn begin(
        &self,
        statement: Statement,
    ) -> Result<(SchemaRef, SendableRecordBatchStream), DataFusionError> {
        // Counts of a statement that was given up, read after its end, are none of this one.
        let _ = self.report.take();
        let plan = self.session.state().statement_to_plan(statement.0).await?;
        let frame = self.session.execute_logical_plan(plan).await?;
        let context = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await?;
        let bytes = usize::try_from(log_bytes(&plan)).ok();
        self.report.progress().begin(bytes);
        let schema = plan.schema();
        Ok((schema, execute_stream(plan, context)?))
    }
}

impl Rows<'_> {
    /// Returns the names and types of the columns.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<RecordBatch, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.runtime.block_on(self.stream.next());
        next.map(|batch| batch.map_err(QueryError::from))
    }
}

fn session(options: &EngineOptions, tables: LogTables) -> Result<SessionContext, DataFusionError> {
    let config = SessionConfig::new()
        .with_information_schema(true)
        .with_target_partitions(options.threads.get())
        .with_repartition_file_min_size(options.range_bytes.unwrap_or(RANGE_BYTES));
    // Logs grow, and are rotated: files are listed again for every statement.
    let caches = CacheManagerConfig::default().with_list_files_cache_limit(0);
    let environment = RuntimeEnvBuilder::new().with_cache_manager(caches).build_arc()?;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(environment)
        .with_default_features()
        .with_table_factory("DELIMARK".to_owned(), Arc::new(NamedTables(tables.clone())))
        .build();
    let others = Arc::new(DynamicListTableFactory::default());
    let paths = Arc::new(PathTables { tables, others: Arc::clone(&others) });
    let catalogs = Arc::clone(state.catalog_list());
    let catalogs = DynamicFileCatalog::new(catalogs, paths as Arc<dyn UrlTableFactory>);
    let state = SessionStateBuilder::from(state).with_catalog_list(Arc::new(catalogs)).build();
    let session = SessionContext::new_with_state(state);
    others.session_store().with_state(session.state_weak_ref());
    Ok(session)
}

/// Adds up the bytes of the logs that a plan reads, as they stand in files.
fn log_bytes(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let source = plan.downcast_ref::<DataSourceExec>();
    let own = source.and_then(|source| source.downcast_to_file_source::<LogFileSource>());
    let own = own.map_or(0, |(config, _)| {
        let files = config.file_groups.iter().flat_map(FileGroup::iter);
        files.map(PartitionedFile::effective_size).sum()
    });
    own + plan.children().into_iter().map(log_bytes).sum::<u64>()
}
