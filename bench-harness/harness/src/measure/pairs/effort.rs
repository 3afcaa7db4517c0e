//! The number of passes of a cell in a process: enough for an undisturbed one, and no more.

use std::time::Duration;

/// The aim for a turn: longer than it takes to come back to speed, and shorter than most
/// of what disturbs a machine.
const TURN: Duration = Duration::from_millis(2);

/// The aim for all turns of a process together.
const ALL_TURNS: Duration = Duration::from_millis(20);

/// The number of passes of a cell in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// The number of turns.
    pub turns: usize,
    /// The passes in a turn, after the one that nobody times.
    pub passes: usize,
}

/// The aim for all whole commands of a side in a pairing.
const ALL_COMMANDS: Duration = Duration::from_millis(150);

impl Effort {
    /// Chooses for whole commands, each of them a process: a few, and one where they are long.
    #[must_use]
    pub fn of_commands(pass: Duration) -> Self {
        let pass = pass.max(Duration::from_micros(1)).as_secs_f64();
        let turns = (ALL_COMMANDS.as_secs_f64() / pass).floor().clamp(1.0, 4.0);
        Self { turns: turns as usize, passes: 1 }
    }

    /// Chooses by how long a pass takes.
    #[must_use]
    pub fn of(pass: Duration) -> Self {
        let pass = pass.max(Duration::from_micros(1)).as_secs_f64();
        let passes = (TURN.as_secs_f64() / pass).floor().clamp(1.0, 20.0);
        let turn = pass * (passes + 1.0);
        let turns = (ALL_TURNS.as_secs_f64() / turn).round().clamp(2.0, 4.0);
        Self { turns: turns as usize, passes: passes as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_passes_are_made_more_often() {
        let effort = |pass| Effort::of(Duration::from_micros(pass));
        assert_eq!(effort(130), Effort { turns: 4, passes: 15 });
        assert_eq!(effort(800), Effort { turns: 4, passes: 2 });
        assert_eq!(effort(1_000_000), Effort { turns: 2, passes: 1 });
        assert_eq!(effort(0), Effort { turns: 4, passes: 20 });
        let of_commands = |pass| Effort::of_commands(Duration::from_millis(pass)).turns;
        assert_eq!([5, 60, 400].map(of_commands), [4, 2, 1]);
    }
}
