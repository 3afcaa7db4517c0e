//! Listings: the files that patterns name, and those that were rotated away from there.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use glob::{MatchOptions, Pattern};
use rustix::fs::OFlags;
use toml::Spanned;

use super::prints::FileId;
use crate::config::{FilesConfig, Misplaced};

/// The patterns of a source.
#[derive(Debug)]
pub(super) struct Listing {
    patterns: Vec<FilePattern>,
    exclude: Vec<Pattern>,
    follows_symlinks: bool,
}

/// A pattern of paths.
#[derive(Debug)]
struct FilePattern {
    text: String,
    /// The folder before the first wildcard.
    base: PathBuf,
    /// The pattern behind it, for files of the source and for those rotated away.
    rest: [Pattern; 2],
}

/// A file that patterns name.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) id: FileId,
    /// The path as the pattern has it.
    pub(super) path: PathBuf,
    /// The path without links.
    real: PathBuf,
    pub(super) size: u64,
    pub(super) modified: SystemTime,
    /// True if only its name shows that it was one of the source's files before.
    pub(super) is_rotated: bool,
}

/// Wildcards do not go over `/`, but for `**`; a name that begins with a point has to be asked for.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// What stands behind a file's name when it was rotated away: `access.log.1`,
/// `access.log-20260301`.
const ROTATED: &str = "[.-]*";

impl Listing {
    pub(super) fn new(config: &FilesConfig) -> Result<Self, Misplaced> {
        let patterns = config.paths.iter().map(FilePattern::new);
        let exclude = config.exclude.iter().map(|text| pattern(text, text.get_ref()));
        Ok(Self {
            patterns: patterns.collect::<Result<_, _>>()?,
            exclude: exclude.collect::<Result<_, _>>()?,
            follows_symlinks: config.follow_symlinks,
        })
    }

    /// Tells whether the patterns name a path, be there such a file or not.
    pub(super) fn names(&self, path: &Path) -> bool {
        let is_excluded = self.exclude.iter().any(|own| own.matches_path_with(path, OPTIONS));
        !is_excluded && self.patterns.iter().any(|own| own.names(path))
    }

    /// Lists the files that there are, each once, the oldest first.
    pub(super) fn list(&self) -> Vec<Candidate> {
        let mut found: BTreeMap<FileId, Candidate> = BTreeMap::new();
        for is_rotated in [false, true] {
            for pattern in &self.patterns {
                for path in pattern.paths(is_rotated) {
                    if self.exclude.iter().any(|own| own.matches_path_with(&path, OPTIONS)) {
                        continue;
                    }
                    if let Some(candidate) = self.look_at(path, is_rotated) {
                        found.entry(candidate.id).or_insert(candidate);
                    }
                }
            }
        }
        let mut found: Vec<Candidate> = found.into_values().collect();
        found.sort_by_key(|candidate| candidate.modified);
        found
    }

    /// Looks at what a path leads to; nothing where that is no file of the source.
    fn look_at(&self, path: PathBuf, is_rotated: bool) -> Option<Candidate> {
        // What was deleted in between is no candidate.
        let real = fs::canonicalize(&path).ok()?;
        if !self.follows_symlinks && !self.patterns.iter().any(|own| own.has(&real)) {
            return None;
        }
        let metadata = fs::symlink_metadata(&real).ok().filter(Metadata::is_file)?;
        Some(Candidate {
            id: FileId::of(&metadata),
            path,
            real,
            size: metadata.len(),
            modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            is_rotated,
        })
    }
}

impl FilePattern {
    fn new(text: &Spanned<String>) -> Result<Self, Misplaced> {
        let path = Path::new(text.get_ref());
        if !path.is_absolute() {
            let message = format!("'{}' is no absolute path", text.get_ref());
            return Err(Misplaced::at(text.span(), message));
        }
        pattern(text, text.get_ref())?;
        let is_plain = |part: &&std::path::Component<'_>| {
            !part.as_os_str().to_string_lossy().contains(['*', '?', '['])
        };
        let parts: Vec<_> = path.components().collect();
        let folders = &parts[..parts.len() - 1];
        let base: PathBuf = folders.iter().take_while(is_plain).collect();
        let rest: PathBuf = parts.iter().skip(base.components().count()).collect();
        let rest = rest.to_string_lossy().into_owned();
        let rotated = format!("{rest}{ROTATED}");
        let rest = [pattern(text, &rest)?, pattern(text, &rotated)?];
        Ok(Self { text: text.get_ref().clone(), base, rest })
    }

    /// Returns the paths that there are now.
    fn paths(&self, is_rotated: bool) -> impl Iterator<Item = PathBuf> {
        let end = if is_rotated { ROTATED } else { "" };
        let paths = glob::glob_with(&format!("{}{end}", self.text), OPTIONS);
        // It was compiled before; folders that cannot be read are left out.
        paths.into_iter().flatten().filter_map(Result::ok)
    }

    /// Tells whether a path without links is one of the pattern's.
    fn has(&self, real: &Path) -> bool {
        fs::canonicalize(&self.base).is_ok_and(|base| self.matches(real, &base))
    }

    /// Tells whether a path is one of the pattern's.
    fn names(&self, path: &Path) -> bool {
        self.matches(path, &self.base)
    }

    fn matches(&self, path: &Path, base: &Path) -> bool {
        let Ok(rest) = path.strip_prefix(base) else { return false };
        self.rest.iter().any(|pattern| pattern.matches_path_with(rest, OPTIONS))
    }
}

