//! `knipsel show --explain`: how the text of an article was made of its page.

use serde_json::{Value, json};

use crate::cli::failure::Failure;
use crate::cli::out::{Format, Record, clean, line};
use crate::cli::{out, render};
use crate::enrich::learned;
use crate::extract;
use crate::extract::Candidate;
use crate::extract::recurring::{self, Recurring};
use crate::model::page::Followed;
use crate::store::library::Article;
use crate::store::pages::state::{self, State};
use crate::store::{ArticleRow, Reader, recurring as counted};

/// What is known of how a text came about.
struct Explained {
    state: Option<State>,
    candidates: Vec<Candidate>,
    /// Blocks that were left out, and on how many pages of the outlet each stood.
    dropped: Vec<(String, Option<u32>)>,
    n_counted: u32,
}

/// Tells a person how the text of `article` came about; for a program it gives the record.
pub(super) fn explain(
    reader: &Reader,
    article: &Article,
    format: Format,
) -> Result<Option<Record>, Failure> {
    let explained = Explained::read(reader, article.row)?;
    if format != Format::Table {
        return Ok(Some(record(article, &explained)));
    }
    page(article, &explained)?;
    Ok(None)
}

impl Explained {
    fn read(reader: &Reader, row: ArticleRow) -> Result<Self, Failure> {
        let state = state::of(reader, row)?;
        let list = |json: Option<&String>| json.map_or("[]", String::as_str).to_owned();
        let of = state.as_ref();
        let candidates = list(of.and_then(|state| state.candidates.as_ref()));
        let blocks = list(of.and_then(|state| state.dropped.as_ref()));
        let counted = match of {
            Some(state) => counted::of(reader, learned::key(state))?,
            None => Recurring::default(),
        };
        let blocks: Vec<String> = serde_json::from_str(&blocks).unwrap_or_default();
        let dropped = blocks.into_iter().map(|block| {
            let n_pages = counted.n_pages_with(recurring::key_of(&block));
            (block, n_pages)
        });
        let dropped = dropped.collect();
        let candidates = serde_json::from_str(&candidates).unwrap_or_default();
        Ok(Self { state, candidates, dropped, n_counted: counted.n_pages() })
    }
}

/// The rules of the outlet by which the page was read.
fn followed(state: Option<&State>) -> impl Iterator<Item = &Followed> {
    state.into_iter().flat_map(|state| &state.followed)
}

fn record(article: &Article, explained: &Explained) -> Record {
    let Explained { state, candidates, dropped, n_counted } = explained;
    let candidates: Vec<Value> = candidates
        .iter()
        .map(|one| json!({ "name": one.name, "words": one.n_words, "agreement": one.agreement }))
        .collect();
    let dropped: Vec<Value> =
        dropped.iter().map(|(text, n)| json!({ "text": text, "pages": n })).collect();
    let of = state.as_ref();
    let rules: Vec<Value> = followed(state.as_ref())
        .map(
            |one| json!({ "rule": one.rule, "selector": one.selector, "elements": one.n_elements }),
        )
        .collect();
    let fields = [
        ("id", json!(article.id.as_str())),
        ("revision", json!(article.revision.number)),
        ("source", json!(article.revision.source)),
        ("page", json!(of.map(|state| &state.url))),
        ("read", render::moment(of.and_then(|state| state.last_at))),
        ("outcome", json!(of.map(|state| &state.last_outcome))),
        ("reason", json!(of.and_then(|state| state.last_error.as_ref()))),
        ("access", json!(of.and_then(|state| state.access.as_ref()))),
        ("last_access", json!(of.and_then(|state| state.last_access.as_ref()))),
        ("kind", json!(of.and_then(|state| state.kind.as_ref()))),
        ("next_read", render::moment(of.and_then(|state| state.next_at))),
        ("next_reason", json!(of.map(|state| &state.next_reason))),
        ("extractor", json!(of.map(|state| state.extractor))),
        ("extractor_now", json!(extract::VERSION)),
        ("candidates", json!(candidates)),
        ("rules", json!(rules)),
        ("recurring", json!(dropped)),
        ("pages_counted", json!(n_counted)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn page(article: &Article, explained: &Explained) -> Result<(), Failure> {
    let Explained { state, candidates, dropped, n_counted } = explained;
    line(&out::bold(&clean(&render::headline(article))))?;
    let source =
        format!("revision {} is from its {}", article.revision.number, article.revision.source);
    let Some(state) = state else {
        return Ok(line(&format!("{source}; no page of it was read"))?);
    };
    let or_never = |at: Option<crate::model::time::Timestamp>| {
        at.map_or_else(|| "never".to_owned(), |at| at.to_string())
    };
    let outcome = match &state.last_error {
        Some(reason) => format!("{}: {reason}", state.last_outcome),
        None => state.last_outcome.clone(),
    };
    out::facts(&[
        ("text", Some(source)),
        ("page", Some(state.url.clone())),
        ("read", Some(format!("{} times, last {}", state.n_reads, or_never(state.last_at)))),
        ("outcome", Some(outcome)),
        ("access", state.last_access.clone().or_else(|| state.access.clone())),
        ("kind", state.kind.clone()),
        ("next", Some(format!("{} ({})", or_never(state.next_at), state.next_reason))),
        ("extractor", Some(format!("version {}; now {}", state.extractor, extract::VERSION))),
    ])?;
    for one in candidates {
        let percent = one.agreement * 100.0;
        let (name, n_words) = (clean(&one.name), one.n_words);
        line(&format!("{name}: {n_words} words, which hold {percent:.0} % of the text"))?;
    }
    for one in followed(Some(state)) {
        let (rule, selector, n) = (one.rule.as_str(), clean(&one.selector), one.n_elements);
        line(&format!("rule of the outlet: {rule} `{selector}`, which found {n}"))?;
    }
    for (block, n_pages) in dropped {
        let on = n_pages.map_or_else(
            || "no longer counted".to_owned(),
            |n| format!("on {n} of {n_counted} pages of the outlet"),
        );
        line(&format!("left out, {on}: {}", clean(block)))?;
    }
    Ok(())
}
