//! `delimark formats`: the log formats that are known, and the columns of one, pasted or by name.

use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, TableStyle};
use delimark::QuoteEscape;
use delimark_formats::{Column, LogFormat, Preset};
use serde_json::{Value, json};

use crate::log_formats::parse_log_format;
use crate::{Exit, print};

/// Width of everything that is printed, in characters.
const WIDTH: usize = 80;

/// List the log formats that are known, or the columns of one
///
/// Without an argument, the presets: formats that have a name, each with an example. With a NAME,
/// or with a format pasted from a server's configuration, its columns: the names that `delimark
/// extract --fields` takes, the types of the values, and the escapes that `--decode` turns back.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark formats
  delimark formats haproxy-http
  delimark formats --log-format '$remote_addr [$time_local] \"$request\" $status'
  delimark formats --log-format \"$(grep -A9 log_format /etc/nginx/nginx.conf)\"
  delimark formats --json combined

Exit codes:
  0  they were listed
  2  the command line is wrong: no such preset, a log format that cannot be read, or by which lines
     cannot be split safely; or standard output cannot be written")]
pub(crate) struct Args {
    /// The preset whose columns are listed
    #[arg(value_parser = parse_name)]
    name: Option<&'static Preset>,

    /// The format whose columns are listed, as the server's configuration has it: nginx's
    /// log_format, Apache's and lighttpd's LogFormat, HAProxy's log-format
    #[arg(
        long,
        value_name = "STRING",
        value_parser = parse_log_format,
        allow_hyphen_values = true,
        conflicts_with = "name"
    )]
    log_format: Option<LogFormat>,

    /// Write JSON: an array of presets, or an object with the columns
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let text = match (args.name, &args.log_format) {
        (Some(preset), _) if args.json => {
            let mut described = format_as_json(&preset.format());
            describe(preset, &mut described);
            to_text(&described)
        }
        (None, Some(format)) if args.json => to_text(&format_as_json(format)),
        (None, None) if args.json => to_text(&presets_as_json()),
        (Some(preset), _) => {
            let (description, example) = (preset.description(), preset.example());
            format!("{description}\n{example}\n\n{}", columns(&preset.format()))
        }
        (None, Some(format)) => columns(format),
        (None, None) => presets(),
    };
    print(text.as_bytes())?;
    Ok(Exit::Success)
}

fn parse_name(name: &str) -> Result<&'static Preset, String> {
    Preset::find(name).map_err(|error| error.to_string())
}

/// Returns a table of all presets, with as much of their examples as fits.
fn presets() -> String {
    let name_width = Preset::ALL.iter().map(|preset| preset.name().len()).max().unwrap_or(0);
    let mut table = table();
    for preset in Preset::ALL {
        let example = preset.example().replace('\t', " ");
        let example = shortened(&example, WIDTH - name_width - 4);
        table.add_row([preset.name(), &format!("{}\n{example}", preset.description())]);
    }
    let mut text = to_lines(&table);
    text += "\n`delimark formats NAME` lists the columns of one, `--log-format STRING` those\n\
             of the format in your server's configuration.\n";
    text
}

/// Returns the beginning of a line of ASCII, and dots for the rest.
fn shortened(line: &str, width: usize) -> String {
    match line.get(..width.saturating_sub(3)) {
        Some(start) if line.len() > width => format!("{start}..."),
        _ => line.to_owned(),
    }
}

/// Returns a table of the columns, and a line about what is between them.
fn columns(format: &LogFormat) -> String {
    let mut text = format!("{}\n", separation(format));
    if format.columns().is_empty() {
        text += "A line '#Fields: ...' in the log names the columns.\n";
        return text;
    }
    let mut table = table();
    table.set_header(["#", "name", "type", "encoding", "list"]);
    for (number, column) in (1..).zip(format.columns()) {
        table.add_row([
            number.to_string().as_str(),
            column.name(),
            column.value_type().name(),
            column.encoding().name(),
            if column.is_list() { "list" } else { "" },
        ]);
    }
    if let Some(numbers) = table.column_mut(0) {
        numbers.set_cell_alignment(CellAlignment::Right);
    }
    text += "\n";
    text += &to_lines(&table);
    if format.has_directives() {
        text += "\nA line '#Fields: ...' in the log names the columns of what follows it.\n";
    }
    text
}

/// Says what is between fields and around them.
fn separation(format: &LogFormat) -> String {
    let dialect = format.dialect();
    let delimiter = match dialect.delimiter() {
        b' ' => "blanks".to_owned(),
        b'\t' => "tabs".to_owned(),
        other => format!("'{}'", other.escape_ascii()),
    };
    let mut text = format!("Fields are separated by {delimiter}");
    if let Some(quote) = dialect.quote() {
        let quote = char::from(quote);
        let _ = write!(text, ", and may stand in {quote} quotes");
        if dialect.quote_escape() == QuoteEscape::Backslash {
            let _ = write!(text, r", in which \{quote} is data");
        }
    }
    text + "."
}

fn table() -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table
        .load_style(TableStyle::default())
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH as u16);
    table
}

/// Returns the lines of a table, without the blanks that pad them.
fn to_lines(table: &comfy_table::Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn presets_as_json() -> Value {
    let described = Preset::ALL.iter().map(|preset| {
        let mut described = json!({});
        describe(preset, &mut described);
        described
    });
    described.collect()
}

/// Adds to an object what is known of a preset.
fn describe(preset: &Preset, object: &mut Value) {
    object["name"] = preset.name().into();
    object["description"] = preset.description().into();
    object["example"] = preset.example().into();
}

fn format_as_json(format: &LogFormat) -> Value {
    let dialect = format.dialect();
    let text = |byte: u8| char::from(byte).to_string();
    json!({
        "delimiter": text(dialect.delimiter()),
        "quote": dialect.quote().map(text),
        "columns_named_by_directives": format.has_directives(),
        "columns": format.columns().iter().map(column_as_json).collect::<Vec<_>>(),
    })
}

fn column_as_json(column: &Column) -> Value {
    json!({
        "name": column.name(),
        "type": column.value_type().name(),
        "encoding": column.encoding().name(),
        "is_list": column.is_list(),
    })
}

fn to_text(value: &Value) -> String {
    format!("{value:#}\n")
}
