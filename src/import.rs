//! The pipeline: articles from files into the archive.

use crate::dedupe::decide::{changes, dated, filled};
use crate::dedupe::fingerprint;
use crate::dedupe::reading::is_withheld;
use crate::dedupe::same::is_same_article;
use crate::model::article::{Content, IdentityKey, Source};
use crate::model::time::{Precision, Timestamp};
use crate::normalize::entry::language_tag;
use crate::normalize::text::{from_html, from_plain, squeeze};
use crate::normalize::url::{canonical, is_home_page, is_unsafe};
use crate::parse::articles::RawArticle;
use crate::store::articles::{self, Identity, Version};
use crate::store::{ArticleRow, Error, Tx, imports};

/// What an import came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Articles not seen before.
    pub n_new: usize,
    /// New revisions of known ones.
    pub n_revised: usize,
    /// Already there.
    pub n_unchanged: usize,
}

impl Imported {
    /// The sum of two.
    pub fn plus(self, other: Self) -> Self {
        Self {
            n_new: self.n_new + other.n_new,
            n_revised: self.n_revised + other.n_revised,
            n_unchanged: self.n_unchanged + other.n_unchanged,
        }
    }
}

/// An article, and where in its file it stands: the number of a line or a record.
pub type Placed = (u64, RawArticle);

/// Stores a batch of articles out of `file` in one transaction, and where each came from.
pub fn store(tx: &Tx<'_>, file: &str, batch: &[Placed], now: Timestamp) -> Result<Imported, Error> {
    let source = imports::source(tx, file, now)?;
    let mut imported = Imported::default();
    for (place, raw) in batch {
        let (outcome, article) = store_one(tx, raw, now)?;
        if outcome.n_unchanged == 0 {
            imports::record(tx, article, source, *place)?;
        }
        imported = imported.plus(outcome);
    }
    Ok(imported)
}

fn store_one(
    tx: &Tx<'_>,
    raw: &RawArticle,
    now: Timestamp,
) -> Result<(Imported, ArticleRow), Error> {
    let content = content(raw);
    let keys = keys(raw, &content);
    let version = |content, changed| Version {
        content,
        changed,
        source: Source::Import,
        text_source: Source::Import,
        feed: None,
        digest: None,
        now,
    };
    // What comes back from where it went keeps its id, whatever it is known by.
    let own = match &raw.public_id {
        Some(id) => articles::keys::by_public_id(tx, id)?,
        None => None,
    };
    let candidates = articles::keys::candidates(tx, &keys)?;
    for article in own.into_iter().chain(candidates) {
        let known = articles::known(tx, article, None)?;
        if own != Some(article) && !is_same_article(&keys, &content, &known) {
            continue;
        }
        articles::keys::add(tx, article, &keys)?;
        // A capture that is already one of the revisions is no edit, in whatever order they come.
        let fingerprints = articles::fingerprints(tx, article)?;
        let is_known = |content| fingerprints.contains(&fingerprint::content(content));
        articles::name_outlet(tx, article, raw.outlet.as_deref())?;
        let mut filled = filled(&content, &known.current);
        if is_withheld(&known.current.text, &content.text) {
            filled.text.clone_from(&known.current.text);
        }
        let changed = changes(&known.current, &filled);
        let is_new = !(is_known(&content) || is_known(&filled) || changed.is_empty());
        if is_new && is_older(&content, &known.current) {
            // It is kept, and no edit; what is so now stays so.
            articles::revise(tx, article, &version(&filled, &[]))?;
            let text_source = known.text_source;
            let now = Version { text_source, ..version(&known.current, &[]) };
            articles::revise(tx, article, &now)?;
            return Ok((Imported { n_revised: 1, ..Imported::default() }, article));
        }
        let later = if is_new {
            Some((filled, changed))
        } else {
            dated(&known.current, content.published).map(|dated| (dated, Vec::new()))
        };
        let Some((content, changed)) = later else {
            return Ok((Imported { n_unchanged: 1, ..Imported::default() }, article));
        };
        articles::revise(tx, article, &version(&content, &changed))?;
        return Ok((Imported { n_revised: 1, ..Imported::default() }, article));
    }
    let identity = Identity {
        keys: &keys,
        outlet: raw.outlet.as_deref(),
        url: address(raw),
        public_id: raw.public_id.as_ref(),
    };
    let article = articles::create(tx, &identity, &version(&content, &[]))?;
    Ok((Imported { n_new: 1, ..Imported::default() }, article))
}

/// Whether `content` states an earlier moment than `current`.
fn is_older(content: &Content, current: &Content) -> bool {
    let stated = |content: &Content| {
        let date = content.modified.or(content.published)?;
        (date.precision == Precision::Second).then_some(date.at)
    };
    stated(content).zip(stated(current)).is_some_and(|(one, other)| one < other)
}

/// Its address, where that is one that a reader may follow.
fn address(raw: &RawArticle) -> Option<&str> {
    raw.url.as_deref().filter(|url| !is_unsafe(url))
}

fn content(raw: &RawArticle) -> Content {
    Content {
        title: raw.title.as_deref().map(squeeze).unwrap_or_default(),
        text: if raw.is_html { from_html(&raw.text) } else { from_plain(&raw.text) },
        authors: raw.authors.iter().map(|name| squeeze(name)).collect(),
        section: raw.section.clone(),
        tags: raw.tags.clone(),
        language: raw.language.as_deref().map(language_tag),
        published: raw.published,
        modified: raw.modified,
        enclosures: Vec::new(),
    }
}

/// An article without id or address is known by its text, wherever it is imported from.
///
/// An id is believed to be the publisher's own only where there is no address: the ids of other
/// collections would make a second article of one that a feed had already.
fn keys(raw: &RawArticle, content: &Content) -> Vec<IdentityKey> {
    let scope = raw.outlet.as_deref().unwrap_or("import");
    let id = raw.id.as_deref().map(str::trim);
    let url = address(raw).and_then(canonical).filter(|url| !is_home_page(url));
    let publisher = id.filter(|_| url.is_none()).map(|id| IdentityKey::publisher(scope, id));
    let mut keys = Vec::from_iter(publisher);
    keys.extend(url.map(|url| IdentityKey::url(&url)));
    keys.extend(id.map(|id| IdentityKey::guid(scope, id)));
    if keys.is_empty() {
        let text = format!("{}\n{}", content.title, content.text);
        keys.push(IdentityKey::text(scope, &fingerprint::exact(&text)));
    }
    keys
}
