//! Numbers as text: three digits that matter, units spelled the same everywhere, and marks for what
//! is missing or means nothing.

use delimark_results::statistics::{Comparison, Estimate};

/// Three significant digits without an exponent: `0.452`, `7.45`, `31.2`, `1,240`.
#[must_use]
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = decimals(value);
    if decimals == 0 { count(value.round() as u64) } else { format!("{value:.decimals$}") }
}

/// Returns the number of digits after the point that make three that matter.
fn decimals(value: f64) -> usize {
    (2 - value.abs().log10().floor() as i32).clamp(0, 6) as usize
}

/// A round value on an axis: `0.5`, `2`, `100`.
#[must_use]
pub fn tick(value: f64) -> String {
    let text = number(value);
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

/// A whole number with its thousands set apart: `1,000,000`.
#[must_use]
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An interval: `7.31–7.60`.
#[must_use]
pub fn interval(low: f64, high: f64) -> String {
    format!("{}–{}", number(low), number(high))
}

/// Writes the interval of an estimate.
#[must_use]
pub fn interval_of(estimate: Estimate) -> String {
    interval(estimate.low, estimate.high)
}

/// The longer side of an interval to the digits of its median, for where there is little room.
#[must_use]
pub fn spread(estimate: Estimate) -> String {
    let spread = (estimate.high - estimate.median).max(estimate.median - estimate.low);
    let decimals = decimals(estimate.median);
    format!("{spread:.decimals$}")
}

/// Writes a share: `88 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// An interval of shares: `88–94 %`.
#[must_use]
pub fn percent_interval(estimate: Estimate) -> String {
    format!("{:.0}–{}", estimate.low * 100.0, percent(estimate.high))
}

/// Writes a factor: `2.1 times`.
#[must_use]
pub fn times(ratio: f64) -> String {
    format!("{} ×", number(ratio))
}

/// A size on disk: `195 MB`, with 10^6 bytes to the MB.
#[must_use]
pub fn decimal_size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    scaled(bytes, 1_000.0, &UNITS)
}

/// A size of memory: `48 KiB`.
#[must_use]
pub fn binary_size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    scaled(bytes, 1_024.0, &UNITS)
}

fn scaled(bytes: u64, step: f64, units: &[&str]) -> String {
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= step && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    let decimals = if value < 10.0 && value.fract() > 0.05 { 1 } else { 0 };
    format!("{value:.decimals$} {}", units[unit])
}

/// Stands where there is no number; what is missing is explained beside the table.
pub const MISSING: &str = "–";

/// Stands beside a ratio where the rounds show no difference.
#[must_use]
pub fn insignificance(comparison: &Comparison) -> Option<String> {
    (!comparison.is_significant).then(|| "not significant".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits() {
        let cases =
            [(0.0, "0"), (0.04519, "0.0452"), (0.4519, "0.452"), (7.449, "7.45"), (31.24, "31.2")];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
        assert_eq!(tick(2.0), "2");
        assert_eq!(tick(0.5), "0.5");
        assert_eq!(tick(200.0), "200");
        assert_eq!(number(380.4), "380");
        assert_eq!(number(1_239.6), "1,240");
    }

    #[test]
    fn counts_and_sizes_are_readable() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(binary_size(49_152), "48 KiB");
        assert_eq!(binary_size(2_621_440), "2.5 MiB");
        assert_eq!(decimal_size(195_312_001), "195 MB");
        assert_eq!(binary_size(512), "512 B");
    }
}
