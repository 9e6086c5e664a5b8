//! Finds the feeds of a web page: reads what it says of feeds, and looks at each place politely.
//!
//! Asks one address at a time, through the guarded client and its turns, and never more than
//! [`LOOKS_MAX`]. Stores nothing, and does not choose: [`Discovery::clear_choice`] says whether
//! there is anything to choose.

pub mod visit;

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use url::Url;

use crate::discover::visit::{Found, Visit};
use crate::fetch::client::Client;
use crate::fetch::{self, Request};
use crate::model::feed::Validators;
use crate::model::time::{StatedDate, Timestamp};
use crate::normalize::entry::normalize;
use crate::normalize::gate;
use crate::normalize::url::canonical;
use crate::parse::discover::{Candidate, Page, Source, guess, rank};
use crate::parse::feed::ParsedFeed;

/// Requests for one page, however many feeds it speaks of.
pub const LOOKS_MAX: usize = 24;

/// Of these for what the page itself speaks of; the rest is for guesses, should nothing be there.
const LOOKS_AT_LINKS_MAX: usize = 12;

/// Two documents with this part of their entries in common are one feed in two formats.
const SAME_PERCENT: usize = 90;

/// A page of which somebody wants the feeds.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its address, as it was asked for.
    pub url: &'a str,
    /// Where it was found.
    pub final_url: &'a str,
    /// What it says.
    pub page: &'a Page,
    /// Feeds that are known to be of this site.
    pub known: &'a [Candidate],
    /// The wall clock.
    pub now: Timestamp,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Discovery {
    /// The host of the consent gate that stood before the page.
    pub gate: Option<String>,
    /// Feeds, the likeliest first, each once.
    pub feeds: Vec<FoundFeed>,
    /// What the page or the catalogue calls a feed and is none, with the reason.
    pub broken: Vec<(Candidate, String)>,
    /// Likely addresses that were not looked at, because there are so many.
    pub n_left: usize,
    /// The site's sitemaps of news, when there is no feed.
    pub news_sitemaps: Vec<String>,
}

/// A feed that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeed {
    /// Where, and why there.
    pub candidate: Candidate,
    /// The same feed at other addresses, or in other formats.
    pub also: Vec<String>,
    /// What is in it.
    pub facts: Facts,
}

/// What tells feeds apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Its own title.
    pub title: Option<String>,
    /// How many entries it lists.
    pub n_entries: usize,
    /// The newest date among them.
    pub newest: Option<StatedDate>,
    /// The oldest.
    pub oldest: Option<StatedDate>,
    /// What the entries are known by.
    keys: HashSet<String>,
}

impl Facts {
    /// What is in `feed`.
    pub fn of(feed: &ParsedFeed) -> Self {
        let entries: Vec<_> = feed.entries.iter().map(normalize).collect();
        let dates = || entries.iter().filter_map(|entry| entry.published.or(entry.modified));
        Self {
            title: feed.title.clone().filter(|title| !title.is_empty()),
            n_entries: entries.len(),
            newest: dates().max_by_key(|date| date.at),
            oldest: dates().min_by_key(|date| date.at),
            keys: entries
                .iter()
                .filter_map(|entry| entry.canonical_url.clone().or_else(|| entry.guid.clone()))
                .collect(),
        }
    }

    /// The time between the oldest entry and the newest: how long one is listed.
    pub fn window(&self) -> Option<Duration> {
        Some(self.newest?.at.since(self.oldest?.at))
    }

    fn is_same(&self, other: &Self) -> bool {
        let n_most = self.keys.len().max(other.keys.len());
        let n_shared = self.keys.intersection(&other.keys).count();
        n_most > 0 && n_shared * 100 >= n_most * SAME_PERCENT
    }
}

impl Discovery {
    /// The feed that somebody who names the page must mean: there is no other, or the others are
    /// of comments, or it alone is of the section that the page is of.
    pub fn clear_choice(&self, page_url: &str) -> Option<&FoundFeed> {
        let mut feeds = self.feeds.iter().filter(|feed| !feed.candidate.is_comments());
        let (Some(first), second) = (feeds.next(), feeds.next()) else { return self.only() };
        let Some(second) = second else { return Some(first) };
        let n_shared = |feed: &FoundFeed| feed.candidate.n_shared_segments(page_url);
        (n_shared(first) > n_shared(second)).then_some(first)
    }

    fn only(&self) -> Option<&FoundFeed> {
        if let [feed] = &self.feeds[..] { Some(feed) } else { None }
    }
}

/// Finds the feeds of the page that was asked for; `tell` hears each address before it is asked.
pub async fn feeds_of(client: &Client, asked: Asked<'_>, tell: &dyn Fn(&str)) -> Discovery {
    let gate = gate::host(asked.url, asked.final_url, &asked.page.title);
    // A gate has another host, and links of its own.
    let url = if gate.is_some() { asked.url } else { asked.final_url };
    let mut search = Search { now: asked.now, ..Search::new(client, url, tell) };
    let links = if gate.is_some() { &[][..] } else { &asked.page.candidates[..] };
    search.seen.extend([asked.url, asked.final_url].into_iter().filter_map(canonical_address));
    search.offer(links.iter().chain(asked.known).cloned().collect());
    search.look_at_links().await;
    if search.found.feeds.iter().all(|feed| feed.candidate.is_comments()) {
        search.look_at_usual_places().await;
    }
    search.found.gate = gate;
    search.found.n_left = search.waiting.len();
    search.found
}

/// A search under way.
struct Search<'s> {
    client: &'s Client,
    url: &'s str,
    now: Timestamp,
    tell: &'s dyn Fn(&str),
    n_looks: usize,
    seen: HashSet<String>,
    waiting: VecDeque<Candidate>,
    /// Publishers that asked for patience, and hosts that could not be reached.
    resting: HashSet<String>,
    found: Discovery,
}

