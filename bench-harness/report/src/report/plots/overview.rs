//! The picture that a report opens with: every engine on every model of a data set, a row a model,
//! on one logarithmic axis with the read limit drawn in. It is drawn twice, for a wide page
//! and for a phone, since text that is scaled down to fit cannot be read.

use super::axis::LogAxis;
use super::canvas::{Anchor, Canvas, Point, picture, text_width};
use super::palette::{ACCENT, COMMAND, GRID, Hue, INK, MUTED, PEER, WASM, hue_of};
use super::{Drawing, PlotError};
use crate::number_format::{number, percent, tick, times};
use crate::report::view::{Family, ModelView, ProcessKind, Row, Section};
use delimark_results::Cell;
use delimark_results::statistics::Comparison;

/// From the line of an engine to the names above and below it.
const NAME: i32 = 19;
const DOT: i32 = 3;
const BEST_DOT: i32 = 6;
const LIMIT_HALF: i32 = 12;
/// Half of the height of the bar from the fastest peer to the fastest engine of this project.
const GAIN_HALF: i32 = 4;
/// Numbers of the axis and its name.
const FOOT: i32 = 40;
const LEGEND_STEP: i32 = 20;
/// Width of one of the two columns of ratios.
const COLUMN: i32 = 82;

/// A page to draw for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Wide,
    /// A phone: the names of the models stand above their rows.
    Narrow,
}

impl Page {
    const fn width(self) -> i32 {
        match self {
            Self::Wide => 720,
            Self::Narrow => 328,
        }
    }

    const fn row(self) -> i32 {
        match self {
            Self::Wide => 62,
            Self::Narrow => 88,
        }
    }

    /// Returns the distance from the top of a row to the line of its engines.
    const fn middle(self) -> i32 {
        match self {
            Self::Wide => 32,
            Self::Narrow => 54,
        }
    }
}

struct Layout {
    page: Page,
    left: i32,
    right: i32,
    head: i32,
    bottom: i32,
    axis: LogAxis,
}

pub(super) fn draw(section: &Section<'_>, page: Page) -> Result<Drawing, PlotError> {
    let layout = Layout::new(section, page);
    let title = format!("{}: throughput of every engine, GB/s", section.dataset.name);
    let description = describe(&title, section);
    let svg = picture((page.width(), layout.bottom + FOOT), &description, |canvas| {
        match page {
            Page::Wide => canvas.title((0, 12), &title)?,
            Page::Narrow => canvas.title((0, 12), "Throughput of every engine, GB/s")?,
        }
        for (key, place) in keys(section).iter().zip(places(section, page)) {
            key.draw(canvas, place)?;
        }
        draw_axis(canvas, &layout, section)?;
        for (index, model) in section.models.iter().enumerate() {
            draw_model(canvas, &layout, layout.head + page.row() * index as i32, model)?;
        }
        Ok(())
    })?;
    Ok((description, svg))
}

impl Layout {
    fn new(section: &Section<'_>, page: Page) -> Self {
        let width = page.width();
        let (left, right) = match page {
            Page::Wide => {
                let names = section.models.iter().map(|model| text_width(model.model));
                (names.max().unwrap_or_default() + 8, width - 2 * COLUMN)
            }
            Page::Narrow => (BEST_DOT, width - BEST_DOT),
        };
        let last_key = places(section, page).last().map_or(0, |&(_, y)| y);
        let head = last_key + if page == Page::Wide { 30 } else { 16 };
        let bottom = head + page.row() * section.models.len() as i32;
        let rates = section.models.iter().flat_map(shown).map(Row::throughput);
        let (low, high) =
            rates.fold((f64::INFINITY, 0.0), |(low, high), rate| (rate.min(low), rate.max(high)));
        let axis = LogAxis::new(low / 1.15..high * 1.15, (left, right));
        Self { page, left, right, head, bottom, axis }
    }

    fn at(&self, row: &Row<'_>) -> i32 {
        self.axis.at(row.throughput())
    }

