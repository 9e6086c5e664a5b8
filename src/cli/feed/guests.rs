//! Feeds that come by URL: known ones as they are known, others as they introduce themselves.

use crate::cli::args::{AddArgs, Pick};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::known::Known;
use crate::cli::feed::visit::{Visitor, failure};
use crate::cli::feed::{found, say};
use crate::cli::out;
use crate::config::entries;
use crate::discover::visit::{Found, Visit};
use crate::discover::{Discovery, FoundFeed};
use crate::model::feed::Feed;
use crate::normalize::gate;
use crate::parse::discover::Page;

pub(super) struct Guests<'a> {
    pub(super) args: &'a AddArgs,
    pub(super) visitor: Visitor,
    pub(super) known: Known,
    pub(super) listed: Vec<Feed>,
}

impl Guests<'_> {
    /// The feed at `url`, or those wanted of the page that is there.
    pub(super) fn feeds(&mut self, url: &str) -> Result<Vec<Feed>, Failure> {
        entries::check_url(url).map_err(|reason| Failure::new(Exit::Usage, reason))?;
        let behind = gate::behind(url);
        let url = behind.as_deref().unwrap_or(url);
        if let Some(feed) = self.recognized(url)? {
            return Ok(vec![feed]);
        }
        let visit = self.visitor.visit(&Feed::new("", url));
        if let Found::Page(page) = &visit.found {
            return self.of_page(url, &visit, page);
        }
        if let Some(failure) = failure(&visit.found, url, Exit::Usage) {
            let is_away = matches!(visit.found, Found::Away(_));
            if !is_away || self.args.name.is_none() {
                return Err(failure);
            }
            out::warning(&format!("{failure}; added unseen"));
        }
        let url = if visit.response.is_moved { &visit.response.final_url } else { url };
        let title = match &visit.found {
            Found::Feed(parsed) => parsed.title.as_deref().unwrap_or_default(),
            _ => "",
        };
        Ok(vec![self.newcomer(title, url)?])
    }

    /// Those feeds of a page that were picked, or the only one that can be meant.
    fn of_page(&mut self, url: &str, visit: &Visit, page: &Page) -> Result<Vec<Feed>, Failure> {
        let found = self.visitor.discover(url, &visit.response.final_url, page);
        if found.feeds.is_empty() {
            return Err(found::none(&found, url, Exit::NothingFound));
        }
        let chosen = self.chosen(&found, url)?;
        for remark in found::remarks(&found, url) {
            say(&remark);
        }
        for feed in &chosen {
            say(&format!("found {}", found::summary(feed)));
        }
        let n_others = found.feeds.len() - chosen.len();
        if self.args.pick.is_empty() && n_others > 0 {
            let feeds = if n_others == 1 { "feed" } else { "feeds" };
            say(&format!("{n_others} other {feeds} of the page: `knipsel feed test {url}`"));
        }
        chosen
            .into_iter()
            .map(|feed| {
                // A title made for us is no name.
                let title = feed.facts.title.as_deref().unwrap_or(&feed.candidate.title);
                self.newcomer(title, &feed.candidate.url)
            })
            .collect()
    }

    fn chosen<'f>(&self, found: &'f Discovery, url: &str) -> Result<Vec<&'f FoundFeed>, Failure> {
        if self.args.pick.is_empty() {
            let clear = found.clear_choice(url).map(|feed| vec![feed]);
            return clear.ok_or_else(|| self.undecided(found, url));
        }
        let mut chosen = Vec::new();
        for pick in &self.args.pick {
            match pick {
                Pick::All => chosen.extend(&found.feeds),
                Pick::Number(number) => {
                    let feed = found.feeds.get(number.get() - 1);
                    chosen.push(feed.ok_or_else(|| self.no_such(found, url, number.get()))?);
                }
            }
        }
        if self.args.name.is_some() && chosen.len() > 1 {
            return Err(Failure::new(Exit::Usage, "`--name` goes with one feed, not with several"));
        }
        Ok(chosen)
    }

    /// Shows the feeds, and says how to take one.
    fn undecided(&self, found: &Discovery, url: &str) -> Failure {
        if let Err(failure) = found::list(found, &self.known) {
            return failure;
        }
        for remark in found::remarks(found, url) {
            say(&remark);
        }
        let n = found.feeds.len();
        Failure::new(Exit::Usage, format!("`{url}` is a page with {n} feeds; none was added")).hint(
            format!(
                "`knipsel feed add {url} --pick 1` adds the first, `--pick 1,2` several, \
                 `--pick all` all; or give the URL of one"
            ),
        )
    }

    fn no_such(&self, found: &Discovery, url: &str, number: usize) -> Failure {
        if let Err(failure) = found::list(found, &self.known) {
            return failure;
        }
        let n = found.feeds.len();
        let message = format!("`{url}` has {n} feeds, and no number {number}; none was added");
        Failure::new(Exit::Usage, message)
    }

    /// The feed at `url`, under a name of its own if it is new.
    fn newcomer(&mut self, title: &str, url: &str) -> Result<Feed, Failure> {
        if let Some(feed) = self.recognized(url)? {
            return Ok(feed);
        }
        let feed = self.as_wished(Feed::new(self.known.new_name(title, url), url));
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