impl<'s> Search<'s> {
    fn new(client: &'s Client, url: &'s str, tell: &'s dyn Fn(&str)) -> Self {
        Self {
            client,
            url,
            now: Timestamp::EPOCH,
            tell,
            n_looks: 0,
            seen: HashSet::new(),
            waiting: VecDeque::new(),
            resting: HashSet::new(),
            found: Discovery::default(),
        }
    }

    /// Adds candidates to those that wait, in order; what was met before is left out.
    fn offer(&mut self, candidates: Vec<Candidate>) {
        let mut waiting: Vec<Candidate> = self.waiting.drain(..).collect();
        let fresh = candidates.into_iter().filter(|candidate| {
            canonical_address(&candidate.url).is_some_and(|address| self.seen.insert(address))
        });
        waiting.extend(fresh);
        rank(&mut waiting, self.url);
        self.waiting = waiting.into();
    }

    async fn look_at_links(&mut self) {
        while self.n_looks < LOOKS_AT_LINKS_MAX {
            let Some(candidate) = self.waiting.pop_front() else { return };
            // A page of feeds is as good as its links; one of other pages is not followed.
            if let Some(page) = self.look(candidate).await {
                self.offer(page.candidates);
            }
        }
    }

    /// Until there is a feed: each look is a request that nobody asked for.
    async fn look_at_usual_places(&mut self) {
        let mut places = VecDeque::from(self.listed_places().await);
        places.extend(guess::usual(self.url));
        while self.n_looks < LOOKS_MAX {
            let Some(candidate) = places.pop_front() else { return };
            let address = canonical_address(&candidate.url);
            if !address.is_some_and(|address| self.seen.insert(address)) {
                continue;
            }
            let page = self.look(candidate).await;
            let of_page = page.into_iter().flat_map(|page| page.candidates);
            let fresh: Vec<Candidate> = of_page
                .filter(|found| matches!(found.source, Source::Announced | Source::Linked))
                .collect();
            let n_before = self.waiting.len();
            self.offer(fresh);
            if self.waiting.len() > n_before {
                self.look_at_more().await;
            }
            if self.found.feeds.iter().any(|feed| !feed.candidate.is_comments()) {
                return;
            }
        }
    }

    /// The links of a page that was found at a usual place.
    async fn look_at_more(&mut self) {
        while self.n_looks < LOOKS_MAX {
            let Some(candidate) = self.waiting.pop_front() else { return };
            self.look(candidate).await;
        }
    }

    async fn listed_places(&mut self) -> Vec<Candidate> {
        if !self.may_ask(self.url) {
            return Vec::new();
        }
        (self.tell)(self.url);
        self.n_looks += 1;
        let sitemaps = self.client.sitemaps(&self.request(self.url)).await;
        let (feeds, of_news) = guess::of_sitemaps(&sitemaps);
        self.found.news_sitemaps = of_news;
        feeds
    }

    /// Looks at one address. A page that is there instead of a feed is given back.
    async fn look(&mut self, candidate: Candidate) -> Option<Page> {
        if !self.may_ask(&candidate.url) {
            return None;
        }
        (self.tell)(&candidate.url);
        self.n_looks += 1;
        let visit = visit::visit(self.client, &self.request(&candidate.url)).await;
        let reason = match visit.found {
            Found::Feed(ref feed) => {
                self.keep(candidate, Facts::of(feed), &visit);
                return None;
            }
            Found::Page(page) => {
                self.report(candidate, "it is a web page, not a feed".to_owned());
                return Some(page);
            }
            Found::Other(error) => error.to_string(),
            Found::Refused(reason) => reason,
            Found::Away(reason) => {
                self.let_rest(&candidate.url, visit.response.status);
                reason
            }
        };
        self.report(candidate, reason);
        None
    }

    fn request<'r>(&self, url: &'r str) -> Request<'r> {
        const NONE: &Validators = &Validators { etag: None, last_modified: None };
        Request { url, validators: NONE, user_agent: None, now: self.now }
    }

    /// A publisher that asks for patience is not asked again, nor a host that cannot be reached.
    fn let_rest(&mut self, url: &str, status: Option<u16>) {
        match status {
            None => self.resting.extend(host(url)),
            Some(429 | 503) => self.resting.extend(fetch::site(url)),
            Some(_) => {}
        }
    }

    fn may_ask(&self, url: &str) -> bool {
        ![host(url), fetch::site(url)].iter().flatten().any(|name| self.resting.contains(name))
    }

    /// Nobody needs to hear that nothing is where nobody said that something is.
    fn report(&mut self, candidate: Candidate, reason: String) {
        if matches!(candidate.source, Source::Known | Source::Announced) {
            self.found.broken.push((candidate, reason));
        }
    }

    fn keep(&mut self, mut candidate: Candidate, facts: Facts, visit: &Visit) {
        if visit.response.is_moved {
            candidate.url.clone_from(&visit.response.final_url);
        }
        let is_same = |known: &&mut FoundFeed| {
            known.candidate.url == candidate.url || known.facts.is_same(&facts)
        };
        match self.found.feeds.iter_mut().find(is_same) {
            Some(known) if known.candidate.url == candidate.url => {}
            Some(known) => known.also.push(candidate.url),
            None => self.found.feeds.push(FoundFeed { candidate, also: Vec::new(), facts }),
        }
    }
}

fn host(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// Addresses that differ in nothing that a server heeds, but for a final slash, which some do.
fn canonical_address(url: &str) -> Option<String> {
    let address = canonical(url)?;
    Some(if url.ends_with('/') { format!("{address}/") } else { address })
}
