//! The two sides of a gate, and the cells that they are compared in: all there is before anything
//! is compared.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use delimark::Backend;
use delimark_harness::environment;
use delimark_harness::measure::Observer;
use delimark_harness::measure::pairs::{Failed, PairCell, PairingWorkloads, Role, Survey, survey};
use delimark_harness::workload::{FileOptions, GeneratedOptions, Workload, data_folder};
use delimark_report::gate::{CellName, Layer, NotCompared, WrongAnswer};

use super::Progress;
use super::options::{Data, Settings};
use super::side::{Absence, BaselineSide, ProgramSide};
use crate::build_info;

/// The two sides of a gate, and the cells that they are compared in.
pub(super) struct Sides<'a> {
    pub(super) settings: &'a Settings,
    pub(super) baseline: BaselineSide,
    pub(super) candidate: ProgramSide,
    pub(super) fingerprint: String,
    pub(super) workloads: &'a [Workload],
    /// The cells that both sides support.
    pub(super) cells: Vec<PairCell>,
    /// The backends that only the baseline supports.
    pub(super) absent: Vec<WrongAnswer>,
    pub(super) not_compared: Vec<NotCompared>,
    /// True where both sides are one program, so that nothing has to be compared.
    pub(super) same_program: bool,
}

impl<'a> Sides<'a> {
    /// Finds and builds both sides, and lists the cells.
    pub(super) fn find(
        settings: &'a Settings,
        workloads: &'a [Workload],
        measure_same: bool,
        progress: &mut Progress,
    ) -> Result<Self> {
        let fingerprint = environment::collect(build_info::build()).fingerprint;
        let candidate = ProgramSide::candidate(settings.candidate.as_deref(), progress)?;
        let baseline = BaselineSide::find(&settings.baseline, &candidate, &fingerprint, progress)?;
        let sha256 = &baseline.about().sha256;
        let same_program = !measure_same && sha256.is_some() && *sha256 == candidate.about.sha256;
        let sides = Self::between(settings, workloads, baseline, candidate)?;
        Ok(Self { same_program, ..sides })
    }

    /// Lists the cells that two sides can do.
    pub(super) fn between(
        settings: &'a Settings,
        workloads: &'a [Workload],
        baseline: BaselineSide,
        candidate: ProgramSide,
    ) -> Result<Self> {
        Self {
            settings,
            baseline,
            candidate,
            fingerprint: environment::collect(build_info::build()).fingerprint,
            workloads,
            cells: Vec::new(),
            absent: Vec::new(),
            not_compared: Vec::new(),
            same_program: false,
        }
        .with_cells()
    }

    /// Returns the layers that have something to say: a stored baseline has no times.
    pub(super) fn layers(&self) -> Vec<Layer> {
        let has_times = self.baseline.program().is_some();
        let layers = self.settings.layers.iter().copied();
        layers.filter(|&layer| has_times || layer != Layer::Time).collect()
    }

    /// Lists the cells that both sides can do. What the baseline cannot do has a reason, and what
    /// only the baseline can do is missing of the candidate.
    fn with_cells(mut self) -> Result<Self> {
        let backends = backends(self.settings)?;
        let limit = self.settings.time_limit;
        let candidate = self.candidate.backends(Role::Candidate, &backends, limit)?;
        let baseline = match self.baseline.program() {
            Some(program) => program.backends(Role::Baseline, &backends, limit)?,
            None => vec![Ok(()); backends.len()],
        };
        for ((backend, candidate), baseline) in backends.iter().zip(candidate).zip(baseline) {
            let cells = cells(*backend, &self.settings.models, self.workloads.len());
            match (baseline, candidate) {
                (Ok(()), Ok(())) => self.cells.extend(cells),
                (Ok(()), Err(Absence { reason: problem, .. })) => self.absent.push(WrongAnswer {
                    engine: format!("delimark/{backend}"),
                    question: "being started".to_owned(),
                    problem,
                }),
                (Err(Absence { reason, is_refusal: false }), _) => {
                    let name = &self.baseline.about().name;
                    bail!("{name} cannot be the baseline: delimark/{backend}: {reason}");
                }
                (Err(Absence { reason, .. }), _) => {
                    let name =
                        |cell| NotCompared { name: self.name(&cell), reason: reason.clone() };
                    let not_compared: Vec<NotCompared> = cells.map(name).collect();
                    self.not_compared.extend(not_compared);
                }
            }
        }
        ensure!(!self.cells.is_empty(), "there is no cell that both sides can do: nothing to gate");
        if let BaselineSide::Stored { counts, about } = &self.baseline {
            let cells: Vec<CellName> = self.cells.iter().map(|cell| self.name(cell)).collect();
            let covers = counts.covers(&cells, &self.datasets());
            covers.with_context(|| format!("{} cannot be the baseline", about.name))?;
        }
        Ok(self)
    }

