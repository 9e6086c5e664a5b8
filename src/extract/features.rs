//! What can be said of a block that tells the article from what is around it, as numbers.

use std::collections::HashMap;

use crate::extract::blocks::{Block, Blocks, Shape};
use crate::extract::hints::Hints;
use crate::extract::hints::kinds::KINDS;
use crate::extract::phrases;
use crate::extract::votes::Votes;
use names::N_FEATURES;
use sums::{Sums, cards, is_beside, is_within, span, sums};

pub(super) mod names;
mod sums;

/// What is known of the page beside its blocks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct About<'a> {
    pub headline: Option<&'a str>,
    pub description: Option<&'a str>,
    pub authors: &'a [String],
    pub is_live: bool,
}

/// The features of all blocks of a page.
pub(super) fn of(said: &Said<'_>, votes: &Votes) -> Vec<[f32; N_FEATURES]> {
    let page = PageFeatures::new(said, votes);
    (0..said.blocks.blocks.len()).map(|at| page.block(at)).collect()
}

/// Numbers that are put one after another.
#[derive(Debug, Clone, Copy)]
struct Row<const N: usize> {
    values: [f32; N],
    n: usize,
}

impl<const N: usize> Row<N> {
    fn new() -> Self {
        Self { values: [0.0; N], n: 0 }
    }

    fn push(&mut self, value: f32) {
        if let Some(place) = self.values.get_mut(self.n) {
            *place = value;
        }
        self.n += 1;
    }

    fn extend(&mut self, values: impl IntoIterator<Item = f32>) {
        for value in values {
            self.push(value);
        }
    }

    /// The numbers, of which there must be as many as there is room for.
    fn full(self) -> [f32; N] {
        debug_assert_eq!(self.n, N);
        self.values
    }
}

/// What a block says by itself, in the order of the features: how it is made and worded, its signs
/// and place, how it ends.
#[derive(Debug)]
struct Itself {
    wording: [f32; 34],
    place: [f32; 5],
    end: [f32; 4],
}

/// What can be said of the blocks whoever votes on them.
pub(super) struct Said<'p> {
    blocks: &'p Blocks,
    headline: String,
    headline_at: Option<usize>,
    description: String,
    authors: Vec<String>,
    seen_before: Vec<bool>,
    is_live: bool,
    blocks_themselves: Vec<Itself>,
}

impl<'p> Said<'p> {
    pub(super) fn of(blocks: &'p Blocks, about: About<'_>) -> Self {
        let headline = words(about.headline);
        let is_headline =
            |block: &Block| block.words == headline || matches!(block.shape, Shape::Heading(1));
        let mut said = Self {
            blocks,
            headline_at: blocks.blocks.iter().position(is_headline),
            description: words(about.description),
            authors: about.authors.iter().map(|name| words(Some(name))).collect(),
            seen_before: seen_before(blocks),
            is_live: about.is_live,
            blocks_themselves: Vec::new(),
            headline,
        };
        let itself = |at| said.itself(at);
        said.blocks_themselves = (0..blocks.blocks.len()).map(itself).collect();
        said
    }

    fn itself(&self, at: usize) -> Itself {
        let block = &self.blocks.blocks[at];
        let mut wording = Row::new();
        push_text(&mut wording, block);
        push_shape(&mut wording, block.shape);
        self.push_words(&mut wording, at, block);
        let (place, end) = (self.place(at, block), self.end(at, block));
        Itself { wording: wording.full(), place, end }
    }

    fn push_words<const N: usize>(&self, list: &mut Row<N>, at: usize, block: &Block) {
        const SHORT: usize = 16;
        let is_short = block.n_words <= SHORT;
        let is_in = |whole: &str| block.n_words >= 2 && whole.contains(&block.words);
        let is_headline = block.words == self.headline;
        list.push(flag(is_headline));
        list.push(flag(!is_headline && is_in(&self.headline)));
        list.push(flag(!self.description.trim().is_empty() && block.words == self.description));
        let names_author = || self.authors.iter().any(|name| block.words.contains(name.as_str()));
        list.push(flag(is_short && names_author()));
        list.push(flag(phrases::reads_also(&block.text)));
        list.push(flag(phrases::is_credit(&block.text)));
        list.push(flag(is_short && phrases::is_date(&block.text)));
        list.push(flag(phrases::is_prompt(&block.text)));
        list.push(flag(is_short && phrases::is_share(&block.text)));
        list.push(flag(is_short && phrases::is_advertisement(&block.text)));
        list.push(flag(self.seen_before[at]));
        let n_chars = float(block.n_chars.max(1));
        let n_upper = block.text.chars().filter(|c| c.is_uppercase()).count();
        let n_digits = block.text.bytes().filter(u8::is_ascii_digit).count();
        list.extend([float(n_upper) / n_chars, float(n_digits) / n_chars]);
    }

