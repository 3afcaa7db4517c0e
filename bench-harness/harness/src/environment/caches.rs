//! The caches that the first core reaches, from the kernel's list of them.

use delimark_results::{Cache, CacheKind};

use super::sys::{Found, Sys};

const DIRECTORY: &str = "/sys/devices/system/cpu/cpu0/cache";

/// Lists the caches, nearest first; one that is not told in full leaves none.
pub(super) fn collect(sys: &Sys) -> Found<Vec<Cache>> {
    let indices = sys.numbered(DIRECTORY, "index");
    if indices.is_empty() {
        return Err(format!("the kernel lists no caches in {DIRECTORY}"));
    }
    let mut caches: Vec<Cache> =
        indices.into_iter().map(|index| cache(sys, index)).collect::<Found<_>>()?;
    caches.sort_by_key(|cache| cache.level);
    Ok(caches)
}

fn cache(sys: &Sys, index: u64) -> Found<Cache> {
    let directory = format!("{DIRECTORY}/index{index}");
    let size = sys.text(&format!("{directory}/size"))?;
    Ok(Cache {
        level: sys.number(&format!("{directory}/level"))?,
        kind: kind(&sys.text(&format!("{directory}/type"))?)?,
        bytes: bytes(&size).ok_or_else(|| format!("{directory}/size is no size but {size:?}"))?,
        shared_by: count_cpus(&sys.text(&format!("{directory}/shared_cpu_list"))?)?,
    })
}

fn kind(name: &str) -> Found<CacheKind> {
    match name {
        "Data" => Ok(CacheKind::Data),
        "Instruction" => Ok(CacheKind::Instruction),
        "Unified" => Ok(CacheKind::Unified),
        other => Err(format!("the kernel lists a cache of an unknown kind, {other:?}")),
    }
}

/// Reads a size as the kernel writes it, such as `32K`.
fn bytes(size: &str) -> Option<u64> {
    let digits = size.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &size[digits.len()..] {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// Counts the members of a list such as `0-3,8`.
pub(super) fn count_cpus(list: &str) -> Found<u64> {
    let length = |range: &str| -> Option<u64> {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        last.parse::<u64>().ok()?.checked_sub(first.parse().ok()?)?.checked_add(1)
    };
    list.split(',')
        .map(length)
        .sum::<Option<u64>>()
        .ok_or_else(|| format!("the kernel's list of CPUs is {list:?}"))
}

#[cfg(test)]
mod tests {
    use super::super::sys::fake;
    use super::*;

    const FIRST: &str = "/sys/devices/system/cpu/cpu0/cache/index0";
    const SECOND: &str = "/sys/devices/system/cpu/cpu0/cache/index1";

    fn files(directory: &str, values: [&'static str; 4]) -> [(String, &'static str); 4] {
        let names = ["level", "type", "size", "shared_cpu_list"];
        std::array::from_fn(|index| (format!("{directory}/{}", names[index]), values[index]))
    }

    fn check(files: &[(String, &str)]) -> Found<Vec<Cache>> {
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let (_folder, sys) = fake(&files);
        collect(&sys)
    }

    #[test]
    fn caches_are_listed_nearest_first() {
        let far = files(FIRST, ["3\n", "Unified\n", "105M\n", "0-3,8\n"]);
        let near = files(SECOND, ["1\n", "Data\n", "48K\n", "0\n"]);
        let expected = [
            Cache { level: 1, kind: CacheKind::Data, bytes: 48 << 10, shared_by: 1 },
            Cache { level: 3, kind: CacheKind::Unified, bytes: 105 << 20, shared_by: 5 },
        ];
        assert_eq!(check(&[far, near].concat()), Ok(expected.to_vec()));
    }

    #[test]
    fn no_list_and_a_list_with_a_gap_say_so() {
        let none = check(&[]).expect_err("there are no caches");
        assert_eq!(none, "the kernel lists no caches in /sys/devices/system/cpu/cpu0/cache");
        let gap = check(&files(FIRST, ["1", "Data", "48K", "0"])[..2]).expect_err("no size");
        assert!(gap.contains("index0/size cannot be read"), "{gap}");
    }

    #[test]
    fn nonsense_is_refused() {
        for values in [
            ["one", "Data", "48K", "0"],
            ["1", "Trace", "48K", "0"],
            ["1", "Data", "48 kB", "0"],
            ["1", "Data", "99999999999999G", "0"],
            ["1", "Data", "48K", "3-1"],
            ["1", "Data", "48K", ""],
        ] {
            assert!(check(&files(FIRST, values)).is_err(), "{values:?}");
        }
    }
}
