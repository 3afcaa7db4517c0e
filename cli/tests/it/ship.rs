//! `delimark ship` as a process: killed at any moment, told to stop, given other configurations.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use delimark_loki_double::LokiDouble;

use crate::{delimark, stderr_of, stdout_of};

/// The time after which a test gives up waiting.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with a configuration, logs and what comes out.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.path("logs")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a configuration that follows `logs/*.log` into `out`, and returns its text.
    fn configure(&self, more: &str) -> String {
        let folder = self.folder.path().display();
        let text = format!(
            "state.folder = \"{folder}/state\"\nserver.enabled = false\n[[source]]\n\
             name = \"logs\"\nfiles.paths = [\"{folder}/logs/*.log\"]\n\
             files.scan_milliseconds = 20\nfiles.poll_milliseconds = 5\n\
             [[sink]]\nname = \"copy\"\n\
             file = {{ path = \"{folder}/out\", shape = \"raw\" }}\n{more}"
        );
        fs::write(self.path("ship.toml"), &text).unwrap();
        text
    }

    fn start(&self) -> Ship {
        let config = self.path("ship.toml");
        let mut command = delimark(&["ship", "--config", config.to_str().unwrap()]);
        let log = OpenOptions::new().create(true).append(true).open(self.path("stderr")).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::from(log));
        Ship(command.spawn().expect("the program starts"))
    }

    fn told(&self) -> String {
        fs::read_to_string(self.path("stderr")).unwrap_or_default()
    }

    fn output(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("out")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until the output has so many lines, or different ones.
    #[track_caller]
    fn wait_for(&self, what: &str, is_there: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !is_there(self) {
            assert!(start.elapsed() < PATIENCE, "{what} never came; it told: {}", self.told());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A process, which does not outlive the test.
struct Ship(Child);

impl Ship {
    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, signal).unwrap();
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Tells it to stop, and makes sure that it does so well.
    #[track_caller]
    fn stop(mut self) {
        self.signal(rustix::process::Signal::TERM);
        let status = self.0.wait().unwrap();
        assert_eq!(status.code(), Some(0));
    }
}

impl Drop for Ship {
    fn drop(&mut self) {
        // It has ended where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Numbers that look random and are the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: u64) -> u64 {
        // The steps of splitmix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// The rotated files that are kept: those of six seconds, which an agent on a busy machine may need
/// to come by.
const FILES_KEPT: u32 = 60;

/// Writes numbered lines to a log that it rotates every 100 ms, until it is
/// told to stop; returns how many lines there were.
fn write_and_rotate(folder: &Path, is_over: &AtomicBool) -> u64 {
    let path = folder.join("a.log");
    let rotated = |number: u32| folder.join(format!("a.log.{number}"));
    let (mut number, begin) = (0, Instant::now());
    while !is_over.load(Ordering::Relaxed) {
        // Where the test has failed, nobody tells it.
        assert!(begin.elapsed() < 2 * PATIENCE, "nobody has stopped the writer");
        let mut file = File::create_new(&path).unwrap();
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(100) {
            let lines: String = (0..20).map(|index| format!("line {}\n", number + index)).collect();
            number += 20;
            // In two pieces, so that parts of lines are seen.
            let cut = lines.len() - 3;
            file.write_all(&lines.as_bytes()[..cut]).unwrap();
            thread::sleep(Duration::from_millis(1));
            file.write_all(&lines.as_bytes()[cut..]).unwrap();
        }
        drop(file);
        for older in (1..FILES_KEPT).rev() {
            if rotated(older).exists() {
                fs::rename(rotated(older), rotated(older + 1)).unwrap();
            }
        }
        fs::rename(&path, rotated(1)).unwrap();
    }
    number
}

#[test]
#[expect(clippy::print_stdout, reason = "figures for whoever asks for them")]
fn nothing_is_lost_when_it_is_killed_thirty_times_while_logs_rotate() {
    const KILLS: u64 = 30;
    let place = Place::new();
    place.configure("");
    let is_over = AtomicBool::new(false);
    let mut draws = Draws(18);
    let lines = thread::scope(|scope| {
        let writer = scope.spawn(|| write_and_rotate(&place.path("logs"), &is_over));
        for _ in 0..KILLS {
            let ship = place.start();
            thread::sleep(Duration::from_millis(20 + draws.below(400)));
            ship.kill();
        }
        is_over.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    let ship = place.start();
    let distinct = |place: &Place| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for line in place.output() {
            *counts.entry(line).or_default() += 1;
        }
        counts
    };
    place.wait_for("the last line", |place| distinct(place).len() as u64 >= lines);
    ship.stop();
    let counts = distinct(&place);
    let missing: Vec<u64> =
        (0..lines).filter(|number| !counts.contains_key(&format!("line {number}"))).collect();
    assert_eq!(missing, [0_u64; 0], "of {lines}");
    assert_eq!(counts.len() as u64, lines, "lines that nobody wrote");
    let doubled: u64 = counts.values().map(|count| count - 1).sum();
    println!("{KILLS} kills, {lines} lines, none lost, {doubled} doubled");
    // What was read or written since the last checkpoint or acknowledgement may come again: far
    // from everything, though the process never ran for half a second.
    assert!(doubled <= lines, "{doubled} of {lines} lines came again");
}

#[test]
fn it_stops_when_it_is_told_and_goes_on_without_a_line_twice() {
    let place = Place::new();
    place.configure("");
    append(&place.path("logs/a.log"), "one\ntwo\npart");
    let ship = place.start();
    place.wait_for("two lines", |place| place.output().len() == 2);
    ship.stop();
    append(&place.path("logs/a.log"), "ial\n");
    fs::rename(place.path("logs/a.log"), place.path("logs/a.log.1")).unwrap();
    append(&place.path("logs/a.log"), "three\n");
    let ship = place.start();
    place.wait_for("four lines", |place| place.output().len() == 4);
    ship.stop();
    let mut output = place.output();
    output.sort();
    assert_eq!(output, ["one", "partial", "three", "two"]);
    assert!(place.told().contains("a.log.1: followed again, from byte 8"), "{}", place.told());
}

#[test]
fn configurations_change_while_lines_are_written_and_bad_ones_are_refused() {
    const RELOADS: u64 = 40;
    let place = Place::new();
    let plain = place.configure("");
    let ship = place.start();
    let is_over = AtomicBool::new(false);
    let lines = thread::scope(|scope| {
        let writer = scope.spawn(|| write_and_rotate(&place.path("logs"), &is_over));
        place.wait_for("a line", |place| !place.output().is_empty());
        for number in 1..=RELOADS {
            let text = match number % 4 {
                0 => format!("{plain}[[stage]]\nparse.preset = \"none-{number}\"\n"),
                1 => format!("{plain}[[stage]]\nparse.preset = \"combined\"\n"),
                2 => plain.replace("scan_milliseconds = 20", "scan_milliseconds = 30"),
                _ => format!(
                    "{plain}[[sink]]\nname = \"b\"\nfile.path = \"{}\"\n",
                    place.path("b").display()
                ),
            };
            let taken = |place: &Place| place.told().matches("new configuration: ").count();
            let before = taken(&place);
            fs::write(place.path("ship.toml"), text).unwrap();
            ship.signal(rustix::process::Signal::HUP);
            // The file is looked at now and then, too, so that one can be read twice.
            place.wait_for("an answer", |place| {
                let refusal = format!("'none-{number}'");
                let is_bad = number % 4 == 0;
                if is_bad { place.told().contains(&refusal) } else { taken(place) > before }
            });
        }
        is_over.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    place.wait_for("all lines", |place| place.output().len() as u64 >= lines);
    ship.stop();
    let mut output = place.output();
    output.sort();
    let mut expected: Vec<String> = (0..lines).map(|number| format!("line {number}")).collect();
    expected.sort();
    assert!(output == expected, "{} lines of {lines}", output.len());
    let line = plain.lines().count() + 2;
    for number in (4..=RELOADS).step_by(4) {
        let told = place.told();
        let refusal = told.lines().find(|told| told.contains(&format!("'none-{number}'")));
        let place = format!("ship.toml:{line}:16: ");
        assert!(refusal.is_some_and(|refusal| refusal.contains(&place)), "{refusal:?}");
    }
}

#[test]
fn standard_input_is_carried_to_its_end() {
    let place = Place::new();
    let folder = place.folder.path().display();
    let config = format!(
        "state.folder = \"{folder}/state\"\nserver.enabled = false\n[[source]]\nname = \"in\"\n\
         labels = {{ job = \"test\" }}\nstdin = {{}}\n[[sink]]\nname = \"out\"\n\
         file.path = \"{folder}/out\"\n"
    );
    fs::write(place.path("ship.toml"), config).unwrap();
    let path = place.path("ship.toml");
    let mut command = delimark(&["ship", "--config", path.to_str().unwrap()]);
    let output = crate::run(&mut command, b"one\ntwo");
    assert_eq!(stdout_of(&output), b"");
    let found = place.output();
    assert_eq!(found.len(), 2);
    assert!(found[1].contains(r#""labels":{"job":"test"}"#), "{found:?}");
    assert!(found[1].ends_with(r#""line":"two"}"#), "{found:?}");
}

#[test]
fn a_configuration_is_checked_with_a_place_and_a_code() {
    let place = Place::new();
    let plain = place.configure("");
    let path = place.path("ship.toml");
    let check = || {
        let mut command = delimark(&["ship", "--check", "--config", path.to_str().unwrap()]);
        crate::run(&mut command, b"")
    };
    let output = check();
    let text = String::from_utf8_lossy(stdout_of(&output)).into_owned();
    assert!(
        text.contains("source 'logs': files ") && text.contains("sink 'copy': file "),
        "{text}"
    );
    assert!(!place.path("state").exists(), "nothing is done");
    fs::write(&path, format!("{plain}[[stage]]\nparse.preset = \"combinde\"\n")).unwrap();
    let output = check();
    assert_eq!(output.status.code(), Some(2));
    let line = plain.lines().count() + 2;
    assert!(stderr_of(&output).contains(&format!("ship.toml:{line}:16: ")), "{output:?}");
}

/// Asks a server, and returns the body of its answer.
fn get(url: &str, path: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
    body.to_owned()
}

/// Returns the lines that a Loki server has of a job.
fn lines_in_loki(url: &str) -> Vec<String> {
    let end = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() + 60_000_000_000;
    let start = end - 3_600_000_000_000;
    let query = format!("query=%7Bjob%3D%22t%22%7D&start={start}&end={end}&limit=5000");
    let answer = get(url, &format!("/loki/api/v1/query_range?{query}"));
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let streams = answer["data"]["result"].as_array().unwrap();
    let values = streams.iter().flat_map(|stream| stream["values"].as_array().unwrap());
    values.map(|value| value[1].as_str().unwrap().to_owned()).collect()
}

/// Writes lines with their time to a log that it rotates now and then; each time is written twice,
/// so that Loki has lines to mix up.
fn write_timed(folder: &Path, lines: u32) {
    let path = folder.join("a.log");
    for number in 0..lines {
        if number % 500 == 0 && number > 0 {
            fs::rename(&path, folder.join(format!("a.log.{number}"))).unwrap();
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        append(&path, &format!("ts={} same line\n", now.as_secs()));
        if number % 10 == 0 {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "figures for whoever asks for them")]
fn loki_has_each_line_once_after_kills() {
    const LINES: u32 = 3_000;
    let double = LokiDouble::start((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let place = Place::new();
    let stages = "[[stage]]\nlogfmt.mapping = { ts = \"\" }\n\
                  [[stage]]\ntimestamp = { source = \"ts\", format = \"unix\" }\n";
    let sink = format!("[[sink]]\nname = \"loki\"\nloki = {{ url = \"{}\" }}\n", double.url());
    let text = place.configure(&format!("{stages}{sink}"));
    let labels = "name = \"logs\"\nlabels = { job = \"t\" }";
    fs::write(place.path("ship.toml"), text.replace("name = \"logs\"", labels)).unwrap();
    let mut draws = Draws(7);
    let mut kills = 0;
    thread::scope(|scope| {
        let writer = scope.spawn(|| write_timed(&place.path("logs"), LINES));
        while !writer.is_finished() {
            let ship = place.start();
            thread::sleep(Duration::from_millis(100 + draws.below(700)));
            ship.kill();
            kills += 1;
        }
    });
    let ship = place.start();
    place.wait_for("every line", |_| lines_in_loki(&double.url()).len() >= LINES as usize);
    ship.stop();
    let found = lines_in_loki(&double.url()).len();
    println!("{kills} kills, {LINES} lines, {found} in Loki");
    assert_eq!(found, LINES as usize, "{}", place.told());
}

/// Returns the numbers of the user `nobody` and of its group.
fn nobody() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("nobody:")).unwrap();
    let mut numbers = line.split(':').skip(2).map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

#[test]
fn privileges_are_given_up_for_good_or_it_does_not_begin() {
    let place = Place::new();
    let config = place.configure("[privileges]\nuser = \"nobody\"\n");
    if !rustix::process::geteuid().is_root() {
        let output = delimark(&["ship", "--config", place.path("ship.toml").to_str().unwrap()])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr_of(&output).contains("only root can become the user 'nobody'"));
        return;
    }
    let (user, group) = nobody();
    let open = |path: &Path| {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    };
    open(place.folder.path());
    // A folder that root has made is not the user's: it says so, and does not begin.
    fs::create_dir(place.path("state")).unwrap();
    let path = place.path("ship.toml");
    let output = delimark(&["ship", "--config", path.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = stderr_of(&output);
    assert!(
        told.contains("state: the user 'nobody' cannot write into the state's folder"),
        "{told}"
    );
    fs::remove_dir(place.path("state")).unwrap();
    let own = place.path("own");
    fs::create_dir(&own).unwrap();
    std::os::unix::fs::chown(&own, Some(user), Some(group)).unwrap();
    fs::write(&path, config.replace("/out\"", "/own/out\"")).unwrap();
    let secret = place.path("logs/secret.log");
    fs::write(&secret, "of root\n").unwrap();
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    append(&place.path("logs/a.log"), "one\n");
    let ship = place.start();
    let output = || fs::read_to_string(own.join("out")).unwrap_or_default();
    place.wait_for("a line", |_| output() == "one\n");
    place.wait_for("the refusal", |place| place.told().contains("secret.log: cannot be read"));
    for thread in fs::read_dir(format!("/proc/{}/task", ship.0.id())).unwrap() {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        let line = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(line("Uid:"), vec![user.to_string(); 4]);
        assert_eq!(line("Gid:"), vec![group.to_string(); 4]);
        for set in ["CapEff:", "CapPrm:", "CapAmb:"] {
            assert_eq!(line(set), ["0000000000000000"], "{set}");
        }
    }
    ship.stop();
    let made = fs::metadata(place.path("state/checkpoint.json")).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&made), user);
    // It goes on with what it has made itself.
    append(&place.path("logs/a.log"), "two\n");
    let ship = place.start();
    place.wait_for("another line", |_| output() == "one\ntwo\n");
    ship.stop();
}