fn pattern(text: &Spanned<String>, pattern: &str) -> Result<Pattern, Misplaced> {
    Pattern::new(pattern).map_err(|error| {
        let message = format!("'{}' is no pattern of paths: {error}", text.get_ref());
        Misplaced::at(text.span(), message)
    })
}

impl Candidate {
    /// Opens the file, if it still is the one that was listed.
    pub(super) fn open(&self) -> io::Result<Option<File>> {
        // Neither a link nor a pipe that was put there since.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(flags.bits() as i32);
        let file = match options.open(&self.real) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            result => result?,
        };
        let is_same = FileId::of(&file.metadata()?) == self.id;
        Ok(is_same.then_some(file))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn listed(config: &str) -> Vec<(String, bool)> {
        let config: FilesConfig = toml::from_str(config).unwrap();
        let list = Listing::new(&config).unwrap().list();
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let mut names: Vec<_> =
            list.iter().map(|found| (name(&found.path), found.is_rotated)).collect();
        names.sort();
        names
    }

    fn names(found: &[(&str, bool)]) -> Vec<(String, bool)> {
        found.iter().map(|(name, is_rotated)| ((*name).to_owned(), *is_rotated)).collect()
    }

    #[test]
    fn patterns_name_files_and_what_was_rotated_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let files =
            ["a.log", "b.log", "a.log.1", "a.log-2026", "a.login", ".c.log", "x.txt", "a.log.gz"];
        for name in files {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::create_dir(folder.path().join("d.log")).unwrap();
        let found = listed(&format!("paths = [\"{path}/*.log\"]\nexclude = [\"{path}/b.*\"]"));
        let expected =
            [("a.log", false), ("a.log-2026", true), ("a.log.1", true), ("a.log.gz", true)];
        assert_eq!(found, names(&expected));
        let found = listed(&format!("paths = [\"{path}/a.log*\"]"));
        assert!(found.iter().all(|(_, is_rotated)| !is_rotated), "{found:?}");
        assert!(listed("paths = [\"/nowhere/at/all/*.log\"]").is_empty());
    }

    #[test]
    fn links_out_of_the_pattern_are_not_followed_unless_told() {
        let folder = tempfile::tempdir().unwrap();
        let [inside, outside] = ["in", "out"].map(|name| folder.path().join(name));
        fs::create_dir(&inside).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("secret"), "s").unwrap();
        fs::write(inside.join("real.log"), "r").unwrap();
        symlink(outside.join("secret"), inside.join("link.log")).unwrap();
        symlink(inside.join("real.log"), inside.join("same.log")).unwrap();
        symlink(&outside, inside.join("folder")).unwrap();
        let path = inside.display();
        let plain = format!("paths = [\"{path}/*.log\", \"{path}/*/secret\"]");
        assert_eq!(listed(&plain).len(), 1, "the file and the link to it are one");
        let followed = listed(&format!("{plain}\nfollow_symlinks = true"));
        assert_eq!(followed.len(), 2, "{followed:?}");
        // A folder that is a link itself is the user's own choice.
        symlink(&inside, folder.path().join("alias")).unwrap();
        let alias = folder.path().join("alias");
        assert_eq!(listed(&format!("paths = [\"{}/r*.log\"]", alias.display())).len(), 1);
    }

    #[test]
    fn relative_paths_and_bad_patterns_are_refused() {
        for (paths, expected) in [("a.log", "no absolute path"), ("/a/[b.log", "no pattern")] {
            let config: FilesConfig = toml::from_str(&format!("paths = [\"{paths}\"]")).unwrap();
            let misplaced = Listing::new(&config).unwrap_err();
            let message = misplaced.locate(Path::new("s.toml"), "x").to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
