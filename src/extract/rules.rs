//! The rules for the pages of an outlet, followed on one of them.

use std::collections::HashSet;

use dom_query::{Document, Matcher, NodeId};

use crate::model::page::{Followed, PageRules, Rule};

/// A longer selector is a slip.
const SELECTOR_BYTES_MAX: usize = 500;

/// What the rules of an outlet came to on a page.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Elements whose text is the article.
    pub kept: HashSet<NodeId>,
    /// Each rule, and how much it found.
    pub followed: Vec<Followed>,
}

/// Whether a page can be searched with `selector`; otherwise, why not.
pub fn check(selector: &str) -> Result<(), String> {
    if selector.trim().is_empty() {
        return Err("an empty text is no CSS selector".to_owned());
    }
    if selector.len() > SELECTOR_BYTES_MAX {
        return Err(format!("a selector may have {SELECTOR_BYTES_MAX} bytes"));
    }
    Matcher::new(selector).map(drop).map_err(|_| format!("`{selector}` is no CSS selector"))
}

/// Follows `rules` on `document`: takes out what is dropped, dissolves what is unwrapped, finds what
/// is kept.
pub(super) fn follow(rules: &PageRules, document: &Document) -> Outcome {
    let mut outcome = Outcome::default();
    for (rule, selector) in rules.all() {
        let Ok(matcher) = Matcher::new(selector) else { continue };
        let found = document.select_matcher(&matcher);
        for node in found.nodes() {
            match rule {
                Rule::Keep => {
                    outcome.kept.insert(node.id);
                }
                Rule::Drop => node.remove_from_parent(),
                Rule::Unwrap => dissolve(node),
            }
        }
        let n_elements = found.length();
        outcome.followed.push(Followed { rule, selector: selector.to_owned(), n_elements });
    }
    outcome
}

/// Puts what is in an element in its place.
fn dissolve(node: &dom_query::NodeRef<'_>) {
    for child in node.children() {
        node.insert_before(&child);
    }
    node.remove_from_parent();
}
