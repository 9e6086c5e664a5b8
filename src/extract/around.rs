//! Whether what stands on a page is of its article, or of what stands around that: comments, and
//! teasers of other articles.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeId, NodeRef};

use crate::extract::{headline, hints};

/// What is known of the elements of a page.
#[derive(Default)]
pub(super) struct Around {
    /// Those that hold a main heading.
    headed: HashSet<NodeId>,
    headline: Option<NodeId>,
    /// Those between the headline and the text below it.
    above_text: HashSet<NodeId>,
    judged: RefCell<HashMap<NodeId, bool>>,
}

impl Around {
    pub(super) fn of(document: &Document) -> Self {
        let headings = headline::elements(document);
        let headline = headline::first_with_text(&headings);
        let above_text = headline.as_ref().map(above_text).unwrap_or_default();
        let headed = headings.into_iter().flat_map(|heading| heading.ancestors(None));
        let headed = headed.map(|node| node.id).collect();
        let headline = headline.map(|headline| headline.id);
        Self { headed, headline, above_text, judged: RefCell::default() }
    }

    /// Whether an element is the headline.
    pub(super) fn is_headline(&self, node: &NodeRef<'_>) -> bool {
        self.headline == Some(node.id)
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
        let is_other = is_comment(node) || self.is_named_as_comment(node) || is_teaser(node);
        self.judged.borrow_mut().insert(node.id, is_other);
        is_other
    }

    /// The line that says who wrote an article and when may be named after the count of comments in it.
    fn is_named_as_comment(&self, node: &NodeRef<'_>) -> bool {
        let Some(name) = node.node_name() else { return false };
        let is_line = || self.above_text.contains(&node.id) && is_line(node);
        hints::of(node, &name).has_named("comment") && !is_line()
    }
}

fn is_comment(node: &NodeRef<'_>) -> bool {
    node.attr("itemtype").is_some_and(|kind| kind.ends_with("/Comment"))
}

fn is_line(node: &NodeRef<'_>) -> bool {
    const WORDS_MAX: usize = 25;
    node.text().split_whitespace().nth(WORDS_MAX).is_none()
}

/// The elements between a headline and the first text below it, without those that hold that text;
/// none where there is no text.
fn above_text(headline: &NodeRef<'_>) -> HashSet<NodeId> {
    let mut above = HashSet::new();
    for node in headline::behind(headline) {
        if node.is_element() {
            above.insert(node.id);
        } else if headline::is_prose(&node.text()) {
            for holder in node.ancestors(None) {
                above.remove(&holder.id);
            }
            return above;
        }
    }
    HashSet::new()
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
        let line = format!("<p class='meta has-comments'>Jo van Dam {time}, 3 reacties</p>");
        let text = "<p>De brug bij Hulst blijft nog drie weken dicht voor alle verkeer, zegt de \
                    provincie.</p>";
        let list = format!("<ol class=comments><li>{time} Schande</li></ol>");
        let page = of_others(&format!("<h1>Brug</h1>{line}<div>{text}{list}</div>"));
        assert_eq!(page, [false, true]);
        assert_eq!(of_others(&format!("<h1>Brug</h1>{list}")), [true]);
        let many = format!(
            "<ol class=comments>{}</ol>",
            format!("<li>{time} Piet de Vries</li>").repeat(13)
        );
        assert!(of_others(&format!("<h1>Brug</h1>{many}{text}")).iter().all(|is_other| *is_other));
        let thread = format!("<div class=comments><h1>Brug</h1>{time}</div>");
        assert_eq!(of_others(&thread), [false]);
        let grid =
            format!("<h1>Brug</h1><div class=grid><p class=item>{time}</p><h2>Tol</h2></div>");
        assert_eq!(of_others(&grid), [false]);
    }
}
