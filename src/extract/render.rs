//! Blocks to the house's text form: paragraphs with an empty line between, `- ` before list items, rows
//! of a table on lines of their own.

use crate::extract::blocks::{Block, Blocks, Shape};

/// The text of the blocks that were chosen.
pub(super) fn text<'b>(all: &Blocks, chosen: impl Iterator<Item = &'b Block>) -> String {
    let mut text = String::new();
    let mut last = None;
    for block in chosen {
        let place = Place::of(all, block);
        if !text.is_empty() {
            text.push_str(between(last, place));
        }
        if block.shape == Shape::Item {
            text.push_str("- ");
        }
        text.push_str(&block.text);
        last = place;
    }
    text
}

/// The table and the row in which a short cell stands. Longer ones are what pages were laid out with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    table: usize,
    row: usize,
}

impl Place {
    fn of(all: &Blocks, block: &Block) -> Option<Self> {
        const CELL_WORDS_MAX: usize = 12;
        let around = |name| all.around(block).find(|one| all.containers[*one].name == name);
        let is_cell = block.shape == Shape::Cell && block.n_words <= CELL_WORDS_MAX;
        let (table, row) = around("table").zip(around("tr")).filter(|_| is_cell)?;
        Some(Self { table, row })
    }
}

fn between(one: Option<Place>, next: Option<Place>) -> &'static str {
    match one.zip(next) {
        Some((one, next)) if one.row == next.row => " | ",
        Some((one, next)) if one.table == next.table => "\n",
        _ => "\n\n",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dom_query::Document;

    use super::*;
    use crate::extract::blocks;

    #[test]
    fn rows_of_a_table_are_lines_and_what_was_laid_out_with_one_is_not() {
        let check = |html: &str, expected: &str| {
            let all = blocks::of(&Document::from(html), &HashSet::new());
            assert_eq!(text(&all, all.blocks.iter()), expected, "{html}");
        };
        let table = "<p>De uitslag:</p><table><tr><th>Partij</th><th>Zetels</th></tr><tr><td>VVD</td>\
                     <td>24</td></tr></table><p>Meer volgt.</p>";
        check(table, "De uitslag:\n\nPartij | Zetels\nVVD | 24\n\nMeer volgt.");
        let long = "De brug over het kanaal is nog weken dicht, zegt de wethouder van Hulst.";
        let layout = format!("<table><tr><td><p>{long}</p><p>{long}</p></td></tr></table>");
        check(&layout, &format!("{long}\n\n{long}"));
    }
}
