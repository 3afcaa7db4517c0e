//! Arguments as they were meant, before clap reads them.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use clap::{Arg, Command};

/// Doubles the equals sign that is all of a value right behind its option, as in `-d=`: clap takes
/// the first one for a mark between the two.
pub(crate) fn keep_equals_signs(
    command: &Command,
    arguments: impl IntoIterator<Item = OsString>,
) -> Vec<OsString> {
    let mut arguments = arguments.into_iter();
    let mut kept: Vec<OsString> = arguments.by_ref().take(2).collect();
    let verb = kept.get(1).and_then(|name| command.find_subcommand(name));
    let Some(verb) = verb else {
        kept.extend(arguments);
        return kept;
    };
    let mut is_value = false;
    let mut are_options_over = false;
    for mut argument in arguments {
        if !is_value && !are_options_over {
            let bytes = argument.as_bytes();
            are_options_over = bytes == b"--";
            match option_with_value(verb, bytes) {
                Some(b"=") => {
                    let doubled = [bytes, b"="].concat();
                    argument = OsString::from_vec(doubled);
                }
                value => is_value = value == Some(b""),
            }
        } else {
            is_value = false;
        }
        kept.push(argument);
    }
    kept
}

/// Returns the value that is written behind an option that takes one, which is empty where it is
/// the argument after it.
fn option_with_value<'a>(verb: &Command, argument: &'a [u8]) -> Option<&'a [u8]> {
    let takes_value = |option: &&Arg| option.get_action().takes_values();
    let mut options = verb.get_arguments().filter(takes_value);
    if let Some(long) = argument.strip_prefix(b"--") {
        let is_named = |option: &Arg| {
            option.get_long().is_some_and(|name| OsStr::from_bytes(long) == OsStr::new(name))
        };
        return options.any(is_named).then_some(b"");
    }
    let letters = argument.strip_prefix(b"-")?;
    let shorts: Vec<u8> =
        options.filter_map(|option| option.get_short()?.try_into().ok()).collect();
    let index = letters.iter().position(|letter| shorts.contains(letter))?;
    Some(&letters[index + 1..])
}

#[cfg(test)]
mod tests {
    use clap::ArgAction;

    use super::*;

    fn check(arguments: &str, expected: &str) {
        let verb = Command::new("verb")
            .arg(Arg::new("delimiter").short('d').long("delimiter"))
            .arg(Arg::new("only").short('s').long("only").action(ArgAction::SetTrue));
        let command = Command::new("program").subcommand(verb);
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(keep_equals_signs(&command, words(arguments)), words(expected), "{arguments}");
    }

    #[test]
    fn equals_signs_alone_are_kept() {
        check("program verb -d= -s x", "program verb -d== -s x");
        check("program verb -sd= x", "program verb -sd== x");
        check("program verb -d = x", "program verb -d = x");
        check("program verb -d=, -d,", "program verb -d=, -d,");
        check(
            "program verb --delimiter== --delimiter =",
            "program verb --delimiter== --delimiter =",
        );
    }

    #[test]
    fn values_and_operands_are_left_alone() {
        check("program verb -d -d= -d=", "program verb -d -d= -d==");
        check("program verb --delimiter -d= -d=", "program verb --delimiter -d= -d==");
        check("program verb -- -d=", "program verb -- -d=");
        check("program verb -s= -x=", "program verb -s= -x=");
        check("program other -d=", "program other -d=");
        check("program", "program");
    }
}
