//! Articles of another source into the archive: only those that nobody has; what is known already
//! is known better.

use std::collections::HashSet;

use crate::coverage::{Gap, evidence};
use crate::dedupe::identity;
use crate::dedupe::same::{is_listed_otherwise, is_same_article};
use crate::fetch;
use crate::model::article::{Content, IdentityKey, Source};
use crate::model::entry::{Entry, RawEntry};
use crate::model::feed::{Feed, Fulltext};
use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::normalize::entry::{content, language_tag, normalize};
use crate::normalize::url::is_home_page;
use crate::repair::{Open, Search};
use crate::schedule::pages::is_whole;
use crate::store::articles::{self, Identity, Version};
use crate::store::pages::{self, Announced};
use crate::store::repairs::{self, Finding};
use crate::store::{ArticleRow, Error, FeedId, Tx};

/// Articles that share a transaction.
const BATCH: usize = 100;

/// An article of another source.
#[derive(Debug)]
pub(super) struct Candidate {
    link: Option<String>,
    content: Content,
    keys: Vec<IdentityKey>,
    /// When the source says it was published.
    date: Option<StatedDate>,
}

impl Candidate {
    /// The same with the date of a clock that is right.
    fn earlier(mut self, seconds: i64) -> Self {
        if let Some(date) = &mut self.content.published
            && date.precision == Precision::Second
        {
            date.at = Timestamp::from_seconds(date.at.seconds().saturating_sub(seconds));
        }
        self
    }

    /// The site that it is on.
    pub(super) fn site(&self) -> Option<String> {
        self.link.as_deref().and_then(fetch::site)
    }
}

/// A document of another source, ready to be compared.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) source: Source,
    pub(super) url: String,
    /// Of the document.
    pub(super) digest: String,
    pub(super) candidates: Vec<Candidate>,
}

impl Listing {
    /// All that its articles are known by.
    pub(super) fn keys(&self) -> impl Iterator<Item = &IdentityKey> {
        self.candidates.iter().flat_map(|candidate| &candidate.keys)
    }

    /// The stated dates of its articles.
    pub(super) fn dates(&self) -> impl Iterator<Item = Timestamp> {
        self.candidates.iter().filter_map(|candidate| Some(candidate.date?.at))
    }

    /// The date it states of the article that is known by any of `keys`.
    pub(super) fn date_of(&self, keys: &[IdentityKey]) -> Option<StatedDate> {
        let is_it = |one: &&Candidate| one.keys.iter().any(|key| keys.contains(key));
        self.candidates.iter().find(is_it)?.date
    }

    /// Whether any of its articles may be of any time.
    pub(super) fn has_undated(&self) -> bool {
        self.candidates.iter().any(|candidate| candidate.date.is_none())
    }
}

/// Makes candidates of what a source lists for `feed`. A source wider than the feed knows nothing of
/// its section.
pub(super) fn candidates(
    feed: &Feed,
    source: Source,
    raw: &[RawEntry],
    language: Option<&str>,
) -> Vec<Candidate> {
    let entries: Vec<Entry> = raw.iter().map(normalize).collect();
    let keys = identity::keys(feed, &entries);
    let language = feed.language.clone().or(language.map(language_tag));
    let one = |(mut entry, keys): (Entry, Vec<IdentityKey>)| {
        let date = entry.published.or(entry.modified);
        let link = entry.link.take();
        let mut content = content(&mut entry, feed.section.as_deref(), language.as_deref());
        if source == Source::Sitemap {
            content.section = None;
        }
        Candidate { link, content, keys, date }
    };
    entries.into_iter().zip(keys).map(one).collect()
}

/// A stretch for which articles are taken.
#[derive(Debug, Clone, Copy)]
struct Range {
    feed: FeedId,
    gap: Gap,
    /// Seconds by which the source dates things later than the feed.
    late: i64,
    fulltext: Fulltext,
}

/// What was taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    pub(super) n_found: usize,
    pub(super) n_new: usize,
}

