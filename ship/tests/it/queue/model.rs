//! Random steps, compared with a list in memory.

use std::fs::{self, File};

use delimark_ship::queue::{Queue, QueueLimits};
use proptest::prelude::*;

use super::{drain, entries, segments};

#[derive(Clone, Debug)]
enum Step {
    Append(u64),
    Sync,
    Read(usize),
    /// Acknowledges all that was read but the last so many batches.
    Acknowledge(usize),
    Reopen,
    /// Opens the queue again after so many bytes of half an append were written.
    Tear(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u64..40).prop_map(Step::Append),
        1 => Just(Step::Sync),
        4 => (0usize..3000).prop_map(Step::Read),
        2 => (0usize..3).prop_map(Step::Acknowledge),
        1 => Just(Step::Reopen),
        1 => any::<u8>().prop_map(Step::Tear),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_queue_is_a_list(steps in prop::collection::vec(step(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let limits = QueueLimits { bytes: 256 << 10, segment_bytes: 2 << 10 };
        let (mut writer, mut reader) = Queue::open(folder.path(), limits).unwrap();
        // The numbers that were appended, read and acknowledged, up to these.
        let (mut appended, mut read, mut acknowledged) = (0, 0, 0);
        let mut batches = Vec::new();
        for step in steps {
            match step {
                Step::Append(count) => {
                    writer.append(&entries(appended..appended + count)).unwrap();
                    appended += count;
                }
                Step::Sync => writer.sync().unwrap(),
                Step::Read(bytes) => match reader.next(bytes).unwrap() {
                    None => prop_assert_eq!(read, appended),
                    Some(batch) => {
                        let end = read + batch.entries.len() as u64;
                        prop_assert_eq!(batch.entries, entries(read..end));
                        batches.push((batch.position, end));
                        read = end;
                    }
                },
                Step::Acknowledge(left) => {
                    let count = batches.len().saturating_sub(left);
                    if let Some((position, end)) = batches.drain(..count).next_back() {
                        reader.ack(position).unwrap();
                        acknowledged = end;
                    }
                }
                Step::Reopen | Step::Tear(_) => {
                    drop((writer, reader));
                    let mut torn = 0;
                    if let Step::Tear(bytes) = step {
                        let last = segments(folder.path()).pop().unwrap();
                        let length = fs::metadata(&last).unwrap().len() + u64::from(bytes);
                        File::options().write(true).open(&last).unwrap().set_len(length).unwrap();
                        torn = u64::from(bytes);
                    }
                    (writer, reader) = Queue::open(folder.path(), limits).unwrap();
                    prop_assert_eq!(writer.recovery().torn_bytes, torn);
                    prop_assert_eq!(writer.recovery().entries, appended - acknowledged);
                    batches.clear();
                    read = acknowledged;
                }
            }
            prop_assert_eq!(writer.gauge().waiting_entries(), appended - acknowledged);
        }
        prop_assert_eq!(drain(&mut reader), entries(read..appended));
    }
}
