//! Files of tables: compressed, in folders, of other formats, changed.

use std::io::Write;

use delimark_formats::LogFormat;
use delimark_query::{LogOptions, OnBadLine};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Desk, recorded};

/// A statement that names every column of `combined`, in an order that does not depend on ranges.
const ALL: &str = "SELECT remote_addr, remote_user, time_local, request, status, body_bytes_sent, \
                   http_referer, http_user_agent FROM '{}/access*' \
                   ORDER BY 1, 2, 3, 4, 5, 6, 7, 8";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_files_have_the_same_rows_as_plain_ones() {
    let log = recorded("nginx/combined.log");
    let plain = Desk::new();
    plain.write("access.log", &log);
    let rows = plain.rows(ALL);
    let counts = plain.counts();
    assert_eq!((counts.lines, counts.left_out, &counts.notes[..]), (377, 0, &[][..]));
    assert_eq!(rows.lines().count() as u64, 1 + counts.lines - counts.left_out);
    // Two members; the second begins within a line.
    let (first, second) = log.split_at(log.len() / 2);
    let gz = [gzip(first), gzip(second)].concat();
    let zst = zstd::encode_all(&log[..], 1).unwrap();
    for threads in [1, 2, 5] {
        for (name, bytes) in
            [("access.log", &log), ("access.log.1.gz", &gz), ("access-2.zst", &zst)]
        {
            let desk = Desk::with(threads, LogOptions::default());
            desk.write(name, bytes);
            assert_eq!(desk.rows(ALL), rows, "{name} on {threads} threads");
            assert_eq!(desk.counts(), counts, "{name} on {threads} threads");
        }
    }
}

#[test]
fn plain_and_compressed_files_are_one_table() {
    let log = recorded("nginx/combined.log");
    let desk = Desk::new();
    desk.write("logs/access.log", &log);
    desk.write("logs/access.log.1.gz", &gzip(&log));
    desk.write("logs/empty.log", b"");
    let one = desk.rows("SELECT count(*) FROM '{}/logs/access.log'");
    let both = desk.rows("SELECT count(*) FROM '{}/logs/'");
    let count = |text: &str| text.lines().last().unwrap().parse::<u64>().unwrap();
    assert_eq!(count(&both), 2 * count(&one));
    assert_eq!(count(&desk.rows("SELECT count(*) FROM '{}/logs/*.gz'")), count(&one));
    assert!(desk.told()[0].starts_with("{}/logs/access.log: combined: "), "{:?}", desk.told());
}

#[test]
fn folders_name_columns() {
    let desk = Desk::new();
    let log = recorded("nginx/combined.log");
    desk.write("logs/day=2026-03-01/a.log", &log);
    desk.write("logs/day=2026-03-02/a.log", &log[..log.len() / 2]);
    let rows = desk.rows("SELECT day, count(*) > 0 FROM '{}/logs/' GROUP BY day ORDER BY day");
    assert_eq!(rows.lines().skip(1).collect::<Vec<_>>(), ["2026-03-01,true", "2026-03-02,true"]);
    desk.counts();
    desk.rows("SELECT count(*) FROM '{}/logs/' WHERE day = '2026-03-01'");
    assert_eq!(desk.counts().lines, 377, "the other folder was not read");
    let named = "CREATE EXTERNAL TABLE web STORED AS DELIMARK PARTITIONED BY (day) \
                 LOCATION '{}/logs/' OPTIONS (preset 'combined'); \
                 SELECT DISTINCT day FROM web ORDER BY 1";
    assert_eq!(desk.rows(named), "day\n2026-03-01\n2026-03-02\n");
}

#[test]
fn parquet_stands_beside_logs() {
    let desk = Desk::new();
    desk.write("access.log", &recorded("nginx/combined.log"));
    desk.rows(
        "COPY (SELECT status, count(*) AS hits FROM '{}/access.log' GROUP BY status) \
               TO '{}/hits.parquet'",
    );
    let rows = desk.rows(
        "SELECT sum(hits), max(logs.hits2) FROM '{}/hits.parquet' AS kept JOIN \
         (SELECT status, count(*) AS hits2 FROM '{}/access.log' GROUP BY status) AS logs \
         ON kept.status = logs.status AND kept.hits = logs.hits2",
    );
    let count = desk.rows("SELECT count(status) FROM '{}/access.log'");
    let (all, of_log) = (rows.lines().nth(1).unwrap(), count.lines().nth(1).unwrap());
    assert_eq!(all.split(',').next(), Some(of_log));
}

