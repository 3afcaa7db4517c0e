//! Access logs as nginx writes them; five shapes are made of their lines.
//!
//! The fields are `$remote_addr|$time_iso8601|$request_method|$request_uri|$server_protocol|`
//! `$status|$body_bytes_sent|$http_referer|$http_user_agent|$request_time|$upstream_addr|`
//! `$upstream_response_time`.
//!
//! Clients and resources have ranks, and a rank has a stream of its own: that stream alone says
//! what is always true of it (a client's address and browser, a page's path). The dataset's stream
//! says who asks for what, and what comes back. So nothing is kept in memory and nothing repeats.

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

use client::Client;
use clock::Clock;
use phrase::push_phrase;
use population::Population;
use request::Request;
use response::Response;

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

/// Writes the lines of one log.
#[derive(Debug)]
pub(crate) struct Log {
    flavor: Flavor,
    population: Population,
    clock: Clock,
}

impl Log {
    /// Draws a population; the clock starts at a fixed date.
    pub(crate) fn new(flavor: Flavor, random: &mut Random) -> Self {
        let population = Population { seed: random.next_u64() };
        Self { flavor, population, clock: Clock::new() }
    }

    /// Appends one line without its line end.
    pub(crate) fn write_line(&mut self, random: &mut Random, out: &mut Vec<u8>) {
        let mut client = Client::draw(&self.population, random);
        let request = Request::draw(client.class, random);
        let response = Response::draw(&request, random);

        client.write_address(out);
        out.push(b'|');
        self.clock.advance(random);
        out.extend_from_slice(self.clock.text());
        out.push(b'|');
        out.extend_from_slice(request.method.as_bytes());
        out.push(b'|');
        self.write_uri(&request, random, out);
        out.push(b'|');
        client.write_protocol(out);
        out.push(b'|');
        push_decimal(out, response.status);
        out.push(b'|');
        push_decimal(out, response.body_bytes);
        out.push(b'|');
        self.write_referer(&client, &request, random, out);
        out.push(b'|');
        self.write_agent(&mut client, random, out);
        out.push(b'|');
        push_seconds(out, response.request_milliseconds);
        out.push(b'|');
        response.upstream.write_addresses(out);
        out.push(b'|');
        response.upstream.write_times(out);
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
