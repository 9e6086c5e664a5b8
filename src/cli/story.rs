//! `knipsel story`: who has a text, who was first, and what each kept of it.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::args::{Global, StoryArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, bold, clean, dim, line};
use crate::cli::{named, out, render, setup};
use crate::dedupe::near::credit::credit;
use crate::dedupe::near::overlap::{Overlap, Prepared, overlap};
use crate::model::units::Span;
use crate::store::Reader;
use crate::store::library::{self, Article};
use crate::store::told::{self, Story};

/// Versions before a version among which its source is looked for, the latest and the first.
const SOURCES_MAX: usize = 20;

pub(super) fn story(global: &Global, args: &StoryArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let row = named::article(&reader, &args.id)?;
    let Some(story) = told::story(&reader, row)? else {
        out::note(&format!("no other article has the text of `{}`", args.id));
        return Ok(Exit::NothingFound);
    };
    let versions = versions(&reader, &story)?;
    match args.format {
        Format::Table => page(&story, &versions)?,
        Format::Json => out::object(Format::Json, record(&story, &versions))?,
        format => {
            out::records(format, versions.iter().map(|version| version.record(&versions)))?;
        }
    }
    Ok(Exit::Done)
}

/// One outlet's version.
struct Version {
    article: Article,
    credit: Option<&'static str>,
    text: Prepared,
    /// What it shares with the first; `None` for the first itself.
    with_first: Option<Overlap>,
    /// The version before it that has most of its text, and what they share.
    source: Option<(usize, Overlap)>,
}

/// All versions of a story, in the order in which they were published.
fn versions(reader: &Reader, story: &Story) -> Result<Vec<Version>, Failure> {
    let mut versions: Vec<Version> = Vec::with_capacity(story.articles.len());
    for row in &story.articles {
        let Some(article) = library::article(reader, *row)? else { continue };
        let content = &article.revision.content;
        let text = Prepared::of(&content.text);
        let with = |before: &Version| overlap(&text, &before.text, &HashSet::new());
        let n_skipped = versions.len().saturating_sub(SOURCES_MAX);
        let before = versions.iter().enumerate().filter(|(at, _)| *at == 0 || *at >= n_skipped);
        let shared: Vec<(usize, Overlap)> = before.map(|(at, v)| (at, with(v))).collect();
        let with_first = shared.first().map(|(_, overlap)| *overlap);
        // Of equal ones the first is the source.
        let source = shared
            .into_iter()
            .rev()
            .max_by(|(_, a), (_, b)| a.kept_of_first().total_cmp(&b.kept_of_first()));
        let credit = credit(content);
        versions.push(Version { article, credit, text, with_first, source });
    }
    Ok(versions)
}

fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

/// A part in thousandths, so that a figure does not look more exact than it is.
fn share(part: f64) -> Value {
    json!((part * 1000.0).round() / 1000.0)
}

impl Version {
    fn outlet(&self) -> &str {
        self.article.outlet.as_deref().unwrap_or("-")
    }

    fn record(&self, versions: &[Self]) -> Record {
        let article = &self.article;
        let source = self.source.and_then(|(at, overlap)| Some((versions.get(at)?, overlap)));
        let mut record = render::article(article, None);
        for key in ["snippet", "text", "tags", "feeds"] {
            record.remove(key);
        }
        let more = [
            ("credit", json!(self.credit)),
            ("is_first", json!(self.with_first.is_none())),
            ("share_from_first", json!(self.with_first.map(|o| share(o.kept_of_first())))),
            ("share_of_first", json!(self.with_first.map(|o| share(o.kept_of_second())))),
            ("source", json!(source.map(|(version, _)| version.article.id.as_str()))),
            ("share_from_source", json!(source.map(|(_, o)| share(o.kept_of_first())))),
            ("revised", json!(article.revision.number > 1)),
            ("last_revised", json!(self.last_revised())),
        ];
        record.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
        record
    }

    fn last_revised(&self) -> Option<String> {
        let revision = &self.article.revision;
        (revision.number > 1).then(|| revision.seen_at.to_rfc3339())
    }
}

fn record(story: &Story, versions: &[Version]) -> Record {
    let outlets: HashSet<&str> = versions.iter().map(Version::outlet).collect();
    let first = versions.first().map(|version| &version.article);
    let credit = versions.iter().find_map(|version| version.credit);
    let articles: Vec<Record> = versions.iter().map(|version| version.record(versions)).collect();
    [
        ("id", json!(story.id.as_str())),
        ("title", json!(first.map(render::headline))),
        ("first", json!(first.map(|article| article.id.as_str()))),
        ("first_outlet", json!(first.map(|article| &article.outlet))),
        ("n_articles", json!(versions.len())),
        ("n_outlets", json!(outlets.len())),
        ("credit", json!(credit)),
        ("articles", json!(articles)),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

fn page(story: &Story, versions: &[Version]) -> Result<(), Failure> {
    let Some(first) = versions.first() else { return Ok(()) };
    let outlets: HashSet<&str> = versions.iter().map(Version::outlet).collect();
    line(&bold(&clean(&render::headline(&first.article))))?;
    let credit = versions.iter().find_map(|version| version.credit);
    let credit = credit.map(|agency| format!(", credited to {agency}")).unwrap_or_default();
    let (n, n_outlets) = (versions.len(), outlets.len());
    let outlets = if n_outlets == 1 { "outlet" } else { "outlets" };
    line(&dim(&format!("story {}  {n} articles of {n_outlets} {outlets}{credit}", story.id)))?;
    for version in versions {
        line("")?;
        let Article { id, .. } = &version.article;
        let when = render::when(&version.article);
        let later = later(&first.article, &version.article);
        line(&dim(&format!("{id}  {when}{later}  {}", clean(version.outlet()))))?;
        line(&format!("  {}", clean(&render::headline(&version.article))))?;
        for told in told_of(version, versions) {
            line(&format!("  {told}"))?;
        }
    }
    Ok(())
}

/// How long after the first a version was published.
fn later(first: &Article, article: &Article) -> String {
    let at = |article: &Article| {
        let stated = article.revision.content.published.map(|date| date.at);
        stated.unwrap_or(article.first_seen_at)
    };
    let wait = at(article).since(at(first));
    if wait == Duration::ZERO { String::new() } else { format!("  +{}", Span(wait)) }
}

fn told_of(version: &Version, versions: &[Version]) -> Vec<String> {
    let mut told = Vec::new();
    match version.with_first {
        None => told.push("first".to_owned()),
        Some(with) => told.push(format!(
            "{} of it is in the first, of which it keeps {}",
            percent(with.kept_of_first()),
            percent(with.kept_of_second())
        )),
    }
    if let Some((source, overlap)) = version.source.filter(|(at, _)| *at > 0)
        && let Some(source) = versions.get(source)
    {
        told.push(format!(
            "{} of it is in that of {} ({})",
            percent(overlap.kept_of_first()),
            clean(source.outlet()),
            source.article.id
        ));
    }
    if let Some(agency) = version.credit {
        told.push(format!("credited to {agency}"));
    }
    let revision = &version.article.revision;
    if revision.number > 1 {
        told.push(format!("revision {}, seen {}", revision.number, revision.seen_at));
    }
    told
}
