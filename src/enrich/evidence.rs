//! What a reading keeps as the server sent it.

use std::sync::Arc;

use crate::dedupe::fingerprint;
use crate::enrich::Context;
use crate::fetch::{Answer, Response};
use crate::model::capture::{Kept, digest};
use crate::model::time::Timestamp;
use crate::store::captures;
use crate::store::pages::State;
use crate::warc::Taken;

/// Keeps an exchange if the owner wants pages kept. Trouble with it is reported and stops no
/// reading.
pub(super) async fn keep(
    context: &Context<'_>,
    state: &State,
    (response, answer): (&Response, &mut Answer),
    at: Timestamp,
) -> Option<Kept> {
    if !context.keeper.keeps_pages() {
        return None;
    }
    let exchanges = response.exchanges();
    let hash = match answer {
        Answer::Document(body) => Some(fingerprint::bytes(body)),
        Answer::NotModified => state.body_hash,
        _ => None,
    };
    let known = hash.map(|hash| digest(&hash));
    let earlier = context.writer.write(move |tx| captures::earlier(tx, known.as_deref())).await;
    let body = match answer {
        Answer::Document(body) => std::mem::take(body),
        _ => Vec::new(),
    };
    let keeper = Arc::clone(context.keeper);
    let reserved = response.reservations.words().join(", ");
    let mut notes = vec![("outlet", state.outlet.clone().unwrap_or_default())];
    notes.extend((!reserved.is_empty()).then_some(("reserved", reserved)));
    let kept = tokio::task::spawn_blocking(move || {
        let earlier = earlier.ok().flatten();
        let earlier = earlier.as_ref();
        let taken = Taken { exchanges: &exchanges, body: &body, at, earlier, notes: &notes };
        (keeper.keep(&taken), body)
    })
    .await;
    let Ok((kept, body)) = kept else { return None };
    if let Answer::Document(empty) = answer {
        *empty = body;
    }
    kept.unwrap_or_else(|error| {
        tracing::error!("cannot keep the page {}: {error}", state.url);
        None
    })
}
