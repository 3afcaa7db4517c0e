//! Assembly: a format string becomes pieces between delimiters, or an error where a line could be
//! read in two ways.

use delimark::Dialect;

use crate::column::Column;
use crate::delimiter;
use crate::error::FormatError;
use crate::fixed::{FixedLayout, FixedPiece};
use crate::format::{LogFormat, Options};
use crate::piece::{Body, Cut, Neighbours, Piece, Share, Take};
use crate::template::{Template, TokenKind, Variable};
use crate::value::{DelimiterCount, Holds};

/// The byte that quotes values in every format.
const QUOTE: u8 = b'"';

/// The choices that a format string does not make.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given {
    pub(crate) delimiter: Option<u8>,
    /// Fields can stand in quotes, whether the format string has some or not.
    pub(crate) has_quotes: bool,
    pub(crate) options: Options,
}

/// Makes a format of a template.
pub(crate) fn assemble(mut template: Template, given: Given) -> Result<LogFormat, FormatError> {
    trim_line_ending(&mut template);
    let is_quote = |kind: &TokenKind| matches!(kind, TokenKind::Byte(QUOTE));
    let has_quotes = given.has_quotes || template.tokens.iter().any(|token| is_quote(&token.kind));
    check(&template)?;
    let delimiter = given.delimiter.unwrap_or_else(|| delimiter::choose(&template, QUOTE));
    let drafts = cut_at_delimiters(&template, delimiter);

    let mut columns: Vec<Column> = Vec::new();
    let mut pieces = Vec::new();
    for draft in &drafts {
        let first = columns.len();
        for (variable, _) in &draft.variables {
            columns.push(column(variable, &columns));
        }
        pieces.push(draft.piece(&template, first, delimiter)?);
    }
    mark_fences(&drafts, &mut pieces);
    settle_free(&template, &drafts, &mut pieces, delimiter)?;
    mark_open_neighbours(&template, &drafts, &mut pieces)?;

    let dialect = Dialect::new(delimiter)
        .and_then(|dialect| match has_quotes {
            true => dialect.with_quote(QUOTE, template.quote_escape),
            false => Ok(dialect),
        })
        .map_err(|error| template.error(0, error.to_string()))?;
    let options = given.options;
    let is_alike = !options.has_blank_runs && !options.has_syslog_header;
    let fixed = is_alike.then(|| fixed_layout(&pieces, has_quotes)).flatten();
    Ok(LogFormat { dialect, columns, pieces, options, fixed })
}

/// Takes newlines off the end, which end the record.
fn trim_line_ending(template: &mut Template) {
    while let Some(token) = template.tokens.last()
        && matches!(token.kind, TokenKind::Byte(b'\n' | b'\r'))
    {
        template.tokens.pop();
    }
}

/// Finds what no delimiter mends.
fn check(template: &Template) -> Result<(), FormatError> {
    let mut open_quote = None;
    let mut has_variable = false;
    for token in &template.tokens {
        match token.kind {
            TokenKind::Byte(b'\n' | b'\r') => {
                let reason = "a line break ends the record; take it out of the format, since \
                              records of several lines cannot be read";
                return Err(template.error(token.place, reason));
            }
            TokenKind::Byte(QUOTE) => {
                open_quote = if open_quote.is_none() { Some(token.place) } else { None };
            }
            TokenKind::Byte(_) => {}
            TokenKind::Variable(_) => has_variable = true,
        }
    }
    if let Some(place) = open_quote {
        return Err(template.error(place, "this quote has no second one; close it"));
    }
    if !has_variable {
        return Err(template.error(0, "there is no variable in it, so no line has a column"));
    }
    Ok(())
}

/// Makes a variable's column, with a name that no other has.
fn column(variable: &Variable, others: &[Column]) -> Column {
    let is_free = |name: &str| others.iter().all(|other| other.name() != name);
    let mut name = variable.name.clone();
    let mut number = 2;
    while !is_free(&name) {
        name = format!("{}_{number}", variable.name);
        number += 1;
    }
    let is_list = variable.holds == Holds::List;
    Column::new(name, variable.value_type, variable.encoding, is_list)
}

/// A piece before it is known how it is split: literals, with a variable between each two.
#[derive(Debug, Default)]
struct Draft<'a> {
    /// One more than there are variables.
    literals: Vec<Vec<u8>>,
    variables: Vec<(&'a Variable, InSource)>,
}

/// The place of a variable in the format string.
#[derive(Clone, Copy, Debug)]
struct InSource {
    place: usize,
    is_quoted: bool,
}

