//! Shapes as SVG.

use std::io;

use quick_xml::escape::escape;

use crate::export::chart::{Anchor, HEIGHT, Shape, WIDTH};
use crate::export::is_writable;

pub(super) fn write(out: &mut dyn io::Write, shapes: &[Shape]) -> io::Result<()> {
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    )?;
    for shape in shapes {
        match shape {
            Shape::Bar { x, y, width, height, color } => writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
                 fill=\"{}\"/>",
                hex(*color)
            )?,
            Shape::Line { points, color } => {
                let points: Vec<String> =
                    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
                let width = if points.len() > 2 { 2 } else { 1 };
                writeln!(
                    out,
                    "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"/>",
                    points.join(" "),
                    hex(*color)
                )?;
            }
            Shape::Text { x, y, anchor, text, color } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                let text: String = text.chars().filter(|c| is_writable(*c)).collect();
                writeln!(
                    out,
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
                    hex(*color),
                    escape(&text)
                )?;
            }
        }
    }
    writeln!(out, "</svg>")
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
