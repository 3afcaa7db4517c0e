//! The file with every pair of processes: a line at a time, so that what was measured is there
//! whenever the work is stopped.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::line::{Calibration, Gate, Header, Line, Unit};
use crate::command::gate::decision::Decision;
use crate::gate::rates::{HeldGate, Scenario, Slowdown};
use crate::results::Known;

/// The file, and what is in it.
pub(super) struct Store {
    path: PathBuf,
    file: File,
    header: Header,
    calibrations: Vec<Calibration>,
    gates: Vec<(Gate, Vec<Unit>)>,
}

/// What came of a gate just now.
pub(super) struct HeldDecision {
    pub(super) decision: Decision,
    pub(super) duration: Duration,
    /// The share of that in which something waited for a core.
    pub(super) pressure_share: Known<f64>,
}

impl Store {
    /// Opens the file, or begins it. What is in it has to be of the same program and machine.
    pub(super) fn open(path: &Path, header: Header) -> Result<Self> {
        let name = path.display();
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.with_context(|| format!("{name} cannot be read"))?,
        };
        let file = File::options().create(true).append(true).open(path);
        let file = file.with_context(|| format!("{name} cannot be written"))?;
        let mut store = Self {
            path: path.to_owned(),
            file,
            header: header.clone(),
            calibrations: Vec::new(),
            gates: Vec::new(),
        };
        if text.is_empty() {
            store.write(&[Line::Header(header)])?;
        } else {
            let whole = store.read(&text).with_context(|| format!("{name} cannot be used"))?;
            // A gate whose lines are not all there was stopped in the middle of writing.
            store.file.set_len(whole as u64)?;
        }
        Ok(store)
    }

    /// Takes in the lines; returns how many bytes of them are whole gates.
    fn read(&mut self, text: &str) -> Result<usize> {
        let mut whole = 0;
        let mut end = 0;
        let mut missing_units = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if !line.ends_with('\n') {
                break;
            }
            let parsed: Line =
                serde_json::from_str(line).with_context(|| format!("line {}", index + 1))?;
            end += line.len();
            match parsed {
                Line::Header(header) => ensure!(
                    header == self.header,
                    "it has pairs of another program, machine or rules; move it away to begin anew"
                ),
                Line::Calibration(calibration) => self.calibrations.push(calibration),
                Line::Gate(gate) => {
                    missing_units = gate.units;
                    self.gates.push((gate, Vec::new()));
                }
                Line::Unit(unit) => {
                    let Some((_, units)) = self.gates.last_mut() else {
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
        self.gates.retain(|(gate, units)| gate.units == units.len());
        Ok(whole)
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// How many gates of a scenario were held.
    pub(super) fn count(&self, scenario: &Scenario) -> usize {
        self.gates.iter().filter(|(gate, _)| gate.scenario == *scenario).count()
    }

    /// What makes the program so slow, where that was found out.
    pub(super) fn calibration(&self, slowdown: &Slowdown) -> Option<&BTreeMap<String, String>> {
        let found = self.calibrations.iter().find(|one| one.slowdown == *slowdown);
        found.map(|calibration| &calibration.environment)
    }

    pub(super) fn add_calibration(
        &mut self,
        slowdown: &Slowdown,
        environment: &BTreeMap<String, String>,
    ) -> Result<()> {
        let calibration =
            || Calibration { slowdown: slowdown.clone(), environment: environment.clone() };
        self.write(&[Line::Calibration(calibration())])?;
        self.calibrations.push(calibration());
        Ok(())
    }

    /// Adds a gate with its units.
    pub(super) fn add(&mut self, scenario: Scenario, held: &HeldDecision) -> Result<()> {
        let HeldDecision { decision, duration, pressure_share } = held;
        let Decision { report, units } = decision;
        let layers = report.layers.iter();
        let verdict = |layer: &crate::gate::LayerReport| {
            Some((layer.layer.name().to_owned(), layer.verdict?))
        };
        let cells = self.header.cells.len();
        let gate = || Gate {
            scenario: scenario.clone(),
            verdict: report.verdict,
            layers: layers.clone().filter_map(verdict).collect(),
            seconds: duration.as_secs_f64(),
            pressure_share: pressure_share.clone(),
            units: units.len(),
        };
        let units = || units.iter().map(|unit| Unit::of(unit, cells));
        let lines: Vec<Line> =
            [Line::Gate(gate())].into_iter().chain(units().map(Line::Unit)).collect();
        self.write(&lines)?;
        self.gates.push((gate(), units().collect()));
        Ok(())
    }

    /// Everything that was held.
    pub(super) fn gates(&self) -> Vec<HeldGate> {
        let held = |(gate, units): &(Gate, Vec<Unit>)| HeldGate {
            scenario: gate.scenario.clone(),
            verdict: gate.verdict,
            layers: gate.layers.clone(),
            seconds: gate.seconds,
            pressure_share: gate.pressure_share.clone(),
            units: units.iter().map(Unit::held).collect(),
        };
        self.gates.iter().map(held).collect()
    }

    fn write(&mut self, lines: &[Line]) -> Result<()> {
        let mut text = String::new();
        for line in lines {
            text += &serde_json::to_string(line)?;
            text.push('\n');
        }
        self.file
            .write_all(text.as_bytes())
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const HEADER: &str = concat!(
        r#"{"line":"header","schema":"delimark-gate-pairs/1","machine":"x","fingerprint":"x","#,
        r#""toolchain":"x","sha256":null,"margin":0.05,"budget_seconds":45.0,"cells":["x"]}"#
    );
    const GATE: &str = concat!(
        r#"{"line":"gate","scenario":{"slowdown":null,"busy":true},"verdict":"pass","layers":{},"#,
        r#""seconds":20.0,"pressure_share":{"value":0.5},"units":2}"#
    );
    const UNIT: &str =
        r#"{"line":"unit","stage":"measuring","seconds":0.5,"arms":[[1.0,2.0,1.0]]}"#;

    fn header(text: &str) -> Header {
        match serde_json::from_str(text).unwrap() {
            Line::Header(header) => header,
            _ => panic!("{text} is no header"),
        }
    }

    fn open(folder: &TempDir, lines: &[&str]) -> Result<Store> {
        let path = folder.path().join("pairs.jsonl");
        fs::write(&path, lines.join("\n")).unwrap();
        Store::open(&path, header(HEADER))
    }

    #[test]
    fn a_gate_that_was_cut_off_is_dropped_and_what_was_whole_is_kept() {
        let folder = TempDir::new().unwrap();
        let whole = [HEADER, GATE, UNIT, UNIT];
        for rest in [vec![""], vec![GATE, ""], vec![GATE, UNIT, ""], vec![GATE, UNIT, &UNIT[..9]]] {
            let store = open(&folder, &[&whole[..], &rest].concat()).unwrap();
            assert_eq!(store.count(&Scenario { slowdown: None, busy: true }), 1, "{rest:?}");
            assert_eq!(store.count(&Scenario { slowdown: None, busy: false }), 0);
            assert_eq!(store.gates()[0].units.len(), 2);
            let left = fs::read_to_string(&store.path).unwrap();
            assert_eq!(left, whole.join("\n") + "\n", "{rest:?}");
        }
    }

    #[test]
    fn pairs_of_another_program_are_not_mixed_in() {
        let folder = TempDir::new().unwrap();
        let other = HEADER.replace(r#""sha256":null"#, r#""sha256":"0""#);
        let error = open(&folder, &[&other, ""]).err().unwrap();
        assert!(format!("{error:#}").contains("another program"), "{error:#}");
        let error = open(&folder, &[HEADER, UNIT, ""]).err().unwrap();
        assert!(format!("{error:#}").contains("a unit without a gate"), "{error:#}");
    }
}