fn cut_at_delimiters(template: &Template, delimiter: u8) -> Vec<Draft<'_>> {
    let empty = || Draft { literals: vec![Vec::new()], variables: Vec::new() };
    let mut drafts = vec![empty()];
    let mut is_quoted = false;
    for token in &template.tokens {
        let last = drafts.len() - 1;
        let draft = &mut drafts[last];
        match &token.kind {
            TokenKind::Variable(variable) => {
                draft.variables.push((variable, InSource { place: token.place, is_quoted }));
                draft.literals.push(Vec::new());
            }
            TokenKind::Byte(byte) if *byte == delimiter && !is_quoted => drafts.push(empty()),
            TokenKind::Byte(byte) => {
                is_quoted ^= *byte == QUOTE;
                let last = draft.literals.len() - 1;
                draft.literals[last].push(*byte);
            }
        }
    }
    drafts
}

impl Draft<'_> {
    fn piece(
        &self,
        template: &Template,
        first_column: usize,
        delimiter: u8,
    ) -> Result<Piece, FormatError> {
        let count = self.variables.len();
        let body = match count {
            0 => Body::Nothing,
            1 => Body::One(first_column),
            _ => Body::Several(self.cuts(template, first_column)?),
        };
        let suffix = if count == 0 { &[][..] } else { &self.literals[count] };
        Ok(Piece {
            take: self.take(delimiter),
            is_fence: false,
            columns: first_column..first_column + count,
            prefix: self.literals[0].as_slice().into(),
            suffix: suffix.into(),
            body,
        })
    }

    /// Returns the counts of delimiters in the variables that are not quoted.
    fn counts(&self, delimiter: u8) -> impl Iterator<Item = DelimiterCount> {
        let open = self.variables.iter().filter(|(_, source)| !source.is_quoted);
        open.map(move |(variable, _)| variable.holds.count(delimiter, variable.encoding))
    }

    fn take(&self, delimiter: u8) -> Take {
        let mut fewest = 1;
        let mut is_free = false;
        for count in self.counts(delimiter) {
            let is_alone = self.variables.len() == 1;
            let is_bare = is_alone && self.literals.iter().all(Vec::is_empty);
            match count {
                DelimiterCount::Exactly(count) => fewest += count,
                // The last item would seem to go on.
                DelimiterCount::OfList if is_alone && !self.literals[1].ends_with(b",") => {
                    return Take::List(Neighbours::default());
                }
                DelimiterCount::OfBraces if is_bare => return Take::Braces,
                _ => is_free = true,
            }
        }
        if is_free { Take::Free { fewest, share: Share::All } } else { Take::Fixed(fewest) }
    }

    /// Finds the way in which several variables are told apart: from the left while the value there
    /// cannot have the literal in it, then from the right.
    fn cuts(&self, template: &Template, first_column: usize) -> Result<Box<[Cut]>, FormatError> {
        let variables = &self.variables;
        let between = |index: usize| self.literals[index + 1].as_slice();
        for index in 0..variables.len() - 1 {
            if between(index).is_empty() {
                let ((before, _), (after, source)) = (&variables[index], &variables[index + 1]);
                let reason = format!(
                    "nothing stands between {} and {}; put a delimiter between them",
                    before.written, after.written
                );
                return Err(template.error(source.place, reason));
            }
        }
        let (mut left, mut right) = (0, variables.len() - 1);
        let mut cuts = Vec::new();
        while left < right && !variables[left].0.can_have(between(left)) {
            let literal = between(left).into();
            cuts.push(Cut::Left { column: first_column + left, literal });
            left += 1;
        }
        while left < right && !variables[right].0.can_have(between(right - 1)) {
            let literal = between(right - 1).into();
            cuts.push(Cut::Right { column: first_column + right, literal });
            right -= 1;
        }
        if left < right {
            let ((before, source), (after, _)) = (&variables[left], &variables[left + 1]);
            let reason = format!(
                "the values of {} and of {} can both have the '{}' between them; put another \
                 delimiter there, or quotes around each",
                before.written,
                after.written,
                between(left).escape_ascii()
            );
            return Err(template.error(source.place + before.written.len(), reason));
        }
        cuts.push(Cut::Rest { column: first_column + left });
        Ok(cuts.into())
    }
}

