//! `knipsel feed test`.

use std::time::Duration;

use serde_json::{Map, json};

use crate::cli::args::{Global, TestArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::known::Known;
use crate::cli::feed::visit::{Visitor, failure};
use crate::cli::feed::{add, found, unknown};
use crate::cli::out::{Format, Record, bold, clean, dim, line};
use crate::cli::{out, setup};
use crate::config::paths::Paths;
use crate::config::{catalogue, entries};
use crate::discover::Discovery;
use crate::discover::visit::{Found, Visit};
use crate::model::entry::Entry;
use crate::model::feed::Feed;
use crate::model::time::{StatedDate, Timestamp};
use crate::model::units::Span;
use crate::normalize::entry::normalize;
use crate::normalize::gate;
use crate::parse::discover::Page;
use crate::parse::feed::ParsedFeed;
use crate::service::clock;

/// Headlines shown to people.
const HEADLINES: usize = 5;

pub(super) fn test(global: &Global, args: &TestArgs) -> Result<Exit, Failure> {
    let paths = setup::paths(global)?;
    let feed = find(&args.feed, &paths)?;
    let visitor = Visitor::new(global, &paths)?;
    let visit = visitor.visit(&feed);
    let summary = Summary::new(&feed, &visit, clock::now());
    if let Found::Page(page) = &visit.found {
        let found = visitor.discover(&feed.url, &visit.response.final_url, page);
        return self::page(args.format, &summary, page, &found);
    }
    match args.format {
        Format::Table if visit.response.status.is_none() => {}
        Format::Table => summary.page()?,
        Format::Csv => {
            out::records(Format::Csv, summary.entries.iter().map(entry))?;
        }
        format => out::object(format, summary.record())?,
    }
    match failure(&visit.found, &feed.url, Exit::NothingFound) {
        Some(failure) => Err(failure),
        None => Ok(Exit::Done),
    }
}

/// The feeds of a page.
fn page(
    format: Format,
    summary: &Summary<'_>,
    page: &Page,
    found: &Discovery,
) -> Result<Exit, Failure> {
    let known = Known::new(&[]);
    if format == Format::Table {
        summary.page()?;
        if !(found.feeds.is_empty() && found.broken.is_empty()) {
            line("")?;
        }
        found::list(found, &known)?;
    } else {
        let mut record = summary.record();
        record.insert("title".to_owned(), json!(page.title));
        record.insert("gate".to_owned(), json!(found.gate));
        record.insert("feeds".to_owned(), found::records(found, &known));
        record.insert("not_looked_at".to_owned(), json!(found.n_left));
        record.insert("news_sitemaps".to_owned(), json!(found.news_sitemaps));
        out::object(format, record)?;
    }
    if found.feeds.is_empty() {
        return Err(found::none(found, summary.url, Exit::NothingFound));
    }
    for remark in found::remarks(found, summary.url) {
        out::note(&clean(&remark));
    }
    Ok(Exit::Done)
}

/// The feed that `word` names; any URL will do.
fn find(word: &str, paths: &Paths) -> Result<Feed, Failure> {
    let url = add::url(word);
    // A mistake in the list is no reason not to look at a URL.
    let listed = setup::listed(paths);
    let listed = if url.is_some() { listed.unwrap_or_default() } else { listed? };
    let own = listed.iter().find(|feed| feed.name == word);
    if let Some(feed) = own.or_else(|| catalogue::feed(word)) {
        return Ok(feed.clone());
    }
    let Some(url) = url else { return Err(unknown(word, &listed)) };
    entries::check_url(&url).map_err(|reason| Failure::new(Exit::Usage, reason))?;
    let url = gate::behind(&url).unwrap_or(url);
    let known = Known::new(&listed).at(&url).cloned();
    Ok(known.unwrap_or_else(|| Feed::new("", url)))
}

/// What is worth telling about a document.
struct Summary<'v> {
    url: &'v str,
    visit: &'v Visit,
    parsed: Option<&'v ParsedFeed>,
    entries: Vec<Entry>,
    newest: Option<StatedDate>,
    oldest: Option<StatedDate>,
    reach: Option<Duration>,
}

impl<'v> Summary<'v> {
    fn new(feed: &'v Feed, visit: &'v Visit, now: Timestamp) -> Self {
        let parsed = match &visit.found {
            Found::Feed(parsed) => Some(parsed),
            _ => None,
        };
        let entries: Vec<Entry> =
            parsed.iter().flat_map(|parsed| &parsed.entries).map(normalize).collect();
        let mut dates: Vec<StatedDate> =
            entries.iter().filter_map(|entry| entry.published.or(entry.modified)).collect();
        dates.sort_by_key(|date| std::cmp::Reverse(date.at));
        Self {
            url: &feed.url,
            visit,
            parsed,
            entries,
            newest: dates.first().copied(),
            oldest: dates.last().copied(),
            reach: reach(&dates, now),
        }
    }

    fn count(&self, has: impl Fn(&Entry) -> bool) -> usize {
        self.entries.iter().filter(|entry| has(entry)).count()
    }

    fn n_dates(&self) -> usize {
        self.count(|entry| entry.published.or(entry.modified).is_some())
    }

