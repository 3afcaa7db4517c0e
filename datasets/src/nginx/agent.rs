//! User agents: texts of a hundred bytes with many places that vary.

use super::agent_tables::{APPS, BOTS, BROWSERS, SLOT_COUNT, SLOTS, TOOLS};
use crate::random::Random;

/// The kind of program that a client is; it decides what is asked for, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Browser,
    App,
    Bot,
    Tool,
}

/// Appends the user agent of a client, from the client's own stream.
#[inline]
pub(super) fn write(class: Class, own: &mut Random, out: &mut Vec<u8>) {
    let agents = match class {
        Class::Browser => &BROWSERS,
        Class::App => &APPS,
        Class::Bot => &BOTS,
        Class::Tool => &TOOLS,
    };
    fill(agents.pick(own), own, out);
}

/// Appends a template, with each `{name}` filled in.
///
/// A name is drawn once an agent: said twice it is the same number, as versions are.
fn fill(template: &'static str, own: &mut Random, out: &mut Vec<u8>) {
    let mut drawn = [None; SLOT_COUNT];
    let mut rest = template;
    while let Some((text, tail)) = rest.split_once('{') {
        let (name, tail) = tail.split_once('}').expect("agents close what they open; see the test");
        let index = slot_index(name);
        let slot = &SLOTS[index].1;
        out.extend_from_slice(text.as_bytes());
        slot.write(*drawn[index].get_or_insert_with(|| slot.draw(own)), out);
        rest = tail;
    }
    out.extend_from_slice(rest.as_bytes());
}

/// Finds a slot by name.
#[inline]
fn slot_index(name: &str) -> usize {
    let found = SLOTS.iter().position(|(slot_name, _)| *slot_name == name);
    found.expect("agents name only slots that exist; a test fills them all")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choice;

    #[test]
    fn every_agent_fills_to_plain_text() {
        let agents = [&BROWSERS, &APPS, &BOTS, &TOOLS].into_iter().flat_map(Choice::items);
        let mut count = 0;
        for agent in agents {
            let mut out = Vec::new();
            fill(agent, &mut Random::new(1), &mut out);
            assert!(!out.is_empty(), "{agent}");
            assert!(out.iter().all(|&byte| matches!(byte, b' '..=b'~')), "{agent}");
            assert!(!out.iter().any(|byte| b"{}|\"\\".contains(byte)), "{agent}");
            assert_eq!(agent.matches('{').count(), agent.matches('}').count(), "{agent}");
            count += 1;
        }
        assert!(count >= 60, "{count} agents are too few");
    }

    #[test]
    fn a_name_said_twice_is_the_same_number() {
        let mut out = Vec::new();
        fill("{serial}/{serial}", &mut Random::new(1), &mut out);
        let text = String::from_utf8(out).expect("agents are ASCII");
        let (first, second) = text.split_once('/').expect("the slash stays");
        assert_eq!(first, second);
    }
}
