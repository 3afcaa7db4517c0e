//! Delivery: a push is tried again, divided, or given up in part, until each of its entries is
//! stored or a dead letter.
//!
//! Where Loki refuses a push it says seldom which entries it means, but everything else is stored,
//! and to send it again stores nothing twice. So a refused push is halved, and each half sent, down
//! to the entries that are refused alone. What is refused for its time is at one end of a sorted
//! push, so that most halves are whole at once.

use std::collections::VecDeque;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use delimark_pipeline::{DeadLetter, DeadLetters};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::answer::Verdict;
use super::client::Client;
use super::counters::{Count, LokiCounters};
use super::options::{LokiOptions, PushEncoding, RetryOptions};
use super::preparation::PushEntry;
use super::push::{is_same_stream, push_bytes};
use super::wire::{Body, encode};
use crate::entry::Origin;

/// The tries after which a push that the server has no room for is divided: a smaller one may pass.
const TRIES_OF_BUSY: u32 = 6;

/// The bytes below which a push is not divided for that.
const LEAST_BUSY_BYTES: usize = 64 << 10;

/// The tries after which a part of a push that was answered with 500 is divided again.
const TRIES_OF_PART: u32 = 2;

/// Delivers pushes.
pub(super) struct Delivery<'a> {
    pub(super) client: Client,
    pub(super) encoding: PushEncoding,
    pub(super) retry: RetryOptions,
    pub(super) counters: &'a LokiCounters,
    pub(super) dead_letters: &'a mut (dyn DeadLetters + Sync),
}

/// What came of the tries to send a part of a push.
enum Outcome {
    Accepted,
    /// With Loki's words, and whether they are about all entries.
    Refused {
        words: String,
        is_all: bool,
    },
    /// It is to be sent in two halves.
    Divided,
}

/// The tries of a part of a push.
struct Tries {
    delays: ExponentialBackoff,
    failed: u32,
    busy: u32,
    failing_since: Option<Instant>,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(
        client: Client,
        options: &LokiOptions,
        counters: &'a LokiCounters,
        dead_letters: &'a mut (dyn DeadLetters + Sync),
    ) -> Self {
        let (encoding, retry) = (options.encoding, options.retry);
        Self { client, encoding, retry, counters, dead_letters }
    }

    /// Delivers sorted entries: returns when each is stored or a dead letter.
    pub(super) async fn deliver(&mut self, push: &[PushEntry]) {
        // The widest parts first: so what is right is accepted early, which is evidence that the
        // server is, too. The order is free, since no stream spans the window within a push.
        let mut parts = VecDeque::from([push]);
        let mut is_other_accepted = false;
        while let Some(part) = parts.pop_front() {
            let is_divided = part.len() < push.len();
            match self.send(part, is_divided, is_other_accepted).await {
                Outcome::Accepted => {
                    self.counters.add(Count::SentEntries, part.len() as u64);
                    is_other_accepted = true;
                }
                Outcome::Refused { words, is_all } if is_all || part.len() == 1 => {
                    self.counters.add(Count::RefusedEntries, part.len() as u64);
                    for entry in part {
                        let reason = format!("was refused by Loki: {words}");
                        self.bury(&entry.origin, &entry.line, &reason).await;
                    }
                }
                Outcome::Refused { .. } | Outcome::Divided => {
                    self.counters.add(Count::Divisions, 1);
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([first, second]);
                }
            }
        }
    }

    /// Makes a dead letter of an entry. Where it cannot be kept the entry must not be acknowledged,
    /// so it is tried until it can.
    pub(super) async fn bury(&mut self, origin: &Origin, line: &[u8], reason: &str) {
        let letter = DeadLetter {
            line_number: origin.line.unwrap_or(0),
            offset: origin.offset,
            column: None,
            value: None,
            reason: reason.to_owned(),
            line: Some(line.to_vec()),
            is_left_out: true,
        };
        let mut delays = self.delays();
        while let Err(error) = self.dead_letters.take(&origin.source, &letter) {
            self.report(&format!("cannot keep a dead letter: {error}"));
            pause(&mut delays).await;
        }
        self.counters.add(Count::DeadEntries, 1);
    }

    /// Makes sure that dead letters are kept.
    pub(super) async fn flush(&mut self) {
        let mut delays = self.delays();
        while let Err(error) = self.dead_letters.flush() {
            self.report(&format!("cannot keep dead letters: {error}"));
            pause(&mut delays).await;
        }
    }

