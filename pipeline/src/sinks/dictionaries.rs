//! Dictionaries: whether a column's values repeat so often that each is better written once, as its
//! first rows tell.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::LazyLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};

/// The rows of a row group, for which a dictionary is made.
const GROUP_ROWS: f64 = 160_000.0;

/// The bytes of a dictionary at which the writer gives it up.
pub(super) const DICTIONARY_BYTES: usize = 16 << 20;

/// The most bytes that a dictionary may come to by its first rows. A quarter of what the writer
/// allows, so that hardly any becomes too large: some readers lose the values behind the place
/// where that happens.
const BYTES_EXPECTED: f64 = (DICTIONARY_BYTES / 4) as f64;

/// The share of the plain bytes that a dictionary with its indices may take.
const SHARE: f64 = 0.7;

/// Tells whether the values of a column are better written by a dictionary.
///
/// New values get rarer as rows go by; how much so tells how many there will be in a row group:
/// twice the rows had `d(2n) / d(n)` times the values, and will again.
pub(super) fn wants_dictionary(arrays: &[&ArrayRef]) -> bool {
    let Some(values) = keys(arrays) else { return false };
    let half = values.len() / 2;
    let count = |values: &[(u64, usize)]| {
        let seen: HashSet<u64> = values.iter().map(|(key, _)| *key).collect();
        seen.len() as f64
    };
    let (of_half, of_all) = (count(&values[..half]), count(&values));
    if of_half == 0.0 {
        return true;
    }
    let growth = (of_all / of_half).log2();
    let doublings = (GROUP_ROWS / values.len() as f64).log2().max(0.0);
    let distinct = of_all * 2.0_f64.powf(growth * doublings);
    let bytes: usize = values.iter().map(|(_, bytes)| bytes).sum();
    let value_bytes = bytes as f64 / values.len() as f64;
    let dictionary_bytes = distinct * value_bytes;
    let index_bytes = distinct.log2().max(1.0) / 8.0 * GROUP_ROWS;
    dictionary_bytes <= BYTES_EXPECTED
        && dictionary_bytes + index_bytes <= SHARE * value_bytes * GROUP_ROWS
}

/// Returns a key and the bytes of each value; nothing for types that are never better so.
fn keys(arrays: &[&ArrayRef]) -> Option<Vec<(u64, usize)>> {
    let mut found = Vec::new();
    for array in arrays {
        let array = match array.data_type() {
            DataType::List(_) => array.as_list::<i32>().values(),
            _ => *array,
        };
        // The length of a value stands before it.
        let of_bytes = |bytes: &[u8]| (key(bytes), bytes.len() + 4);
        match array.data_type() {
            DataType::Utf8View => {
                let values = array.as_string_view().iter().flatten();
                found.extend(values.map(|text| of_bytes(text.as_bytes())));
            }
            DataType::BinaryView => {
                found.extend(array.as_binary_view().iter().flatten().map(of_bytes));
            }
            DataType::FixedSizeBinary(_) => {
                let values = array.as_fixed_size_binary().iter().flatten();
                found.extend(values.map(|bytes| (key(bytes), bytes.len())));
            }
            DataType::Int64 => found.extend(numbers::<Int64Type>(array)),
            DataType::UInt64 => found.extend(numbers::<UInt64Type>(array)),
            DataType::Decimal128(_, _) => found.extend(numbers::<Decimal128Type>(array)),
            DataType::Date32 => found.extend(numbers::<Date32Type>(array)),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                found.extend(numbers::<TimestampMicrosecondType>(array));
            }
            // Truth values take a bit, and binary numbers seldom repeat.
            _ => return None,
        }
    }
    Some(found)
}

fn key(value: impl Hash) -> u64 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    STATE.hash_one(value)
}

/// Numbers take eight bytes, whatever arrays have: those of decimals fit.
fn numbers<T: ArrowPrimitiveType<Native: Hash>>(
    array: &ArrayRef,
) -> impl Iterator<Item = (u64, usize)> {
    array.as_primitive::<T>().iter().flatten().map(|number| (key(number), 8))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, StringViewArray};

    use super::*;

    fn text(value: impl Fn(usize) -> String) -> ArrayRef {
        Arc::new((0..8192).map(|row| Some(value(row))).collect::<StringViewArray>())
    }

    #[test]
    fn values_that_repeat_have_a_dictionary() {
        let methods = text(|row| ["GET", "POST", "HEAD"][row % 3].to_owned());
        // New ones come ever more rarely.
        let agents = text(|row| format!("Mozilla/5.0 (a name of some length) {}", row.isqrt()));
        let statuses: ArrayRef =
            Arc::new((0..8192).map(|row| Some(200 + row % 7)).collect::<Int64Array>());
        for array in [methods, agents, statuses] {
            assert!(wants_dictionary(&[&array]));
        }
    }

    #[test]
    fn values_that_go_on_have_none() {
        let ids = text(|row| format!("{row:032x}"));
        let pages = text(|row| format!("/a/path/that/hardly/ever/repeats/{}", row - row % 5 / 4));
        let sizes: ArrayRef =
            Arc::new((0..8192_i64).map(|row| Some(row * 7919 % 100_003)).collect::<Int64Array>());
        for array in [ids, pages, sizes] {
            assert!(!wants_dictionary(&[&array]));
        }
    }

    #[test]
    fn nothing_at_all_is_written_once() {
        let empty: ArrayRef = Arc::new(StringViewArray::new_null(100));
        assert!(wants_dictionary(&[&empty]));
    }
}