    /// Moves the middle of a text as far as it takes to have it in the plot.
    fn within(&self, x: i32, text: &str) -> i32 {
        let half = text_width(text) / 2;
        x.min(self.page.width().min(self.right + 10) - half).max(self.left.min(half) + half)
    }
}

/// Returns the engines that are drawn; of the limits that is the one for reading.
fn shown<'v, 'a>(model: &'v ModelView<'a>) -> impl Iterator<Item = &'v Row<'a>> {
    let limit = model.limit.map(|limit| limit.engine.as_str());
    let rows = model.rows.iter();
    rows.filter(move |row| row.family != Family::Limit || Some(&*row.cell.engine) == limit)
}

/// A mark of the picture with what it stands for.
struct Key {
    text: &'static str,
    hue: Hue,
    mark: fn(&Canvas<'_>, Point, Hue) -> Result<(), PlotError>,
}

impl Key {
    const fn width(&self) -> i32 {
        // As `text_width`; the letters are ASCII here.
        18 + self.text.len() as i32 * 15 / 2 + 16
    }

    fn draw(&self, canvas: &Canvas<'_>, (x, y): Point) -> Result<(), PlotError> {
        (self.mark)(canvas, (x + BEST_DOT, y), self.hue)?;
        canvas.tick((x + 18, y), self.text, Anchor::Start)
    }
}

/// Returns the marks that occur.
fn keys(section: &Section<'_>) -> Vec<Key> {
    let has = |is_it: &dyn Fn(&Row<'_>) -> bool| {
        section.models.iter().flat_map(|model| &model.rows).any(is_it)
    };
    let is_own = |kind: ProcessKind| {
        move |row: &Row<'_>| {
            row.family == Family::Delimark && ProcessKind::of(&row.cell.engine) == kind
        }
    };
    let limit = section.models.iter().any(|model| model.limit.is_some());
    let keys = [
        (has(&is_own(ProcessKind::Here)), Key { text: "delimark", hue: ACCENT, mark: dot }),
        (
            has(&is_own(ProcessKind::Runtime)),
            Key { text: "as WebAssembly", hue: WASM, mark: diamond },
        ),
        (
            has(&is_own(ProcessKind::Command)),
            Key { text: "whole command", hue: COMMAND, mark: triangle },
        ),
        (has(&|row| row.family == Family::Peer), Key { text: "peers", hue: PEER, mark: peer }),
        (limit, Key { text: "limit: reading alone", hue: INK, mark: stroke }),
    ];
    keys.into_iter().filter(|(occurs, _)| *occurs).map(|(_, key)| key).collect()
}

/// Returns where the keys stand: one after the other, in as many lines as it takes.
fn places(section: &Section<'_>, page: Page) -> Vec<Point> {
    let (mut x, mut y) = (0, 36);
    let place = |key: &Key| {
        if x > 0 && x + key.width() - 16 > page.width() {
            (x, y) = (0, y + LEGEND_STEP);
        }
        let place = (x, y);
        x += key.width();
        place
    };
    keys(section).iter().map(place).collect()
}

fn dot(canvas: &Canvas<'_>, place: Point, hue: Hue) -> Result<(), PlotError> {
    canvas.dot(place, BEST_DOT - 1, hue)
}

fn peer(canvas: &Canvas<'_>, place: Point, hue: Hue) -> Result<(), PlotError> {
    canvas.dot(place, DOT, hue)
}

fn diamond(canvas: &Canvas<'_>, place: Point, hue: Hue) -> Result<(), PlotError> {
    canvas.diamond(place, BEST_DOT - 1, hue)
}

fn triangle(canvas: &Canvas<'_>, place: Point, hue: Hue) -> Result<(), PlotError> {
    canvas.triangle(place, BEST_DOT - 1, hue)
}

fn stroke(canvas: &Canvas<'_>, (x, y): Point, hue: Hue) -> Result<(), PlotError> {
    canvas.line(&[(x, y - 7), (x, y + 7)], hue, 2)
}

