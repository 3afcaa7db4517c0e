//! The fields asked for as text, until it is known whether columns have names.

use std::convert::Infallible;
use std::str::FromStr;

use crate::escape::Printable;
use crate::field_range::{FieldListError, FieldRange};
use crate::fields::FieldList;

/// The most names that an error lists.
const NAMES_LISTED: usize = 40;

/// A list of fields that may name columns.
///
/// # Examples
///
/// ```
/// use delimark_extract::FieldSelection;
///
/// let Ok(selection) = "status,1".parse::<FieldSelection>();
/// let names = ["client", "status"].map(str::to_owned);
/// assert_eq!(selection.resolve(&names)?, "2,1".parse()?);
/// assert!(selection.resolve(&[]).is_err());
/// # Ok::<(), delimark_extract::FieldListError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSelection {
    text: String,
    is_complement: bool,
}

impl FieldSelection {
    /// Takes every field.
    #[must_use]
    pub fn all() -> Self {
        Self { text: "1-".to_owned(), is_complement: false }
    }

    /// Takes all other fields instead.
    #[must_use]
    pub fn with_complement(mut self, is_complement: bool) -> Self {
        self.is_complement = is_complement;
        self
    }

    /// Returns the text that it was read from.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// Finds the fields among columns with these names, or without any by their numbers.
    ///
    /// A name comes first: a column named `last` or `7` is that column.
    ///
    /// # Errors
    ///
    /// An element is no name, number or range, or two columns have the name.
    pub fn resolve(&self, names: &[String]) -> Result<FieldList, FieldListError> {
        let elements = self.text.split(',');
        let ranges = elements.map(|element| find(element, names)).collect::<Result<Vec<_>, _>>()?;
        let list = FieldList::from_ranges(ranges);
        if self.is_complement { list.complement() } else { Ok(list) }
    }

    /// Returns true if it means the same columns wherever they stand among others.
    #[must_use]
    pub fn is_by_name(&self, names: &[String]) -> bool {
        let is_name = |element| names.iter().any(|name| name == element);
        !self.is_complement && self.text.split(',').all(is_name)
    }
}

impl FromStr for FieldSelection {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self { text: text.to_owned(), is_complement: false })
    }
}

fn find(element: &str, names: &[String]) -> Result<FieldRange, FieldListError> {
    let mut places = (0..).zip(names).filter(|(_, name)| *name == element);
    match (places.next(), places.next()) {
        (Some((index, _)), None) => Ok(FieldRange::between(index, index)),
        (Some((first, _)), Some((second, _))) => {
            let numbers = [first as usize + 1, second as usize + 1];
            Err(FieldListError::name_twice(element, numbers))
        }
        (None, _) => element.parse().map_err(|error: FieldListError| {
            match error.is_no_number() && !names.is_empty() {
                true => FieldListError::no_column(element, list(names)),
                false => error,
            }
        }),
    }
}

/// Lists names for a message. They may come from a file.
fn list(names: &[String]) -> String {
    let listed = names.iter().take(NAMES_LISTED).map(|name| Printable(name.as_bytes()).to_string());
    let listed = listed.collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_LISTED { listed + ", ..." } else { listed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, names: &[&str]) -> Result<FieldList, String> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let Ok(selection) = text.parse::<FieldSelection>();
        selection.resolve(&names).map_err(|error| error.to_string())
    }

    fn list(text: &str) -> Result<FieldList, String> {
        text.parse().map_err(|error: FieldListError| error.to_string())
    }

    #[test]
    fn names_come_before_numbers_and_ranges() {
        let names = ["ip", "last", "1", "cs-uri", "3-4", "5"];
        assert_eq!(resolve("cs-uri,ip", &names), list("4,1"));
        assert_eq!(resolve("last,1,3-4,5", &names), list("2,3,5,6"));
        assert_eq!(resolve("2,2-3,6-", &names), list("2,2-3,6-"));
        assert_eq!(resolve("last,1", &[]), list("last,1"));
    }

    #[test]
    fn what_is_no_column_is_told_with_those_there_are() {
        let error = resolve("uri", &["ip", "a\nb"]).unwrap_err();
        assert!(error.contains("no column 'uri'"), "{error}");
        assert!(error.ends_with("(the columns are: ip, a\\nb)"), "{error}");
        let many: Vec<String> = (0..99).map(|number| format!("c{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(resolve("x", &many).unwrap_err().ends_with("c39, ...)"));
        assert!(resolve("0", &["ip"]).unwrap_err().contains("numbered from 1"));
        let error = resolve("a", &["a", "b", "a"]).unwrap_err();
        assert_eq!(error, "columns 1 and 3 are both named 'a': give a number");
        assert!(resolve("a", &[]).unwrap_err().contains("'a' is neither"));
    }

    #[test]
    fn only_names_stay_when_columns_move() {
        let names = ["a", "b"].map(str::to_owned);
        let is_by_name = |text: &str, is_complement| {
            let Ok(selection) = text.parse::<FieldSelection>();
            selection.with_complement(is_complement).is_by_name(&names)
        };
        assert!(is_by_name("b,a", false));
        assert!(!is_by_name("b,1", false));
        assert!(!is_by_name("b", true));
    }
}
