//! The chart of how cost grows, as SVG that can be read on light and on dark.

use std::fmt::Write as _;

use crate::growth::Growth;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 44.0;
/// Beside the outermost points, so that what is written at them has room.
const MARGIN: f64 = 24.0;

/// Two panels: people in one room, and rooms of ten.
pub fn of(growth: &Growth) -> String {
    let (width, height) = (2.0 * (WIDTH + LEFT) + 24.0, TOP + HEIGHT + 52.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">\n{STYLE}"
    );
    let people = growth.people.iter().map(|point| (point.people as f64, point.delivery));
    panel(
        &mut svg,
        LEFT,
        "µs of processor for a delivery",
        "people in one room",
        &people.collect(),
    );
    let rooms = growth.rooms.iter().map(|point| (point.rooms as f64, point.message));
    let left = 2.0 * LEFT + WIDTH + 12.0;
    panel(&mut svg, left, "µs of processor for a message", "rooms of ten people", &rooms.collect());
    svg.push_str("</svg>\n");
    svg
}

const STYLE: &str = "<style>\
    text{fill:#1f2328}.grid{stroke:#d0d7de}.line{stroke:#0969da;fill:none;stroke-width:2}.dot{fill:#0969da}\
    @media (prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}.line{stroke:#4493f8}.dot{fill:#4493f8}}\
    </style>\n";

/// From left to right: how many, and what it costs.
type Line = Vec<(f64, f64)>;

/// One panel with its axes: across in powers of ten, up from nothing.
fn panel(svg: &mut String, left: f64, title: &str, across: &str, line: &Line) {
    let step = step(line.iter().map(|point| point.1).fold(0.0, f64::max));
    let most = step * 5.0;
    let last = line.iter().map(|point| point.0).fold(10.0, f64::max).log10();
    let first = line.first().map_or(0.0, |point| point.0.log10());
    let x = |n: f64| left + MARGIN + (n.log10() - first) / (last - first) * (WIDTH - 2.0 * MARGIN);
    let y = |n: f64| TOP + HEIGHT - n / most * HEIGHT;
    _ = writeln!(svg, "<text x=\"{left}\" y=\"{}\" font-weight=\"600\">{title}</text>", TOP - 18.0);
    for number in (0..=5).map(|n| f64::from(n) * step) {
        let (y, right) = (y(number), left + WIDTH);
        let (text_x, text_y) = (left - 8.0, y + 4.0);
        _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"{text_x}\" y=\"{text_y:.1}\" text-anchor=\"end\">{number}</text>"
        );
    }
    for (number, cost) in line {
        let (x, y, bottom) = (x(*number), y(*cost), TOP + HEIGHT + 18.0);
        _ = writeln!(
            svg,
            "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\
             <text x=\"{x:.1}\" y=\"{bottom}\" text-anchor=\"middle\">{number}</text>",
            y - 10.0,
            if *cost < 100.0 { format!("{cost:.1}") } else { format!("{cost:.0}") }
        );
    }
    let points: Vec<String> =
        line.iter().map(|(n, cost)| format!("{:.1},{:.1}", x(*n), y(*cost))).collect();
    _ = writeln!(svg, "<polyline class=\"line\" points=\"{}\"/>", points.join(" "));
    let (middle, bottom) = (left + WIDTH / 2.0, TOP + HEIGHT + 40.0);
    _ = writeln!(svg, "<text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">{across}</text>");
}

/// A fifth of the scale: 1, 2 or 5 times a power of ten, so that the line stays below the title.
fn step(most: f64) -> f64 {
    let least = (most * 1.15 / 5.0).max(0.001);
    let ten = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|n| n * ten).find(|step| *step >= least).unwrap_or(least)
}
