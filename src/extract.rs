//! From the bytes of an article page to its text and what the page says of it.
//!
//! Pure, and not to be trusted with hostile pages in the process of the daemon: HTML parsers recurse
//! and can abort. [`crate::worker`] runs it in a child process.
//!
//! It does not fetch, does not know earlier versions of the page, and never returns the text of a
//! consent gate, a log-in form or a bot challenge.

pub mod access;
pub mod recurring;
mod rescue;
pub mod rules;
pub mod scan;

mod around;
mod authors;
mod beside;
mod blocks;
mod byline;
mod choose;
mod compose;
mod dates;
mod features;
mod headline;
mod hints;
mod json_ld;
mod kind;
mod meta;
mod metadata;
mod notes;
mod offer;
mod own;
mod phrases;
mod render;
mod tail;
mod votes;

use dom_query::Document;
use serde::{Deserialize, Serialize};

use crate::model::page::{Followed, PageRules};
use crate::model::time::StatedDate;
use crate::parse::charset;
use access::{Access, Dated, Wall};
use blocks::Blocks;
use json_ld::JsonLd;
use meta::Meta;
use recurring::Keys;
use scan::Refusal;
use votes::{Voter, Votes};

/// The version of all of this. The same page may give another text with another version, which is
/// a better reading and not an edit.
pub const VERSION: u32 = 10;

/// The largest page that is read, in bytes.
pub const PAGE_BYTES_MAX: usize = 5 << 20;

/// Where a page came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Source {
    /// Where the answer came from, after redirects; empty when unknown.
    pub url: String,
    /// What was asked for; the link of the feed.
    pub asked_url: Option<String>,
    /// The `Content-Type` as sent.
    pub content_type: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
}

/// What is known of an outlet before its page is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rules {
    /// What its owner or the catalogue says of its pages.
    pub outlet: PageRules,
    /// Blocks that recur on the outlet's pages: [`recurring::Recurring::keys`].
    pub recurring: Keys,
}

/// What kind of piece a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A report.
    #[default]
    News,
    /// Posts that are added while something happens.
    LiveBlog,
    /// A column, a comment, a review.
    Opinion,
    /// A video with few words around it.
    Video,
    /// A broadcast or podcast with few words around it.
    Audio,
    /// Pictures with few words around them.
    Gallery,
}

impl Kind {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::LiveBlog => "liveblog",
            Self::Opinion => "opinion",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Gallery => "gallery",
        }
    }

    /// The inverse of [`Kind::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        let all =
            [Self::News, Self::LiveBlog, Self::Opinion, Self::Video, Self::Audio, Self::Gallery];
        all.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One reading of a page, and how much of it went into the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who read it so: `own`, `trafilatura` and `readability` where they were asked, `json-ld`.
    pub name: String,
    /// The words of that reading.
    pub n_words: usize,
    /// The share of the text's words that it holds, from 0 to 1.
    pub agreement: f32,
}

/// An article page, read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Page {
    /// The text in the form of [`crate::normalize::text`]; empty where a wall stands.
    pub text: String,
    /// Words of the text.
    pub n_words: usize,
    /// The headline.
    pub headline: Option<String>,
    /// Names of authors, in their order.
    pub authors: Vec<String>,
    /// When it was published, as the page says.
    pub published: Option<StatedDate>,
    /// Where on the page that was found: `json-ld`, `meta`, `microdata`, `time`, `text`.
    pub published_source: Option<String>,
    /// When it was changed, as the page says.
    pub modified: Option<StatedDate>,
    /// The section.
    pub section: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The language the page declares, as it stands there (`nl-BE`).
    pub language: Option<String>,
    /// The language of the text (`nl`), where that can be told.
    pub language_detected: Option<String>,
    /// The address of the lead image.
    pub image: Option<String>,
    /// What the page calls its address, if it is on the same site.
    pub canonical_url: Option<String>,
    /// A news agency that is credited: `ANP`, `Belga`, `Reuters`.
    pub wire: Option<String>,
    /// The licence under which it may be used, as it is said: its address, or else its name.
    pub license: Option<String>,
    /// Whether the publisher calls it free.
    pub is_free: Option<bool>,
    /// How much of the article the page gives.
    pub access: Access,
    /// What stands where the article should.
    pub wall: Option<Wall>,
    /// The kind of piece.
    pub kind: Kind,
    /// The readings from which the text was made.
    pub candidates: Vec<Candidate>,
    /// Keys of all blocks of the page, for [`recurring::Recurring::observe`].
    pub keys: Vec<u64>,
    /// Blocks that were left out because they recur on the outlet's pages.
    pub recurring: Vec<String>,
    /// The rules of the outlet, and what each found.
    pub followed: Vec<Followed>,
}

