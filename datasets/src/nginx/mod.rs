//! Access logs: who asks for what, and what comes back. The lines of seven shapes are made of it.
//!
//! Clients and resources have ranks, and a rank has a stream of its own: that stream alone says
//! what is always true of it (a client's address and browser, a page's path). The dataset's stream
//! says who asks for what, and what comes back. So nothing is kept in memory and nothing repeats.
//!
//! A log draws [`Exchange`]s; [`Log::write_line`] lays one out in the 12 fields of `nginx12`, and
//! other shapes lay the same ones out as other formats have them.

mod agent;
mod agent_tables;
mod client;
mod clock;
mod phrase;
mod population;
mod referer;
mod request;
mod response;
mod uri;
mod vocabulary;

pub(crate) use agent::Class;
use client::Client;
pub(crate) use clock::{Clock, iso_text, log_text};
use phrase::push_phrase;
use population::Population;
pub(crate) use request::Kind;
use request::Request;
pub(crate) use response::Response;
pub(crate) use vocabulary::OWN_SITE;

use crate::digits::{push_decimal, push_seconds};
use crate::random::Random;

/// The departure of a log's lines from the plain ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    /// As they come.
    Plain,
    /// URIs of 1 to 8 KiB.
    Long,
    /// Phrases of many scripts in URI, referer and user agent.
    Utf8,
}

/// Draws the exchanges of one log.
#[derive(Debug)]
pub(crate) struct Log {
    flavor: Flavor,
    population: Population,
    clock: Clock,
    texts: Texts,
}

/// The texts of the last exchange; kept so that their memory is used again.
#[derive(Debug, Default)]
struct Texts {
    address: Vec<u8>,
    uri: Vec<u8>,
    referer: Vec<u8>,
    agent: Vec<u8>,
}

/// A request and its response, not laid out yet.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    /// The kind of program that the client is.
    pub(crate) class: Class,
    /// The client's address.
    pub(crate) address: &'a [u8],
    /// The time of the response's end.
    pub(crate) clock: &'a Clock,
    /// The purpose of the request.
    pub(crate) kind: Kind,
    pub(crate) method: &'static str,
    pub(crate) uri: &'a [u8],
    pub(crate) protocol: &'static str,
    pub(crate) response: Response,
    /// The referer, `-` where there is none.
    pub(crate) referer: &'a [u8],
    pub(crate) agent: &'a [u8],
}

impl Log {
    /// Draws a population; the clock starts at a fixed date.
    pub(crate) fn new(flavor: Flavor, random: &mut Random) -> Self {
        let population = Population { seed: random.next_u64() };
        Self { flavor, population, clock: Clock::new(), texts: Texts::default() }
    }

    /// Starts a stream for what a format adds to exchanges: drawing from it changes none of them.
    pub(crate) fn additions(&self) -> Random {
        Random::new(!self.population.seed)
    }

    /// Draws the next exchange. The order of the draws is part of every dataset's bytes.
    #[inline]
    pub(crate) fn draw(&mut self, random: &mut Random) -> Exchange<'_> {
        let mut client = Client::draw(&self.population, random);
        let request = Request::draw(client.class, random);
        let response = Response::draw(&request, random);

        let mut texts = std::mem::take(&mut self.texts);
        texts.clear();
        client.write_address(&mut texts.address);
        self.clock.advance(random);
        self.write_uri(&request, random, &mut texts.uri);
        let protocol = client.protocol();
        self.write_referer(&client, &request, random, &mut texts.referer);
        self.write_agent(&mut client, random, &mut texts.agent);
        self.texts = texts;

        let Texts { address, uri, referer, agent } = &self.texts;
        Exchange {
            class: client.class,
            address,
            clock: &self.clock,
            kind: request.kind,
            method: request.method,
            uri,
            protocol,
            response,
            referer,
            agent,
        }
    }

    /// Appends one line of 12 fields without its line end, as nginx writes them: `$remote_addr`,
    /// `$time_iso8601`, `$request_method`, `$request_uri`, `$server_protocol`, `$status`,
    /// `$body_bytes_sent`, `$http_referer`, `$http_user_agent`, `$request_time`, `$upstream_addr`
    /// and `$upstream_response_time`.
    pub(crate) fn write_line(&mut self, random: &mut Random, out: &mut Vec<u8>) {
        let exchange = self.draw(random);
        out.extend_from_slice(exchange.address);
        out.push(b'|');
        out.extend_from_slice(exchange.clock.text());
        out.push(b'|');
        out.extend_from_slice(exchange.method.as_bytes());
        out.push(b'|');
        out.extend_from_slice(exchange.uri);
        out.push(b'|');
        out.extend_from_slice(exchange.protocol.as_bytes());
        out.push(b'|');
        push_decimal(out, exchange.response.status);
        out.push(b'|');
        push_decimal(out, exchange.response.body_bytes);
        out.push(b'|');
        out.extend_from_slice(exchange.referer);
        out.push(b'|');
        out.extend_from_slice(exchange.agent);
        out.push(b'|');
        push_seconds(out, exchange.response.request_milliseconds);
        out.push(b'|');
        exchange.response.upstream.write_addresses(out);
        out.push(b'|');
        exchange.response.upstream.write_times(out);
    }

    fn write_uri(&self, request: &Request, random: &mut Random, out: &mut Vec<u8>) {
        let start = out.len();
        uri::write(request, &self.population, random, out);
        match self.flavor {
            Flavor::Plain => {}
            Flavor::Long => {
                let bytes = random.log_uniform(10..13);
                uri::lengthen(start + bytes as usize, random, out);
            }
            Flavor::Utf8 => {
                let has_query = out[start..].contains(&b'?');
                out.extend_from_slice(if has_query { b"&tag=" } else { b"?tag=" });
                push_phrase(b'+', random, out);
            }
        }
    }

    fn write_referer(
        &self,
        client: &Client,
        request: &Request,
        random: &mut Random,
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        referer::write(client.class, request, &self.population, random, out);
        if self.flavor == Flavor::Utf8 && out[start..] != *b"-" {
            out.push(b'#');
            push_phrase(b'-', random, out);
        }
    }

    fn write_agent(&self, client: &mut Client, random: &mut Random, out: &mut Vec<u8>) {
        client.write_agent(out);
        if self.flavor == Flavor::Utf8 && random.percent(50) {
            out.extend_from_slice(b" (");
            push_phrase(b' ', random, out);
            out.push(b')');
        }
    }
}

impl Texts {
    fn clear(&mut self) {
        let Self { address, uri, referer, agent } = self;
        [address, uri, referer, agent].into_iter().for_each(Vec::clear);
    }
}
