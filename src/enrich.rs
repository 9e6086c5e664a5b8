//! The pipeline: the page of one article, from the request to the transaction that stores what came
//! of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use crate::capture::{self, Exchange};
use crate::dedupe::fingerprint;
use crate::enrich::learned::Learned;
use crate::enrich::plan::Plan;
use crate::enrich::seen::{Seen, What};
use crate::extract::access::Wall;
use crate::extract::recurring::{Keys, Recurring};
use crate::extract::{self, Page, Rules, Source};
use crate::fetch::client::Client;
use crate::fetch::{self, Answer, Forbidden, Request, Response};
use crate::model::capture::Kept;
use crate::model::feed::{Feed, Validators};
use crate::model::fetch::{Failure, FailureClass};
use crate::model::page::PageRules;
use crate::model::reservation::Reservations;
use crate::model::time::Timestamp;
use crate::normalize::url::is_home_page;
use crate::parse::reservation;
use crate::schedule::pages::Policy;
use crate::store::pages::state::{self, State};
use crate::store::{ArticleRow, Error, Writer};
use crate::warc::Keeper;
use crate::worker::Worker;

pub mod again;
pub mod learned;
mod plan;
mod seen;

/// What every reading needs.
#[derive(Debug)]
pub struct Context<'c> {
    /// The door to the web.
    pub client: &'c Client,
    /// The archive.
    pub writer: &'c Writer,
    /// When to read again.
    pub policy: &'c Policy,
    /// Reads pages in a process of its own.
    pub worker: &'c tokio::sync::Mutex<Worker>,
    /// What recurs on the pages of each outlet.
    pub learned: &'c Mutex<Learned>,
    /// Keeps what servers sent.
    pub keeper: &'c Arc<Keeper>,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
}

/// What reading a page came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// How it ended, in a word.
    pub outcome: &'static str,
    /// What was edited since the last time.
    pub changed: Vec<&'static str>,
    /// Why it could not be read.
    pub reason: Option<String>,
    /// When it is read again; never when `None`.
    pub next_at: Option<Timestamp>,
}

impl Read {
    /// Whether its text could be read.
    pub fn is_success(&self) -> bool {
        matches!(self.outcome, "read" | "changed" | "same")
    }
}

/// Reads the page of `article` and stores what came of it, all in one transaction.
///
/// # Errors
/// Only what stops the archive from being written; a page that cannot be read is a result.
pub async fn read(
    context: &Context<'_>,
    article: ArticleRow,
    feed: &Feed,
    state: State,
) -> Result<Read, Error> {
    let no_validators = Validators::default();
    let is_known = state.body_hash.is_some() && is_read_alike(&state, &feed.pages);
    let request = Request {
        url: &state.url,
        validators: if is_known { &state.validators } else { &no_validators },
        user_agent: feed.user_agent.as_deref(),
        now: (context.clock)(),
    };
    // Before the page, so that what was read need not wait for the site's next turn.
    let site = context.client.site_reservations(&request).await;
    let got = context.client.get_page(&request).await;
    let at = (context.clock)();
    let mut kept = None;
    let mut seen = match got {
        Err(forbidden) => Seen::only(forbidden_as(forbidden)),
        Ok(mut response) => {
            let mut answer = std::mem::replace(&mut response.answer, Answer::NotModified);
            if context.keeper.keeps_pages() {
                let notes = notes(&state, &site.clone().and(response.reservations.clone()));
                let current_hash = state.body_hash;
                let (response, answer) = (&response, &mut answer);
                let exchange = Exchange { response, answer, current_hash, notes, at };
                kept = capture::keep(context.keeper, context.writer, exchange).await;
            }
            let read = Known { article, state: &state, rules: &feed.pages };
            look(context, read, (&response, answer)).await?
        }
    };
    let site = match seen.final_url.as_deref() {
        Some(url) if !fetch::is_same_origin(url, &state.url) => {
            context.client.site_reservations(&Request { url, ..request }).await
        }
        _ => site,
    };
    seen.reserved = site.and(seen.reserved);
    let learned = learn(context, (article, &state), &mut seen);
    let plan = Plan {
        article,
        revisit: feed.revisit,
        rules: feed.pages.clone(),
        policy: context.policy.clone(),
        at,
        state,
        seen,
        kept: kept.map(Box::new),
        learned,
    };
    context.writer.write(move |tx| plan.carry_out(tx)).await
}

/// What is known of a page beside what went over the wire.
fn notes(state: &State, reserved: &Reservations) -> Vec<(&'static str, String)> {
    let reserved = reserved.words().join(", ");
    let mut notes = vec![("outlet", state.outlet.clone().unwrap_or_default())];
    notes.extend((!reserved.is_empty()).then_some(("reserved", reserved)));
    notes
}

fn forbidden_as(forbidden: Forbidden) -> What {
    let Forbidden { reason, wait, is_whole_host, .. } = forbidden;
    What::Forbidden { reason, wait, is_whole_host }
}

/// What is known of a page before it is read.
#[derive(Clone, Copy)]
struct Known<'k> {
    article: ArticleRow,
    state: &'k State,
    rules: &'k PageRules,
}

