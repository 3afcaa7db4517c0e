//! A picture of the time that a record takes by the size of bursts.

use anyhow::{Context, anyhow};
use plotters::prelude::*;

use crate::cells::bursts;
use crate::sample::Measured;

const SIZE: (u32, u32) = (720, 300);
const BLUE: RGBColor = RGBColor(0x2a, 0x6f, 0xb5);

/// Draws a bar for each size, as SVG.
pub(crate) fn draw(measured: &[Measured], lines: u64) -> anyhow::Result<String> {
    let bars: Vec<(String, f64)> = bursts()
        .into_iter()
        .filter_map(|(name, _)| {
            let cell = measured.iter().find(|cell| cell.name == name)?;
            let short = name.trim_start_matches("delimark full, ").replace("bursts of ", "");
            Some((short, cell.median() / lines as f64))
        })
        .collect();
    let most = bars.iter().map(|(_, time)| *time).fold(0.0, f64::max);
    if bars.is_empty() {
        return Err(anyhow!("no cell of --cells has bursts to draw"));
    }
    let mut svg = String::new();
    draw_bars(&bars, most, &mut svg).map_err(|error| anyhow!("{error}")).context("the picture")?;
    Ok(svg)
}

fn draw_bars(
    bars: &[(String, f64)],
    most: f64,
    svg: &mut String,
) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let title = "typed columns of nginx12 by the size of bursts, ns of CPU time a record";
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(48)
        .build_cartesian_2d((0..bars.len()).into_segmented(), 0.0..most * 1.15)?;
    let label = |segment: &SegmentValue<usize>| match segment {
        SegmentValue::CenterOf(index) => bars.get(*index).map_or("", |bar| &bar.0).to_owned(),
        _ => String::new(),
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(bars.len())
        .x_label_formatter(&label)
        .draw()?;
    chart.draw_series(bars.iter().enumerate().map(|(index, (_, time))| {
        let corners = [(SegmentValue::Exact(index), 0.0), (SegmentValue::Exact(index + 1), *time)];
        let mut bar = Rectangle::new(corners, BLUE.filled());
        bar.set_margin(0, 0, 16, 16);
        bar
    }))?;
    chart.draw_series(bars.iter().enumerate().map(|(index, (_, time))| {
        let place = (SegmentValue::CenterOf(index), *time);
        EmptyElement::at(place) + Text::new(format!("{time:.0}"), (-10, -18), ("sans-serif", 14))
    }))?;
    root.present()?;
    drop(chart);
    drop(root);
    Ok(())
}
