//! The spread of the time per record over bursts: a line from fast to slow bursts for each of a
//! model's engines, with the percentiles marked on it and written beside it.

use delimark_results::{Bursts, Dataset};

use super::axis::LogAxis;
use super::canvas::{Anchor, Canvas, picture, text_width};
use super::palette::{BAR, GRID, Hue, INK, MUTED, hue_of, hue_of_name};
use super::{Drawing, PlotError};
use crate::number_format::{number, tick};
use crate::report::verdict::{BAR_NS_PER_RECORD, bar_applies};
use crate::report::view::ModelView;

const WIDTH: i32 = 720;
const ROW: i32 = 28;
/// Title, and the heads of the columns.
const HEAD: i32 = 62;
/// Numbers of the axis and the legend.
const FOOT: i32 = 58;
/// Width of one of the three columns of percentiles.
const COLUMN: i32 = 58;
const PERCENTILES: [&str; 3] = ["P50", "P99", "P99.9"];
/// The quantiles between which the line is drawn.
const SHOWN: std::ops::RangeInclusive<f64> = 0.01..=0.999;

struct Engine<'a> {
    name: &'a str,
    hue: Hue,
    name_hue: Hue,
    bursts: &'a Bursts,
}

struct Layout {
    left: i32,
    right: i32,
    bottom: i32,
    axis: LogAxis,
}

pub(super) fn draw(dataset: &Dataset, model: &ModelView<'_>) -> Result<Option<Drawing>, PlotError> {
    let engines = engines(model);
    if engines.is_empty() {
        return Ok(None);
    }
    let bar = bar_applies(dataset, model.model).then_some(BAR_NS_PER_RECORD);
    let layout = Layout::new(&engines, bar);
    let title = format!("{} on {}: time per record over bursts, ns", model.model, dataset.name);
    let description = describe(&title, &engines);
    let svg = picture((WIDTH, layout.bottom + FOOT), &description, |canvas| {
        canvas.title((0, 12), &title)?;
        draw_frame(canvas, &layout)?;
        if let Some(bar) = bar {
            draw_bar_to_beat(canvas, &layout, bar)?;
        }
        for (index, engine) in engines.iter().enumerate() {
            draw_engine(canvas, &layout, HEAD + ROW * index as i32 + ROW / 2, engine)?;
        }
        draw_legend(canvas, (layout.left, layout.bottom + 42))
    })?;
    Ok(Some((description, svg)))
}

/// Returns the engines whose bursts were timed, by their P50.
fn engines<'a>(model: &ModelView<'a>) -> Vec<Engine<'a>> {
    let mut engines: Vec<Engine<'a>> = model
        .rows
        .iter()
        .filter_map(|row| {
            let name = row.cell.engine.as_str();
            Some(Engine {
                name,
                hue: hue_of(row.family, name),
                name_hue: hue_of_name(row.family, name),
                bursts: row.cell.bursts.value()?,
            })
        })
        .collect();
    engines.sort_by(|a, b| a.bursts.p50_ns_per_record.total_cmp(&b.bursts.p50_ns_per_record));
    engines
}

impl Layout {
    fn new(engines: &[Engine<'_>], bar: Option<f64>) -> Self {
        let left = engines.iter().map(|engine| text_width(engine.name)).max().unwrap_or(0) + 16;
        let right = WIDTH - 3 * COLUMN - 16;
        let values: Vec<f64> =
            engines.iter().flat_map(|engine| shown(engine.bursts)).chain(bar).collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min) / 1.15;
        let high = values.iter().copied().fold(0.0, f64::max) * 1.15;
        let bottom = HEAD + ROW * engines.len() as i32;
        Self { left, right, bottom, axis: LogAxis::new(low..high, (left, right)) }
    }
}

/// Returns the values of the curve that are drawn.
fn shown(bursts: &Bursts) -> Vec<f64> {
    let points = bursts.quantiles.iter();
    points.filter(|(probability, _)| SHOWN.contains(probability)).map(|(_, ns)| *ns).collect()
}

