//! Reports against the committed ones, and the promises that each kind of file makes.

use std::sync::LazyLock;

use delimark_report::report::{self, PlotKind, Report};
use delimark_results::{Cell, Counter, Known, Results};
use regex::Regex;

use crate::RESULTS;

mod lead;
mod plots;

/// Reading them takes longer than most tests here.
static READ: LazyLock<Results> = LazyLock::new(|| Results::from_json(RESULTS).unwrap());

fn results() -> Results {
    READ.clone()
}

fn render(results: &Results) -> Report {
    report::render(results).unwrap()
}

#[test]
fn markdown_is_as_committed() {
    insta::assert_snapshot!(render(&results()).markdown);
}

#[test]
fn terminal_is_as_committed_and_fits_100_columns() {
    let text = report::terminal::render(&results());
    let tables = text.lines().filter(|line| line.starts_with(['─', '═', ' ']));
    for line in tables {
        assert!(line.chars().count() <= 100, "{line}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn page_needs_no_other_file() {
    let html = render(&results()).html;
    let without_namespace = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for reference in ["http://", "https://", "<script", "<link", " src=", "url(", "@import"] {
        assert!(!without_namespace.contains(reference), "{reference}");
    }
    assert!(html.contains("prefers-color-scheme:dark"));
}

#[test]
fn page_escapes_names() {
    let html = render(&results()).html;
    assert!(html.contains("Example &lt;Fast&gt; CPU &amp; Co."));
    assert!(!html.contains("<Fast>"));
    assert!(html.contains("nginx12 &lt;1M&gt; &amp; more.log"));
}

#[test]
fn without_the_model_fields_there_is_no_verdict() {
    let mut results = results();
    results.cells.retain(|cell| cell.model == "index");
    let text = report::terminal::render(&results);
    assert!(text.contains("no verdict"), "{text}");
}

#[test]
fn what_the_data_do_not_show_is_not_claimed() {
    let mut results = results();
    let samples = |results: &Results, engine: &str| {
        let mut cells = results.cells.iter();
        cells.find(|c| c.engine == engine && c.model == "fields").unwrap().samples_ns.clone()
    };
    // A peer that is sometimes a little faster and sometimes a little slower.
    let noise = [99, 101, 98, 102, 100, 101, 99, 100];
    let ours = samples(&results, "delimark/avx512");
    let theirs = ours.iter().zip(noise).map(|(ns, percent)| ns * percent / 100).collect();
    let peer =
        results.cells.iter_mut().find(|c| c.engine == "peer/simd-csv" && c.model == "fields");
    peer.unwrap().samples_ns = theirs;
    let text = report::terminal::render(&results);
    assert!(text.contains("no significant difference from the fastest peer"), "{text}");
}

#[test]
fn a_run_of_few_rounds_says_so() {
    let mut results = results();
    results.rounds = 3;
    for cell in &mut results.cells {
        cell.samples_ns.truncate(3);
    }
    for aa_control in &mut results.twins {
        aa_control.engine_ns.truncate(3);
        aa_control.twin_ns.truncate(3);
    }
    let report = render(&results);
    assert!(report.markdown.contains("With 3 rounds no 95 % interval"));
    assert!(report.markdown.contains("not significant"));
}

/// Gives an engine a model's samples that are now a little above, now a little below the limit's.
fn level_with_the_limit(results: &mut Results, engine: &str, model: &str) {
    let noise = [99, 101, 98, 102, 100, 101, 99, 100];
    let of = |name: &str| {
        let mut cells = results.cells.iter();
        cells.position(|cell| cell.engine == name && cell.model == model).unwrap()
    };
    let (limit, engine) = (of("limit/read"), of(engine));
    let limit = results.cells[limit].samples_ns.iter();
    let samples = limit.zip(noise).map(|(ns, percent)| ns * percent / 100).collect();
    results.cells[engine].samples_ns = samples;
}

#[test]
fn a_share_of_the_limit_within_its_noise_is_marked_everywhere() {
    let mut results = results();
    level_with_the_limit(&mut results, "delimark/avx512", "fields");
    let report = render(&results);
    assert!(report.markdown.contains("100 % of limit, not significant)"), "{}", report.markdown);
    assert!(report.markdown.contains("no significant difference from only reading the bytes"));
    assert!(report.html.contains("of the read limit, not significant"));
    let text = report::terminal::render(&results);
    assert!(text.contains(" 100 % n.s. "), "{text}");
    assert!(text.contains("\nn.s.: not significant"), "{text}");
}

#[test]
fn a_model_without_a_limit_of_its_own_has_no_share_of_another() {
    let mut results = results();
    results.cells.retain(|cell| cell.model == "fields" || !cell.engine.starts_with("limit/"));
    let text = report::terminal::render(&results);
    let (index, _) = text.split_once("fields: every field").unwrap();
    let mut rows = index.lines().filter(|line| line.starts_with(" delimark/"));
    assert!(rows.clone().count() > 0 && !rows.any(|row| row.contains('%')), "{index}");
}

#[test]
fn little_data_is_called_a_smoke_test() {
    let mut results = results();
    let note = "Take this run as a smoke test";
    results.datasets[0].bytes = 32 << 20;
    assert!(!report::terminal::render(&results).contains(note));
    results.datasets[0].bytes -= 1;
    let report = render(&results);
    for text in [&report.html, &report.markdown, &report::terminal::render(&results)] {
        assert!(text.contains(note), "{text}");
    }
}

#[test]
fn the_bar_is_named_and_not_claimed_to_be_beaten() {
    let mut results = results();
    let bar = "380 ns a line, published on other hardware";
    let report = render(&results);
    assert!(report.markdown.contains(bar));
    assert!(!report.html.contains("below the published bar"));
    results.datasets[0].columns = Some(11);
    assert!(!render(&results).markdown.contains(bar), "the bar is about lines of 12 fields");
}

#[test]
fn plots_of_an_earlier_report_are_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    report::write(&results(), folder.path()).unwrap();
    let plots = folder.path().join("plots");
    let foreign = ["throughput.svg", "ladder-notes.txt", "my-ladder-x.svg"];
    for name in foreign {
        std::fs::write(plots.join(name), "not of a report").unwrap();
    }
    let mut fewer = results();
    fewer.cells.retain(|cell| cell.model == "index");
    fewer.ladder.clear();
    fewer.scaling.clear();
    report::write(&fewer, folder.path()).unwrap();
    let mut left: Vec<String> = std::fs::read_dir(plots)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    let mut expected = foreign.map(str::to_owned).to_vec();
    expected.extend(render(&fewer).plots.iter().map(|plot| plot.path["plots/".len()..].to_owned()));
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn missing_numbers_say_why() {
    let mut results = results();
    results.cells[0].allocations_per_record = Known::Unavailable("it runs elsewhere".to_owned());
    let markdown = render(&results).markdown;
    assert!(markdown.contains("No allocations for limit/read: it runs elsewhere."));
    assert!(markdown.contains("No percentiles for peer/csv: the reader has no bursts."));

    let why = "it takes all at once";
    let engines = ["limit/read", "delimark/avx512", "delimark/avx2"];
    let is_one = |cell: &&mut Cell| cell.model == "index" && engines.contains(&&*cell.engine);
    for cell in results.cells.iter_mut().filter(is_one) {
        cell.bursts = Known::Unavailable(why.to_owned());
    }
    let engines = "limit/read, delimark/avx512 and delimark/avx2";
    let expected = format!("No percentiles for {engines}, each because {why}.");
    let markdown = render(&results).markdown;
    assert!(markdown.contains(&expected), "{markdown}");
}

#[test]
fn results_without_any_cell_still_make_a_report() {
    let mut results = results();
    results.cells.clear();
    results.ladder.clear();
    results.scaling.clear();
    let report = render(&results);
    assert!(report.plots.is_empty());
    assert!(report.html.contains("no verdict"));
}

#[test]
fn a_difference_within_the_spread_of_the_run_is_marked() {
    let mut results = results();
    let markdown = render(&results).markdown;
    assert!(
        markdown.contains("A/A: delimark/avx512, measured as if it were two engines, came out up")
    );
    assert!(!markdown.contains("62 % of limit, not significant"));
    // An A/A control that came out twice as slow: then nothing counts that is less than that.
    let aa_control =
        results.twins.iter_mut().find(|aa_control| aa_control.model == "fields").unwrap();
    aa_control.twin_ns = aa_control.engine_ns.iter().map(|ns| 2 * ns).collect();
    let report = render(&results);
    let expected = "came out up to 100.0 % from itself: the far end of the 95 % interval of its \
                    ratio on fields, the widest of index and fields.";
    assert!(report.markdown.contains(expected), "{}", report.markdown);
    assert!(report.markdown.contains("62 % of limit, not significant"), "{}", report.markdown);
    assert!(report.markdown.contains("no significant difference from only reading the bytes"));
    assert!(report.html.contains("of the read limit, not significant"));
    assert!(report::terminal::render(&results).contains(" 62 % n.s. "));
}

#[test]
fn every_ratio_of_engines_in_a_table_is_marked_where_the_spread_reaches_it() {
    const SPREAD: f64 = 1.3;
    let mut results = results();
    for aa_control in &mut results.twins {
        aa_control.twin_ns =
            aa_control.engine_ns.iter().map(|&ns| (ns as f64 * SPREAD) as u64).collect();
    }
    let markdown = render(&results).markdown;
    let (_, details) = markdown.split_once("\n## Every model in detail").unwrap();
    let (details, _) = details.split_once("\n## ").unwrap();
    let number = |text: &str| text.replace(',', "").parse::<f64>().unwrap();
    let ratio = Regex::new(r"× \((not significant, )?([\d.,]+)–([\d.,]+)\)").unwrap();
    let (mut marked, mut unmarked) = (0, 0);
    for found in ratio.captures_iter(details) {
        let (low, high) = (number(&found[2]), number(&found[3]));
        let is_beyond = low > SPREAD || high < 1.0 / SPREAD;
        assert_eq!(found.get(1).is_none(), is_beyond, "{}", &found[0]);
        *if is_beyond { &mut unmarked } else { &mut marked } += 1;
    }
    assert!(marked > 3 && unmarked > 3, "{marked} and {unmarked} of:\n{details}");
}

#[test]
fn a_file_without_an_aa_control_says_that_it_has_no_spread() {
    let mut results = results();
    results.twins.clear();
    let report = render(&results);
    for text in [&report.html, &report.markdown, &report::terminal::render(&results)] {
        assert!(text.contains("it has no A/A spread"), "{text}");
    }
}

#[test]
fn a_cell_that_beats_its_limit_is_not_believed() {
    let mut results = results();
    let masks = |cell: &&mut Cell| cell.engine == "limit/masks-avx2" && cell.model == "index";
    let masks = results.cells.iter_mut().find(masks).unwrap();
    masks.samples_ns.iter_mut().for_each(|ns| *ns *= 2);
    let expected = "the speed of limit/masks-avx2 on index, which does less: believe neither.";
    let report = render(&results);
    for text in [&report.html, &report.markdown, &report::terminal::render(&results)] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn what_bounds_an_engine_is_said_everywhere() {
    let results = results();
    let report = render(&results);
    let fastest = "62 % of the read limit; of its time, reading takes";
    for text in [&report.html, &report.markdown, &report::terminal::render(&results)] {
        assert!(text.contains(fastest), "{text}");
    }
    assert!(report.markdown.contains("branch misses a block (simulated)"));
}

#[test]
fn one_line_says_whether_the_processor_counted() {
    let mut results = results();
    let headline = "The processor counted nothing (this virtual machine has no hardware counters): \
        instructions are from callgrind and single-step; misses are from callgrind; instructions a \
        cycle are estimated.";
    let markdown = render(&results).markdown;
    assert!(markdown.contains(headline), "{markdown}");
    // Single steps are of instructions alone.
    let mut stepped = results.clone();
    let is_of_callgrind =
        |counter: &Counter| counter.count().is_some_and(|count| count.source == "callgrind");
    for cell in &mut stepped.cells {
        cell.counters.retain(|_, counter| !is_of_callgrind(counter));
    }
    let headline = "hardware counters): instructions are from single-step; instructions a cycle \
        are estimated.";
    let markdown = render(&stepped).markdown;
    assert!(markdown.contains(headline), "{markdown}");
    for cell in &mut results.cells {
        for counter in cell.counters.values_mut() {
            if let Counter::Counted(count) = counter {
                count.source = "perf-event".to_owned();
            }
        }
    }
    let markdown = render(&results).markdown;
    assert!(markdown.contains("The processor counted, through perf-event"));
    assert!(markdown.contains("instructions per byte (perf-event)"), "{markdown}");
    for cell in &mut results.cells {
        cell.counters.clear();
    }
    let report = render(&results);
    assert!(report.markdown.contains("Nothing that takes hardware counters was asked for"));
    assert!(report.plots.iter().all(|plot| plot.kind != PlotKind::Roofline));
}

#[test]
fn an_older_file_makes_a_report_without_what_it_lacks() {
    let mut results = results();
    results.environment.timer = Known::Unavailable("the file is older".to_owned());
    results.environment.cpu.base_clock = Known::Unavailable("the file is older".to_owned());
    results.environment.cpu.measured_clock = Known::Unavailable("the file is older".to_owned());
    results.cells.retain(|cell| !cell.engine.starts_with("limit/masks"));
    results.scaling.clear();
    results.compute.clear();
    let report = render(&results);
    let kinds: Vec<PlotKind> = report.plots.iter().map(|plot| plot.kind).collect();
    for kind in [PlotKind::Shares, PlotKind::Roofline, PlotKind::Scaling] {
        assert!(!kinds.contains(&kind), "{kind:?}");
    }
    assert!(report.markdown.contains("What it costs to read is not known: the file is older."));
    assert!(report.markdown.contains("limit/masks-avx2 was not measured beside it"));
    assert!(report.markdown.contains("IPC is not known (the file is older)"));
}

#[test]
fn what_is_slow_on_purpose_is_no_peer() {
    let mut results = results();
    for cell in results.cells.iter_mut().filter(|cell| cell.engine == "peer/simd-csv") {
        cell.engine = "handicap/extra-copy".to_owned();
    }
    let markdown = render(&results).markdown;
    assert!(markdown.contains("the speed of the fastest peer, peer/split."), "{markdown}");
}