#[test]
fn logs_that_name_their_columns_are_read_in_one_piece() {
    let log = b"#Version: 1.0\n#Fields: date time cs-method sc-status\n\
                2026-03-01 10:00:00 GET 200\n2026-03-01 10:00:01 PUT 500\n#Date: x\n\
                2026-03-01 10:00:02 GET 404\n";
    let desk = Desk::with(4, LogOptions::default());
    desk.write("a.log", log);
    let sql = "CREATE EXTERNAL TABLE web STORED AS DELIMARK LOCATION '{}/a.log' \
               OPTIONS (preset 'w3c'); \
               SELECT \"cs-method\", \"sc-status\" FROM web WHERE \"sc-status\" > 200 ORDER BY 2";
    assert_eq!(desk.rows(sql), "cs-method,sc-status\nGET,404\nPUT,500\n");
    desk.write("b.log", b"#Fields: date time sc-status\n2026-03-01 10:00:00 200\n");
    let error = desk.error("SELECT count(*) FROM '{}/?.log'");
    assert_eq!(
        error,
        "{}/b.log: the line at byte 0 names other columns than those of the table: date time \
         sc-status"
    );
}

#[test]
fn a_mark_of_utf8_is_none_of_the_first_value() {
    let lines = b"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\"\n";
    let marked = [b"\xef\xbb\xbf", &lines[..]].concat();
    let desk = Desk::new();
    desk.write("a.log", &marked);
    desk.write("b.log", &gzip(&marked));
    for name in ["a.log", "b.log"] {
        let sql = format!(
            "CREATE OR REPLACE EXTERNAL TABLE web STORED AS DELIMARK LOCATION '{{}}/{name}' \
             OPTIONS (preset 'combined'); SELECT remote_addr FROM web"
        );
        assert_eq!(desk.rows(&sql), "remote_addr\n10.0.0.1\n", "{name}");
    }
}

#[test]
fn rows_are_the_same_whichever_columns_are_named() {
    let format = LogFormat::nginx("$remote_addr $status $request_time").unwrap();
    let log = b"a 200 0.5\nb x 1.5\nc 500 y\nd 404\n";
    let table = |on_bad_line| {
        let options =
            LogOptions { format: Some(format.clone()), on_bad_line, ..LogOptions::default() };
        let desk = Desk::with(2, options);
        desk.write("a.log", log);
        desk
    };
    let desk = table(OnBadLine::Null);
    assert_eq!(desk.rows("SELECT count(*) FROM '{}/a.log'"), "count(*)\n3\n");
    assert_eq!(desk.counts().null_values, 0, "no column was read");
    let rows = desk.rows("SELECT remote_addr, status FROM '{}/a.log' ORDER BY 1");
    assert_eq!(rows, "remote_addr,status\na,200\nb,\nc,500\n");
    let counts = desk.counts();
    assert_eq!((counts.null_values, counts.left_out), (1, 1));
    assert!(
        counts.notes[0].to_string().ends_with(
            "a.log: the line at byte 10: the value of 'status', 'x', is no whole number"
        )
    );
    let desk = table(OnBadLine::DeadLetter);
    assert_eq!(desk.rows("SELECT count(*) FROM '{}/a.log'"), "count(*)\n1\n");
    assert_eq!(desk.counts().left_out, 3);
    let desk = table(OnBadLine::Error);
    let error = desk.error("SELECT remote_addr FROM '{}/a.log'");
    assert!(error.starts_with("{}/a.log: the line at byte "), "{error}");
}

#[test]
fn a_limit_ends_the_scan_early() {
    let desk = Desk::with(1, LogOptions::default());
    desk.write("access.log", &recorded("nginx/combined.log").repeat(60));
    let rows = desk.rows("SELECT status FROM '{}/access.log' LIMIT 3");
    assert_eq!(rows.lines().count(), 4);
    let counts = desk.counts();
    assert!(counts.bytes < 2 << 20, "{} bytes were read", counts.bytes);
}

#[test]
fn names_have_any_letters() {
    let desk = Desk::new();
    let log = recorded("nginx/combined.log");
    for name in ["a b#c%d.log", "ä.log", "%20.log", "q&a=b;c.log"] {
        desk.write(&format!("logs/{name}"), &log);
        let rows = desk.rows(&format!("SELECT count(*) FROM '{{}}/logs/{name}'"));
        assert_eq!(rows, "count(*)\n377\n", "{name}");
    }
    assert_eq!(desk.rows("SELECT count(*) FROM '{}/logs/'"), "count(*)\n1508\n");
}

#[test]
fn lines_and_files_that_come_between_statements_are_read() {
    let desk = Desk::new();
    let log = recorded("nginx/combined.log");
    desk.write("logs/a.log", &log);
    desk.rows(
        "CREATE EXTERNAL TABLE web STORED AS DELIMARK LOCATION '{}/logs/' \
         OPTIONS (preset 'combined')",
    );
    let counts = || {
        let count = |table: &str| desk.rows(&format!("SELECT count(*) FROM {table}"));
        [count("'{}/logs/'"), count("'{}/logs/*.log'"), count("web")]
    };
    assert_eq!(counts(), ["count(*)\n377\n"; 3]);
    desk.write("logs/a.log", &log.repeat(2));
    assert_eq!(counts(), ["count(*)\n754\n"; 3]);
    desk.write("logs/b.log", &log);
    assert_eq!(counts(), ["count(*)\n1131\n"; 3]);
}
