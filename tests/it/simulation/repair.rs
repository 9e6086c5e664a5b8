//! A month of news with outages, and an outlet with a news sitemap: what is missed before and after
//! gaps are looked up there, by the rules of the real program.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use knipsel::coverage::evidence::{self, Witnesses};
use knipsel::coverage::order::Order;
use knipsel::coverage::{self, Edge, Gap, Listed, Look, Mark, Verdict};
use knipsel::model::time::{StatedDate, Timestamp};

use super::feed::{Archive, Feed};
use super::newsroom::{self, DAY, HOUR, START};
use super::random::Random;
use super::rules::{self, Memory, Rule};
use super::table::{RATES, count, percent};

const N_DAYS_BEFORE: u32 = 14;
const N_DAYS: u32 = 28;

/// Of a news sitemap, as the search engines want it: the last two days, at most a thousand.
const REACH: Duration = Duration::from_secs(2 * 86_400);
const SITEMAP_MAX: usize = 1_000;

/// It is made anew this often, and is down for one request in ten.
const MADE_EVERY: i64 = 600;
const DOWN: f64 = 0.1;

/// Our own machine is off, about once a week, for up to a day and a half.
const BETWEEN_OUTAGES: Duration = Duration::from_secs(7 * 86_400);
const OUTAGE_MAX: Duration = Duration::from_secs(36 * 3600);

/// What the sitemap lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sitemap {
    /// Everything.
    Whole,
    /// Another part of the paper: only every second item.
    Half,
}

/// What a month came to.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "all of them are counts")]
pub(super) struct Month {
    pub(super) n_items: usize,
    /// By polling alone.
    pub(super) n_missed: usize,
    /// After repair.
    pub(super) n_lost: usize,
    pub(super) n_gaps: usize,
    pub(super) n_repaired: usize,
    /// Requests for the sitemap.
    pub(super) n_asked: u32,
}

/// A gap that is looked up.
struct Open {
    gap: Gap,
    witnesses: Witnesses,
    n_tries: u32,
    next_at: Option<Timestamp>,
    is_repaired: bool,
}

struct Reader<'f> {
    feed: &'f Feed,
    sitemap: Sitemap,
    random: Random,
    archive: Archive,
    edge: Edge,
    order: Order,
    last_at: Timestamp,
    gaps: Vec<Open>,
    month: Month,
    found: HashSet<usize>,
}

/// A month of reading a feed by `rule`.
pub(super) fn month(rule: Rule, per_day: u32, sitemap: Sitemap, seed: u32) -> Month {
    let mut random = Random::new(u64::from(seed));
    let arrivals = newsroom::arrivals(&mut random, per_day, N_DAYS_BEFORE + N_DAYS);
    let feed = Feed { arrivals, n_entries: 20 };
    let mut at = Timestamp::from_seconds(START).plus(DAY * N_DAYS_BEFORE);
    let until = at.plus(DAY * N_DAYS);
    let mut outage = next_outage(&mut random, at);
    let mut memory = Memory::new(format!("feed-{seed}"));
    let mut reader = Reader {
        feed: &feed,
        sitemap,
        random,
        archive: Archive::default(),
        edge: Edge::new(),
        order: Order::new(),
        last_at: at,
        gaps: Vec::new(),
        month: Month { n_items: feed.n_until(until) - feed.n_until(at), ..Month::default() },
        found: HashSet::new(),
    };
    while at < until {
        let next = rules::next(rule, &feed, &mut memory, &reader.read(at));
        reader.look_up(at, next.min(outage.0));
        at = next;
        if at >= outage.0 {
            at = at.max(outage.1);
            outage = next_outage(&mut reader.random, at);
        }
    }
    // Time for the last tries.
    reader.look_up(at, at.plus(DAY * 4));
    reader.end()
}

/// The table of `docs/polling.md`.
pub(super) fn markdown(n_seeds: u32) -> String {
    let mut text = String::from(
        "\n### With outages and a news sitemap, 20 entries\n\n\
         | Items a weekday | Rule | Missed by polling | Lost after repair | Gaps a month | \
         Requests for the sitemap a gap |\n|---|---|---|---|---|---|\n",
    );
    for per_day in RATES {
        for rule in [Rule::Knipsel, Rule::Fixed(60)] {
            let months = (0..n_seeds).map(|seed| month(rule, per_day, Sitemap::Whole, seed));
            let months: Vec<Month> = months.collect();
            let sum = |part: fn(&Month) -> usize| count(months.iter().map(part).sum());
            let share = |part: fn(&Month) -> usize| percent(100.0 * sum(part) / sum(|m| m.n_items));
            let n_gaps = sum(|month| month.n_gaps);
            let n_asked = f64::from(months.iter().map(|month| month.n_asked).sum::<u32>());
            let _ = writeln!(
                text,
                "| {per_day} | {} | {} | {} | {:.1} | {:.2} |",
                rule.name(),
                share(|month| month.n_missed),
                share(|month| month.n_lost),
                n_gaps / f64::from(n_seeds),
                n_asked / n_gaps.max(1.0),
            );
        }
    }
    text
}

