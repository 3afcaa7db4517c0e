//! The share of slowdowns that is found, against their size: a line a budget. It is no plot of a
//! run, and is drawn by the same hand.

use super::PlotError;
use super::axis::LinearAxis;
use super::canvas::{Anchor, Canvas, Point, picture};
use super::palette::{ACCENTS, GRID, Hue, INK, MUTED};
use crate::number_format::percent;

const WIDTH: i32 = 720;
const LEFT: i32 = 56;
const RIGHT: i32 = WIDTH - 24;
const HEAD: i32 = 50;
const BOTTOM: i32 = HEAD + 260;
/// Numbers of the axis and its name.
const FOOT: i32 = 52;
/// From a line of the legend to the next.
const LEGEND_STEP: i32 = 18;

/// A line: shares that were found against sizes, both as shares.
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

struct Layout {
    x: LinearAxis,
    y: LinearAxis,
}

/// Draws the lines, and where the margin is.
pub(crate) fn detection(
    title: &str,
    margin: f64,
    curves: &[Curve],
) -> Result<(String, String), PlotError> {
    let sizes = curves.iter().flat_map(|curve| &curve.points).map(|&(size, _)| size);
    let largest = sizes.fold(2.0 * margin, f64::max);
    let layout = Layout {
        x: LinearAxis::new(largest * 1.02, (LEFT, RIGHT)),
        y: LinearAxis::new(1.0, (BOTTOM, HEAD)),
    };
    let description = describe(title, curves);
    let height = BOTTOM + FOOT + LEGEND_STEP * curves.len() as i32;
    let svg = picture((WIDTH, height), &description, |canvas| {
        canvas.title((0, 12), title)?;
        draw_axes(canvas, &layout, margin)?;
        for (place, curve) in curves.iter().enumerate() {
            draw_curve(canvas, &layout, place, curve)?;
        }
        Ok(())
    })?;
    Ok((description, svg))
}

fn draw_axes(canvas: &Canvas<'_>, layout: &Layout, margin: f64) -> Result<(), PlotError> {
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = layout.y.at(share);
        canvas.line(&[(LEFT, y), (RIGHT, y)], GRID, 1)?;
        canvas.tick((LEFT - 8, y), &percent(share), Anchor::End)?;
    }
    for size in layout.x.ticks() {
        let x = layout.x.at(size);
        canvas.tick((x, BOTTOM + 14), &percent(size), Anchor::Middle)?;
    }
    let x = layout.x.at(margin);
    canvas.dashes(&[(x, HEAD), (x, BOTTOM)], MUTED, 1)?;
    canvas.text((x + 6, HEAD + 10), "the margin", MUTED, Anchor::Start)?;
    canvas.text((LEFT, BOTTOM + 34), "slower by", INK, Anchor::Start)
}

fn draw_curve(
    canvas: &Canvas<'_>,
    layout: &Layout,
    place: usize,
    curve: &Curve,
) -> Result<(), PlotError> {
    let hue: Hue = ACCENTS[place % ACCENTS.len()];
    let at = |&(size, share): &(f64, f64)| (layout.x.at(size.max(0.0)), layout.y.at(share));
    let points: Vec<Point> = curve.points.iter().map(at).collect();
    canvas.line(&points, hue, 2)?;
    for &point in &points {
        canvas.dot(point, 3, hue)?;
    }
    let y = BOTTOM + FOOT + LEGEND_STEP * place as i32;
    canvas.line(&[(LEFT, y), (LEFT + 20, y)], hue, 2)?;
    canvas.text((LEFT + 28, y), &curve.name, INK, Anchor::Start)
}

fn describe(title: &str, curves: &[Curve]) -> String {
    let curves = curves.iter().map(|Curve { name, points }| {
        let points = points.iter().map(|&(size, share)| {
            format!("{:.1} % slower: {:.1} % found", size * 100.0, share * 100.0)
        });
        format!("{name}: {}", points.collect::<Vec<_>>().join(", "))
    });
    format!("{title}. {}.", curves.collect::<Vec<_>>().join("; "))
}
