//! The parts of the page. That it works in a browser is the test of `ci/study-page`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use delimark_harness::engine;
use delimark_report::study::{Contribution, Study, path_of};
use delimark_results::{Known, Results};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{MACHINES, now, study};

/// Returns the text of the first element of that kind.
fn inside<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).expect(start);
    rest.split_once(end).expect(end).0
}

#[test]
fn the_page_needs_no_other_file_and_allows_no_other_script() {
    let page = study(&MACHINES).unwrap().page(None);
    for reference in ["https://", " src=", "url(http", "@import", "<link", " style=", "onclick"] {
        assert!(!page.contains(reference), "{reference}");
    }
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = inside(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for text in [inside(&page, "<script>", "</script>"), inside(&page, "<style>", "</style>")] {
        assert!(policy.contains(&hash(text)), "{policy}");
    }
}

#[test]
fn the_page_carries_medians_and_spreads_and_no_samples() {
    let page = study(&MACHINES).unwrap().page(None);
    let data = inside(&page, "type=\"application/json\">", "</script>");
    let data: Value = serde_json::from_str(data).unwrap();
    let cells = data["cells"].as_array().unwrap();
    let results = Results::from_json(MACHINES[0].1).unwrap();
    let cell =
        |engine: &str| results.cells.iter().find(|c| (&*c.engine, &*c.model) == (engine, "fields"));
    let (avx2, limit) = (cell("delimark/avx2").unwrap(), cell("limit/read").unwrap());
    let shown = cells.iter().find(|c| c["engine"] == "delimark/avx2" && c["model"] == "fields");
    let values = &shown.unwrap()["values"];
    let close =
        |value: &Value, expected: f64| (value.as_f64().unwrap() / expected - 1.0).abs() < 1e-4;
    assert!(close(&values["time"]["spread"][0], avx2.ns_per_record.median));
    assert!(close(&values["speed"]["spread"][2], avx2.gigabytes_per_second.high));
    let mut shares: Vec<f64> = avx2
        .samples_ns
        .iter()
        .zip(&limit.samples_ns)
        .map(|(&own, &limit)| limit as f64 / own as f64 * 100.0)
        .collect();
    shares.sort_by(f64::total_cmp);
    assert!(close(&values["limit"]["spread"][0], shares[3]));
    assert!(close(&values["limit"]["spread"][3], (shares[1] + shares[2]) / 2.0));
    assert_eq!(values["instructions"]["mark"], "simulated");
    assert!(values["p99"]["missing"].is_string());
    assert!(!page.contains(&avx2.samples_ns[0].to_string()));
}

#[test]
fn names_cannot_become_markup() {
    let read = |(path, text)| Contribution::read(path, text).unwrap();
    let mut contributions = MACHINES.map(read);
    let results = &mut contributions[0].results;
    results.environment.cpu.model = Known::Value("</script><b>Fast".to_owned());
    results.environment.fingerprint = results.environment.cpu.fingerprint();
    contributions[0].path = path_of(&contributions[0].results);
    let page = Study::new(contributions.into(), now(), engine::catalog()).unwrap().page(None);
    assert!(!page.contains("</script><b>") && page.contains("\\u003c/script>\\u003cb>Fast"));
    assert!(page.contains("&lt;/script&gt;&lt;b&gt;Fast"));
}

#[test]
fn the_order_of_files_does_not_show() {
    let [a, b] = MACHINES;
    assert_eq!(study(&[a, b]).unwrap().page(None), study(&[b, a]).unwrap().page(None));
}
