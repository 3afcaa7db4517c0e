//! The change in time of each cell of a gate, with the interval that it was judged by and the
//! margin. It is no plot of a run, and is drawn by the same hand.

use super::PlotError;
use super::canvas::{Anchor, Canvas, picture, text_width};
use super::palette::{ACCENT, ACCENTS, BAR, GRID, Hue, INK, MUTED, PEER};

const WIDTH: i32 = 720;
const ROW: i32 = 24;
const HEAD: i32 = 48;
/// Numbers of the axis and its name.
const FOOT: i32 = 48;
/// Width of the column of verdicts.
const COLUMN: i32 = 170;

/// The most margins that the axis reaches to either side; what is beyond is drawn at its end.
const MARGINS_MOST: f64 = 10.0;

/// The distance between ticks, at most four of them to either side.
const STEPS: [f64; 9] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];

/// A cell.
pub(crate) struct ChangeRow {
    pub(crate) name: String,
    /// The candidate's time over the baseline's.
    pub(crate) ratio: f64,
    pub(crate) interval: [f64; 2],
    /// The outcome, in a few words.
    pub(crate) verdict: String,
    pub(crate) tone: Tone,
}

/// The meaning of a cell's colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Worse,
    Better,
    Same,
    Unclear,
}

struct Layout {
    left: i32,
    right: i32,
    bottom: i32,
    /// The change at either end.
    largest: f64,
    margin: f64,
}

/// Draws the cells; returns a description, and the picture.
pub(crate) fn changes(
    title: &str,
    margin: f64,
    rows: &[ChangeRow],
) -> Result<(String, String), PlotError> {
    let layout = Layout::new(margin, rows);
    let description = describe(title, rows);
    let svg = picture((WIDTH, layout.bottom + FOOT), &description, |canvas| {
        canvas.title((0, 12), title)?;
        draw_axis(canvas, &layout)?;
        for (place, row) in rows.iter().enumerate() {
            draw_row(canvas, &layout, HEAD + ROW * place as i32 + ROW / 2, row)?;
        }
        Ok(())
    })?;
    Ok((description, svg))
}

impl Layout {
    fn new(margin: f64, rows: &[ChangeRow]) -> Self {
        let names = rows.iter().map(|row| text_width(&row.name)).max().unwrap_or_default();
        let ends = rows.iter().flat_map(|row| row.interval).map(|ratio| (ratio - 1.0).abs());
        let largest = ends.fold(2.0 * margin, f64::max).min(MARGINS_MOST * margin);
        Self {
            left: (names + 16).min(WIDTH / 2),
            right: WIDTH - COLUMN,
            bottom: HEAD + ROW * rows.len() as i32,
            largest: largest * 1.05,
            margin,
        }
    }

    fn x(&self, change: f64) -> i32 {
        let share = (change / self.largest).clamp(-1.0, 1.0);
        let half = f64::from(self.right - self.left) / 2.0;
        self.left + (half * (1.0 + share)).round() as i32
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let fits = |step: &f64| self.largest / step <= 4.0;
        let step = STEPS.into_iter().find(fits).unwrap_or(self.largest);
        let most = (self.largest / step).floor() as i32;
        (-most..=most).map(move |tick| f64::from(tick) * step)
    }
}

fn draw_axis(canvas: &Canvas<'_>, layout: &Layout) -> Result<(), PlotError> {
    for tick in layout.ticks() {
        let x = layout.x(tick);
        canvas.line(&[(x, HEAD), (x, layout.bottom)], GRID, 1)?;
        canvas.tick((x, layout.bottom + 14), &signed(tick), Anchor::Middle)?;
    }
    let margin = layout.x(layout.margin);
    canvas.dashes(&[(margin, HEAD - 6), (margin, layout.bottom)], MUTED, 1)?;
    canvas.text((margin, HEAD - 14), "margin", MUTED, Anchor::Middle)?;
    canvas.text((layout.left, layout.bottom + 34), "slower by", INK, Anchor::Start)
}

fn draw_row(
    canvas: &Canvas<'_>,
    layout: &Layout,
    y: i32,
    row: &ChangeRow,
) -> Result<(), PlotError> {
    let hue = row.tone.hue();
    let [low, high] = row.interval.map(|ratio| layout.x(ratio - 1.0));
    canvas.text((layout.left - 12, y), &row.name, INK, Anchor::End)?;
    canvas.line(&[(low, y), (high, y)], hue, 2)?;
    canvas.dot((layout.x(row.ratio - 1.0), y), 4, hue)?;
    canvas.text((layout.right + 12, y), &row.verdict, INK, Anchor::Start)
}

impl Tone {
    fn hue(self) -> Hue {
        match self {
            Self::Worse => BAR,
            Self::Better => ACCENTS[1],
            Self::Same => ACCENT,
            Self::Unclear => PEER,
        }
    }
}

fn signed(change: f64) -> String {
    let percent = change * 100.0;
    if percent.fract().abs() < 0.05 {
        format!("{percent:+.0} %")
    } else {
        format!("{percent:+.1} %")
    }
}

fn describe(title: &str, rows: &[ChangeRow]) -> String {
    let rows: Vec<String> =
        rows.iter().map(|row| format!("{}: {}", row.name, row.verdict)).collect();
    format!("{title}. {}.", if rows.is_empty() { "No times".to_owned() } else { rows.join("; ") })
}
