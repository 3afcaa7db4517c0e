//! Text and bytes as views: a value of up to 12 bytes is in its view, a longer one stays where it
//! is in the chunk.

use std::sync::Arc;

use arrow_array::builder::make_view;
use arrow_array::{ArrayRef, BinaryViewArray, StringViewArray};
use arrow_buffer::{Buffer, NullBuffer, ScalarBuffer};
use delimark::Span;
use delimark_formats::{Encoding, decode};

use super::spare::Spares;
use super::validity::Validity;
use super::{BadValue, BurstBytes, BurstText, MISSING, list_null};
use crate::instructions::Instructions;
use crate::schema::{Nulls, TableColumn};
use crate::values::{Roomy, Value, ValueError};

/// The buffer of views that are places in the chunk.
const IN_CHUNK: u32 = 0;

/// The buffer of views that are places among decoded values.
const IN_DECODED: u32 = 1;

/// Views of one column.
#[derive(Debug)]
pub(crate) struct Views {
    is_text: bool,
    nulls: Nulls,
    is_required: bool,
    decoded: Encoding,
    batch_rows: usize,
    views: Vec<u128>,
    spares: Spares<u128>,
    validity: Validity,
    /// Values that are not as they stand in the chunk.
    decoded_bytes: Vec<u8>,
}

impl Views {
    pub(crate) fn new(column: &TableColumn, is_text: bool, batch_rows: usize) -> Self {
        Self {
            is_text,
            nulls: column.nulls,
            is_required: column.is_required,
            decoded: column.decoded,
            batch_rows,
            views: Vec::new(),
            spares: Spares::default(),
            validity: Validity::default(),
            decoded_bytes: Vec::new(),
        }
    }

    #[inline(always)]
    pub(crate) fn append(
        &mut self,
        instructions: impl Instructions,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        self.spares.reserve_batch(&mut self.views, self.batch_rows);
        // Asked once, since it is the same for every value: it was a fifth of the time.
        let may_be_no_text = self.is_text && burst.text != BurstText::Ascii;
        if self.decoded != Encoding::Verbatim {
            return self.append_decoded(burst, spans, bad);
        }
        self.views.reserve(spans.len());
        for spans in spans.chunks(64) {
            let row = self.views.len();
            let (unusual, nulls) = match (may_be_no_text, self.nulls) {
                (true, _) => self.append_usual::<true, true, true>(instructions, burst, spans),
                (false, Nulls { dash: false, empty: false }) => {
                    self.append_usual::<false, false, false>(instructions, burst, spans)
                }
                (false, Nulls { dash: true, empty: false }) => {
                    self.append_usual::<false, true, false>(instructions, burst, spans)
                }
                (false, Nulls { empty: true, .. }) => {
                    self.append_usual::<false, true, true>(instructions, burst, spans)
                }
            };
            if unusual != 0 {
                self.view_unusual(row, burst, spans, unusual, bad);
            }
            if nulls != 0 {
                self.list_nulls(row, spans, nulls, bad);
            }
        }
    }

    /// Appends up to 64 values. Returns a bit for each that has to be looked at again, since it is
    /// not there, is no text, or is near the ends of the burst, and a bit for each that stands for
    /// nothing: such values come in no order, and a branch for each would go wrong too often. Four
    /// views at once took fewer instructions, and more time: 50 ns a record of 12 instead of 47.
    #[inline(always)]
    #[expect(unsafe_code, reason = "views that are about to be written need not be 0 before")]
    fn append_usual<const CHECKS_TEXT: bool, const HAS_DASH: bool, const HAS_EMPTY: bool>(
        &mut self,
        instructions: impl Instructions,
        burst: BurstBytes<'_>,
        spans: &[Span],
    ) -> (u64, u64) {
        let row = self.views.len();
        let [dash, empty] = null_views(self.nulls);
        let is_null = |view: u128| {
            let length_and_prefix = view as u64;
            (HAS_DASH && length_and_prefix == dash) | (HAS_EMPTY && length_and_prefix == empty)
        };
        let room = &mut self.views.spare_capacity_mut()[..spans.len()];
        let (mut unusual, mut nulls) = (0, 0);
        match Roomy::new(burst.bytes, spans).filter(|_| !CHECKS_TEXT) {
            Some(values) => {
                for (index, (view, value)) in room.iter_mut().zip(values.values()).enumerate() {
                    let found = view_usual(instructions, burst, value).unwrap_or_default();
                    view.write(found);
                    nulls |= u64::from(is_null(found)) << index;
                }
            }
            None => {
                for (index, (view, &span)) in room.iter_mut().zip(spans).enumerate() {
                    // The array relies on its being inside, which is not to depend on who found it.
                    let value = Value::at(burst.bytes, span);
                    let value = value.filter(|_| !CHECKS_TEXT || is_utf8(burst, span));
                    let found = value.and_then(|value| view_usual(instructions, burst, value));
                    unusual |= u64::from(found.is_none()) << index;
                    nulls |= u64::from(found.is_some_and(is_null)) << index;
                    view.write(found.unwrap_or_default());
                }
            }
        }
        // SAFETY: there was room for as many as there are places, and each was written.
        unsafe { self.views.set_len(row + spans.len()) };
        (unusual, nulls)
    }

    #[inline(never)]
    fn list_nulls(&mut self, row: usize, spans: &[Span], nulls: u64, bad: &mut Vec<BadValue>) {
        self.validity.set_nulls(row, nulls);
        if self.is_required {
            let is_null = |index: &usize| nulls >> index & 1 == 1;
            for index in (0..spans.len()).filter(is_null) {
                list_null(None, row + index, spans[index], true, bad);
            }
        }
    }

