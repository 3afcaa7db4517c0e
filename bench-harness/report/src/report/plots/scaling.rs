//! Throughput against threads: a line an engine and working set. Beside those that are not limits
//! stand the ideal, which is straight on logarithmic axes, and what the machine would give: the
//! speed of one thread times what computing gains with as many.

use delimark_results::{ScalingPoint, Steps};

use super::axis::LogAxis;
use super::canvas::{Anchor, Canvas, Point, picture, text_width};
use super::names::spread;
use super::palette::{GRID, Hue, MUTED, hue_of_name, hues_of_lines};
use super::{Drawing, PlotError};
use crate::attribution::{Curve, Scaling};
use crate::number_format::{number, tick, times};
use crate::report::view::{Family, Section};

const WIDTH: i32 = 720;
const LEFT: i32 = 44;
const HEAD: i32 = 50;
/// Numbers of the axis, its name and the legend.
const FOOT: i32 = 88;
/// From a line of the legend to the next.
const LEGEND_STEP: i32 = 18;
const HEIGHT: i32 = 320;
const BOTTOM: i32 = HEAD + HEIGHT;
/// From the end of a line to its name.
const LEADER: i32 = 26;

struct Line<'a> {
    curve: &'a Curve<'a>,
    name: String,
    hue: Hue,
    /// The speed that the machine would give, by threads, GB/s; empty for limits.
    given: Vec<(u64, f64)>,
}

struct Layout {
    right: i32,
    most_threads: u64,
    x: LogAxis,
    y: LogAxis,
}

pub(super) fn draw(section: &Section<'_>) -> Result<Option<Drawing>, PlotError> {
    let lines = lines(&section.scaling);
    if lines.is_empty() {
        return Ok(None);
    }
    let layout = Layout::new(&lines);
    let title = format!("{}: throughput against threads, GB/s", section.dataset.name);
    let description = describe(&title, &lines, &section.scaling);
    let svg = picture((WIDTH, BOTTOM + FOOT), &description, |canvas| {
        canvas.title((0, 12), &title)?;
        draw_axes(canvas, &layout, &lines)?;
        for line in &lines {
            draw_line(canvas, &layout, line)?;
        }
        draw_names(canvas, &layout, &lines)?;
        draw_legend(canvas, !section.scaling.compute.is_empty())
    })?;
    Ok(Some((description, svg)))
}

/// Returns the curves with padding; what it is worth, the table says.
fn lines<'a>(scaling: &'a Scaling<'a>) -> Vec<Line<'a>> {
    let padded: Vec<&Curve<'_>> = scaling.curves.iter().filter(|curve| curve.padded).collect();
    let hues = hues_of_lines(padded.iter().map(|curve| curve.engine));
    let lines = padded.into_iter().zip(hues).map(|(curve, hue)| {
        let place = if curve.is_whole { "whole file" } else { "from caches" };
        let name = format!("{}, {place}", curve.engine);
        Line { curve, name, hue, given: given(scaling, curve) }
    });
    lines.collect()
}

/// Returns the speed that the machine would give to a curve; nothing to a limit, and nothing where
/// it is not known.
fn given(scaling: &Scaling<'_>, curve: &Curve<'_>) -> Vec<(u64, f64)> {
    let Some(first) = curve.at(1).filter(|_| !curve.is_limit()) else { return Vec::new() };
    let rate = first.gigabytes_per_second.median;
    let points = curve.points.iter().filter_map(|point| {
        let gain = scaling.computing_gain(Steps::Independent, point.threads)?;
        Some((point.threads, rate * gain.estimate().median))
    });
    points.collect()
}

impl Layout {
    fn new(lines: &[Line<'_>]) -> Self {
        let names = lines.iter().map(|line| text_width(&line.name)).max().unwrap_or(0);
        let right = WIDTH - names - LEADER - 4;
        let points = || lines.iter().flat_map(|line| &line.curve.points);
        let most_threads = points().map(|point| point.threads).max().unwrap_or(1);
        let low =
            points().map(|point| point.gigabytes_per_second.low).fold(f64::INFINITY, f64::min);
        let high = points().map(|point| point.gigabytes_per_second.high).fold(0.0, f64::max);
        let ideals = lines.iter().filter_map(Line::ideal).map(|[_, (_, rate)]| rate);
        let given = || lines.iter().flat_map(|line| &line.given).map(|&(_, rate)| rate);
        let low = given().fold(low, f64::min);
        let high = ideals.chain(given()).fold(high, f64::max);
        Self {
            right,
            most_threads,
            // One thread alone would be a range of no width.
            x: LogAxis::new(1.0..most_threads.max(2) as f64, (LEFT + 12, right)),
            y: LogAxis::new(low / 1.2..high * 1.1, (BOTTOM, HEAD)),
        }
    }

    fn place(&self, (threads, rate): (u64, f64)) -> Point {
        (self.x.at(threads as f64), self.y.at(rate))
    }
}

impl Line<'_> {
    /// Returns the line from one thread to the most, if each had the speed of the one.
    fn ideal(&self) -> Option<[(u64, f64); 2]> {
        let first = self.curve.at(1).filter(|_| !self.curve.is_limit())?;
        let last = self.curve.points.last().filter(|last| last.threads > 1)?;
        let rate = first.gigabytes_per_second.median;
        Some([(1, rate), (last.threads, rate * last.threads as f64)])
    }

