//! What only a shell understands, in commands that none reads.

use std::ffi::OsStr;

/// The operators that stand as words of their own where somebody has a shell in mind.
const OPERATORS: [&str; 10] = ["|", "||", "&", "&&", ";", "<", ">", ">>", "2>", "2>&1"];

/// Returns what to do about a command that failed, if it has something in it that is a shell's;
/// else nothing.
pub(in crate::engine) fn hint<'w>(words: impl IntoIterator<Item = &'w OsStr>) -> &'static str {
    let mut words = words.into_iter().filter_map(OsStr::to_str);
    let program = words.next().unwrap_or_default();
    let is_shells = program.contains('=')
        || program == "cd"
        || is_expanded(program)
        || words.any(|word| OPERATORS.contains(&word) || is_expanded(word));
    if is_shells { "; no shell reads the command, but one can be in it: sh -c '...'" } else { "" }
}

/// Tells whether a shell would put something else in the place of this word.
fn is_expanded(word: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '_' | '{' | '(');
    word.starts_with("~/") || word.strip_prefix('$').is_some_and(|name| name.starts_with(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_shell_s_is_told() {
        let hint = |command: &str| hint(command.split(' ').map(OsStr::new));
        for command in ["cut -f1 log | wc", "A=1 cut", "cd x", "~/cut", "cut $LOG", "cut > x"] {
            assert!(hint(command).contains("sh -c"), "{command}");
        }
        for command in ["cut -d| -f1 log", "awk {print$1} x=1", "./cut a~b $1"] {
            assert_eq!(hint(command), "", "{command}");
        }
    }
}
