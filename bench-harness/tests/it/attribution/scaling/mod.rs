//! The bounds of several threads, from made-up curves: each sentence, at both sides of its
//! threshold.

mod caches;
mod file;
mod machine;

use delimark_report::attribution::{Cause, Finding, Scaling, explain_scaling};
use delimark_results::{ComputePoint, Results, ScalingPoint, Steps, throughput};

use crate::RESULTS;

/// The speeds of one thread and of two in each round; nothing where none was measured.
type Speeds = Option<[Vec<f64>; 2]>;

/// A run with one thread and with two.
#[derive(Clone, Default)]
struct Run {
    file: Speeds,
    caches: Speeds,
    read: Speeds,
    independent: Speeds,
    dependent: Speeds,
}

const ROUNDS: usize = 8;

/// Makes one thread at this speed, two at this many times that.
fn steady(speed: f64, gain: f64) -> Speeds {
    Some([vec![speed; ROUNDS], vec![speed * gain; ROUNDS]])
}

/// Makes one thread that is at one speed and at half of it by turns, two that are not.
fn two_kinds(speed: f64, gain: f64) -> Speeds {
    let one = (0..ROUNDS).map(|round| if round % 2 == 0 { speed } else { speed / 2.0 });
    Some([one.collect(), vec![speed * gain; ROUNDS]])
}

/// Makes one thread at this speed, two at this many times that in turns.
fn moving(speed: f64, gains: [f64; 2]) -> Speeds {
    let many = (0..ROUNDS).map(|round| speed * gains[round % 2]);
    Some([vec![speed; ROUNDS], many.collect()])
}

impl Run {
    fn explain(&self) -> Vec<Finding> {
        let mut results = Results::from_json(RESULTS).unwrap();
        results.scaling.clear();
        results.compute.clear();
        let file_bytes = results.datasets[0].bytes;
        let scans = [
            ("delimark/avx2", file_bytes, &self.file),
            ("delimark/avx2", 512 << 10, &self.caches),
            ("limit/read", file_bytes, &self.read),
        ];
        for (engine, working_set_bytes, speeds) in scans {
            results.scaling.extend(points(engine, working_set_bytes, speeds));
        }
        let computing =
            [(Steps::Independent, &self.independent), (Steps::Dependent, &self.dependent)];
        for (steps, speeds) in computing {
            results.compute.extend(compute_points(steps, speeds));
        }
        explain_scaling(&Scaling::of(&results, &results.datasets[0]))
    }

    #[track_caller]
    fn says(&self, cause: Cause, sentence: &str) {
        let found = self.explain();
        let expected = Finding { cause, sentence: sentence.to_owned() };
        assert!(found.contains(&expected), "{found:#?}");
    }
}

fn points(engine: &str, working_set_bytes: u64, speeds: &Speeds) -> Vec<ScalingPoint> {
    let point = |(threads, speeds): (u64, &Vec<f64>)| {
        let samples_ns = samples_ns(speeds);
        ScalingPoint {
            engine: engine.to_owned(),
            model: "file-scan".to_owned(),
            dataset: "nginx12".to_owned(),
            threads,
            padded: true,
            working_set_bytes,
            bytes_per_sample: AMOUNT,
            gigabytes_per_second: throughput(&samples_ns, AMOUNT),
            samples_ns,
        }
    };
    (1..).zip(speeds.iter().flatten()).map(point).collect()
}

fn compute_points(steps: Steps, speeds: &Speeds) -> Vec<ComputePoint> {
    let point = |(threads, speeds): (u64, &Vec<f64>)| ComputePoint {
        dataset: "nginx12".to_owned(),
        steps,
        threads,
        steps_per_sample: AMOUNT,
        samples_ns: samples_ns(speeds),
    };
    (1..).zip(speeds.iter().flatten()).map(point).collect()
}

/// So much that speeds survive as whole nanoseconds.
const AMOUNT: u64 = 1_000_000_000_000;

fn samples_ns(speeds: &[f64]) -> Vec<u64> {
    speeds.iter().map(|speed| (AMOUNT as f64 / speed) as u64).collect()
}
