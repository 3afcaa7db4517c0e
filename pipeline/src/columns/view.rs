//! Text and bytes as views: a value of up to 12 bytes is in its view, a longer one stays where it
//! is in the chunk.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryViewArray, StringViewArray};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder, ScalarBuffer};
use delimark::Span;
use delimark_formats::{Encoding, decode};

use super::{BadValue, BurstBytes};
use crate::schema::{Nulls, TableColumn};
use crate::values::{Value, ValueError};

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
    views: Vec<u128>,
    validity: NullBufferBuilder,
    /// Values that are not as they stand in the chunk.
    decoded_bytes: Vec<u8>,
}

impl Views {
    pub(crate) fn new(column: &TableColumn, is_text: bool) -> Self {
        Self {
            is_text,
            nulls: column.nulls,
            is_required: column.is_required,
            decoded: column.decoded,
            views: Vec::new(),
            validity: NullBufferBuilder::new(0),
            decoded_bytes: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn append(
        &mut self,
        burst: BurstBytes<'_>,
        spans: impl Iterator<Item = Option<Span>>,
        bad: &mut Vec<BadValue>,
    ) {
        self.views.reserve(spans.size_hint().0);
        for span in spans {
            let Some(span) = span else {
                self.append_null(None, bad);
                continue;
            };
            let (start, end) = (span.start as usize, span.end as usize);
            let value = Value::new(burst.bytes, start, end);
            if value.len() <= 1 && self.nulls.has(value.as_bytes()) {
                self.append_null(None, bad);
                continue;
            }
            if self.is_text && !is_text(burst, start, end) {
                let error = utf8_error(value.as_bytes());
                self.append_bad(span, error, bad);
                continue;
            }
            if self.decoded != Encoding::Verbatim {
                self.append_decoded(burst, span, bad);
                continue;
            }
            let view = view_of(value, IN_CHUNK, burst.start + span.start);
            self.views.push(view);
            self.validity.append_non_null();
        }
    }

    /// Appends a value without its escapes, if it has some.
    fn append_decoded(&mut self, burst: BurstBytes<'_>, span: Span, bad: &mut Vec<BadValue>) {
        let bytes = &burst.bytes[span.range()];
        let start = self.decoded_bytes.len();
        decode(self.decoded, bytes, &mut self.decoded_bytes);
        let decoded = &self.decoded_bytes[start..];
        if decoded == bytes {
            self.decoded_bytes.truncate(start);
            let value = Value::new(burst.bytes, span.start as usize, span.end as usize);
            self.views.push(view_of(value, IN_CHUNK, burst.start + span.start));
        } else {
            if self.is_text && simdutf8::basic::from_utf8(decoded).is_err() {
                let error = utf8_error(decoded);
                self.decoded_bytes.truncate(start);
                return self.append_bad(span, error, bad);
            }
            let value = Value::new(&self.decoded_bytes, start, self.decoded_bytes.len());
            self.views.push(view_of(value, IN_DECODED, start as u32));
        }
        self.validity.append_non_null();
    }

    #[cold]
    fn append_bad(&mut self, span: Span, error: ValueError, bad: &mut Vec<BadValue>) {
        bad.push(BadValue { row: self.views.len(), span: Some(span), error });
        self.views.push(0);
        self.validity.append_null();
    }

    #[inline]
    fn append_null(&mut self, span: Option<Span>, bad: &mut Vec<BadValue>) {
        if self.is_required {
            bad.push(BadValue { row: self.views.len(), span, error: ValueError::Missing });
        }
        self.views.push(0);
        self.validity.append_null();
    }

    pub(crate) fn finish(&mut self, chunk: &Buffer) -> ArrayRef {
        let views = ScalarBuffer::from(std::mem::take(&mut self.views));
        let validity = self.validity.finish();
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
        // SAFETY: `view_of` made every view of a piece of one of the two buffers, with its length
        // and first bytes. It is UTF-8: `is_text` or `from_utf8` found it so, and the buffers do
        // not change, since they were read or decoded into memory of this process.
        Arc::new(unsafe { StringViewArray::new_unchecked(views, buffers, validity) })
    } else {
        // SAFETY: as above, but for UTF-8, which bytes need not be.
        Arc::new(unsafe { BinaryViewArray::new_unchecked(views, buffers, validity) })
    }
}

/// Makes the view of a value, which begins at an offset in one of the buffers.
#[inline(always)]
fn view_of(value: Value<'_>, buffer: u32, offset: u32) -> u128 {
    let length = value.len();
    let first = u128::from_le_bytes(value.first());
    if length <= INLINE_BYTES {
        let kept = (1_u128 << (8 * length)) - 1;
        length as u128 | (first & kept) << 32
    } else {
        let prefix = first & 0xffff_ffff;
        length as u128 | prefix << 32 | u128::from(buffer) << 64 | u128::from(offset) << 96
    }
}

/// Tells whether a piece of a burst is UTF-8.
#[inline(always)]
fn is_text(burst: BurstBytes<'_>, start: usize, end: usize) -> bool {
    // A piece of UTF-8 is UTF-8 unless it is cut within a character.
    let begins_character =
        |index: usize| burst.bytes.get(index).is_none_or(|byte| (*byte as i8) >= -0x40);
    if burst.is_utf8 {
        begins_character(start) && begins_character(end)
    } else {
        simdutf8::basic::from_utf8(&burst.bytes[start..end]).is_ok()
    }
}

#[cold]
fn utf8_error(bytes: &[u8]) -> ValueError {
    let offset = str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    ValueError::NotUtf8 { offset }
}
