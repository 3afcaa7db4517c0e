//! The lines of each shape; the generator treats all shapes alike.

mod adversarial;
mod combined;
mod haproxy;
mod odd;
mod ragged;
mod short;
mod wide;

use combined::Combined;
use haproxy::HaProxy;
use wide::Wide;

use crate::nginx::{Flavor, Log};
use crate::random::Random;
use crate::shape::Shape;

/// Writes the lines of one dataset.
#[derive(Debug)]
pub(crate) enum Lines {
    Log(Log),
    Crlf(Log),
    Ragged(Log),
    Combined(Combined),
    HaProxy(HaProxy),
    Short,
    Wide(Wide),
    Adversarial,
}

impl Lines {
    /// Draws what is fixed for the whole dataset.
    pub(crate) fn new(shape: Shape, random: &mut Random) -> Self {
        match shape {
            Shape::Nginx12 => Self::Log(Log::new(Flavor::Plain, random)),
            Shape::Long => Self::Log(Log::new(Flavor::Long, random)),
            Shape::Utf8 => Self::Log(Log::new(Flavor::Utf8, random)),
            Shape::Crlf => Self::Crlf(Log::new(Flavor::Plain, random)),
            Shape::Ragged => Self::Ragged(Log::new(Flavor::Plain, random)),
            Shape::Combined => Self::Combined(Combined::new(random)),
            Shape::HaProxy => Self::HaProxy(HaProxy::new(random)),
            Shape::Short => Self::Short,
            Shape::Wide => Self::Wide(Wide::new(random)),
            Shape::Adversarial => Self::Adversarial,
        }
    }

    /// Appends one line and its line end; `bytes_before` is where in the dataset it begins.
    pub(crate) fn write(
        &mut self,
        bytes_before: u64,
        is_last: bool,
        random: &mut Random,
        out: &mut Vec<u8>,
    ) {
        match self {
            Self::Log(log) | Self::Crlf(log) => log.write_line(random, out),
            Self::Ragged(log) => ragged::write_line(log, random, out),
            Self::Combined(log) => log.write_line(random, out),
            Self::HaProxy(log) => log.write_line(random, out),
            Self::Short => short::write_line(random, out),
            Self::Wide(wide) => wide.write_line(random, out),
            Self::Adversarial if is_last => return adversarial::write_last_line(random, out),
            Self::Adversarial => adversarial::write_line(bytes_before, random, out),
        }
        if matches!(self, Self::Crlf(_)) {
            out.push(b'\r');
        }
        out.push(b'\n');
    }
}