fn next_outage(random: &mut Random, now: Timestamp) -> (Timestamp, Timestamp) {
    let from = now.plus(random.gap(BETWEEN_OUTAGES));
    (from, from.plus(Duration::from_secs(random.between(HOUR.as_secs(), OUTAGE_MAX.as_secs()))))
}

impl Reader<'_> {
    fn read(&mut self, at: Timestamp) -> super::feed::Seen {
        let seen = self.archive.read(self.feed, at);
        let listed: Vec<Listed> = seen
            .listed
            .clone()
            .rev()
            .map(|n| Listed { article: id(n), stated_at: Some(self.feed.arrivals[n]) })
            .collect();
        let before = Look { edge: &self.edge, order: &self.order, at: self.last_at };
        let (verdict, edge) = coverage::judge(&before, &listed, at);
        if let Verdict::Suspected(gap) = verdict {
            let witnesses = evidence::witnesses(&self.edge, &listed, gap);
            let next_at = Some(at);
            self.gaps.push(Open { gap, witnesses, n_tries: 0, next_at, is_repaired: false });
        }
        self.edge = edge;
        self.order = listed.iter().map(|entry| entry.article).collect();
        self.last_at = at;
        seen
    }

    /// Looks up what is due from `now` until `until`, which is when the feed is read again.
    fn look_up(&mut self, now: Timestamp, until: Timestamp) {
        for n in 0..self.gaps.len() {
            while let Some(due) =
                self.gaps[n].next_at.map(|at| at.max(now)).filter(|at| *at < until)
            {
                self.ask(n, due);
            }
        }
    }

    fn ask(&mut self, n: usize, at: Timestamp) {
        self.month.n_asked += 1;
        let listed = if self.random.is_lucky(DOWN) { Vec::new() } else { self.listed(at) };
        let open = &mut self.gaps[n];
        open.n_tries += 1;
        open.next_at = evidence::next_try(open.n_tries, at);
        let date = |item: &usize| StatedDate::exact(self.feed.arrivals[*item]);
        let is_within = |item: &&usize| evidence::is_within(open.gap, date(item));
        self.found.extend(listed.iter().filter(is_within));
        let Some(oldest) = listed.first() else { return };
        let oldest_at = self.feed.arrivals[*oldest];
        let item = |mark: &Mark| usize::try_from(mark.article).unwrap();
        let is_listed = |mark: &Mark| listed.binary_search(&item(mark)).is_ok();
        if evidence::judge_wider(&open.witnesses, oldest_at, is_listed).is_ok() {
            open.is_repaired = true;
            open.next_at = None;
        }
    }

    /// The items in the sitemap, oldest first.
    fn listed(&self, at: Timestamp) -> Vec<usize> {
        let made_at = Timestamp::from_seconds(at.seconds() / MADE_EVERY * MADE_EVERY);
        let all = self.feed.n_until(made_at.minus(REACH))..self.feed.n_until(made_at);
        let is_listed = |n: &usize| self.sitemap == Sitemap::Whole || n.is_multiple_of(2);
        let listed: Vec<usize> = all.filter(is_listed).collect();
        listed[listed.len().saturating_sub(SITEMAP_MAX)..].to_vec()
    }

    fn end(mut self) -> Month {
        let missed = self.archive.missed();
        let lost: Vec<usize> = missed.iter().copied().filter(|n| !self.found.contains(n)).collect();
        for open in self.gaps.iter().filter(|open| open.is_repaired) {
            let is_within = |n: &&usize| {
                open.gap.from <= self.feed.arrivals[**n] && self.feed.arrivals[**n] <= open.gap.to
            };
            assert_eq!(lost.iter().find(is_within), None, "called repaired, and was not");
        }
        self.month.n_missed = missed.len();
        self.month.n_lost = lost.len();
        self.month.n_gaps = self.gaps.len();
        self.month.n_repaired = self.gaps.iter().filter(|open| open.is_repaired).count();
        self.month
    }
}

fn id(item: usize) -> i64 {
    i64::try_from(item).unwrap()
}
