//! `cargo bench --bench throughput`: how fast each backend goes over data from memory, in the steps
//! of a developer's work. What is published comes from `delimark-bench run`.
//!
//! Every backend that can run here is forced in turn, and has to give the reference's answer before
//! it is timed. A name behind `--` chooses: `cargo bench --bench throughput -- index/avx2`.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use delimark::Backend;
use delimark_datasets::Shape;
use delimark_harness::engine::{self, BurstTimer};
use delimark_harness::workload::{GeneratedOptions, Workload, data_folder};
use delimark_results::EngineName;
use delimark_runner::model::Model;

/// About 40 MB: more than most caches hold, and than a branch predictor can learn.
const DATA: GeneratedOptions = GeneratedOptions { shape: Shape::Nginx12, lines: 200_000, seed: 1 };

const MODELS: [Model; 3] = [Model::Count, Model::Index, Model::Fields];

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = throughput
}
criterion_main!(benches);

fn throughput(criterion: &mut Criterion) {
    let workload = Workload::generated(&data_folder(), DATA, &mut |_lines| {})
        .expect("the data set can be made");
    let input = workload.input();
    let backends: Vec<Backend> = Backend::available().collect();
    let mut engines = engine::all(&input, &backends).expect("these backends can run here");
    engines.retain(|engine| EngineName::parse(&engine.name()).is_own());
    let mut timer = BurstTimer::off();
    for model in MODELS {
        let mut group = criterion.benchmark_group(model.name());
        group.throughput(Throughput::Bytes(workload.facts().bytes));
        for engine in &mut engines {
            let answer = engine.run(model, &input, &mut timer).expect("the pass ends well");
            let expected = workload.expected(model, engine.answers());
            assert_eq!(answer, expected, "{} on {model}", engine.name());
            let executed = engine.executes().expect("a backend was forced");
            group.bench_function(BenchmarkId::from_parameter(executed), |bencher| {
                bencher.iter(|| engine.run(model, black_box(&input), &mut timer));
            });
        }
        group.finish();
    }
}
