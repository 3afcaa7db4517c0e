//! Throughput of a model's engines: a bar each, fastest first, with the read limit drawn through.

use delimark_results::{Cell, Dataset};

use super::axis::LinearAxis;
use super::canvas::{Anchor, Canvas, picture, text_width};
use super::palette::{GRID, INK, hue_of, hue_of_name};
use super::{Drawing, PlotError};
use crate::number_format::{number, tick};
use crate::report::view::{Family, ModelView, Row};

const WIDTH: i32 = 720;
const ROW: i32 = 28;
const BAR_HALF: i32 = 9;
const WHISKER_HALF: i32 = 4;
/// Title and the name of the limit.
const HEAD: i32 = 62;
/// Numbers of the axis.
const FOOT: i32 = 34;
/// Room for a value right of the longest bar.
const VALUE: i32 = 64;

/// The positions of a plot's parts.
struct Layout {
    left: i32,
    bottom: i32,
    axis: LinearAxis,
}

pub(super) fn draw(dataset: &Dataset, model: &ModelView<'_>) -> Result<Drawing, PlotError> {
    let names = model.rows.iter().map(|row| text_width(&row.cell.engine));
    let left = names.max().unwrap_or_default() + 16;
    let bottom = HEAD + ROW * model.rows.len() as i32;
    let cells = model.rows.iter().map(|row| row.cell).chain(model.limit);
    let maximum = cells.map(|cell| cell.gigabytes_per_second.high).fold(0.0, f64::max);
    let layout = Layout { left, bottom, axis: LinearAxis::new(maximum, (left, WIDTH - VALUE)) };
    let title = format!("{} on {}: throughput, GB/s", model.model, dataset.name);
    let description = describe(&title, model);
    let svg = picture((WIDTH, bottom + FOOT), &description, |canvas| {
        canvas.title((0, 12), &title)?;
        draw_axis(canvas, &layout)?;
        if let Some(limit) = model.limit {
            draw_limit(canvas, &layout, limit)?;
        }
        for (index, row) in model.rows.iter().enumerate() {
            draw_row(canvas, &layout, HEAD + ROW * index as i32 + ROW / 2, row)?;
        }
        Ok(())
    })?;
    Ok((description, svg))
}

fn draw_axis(canvas: &Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    for value in layout.axis.ticks() {
        let x = layout.axis.at(value);
        canvas.line(&[(x, HEAD), (x, layout.bottom)], GRID, 1)?;
        canvas.tick((x, layout.bottom + 14), &tick(value), Anchor::Middle)?;
    }
    Ok(())
}

fn draw_limit(canvas: &Canvas<'_>, layout: &Layout, limit: &Cell) -> Result<(), PlotError> {
    let rate = limit.gigabytes_per_second.median;
    let x = layout.axis.at(rate);
    canvas.dashes(&[(x, HEAD - 8), (x, layout.bottom)], INK, 1)?;
    let label = format!("reading alone, {}: {}", limit.engine, number(rate));
    // The label hangs to whichever side has room for it.
    let anchor = if x - text_width(&label) > layout.left { Anchor::End } else { Anchor::Start };
    canvas.text((x, HEAD - 18), &label, INK, anchor)
}

fn draw_row(canvas: &Canvas<'_>, layout: &Layout, y: i32, row: &Row<'_>) -> Result<(), PlotError> {
    let rate = row.cell.gigabytes_per_second;
    let [end, low, high] = [rate.median, rate.low, rate.high].map(|rate| layout.axis.at(rate));
    let corners = [(layout.left, y - BAR_HALF), (end, y + BAR_HALF)];
    let engine = row.cell.engine.as_str();
    let hue = hue_of(row.family, engine);
    match row.family {
        Family::Limit => canvas.outlined_bar(corners, hue)?,
        Family::Delimark | Family::Peer | Family::Handicap => canvas.bar(corners, hue)?,
    }
    canvas.line(&[(low, y), (high, y)], INK, 1)?;
    for x in [low, high] {
        canvas.line(&[(x, y - WHISKER_HALF), (x, y + WHISKER_HALF)], INK, 1)?;
    }
    let name_hue = hue_of_name(row.family, engine);
    canvas.text((layout.left - 10, y), engine, name_hue, Anchor::End)?;
    canvas.text((high.max(end) + 8, y), &number(rate.median), INK, Anchor::Start)
}

fn describe(title: &str, model: &ModelView<'_>) -> String {
    let rows: Vec<String> = model
        .rows
        .iter()
        .map(|row| format!("{} {}", row.cell.engine, number(row.throughput())))
        .collect();
    format!("{title}. {}.", rows.join(", "))
}
