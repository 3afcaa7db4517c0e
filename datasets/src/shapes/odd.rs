//! Values that make servers escape: a few in a thousand.

use crate::random::Random;

/// Texts that clients put behind their URIs: quotes as they come, other scripts that nobody
/// encoded, backslashes.
static URI_ENDS: [&[u8]; 8] = [
    b"?q=\"amber+lamp\"",
    b"?title=5\"+pipe",
    "/caf\u{e9}".as_bytes(),
    "?city=M\u{fc}nchen".as_bytes(),
    "?q=\u{6771}\u{4eac}".as_bytes(),
    b"?path=..\\..\\windows\\win.ini",
    b"\"",
    b"?name=O\"Neill\"s",
];

/// Agents of programs that quote their own name, and of those who try what a log reader does.
static AGENTS: [&[u8]; 6] = [
    b"\"Mozilla/5.0 (Windows NT 10.0; Win64; x64)\"",
    b"Mozilla/5.0 (Linux; Android 14; \"Pixel 8\") AppleWebKit/537.36",
    b"() { :;}; echo \"x\"; /bin/true",
    b"ExampleReader/2.1 \"nightly\" (+https://www.example.com/about)",
    "Mozilla/5.0 (compatible; B\u{fc}cherBot/1.0)".as_bytes(),
    b"\\\"-\\\"",
];

/// Appends such an end to a URI twice in a thousand.
pub(super) fn change_uri(additions: &mut Random, uri: &mut Vec<u8>) {
    if additions.below(1000) < 2 {
        uri.extend_from_slice(additions.pick(&URI_ENDS));
    }
}

/// Puts such an agent in the place of one, twice in a thousand.
pub(super) fn change_agent(additions: &mut Random, agent: &mut Vec<u8>) {
    if additions.below(1000) < 2 {
        agent.clear();
        agent.extend_from_slice(additions.pick(&AGENTS));
    }
}

/// Appends the first bytes of a TLS connection, up to what a server without TLS takes for the end
/// of a line.
pub(super) fn write_greeting(additions: &mut Random, value: &mut Vec<u8>) {
    let start = value.len();
    value.extend_from_slice(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    for _ in 0..8 {
        value.extend_from_slice(&additions.next_u64().to_le_bytes());
    }
    let end = value[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    value.truncate(end.map_or(value.len(), |end| start + end));
}
