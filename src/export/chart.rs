//! Counts over time as a picture: SVG, or PNG where that is wanted. Lays out once for both.

mod bitmap;
mod svg;

use std::io;

/// The size of a picture.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 420.0;
/// Around the plot.
const LEFT: f64 = 72.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 44.0;
/// Letters of an axis.
const LETTER: f64 = 8.0;

/// Okabe and Ito's colors, which differ also to those who see fewer of them.
const COLORS: [[u8; 3]; 6] =
    [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [86, 180, 233], [230, 159, 0]];
const INK: [u8; 3] = [51, 51, 51];
const PALE: [u8; 3] = [221, 221, 221];

/// What is plotted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// What stands over it.
    pub title: String,
    /// The periods, in order.
    pub periods: Vec<String>,
    /// What was counted, by name; as many values as there are periods.
    pub series: Vec<(String, Vec<f64>)>,
}

/// A piece of a picture.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Bar { x: f64, y: f64, width: f64, height: f64, color: [u8; 3] },
    Line { points: Vec<(f64, f64)>, color: [u8; 3] },
    Text { x: f64, y: f64, anchor: Anchor, text: String, color: [u8; 3] },
}

/// What of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Start,
    Middle,
    End,
}

impl Chart {
    /// Writes it as SVG.
    pub fn svg(&self, out: &mut dyn io::Write) -> io::Result<()> {
        svg::write(out, &self.shapes())
    }

    /// Writes it as PNG, at twice the size.
    pub fn png(&self, out: &mut dyn io::Write) -> io::Result<()> {
        bitmap::write(out, &self.shapes())
    }

    /// One series is bars, several are lines.
    fn shapes(&self) -> Vec<Shape> {
        let most = self.series.iter().flat_map(|(_, values)| values).copied().fold(0.0, f64::max);
        let step = round_step(most / 5.0);
        let top = (most / step).ceil().max(1.0) * step;
        let y = |value: f64| HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
        let mut shapes = self.frame(step, top, y);
        let slot = (WIDTH - LEFT - RIGHT) / at_least_one(self.periods.len());
        let x = |n: usize| LEFT + count(n) * slot;
        for ((_, values), color) in self.series.iter().zip(COLORS.iter().cycle()) {
            if self.series.len() == 1 {
                let bar = |(n, value): (usize, &f64)| Shape::Bar {
                    x: x(n) + slot * 0.1,
                    y: y(*value),
                    width: slot * 0.8,
                    height: y(0.0) - y(*value),
                    color: *color,
                };
                shapes.extend(values.iter().enumerate().map(bar));
            } else {
                let point = |(n, value): (usize, &f64)| (x(n) + slot / 2.0, y(*value));
                let points = values.iter().enumerate().map(point).collect();
                shapes.push(Shape::Line { points, color: *color });
            }
        }
        shapes
    }

    /// Title, names of the series, axes and their numbers.
    fn frame(&self, step: f64, top: f64, y: impl Fn(f64) -> f64) -> Vec<Shape> {
        let text = |x, y, anchor, text: String, color| Shape::Text { x, y, anchor, text, color };
        let title: String = self.title.chars().take(90).collect();
        let mut shapes = vec![text(LEFT, 24.0, Anchor::Start, title, INK)];
        let mut x = LEFT;
        if self.series.len() > 1 {
            for ((name, _), color) in self.series.iter().zip(COLORS.iter().cycle()) {
                let name: String = name.chars().take(40).collect();
                let width = (count(name.chars().count()) + 3.0) * LETTER;
                shapes.push(text(x, 46.0, Anchor::Start, name, *color));
                x += width;
            }
        }
        let mut value = 0.0;
        while value <= top + step / 2.0 {
            let (left, right) = ((LEFT, y(value)), (WIDTH - RIGHT, y(value)));
            shapes.push(Shape::Line { points: vec![left, right], color: PALE });
            let number = if step < 1.0 { format!("{value:.1}") } else { format!("{value:.0}") };
            shapes.push(text(LEFT - 8.0, y(value) + 4.0, Anchor::End, number, INK));
            value += step;
        }
        let n_periods = self.periods.len();
        let slot = (WIDTH - LEFT - RIGHT) / at_least_one(n_periods);
        let longest = self.periods.iter().map(String::len).max().unwrap_or_default();
        let n_shown = ((WIDTH - LEFT - RIGHT) / (count(longest + 2) * LETTER)).max(1.0);
        let every = (count(n_periods) / n_shown).ceil().max(1.0);
        for (n, period) in self.periods.iter().enumerate() {
            if count(n) % every == 0.0 {
                let x = LEFT + (count(n) + 0.5) * slot;
                shapes.push(text(x, HEIGHT - 18.0, Anchor::Middle, period.clone(), INK));
            }
        }
        shapes
    }
}

/// 1, 2 or 5 times a power of ten, at least `step`.
fn round_step(step: f64) -> f64 {
    if step <= 0.2 {
        return 0.2;
    }
    let power = 10_f64.powf(step.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|round| round * power >= step);
    round.unwrap_or(10.0) * power
}

fn at_least_one(n: usize) -> f64 {
    count(n.max(1))
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(n_series: usize) -> Chart {
        let periods = (1..=9).map(|month| format!("2022-0{month}")).collect();
        let values = |n: usize| (0..9).map(|month| count(month * n)).collect();
        let series = (1..=n_series).map(|n| (format!("wöord <{n}>"), values(n))).collect();
        Chart { title: "storm & \"wind\"".into(), periods, series }
    }

    #[test]
    fn numbers_on_the_axis_are_round() {
        for (step, expected) in [(0.0, 0.2), (0.7, 1.0), (1.1, 2.0), (130.0, 200.0), (6.0, 10.0)] {
            assert!((round_step(step) - expected).abs() < 1e-9, "{step}");
        }
    }

    #[test]
    fn a_picture_is_well_formed_svg() {
        let mut out = Vec::new();
        chart(2).svg(&mut out).unwrap();
        let svg = String::from_utf8(out).unwrap();
        let mut reader = quick_xml::Reader::from_str(&svg);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        assert!(svg.contains("storm &amp; ") && svg.contains("wöord &lt;1&gt;"), "{svg}");
        assert_eq!(svg.matches("stroke-width=\"2\"").count(), 2);
    }

    #[test]
    fn a_picture_is_png_with_bars_where_there_are_counts() {
        let mut out = Vec::new();
        chart(1).png(&mut out).unwrap();
        let decoder = png::Decoder::new(io::Cursor::new(&out));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let info = reader.info();
        assert_eq!((f64::from(info.width), f64::from(info.height)), (WIDTH * 2.0, HEIGHT * 2.0));
        let n_colored = pixels.chunks(3).filter(|pixel| *pixel == COLORS[0]).count();
        assert!(n_colored > 10_000, "{n_colored}");
    }

    #[test]
    fn nothing_is_a_picture_too() {
        for chart in [Chart::default(), chart(0)] {
            chart.svg(&mut Vec::new()).unwrap();
            chart.png(&mut Vec::new()).unwrap();
        }
    }
}
