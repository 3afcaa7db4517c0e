//! The kernel's account of this thread, `getrusage`: page faults and context switches, of user code
//! and of the kernel's work for it.

use delimark_results::counter::{name, source};
use delimark_results::{Count, Counter};

#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(not(unix))]
#[path = "other.rs"]
mod system;

/// The account so far, or the reason why there is none. Asking costs less than a microsecond.
#[derive(Clone, Debug)]
pub struct Usage {
    totals: Result<Totals, String>,
}

/// Since the thread began.
#[derive(Clone, Copy, Debug)]
struct Totals {
    minor_page_faults: u64,
    major_page_faults: u64,
    context_switches: u64,
}

impl Usage {
    /// Reads the accounts as they are now.
    #[must_use]
    pub fn now() -> Self {
        Self { totals: system::totals() }
    }

    /// Returns what was added since an earlier time, by name.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> [(&'static str, Counter); 3] {
        let difference = |total: fn(&Totals) -> u64, field: &str| {
            let totals = self.totals.as_ref().and_then(|now| Ok((now, earlier.totals.as_ref()?)));
            match totals {
                Ok((now, earlier)) => counted(total(now) - total(earlier), field),
                Err(reason) => Counter::Unavailable { unavailable: reason.clone() },
            }
        };
        [
            (name::MINOR_PAGE_FAULTS, difference(|totals| totals.minor_page_faults, "ru_minflt")),
            (name::MAJOR_PAGE_FAULTS, difference(|totals| totals.major_page_faults, "ru_majflt")),
            (
                name::CONTEXT_SWITCHES,
                difference(|totals| totals.context_switches, "ru_nvcsw + ru_nivcsw"),
            ),
        ]
    }
}

fn counted(value: u64, field: &str) -> Counter {
    Counter::Counted(Count {
        value: value as f64,
        source: source::RUSAGE.to_owned(),
        event: Some(field.to_owned()),
        window: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_pages_are_faults_and_old_ones_are_none() {
        let before = Usage::now();
        let mut pages = memmap2::MmapMut::map_anon(1 << 20).expect("there is a mebibyte");
        pages.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
        let between = Usage::now();
        pages.iter_mut().step_by(4096).for_each(|byte| *byte = 2);
        let after = Usage::now();
        let faults = |from: &Usage, to: &Usage| match &to.since(from)[0] {
            (name::MINOR_PAGE_FAULTS, Counter::Counted(count)) => Some(count.value),
            _ => None,
        };
        if cfg!(unix) {
            let (fresh, old) = (faults(&before, &between), faults(&between, &after));
            // Huge pages take fewer; other threads of the tests may add some where the account is
            // the process's.
            assert!(fresh.is_some_and(|fresh| fresh >= 1.0), "{fresh:?}");
            assert!(old < fresh, "{old:?} and {fresh:?}");
        } else {
            assert_eq!(faults(&before, &after), None);
        }
    }
}