impl Page {
    /// Takes the blocks with these keys out of the text, as [`Rules::recurring`] does beforehand.
    /// Copies of one article under several addresses recur too: nothing is taken out when that would
    /// be more than a third.
    pub fn leave_out(&mut self, keys: &Keys) {
        if keys.is_empty() {
            return;
        }
        let recurs = |block: &&str| keys.has(block);
        let taken = self.text.split("\n\n").filter(recurs).map(|block| blocks::words_of(block).1);
        if taken.sum::<usize>() * 3 > self.n_words {
            return;
        }
        let mut kept = Vec::new();
        for block in self.text.split("\n\n").filter(|block| !block.is_empty()) {
            if recurs(&block) {
                self.recurring.push(block.to_owned());
            } else {
                kept.push(block);
            }
        }
        self.text = kept.join("\n\n");
        self.n_words = blocks::words_of(&self.text).1;
    }
}

/// Reads a page. `Err` says why it must not be parsed.
pub fn page(bytes: &[u8], source: &Source, rules: &Rules) -> Result<Page, Refusal> {
    if bytes.len() > PAGE_BYTES_MAX {
        return Err(Refusal::TooLarge);
    }
    let html = charset::decode(bytes, source.content_type.as_deref()).0;
    let html = if html.contains('\0') { html.replace('\0', "").into() } else { html };
    Ok(read(&scan::parseable(&html)?, source, rules))
}

fn read(html: &str, source: &Source, rules: &Rules) -> Page {
    let document = Document::from(html);
    let json_ld = JsonLd::of(&document).at(&source.url);
    let meta = Meta::of(&document);
    let outcome = rules::follow(&rules.outlet, &document);
    let mut blocks = blocks::of(&document, &outcome.kept);
    let keys = blocks.blocks.iter().map(|block| recurring::key(&block.words)).collect();
    let mut page = Page { keys, followed: outcome.followed, ..Page::default() };
    metadata::fill(
        &mut page,
        &metadata::Sources { document: &document, json_ld: &json_ld, meta: &meta, source },
    );
    page.wall = access::wall(
        source,
        &access::Said {
            document: &document,
            json_ld: &json_ld,
            n_words: blocks.blocks.iter().map(|block| block.n_words).sum(),
            dated: dated(&page, &blocks),
        },
    );
    if let Some(wall) = page.wall {
        page.access = wall.access();
        return page;
    }
    let body = json_ld.article().and_then(|a| json_ld::first_text(a.get("articleBody")));
    let json = votes::json_ld(&body.unwrap_or_default());
    // Each post of a live blog may have comments of its own.
    let is_live = page.kind == Kind::LiveBlog;
    blocks.end_at_comments(|block| is_live || json.vote(block) > 0.5);
    let is_article = says_it_is_an_article(&page, &json_ld, &meta);
    let n_words_stated =
        json_ld.article().and_then(|article| json_ld::number(article.get("wordCount")));
    let description = meta.first(&["og:description", "description"]);
    let about = features::About {
        headline: page.headline.as_deref(),
        description: description.as_deref(),
        authors: &page.authors,
        is_live,
    };
    let (chosen, voters) = choose((html, document), &blocks, json, about);
    compose::text(&mut page, &blocks, (&chosen, &voters), rules);
    let is_told = blocks.blocks.iter().any(|block| block.is_kept);
    if let Some(text) = rescue::text(&json_ld, page.n_words).filter(|_| !is_told) {
        page.n_words = blocks::words_of(&text).1;
        page.text = text;
    }
    compose::credit(&mut page, &blocks, &chosen);
    page.access = access::judge(access::Evidence {
        is_free: page.is_free,
        has_prompt: offer::ends_article(&blocks, &chosen),
        kind: page.kind,
        n_words: page.n_words,
        n_words_stated,
        ends_open: access::ends_open(&page.text),
        is_article,
    });
    page.language_detected = language(&page.text);
    page
}