    fn place<const N: usize>(&self, at: usize, block: &Block) -> [f32; N] {
        const BELOW: usize = 5;
        const WORDS_MIN: usize = 8;
        let mut list = Row::new();
        list.push((float(block.n_italic_chars) / float(block.n_chars.max(1))).min(1.0));
        list.push(flag(phrases::begins_with_time(&block.text)));
        let n_short = block.words.split_ascii_whitespace().filter(|word| word.len() <= 3).count();
        list.push(float(n_short) / float(block.n_words.max(1)));
        let below = self.headline_at.and_then(|headline| at.checked_sub(headline + 1));
        let is_below = below.is_some_and(|below| below < BELOW) && block.n_words >= WORDS_MIN;
        list.push(flag(is_below));
        list.push(flag(self.headline_at.is_some_and(|headline| at < headline)));
        list.full()
    }

    fn end<const N: usize>(&self, at: usize, block: &Block) -> [f32; N] {
        let mut list = Row::new();
        list.push(flag(!block.text.chars().any(char::is_alphabetic)));
        list.push(self.like_description(block));
        list.push(flag(block.text.ends_with(['…', '»', '›', '→']) || block.text.ends_with("...")));
        let is_paragraph = |at: Option<usize>| {
            at.and_then(|at| self.blocks.blocks.get(at))
                .is_some_and(|block| block.shape == Shape::Item || block.n_words >= 25)
        };
        let is_between = is_paragraph(at.checked_sub(1)) && is_paragraph(Some(at + 1));
        list.push(flag(block.shape == Shape::Item && block.n_link_chars == 0 && is_between));
        list.full()
    }

    /// Whether a block and the description of the page begin alike.
    fn like_description(&self, block: &Block) -> f32 {
        const WORDS_MIN: usize = 8;
        const OPENING: usize = 40;
        if block.n_words < WORDS_MIN || self.description.len() < OPENING {
            return 0.0;
        }
        let opening = self.description.chars().take(OPENING);
        flag(block.words.chars().take(OPENING).eq(opening))
    }
}

/// Votes at which a block counts as kept.
const KEPT: f32 = 0.5;

struct PageFeatures<'p> {
    said: &'p Said<'p>,
    blocks: &'p Blocks,
    /// For each block the vote of each voter.
    votes: &'p [[f32; 3]],
    has_json: bool,
    containers: Vec<Sums>,
    /// For the first two voters the first and last block of some length that they kept.
    spans: [Option<(usize, usize)>; 2],
    n_words: [f32; 2],
    headline_container: Option<usize>,
    paths: HashMap<u64, Sums>,
    /// For each container whether it is one of several alike, and how much of them is links.
    cards: Vec<Option<f32>>,
    /// For each kind of [`BESIDE`] whether most of the kept text stands elsewhere.
    is_beside: [bool; BESIDE.len()],
}

/// Kinds of element that can be the article itself where nothing else is.
const BESIDE: [&str; 3] = ["comment", "related", "aside"];

#[expect(clippy::cast_precision_loss, reason = "shares of some thousand words")]
pub(super) fn float(n: usize) -> f32 {
    n as f32
}

fn flag(is: impl Into<u8>) -> f32 {
    f32::from(is.into())
}

