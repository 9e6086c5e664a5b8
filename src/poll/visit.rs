//! One document compared with the archive: what is new in it, what changed, what left the feed.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::coverage;
use crate::dedupe::decide::{Known, edit};
use crate::dedupe::fingerprint::{self, Short};
use crate::dedupe::identity::further;
use crate::dedupe::same::{is_readdressed, is_same_article, is_told_apart};
use crate::model::article::{IdentityKey, Source};
use crate::model::time::Timestamp;
use crate::poll::document::{Document, Prepared};
use crate::poll::ledger;
use crate::poll::push::GRACE;
use crate::schedule::pages::is_whole;
use crate::store::articles::{Identity, Version};
use crate::store::pages::{self, Announced};
use crate::store::polls::Tally;
use crate::store::sightings::{Listed, Seen};
use crate::store::{ArticleRow, Error, FeedId, Tx, articles, sightings};

/// Entries of a feed among which one that is gone is looked for; more is no window but a library.
const WINDOW_MAX: usize = 500;

/// What a document was, compared with the archive.
pub(super) struct Archived {
    /// What was new in it.
    pub(super) tally: Tally,
    /// What it lists, in its order.
    pub(super) window: Vec<coverage::Listed>,
}

/// What a feed listed before, against the document it gives now.
struct Before<'d> {
    document: &'d Document,
    listed: Option<&'d Listed>,
    last_at: Option<Timestamp>,
    named: OnceCell<(HashSet<Short>, HashSet<&'d IdentityKey>)>,
}

impl<'d> Before<'d> {
    fn new(document: &'d Document, listed: &'d Listed, last_at: Option<Timestamp>) -> Self {
        let is_window = (1..=WINDOW_MAX).contains(&listed.n_entries());
        let listed = Some(listed).filter(|_| is_window);
        Self { document, listed, last_at, named: OnceCell::new() }
    }

    /// The entries and keys of the document.
    fn named(&self) -> &(HashSet<Short>, HashSet<&'d IdentityKey>) {
        self.named.get_or_init(|| {
            let entries = &self.document.entries;
            let hashes = entries.iter().map(|entry| entry.entry_hash).collect();
            (hashes, entries.iter().flat_map(|entry| &entry.keys).collect())
        })
    }

    /// Articles that said just this in an entry which is gone.
    fn saying(&self, fingerprint: &Short) -> Vec<ArticleRow> {
        let saying = |listed: &Listed| listed.saying(fingerprint, &self.named().0);
        self.listed.map(saying).unwrap_or_default()
    }

    /// Whether what states `at` for its date should have been seen before.
    fn is_old(&self, at: Timestamp) -> bool {
        self.listed.is_some() && self.last_at.is_some_and(|last| at <= last)
    }

    /// Whether the document still has an entry of an article with these keys.
    fn names(&self, keys: &[IdentityKey]) -> bool {
        keys.iter().any(|key| self.named().1.contains(key))
    }
}

/// One document being compared with the archive.
pub(super) struct Visit<'v> {
    pub(super) tx: &'v Tx<'v>,
    pub(super) id: FeedId,
    pub(super) outlet: Option<&'v str>,
    pub(super) digest: Option<&'v str>,
    pub(super) at: Timestamp,
    pub(super) is_first: bool,
    /// Seconds from one reading of a page to the next, where its pages are read.
    pub(super) page_pause: Option<u64>,
}

