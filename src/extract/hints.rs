//! What the name, the classes and the role of an element say of the text in it.
//!
//! The words are those of templates in any language of Europe; no site is named.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::NodeRef;
use foldhash::fast::FixedState;

use kinds::KINDS;

pub(super) mod kinds;

/// A set of kinds of element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hints(u32);

impl Hints {
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the kind with this number in [`KINDS`] is in the set.
    pub(super) fn has(self, kind: usize) -> bool {
        self.0 & (1 << kind) != 0
    }

    /// Whether the kind of this name is.
    pub(super) fn has_named(self, kind: &str) -> bool {
        self.0 & bit(kind) != 0
    }
}

/// What an element says of its content.
pub(super) fn of(node: &NodeRef<'_>, name: &str) -> Hints {
    let mut hints = Hints::default();
    hints.0 |= ELEMENTS.get(name).copied().unwrap_or_default();
    if matches!(name, "body" | "html") {
        return hints;
    }
    let Some(element) = node.element_ref() else { return hints };
    for attribute in &element.attrs {
        match &*attribute.name.local {
            "class"
            | "id"
            | "itemprop"
            | "role"
            | "data-component"
            | "data-testid"
            | "data-type"
            | "data-component-name"
            | "data-block"
            | "data-test-id" => {
                add(&mut hints, &attribute.value);
            }
            "hidden" => hints.0 |= bit("hidden"),
            "aria-hidden" if &*attribute.value == "true" => hints.0 |= bit("hidden"),
            "style" if hides(&attribute.value) => hints.0 |= bit("hidden"),
            _ => {}
        }
    }
    hints
}

fn bit(kind: &str) -> u32 {
    KINDS.iter().position(|one| one.name == kind).map_or(0, |bit| 1 << bit)
}

fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// Classes are taken whole (`articleBody`, `article-body`) and in their parts (`body`).
fn add(hints: &mut Hints, value: &str) {
    // Utility classes by the dozen say nothing.
    const BYTES_MAX: usize = 400;
    let mut end = value.len().min(BYTES_MAX);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    let mut whole = String::new();
    let mut part = String::new();
    let mut last_is_lower = false;
    for c in value[..end].chars().chain([' ']) {
        if c.is_alphanumeric() {
            if c.is_uppercase() && last_is_lower {
                mark(hints, &part);
                part.clear();
            }
            last_is_lower = c.is_lowercase();
            if c.is_ascii() {
                part.push(c.to_ascii_lowercase());
                whole.push(c.to_ascii_lowercase());
            } else {
                part.extend(c.to_lowercase());
                whole.extend(c.to_lowercase());
            }
            continue;
        }
        last_is_lower = false;
        mark(hints, &part);
        part.clear();
        if c.is_whitespace() {
            mark(hints, &whole);
            whole.clear();
        }
    }
}

fn mark(hints: &mut Hints, word: &str) {
    hints.0 |= WORDS.get(word).copied().unwrap_or_default();
}

/// The bits of the kinds that each word speaks for.
type Bits = HashMap<&'static str, u32, FixedState>;

static ELEMENTS: LazyLock<Bits> = LazyLock::new(|| bits(|kind| kind.elements));

static WORDS: LazyLock<Bits> = LazyLock::new(|| bits(|kind| kind.words));

fn bits(words: fn(&kinds::Kind) -> &'static str) -> Bits {
    let mut bits = Bits::default();
    for (bit, kind) in KINDS.iter().enumerate() {
        for word in words(kind).split_ascii_whitespace() {
            *bits.entry(word).or_default() |= 1 << bit;
        }
    }
    bits
}
