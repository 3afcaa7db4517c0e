//! The contents of the file with the pairs, whatever program and machine it is of.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use delimark_report::gate::rates::{Scenario, Slowdown, StoredGate};

use super::line::{Calibration, Gate, Header, Line, Unit};

/// The contents of the file.
pub(super) struct Contents {
    header: Header,
    calibrations: Vec<Calibration>,
    gates: Vec<(Gate, Vec<Unit>)>,
}

impl Contents {
    /// Begins, without any gate.
    pub(super) fn new(header: Header) -> Self {
        Self { header, calibrations: Vec::new(), gates: Vec::new() }
    }

    /// Reads a file, to which nothing will be added.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        let (contents, _whole) =
            Self::parse(&text).with_context(|| format!("{name} cannot be used"))?;
        Ok(contents)
    }

    /// Takes in the lines; returns also how many bytes of them are whole gates.
    pub(super) fn parse(text: &str) -> Result<(Self, usize)> {
        let mut lines = text.split_inclusive('\n').take_while(|line| line.ends_with('\n'));
        let first = lines.next().context("it has no first line")?;
        let Line::Header(header) = parse(first, 0)? else {
            bail!("its first line does not say what it is of")
        };
        let mut contents = Self::new(header);
        let mut whole = first.len();
        let mut end = whole;
        let mut missing_units = 0;
        for (index, line) in (1..).zip(lines) {
            end += line.len();
            match parse(line, index)? {
                Line::Header(_) => bail!("line {}: a second header", index + 1),
                Line::Calibration(calibration) => contents.calibrations.push(calibration),
                Line::Gate(gate) => {
                    missing_units = gate.units;
                    contents.gates.push((gate, Vec::new()));
                }
                Line::Unit(unit) => {
                    let Some((_, units)) = contents.gates.last_mut() else {
                        bail!("line {}: a unit without a gate", index + 1)
                    };
                    units.push(unit);
                    missing_units = missing_units.saturating_sub(1);
                }
            }
            if missing_units == 0 {
                whole = end;
            }
        }
        contents.gates.retain(|(gate, units)| gate.units == units.len());
        Ok((contents, whole))
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the number of gates of a scenario.
    pub(super) fn count(&self, scenario: &Scenario) -> usize {
        self.gates.iter().filter(|(gate, _)| gate.scenario == *scenario).count()
    }

    /// Returns the environment that slows the program like this, where it was found out.
    pub(super) fn calibration(&self, slowdown: &Slowdown) -> Option<&BTreeMap<String, String>> {
        let found = self.calibrations.iter().find(|one| one.slowdown == *slowdown);
        found.map(|calibration| &calibration.environment)
    }

    pub(super) fn add_calibration(&mut self, calibration: Calibration) {
        self.calibrations.push(calibration);
    }

    pub(super) fn add_gate(&mut self, gate: Gate, units: Vec<Unit>) {
        self.gates.push((gate, units));
    }

    /// Returns all gates.
    pub(super) fn gates(&self) -> Vec<StoredGate> {
        let stored = |(gate, units): &(Gate, Vec<Unit>)| StoredGate {
            scenario: gate.scenario.clone(),
            verdict: gate.verdict,
            layers: gate.layers.clone(),
            seconds: gate.seconds,
            pressure_share: gate.pressure_share.clone(),
            units: units.iter().map(Unit::stored).collect(),
        };
        self.gates.iter().map(stored).collect()
    }
}

fn parse(line: &str, index: usize) -> Result<Line> {
    serde_json::from_str(line).with_context(|| format!("line {}", index + 1))
}
