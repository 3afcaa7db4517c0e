//! Bytes a cycle against instructions a byte: how far each engine is from the limits of the same
//! run, and how busy the core is on the way. On logarithmic axes an IPC is a straight line.

use delimark_results::counter::name;
use delimark_results::{Dataset, Environment};

use super::axis::LogAxis;
use super::canvas::{Anchor, Canvas, Point, picture, text_width};
use super::names::{NAME, spread};
use super::palette::{GRID, Hue, INK, MUTED, hue_of, hue_of_name};
use super::{Drawing, PlotError};
use crate::attribution::{cycles, estimate_clock, proportion};
use crate::number_format::{number, tick};
use crate::report::view::{Family, ModelView, Row};

const WIDTH: i32 = 720;
const LEFT: i32 = 44;
const HEAD: i32 = 66;
/// Numbers and name of the axis, and the legend.
const FOOT: i32 = 70;
const HEIGHT: i32 = 380;
/// From the right edge to the names of the limits.
const LEADER: i32 = 26;
/// The IPCs that are drawn as guides.
const GUIDES: [f64; 3] = [1.0, 2.0, 4.0];

/// An engine that was timed and counted.
struct Mark<'a> {
    engine: &'a str,
    family: Family,
    hue: Hue,
    instructions_per_byte: f64,
    bytes_per_cycle: f64,
    /// True where its cycles were counted, and not estimated.
    is_measured: bool,
}

/// A limit, whose instructions do not matter.
struct Ceiling<'a> {
    engine: &'a str,
    bytes_per_cycle: f64,
    is_measured: bool,
}

struct Layout {
    right: i32,
    x: LogAxis,
    y: LogAxis,
}

const BOTTOM: i32 = HEAD + HEIGHT;

pub(super) fn draw(
    dataset: &Dataset,
    model: &ModelView<'_>,
    environment: &Environment,
) -> Result<Option<Drawing>, PlotError> {
    let marks: Vec<Mark<'_>> =
        model.rows.iter().filter_map(|row| Mark::new(row, environment)).collect();
    if marks.is_empty() {
        return Ok(None);
    }
    let ceilings: Vec<Ceiling<'_>> =
        model.rows.iter().filter_map(|row| Ceiling::new(row, environment)).collect();
    let layout = Layout::new(&marks, &ceilings);
    let title = format!("{} on {}: bytes a cycle", model.model, dataset.name);
    let description = describe(&title, &marks, &ceilings);
    let svg = picture((WIDTH, BOTTOM + FOOT), &description, |canvas| {
        canvas.title((0, 12), &title)?;
        draw_axes(canvas, &layout)?;
        draw_guides(canvas, &layout)?;
        draw_ceilings(canvas, &layout, &ceilings)?;
        draw_marks(canvas, &layout, &marks)?;
        draw_legend(canvas, environment)
    })?;
    Ok(Some((description, svg)))
}

impl<'a> Mark<'a> {
    fn new(row: &Row<'a>, environment: &Environment) -> Option<Self> {
        if row.family == Family::Limit {
            return None;
        }
        let cycles = cycles(row.cell, environment).ok()?;
        Some(Self {
            engine: &row.cell.engine,
            family: row.family,
            hue: hue_of(row.family, &row.cell.engine),
            instructions_per_byte: proportion(row.cell, name::INSTRUCTIONS).ok()?.per_byte,
            bytes_per_cycle: 1.0 / cycles.per_byte,
            is_measured: cycles.is_measured,
        })
    }
}

impl<'a> Ceiling<'a> {
    fn new(row: &Row<'a>, environment: &Environment) -> Option<Self> {
        let cycles = cycles(row.cell, environment).ok().filter(|_| row.family == Family::Limit)?;
        Some(Self {
            engine: &row.cell.engine,
            bytes_per_cycle: 1.0 / cycles.per_byte,
            is_measured: cycles.is_measured,
        })
    }
}

impl Layout {
    fn new(marks: &[Mark<'_>], ceilings: &[Ceiling<'_>]) -> Self {
        let names = ceilings.iter().map(|ceiling| text_width(&ceiling.label()));
        let right = WIDTH - names.max().unwrap_or(0) - LEADER - 4;
        let instructions = marks.iter().map(|mark| mark.instructions_per_byte);
        let rates = marks.iter().map(|mark| mark.bytes_per_cycle);
        let rates = rates.chain(ceilings.iter().map(|ceiling| ceiling.bytes_per_cycle));
        let [x, y] = [range(instructions), range(rates)];
        Self {
            right,
            x: LogAxis::new(x.0 / 1.6..x.1 * 2.0, (LEFT, right)),
            y: LogAxis::new(y.0 / 1.4..y.1 * 1.25, (BOTTOM, HEAD)),
        }
    }

    fn place(&self, mark: &Mark<'_>) -> Point {
        (self.x.at(mark.instructions_per_byte), self.y.at(mark.bytes_per_cycle))
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, 0.0), |(low, high), value| (low.min(value), high.max(value)))
}

impl Ceiling<'_> {
    fn label(&self) -> String {
        format!("{} {}", self.engine, number(self.bytes_per_cycle))
    }
}

