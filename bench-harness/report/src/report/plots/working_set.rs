//! Throughput against working set: a line an engine, its name at its end, and the caches' sizes.

use delimark_results::{Cache, CacheKind, Dataset, WorkingSetPoint};

use super::axis::LogAxis;
use super::canvas::{Anchor, Canvas, Point, picture, text_width};
use super::names::{NAME, spread};
use super::palette::{GRID, Hue, MUTED, hue_of_name, hues_of_lines};
use super::{Drawing, PlotError};
use crate::number_format::{binary_size, number, tick};
use crate::report::view::{Family, in_order};

const WIDTH: i32 = 720;
const LEFT: i32 = 44;
/// Title and the names of the caches.
const HEAD: i32 = 66;
/// Numbers and name of the axis.
const FOOT: i32 = 50;
/// The height of the plot where it has few lines.
const HEIGHT: i32 = 340;
/// From the end of a line to its name.
const LEADER: i32 = 26;

struct Line<'a> {
    engine: &'a str,
    family: Family,
    hue: Hue,
    /// By rising working set.
    points: Vec<&'a WorkingSetPoint>,
}

struct Layout {
    right: i32,
    bottom: i32,
    x: LogAxis,
    y: LogAxis,
}

pub(super) fn draw(
    dataset: &Dataset,
    model: &str,
    points: &[&WorkingSetPoint],
    caches: &[Cache],
) -> Result<Drawing, PlotError> {
    let lines = lines(points);
    let layout = Layout::new(&lines, points);
    let title = format!("{model} on {}: throughput against working set, GB/s", dataset.name);
    let description = describe(&title, &lines);
    let svg = picture((WIDTH, layout.bottom + FOOT), &description, |canvas| {
        canvas.title((0, 12), &title)?;
        draw_rates(canvas, &layout)?;
        draw_sizes(canvas, &layout, points, dataset.bytes)?;
        draw_caches(canvas, &layout, caches)?;
        for line in &lines {
            draw_line(canvas, &layout, line)?;
        }
        draw_names(canvas, &layout, &lines)
    })?;
    Ok((description, svg))
}

fn lines<'a>(points: &[&'a WorkingSetPoint]) -> Vec<Line<'a>> {
    let mut engines = in_order(points.iter().map(|point| point.engine.as_str()));
    let best = |engine: &str| {
        let own = points.iter().filter(|point| point.engine == engine);
        own.map(|point| point.gigabytes_per_second.median).fold(0.0, f64::max)
    };
    engines.sort_by(|a, b| best(b).total_cmp(&best(a)));
    let hues = hues_of_lines(engines.iter().copied());
    engines
        .into_iter()
        .zip(hues)
        .map(|(engine, hue)| {
            let family = Family::of(engine);
            let mut points: Vec<&WorkingSetPoint> =
                points.iter().copied().filter(|point| point.engine == engine).collect();
            points.sort_by_key(|point| point.working_set_bytes);
            Line { engine, family, hue, points }
        })
        .collect()
}

