//! A conversion that is killed leaves no half file under its name, and can be run again.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use delimark_datasets::{Random, Shape, generate};

use super::{delimark, text};

const FORMAT: &str = "$remote_addr|$time_iso8601|$request_method|$request_uri|$server_protocol|\
    $status|$body_bytes_sent|$http_referer|$http_user_agent|$request_time|$upstream_addr|\
    $upstream_response_time";

fn convert(log: &Path, output: &Path) -> std::process::Command {
    let mut command = delimark(&["convert", "--log-format", FORMAT, "--row-group-size", "256KiB"]);
    command.args(["--threads", "2", "--output", text(output), text(log)]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn killed_at_any_moment_it_leaves_a_whole_file_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let (log, output) = (folder.path().join("log"), folder.path().join("log.parquet"));
    fs::write(&log, generate(Shape::Nginx12, 20_000, 1)).unwrap();
    let whole = folder.path().join("whole.parquet");
    let start = Instant::now();
    assert!(convert(&log, &whole).status().unwrap().success());
    let duration = start.elapsed();
    let rows = fs::read(&whole).unwrap();

    let mut random = Random::new(7);
    let mut kills = 0;
    for _ in 0..50 {
        let mut child = convert(&log, &output).spawn().unwrap();
        thread::sleep(duration.mul_f64(random.below(110) as f64 / 100.0));
        child.kill().unwrap();
        kills += u32::from(!child.wait().unwrap().success());
        match fs::read(&output) {
            Ok(found) => assert!(found == rows, "it is half a file"),
            Err(_) => assert!(!output.exists()),
        }
        let _ = fs::remove_file(&output);
    }
    assert!(kills >= 10, "it was killed {kills} times only");
    assert!(convert(&log, &output).status().unwrap().success());
    assert!(fs::read(&output).unwrap() == rows, "the rows are those of the first time");
    assert!(!folder.path().join(".delimark-unfinished").exists(), "what was begun is gone");
}
