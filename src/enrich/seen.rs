//! What was found at the address of a page.

use std::time::Duration;

use crate::dedupe::noise;
use crate::extract::access::Wall;
use crate::extract::{Kind, Page};
use crate::model::article::Content;
use crate::model::feed::Validators;
use crate::model::reservation::Reservations;

/// What was seen at the address of a page.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) what: What,
    pub(super) status: Option<u16>,
    pub(super) final_url: Option<String>,
    pub(super) reserved: Reservations,
    pub(super) license: Option<String>,
    pub(super) validators: Validators,
    pub(super) hash: Option<[u8; 32]>,
    /// The document breaks off.
    pub(super) is_cut: bool,
    /// Keys of blocks that were not in the text when it was last read.
    pub(super) gained: Vec<u64>,
}

impl Seen {
    pub(super) fn only(what: What) -> Self {
        Self {
            what,
            status: None,
            final_url: None,
            reserved: Reservations::default(),
            license: None,
            validators: Validators::default(),
            hash: None,
            is_cut: false,
            gained: Vec::new(),
        }
    }
}

/// What it was.
#[derive(Debug)]
pub(super) enum What {
    /// What was there the last time.
    Same,
    /// An article.
    Article(Box<Page>),
    /// Something in its place.
    Wall(Wall),
    /// A status that says we may not have it.
    Refused { access: &'static str, reason: String },
    /// A document in which no article can be read.
    Unread { reason: String, is_known: bool },
    /// The beginning of a document.
    Cut,
    /// The answer that it is not there.
    Missing(String),
    /// Another error.
    Failed(String),
    /// No answer.
    Unreachable(String),
    /// Not asked, by the rules for robots.
    Forbidden { reason: String, wait: Duration, is_whole_host: bool },
    /// The wish to be left alone.
    Throttled { wait: Duration },
}

/// What a page says, as a version of its article.
pub(super) fn content(page: &Page) -> Content {
    Content {
        title: page.headline.clone().unwrap_or_default(),
        // The clocks of a live blog are part of it.
        text: match page.kind {
            Kind::LiveBlog => page.text.clone(),
            _ => noise::without(&page.text),
        },
        authors: page.authors.clone(),
        section: page.section.clone(),
        tags: page.tags.clone(),
        language: page.language.clone().or_else(|| page.language_detected.clone()),
        published: page.published,
        modified: page.modified,
        enclosures: Vec::new(),
    }
}
