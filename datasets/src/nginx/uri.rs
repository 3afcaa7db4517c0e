//! Paths and query strings: nothing else in a line varies so much.

use super::population::Population;
use super::request::{Kind, Request};
use super::vocabulary::{
    ADJECTIVES, API_RESOURCES, ASSETS, AssetKind, CAMPAIGNS, FEEDS, HEALTH_CHECKS, NOUNS, PROBES,
    QUERY_KEYS, SECTIONS, SORT_ORDERS,
};
use crate::digits::{push_decimal, push_hex_digits};
use crate::random::Random;

/// Appends the URI of a request.
#[inline]
pub(super) fn write(
    request: &Request,
    population: &Population,
    random: &mut Random,
    out: &mut Vec<u8>,
) {
    let mut resource = population.resource(request.rank);
    match request.kind {
        Kind::Page => {
            write_page(&mut resource, out);
            write_page_query(random, out);
        }
        Kind::Asset => write_asset(&mut resource, out),
        Kind::Api => write_api(&mut resource, random, out),
        Kind::Feed => out.extend_from_slice(random.pick(&FEEDS).as_bytes()),
        Kind::Health => out.extend_from_slice(random.pick(&HEALTH_CHECKS).as_bytes()),
        Kind::Probe => out.extend_from_slice(random.pick(&PROBES).as_bytes()),
    }
}

/// Appends the path of a page, as the page's own stream says.
#[inline]
pub(super) fn write_page(resource: &mut Random, out: &mut Vec<u8>) {
    out.push(b'/');
    if resource.percent(4) {
        return;
    }
    out.extend_from_slice(resource.pick(&SECTIONS).as_bytes());
    out.push(b'/');
    match resource.below(10) {
        0 | 1 => {}
        2..=5 => {
            push_slug(resource, out);
            out.push(b'-');
            push_decimal(out, resource.log_uniform(6..17));
        }
        6 | 7 => push_slug(resource, out),
        8 => {
            push_decimal(out, 2019 + resource.below(8));
            out.push(b'/');
            push_decimal(out, 1 + resource.below(12));
            out.push(b'/');
            push_slug(resource, out);
            out.push(b'/');
        }
        _ => {
            out.extend_from_slice(resource.pick(&NOUNS).as_bytes());
            out.extend_from_slice(b".html");
        }
    }
}

/// Appends the search terms, pages, campaigns or tokens that follow some pages.
fn write_page_query(random: &mut Random, out: &mut Vec<u8>) {
    match random.below(20) {
        0 | 1 => {
            out.extend_from_slice(b"?page=");
            push_decimal(out, random.log_uniform(1..6));
        }
        2 | 3 => {
            out.extend_from_slice(b"?q=");
            push_terms(random, out);
            out.extend_from_slice(b"&sort=");
            out.extend_from_slice(random.pick(&SORT_ORDERS).as_bytes());
        }
        4 => {
            out.extend_from_slice(b"?utm_source=");
            out.extend_from_slice(random.pick(&CAMPAIGNS).as_bytes());
            out.extend_from_slice(b"&utm_campaign=");
            push_slug(random, out);
        }
        5 => {
            out.extend_from_slice(b"?sid=");
            push_hex_digits(out, random.next_u64(), 16);
        }
        _ => {}
    }
}

/// Appends the path of a file: hashed bundles, pictures of products, fonts.
#[inline]
fn write_asset(resource: &mut Random, out: &mut Vec<u8>) {
    let (folder, kind, extension) = ASSETS.pick(resource);
    out.extend_from_slice(folder.as_bytes());
    match kind {
        AssetKind::Bundle => {
            out.extend_from_slice(resource.pick(&NOUNS).as_bytes());
            out.push(b'.');
            push_hex_digits(out, resource.next_u64(), 8);
        }
        AssetKind::Picture => {
            push_decimal(out, resource.log_uniform(8..18));
            out.push(b'/');
            push_slug(resource, out);
        }
        AssetKind::Plain => push_slug(resource, out),
    }
    out.extend_from_slice(extension.as_bytes());
}

/// Appends a call: a collection, often one thing of it, often parameters.
#[inline]
fn write_api(resource: &mut Random, random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(b"/api/v");
    push_decimal(out, 1 + resource.below(3));
    out.push(b'/');
    out.extend_from_slice(resource.pick(&API_RESOURCES).as_bytes());
    match resource.below(8) {
        0 | 1 => {
            out.push(b'/');
            push_uuid(random, out);
        }
        2..=4 => {
            out.push(b'/');
            push_decimal(out, random.log_uniform(8..24));
        }
        _ => {}
    }
    if resource.percent(25) {
        out.push(b'/');
        out.extend_from_slice(resource.pick(&API_RESOURCES).as_bytes());
    }
    if resource.percent(40) {
        out.extend_from_slice(b"?limit=");
        push_decimal(out, 10 << resource.below(4));
        out.extend_from_slice(b"&offset=");
        push_decimal(out, 10 * (random.log_uniform(0..8) - 1));
    }
}

/// Lengthens the URI with parameters until the output has as many bytes.
pub(super) fn lengthen(until_bytes: usize, random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(b"?trace=");
    push_hex_digits(out, random.next_u64(), 16);
    while out.len() < until_bytes {
        out.push(b'&');
        out.extend_from_slice(random.pick(&QUERY_KEYS).as_bytes());
        out.push(b'=');
        for _ in 0..random.log_uniform(0..4) {
            push_hex_digits(out, random.next_u64(), 16);
        }
    }
}

/// Appends words the way titles become paths.
#[inline]
fn push_slug(random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(random.pick(&ADJECTIVES).as_bytes());
    out.push(b'-');
    out.extend_from_slice(random.pick(&NOUNS).as_bytes());
}

/// Appends what a person typed into a search box, escaped as browsers do.
pub(super) fn push_terms(random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(random.pick(&ADJECTIVES).as_bytes());
    out.extend_from_slice(random.pick(&["+", "+", "%20", "+%26+", "%C3%A9+", "+%22"]).as_bytes());
    out.extend_from_slice(random.pick(&NOUNS).as_bytes());
}

/// Appends a random identifier in the form of RFC 9562, version 4.
fn push_uuid(random: &mut Random, out: &mut Vec<u8>) {
    let (high, low) = (random.next_u64(), random.next_u64());
    push_hex_digits(out, high >> 32, 8);
    out.push(b'-');
    push_hex_digits(out, high >> 16, 4);
    out.extend_from_slice(b"-4");
    push_hex_digits(out, high, 3);
    out.push(b'-');
    push_hex_digits(out, 0x8000 | (low >> 48 & 0x3fff), 4);
    out.push(b'-');
    push_hex_digits(out, low, 12);
}
