//! The file with every pair of processes: a line at a time, so that what was measured is there
//! whenever the work is stopped.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use delimark_report::gate::rates::{Scenario, Slowdown};
use delimark_results::Known;

use super::contents::Contents;
use super::line::{Calibration, Gate, Header, Line, Unit};
use crate::command::gate::decision::Decision;

/// The file, and what is in it.
pub(super) struct Store {
    path: PathBuf,
    file: File,
    contents: Contents,
}

/// The decision of a gate, and the conditions of its run.
pub(super) struct TimedDecision {
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
        let path = path.to_owned();
        if text.is_empty() {
            let mut store = Self { path, file, contents: Contents::new(header.clone()) };
            store.write(&[Line::Header(header)])?;
            return Ok(store);
        }
        let (contents, whole) =
            Contents::parse(&text).with_context(|| format!("{name} cannot be used"))?;
        ensure!(
            *contents.header() == header,
            "{name} cannot be used: it has pairs of another program, machine or rules; move it \
             away to begin again"
        );
        // A gate whose lines are not all there was stopped in the middle of writing.
        file.set_len(whole as u64)?;
        Ok(Self { path, file, contents })
    }

    /// Returns what is in it by now.
    pub(super) fn contents(&self) -> &Contents {
        &self.contents
    }

    pub(super) fn add_calibration(
        &mut self,
        slowdown: &Slowdown,
        environment: &BTreeMap<String, String>,
    ) -> Result<()> {
        let calibration =
            || Calibration { slowdown: slowdown.clone(), environment: environment.clone() };
        self.write(&[Line::Calibration(calibration())])?;
        self.contents.add_calibration(calibration());
        Ok(())
    }

    /// Adds a gate with its units.
    pub(super) fn add(&mut self, scenario: Scenario, timed: &TimedDecision) -> Result<()> {
        let TimedDecision { decision, duration, pressure_share } = timed;
        let Decision { report, units } = decision;
        let layers = report.layers.iter();
        let verdict = |layer: &delimark_report::gate::LayerReport| {
            Some((layer.layer.name().to_owned(), layer.verdict?))
        };
        let cells = self.contents.header().cells.len();
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
        self.contents.add_gate(gate(), units().collect());
        Ok(())
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
            let contents = store.contents();
            assert_eq!(contents.count(&Scenario { slowdown: None, busy: true }), 1, "{rest:?}");
            assert_eq!(contents.count(&Scenario { slowdown: None, busy: false }), 0);
            assert_eq!(contents.gates()[0].units.len(), 2);
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
