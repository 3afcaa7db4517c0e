//! The declaration of an engine: one TOML file, read strictly, so that a slip of the pen is an
//! error with a place and not an engine that is silently another one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use delimark_results::{Conduct, EMULATORS, Traits, display};
use delimark_runner::model::Model;
use serde::Deserialize;

use super::command_words::Words;
use crate::engine::{Unsupported, command};

/// The places in the words of any command.
const FOLDERS: [&str; 2] = ["here", "target"];

/// The places in the words of a whole command.
pub(super) const TASK: [&str; 7] =
    ["here", "target", "path", "delimiter", "quote", "fields", "awk_fields"];

/// The runtime in the names of whole commands: it says how they are timed.
const COMMAND: &str = "command";

/// An engine as it is declared.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name in reports: `peer/`, and what the file says.
    pub name: String,
    /// A description in a line.
    pub about: String,
    /// True where a run measures it unasked.
    pub in_plain_run: bool,
    /// The remedy where it is missing.
    pub install: String,
    /// The models it does.
    pub models: Vec<Model>,
    /// Its conduct in them.
    pub does: Conduct,
    /// The most time of a pass.
    pub(super) time_limit: Duration,
    /// The way it is started.
    pub(super) start: Start,
    pub(super) version: Words,
    pub(super) build: Option<Words>,
    pub(super) environment: BTreeMap<String, String>,
    /// The folder that the declaration is in.
    pub(super) folder: PathBuf,
    refuses: Refusals,
    /// The reason of a runner for not doing the models that it does not list.
    scope: String,
}

/// The two ways to be an engine.
#[derive(Clone, Debug)]
pub(super) enum Start {
    /// A process that speaks the runners' protocol and times itself.
    Runner(Words),
    /// A whole command, started again for each pass and timed from outside.
    Command(Words),
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    about: String,
    #[serde(default)]
    in_plain_run: bool,
    install: String,
    version: String,
    build: Option<String>,
    run: Option<String>,
    command: Option<String>,
    #[serde(default)]
    models: Vec<String>,
    #[serde(default = "default_time_limit_seconds")]
    time_limit_seconds: u64,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    refuses: Refusals,
    does: Conduct,
}

/// For a pass over 2 GiB in an interpreter on a busy machine.
fn default_time_limit_seconds() -> u64 {
    300
}

/// The kinds of data that it cannot do right, each with the reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusals {
    ragged: Option<String>,
    empty_lines: Option<String>,
    bare_carriage_returns: Option<String>,
    invalid_utf8: Option<String>,
    stray_quotes: Option<String>,
}

impl Definition {
    /// Reads a declaration.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or does not declare an engine.
    pub fn read(path: &Path) -> Result<Self> {
        let name = display::path(path);
        let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        // Of a bare name, the folder would be an empty path.
        let path = std::path::absolute(path).with_context(|| format!("{name} is nowhere"))?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        Self::parse(&text, folder).with_context(|| format!("{name} declares no engine"))
    }

    /// Has it give up on an answer after this long, whatever it declares.
    pub(super) fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    pub(super) fn parse(text: &str, folder: &Path) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let name = &file.name;
        let start = match (file.run, file.command) {
            (Some(run), None) => Start::Runner(Words::parse("run", &run, &FOLDERS)?),
            (None, Some(command)) => Start::Command(Words::parse("command", &command, &TASK)?),
            (None, None) => bail!("it has neither 'run' nor 'command'"),
            (Some(_), Some(_)) => {
                bail!("it has both 'run' and 'command'; an engine is one of them")
            }
        };
        check_name(name, &start)?;
        let models = models(&start, &file.models)?;
        let names: Vec<&str> = models.iter().copied().map(Model::name).collect();
        let build = file.build.map(|build| Words::parse("build", &build, &FOLDERS)).transpose()?;
        Ok(Self {
            name: format!("peer/{name}"),
            scope: format!("it is declared for {}, and for nothing else", names.join(", ")),
            models,
            version: Words::parse("version", &file.version, &FOLDERS)?,
            about: file.about,
            in_plain_run: file.in_plain_run,
            install: file.install,
            does: file.does,
            time_limit: Duration::from_secs(file.time_limit_seconds),
            environment: file.environment,
            folder: folder.to_owned(),
            refuses: file.refuses,
            start,
            build,
        })
    }

    /// Tells whether it holds the data in a process of its own.
    #[must_use]
    pub fn holds_data(&self) -> bool {
        matches!(self.start, Start::Runner(_))
    }

    /// Tells whether it does a model, whatever the data.
    ///
    /// # Errors
    ///
    /// It does not; a model that is not declared is that of others.
    pub(in crate::engine) fn supports_model(&self, model: Model) -> Result<(), Unsupported> {
        match self.start {
            Start::Runner(_) if self.models.contains(&model) => Ok(()),
            Start::Runner(_) => Err(Unsupported::foreign("").because(&self.scope)),
            Start::Command(_) => command::supports(model),
        }
    }

    /// Tells whether it does right by data with these traits. Those that have none of quotes have
    /// nothing that is quoted.
    ///
    /// # Errors
    ///
    /// It does not, by its declaration; or it is a command that is not told of quotes.
    pub fn supports_data(&self, traits: &Traits) -> Result<(), Unsupported> {
        let Refusals { ragged, empty_lines, bare_carriage_returns, invalid_utf8, stray_quotes } =
            &self.refuses;
        if let (Some(_), Start::Command(words)) = (traits.stray_quotes, &self.start)
            && !words.has("quote")
        {
            return Err(Unsupported::QUOTES);
        }
        let cases = [
            (traits.stray_quotes.is_some_and(|fields| fields > 0), stray_quotes),
            (traits.ragged_records > 0 || !traits.uniform, ragged),
            (traits.empty_lines > 0, empty_lines),
            (traits.bare_carriage_returns > 0, bare_carriage_returns),
            (!traits.valid_utf8, invalid_utf8),
        ];
        match cases.into_iter().find_map(|(applies, reason)| reason.as_ref().filter(|_| applies)) {
            Some(reason) => Err(Unsupported::input("").because(reason)),
            None => Ok(()),
        }
    }
}

