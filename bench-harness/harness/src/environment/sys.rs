//! Reads what the kernel tells in files; tests put other files in their place.

use std::fs;
use std::path::{Path, PathBuf};

use delimark_results::Known;

/// The files under `/proc`, `/sys` and `/etc`, of this machine or of a made-up one.
#[derive(Clone, Debug)]
pub struct Sys {
    root: PathBuf,
}

impl Default for Sys {
    fn default() -> Self {
        Self::new("/")
    }
}

/// A fact, or the reason why there is none; becomes a [`Known`].
pub(super) type Found<T> = Result<T, String>;

impl Sys {
    /// Reads the files below `root`, which stands for `/`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the kernel's limit on who may count events.
    #[must_use]
    pub fn perf_event_paranoid(&self) -> Known<i64> {
        self.number("/proc/sys/kernel/perf_event_paranoid").into()
    }

    /// Returns the name of what the kernel's clock reads.
    #[must_use]
    pub fn clock_source(&self) -> Known<String> {
        self.text("/sys/devices/system/clocksource/clocksource0/current_clocksource").into()
    }

    /// Returns how many huge pages of the default size are set aside.
    #[must_use]
    pub fn reserved_huge_pages(&self) -> Known<u64> {
        self.number("/proc/sys/vm/nr_hugepages").into()
    }

    /// Reads a file and trims it.
    pub(super) fn text(&self, path: &str) -> Found<String> {
        // Text from firmware may end in a NUL.
        let trimmed = |text: String| text.trim_matches(['\0', ' ', '\n', '\t']).to_owned();
        fs::read_to_string(self.path(path))
            .map(trimmed)
            .map_err(|error| format!("{path} cannot be read: {error}"))
    }

    /// Reads a file that holds one number.
    pub(super) fn number<T: std::str::FromStr>(&self, path: &str) -> Found<T> {
        let text = self.text(path)?;
        text.parse().map_err(|_error| format!("{path} holds no number but {text:?}"))
    }

    pub(super) fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// Returns the numbers n of the entries `<prefix>n` of a folder, in order.
    pub(super) fn numbered(&self, directory: &str, prefix: &str) -> Vec<u64> {
        let entries = fs::read_dir(self.path(directory)).into_iter().flatten();
        let mut numbers: Vec<u64> = entries
            .filter_map(|entry| {
                entry.ok()?.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()
            })
            .collect();
        numbers.sort_unstable();
        numbers
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(Path::new(path).strip_prefix("/").unwrap_or(Path::new(path)))
    }
}

/// Makes up a machine for tests: the files it has, in a folder that goes away with it.
#[cfg(test)]
pub(super) fn fake(files: &[(&str, &str)]) -> (tempfile::TempDir, Sys) {
    let folder = tempfile::tempdir().expect("a folder for a made-up machine");
    let sys = Sys::new(folder.path());
    for (path, text) in files {
        let path = sys.path(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    (folder, sys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_no_number_says_which_file() {
        let (_folder, sys) = fake(&[("/proc/sys/vm/nr_hugepages", "many\n")]);
        let Known::Unavailable(reason) = sys.reserved_huge_pages() else { panic!("a value") };
        assert_eq!(reason, "/proc/sys/vm/nr_hugepages holds no number but \"many\"");
        let Known::Unavailable(reason) = sys.perf_event_paranoid() else { panic!("a value") };
        assert!(reason.starts_with("/proc/sys/kernel/perf_event_paranoid cannot be read: "));
    }

    #[test]
    fn numbers_and_names_are_read() {
        let (_folder, sys) = fake(&[
            ("/proc/sys/kernel/perf_event_paranoid", "-1\n"),
            ("/proc/sys/vm/nr_hugepages", "0\n"),
            ("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"),
        ]);
        assert_eq!(sys.perf_event_paranoid(), Known::Value(-1));
        assert_eq!(sys.reserved_huge_pages(), Known::Value(0));
        assert_eq!(sys.clock_source(), Known::Value("tsc".to_owned()));
    }
}
