//! The two modules under each runtime of WebAssembly: two bars a runtime, named as people know it,
//! with the fastest native engine drawn through.

use delimark_results::{Cell, WasmRuntime};

use super::axis::LinearAxis;
use super::canvas::{Anchor, Canvas, Point, picture, text_width};
use super::palette::{ACCENT, GRID, Hue, INK, MUTED, PEER, WASM};
use super::{Drawing, PlotError};
use crate::number_format::{number, tick};
use crate::report::view::{Family, MODEL, ProcessKind, Section};

const WIDTH: i32 = 720;
/// A runtime with both its bars.
const ROW: i32 = 46;
const BAR: i32 = 15;
/// Title, what the bars are, and the name of the native engine.
const HEAD: i32 = 84;
/// Numbers of the axis.
const FOOT: i32 = 34;
/// Room for a value right of the longest bar.
const VALUE: i32 = 64;

/// The modules, with what makes them differ and their colours.
const MODULES: [(&str, &str, Hue); 2] =
    [("scalar", "without SIMD", PEER), ("simd128", "with SIMD", WASM)];

/// A runtime with the throughput of each module under it.
struct Bars<'a> {
    runtime: WasmRuntime,
    cells: [Option<&'a Cell>; 2],
}

/// Draws the model that most others build on; nothing where no module was measured.
pub(super) fn draw(section: &Section<'_>) -> Result<Option<Drawing>, PlotError> {
    let Some(model) = section.model(MODEL) else { return Ok(None) };
    let of_runtime = |runtime: WasmRuntime| {
        let cell = |(module, ..): (&str, &str, Hue)| {
            let engine = format!("delimark/{module}@{}", runtime.name);
            model.row(&engine).map(|row| row.cell)
        };
        let cells = MODULES.map(cell);
        cells.iter().any(Option::is_some).then_some(Bars { runtime, cells })
    };
    let bars: Vec<Bars<'_>> = WasmRuntime::ALL.into_iter().filter_map(of_runtime).collect();
    if bars.is_empty() {
        return Ok(None);
    }
    let mut native = model.rows.iter().filter(|row| {
        row.family == Family::Delimark && ProcessKind::of(&row.cell.engine) == ProcessKind::Here
    });
    let native = native.next().map(|row| row.cell);
    let all = bars.iter().flat_map(|bars| bars.cells).flatten().chain(native);
    let maximum = all.map(|cell| cell.gigabytes_per_second.median).fold(0.0, f64::max);
    let names = bars.iter().flat_map(|bars| [bars.runtime.known_from, bars.runtime.engine]);
    let left = names.map(text_width).max().unwrap_or_default() + 16;
    let axis = LinearAxis::new(maximum, (left, WIDTH - VALUE));
    let bottom = HEAD + ROW * bars.len() as i32;
    let title = format!(
        "The same WebAssembly under each engine, {MODEL} of {}, GB/s",
        section.dataset.name
    );
    let description = describe(&title, &bars, native);
    let svg = picture((WIDTH, bottom + FOOT), &description, |canvas| {
        canvas.title((0, 12), &title)?;
        draw_keys(canvas)?;
        for value in axis.ticks() {
            let x = axis.at(value);
            canvas.line(&[(x, HEAD), (x, bottom)], GRID, 1)?;
            canvas.tick((x, bottom + 14), &tick(value), Anchor::Middle)?;
        }
        if let Some(native) = native {
            draw_native(canvas, axis.at(native.gigabytes_per_second.median), bottom, native)?;
        }
        for (index, bars) in bars.iter().enumerate() {
            draw_bars(canvas, (left, HEAD + ROW * index as i32), &axis, bars)?;
        }
        Ok(())
    })?;
    Ok(Some((description, svg)))
}

fn draw_keys(canvas: &Canvas<'_>) -> Result<(), PlotError> {
    let mut x = 0;
    for (_, text, hue) in MODULES {
        canvas.bar([(x, 31), (x + 12, 43)], hue)?;
        canvas.tick((x + 18, 37), text, Anchor::Start)?;
        x += 18 + text_width(text) + 16;
    }
    canvas.tick((x, 37), "longer is faster", Anchor::Start)
}

/// Draws a line through all bars where native code is.
fn draw_native(canvas: &Canvas<'_>, x: i32, bottom: i32, native: &Cell) -> Result<(), PlotError> {
    canvas.dashes(&[(x, HEAD - 8), (x, bottom)], ACCENT, 1)?;
    let rate = number(native.gigabytes_per_second.median);
    let label = format!("native code, {}: {rate}", native.engine);
    let anchor = if x > text_width(&label) { Anchor::End } else { Anchor::Start };
    canvas.text((x, HEAD - 18), &label, ACCENT, anchor)
}

fn draw_bars(
    canvas: &Canvas<'_>,
    (left, top): Point,
    axis: &LinearAxis,
    bars: &Bars<'_>,
) -> Result<(), PlotError> {
    let first = top + (ROW - 2 * BAR) / 2;
    canvas.text((left - 10, first + BAR / 2), bars.runtime.known_from, INK, Anchor::End)?;
    canvas.text((left - 10, first + BAR * 3 / 2 + 1), bars.runtime.engine, MUTED, Anchor::End)?;
    for (index, (cell, (_, _, hue))) in bars.cells.iter().zip(MODULES).enumerate() {
        let y = first + BAR * index as i32;
        let Some(cell) = cell else {
            canvas.tick((left + 8, y + BAR / 2), "not measured", Anchor::Start)?;
            continue;
        };
        let rate = cell.gigabytes_per_second.median;
        canvas.bar([(left, y), (axis.at(rate), y + BAR - 2)], hue)?;
        canvas.text((axis.at(rate) + 8, y + BAR / 2), &number(rate), INK, Anchor::Start)?;
    }
    Ok(())
}

fn describe(title: &str, bars: &[Bars<'_>], native: Option<&Cell>) -> String {
    let of_runtime = |bars: &Bars<'_>| {
        let rate = |(cell, (_, text, _)): (&Option<&Cell>, (&str, &str, Hue))| {
            cell.map(|cell| format!("{} {text}", number(cell.gigabytes_per_second.median)))
        };
        let rates: Vec<String> = bars.cells.iter().zip(MODULES).filter_map(rate).collect();
        format!("{} ({}) {}", bars.runtime.known_from, bars.runtime.engine, rates.join(" and "))
    };
    let mut parts: Vec<String> = bars.iter().map(of_runtime).collect();
    parts.extend(native.map(|cell| {
        format!("native {} {}", cell.engine, number(cell.gigabytes_per_second.median))
    }));
    format!("{title}. {}.", parts.join(", "))
}
