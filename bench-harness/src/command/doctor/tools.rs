//! Other programs that help with measuring: found, and started to hear their versions.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use delimark_harness::checkout;
use delimark_harness::runtime::{Launch, Program};
use delimark_results::Known;
use serde::Serialize;

/// The longest that a tool may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(2);

/// A version line is shorter; one that is not is cut.
const VERSION_BYTES_MAX: u64 = 200;

#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    /// The purpose that it serves.
    pub(super) purpose: &'static str,
    /// The command that installs it on Debian.
    pub(super) install: &'static str,
    pub(super) found: Known<FoundTool>,
}

#[derive(Clone, Serialize)]
pub(super) struct FoundTool {
    pub(super) path: PathBuf,
    pub(super) version: Known<String>,
}

struct Candidate {
    name: &'static str,
    location: Location,
    purpose: &'static str,
    install: &'static str,
    ask: &'static [&'static str],
    stream: Stream,
}

/// The location that a tool is looked for in.
#[derive(Clone, Copy)]
enum Location {
    /// In PATH, under one of these names.
    Path(&'static [&'static str]),
    /// In the checkout that the working directory is in, at this path.
    Checkout(&'static str),
}

/// The stream that a tool prints its version to.
#[derive(Clone, Copy)]
enum Stream {
    Output,
    Error,
}

const CANDIDATES: [Candidate; 11] = [
    Candidate {
        name: "git",
        location: Location::Path(&["git"]),
        purpose: "names the commit that a build is of",
        install: "sudo apt install git",
        ask: &["--version"],
        stream: Stream::Output,
    },
    Candidate {
        name: "cut",
        location: Location::Path(&["cut"]),
        purpose: "does what extract does, to compare with",
        install: "sudo apt install coreutils",
        ask: &["--version"],
        stream: Stream::Output,
    },
    Candidate {
        name: "mawk",
        location: Location::Path(&["mawk"]),
        purpose: "does what extract does; runs parsers written in awk",
        install: "sudo apt install mawk",
        ask: &["-W", "version"],
        stream: Stream::Output,
    },
    Candidate {
        name: "python3",
        location: Location::Path(&["python3"]),
        purpose: "runs parsers written in Python, and holds WebAssembly engines",
        install: "sudo apt install python3 python3-venv",
        ask: &["--version"],
        stream: Stream::Output,
    },
    Candidate {
        name: "go",
        location: Location::Path(&["go"]),
        purpose: "runs parsers written in Go",
        install: "sudo apt install golang-go",
        ask: &["version"],
        stream: Stream::Output,
    },
    Candidate {
        name: "nginx",
        location: Location::Path(&["nginx"]),
        purpose: "writes real access logs",
        install: "sudo apt install nginx-light",
        ask: &["-v"],
        stream: Stream::Error,
    },
    Candidate {
        name: "wrk",
        location: Location::Path(&["wrk"]),
        purpose: "puts nginx under load",
        install: "sudo apt install wrk",
        ask: &["-v"],
        stream: Stream::Output,
    },
    Candidate {
        name: "valgrind",
        location: Location::Path(&["valgrind"]),
        purpose: "counts instructions without hardware counters",
        install: "sudo apt install valgrind",
        ask: &["--version"],
        stream: Stream::Output,
    },
    Candidate {
        name: "aarch64-linux-gnu-gcc",
        location: Location::Path(&["aarch64-linux-gnu-gcc"]),
        purpose: "links programs for aarch64",
        install: "sudo apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
        ask: &["-dumpfullversion"],
        stream: Stream::Output,
    },
    Candidate {
        name: "qemu-aarch64",
        location: Location::Path(&["qemu-aarch64", "qemu-aarch64-static"]),
        purpose: "runs programs built for aarch64",
        install: "sudo apt install qemu-user",
        ask: &["--version"],
        stream: Stream::Output,
    },
    Candidate {
        name: "chromium",
        location: Location::Path(&["chromium"]),
        purpose: "runs WebAssembly in a browser",
        install: "sudo apt install chromium",
        ask: &["--version"],
        stream: Stream::Output,
    },
];

/// Returns the runtimes of WebAssembly as tools.
fn runtimes() -> impl Iterator<Item = Candidate> {
    Launch::ALL.into_iter().map(|launch| Candidate {
        name: launch.runtime.name,
        location: match launch.program {
            Program::Path(names) => Location::Path(names),
            Program::Checkout(path) => Location::Checkout(path),
        },
        purpose: launch.purpose,
        install: launch.install,
        ask: launch.ask_version,
        stream: Stream::Output,
    })
}