/// Makes something of an answer.
async fn look(
    context: &Context<'_>,
    known: Known<'_>,
    (response, answer): (&Response, Answer),
) -> Result<Seen, Error> {
    let Known { state, rules, .. } = known;
    let mut seen = Seen {
        status: response.status,
        final_url: Some(response.final_url.clone()).filter(|url| *url != state.url),
        reserved: response.reservations.clone(),
        ..Seen::only(What::Same)
    };
    let bytes = match answer {
        Answer::Document(_) if is_front(&response.final_url, &state.url) => {
            seen.what = What::Missing("it leads to a front page".to_owned());
            return Ok(seen);
        }
        Answer::Document(bytes) => bytes,
        Answer::NotModified => return Ok(seen),
        Answer::Gone => {
            seen.what = What::Missing("410 Gone".to_owned());
            return Ok(seen);
        }
        Answer::Throttled { wait } => {
            seen.what = What::Throttled { wait };
            return Ok(seen);
        }
        Answer::Failed(failure) => {
            seen.what = failed(failure, response.status);
            return Ok(seen);
        }
    };
    let hash = fingerprint::bytes(&bytes);
    let said = reservation::page(&String::from_utf8_lossy(&bytes));
    seen.reserved = response.reservations.clone().and(said);
    seen.hash = Some(hash);
    let is_alike = is_read_alike(state, rules);
    if state.body_hash == Some(hash) && is_alike {
        return Ok(seen);
    }
    if state.unread_hash == Some(hash) && is_alike {
        let reason = state.last_error.clone().unwrap_or_default();
        seen.what = What::Unread { reason, is_known: true };
        return Ok(seen);
    }
    // One that is no longer the next time either is taken as it is, where nothing was known before.
    seen.is_cut = is_cut(&bytes);
    if seen.is_cut && state.last_outcome != CUT {
        seen.what = What::Cut;
        return Ok(seen);
    }
    seen.validators = response.validators.clone();
    (seen.what, seen.gained) = extracted(context, known, (response, &bytes)).await?;
    Ok(seen)
}

/// Whether a page breaks off: a connection that was closed where no length was announced, or a server
/// that failed half way, looks like the end. Many pages leave out their last tags, and end with another
/// one.
fn is_cut(page: &[u8]) -> bool {
    let page = page.trim_ascii();
    let page = page.strip_prefix(b"\xef\xbb\xbf").unwrap_or(page);
    let has = |tag: &[u8]| page.windows(tag.len()).any(|part| part.eq_ignore_ascii_case(tag));
    page.starts_with(b"<") && !page.ends_with(b">") && !has(b"</html") && !has(b"</body")
}

/// Whether who asks for `asked` is led to the front of its site, or of a section: where publishers send
/// those who look for what is gone.
fn is_front(landed: &str, asked: &str) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let (Ok(landed_url), Ok(asked_url)) = (Url::parse(landed), Url::parse(asked)) else {
        return false;
    };
    let (landed_path, asked_path) = (path(&landed_url), path(&asked_url));
    // A query may name any article, wherever it stands.
    if landed_path == asked_path || landed_url.query().is_some() {
        return false;
    }
    // Of an article the address has an id or a slug, that of a section has neither.
    let is_of_article = |path: &str| path.contains(|c: char| c.is_ascii_digit() || c == '-');
    let is_section = asked_path.strip_prefix(&landed_path).is_some_and(|rest| {
        rest.starts_with('/') && is_of_article(rest) && !is_of_article(&landed_path)
    });
    let is_front = FRONTS.contains(&landed_path.as_str()) || is_section;
    let is_same_site = fetch::site(landed) == fetch::site(asked);
    !is_home_page(asked) && (is_home_page(landed) || is_front && is_same_site)
}

/// The outcome of a page that breaks off.
const CUT: &str = "cut";

/// Where front pages stand when not at the root.
const FRONTS: [&str; 6] =
    ["/home", "/index.html", "/index.php", "/voorpagina", "/start", "/homepage"];

/// What a failure says of the page.
fn failed(failure: Failure, status: Option<u16>) -> What {
    match (failure.class, status) {
        (FailureClass::Http, Some(404)) => What::Missing(failure.reason),
        (FailureClass::Http, Some(402)) => What::Refused { access: "paid", reason: failure.reason },
        (FailureClass::Http, Some(401 | 403 | 429 | 451)) => {
            What::Refused { access: "blocked", reason: failure.reason }
        }
        (
            FailureClass::Dns
            | FailureClass::Connect
            | FailureClass::Protocol
            | FailureClass::Tls
            | FailureClass::Timeout
            | FailureClass::Outage,
            _,
        ) => What::Unreachable(failure.reason),
        _ => What::Failed(failure.reason),
    }
}

