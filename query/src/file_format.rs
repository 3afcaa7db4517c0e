//! Logs as one of the file formats that DataFusion knows.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::stats::Precision;
use datafusion::common::{Statistics, not_impl_err};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::physical_plan::{FileScanConfig, FileSinkConfig, FileSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::physical_expr::LexRequirement;
use datafusion::physical_plan::ExecutionPlan;
use object_store::{ObjectMeta, ObjectStore};

use crate::file_source::LogFileSource;
use crate::log::Log;
use crate::report::ScanReport;

/// The format of the files of one table, which is settled before there is a table.
#[derive(Debug)]
pub(crate) struct LogFileFormat {
    pub(crate) log: Arc<Log>,
    pub(crate) report: Arc<ScanReport>,
}

#[async_trait]
impl FileFormat for LogFileFormat {
    /// Returns no ending: logs have all sorts of them, `.1` and `.log.gz` among others.
    fn get_ext(&self) -> String {
        String::new()
    }

    fn get_ext_with_compression(&self, _: &FileCompressionType) -> Result<String> {
        Ok(String::new())
    }

    /// Returns none: the first bytes of each file tell.
    fn compression_type(&self) -> Option<FileCompressionType> {
        None
    }

    async fn infer_schema(
        &self,
        _: &dyn Session,
        _: &Arc<dyn ObjectStore>,
        _: &[ObjectMeta],
    ) -> Result<SchemaRef> {
        Ok(Arc::clone(&self.log.arrow))
    }

    /// Returns the size alone: nobody knows the number of rows before they are read.
    async fn infer_stats(
        &self,
        _: &dyn Session,
        _: &Arc<dyn ObjectStore>,
        table_schema: SchemaRef,
        object: &ObjectMeta,
    ) -> Result<Statistics> {
        let bytes = usize::try_from(object.size).unwrap_or(usize::MAX);
        let mut statistics = Statistics::new_unknown(&table_schema);
        statistics.total_byte_size = Precision::Inexact(bytes);
        Ok(statistics)
    }

    async fn create_physical_plan(
        &self,
        _: &dyn Session,
        config: FileScanConfig,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(DataSourceExec::from_data_source(config))
    }

    async fn create_writer_physical_plan(
        &self,
        _: Arc<dyn ExecutionPlan>,
        _: &dyn Session,
        _: FileSinkConfig,
        _: Option<LexRequirement>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        not_impl_err!("logs are read, not written")
    }

    fn file_source(&self, table_schema: TableSchema) -> Arc<dyn FileSource> {
        Arc::new(LogFileSource::new(Arc::clone(&self.log), Arc::clone(&self.report), table_schema))
    }
}
