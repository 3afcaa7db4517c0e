//! The page's instructions for reading it: what the numbers are, and what marks them.

use delimark_results::statistics::MINIMUM_ROUNDS;
use maud::{Markup, html};

const PARAGRAPHS: [(&str, &str); 7] = [
    (
        "Read limit.",
        "limit/read only reads the bytes, with the fastest of several loops on that machine. A \
         share of it says how close an engine comes to what the machine can do at all, and can be \
         compared between machines; absolute speeds are shown on demand.",
    ),
    (
        "Fastest parser.",
        "Within one machine, model and data set, the engine with the highest median speed is 100 \
         %. Limits do only a part of the work, so they are not parsers and can be above it.",
    ),
    (
        "Spread.",
        "Bars and numbers are medians of whole passes. The thin line and the range in the table \
         are the median's 95 % interval; the thick band is where the middle half of the passes \
         lies. Shares are taken round by round, where both engines met the same disturbances.",
    ),
    (
        "Not significant.",
        "A share is marked so where its interval holds 100 %, or lies within what the same run \
         finds between an engine and itself.",
    ),
    (
        "Simulated and single-stepped.",
        "Counts that the processor did not count itself are marked, and drawn hatched. Simulated \
         ones are callgrind's, with caches and a branch predictor that are not this processor's. \
         Single-stepped ones are exact numbers of instructions. No time is taken under either.",
    ),
    (
        "Model.",
        "What llvm-mca, LLVM's machine-code analyser, predicts is marked as model wherever it \
         stands. Nothing of it was measured.",
    ),
    (
        "Checks.",
        "Each file of results was compared with its schema, its numbers with the samples they \
         follow from, and every answer with the reference parser's on the same pinned data. Its \
         engines are those that its processor can run, and none that a full run has is missing. A \
         seal shows damage and edits by hand. It is no signature: it does not stop who makes a \
         whole file up. Quick runs, changed builds and other data are refused.",
    ),
];

pub(super) fn section() -> Markup {
    html! {
        section aria-labelledby="method" {
            h2 #method { "How to read this" }
            @for (opening, text) in PARAGRAPHS { p { strong { (opening) } " " (text) } }
            p.note { "Every result has at least " (MINIMUM_ROUNDS) " rounds." }
        }
    }
}
