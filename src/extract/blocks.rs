//! The text of a page as a list of blocks, each with what its surroundings say of it.
//!
//! A block is what stands between two breaks: a paragraph, a heading, a list item, a caption.
//! Nothing is judged here.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use dom_query::{Document, NodeId, NodeRef};

use crate::extract::hints::{self, Hints};
use crate::extract::phrases;
use crate::normalize::text;
use elements::{Role, is_advertisement, role, shape};

mod comments;
mod elements;

/// More text blocks than a real page has; what comes after is not read.
const BLOCKS_MAX: usize = 20_000;

/// Shorter blocks are no paragraphs.
pub(super) const PROSE_WORDS_MIN: usize = 15;

/// What kind of block, as far as its element tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Paragraph,
    Heading(u8),
    Item,
    Quote,
    Caption,
    Cell,
    Term,
    Preformatted,
    /// Text that stands in a `div`, a `span` or the like.
    Bare,
}

/// A piece of text between two breaks.
#[derive(Debug)]
pub(super) struct Block {
    /// Its text, white space squeezed; a `\n` for a line break.
    pub text: String,
    /// Its words in lower case, one space before and after each: for comparing.
    pub words: String,
    pub n_words: usize,
    pub n_chars: usize,
    /// Characters of it that stand in links.
    pub n_link_chars: usize,
    /// Characters of it in bold.
    pub n_bold_chars: usize,
    /// Characters of it in italics.
    pub n_italic_chars: usize,
    pub shape: Shape,
    /// Its innermost container.
    pub container: usize,
    /// The outlet's rules say that it is the article's.
    pub is_kept: bool,
}

/// An element that holds blocks.
#[derive(Debug)]
pub(super) struct Container {
    pub parent: usize,
    pub name: String,
    pub hints: Hints,
    /// The same for elements of the same name and class in the same place.
    pub path: u64,
}

/// All text of a page.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub blocks: Vec<Block>,
    /// The first is the document itself.
    pub containers: Vec<Container>,
}

impl Blocks {
    /// The words of all blocks that are long enough to be paragraphs.
    pub(super) fn n_prose(&self) -> usize {
        let words = self.blocks.iter().map(|block| block.n_words);
        words.filter(|n_words| *n_words >= PROSE_WORDS_MIN).sum()
    }

    /// The most words that such blocks have which stand beside each other in one element without a
    /// heading that is a link: teasers have that, or an element each.
    pub(super) fn n_prose_together(&self) -> usize {
        n_together(self, &self.blocks)
    }

    /// Whether a container is named as any of these kinds of furniture. What holds the article
    /// may be named after anything in it.
    pub(super) fn is_named_as(&self, at: usize, kinds: &[&str]) -> bool {
        let container = &self.containers[at];
        !matches!(container.name.as_str(), "article" | "main" | "body")
            && kinds.iter().any(|kind| container.hints.has_named(kind))
    }

    /// The element in which the element of a block stands.
    pub(super) fn holder(&self, block: &Block) -> usize {
        self.containers[block.container].parent
    }

    /// The containers around a block, innermost first, without the document.
    pub(super) fn around(&self, block: &Block) -> impl Iterator<Item = usize> {
        let mut next = block.container;
        std::iter::from_fn(move || {
            let this = next;
            next = self.containers.get(this)?.parent;
            (this != 0).then_some(this)
        })
    }
}

/// [`Blocks::n_prose_together`] of some of them.
fn n_together<'b>(blocks: &Blocks, some: impl IntoIterator<Item = &'b Block>) -> usize {
    let mut sums: HashMap<usize, usize> = HashMap::new();
    let mut lists = HashSet::new();
    for block in some {
        let holder = blocks.holder(block);
        match block.shape {
            Shape::Heading(_) if block.n_link_chars > 0 => {
                lists.insert(holder);
            }
            Shape::Paragraph if block.n_words >= PROSE_WORDS_MIN => {
                *sums.entry(holder).or_default() += block.n_words;
            }
            Shape::Bare if block.n_words >= PROSE_WORDS_MIN => {
                // Text between two line breaks stands in the element itself.
                *sums.entry(block.container).or_default() += block.n_words;
            }
            _ => {}
        }
    }
    let together = sums.iter().filter(|(holder, _)| !lists.contains(*holder));
    together.map(|(_, n_words)| *n_words).max().unwrap_or_default()
}

