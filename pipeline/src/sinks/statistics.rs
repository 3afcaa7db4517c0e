//! What the first rows of a column tell of the others.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::LazyLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};

/// Of so many values one is a new one at least, or a dictionary does not pay.
const VALUES_PER_NEW_ONE: usize = 8;

/// Tells whether the values of a column repeat so often that each is better written once.
pub(super) fn repeats(arrays: &[&ArrayRef]) -> bool {
    let mut seen = HashSet::new();
    let mut count = 0;
    for array in arrays {
        let array = match array.data_type() {
            DataType::List(_) => array.as_list::<i32>().values(),
            _ => *array,
        };
        count += array.len() - array.null_count();
        match array.data_type() {
            DataType::Utf8View => {
                seen.extend(
                    array.as_string_view().iter().flatten().map(|text| key(text.as_bytes())),
                );
            }
            DataType::BinaryView => {
                seen.extend(array.as_binary_view().iter().flatten().map(key));
            }
            DataType::FixedSizeBinary(_) => {
                seen.extend(array.as_fixed_size_binary().iter().flatten().map(key));
            }
            DataType::Int64 => seen.extend(numbers::<Int64Type>(array)),
            DataType::UInt64 => seen.extend(numbers::<UInt64Type>(array)),
            DataType::Decimal128(_, _) => seen.extend(numbers::<Decimal128Type>(array)),
            DataType::Date32 => seen.extend(numbers::<Date32Type>(array)),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                seen.extend(numbers::<TimestampMicrosecondType>(array));
            }
            // Truth values take a bit, and binary numbers seldom repeat.
            _ => return false,
        }
    }
    seen.len() * VALUES_PER_NEW_ONE <= count
}

fn key(value: impl Hash) -> u64 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    STATE.hash_one(value)
}

fn numbers<T: ArrowPrimitiveType<Native: Hash>>(array: &ArrayRef) -> impl Iterator<Item = u64> {
    array.as_primitive::<T>().iter().flatten().map(key)
}