impl<'p> PageFeatures<'p> {
    fn new(said: &'p Said<'p>, given: &'p Votes) -> Self {
        const JSON_WORDS_MIN: f32 = 50.0;
        let votes = given.of_blocks.as_slice();
        let blocks = said.blocks;
        let headline_block = said.headline_at.map(|at| &blocks.blocks[at]);
        let containers = sums(blocks, votes);
        let mut paths: HashMap<u64, Sums> = HashMap::new();
        for (block, votes) in blocks.blocks.iter().zip(votes) {
            paths.entry(blocks.containers[block.container].path).or_default().add(block, *votes);
        }
        Self {
            said,
            cards: cards(blocks, &containers),
            is_beside: BESIDE.map(|kind| is_beside(blocks, votes, kind)),
            paths,
            has_json: given.n_words[2] >= JSON_WORDS_MIN,
            containers,
            spans: [0, 1].map(|voter| span(blocks, votes, voter)),
            n_words: [given.n_words[0], given.n_words[1]],
            headline_container: headline_block.and_then(|block| blocks.around(block).nth(1)),
            blocks,
            votes,
        }
    }

    fn block(&self, at: usize) -> [f32; N_FEATURES] {
        let block = &self.blocks.blocks[at];
        let itself = &self.said.blocks_themselves[at];
        let mut list = Row::new();
        self.push_votes(&mut list, at);
        self.push_surroundings(&mut list, at, block);
        list.extend(itself.wording);
        self.push_page(&mut list, at, block);
        list.extend(itself.place);
        self.push_structure(&mut list, block);
        list.extend(itself.end);
        self.push_hints(&mut list, block);
        list.full()
    }

    fn vote(&self, at: Option<usize>, voter: usize) -> f32 {
        at.and_then(|at| self.votes.get(at)).map_or(0.0, |votes| votes[voter])
    }

    fn push_votes(&self, list: &mut Row<N_FEATURES>, at: usize) {
        let [t, r, j] = self.votes[at];
        let json = flag(self.has_json);
        list.extend([1.0, t, r, t * r, t * (1.0 - r), json * j, json * (1.0 - j)]);
    }

    fn push_surroundings(&self, list: &mut Row<N_FEATURES>, at: usize, block: &Block) {
        const REACH: usize = 3;
        let around = at.saturating_sub(REACH)..(at + REACH + 1).min(self.votes.len());
        let n_others = float((around.len() - 1).max(1));
        let others = around.filter(|other| *other != at).map(|other| &self.votes[other]);
        let mean = |voter: usize| others.clone().map(|votes| votes[voter]).sum::<f32>() / n_others;
        list.extend([mean(0), mean(1)]);
        let mut around = self.blocks.around(block).skip(1).map(|at| self.containers[at]);
        let parent = around.next().unwrap_or_default();
        let grandparent = around.next().unwrap_or_default();
        list.extend([parent.share(0), parent.share(1), grandparent.share(0), grandparent.share(1)]);
        let (next, previous) = (Some(at + 1), at.checked_sub(1));
        list.extend([self.vote(next, 0), self.vote(next, 1)]);
        list.extend([self.vote(previous, 0), self.vote(previous, 1)]);
        let is_inside = |span: Option<(usize, usize)>| {
            span.is_some_and(|(first, last)| (first..=last).contains(&at))
        };
        let spans = || self.spans.iter().flatten();
        let is_any = spans().next().is_some();
        list.push(flag(is_any && spans().all(|(start, _)| at < *start)));
        list.push(flag(is_any && spans().all(|(_, end)| at > *end)));
        list.push(flag(is_inside(self.spans[0]) && is_inside(self.spans[1])));
    }

    fn push_page(&self, list: &mut Row<N_FEATURES>, at: usize, block: &Block) {
        const POOR: f32 = 80.0;
        let [t, r, _] = self.votes[at];
        let mut around = self.blocks.around(block);
        let is_article = |at: usize| self.blocks.containers[at].name == "article";
        list.push(flag(self.blocks.around(block).any(is_article)));
        let is_in = |one: usize| self.blocks.around(block).any(|at| at == one);
        list.push(flag(self.headline_container.is_some_and(is_in)));
        list.push(float(at) / float(self.votes.len().max(1)));
        let ratio = ((self.n_words[1] + 20.0) / (self.n_words[0] + 20.0)).ln().clamp(-2.0, 2.0);
        list.extend([t * ratio.max(0.0), r * (-ratio).max(0.0)]);
        list.push(r * flag(self.n_words[0] < POOR));
        let parent = around.nth(1).map_or(Sums::default(), |at| self.containers[at]);
        list.push(flag(parent.link_share() > 0.5));
        let is_heading = matches!(block.shape, Shape::Heading(_));
        let next = self.vote(Some(at + 1), 0).max(self.vote(Some(at + 1), 1));
        list.push(flag(is_heading && next >= KEPT));
        list.push(flag(block.shape == Shape::Item && parent.link_share() > 0.5));
        let json = [at.checked_sub(1), Some(at + 1)].map(|other| self.vote(other, 2));
        list.push(flag(self.has_json) * (json[0] + json[1]) / 2.0);
    }