/// The blocks of a document, in their order. What stands in an element of `kept` is so marked.
pub(super) fn of(document: &Document, kept: &HashSet<NodeId>) -> Blocks {
    let body = document.body().unwrap_or_else(|| document.root());
    let mut walk = Walk::new(kept, &body);
    walk.all.containers.push(Container {
        parent: 0,
        name: String::new(),
        hints: Hints::default(),
        path: 0,
    });
    let is_kept = kept.contains(&body.id);
    let context = Context { container: 0, shape: Shape::Bare, is_kept };
    walk.children(&body, context);
    walk.end_block(context);
    walk.all
}

#[derive(Debug, Clone, Copy)]
struct Context {
    container: usize,
    shape: Shape,
    is_kept: bool,
}

struct Walk<'k> {
    kept: &'k HashSet<NodeId>,
    body: &'k NodeRef<'k>,
    /// Letters of all the text of the body, once they were counted.
    n_letters: Option<usize>,
    all: Blocks,
    text: String,
    n_link_chars: usize,
    n_bold_chars: usize,
    n_italic_chars: usize,
    in_link: u32,
    in_bold: u32,
    in_italic: u32,
}

impl<'k> Walk<'k> {
    fn new(kept: &'k HashSet<NodeId>, body: &'k NodeRef<'k>) -> Self {
        Self {
            kept,
            body,
            n_letters: None,
            all: Blocks::default(),
            text: String::new(),
            n_link_chars: 0,
            n_bold_chars: 0,
            n_italic_chars: 0,
            in_link: 0,
            in_bold: 0,
            in_italic: 0,
        }
    }

    fn children(&mut self, node: &NodeRef<'_>, context: Context) {
        for child in node.children_it(false) {
            if child.is_text() {
                self.push_text(&child.text());
            } else if child.is_element() {
                self.element(&child, context);
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        let before = self.text.len();
        text::push_squeezed(&mut self.text, text);
        let added = self.text[before..].chars().count();
        self.n_link_chars += if self.in_link > 0 { added } else { 0 };
        self.n_bold_chars += if self.in_bold > 0 { added } else { 0 };
        self.n_italic_chars += if self.in_italic > 0 { added } else { 0 };
    }

    fn element(&mut self, node: &NodeRef<'_>, context: Context) {
        let Some(name) = node.qual_name_ref().map(|name| name.local.clone()) else { return };
        if self.all.blocks.len() >= BLOCKS_MAX {
            return;
        }
        if is_advertisement(node) && !self.holds_the_article(node, &name) {
            return;
        }
        match role(&name) {
            Role::Button if self.is_heading(node, context) => self.children(node, context),
            Role::Skipped | Role::Button => {}
            Role::Break => self.line_break(context),
            Role::Link => self.inline(node, context, |walk| &mut walk.in_link),
            Role::Bold => self.inline(node, context, |walk| &mut walk.in_bold),
            Role::Italic => self.inline(node, context, |walk| &mut walk.in_italic),
            Role::Inline => self.children(node, context),
            Role::Unknown if self.is_in_sentence(node, context) => self.children(node, context),
            Role::Unknown | Role::Block => self.block(node, &name, context),
        }
    }

    /// Whether an element is more than a part of the page: what it is named after is the article then.
    fn holds_the_article(&mut self, node: &NodeRef<'_>, name: &str) -> bool {
        let is_headed = matches!(name, "article" | "main")
            && node.descendants_it().any(|inner| inner.has_name("h1"));
        // What stands aside may have more text than a short article.
        is_headed
            || name != "aside"
                && n_letters(node) * 2 > *self.n_letters.get_or_insert_with(|| n_letters(self.body))
    }

    /// Whether a button is the first text of a heading that has none outside of buttons.
    fn is_heading(&self, button: &NodeRef<'_>, context: Context) -> bool {
        if !matches!(context.shape, Shape::Heading(_)) || !self.text.trim().is_empty() {
            return false;
        }
        let is_heading = |node: &NodeRef<'_>| {
            node.node_name()
                .is_some_and(|name| matches!(shape(&name, Shape::Bare), Shape::Heading(_)))
        };
        let is_outside = |text: NodeRef<'_>| {
            text.is_text()
                && !text.text().trim().is_empty()
                && !text.ancestors(None).iter().any(|around| around.has_name("button"))
        };
        let heading = button.ancestors(None).into_iter().find(is_heading);
        heading.is_some_and(|heading| !heading.descendants_it().any(is_outside))
    }

