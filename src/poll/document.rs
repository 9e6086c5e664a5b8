//! A feed's document made ready to be compared with the archive, before the transaction.

use std::time::Duration;

use crate::dedupe::fingerprint::{self, Short};
use crate::dedupe::identity;
use crate::fetch;
use crate::model::article::{Content, IdentityKey, KeyKind};
use crate::model::entry::Entry;
use crate::model::feed::{Feed, Fulltext};
use crate::normalize::entry::{content, feed_title, language_tag, normalize};
use crate::normalize::gate;
use crate::normalize::url::is_home_page;
use crate::parse::discover;
use crate::parse::feed::{self, ParsedFeed};

/// A document, ready to be compared with the archive.
pub(super) struct Document {
    pub(super) title: Option<String>,
    /// How long the document asks to be left alone.
    pub(super) wish: Option<Duration>,
    /// Where it says that older entries are.
    pub(super) older_url: Option<String>,
    /// Who pushes it (WebSub), and as what.
    pub(super) hub: Option<String>,
    pub(super) self_url: Option<String>,
    pub(super) outlet: Option<String>,
    /// Seconds from one reading of a page to the next, where its pages are read.
    pub(super) page_pause: Option<u64>,
    pub(super) entries: Vec<Prepared>,
    pub(super) warnings: Vec<String>,
    /// It ended within an entry: what it does not list may still be listed.
    pub(super) is_cut: bool,
}

/// An entry, ready to be compared.
pub(super) struct Prepared {
    /// What the host of its page is counted under; nothing where there is no page.
    pub(super) site: Option<String>,
    pub(super) guid: Option<String>,
    pub(super) link: Option<String>,
    /// The address behind the consent gate that `link` is.
    pub(super) behind_gate: Option<String>,
    pub(super) content: Content,
    pub(super) keys: Vec<IdentityKey>,
    pub(super) fingerprint: Short,
    pub(super) entry_hash: Short,
    /// The document ended within it.
    pub(super) is_cut: bool,
}

/// Reads a document; the error says why it is of no use.
pub(super) fn understand(
    bytes: &[u8],
    url: &str,
    content_type: Option<&str>,
) -> Result<ParsedFeed, String> {
    match feed::parse(bytes, url, content_type) {
        Ok(parsed) if !parsed.entries.is_empty() && parsed.entries.iter().all(|e| e.is_cut) => {
            let reason = "it is cut off within its first entry".to_owned();
            Err(feed::Error::Unreadable(reason).to_string())
        }
        Ok(parsed) => Ok(parsed),
        Err(error @ feed::Error::WebPage) => {
            let feeds = discover::page(bytes, url, content_type).announced();
            Err(format!("{error}{feeds}"))
        }
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn prepare(feed: &Feed, parsed: &ParsedFeed, page_pause: u64) -> Document {
    let language = feed.language.clone().or(parsed.hints.language.as_deref().map(language_tag));
    let entries: Vec<Entry> = parsed.entries.iter().map(normalize).collect();
    let keys = identity::keys(feed, &entries);
    let entries = entries
        .into_iter()
        .zip(keys)
        .zip(&parsed.entries)
        .map(|((mut entry, keys), raw)| {
            let content = content(&mut entry, feed.section.as_deref(), language.as_deref());
            let fingerprint = fingerprint::content(&content);
            let entry_hash = fingerprint::entry(&entry, &fingerprint);
            let Entry { guid, link, .. } = entry;
            let behind_gate = link.as_deref().and_then(gate::behind);
            let is_cut = raw.is_cut;
            // A page that several entries link to is the page of none of them.
            let is_own = keys.iter().any(|key| key.kind() == KeyKind::Url);
            let is_page = |url: &&String| is_own && !is_home_page(url);
            let site = link.as_ref().filter(is_page).and_then(|url| fetch::site(url));
            Prepared {
                site,
                guid,
                link,
                behind_gate,
                content,
                keys,
                fingerprint,
                entry_hash,
                is_cut,
            }
        })
        .collect();
    Document {
        title: parsed.title.as_deref().map(feed_title),
        wish: parsed.hints.ttl.max(parsed.hints.update_interval),
        older_url: parsed.hints.pages.older().map(ToOwned::to_owned),
        hub: parsed.hints.hubs.first().cloned(),
        self_url: parsed.hints.self_url.clone(),
        outlet: feed.outlet.clone(),
        page_pause: (feed.fulltext == Fulltext::Auto).then_some(page_pause),
        entries,
        warnings: parsed.repairs.lines(),
        is_cut: parsed.is_cut,
    }
}
