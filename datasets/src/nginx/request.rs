//! Requests: URI, referer and response all follow from them.

use super::agent::Class;
use crate::choice::Choice;
use crate::random::Random;

/// Says what a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A page for people.
    Page,
    /// A file that a page needs.
    Asset,
    /// A call of the programming interface.
    Api,
    /// A file that crawlers ask for.
    Feed,
    /// A check that the site is up.
    Health,
    /// A search for holes.
    Probe,
}

static BROWSER_KINDS: Choice<Kind> =
    Choice::new(&[(52, Kind::Asset), (26, Kind::Page), (20, Kind::Api), (2, Kind::Feed)]);
static APP_KINDS: Choice<Kind> = Choice::new(&[(84, Kind::Api), (16, Kind::Asset)]);
static BOT_KINDS: Choice<Kind> =
    Choice::new(&[(70, Kind::Page), (16, Kind::Asset), (14, Kind::Feed)]);
static TOOL_KINDS: Choice<Kind> =
    Choice::new(&[(48, Kind::Api), (24, Kind::Probe), (18, Kind::Page), (10, Kind::Health)]);

static PAGE_METHODS: Choice<&str> = Choice::new(&[(93, "GET"), (4, "POST"), (3, "HEAD")]);
static API_METHODS: Choice<&str> = Choice::new(&[
    (66, "GET"),
    (22, "POST"),
    (5, "PUT"),
    (4, "OPTIONS"),
    (2, "DELETE"),
    (1, "HEAD"),
]);
static PROBE_METHODS: Choice<&str> = Choice::new(&[(80, "GET"), (14, "POST"), (6, "HEAD")]);

/// One request.
pub(super) struct Request {
    pub(super) kind: Kind,
    pub(super) method: &'static str,
    /// The resource's rank by popularity, from 1.
    pub(super) rank: u64,
}

impl Request {
    #[inline]
    pub(super) fn draw(class: Class, random: &mut Random) -> Self {
        let kinds = match class {
            Class::Browser => &BROWSER_KINDS,
            Class::App => &APP_KINDS,
            Class::Bot => &BOT_KINDS,
            Class::Tool => &TOOL_KINDS,
        };
        let kind = kinds.pick(random);
        let method = match kind {
            Kind::Page => PAGE_METHODS.pick(random),
            Kind::Api => API_METHODS.pick(random),
            Kind::Probe => PROBE_METHODS.pick(random),
            Kind::Asset | Kind::Feed | Kind::Health => "GET",
        };
        Self { kind, method, rank: random.log_uniform(0..13) }
    }
}