    /// Whether an element that HTML does not know stands in a sentence: text goes on behind it, or
    /// goes before it and has not ended, or it is in a paragraph, and it holds none.
    fn is_in_sentence(&self, node: &NodeRef<'_>, context: Context) -> bool {
        let is_text = |next: NodeRef<'_>| next.is_text() && !next.text().trim().is_empty();
        let is_of_text = matches!(context.shape, Shape::Paragraph | Shape::Heading(_));
        let is_begun = !self.text.is_empty() && !phrases::is_sentence(&self.text);
        let is_beside = is_of_text || is_begun || node.next_sibling().is_some_and(is_text);
        let is_block = |inner: NodeRef<'_>| {
            let name = inner.qual_name_ref().map(|name| name.local.clone());
            name.is_some_and(|name| matches!(role(&name), Role::Block))
        };
        is_beside && !node.descendants_it().any(is_block)
    }

    fn inline(&mut self, node: &NodeRef<'_>, context: Context, count: fn(&mut Self) -> &mut u32) {
        *count(self) += 1;
        self.children(node, context);
        *count(self) -= 1;
    }

    fn block(&mut self, node: &NodeRef<'_>, name: &str, context: Context) {
        self.end_block(context);
        let inner = Context {
            container: self.all.containers.len(),
            shape: shape(name, context.shape),
            is_kept: context.is_kept || self.kept.contains(&node.id),
        };
        self.all.containers.push(Container {
            parent: context.container,
            name: name.to_owned(),
            hints: hints::of(node, name),
            path: path(node, name, self.all.containers[context.container].path),
        });
        self.children(node, inner);
        self.end_block(inner);
    }

    /// Two line breaks in a row part paragraphs.
    fn line_break(&mut self, context: Context) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        if self.text.ends_with('\n') {
            self.end_block(context);
        } else if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn end_block(&mut self, context: Context) {
        let raw = std::mem::take(&mut self.text);
        let n_link_chars = std::mem::take(&mut self.n_link_chars);
        let n_bold_chars = std::mem::take(&mut self.n_bold_chars);
        let n_italic_chars = std::mem::take(&mut self.n_italic_chars);
        let text = raw.trim();
        if text.is_empty() {
            return;
        }
        let (words, n_words) = words_of(text);
        self.all.blocks.push(Block {
            n_chars: text.chars().count(),
            text: text.to_owned(),
            words,
            n_words,
            n_link_chars,
            n_bold_chars,
            n_italic_chars,
            shape: context.shape,
            container: context.container,
            is_kept: context.is_kept,
        });
    }
}

/// The words of a text in lower case with one space around each, and how many.
pub(super) fn words_of(text: &str) -> (String, usize) {
    let mut words = String::with_capacity(text.len() + 2);
    let mut n_words = 0;
    words.push(' ');
    let mut is_between = true;
    for c in text.chars() {
        if !c.is_alphanumeric() {
            if !is_between {
                words.push(' ');
            }
            is_between = true;
            continue;
        }
        n_words += usize::from(is_between);
        is_between = false;
        if c.is_ascii() {
            words.push(c.to_ascii_lowercase());
        } else {
            words.extend(c.to_lowercase());
        }
    }
    if !is_between {
        words.push(' ');
    }
    (words, n_words)
}

