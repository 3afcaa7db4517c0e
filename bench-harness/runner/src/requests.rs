//! Requests to a session, each a line, and their answers.

use delimark_runner::model::Model;

use crate::counted;
use crate::session::{Session, Task, numbers};

impl Session {
    /// Answers a request, whatever it is, with one line.
    pub(crate) fn answer(&mut self, request: &str) -> String {
        self.try_answer(request).unwrap_or_else(|reason| {
            let reason = reason.replace(['\r', '\n'], " ");
            format!("error {reason}")
        })
    }

    fn try_answer(&mut self, request: &str) -> Result<String, String> {
        let (verb, rest) = request.split_once(' ').unwrap_or((request, ""));
        match verb {
            "about" => Ok(self.about()),
            "load" => self.load(rest),
            "dialect" => self.set_dialect(rest),
            "run" => with_task(rest, |task| self.run(task)),
            "measure" => {
                let (passes, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                let passes = passes.parse().map_err(|_| format!("'{passes}' is no number"))?;
                with_task(rest, |task| self.measure(passes, task))
            }
            "count" => with_task(rest, |task| self.count(task)),
            "step" => with_task(rest, |task| self.step(task)),
            _ => Err(format!("there is no request '{verb}'")),
        }
    }

    /// Goes through the input in the function that tools look for.
    fn count(&mut self, task: Task<'_>) -> Result<String, String> {
        Ok(format!("ok 0 {}", numbers(counted::pass(self, task)?)))
    }

    /// As [`count`](Self::count), with stops before and after it, for somebody who steps.
    fn step(&mut self, task: Task<'_>) -> Result<String, String> {
        Ok(format!("ok 0 {}", numbers(counted::stepped_pass(self, task)?)))
    }
}

/// Reads the words after a verb, `MODEL [COLUMN,COLUMN...]`, and does it.
fn with_task(
    words: &str,
    with: impl FnOnce(Task<'_>) -> Result<String, String>,
) -> Result<String, String> {
    let (name, columns) = words.split_once(' ').unwrap_or((words, ""));
    let model = Model::OF_LIBRARIES.into_iter().find(|model| model.name() == name);
    let model = model.ok_or_else(|| format!("there is no model '{name}'"))?;
    let columns: Result<Vec<usize>, _> =
        columns.split(',').filter(|word| !word.is_empty()).map(str::parse).collect();
    let columns = columns.map_err(|error| format!("the columns of '{words}': {error}"))?;
    with(Task { model, columns: &columns })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use delimark::Backend;

    use super::*;

    /// A session with 200 lines of three fields loaded, and the file that they are in.
    fn loaded() -> (Session, PathBuf) {
        let name = format!("delimark-runner-{:?}.log", std::thread::current().id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, "a|bc|\n".repeat(200)).unwrap();
        let mut session = Session::new(Backend::best()).unwrap();
        assert_eq!(session.answer(&format!("load {}", path.display())), "ok 1200");
        assert_eq!(session.answer("dialect 124 3 keep auto 1000"), "ok");
        (session, path)
    }

    #[test]
    fn every_model_answers_the_same_by_every_verb() {
        let (mut session, path) = loaded();
        for model in Model::OF_LIBRARIES {
            let run = session.answer(&format!("run {model} 0,2"));
            let words: Vec<&str> = run.split(' ').collect();
            let [ok, _nanoseconds, records, fields, checksum] = words[..] else { panic!("{run}") };
            assert_eq!((ok, records), ("ok", "200"), "{model}");
            let count = session.answer(&format!("count {model} 0,2"));
            assert_eq!(count, format!("ok 0 200 {fields} {checksum}"));
            let measured = session.answer(&format!("measure 3 {model} 0,2"));
            let begin = format!("ok 200 {fields} {checksum} ");
            let rest = measured.strip_prefix(&begin).expect(&measured);
            assert_eq!(rest.split(' ').count(), 5, "allocations, bytes and 3 times: {measured}");
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_scan_allocates_nothing_when_it_is_warm() {
        let (mut session, path) = loaded();
        let measured = session.answer("measure 2 fields");
        let words: Vec<&str> = measured.split(' ').collect();
        assert_eq!(words[4..6], ["0", "0"], "{measured}");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_dialect_may_name_a_quote() {
        let (mut session, path) = loaded();
        std::fs::write(&path, "\"a|b\"|c\\\"|d\n".repeat(100)).unwrap();
        session.answer(&format!("load {}", path.display()));
        for (dialect, fields) in [("", 400), (" 34 none", 200), (" 34 backslash", 300)] {
            assert_eq!(session.answer(&format!("dialect 124 any keep auto 1000{dialect}")), "ok");
            let count = session.answer("count count");
            assert!(count.starts_with(&format!("ok 0 100 {fields} ")), "{dialect}: {count}");
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_cannot_be_done_is_said_in_a_line() {
        let mut session = Session::new(Backend::best()).unwrap();
        for (request, expected) in [
            ("run index", "error nothing is loaded"),
            ("run sort", "error there is no model 'sort'"),
            ("run extract", "error there is no model 'extract'"),
            ("measure many index", "error 'many' is no number"),
            ("dialect 124", "error '124' is no dialect"),
            ("dialect 1 any keep lf 9 34", "error '1 any keep lf 9 34' is no dialect"),
            ("dialect 1 any keep lf 9 34 no", "error '1 any keep lf 9 34 no' is no dialect"),
            ("dialect 1 any keep lf 9 34 none 0", "error '1 any keep lf 9 34 none 0' is no"),
            ("dialect 1 any keep lf 9 1 none", "error '\\x01' is the delimiter"),
            ("load no/such/file", "error no/such/file: "),
            ("", "error there is no request ''"),
        ] {
            let answer = session.answer(request);
            assert!(answer.starts_with(expected) && !answer.contains('\n'), "{answer}");
        }
        assert!(session.answer("dialect 10 any keep auto 9").starts_with("error "));
    }
}
