//! The format of the output, which may depend on the names that an input gives its columns.

use std::sync::Arc;

use anyhow::{anyhow, bail};
use delimark::RaggedPolicy;
use delimark_extract::escape::Printable;
use delimark_extract::{
    ColumnOptions, ColumnOutput, Columns, FieldList, FieldSelection, Format, InputName,
    InvalidUtf8, JsonLines, Keys, LineFormat, Opening, Text,
};
use delimark_formats::LogFormat;

use super::options::{Args, FormatName};
use crate::log_formats::{given, guess_format, with_directive};

/// Makes the format for each input.
pub(super) struct Formats<'a> {
    args: &'a Args,
    delimiter: u8,
    /// The fields asked for, or the columns.
    selection: FieldSelection,
    /// The first input with a header, and that.
    first: Option<(InputName, Vec<String>)>,
}

impl<'a> Formats<'a> {
    /// Refuses options that do not go together, and fields that cannot be whatever the input.
    pub(super) fn new(args: &'a Args, delimiter: u8) -> anyhow::Result<Self> {
        match args.format {
            FormatName::Text if args.names.is_some() => bail!("--names needs --format jsonl"),
            FormatName::Text if args.invalid_utf8.is_some() => {
                bail!("--invalid-utf8 needs --format jsonl: text passes any byte on")
            }
            FormatName::Jsonl if args.output_delimiter.is_some() => {
                bail!("--output-delimiter has no meaning with --format jsonl")
            }
            FormatName::Text | FormatName::Jsonl => {}
        }
        let selection = args.fields.clone().unwrap_or_else(FieldSelection::all);
        let selection = selection.with_complement(args.complement);
        let formats = Self { args, delimiter, selection, first: None };
        match formats.log_format() {
            // With other names to come, only what they are can tell.
            Some(log_format) if !log_format.has_directives() => {
                formats.columns(log_format.clone())?;
            }
            None if !args.header && args.preset.is_none() => {
                formats.format(&[])?;
            }
            Some(_) | None => {}
        }
        Ok(formats)
    }

    /// Tells whether ragged lines go to a file.
    pub(super) fn keeps_ragged_lines(&self) -> bool {
        self.args.ragged_output.is_some()
    }

    /// Returns the log format, where it is given.
    pub(super) fn log_format(&self) -> Option<&LogFormat> {
        given(self.args.preset.as_ref(), self.args.log_format.as_ref())
    }

    /// Makes the format for an input that begins so.
    pub(super) fn choose(
        &mut self,
        input: &InputName,
        opening: Opening<'_>,
    ) -> anyhow::Result<LineFormat> {
        match (opening, self.log_format()) {
            (Opening::FirstLines(lines), Some(log_format)) => {
                let log_format = with_directive(log_format.clone(), lines)?;
                self.columns(log_format).map(LineFormat::Columns)
            }
            (Opening::FirstLines(lines), None) => {
                let log_format = guess_format(input, lines)?;
                self.columns(log_format).map(LineFormat::Columns)
            }
            (_, Some(log_format)) => self.columns(log_format.clone()).map(LineFormat::Columns),
            (Opening::Header(names), None) => self.by_header(input, names).map(LineFormat::Fields),
            (Opening::Any, None) => self.format(&[]).map(LineFormat::Fields),
        }
    }

    fn columns(&self, log_format: LogFormat) -> anyhow::Result<Columns> {
        let args = self.args;
        let output = match args.format {
            FormatName::Text => {
                let delimiter = args.output_delimiter.clone().map(|given| given.0);
                // Values have blanks in them, where quotes were around them, and no tabs.
                let default = match log_format.dialect().delimiter() {
                    b' ' => b'\t',
                    delimiter => delimiter,
                };
                ColumnOutput::Text { delimiter: delimiter.unwrap_or_else(|| vec![default]) }
            }
            FormatName::Jsonl => ColumnOutput::JsonLines {
                keys: args.names.clone(),
                invalid_utf8: args.invalid_utf8.map_or(InvalidUtf8::Error, Into::into),
            },
        };
        let options = ColumnOptions {
            selection: self.selection.clone(),
            output,
            decodes: args.decode,
            stops_at_mismatch: args.ragged == RaggedPolicy::Error,
        };
        Columns::new(log_format, Arc::new(options)).map_err(anyhow::Error::from_boxed)
    }

    fn by_header(&mut self, input: &InputName, names: &[String]) -> anyhow::Result<Format> {
        let format = self.format(names)?;
        let selection = &self.selection;
        match &self.first {
            None => self.first = Some((input.clone(), names.to_vec())),
            Some((_, first)) if selection.is_by_name(first) && selection.is_by_name(names) => {}
            Some((first_input, first)) => {
                if let Some(difference) = difference(first, names) {
                    bail!(
                        "its header is not that of {first_input}: {difference}; fields that are \
                         asked for by name are found wherever they are"
                    );
                }
            }
        }
        Ok(format)
    }

    fn format(&self, names: &[String]) -> anyhow::Result<Format> {
        let args = self.args;
        let selection = &self.selection;
        let fields = selection.resolve(names).map_err(|error| match names {
            [] => {
                let text = selection.as_text();
                anyhow!("invalid value '{text}' for '--fields <LIST>': {error}")
            }
            _ => error.into(),
        })?;
        check_fields(args, &fields)?;
        match args.format {
            FormatName::Text => {
                let delimiter = args.output_delimiter.clone();
                let delimiter = delimiter.map_or_else(|| vec![self.delimiter], |given| given.0);
                let text =
                    Text::new(fields, self.delimiter, delimiter).with_quotes(args.quote.is_some());
                Ok(Format::Text(text.with_only_delimited(args.only_delimited)))
            }
            FormatName::Jsonl => {
                let keys = match &args.names {
                    Some(given) => Keys::Given(given),
                    None if names.is_empty() => Keys::Numbers,
                    None => Keys::OfColumns(names),
                };
                let invalid_utf8 = args.invalid_utf8.map_or(InvalidUtf8::Error, Into::into);
                let json_lines = JsonLines::new(&fields, keys, invalid_utf8)?;
                Ok(Format::JsonLines(json_lines.with_only_delimited(args.only_delimited)))
            }
        }
    }
}

/// Refuses fields that would come out empty on every line.
fn check_fields(args: &Args, fields: &FieldList) -> anyhow::Result<()> {
    let ragged = args.ragged;
    let Some(columns) = args.columns else {
        return Ok(());
    };
    match fields.first_beyond(columns) {
        // Fields that are left when others are taken away are no claim that they exist.
        Some(field) if ragged != RaggedPolicy::Keep && !args.complement => {
            bail!(
                "field {field} never exists: --columns {columns} --ragged {ragged} allows no more"
            )
        }
        _ => Ok(()),
    }
}

/// Says how columns differ from those of another input, if they do.
fn difference(first: &[String], names: &[String]) -> Option<String> {
    let shown = |name: &String| Printable(name.as_bytes()).to_string();
    let mut pairs = (1..).zip(first.iter().zip(names));
    let different = pairs.find(|(_, (before, now))| before != now);
    match different {
        Some((number, (before, now))) => {
            Some(format!("column {number} is '{}', not '{}'", shown(now), shown(before)))
        }
        None if first.len() == names.len() => None,
        None => Some(format!("it has {} columns, not {}", names.len(), first.len())),
    }
}
