//! The page of what peers fail: what is on it, and that the committed one is of the committed
//! vectors.

use std::fs;
use std::path::Path;
use std::time::Duration;

use delimark_conformance::{
    self, Case, Class, ErrorFacts, Expected, FoundPeer, Peer, Report, Skips, Suite, page, plural,
};
use delimark_runner::case::Request;

use super::{FAULTY, process::Nobody};

fn peer(name: &'static str, found: Result<FoundPeer, String>) -> Peer {
    let choices = "It decides nothing.";
    Peer { name, title: name, choices, adapter: format!("engines/{name}"), found }
}

#[test]
fn each_rule_has_its_failures_and_the_shortest_example() {
    let faulty = |fault: &str| {
        Ok(FoundPeer::new("1.2".to_owned(), FAULTY.program.clone(), vec![fault.to_owned()]))
    };
    let peers = [
        peer("drops", faulty("drops-the-last-field")),
        peer("panics", faulty("panics")),
        peer("absent", Err("absent is not installed: apt install absent".to_owned())),
    ];
    let suite = Suite::load(&super::vectors()).unwrap();
    let cases: Vec<&Case> = suite.cases.iter().collect();
    let columns = peers.iter().map(|peer| peer.column(Duration::from_secs(60))).collect();
    let columns = delimark_conformance::run(&cases, columns, &Skips::default(), &Nobody);
    let report = Report {
        suite: &suite,
        cases: &cases,
        columns: &columns,
        expected: &[],
        tolerates_failures: true,
    };
    assert!(report.faults().is_empty());
    let page = page(&report, &peers);
    for part in [
        "vectors 0.0.1, 11 cases.",
        "| file | drops | panics | absent |\n| --- | ---: | ---: | ---: |\n\
         | accept | 1/7 | 0/7 | - |\n| reject | 3/4 | 0/4 | - |\n\
         | **all** | 4/11 | 0/11 | - |\n",
        "\n## drops\n\n`drops`, version 1.2, [adapter](../../engines/drops). It decides nothing. \
         It fails 7 of 11 cases.\n\n- **R2.6**: 1 of 1 (1 wrong records).",
        "- **R3.1**: 3 of 3 (3 wrong records). `y_two_lines`: A delimiter ends a field.\n  Input \
         `\"a|b\\nc|d\\n\"`.\n  record 1: expected `[\"a\", \"b\"]`, found `[\"a\"]`.\n",
        "  `crash: exit status: 101`.\n",
        "  Input `\"a|b\\nc\\nd|e\\n\"` with `columns=2 ragged=report`.\n",
        "\n## absent\n\nNot run: absent is not installed: apt install absent.\n",
    ] {
        assert!(page.contains(part), "{part}\n---\n{page}");
    }
    assert!(!page.contains("as planned"), "standard error differs from time to time");
}

#[test]
fn a_refusal_of_all_quotes_is_said_once() {
    let quoted = |id: &str, class, error| Case {
        id: id.to_owned(),
        class,
        rule: "R2.1".to_owned(),
        title: "It has quotes.".to_owned(),
        file: 0,
        request: Request { quote: Some(b'"'), ..Request::new(b'|') },
        input: b"a".to_vec(),
        expected: Expected { error, ..Expected::default() },
    };
    let mut suite = Suite::load(&super::vectors()).unwrap();
    let open = ErrorFacts { kind: Some("open-quote".to_owned()), ..ErrorFacts::default() };
    suite.cases.push(quoted("y_quoted", Class::Accept, None));
    suite.cases.push(quoted("n_quoted", Class::Reject, Some(open)));
    let cases: Vec<&Case> = suite.cases.iter().collect();
    let faulty = |fault: &str| {
        Ok(FoundPeer::new("1.2".to_owned(), FAULTY.program.clone(), vec![fault.to_owned()]))
    };
    let peers = ["none", "rejects-everything"].map(|fault| peer(fault, faulty(fault)));
    let columns = peers.iter().map(|peer| peer.column(Duration::from_secs(60))).collect();
    let columns = delimark_conformance::run(&cases, columns, &Skips::default(), &Nobody);
    let report = Report {
        suite: &suite,
        cases: &cases,
        columns: &columns,
        expected: &[],
        tolerates_failures: true,
    };
    let page = page(&report, &peers);
    let (ignores, refuses) = page.split_once("## rejects-everything").unwrap();
    let once =
        "- **Quotes**, of all rules: 1 of 2, since it refuses each dialect that names one.\n";
    assert!(refuses.ends_with(once), "{refuses}");
    assert!(!refuses.contains("quoted`"), "{refuses}");
    // Who knows nothing of quotes, and does not say so, fails by the rule.
    assert!(ignores.contains("`n_quoted`") && !ignores.contains("**Quotes**"), "{ignores}");
}

#[test]
fn the_committed_page_is_of_the_committed_vectors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let suite = Suite::load(&root.join("datasets/conformance")).unwrap();
    let page = fs::read_to_string(root.join("reports/conformance/peers.md")).unwrap();
    let cases = plural(suite.cases.len() as u64, "case");
    let vectors = format!("vectors {}, {cases}.", suite.version);
    assert!(page.contains(&vectors), "the page is not of {vectors} Make it again, as it says");
    assert!(!page.contains("Not run: "), "every peer is on the page");
}
