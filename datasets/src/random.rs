//! The random stream. Its definition is a promise: any language can repeat it.
//!
//! The rule, all in wrapping 64-bit unsigned arithmetic:
//!
//! 1. *Seeding* is SplitMix64. With `z` the seed at first, four times:
//!    `z += 0x9e3779b97f4a7c15`; `x = z`; `x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9`;
//!    `x = (x ^ (x >> 27)) * 0x94d049bb133111eb`; the next state word is `x ^ (x >> 31)`.
//! 2. *A number* is one step of xoshiro256**: the result is `rotl(s1 * 5, 7) * 9`; then
//!    `t = s1 << 17; s2 ^= s0; s3 ^= s1; s1 ^= s2; s0 ^= s3; s2 ^= t; s3 = rotl(s3, 45)`.
//! 3. *Below n* is the upper half of the 128-bit product of one number and `n`.
//! 4. *Log-uniform* over octaves `a..b` is two draws: `o = a + below(b - a)`, then
//!    `2^o + below(2^o)`.
//! 5. *A shuffle* is Fisher-Yates from the back: for `i` from the last index down to 1, element `i`
//!    changes places with element `below(i + 1)`.

use core::ops::Range;

/// Draws the same numbers from the same seed on every target.
///
/// No floating point is involved anywhere, so no compiler or CPU can round differently.
///
/// # Examples
///
/// ```
/// use delimark_datasets::Random;
///
/// let mut random = Random::new(1);
/// assert_eq!(random.next_u64(), 0xb3f2_af6d_0fc7_10c5);
/// assert!(random.below(6) < 6);
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// Starts the stream of a seed; every seed is fit, zero included.
    #[must_use]
    #[inline]
    pub fn new(seed: u64) -> Self {
        let mut counter = seed;
        Self { state: core::array::from_fn(|_| split_mix(&mut counter)) }
    }

    /// Draws 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = &mut self.state;
        let result = s1.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *s1 << 17;
        *s2 ^= *s0;
        *s3 ^= *s1;
        *s1 ^= *s2;
        *s0 ^= *s3;
        *s2 ^= shifted;
        *s3 = s3.rotate_left(45);
        result
    }

    /// Draws a number from `0..n`, or 0 when `n` is 0.
    ///
    /// A fixed-point multiply: always one draw, at the price of a bias under `n / 2^64`, which is
    /// far from anything a dataset can show.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// Puts the items in a random order, all orders equally likely.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// Draws from `2^start..2^end`, each power of two as likely as the next.
    ///
    /// This is the skew of everything here: as a size it spreads over decades, as a rank it is
    /// popularity after Zipf, in steps.
    #[inline]
    pub(crate) fn log_uniform(&mut self, octaves: Range<u32>) -> u64 {
        let width = u64::from(octaves.end - octaves.start);
        let low = 1 << (u64::from(octaves.start) + self.below(width));
        low + self.below(low)
    }

    /// Returns true `percentage` times in a hundred.
    #[inline]
    pub(crate) fn percent(&mut self, percentage: u64) -> bool {
        self.below(100) < percentage
    }

    /// Picks an item, all equally likely.
    #[inline]
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }
}

/// Takes the next word of SplitMix64.
#[inline]
fn split_mix(counter: &mut u64) -> u64 {
    *counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *counter;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