    /// Makes the views of those values that have a bit.
    #[inline(never)]
    fn view_unusual(
        &mut self,
        row: usize,
        burst: BurstBytes<'_>,
        spans: &[Span],
        unusual: u64,
        bad: &mut Vec<BadValue>,
    ) {
        let is_unusual = |index: &usize| unusual >> index & 1 == 1;
        for index in (0..spans.len()).filter(is_unusual) {
            let (row, span) = (row + index, spans[index]);
            match view_in_chunk(burst, span, self.nulls, self.is_text) {
                Ok(Some(view)) => self.views[row] = view,
                other => {
                    self.validity.set_null(row);
                    list_null(other.err(), row, span, self.is_required, bad);
                }
            }
        }
    }

    /// Appends values without their escapes.
    #[inline(never)]
    fn append_decoded(&mut self, burst: BurstBytes<'_>, spans: &[Span], bad: &mut Vec<BadValue>) {
        for &span in spans {
            let found = match view_in_chunk(burst, span, self.nulls, self.is_text) {
                Ok(Some(view)) => {
                    let decoded = self.decode(&burst.bytes[span.range()]);
                    decoded.map(|decoded| Some(decoded.unwrap_or(view)))
                }
                other => other,
            };
            let row = self.views.len();
            self.views.push(match found {
                Ok(Some(view)) => view,
                other => {
                    self.validity.set_null(row);
                    list_null(other.err(), row, span, self.is_required, bad);
                    0
                }
            });
        }
    }

    /// Returns the view of a value without its escapes, if it has some.
    fn decode(&mut self, bytes: &[u8]) -> Result<Option<u128>, ValueError> {
        let start = self.decoded_bytes.len();
        decode(self.decoded, bytes, &mut self.decoded_bytes);
        let decoded = &self.decoded_bytes[start..];
        if decoded == bytes {
            self.decoded_bytes.truncate(start);
            return Ok(None);
        }
        if self.is_text && simdutf8::basic::from_utf8(decoded).is_err() {
            let error = utf8_error(decoded);
            self.decoded_bytes.truncate(start);
            return Err(error);
        }
        Ok(Some(make_view(decoded, IN_DECODED, start as u32)))
    }

    pub(crate) fn finish(&mut self, chunk: &Buffer) -> ArrayRef {
        let validity = self.validity.finish(self.views.len());
        let views = self.spares.lend(&mut self.views);
        let decoded = std::mem::take(&mut self.decoded_bytes);
        let mut buffers = vec![chunk.clone()];
        if !decoded.is_empty() {
            buffers.push(Buffer::from_vec(decoded));
        }
        array(self.is_text, views, buffers, validity)
    }
}

/// Makes the array of views.
#[expect(
    unsafe_code,
    reason = "arrow would check again, value by value, what a burst was checked for"
)]
fn array(
    is_text: bool,
    views: ScalarBuffer<u128>,
    buffers: Vec<Buffer>,
    validity: Option<NullBuffer>,
) -> ArrayRef {
    if is_text {
        // SAFETY: every view was made of a piece of one of the two buffers, which was looked at or
        // has just been appended, with its length and first bytes. It is UTF-8: `BurstText::of`,
        // `is_utf8` or `from_utf8` found it so, and the buffers do not change, since they were read
        // or decoded into memory of this process.
        Arc::new(unsafe { StringViewArray::new_unchecked(views, buffers, validity) })
    } else {
        // SAFETY: as above, but for UTF-8, which bytes need not be.
        Arc::new(unsafe { BinaryViewArray::new_unchecked(views, buffers, validity) })
    }
}

/// Makes the view of a value where it stands; nothing for one near the ends of the burst.
#[inline(always)]
fn view_usual<const HAS_ROOM: bool>(
    instructions: impl Instructions,
    burst: BurstBytes<'_>,
    value: Value<'_, HAS_ROOM>,
) -> Option<u128> {
    let bytes = value.with_before(4)?;
    Some(instructions.view(bytes, value.len(), burst.start + value.start()))
}

/// Returns the first halves of views that stand for nothing, of `-` and of no byte; where they do
/// not, what is the half of none.
fn null_views(nulls: Nulls) -> [u64; 2] {
    let half =
        |value: &[u8], is_null| if is_null { make_view(value, 0, 0) as u64 } else { u64::MAX };
    [half(b"-", nulls.dash), half(b"", nulls.empty)]
}

/// Makes the view of a value where it stands; nothing for one that stands for nothing.
fn view_in_chunk(
    burst: BurstBytes<'_>,
    span: Span,
    nulls: Nulls,
    is_text: bool,
) -> Result<Option<u128>, ValueError> {
    if span == MISSING {
        return Ok(None);
    }
    let bytes = &burst.bytes[span.range()];
    if nulls.has(bytes) {
        return Ok(None);
    }
    if is_text && !is_utf8(burst, span) {
        return Err(utf8_error(bytes));
    }
    Ok(Some(make_view(bytes, IN_CHUNK, burst.start + span.start)))
}

/// Tells whether a piece of a burst is UTF-8.
#[inline(always)]
fn is_utf8(burst: BurstBytes<'_>, span: Span) -> bool {
    let (start, end) = (span.start as usize, span.end as usize);
    // A piece of UTF-8 is UTF-8 unless it is cut within a character.
    let begins_character =
        |index: usize| burst.bytes.get(index).is_none_or(|byte| (*byte as i8) >= -0x40);
    match burst.text {
        BurstText::Ascii => true,
        BurstText::Utf8 => begins_character(start) && begins_character(end),
        BurstText::Other => simdutf8::basic::from_utf8(&burst.bytes[start..end]).is_ok(),
    }
}

#[cold]
fn utf8_error(bytes: &[u8]) -> ValueError {
    let offset = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    ValueError::NotUtf8 { offset }
}
