//! `knipsel feed add`.

use crate::cli::args::{AddArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::known::Known;
use crate::cli::feed::visit::{Found, Visitor};
use crate::cli::feed::{joined, say, unknown};
use crate::cli::{out, setup};
use crate::config::paths::Paths;
use crate::config::{catalogue, closest, edit, entries};
use crate::model::feed::Feed;
use crate::store::{Layout, Lock};

pub(super) fn add(global: &Global, args: &AddArgs) -> Result<Exit, Failure> {
    let wanted = args.wanted.iter().map(String::as_str);
    let (urls, names): (Vec<&str>, Vec<&str>) = wanted.partition(|word| is_url(word));
    check(args, &urls)?;
    let paths = setup::paths(global)?;
    let listed = setup::listed(&paths)?;
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
        for url in urls {
            chosen.push(guests.feed(url)?);
        }
    }
    put(global, &paths, &chosen)?;
    Ok(Exit::Done)
}

/// Adds `feeds` to the list, which is made if there is none yet, and says what was added.
pub(super) fn put(global: &Global, paths: &Paths, feeds: &[Feed]) -> Result<(), Failure> {
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
        [name] => say(global, &format!("added {name}; {who} it{when}")),
        _ => {
            let (n, names) = (added.len(), joined(&added));
            say(global, &format!("added {n} feeds: {names}; {who} them{when}"));
        }
    }
    match known[..] {
        [] => {}
        [name] => say(global, &format!("{name} was listed already")),
        _ => say(global, &format!("{} were listed already: {}", known.len(), joined(&known))),
    }
    Ok(())
}

fn is_url(word: &str) -> bool {
    word.contains("://")
}

/// `--name` and `--section` are for one feed by URL.
fn check(args: &AddArgs, urls: &[&str]) -> Result<(), Failure> {
    let usage = |message: &str| Err(Failure::new(Exit::Usage, message));
    match urls {
        [] if args.name.is_some() || args.section.is_some() => {
            usage("`--name` and `--section` go with the URL of a feed")
        }
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
    let failure = unknown(name, listed);
    // No name of the catalogue has a dot, every host has.
    Err(if name.contains('.') { failure.hint("a URL begins with `https://`") } else { failure })
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

/// Feeds that come by URL: known ones as they are known, others as they introduce themselves.
struct Guests<'a> {
    args: &'a AddArgs,
    visitor: Visitor,
    known: Known,
    listed: Vec<Feed>,
}

impl Guests<'_> {
    fn feed(&mut self, url: &str) -> Result<Feed, Failure> {
        entries::check_url(url).map_err(|reason| Failure::new(Exit::Usage, reason))?;
        if let Some(feed) = self.recognized(url)? {
            return Ok(feed);
        }
        let visit = self.visitor.visit(&Feed::new("", url));
        if let Some(failure) = visit.found.failure(url, Exit::Usage) {
            let is_away = matches!(visit.found, Found::Away(_));
            if !is_away || self.args.name.is_none() {
                return Err(failure);
            }
            out::warning(&format!("{failure}; added unseen"));
        }
        let url = if visit.response.is_moved { &visit.response.final_url } else { url };
        if let Some(feed) = self.recognized(url)? {
            return Ok(feed);
        }
        let title = match visit.found {
            Found::Feed(parsed) => parsed.title.unwrap_or_default(),
            _ => String::new(),
        };
        let feed = self.as_wished(Feed::new(self.known.new_name(&title, url), url));
        self.known.remember(feed.clone());
        Ok(feed)
    }

    /// The known feed at `url`; the wished name must not be that of another.
    fn recognized(&self, url: &str) -> Result<Option<Feed>, Failure> {
        let known = self.known.at(url);
        if let Some(feed) = known.filter(|feed| self.listed.contains(feed)) {
            return Ok(Some(feed.clone()));
        }
        let namesake = self.args.name.as_ref().and_then(|name| self.known.named(name));
        if let Some(namesake) = namesake.filter(|namesake| Some(*namesake) != known) {
            let message =
                format!("`{}` is the name of the feed at `{}`", namesake.name, namesake.url);
            return Err(Failure::new(Exit::Usage, message).hint("choose another `--name`"));
        }
        Ok(known.map(|feed| self.as_wished(feed.clone())))
    }

    /// `feed` with what the flags say of it.
    fn as_wished(&self, feed: Feed) -> Feed {
        let args = self.args;
        Feed {
            name: args.name.clone().unwrap_or(feed.name),
            outlet: args.outlet.first().cloned().or(feed.outlet),
            section: args.section.clone().or(feed.section),
            ..feed
        }
    }
}
