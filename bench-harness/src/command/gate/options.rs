//! The options of the gate: from the command line, else a configuration file, else by default.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use delimark::{Dialect, QuoteEscape};
use delimark_datasets::Shape;
use delimark_extract::escape::{parse_byte, parse_delimiter};
use delimark_report::gate::{Layer, Rules};
use delimark_results::display;
use delimark_runner::model::Model;
use regex::Regex;
use serde::Deserialize;

use super::quantity::{Percent, Span};

/// The lines of each shape: `measure/pairs` says why they are few.
const LINES: u64 = 10_000;

/// The lines for whole commands: their start should not be most of their time.
const LINES_OF_COMMANDS: u64 = 50_000;

/// The layers that other people's engines have.
const OF_COMMANDS: [Layer; 2] = [Layer::Answers, Layer::Time];

/// The models of the short form: those that no file system has a part in.
const SHORT_MODELS: [Model; 4] = [Model::Count, Model::Index, Model::Fields, Model::Project];

/// The options that the command line and the file have alike.
#[derive(Clone, Debug, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Options {
    /// The baseline: a revision, a program, or a stored baseline (.json)
    /// [default: HEAD]
    #[arg(long, value_name = "REV|FILE")]
    baseline: Option<String>,

    /// The candidate: a revision or a program [default: the files of the checkout]
    #[arg(long, value_name = "REV|FILE")]
    candidate: Option<String>,

    /// Gate somebody's own engine: a command, in which {path} stands for the data and {delimiter},
    /// {fields} and {awk_fields} can stand, too (without {path} it reads standard input), or a
    /// declaration (.toml)
    #[arg(long, value_name = "COMMAND|FILE")]
    engine_baseline: Option<String>,

    /// The engine that may take the place of --engine-baseline
    #[arg(long, value_name = "COMMAND|FILE")]
    engine_candidate: Option<String>,

    #[arg(long, value_name = "LAYER,...", value_delimiter = ',', help = layers_help())]
    layers: Option<Vec<String>>,

    /// The share that a candidate may take longer [default: 5%]
    #[arg(long, value_name = "SHARE")]
    margin: Option<Percent>,

    /// The share of more instructions a record that it may execute [default: 1%]
    #[arg(long, value_name = "SHARE")]
    instructions_limit: Option<Percent>,

    /// The most time to spend on measuring times [default: 3m, with --short 45s]
    #[arg(long, value_name = "DURATION")]
    budget: Option<Span>,

    /// The time that either side has for an answer before it counts as hung, whatever a
    /// declaration says [default: 60s]
    #[arg(long, value_name = "DURATION")]
    time_limit: Option<Span>,

    /// Take only engines whose name matches this regular expression, such as 'avx2$'
    #[arg(long, value_name = "REGEX")]
    engines: Option<String>,

    /// Take only models whose name matches this regular expression; with `extract` the output of a
    /// command has to be the columns that {fields} names, else that of the baseline
    /// [default: all, with --short those without a file]
    #[arg(long, value_name = "REGEX")]
    models: Option<String>,

    /// The shape of the lines, see `delimark-bench generate --list` [default: nginx12]
    #[arg(long, value_name = "SHAPE,...", value_delimiter = ',')]
    shape: Option<Vec<String>>,

    /// Go through this file instead of generated lines
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,

    /// The byte between two fields of --input: one character, or \t, \0, \xNN [default: |]
    #[arg(long, value_name = "BYTE")]
    delimiter: Option<String>,

    /// The byte that quotes fields of --input: delimiters between two of them are data
    #[arg(long, value_name = "BYTE")]
    quote: Option<String>,

    /// The way in which --input has a quote inside quotes: none (not as itself), backslash (behind
    /// one) [default: none]
    #[arg(long, value_name = "WAY")]
    quote_escape: Option<String>,

    /// The number of lines of each [default: 10000, and 50000 for commands]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    lines: Option<u64>,

    /// The outcome of a verdict that is neither
    #[arg(long, value_enum, value_name = "VERDICT")]
    inconclusive: Option<Inconclusive>,
}

/// The outcome of what could not be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Inconclusive {
    /// It passes, with exit code 0
    Pass,
    /// It fails, with exit code 4
    Fail,
}

