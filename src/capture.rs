//! Keeping an exchange as the server sent it, where the owner wants that.

use std::sync::Arc;

use crate::dedupe::fingerprint;
use crate::fetch::{Answer, Response};
use crate::model::capture::{Kept, digest};
use crate::model::time::Timestamp;
use crate::store::{Writer, captures};
use crate::warc::{Keeper, Taken};

/// An exchange that has just ended.
#[derive(Debug)]
pub struct Exchange<'e> {
    /// What went over the wire.
    pub response: &'e Response,
    /// What it came to; a document is lent, and is there again afterwards.
    pub answer: &'e mut Answer,
    /// The hash of the document that a 304 says is current.
    pub current_hash: Option<[u8; 32]>,
    /// What else is known, as names and values.
    pub notes: Vec<(&'static str, String)>,
    /// When it ended.
    pub at: Timestamp,
}

/// Keeps an exchange; it is on disk when this returns. Trouble with it is reported and stops
/// nothing: what was read counts for more than its wrapping.
pub async fn keep(keeper: &Arc<Keeper>, writer: &Writer, exchange: Exchange<'_>) -> Option<Kept> {
    let Exchange { response, answer, current_hash, notes, at } = exchange;
    let hash = match answer {
        Answer::Document(body) => Some(fingerprint::bytes(body)),
        Answer::NotModified => current_hash,
        _ => None,
    };
    let known = hash.map(|hash| digest(&hash));
    let earlier = writer.write(move |tx| captures::earlier(tx, known.as_deref())).await;
    let body = match answer {
        Answer::Document(body) => std::mem::take(body),
        _ => Vec::new(),
    };
    let (keeper, exchanges) = (Arc::clone(keeper), response.exchanges());
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
        tracing::error!("cannot keep what {} sent: {error}", response.final_url);
        None
    })
}