impl Layout {
    fn new(lines: &[Line<'_>], points: &[&WorkingSetPoint]) -> Self {
        let names = lines.iter().map(|line| text_width(line.engine)).max().unwrap_or(0);
        let right = WIDTH - names - LEADER - 4;
        let bottom = HEAD + HEIGHT.max((NAME + 4) * lines.len() as i32);
        let sizes = points.iter().map(|point| point.working_set_bytes as f64);
        let low = points.iter().map(|p| p.gigabytes_per_second.low).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(|p| p.gigabytes_per_second.high).fold(0.0, f64::max);
        let smallest = sizes.clone().fold(f64::INFINITY, f64::min);
        // One size alone would be a range of no width.
        let largest = sizes.fold(0.0, f64::max).max(smallest * 2.0);
        Self {
            right,
            bottom,
            x: LogAxis::new(smallest..largest, (LEFT, right)),
            y: LogAxis::new(low / 1.2..high * 1.2, (bottom, HEAD)),
        }
    }

    fn place(&self, working_set_bytes: u64, rate: f64) -> Point {
        (self.x.at(working_set_bytes as f64), self.y.at(rate))
    }
}

fn draw_rates(canvas: &Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    for value in layout.y.decimal_ticks() {
        let y = layout.y.at(value);
        canvas.line(&[(LEFT, y), (layout.right, y)], GRID, 1)?;
        canvas.tick((LEFT - 8, y), &tick(value), Anchor::End)?;
    }
    Ok(())
}

fn draw_sizes(
    canvas: &Canvas<'_>,
    layout: &Layout,
    points: &[&WorkingSetPoint],
    dataset_bytes: u64,
) -> Result<(), PlotError> {
    let largest = points.iter().map(|point| point.working_set_bytes).max().unwrap_or_default();
    let end = layout.x.at(largest as f64);
    let label = binary_size(largest);
    canvas.tick((end, layout.bottom + 14), &label, Anchor::Middle)?;
    if largest == dataset_bytes {
        canvas.tick((end, layout.bottom + 30), "the whole file", Anchor::Middle)?;
    }
    for size in layout.x.binary_ticks() {
        let (x, text) = (layout.x.at(size), binary_size(size as u64));
        if x + text_width(&text) / 2 < end - text_width(&label) / 2 {
            canvas.tick((x, layout.bottom + 14), &text, Anchor::Middle)?;
        }
    }
    let middle = LEFT.midpoint(layout.right);
    canvas.tick((middle, layout.bottom + 36), "working set; both scales log", Anchor::Middle)
}

/// Draws where each level of data cache ends, as far as it is within the picture.
fn draw_caches(canvas: &Canvas<'_>, layout: &Layout, caches: &[Cache]) -> Result<(), PlotError> {
    let mut label_end = LEFT;
    for cache in caches.iter().filter(|cache| cache.kind != CacheKind::Instruction) {
        let x = layout.x.at(cache.bytes as f64);
        if !(LEFT..=layout.right).contains(&x) {
            continue;
        }
        let label = format!("L{} {}", cache.level, binary_size(cache.bytes));
        let half = text_width(&label) / 2;
        canvas.dashes(&[(x, HEAD - 8), (x, layout.bottom)], MUTED, 1)?;
        let middle = x.max(label_end + half + 6);
        canvas.text((middle, HEAD - 18), &label, MUTED, Anchor::Middle)?;
        label_end = middle + half;
    }
    Ok(())
}

fn draw_line(canvas: &Canvas<'_>, layout: &Layout, line: &Line<'_>) -> Result<(), PlotError> {
    let place = |rate: fn(&WorkingSetPoint) -> f64| {
        move |point: &&WorkingSetPoint| layout.place(point.working_set_bytes, rate(point))
    };
    let low = line.points.iter().map(place(|point| point.gigabytes_per_second.low));
    let high = line.points.iter().map(place(|point| point.gigabytes_per_second.high));
    canvas.band(low.chain(high.rev()).collect(), line.hue)?;
    let points: Vec<Point> =
        line.points.iter().map(place(|point| point.gigabytes_per_second.median)).collect();
    match line.family {
        Family::Limit => canvas.dashes(&points, line.hue, 2)?,
        Family::Delimark => canvas.line(&points, line.hue, 2)?,
        Family::Peer | Family::Handicap => canvas.line(&points, line.hue, 1)?,
    }
    for point in points {
        canvas.dot(point, 2, line.hue)?;
    }
    Ok(())
}

/// Writes each name level with the end of its line, or as near as its neighbours leave room.
fn draw_names(canvas: &Canvas<'_>, layout: &Layout, lines: &[Line<'_>]) -> Result<(), PlotError> {
    let mut ends: Vec<(Point, &Line<'_>)> = lines
        .iter()
        .filter_map(|line| {
            let last = line.points.last()?;
            Some((layout.place(last.working_set_bytes, last.gigabytes_per_second.median), line))
        })
        .collect();
    ends.sort_by_key(|((_, y), _)| *y);
    let wanted: Vec<i32> = ends.iter().map(|((_, y), _)| *y).collect();
    let spread = spread(&wanted, (HEAD, layout.bottom));
    for (((x, y), line), name_y) in ends.into_iter().zip(spread) {
        let name_x = layout.right + LEADER;
        canvas.line(&[(x + 4, y), (layout.right + 8, y), (name_x - 4, name_y)], line.hue, 1)?;
        let hue = hue_of_name(line.family, line.engine);
        canvas.text((name_x, name_y), line.engine, hue, Anchor::Start)?;
    }
    Ok(())
}

fn describe(title: &str, lines: &[Line<'_>]) -> String {
    let rows: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            let (first, last) = (line.points.first()?, line.points.last()?);
            let [from, to] = [first, last].map(|point| number(point.gigabytes_per_second.median));
            let [small, large] = [first, last].map(|point| binary_size(point.working_set_bytes));
            Some(format!("{} {from} at {small} to {to} at {large}", line.engine))
        })
        .collect();
    format!("{title}. {}.", rows.join("; "))
}
