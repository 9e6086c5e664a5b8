//! Blocks to the house's text form: paragraphs with an empty line between, `- ` before list items.

use crate::extract::blocks::{Block, Shape};

/// The text of the blocks that were chosen.
pub(super) fn text<'b>(blocks: impl Iterator<Item = &'b Block>) -> String {
    let mut text = String::new();
    for block in blocks {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        if block.shape == Shape::Item {
            text.push_str("- ");
        }
        text.push_str(&block.text);
    }
    text
}
