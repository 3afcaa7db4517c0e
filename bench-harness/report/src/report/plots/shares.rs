//! The shares of each backend's time: a bar of the same length each, divided into the steps of a
//! scan, since shares can be compared between backends that are ten times apart.

use delimark_results::Results;

use super::axis::LinearAxis;
use super::canvas::{Anchor, Canvas, picture, text_width};
use super::palette::{ACCENT, ACCENTS, GRID, Hue, INK, MUTED, PEER};
use super::{Drawing, PlotError};
use crate::attribution::{Shares, Stage};
use crate::number_format::{number, percent};
use crate::report::time_shares;
use crate::report::view::Section;

const WIDTH: i32 = 720;
const ROW: i32 = 28;
const BAR_HALF: i32 = 10;
/// Title, and the head of the column of times.
const HEAD: i32 = 50;
/// Numbers of the axis and the legend.
const FOOT: i32 = 62;
/// Width of the column of times.
const COLUMN: i32 = 92;
/// Between the bars of one model and those of the next.
const GAP: i32 = 10;

struct Bar<'a> {
    engine: &'a str,
    model: &'a str,
    ns_per_record: f64,
    shares: Shares,
}

struct Layout {
    left: i32,
    bottom: i32,
    axis: LinearAxis,
    /// The middle of each bar.
    rows: Vec<i32>,
}

pub(super) fn draw(results: &Results, section: &Section<'_>) -> Result<Option<Drawing>, PlotError> {
    let bars = bars(results, section);
    if bars.is_empty() {
        return Ok(None);
    }
    let layout = Layout::new(&bars);
    let title = format!("{}: where the time of a record goes", section.dataset.name);
    let description = describe(&title, &bars);
    let svg = picture((WIDTH, layout.bottom + FOOT), &description, |canvas| {
        canvas.title((0, 12), &title)?;
        canvas.text((WIDTH - 4, HEAD - 16), "ns/record", MUTED, Anchor::End)?;
        draw_axis(canvas, &layout)?;
        for (bar, &y) in bars.iter().zip(&layout.rows) {
            draw_bar(canvas, &layout, y, bar)?;
        }
        draw_legend(canvas, (layout.left, layout.bottom + 42))
    })?;
    Ok(Some((description, svg)))
}

fn bars<'a>(results: &Results, section: &Section<'a>) -> Vec<Bar<'a>> {
    let rows = time_shares::rows(results, section);
    let bars = rows.filter_map(|(row, shares)| {
        Some(Bar {
            engine: &row.cell.engine,
            model: &row.cell.model,
            ns_per_record: row.cell.ns_per_record.median,
            shares: shares.ok()?,
        })
    });
    bars.collect()
}

impl Bar<'_> {
    fn name(&self) -> String {
        format!("{}, {}", self.engine, self.model)
    }
}

impl Layout {
    fn new(bars: &[Bar<'_>]) -> Self {
        let names = bars.iter().map(|bar| text_width(&bar.name()));
        let left = names.max().unwrap_or_default() + 16;
        let mut y = HEAD - ROW / 2;
        let mut rows: Vec<i32> = Vec::with_capacity(bars.len());
        for (index, bar) in bars.iter().enumerate() {
            let is_of_next_model = index > 0 && bars[index - 1].model != bar.model;
            y += if is_of_next_model { ROW + GAP } else { ROW };
            rows.push(y);
        }
        let axis = LinearAxis::new(1.0, (left, WIDTH - COLUMN));
        Self { left, bottom: y + ROW / 2, axis, rows }
    }
}

fn draw_axis(canvas: &Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    for quarter in 0..=4 {
        let share = f64::from(quarter) / 4.0;
        let x = layout.axis.at(share);
        canvas.line(&[(x, HEAD), (x, layout.bottom)], GRID, 1)?;
        canvas.tick((x, layout.bottom + 14), &percent(share), Anchor::Middle)?;
    }
    Ok(())
}

fn draw_bar(canvas: &Canvas<'_>, layout: &Layout, y: i32, bar: &Bar<'_>) -> Result<(), PlotError> {
    canvas.text((layout.left - 10, y), &bar.name(), ACCENT, Anchor::End)?;
    canvas.text((WIDTH - 4, y), &number(bar.ns_per_record), INK, Anchor::End)?;
    let mut begin = 0.0;
    for part in &bar.shares.parts {
        let end = begin + part.share;
        let [from, to] = [begin, end].map(|share| layout.axis.at(share));
        begin = end;
        if from == to {
            continue;
        }
        canvas.part([(from, y - BAR_HALF), (to, y + BAR_HALF)], hue(part.stage))?;
        let text = percent(part.share);
        if text_width(&text) < to - from {
            canvas.text(((from + to) / 2, y), &text, INK, Anchor::Middle)?;
        }
    }
    Ok(())
}

fn draw_legend(canvas: &Canvas<'_>, (left, y): (i32, i32)) -> Result<(), PlotError> {
    let mut x = left;
    for stage in Stage::ALL {
        canvas.part([(x, y - 6), (x + 14, y + 6)], hue(stage))?;
        canvas.tick((x + 20, y), stage.name(), Anchor::Start)?;
        x += 20 + text_width(stage.name()) + 12;
    }
    Ok(())
}

const fn hue(stage: Stage) -> Hue {
    match stage {
        Stage::Reading => PEER,
        Stage::Search => ACCENTS[5],
        Stage::Emission => ACCENT,
        Stage::Consumer => ACCENTS[3],
    }
}

fn describe(title: &str, bars: &[Bar<'_>]) -> String {
    let rows: Vec<String> = bars
        .iter()
        .map(|bar| {
            let parts = bar.shares.parts.iter();
            let parts: Vec<String> = parts
                .map(|part| format!("{} {}", part.stage.name(), percent(part.share)))
                .collect();
            format!("{} {} ns: {}", bar.name(), number(bar.ns_per_record), parts.join(", "))
        })
        .collect();
    format!("{title}. {}.", rows.join("; "))
}