    /// Returns the SHA-256 of each data set, by its name.
    pub(super) fn datasets(&self) -> BTreeMap<String, String> {
        let facts = self.workloads.iter().map(Workload::facts);
        facts.map(|facts| (facts.name.clone(), facts.sha256.clone())).collect()
    }

    /// A cell's name.
    pub(super) fn name(&self, cell: &PairCell) -> CellName {
        CellName {
            engine: format!("delimark/{}", cell.backend),
            model: cell.model.to_string(),
            dataset: self.workloads[cell.workload].facts().name.clone(),
        }
    }

    /// The data of all sides, and the time for it.
    pub(super) fn pairing_workloads(&self) -> PairingWorkloads<'_> {
        PairingWorkloads { all: self.workloads, time_limit: self.settings.time_limit }
    }

    /// Takes a first look at a side.
    pub(super) fn survey(
        &self,
        program: &ProgramSide,
        role: Role,
        progress: &mut Progress,
    ) -> Vec<Result<Survey, Failed>> {
        progress.begin(&format!("looking at {role}"), self.cells.len() as u64);
        survey(&self.pairing_workloads(), &program.runner, role, &self.cells, |cell| {
            progress.sample(&format!("{} {}", cell.backend, cell.model));
        })
    }
}

/// Returns the backends of this machine whose engine was asked for.
fn backends(settings: &Settings) -> Result<Vec<Backend>> {
    let name = |backend: &Backend| format!("delimark/{backend}");
    let is_wanted = |backend: &Backend| {
        settings.engines.as_ref().is_none_or(|filter| filter.is_match(&name(backend)))
    };
    let backends: Vec<Backend> = Backend::available().filter(is_wanted).collect();
    if let Some(filter) = &settings.engines
        && backends.is_empty()
    {
        let names: Vec<String> = Backend::available().map(|backend| name(&backend)).collect();
        bail!("no engine here matches '{filter}' (expected one of: {})", names.join(", "));
    }
    Ok(backends)
}

/// Lists a backend's cells, those with the same data next to each other.
fn cells(
    backend: Backend,
    models: &[delimark_runner::model::Model],
    workloads: usize,
) -> impl Iterator<Item = PairCell> {
    (0..workloads).flat_map(move |workload| {
        models.iter().map(move |&model| PairCell { backend: backend.to_string(), model, workload })
    })
}

/// Prepares the data of all sides: made once, and kept in files.
pub(super) fn workloads(settings: &Settings, progress: &mut Progress) -> Result<Vec<Workload>> {
    let mut advance = progress.begin_bytes("preparing the data sets");
    match &settings.data {
        Data::Generated { shapes, lines } => {
            let load = |&shape| {
                let options = GeneratedOptions { shape, lines: *lines, seed: 1 };
                Workload::generated(&data_folder(), options, &mut advance)
            };
            shapes.iter().map(load).collect()
        }
        Data::File { path, dialect } => {
            let options = FileOptions { dialect: *dialect, memory_limit_bytes: u64::MAX };
            Ok(vec![Workload::from_file(path, options)?])
        }
    }
}
