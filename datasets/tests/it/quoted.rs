//! The promises of the shapes with quoted fields: the requests of `nginx12` in the formats of real
//! servers, with the odd lines that those write.

use std::collections::BTreeMap;

use delimark_datasets::{Shape, generate};

use crate::{fields, lines};

const LINES: u64 = 50_000;

/// Splits a line at its blanks, but for those between two quotes.
fn quoted_fields(line: &str) -> Vec<&str> {
    let mut is_inside = false;
    line.split(|letter| {
        is_inside ^= letter == '"';
        letter == ' ' && !is_inside
    })
    .collect()
}

/// Generates a log and hands over the fields of every line, each after those of the same line of
/// `nginx12`.
fn check_lines(shape: Shape, mut check: impl FnMut(&[&str], &[&str])) {
    let (plain, log) = (generate(Shape::Nginx12, LINES, 1), generate(shape, LINES, 1));
    for (plain, line) in lines(&plain).zip(lines(&log)) {
        let plain: Vec<_> =
            fields(plain).into_iter().map(|field| str::from_utf8(field).unwrap()).collect();
        let line = str::from_utf8(line).expect("what is not ASCII is escaped");
        check(&plain, &quoted_fields(line));
    }
}

#[track_caller]
fn unquoted(field: &str) -> &str {
    let inner = field.strip_prefix('"').and_then(|field| field.strip_suffix('"'));
    inner.unwrap_or_else(|| panic!("{field} is not quoted"))
}

/// Asserts that something is in a few lines of a thousand: in this many at most.
#[track_caller]
fn assert_seldom(what: &str, count: u64, per_mille_most: u64) {
    let is_seldom = count > 0 && count * 1000 < LINES * per_mille_most;
    assert!(is_seldom, "{what}: {count} of {LINES} lines");
}

#[test]
fn quoted_lines_have_their_columns_and_are_printable() {
    for shape in [Shape::Combined, Shape::HaProxy] {
        assert_eq!((shape.delimiter(), shape.quote()), (b' ', Some(b'"')));
        for line in lines(&generate(shape, LINES, 2)) {
            let text = str::from_utf8(line).expect("what is not ASCII is escaped");
            assert!(line.iter().all(|byte| matches!(byte, b' '..=b'~')), "{text}");
            let fields = quoted_fields(text);
            assert_eq!(fields.len(), shape.columns() as usize, "{text}");
            assert!(fields.iter().all(|field| !field.is_empty()), "{text}");
            for field in fields {
                let inner = field.trim_matches('"');
                assert!(!inner.contains('"') && [0, 2].contains(&(field.len() - inner.len())));
            }
        }
    }
    assert_eq!(Shape::Nginx12.quote(), None);
}

#[test]
fn combined_has_the_exchanges_of_nginx12_but_for_a_few() {
    let mut other_count = 0;
    check_lines(Shape::Combined, |plain, fields| {
        assert_eq!((fields[0], fields[1]), (plain[0], "-"));
        let (date, time) = plain[1].split_at(10);
        assert_eq!((date, &fields[3][..13]), ("2026-03-02", "[02/Mar/2026:"));
        assert_eq!((&fields[3][13..], fields[4]), (&time[1..9], "+0000]"));
        let request = [plain[2], plain[3], plain[4]].join(" ");
        let expected = [request.as_str(), plain[5], plain[6], plain[7], plain[8]];
        let found =
            [unquoted(fields[5]), fields[6], fields[7], unquoted(fields[8]), unquoted(fields[9])];
        other_count += u64::from(found != expected);
    });
    assert_seldom("other exchanges", other_count, 12);
}

