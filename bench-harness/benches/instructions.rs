//! `cargo bench --bench instructions`: what each backend executes under Valgrind, and how that has
//! changed since the last time: instructions, and misses of simulated caches and branches.
//!
//! Each bench is a `delimark-bench pass`, which forces the backend that the bench is named after
//! and ends with a failure where the answer is not the reference's. AVX-512 is not among them,
//! since Valgrind does not execute it. `scripts/setup` installs Valgrind and the runner. A pattern
//! behind
//! `--` chooses: `cargo bench --bench instructions -- '*index*avx2*'`.

#[cfg(target_os = "linux")]
mod linux {
    //! Gungraun, which wants Valgrind, which is at home here.

    use std::path::PathBuf;

    use delimark::Backend;
    use delimark_datasets::Shape;
    use delimark_harness::counters::child::{self, COUNTED_FUNCTION};
    use delimark_harness::workload::{GeneratedOptions, Workload, data_folder};
    use delimark_runner::model::Model;
    use gungraun::{
        Bench, BinaryBenchmark, BinaryBenchmarkConfig, BinaryBenchmarkGroup, Callgrind, Command,
        EntryPoint, binary_benchmark_group, main,
    };

    /// About 300 KB: a simulation takes its time, and its counts do not vary.
    const LINES: u64 = 1500;

    const MODELS: [Model; 3] = [Model::Count, Model::Index, Model::Fields];

    binary_benchmark_group!(
        name = backends,
        config = config(),
        benchmarks = |group: &mut BinaryBenchmarkGroup| add_benches(group)
    );
    main!(binary_benchmark_groups = backends);

    fn config() -> BinaryBenchmarkConfig {
        let mut callgrind = Callgrind::with_args(["--cache-sim=yes", "--branch-sim=yes"]);
        callgrind.entry_point(EntryPoint::Custom(format!("*{COUNTED_FUNCTION}*")));
        let mut config = BinaryBenchmarkConfig::default();
        config.tool(callgrind);
        config
    }

    fn add_benches(group: &mut BinaryBenchmarkGroup) {
        let (warm_up, counted) = (data_set(1), data_set(2));
        let backends: Vec<Backend> =
            Backend::available().filter(|&backend| child::Callgrind::executes(backend)).collect();
        for model in MODELS {
            let mut benchmark = BinaryBenchmark::new(model.name());
            for backend in &backends {
                let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
                command.args(["pass", "--engine", &format!("delimark/{backend}")]);
                command.args(["--model", model.name()]);
                command.arg("--warm-up").arg(&warm_up).arg("--input").arg(&counted);
                benchmark.bench(Bench::new(backend.name()).command(command));
            }
            group.binary_benchmark(benchmark);
        }
    }

    fn data_set(seed: u64) -> PathBuf {
        let options = GeneratedOptions { shape: Shape::Nginx12, lines: LINES, seed };
        let workload = Workload::generated(&data_folder(), options, &mut |_lines| {})
            .expect("the data set can be made");
        workload.input().path.to_owned()
    }

    pub(super) fn run() {
        main();
    }
}

#[cfg(target_os = "linux")]
fn main() {
    linux::run();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    panic!("Valgrind is looked for on Linux only");
}
