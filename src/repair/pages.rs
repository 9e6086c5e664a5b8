//! The older pages of a feed (RFC 5005): `prev-archive` of an archived feed, `next` of a paged one.

use std::collections::HashSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::coverage::{Mark, evidence};
use crate::fetch;
use crate::model::article::{IdentityKey, Source};
use crate::model::capture::digest;
use crate::model::feed::Feed;
use crate::model::time::Timestamp;
use crate::parse::feed;
use crate::repair::take::{self, Listing};
use crate::repair::{Read, Search};
use crate::store::repairs::{self, Bookmark};
use crate::store::{Error, FeedId};

type Keys = HashSet<IdentityKey>;

/// One page, as read.
struct Page {
    listing: Listing,
    next: Option<String>,
}

impl Search<'_> {
    /// Walks back over the pages of each feed that has some, until its gaps are spanned.
    pub(super) async fn read_pages(&mut self) -> Result<(), Error> {
        let mut feeds: Vec<(FeedId, Arc<Feed>)> = Vec::new();
        for open in self.wants.iter().filter(|open| open.is_open()) {
            if feeds.iter().all(|(id, _)| *id != open.want.id) {
                feeds.push((open.want.id, Arc::clone(&open.want.feed)));
            }
        }
        for (id, feed) in feeds {
            self.walk(id, &feed).await?;
        }
        Ok(())
    }

    async fn walk(&mut self, id: FeedId, feed: &Feed) -> Result<(), Error> {
        let since = self.since(id);
        let Some(mut url) = self.first_page(id, since).await? else { return Ok(()) };
        // The pages go on where the feed ends.
        let mut keys = self.listed_now(id).await?;
        let mut on_pages = HashSet::new();
        let (mut visited, n_before) = (HashSet::new(), self.report.documents.len());
        while self.is_wanted(id) && self.may_read(n_before) && visited.insert(url.clone()) {
            let Some(page) = self.page(&url, feed).await else { return Ok(()) };
            let (n_listed, oldest) = (page.listing.candidates.len(), page.listing.dates().min());
            let (listed, taken) = self.take(page.listing, |open| open.want.id == id).await?;
            self.told(Read { url: url.clone(), result: Ok(n_listed), n_new: taken.n_new });
            let is_news = listed.iter().any(|key| !keys.contains(key));
            on_pages.extend(listed.iter().cloned());
            keys.extend(listed);
            self.conclude_pages(id, &url, (&keys, &on_pages));
            let is_reached = oldest.is_some_and(|oldest| since.is_some_and(|since| oldest < since));
            let next = page.next.filter(|_| n_listed > 0 && is_news && !is_reached);
            let next = next.filter(|next| fetch::site(next) == fetch::site(&url));
            self.mark(id, since, next.as_deref()).await?;
            let Some(next) = next else { return Ok(()) };
            url = next;
        }
        Ok(())
    }

    /// From when on everything is wanted, where the owner said so.
    fn since(&self, id: FeedId) -> Option<Timestamp> {
        let asked = |open: &&super::Open| open.want.id == id && open.want.suspect.is_none();
        self.wants.iter().find(asked).map(|open| open.want.range.from)
    }

    fn is_wanted(&self, id: FeedId) -> bool {
        self.wants.iter().any(|open| open.want.id == id && open.is_open())
    }

    /// Where to begin: a backfill that did not end goes on, unless there is a gap to span, which
    /// takes all pages in a row.
    async fn first_page(
        &self,
        id: FeedId,
        since: Option<Timestamp>,
    ) -> Result<Option<String>, Error> {
        let has_gap = self
            .wants
            .iter()
            .any(|open| open.want.id == id && open.is_open() && open.want.suspect.is_some());
        self.context
            .writer
            .write(move |tx| {
                let bookmark = repairs::bookmark(tx, id)?;
                match bookmark.filter(|mark| !has_gap && since.is_some_and(|at| at <= mark.since)) {
                    Some(bookmark) => Ok(Some(bookmark.url)),
                    None => repairs::older_url(tx, id),
                }
            })
            .await
    }

    /// What the feed lists now.
    pub(super) async fn listed_now(&self, id: FeedId) -> Result<HashSet<IdentityKey>, Error> {
        self.context
            .writer
            .write(move |tx| Ok(repairs::listed_keys(tx, id)?.into_iter().collect()))
            .await
    }

    async fn page(&mut self, url: &str, feed: &Feed) -> Option<Page> {
        let (bytes, response) = self.get(url, feed).await?;
        let (feed, page_url) = (feed.clone(), response.final_url.clone());
        let content_type = response.content_type.clone();
        let _parser = self.context.parsers.acquire().await;
        let parsed = tokio::task::spawn_blocking(move || {
            feed::parse(&bytes, &page_url, content_type.as_deref()).map(|parsed| {
                let language = parsed.hints.language.as_deref();
                let source = Source::Archive;
                let candidates = take::candidates(&feed, source, &parsed.entries, language);
                let digest = digest(&Sha256::digest(&bytes).into());
                let listing = Listing { source, url: page_url, digest, candidates };
                Page { listing, next: parsed.hints.pages.older().map(ToOwned::to_owned) }
            })
        })
        .await;
        let reason = match parsed {
            Ok(Ok(page)) => return Some(page),
            Ok(Err(error)) => error.to_string(),
            Err(error) => format!("reading the document failed: {error}"),
        };
        self.told(Read { url: url.to_owned(), result: Err(reason), n_new: 0 });
        None
    }

    fn conclude_pages(&mut self, id: FeedId, url: &str, (keys, on_pages): (&Keys, &Keys)) {
        for open in self.wants.iter_mut().filter(|open| open.want.id == id && open.is_open()) {
            let source = format!("archive {url}");
            open.doubts.retain(|doubt| !doubt.starts_with("archive "));
            open.conclude(&source, |open, suspect| {
                let is_on_page = |mark: &Mark| open.is_among(mark, on_pages);
                evidence::judge_own(
                    &suspect.witnesses,
                    |mark| open.is_among(mark, keys),
                    is_on_page,
                )
            });
        }
    }

    /// Keeps how far a backfill came.
    async fn mark(
        &self,
        id: FeedId,
        since: Option<Timestamp>,
        next: Option<&str>,
    ) -> Result<(), Error> {
        let Some(since) = since else { return Ok(()) };
        let bookmark = next.map(|url| Bookmark { since, url: url.to_owned() });
        self.context.writer.write(move |tx| repairs::set_bookmark(tx, id, bookmark.as_ref())).await
    }
}
