//! Formats of times in Go's notation, which is a certain moment as it would be written.

/// Go's parts and strftime's, the longest first where one begins with another.
const PARTS: [(&str, &str); 30] = [
    ("January", "%B"),
    ("Jan", "%b"),
    ("Monday", "%A"),
    ("Mon", "%a"),
    ("2006", "%Y"),
    ("-07:00", "%:z"),
    ("-0700", "%z"),
    ("Z07:00", "%:z"),
    ("Z0700", "%z"),
    (".000000000", "%.9f"),
    (".999999999", "%.f"),
    (".000000", "%.6f"),
    (".999999", "%.f"),
    (".000", "%.3f"),
    (".999", "%.f"),
    (",000000000", ",%9f"),
    (",000000", ",%6f"),
    (",000", ",%3f"),
    ("01", "%m"),
    ("02", "%d"),
    ("_2", "%e"),
    ("15", "%H"),
    ("03", "%I"),
    ("04", "%M"),
    ("05", "%S"),
    ("06", "%y"),
    ("PM", "%p"),
    ("pm", "%P"),
    ("002", "%j"),
    ("%", "%%"),
];

/// Translates the name of a format, or a format in Go's notation; none where it has parts that
/// strftime has not.
pub(super) fn translate(format: &str) -> Option<String> {
    let named = match format {
        "RFC3339" | "RFC3339Nano" => "rfc3339",
        "Unix" => "unix",
        "UnixMs" => "unix_ms",
        "UnixUs" => "unix_us",
        "UnixNs" => "unix_ns",
        "02/Jan/2006:15:04:05 -0700" => "clf",
        "ANSIC" => "%a %b %e %H:%M:%S %Y",
        "RFC822Z" => "%d %b %y %H:%M %z",
        "RFC1123Z" => "%a, %d %b %Y %H:%M:%S %z",
        "RubyDate" => "%a %b %d %H:%M:%S %z %Y",
        _ => return translate_layout(format),
    };
    Some(named.to_owned())
}

fn translate_layout(layout: &str) -> Option<String> {
    let mut format = String::new();
    let mut rest = layout;
    while let Some(letter) = rest.chars().next() {
        if let Some((go, own)) = PARTS.iter().find(|(go, _)| rest.starts_with(go)) {
            format.push_str(own);
            rest = &rest[go.len()..];
        } else if letter.is_ascii_alphanumeric() && letter != 'T' {
            // A part that only Go has, such as the name of a zone.
            return None;
        } else {
            format.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    Some(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_become_formats() {
        for (layout, expected) in [
            ("RFC3339Nano", Some("rfc3339")),
            ("02/Jan/2006:15:04:05 -0700", Some("clf")),
            ("2006-01-02 15:04:05.000", Some("%Y-%m-%d %H:%M:%S%.3f")),
            ("2006-01-02T15:04:05Z07:00", Some("%Y-%m-%dT%H:%M:%S%:z")),
            ("Jan _2 15:04:05", Some("%b %e %H:%M:%S")),
            ("2006/01/02 03:04 PM", Some("%Y/%m/%d %I:%M %p")),
            ("Mon, 02 Jan 2006 15:04:05 MST", None),
            ("RFC850", None),
        ] {
            assert_eq!(translate(layout).as_deref(), expected, "{layout}");
        }
    }
}