/// All that was decided before anything is measured.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) baseline: String,
    pub(super) candidate: Option<String>,
    /// Somebody's own engines, baseline and candidate, where those are gated.
    pub(super) commands: Option<[String; 2]>,
    pub(super) layers: Vec<Layer>,
    pub(super) rules: Rules,
    pub(super) budget: Duration,
    pub(super) time_limit: Duration,
    pub(super) engines: Option<Regex>,
    pub(super) models: Vec<Model>,
    pub(super) data: Data,
    /// True where commands have to write the reference's columns.
    pub(super) expects_reference: bool,
    pub(super) lets_inconclusive_pass: bool,
}

/// The data of all sides, and the time for it.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Generated { shapes: Vec<Shape>, lines: u64 },
    File { path: PathBuf, dialect: Dialect },
}

impl Settings {
    /// Puts together what was said, on the command line first.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or a name is none.
    pub(super) fn of(options: &Options, config: Option<&Path>, short: bool) -> Result<Self> {
        let file = config.map_or_else(|| Ok(Options::default()), read)?;
        let options = options.clone().or(file);
        let default_budget = Duration::from_secs(if short { 45 } else { 180 });
        let budget = options.budget.map_or(default_budget, |Span(budget)| budget);
        let share = |given: Option<Percent>, default| given.map_or(default, |Percent(share)| share);
        let commands = commands(&options)?;
        let models_text = options.models.as_deref();
        let expects_reference = commands.is_some() && models_text.is_some_and(names_extract);
        Ok(Self {
            layers: layers(options.layers.as_deref(), commands.is_some())?,
            rules: Rules {
                margin: share(options.margin, 0.05),
                instructions_limit: share(options.instructions_limit, 0.01),
                budget_seconds: budget.as_secs_f64(),
            },
            budget,
            time_limit: options.time_limit.map_or(Duration::from_secs(60), |Span(limit)| limit),
            engines: options.engines.as_deref().map(|text| regex("engines", text)).transpose()?,
            models: match (&commands, models_text) {
                (Some(_), _) if expects_reference => vec![Model::Extract],
                (Some(_), None) => [&models(None, short)?[..], &[Model::Extract]].concat(),
                _ => models(models_text, short)?,
            },
            data: data(&options, commands.is_some())?,
            lets_inconclusive_pass: options.inconclusive == Some(Inconclusive::Pass),
            baseline: options.baseline.unwrap_or_else(|| "HEAD".to_owned()),
            candidate: options.candidate,
            commands,
            expects_reference,
        })
    }

    pub(super) fn has(&self, layer: Layer) -> bool {
        self.layers.contains(&layer)
    }
}

impl Options {
    /// Returns the options with this baseline.
    pub(super) fn with_baseline(self, name: &str) -> Self {
        Self { baseline: Some(name.to_owned()), ..self }
    }

    /// Returns the options with these engines, the baseline's first.
    pub(super) fn with_commands(self, [baseline, candidate]: [String; 2]) -> Self {
        Self { engine_baseline: Some(baseline), engine_candidate: Some(candidate), ..self }
    }

    /// Fills in what is not said here.
    fn or(self, other: Self) -> Self {
        Self {
            baseline: self.baseline.or(other.baseline),
            candidate: self.candidate.or(other.candidate),
            engine_baseline: self.engine_baseline.or(other.engine_baseline),
            engine_candidate: self.engine_candidate.or(other.engine_candidate),
            layers: self.layers.or(other.layers),
            margin: self.margin.or(other.margin),
            instructions_limit: self.instructions_limit.or(other.instructions_limit),
            budget: self.budget.or(other.budget),
            time_limit: self.time_limit.or(other.time_limit),
            engines: self.engines.or(other.engines),
            models: self.models.or(other.models),
            shape: self.shape.or(other.shape),
            input: self.input.or(other.input),
            delimiter: self.delimiter.or(other.delimiter),
            quote: self.quote.or(other.quote),
            quote_escape: self.quote_escape.or(other.quote_escape),
            lines: self.lines.or(other.lines),
            inconclusive: self.inconclusive.or(other.inconclusive),
        }
    }
}

fn read(path: &Path) -> Result<Options> {
    let name = display::path(path);
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    toml::from_str(&text).with_context(|| format!("{name} is not a configuration of the gate"))
}

fn regex(option: &str, text: &str) -> Result<Regex> {
    Regex::new(text).with_context(|| format!("--{option} '{text}' is not a regular expression"))
}