    /// Sends a part until it is accepted, refused, or better divided.
    async fn send(
        &mut self,
        part: &[PushEntry],
        is_divided: bool,
        is_other_accepted: bool,
    ) -> Outcome {
        let body = match encode(part, self.encoding) {
            Ok(body) => body,
            Err(_) if part.len() > 1 => return Outcome::Divided,
            Err(error) => return Outcome::Refused { words: error.to_string(), is_all: true },
        };
        let delays = self.delays();
        let mut tries = Tries { delays, failed: 0, busy: 0, failing_since: None };
        loop {
            self.counters.add(Count::Pushes, 1);
            let answer = match self.client.push(&body).await {
                Ok(answer) => answer,
                Err(error) => {
                    self.report(&error);
                    self.wait(&mut tries, None).await;
                    continue;
                }
            };
            let words = answer.words();
            let is_alone = part.len() == 1;
            match answer.verdict() {
                Verdict::Accepted => {
                    self.note_success(&body);
                    return Outcome::Accepted;
                }
                Verdict::TooLarge if is_alone => return Outcome::Refused { words, is_all: true },
                Verdict::TooLarge => return Outcome::Divided,
                Verdict::Refused => {
                    let is_one_stream = is_same_stream(&part[0], &part[part.len() - 1]);
                    let is_all = is_one_stream && answer.rejects_all_of(part.len());
                    return Outcome::Refused { words, is_all };
                }
                Verdict::Busy => {
                    tries.busy += 1;
                    let is_large = !is_alone && push_bytes(part) >= LEAST_BUSY_BYTES;
                    if is_large && tries.busy >= TRIES_OF_BUSY {
                        return Outcome::Divided;
                    }
                }
                Verdict::Failed => {
                    let has_evidence = !is_alone || is_other_accepted;
                    if self.is_at_fault(&mut tries, is_divided, has_evidence).await {
                        return match is_alone {
                            true => Outcome::Refused { words, is_all: true },
                            false => Outcome::Divided,
                        };
                    }
                }
                Verdict::Unavailable => tries.forget_failures(),
                Verdict::Misconfigured => {
                    tries.forget_failures();
                    if let Err(error) = self.client.renew_credentials() {
                        self.report(&error);
                    }
                }
            }
            self.report(&words);
            self.wait(&mut tries, answer.retry_after).await;
        }
    }

    /// Returns true if a push is likely the reason of the server's 500: it was answered so often
    /// enough while the server is ready, and, of a single entry, others of its push were accepted,
    /// or it has been so for long.
    async fn is_at_fault(&self, tries: &mut Tries, is_divided: bool, has_evidence: bool) -> bool {
        let since = *tries.failing_since.get_or_insert_with(Instant::now);
        tries.failed += 1;
        let enough = if is_divided { TRIES_OF_PART } else { self.retry.tries_of_500 };
        let is_long = since.elapsed() >= self.retry.longest_500;
        if tries.failed < enough || !(has_evidence || is_long) {
            return false;
        }
        let is_ready = self.client.is_ready().await;
        if !is_ready {
            tries.forget_failures();
        }
        is_ready
    }

    fn note_success(&self, body: &Body) {
        self.counters.add(Count::SentBytes, body.raw_bytes as u64);
        if self.counters.set_error(None) {
            info!(target: "delimark::ship", "Loki accepts pushes again");
        }
    }

    /// Tells of an error, once until there is a success.
    fn report(&self, error: &str) {
        if self.counters.set_error(Some(error)) {
            warn!(target: "delimark::ship", error, "Loki accepts no push; it is tried again");
        }
    }

    async fn wait(&self, tries: &mut Tries, retry_after: Option<Duration>) {
        self.counters.add(Count::Retries, 1);
        match retry_after {
            Some(delay) => sleep(delay.min(self.retry.longest_delay)).await,
            None => pause(&mut tries.delays).await,
        }
    }

    fn delays(&self) -> ExponentialBackoff {
        let RetryOptions { first_delay, longest_delay, .. } = self.retry;
        let delays = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(first_delay)
            .with_max_delay(longest_delay);
        delays.without_max_times().build()
    }
}

impl Tries {
    /// Forgets the tries that were answered with 500, since the server is in trouble altogether.
    fn forget_failures(&mut self) {
        self.failed = 0;
        self.failing_since = None;
    }
}

async fn pause(delays: &mut ExponentialBackoff) {
    sleep(delays.next().expect("there is always another delay")).await;
}
