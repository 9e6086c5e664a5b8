//! `knipsel trends`: words and names that rose.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::json;

use crate::cli::args::{Global, TrendsArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Record};
use crate::cli::{indexed, question, setup};
use crate::index::search::{Page, Searcher, Sort};
use crate::language::keyness;
use crate::query::{Filter, Query};
use crate::service::clock;
use crate::store::library;
use crate::store::{ArticleRow, Reader};

/// Without `--since`.
const DAYS: Duration = Duration::from_secs(7 * 86_400);

/// Articles whose texts are read; of a longer time the newest.
const ARTICLES_MAX: usize = 20_000;

/// Something in fewer articles is chance.
const ARTICLES_MIN: u64 = 3;

/// Below this, one in a hundred rises by chance (chi-square, one degree of freedom: 6.63); there
/// are many words, so more is asked.
const RISE_MIN: f64 = 15.13;

/// Names looked up in the whole archive, each of which is a search.
const NAMES_MAX: usize = 100;

/// Something that rose.
struct Risen {
    what: String,
    n: u64,
    n_else: u64,
    rise: f64,
}

pub(super) fn trends(global: &Global, args: &TrendsArgs) -> Result<Exit, Failure> {
    let now = clock::now();
    let query = question::words(&args.question, now)?;
    let mut filter = question::filter(&args.question.limits, now)?;
    filter.since.get_or_insert(filter.until.unwrap_or(now).minus(DAYS));
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let Some(searcher) = indexed::open(&layout, &reader)? else { return Ok(Exit::NothingFound) };
    let page = Page { sort: Sort::Newest, limit: ARTICLES_MAX, offset: 0 };
    let hits = searcher.search(&query, &filter, &page)?;
    if hits.total > hits.articles.len() {
        out::note(&format!("looking at the newest {} of {}", hits.articles.len(), hits.total));
    }
    let (mut words, mut names) = (HashMap::new(), HashMap::new());
    for row in &hits.articles {
        let Some(article) = library::article(&reader, ArticleRow(*row))? else { continue };
        // The index counts the words of texts apart from those of headlines.
        let found = keyness::words_and_names(&article.revision.content.text);
        count(&mut words, found.0);
        count(&mut names, found.1);
    }
    let all = hits.articles.len() as u64;
    let mut risen = risen_words(&searcher, words, all)?;
    risen.extend(risen_names(&searcher, names, all)?);
    risen.sort_by(|a, b| b.rise.total_cmp(&a.rise).then_with(|| a.what.cmp(&b.what)));
    let risen = without_parts(risen);
    let record = |one: &Risen| {
        Record::from_iter([
            ("what".to_owned(), json!(one.what)),
            ("articles".to_owned(), json!(one.n)),
            ("elsewhere".to_owned(), json!(one.n_else)),
            ("rise".to_owned(), json!((one.rise * 10.0).round() / 10.0)),
        ])
    };
    let n_shown = out::records(args.format, risen.iter().take(args.limit).map(record))?;
    if n_shown == 0 {
        out::note("0 words and names rose");
    }
    if n_shown == 0 { question::nothing(global, &filter.feeds) } else { Ok(Exit::Done) }
}

fn count(counts: &mut HashMap<String, u64>, found: HashSet<String>) {
    for one in found {
        *counts.entry(one).or_insert(0) += 1;
    }
}

fn risen_words(
    searcher: &Searcher,
    counts: HashMap<String, u64>,
    all: u64,
) -> Result<Vec<Risen>, Failure> {
    let frequent = counts.into_iter().filter(|(word, n)| {
        *n >= ARTICLES_MIN
            && word.chars().count() > 2
            && !word.starts_with(|c: char| c.is_numeric())
    });
    let (words, counts): (Vec<String>, Vec<u64>) = frequent.unzip();
    let totals = searcher.frequencies(&words)?;
    let all_else = searcher.n_articles().saturating_sub(all);
    let counted = words.into_iter().zip(counts.into_iter().zip(totals));
    Ok(counted.filter_map(|(what, (n, total))| risen(what, (n, all), (total, all_else))).collect())
}

fn risen_names(
    searcher: &Searcher,
    counts: HashMap<String, u64>,
    all: u64,
) -> Result<Vec<Risen>, Failure> {
    let mut names: Vec<(String, u64)> =
        counts.into_iter().filter(|(_, n)| *n >= ARTICLES_MIN).collect();
    names.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    names.truncate(NAMES_MAX);
    let all_else = searcher.n_articles().saturating_sub(all);
    let page = Page { sort: Sort::Newest, limit: 0, offset: 0 };
    let mut found = Vec::new();
    for (name, n) in names {
        let everywhere = searcher.search(&Query::Exact(name.clone()), &Filter::default(), &page)?;
        found.extend(risen(name, (n, all), (everywhere.total as u64, all_else)));
    }
    Ok(found)
}

fn risen(what: String, (n, all): (u64, u64), (total, all_else): (u64, u64)) -> Option<Risen> {
    let n_else = total.saturating_sub(n).min(all_else);
    let rise = keyness::rise(n, all, n_else, all_else);
    (rise >= RISE_MIN).then_some(Risen { what, n, n_else, rise })
}

/// A word that is in a name which rose as much is not told twice.
fn without_parts(risen: Vec<Risen>) -> Vec<Risen> {
    let names: Vec<(HashSet<String>, u64)> = risen
        .iter()
        .filter(|one| one.what.contains(' '))
        .map(|one| (crate::language::folded(&one.what).into_iter().collect(), one.n))
        .collect();
    let is_part = |one: &Risen| {
        !one.what.contains(' ')
            && names.iter().any(|(words, n)| words.contains(&one.what) && *n * 4 >= one.n * 3)
    };
    risen.into_iter().filter(|one| !is_part(one)).collect()
}