/// Returns the two commands, which make no sense alone or beside the sides of this project.
fn commands(options: &Options) -> Result<Option<[String; 2]>> {
    let commands = match (&options.engine_baseline, &options.engine_candidate) {
        (None, None) => return Ok(None),
        (Some(baseline), Some(candidate)) => [baseline.clone(), candidate.clone()],
        _ => bail!("--engine-baseline and --engine-candidate need each other"),
    };
    let is_alone = options.baseline.is_none() && options.candidate.is_none();
    ensure!(is_alone, "--engine-baseline is somebody's own engine, and --baseline this project's");
    ensure!(
        options.engines.is_none(),
        "--engines chooses among this project's own; --engine-baseline is somebody else's"
    );
    Ok(Some(commands))
}

fn layers_help() -> String {
    let names = Layer::ALL.map(Layer::name).join(", ");
    format!("The layers that decide [default: all of {names}]")
}

/// Returns the layers that were named; of commands nobody counts instructions or allocations.
fn layers(names: Option<&[String]>, are_commands: bool) -> Result<Vec<Layer>> {
    let Some(names) = names else {
        return Ok(if are_commands { OF_COMMANDS.into() } else { Layer::ALL.into() });
    };
    let layers: Vec<Layer> = names
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, String>>()
        .map_err(anyhow::Error::msg)?;
    ensure!(!layers.is_empty(), "without a layer there is nothing to gate");
    if let Some(other) = layers.iter().find(|layer| are_commands && !OF_COMMANDS.contains(layer)) {
        bail!(
            "nobody looks into other people's engines: the layer '{other}' is for this project's"
        );
    }
    Ok(layers)
}

/// Tells whether a filter means the model of whole commands.
fn names_extract(filter: &str) -> bool {
    filter.trim_matches(['^', '$']) == Model::Extract.name()
}

fn data(options: &Options, are_commands: bool) -> Result<Data> {
    let Some(path) = &options.input else {
        ensure!(options.delimiter.is_none(), "--delimiter says what is in --input");
        ensure!(options.quote.is_none(), "--quote says what is in --input");
        ensure!(options.quote_escape.is_none(), "--quote-escape says what is in --input");
        let default_lines = if are_commands { LINES_OF_COMMANDS } else { LINES };
        let lines = options.lines.unwrap_or(default_lines);
        return Ok(Data::Generated { shapes: shapes(options.shape.as_deref())?, lines });
    };
    ensure!(
        options.shape.is_none() && options.lines.is_none(),
        "--input is a file as it is: it has no --shape and no --lines"
    );
    let absolute = std::path::absolute(path).with_context(|| format!("--input {path:?}"))?;
    ensure!(
        !absolute.as_os_str().as_encoded_bytes().contains(&b'\n'),
        "--input {absolute:?} has a line break in it, and a side is told of it in one line: rename \
         it, or link to it"
    );
    Ok(Data::File { path: path.clone(), dialect: dialect(options)? })
}

/// Returns the rules of the file.
fn dialect(options: &Options) -> Result<Dialect> {
    let byte = options.delimiter.as_deref().unwrap_or("|");
    let dialect = Dialect::new(parse_delimiter(byte).map_err(anyhow::Error::msg)?)?;
    let escape = options.quote_escape.as_deref();
    let Some(quote) = &options.quote else {
        ensure!(escape.is_none(), "--quote-escape says how a --quote is written");
        return Ok(dialect);
    };
    let quote = parse_byte(quote).map_err(anyhow::Error::msg)?;
    Ok(dialect.with_quote(quote, escape.map_or(Ok(QuoteEscape::None), str::parse)?)?)
}

fn models(filter: Option<&str>, short: bool) -> Result<Vec<Model>> {
    let Some(text) = filter else {
        return Ok(if short { SHORT_MODELS.into() } else { Model::OF_LIBRARIES.into() });
    };
    let filter = regex("models", text)?;
    let models: Vec<Model> =
        Model::OF_LIBRARIES.into_iter().filter(|model| filter.is_match(model.name())).collect();
    let names = Model::OF_LIBRARIES.map(Model::name).join(", ");
    ensure!(!models.is_empty(), "no model matches '{text}' (expected one of: {names})");
    Ok(models)
}

fn shapes(names: Option<&[String]>) -> Result<Vec<Shape>> {
    let Some(names) = names else { return Ok(vec![Shape::Nginx12]) };
    ensure!(!names.is_empty(), "without a shape there is nothing to go through");
    let shapes = names.iter().map(|name| name.parse());
    shapes.collect::<Result<_, _>>().context("--shape names none")
}
