//! Conditions that are asked of bytes keep the rows that the engine keeps by itself.

use delimark_query::LogOptions;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Desk, recorded};

/// Conditions on a recorded log of nginx, of every kind that is asked of bytes and some that are
/// not. `{number}` and `{text}` are filled in.
fn condition() -> impl Strategy<Value = String> {
    let comparison = || prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let number = || {
        let usual = prop::sample::select(vec![0, 157, 200, 206, 301, 400, 404, 499, 500, 900]);
        prop_oneof![usual, -5_i64..40_000]
    };
    let text = || {
        prop::sample::select(vec![
            "",
            "-",
            "127.0.0.1",
            "127.0.0.4",
            "GET /",
            "GET",
            "POST /0001/index.html HTTP/1.1",
            "HTTP/1.1",
            "curl",
            "\\x22",
            "kube-probe/1.29",
            "caf%C3%A9",
            "_",
            "é",
        ])
    };
    let column =
        || prop::sample::select(vec!["remote_addr", "request", "http_user_agent", "remote_user"]);
    let hour = 0_u32..24;
    prop_oneof![
        (prop::sample::select(vec!["status", "body_bytes_sent"]), comparison(), number())
            .prop_map(|(column, comparison, number)| format!("{column} {comparison} {number}")),
        (comparison(), number())
            .prop_map(|(comparison, number)| format!("{number} {comparison} status")),
        (column(), comparison(), text())
            .prop_map(|(column, comparison, text)| format!("{column} {comparison} '{text}'")),
        (column(), text(), prop::sample::select(vec!["{}%", "%{}", "%{}%", "{}", "{}%x"]))
            .prop_map(|(column, text, pattern)| {
                format!("{column} LIKE '{}'", pattern.replace("{}", text))
            }),
        prop::collection::vec(number(), 1..6).prop_map(|numbers| {
            let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
            format!("status IN ({})", numbers.join(", "))
        }),
        (comparison(), hour).prop_map(|(comparison, hour)| format!(
            "time_local {comparison} '2026-11-30T{hour:02}:26:40Z'"
        )),
        column().prop_map(|column| format!("{column} IS NULL")),
    ]
}

#[test]
fn random_conditions_keep_the_rows_that_the_engine_keeps() {
    let desk = Desk::with(2, LogOptions::default());
    let mut log = recorded("nginx/combined.log");
    // Values that are no text, in lines that are.
    log.extend_from_slice(
        b"127.0.0.1 - - [30/Nov/2026:13:26:34 +0000] \"GET /\xff HTTP/1.1\" 200 5 \"-\" \
          \"\xc3\xa9\"\n",
    );
    desk.write("access.log", &log);
    desk.rows(
        "CREATE EXTERNAL TABLE web STORED AS DELIMARK LOCATION '{}/access.log' \
         OPTIONS (preset 'combined'); \
         CREATE TABLE columns AS SELECT * FROM web",
    );
    let clauses = prop::collection::vec(prop::collection::vec(condition(), 1..3), 1..4);
    let mut runner = TestRunner::new(Config { cases: 200, ..Config::default() });
    let outcome = runner.run(&clauses, |clauses| {
        let ors: Vec<String> =
            clauses.iter().map(|clause| format!("({})", clause.join(" OR "))).collect();
        let condition = ors.join(" AND ");
        let rows = |table: &str| {
            desk.rows(&format!(
                "SELECT remote_addr, request, status, body_bytes_sent FROM {table} \
                 WHERE {condition} ORDER BY 1, 2, 3, 4"
            ))
        };
        prop_assert_eq!(rows("web"), rows("columns"));
        Ok(())
    });
    outcome.unwrap();
    let (mut kept, mut filtered) = (0, 0);
    for sql in ["status = 404", "request LIKE 'GET /%'", "status IN (200, 404)"] {
        let _ = desk.counts();
        kept += desk.rows(&format!("SELECT status FROM web WHERE {sql}")).lines().count() - 1;
        filtered += desk.counts().filtered;
    }
    assert!(kept > 100 && filtered > 100, "{kept} rows kept, {filtered} lines filtered");
}

#[test]
fn decimals_are_compared_as_the_engine_compares_them() {
    let desk = Desk::new();
    let lines: String =
        (0..3000).map(|number| format!("{}.{:03}\n", number / 1000, number % 1000)).collect();
    desk.write("times.log", lines.as_bytes());
    desk.rows(
        "CREATE EXTERNAL TABLE times STORED AS DELIMARK LOCATION '{}/times.log' \
         OPTIONS (log_format '$request_time'); \
         CREATE TABLE columns AS SELECT * FROM times",
    );
    for number in ["0.1", "0.3", "1.005", "2", "2.999", "1e0", "-0.0", "1.0005"] {
        for comparison in ["=", "<>", "<", "<=", ">", ">="] {
            let condition = format!("request_time {comparison} {number}");
            let count =
                |table: &str| desk.rows(&format!("SELECT count(*) FROM {table} WHERE {condition}"));
            assert_eq!(count("times"), count("columns"), "{condition}");
        }
    }
}
