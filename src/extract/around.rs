//! Whether what stands on a page is of its article, or of what stands around that: comments, and
//! teasers of other articles.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeId, NodeRef};

use crate::extract::hints;

/// Headings beyond this are those of what else the page has.
const HEADINGS_MAX: usize = 20;

/// What is known of the elements of a page.
#[derive(Default)]
pub(super) struct Around {
    /// Those that hold a main heading.
    headed: HashSet<NodeId>,
    judged: RefCell<HashMap<NodeId, bool>>,
}

impl Around {
    pub(super) fn of(document: &Document) -> Self {
        let headings = document.select("h1");
        let headings = headings.nodes().iter().take(HEADINGS_MAX);
        let headed = headings.flat_map(|heading| heading.ancestors(None)).map(|node| node.id);
        Self { headed: headed.collect(), judged: RefCell::default() }
    }

    /// Whether an element stands in a comment or in a teaser. What holds the headline is neither.
    pub(super) fn is_of_others(&self, node: &NodeRef<'_>) -> bool {
        let around = std::iter::successors(Some(*node), NodeRef::parent);
        let mut around = around.take_while(|around| !self.headed.contains(&around.id));
        around.any(|around| self.is_other(&around))
    }

    fn is_other(&self, node: &NodeRef<'_>) -> bool {
        if let Some(known) = self.judged.borrow().get(&node.id) {
            return *known;
        }
        let is_other = is_comment(node) || is_teaser(node);
        self.judged.borrow_mut().insert(node.id, is_other);
        is_other
    }
}

fn is_comment(node: &NodeRef<'_>) -> bool {
    let kind = node.attr("itemtype").unwrap_or_default();
    let Some(name) = node.node_name() else { return false };
    kind.ends_with("/Comment") || hints::of(node, &name).has_named("comment")
}

/// Words by which templates name what leads to other articles. A grid, a list or an item may be anything.
const TEASERS: [&str; 14] = [
    "related",
    "relatedarticles",
    "relatedposts",
    "recommended",
    "recommendations",
    "gerelateerd",
    "leesook",
    "readmore",
    "teaser",
    "teasers",
    "trending",
    "mostread",
    "meestgelezen",
    "upnext",
];

/// Another article has a heading of its own.
fn is_teaser(node: &NodeRef<'_>) -> bool {
    let is_heading = |node: &NodeRef<'_>| ["h2", "h3", "h4"].iter().any(|name| node.has_name(name));
    let said = |attribute| node.attr(attribute).unwrap_or_default().to_ascii_lowercase();
    let is_named = |value: String| {
        value.split(|c: char| !c.is_alphanumeric()).any(|word| TEASERS.contains(&word))
    };
    (is_named(said("class")) || is_named(said("id")))
        && node.descendants_it().any(|inner| is_heading(&inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_comments_and_teasers_is_of_others() {
        let of_others = |html: &str| {
            let document = Document::from(html);
            let found = document.select("time");
            let around = Around::of(&document);
            found.nodes().iter().map(|node| around.is_of_others(node)).collect::<Vec<_>>()
        };
        let time = "<time>10:15</time>";
        let comment = format!("<li itemtype='https://schema.org/Comment'><p>{time}</p></li>");
        assert_eq!(of_others(&format!("<h1>Brug</h1>{time}<ol>{comment}</ol>")), [false, true]);
        let teaser = format!("<div class=teaser><h3>Sluis</h3>{time}</div>");
        assert_eq!(of_others(&format!("<h1>Brug</h1>{time}{teaser}")), [false, true]);
        // A grid is what some sites arrange all of their pages by.
        let grid =
            format!("<div class=grid><h1>Brug</h1><p class=item>{time}</p><h2>Tol</h2></div>");
        assert_eq!(of_others(&grid), [false]);
        let thread = format!("<div class=comments><h1>Brug</h1>{time}</div>");
        assert_eq!(of_others(&thread), [false]);
        let grid =
            format!("<h1>Brug</h1><div class=grid><p class=item>{time}</p><h2>Tol</h2></div>");
        assert_eq!(of_others(&grid), [false]);
    }
}
