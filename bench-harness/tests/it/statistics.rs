//! Statistics against values worked out by hand.

use delimark_results::statistics::{
    Estimate, Ratio, confidence_interval, estimate_median, geometric_mean, median, paired_ratio,
    quantile, unpaired_ratio,
};

#[test]
fn median_is_the_middle_or_the_mean_of_two() {
    assert_eq!(median(&[3.0]), 3.0);
    assert_eq!(median(&[9.0, 1.0, 5.0]), 5.0);
    assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
}

#[test]
fn quantiles_interpolate_as_type_7_does() {
    // R: quantile(c(1, 2, 4, 8, 16), c(0, .1, .5, .9, 1))
    let sorted = [1.0, 2.0, 4.0, 8.0, 16.0];
    for (probability, expected) in [(0.0, 1.0), (0.1, 1.4), (0.5, 4.0), (0.9, 12.8), (1.0, 16.0)] {
        let found = quantile(&sorted, probability);
        assert!((found - expected).abs() < 1e-12, "{probability}: {found}");
    }
}

#[test]
#[should_panic(expected = "at least one sample")]
fn quantile_of_nothing_is_refused() {
    let _ = quantile(&[], 0.5);
}

#[test]
fn interval_of_equal_samples_has_no_width() {
    let expected = Estimate { median: 7.0, low: 7.0, high: 7.0 };
    assert_eq!(estimate_median(&[7.0; 9]), expected);
    assert_eq!(estimate_median(&[7.0]), expected);
}

#[test]
fn interval_lies_within_the_samples_around_the_median_and_repeats() {
    let samples: Vec<f64> = (1..=101).map(f64::from).collect();
    let estimate = estimate_median(&samples);
    assert_eq!(estimate.median, 51.0);
    // The order statistics of a binomial give 41 to 61 for 95 %.
    assert!((38.0..=44.0).contains(&estimate.low), "{estimate:?}");
    assert!((58.0..=64.0).contains(&estimate.high), "{estimate:?}");
    assert_eq!(estimate, estimate_median(&samples));
}

#[test]
fn a_rate_turns_the_interval_round() {
    let duration = Estimate { median: 50.0, low: 40.0, high: 100.0 };
    let expected = Estimate { median: 4.0, low: 2.0, high: 5.0 };
    assert_eq!(duration.into_rate(200.0), expected);
}

#[test]
fn ratios_are_taken_within_rounds() {
    // In each round b takes twice as long, though the rounds differ by a factor of 100.
    let a = [10, 1_000, 20, 500, 10, 40, 30];
    let b = a.map(|ns| ns * 2);
    let ratio = paired_ratio(&a, &b).unwrap();
    assert_eq!(ratio, Ratio { median: 2.0, low: 2.0, high: 2.0, rounds: 7 });
    assert!(ratio.is_significant());
    assert_eq!(paired_ratio(&b, &a).unwrap().median, 0.5);
}

#[test]
fn rounds_that_do_not_correspond_have_no_ratio() {
    assert_eq!(paired_ratio(&[1, 2], &[1]), None);
    assert_eq!(paired_ratio(&[], &[]), None);
    assert_eq!(paired_ratio(&[0], &[1]), None);
}

#[test]
fn too_few_rounds_or_an_interval_with_1_show_no_difference() {
    let ratio = |low, high, rounds| Ratio { median: 1.1, low, high, rounds };
    assert!(ratio(1.05, 1.2, 6).is_significant());
    assert!(!ratio(1.05, 1.2, 5).is_significant());
    assert!(!ratio(0.99, 1.2, 50).is_significant());
    assert!(ratio(0.5, 0.9, 50).is_significant());
}

#[test]
fn geometric_mean_treats_twice_and_half_alike() {
    assert!((geometric_mean(&[2.0, 8.0]).unwrap() - 4.0).abs() < 1e-12);
    assert!((geometric_mean(&[0.5, 2.0]).unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(geometric_mean(&[]), None);
    assert_eq!(geometric_mean(&[1.0, 0.0]), None);
}

#[test]
fn unpaired_samples_need_not_be_as_many() {
    let fast: Vec<f64> = (95..=105).map(f64::from).collect();
    let slow: Vec<f64> = (195..=205).chain([200]).map(f64::from).collect();
    let ratio = unpaired_ratio(&fast, &slow).unwrap();
    assert_eq!((ratio.median, ratio.rounds), (2.0, 11));
    assert!(
        ratio.low < 2.0 && 2.0 < ratio.high && 1.9 < ratio.low && ratio.high < 2.1,
        "{ratio:?}"
    );
    assert!(ratio.is_significant());
    assert_eq!(unpaired_ratio(&[], &slow), None);
    assert_eq!(unpaired_ratio(&[0.0], &slow), None);
}

#[test]
fn the_same_changes_of_both_cancel_only_within_rounds() {
    let rising: Vec<u64> = (1..=12).map(|round| round * 1_000).collect();
    let twice: Vec<u64> = rising.iter().map(|ns| ns * 2).collect();
    let paired = paired_ratio(&rising, &twice).unwrap();
    assert_eq!((paired.low, paired.high), (2.0, 2.0));
    let as_numbers = |samples: &[u64]| samples.iter().map(|&ns| ns as f64).collect::<Vec<_>>();
    let unpaired = unpaired_ratio(&as_numbers(&rising), &as_numbers(&twice)).unwrap();
    assert!(unpaired.low < 1.5 && unpaired.high > 2.5, "{unpaired:?}");
}

#[test]
fn an_interval_leaves_as_much_out_at_either_end() {
    let values: Vec<f64> = (0..=1000).rev().map(f64::from).collect();
    let (low, high) = confidence_interval(&values);
    assert!((low - 25.0).abs() < 1e-9 && (high - 975.0).abs() < 1e-9, "{low} {high}");
}
