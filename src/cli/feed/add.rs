//! `knipsel feed add`.

use crate::cli::args::{AddArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::guests::Guests;
use crate::cli::feed::known::Known;
use crate::cli::feed::visit::Visitor;
use crate::cli::feed::{joined, say, unknown};
use crate::cli::setup;
use crate::config::paths::Paths;
use crate::config::{catalogue, closest, edit};
use crate::model::feed::Feed;
use crate::parse::subscriptions;
use crate::store::{Layout, Lock};

pub(super) fn add(global: &Global, args: &AddArgs) -> Result<Exit, Failure> {
    let paths = setup::paths(global)?;
    let listed = setup::listed(&paths)?;
    let is_name = |word: &str| listed.iter().any(|feed| feed.name == word);
    let (mut urls, mut names) = (Vec::new(), Vec::new());
    for word in &args.wanted {
        match url(word).filter(|_| !is_name(word)) {
            Some(url) => urls.push(url),
            None => names.push(word.as_str()),
        }
    }
    check(args, &urls)?;
    let mut chosen = Vec::new();
    for name in names {
        chosen.push(by_name(name, &listed)?);
    }
    // With a URL, `--outlet` says whose feed that is.
    let outlets = if urls.is_empty() { &args.outlet[..] } else { &[] };
    chosen.extend(selected(args, outlets)?);
    if !urls.is_empty() {
        let visitor = Visitor::new(global, &paths)?;
        let mut guests = Guests { args, visitor, known: Known::new(&listed), listed };
        for url in &urls {
            chosen.extend(guests.feeds(url)?);
        }
    }
    put(&paths, &chosen)?;
    Ok(Exit::Done)
}

/// Adds `feeds` to the list, which is made if there is none yet, and says what was added.
pub(super) fn put(paths: &Paths, feeds: &[Feed]) -> Result<(), Failure> {
    setup::create_feed_list(paths)?;
    let added = edit::add_all(&paths.feeds, feeds)?;
    let added: Vec<&str> = added.iter().map(String::as_str).collect();
    let names = feeds.iter().map(|feed| feed.name.as_str());
    let known: Vec<&str> = names.filter(|name| !added.contains(name)).collect();
    let is_running = Lock::is_held(&Layout::new(&paths.archive));
    let who = if is_running { "the running daemon polls" } else { "`knipsel run` polls" };
    let when = if is_running { " within seconds" } else { "" };
    match added[..] {
        [] => {}
        [name] => say(&format!("added {name}; {who} it{when}")),
        _ => {
            let (n, names) = (added.len(), joined(&added));
            say(&format!("added {n} feeds: {names}; {who} them{when}"));
        }
    }
    match known[..] {
        [] => {}
        [name] => say(&format!("{name} was listed already")),
        _ => say(&format!("{} were listed already: {}", known.len(), joined(&known))),
    }
    Ok(())
}

/// The URL that `word` is. No name of the catalogue has a dot, every host has.
pub(super) fn url(word: &str) -> Option<String> {
    if word.contains("://") {
        return Some(subscriptions::address(word));
    }
    let host = word.split(['/', '?']).next().unwrap_or_default();
    host.contains('.').then(|| format!("https://{word}"))
}

/// `--name`, `--section` and `--pick` are for feeds by URL.
fn check(args: &AddArgs, urls: &[String]) -> Result<(), Failure> {
    let usage = |message: &str| Err(Failure::new(Exit::Usage, message));
    match urls {
        [] if args.name.is_some() || args.section.is_some() => {
            usage("`--name` and `--section` go with the URL of a feed")
        }
        [] if !args.pick.is_empty() => usage("`--pick` goes with the URL of a page"),
        [_, _, ..] if !args.pick.is_empty() => usage("`--pick` goes with one URL"),
        [_, _, ..] if args.name.is_some() => usage("`--name` goes with one URL, not with several"),
        [_, ..] if args.outlet.len() > 1 => usage("a feed has one `--outlet`"),
        _ => Ok(()),
    }
}

fn by_name(name: &str, listed: &[Feed]) -> Result<Feed, Failure> {
    let own = || listed.iter().find(|feed| feed.name == name);
    if let Some(feed) = catalogue::feed(name).or_else(own) {
        return Ok(feed.clone());
    }
    Err(unknown(name, listed))
}

/// The feeds of the catalogue that the flags name.
fn selected(args: &AddArgs, outlets: &[String]) -> Result<Vec<Feed>, Failure> {
    let mut feeds = Vec::new();
    if args.all {
        feeds.extend(catalogue::feeds());
    }
    for tag in &args.tag {
        let n_before = feeds.len();
        feeds.extend(catalogue::with_tag(tag));
        if feeds.len() == n_before {
            let tags = catalogue::feeds().iter().flat_map(|feed| &feed.tags);
            return Err(none_of("tag", tag, tags.map(String::as_str)));
        }
    }
    for outlet in outlets {
        let n_before = feeds.len();
        feeds.extend(catalogue::of_outlet(outlet));
        if feeds.len() == n_before {
            let outlets = catalogue::outlets().iter().map(|outlet| outlet.name.as_str());
            return Err(none_of("outlet", outlet, outlets));
        }
    }
    Ok(feeds.into_iter().cloned().collect())
}

fn none_of<'c>(what: &str, word: &str, candidates: impl Iterator<Item = &'c str>) -> Failure {
    let failure = Failure::new(Exit::NotFound, format!("the catalogue has no {what} `{word}`"));
    match closest(word, candidates) {
        Some(suggestion) => failure.hint(format!("did you mean `{suggestion}`?")),
        None => failure.hint("`knipsel feed catalog` shows what there is"),
    }
}
