//! The memchr crate: one search for both bytes over the whole input, fields cut on the way.

use anyhow::{Result, bail};
use delimark_runner::model::{Access, Answer, Fold, Model};
use memchr::memchr2_iter;

use super::super::{BurstTimer, Engine, Unsupported};
use super::splitter_supports;
use crate::workload::Input;

pub(super) struct Memchr;

impl Engine for Memchr {
    fn name(&self) -> String {
        "peer/memchr".to_owned()
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        match model.access() {
            Access::Memory | Access::Map => splitter_supports(input),
            Access::Reads => Err(Unsupported::model("it searches bytes in memory; see file-map")),
            Access::Command => Err(Unsupported::NO_COMMAND),
        }
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let delimiter = input.dialect.delimiter();
        Ok(match (model, model.access()) {
            (Model::Count | Model::Index, _) => index(model, delimiter, input.bytes, timer),
            (Model::Project, _) => {
                let mut wanted = input.projection.iter().peekable();
                let mut position = 0;
                fold(delimiter, input.bytes, timer, |fold, column, field| {
                    if column == 0 {
                        wanted = input.projection.iter().peekable();
                        position = 0;
                    }
                    if wanted.next_if(|&&wanted| wanted == column).is_some() {
                        fold.field(position, field);
                        position += 1;
                    }
                })
            }
            (_, Access::Map) => {
                let (map, check) = input.map()?;
                let answer = every_field(delimiter, map.as_bytes(), timer);
                check.verify()?;
                answer
            }
            (_, Access::Command) => bail!(Unsupported::NO_COMMAND),
            (_, Access::Memory | Access::Reads) => every_field(delimiter, input.bytes, timer),
        })
    }
}

fn index(model: Model, delimiter: u8, bytes: &[u8], timer: &mut BurstTimer) -> Answer {
    let (mut records, mut fields, mut sum) = (0, 0, 0_u64);
    let mut separator = |offset: usize, ends_record: bool| {
        fields += 1;
        sum = sum.wrapping_add(offset as u64);
        if ends_record {
            records += 1;
            timer.record();
        }
    };
    for offset in memchr2_iter(delimiter, b'\n', bytes) {
        separator(offset, bytes[offset] == b'\n');
    }
    if bytes.last().is_some_and(|&byte| byte != b'\n') {
        separator(bytes.len(), true);
    }
    let checksum = if model == Model::Index { sum } else { 0 };
    Answer::Records { records, fields, checksum }
}

fn every_field(delimiter: u8, bytes: &[u8], timer: &mut BurstTimer) -> Answer {
    fold(delimiter, bytes, timer, Fold::field)
}

#[inline(always)]
fn fold<'a>(
    delimiter: u8,
    bytes: &'a [u8],
    timer: &mut BurstTimer,
    mut take: impl FnMut(&mut Fold, usize, &'a [u8]),
) -> Answer {
    let mut fold = Fold::default();
    let mut start = 0;
    let mut column = 0;
    for offset in memchr2_iter(delimiter, b'\n', bytes) {
        let field = &bytes[start..offset];
        start = offset + 1;
        if bytes[offset] == b'\n' {
            take(&mut fold, column, field.strip_suffix(b"\r").unwrap_or(field));
            fold.end_record();
            timer.record();
            column = 0;
        } else {
            take(&mut fold, column, field);
            column += 1;
        }
    }
    if bytes.last().is_some_and(|&byte| byte != b'\n') {
        take(&mut fold, column, &bytes[start..]);
        fold.end_record();
    }
    fold.answer()
}
