//! `knipsel feed show`.

use serde_json::json;

use crate::cli::args::{FeedShowArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::{record, unknown};
use crate::cli::out::{Format, bold, clean, line};
use crate::cli::{out, setup, status};
use crate::config::catalogue;
use crate::model::feed::{ArticleIdPattern, Feed, Fulltext};
use crate::model::time::Timestamp;
use crate::model::units::Span;
use crate::service::clock;
use crate::store::coverage::Summary;
use crate::store::library::{self, FeedHealth};
use crate::store::polls::{self, PastPoll, Tally};
use crate::store::subscriptions::Summary as Push;

/// Fetches shown.
const FETCHES: u32 = 10;

/// Of validators that were found to lie.
const LYING: &str = "not sent: a 304 hid a change";

pub(super) fn show(global: &Global, args: &FeedShowArgs) -> Result<Exit, Failure> {
    let listed = setup::listed(&setup::paths(global)?)?;
    let Some(feed) = listed.iter().find(|feed| feed.name == args.name) else {
        return Err(not_listed(&args.name, &listed));
    };
    let (health, fetches) = match setup::reader_if_any(global)? {
        Some(reader) => (
            library::health(&reader, clock::now())?
                .into_iter()
                .find(|health| health.name == feed.name),
            polls::recent(&reader, &feed.name, FETCHES)?,
        ),
        None => (None, Vec::new()),
    };
    if args.format == Format::Table {
        page(feed, health.as_ref(), &fetches)?;
        return Ok(Exit::Done);
    }
    let mut record = record::feed(feed, health.as_ref());
    let fetches: Vec<_> = fetches.iter().map(record::poll).collect();
    record.insert("coverage".to_owned(), record::coverage(health.as_ref()));
    record.insert("push".to_owned(), record::push(health.as_ref()));
    record.insert("fetches".to_owned(), json!(fetches));
    out::object(args.format, record)?;
    Ok(Exit::Done)
}

fn not_listed(name: &str, listed: &[Feed]) -> Failure {
    if catalogue::feed(name).is_none() {
        return unknown(name, listed);
    }
    let message = format!("feed `{name}` is in the catalogue, but not in the feed list");
    Failure::new(Exit::NotFound, message).hint(format!("`knipsel feed add {name}` adds it"))
}

fn page(feed: &Feed, health: Option<&FeedHealth>, fetches: &[PastPoll]) -> Result<(), Failure> {
    line(&bold(&clean(&feed.name)))?;
    let mut facts = wishes(feed);
    match health {
        Some(health) => {
            facts.extend(state(health));
            facts.extend(coverage(health, fetches));
        }
        None => facts.push(("last poll", Some("never".to_owned()))),
    }
    out::facts(&facts)?;
    if !fetches.is_empty() {
        line("")?;
        out::records(Format::Table, fetches.iter().map(record::poll_row))?;
    }
    Ok(())
}

type Fact = (&'static str, Option<String>);

fn wishes(feed: &Feed) -> Vec<Fact> {
    let pattern = feed.article_id.as_ref().map(ArticleIdPattern::as_str);
    vec![
        ("url", Some(feed.url.clone())),
        ("outlet", feed.outlet.clone()),
        ("section", feed.section.clone()),
        ("tags", Some(feed.tags.join(", ")).filter(|tags| !tags.is_empty())),
        ("language", feed.language.clone()),
        ("country", feed.country.clone()),
        ("paused", feed.is_paused.then(|| "yes".to_owned())),
        ("full text", (feed.fulltext == Fulltext::Off).then(|| "off".to_owned())),
        ("article id", pattern.map(str::to_owned)),
        ("user agent", feed.user_agent.clone()),
        ("sitemap", feed.sitemap.clone()),
        ("page rules", page_rules(feed)),
        ("replaces", Some(feed.replaces.join(", ")).filter(|urls| !urls.is_empty())),
    ]
}

fn page_rules(feed: &Feed) -> Option<String> {
    let rules = feed.pages.all().map(|(rule, selector)| format!("{} {selector}", rule.as_str()));
    let rules: Vec<String> = rules.collect();
    (!rules.is_empty()).then(|| rules.join("; "))
}

fn state(health: &FeedHealth) -> [Fact; 10] {
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let outcome = health.last_outcome.as_deref().unwrap_or("never");
    let last_poll = health.last_poll_at.map(|at| format!("{at}, {outcome}"));
    let failing = health.failing_since.map(|at| match health.n_failures {
        0 => format!("{at}, the server asks to wait"),
        1 => format!("{at}, once"),
        n => format!("{at}, {n} times in a row"),
    });
    let reason = health.next_reason.as_ref().map(|reason| format!(", {reason}"));
    let next = health.next_poll_at.map_or_else(|| "now".to_owned(), |at| at.to_string());
    [
        ("title", health.title.clone()),
        ("articles", Some(health.n_articles.to_string())),
        ("last poll", last_poll.or_else(|| Some("never".to_owned()))),
        ("error", health.last_error.clone()),
        ("last success", moment(health.last_success_at)),
        ("last new", moment(health.last_new_at)),
        ("failing since", failing),
        ("moved", status::moved(health)),
        ("validators", health.has_lying_validators.then(|| LYING.to_owned())),
        ("next poll", (!health.is_paused).then(|| format!("{next}{}", reason.unwrap_or_default()))),
    ]
}

fn coverage(health: &FeedHealth, fetches: &[PastPoll]) -> [Fact; 5] {
    let span = |duration| Span(duration).to_string();
    let reason = health.next_reason.as_deref().map(|reason| format!(" ({reason})"));
    let interval = health.interval().map(|wait| span(wait) + &reason.unwrap_or_default());
    [
        ("interval", interval.filter(|_| !health.is_paused)),
        ("reach", health.reach().map(span)),
        ("overlap", overlap(fetches)),
        ("coverage", ledger(&health.coverage)),
        ("push", health.push.as_ref().map(push)),
    ]
}

/// Who pushes the feed, and what it left out.
fn push(push: &Push) -> String {
    let state = match (push.live_until, &push.result) {
        (Some(until), _) if push.is_live(clock::now()) => format!("until {until}"),
        (_, Some(result)) => format!("{}: {result}", push.state),
        _ => push.state.clone(),
    };
    let refused = match push.n_refused {
        0 => String::new(),
        n => format!(", {n} refused"),
    };
    let (hub, n_new, n_missed) = (&push.hub, push.n_new, push.n_missed);
    format!("by {hub} {state}; {n_new} new, {n_missed} missed{refused}")
}

/// How much of each window was still listed at the next.
fn overlap(fetches: &[PastPoll]) -> Option<String> {
    let windows: Vec<_> = fetches
        .iter()
        .filter(|fetch| fetch.pushed_by.is_none())
        .filter_map(|fetch| fetch.tally)
        .collect();
    let percent = |pair: &[Tally]| {
        (pair[1].n_entries > 0).then(|| pair[0].n_overlap * 100 / pair[1].n_entries)
    };
    let shares: Vec<usize> = windows.windows(2).filter_map(percent).collect();
    let (newest, least) = (shares.first()?, shares.iter().min()?);
    Some(format!(
        "{newest} % of the window before; at least {least} % of the last {}",
        shares.len()
    ))
}

fn ledger(coverage: &Summary) -> Option<String> {
    let (state, since) = (coverage.state?, coverage.state_since_at?);
    let gaps = match coverage.n_gaps {
        0 => "no gaps".to_owned(),
        1 => "1 suspected gap".to_owned(),
        n => format!("{n} suspected gaps"),
    };
    let begun = coverage.since_at.map_or_else(String::new, |at| format!(" since {at}"));
    Some(format!("{} since {since}; {gaps}{begun}", state.as_str()))
}
