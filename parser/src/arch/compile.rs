//! The part that all backends share: a token, and the kernel compiled for their CPU features.

/// Makes the token of a backend, for its file to implement
/// [`Primitives`](crate::kernel::primitives::Primitives) for; and around that, `entry` with the
/// functions that it hands out.
///
/// `backend!(Token, detected, "feature", ...)` names the features, once, and the macro of
/// `std::arch` that detects them. Only code compiled for the features can make such a token, so it
/// proves that the CPU has them. `backend!(Token)` is for code that runs wherever it was loaded.
///
/// ```text
/// entry -> index -> index::compiled -> kernel::index -> the primitives, all inlined
///       -> count -> count::compiled -> kernel::count -> the primitives, all inlined
///       -> index_quoted, count_quoted -> kernel::quotes, likewise
/// ```
macro_rules! backend {
    ($token:ident) => {
        /// Proves nothing: what runs here needs no CPU feature that could be missing.
        #[derive(Clone, Copy)]
        struct $token;

        /// Returns the scan, which runs on every CPU that this code is loaded on.
        pub(crate) fn entry() -> Result<crate::kernel::Entry, Vec<&'static str>> {
            Ok(crate::kernel::Entry { index, count, index_quoted, count_quoted })
        }

        fn index(delimiter: u8, bytes: &[u8], separators: &mut Vec<u32>) -> usize {
            crate::kernel::index::index($token, delimiter, bytes, separators)
        }

        fn count(delimiter: u8, bytes: &[u8]) -> (u64, u64) {
            crate::kernel::count::count($token, delimiter, bytes)
        }

        fn index_quoted(
            quoting: crate::kernel::quotes::Quoting,
            bytes: &[u8],
            separators: &mut Vec<u32>,
        ) -> crate::kernel::quotes::Indexed {
            crate::kernel::quotes::index($token, quoting, bytes, separators)
        }

        fn count_quoted(
            quoting: crate::kernel::quotes::Quoting,
            bytes: &[u8],
        ) -> crate::kernel::quotes::Counted {
            crate::kernel::quotes::count($token, quoting, bytes)
        }

        #[cfg(test)]
        mod tests {
            fn token() -> Option<super::$token> {
                Some(super::$token)
            }

            crate::arch::checks::check_primitives!();
        }
    };
    ($token:ident, $detected:ident, $($feature:tt),+) => {
        /// Proves that the CPU has the features: only code compiled for them can make one.
        #[derive(Clone, Copy)]
        struct $token {
            _proof: (),
        }

        impl $token {
            #[target_feature($(enable = $feature),+)]
            fn new() -> Self {
                Self { _proof: () }
            }
        }

        /// Returns the scan, or the CPU features that are missing.
        pub(crate) fn entry() -> Result<crate::kernel::Entry, Vec<&'static str>> {
            let mut missing = Vec::new();
            $(if !std::arch::$detected!($feature) {
                missing.push($feature);
            })+
            if missing.is_empty() {
                Ok(crate::kernel::Entry { index, count, index_quoted, count_quoted })
            } else {
                Err(missing)
            }
        }

        fn index(delimiter: u8, bytes: &[u8], separators: &mut Vec<u32>) -> usize {
            #[target_feature($(enable = $feature),+)]
            fn compiled(delimiter: u8, bytes: &[u8], separators: &mut Vec<u32>) -> usize {
                crate::kernel::index::index($token::new(), delimiter, bytes, separators)
            }
            // SAFETY: only `entry` hands this function out, after it has found the features.
            unsafe { compiled(delimiter, bytes, separators) }
        }

        fn count(delimiter: u8, bytes: &[u8]) -> (u64, u64) {
            #[target_feature($(enable = $feature),+)]
            fn compiled(delimiter: u8, bytes: &[u8]) -> (u64, u64) {
                crate::kernel::count::count($token::new(), delimiter, bytes)
            }
            // SAFETY: only `entry` hands this function out, after it has found the features.
            unsafe { compiled(delimiter, bytes) }
        }

        fn index_quoted(
            quoting: crate::kernel::quotes::Quoting,
            bytes: &[u8],
            separators: &mut Vec<u32>,
        ) -> crate::kernel::quotes::Indexed {
            #[target_feature($(enable = $feature),+)]
            fn compiled(
                quoting: crate::kernel::quotes::Quoting,
                bytes: &[u8],
                separators: &mut Vec<u32>,
            ) -> crate::kernel::quotes::Indexed {
                crate::kernel::quotes::index($token::new(), quoting, bytes, separators)
            }
            // SAFETY: only `entry` hands this function out, after it has found the features.
            unsafe { compiled(quoting, bytes, separators) }
        }

        fn count_quoted(
            quoting: crate::kernel::quotes::Quoting,
            bytes: &[u8],
        ) -> crate::kernel::quotes::Counted {
            #[target_feature($(enable = $feature),+)]
            fn compiled(
                quoting: crate::kernel::quotes::Quoting,
                bytes: &[u8],
            ) -> crate::kernel::quotes::Counted {
                crate::kernel::quotes::count($token::new(), quoting, bytes)
            }
            // SAFETY: only `entry` hands this function out, after it has found the features.
            unsafe { compiled(quoting, bytes) }
        }

        #[cfg(test)]
        mod tests {
            fn token() -> Option<super::$token> {
                // SAFETY: `entry` has found the features.
                super::entry().is_ok().then(|| unsafe { super::$token::new() })
            }

            crate::arch::checks::check_primitives!();
        }
    };
}
pub(super) use backend;