fn n_letters(node: &NodeRef<'_>) -> usize {
    node.text().chars().filter(|c| c.is_alphanumeric()).count()
}

fn path(node: &NodeRef<'_>, name: &str, outer: u64) -> u64 {
    let class = node.attr("class").unwrap_or_default();
    BuildHasherDefault::<DefaultHasher>::default().hash_one((outer, name, &*class))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        let all = of(&Document::from(html), &HashSet::new());
        all.blocks.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn a_button_is_text_where_it_is_the_heading() {
        let page = "<h3><button aria-expanded=false><span>Wie betaalt?</span></button></h3>\
                    <div><p>De provincie. <button>Delen</button></p></div><button>Meer</button>";
        assert_eq!(texts(page), ["Wie betaalt?", "De provincie."]);
        for heading in [
            "<h2>Vervoer <button>Kopieer link</button></h2>",
            "<h2><button><span>Luister</span></button><span>Vervoer</span></h2>",
            "<h2><button>Vervoer</button> <button>Deel</button></h2>",
        ] {
            assert_eq!(texts(heading), ["Vervoer"], "{heading}");
        }
    }

    #[test]
    fn an_unknown_element_is_part_of_the_sentence_it_stands_in() {
        let sentence = "De brug bij Hulst blijft dicht, meldt de provincie.";
        for html in [
            "<p>De brug bij <st1:place><st1:City>Hulst</st1:City></st1:place> blijft dicht, meldt de \
             provincie.<o:p></o:p></p>",
            "<div>De brug bij Hulst blijft dicht, meldt de <x-link>provincie</x-link>.</div>",
            "<p><x-drop>D</x-drop>e brug bij Hulst blijft dicht, meldt de provincie.</p>",
        ] {
            assert_eq!(texts(html), [sentence], "{html}");
        }
        let apart = "<x-text>De brug blijft dicht.</x-text><x-text>Dat is lang.</x-text>\
                     <x-box><p>Nee.</p></x-box>";
        assert_eq!(texts(apart), ["De brug blijft dicht.", "Dat is lang.", "Nee."]);
        let begun = "<div><b>HULST</b> - <x-text>De brug blijft dicht.</x-text><x-text>Dat is \
                     lang.</x-text></div>";
        assert_eq!(texts(begun), ["HULST - De brug blijft dicht.", "Dat is lang."]);
        let starts = "<div>Dat is lang. <x-link>Hulst</x-link> wil een pont.</div>";
        assert_eq!(texts(starts), ["Dat is lang. Hulst wil een pont."]);
    }

    #[test]
    fn an_advertisement_is_left_out_and_an_article_with_its_class_is_not() {
        let text = "De brug bij Hulst blijft dicht voor alle verkeer.";
        for (open, close) in [
            ("<article class='post sponsored'><h1>Brug</h1>", "</article>"),
            ("<div class='content ads'>", "</div>"),
            ("<div data-ad-slot=artikel>", "</div>"),
        ] {
            let page = format!("<nav>Voorpagina</nav>{open}<p>{text}</p>{close}");
            assert!(texts(&page).iter().any(|block| block == text), "{page}");
        }
        for ad in [
            "<div class=ad>Nu korting op tuinmeubelen</div>",
            "<article class='teaser sponsored'><h3>Nu korting</h3></article>",
        ] {
            assert_eq!(texts(&format!("<p>{text}</p>{ad}<p>{text}</p>")), [text, text], "{ad}");
        }
        let offer = "Nu korting op tuinmeubelen. ".repeat(20);
        let beside = format!("<p>{text}</p><aside class=sponsored><p>{offer}</p></aside>");
        assert_eq!(texts(&beside), [text]);
    }
}
