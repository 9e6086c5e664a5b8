//! The pipeline: one poll of one feed, from the request to the transaction that stores it.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::capture::{self, Exchange};
use crate::coverage;
use crate::fetch::client::Client;
use crate::fetch::{Request, Response};
use crate::model::capture::{Kept, digest};
use crate::model::feed::{Feed, PollState, Validators};
use crate::model::fetch::{Failure, FailureClass, Fetch, Outcome};
use crate::model::time::Timestamp;
use crate::schedule::outage::Outage;
use crate::schedule::{self, Hints, Next, Observed, Policy, Reason, Rhythm, Window};
use crate::store::captures::Subject;
use crate::store::polls::{Recorded, Tally};
use crate::store::{Error, FeedId, Tx, Writer, captures, feeds, pages, polls, repairs, sightings};
use crate::warc::Keeper;

mod answer;
mod document;
mod ledger;
pub mod lessons;
pub mod push;
mod visit;

use answer::Read;
use push::Push;
use visit::{Archived, Visit};

/// The warning of a poll that took two requests, by which they can be counted.
const ASKED_AGAIN: &str = "asked again: the server had closed the connection it kept open";

/// What every poll needs.
#[derive(Debug)]
pub struct Context<'c> {
    /// The door to the web.
    pub client: &'c Client,
    /// The archive.
    pub writer: &'c Writer,
    /// When to poll again.
    pub policy: &'c Policy,
    /// When article pages are read.
    pub pages: &'c schedule::pages::Policy,
    /// Whether our own network is down.
    pub outage: &'c Mutex<Outage>,
    /// Documents that may be parsed at once.
    pub parsers: &'c Semaphore,
    /// Keeps what servers sent.
    pub keeper: &'c Arc<Keeper>,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
    /// Hubs are asked to push.
    pub asks_hubs: bool,
}

/// What one poll came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Polled {
    /// How it ended.
    pub outcome: Outcome,
    /// What the document held.
    pub tally: Tally,
    /// What was odd about it.
    pub warnings: Vec<String>,
    /// When it is due again, and why.
    pub next: Next,
    /// A stretch of time in which the feed may have announced what was not seen.
    pub gap: Option<coverage::Gap>,
    /// The size of its document, decompressed.
    pub size_bytes: u64,
    /// How long the request took.
    pub duration: Duration,
}

/// Polls `feed` and stores what came of it, all in one transaction.
///
/// # Errors
/// Only what stops the archive from being written; a feed that fails is a result.
pub async fn poll(
    context: &Context<'_>,
    id: FeedId,
    feed: &Feed,
    state: PollState,
) -> Result<Polled, Error> {
    let started = (context.clock)();
    let no_validators = Validators::default();
    let url = lessons::address(feed, &state).to_owned();
    let is_unconditional =
        is_recheck_due(context.policy, &state, started) || state.has_lying_validators;
    let request = Request {
        url: &url,
        validators: if is_unconditional { &no_validators } else { &state.validators },
        user_agent: feed.user_agent.as_deref(),
        now: started,
    };
    let mut response = context.client.poll(&request, state.waited).await;
    let at = (context.clock)();
    let mut answer = answer::own(context, id, feed, &mut response).await?;
    let kept = if context.keeper.keeps_feeds() {
        let notes = vec![("feed", feed.name.clone())];
        let (response, answer, current_hash) = (&response, &mut answer, state.body_hash);
        let exchange = Exchange { response, answer, current_hash, notes, at };
        capture::keep(context.keeper, context.writer, exchange).await
    } else {
        None
    };
    let mut read = answer::read(answer, feed, &state, &response, context).await;
    let mut unreached_since = None;
    if let Outcome::Failed(failure) = &mut read.outcome
        && lessons::is_ours(context.outage, &response, failure, at)
    {
        failure.class = FailureClass::Outage;
    } else if response.status.is_some() {
        unreached_since = lessons::answered(context.outage, at);
    }
    let gone = lessons::gone(&state, &response, &read.outcome, at);
    if read.outcome == Outcome::Gone && gone.is_some_and(|gone| !schedule::is_gone(&gone)) {
        read.outcome = Outcome::Failed(Failure::new(FailureClass::Http, "410 Gone"));
    }
    let moved = lessons::moved(&state, &url, &response, &read.outcome, at);
    let state = PollState { gone, moved, ..state };
    let plan = Plan {
        id,
        url: feed.url.clone(),
        name: feed.name.clone(),
        policy: context.policy.clone(),
        fetch: fetch_record(&response, &read.outcome, feed, at),
        max_age: response.max_age,
        last_at: state.last_success_at,
        vouched_for: lessons::vouched_for(&state).filter(|_| is_unconditional),
        state: remember(state, &response, &read, at),
        unreached_since,
        is_asked_again: response.is_asked_again,
        push: Push {
            is_on: context.asks_hubs,
            offer: push::offer(&response, read.document.as_ref()).filter(|_| context.asks_hubs),
        },
        kept,
        read,
    };
    context.writer.write(move |tx| plan.carry_out(tx)).await
}

