//! The agent as a whole: from files to sinks, with its server, while configurations change and
//! while sinks cannot write.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use delimark_ship::{Agent, Event, Events};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::server::client;

/// The time after which a test gives up waiting.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<Event>>);

impl Events for Told {
    fn take(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Told {
    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, is_it: impl Fn(&Event) -> bool) -> usize {
        self.0.lock().unwrap().iter().filter(|event| is_it(event)).count()
    }
}

/// A folder with logs, and an agent that follows them.
pub(crate) struct Place {
    folder: TempDir,
    told: Arc<Told>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), told: Arc::default() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns a configuration that follows `*.log` into `out`.
    pub(crate) fn config(&self, more: &str) -> String {
        let folder = self.folder.path().display();
        format!(
            "state.folder = \"{folder}/state\"\n[[source]]\nname = \"logs\"\n\
             files = {{ paths = [\"{folder}/*.log\"], scan_milliseconds = 10, \
             poll_milliseconds = 1 }}\n\
             [[sink]]\nname = \"copy\"\n\
             file = {{ path = \"{folder}/out\", shape = \"raw\" }}\n{more}"
        )
    }

    pub(crate) async fn start(&self, config: &str) -> Agent {
        let started = Agent::start(Path::new("ship.toml"), config, self.told.clone()).await;
        started.unwrap_or_else(|error| panic!("{error}"))
    }