/// Looks for all tools at once, so that slow ones cost no more than the slowest.
pub(super) fn find_all() -> Vec<Tool> {
    let candidates: Vec<Candidate> = CANDIDATES.into_iter().chain(runtimes()).collect();
    thread::scope(|scope| {
        let find = |candidate| scope.spawn(move || find(candidate));
        let threads: Vec<_> = candidates.iter().map(find).collect();
        threads.into_iter().map(|thread| thread.join().expect("a look-up ends")).collect()
    })
}

fn find(candidate: &Candidate) -> Tool {
    let (path, absence) = match candidate.location {
        Location::Path(names) => {
            (names.iter().find_map(|name| which::which(name).ok()), "not in PATH")
        }
        Location::Checkout(path) => {
            let path = checkout::root().map(|root| root.join(path));
            (path.filter(|path| path.is_file()), "not in this checkout")
        }
    };
    let found = path.map(|path| FoundTool {
        version: match version(&path, candidate.ask, candidate.stream) {
            Ok(version) => Known::Value(version),
            Err(reason) => Known::Unavailable(reason),
        },
        path,
    });
    Tool {
        name: candidate.name,
        purpose: candidate.purpose,
        install: candidate.install,
        found: Known::from_option(found, || absence.to_owned()),
    }
}

/// Asks a tool for its version and ends it, at the latest when [`PATIENCE`] does.
fn version(path: &Path, ask: &[&str], stream: Stream) -> Result<String, String> {
    let (output, error) = match stream {
        Stream::Output => (Stdio::piped(), Stdio::null()),
        Stream::Error => (Stdio::null(), Stdio::piped()),
    };
    let mut child = Command::new(path)
        .args(ask)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(error)
        .spawn()
        .map_err(|error| format!("cannot be started: {error}"))?;
    let line = first_line(&mut child);
    // It has said what it was asked, or never will; one that has ended by itself cannot be killed.
    let _ = child.kill();
    let _ = child.wait();
    line
}

/// Reads on a thread of its own, since what the tool has started may keep the pipe open.
fn first_line(child: &mut Child) -> Result<String, String> {
    let output = child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
    let error = child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>);
    let pipe = output.or(error).expect("one of the two is piped");
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = Vec::new();
        let read = BufReader::new(pipe.take(VERSION_BYTES_MAX)).read_until(b'\n', &mut line);
        // Nobody listens any more when patience has ended.
        let _ = sender.send(read.map(|_bytes| line));
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(line)) => match String::from_utf8_lossy(&line).trim() {
            "" => Err("tells no version".to_owned()),
            text => Ok(version_number(text).to_owned()),
        },
        Ok(Err(error)) => Err(format!("cannot be heard: {error}")),
        Err(_silence) => Err(format!("tells no version within {} s", PATIENCE.as_secs())),
    }
}

/// Returns the first number with a point in it, and what is attached; or all if there is none.
fn version_number(line: &str) -> &str {
    line.split_whitespace()
        .filter_map(|word| Some(&word[word.find(|letter: char| letter.is_ascii_digit())?..]))
        .find(|number| {
            number.trim_start_matches(|letter: char| letter.is_ascii_digit()).starts_with('.')
        })
        .map_or(line, |number| number.trim_end_matches([',', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_in_every_tool_s_way_to_tell_it() {
        for (line, expected) in [
            ("git version 2.47.3", "2.47.3"),
            ("cut (GNU coreutils) 9.1", "9.1"),
            ("nginx version: nginx/1.22.1", "1.22.1"),
            ("wrk debian/4.1.0-3+b2 [epoll] Copyright (C) 2012 Will Glozer", "4.1.0-3+b2"),
            ("valgrind-3.19.0", "3.19.0"),
            ("qemu-aarch64 version 7.2.19 (Debian 1:7.2+dfsg-7)", "7.2.19"),
            ("v20.20.2", "20.20.2"),
            ("go version go1.19.8 linux/amd64", "1.19.8"),
            ("50.0.1", "50.0.1"),
            ("tool, newest of all", "tool, newest of all"),
        ] {
            assert_eq!(version_number(line), expected);
        }
    }
}
