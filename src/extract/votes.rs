//! What others take for the article, as votes on the blocks of the page: two general extractors, and
//! JSON-LD.
//!
//! Each of them finds what the others miss; none is right alone. Their markup is not used, only
//! which of the page's own blocks they kept.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::extract::blocks::{Block, words_of};
use crate::extract::features::float;
use crate::normalize::text;

/// Shorter blocks may stand in any sentence: only the same block is the same.
const SHORT_WORDS: usize = 5;

/// What is voted on the blocks of a page: by two who read it, then by its JSON-LD.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Votes {
    /// How much of each block is kept, from 0 to 1.
    pub of_blocks: Vec<[f32; 3]>,
    /// The words that each keeps of the page.
    pub n_words: [f32; 3],
}

impl Votes {
    /// The votes of `voters`; who is missing keeps nothing.
    pub(super) fn of(blocks: &[Block], voters: [Option<&Voter>; 3]) -> Self {
        let vote = |block: &Block| voters.map(|voter| voter.map_or(0.0, |voter| voter.vote(block)));
        Self {
            of_blocks: blocks.iter().map(vote).collect(),
            n_words: voters.map(|voter| voter.map_or(0.0, |voter| float(voter.n_words))),
        }
    }
}

/// One extractor's idea of the article.
#[derive(Debug, Default)]
pub(super) struct Voter {
    pub name: &'static str,
    pub n_words: usize,
    words: String,
    blocks: HashSet<String>,
    /// Made when first asked for: most blocks were kept as they are.
    shingles: OnceCell<HashSet<u64, BuildHasherDefault<DefaultHasher>>>,
}

impl Voter {
    fn new(name: &'static str, text: &str) -> Self {
        let (words, n_words) = words_of(text);
        let blocks = text.split('\n').map(|line| words_of(line).0).collect();
        Self { name, n_words, words, blocks, shingles: OnceCell::new() }
    }

    /// Our own reading, which kept these of the blocks.
    pub(super) fn own<'b>(kept: impl Iterator<Item = &'b Block>) -> Self {
        let texts: Vec<&str> = kept.map(|block| block.text.as_str()).collect();
        Self::new("own", &texts.join("\n"))
    }

    /// Whether both kept about as many words.
    fn is_like(&self, other: &Self) -> bool {
        let (few, many) = (self.n_words.min(other.n_words), self.n_words.max(other.n_words));
        few * 100 > many * ALIKE_PERCENT
    }

    /// Whether it has a block right behind the end of the one before it.
    pub(super) fn follows(&self, before: &Block, block: &Block) -> bool {
        const WORDS: usize = 5;
        let starts = before.words.trim_end().rmatch_indices(' ').map(|(at, _)| at);
        let tail = starts.take(WORDS).last().map_or("", |start| &before.words[start..]);
        block.n_words > 0
            && before.n_words >= WORDS
            && self.words.contains(&format!("{tail}{}", block.words.trim_start()))
    }

    /// How much of a block it kept, from 0 to 1.
    pub(super) fn vote(&self, block: &Block) -> f32 {
        if self.n_words == 0 || block.n_words == 0 {
            return 0.0;
        }
        let is_whole = self.blocks.contains(&block.words);
        if is_whole || block.n_words < SHORT_WORDS {
            return f32::from(u8::from(is_whole));
        }
        let kept = self.shingles.get_or_init(|| shingles(&self.words).collect());
        let (mut n_all, mut n_kept) = (0_u16, 0_u16);
        for shingle in shingles(&block.words).take(usize::from(u16::MAX)) {
            n_all += 1;
            n_kept += u16::from(kept.contains(&shingle));
        }
        if n_all == 0 { 0.0 } else { f32::from(n_kept) / f32::from(n_all) }
    }
}

/// Hashes of each three words in a row.
fn shingles(words: &str) -> impl Iterator<Item = u64> {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut list = words.split_ascii_whitespace();
    let (mut a, mut b) = (list.next(), list.next());
    list.filter_map(move |c| {
        let shingle = (a.replace(b?)?, b.replace(c)?, c);
        Some(hasher.hash_one(shingle))
    })
}

/// Two extractors that agree on the length of the article agree on most of its text. On 248 pages
/// with their true text, asking further at less than this changed no figure for the worse.
const ALIKE_PERCENT: usize = 80;

/// How much is asked of `trafilatura`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// Its own rules, which are right on most pages.
    Rules,
    /// Its fallbacks as well, which are other extractors and take as long again.
    Full,
}

/// What the general extractors take for the article: `trafilatura`, then Readability.
pub(super) fn general(html: &str, document: dom_query::Document) -> [Voter; 2] {
    let readability = readability(document);
    let rules = trafilatura(html, Effort::Rules);
    let is_agreed = readability.is_like(&rules);
    let trafilatura = if is_agreed { rules } else { trafilatura(html, Effort::Full) };
    [trafilatura, readability]
}

fn trafilatura(html: &str, effort: Effort) -> Voter {
    let options = trafilatura::Options::default()
        .with_fallback(effort == Effort::Full)
        .with_exclude_comments(true)
        .with_html_date_mode(trafilatura::HtmlDateMode::Disabled);
    // A panic in it is one vote less.
    let result = catch_unwind(AssertUnwindSafe(|| trafilatura::extract(html, &options)));
    let html = result.ok().and_then(Result::ok).map(|result| result.content_html);
    Voter::new("trafilatura", &text::from_html(&html.unwrap_or_default()))
}

/// `dom_smoothie`, a port of Readability.
fn readability(document: dom_query::Document) -> Voter {
    let result = catch_unwind(AssertUnwindSafe(|| {
        let config =
            dom_smoothie::Config { disable_json_ld: true, ..dom_smoothie::Config::default() };
        let mut reader =
            dom_smoothie::Readability::with_document(document, None, Some(config)).ok()?;
        reader.parse().ok()
    }));
    let html = result.ok().flatten().map(|article| article.content);
    Voter::new("readability", &text::from_html(&html.unwrap_or_default()))
}

/// The `articleBody` of JSON-LD, which may be marked up, cut off or another article.
pub(super) fn json_ld(body: &str) -> Voter {
    Voter::new("json-ld", &text::from_html(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Shape;

    fn block(text: &str) -> Block {
        let (words, n_words) = words_of(text);
        Block {
            text: text.to_owned(),
            words,
            n_words,
            n_chars: text.chars().count(),
            n_link_chars: 0,
            n_bold_chars: 0,
            n_italic_chars: 0,
            shape: Shape::Paragraph,
            container: 0,
            is_kept: false,
        }
    }

    #[test]
    fn a_block_counts_as_far_as_it_was_kept() {
        let voter =
            Voter::new("x", "De brug bij Hulst is dicht.\n\nSchippers varen om via Terneuzen.");
        let check = |text: &str, low: f32, high: f32| {
            let vote = voter.vote(&block(text));
            assert!((low..=high).contains(&vote), "{text}: {vote}");
        };
        check("De brug bij Hulst is dicht.", 1.0, 1.0);
        check("Is dicht", 0.0, 0.0);
        check("De brug bij Hulst is open vandaag ook", 0.3, 0.7);
        check("Iets geheel anders staat hier nu", 0.0, 0.0);
    }

    #[test]
    fn nothing_votes_for_nothing() {
        assert!(Voter::default().vote(&block("De brug is dicht, meldt de politie.")) < 0.1);
    }
}
