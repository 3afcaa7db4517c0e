//! Pieces of a format: what stands between two delimiters of it, and how values come out of that.

use std::ops::Range;

use memchr::memmem;

use crate::fixed::is_same;

/// A piece of a format: literals and columns in turns, for one or more fields of a record.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) take: Take,
    /// No value before it can have a field that begins as this piece does: with a quote.
    pub(crate) is_fence: bool,
    /// The columns that it holds.
    pub(crate) columns: Range<usize>,
    pub(crate) prefix: Box<[u8]>,
    pub(crate) suffix: Box<[u8]>,
    pub(crate) body: Body,
}

/// The fields that a piece takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    Fixed(usize),
    /// At least so many, and more where its values have delimiters in them.
    Free {
        fewest: usize,
        share: Share,
    },
    /// One, and those after a `,` or around a `:`.
    List(Neighbours),
    /// None, or those from `{` to `}`.
    Braces,
}

/// The open values right before and behind a list, which could end in a `,` or begin with a `:`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Neighbours {
    pub(crate) is_open_before: bool,
    pub(crate) is_open_behind: bool,
}

/// The part that a piece has in the fields that are too many between two fences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// All: no other piece there is free.
    All,
    /// Some, as the piece with this index has the others.
    With(usize),
    /// The fields that the other one leaves.
    Rest,
    /// None: there are more than two.
    None,
}

impl Take {
    /// Returns the fewest fields that it can be, which mostly are all.
    pub(crate) fn fewest(self) -> usize {
        match self {
            Self::Fixed(count) => count,
            Self::Free { fewest, .. } => fewest,
            Self::List(_) => 1,
            Self::Braces => 0,
        }
    }
}

/// Between prefix and suffix.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Nothing: the prefix is all.
    Nothing,
    /// One column, by its index.
    One(usize),
    /// Several columns, and the literals that tell them apart.
    Several(Box<[Cut]>),
}

/// One step of taking columns apart: the order is that of the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The column goes from the start to the first such literal.
    Left { column: usize, literal: Box<[u8]> },
    /// The column goes from the last such literal to the end.
    Right { column: usize, literal: Box<[u8]> },
    /// The column is what is left.
    Rest { column: usize },
}

/// A literal that is not where it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing<'a> {
    pub(crate) expected: &'a [u8],
    pub(crate) beside: Beside,
    /// The part of the burst that has something else, or in which it is not.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The column next to a literal, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    Before(usize),
    After(usize),
    None,
}

impl Piece {
    /// Tells whether the piece is a column and nothing else.
    #[inline]
    pub(crate) fn is_bare_column(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty() && matches!(self.body, Body::One(_))
    }

    /// Finds the columns in a part of the burst: calls `visit` with the index, start and end of
    /// each.
    #[inline]
    pub(crate) fn split(
        &self,
        burst: &[u8],
        (start, end): (usize, usize),
        mut visit: impl FnMut(usize, usize, usize),
    ) -> Result<(), Missing<'_>> {
        let bytes = &burst[start..end];
        if bytes.len() < self.prefix.len() || !is_same(bytes, &self.prefix) {
            let beside = self.columns.clone().next().map_or(Beside::None, Beside::Before);
            return Err(Missing { expected: &self.prefix, beside, start, end });
        }
        let left = start + self.prefix.len();
        let suffix_start = end.checked_sub(self.suffix.len()).filter(|start| *start >= left);
        if !suffix_start.is_some_and(|start| is_same(&burst[start..end], &self.suffix)) {
            let beside = self.columns.clone().last().map_or(Beside::None, Beside::After);
            let start = end.saturating_sub(self.suffix.len()).max(left);
            return Err(Missing { expected: &self.suffix, beside, start, end });
        }
        let right = end - self.suffix.len();
        match &self.body {
            Body::One(column) => visit(*column, left, right),
            Body::Nothing if left == right => {}
            Body::Nothing => {
                return Err(Missing { expected: b"", beside: Beside::None, start: left, end });
            }
            Body::Several(cuts) => take_apart(cuts, burst, (left, right), visit)?,
        }
        Ok(())
    }
}

/// Takes several columns apart.
fn take_apart<'a>(
    cuts: &'a [Cut],
    burst: &[u8],
    (mut left, mut right): (usize, usize),
    mut visit: impl FnMut(usize, usize, usize),
) -> Result<(), Missing<'a>> {
    for cut in cuts {
        let bytes = &burst[left..right];
        match cut {
            Cut::Left { column, literal } => {
                let Some(length) = find(bytes, literal) else {
                    let beside = Beside::After(*column);
                    return Err(Missing { expected: literal, beside, start: left, end: right });
                };
                visit(*column, left, left + length);
                left += length + literal.len();
            }
            Cut::Right { column, literal } => {
                let Some(length) = rfind(bytes, literal) else {
                    let beside = Beside::Before(*column);
                    return Err(Missing { expected: literal, beside, start: left, end: right });
                };
                visit(*column, left + length + literal.len(), right);
                right = left + length;
            }
            Cut::Rest { column } => visit(*column, left, right),
        }
    }
    Ok(())
}

/// Finds the first such literal. One byte is looked for in a loop, since values are short.
#[inline]
fn find(bytes: &[u8], literal: &[u8]) -> Option<usize> {
    match literal {
        [wanted] => bytes.iter().position(|byte| byte == wanted),
        literal => memmem::find(bytes, literal),
    }
}

/// Finds the last such literal.
#[inline]
fn rfind(bytes: &[u8], literal: &[u8]) -> Option<usize> {
    match literal {
        [wanted] => bytes.iter().rposition(|byte| byte == wanted),
        literal => memmem::rfind(bytes, literal),
    }
}