    /// Words of a text, on average over the entries that have one.
    fn words_average(&self) -> usize {
        let n_words: usize = self.entries.iter().map(|entry| n_words(&entry.text)).sum();
        n_words.checked_div(self.count(has_text)).unwrap_or_default()
    }

    fn repairs(&self) -> Vec<String> {
        self.parsed.map(|parsed| parsed.repairs.lines()).unwrap_or_default()
    }

    fn record(&self) -> Record {
        let response = &self.visit.response;
        let failure = failure(&self.visit.found, self.url, Exit::NothingFound);
        let entries: Vec<Record> = self.entries.iter().map(entry).collect();
        let fields = [
            ("url", json!(self.url)),
            ("final_url", json!(response.final_url)),
            ("moved", json!(response.is_moved)),
            ("problem", json!(failure.map(|failure| failure.to_string()))),
            ("status", json!(response.status)),
            ("content_type", json!(response.content_type)),
            ("encoding", json!(self.parsed.map(|parsed| parsed.encoding))),
            ("size_bytes", json!(response.size_bytes)),
            ("duration_ms", json!(response.duration.as_millis())),
            ("title", json!(self.parsed.and_then(|parsed| parsed.title.as_ref()))),
            ("language", json!(self.parsed.and_then(|parsed| parsed.hints.language.as_ref()))),
            ("newest", json!(self.newest.map(StatedDate::to_rfc3339))),
            ("oldest", json!(self.oldest.map(StatedDate::to_rfc3339))),
            ("reach_s", json!(self.reach.map(|reach| reach.as_secs()))),
            ("with_guid", json!(self.count(|entry| entry.guid.is_some()))),
            ("with_link", json!(self.count(|entry| entry.link.is_some()))),
            ("with_date", json!(self.n_dates())),
            ("with_text", json!(self.count(has_text))),
            ("words_average", json!(self.words_average())),
            ("warnings", json!(self.repairs())),
            ("entries", json!(entries)),
        ];
        fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    fn page(&self) -> Result<(), Failure> {
        let response = &self.visit.response;
        let title = match &self.visit.found {
            Found::Feed(parsed) => parsed.title.as_deref().unwrap_or_default(),
            Found::Page(page) => &page.title,
            _ => "",
        };
        if !title.is_empty() {
            line(&bold(&clean(title)))?;
        }
        let led_to = Some(&response.final_url).filter(|url| *url != self.url);
        let kind = if response.is_moved { "moved for good" } else { "for now" };
        let mut facts = vec![
            ("url", Some(self.url.to_owned())),
            ("redirected", led_to.map(|url| format!("to {url} ({kind})"))),
            ("status", response.status.map(|status| status.to_string())),
            ("type", response.content_type.clone()),
        ];
        if let Some(parsed) = self.parsed {
            facts.extend(self.contents(parsed));
        }
        out::facts(&facts)?;
        if self.entries.is_empty() {
            return Ok(());
        }
        line("")?;
        for entry in self.entries.iter().take(HEADLINES) {
            let date =
                entry.published.map_or_else(|| "no date".to_owned(), |date| date.to_string());
            line(&format!("{}  {}", dim(&format!("{date:<16}")), clean(&entry.title)))?;
        }
        Ok(())
    }

    fn contents(&self, parsed: &ParsedFeed) -> Vec<(&'static str, Option<String>)> {
        let reach = self.reach.map(|reach| format!("; the list reaches back {}", Span(reach)));
        let oldest = self.oldest.map(|date| format!("{date}{}", reach.unwrap_or_default()));
        let mut facts = vec![
            ("encoding", Some(parsed.encoding.to_owned())),
            ("entries", Some(self.entries.len().to_string())),
            (
                "with",
                Some(format!(
                    "GUID {}, link {}, date {}, text {} ({} words on average)",
                    self.count(|entry| entry.guid.is_some()),
                    self.count(|entry| entry.link.is_some()),
                    self.n_dates(),
                    self.count(has_text),
                    self.words_average(),
                )),
            ),
            ("newest", self.newest.map(|date| date.to_string())),
            ("oldest", oldest),
        ];
        facts.extend(self.repairs().into_iter().map(|repair| ("repaired", Some(repair))));
        facts
    }
}

/// How long an article stays listed. The oldest tenth does not count, as when polls are planned:
/// some feeds keep one old entry for ever.
fn reach(newest_first: &[StatedDate], now: Timestamp) -> Option<Duration> {
    let last = newest_first.len().checked_sub(1)?;
    Some(now.since(newest_first[last * 9 / 10].at))
}

fn has_text(entry: &Entry) -> bool {
    !entry.text.is_empty()
}

fn n_words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn entry(entry: &Entry) -> Record {
    Map::from_iter([
        ("title".to_owned(), json!(entry.title)),
        ("link".to_owned(), json!(entry.link)),
        ("guid".to_owned(), json!(entry.guid)),
        ("published".to_owned(), json!(entry.published.map(StatedDate::to_rfc3339))),
        ("authors".to_owned(), json!(entry.authors)),
        ("words".to_owned(), json!(n_words(&entry.text))),
    ])
}
