//! `knipsel feed import`: the feed lists of other readers.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::json;

use crate::cli::args::{FeedImportArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::add;
use crate::cli::feed::known::Known;
use crate::cli::out::{Format, Record};
use crate::cli::{out, setup};
use crate::config::{entries, feeds};
use crate::model::feed::Feed;
use crate::normalize::text::squeeze;
use crate::normalize::url::key;
use crate::parse::charset;
use crate::parse::subscriptions::{self, List, Subscription};

/// The rest of a longer file is not a list of feeds.
const BYTES_MAX: u64 = 16 << 20;

pub(super) fn import(global: &Global, args: &FeedImportArgs) -> Result<Exit, Failure> {
    let name = args.file.display();
    let (form, list) = read(&args.file)?;
    if list.feeds.is_empty() {
        let reason = list.warnings.first().map_or("there is nothing in it", String::as_str);
        let message = format!("cannot read feeds from `{name}`: {reason}");
        return Err(Failure::new(Exit::Config, message));
    }
    let paths = setup::paths(global)?;
    let rows = compare(&list.feeds, Known::new(&setup::listed(&paths)?));
    for warning in &list.warnings {
        out::warning(&format!("`{name}`: {warning}"));
    }
    if !args.dry_run {
        let added: Vec<Feed> = rows
            .iter()
            .filter(|row| row.state == State::Added)
            .map(|row| row.feed.clone())
            .collect();
        add::put(&paths, &added)?;
    }
    report(args, form, &rows)?;
    Ok(Exit::Done)
}

/// The list in a file, and what form it has.
fn read(path: &Path) -> Result<(&'static str, List), Failure> {
    let mut bytes = Vec::new();
    let mut read = |source: &mut dyn Read| source.take(BYTES_MAX).read_to_end(&mut bytes);
    let result = if path == Path::new("-") {
        read(&mut io::stdin().lock())
    } else {
        File::open(path).and_then(|mut file| read(&mut file))
    };
    result.map_err(|error| {
        Failure::new(Exit::NotFound, format!("cannot read `{}`: {error}", path.display()))
    })?;
    let (text, _) = charset::decode(&bytes, None);
    if text.lines().any(|line| line.trim() == "[[feed]]") {
        return Ok(("feed list of knipsel", own_list(&text, path)?));
    }
    let list = subscriptions::read(&text);
    Ok((list.form.as_str(), list))
}

/// A list as knipsel keeps it.
fn own_list(text: &str, path: &Path) -> Result<List, Failure> {
    let listed = feeds::parse(text).map_err(|problems| {
        let problem = problems.first().map(ToString::to_string).unwrap_or_default();
        Failure::new(Exit::Config, format!("cannot use `{}`: {problem}", path.display()))
    })?;
    let feeds = listed.into_iter().map(|feed| Subscription {
        title: String::new(),
        url: feed.url.clone(),
        tags: feed.tags.clone(),
        own: Some(feed),
    });
    Ok(List { form: subscriptions::Form::Plain, feeds: feeds.collect(), warnings: Vec::new() })
}

/// A feed of the list, and what becomes of it.
struct Row {
    feed: Feed,
    title: String,
    state: State,
    /// Of one that is left out.
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Added,
    /// It is in the feed list already.
    Listed,
    /// It is in the file twice.
    Twice,
    /// It is no feed.
    LeftOut,
}

impl State {
    const ALL: [Self; 4] = [Self::Added, Self::Listed, Self::Twice, Self::LeftOut];

    fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Listed => "listed",
            Self::Twice => "twice",
            Self::LeftOut => "left out",
        }
    }
}

