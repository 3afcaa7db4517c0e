//! The layers of the gate; each can be turned off.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// Something that a candidate must not worsen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Its answers are right.
    Answers,
    /// It executes no more instructions.
    Instructions,
    /// It takes no more memory, and no more often.
    Memory,
    /// It takes no more time.
    Time,
}

impl Layer {
    /// All, in the order in which they are looked at.
    pub const ALL: [Self; 4] = [Self::Answers, Self::Instructions, Self::Memory, Self::Time];

    /// Returns the name on the command line and in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Instructions => "instructions",
            Self::Memory => "memory",
            Self::Time => "time",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Layer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let layer = Self::ALL.into_iter().find(|layer| layer.name() == text);
        layer.ok_or_else(|| {
            format!(
                "unknown layer '{text}' (expected one of: {})",
                Self::ALL.map(Self::name).join(", ")
            )
        })
    }
}