    fn append(&self, name: &str, lines: std::ops::Range<u32>) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
        let text: String = lines.map(|number| format!("line {number}\n")).collect();
        file.write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn output(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("out")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn assert_output(&self, lines: u32) {
        let expected: Vec<String> = (0..lines).map(|number| format!("line {number}")).collect();
        let found = self.output();
        assert!(found == expected, "{} lines of {lines}, or in another order", found.len());
    }
}

pub(crate) async fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < PATIENCE, "{what} never came");
        sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) const NO_SERVER: &str = "[server]\nenabled = false\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_tells_metrics_and_the_state() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let place = Place::new();
    place.append("a.log", 0..7);
    let stage = "[[stage]]\nparse.preset = \"combined\"\n";
    let agent =
        place.start(&place.config(&format!("[server]\nlisten = \"{address}\"\n{stage}"))).await;
    wait_for("lines", || place.output().len() == 7).await;
    let get = |path: &str| {
        let url = format!("http://{address}/{path}");
        async move {
            let answer = client().get(url).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        }
    };
    assert_eq!(get("ready").await, (200, "ready\n".to_owned()));
    assert_eq!(get("health").await, (200, "ok\n".to_owned()));
    assert_eq!(get("nothing").await.0, 404);
    wait_for("the count of what is written", || {
        place.told.count(|event| matches!(event, Event::Followed { .. })) == 1
    })
    .await;
    let mut text = String::new();
    for _ in 0..200 {
        text = get("metrics").await.1;
        if text.contains("delimark_written_total{sink=\"copy\"} 7") {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    for line in [
        "delimark_lines_total{source=\"logs\"} 7",
        "delimark_read_bytes_total{source=\"logs\"} 49",
        "delimark_ragged_total{source=\"logs\"} 7",
        "delimark_written_total{sink=\"copy\"} 7",
        "delimark_queue_entries{sink=\"copy\"} 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in:\n{text}");
    }
    let file = place.path("a.log");
    let lag = format!("delimark_lag_bytes{{file=\"{}\"}} ", file.display());
    assert!(text.contains(&lag), "{text}");
    agent.stop().await.unwrap();
    assert!(client().get(format!("http://{address}/health")).send().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_reloads_lose_and_double_nothing() {
    let place = Place::new();
    let plain = place.config(NO_SERVER);
    let others = [
        plain.clone(),
        format!("{plain}[[stage]]\nparse.preset = \"combined\"\n"),
        plain.replace("scan_milliseconds = 10", "scan_milliseconds = 11"),
        format!("{plain}[[stage]]\nparse = {{ delimiter = \" \", columns = [\"a\", \"b\"] }}\n"),
        format!("{plain}[[stage]]\nlabels = {{ a = \"\" }}\n[[stage]]\nlabeldrop = [\"a\"]\n"),
    ];
    let mut agent = place.start(&plain).await;
    let mut lines = 0;
    for number in 0..1_000_usize {
        place.append("a.log", lines..lines + 20);
        lines += 20;
        if number % 50 == 49 {
            fs::rename(place.path("a.log"), place.path(&format!("a.log.{number}"))).unwrap();
        }
        let text = &others[number % others.len()];
        agent.reload(Path::new("ship.toml"), text).await.unwrap();
    }
    wait_for("all lines", || place.output().len() as u32 >= lines).await;
    agent.stop().await.unwrap();
    // Files are read in turns, so that lines of one can come before those of an older one.
    let number = |line: &String| line["line ".len()..].parse().unwrap();
    let mut found: Vec<u32> = place.output().iter().map(number).collect();
    found.sort_unstable();
    assert!(found == (0..lines).collect::<Vec<_>>(), "{} lines of {lines}", found.len());
    assert_eq!(place.told.count(|event| matches!(event, Event::Reloaded { .. })), 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sinks_come_and_go_with_a_reload() {
    let place = Place::new();
    let plain = place.config(NO_SERVER);
    let more = format!(
        "{plain}[[sink]]\nname = \"more\"\nfile = {{ path = \"{}\", shape = \"raw\" }}\n",
        place.path("more").display()
    );
    let count =
        |name: &str| fs::read_to_string(place.path(name)).unwrap_or_default().lines().count();
    let mut agent = place.start(&plain).await;
    place.append("a.log", 0..10);
    wait_for("ten lines", || count("out") == 10).await;
    agent.reload(Path::new("ship.toml"), &more).await.unwrap();
    place.append("a.log", 10..15);
    wait_for("five lines in the new sink", || count("more") == 5).await;
    let elsewhere = more.replace("/more\"", "/elsewhere\"");
    agent.reload(Path::new("ship.toml"), &elsewhere).await.unwrap();
    place.append("a.log", 15..17);
    wait_for("two lines elsewhere", || count("elsewhere") == 2).await;
    agent.reload(Path::new("ship.toml"), &plain).await.unwrap();
    place.append("a.log", 17..20);
    wait_for("the last lines", || count("out") == 20).await;
    agent.stop().await.unwrap();
    assert_eq!((count("more"), count("elsewhere")), (5, 2));
    place.assert_output(20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_configurations_are_refused_with_their_place_and_the_former_one_runs_on() {
    let place = Place::new();
    let plain = place.config(NO_SERVER);
    let mut agent = place.start(&plain).await;
    let stage = |stage: &str| format!("{plain}[[stage]]\n{stage}\n");
    let loki =
        |options: &str| format!("{plain}[[sink]]\nname = \"loki\"\nloki = {{ {options} }}\n");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let taken = taken.local_addr().unwrap();
    let [token, folder] = ["token", ""].map(|name| place.path(name).display().to_string());
    let bad = [
        String::new(),
        "[".to_owned(),
        format!("{plain}x = 1\n"),
        plain.replace("[[sink]]", "[[sinc]]"),
        plain.replace("name = \"copy\"", "name = \"co py\""),
        plain.replace("paths", "path"),
        plain.replace("*.log", "[*.log"),
        plain.replace("raw", "rare"),
        plain.replace("scan_milliseconds = 10", "scan_milliseconds = \"10\""),
        stage("parse.preset = \"combinde\""),
        stage("parse.log_format = \"no variables\""),
        stage("parse.preset = \"combined\"\nparse.unmatched = \"drop\""),
        stage("timestamp = { source = \"t\", format = \"clv\" }"),
        stage("labels = { \"1a\" = \"\" }"),
        stage("drop.expression = \"(\""),
        stage("sample.rate = 2.0"),
        stage("template.template = \"{\""),
        stage("sources = [\"other\"]\nsample.rate = 1.0"),
        stage("nothing = {}"),
        plain.replace("enabled = false", "enabled = true"),
        plain.replace("/state\"", "/elsewhere\""),
        // What is wrong with the machine does not end an agent either.
        loki("url = \"loki:3100\""),
        loki("url = \"http://me:s3cret@loki\""),
        loki("url = \"http://loki\", push_bytes = 99999999"),
        loki(&format!("url = \"http://loki\", bearer_token.file = \"{token}\"")),
        loki(&format!("url = \"http://loki\", authority_file = \"{token}\"")),
        loki(
            "url = \"http://loki\", bearer_token.variable = \"PATH\", \
             basic_auth = { user = \"me\", password.variable = \"PATH\" }",
        ),
        format!("{plain}[[source]]\nname = \"net\"\nsyslog.tcp = \"{taken}\"\n"),
        format!("{plain}[[source]]\nname = \"net\"\nsyslog.unix = \"{token}/none\"\n"),
        plain.replace("/out\"", "/out.log\""),
        format!("dead_letter.path = \"{folder}/dead.log\"\n{plain}"),
    ];
    for (number, text) in bad.iter().enumerate() {
        let error = agent.reload(Path::new("ship.toml"), text).await.unwrap_err().to_string();
        let has_place = error.strip_prefix("ship.toml:").is_some_and(|rest| {
            rest.starts_with(|letter: char| letter.is_ascii_digit()) || rest.starts_with(" [")
        });
        assert!(has_place || text.is_empty(), "{number}: {error}\n{text}");
        assert!(!error.contains("s3cret"), "{error}");
        place.append("a.log", number as u32..number as u32 + 1);
    }
    let lines = bad.len();
    wait_for("all lines", || place.output().len() == lines).await;
    agent.stop().await.unwrap();
    place.assert_output(lines as u32);
    let refused = place.told.count(|event| matches!(event, Event::ReloadRefused { .. }));
    assert_eq!(refused, lines);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_wait_where_a_queue_is_full() {
    const LINES: u32 = 400_000;
    let place = Place::new();
    // A folder cannot be written to.
    fs::create_dir(place.path("out")).unwrap();
    place.append("a.log", 0..LINES);
    let config = place.config(&format!("{NO_SERVER}[queue]\nmax_bytes = 4194304\n"));
    let agent = place.start(&config).await;
    wait_for("a full queue", || {
        place.told.count(|event| matches!(event, Event::QueueFull { .. })) > 0
    })
    .await;
    wait_for("a sink that cannot write", || {
        place.told.count(|event| matches!(event, Event::NotWritten { .. })) > 0
    })
    .await;
    let queue = place.path("state/queues/copy");
    let files = fs::read_dir(&queue).unwrap().map(|entry| entry.unwrap().metadata().unwrap());
    let bytes: u64 = files.map(|metadata| metadata.len()).sum();
    assert!(bytes <= 4_194_304 + 4_096, "{bytes} bytes on the disk");
    fs::remove_dir(place.path("out")).unwrap();
    wait_for("all lines", || {
        fs::metadata(place.path("out"))
            .is_ok_and(|out| out.len() >= fs::metadata(place.path("a.log")).unwrap().len())
    })
    .await;
    agent.stop().await.unwrap();
    place.assert_output(LINES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_short_lines_fit_a_small_queue() {
    const LINES: usize = 600_000;
    let place = Place::new();
    fs::write(place.path("a.log"), "\n".repeat(LINES)).unwrap();
    let config = place.config(&format!("{NO_SERVER}[queue]\nmax_bytes = 4194304\n"));
    let agent = place.start(&config).await;
    wait_for("all lines", || place.output().len() == LINES).await;
    agent.stop().await.unwrap();
    assert_eq!(place.output().len(), LINES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_sink_takes_is_a_dead_letter() {
    let place = Place::new();
    fs::write(place.path("a.log"), format!("line 0\n{}\nline 1\n", "x".repeat(300_000))).unwrap();
    let stage = "[[stage]]\nparse = { delimiter = \" \", columns = [\"a\", \"b\"], \
                 unmatched = \"dead-letter\" }\n";
    let agent = place.start(&place.config(&format!("{NO_SERVER}{stage}"))).await;
    wait_for("two lines", || place.output().len() == 2).await;
    fs::write(place.path("b.log"), "not in this format\n").unwrap();
    let letters = place.path("state/dead-letters.jsonl");
    let read = || fs::read_to_string(&letters).unwrap_or_default();
    wait_for("two letters", || read().lines().count() == 2).await;
    agent.stop().await.unwrap();
    let text = read();
    assert!(text.contains(r#""line":2,"offset":7"#), "{text}");
    assert!(text.contains("is longer than 262144 bytes"), "{text}");
    assert!(text.contains(r#""raw":"not in this format""#), "{text}");
    place.assert_output(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters_wait_for_a_full_disk_and_are_not_forgotten() {
    let place = Place::new();
    let long = "x".repeat(300_000);
    fs::write(place.path("a.log"), format!("line 0\n{long}\nline 1\n")).unwrap();
    // A device on which there is never any room.
    let full = format!("dead_letter.path = \"/dev/full\"\n{}", place.config(NO_SERVER));
    let agent = place.start(&full).await;
    wait_for("two lines", || place.output().len() == 2).await;
    wait_for("news of the disk", || {
        place.told.count(
            |event| matches!(event, Event::NotWritten { what, .. } if what == "dead letters"),
        ) == 1
    })
    .await;
    agent.stop().await.unwrap();
    // What was read is read again, since the letter was not kept.
    let agent = place.start(&place.config(NO_SERVER)).await;
    let letters = place.path("state/dead-letters.jsonl");
    wait_for("the letter", || fs::read_to_string(&letters).is_ok_and(|text| !text.is_empty()))
        .await;
    agent.stop().await.unwrap();
    assert_eq!(fs::read_to_string(&letters).unwrap().lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_a_source_that_changes_or_goes_are_not_lost() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let place = Place::new();
    let plain = place.config(NO_SERVER);
    let syslog = |more: &str| {
        format!("{plain}[[source]]\nname = \"net\"\nsyslog = {{ tcp = \"{address}\"{more} }}\n")
    };
    let send = |lines: std::ops::Range<u32>| {
        let text: String = lines.map(|number| format!("<13>app: line {number}\n")).collect();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
    };
    let mut agent = place.start(&syslog("")).await;
    send(0..1_000);
    wait_for("lines", || place.output().len() == 1_000).await;
    // The same address, at once.
    let other = syslog(", max_connections = 5");
    agent.reload(Path::new("ship.toml"), &other).await.unwrap();
    send(1_000..2_000);
    wait_for("more lines", || place.output().len() == 2_000).await;
    agent.reload(Path::new("ship.toml"), &plain).await.unwrap();
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
    place.append("a.log", 2_000..2_010);
    wait_for("the last lines", || place.output().len() == 2_010).await;
    agent.stop().await.unwrap();
    place.assert_output(2_010);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_told_and_waited_for() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let place = Place::new();
    place.append("a.log", 0..100);
    let sink = format!("[[sink]]\nname = \"loki\"\nloki = {{ url = \"http://{address}\" }}\n");
    let labels = "name = \"logs\"\nlabels = { job = \"there\" }";
    let config = place.config(&format!("{NO_SERVER}{sink}")).replace("name = \"logs\"", labels);
    let agent = place.start(&config).await;
    wait_for("news of the server", || {
        place.told.count(|event| matches!(event, Event::NotWritten { .. })) == 1
    })
    .await;
    let double = delimark_loki_double::LokiDouble::start(address).unwrap();
    wait_for("better news", || {
        place.told.count(|event| matches!(event, Event::WrittenAgain { .. })) == 1
    })
    .await;
    agent.stop().await.unwrap();
    drop(double);
    place.assert_output(100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_a_format_become_parquet() {
    let place = Place::new();
    let line = |number: u32| {
        format!(
            "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /{number} HTTP/1.1\" 200 5 \"-\" \
             \"x\"\n"
        )
    };
    let text: String = (0..1_000).map(line).collect();
    fs::write(place.path("a.log"), format!("{text}not in this format\n")).unwrap();
    let folder = place.path("parquet");
    let sink = format!(
        "{NO_SERVER}[[sink]]\nname = \"table\"\n\
         parquet = {{ folder = \"{}\", preset = \"combined\", file_milliseconds = 200 }}\n",
        folder.display()
    );
    let agent = place.start(&place.config(&sink)).await;
    let files = || -> Vec<PathBuf> {
        let entries =
            fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|end| end == "parquet")).collect()
    };
    wait_for("a file", || !files().is_empty()).await;
    // The last file is written when the agent stops.
    fs::write(place.path("b.log"), line(1_000)).unwrap();
    wait_for("the last line", || place.output().len() == 1_002).await;
    agent.stop().await.unwrap();
    let rows = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "it is whole");
        let reader = parquet::file::reader::SerializedFileReader::new(bytes::Bytes::from(bytes));
        let reader = reader.unwrap();
        parquet::file::reader::FileReader::metadata(&reader).file_metadata().num_rows()
    };
    assert_eq!(files().iter().map(rows).sum::<i64>(), 1_001);
    let letters = fs::read_to_string(place.path("state/dead-letters.jsonl")).unwrap();
    assert_eq!(letters.lines().count(), 1, "{letters}");
    let path = place.path("a.log");
    let input = format!("\"input\":\"{}\"", path.display());
    assert!(letters.contains(&input) && letters.contains("\"line\":1001,"), "{letters}");
}
