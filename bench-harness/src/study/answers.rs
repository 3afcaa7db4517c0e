//! Answers held against each other: what went over the same bytes for the same task has to have
//! found the same, in every file. Apart because it is the one check that takes all files at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{Contribution, Refusal, engines};

/// Those who gave one answer: the files by their index, each with the cells that did.
type Voters = BTreeMap<usize, Vec<String>>;

/// Returns who contradicts the others. Where nobody is in the majority, all are named: one of them
/// is wrong.
pub(super) fn contradictions(contributions: &[Contribution]) -> Vec<Refusal> {
    ballots(contributions).values().flat_map(|ballot| refusals(contributions, ballot)).collect()
}

/// The answers to each task on each data set.
fn ballots(contributions: &[Contribution]) -> BTreeMap<(&str, &str), BTreeMap<String, Voters>> {
    let mut ballots: BTreeMap<_, BTreeMap<String, Voters>> = BTreeMap::new();
    for (index, Contribution { results, .. }) in contributions.iter().enumerate() {
        for dataset in &results.datasets {
            let facts = format!(
                "{} bytes, {} records, {} fields",
                dataset.bytes, dataset.records, dataset.fields
            );
            let answers = ballots.entry((dataset.sha256.as_str(), "what the data set is"));
            let voters = answers.or_default().entry(facts).or_default();
            voters.entry(index).or_default().push(format!("data set {}", dataset.name));
        }
        for cell in &results.cells {
            let Some(dataset) = results.dataset(&cell.dataset) else { continue };
            let answers = ballots.entry((dataset.sha256.as_str(), engines::task(cell)));
            let voters = answers.or_default().entry(cell.answer.clone()).or_default();
            let name = format!("{} {} {}", cell.engine, cell.model, cell.dataset);
            voters.entry(index).or_default().push(name);
        }
    }
    ballots
}

fn refusals(contributions: &[Contribution], ballot: &BTreeMap<String, Voters>) -> Vec<Refusal> {
    let others = |answer: &str| -> Vec<&str> {
        ballot.keys().map(String::as_str).filter(|other| *other != answer).collect()
    };
    let right = majority(ballot);
    let wrong = ballot.iter().filter(|(answer, _)| Some(answer.as_str()) != right);
    let refused = wrong.flat_map(|(answer, voters)| {
        let expected = right.map_or_else(|| others(answer).join(" or "), str::to_owned);
        voters.iter().map(move |(&index, cells)| {
            let reason = format!(
                "{} found {answer:?}, where others found {expected:?} in the same bytes: \
                 contribute the file as `delimark run` wrote it",
                cells.join(" and ")
            );
            Refusal { place: contributions[index].place.clone(), reason }
        })
    });
    if ballot.len() > 1 { refused.collect() } else { Vec::new() }
}

/// The answer that most files hold or, within a single file, most cells.
fn majority(ballot: &BTreeMap<String, Voters>) -> Option<&str> {
    let files: BTreeSet<usize> = ballot.values().flat_map(BTreeMap::keys).copied().collect();
    let weight = |voters: &Voters| match files.len() {
        1 => voters.values().map(Vec::len).sum(),
        _ => voters.len(),
    };
    let most = ballot.values().map(weight).max()?;
    let mut winners = ballot.iter().filter(|(_, voters)| weight(voters) == most);
    let (answer, _) = winners.next()?;
    winners.next().is_none().then_some(answer)
}
