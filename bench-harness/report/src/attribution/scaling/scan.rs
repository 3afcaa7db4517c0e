//! The bound of a scan by several threads: the machine, memory, or the threads' effect on each
//! other.

use delimark_results::{READ_LIMIT, ScalingPoint, Steps};

use super::curve::{Curve, Scaling};
use super::paired::{Paired, Side};
use super::{kinds_sentence, scales_from, undecided};
use crate::attribution::thresholds::{READ_SHARE, SCALES, SCALES_LIKE, SCALES_NEAR};
use crate::attribution::{Cause, Finding};
use crate::number_format::binary_size;

/// A curve's most threads, and all that they are compared with.
pub(super) struct Scan<'a> {
    scaling: &'a Scaling<'a>,
    curve: &'a Curve<'a>,
    threads: u64,
    working_set_bytes: u64,
    gain: Paired,
    /// Of the gain of pure computing.
    share: Option<Paired>,
}

/// Reading alone, with as many threads on the same bytes.
struct Reading {
    gain: Paired,
    /// The part that the scan has of its speed.
    share: Paired,
}

impl<'a> Scan<'a> {
    /// Makes one of the most threads, if there are more than one.
    pub(super) fn new(scaling: &'a Scaling<'a>, curve: &'a Curve<'a>) -> Option<Self> {
        let &ScalingPoint { threads, working_set_bytes, .. } = *curve.points.last()?;
        let gain = curve.gain(threads).filter(|_| threads > 1)?;
        let share = scaling.share_of_computing(&gain, threads);
        Some(Self { scaling, curve, threads, working_set_bytes, gain, share })
    }

    pub(super) fn is_whole(&self) -> bool {
        self.curve.is_whole
    }

    /// Says how far it scales, and why no farther.
    pub(super) fn explain(&self) -> Finding {
        let (cause, why) = self.bound();
        let Self { curve, threads, .. } = self;
        let size = binary_size(self.working_set_bytes);
        let place = match curve.is_whole {
            true => format!("the whole file ({size})"),
            false => format!("{size} that caches hold"),
        };
        let share = self
            .share
            .as_ref()
            .map(|share| format!(", which is {} of what computing gains", share.as_share()));
        let mut sentence = format!(
            "From {place}, {threads} threads of {} have {} the speed of one{}: {why}.",
            curve.engine,
            self.gain.as_times(),
            share.unwrap_or_default()
        );
        if self.side() == Side::Open {
            let [one, many] = [1, *threads].map(|threads| curve.kinds(threads));
            sentence += &kinds_sentence(*threads, one, many);
        }
        Finding::new(cause, sentence)
    }

    fn bound(&self) -> (Cause, String) {
        if self.curve.is_whole { self.bound_from_file() } else { self.bound_from_caches() }
    }

    /// Returns the gain's side of the threshold from which on a scan counts as scaling.
    fn side(&self) -> Side {
        self.gain.side(scales_from(self.threads))
    }

    /// Returns the gain's side of the gain that the machine gives.
    fn side_of_machine(&self) -> Option<Side> {
        self.share.as_ref().map(|share| share.side(SCALES))
    }

    fn bound_from_caches(&self) -> (Cause, String) {
        match (self.side(), self.side_of_machine()) {
            (Side::Above, _) => (Cause::Nothing, "they scale".to_owned()),
            (_, Some(Side::Above)) => (Cause::Processors, AS_THE_MACHINE.to_owned()),
            (Side::Open, _) => (Cause::Unknown, undecided(&self.gain, self.threads)),
            (Side::Below, Some(Side::Below)) if self.machine_scales() => {
                (Cause::Threads, "they do not scale though the machine does".to_owned())
            }
            (Side::Below, Some(Side::Below)) => {
                (Cause::Threads, "they scale less than the machine does".to_owned())
            }
            (Side::Below, Some(Side::Open)) => {
                (Cause::Unknown, "whether the machine gives more is open".to_owned())
            }
            (Side::Below, None) => {
                let why = "computing alone was not measured with as many, so whether the machine \
                           gives more is open";
                (Cause::Unknown, why.to_owned())
            }
        }
    }

    fn bound_from_file(&self) -> (Cause, String) {
        if self.side() == Side::Above {
            return (Cause::Nothing, "so far nothing but the threads bounds it".to_owned());
        }
        let reading = self.reading();
        if let Some(Reading { share, .. }) = &reading
            && share.side(READ_SHARE) == Side::Above
        {
            let why =
                format!("bound by memory, at {} of {READ_LIMIT} with as many", share.as_share());
            return (Cause::ReadLimit, why);
        }
        if self.side_of_machine() == Some(Side::Above) {
            return (Cause::Processors, AS_THE_MACHINE.to_owned());
        }
        if self.side() == Side::Open {
            return (Cause::Unknown, undecided(&self.gain, self.threads));
        }
        let Some(reading) = reading else {
            let why = "was not measured with as many, so whether memory bounds it is open";
            return (Cause::Unknown, format!("{READ_LIMIT} {why}"));
        };
        let (cause, why) = self.beside(&reading);
        let Reading { gain, share } = &reading;
        let figures = format!(
            "{READ_LIMIT} gains {}, and the scan has {}",
            gain.as_times(),
            share.as_share()
        );
        (cause, format!("{figures} of its speed, {why}"))
    }

    /// Decides by reading alone what bounds a scan that is not near it.
    fn beside(&self, reading: &Reading) -> (Cause, &'static str) {
        let resident = self.scaling.curve(self.curve.engine, false);
        let resident = resident.and_then(|curve| Self::new(self.scaling, curve));
        let resident_cause = resident.map(|resident| resident.bound().0);
        let does_not_scale = reading.gain.side(scales_from(self.threads)) == Side::Below;
        let is_no_better =
            self.gain.over(&reading.gain).map(|ratio| ratio.side(SCALES_LIKE)) == Some(Side::Below);
        let is_near = reading.share.side(SCALES_NEAR) == Side::Above;
        // Reading that gains all that the machine gives shows nothing about memory.
        let share = self.scaling.share_of_computing(&reading.gain, self.threads);
        let machine_gives_more = resident_cause == Some(Cause::Nothing)
            || share.is_some_and(|share| share.side(SCALES) == Side::Below);
        if does_not_scale && is_no_better && is_near && machine_gives_more {
            (Cause::ReadLimit, "so memory bounds both")
        } else if resident_cause == Some(Cause::Threads) {
            (Cause::Threads, "and from caches they do not scale either, so it is not memory")
        } else {
            (Cause::Unknown, "and what bounds it is open")
        }
    }

    fn reading(&self) -> Option<Reading> {
        let read = self.scaling.curve(READ_LIMIT, self.curve.is_whole)?;
        let share = self.curve.share_of(read, self.threads)?;
        Some(Reading { gain: read.gain(self.threads)?, share })
    }

    fn machine_scales(&self) -> bool {
        let gain = self.scaling.computing_gain(Steps::Independent, self.threads);
        gain.is_some_and(|gain| gain.side(scales_from(self.threads)) == Side::Above)
    }
}

const AS_THE_MACHINE: &str = "as much as the machine gives";
