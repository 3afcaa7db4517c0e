//! The page a request came from: it follows the client's class and the request's kind.

use super::agent::Class;
use super::population::Population;
use super::request::{Kind, Request};
use super::uri::{push_terms, write_page};
use super::vocabulary::{OTHER_SITES, OWN_SITE, SEARCH_ENGINES};
use crate::random::Random;

/// Appends the referer, or `-` as most programs that are no browsers send none.
#[inline]
pub(super) fn write(
    class: Class,
    request: &Request,
    population: &Population,
    random: &mut Random,
    out: &mut Vec<u8>,
) {
    let share = match (class, request.kind) {
        (Class::Browser, Kind::Asset) => 60,
        (Class::Browser, Kind::Page) => 42,
        (Class::Browser, Kind::Api) => 48,
        _ => 1,
    };
    if !random.percent(share) {
        out.push(b'-');
    } else if request.kind == Kind::Page && random.percent(40) {
        write_other_site(random, out);
    } else {
        out.extend_from_slice(OWN_SITE.as_bytes());
        // Strict referrer policies send the site and no path.
        if random.percent(25) {
            out.push(b'/');
        } else {
            write_page(&mut population.resource(random.log_uniform(0..12)), out);
        }
    }
}

fn write_other_site(random: &mut Random, out: &mut Vec<u8>) {
    if random.percent(75) {
        out.extend_from_slice(random.pick(&SEARCH_ENGINES).as_bytes());
        if random.percent(12) {
            out.extend_from_slice(b"search?q=");
            push_terms(random, out);
        }
    } else {
        out.extend_from_slice(random.pick(&OTHER_SITES).as_bytes());
    }
}
