//! The instruction set that the scan uses: chosen once, when a scanner is built.

use std::env::consts::ARCH;
use std::fmt;
use std::str::FromStr;

use crate::arch;
use crate::kernel::Entry;

/// The environment variable that names the backend to use, where the program names none.
pub const BACKEND_VARIABLE: &str = "DELIMARK_BACKEND";

/// The environment variable that names backends, with commas between, to do without as if this CPU
/// lacked them: so that one machine can try what others do. Portable code cannot be hidden.
pub const HIDDEN_BACKENDS_VARIABLE: &str = "DELIMARK_HIDDEN_BACKENDS";

/// An instruction set that the scan is compiled for.
///
/// Every variant exists on every target; whether one can run here is a question to
/// [`is_available`](Self::is_available).
///
/// # Examples
///
/// ```
/// use delimark::Backend;
///
/// assert!(Backend::Scalar.is_available());
/// assert_eq!("avx2".parse(), Ok(Backend::Avx2));
/// println!("the best backend here is {}", Backend::best());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Backend {
    /// Eight bytes at a time in ordinary registers; runs everywhere.
    Scalar,
    /// x86-64 with SSE4.2 and POPCNT: Intel from Nehalem, AMD from Bulldozer.
    Sse42,
    /// 64-bit Arm with NEON: all but a few for special purposes.
    Neon,
    /// WebAssembly with 128-bit SIMD, compiled with `-Ctarget-feature=+simd128`.
    Simd128,
    /// x86-64 with AVX2, BMI1, BMI2, POPCNT and PCLMULQDQ: Intel from Haswell, AMD from Zen.
    Avx2,
    /// x86-64 with AVX-512 BW, VL, VBMI2 and PCLMULQDQ: Intel from Ice Lake, AMD from Zen 4.
    Avx512,
}

impl Backend {
    /// Every backend, from the slowest to the fastest where they can be compared.
    pub const ALL: &'static [Self] =
        &[Self::Scalar, Self::Sse42, Self::Neon, Self::Simd128, Self::Avx2, Self::Avx512];

    /// Returns the backend's one name: on the command line, in the environment and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Sse42 => "sse42",
            Self::Neon => "neon",
            Self::Simd128 => "simd128",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Tells whether this CPU and operating system can run the backend.
    #[must_use]
    pub fn is_available(self) -> bool {
        self.entry().is_ok()
    }

    /// Returns the backends that can run here, [`Backend::Scalar`] first.
    #[must_use]
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        Self::ALL.iter().copied().filter(|backend| backend.is_available())
    }

    /// Returns the fastest backend that can run here.
    #[must_use]
    pub fn best() -> Self {
        Self::available().next_back().unwrap_or(Self::Scalar)
    }

    /// Returns the backend that [`BACKEND_VARIABLE`] names, or the best one where that is
    /// unset or empty.
    ///
    /// # Errors
    ///
    /// The variable names no backend, or one that cannot run here.
    pub fn from_environment() -> Result<Self, BackendError> {
        match std::env::var_os(BACKEND_VARIABLE) {
            Some(name) if !name.is_empty() => {
                let backend: Self = name.to_string_lossy().parse()?;
                backend.entry()?;
                Ok(backend)
            }
            _ => Ok(Self::best()),
        }
    }

    /// Returns the architecture that the backend is for, unless it is for all.
    const fn architecture(self) -> Option<&'static str> {
        match self {
            Self::Scalar => None,
            Self::Sse42 | Self::Avx2 | Self::Avx512 => Some("x86_64"),
            Self::Neon => Some("aarch64"),
            Self::Simd128 => Some("wasm32"),
        }
    }

    /// Tells whether [`HIDDEN_BACKENDS_VARIABLE`] names the backend.
    fn is_hidden(self) -> bool {
        let hidden = std::env::var_os(HIDDEN_BACKENDS_VARIABLE).unwrap_or_default();
        self != Self::Scalar && hidden.to_string_lossy().split(',').any(|name| name == self.name())
    }

    /// Returns the scan as compiled for the backend, if it can run here.
    pub(crate) fn entry(self) -> Result<Entry, BackendError> {
        if self.is_hidden() {
            return Err(BackendError { kind: ErrorKind::Hidden { backend: self } });
        }
        if let Some(needed) = self.architecture()
            && needed != ARCH
        {
            return Err(BackendError { kind: ErrorKind::Architecture { backend: self, needed } });
        }
        // A module with such instructions is refused by engines without them: it is one or the
        // other when it is compiled.
        if self == Self::Simd128 && cfg!(not(target_feature = "simd128")) {
            return Err(BackendError { kind: ErrorKind::Compilation { backend: self } });
        }
        let entry = match self {
            Self::Scalar => arch::scalar::entry(),
            #[cfg(target_arch = "x86_64")]
            Self::Sse42 => arch::x86_64::sse42::entry(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => arch::x86_64::avx2::entry(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => arch::x86_64::avx512::entry(),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => arch::aarch64::neon::entry(),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Self::Simd128 => arch::wasm32::simd128::entry(),
            _ => unreachable!("{self} has been refused, or lacks its line here"),
        };
        entry.map_err(|missing| BackendError {
            kind: ErrorKind::Features { backend: self, missing },
        })
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Backend {
    type Err = BackendError;

    fn from_str(name: &str) -> Result<Self, BackendError> {
        Self::ALL
            .iter()
            .copied()
            .find(|backend| backend.name() == name)
            .ok_or_else(|| BackendError { kind: ErrorKind::Unknown { name: name.to_owned() } })
    }
}

/// A backend that was asked for and cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendError {
    kind: ErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ErrorKind {
    Unknown { name: String },
    Architecture { backend: Backend, needed: &'static str },
    Compilation { backend: Backend },
    Features { backend: Backend, missing: Vec<&'static str> },
    Hidden { backend: Backend },
}

impl fmt::Display for BackendError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Unknown { name } => {
                let names: Vec<_> = Backend::ALL.iter().map(|backend| backend.name()).collect();
                let names = names.join(", ");
                write!(formatter, "unknown backend '{name}' (expected one of: {names})")
            }
            ErrorKind::Architecture { backend, needed } => {
                write!(
                    formatter,
                    "backend {backend} needs a CPU of architecture {needed}, not {ARCH}"
                )
            }
            ErrorKind::Compilation { backend } => {
                write!(
                    formatter,
                    "backend {backend} needs a module compiled with -Ctarget-feature=+{backend}"
                )
            }
            ErrorKind::Features { backend, missing } => {
                let missing = missing.join(", ");
                write!(formatter, "backend {backend} needs CPU features missing here: {missing}")
            }
            ErrorKind::Hidden { backend } => {
                write!(formatter, "backend {backend} is hidden by {HIDDEN_BACKENDS_VARIABLE}")
            }
        }
    }
}

impl std::error::Error for BackendError {}
