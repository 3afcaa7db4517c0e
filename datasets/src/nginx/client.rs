//! The clients: an address and what stands behind it never change within a log.

use super::agent::{self, Class};
use super::population::Population;
use crate::choice::Choice;
use crate::digits::{push_decimal, push_hex};
use crate::random::Random;

static CLASSES: Choice<Class> =
    Choice::new(&[(40, Class::Browser), (26, Class::App), (22, Class::Tool), (12, Class::Bot)]);

static BROWSER_PROTOCOLS: Choice<&str> =
    Choice::new(&[(78, "HTTP/2.0"), (21, "HTTP/1.1"), (1, "HTTP/1.0")]);
static OTHER_PROTOCOLS: Choice<&str> =
    Choice::new(&[(77, "HTTP/1.1"), (17, "HTTP/2.0"), (6, "HTTP/1.0")]);

/// Beginnings of providers' address blocks.
static NETWORKS_V6: [&str; 10] = [
    "2a02:8108",
    "2a01:cb04",
    "2001:8003",
    "2600:1700",
    "2601:645",
    "2003:ea",
    "2409:8a55",
    "2804:14c",
    "2a00:23c7",
    "2401:4900",
];

/// First bytes of ordinary addresses: no private, loopback, multicast or test networks.
static NETWORKS_V4: [u8; 40] = [
    3, 5, 13, 18, 20, 24, 31, 34, 37, 46, 50, 52, 54, 62, 66, 71, 77, 78, 80, 81, 82, 84, 86, 88,
    91, 93, 94, 95, 104, 109, 114, 123, 142, 151, 163, 176, 185, 188, 193, 212,
];

/// One client, as its own stream says.
pub(super) struct Client {
    pub(super) class: Class,
    own: Random,
}

impl Client {
    /// Draws who asks next: popular clients (offices, proxies, crawlers) ask often.
    #[inline]
    pub(super) fn draw(population: &Population, random: &mut Random) -> Self {
        let rank = random.log_uniform(4..17);
        let mut own = population.client(rank);
        Self { class: CLASSES.pick(&mut own), own }
    }

    /// Appends the address, about 8 % of them IPv6 in the text form of RFC 5952.
    #[inline]
    pub(super) fn write_address(&mut self, out: &mut Vec<u8>) {
        if self.own.percent(8) {
            self.write_address_v6(out);
        } else {
            push_decimal(out, u64::from(self.own.pick(&NETWORKS_V4)));
            for _ in 0..2 {
                out.push(b'.');
                push_decimal(out, self.own.below(256));
            }
            out.push(b'.');
            push_decimal(out, 1 + self.own.below(254));
        }
    }

    /// Groups are never zero, so there is nothing to shorten but where `::` is written.
    fn write_address_v6(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.own.pick(&NETWORKS_V6).as_bytes());
        let (groups, separator): (u32, &[u8]) =
            if self.own.percent(30) { (2, b"::") } else { (5, b":") };
        for _ in 0..groups {
            out.push(b':');
            push_hex(out, 1 + self.own.below(0xffff));
        }
        out.extend_from_slice(separator);
        push_hex(out, 1 + self.own.below(0xffff));
    }

    #[inline]
    pub(super) fn protocol(&mut self) -> &'static str {
        let protocols = match self.class {
            Class::Browser => &BROWSER_PROTOCOLS,
            Class::App | Class::Bot | Class::Tool => &OTHER_PROTOCOLS,
        };
        protocols.pick(&mut self.own)
    }

    #[inline]
    pub(super) fn write_agent(&mut self, out: &mut Vec<u8>) {
        agent::write(self.class, &mut self.own, out);
    }
}
