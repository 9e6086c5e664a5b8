//! An item of a feed: as the feed gave it, and in canonical form.

use crate::model::time::StatedDate;

/// A piece of text and whether it is markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawText {
    /// The text as it stood in the document, XML escapes undone.
    pub content: String,
    /// Declared (Atom `type="text"`) to be plain text; anything else may hold HTML.
    pub is_plain: bool,
}

/// An item as the feed gave it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawEntry {
    /// RSS `guid`, Atom `id`, JSON Feed `id`; never one made up by a parser.
    pub guid: Option<String>,
    /// What RSS says of the GUID: whether it is the article's address.
    pub is_permalink: Option<bool>,
    /// The link to the article.
    pub link: Option<String>,
    /// The headline.
    pub title: Option<RawText>,
    /// RSS `description`, Atom `summary`.
    pub summary: Option<RawText>,
    /// `content:encoded`, Atom `content`.
    pub content: Option<RawText>,
    /// Names of authors.
    pub authors: Vec<String>,
    /// Categories, in order.
    pub categories: Vec<String>,
    /// When the feed says it was published.
    pub published: Option<StatedDate>,
    /// When the feed says it was changed.
    pub updated: Option<StatedDate>,
    /// The date of publication as it stood there, also when it could not be read.
    pub published_text: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Attached media.
    pub enclosures: Vec<Enclosure>,
    /// The document ended in the middle of it, so something may be missing.
    pub is_cut: bool,
}

/// An attached file (RSS 2.0 `enclosure`, Media RSS `content`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Enclosure {
    /// Where it is.
    pub url: String,
    /// Its media type, when stated.
    pub media_type: Option<String>,
    /// Its size in bytes, when stated and not zero.
    pub size_bytes: Option<u64>,
}

/// An item in canonical form: what `normalize` makes of a [`RawEntry`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The GUID, trimmed.
    pub guid: Option<String>,
    /// The link, absolute, as the feed gave it.
    pub link: Option<String>,
    /// The canonical URL, for identity; `None` when the link names a whole site.
    pub canonical_url: Option<String>,
    /// The headline as plain text; empty when there is none.
    pub title: String,
    /// The text: paragraphs with an empty line between them.
    pub text: String,
    /// Names of authors.
    pub authors: Vec<String>,
    /// The section, when the feed names one.
    pub section: Option<String>,
    /// Categories, without doubles.
    pub tags: Vec<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// The stated date of publication.
    pub published: Option<StatedDate>,
    /// The stated date of change.
    pub modified: Option<StatedDate>,
    /// Attached media.
    pub enclosures: Vec<Enclosure>,
}