fn draw_axis(canvas: &Canvas<'_>, layout: &Layout, section: &Section<'_>) -> Result<(), PlotError> {
    for value in layout.axis.decimal_ticks() {
        let x = layout.axis.at(value);
        canvas.line(&[(x, layout.head), (x, layout.bottom)], GRID, 1)?;
        canvas.tick((x, layout.bottom + 14), &tick(value), Anchor::Middle)?;
    }
    let middle = layout.left.midpoint(layout.right);
    let label = if section.models.iter().any(has_insignificant) {
        "GB/s, log scale; n.s.: not significant"
    } else {
        "GB/s, log scale"
    };
    canvas.tick((middle, layout.bottom + 31), label, Anchor::Middle)?;
    if layout.page == Page::Wide {
        for (index, head) in ["of limit", "÷ peer"].into_iter().enumerate() {
            canvas.tick((column_end(layout, index), layout.head - 12), head, Anchor::End)?;
        }
    }
    Ok(())
}

const fn column_end(layout: &Layout, index: usize) -> i32 {
    layout.page.width() - COLUMN * (1 - index as i32) - 4
}

fn draw_model(
    canvas: &Canvas<'_>,
    layout: &Layout,
    top: i32,
    model: &ModelView<'_>,
) -> Result<(), PlotError> {
    let y = top + layout.page.middle();
    draw_head(canvas, layout, (top, y), model)?;
    canvas.line(&[(layout.left, y), (layout.right, y)], GRID, 1)?;
    let best = model.fastest(Family::Delimark);
    let peer_row = model.fastest(Family::Peer);
    if let (Some(best), Some(peer_row)) = (best, peer_row) {
        let [from, to] = [peer_row, best].map(|row| layout.at(row));
        let corners = [(from, y - GAIN_HALF), (to, y - GAIN_HALF), (to, y + GAIN_HALF)];
        let corners = corners.into_iter().chain([(from, y + GAIN_HALF)]);
        canvas.band(corners.collect(), hue_of_best(best))?;
    }
    // The fastest lie on top.
    for row in model.rows.iter().rev().filter(|row| row.family != Family::Limit) {
        draw_mark(canvas, (layout.at(row), y), row)?;
    }
    let limit_begin = match model.limit {
        Some(limit) => draw_limit(canvas, layout, y, limit)?,
        None => layout.page.width(),
    };
    if let Some(best) = best {
        let (text, place) = (label(best), (layout.at(best), y));
        best_mark(canvas, place, best)?;
        let x = layout.within(place.0, &text);
        canvas.text((x, y - NAME), &text, hue_of_best(best), Anchor::Middle)?;
    }
    if let Some(peer_row) = peer_row {
        let text = label(peer_row);
        canvas.dot((layout.at(peer_row), y), DOT + 1, MUTED)?;
        let x = layout.within(layout.at(peer_row), &text);
        let x = x.min(limit_begin - 10 - text_width(&text) / 2);
        canvas.text((x, y + NAME), &text, MUTED, Anchor::Middle)?;
    }
    Ok(())
}

/// Writes the model's name and how far its fastest engine is from the limit and the fastest peer.
fn draw_head(
    canvas: &Canvas<'_>,
    layout: &Layout,
    (top, y): Point,
    model: &ModelView<'_>,
) -> Result<(), PlotError> {
    let best = model.fastest(Family::Delimark);
    let share = best.and_then(|best| best.this_over_limit.as_ref());
    let share = share.map(|share| qualified(percent(share.ratio.median), share));
    let peer_row = model.fastest(Family::Peer);
    let gain = peer_row
        .filter(|_| best.is_some())
        .and_then(|peer_row| peer_row.fastest_over_this.as_ref());
    let gain = gain.map(|gain| qualified(times(gain.ratio.median), gain));
    match layout.page {
        Page::Wide => {
            canvas.text((0, y), model.model, INK, Anchor::Start)?;
            for (index, ratio) in [share, gain].into_iter().enumerate() {
                let ratio = ratio.unwrap_or_else(|| "–".to_owned());
                canvas.text((column_end(layout, index), y), &ratio, INK, Anchor::End)?;
            }
            Ok(())
        }
        Page::Narrow => {
            canvas.text((0, top + 10), model.model, INK, Anchor::Start)?;
            let share = share.map(|share| format!("{share} of limit"));
            let ratios = share.into_iter().chain(gain.map(|gain| format!("{gain} peer")));
            let ratios: Vec<String> = ratios.collect();
            let end = (layout.page.width(), top + 10);
            canvas.tick(end, &ratios.join(", "), Anchor::End)
        }
    }
}

