//! The colours of plots: each is drawn as it looks on white, and a style sheet inside the picture
//! exchanges it where the reader's theme is dark. So one table holds both.

use plotters::style::RGBColor;

use crate::report::view::{Family, ProcessKind};

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
/// Lines under the data.
pub(super) const GRID: Hue = hue(0xd8_de_e4, 0x30_36_3d);
/// Engines of this project.
pub(super) const ACCENT: Hue = hue(0x0b_5f_ff, 0x58_a6_ff);
/// Engines of this project as WebAssembly.
pub(super) const WASM: Hue = ACCENTS[1];
/// This project's whole command.
pub(super) const COMMAND: Hue = ACCENTS[2];
/// Peers.
pub(super) const PEER: Hue = hue(0x8c_95_9f, 0x7d_85_90);
/// The bar to beat.
pub(super) const BAR: Hue = hue(0xcf_22_2e, 0xff_7b_72);

/// The colours that tell things apart; the first is this project's.
pub(super) const ACCENTS: [Hue; 6] = [
    ACCENT,
    hue(0x0a_7f_5a, 0x3c_cf_97),
    hue(0x82_50_df, 0xc2_97_ff),
    hue(0xbc_4c_00, 0xff_a6_57),
    hue(0xbf_39_89, 0xff_80_c8),
    hue(0x1b_7c_83, 0x39_c5_cf),
];

/// The shades of [`ACCENT`], from the fastest on: of lines that are all native engines of this
/// project.
const SHADES: [Hue; 4] =
    [ACCENT, hue(0x4a_86_e8, 0x3b_7d_cc), hue(0x7a_a5_ea, 0x35_64_9c), hue(0x9d_b9_e6, 0x4d_6a_8f)];

/// Returns the colour of an engine, the same in every plot.
pub(super) fn hue_of(family: Family, engine: &str) -> Hue {
    match (family, ProcessKind::of(engine)) {
        (Family::Delimark, ProcessKind::Here) => ACCENT,
        (Family::Delimark, ProcessKind::Runtime) => WASM,
        (Family::Delimark, ProcessKind::Command) => COMMAND,
        (Family::Peer | Family::Handicap, _) => PEER,
        (Family::Limit, _) => INK,
    }
}

/// Returns the colour of an engine's name, which has to be read where a mark need only be seen.
pub(super) fn hue_of_name(family: Family, engine: &str) -> Hue {
    match family {
        Family::Peer | Family::Handicap => MUTED,
        Family::Delimark | Family::Limit => hue_of(family, engine),
    }
}

/// Returns the colours of lines, which share one where they are of engines of a kind; but native
/// engines of this project get paler from the first on.
pub(super) fn hues_of_lines<'a>(engines: impl Iterator<Item = &'a str>) -> Vec<Hue> {
    let mut shades = SHADES.into_iter();
    let hue = |engine| match hue_of(Family::of(engine), engine) {
        hue if hue.light == ACCENT.light => shades.next().unwrap_or(SHADES[SHADES.len() - 1]),
        hue => hue,
    };
    engines.map(hue).collect()
}

/// The reader's own font, so that pictures look like the page around them.
const FONTS: &str = "system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif";

/// Returns the style sheet that exchanges the colours, for pictures of that class.
pub(super) fn style_sheet(class: &str) -> String {
    let hues =
        [INK, MUTED, GRID, PEER, BAR].into_iter().chain(ACCENTS).chain(SHADES.into_iter().skip(1));
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
        let names = ["--ink", "--peer"].map(str::to_owned).into_iter();
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
