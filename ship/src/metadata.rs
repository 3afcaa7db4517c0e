//! Structured metadata: what is said of a line alone. The lines of a batch share a table with a
//! column for each name and a row for each line, so that nothing is allocated for a line.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use delimark::Span;

use crate::text::{Buffers, Text};

/// The names of a table's columns.
pub(crate) type Names = Arc<[Box<str>]>;

/// What is said of a line alone: values by name, in the order in which they were given.
#[derive(Clone, Default)]
pub struct Metadata {
    table: Arc<MetadataTable>,
    row: usize,
}

/// The metadata of the lines of a batch.
#[derive(Debug, Default)]
pub(crate) struct MetadataTable {
    names: Names,
    buffers: Buffers,
    /// The values of all rows, one row behind the other; absent where a line has none.
    values: Vec<Text>,
}

impl MetadataTable {
    /// Makes a table of values, which are so many for each line as there are names.
    pub(crate) fn new(names: Names, buffers: Buffers, values: Vec<Text>) -> Self {
        Self { names, buffers, values }
    }
}

impl Metadata {
    /// Returns a row of a table.
    pub(crate) fn of_row(table: &Arc<MetadataTable>, row: usize) -> Self {
        Self { table: Arc::clone(table), row }
    }

    /// Returns names and values; values are bytes, since lines are.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let names = self.names().iter();
        names.zip(self.values()).filter_map(|(name, value)| Some((&**name, value?)))
    }

    /// Returns names and values; values share the buffer that they are in.
    pub(crate) fn iter_shared(&self) -> impl Iterator<Item = (&str, Bytes)> {
        let values = self.row().iter().map(|text| self.table.buffers.share(*text));
        self.names().iter().zip(values).filter_map(|(name, value)| Some((&**name, value?)))
    }

    /// Returns the names of all values that the lines of the batch have.
    pub(crate) fn names(&self) -> &Names {
        &self.table.names
    }

    /// Returns a value for each of the names.
    #[inline]
    pub(crate) fn values(&self) -> impl Iterator<Item = Option<&[u8]>> {
        self.row().iter().map(|text| self.table.buffers.get(*text))
    }

    fn row(&self) -> &[Text] {
        let width = self.table.names.len();
        &self.table.values[self.row * width..][..width]
    }
}

impl<N: Into<Box<str>>, V: AsRef<[u8]>> FromIterator<(N, V)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let (mut names, mut values, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        for (name, value) in pairs {
            let start = bytes.len() as u32;
            bytes.extend_from_slice(value.as_ref());
            names.push(name.into());
            values.push(Text::Read(Span { start, end: bytes.len() as u32 }));
        }
        let buffers = Buffers { read: bytes.into(), ..Buffers::default() };
        Self::of_row(&Arc::new(MetadataTable::new(names.into(), buffers, values)), 0)
    }
}

impl PartialEq for Metadata {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Metadata {}

impl fmt::Debug for Metadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.iter().map(|(name, value)| (name, value.escape_ascii().to_string()));
        formatter.debug_map().entries(pairs).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_table_are_equal_by_what_they_say() {
        let buffers =
            Buffers { read: Bytes::from_static(b"GET 200"), made: Bytes::from_static(b"web") };
        let read = |start, end| Text::Read(Span { start, end });
        let made = Text::Made(Span { start: 0, end: 3 });
        let values = vec![read(0, 3), made, read(4, 7), Text::Absent];
        let names = Names::from(["a".into(), "b".into()]);
        let table = Arc::new(MetadataTable::new(names, buffers, values));
        let rows = [0, 1].map(|row| Metadata::of_row(&table, row));
        assert_eq!(rows[0], [("a", "GET"), ("b", "web")].into_iter().collect());
        assert_eq!(rows[1], [("a", "200")].into_iter().collect());
        assert_ne!(rows[0], rows[1]);
        let shared: Vec<_> = rows[0].iter_shared().collect();
        assert_eq!(shared, [("a", Bytes::from("GET")), ("b", Bytes::from("web"))]);
        assert_eq!(Metadata::default().iter().count(), 0);
        assert_eq!(format!("{:?}", rows[1]), r#"{"a": "200"}"#);
    }
}
