//! What a poll keeps as the server sent it.

use crate::fetch::{Answer, Response};
use crate::model::capture::{Kept, digest};
use crate::model::feed::{Feed, PollState};
use crate::model::time::Timestamp;
use crate::poll::Context;
use crate::store::captures;
use crate::warc::Taken;

/// Keeps an exchange if the owner wants feeds kept. Trouble with it is reported and stops no poll:
/// what was announced counts for more than its wrapping.
pub(super) async fn keep(
    context: &Context<'_>,
    feed: &Feed,
    state: &PollState,
    (response, answer): (&Response, &mut Answer),
    at: Timestamp,
) -> Option<Kept> {
    if !context.keeper.keeps_feeds() {
        return None;
    }
    let exchanges = response.exchanges();
    let hash = match answer {
        Answer::Document(body) => Some(crate::dedupe::fingerprint::bytes(body)),
        _ => state.body_hash,
    };
    let known = hash.map(|hash| digest(&hash));
    let earlier = context.writer.write(move |tx| captures::earlier(tx, known.as_deref())).await;
    let body = match answer {
        Answer::Document(body) => std::mem::take(body),
        _ => Vec::new(),
    };
    let keeper = std::sync::Arc::clone(context.keeper);
    let notes = [("feed", feed.name.clone())];
    let kept = tokio::task::spawn_blocking(move || {
        let earlier = earlier.ok().flatten();
        let is_same = !body.is_empty() || exchanges.last().is_some_and(|last| last.status == 304);
        let earlier = earlier.as_ref().filter(|_| is_same);
        let taken = Taken { exchanges: &exchanges, body: &body, at, earlier, notes: &notes };
        (keeper.keep(&taken), body)
    })
    .await;
    let Ok((kept, body)) = kept else { return None };
    if let Answer::Document(empty) = answer {
        *empty = body;
    }
    kept.unwrap_or_else(|error| {
        tracing::error!(feed.name = feed.name, "cannot keep what was read: {error}");
        None
    })
}
