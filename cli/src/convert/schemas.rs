//! The schema of `delimark convert`: from a file, or of the format and a sample.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use delimark_formats::LogFormat;
use delimark_pipeline::{
    BreakerOptions, Event, Events, FormatOptions, Inference, OutputFormat, SchemaChange,
    SchemaFile, TableSchema, TextKind, WrittenSchema,
};

use super::opened::Opened;
use super::options::{Addresses, Args, OnBadLine};
use super::{sample, shown};
use crate::tell;

/// The schema to convert by.
pub(super) struct Chosen {
    pub(super) schema: TableSchema,
    /// The same, as it is written into files.
    pub(super) file: SchemaFile,
}

/// Finds the schema, and says what was found out by a sample.
pub(super) fn choose(
    args: &Args,
    format: &LogFormat,
    inputs: &mut [Opened<'_>],
    output: Option<&OutputFormat>,
) -> anyhow::Result<Chosen> {
    let (mut schema, breaker) = match &args.schema {
        Some(path) => {
            let file = read(path)?;
            (file.resolve(format).with_context(|| shown(path))?, file.breaker)
        }
        None => (of_format(args, format, inputs)?, None),
    };
    for (option, name) in args.named_columns() {
        schema.select(std::slice::from_ref(name)).context(option)?;
    }
    // It has no place for lists.
    if matches!(output, Some(OutputFormat::Text(TextKind::Csv))) {
        schema = schema.without_lists();
    }
    let file = SchemaFile { breaker, ..SchemaFile::of(&schema, format) };
    Ok(Chosen { schema, file })
}

fn of_format(
    args: &Args,
    format: &LogFormat,
    inputs: &mut [Opened<'_>],
) -> anyhow::Result<TableSchema> {
    let options = FormatOptions {
        decodes: args.decode,
        binary_addresses: args.addresses == Addresses::Binary,
        floats: args.floats,
    };
    let mut schema = TableSchema::of_format(format, options)?;
    if let Some(names) = &args.fields {
        schema = schema.select(names)?;
    }
    if !args.infer && args.delimiter.is_none() {
        return Ok(schema);
    }
    let mut inference = Inference::new(format.clone(), schema)?;
    let said = sample::take(inputs, |piece| inference.look(piece))?;
    tell(format_args!("types are found by a sample: {said}"));
    let (schema, inferred) = inference.finish();
    for column in inferred {
        tell(format_args!("{column}"));
    }
    Ok(schema)
}

fn read(path: &Path) -> anyhow::Result<SchemaFile> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", shown(path)))?;
    SchemaFile::parse(&text).with_context(|| shown(path))
}

/// Returns the choices of breakers, if there are any.
pub(super) fn breaker(args: &Args, file: &SchemaFile) -> Option<BreakerOptions> {
    match args.on_bad_line() {
        OnBadLine::Text => {
            Some(BreakerOptions { mismatches: 1, ..file.breaker.unwrap_or_default() })
        }
        OnBadLine::Error => None,
        OnBadLine::DeadLetter | OnBadLine::Null => file.breaker,
    }
}

/// Tells the changes since the version before; false if they are not to be written.
pub(super) fn may_follow_previous(args: &Args, file: &SchemaFile) -> anyhow::Result<bool> {
    let Some(path) = &args.previous else {
        return Ok(true);
    };
    let changes = file.changes_since(&read(path)?).with_context(|| shown(path))?;
    for change in &changes {
        tell(format_args!("{}: {change}", shown(path)));
    }
    let is_compatible = changes.iter().all(SchemaChange::is_compatible);
    if !is_compatible && !args.confirm_schema {
        tell(format_args!(
            "nothing was written: readers of the version before cannot read this one; \
             --confirm-schema writes it"
        ));
        return Ok(false);
    }
    Ok(true)
}

/// Tells of files in the place of the output whose schema is another one; false if they are to stay
/// as they are.
pub(super) fn may_replace(
    args: &Args,
    file: &SchemaFile,
    output: &Path,
    events: &mut dyn Events,
) -> anyhow::Result<bool> {
    // Pipes and devices keep nothing, and reading them may wait for ever.
    for path in existing(output).into_iter().filter(|path| path.is_file()) {
        let written = WrittenSchema::read(&path);
        let written = written.with_context(|| format!("cannot read {}", shown(&path)))?;
        let Some(WrittenSchema { version, file: before }) = written else {
            continue;
        };
        let changes = before.as_ref().map(|before| file.compare(before)).unwrap_or_default();
        // Without a schema file nobody counts versions, and --fields may differ at will.
        let has_changed = args.schema.is_some() && !changes.is_empty();
        if version == Some(file.version) && !has_changed {
            continue;
        }
        let is_confirmed = args.confirm_schema;
        let shown = shown(&path);
        events.take(&Event::SchemaDrift {
            file: shown.clone(),
            found: version,
            version: file.version,
            is_confirmed,
        });
        for change in changes {
            tell(format_args!("{shown}: {change}"));
        }
        if !is_confirmed {
            tell(format_args!(
                "nothing was written: --confirm-schema replaces the file, another name keeps it"
            ));
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the files with the output's name, and those with it and a number.
fn existing(output: &Path) -> Vec<PathBuf> {
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let is_numbered = |path: &Path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let number = name.strip_prefix(&*stem).and_then(|rest| rest.strip_prefix('-'));
        let is_number =
            |number: &str| number.len() >= 5 && number.bytes().all(|byte| byte.is_ascii_digit());
        number.is_some_and(is_number) && path.extension() == output.extension()
    };
    let folder = match output.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut numbered: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_numbered(path)).collect();
    numbered.sort();
    [vec![output.to_owned()], numbered].concat()
}