/// Whether the document was last asked for without validators so long ago that it is again.
fn is_recheck_due(policy: &Policy, state: &PollState, now: Timestamp) -> bool {
    // A clock that was set back must not put it off.
    state.last_full_at.is_none_or(|at| at > now || now.since(at) >= policy.recheck.0)
}

fn fetch_record(response: &Response, outcome: &Outcome, feed: &Feed, at: Timestamp) -> Fetch {
    Fetch {
        at,
        final_url: Some(response.final_url.clone()).filter(|url| *url != feed.url),
        status: response.status,
        outcome: outcome.clone(),
        size_bytes: response.size_bytes,
        duration: response.duration,
    }
}

/// Validators are kept only with a document that was read whole: they vouch for what is stored.
fn remember(state: PollState, response: &Response, read: &Read, at: Timestamp) -> PollState {
    if !read.outcome.is_success() {
        return state;
    }
    let is_whole = read.document.as_ref().is_none_or(|document| !document.is_cut);
    PollState {
        validators: if is_whole { response.validators.clone() } else { state.validators },
        body_hash: read.body_hash.filter(|_| is_whole).or(state.body_hash),
        body_check: read.body_check.filter(|_| is_whole).or(state.body_check),
        last_success_at: Some(at),
        // A whole document shows whether the 304 before it was true; then it is forgotten.
        last_304_at: (response.status == Some(304)).then_some(at),
        last_full_at: if read.body_check.is_some() { Some(at) } else { state.last_full_at },
        ..state
    }
}

/// Everything the transaction needs.
struct Plan {
    id: FeedId,
    /// The address of the feed when the poll began.
    url: String,
    name: String,
    policy: Policy,
    fetch: Fetch,
    max_age: Option<Duration>,
    /// The last success before this poll.
    last_at: Option<Timestamp>,
    /// When what appeared was hidden by a 304.
    vouched_for: Option<Range<Timestamp>>,
    state: PollState,
    /// An outage of our own that began then is over.
    unreached_since: Option<Timestamp>,
    /// The server had closed the connection it kept open.
    is_asked_again: bool,
    push: Push,
    kept: Option<Kept>,
    read: Read,
}

/// Makes due what of the feed was planned before the clock was set back, as the poll itself was, and
/// lets nothing be later than now from which time is counted.
fn plan_anew(
    tx: &Tx<'_>,
    id: FeedId,
    last_at: Option<Timestamp>,
    at: Timestamp,
) -> Result<(), Error> {
    if last_at.is_some_and(|last| last > at.plus(feeds::AHEAD_MAX)) {
        for set_back in [
            pages::clock_set_back,
            repairs::clock_set_back,
            sightings::clock_set_back,
            polls::clock_set_back,
        ] {
            set_back(tx, id, at)?;
        }
    }
    Ok(())
}