/// Checks that a name has its form, and that its part after the `@` is true of the engine.
fn check_name(name: &str, start: &Start) -> Result<()> {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|letter| is_letter(letter) || letter == '-')
    };
    let parts = name.split_once('@').filter(|(it, under)| is_word(it) && is_word(under));
    let (_, under) = parts.with_context(|| {
        format!("the name '{name}' is not of the form 'parser@runtime', in small letters")
    })?;
    ensure!(
        !EMULATORS.contains(&under),
        "the name '{name}' says that its CPU is emulated, and such engines are not ranked; put \
         what it runs in after the @"
    );
    ensure!(
        under != COMMAND || matches!(start, Start::Command(_)),
        "the name '{name}' says that it is a whole command, and it has no 'command'; put what it \
         runs in after the @"
    );
    Ok(())
}

fn models(start: &Start, names: &[String]) -> Result<Vec<Model>> {
    if let Start::Command(_) = start {
        ensure!(
            names.is_empty(),
            "a whole command does '{}', which need not be said",
            Model::OF_COMMANDS.map(Model::name).join("', '")
        );
        return Ok(Model::OF_COMMANDS.to_vec());
    }
    ensure!(!names.is_empty(), "'models' names none");
    let find = |name: &String| {
        let model = Model::OF_LIBRARIES.into_iter().find(|model| model.name() == name);
        model.with_context(|| format!("there is no model '{name}' for a library"))
    };
    names.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGINE: &str = "name = 'cat@shell'\nabout = 'x'\ninstall = 'x'\nversion = 'x'\n\
                          HOW\n[does]\ncopies = 'x'\ndecodes_utf8 = 'x'\nthreads = 1\n\
                          quoting = 'x'\nconsumer = 'x'\nnotes = 'x'\n";

    fn parse(how: &str) -> Result<Definition, String> {
        let text = ENGINE.replace("HOW", how);
        Definition::parse(&text, Path::new("folder")).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn an_engine_is_one_of_two_kinds() {
        let runner = parse("run = 'cat {here}'\nmodels = ['count']").unwrap();
        assert_eq!((runner.name.as_str(), runner.models), ("peer/cat@shell", vec![Model::Count]));
        assert_eq!(parse("command = 'cat {path}'").unwrap().models, Model::OF_COMMANDS);
    }

    #[test]
    fn slips_are_named() {
        let run = "run = 'cat'\nmodels = ['count']";
        for (how, message) in [
            (format!("{run}\nquick = 1"), "unknown field `quick`"),
            (String::new(), "neither 'run' nor 'command'"),
            (format!("{run}\ncommand = 'cat'"), "both 'run' and 'command'"),
            ("run = 'cat'".to_owned(), "'models' names none"),
            ("run = 'cat'\nmodels = ['extract']".to_owned(), "no model 'extract' for a library"),
            ("command = 'cat'\nmodels = ['count']".to_owned(), "does 'extract'"),
            ("run = 'cat {path}'\nmodels = ['count']".to_owned(), "{path} cannot stand in 'run'"),
            ("command = \"cat 'x\"".to_owned(), "'command' cannot be split into words"),
            ("command = ''".to_owned(), "'command' is empty"),
            (format!("{run}\n[refuses]\nblanks = 'x'"), "unknown field `blanks`"),
        ] {
            let error = parse(&how).unwrap_err();
            assert!(error.contains(message), "{how}: {error}");
        }
    }

    #[test]
    fn names_that_say_something_else_of_an_engine_are_refused() {
        let (run, command) = ("run = 'cat'\nmodels = ['count']", "command = 'cat {path}'");
        let named = |name: &str, how: &str| {
            let text = ENGINE.replace("HOW", how).replace("cat@shell", name);
            Definition::parse(&text, Path::new("folder"))
        };
        for (name, how, message) in [
            ("Cat", run, "'parser@runtime'"),
            ("cat@", run, "'parser@runtime'"),
            ("cat@qemu", run, "says that its CPU is emulated"),
            ("cat@bochs", command, "says that its CPU is emulated"),
            ("cat@command", run, "a whole command, and it has no 'command'"),
        ] {
            let error = named(name, how).unwrap_err();
            assert!(error.to_string().contains(message), "{name}: {error}");
        }
        assert!(named("cat@command", command).is_ok());
    }
}
