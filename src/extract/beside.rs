//! The lines of text that stand near a headline: what a page says in words of who wrote its article,
//! and when.

use dom_query::{Document, NodeId, NodeRef};

use crate::extract::around::Around;
use crate::extract::headline;
use crate::normalize::text;

/// How far from the headline it may be said, in elements around it.
const CLIMB_MAX: usize = 4;

/// How far from the beginning of such an element, in bytes of text.
const BYTES_MAX: usize = 1_500;

/// Elements whose text is a line of its own.
const BLOCKS: [&str; 32] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];

/// What is no text of the page, or speaks of pictures and of who is quoted.
const UNSEEN: [&str; 11] = [
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "button",
    "figure",
    "figcaption",
    "blockquote",
    "cite",
    "nav",
];

/// How far up that is looked for.
const UNSEEN_CLIMB_MAX: usize = 6;

/// The lines in what holds the headline, and then in what holds that, without the headline itself and
/// without what is said of other articles.
pub(super) fn lines(document: &Document, others: &Around) -> impl Iterator<Item = Vec<String>> {
    holders(document).map(|node| lines_in(&node, others))
}

/// What holds the headline, from the inside out.
pub(super) fn holders(document: &Document) -> impl Iterator<Item = NodeRef<'_>> {
    let headline = headline::elements(document).pop();
    let around = headline.map(|headline| headline.ancestors(Some(CLIMB_MAX))).unwrap_or_default();
    let is_part = |node: &NodeRef<'_>| !(node.has_name("body") || node.has_name("html"));
    around.into_iter().take_while(is_part)
}

fn lines_in(around: &NodeRef<'_>, others: &Around) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut block: Option<NodeId> = None;
    let mut n_bytes = 0;
    let mut is_apart = false;
    for node in around.descendants_it() {
        if n_bytes >= BYTES_MAX {
            break;
        }
        // Two forms of one date stand side by side, for wide screens and narrow ones.
        is_apart |= node.is_element() && !node.has_name("wbr");
        if node.has_name("br") {
            block = None;
        }
        if !node.is_text() {
            continue;
        }
        let said = node.text();
        let Some(holder) = seen_in(&node).filter(|_| !said.trim().is_empty()) else { continue };
        if others.is_of_others(&node) {
            continue;
        }
        match lines.last_mut().filter(|_| block == Some(holder)) {
            Some(line) => {
                if is_apart {
                    line.push(' ');
                }
                line.push_str(&said);
            }
            None => lines.push(said.to_string()),
        }
        n_bytes += said.len();
        (block, is_apart) = (Some(holder), false);
    }
    lines.iter().map(|line| text::squeeze(line)).collect()
}

/// The block that a text is part of; `None` where it is not shown, or the headline.
fn seen_in(text: &NodeRef<'_>) -> Option<NodeId> {
    let mut around = std::iter::successors(text.parent(), NodeRef::parent);
    let is_any = |node: &NodeRef<'_>, names: &[&str]| {
        node.node_name().is_some_and(|name| names.contains(&&*name))
    };
    if is_unseen(text) {
        return None;
    }
    let block = around.find(|node| is_any(node, &BLOCKS))?;
    (!block.has_name("h1")).then_some(block.id)
}

/// Whether a node is not shown as text, or is of a picture or a quotation.
pub(super) fn is_unseen(node: &NodeRef<'_>) -> bool {
    let around = std::iter::successors(Some(*node), NodeRef::parent).take(UNSEEN_CLIMB_MAX);
    let mut names = around.filter_map(|node| node.node_name());
    names.any(|name| UNSEEN.contains(&&*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Vec<Vec<String>> {
        let document = Document::from(html);
        lines(&document, &Around::of(&document)).collect()
    }

    #[test]
    fn what_holds_the_headline_is_read_line_by_line() {
        let page = "<article><p>Zeeland</p><header><h1>Brug dicht</h1><style>p{}</style>\
                    <div>Door <!-- --><a>Jo van Dam</a><span>12 maart</span><br>3 reacties</div>\
                    </header><p>De brug <b>is</b> dicht.</p></article>";
        let header = ["Door Jo van Dam 12 maart", "3 reacties"];
        let article = ["Zeeland", header[0], header[1], "De brug is dicht."];
        assert_eq!(of(page), [&header[..], &article[..]]);
        assert!(of("<p>Zonder kop.</p>").is_empty());
    }

    #[test]
    fn what_stands_far_from_the_headline_or_is_of_others_is_not_read() {
        let teaser = "<div class=related-posts><h3>Sluis dicht</h3>Door Ria Mol</div>";
        let long = format!("<p>{}</p><p>Door Jo van Dam</p>", "woord ".repeat(300));
        let found = of(&format!("<div><h1>Brug dicht</h1>{teaser}{long}</div>"));
        assert_eq!(found[0].len(), 1, "{found:?}");
    }
}
