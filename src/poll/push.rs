//! What hubs bring: taken in like what was fetched, as far as it goes, and polls that are rarer for
//! it.
//!
//! A hub may send the whole feed or only what is new in it, so a document it brings says nothing of
//! what it does not list: no window is judged by it, and nothing leaves the feed.

use std::time::Duration;

use crate::dedupe::fingerprint;
use crate::fetch::Response;
use crate::model::capture::digest;
use crate::model::feed::Feed;
use crate::model::fetch::{Fetch, Outcome};
use crate::model::time::Timestamp;
use crate::poll::Context;
use crate::poll::answer::{READING_MAX, within};
use crate::poll::document::{Document, prepare, understand};
use crate::poll::visit::Visit;
use crate::schedule::{self, Next, Policy};
use crate::store::polls::{Recorded, Tally};
use crate::store::subscriptions::{self, Live};
use crate::store::{Error, FeedId, Tx, polls};

/// A hub may take this long to bring what a feed lists already.
pub(super) const GRACE: Duration = Duration::from_secs(5 * 60);

/// A document that a hub brought, and signed.
#[derive(Debug)]
pub struct Delivery {
    /// The hub.
    pub hub: String,
    /// Of which feed it is, by the feed's own word.
    pub topic: String,
    /// The `Content-Type` as sent.
    pub content_type: Option<String>,
    /// The document.
    pub body: Vec<u8>,
}

/// What was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// How it ended.
    pub outcome: Outcome,
    /// What it held.
    pub tally: Tally,
}

/// Takes in what a hub brought for `feed`, all in one transaction.
///
/// # Errors
/// Only what stops the archive from being written; a document that cannot be read is a result.
pub async fn deliver(
    context: &Context<'_>,
    id: FeedId,
    feed: &Feed,
    last_at: Option<Timestamp>,
    delivery: Delivery,
) -> Result<Delivered, Error> {
    let _parser = context.parsers.acquire().await;
    let (feed, page_pause) = (feed.clone(), context.pages.first().as_secs());
    let at = (context.clock)();
    let Delivery { hub, topic, content_type, body } = delivery;
    let size_bytes = body.len() as u64;
    let read = within(READING_MAX, move || {
        let parsed = understand(&body, &topic, content_type.as_deref())?;
        let document = Document { is_cut: true, ..prepare(&feed, &parsed, page_pause) };
        Ok((document, fingerprint::bytes(&body)))
    });
    let (outcome, document) = match read.await {
        Ok(document) => (Outcome::Fresh, Some(document)),
        Err(failure) => (Outcome::Failed(failure), None),
    };
    let fetch =
        Fetch { at, final_url: None, status: None, outcome, size_bytes, duration: Duration::ZERO };
    let store = move |tx: &Tx<'_>| {
        let mut tally = Tally::default();
        if let Some((document, hash)) = &document {
            let (hash, outlet) = (digest(hash), document.outlet.as_deref());
            let (digest, page_pause) = (Some(&*hash), document.page_pause);
            let is_first = last_at.is_none();
            let visit = Visit { tx, id, outlet, digest, at, is_first, page_pause };
            tally = visit.archive(document, last_at)?.tally;
        }
        let warnings = document.as_ref().map(|(document, _)| &document.warnings[..]);
        let warnings = warnings.unwrap_or_default();
        polls::record(tx, id, &Recorded { fetch: &fetch, tally, warnings, pushed_by: Some(&hub) })?;
        if tally.n_new > 0 {
            polls::has_news(tx, id, at)?;
        }
        subscriptions::delivered(tx, id, tally.n_new, at)?;
        Ok(Delivered { outcome: fetch.outcome, tally })
    };
    context.writer.write(store).await
}

/// Who pushes the feed, and as what: by the headers of the answer, or else by the document. Where there is
/// none, as with a 304, headers that name the hub alone say nothing new.
pub(super) fn offer(response: &Response, document: Option<&Document>) -> Option<(String, String)> {
    let hub = response.links.hub.clone().or_else(|| document?.hub.clone())?;
    let own = response.links.own.clone().or_else(|| document?.self_url.clone());
    let own = own.or_else(|| document.map(|_| response.final_url.clone()))?;
    let is_web = hub.starts_with("https://") || hub.starts_with("http://");
    is_web.then_some((hub, own))
}

/// What a poll does about pushing, where hubs are asked at all.
#[derive(Debug, Default)]
pub(super) struct Push {
    /// Hubs are asked.
    pub(super) is_on: bool,
    /// Who pushes the feed, and as what.
    pub(super) offer: Option<(String, String)>,
}

impl Push {
    /// Takes up the offer, and how the feed is pushed now.
    pub(super) fn begin(
        &self,
        tx: &Tx<'_>,
        id: FeedId,
        at: Timestamp,
    ) -> Result<Option<Live>, Error> {
        if !self.is_on {
            return Ok(None);
        }
        if let Some((hub, topic)) = &self.offer {
            subscriptions::offer(tx, id, (hub, topic), at)?;
        }
        subscriptions::live(tx, id, at)
    }
}

/// Counts what the hub left out; `next` is later where it left out nothing.
pub(super) fn end(
    (tx, id, at): (&Tx<'_>, FeedId, Timestamp),
    live: Live,
    tally: &Tally,
    (policy, reach, next): (&Policy, Duration, Next),
) -> Result<Next, Error> {
    subscriptions::polled(tx, id, tally.n_overdue, at)?;
    if !live.is_trusted || tally.n_overdue > 0 {
        return Ok(next);
    }
    Ok(schedule::eased(policy, next, reach, at))
}
