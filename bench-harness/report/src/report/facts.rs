//! The data and the machine, as pairs of name and value.

use delimark_results::{
    Cache, Clock, Dataset, Environment, Known, MeasuredClock, QuoteEscape, Results, Sha256Check,
    Timer,
};

use crate::number_format::{binary_size, count, decimal_size, interval, number};

/// Names and values.
pub type Facts = Vec<(&'static str, String)>;

pub(super) fn of_dataset(dataset: &Dataset) -> Facts {
    let traits = &dataset.traits;
    let origin = match (&dataset.shape, dataset.seed) {
        (Some(shape), Some(seed)) => format!("generated, shape {shape}, seed {seed}"),
        (Some(shape), None) => format!("generated, shape {shape}"),
        (None, _) => "a file".to_owned(),
    };
    let columns = match (dataset.columns, dataset.columns_source) {
        (Some(columns), Some(source)) => format!("{columns} ({})", lowercase(source)),
        (Some(columns), None) => columns.to_string(),
        (None, _) => "any number".to_owned(),
    };
    let check = match dataset.sha256_check {
        Sha256Check::Pinned => "equal to the pinned one",
        Sha256Check::Computed => "computed, pinned nowhere",
    };
    let mut facts = vec![
        ("file", dataset.file_name.clone()),
        ("origin", origin),
        ("size", format!("{} ({} bytes)", decimal_size(dataset.bytes), count(dataset.bytes))),
        ("lines", count(dataset.lines)),
        ("records", count(dataset.records)),
        ("fields", count(dataset.fields)),
        ("columns", columns),
        ("delimiter", format!("{:?}", dataset.delimiter)),
    ];
    if let Some(quote) = &dataset.quote {
        let escape = match dataset.quote_escape {
            Some(QuoteEscape::Backslash) => "; a backslash before one makes it data",
            Some(QuoteEscape::None) | None => "",
        };
        facts.push((
            "quote",
            format!("{quote:?}, between two of which a delimiter is data{escape}"),
        ));
    }
    if let Some(log_format) = &dataset.log_format {
        facts.push(("log format", log_format.clone()));
    }
    facts.extend([
        ("line ending", lowercase(dataset.line_ending)),
        ("ragged records", count(traits.ragged_records)),
        ("empty lines", count(traits.empty_lines)),
        ("bare carriage returns", count(traits.bare_carriage_returns)),
        ("valid UTF-8", yes_or_no(traits.valid_utf8)),
        ("same number of fields in every record", yes_or_no(traits.uniform)),
    ]);
    if let Some(fields) = traits.stray_quotes {
        facts.push(("fields with quotes amid them", count(fields)));
    }
    facts.push(("SHA-256", format!("{} ({check})", dataset.sha256)));
    facts
}

pub(crate) fn of_environment(environment: &Environment) -> Facts {
    let cpu = &environment.cpu;
    let build = match (environment.commit.value(), environment.dirty.value()) {
        (Some(commit), Some(true)) => format!("{commit}, modified"),
        _ => known(&environment.commit, String::clone),
    };
    let rustflags = match environment.rustflags.as_str() {
        "" => "none",
        flags => flags,
    };
    let mut facts = vec![
        ("CPU", known(&cpu.model, String::clone)),
        ("vendor", known(&cpu.vendor, String::clone)),
        ("logical cores", count(cpu.logical_cores)),
        ("base clock", known(&cpu.base_clock, clock_text)),
        ("measured clock", known(&cpu.measured_clock, measured_clock_text)),
        ("caches", known(&cpu.caches, |caches| caches_text(caches))),
        ("memory", known(&environment.memory_bytes, |&bytes| binary_size(bytes))),
        ("operating system", environment.operating_system.clone()),
        ("kernel", known(&environment.kernel, String::clone)),
        ("virtualisation", known(&environment.virtualisation, String::clone)),
        ("frequency governor", known(&environment.governor, String::clone)),
        ("transparent huge pages", known(&environment.transparent_huge_pages, String::clone)),
        ("delimark", environment.delimark_version.clone()),
        ("commit", build),
        ("compiler", known(&environment.rustc, String::clone)),
        ("target", environment.target.clone()),
        ("compiler flags", rustflags.to_owned()),
        ("CPU features", cpu.features.join(" ")),
        ("fingerprint", environment.fingerprint.clone()),
        ("timer", known(&environment.timer, timer_text)),
    ];
    if !environment.runtimes.is_empty() {
        facts.push(("runtimes", environment.runtimes.join("; ")));
    }
    if !environment.compile_ns.is_empty() {
        let of_engine =
            |(engine, &ns): (&String, &u64)| format!("{engine} {:.1} ms", ns as f64 / 1e6);
        let times: Vec<String> = environment.compile_ns.iter().map(of_engine).collect();
        facts.push(("modules compiled in", times.join("; ")));
    }
    facts
}

pub(super) fn of_run(results: &Results) -> Facts {
    vec![
        ("begun", results.created.to_string()),
        ("duration", format!("{:.0} s", results.duration_seconds)),
        ("command", results.command.join(" ")),
        ("rounds", count(results.rounds)),
        ("seed of the order", results.order_seed.to_string()),
        ("format", results.schema.to_string()),
    ]
}

fn clock_text(clock: &Clock) -> String {
    format!("{} GHz ({})", number(clock.hertz / 1e9), clock.source)
}

fn measured_clock_text(clock: &MeasuredClock) -> String {
    let MeasuredClock { hertz, hertz_least, hertz_most, looks, source } = clock;
    let [hertz, least, most] = [hertz, hertz_least, hertz_most].map(|hertz| hertz / 1e9);
    format!("{} GHz, {} in {looks} looks ({source})", number(hertz), interval(least, most))
}

fn timer_text(timer: &Timer) -> String {
    format!(
        "{}, in steps of {}, {} ns a reading",
        known(&timer.clock_source, String::clone),
        known(&timer.granularity_ns, |step| format!("{step} ns")),
        number(timer.cost_ns)
    )
}

fn caches_text(caches: &[Cache]) -> String {
    let texts: Vec<String> = caches
        .iter()
        .map(|cache| {
            let Cache { level, kind, bytes, shared_by } = cache;
            let size = binary_size(*bytes);
            match shared_by {
                1 => format!("L{level} {kind} {size}"),
                sharers => format!("L{level} {kind} {size} (shared by {sharers})"),
            }
        })
        .collect();
    texts.join(", ")
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

/// Writes a variant in lower case: the names of these enums are words.
fn lowercase(word: impl std::fmt::Debug) -> String {
    format!("{word:?}").to_lowercase()
}

/// Shows a fact, or why it is missing.
fn known<T>(known: &Known<T>, show: impl FnOnce(&T) -> String) -> String {
    match known {
        Known::Value(value) => show(value),
        Known::Unavailable(reason) => format!("not available: {reason}"),
    }
}
