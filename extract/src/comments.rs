//! Lines that are comments, and where lines end.

/// Finds the lines that are comments.
#[derive(Debug)]
pub(crate) struct Comments {
    /// A newline and the bytes that a comment begins with.
    finder: memchr::memmem::Finder<'static>,
}

impl Comments {
    /// Finds lines that begin with these bytes.
    pub(crate) fn new(start: &[u8]) -> Self {
        let needle = [b"\n", start].concat();
        Self { finder: memchr::memmem::Finder::new(&needle).into_owned() }
    }

    /// Returns true if bytes at the start of a line begin a comment.
    pub(crate) fn is_comment(&self, line: &[u8]) -> bool {
        line.starts_with(&self.finder.needle()[1..])
    }

    /// Returns the bytes up to the first comment that is not at their start; all if there is none.
    pub(crate) fn before_comment<'a>(&self, lines: &'a [u8]) -> &'a [u8] {
        self.finder.find(lines).map_or(lines, |newline| &lines[..=newline])
    }
}

/// Returns the length of the first line with its ending.
pub(crate) fn line_length(lines: &[u8]) -> usize {
    memchr::memchr(b'\n', lines).map_or(lines.len(), |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_at_the_starts_of_lines() {
        let comments = Comments::new(b"#");
        assert!(comments.is_comment(b"# x\n"));
        assert!(!comments.is_comment(b" # x\n"));
        assert_eq!(comments.before_comment(b"a#b\nc\n#d\n#e\nf"), b"a#b\nc\n");
        assert_eq!(comments.before_comment(b"#a\n#b\n"), b"#a\n");
        assert_eq!(comments.before_comment(b"a\nb"), b"a\nb");
        assert_eq!(Comments::new(b"--").before_comment(b"-\n-a\n--b\n"), b"-\n-a\n");
    }
}