    fn places(&self, layout: &Layout, rate: fn(&ScalingPoint) -> f64) -> Vec<Point> {
        let points = self.curve.points.iter();
        points.map(|point| layout.place((point.threads, rate(point)))).collect()
    }
}

fn draw_axes(canvas: &Canvas<'_>, layout: &Layout, lines: &[Line<'_>]) -> Result<(), PlotError> {
    for value in layout.y.decimal_ticks() {
        let y = layout.y.at(value);
        canvas.line(&[(LEFT, y), (layout.right, y)], GRID, 1)?;
        canvas.tick((LEFT - 8, y), &tick(value), Anchor::End)?;
    }
    let points = lines.iter().flat_map(|line| &line.curve.points);
    let mut threads: Vec<u64> = points.map(|point| point.threads).collect();
    threads.sort_unstable();
    threads.dedup();
    for threads in threads {
        let x = layout.x.at(threads as f64);
        canvas.line(&[(x, HEAD), (x, BOTTOM)], GRID, 1)?;
        canvas.tick((x, BOTTOM + 14), &threads.to_string(), Anchor::Middle)?;
    }
    let label = if layout.most_threads == 1 { "thread" } else { "threads" };
    canvas.tick(((LEFT + layout.right) / 2, BOTTOM + 31), label, Anchor::Middle)
}

fn draw_line(canvas: &Canvas<'_>, layout: &Layout, line: &Line<'_>) -> Result<(), PlotError> {
    if let Some(ideal) = line.ideal() {
        let ends = ideal.map(|end| layout.place(end));
        canvas.line(&ends, MUTED, 1)?;
    }
    if line.given.len() > 1 {
        let given: Vec<Point> = line.given.iter().map(|&point| layout.place(point)).collect();
        canvas.dashes(&given, MUTED, 1)?;
    }
    let low = line.places(layout, |point| point.gigabytes_per_second.low).into_iter();
    let high = line.places(layout, |point| point.gigabytes_per_second.high).into_iter();
    canvas.band(low.chain(high.rev()).collect(), line.hue)?;
    let points = line.places(layout, |point| point.gigabytes_per_second.median);
    if line.curve.is_limit() {
        canvas.dashes(&points, line.hue, 2)?;
    } else {
        canvas.line(&points, line.hue, 2)?;
    }
    for point in points {
        canvas.dot(point, 3, line.hue)?;
    }
    Ok(())
}

/// Writes each name level with the end of its line, or as near as its neighbours leave room.
fn draw_names(canvas: &Canvas<'_>, layout: &Layout, lines: &[Line<'_>]) -> Result<(), PlotError> {
    let mut ends: Vec<(Point, &Line<'_>)> = lines
        .iter()
        .filter_map(|line| {
            let last = line.curve.points.last()?;
            Some((layout.place((last.threads, last.gigabytes_per_second.median)), line))
        })
        .collect();
    ends.sort_by_key(|((_, y), _)| *y);
    let wanted: Vec<i32> = ends.iter().map(|((_, y), _)| *y).collect();
    for (((x, y), line), name_y) in ends.into_iter().zip(spread(&wanted, (HEAD, BOTTOM))) {
        let name_x = layout.right + LEADER;
        canvas.line(&[(x + 5, y), (layout.right + 8, y), (name_x - 4, name_y)], line.hue, 1)?;
        let hue = hue_of_name(Family::of(line.curve.engine), line.curve.engine);
        canvas.text((name_x, name_y), &line.name, hue, Anchor::Start)?;
    }
    Ok(())
}

fn draw_legend(canvas: &Canvas<'_>, is_machine_known: bool) -> Result<(), PlotError> {
    let y = BOTTOM + 54;
    canvas.line(&[(LEFT, y), (LEFT + 20, y)], MUTED, 1)?;
    let text = "ideal: the speed of one thread times the threads. Log scales.";
    canvas.tick((LEFT + 26, y), text, Anchor::Start)?;
    if is_machine_known {
        let y = y + LEGEND_STEP;
        canvas.dashes(&[(LEFT, y), (LEFT + 20, y)], MUTED, 1)?;
        let text = "the machine: that speed times the gain of threads that only compute.";
        canvas.tick((LEFT + 26, y), text, Anchor::Start)?;
    }
    Ok(())
}

fn describe(title: &str, lines: &[Line<'_>], scaling: &Scaling<'_>) -> String {
    let rows = lines.iter().map(|line| {
        let points = line.curve.points.iter().map(|point| {
            let rate = number(point.gigabytes_per_second.median);
            format!("{rate} with {}", point.threads)
        });
        format!("{} {}", line.name, points.collect::<Vec<_>>().join(", "))
    });
    let gains = scaling.compute.iter().filter_map(|point| {
        let is_shown = point.steps == Steps::Independent && point.threads > 1;
        let gain = scaling.computing_gain(point.steps, point.threads).filter(|_| is_shown)?;
        Some(format!("computing gains {} with {}", times(gain.estimate().median), point.threads))
    });
    format!("{title}. {}.", rows.chain(gains).collect::<Vec<_>>().join("; "))
}
