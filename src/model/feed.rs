//! A feed as its owner wants it, and what is remembered about it between polls.

use std::time::Duration;

use regex::Regex;

use crate::model::curve::DayCurve;
use crate::model::fetch::Waited;
use crate::model::page::PageRules;
use crate::model::time::Timestamp;

/// A subscription: one entry of the feed list.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Unique in the list; lower-case letters, digits and hyphens by custom.
    pub name: String,
    /// Where the document is; `http` or `https`.
    pub url: String,
    /// Who publishes it (`NOS`); articles carry it.
    pub outlet: Option<String>,
    /// The part of the outlet it covers (`Binnenland`).
    pub section: Option<String>,
    /// Free words to select feeds by.
    pub tags: Vec<String>,
    /// BCP 47 tag of its language, when known.
    pub language: Option<String>,
    /// ISO 3166 code of its country, when known.
    pub country: Option<String>,
    /// Kept in the list but not polled.
    pub is_paused: bool,
    /// Whether article pages are fetched for their full text.
    pub fulltext: Fulltext,
    /// How often those pages are read again.
    pub revisit: Revisit,
    /// Finds the publisher's own article id in a link or GUID.
    pub article_id: Option<ArticleIdPattern>,
    /// Sent in place of knipsel's own User-Agent, for hosts that refuse it.
    pub user_agent: Option<String>,
    /// The home page of its outlet, when known.
    pub site: Option<String>,
    /// The news sitemap of its outlet; without it, robots.txt says which there are.
    pub sitemap: Option<String>,
    /// What is known of the pages of its outlet.
    pub pages: PageRules,
    /// Addresses of feeds whose history it takes over.
    pub replaces: Vec<String>,
}

impl Feed {
    /// A feed of which only name and URL are known.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            url: url.into(),
            outlet: None,
            section: None,
            tags: Vec::new(),
            language: None,
            country: None,
            is_paused: false,
            fulltext: Fulltext::Auto,
            revisit: Revisit::News,
            article_id: None,
            user_agent: None,
            site: None,
            sitemap: None,
            pages: PageRules::default(),
            replaces: Vec::new(),
        }
    }

    /// Within what a GUID or publisher's id is unique: the outlet, or else the feed itself.
    pub fn identity_scope(&self) -> &str {
        self.outlet.as_deref().unwrap_or(&self.name)
    }
}

/// Whether article pages are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fulltext {
    /// Where the feed has less than the whole article.
    Auto,
    /// Never: the feed's own text is all.
    Off,
}

impl Fulltext {
    /// The word used in the feed list and in the archive.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Off => "off",
        }
    }
}

/// How often article pages are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revisit {
    /// At growing ages; a live blog more often.
    News,
    /// As a live blog, whatever the page says it is.
    LiveBlog,
    /// Never.
    Off,
}

impl Revisit {
    /// The word used in the feed list and in the archive.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::LiveBlog => "liveblog",
            Self::Off => "off",
        }
    }

    /// The inverse of [`Revisit::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::News, Self::LiveBlog, Self::Off].into_iter().find(|one| one.as_str() == word)
    }
}

/// A regular expression with one capture: the publisher's article id.
#[derive(Debug, Clone)]
pub struct ArticleIdPattern(Regex);

impl ArticleIdPattern {
    /// Compiles `pattern`; the error says in one line what is wrong with it.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let regex = Regex::new(pattern).map_err(|error| {
            let text = error.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        })?;
        if regex.captures_len() != 2 {
            return Err(format!(
                "it needs exactly one (capture), and has {}",
                regex.captures_len() - 1
            ));
        }
        Ok(Self(regex))
    }

    /// The id in `text`, if it is there.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        Some(self.0.captures(text)?.get(1)?.as_str())
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for ArticleIdPattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// What a server asked to be sent back to it, verbatim (RFC 9110 section 8.8).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// For `If-None-Match`.
    pub etag: Option<String>,
    /// For `If-Modified-Since`.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Nothing to send: the next request is unconditional.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// The same answer several times in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streak {
    /// How many times.
    pub n: u32,
    /// The first time.
    pub since: Timestamp,
    /// The last time.
    pub last_at: Timestamp,
}

impl Streak {
    /// `before` and the same answer once more at `now`; without `before`, the first one.
    pub fn continued(before: Option<Self>, now: Timestamp) -> Self {
        match before {
            Some(Self { n, since, .. }) => Self { n: n.saturating_add(1), since, last_at: now },
            None => Self { n: 1, since: now, last_at: now },
        }
    }

    /// Whether it was seen `n` times over at least `span`.
    pub fn has_lasted(&self, n: u32, span: Duration) -> bool {
        self.n >= n && self.last_at.since(self.since) >= span
    }
}

/// A permanent redirect (301, 308) from the address of a feed to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The new address.
    pub to: String,
    /// How often it was seen.
    pub seen: Streak,
}

/// What the daemon remembers of a feed between two polls.
#[derive(Debug, Clone, PartialEq)]
pub struct PollState {
    /// Sent with the next request.
    pub validators: Validators,
    /// SHA-256 of the last body that was parsed whole.
    pub body_hash: Option<[u8; 32]>,
    /// XXH3 of the same body, by which it is recognized.
    pub body_check: Option<[u8; 16]>,
    /// When it is due; `None` for at once.
    pub next_poll_at: Option<Timestamp>,
    /// Failed polls in a row.
    pub n_failures: u32,
    /// The first poll without success since the last one with it.
    pub failing_since: Option<Timestamp>,
    /// Answers 410 in a row.
    pub gone: Option<Streak>,
    /// Where it was last seen to have moved for good.
    pub moved: Option<Move>,
    /// The last 304 since the last request without validators.
    pub last_304_at: Option<Timestamp>,
    /// A 304 hid a change: the validators are not to be sent again.
    pub has_lying_validators: bool,
    /// The last poll that reached the document, changed or not.
    pub last_success_at: Option<Timestamp>,
    /// The last request without validators that succeeded.
    pub last_full_at: Option<Timestamp>,
    /// How busy each hour of the day is.
    pub curve: Option<DayCurve>,
    /// The interval while all goes well.
    pub interval: Duration,
    /// For whom it waited the last time, if it did.
    pub waited: Option<Waited>,
}

impl Default for PollState {
    fn default() -> Self {
        Self {
            validators: Validators::default(),
            body_hash: None,
            body_check: None,
            next_poll_at: None,
            n_failures: 0,
            failing_since: None,
            gone: None,
            moved: None,
            last_304_at: None,
            has_lying_validators: false,
            last_success_at: None,
            last_full_at: None,
            curve: None,
            interval: Duration::ZERO,
            waited: None,
        }
    }
}
