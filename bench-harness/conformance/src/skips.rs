//! Failures that are known and excused. A case that is excused runs all the same, so that the
//! excuse is seen to be out of date.

use anyhow::{Context, Result, ensure};
use regex::Regex;

/// The failures that do not count.
#[derive(Clone, Debug, Default)]
pub struct Skips {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    engine: Regex,
    case: Regex,
    reason: String,
    /// As it is written, for a person to find.
    line: String,
}

impl Skips {
    /// Reads lines of an engine, a case and the reason, apart by white space. In the first two `*`
    /// stands for any letters. Lines that are empty or begin with `#` are left out.
    ///
    /// # Errors
    ///
    /// A line has no reason.
    pub fn parse(text: &str) -> Result<Self> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let rules =
            lines.map(|(number, line)| rule(line).with_context(|| format!("line {number}")));
        Ok(Self { rules: rules.collect::<Result<_>>()? })
    }

    /// Returns the reason for which a failure of this engine on this case does not count.
    #[must_use]
    pub fn reason(&self, engine: &str, case: &str) -> Option<&str> {
        let fits = |rule: &&Rule| rule.engine.is_match(engine) && rule.case.is_match(case);
        self.rules.iter().find(fits).map(|rule| rule.reason.as_str())
    }

    /// Returns the rules that fit no case of any of these engines, as they are written.
    #[must_use]
    pub fn unused(&self, engines: &[&str], cases: &[&str]) -> Vec<&str> {
        let is_used = |rule: &Rule| {
            engines.iter().any(|engine| rule.engine.is_match(engine))
                && cases.iter().any(|case| rule.case.is_match(case))
        };
        self.rules.iter().filter(|rule| !is_used(rule)).map(|rule| rule.line.as_str()).collect()
    }
}

fn rule(line: &str) -> Result<Rule> {
    let (engine, rest) = word(line);
    let (case, reason) = word(rest);
    ensure!(!reason.is_empty(), "it is no engine, case and reason: '{line}'");
    let (reason, line) = (reason.to_owned(), line.to_owned());
    Ok(Rule { engine: glob(engine)?, case: glob(case)?, reason, line })
}

/// Splits the first word off.
fn word(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (word, rest.trim_start())
}

fn glob(pattern: &str) -> Result<Regex> {
    Ok(Regex::new(&format!("^{}$", regex::escape(pattern).replace(r"\*", ".*")))?)
}

#[cfg(test)]
mod tests {
    use super::Skips;

    #[test]
    fn a_rule_is_for_the_engines_and_cases_that_fit() {
        let text = "# known\n\n  py*   y_nul_*\tNUL ends  a line\n* n_x  all do\n";
        let skips = Skips::parse(text).unwrap();
        assert_eq!(skips.reason("python", "y_nul_2"), Some("NUL ends  a line"));
        assert_eq!(skips.reason("python", "y_null"), None);
        assert_eq!(skips.reason("go", "y_nul_2"), None);
        assert_eq!(skips.reason("scalar@node", "n_x"), Some("all do"));
    }

    #[test]
    fn a_rule_that_fits_nothing_is_told() {
        let skips = Skips::parse("py* y_1 one\npy* y_3 two\ngo y_1 three\n* y_2 four\n").unwrap();
        let unused = skips.unused(&["python"], &["y_1", "y_2"]);
        assert_eq!(unused, ["py* y_3 two", "go y_1 three"]);
    }

    #[test]
    fn a_rule_has_a_reason() {
        let error = Skips::parse("a b reason\na b\n").unwrap_err();
        assert!(format!("{error:#}").starts_with("line 2: "), "{error:#}");
    }
}
