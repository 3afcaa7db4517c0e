//! The part of a plan that reads logs: its columns, its conditions, its ranges of files.

use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::config::ConfigOptions;
use datafusion::datasource::physical_plan::{FileOpener, FileScanConfig, FileSource};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_plan::DisplayFormatType;
use datafusion::physical_plan::filter_pushdown::{FilterPushdownPropagation, PushedDown};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use object_store::ObjectStore;

use crate::conditions;
use crate::log::{Log, OnBadLine};
use crate::report::ScanReport;
use crate::scan::LogOpener;

/// Reads the files of a table of logs.
#[derive(Clone)]
pub(crate) struct LogFileSource {
    log: Arc<Log>,
    report: Arc<ScanReport>,
    table_schema: TableSchema,
    projection: SplitProjection,
    /// The conditions that are asked here, and nowhere else.
    filters: Vec<Arc<dyn PhysicalExpr>>,
    batch_rows: Option<usize>,
    metrics: ExecutionPlanMetricsSet,
}

impl LogFileSource {
    pub(crate) fn new(log: Arc<Log>, report: Arc<ScanReport>, table_schema: TableSchema) -> Self {
        Self {
            projection: SplitProjection::unprojected(&table_schema),
            log,
            report,
            table_schema,
            filters: Vec::new(),
            batch_rows: None,
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }

    /// Tells whether a condition can be asked of the bytes of lines. Where any value leaves its
    /// line out, all values have to be seen first.
    fn takes(&self, filter: &Arc<dyn PhysicalExpr>) -> bool {
        self.log.on_bad_line == OnBadLine::Null
            && conditions::clause(filter, &self.log.schema).is_some()
    }
}

impl FileSource for LogFileSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        _: &FileScanConfig,
        partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let opener = LogOpener::new(
            Arc::clone(&self.log),
            Arc::clone(&self.report),
            store,
            self.projection.file_indices.clone(),
            conditions::filter(&self.filters, &self.log.schema)?,
            self.batch_rows,
            (&self.metrics, partition),
        );
        ProjectionOpener::try_new(
            self.projection.clone(),
            Arc::new(opener),
            self.table_schema.file_schema(),
        )
    }

    fn table_schema(&self) -> &TableSchema {
        &self.table_schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { batch_rows: Some(batch_size), ..self.clone() })
    }

    fn filter(&self) -> Option<Arc<dyn PhysicalExpr>> {
        (!self.filters.is_empty())
            .then(|| datafusion::physical_expr::conjunction(self.filters.iter().cloned()))
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection.source)
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &'static str {
        "delimark"
    }

    fn fmt_extra(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match FileSource::filter(self) {
            Some(filter) => write!(formatter, ", predicate={filter}"),
            None => Ok(()),
        }
    }

    /// Tells whether files may be cut: not where lines say how those behind them are to be read.
    fn supports_repartitioning(&self) -> bool {
        !self.log.format.has_directives()
    }

    fn try_pushdown_filters(
        &self,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn FileSource>>> {
        let is_taken: Vec<bool> = filters.iter().map(|filter| self.takes(filter)).collect();
        let answer = |&is_taken: &bool| if is_taken { PushedDown::Yes } else { PushedDown::No };
        let answers = is_taken.iter().map(answer).collect();
        let propagation = FilterPushdownPropagation::with_parent_pushdown_result(answers);
        if !is_taken.contains(&true) {
            return Ok(propagation);
        }
        let mut source = self.clone();
        let taken = filters.into_iter().zip(is_taken).filter(|(_, is_taken)| *is_taken);
        source.filters.extend(taken.map(|(filter, _)| filter));
        Ok(propagation.with_updated_node(Arc::new(source) as Arc<dyn FileSource>))
    }

    fn try_pushdown_projection(
        &self,
        projection: &ProjectionExprs,
    ) -> Result<Option<Arc<dyn FileSource>>> {
        let merged = self.projection.source.try_merge(projection)?;
        let projection = SplitProjection::new(self.table_schema.file_schema(), &merged);
        Ok(Some(Arc::new(Self { projection, ..self.clone() })))
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let projected = self.projection.source.iter().map(|projected| &projected.expr);
        for expression in self.filters.iter().chain(projected) {
            if visit(expression)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }
}