impl Search<'_> {
    /// Archives what `listing` dates within the open wants that `is_wanted` names; gives the
    /// listing's keys back, which is all that is needed of it then.
    pub(super) async fn take(
        &mut self,
        listing: Listing,
        is_wanted: impl Fn(&Open) -> bool,
    ) -> Result<(HashSet<IdentityKey>, Taken), Error> {
        let wanted = self.wants.iter_mut().filter(|open| open.is_open() && is_wanted(open));
        let is_sitemap = listing.source == Source::Sitemap;
        let range = |open: &mut Open| {
            let (gap, late) =
                if is_sitemap { open.range_in(&listing) } else { (open.want.range, 0) };
            Range { feed: open.want.id, gap, late, fulltext: open.want.feed.fulltext }
        };
        let ranges: Vec<Range> = wanted.map(range).collect();
        let range = |candidate: &Candidate| match candidate.date {
            Some(date) => ranges.iter().copied().find(|r| evidence::is_within(r.gap, date)),
            // On an older page of the feed it is one of its entries, whenever that was.
            None => ranges.first().copied().filter(|_| listing.source == Source::Archive),
        };
        let keys = listing.keys().cloned().collect();
        let outlet = self.wants.first().and_then(|open| open.want.feed.outlet.clone());
        let wanted = |one: Candidate| range(&one).map(|range| (range, one.earlier(range.late)));
        let mut all: Vec<(Range, Candidate)> =
            listing.candidates.into_iter().filter_map(wanted).collect();
        let mut taken = Taken { n_found: all.len(), n_new: 0 };
        while !all.is_empty() {
            let batch = all.split_off(all.len().saturating_sub(BATCH));
            let (url, digest) = (listing.url.clone(), listing.digest.clone());
            let (source, outlet) = (listing.source, outlet.clone());
            let now = (self.context.clock)();
            let job = move |tx: &Tx<'_>| {
                let mut n_new = 0;
                for (range, candidate) in &batch {
                    let finding = Finding { feed: range.feed, source, url: &url };
                    let (outlet, fulltext) = (outlet.as_deref(), range.fulltext);
                    let origin = Origin { finding, outlet, digest: &digest, fulltext };
                    n_new += usize::from(take_one(tx, candidate, origin, now)?);
                }
                Ok(n_new)
            };
            taken.n_new += self.context.writer.write(job).await?;
        }
        self.report.n_found += taken.n_found;
        self.report.n_new += taken.n_new;
        Ok((keys, taken))
    }
}

/// Where a candidate comes from.
#[derive(Clone, Copy)]
struct Origin<'o> {
    finding: Finding<'o>,
    outlet: Option<&'o str>,
    digest: &'o str,
    /// What the feed wants of the pages of its articles.
    fulltext: Fulltext,
}

/// Whether nobody had it.
fn take_one(
    tx: &Tx<'_>,
    candidate: &Candidate,
    origin: Origin<'_>,
    now: Timestamp,
) -> Result<bool, Error> {
    let Origin { finding, outlet, digest, .. } = origin;
    if let Some(article) = recognize(tx, candidate, outlet)? {
        articles::keys::add(tx, article, &candidate.keys)?;
        return Ok(false);
    }
    let url = candidate.link.as_deref();
    let identity = Identity { keys: &candidate.keys, outlet, url, public_id: None };
    let version = Version {
        content: &candidate.content,
        changed: &[],
        source: finding.source,
        text_source: finding.source,
        digest: Some(digest),
        feed: Some(finding.feed).filter(|_| finding.source == Source::Archive),
        now,
    };
    let article = articles::create(tx, &identity, &version)?;
    repairs::found(tx, article, finding, now)?;
    announce(tx, candidate, article, origin, now)?;
    Ok(true)
}

/// The article that it is, if anybody had it.
fn recognize(
    tx: &Tx<'_>,
    candidate: &Candidate,
    outlet: Option<&str>,
) -> Result<Option<ArticleRow>, Error> {
    let Candidate { keys, content, .. } = candidate;
    for article in articles::keys::candidates(tx, keys)? {
        if is_same_article(keys, content, &articles::known(tx, article, None)?) {
            return Ok(Some(article));
        }
    }
    let Some(date) = content.published else { return Ok(None) };
    for article in articles::of_time(tx, outlet, date.at)? {
        if is_listed_otherwise(keys, content, &articles::known(tx, article, None)?) {
            return Ok(Some(article));
        }
    }
    Ok(None)
}

/// What was missed has its page read like what a feed announced.
fn announce(
    tx: &Tx<'_>,
    candidate: &Candidate,
    article: ArticleRow,
    origin: Origin<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let is_wanted = origin.fulltext == Fulltext::Auto && !is_whole(&candidate.content.text);
    let link = candidate.link.as_deref().filter(|url| is_wanted && !is_home_page(url));
    let Some((url, site)) = link.and_then(|url| Some((url, fetch::site(url)?))) else {
        return Ok(());
    };
    let since = candidate.date.map_or(now, |date| date.at.min(now));
    let page = Announced { article, feed: origin.finding.feed, url, site: &site, since };
    pages::announce(tx, &page, now)
}
