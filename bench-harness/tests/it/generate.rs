//! `delimark-bench generate` as a user meets it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use delimark_datasets::{Shape, generate};

fn run(arguments: &[&str]) -> Output {
    generate_command(arguments).output().expect("the program starts")
}

fn generate_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    command.arg("generate").args(arguments);
    command
}

/// Writes a small data set to a path.
fn run_to(path: &Path) -> Output {
    let path = path.to_str().expect("paths of tests are UTF-8");
    run(&["--shape", "short", "--lines", "1_000", "--output", path])
}

#[track_caller]
fn assert_ends(output: &Output, exit_code: i32, message: &str) {
    let stderr = str::from_utf8(&output.stderr).expect("messages are UTF-8");
    assert!(stderr.contains(message), "{stderr:?} does not contain {message:?}");
    assert_eq!(output.status.code(), Some(exit_code), "{stderr}");
}

#[test]
fn a_pinned_data_set_matches_the_manifest() {
    for shape in Shape::ALL {
        let output = run(&["--shape", shape.name(), "--lines", "10_000", "--output", "-"]);
        assert_ends(&output, 0, ", matches the manifest\n");
        assert!(output.stdout == generate(shape, 10_000, 1), "{shape}");
    }
}

#[test]
fn others_say_that_they_are_not_pinned() {
    let output = run(&["--shape", "short", "--lines", "3", "--seed", "9", "--output", "-"]);
    assert_ends(&output, 0, ", the manifest does not pin it\n");
    assert_eq!(output.stdout, generate(Shape::Short, 3, 9));
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.log");
    fs::write(&path, "old").unwrap();
    let path = path.to_str().unwrap();
    let output = run(&["--shape", "short", "--lines", "1_000", "--output", path]);
    assert_ends(&output, 0, "sha256 ");
    assert_eq!(output.stdout, b"");
    assert!(fs::read(path).unwrap() == generate(Shape::Short, 1_000, 1));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_file_gets_the_permissions_of_any_other() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    let (ours, other) = (folder.path().join("ours"), folder.path().join("other"));
    fs::write(&other, "").unwrap();
    run(&["--shape", "short", "--lines", "1", "--output", ours.to_str().unwrap()]);
    assert_eq!(mode(&ours), mode(&other));
}

#[test]
fn a_symbolic_link_stays_and_its_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let link = folder.path().join("link");
    // Relative to where the link is, as people make them.
    symlink("elsewhere/short.log", &link).unwrap();
    for before in ["absent", "present"] {
        assert_ends(&run_to(&link), 0, "sha256 ");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "{before}");
        let file = elsewhere.join("short.log");
        assert!(fs::read(&file).unwrap() == generate(Shape::Short, 1_000, 1), "{before}");
        fs::write(&file, "old").unwrap();
    }
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_pipe_with_a_name_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    // Both ends at once, so that nobody waits for the other one; it holds what is written.
    let _both_ends = File::options().read(true).write(true).open(&fifo).unwrap();
    let reader = thread::spawn({
        let fifo = fifo.clone();
        move || {
            let mut bytes = vec![0; generate(Shape::Short, 1_000, 1).len()];
            io::Read::read_exact(&mut File::open(fifo).unwrap(), &mut bytes).map(|()| bytes)
        }
    });
    assert_ends(&run_to(&fifo), 0, "sha256 ");
    assert!(fs::symlink_metadata(&fifo).unwrap().file_type().is_fifo());
    assert!(reader.join().unwrap().unwrap() == generate(Shape::Short, 1_000, 1));
}

#[test]
fn a_pipe_whose_reader_leaves_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let path = fifo.to_str().unwrap().to_owned();
    // Opening waits for the other end; the reader leaves as soon as it is there.
    thread::spawn(move || drop(File::open(fifo)));
    let output = run(&["--shape", "nginx12", "--lines", "50_000", "--output", &path]);
    assert_ends(&output, 2, &format!("cannot write {path}: Broken pipe"));
}

/// The device is reached by a link, so that nothing but the link could be replaced.
#[test]
fn a_full_device_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("full");
    symlink("/dev/full", &link).unwrap();
    assert_ends(&run_to(&link), 2, "full: No space left on device");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut command = generate_command(&["--shape", "short", "--lines", "9", "--output", "-"]);
    let output = command.stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]));
}

#[test]
fn an_unfinished_file_tells_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.log");
    let path = path.to_str().unwrap();
    let mut command =
        generate_command(&["--shape", "nginx12", "--lines", "100_000_000", "--output", path]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    let name = loop {
        if let Some(entry) = fs::read_dir(folder.path()).unwrap().next() {
            break entry.unwrap().file_name().into_string().unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(30), "nothing is being written");
        thread::sleep(Duration::from_millis(1));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(name.starts_with(".big.log.") && name.ends_with(".unfinished"), "{name}");
}

#[test]
fn the_list_has_every_shape() {
    let output = run(&["--list"]);
    assert_ends(&output, 0, "");
    let list = String::from_utf8(output.stdout).unwrap();
    for shape in Shape::ALL {
        assert!(list.contains(&format!("{:<12} {}\n", shape.name(), shape.description())));
    }
}

#[test]
fn what_does_not_work_is_told() {
    assert_ends(&run(&["--shape", "square", "--output", "-"]), 2, "unknown shape 'square'");
    assert_ends(&run(&["--shape", "short"]), 2, "--output <FILE>");
    assert_ends(&run(&[]), 2, "--shape <NAME>");
    let output = run(&["--shape", "short", "--lines", "many", "--output", "-"]);
    assert_ends(&output, 2, "invalid digit");
    let output = run(&["--shape", "short", "--lines", "1", "--output", "/nowhere/short.log"]);
    assert_ends(&output, 2, "cannot write /nowhere/short.log: ");
    let output = run(&["--shape", "short", "--lines", "1", "--output", "/dev/full/x"]);
    assert_ends(&output, 2, "cannot write /dev/full/x: ");
}

#[test]
fn help_has_an_example_and_the_exit_codes() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for part in ["Examples:", "delimark-bench generate --shape nginx12", "Exit codes:"] {
        assert!(help.contains(part), "{help}");
    }
}
