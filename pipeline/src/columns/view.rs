//! Text and bytes as views: a value of up to 12 bytes is in its view, a longer one stays where it
//! is in the chunk.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryViewArray, StringViewArray};
use arrow_buffer::{Buffer, NullBuffer, ScalarBuffer};
use delimark::Span;
use delimark_formats::{Encoding, decode};

use super::spare::Spares;
use super::validity::Validity;
use super::{BadValue, BurstBytes, BurstText, MISSING, list_null};
use crate::schema::{Nulls, TableColumn};
use crate::values::ValueError;

/// The most bytes that a view itself holds.
const INLINE_BYTES: usize = 12;

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

    pub(crate) fn append(
        &mut self,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        self.spares.reserve_batch(&mut self.views, self.batch_rows);
        // Asked once, since it is the same for every value: it was a fifth of the time.
        let may_be_no_text = self.is_text && burst.text != BurstText::Ascii;
        match (self.decoded, may_be_no_text) {
            (Encoding::Verbatim, false) => self.append_as_they_stand::<false>(burst, spans, bad),
            (Encoding::Verbatim, true) => self.append_as_they_stand::<true>(burst, spans, bad),
            _ => self.append_decoded(burst, spans, bad),
        }
    }

    fn append_as_they_stand<const CHECKS_TEXT: bool>(
        &mut self,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        let Self { nulls, is_required, ref mut views, ref mut validity, .. } = *self;
        let mut row = views.len();
        views.extend(spans.iter().map(|&span| {
            let found = view_in_chunk::<CHECKS_TEXT>(burst, span, nulls);
            row += 1;
            match found {
                Ok(Some(view)) => view,
                other => {
                    validity.set_null(row - 1);
                    list_null(other.err(), row - 1, span, is_required, bad);
                    0
                }
            }
        }));
    }

    /// Appends values without their escapes.
    fn append_decoded(&mut self, burst: BurstBytes<'_>, spans: &[Span], bad: &mut Vec<BadValue>) {
        for &span in spans {
            let found = match self.is_text {
                true => view_in_chunk::<true>(burst, span, self.nulls),
                false => view_in_chunk::<false>(burst, span, self.nulls),
            };
            let found = match found {
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
        let first = numbers(&first_near_end(decoded));
        Ok(Some(view_of(first, decoded.len(), IN_DECODED, start as u32)))
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
        // SAFETY: `view_of` made every view of a piece of one of the two buffers, which its callers
        // look at or have just appended, with its length and first bytes. It is UTF-8:
        // `BurstText::of`, `is_utf8` or `from_utf8` found it so, and the buffers do not change,
        // since they were read or decoded into memory of this process.
        Arc::new(unsafe { StringViewArray::new_unchecked(views, buffers, validity) })
    } else {
        // SAFETY: as above, but for UTF-8, which bytes need not be.
        Arc::new(unsafe { BinaryViewArray::new_unchecked(views, buffers, validity) })
    }
}

/// Makes the view of a value where it stands; nothing for one that stands for nothing.
#[inline(always)]
fn view_in_chunk<const CHECKS_TEXT: bool>(
    burst: BurstBytes<'_>,
    span: Span,
    nulls: Nulls,
) -> Result<Option<u128>, ValueError> {
    let (start, end) = (span.start as usize, span.end as usize);
    // Values of a byte come in no order, so whoever has no nulls does not ask for the length.
    let may_be_null = if nulls == Nulls::default() { end < start } else { end <= start + 1 };
    if may_be_null && (span == MISSING || nulls.has(&burst.bytes[start..end])) {
        return Ok(None);
    }
    if CHECKS_TEXT && !is_utf8(burst, start, end) {
        return Err(utf8_error(&burst.bytes[start..end]));
    }
    // The array relies on its being inside, which is not to depend on who found the place.
    let length = burst.bytes[start..end].len();
    let first = match burst.bytes.get(start..start + INLINE_BYTES).and_then(<[u8]>::first_chunk) {
        Some(first) => numbers(first),
        None => numbers(&first_near_end(&burst.bytes[start..])),
    };
    Ok(Some(view_of(first, length, IN_CHUNK, burst.start + span.start)))
}

/// Returns the first bytes of the last value of a burst, with zeros behind it.
#[cold]
fn first_near_end(rest: &[u8]) -> [u8; INLINE_BYTES] {
    let mut first = [0; INLINE_BYTES];
    let count = rest.len().min(INLINE_BYTES);
    first[..count].copy_from_slice(&rest[..count]);
    first
}

/// Returns the first four bytes and the eight behind them as numbers.
///
/// Each is read from where it is: out of a copy that was written in other pieces, the second one
/// took ten times as long.
#[inline(always)]
fn numbers(bytes: &[u8; INLINE_BYTES]) -> (u32, u64) {
    let [b0, b1, b2, b3, rest @ ..] = *bytes;
    (u32::from_le_bytes([b0, b1, b2, b3]), u64::from_le_bytes(rest))
}

/// Makes the view of a value that begins with these bytes, at an offset in one of the buffers.
///
/// Without a branch on the length: a column has values on either side of 12 bytes, in no order.
#[inline(always)]
fn view_of((prefix, rest): (u32, u64), length: usize, buffer: u32, offset: u32) -> u128 {
    let of_view = &PARTS[length.min(INLINE_BYTES + 1)];
    let place = u64::from(buffer) | u64::from(offset) << 32;
    let low = length as u64 | u64::from(prefix & of_view.prefix) << 32;
    let high = (rest & of_view.rest) | (place & of_view.place);
    u128::from(low) | u128::from(high) << 64
}

/// The bits of a view that are in use, by what is there.
#[derive(Clone, Copy)]
struct Parts {
    /// The first four bytes of the value.
    prefix: u32,
    /// The eight bytes behind them.
    rest: u64,
    /// The place of the value, where it has no room in the view.
    place: u64,
}

/// The parts by the length of a value; the last ones are those of all that have no room.
const PARTS: [Parts; INLINE_BYTES + 2] = {
    let mut parts = [Parts { prefix: u32::MAX, rest: 0, place: u64::MAX }; INLINE_BYTES + 2];
    let mut length = 0;
    while length <= INLINE_BYTES {
        let bits = (1_u128 << (8 * length)) - 1;
        parts[length] = Parts { prefix: bits as u32, rest: (bits >> 32) as u64, place: 0 };
        length += 1;
    }
    parts
};

/// Tells whether a piece of a burst is UTF-8.
#[inline(always)]
fn is_utf8(burst: BurstBytes<'_>, start: usize, end: usize) -> bool {
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
