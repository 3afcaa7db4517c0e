//! The format of the output, which may depend on the names that an input gives its columns.

use anyhow::{anyhow, bail};
use delimark::RaggedPolicy;
use delimark_extract::escape::Printable;
use delimark_extract::{FieldList, Format, InputName, InvalidUtf8, JsonLines, Keys, Text};

use super::options::{Args, FormatName};

/// Makes the format for each input.
pub(super) struct Formats<'a> {
    args: &'a Args,
    delimiter: u8,
    /// The names of the columns, where they are known without an input's header.
    names: Vec<String>,
    /// The first input with a header, and that.
    first: Option<(InputName, Vec<String>)>,
}

impl<'a> Formats<'a> {
    /// Refuses options that do not go together, and fields that cannot be whatever the input. The
    /// names of the columns may be known, or none are.
    pub(super) fn new(args: &'a Args, delimiter: u8, names: Vec<String>) -> anyhow::Result<Self> {
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
        let formats = Self { args, delimiter, names, first: None };
        if !args.header {
            formats.format(&formats.names)?;
        }
        Ok(formats)
    }

    /// Makes the format for an input, which has a header with these names or none.
    pub(super) fn choose(
        &mut self,
        input: &InputName,
        header: Option<&[String]>,
    ) -> anyhow::Result<Format> {
        let Some(names) = header else {
            return self.format(&self.names);
        };
        let format = self.format(names)?;
        let selection = &self.args.fields;
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
        let selection = args.fields.clone().with_complement(args.complement);
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
                let text = Text::new(fields, self.delimiter, delimiter);
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
