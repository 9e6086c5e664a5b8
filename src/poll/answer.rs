//! What an answer is to the feed that it was for.

use std::time::Duration;

use crate::dedupe::fingerprint;
use crate::fetch::{Answer, Response};
use crate::model::feed::{Feed, PollState};
use crate::model::fetch::{Failure, FailureClass, Outcome};
use crate::normalize::url;
use crate::poll::Context;
use crate::poll::document::{Document, prepare, understand};
use crate::store::{Error, FeedId, feeds};

/// The answer to `feed`, unless its address led to another feed of the list. What that announces is not
/// of this one: a publisher who gives up a section sends its readers to all of his news.
pub(super) async fn own(
    context: &Context<'_>,
    id: FeedId,
    feed: &Feed,
    response: &mut Response,
) -> Result<Answer, Error> {
    let answer = std::mem::replace(&mut response.answer, Answer::NotModified);
    let landed = response.final_url.clone();
    if !matches!(answer, Answer::Document(_) | Answer::NotModified)
        || landed == feed.url
        || url::key(&landed) == url::key(&feed.url)
    {
        return Ok(answer);
    }
    let other = context.writer.write(move |tx| feeds::other_at(tx, id, &landed)).await?;
    Ok(other.map_or(answer, |other| {
        let reason = format!("it leads to the feed {other}, which is in the list as well");
        Answer::Failed(Failure::new(FailureClass::Redirect, reason))
    }))
}

/// What was made of an answer.
pub(super) struct Read {
    pub(super) outcome: Outcome,
    pub(super) body_hash: Option<[u8; 32]>,
    pub(super) body_check: Option<[u8; 16]>,
    pub(super) document: Option<Document>,
}

/// Makes something of an answer.
pub(super) async fn read(
    answer: Answer,
    feed: &Feed,
    state: &PollState,
    response: &Response,
    context: &Context<'_>,
) -> Read {
    let only = |outcome| Read { outcome, body_hash: None, body_check: None, document: None };
    let bytes = match answer {
        Answer::Document(bytes) => bytes,
        Answer::NotModified => return only(Outcome::NotModified),
        Answer::Gone => return only(Outcome::Gone),
        Answer::Throttled { wait } => return only(Outcome::Throttled { wait }),
        Answer::Failed(failure) => return only(Outcome::Failed(failure)),
    };
    // Most documents are the last one again, and a digest of evidence takes ten times as long.
    let body_check = Some(fingerprint::check(&bytes));
    if state.body_check == body_check {
        let (outcome, body_hash) = (Outcome::NotModified, state.body_hash);
        return Read { outcome, body_hash, body_check, document: None };
    }
    let body_hash = Some(fingerprint::bytes(&bytes));
    let feed = feed.clone();
    let url = response.final_url.clone();
    let content_type = response.content_type.clone();
    // Parsing a large document takes longer than a task may hold up the others. The threads it runs
    // on also wait for name servers, so it does not take them all.
    let _parser = context.parsers.acquire().await;
    let page_pause = context.pages.first().as_secs();
    let document = within(READING_MAX, move || {
        understand(&bytes, &url, content_type.as_deref())
            .map(|parsed| prepare(&feed, &parsed, page_pause))
    });
    match document.await {
        Ok(document) => {
            Read { outcome: Outcome::Fresh, body_hash, body_check, document: Some(document) }
        }
        Err(failure) => only(Outcome::Failed(failure)),
    }
}

/// The largest documents are read within seconds. Others wait for the turn of one that is not.
pub(super) const READING_MAX: Duration = Duration::from_secs(60);

/// What `reading` makes of a document on a thread of its own, unless it takes longer than `limit`. The
/// thread cannot be stopped, but nobody waits for it any more.
pub(super) async fn within<T: Send + 'static>(
    limit: Duration,
    reading: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::time::timeout(limit, tokio::task::spawn_blocking(reading)).await {
        Ok(Ok(read)) => read.map_err(|reason| Failure::new(FailureClass::Parse, reason)),
        Ok(Err(error)) => {
            let reason = format!("reading the document failed: {error}");
            Err(Failure::new(FailureClass::Internal, reason))
        }
        Err(_) => {
            let reason = format!("it was not read within {} seconds", limit.as_secs());
            Err(Failure::new(FailureClass::Parse, reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_document_that_is_never_read_is_a_failure_of_its_feed() {
        let (held, endless) = mpsc::channel::<()>();
        let read = within(Duration::ZERO, move || Ok(endless.recv())).await;
        assert_eq!(read.unwrap_err().class, FailureClass::Parse);
        drop(held);
        assert_eq!(within(Duration::MAX, || Ok(7)).await.unwrap(), 7);
    }
}
