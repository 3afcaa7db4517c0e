//! Statistics of measurements in the page: the same code as the harness's.

use delimark::reference::Stop;
use delimark::{Dialect, QuoteEscape, RaggedPolicy};
use delimark_datasets::Random;
use delimark_results::facts::Facts;
use delimark_results::statistics::{Estimate, MINIMUM_ROUNDS, estimate_median};
use delimark_runner::model::Answer;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// Returns the reference's facts of an input, as JSON: the facts as they stand in a file of
/// results, and the answer that every engine has to give.
///
/// # Errors
///
/// Delimiter, columns, quote and escape are none of a dialect, or a line is too long.
#[wasm_bindgen]
pub fn facts(
    input: &[u8],
    delimiter: u8,
    columns: u32,
    quote: Option<u8>,
    escape: Option<String>,
) -> Result<String, String> {
    let dialect = Dialect::new(delimiter).and_then(|dialect| {
        let escape = escape.map_or(Ok(QuoteEscape::None), |escape| escape.parse())?;
        let dialect = dialect.with_columns(columns)?.with_ragged(RaggedPolicy::Keep);
        quote.map_or(Ok(dialect), |quote| dialect.with_quote(quote, escape))
    });
    let dialect = dialect.map_err(|error| error.to_string())?;
    let Facts { records, fields, line_ending, traits, every_field } =
        Facts::read(input, &dialect, |_| ()).map_err(|stop| refusal(stop, &dialect))?;
    let facts = json!({
        "records": records,
        "fields": fields,
        "line_ending": line_ending,
        "traits": traits,
        "answer": every_field.to_string(),
    });
    Ok(facts.to_string())
}

/// Says why an input cannot be measured.
fn refusal(stop: Stop, dialect: &Dialect) -> String {
    match stop {
        Stop::LineTooLong { line_number, .. } => {
            let limit_bytes = dialect.line_limit_bytes();
            format!("line {line_number} is longer than {limit_bytes} bytes")
        }
        Stop::Ragged { line_number, .. } => format!("line {line_number} is ragged"),
        Stop::OpenQuote { line_number, .. } => {
            format!("line {line_number} ends inside quotes")
        }
    }
}

/// Returns an answer in the words of a file of results.
#[wasm_bindgen]
#[must_use]
pub fn answer(records: u64, fields: u64, checksum: u64) -> String {
    Answer::Records { records, fields, checksum }.to_string()
}

/// Returns the median of some samples, and the ends of its 95 % interval.
#[wasm_bindgen]
#[must_use]
pub fn estimate(samples: &[f64]) -> Vec<f64> {
    let Estimate { median, low, high } = estimate_median(samples);
    vec![median, low, high]
}

/// Returns the fewest rounds that an interval takes.
#[wasm_bindgen(js_name = minimumRounds)]
#[must_use]
pub fn minimum_rounds() -> usize {
    MINIMUM_ROUNDS
}

/// Draws an order of the engines for each round, one round after the other.
#[wasm_bindgen]
#[must_use]
pub fn orders(seed: u32, engines: u8, rounds: usize) -> Vec<u8> {
    let mut random = Random::new(seed.into());
    let mut order: Vec<u8> = (0..engines).collect();
    let mut orders = Vec::new();
    for _ in 0..rounds {
        random.shuffle(&mut order);
        orders.extend_from_slice(&order);
    }
    orders
}

/// Returns a fingerprint that tells the machine from others, as far as a browser knows it.
#[wasm_bindgen]
#[must_use]
pub fn fingerprint(model: Option<String>, logical_cores: u32) -> String {
    delimark_results::fingerprint(model.as_deref(), None, logical_cores.into(), &[], None)
}

/// Returns the seal of a file of results, by its text.
///
/// # Errors
///
/// The text is not JSON.
#[wasm_bindgen]
pub fn seal(text: &str) -> Result<String, String> {
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(delimark_results::seal::digest(&document))
}

#[cfg(test)]
mod tests {
    use super::{Value, facts, orders, seal};

    #[test]
    fn facts_stand_as_in_results() {
        let found = facts(b"a|b\r\nc\n", b'|', 2, None, None).unwrap();
        let found: Value = serde_json::from_str(&found).unwrap();
        assert_eq!(found["line_ending"], "mixed");
        assert_eq!(found["traits"]["ragged_records"], 1);
        assert!(found["answer"].as_str().unwrap().starts_with("2 records, 3 fields, checksum "));
        assert!(found["traits"].get("stray_quotes").is_none());
        assert!(facts(b"", b'\n', 2, None, None).is_err());
    }

    #[test]
    fn a_dialect_may_name_a_quote() {
        let facts = |escape: &str| {
            let input = b"\"a|b\\\"|c\n";
            let found = facts(input, b'|', 2, Some(b'"'), Some(escape.to_owned())).unwrap();
            serde_json::from_str::<Value>(&found).unwrap()
        };
        assert_eq!(facts("none")["fields"], 2);
        assert_eq!(facts("backslash")["traits"]["ragged_records"], 1);
    }

    #[test]
    fn a_line_that_no_engine_takes_is_named() {
        let mut input = b"a|b\n".to_vec();
        input.resize((16 << 20) + 5, b'x');
        let expected = "line 2 is longer than 16777216 bytes".to_owned();
        assert_eq!(facts(&input, b'|', 2, None, None), Err(expected));
    }

    #[test]
    fn what_is_no_json_cannot_be_sealed() {
        assert_eq!(seal("{}").map(|seal| seal.len()), Ok(64));
        assert!(seal("{").is_err());
    }

    #[test]
    fn every_engine_has_its_turn_in_every_round() {
        let orders = orders(7, 4, 50);
        assert_eq!(orders.len(), 200);
        for round in orders.chunks(4) {
            let mut sorted = round.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3]);
        }
        let first: std::collections::BTreeSet<u8> =
            orders.chunks(4).map(|round| round[0]).collect();
        assert_eq!(first.len(), 4, "each comes first at times");
    }
}
