//! The few marks that plots are made of, over plotters' SVG back end.
//!
//! plotters' own charts place their labels by font metrics, which it has only with a font library;
//! here everything is placed by hand, and widths of text are estimated with room to spare.

use plotters::coord::Shift;
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, TextStyle};

use super::PlotError;
use super::palette::{Hue, INK, MUTED, style_sheet};

/// Size of the text of plots, pixels.
pub(super) const TEXT_PIXELS: f64 = 13.0;

const TITLE_PIXELS: f64 = 15.0;

/// plotters shrinks a font by this when it writes SVG.
const PLOTTERS_FONT_SCALE: f64 = 1.24;

/// The widest that a character of a proportional font is on average, in heights of the font.
const CHARACTER_WIDTH: f64 = 0.64;

/// Scopes the style sheet of a picture, since a page takes the style of all its pictures.
const CLASS: &str = "delimark-plot";

/// A place on the picture in pixels from its upper left corner.
pub(super) type Point = (i32, i32);

/// The side of its point that a text stands on.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// Draws a picture of that size and returns it with its description built in.
pub(super) fn picture(
    (width, height): (i32, i32),
    description: &str,
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), PlotError>,
) -> Result<String, PlotError> {
    let mut svg = String::new();
    let size = (width.unsigned_abs(), height.unsigned_abs());
    let canvas = Canvas { area: SVGBackend::with_string(&mut svg, size).into_drawing_area() };
    draw(&canvas)?;
    canvas.area.present()?;
    drop(canvas);
    let (_, body) = svg.split_once("xmlns=\"http://www.w3.org/2000/svg\">").ok_or_else(|| {
        PlotError { message: "plotters opened the picture in a way not known here".to_owned() }
    })?;
    let description = maud::html! { title { (description) } }.into_string();
    let style = style_sheet(CLASS);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{CLASS}\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         {description}<style>{style}</style>{body}"
    ))
}

/// Estimates the width of a text of the usual size, rounded up.
pub(super) fn text_width(text: &str) -> i32 {
    (text.chars().count() as f64 * TEXT_PIXELS * CHARACTER_WIDTH).ceil() as i32
}

impl Canvas<'_> {
    pub(super) fn title(&self, point: Point, text: &str) -> Result<(), PlotError> {
        let font = ("sans-serif", TITLE_PIXELS * PLOTTERS_FONT_SCALE, FontStyle::Bold);
        let style = TextStyle::from(font.into_font()).color(&INK.light);
        let style = style.pos(Pos::new(HPos::Left, VPos::Center));
        Ok(self.area.draw(&Text::new(text.to_owned(), point, style))?)
    }

    pub(super) fn text(
        &self,
        point: Point,
        text: &str,
        hue: Hue,
        anchor: Anchor,
    ) -> Result<(), PlotError> {
        self.write(point, text, hue, anchor, TEXT_PIXELS)
    }

    /// Writes smaller, for the numbers of axes.
    pub(super) fn tick(&self, point: Point, text: &str, anchor: Anchor) -> Result<(), PlotError> {
        self.write(point, text, MUTED, anchor, TEXT_PIXELS - 1.0)
    }

    /// Writes a text whose middle line goes through the point.
    fn write(
        &self,
        point: Point,
        text: &str,
        hue: Hue,
        anchor: Anchor,
        pixels: f64,
    ) -> Result<(), PlotError> {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle::from(("sans-serif", pixels * PLOTTERS_FONT_SCALE).into_font())
            .color(&hue.light)
            .pos(Pos::new(horizontal, VPos::Center));
        Ok(self.area.draw(&Text::new(text.to_owned(), point, style))?)
    }

    pub(super) fn line(&self, points: &[Point], hue: Hue, width: u32) -> Result<(), PlotError> {
        let style = hue.light.stroke_width(width);
        Ok(self.area.draw(&PathElement::new(points.to_vec(), style))?)
    }

    pub(super) fn dashes(&self, points: &[Point], hue: Hue, width: u32) -> Result<(), PlotError> {
        let style = hue.light.stroke_width(width);
        Ok(self.area.draw(&DashedPathElement::new(points.iter().copied(), 5, 4, style))?)
    }

    pub(super) fn bar(&self, corners: [Point; 2], hue: Hue) -> Result<(), PlotError> {
        Ok(self.area.draw(&Rectangle::new(corners, hue.light.filled()))?)
    }

    /// Draws a bar that is there for comparison only.
    pub(super) fn outlined_bar(&self, corners: [Point; 2], hue: Hue) -> Result<(), PlotError> {
        self.area.draw(&Rectangle::new(corners, hue.light.mix(0.08).filled()))?;
        Ok(self.area.draw(&Rectangle::new(corners, hue.light.stroke_width(1)))?)
    }

    /// Fills an area so that what is under it shows through.
    pub(super) fn band(&self, points: Vec<Point>, hue: Hue) -> Result<(), PlotError> {
        Ok(self.area.draw(&Polygon::new(points, hue.light.mix(0.18)))?)
    }

    pub(super) fn dot(&self, center: Point, radius: i32, hue: Hue) -> Result<(), PlotError> {
        Ok(self.area.draw(&Circle::new(center, radius, hue.light.filled()))?)
    }

    /// Draws a dot for what was not measured.
    pub(super) fn ring(&self, center: Point, radius: i32, hue: Hue) -> Result<(), PlotError> {
        Ok(self.area.draw(&Circle::new(center, radius, hue.light.stroke_width(2)))?)
    }

    /// Draws a part of a bar, light enough to be written on.
    pub(super) fn part(&self, corners: [Point; 2], hue: Hue) -> Result<(), PlotError> {
        self.area.draw(&Rectangle::new(corners, hue.light.mix(0.3).filled()))?;
        Ok(self.area.draw(&Rectangle::new(corners, hue.light.stroke_width(1)))?)
    }

    pub(super) fn triangle(&self, (x, y): Point, radius: i32, hue: Hue) -> Result<(), PlotError> {
        let corners = vec![(x, y - radius), (x + radius, y + radius), (x - radius, y + radius)];
        Ok(self.area.draw(&Polygon::new(corners, hue.light))?)
    }

    pub(super) fn diamond(&self, (x, y): Point, radius: i32, hue: Hue) -> Result<(), PlotError> {
        let corners = vec![(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)];
        Ok(self.area.draw(&Polygon::new(corners, hue.light))?)
    }

    pub(super) fn cross(&self, (x, y): Point, radius: i32, hue: Hue) -> Result<(), PlotError> {
        self.line(&[(x - radius, y - radius), (x + radius, y + radius)], hue, 2)?;
        self.line(&[(x - radius, y + radius), (x + radius, y - radius)], hue, 2)
    }
}

impl<E: std::error::Error + Send + Sync> From<plotters::drawing::DrawingAreaErrorKind<E>>
    for PlotError
{
    fn from(error: plotters::drawing::DrawingAreaErrorKind<E>) -> Self {
        Self { message: error.to_string() }
    }
}
