//! A published piece: its identity, its revisions, where it was seen.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::model::entry::Enclosure;
use crate::model::time::{StatedDate, Timestamp};

/// The public id of an article: 13 characters of lower-case base32, fixed for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(String);

/// Characters in a public id: 64 bits in base32.
pub const ID_CHARS: usize = 13;

impl ArticleId {
    /// The id of an article first stored under `key`: the first 64 bits of SHA-256 of the key in
    /// lower-case base32 (RFC 4648 section 6, without padding). `attempt` counts collisions.
    pub fn derive(key: &IdentityKey, attempt: u32) -> Self {
        let mut hash = Sha256::new();
        hash.update(key.as_str());
        if attempt > 0 {
            hash.update(attempt.to_be_bytes());
        }
        let base32 = data_encoding::BASE32_NOPAD.encode(&hash.finalize()[..8]);
        Self(base32.to_ascii_lowercase())
    }

    /// An id that somebody wrote; `None` for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_base32 = |byte: u8| matches!(byte, b'a'..=b'z' | b'2'..=b'7');
        let is_id = text.len() == ID_CHARS && text.bytes().all(is_base32);
        is_id.then(|| Self(text.to_owned()))
    }

    /// An id read back from the archive.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something by which an article is recognised, strongest first: the publisher's own id, the
/// canonical URL, the GUID, or, for a text that has none of these, the text itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey(String);

impl IdentityKey {
    /// The publisher's article id within `scope` (the outlet).
    pub fn publisher(scope: &str, id: &str) -> Self {
        Self(format!("p:{}:{id}", scope.to_lowercase()))
    }

    /// A canonical URL.
    pub fn url(canonical_url: &str) -> Self {
        Self(format!("u:{canonical_url}"))
    }

    /// A canonical URL at which the page of the article was found, or that it gave as its own. It
    /// says less than that of an entry: pages lead to columns and fronts as well.
    pub fn page(canonical_url: &str) -> Self {
        Self(format!("w:{canonical_url}"))
    }

    /// The key of a page at the address that this is the key of.
    pub fn of_page(&self) -> Option<Self> {
        self.0.strip_prefix("u:").map(Self::page)
    }

    /// A GUID within `scope` (the outlet or the feed).
    pub fn guid(scope: &str, guid: &str) -> Self {
        Self(format!("g:{}:{guid}", scope.to_lowercase()))
    }

    /// The hash of a text that came without link or GUID.
    pub fn text(scope: &str, hash: &[u8; 32]) -> Self {
        let hex = data_encoding::HEXLOWER.encode(&hash[..16]);
        Self(format!("t:{}:{hex}", scope.to_lowercase()))
    }

    /// A key read back from the archive.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What sort of key this is.
    pub fn kind(&self) -> KeyKind {
        match self.0.as_bytes().first() {
            Some(b'p') => KeyKind::Publisher,
            Some(b'u') => KeyKind::Url,
            Some(b'g') => KeyKind::Guid,
            Some(b'w') => KeyKind::Page,
            _ => KeyKind::Text,
        }
    }
}

/// The sorts of identity key, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The publisher's own article id.
    Publisher,
    /// The canonical URL.
    Url,
    /// The GUID.
    Guid,
    /// The canonical URL of its page.
    Page,
    /// The text itself.
    Text,
}

/// Where a revision's text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// An entry of a feed.
    Feed,
    /// The page of the article.
    Page,
    /// A file its owner imported.
    Import,
    /// The news sitemap of its outlet, which has no text.
    Sitemap,
    /// An older page of a feed (RFC 5005).
    Archive,
}

impl Source {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Page => "page",
            Self::Import => "import",
            Self::Sitemap => "sitemap",
            Self::Archive => "archive",
        }
    }

    /// The inverse of [`Source::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Feed, Self::Page, Self::Import, Self::Sitemap, Self::Archive];
        all.into_iter().find(|source| source.as_str() == word)
    }
}

/// The content of one version: everything a reader would see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// The headline; empty when there is none.
    pub title: String,
    /// Paragraphs with an empty line between them.
    pub text: String,
    /// Names of authors.
    pub authors: Vec<String>,
    /// The section.
    pub section: Option<String>,
    /// Tags.
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

/// One version of an article, as it is read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// 1 for the first.
    pub number: u32,
    /// When we saw it.
    pub seen_at: Timestamp,
    /// Where it came from.
    pub source: String,
    /// What differs from the revision before (`title`, `text`, …); empty for the first.
    pub changed: Vec<String>,
    /// What it says.
    pub content: Content,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_thirteen_letters_and_depends_on_the_key_alone() {
        let key = IdentityKey::publisher("NOS", "2417001");
        let id = ArticleId::derive(&key, 0);
        assert_eq!(id.as_str().len(), ID_CHARS);
        assert_eq!(id, ArticleId::derive(&IdentityKey::publisher("nos", "2417001"), 0));
        assert_ne!(id, ArticleId::derive(&key, 1));
        assert!(id.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    }
}
