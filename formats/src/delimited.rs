//! Plain tables: a delimiter, and the names of the columns.

use delimark::QuoteEscape;

use crate::assembly::{Given, assemble};
use crate::column::ValueType;
use crate::encoding::Encoding;
use crate::error::FormatError;
use crate::format::LogFormat;
use crate::template::{Template, Variable};
use crate::value::Holds;

impl LogFormat {
    /// Names the columns of lines that have a field for each: a header line, split, gives the
    /// names. With `quotes`, fields can stand in `"`, and are then read without.
    ///
    /// A line with another number of fields is a mismatch. A name that comes a second time has `_2`
    /// behind it.
    ///
    /// # Errors
    ///
    /// There is no name, or the delimiter is a byte that ends lines or quotes.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    ///
    /// let format = LogFormat::delimited(b'|', ["ip", "uri"], None)?;
    /// assert_eq!(format.find("uri"), Some(1));
    /// assert!(LogFormat::delimited(b'\n', ["ip", "uri"], None).is_err());
    /// # Ok::<(), delimark_formats::FormatError>(())
    /// ```
    pub fn delimited<'a>(
        delimiter: u8,
        names: impl IntoIterator<Item = &'a str>,
        quotes: Option<QuoteEscape>,
    ) -> Result<Self, FormatError> {
        let fields = names
            .into_iter()
            .map(|name| (name, (ValueType::Text, Holds::Field), Encoding::Verbatim));
        let template = template(delimiter, fields, quotes.unwrap_or_default());
        let given =
            Given { delimiter: Some(delimiter), has_quotes: quotes.is_some(), ..Given::default() };
        assemble(template, given)
    }
}

/// Makes a template of fields, one a column.
pub(crate) fn template<'a>(
    delimiter: u8,
    fields: impl IntoIterator<Item = (&'a str, (ValueType, Holds), Encoding)>,
    quote_escape: QuoteEscape,
) -> Template {
    let fields: Vec<_> = fields.into_iter().collect();
    let names: Vec<&str> = fields.iter().map(|(name, _, _)| *name).collect();
    let mut template = Template::new(&names.join(" "), quote_escape);
    let mut place = 0;
    for (name, kind, encoding) in fields {
        if place > 0 {
            template.push_byte(delimiter, place - 1);
        }
        template.push_variable(Variable::new(name, name, kind, encoding), place);
        place += name.len() + 1;
    }
    template
}