/// What becomes of each feed; two addresses of one feed are one feed.
fn compare(list: &[Subscription], mut known: Known) -> Vec<Row> {
    let mut added: HashMap<String, usize> = HashMap::new();
    let mut rows = Vec::new();
    for subscription in list {
        let title = squeeze(&subscription.title);
        let url = subscription.url.as_str();
        let mut row = |feed, state, reason| {
            rows.push(Row { feed, title: title.clone(), state, reason });
        };
        if let Err(reason) = entries::check_url(url) {
            row(Feed::new("", url), State::LeftOut, Some(reason));
            continue;
        }
        match known.at(url) {
            Some(feed) if known.is_listed(feed) => row(feed.clone(), State::Listed, None),
            Some(feed) if added.contains_key(&key(url)) => {
                row(feed.clone(), State::Twice, None);
                let first: &mut Row = &mut rows[added[&key(url)]];
                tag(&mut first.feed, subscription);
            }
            feed => {
                let feed = take_up(subscription, feed, &known);
                known.remember(feed.clone());
                row(feed, State::Added, None);
                added.insert(key(url), rows.len() - 1);
            }
        }
    }
    rows
}

/// The feed as knipsel wrote it, as the catalogue has it, or under a name made of its title.
fn take_up(subscription: &Subscription, in_catalogue: Option<&Feed>, known: &Known) -> Feed {
    if let Some(own) = &subscription.own {
        let is_free = known.named(&own.name).is_none_or(|namesake| namesake.url == own.url);
        let name = if is_free { own.name.clone() } else { known.new_name(&own.name, &own.url) };
        return Feed { name, ..own.clone() };
    }
    let mut feed = in_catalogue.cloned().unwrap_or_else(|| {
        let name = known.new_name(&subscription.title, &subscription.url);
        Feed::new(name, &subscription.url)
    });
    tag(&mut feed, subscription);
    feed
}

/// Adds the tags of `subscription` to those of the feed.
fn tag(feed: &mut Feed, subscription: &Subscription) {
    // The list is a file that people look at in a terminal.
    for tag in subscription.tags.iter().map(|tag| squeeze(tag)).filter(|tag| !tag.is_empty()) {
        if !feed.tags.contains(&tag) {
            feed.tags.push(tag);
        }
    }
}

fn report(args: &FeedImportArgs, form: &str, rows: &[Row]) -> Result<(), Failure> {
    let count = |state: State| rows.iter().filter(|row| row.state == state).count();
    match args.format {
        Format::Table if args.dry_run => {
            out::records(Format::Table, rows.iter().map(short))?;
        }
        Format::Table => {
            let mut facts = vec![("format", Some(form.to_owned()))];
            let counts = State::ALL.map(|state| (state, count(state)));
            let counts = counts.into_iter().filter(|(state, n)| *n > 0 || *state == State::Added);
            facts.extend(counts.map(|(state, n)| (state.as_str(), Some(n.to_string()))));
            out::facts(&facts)?;
        }
        Format::Json => {
            let record: Record = [
                ("format", json!(form)),
                ("dry_run", json!(args.dry_run)),
                ("added", json!(count(State::Added))),
                ("listed", json!(count(State::Listed))),
                ("twice", json!(count(State::Twice))),
                ("left_out", json!(count(State::LeftOut))),
                ("feeds", json!(rows.iter().map(record).collect::<Vec<_>>())),
            ]
            .map(|(key, value)| (key.to_owned(), value))
            .into_iter()
            .collect();
            out::object(Format::Json, record)?;
        }
        format => {
            out::records(format, rows.iter().map(record))?;
        }
    }
    for row in rows.iter().filter(|_| args.format == Format::Table && !args.dry_run) {
        if let Some(reason) = &row.reason {
            out::warning(&format!("{reason}; left out"));
        }
    }
    Ok(())
}

fn record(row: &Row) -> Record {
    let name = Some(&row.feed.name).filter(|name| !name.is_empty());
    let fields = [
        ("name", json!(name)),
        ("state", json!(row.state.as_str().replace(' ', "_"))),
        ("url", json!(row.feed.url)),
        ("title", json!(row.title)),
        ("tags", json!(row.feed.tags)),
        ("reason", json!(row.reason)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A line of the table.
fn short(row: &Row) -> Record {
    let name = Some(&row.feed.name).filter(|name| !name.is_empty());
    let fields =
        [("name", json!(name)), ("state", json!(row.state.as_str())), ("url", json!(row.feed.url))];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