/// Tells whether a ratio is written that the rounds do not show.
fn has_insignificant(model: &ModelView<'_>) -> bool {
    let Some(best) = model.fastest(Family::Delimark) else { return false };
    let peer_row = model.fastest(Family::Peer);
    let ratios =
        [&best.this_over_limit, peer_row.map_or(&None, |peer_row| &peer_row.fastest_over_this)];
    ratios.into_iter().flatten().any(|ratio| !ratio.is_significant)
}

fn qualified(ratio: String, comparison: &Comparison) -> String {
    if comparison.is_significant { ratio } else { format!("{ratio} n.s.") }
}

/// Draws the limit and returns where its name begins.
fn draw_limit(
    canvas: &Canvas<'_>,
    layout: &Layout,
    y: i32,
    limit: &Cell,
) -> Result<i32, PlotError> {
    let rate = limit.gigabytes_per_second.median;
    let x = layout.axis.at(rate);
    canvas.line(&[(x, y - LIMIT_HALF), (x, y + LIMIT_HALF)], INK, 2)?;
    let text = format!("limit {}", number(rate));
    let middle = layout.within(x, &text);
    canvas.text((middle, y + NAME), &text, INK, Anchor::Middle)?;
    Ok(middle - text_width(&text) / 2)
}

fn draw_mark(canvas: &Canvas<'_>, place: Point, row: &Row<'_>) -> Result<(), PlotError> {
    match (row.family, ProcessKind::of(&row.cell.engine)) {
        (Family::Delimark, ProcessKind::Here) => canvas.dot(place, DOT + 1, ACCENT),
        (Family::Delimark, ProcessKind::Runtime) => canvas.diamond(place, DOT + 2, WASM),
        (Family::Delimark, ProcessKind::Command) => canvas.triangle(place, DOT + 1, COMMAND),
        _ => canvas.dot(place, DOT, PEER),
    }
}

fn best_mark(canvas: &Canvas<'_>, place: Point, row: &Row<'_>) -> Result<(), PlotError> {
    match ProcessKind::of(&row.cell.engine) {
        ProcessKind::Here => canvas.dot(place, BEST_DOT, ACCENT),
        ProcessKind::Runtime => canvas.diamond(place, BEST_DOT, WASM),
        ProcessKind::Command => canvas.triangle(place, BEST_DOT, COMMAND),
    }
}

fn hue_of_best(row: &Row<'_>) -> Hue {
    hue_of(row.family, &row.cell.engine)
}

fn label(row: &Row<'_>) -> String {
    format!("{} {}", row.cell.engine, number(row.throughput()))
}

fn describe(title: &str, section: &Section<'_>) -> String {
    let models = section.models.iter().map(|model| {
        let limit = model
            .rows
            .iter()
            .find(|row| model.limit.is_some_and(|limit| limit.engine == row.cell.engine));
        let best = [Family::Delimark, Family::Peer].map(|family| model.fastest(family));
        let rows = [limit].into_iter().chain(best).flatten().map(label);
        format!("{}: {}", model.model, rows.collect::<Vec<_>>().join(", "))
    });
    format!("{title}. {}.", models.collect::<Vec<_>>().join("; "))
}
