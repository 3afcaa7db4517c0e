//! The colours of plots: each is drawn as it looks on white, and a style sheet inside the picture
//! exchanges it where the reader's theme is dark. So one table holds both.

use delimark_results::EXTRACT;
use plotters::style::RGBColor;

use crate::report::view::{Family, Row};

/// A colour on light ground and its counterpart on dark ground.
#[derive(Clone, Copy)]
pub(super) struct Hue {
    pub(super) light: RGBColor,
    dark: RGBColor,
}

const fn hue(light: u32, dark: u32) -> Hue {
    Hue { light: rgb(light), dark: rgb(dark) }
}

const fn rgb(code: u32) -> RGBColor {
    let [_, red, green, blue] = code.to_be_bytes();
    RGBColor(red, green, blue)
}

/// Text and the limit.
pub(super) const INK: Hue = hue(0x1f_23_28, 0xe6_ed_f3);
/// Text that explains.
pub(super) const MUTED: Hue = hue(0x59_63_6e, 0x91_98_a1);
/// Lines behind the data.
pub(super) const GRID: Hue = hue(0xd8_de_e4, 0x30_36_3d);
/// Engines of this project.
pub(super) const ACCENT: Hue = hue(0x0b_5f_ff, 0x58_a6_ff);
/// Engines of this project as WebAssembly.
const WASM: Hue = ACCENTS[1];
/// This project's whole command.
const COMMAND: Hue = ACCENTS[2];
/// Rivals.
pub(super) const PEER: Hue = hue(0x8c_95_9f, 0x7d_85_90);
/// The bar to beat.
pub(super) const BAR: Hue = hue(0xcf_22_2e, 0xff_7b_72);

/// Tells engines of this project apart where they are lines; reused from the start when they run
/// out, since every line carries its name.
pub(super) const ACCENTS: [Hue; 6] = [
    ACCENT,
    hue(0x0a_7f_5a, 0x3c_cf_97),
    hue(0x82_50_df, 0xc2_97_ff),
    hue(0xbc_4c_00, 0xff_a6_57),
    hue(0xbf_39_89, 0xff_80_c8),
    hue(0x1b_7c_83, 0x39_c5_cf),
];

/// The colour of an engine.
pub(super) fn hue_of(row: &Row<'_>) -> Hue {
    match row.family {
        Family::Delimark if row.cell.engine == EXTRACT => COMMAND,
        Family::Delimark if row.runs_elsewhere() => WASM,
        Family::Delimark => ACCENT,
        Family::Peer | Family::Control => PEER,
        Family::Limit => INK,
    }
}

/// The reader's own font, so that pictures look like the page around them.
const FONTS: &str = "system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif";

/// The style sheet that exchanges the colours, for pictures of that class.
pub(super) fn style_sheet(class: &str) -> String {
    let hues = [INK, MUTED, GRID, PEER, BAR].into_iter().chain(ACCENTS);
    let rules: String = hues
        .flat_map(|Hue { light, dark }| {
            let (light, dark) = (hex(light), hex(dark));
            ["fill", "stroke"]
                .map(|property| format!(".{class} [{property}=\"{light}\"]{{{property}:{dark}}}"))
        })
        .collect();
    format!(".{class} text{{font-family:{FONTS}}}@media (prefers-color-scheme:dark){{{rules}}}")
}

/// Writes a colour as plotters does.
fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::{ACCENTS, Hue, INK, PEER, hex};

    #[test]
    fn pictures_have_the_colours_of_the_pages_around_them() {
        let css = include_str!("../palette.css");
        let (light, dark) = css.split_once("prefers-color-scheme").expect("there are two themes");
        let names = ["--ink", "--rival"].map(str::to_owned).into_iter();
        let names = names.chain((0..ACCENTS.len()).map(|index| format!("--colour-{index}")));
        for (name, hue) in names.zip([INK, PEER].into_iter().chain(ACCENTS)) {
            let Hue { light: on_light, dark: on_dark } = hue;
            for (theme, colour) in [(light, on_light), (dark, on_dark)] {
                let rule = format!("{name}: {};", hex(colour).to_lowercase());
                assert!(theme.contains(&rule), "{rule}");
            }
        }
    }
}