impl Plan {
    fn carry_out(self, tx: &Tx<'_>) -> Result<Polled, Error> {
        let Self { id, fetch, mut state, read, last_at, .. } = self;
        let (mut tally, mut listed) = (Tally::default(), Vec::new());
        if let Some(kept) = &self.kept {
            captures::add(tx, kept, Subject::Feed(id))?;
        }
        let is_first = last_at.is_none();
        if let Some(document) = &read.document {
            if let Some(title) = &document.title {
                polls::set_title(tx, id, title)?;
            }
            let outlet = document.outlet.as_deref();
            let hash = read.body_hash.as_ref().map(digest);
            let (digest, page_pause) = (hash.as_deref(), document.page_pause);
            let visit = Visit { tx, id, outlet, digest, at: fetch.at, is_first, page_pause };
            Archived { tally, window: listed } = visit.archive(document, last_at)?;
            if let Some(span) = &self.vouched_for {
                state.has_lying_validators |= sightings::any_dated(tx, id, fetch.at, span)?;
            }
        }
        plan_anew(tx, id, last_at, fetch.at)?;
        // What was learned of an address that the owner has changed meanwhile is not the feed's.
        let is_current = feeds::is_at(tx, id, &self.url)?;
        let live = if is_current { self.push.begin(tx, id, fetch.at)? } else { None };
        let n_new = tally.n_new + live.map_or(0, |live| live.n_since_poll);
        let window = if read.outcome.is_success() { window(tx, id, n_new)? } else { None };
        let oldest_at = window.map(|window| window.oldest_at);
        let (outcome, at) = (&read.outcome, fetch.at);
        let older_url = read.document.as_ref().and_then(|document| document.older_url.as_deref());
        let n_overlap = tally.n_overlap;
        let window_now = ledger::Window { listed: &listed, oldest_at, older_url, n_overlap };
        let entered = ledger::Poll { feed: id, outcome, window: window_now, last_at, at };
        let is_cut = read.document.as_ref().is_some_and(|document| document.is_cut);
        // The next whole window is judged by the last whole one.
        let gap = if is_cut || !is_current { None } else { ledger::enter(tx, &entered)? };
        let observed = Observed {
            outcome: &read.outcome,
            window: window.map(|w| if is_first { Window { n_new: 0, ..w } } else { w }),
            hints: Hints {
                max_age: self.max_age,
                ttl: read.document.as_ref().and_then(|document| document.wish),
            },
            last_at,
            at,
        };
        let next = schedule::next(&self.policy, &self.name, rhythm(&state), &observed);
        let mut next = if fetch.is_put_off() { put_off(&state, next.at) } else { next };
        if let Some(live) = live.filter(|_| read.outcome.is_success()) {
            let reach = window.map_or(Duration::ZERO, |window| window.reach(at));
            next = push::end((tx, id, at), live, &tally, (&self.policy, reach, next))?;
        }
        plan_next(&mut state, &next);
        let mut warnings = read.document.map(|document| document.warnings).unwrap_or_default();
        warnings.extend(self.is_asked_again.then(|| ASKED_AGAIN.to_owned()));
        let recorded = Recorded { fetch: &fetch, tally, warnings: &warnings, pushed_by: None };
        polls::record(tx, id, &recorded)?;
        if is_current {
            polls::set_state(tx, id, &state, &next.reason.to_string(), &recorded)?;
        }
        self.unreached_since.map_or(Ok(0), |since| polls::catch_up(tx, since, fetch.at))?;
        let (size_bytes, duration) = (fetch.size_bytes, fetch.duration);
        Ok(Polled { outcome: read.outcome, tally, warnings, next, gap, size_bytes, duration })
    }
}

/// Where it was not asked until `at`: that says nothing of the feed itself.
fn put_off(state: &PollState, at: Timestamp) -> Next {
    Next { at, rhythm: rhythm(state), reason: Reason::HostRetryAfter }
}

/// What is remembered of a feed's rhythm.
fn rhythm(state: &PollState) -> Rhythm {
    Rhythm {
        interval: state.interval,
        curve: state.curve,
        n_failures: state.n_failures,
        failing_since: state.failing_since,
    }
}

/// The inverse, with when it is due.
fn plan_next(state: &mut PollState, next: &Next) {
    state.next_poll_at = Some(next.at);
    state.interval = next.rhythm.interval;
    state.curve = next.rhythm.curve;
    state.n_failures = next.rhythm.n_failures;
    state.failing_since = next.rhythm.failing_since;
}

/// The oldest tenth does not count: some feeds keep one old entry pinned for ever.
fn window(tx: &Tx<'_>, id: FeedId, n_new: usize) -> Result<Option<Window>, Error> {
    let appeared = sightings::appeared(tx, id)?;
    let Some(last) = appeared.len().checked_sub(1) else { return Ok(None) };
    Ok(Some(Window {
        n_listed: appeared.len(),
        n_new,
        oldest_at: appeared[last * 9 / 10],
        quarter_at: appeared[appeared.len() / 4],
    }))
}

/// Records that a poll failed before it could say so itself.
pub async fn record_failure(
    context: &Context<'_>,
    id: FeedId,
    feed: &Feed,
    state: PollState,
    failure: Failure,
) -> Result<Polled, Error> {
    let outcome = Outcome::Failed(failure);
    let fetch = Fetch {
        at: (context.clock)(),
        final_url: None,
        status: None,
        outcome: outcome.clone(),
        size_bytes: 0,
        duration: Duration::ZERO,
    };
    let read = Read { outcome, body_hash: None, body_check: None, document: None };
    let last_at = state.last_success_at;
    let policy = context.policy.clone();
    let plan = Plan {
        id,
        url: feed.url.clone(),
        name: feed.name.clone(),
        policy,
        fetch,
        max_age: None,
        last_at,
        vouched_for: None,
        state,
        unreached_since: None,
        is_asked_again: false,
        push: Push::default(),
        kept: None,
        read,
    };
    context.writer.write(move |tx| plan.carry_out(tx)).await
}
