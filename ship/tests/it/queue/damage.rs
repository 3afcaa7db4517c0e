//! Damage: files that are cut at every byte, and bits that are flipped.

use std::fs::{self, File};

use delimark_ship::queue::Queue;
use proptest::prelude::*;

use super::{SMALL, drain, entries, open, segments};

#[test]
fn every_cut_of_the_tail_keeps_the_whole_appends_before_it() {
    let original = tempfile::tempdir().unwrap();
    let mut ends = Vec::new();
    {
        let (mut writer, _reader) = open(original.path());
        for number in 0..3 {
            writer.append(&entries(number * 4..number * 4 + 4)).unwrap();
            ends.push(fs::metadata(&segments(original.path())[0]).unwrap().len());
        }
    }
    let segment = segments(original.path()).remove(0);
    for length in 0..=ends[2] {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(segment.file_name().unwrap());
        fs::copy(&segment, &copy).unwrap();
        File::options().write(true).open(&copy).unwrap().set_len(length).unwrap();

        let (mut writer, mut reader) = open(folder.path());
        let whole = ends.iter().filter(|end| **end <= length).count() as u64;
        let end = if whole > 0 { ends[whole as usize - 1] } else { length.min(8) };
        let end = if length < 8 { 0 } else { end };
        assert_eq!(writer.recovery().torn_bytes, length - end, "cut at {length}");
        assert_eq!(writer.recovery().entries, whole * 4);
        // What is appended next stands behind what was kept.
        writer.append(&entries(100..102)).unwrap();
        let mut expected = entries(0..whole * 4);
        expected.extend(entries(100..102));
        assert_eq!(drain(&mut reader), expected, "cut at {length}");
        assert_eq!(reader.gauge().damaged_bytes(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn a_flipped_bit_costs_its_record_and_no_other(place in 0.0f64..1.0, bit in 0u8..8) {
        let folder = tempfile::tempdir().unwrap();
        {
            let (mut writer, _reader) = open(folder.path());
            for number in 0..200 {
                writer.append(&entries(number..number + 1)).unwrap();
            }
        }
        let segment = segments(folder.path()).remove(0);
        let mut bytes = fs::read(&segment).unwrap();
        let index = 8 + (place * (bytes.len() - 8) as f64) as usize;
        bytes[index] ^= 1 << bit;
        fs::write(&segment, &bytes).unwrap();

        let (_writer, mut reader) = open(folder.path());
        let found = drain(&mut reader);
        let lost = 200 - found.len() as u64;
        prop_assert!(lost > 0, "a flipped bit is noticed");
        prop_assert!(found.iter().all(|entry| entries(0..200).contains(entry)));
        let gauge = reader.gauge();
        prop_assert!(gauge.damaged_bytes() > 0);
        // A damaged header hides where the next record begins, and so the rest of the segment.
        prop_assert!(gauge.damaged_entries() == lost || gauge.damaged_entries() == 0);
        prop_assert!(gauge.damaged_entries() == 0 || lost == 1);
        prop_assert_eq!(&found[found.len() - 50..], &entries(150..200)[..]);
    }
}

#[test]
fn a_damaged_position_brings_everything_again() {
    let folder = tempfile::tempdir().unwrap();
    {
        let (mut writer, mut reader) = open(folder.path());
        writer.append(&entries(0..5)).unwrap();
        assert_eq!(drain(&mut reader).len(), 5);
    }
    fs::write(folder.path().join("acknowledged"), b"damaged").unwrap();
    let (writer, mut reader) = open(folder.path());
    assert!(writer.recovery().is_position_lost);
    assert_eq!(drain(&mut reader), entries(0..5));
}

#[test]
fn a_position_behind_what_was_lost_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    {
        let (mut writer, mut reader) = open(folder.path());
        writer.append(&entries(0..5)).unwrap();
        assert_eq!(drain(&mut reader).len(), 5);
    }
    // The acknowledgement reached the disk, and what it is about did not.
    let segment = segments(folder.path()).remove(0);
    File::options().write(true).open(segment).unwrap().set_len(8).unwrap();
    {
        let (mut writer, _reader) = open(folder.path());
        writer.append(&entries(5..30)).unwrap();
    }
    let (_writer, mut reader) = open(folder.path());
    assert_eq!(drain(&mut reader), entries(5..30));
}

#[test]
fn what_is_no_segment_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("00000000000000000000.segment");
    fs::write(&path, b"somebody else's file").unwrap();
    let error = Queue::open(folder.path(), SMALL).unwrap_err();
    assert!(error.to_string().contains("no segment of a queue"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"somebody else's file");
}
