//! The pipeline: asking hubs to push, and answering when they ask back (WebSub).
//!
//! What a hub brings is no different from what was fetched, and so is `poll`'s.

use crate::fetch::client::Client;
use crate::fetch::{Request, Sent};
use crate::model::feed::Validators;
use crate::model::time::Timestamp;
use crate::store::subscriptions::{self, Change, Stored};
use crate::store::{Error, FeedId, Writer};
use crate::websub::{self, Intent, Mode, Options, Verdict};

/// What every conversation with a hub needs.
#[derive(Debug)]
pub struct Context<'c> {
    /// The door to the web.
    pub client: &'c Client,
    /// The archive.
    pub writer: &'c Writer,
    /// Where hubs reach us.
    pub options: &'c Options,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
}

/// Asks the hub of `stored` to push, or to push no longer, and stores what came of it.
///
/// # Errors
/// Only what stops the archive from being written; a hub that refuses is a result.
pub async fn ask(context: &Context<'_>, stored: &Stored) -> Result<Change, Error> {
    let Stored { feed, subscription, is_wanted } = stored;
    let mode = if *is_wanted { Mode::Subscribe } else { Mode::Unsubscribe };
    // Before it is asked: some hubs ask back before they answer.
    let asked_at = (context.clock)();
    let n_failures = subscription.n_failures + 1;
    let (callback, next_at) =
        (context.options.callback.clone(), websub::retry_at(n_failures, None, asked_at));
    let asked = Change::Asked { mode, callback, next_at };
    store(context, *feed, &asked, asked_at).await?;
    let request = Request {
        url: &subscription.hub,
        validators: &Validators::default(),
        user_agent: None,
        now: asked_at,
    };
    let form = websub::form(context.options, subscription, mode);
    let Err(refusal) = context.client.post(&request, Sent::Form(&form)).await else {
        return Ok(asked);
    };
    let now = (context.clock)();
    let again_at = websub::retry_at(n_failures, refusal.wait, now);
    let failed = Change::Failed(refusal.reason, again_at);
    store(context, *feed, &failed, now).await?;
    Ok(failed)
}

/// Judges what a hub says of `stored`, and stores it; the challenge to echo, if it is echoed.
///
/// # Errors
/// What stops the archive from being written: then the hub is to ask again.
pub async fn answer(
    context: &Context<'_>,
    stored: &Stored,
    intent: &Intent,
) -> Result<(Verdict, String), Error> {
    let now = (context.clock)();
    let verdict = websub::judge(context.options, &stored.subscription, intent, now);
    let change = match &verdict {
        Verdict::Live { until, renew_at } => Change::Live(*until, *renew_at),
        Verdict::Ended => Change::Ended,
        Verdict::Denied { reason, retry_at } => Change::Denied(reason.clone(), *retry_at),
        Verdict::Refused => return Ok((verdict, String::new())),
    };
    store(context, stored.feed, &change, now).await?;
    let challenge = match intent {
        Intent::Verify { challenge, .. } => challenge.clone(),
        Intent::Denied { .. } => String::new(),
    };
    Ok((verdict, challenge))
}

/// Counts a document that its hub did not sign.
///
/// # Errors
/// What stops the archive from being written.
pub async fn forged(context: &Context<'_>, stored: &Stored) -> Result<(), Error> {
    store(context, stored.feed, &Change::Forged, (context.clock)()).await
}

async fn store(
    context: &Context<'_>,
    feed: FeedId,
    change: &Change,
    now: Timestamp,
) -> Result<(), Error> {
    let change = change.clone();
    context.writer.write(move |tx| subscriptions::change(tx, feed, &change, now)).await
}
