//! Shapes as PNG, drawn in whole pixels.

use std::io;

use font8x8::{BASIC_FONTS, LATIN_FONTS, UnicodeFonts as _};

use crate::export::chart::{Anchor, HEIGHT, LETTER, Shape, WIDTH};

/// Pixels of a unit.
const SCALE: f64 = 2.0;

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

pub(super) fn write(out: &mut dyn io::Write, shapes: &[Shape]) -> io::Result<()> {
    let (width, height) = (pixel(WIDTH), pixel(HEIGHT));
    let mut canvas = Canvas { width, height, pixels: vec![255; width * height * 3] };
    for shape in shapes {
        canvas.draw(shape);
    }
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(out, size(width), size(height));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&canvas.pixels)?;
    Ok(writer.finish()?)
}

/// A length in pixels; never less than none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest integer, and a negative one 0"
)]
fn pixel(length: f64) -> usize {
    (length * SCALE).round() as usize
}

impl Canvas {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Bar { x, y, width, height, color } => {
                self.fill((*x, *y), (*width, *height), *color);
            }
            Shape::Line { points, color } => {
                let thick = if points.len() > 2 { 2.0 } else { 0.5 };
                for pair in points.windows(2) {
                    self.line(pair[0], pair[1], thick, *color);
                }
            }
            Shape::Text { x, y, anchor, text, color } => {
                let n_letters = u32::try_from(text.chars().count()).unwrap_or_default();
                let width = f64::from(n_letters) * LETTER;
                let x = match anchor {
                    Anchor::Start => *x,
                    Anchor::Middle => x - width / 2.0,
                    Anchor::End => x - width,
                };
                self.text((x, y - LETTER), text, *color);
            }
        }
    }

    fn fill(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), color: [u8; 3]) {
        let (left, right) = (pixel(x), pixel(x + width).min(self.width));
        for row in pixel(y)..pixel(y + height).min(self.height) {
            for column in left..right {
                let at = (row * self.width + column) * 3;
                self.pixels[at..at + 3].copy_from_slice(&color);
            }
        }
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), thick: f64, color: [u8; 3]) {
        let length = (to.0 - from.0).abs().max((to.1 - from.1).abs());
        let n_steps = u32::try_from(pixel(length)).unwrap_or_default().max(1);
        for step in 0..=n_steps {
            let part = f64::from(step) / f64::from(n_steps);
            let x = from.0 + (to.0 - from.0) * part;
            let y = from.1 + (to.1 - from.1) * part;
            self.fill((x - thick / 2.0, y - thick / 2.0), (thick, thick), color);
        }
    }

    fn text(&mut self, (mut x, y): (f64, f64), text: &str, color: [u8; 3]) {
        for c in text.chars() {
            let glyph = BASIC_FONTS.get(c).or_else(|| LATIN_FONTS.get(c));
            let glyph = glyph.or_else(|| BASIC_FONTS.get('?')).unwrap_or_default();
            for (row, bits) in (0_u8..).zip(glyph) {
                for column in (0_u8..8).filter(|column| bits >> column & 1 == 1) {
                    let place = (x + f64::from(column), y + f64::from(row));
                    self.fill(place, (1.0, 1.0), color);
                }
            }
            x += LETTER;
        }
    }
}