fn percentiles(bursts: &Bursts) -> [f64; 3] {
    [bursts.p50_ns_per_record, bursts.p99_ns_per_record, bursts.p999_ns_per_record]
}

fn draw_frame(canvas: &Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    let mut label_end = i32::MIN;
    for value in layout.axis.decimal_ticks() {
        let x = layout.axis.at(value);
        canvas.line(&[(x, HEAD), (x, layout.bottom)], GRID, 1)?;
        let label = tick(value);
        let half = text_width(&label) / 2;
        if x - half > label_end {
            canvas.tick((x, layout.bottom + 14), &label, Anchor::Middle)?;
            label_end = x + half + 6;
        }
    }
    for (index, name) in PERCENTILES.iter().enumerate() {
        canvas.text((column_end(index), HEAD - 18), name, MUTED, Anchor::End)?;
    }
    Ok(())
}

const fn column_end(index: usize) -> i32 {
    WIDTH - COLUMN * (2 - index as i32) - 4
}

fn draw_bar_to_beat(canvas: &Canvas<'_>, layout: &Layout, bar: f64) -> Result<(), PlotError> {
    let x = layout.axis.at(bar);
    let label = format!("bar: {bar} ns a line, other hardware");
    canvas.dashes(&[(x, HEAD - 8), (x, layout.bottom)], BAR, 1)?;
    let half = text_width(&label) / 2;
    let middle = x.min(layout.right - half).max(layout.left + half);
    canvas.text((middle, HEAD - 18), &label, BAR, Anchor::Middle)
}

fn draw_engine(
    canvas: &Canvas<'_>,
    layout: &Layout,
    y: i32,
    engine: &Engine<'_>,
) -> Result<(), PlotError> {
    canvas.text((layout.left - 10, y), engine.name, engine.name_hue, Anchor::End)?;
    let curve = shown(engine.bursts);
    if let (Some(&first), Some(&last)) = (curve.first(), curve.last()) {
        canvas.line(&[(layout.axis.at(first), y), (layout.axis.at(last), y)], engine.hue, 2)?;
    }
    let values = percentiles(engine.bursts);
    let [p50, p99, p999] = values.map(|ns| (layout.axis.at(ns), y));
    mark(canvas, [p50, p99, p999], engine.hue)?;
    for (index, ns) in values.into_iter().enumerate() {
        canvas.text((column_end(index), y), &number(ns), INK, Anchor::End)?;
    }
    Ok(())
}

/// Marks P50, P99 and P99.9; the rarest lies on top, since it is the smallest.
fn mark(canvas: &Canvas<'_>, [p50, p99, p999]: [(i32, i32); 3], hue: Hue) -> Result<(), PlotError> {
    canvas.dot(p50, 5, hue)?;
    canvas.triangle(p99, 5, hue)?;
    canvas.cross(p999, 4, hue)
}

fn draw_legend(canvas: &Canvas<'_>, (x, y): (i32, i32)) -> Result<(), PlotError> {
    mark(canvas, [(x + 6, y), (x + 62, y), (x + 118, y)], MUTED)?;
    for (index, name) in PERCENTILES.iter().enumerate() {
        canvas.tick((x + 16 + 56 * index as i32, y), name, Anchor::Start)?;
    }
    canvas.tick((x + 186, y), "of bursts; the line begins at P1. Log scale.", Anchor::Start)
}

fn describe(title: &str, engines: &[Engine<'_>]) -> String {
    let rows: Vec<String> = engines
        .iter()
        .map(|engine| {
            let [p50, p99, p999] = percentiles(engine.bursts).map(number);
            format!("{} P50 {p50}, P99 {p99}, P99.9 {p999}", engine.name)
        })
        .collect();
    format!("{title}. {}.", rows.join("; "))
}