async fn extracted(
    context: &Context<'_>,
    known: Known<'_>,
    (response, bytes): (&Response, &[u8]),
) -> Result<(What, Vec<u64>), Error> {
    let Known { state, rules, .. } = known;
    let source = Source {
        url: response.final_url.clone(),
        asked_url: Some(state.url.clone()),
        content_type: response.content_type.clone(),
        status: response.status,
    };
    let before = blocks_before(context, known).await?;
    let recurring = {
        let learned = context.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.keys(learned::key(state))
    };
    let mut keys = Keys::clone(&recurring);
    // None that was taken for a part of this article: nobody has taken it out since.
    keys.retain(|key| before.as_ref().is_none_or(|before| !before.contains_key(&key)));
    let rules = Rules { outlet: rules.clone(), recurring: keys };
    let answer = context.worker.lock().await.page(bytes, &source, &rules).await;
    let mut new = Vec::new();
    let what = match answer {
        Ok(Ok(mut page)) => match (page.wall, why_not(&page)) {
            (Some(wall), _) => What::Wall(wall),
            (None, Some(reason)) => What::Unread { reason: reason.to_owned(), is_known: false },
            (None, None) => {
                if let Some(before) = before {
                    new = learned::gained(&page.text, &before);
                    page.text = learned::without_counting(&page.text, &before, &recurring);
                }
                What::Article(Box::new(page))
            }
        },
        Ok(Err(unread)) => What::Unread { reason: unread.as_str().to_owned(), is_known: false },
        Err(error) => {
            tracing::error!("cannot read pages: {error}");
            What::Failed(error.to_string())
        }
    };
    Ok((what, new))
}

/// The blocks of the text that was last read, where that was read as it would be now.
async fn blocks_before(
    context: &Context<'_>,
    known: Known<'_>,
) -> Result<Option<learned::Said>, Error> {
    let Known { article, state, rules } = known;
    if state.n_reads == 0 || !is_read_alike(state, rules) {
        return Ok(None);
    }
    let last = context.writer.write(move |tx| state::last_text(tx, article)).await?;
    Ok(Some(learned::said(&last.unwrap_or_default())))
}

/// Counts the blocks of a page that was read for the first time, and what another one gained; gives
/// what is to be stored of it. What other pages gained as well is a new template, and not left in.
fn learn(
    context: &Context<'_>,
    (article, state): (ArticleRow, &State),
    seen: &mut Seen,
) -> Option<(String, Recurring)> {
    let What::Article(page) = &mut seen.what else { return None };
    let outlet = learned::key(state);
    let mut learned = context.learned.lock().unwrap_or_else(PoisonError::into_inner);
    let counted = if state.n_reads == 0 {
        learned.observe(outlet, &page.keys)
    } else if seen.gained.is_empty() {
        None
    } else {
        let counted = learned.gained(outlet, article, &seen.gained);
        let mut keys = Keys::clone(&learned.keys(outlet));
        keys.retain(|key| seen.gained.contains(&key));
        page.leave_out(&keys);
        counted
    };
    counted.map(|counted| (outlet.to_owned(), counted))
}

/// Whether what is known of a page was read as it would be read now: by this version of the extractor
/// and by these rules of its outlet. Another reading is better, or worse, and no edit.
fn is_read_alike(state: &State, rules: &PageRules) -> bool {
    let followed = state.followed.iter().map(|one| (one.rule, one.selector.as_str()));
    state.extractor == extract::VERSION && followed.eq(rules.all())
}

/// Why what was read of a page is no article.
fn why_not(page: &Page) -> Option<&'static str> {
    let is_empty = page.n_words == 0;
    page.wall.map(Wall::as_str).or(is_empty.then_some("no text was found"))
}

/// How long a host rests that could not be reached, or asked to wait, `n_failures` times in a row; not
/// at all for none.
fn rest_of(policy: &Policy, n_failures: u32) -> Duration {
    const FIRST_MAX: Duration = Duration::from_secs(600);
    const MAX: Duration = Duration::from_secs(6 * 3_600);
    let Some(n_doubled) = n_failures.checked_sub(1) else { return Duration::ZERO };
    let doubled = 2_u32.saturating_pow(n_doubled.min(16));
    policy.retry.0.min(FIRST_MAX).saturating_mul(doubled).min(MAX)
}

/// A kept exchange on its way into the transaction.
type Evidence = Option<Box<Kept>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fronts_are_where_those_are_sent_who_look_for_what_is_gone() {
        let check = |landed: &str, asked: &str, expected: bool| {
            let url = |path: &str| format!("https://zeeklei.example{path}");
            assert_eq!(is_front(&url(landed), &url(asked)), expected, "{asked} to {landed}");
        };
        check("/", "/nieuws/4401234-sluis-dicht", true);
        check("/nieuws/", "/nieuws/4401234-sluis-dicht", true);
        check("/voorpagina", "/regio/sluis-dicht.html", true);
        check("/sluis-dicht/", "/sluis-dicht/index.html", false);
        check("/regio/sluis", "/regio/sluis/amp", false);
        check("/nieuws/4401234", "/nieuws/4401234/sluis-dicht", false);
        check("/index.php?id=12", "/artikel.php?id=12", false);
        check("/index.php?id=12", "/index.php?id=12", false);
        check("/?p=12", "/?p=12", false);
        check("/regio/sluis-dicht", "/?p=12", false);
        assert!(!is_front("https://ander.example/nieuws", "https://zeeklei.example/nieuws/a-1"));
    }
}