fn draw_axes(canvas: &Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    for value in layout.y.decimal_ticks() {
        let y = layout.y.at(value);
        canvas.line(&[(LEFT, y), (layout.right, y)], GRID, 1)?;
        canvas.tick((LEFT - 8, y), &tick(value), Anchor::End)?;
    }
    for value in layout.x.decimal_ticks() {
        let x = layout.x.at(value);
        canvas.line(&[(x, HEAD), (x, BOTTOM)], GRID, 1)?;
        canvas.tick((x, BOTTOM + 14), &tick(value), Anchor::Middle)?;
    }
    let middle = (LEFT + layout.right) / 2;
    canvas.tick((middle, BOTTOM + 31), "instructions a byte", Anchor::Middle)
}

/// Draws a line for each number of instructions that the core retires in a cycle.
fn draw_guides(canvas: &Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    for ipc in GUIDES {
        // Clipped to the picture: bytes a cycle are the IPC over instructions a byte.
        let left = layout.x.low().max(ipc / layout.y.high());
        let right = layout.x.high().min(ipc / layout.y.low());
        if left >= right {
            continue;
        }
        let ends = [left, right].map(|x| (layout.x.at(x), layout.y.at(ipc / x)));
        canvas.line(&ends, GRID, 2)?;
        // The name stands under the lower end, where there are fewest engines.
        let (x, y) = ends[1];
        canvas.tick((x - 20, y - 8), &format!("IPC {ipc}"), Anchor::End)?;
    }
    Ok(())
}

fn draw_ceilings(
    canvas: &Canvas<'_>,
    layout: &Layout,
    ceilings: &[Ceiling<'_>],
) -> Result<(), PlotError> {
    // They are fastest first, so their places rise downwards.
    let wanted: Vec<i32> =
        ceilings.iter().map(|ceiling| layout.y.at(ceiling.bytes_per_cycle)).collect();
    let names = spread(&wanted, (HEAD, BOTTOM));
    for ((ceiling, &y), name_y) in ceilings.iter().zip(&wanted).zip(names) {
        let line = [(LEFT, y), (layout.right, y)];
        if ceiling.is_measured {
            canvas.line(&line, INK, 1)?;
        } else {
            canvas.dashes(&line, INK, 1)?;
        }
        let name_x = layout.right + LEADER;
        canvas.line(&[(layout.right, y), (layout.right + 8, y), (name_x - 4, name_y)], INK, 1)?;
        canvas.text((name_x, name_y), &ceiling.label(), INK, Anchor::Start)?;
    }
    Ok(())
}

fn draw_marks(canvas: &Canvas<'_>, layout: &Layout, marks: &[Mark<'_>]) -> Result<(), PlotError> {
    // They are fastest first, so their places rise downwards.
    let wanted: Vec<i32> = marks.iter().map(|mark| layout.place(mark).1).collect();
    let names = spread(&wanted, (HEAD + NAME, BOTTOM));
    for (mark, name_y) in marks.iter().zip(names) {
        let (x, y) = layout.place(mark);
        if mark.is_measured {
            canvas.dot((x, y), 5, mark.hue)?;
        } else {
            canvas.ring((x, y), 4, mark.hue)?;
        }
        let hue = hue_of_name(mark.family, mark.engine);
        let is_right = x + 14 + text_width(mark.engine) <= layout.right;
        let (name_x, anchor) =
            if is_right { (x + 14, Anchor::Start) } else { (x - 14, Anchor::End) };
        if (name_y - y).abs() > 4 {
            let near = if is_right { name_x - 3 } else { name_x + 3 };
            canvas.line(&[(x, y), (near, name_y)], hue, 1)?;
        }
        canvas.text((name_x, name_y), mark.engine, hue, anchor)?;
    }
    Ok(())
}

fn draw_legend(canvas: &Canvas<'_>, environment: &Environment) -> Result<(), PlotError> {
    let y = BOTTOM + 54;
    let by = estimate_clock(environment).map(|clock| format!(" by {}", clock.name()));
    let estimated = format!("or dashed: estimated{}", by.unwrap_or_default());
    canvas.dot((LEFT + 6, y), 5, MUTED)?;
    canvas.tick((LEFT + 16, y), "cycles counted", Anchor::Start)?;
    canvas.ring((LEFT + 136, y), 4, MUTED)?;
    canvas.tick((LEFT + 146, y), &estimated, Anchor::Start)?;
    canvas.line(&[(LEFT + 430, y), (LEFT + 450, y)], GRID, 2)?;
    canvas.tick((LEFT + 456, y), "guides, not limits: IPC", Anchor::Start)
}

fn describe(title: &str, marks: &[Mark<'_>], ceilings: &[Ceiling<'_>]) -> String {
    let estimated = |is_measured: bool| if is_measured { "" } else { " (estimated)" };
    let limits = ceilings
        .iter()
        .map(|ceiling| format!("{}{}", ceiling.label(), estimated(ceiling.is_measured)));
    let engines = marks.iter().map(|mark| {
        format!(
            "{} {}{} at {} instructions a byte",
            mark.engine,
            number(mark.bytes_per_cycle),
            estimated(mark.is_measured),
            number(mark.instructions_per_byte)
        )
    });
    format!("{title}. {}.", limits.chain(engines).collect::<Vec<_>>().join("; "))
}