impl Visit<'_> {
    /// Archives a document.
    pub(super) fn archive(
        &self,
        document: &Document,
        last_at: Option<Timestamp>,
    ) -> Result<Archived, Error> {
        let listed: Listed = sightings::listed(self.tx, self.id)?;
        let mut tally = Tally { n_entries: document.entries.len(), ..Tally::default() };
        let mut still = HashSet::new();
        let mut window = Vec::with_capacity(document.entries.len());
        let before = Before::new(document, &listed, last_at);
        for prepared in &document.entries {
            let article = match listed.unchanged(&prepared.entry_hash) {
                Some(article) => {
                    self.rise(article, &prepared.entry_hash, &listed, position(document, &still))?;
                    Some(article)
                }
                // Half an entry would make an article of half a text, and then a revision.
                None if prepared.is_cut => self.recognize(prepared)?.map(|(article, _)| article),
                None => Some(self.take_up(prepared, &before, &still, &mut tally)?),
            };
            if let Some(article) = article
                && still.insert(article)
            {
                window.push(ledger::listed(article, &prepared.content));
            }
        }
        tally.n_overlap = listed.n_among(&still);
        // While a site is rebuilt its feed is empty for a while, and then calls all of it otherwise.
        if !document.is_cut && !document.entries.is_empty() {
            sightings::leave(self.tx, self.id, &listed, &still, last_at.unwrap_or(self.at))?;
        }
        Ok(Archived { tally, window })
    }

    fn take_up(
        &self,
        prepared: &Prepared,
        before: &Before<'_>,
        still: &HashSet<ArticleRow>,
        tally: &mut Tally,
    ) -> Result<ArticleRow, Error> {
        let known = match self.recognize(prepared)? {
            None => self.readdressed(prepared, before, still)?,
            known => known,
        };
        let article = match known {
            // A document that lists one article twice means its first entry.
            Some((article, _)) if still.contains(&article) => return Ok(article),
            Some((article, known)) => {
                tally.n_revised += usize::from(self.revise(prepared, article, known)?);
                article
            }
            None => {
                tally.n_new += 1;
                tally.n_overdue += usize::from(self.is_overdue(prepared));
                let identity = Identity {
                    public_id: None,
                    keys: &prepared.keys,
                    outlet: self.outlet,
                    url: prepared.behind_gate.as_deref().or(prepared.link.as_deref()),
                };
                articles::create(self.tx, &identity, &self.first_version(prepared))?
            }
        };
        let seen = Seen {
            feed: self.id,
            article,
            guid: prepared.guid.as_deref(),
            link: prepared.link.as_deref(),
            entry_hash: prepared.entry_hash,
            fingerprint: prepared.fingerprint,
            text_hash: fingerprint::text(&prepared.content.text),
            appeared_at: self.appeared_at(prepared),
            position: position(before.document, still),
        };
        sightings::see(self.tx, &seen, self.at)?;
        self.announce(prepared, article)?;
        Ok(article)
    }

    /// An entry that has not changed may stand higher than ever.
    fn rise(
        &self,
        article: ArticleRow,
        entry: &Short,
        listed: &Listed,
        position: Option<u32>,
    ) -> Result<(), Error> {
        match position.filter(|position| listed.is_best(entry, *position)) {
            Some(position) => sightings::rise(self.tx, self.id, article, position),
            None => Ok(()),
        }
    }

    /// Where the feed has less than the article, its page is read.
    fn announce(&self, prepared: &Prepared, article: ArticleRow) -> Result<(), Error> {
        let (Some(_), Some(url)) = (self.page_pause, &prepared.link) else { return Ok(()) };
        let Some(site) = prepared.site.as_deref().filter(|_| !is_whole(&prepared.content.text))
        else {
            return Ok(());
        };
        let published = prepared.content.published.map_or(self.at, |date| date.at.min(self.at));
        let page = Announced { article, feed: self.id, url, site, since: published };
        pages::announce(self.tx, &page, self.at)
    }

    fn recognize(&self, prepared: &Prepared) -> Result<Option<(ArticleRow, Known)>, Error> {
        for article in articles::keys::candidates(self.tx, &prepared.keys)? {
            let known = articles::known(self.tx, article, Some(self.id))?;
            if is_same_article(&prepared.keys, &prepared.content, &known) {
                return Ok(Some((article, known)));
            }
        }
        Ok(None)
    }

    /// The article of an entry under a new address, among those that the feed has just ceased to
    /// list. What is new states a date after the last poll, so that it is seldom looked for.
    fn readdressed(
        &self,
        prepared: &Prepared,
        before: &Before<'_>,
        still: &HashSet<ArticleRow>,
    ) -> Result<Option<(ArticleRow, Known)>, Error> {
        let mut candidates = before.saying(&prepared.fingerprint);
        let date = prepared.content.published.filter(|date| before.is_old(date.at));
        if let Some(date) = date.filter(|_| candidates.is_empty()) {
            candidates = sightings::listed_of_date(self.tx, self.id, date.at)?;
        }
        let known = |article| articles::known(self.tx, article, Some(self.id));
        let all_known: Vec<Known> =
            candidates.iter().map(|row| known(*row)).collect::<Result<_, _>>()?;
        if all_known.is_empty() {
            return Ok(None);
        }
        let content = &prepared.content;
        let text = fingerprint::text(&content.text);
        let n_saying = sightings::n_saying(self.tx, self.id, &text)?;
        let is_it = |(article, known): &(&ArticleRow, &Known)| {
            !still.contains(*article)
                && !before.names(&known.keys)
                && is_told_apart(content, known, &all_known, n_saying)
                && is_readdressed(&prepared.keys, content, known)
        };
        let found = candidates.iter().zip(&all_known).find(is_it);
        Ok(found.map(|(article, known)| (*article, known.clone())))
    }

    /// Whether there was something to revise.
    fn revise(
        &self,
        prepared: &Prepared,
        article: ArticleRow,
        mut known: Known,
    ) -> Result<bool, Error> {
        articles::keys::add(self.tx, article, &further(&known.keys, &prepared.keys))?;
        articles::name_outlet(self.tx, article, self.outlet)?;
        if let (Some(url), Some(site)) = (&prepared.link, &prepared.site) {
            let page = Announced { article, feed: self.id, url, site, since: self.at };
            pages::moves::readdress(self.tx, &page, self.at)?;
        }
        if let (Some(pause), Some(last)) = (self.page_pause, known.last_in_feed)
            && last.content != prepared.fingerprint
        {
            pages::wake(self.tx, article, pause, self.at)?;
        }
        if known.last_in_feed.is_some_and(|last| last.content != prepared.fingerprint) {
            known.outdated = articles::outdated(self.tx, article, self.id)?;
        }
        if let Some(edit) = edit(&prepared.content, &known) {
            let is_kept_text = edit.content.text == known.current.text;
            let version = Version {
                text_source: if is_kept_text { known.text_source } else { Source::Feed },
                content: &edit.content,
                changed: &edit.changed,
                ..self.first_version(prepared)
            };
            articles::revise(self.tx, article, &version)?;
            return Ok(true);
        }
        if known.last_in_feed.is_none() {
            articles::touch(self.tx, article)?;
        }
        Ok(false)
    }

    fn first_version<'p>(&'p self, prepared: &'p Prepared) -> Version<'p> {
        Version {
            content: &prepared.content,
            changed: &[],
            source: Source::Feed,
            text_source: Source::Feed,
            feed: Some(self.id),
            digest: self.digest,
            now: self.at,
        }
    }

    /// Whether a hub had time to push it; what has no date may be of any time.
    fn is_overdue(&self, prepared: &Prepared) -> bool {
        prepared.content.published.is_none_or(|date| self.at.since(date.at) >= GRACE)
    }

    /// What a feed lists at its first poll appeared when it says, everything later when we saw it.
    fn appeared_at(&self, prepared: &Prepared) -> Timestamp {
        match prepared.content.published {
            Some(date) if self.is_first => date.at.min(self.at),
            _ => self.at,
        }
    }
}

/// The place of the entry after those of `still`, in a document that was read whole.
fn position(document: &Document, still: &HashSet<ArticleRow>) -> Option<u32> {
    u32::try_from(still.len() + 1).ok().filter(|_| !document.is_cut)
}