fn dated(page: &Page, blocks: &Blocks) -> Dated {
    match page.published_source.as_deref() {
        Some("json-ld" | "meta" | "microdata") => Dated::Data { n_prose: blocks.n_prose() },
        Some("time") => Dated::Time { n_prose: blocks.n_prose_together() },
        _ => Dated::Undated,
    }
}

/// A front page has a headline, but no date of its own.
fn says_it_is_an_article(page: &Page, json_ld: &JsonLd, meta: &Meta) -> bool {
    let og_type = meta.first(&["og:type"]).unwrap_or_default();
    json_ld.article().is_some() || og_type == "article" || page.published.is_some()
}

/// Enough of a text to tell its language.
fn beginning(text: &str) -> &str {
    const BYTES: usize = 1_000;
    &text[..text.floor_char_boundary(BYTES)]
}

fn language(text: &str) -> Option<String> {
    const WORDS_MIN: usize = 20;
    let found = whatlang::detect(beginning(text))
        .filter(|_| text.split_whitespace().count() >= WORDS_MIN)?;
    let code = match found.lang() {
        whatlang::Lang::Nld => "nl",
        whatlang::Lang::Eng => "en",
        whatlang::Lang::Deu => "de",
        whatlang::Lang::Fra => "fr",
        whatlang::Lang::Spa => "es",
        whatlang::Lang::Ita => "it",
        whatlang::Lang::Por => "pt",
        whatlang::Lang::Pol => "pl",
        whatlang::Lang::Tur => "tr",
        whatlang::Lang::Swe => "sv",
        whatlang::Lang::Dan => "da",
        whatlang::Lang::Nob => "no",
        whatlang::Lang::Afr => "af",
        other => other.code(),
    };
    Some(code.to_owned())
}

/// For each block whether it belongs to the article, and who said so.
fn choose(
    (html, document): (&str, Document),
    blocks: &Blocks,
    json: Voter,
    about: features::About<'_>,
) -> (Vec<bool>, Vec<Voter>) {
    let all = &blocks.blocks;
    if all.iter().any(|block| block.is_kept) {
        return (all.iter().map(|block| block.is_kept).collect(), Vec::new());
    }
    let said = features::Said::of(blocks, about);
    let mut own = own::read(blocks, &said, &json);
    tail::take_in(blocks, &mut own.chosen, &json);
    let kept = all.iter().zip(&own.chosen).filter(|(_, is_chosen)| **is_chosen);
    let ours = Voter::own(kept.map(|(block, _)| block));
    if own.is_sure {
        return (own.chosen, vec![ours, json]);
    }
    let [first, second] = votes::general(html, document);
    let votes = Votes::of(all, [Some(&first), Some(&second), Some(&json)]);
    let sure = choose::GENERAL.probabilities(&features::of(&said, &votes));
    let mut chosen: Vec<bool> = sure.iter().map(|sure| *sure > 0.5).collect();
    tail::take_in(blocks, &mut chosen, &json);
    (chosen, vec![ours, first, second, json])
}