    fn push_structure(&self, list: &mut Row<N_FEATURES>, block: &Block) {
        let path = self.blocks.containers[block.container].path;
        let path = self.paths.get(&path).copied().unwrap_or_default();
        list.extend([path.share(0), path.share(1), path.link_share()]);
        list.extend([flag(path.blocks <= 1.0), flag(path.blocks >= 8.0)]);
        let card = self.blocks.around(block).find_map(|at| self.cards[at]);
        list.push(flag(card.is_some()));
        list.push(card.unwrap_or_default());
        list.push(flag(card.is_some() && self.said.is_live));
        for (kind, is_beside) in BESIDE.iter().zip(self.is_beside) {
            list.push(flag(is_beside && is_within(self.blocks, block, kind)));
        }
    }

    /// Near: the block's own element and two around it. Far: all around it but those that hold most
    /// of the text, whose names say nothing of a part.
    fn push_hints(&self, list: &mut Row<N_FEATURES>, block: &Block) {
        const NEAR: usize = 3;
        const MOST: f32 = 0.6;
        let total = self.containers.first().copied().unwrap_or_default();
        let mut near = Hints::default();
        let mut far = near;
        for (step, at) in self.blocks.around(block).enumerate() {
            let hints = self.blocks.containers[at].hints;
            if step < NEAR {
                near = near.with(hints);
            }
            let kept = self.containers[at].kept[0].max(self.containers[at].kept[1]);
            if kept <= MOST * total.kept[0].max(total.kept[1]) {
                far = far.with(hints);
            }
        }
        list.extend((0..KINDS.len()).map(|kind| flag(near.has(kind))));
        list.extend((0..KINDS.len()).map(|kind| flag(far.has(kind))));
    }
}

fn words(text: Option<&str>) -> String {
    crate::extract::blocks::words_of(text.unwrap_or_default()).0
}

fn seen_before(blocks: &Blocks) -> Vec<bool> {
    let mut seen = std::collections::HashSet::new();
    blocks.blocks.iter().map(|block| !seen.insert(block.words.as_str())).collect()
}

fn push_text<const N: usize>(list: &mut Row<N>, block: &Block) {
    let n_words = block.n_words;
    list.push((1.0 + float(n_words)).ln() / 5.0);
    list.extend([n_words <= 3, (4..=9).contains(&n_words), n_words >= 25, n_words >= 60].map(flag));
    let text = block.text.trim_end_matches(['"', '”', '’', '»', '\'', ')', ' ']);
    list.push(flag(text.ends_with(['.', '!', '?', '…'])));
    list.push(flag(text.ends_with(':')));
    let n_chars = float(block.n_chars.max(1));
    let links = (float(block.n_link_chars) / n_chars).min(1.0);
    list.extend([links, flag(links > 0.6), flag(links > 0.6 && n_words < 15)]);
    list.push((float(block.n_bold_chars) / n_chars).min(1.0));
}

fn push_shape<const N: usize>(list: &mut Row<N>, shape: Shape) {
    let is_heading = matches!(shape, Shape::Heading(_));
    list.push(flag(shape == Shape::Paragraph));
    list.push(flag(is_heading));
    list.push(flag(shape == Shape::Heading(1)));
    for kind in [
        Shape::Item,
        Shape::Quote,
        Shape::Caption,
        Shape::Cell,
        Shape::Term,
        Shape::Preformatted,
        Shape::Bare,
    ] {
        list.push(flag(shape == kind));
    }
}
