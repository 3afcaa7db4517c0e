//! The generator: it alone knows how many lines are left and how a dataset ends.

use crate::random::Random;
use crate::shape::Shape;
use crate::shapes::Lines;

/// Generates one dataset, a burst of lines at a time.
///
/// A shape, a number of lines and a seed name the same bytes on every target and whatever the
/// bursts. A longer dataset of a seed begins with the lines of a shorter one; only `adversarial`,
/// whose last line is special, departs from that in its last line.
///
/// # Examples
///
/// ```
/// use delimark_datasets::{Generator, Hasher, Shape};
///
/// let mut generator = Generator::new(Shape::Nginx12, 5_000, 1);
/// let mut hasher = Hasher::new();
/// let mut burst = Vec::new();
/// while generator.next_chunk(&mut burst, 64 << 10) {
///     hasher.update(&burst);
///     burst.clear();
/// }
/// assert_eq!(hasher.finish().len(), 64);
/// ```
#[derive(Debug)]
pub struct Generator {
    lines: Lines,
    random: Random,
    lines_left: u64,
    bytes_before: u64,
}

impl Generator {
    /// Starts a dataset.
    #[must_use]
    pub fn new(shape: Shape, lines: u64, seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self { lines: Lines::new(shape, &mut random), random, lines_left: lines, bytes_before: 0 }
    }

    /// Appends whole lines until at least that many bytes were appended or no line is left.
    ///
    /// Returns whether it appended any: at least one line while there is one, even when asked for
    /// no bytes, so that a loop on the result ends when the dataset does.
    pub fn next_chunk(&mut self, out: &mut Vec<u8>, bytes_at_least: usize) -> bool {
        if self.lines_left == 0 {
            return false;
        }
        let start = out.len();
        loop {
            self.append_line(out);
            if self.lines_left == 0 || out.len() - start >= bytes_at_least {
                return true;
            }
        }
    }

    fn append_line(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        self.lines_left -= 1;
        self.lines.write(self.bytes_before, self.lines_left == 0, &mut self.random, out);
        self.bytes_before += (out.len() - start) as u64;
    }
}

/// Generates a whole dataset in memory.
///
/// # Examples
///
/// ```
/// use delimark_datasets::{Shape, generate};
///
/// let bytes = generate(Shape::Short, 3, 1);
/// assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 3);
/// ```
#[must_use]
pub fn generate(shape: Shape, lines: u64, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    Generator::new(shape, lines, seed).next_chunk(&mut bytes, usize::MAX);
    bytes
}
