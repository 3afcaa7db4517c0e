//! Responses: status, size, times and upstreams depend on each other.

use super::request::{Kind, Request};
use super::vocabulary::UPSTREAMS;
use crate::choice::Choice;
use crate::digits::push_seconds;
use crate::random::Random;

static PAGE_STATUSES: Choice<u64> = Choice::new(&[
    (840, 200),
    (40, 404),
    (35, 302),
    (30, 301),
    (20, 304),
    (10, 499),
    (8, 403),
    (6, 500),
    (4, 502),
    (3, 503),
    (2, 504),
    (2, 410),
]);
static ASSET_STATUSES: Choice<u64> =
    Choice::new(&[(800, 200), (140, 304), (25, 206), (20, 404), (8, 499), (5, 301), (2, 416)]);
static API_READ_STATUSES: Choice<u64> = Choice::new(&[
    (880, 200),
    (30, 404),
    (25, 401),
    (20, 304),
    (12, 499),
    (10, 403),
    (7, 429),
    (6, 500),
    (4, 502),
    (3, 504),
    (3, 503),
]);
static API_WRITE_STATUSES: Choice<u64> = Choice::new(&[
    (520, 200),
    (260, 201),
    (120, 204),
    (30, 400),
    (20, 422),
    (18, 401),
    (10, 409),
    (8, 499),
    (6, 500),
    (4, 502),
    (4, 413),
]);
static PROBE_STATUSES: Choice<u64> =
    Choice::new(&[(780, 404), (120, 403), (40, 301), (30, 400), (20, 405), (10, 444)]);
static FEED_STATUSES: Choice<u64> = Choice::new(&[(860, 200), (100, 304), (40, 404)]);

/// Servers give up before 30 seconds, whatever retries and sending add.
const LONGEST_ATTEMPT_MILLISECONDS: u64 = 28_672;

/// One response.
#[derive(Clone, Copy)]
pub(crate) struct Response {
    pub(crate) status: u64,
    pub(crate) body_bytes: u64,
    pub(crate) request_milliseconds: u64,
    pub(crate) upstream: Upstream,
}

impl Response {
    #[inline]
    pub(super) fn draw(request: &Request, random: &mut Random) -> Self {
        let status = draw_status(request, random);
        let body_bytes = draw_body_bytes(request, status, random);
        let upstream = Upstream::draw(request.kind, status, random);
        let sending_milliseconds = match upstream.attempts {
            0 if random.percent(72) => 0,
            0 => random.log_uniform(0..13) - 1,
            _ if random.percent(60) => 0,
            _ => random.log_uniform(0..9),
        };
        let request_milliseconds = upstream.total_milliseconds() + sending_milliseconds;
        Self { status, body_bytes, request_milliseconds, upstream }
    }
}

fn draw_status(request: &Request, random: &mut Random) -> u64 {
    match (request.kind, request.method) {
        (Kind::Page, _) => PAGE_STATUSES.pick(random),
        (Kind::Asset, _) => ASSET_STATUSES.pick(random),
        (Kind::Api, "OPTIONS") => 204,
        (Kind::Api, "GET" | "HEAD") => API_READ_STATUSES.pick(random),
        (Kind::Api, _) => API_WRITE_STATUSES.pick(random),
        (Kind::Feed, _) => FEED_STATUSES.pick(random),
        (Kind::Health, _) => 200,
        (Kind::Probe, _) => PROBE_STATUSES.pick(random),
    }
}

/// Spreads sizes over decades; nginx's own error pages have fixed ones.
fn draw_body_bytes(request: &Request, status: u64, random: &mut Random) -> u64 {
    if request.method == "HEAD" {
        return 0;
    }
    match status {
        204 | 304 | 444 | 499 => 0,
        301 | 302 => 138,
        503 => 190,
        500 => 170,
        502 | 504 => 150,
        400..=416 if request.kind != Kind::Api => 146,
        400..=429 => random.log_uniform(5..9),
        _ => random.log_uniform(match request.kind {
            Kind::Page => 11..18,
            Kind::Asset => 8..22,
            Kind::Api => 4..17,
            Kind::Feed => 6..16,
            Kind::Health | Kind::Probe => 1..8,
        }),
    }
}

/// The servers that were tried, in order; none for static files and what the cache had.
#[derive(Clone, Copy)]
pub(crate) struct Upstream {
    /// The number of the first server that was tried.
    pub(crate) first: u64,
    /// The number of servers that were tried.
    pub(crate) attempts: usize,
    milliseconds: [u64; 3],
}

impl Upstream {
    fn draw(kind: Kind, status: u64, random: &mut Random) -> Self {
        let share = match kind {
            Kind::Page => 84,
            Kind::Asset => 5,
            Kind::Api => 97,
            Kind::Feed => 12,
            Kind::Health => 60,
            Kind::Probe => 30,
        };
        let gateway_failed = matches!(status, 502 | 504);
        let attempts = match random.below(100) {
            _ if !gateway_failed && !random.percent(share) => 0,
            0 => 3,
            1 | 2 => 2,
            3..60 if gateway_failed => 2,
            _ => 1,
        };
        let mut upstream =
            Self { first: random.below(UPSTREAMS.len() as u64), attempts, milliseconds: [0; 3] };
        if let Some((last, failed)) = upstream.milliseconds[..attempts].split_last_mut() {
            for milliseconds in failed {
                // Refused at once, or after a moment.
                *milliseconds = random.log_uniform(0..8) - 1;
            }
            *last = draw_attempt_milliseconds(status, random);
        }
        upstream
    }

    pub(crate) fn total_milliseconds(&self) -> u64 {
        self.milliseconds.iter().sum()
    }

    /// Appends `$upstream_addr`.
    #[inline]
    pub(super) fn write_addresses(&self, out: &mut Vec<u8>) {
        let servers = UPSTREAMS.iter().cycle().skip(self.first as usize).take(self.attempts);
        write_list(servers, out, |server, out| {
            out.extend_from_slice(server.as_bytes());
        });
    }

    /// Appends `$upstream_response_time`.
    #[inline]
    pub(super) fn write_times(&self, out: &mut Vec<u8>) {
        let times = self.milliseconds[..self.attempts].iter();
        write_list(times, out, |&milliseconds, out| {
            push_seconds(out, milliseconds);
        });
    }
}

/// Draws a wait whose octave is the sum of two draws: most are near 0.1 seconds, few near 20.
fn draw_attempt_milliseconds(status: u64, random: &mut Random) -> u64 {
    let milliseconds = match status {
        502 => random.log_uniform(0..8) - 1,
        504 => random.log_uniform(13..15),
        _ => {
            let octave = (random.below(8) + random.below(8)) as u32;
            random.log_uniform(octave..octave + 1) - 1
        }
    };
    // Folded back rather than cut off, so that no value stands out.
    if milliseconds > LONGEST_ATTEMPT_MILLISECONDS { milliseconds - 8192 } else { milliseconds }
}

/// Appends a list the way nginx does: `-` when empty, else separated by a comma and a space.
fn write_list<T>(
    mut items: impl Iterator<Item = T>,
    out: &mut Vec<u8>,
    write_item: impl Fn(T, &mut Vec<u8>),
) {
    match items.next() {
        None => out.push(b'-'),
        Some(first) => write_item(first, out),
    }
    for item in items {
        out.extend_from_slice(b", ");
        write_item(item, out);
    }
}