#[test]
fn combined_has_the_odd_lines_of_a_real_nginx() {
    let mut counts = BTreeMap::<&str, u64>::new();
    check_lines(Shape::Combined, |_, fields| {
        let (request, agent) = (unquoted(fields[5]), unquoted(fields[9]));
        for (what, is_there) in [
            ("a quote in a request", request.contains("\\x22")),
            ("a quote in an agent", agent.contains("\\x22")),
            ("a backslash", request.contains("\\x5C")),
            ("UTF-8", request.contains("\\xC3\\xA9")),
            ("no version, 200", !request.contains(" HTTP/") && fields[6] == "200"),
            ("a version with blanks behind", request.ends_with("HTTP/1.1  ")),
            ("an unknown version", request.ends_with("HTTP/1.123")),
            ("a refused version", request.ends_with("HTTP/1.x") && fields[6] == "400"),
            ("a preface of HTTP/2", request == "PRI * HTTP/2.0" && fields[7] == "157"),
            ("a greeting of TLS", request.starts_with("\\x16\\x03\\x01")),
            ("nothing", request.is_empty() && fields[6] == "408" && agent == "-"),
        ] {
            *counts.entry(what).or_default() += u64::from(is_there);
        }
        for escape in request.split('\\').skip(1).chain(agent.split('\\').skip(1)) {
            let digits = escape.strip_prefix('x').and_then(|escape| escape.get(..2));
            let is_upper = |digit: u8| digit.is_ascii_digit() || matches!(digit, b'A'..=b'F');
            assert!(digits.is_some_and(|digits| digits.bytes().all(is_upper)), "{request} {agent}");
        }
        *counts.entry("a user").or_default() += u64::from(fields[2] != "-");
    });
    assert_seldom("users", counts.remove("a user").unwrap_or_default(), 20);
    counts.into_iter().for_each(|(what, count)| assert_seldom(what, count, 3));
}

/// Reads the milliseconds of a day out of `01:02:03.004`.
fn milliseconds(time: &str) -> u64 {
    let parts: Vec<u64> = time.split([':', '.']).map(|part| part.parse().unwrap()).collect();
    ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3]
}

#[test]
fn haproxy_has_the_exchanges_of_nginx12() {
    let (mut bad_count, mut other_count) = (0, 0);
    let mut received = "".to_owned();
    check_lines(Shape::HaProxy, |plain, fields| {
        assert!(received.as_str() < fields[0] && fields[0].ends_with("+00:00"), "{}", fields[0]);
        fields[0].clone_into(&mut received);
        assert_eq!(fields[1..3], ["lb1", "haproxy[1847]:"]);
        let (address, port) = fields[3].rsplit_once(':').expect("a port");
        assert!(port.parse::<u16>().is_ok_and(|port| port >= 1024), "{port}");
        assert_eq!(address, plain[0]);
        if unquoted(fields[15]) == "<BADREQ>" {
            assert_eq!((fields[6], &fields[12][1..]), ("http-in/<NOSRV>", "R--"));
            bad_count += 1;
            return;
        }
        let site = if plain[4] == "HTTP/2.0" { "https://www.example.com" } else { "" };
        let request = format!("{} {site}{} {}", plain[2], plain[3], plain[4]);
        other_count += u64::from(unquoted(fields[15]) != request);
        let status = match plain[5] {
            "444" => "403",
            "499" => "200",
            status => status,
        };
        assert_eq!(fields[8], status);
        assert!(fields[9].parse::<u64>().unwrap() > plain[6].parse().unwrap(), "{fields:?}");
    });
    assert_seldom("bad requests", bad_count, 8);
    assert_seldom("other requests", other_count, 5);
}

#[test]
fn times_of_haproxy_agree_with_each_other() {
    let mut states = BTreeMap::<String, u64>::new();
    check_lines(Shape::HaProxy, |_, fields| {
        let timers: Vec<i64> = fields[7].split('/').map(|timer| timer.parse().unwrap()).collect();
        let [request, queue, connect, response, total] = timers[..] else { panic!("{fields:?}") };
        assert!(request + queue + connect + response <= total, "{fields:?}");
        let (begin, end) = (milliseconds(&fields[4][13..25]), milliseconds(&fields[0][11..23]));
        // It may have begun on the day before.
        let waited = ((end + 86_400_000 - begin) % 86_400_000) as i64;
        // A line is received when a millisecond is full at the latest.
        assert!((total..=total + 1).contains(&waited), "{waited} ms: {fields:?}");
        *states.entry(fields[12].to_owned()).or_default() += 1;
    });
    let ended = states.remove("----").expect("most sessions end as they should");
    assert!(ended * 100 > LINES * 95, "{ended} of {LINES} lines");
    let names: Vec<&str> = states.keys().map(String::as_str).collect();
    assert_eq!(names, ["CD--", "CR--", "PR--", "SC--", "SH--", "cR--", "sH--"]);
}