/// Marks the pieces that begin with a quote, if no value outside of quotes has one.
fn mark_fences(drafts: &[Draft<'_>], pieces: &mut [Piece]) {
    let mut open = drafts.iter().flat_map(|draft| &draft.variables);
    if open.all(|(variable, source)| source.is_quoted || variable.excludes_quotes()) {
        for piece in pieces {
            piece.is_fence = piece.prefix.first() == Some(&QUOTE);
        }
    }
}

/// Finds out which pieces take what is too much, and rejects those of which two would mostly.
fn settle_free(
    template: &Template,
    drafts: &[Draft<'_>],
    pieces: &mut [Piece],
    delimiter: u8,
) -> Result<(), FormatError> {
    let mut start = 0;
    while start < pieces.len() {
        let behind = pieces[start + 1..].iter().position(|piece| piece.is_fence);
        let end = behind.map_or(pieces.len(), |length| start + 1 + length);
        let is_free = |index: &usize| matches!(pieces[*index].take, Take::Free { .. });
        let free: Vec<usize> = (start..end).filter(is_free).collect();
        let mostly = |index: &&usize| {
            drafts[**index].counts(delimiter).any(|count| count == DelimiterCount::Mostly)
        };
        if free.len() > 1
            && let Some(&culprit) = free.iter().find(mostly)
        {
            return Err(two_free(template, drafts, &free, culprit, delimiter));
        }
        for (position, index) in free.iter().enumerate() {
            if let Take::Free { share, .. } = &mut pieces[*index].take {
                *share = match (&free[..], position) {
                    ([_], _) => Share::All,
                    ([_, second], 0) => Share::With(*second),
                    ([_, _], _) => Share::Rest,
                    _ => Share::None,
                };
            }
        }
        start = end;
    }
    Ok(())
}

/// Marks the lists that have an open value next to them, without a literal in between, and rejects
/// captured headers that have one.
fn mark_open_neighbours(
    template: &Template,
    drafts: &[Draft<'_>],
    pieces: &mut [Piece],
) -> Result<(), FormatError> {
    let is_open = |piece: &Piece, literal: &[u8]| {
        matches!(piece.take, Take::Free { .. }) && literal.is_empty()
    };
    for index in 0..pieces.len() {
        let before = index.checked_sub(1).filter(|i| is_open(&pieces[*i], &pieces[*i].suffix));
        let behind = index + 1;
        let behind = (behind < pieces.len() && is_open(&pieces[behind], &pieces[behind].prefix))
            .then_some(behind);
        match (pieces[index].take, before.or(behind)) {
            (Take::List(_), _) => {
                pieces[index].take = Take::List(Neighbours {
                    is_open_before: before.is_some(),
                    is_open_behind: behind.is_some(),
                });
            }
            (Take::Braces, Some(other)) => {
                let (open, _) = &drafts[other].variables[0];
                let (braces, source) = &drafts[index].variables[0];
                let reason = format!(
                    "{} may not be there, and {} beside it can have blanks and braces as it has; \
                     put quotes around {}",
                    braces.written, open.written, open.written
                );
                return Err(template.error(source.place, reason));
            }
            _ => {}
        }
    }
    Ok(())
}

fn two_free(
    template: &Template,
    drafts: &[Draft<'_>],
    free: &[usize],
    culprit: usize,
    delimiter: u8,
) -> FormatError {
    let (variable, source) = &drafts[culprit].variables[0];
    let others = free.iter().filter(|index| **index != culprit);
    let others: Vec<&str> = others.map(|index| &*drafts[*index].variables[0].0.written).collect();
    let delimiter = match delimiter {
        b' ' => "blanks".to_owned(),
        byte => format!("'{}'", byte.escape_ascii()),
    };
    let reason = format!(
        "{} mostly has {delimiter} in it, which cannot be told from those between fields while \
         {} can have them, too; put quotes around it, or another delimiter between all fields",
        variable.written,
        others.join(" and "),
    );
    template.error(source.place, reason)
}

/// Returns the places of columns in usual records, if each is a run of whole fields.
fn fixed_layout(pieces: &[Piece], has_quotes: bool) -> Option<FixedLayout> {
    let mut fixed = Vec::new();
    let mut next = 0;
    for piece in pieces {
        let count = piece.take.fewest();
        let (first, last) = (next, (next + count).checked_sub(1)?);
        next += count;
        let begins = piece.prefix.first() == Some(&QUOTE);
        let ends = piece.suffix.last().or(piece.prefix.last()) == Some(&QUOTE);
        let has_column = match piece.body {
            Body::Nothing => false,
            Body::One(_) => true,
            Body::Several(_) => return None,
        };
        // The parser takes the quotes off a field that has both.
        let is_quoted = has_quotes && begins && ends && count == 1;
        if count == 0 || (has_quotes && (begins || ends) && !is_quoted) {
            return None;
        }
        let (mut prefix, mut suffix) = (&*piece.prefix, &*piece.suffix);
        if is_quoted {
            prefix = &prefix[1..];
            let rest = if has_column { &mut suffix } else { &mut prefix };
            *rest = rest.split_last()?.1;
        }
        let quote = is_quoted.then_some(QUOTE);
        let (prefix, suffix) = (prefix.into(), suffix.into());
        let is_list = matches!(piece.take, Take::List(_));
        fixed.push(FixedPiece { first, last, quote, prefix, suffix, has_column, is_list });
    }
    Some(FixedLayout::new(u32::try_from(next).ok()?, fixed))
}
