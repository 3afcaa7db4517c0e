//! Answers of a Loki server, and what they mean for the push.

use std::time::Duration;

/// The answer to a push.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The first bytes of the body, without line feeds at its end.
    pub(super) text: String,
    /// The delay that the server asks for.
    pub(super) retry_after: Option<Duration>,
}

/// What becomes of a push.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// It is stored.
    Accepted,
    /// Something in it is wrong. What is right may be stored already; to send it again changes
    /// nothing, since Loki drops what it has.
    Refused,
    /// It is too large, and stored not at all.
    TooLarge,
    /// The server takes no more at the moment. Some may be stored already.
    Busy,
    /// The server failed, for now or because of this push.
    Failed,
    /// The server is not there, or in trouble: the push has nothing to do with it.
    Unavailable,
    /// The server takes nothing from this client, until somebody changes that.
    Misconfigured,
}

impl Answer {
    /// Returns what becomes of the push.
    pub(super) fn verdict(&self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Accepted,
            400 | 422 => Verdict::Refused,
            413 => Verdict::TooLarge,
            429 if self.is_over_burst() => Verdict::TooLarge,
            429 => Verdict::Busy,
            500 if self.has_one_of(&["ResourceExhausted", "received message larger"]) => {
                Verdict::TooLarge
            }
            // A name of structured metadata that Loki cannot make one of its own of.
            500 if self.has_one_of(&["label name is empty", "normalization for label name"]) => {
                Verdict::Refused
            }
            500 => Verdict::Failed,
            408 | 425 | 501..=599 => Verdict::Unavailable,
            _ => Verdict::Misconfigured,
        }
    }

    /// Returns Loki's words, with the status in front.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.status, self.text)
    }

    /// Returns true if Loki says that it refused all entries of the one stream that a push of so
    /// many entries had.
    pub(super) fn rejects_all_of(&self, entry_count: usize) -> bool {
        let text = self.text.split_once("total ignored: ").map(|(_, text)| text);
        let counts = text.and_then(|text| text.split_once(" for stream"));
        let counts = counts.and_then(|(counts, _)| counts.split_once(" out of "));
        let is_all = |number: &str| number.parse() == Ok(entry_count);
        self.text.matches("total ignored: ").count() == 1
            && counts.is_some_and(|(ignored, all)| is_all(ignored) && is_all(all))
    }

    /// Returns true if the push alone has more bytes than the server takes in a second, so that it
    /// may never pass.
    fn is_over_burst(&self) -> bool {
        let number = |before: &str| {
            let (_, text) = self.text.split_once(before)?;
            let end = text.find(|letter: char| !letter.is_ascii_digit())?;
            text[..end].parse::<u64>().ok()
        };
        match (number("(limit: "), number("totaling '")) {
            (Some(limit), Some(bytes)) => bytes > limit,
            _ => false,
        }
    }

    fn has_one_of(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.text.contains(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, text: &str) -> Answer {
        Answer { status, text: text.to_owned(), retry_after: None }
    }

    #[test]
    fn statuses_and_words_say_what_becomes_of_a_push() {
        let over_burst = "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) \
                          while attempting to ingest '7' lines totaling '7000000' bytes, reduce";
        let over_rate = over_burst.replace("7000000", "1000000");
        let bad_name = "normalization for label name \"_\" resulted in invalid name \"_\"";
        for (status, text, expected) in [
            (204, "", Verdict::Accepted),
            (400, "entry for stream '{a=\"b\"}' has timestamp too old", Verdict::Refused),
            (413, "request body too large: 104857601 bytes", Verdict::TooLarge),
            (422, "at least one valid stream is required", Verdict::Refused),
            (429, over_burst, Verdict::TooLarge),
            (429, &over_rate, Verdict::Busy),
            (429, "maximum active stream limit exceeded when trying to create", Verdict::Busy),
            (500, "rpc error: code = ResourceExhausted desc = grpc", Verdict::TooLarge),
            (500, "label name is empty", Verdict::Refused),
            (500, bad_name, Verdict::Refused),
            (500, "empty ring", Verdict::Failed),
            (502, "", Verdict::Unavailable),
            (503, "Ingester not ready", Verdict::Unavailable),
            (504, "", Verdict::Unavailable),
            (301, "", Verdict::Misconfigured),
            (401, "no org id", Verdict::Misconfigured),
            (403, "", Verdict::Misconfigured),
            (404, "404 page not found", Verdict::Misconfigured),
            (405, "", Verdict::Misconfigured),
        ] {
            assert_eq!(answer(status, text).verdict(), expected, "{status} {text}");
        }
    }

    #[test]
    fn counts_of_one_stream_are_read() {
        let text = "entry with timestamp 2026-08-22 ignored, reason: 'entry too far behind',\n\
                    user 'fake', total ignored: 3 out of 3 for stream: {a=\"b\"}";
        assert!(answer(400, text).rejects_all_of(3));
        assert!(!answer(400, text).rejects_all_of(4));
        assert!(!answer(400, &text.replace("3 out", "2 out")).rejects_all_of(3));
        assert!(!answer(400, &[text, text].join("\n")).rejects_all_of(3));
        assert!(!answer(400, "line too long").rejects_all_of(1));
    }
}
