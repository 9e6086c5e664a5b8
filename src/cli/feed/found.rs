//! The feeds of a web page, as people and scripts see them.

use serde_json::{Value, json};

use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::known::Known;
use crate::cli::out::{bold, clean, dim, line};
use crate::discover::{Discovery, Facts, FoundFeed};
use crate::model::time::StatedDate;
use crate::model::units::Span;

/// Writes the feeds with their numbers, then what claims to be one and is not.
pub(super) fn list(found: &Discovery, known: &Known) -> Result<(), Failure> {
    for (number, feed) in found.feeds.iter().enumerate() {
        let url = &feed.candidate.url;
        let listed = known.at(url).map(|known| format!("  ({})", known.name)).unwrap_or_default();
        line(&format!("{:>2}  {}{}", number + 1, bold(&clean(title(feed))), dim(&clean(&listed))))?;
        line(&format!("    {}", clean(url)))?;
        line(&format!("    {}", dim(&contents(&feed.facts))))?;
        for also in &feed.also {
            line(&format!("    {}", dim(&format!("also {}", clean(also)))))?;
        }
    }
    for (candidate, reason) in &found.broken {
        line(&format!(" -  {}", clean(&candidate.url)))?;
        line(&format!("    {}", dim(&clean(reason))))?;
    }
    Ok(())
}

/// `20 entries over 2d 3h, newest 2026-09-21 16:24`
fn contents(facts: &Facts) -> String {
    let n = facts.n_entries;
    let entries = if n == 1 { "entry" } else { "entries" };
    let window = facts.window().filter(|window| !window.is_zero());
    let window = window.map(|window| format!(" over {}", Span(window))).unwrap_or_default();
    let newest = facts.newest.map(|newest| format!(", newest {newest}")).unwrap_or_default();
    format!("{n} {entries}{window}{newest}")
}

/// `https://dorp.example/rss: 20 entries over 2d 3h, newest 2026-09-21 16:24`
pub(super) fn summary(feed: &FoundFeed) -> String {
    format!("{}: {}", feed.candidate.url, contents(&feed.facts))
}

/// What the feed calls itself, or else what the page calls it.
pub(super) fn title(feed: &FoundFeed) -> &str {
    let own = feed.facts.title.as_deref();
    let page = Some(feed.candidate.title.as_str()).filter(|title| !title.is_empty());
    own.or(page).unwrap_or("without a title")
}

/// The feeds as JSON: working ones with their numbers, then the others with what is wrong.
pub(super) fn records(found: &Discovery, known: &Known) -> Value {
    let feeds = found.feeds.iter().enumerate().map(|(number, feed)| {
        let facts = &feed.facts;
        json!({
            "number": number + 1,
            "url": feed.candidate.url,
            "title": title(feed),
            "source": feed.candidate.source.as_str(),
            "comments": feed.candidate.is_comments(),
            "name": known.at(&feed.candidate.url).map(|known| &known.name),
            "entries": facts.n_entries,
            "newest": facts.newest.map(StatedDate::to_rfc3339),
            "oldest": facts.oldest.map(StatedDate::to_rfc3339),
            "window_s": facts.window().map(|window| window.as_secs()),
            "also": feed.also,
            "problem": null,
        })
    });
    let broken = found.broken.iter().map(|(candidate, reason)| {
        json!({
            "number": null,
            "url": candidate.url,
            "title": candidate.title,
            "source": candidate.source.as_str(),
            "problem": reason,
        })
    });
    feeds.chain(broken).collect()
}

/// What stands before the page, and what was not looked at.
pub(super) fn remarks(found: &Discovery, url: &str) -> Vec<String> {
    let gate = found.gate.as_ref().map(|host| {
        format!(
            "a consent gate at `{host}` stands before `{url}`, so the links of the page cannot \
             be read; these are feeds at usual places and of the catalogue"
        )
    });
    let left = (found.n_left > 0)
        .then(|| format!("{} more addresses that may be feeds were not looked at", found.n_left));
    gate.into_iter().chain(left).collect()
}

/// There is no feed.
pub(super) fn none(found: &Discovery, url: &str, exit: Exit) -> Failure {
    let message = match &found.gate {
        Some(host) => format!(
            "no feed found: a consent gate at `{host}` stands before `{url}`, and there is none \
             at the usual places"
        ),
        None => format!(
            "no feed found: the page at `{url}` announces none that works, and there is none at \
             the usual places"
        ),
    };
    let failure = Failure::new(exit, message);
    match found.news_sitemaps.first() {
        Some(sitemap) => failure.hint(format!("the site has a sitemap of its news: {sitemap}")),
        None => failure
            .hint("`knipsel feed catalog WORD` searches the catalogue; or give the URL of a feed"),
    }
}
