//! Callgrind's output, as far as it is read here: the names of its events, and their sums.

/// The events of a profile with their sums.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Profile {
    sums: Vec<(String, u64)>,
}

impl Profile {
    /// Reads a profile.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let events = field(text, "events:").ok_or("callgrind's profile names no events")?;
        let totals = field(text, "totals:").ok_or("callgrind's profile has no totals")?;
        let numbers: Result<Vec<u64>, _> = totals.split_whitespace().map(str::parse).collect();
        let numbers =
            numbers.map_err(|error| format!("callgrind's totals '{totals}' are none: {error}"))?;
        // The format leaves out zeros at the end.
        let numbers = numbers.into_iter().chain(std::iter::repeat(0));
        let sums = events.split_whitespace().map(str::to_owned).zip(numbers);
        Ok(Self { sums: sums.collect() })
    }

    /// Adds up some events; nothing where the profile lacks one of them.
    pub(super) fn sum(&self, events: &[&str]) -> Option<u64> {
        let of = |event: &&str| self.sums.iter().find(|(name, _)| name == event);
        events.iter().map(|event| of(event).map(|&(_, sum)| sum)).sum()
    }
}

/// Returns what stands after a name at the beginning of a line.
fn field<'text>(text: &'text str, name: &str) -> Option<&'text str> {
    text.lines().find_map(|line| line.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::Profile;

    const TEXT: &str = "# callgrind format\nversion: 1\ncmd: x\nevents: Ir Dr D1mr\n\nfn=(1)\n\
                        3 5\n\ntotals: 1000 20\n";

    #[test]
    fn sums_have_names_and_zeros_may_be_left_out() {
        let profile = Profile::parse(TEXT).unwrap();
        assert_eq!(profile.sum(&["Ir"]), Some(1000));
        assert_eq!(profile.sum(&["Ir", "Dr"]), Some(1020));
        assert_eq!(profile.sum(&["D1mr"]), Some(0));
        assert_eq!(profile.sum(&["Ir", "Bc"]), None, "nobody counted branches");
    }

    #[test]
    fn what_is_no_profile_is_told() {
        for (text, expected) in [
            (String::new(), "names no events"),
            (TEXT.replace("events:", "desc:"), "names no events"),
            (TEXT.replace("totals:", "desc:"), "has no totals"),
            (TEXT.replace("1000", "many"), "'  many 20'"),
        ] {
            let error = Profile::parse(&text).unwrap_err();
            assert!(error.contains(expected.trim_matches('\'').trim()), "{error}");
        }
    }
}
