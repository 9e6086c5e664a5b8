//! How much each rule misses, and how often it asks.

use std::fmt::Write as _;

use knipsel::model::time::Timestamp;

use super::feed::Feed;
use super::newsroom::{self, DAY, START};
use super::random::Random;
use super::rules::{self, Memory, Rule};

/// Before the first poll, so that the window is full and a week of entries can be counted.
const N_DAYS_BEFORE: u32 = 14;
const N_DAYS: u32 = 28;

pub(super) const RATES: [u32; 4] = [5, 50, 150, 300];
pub(super) const SIZES: [usize; 3] = [10, 20, 50];

/// What one rule does with one kind of feed, over all seeds.
#[derive(Debug)]
pub(super) struct Cell {
    /// Percent of the items.
    pub(super) missed_median: f64,
    pub(super) missed_worst: f64,
    pub(super) polls_per_day: f64,
}

pub(super) fn cell(rule: Rule, per_day: u32, n_entries: usize, n_seeds: u32) -> Cell {
    let mut runs: Vec<(f64, u32)> =
        (0..n_seeds).map(|seed| run(rule, per_day, n_entries, seed)).collect();
    let n_polls: u32 = runs.iter().map(|(_, n_polls)| n_polls).sum();
    runs.sort_by(|one, other| one.0.total_cmp(&other.0));
    Cell {
        missed_median: runs[runs.len() / 2].0,
        missed_worst: runs[runs.len() - 1].0,
        polls_per_day: f64::from(n_polls) / f64::from(n_seeds * N_DAYS),
    }
}

/// Percent missed, and polls.
fn run(rule: Rule, per_day: u32, n_entries: usize, seed: u32) -> (f64, u32) {
    let mut random = Random::new(u64::from(seed));
    let arrivals = newsroom::arrivals(&mut random, per_day, N_DAYS_BEFORE + N_DAYS);
    let feed = Feed { arrivals, n_entries };
    let from = Timestamp::from_seconds(START).plus(DAY * N_DAYS_BEFORE);
    let until = from.plus(DAY * N_DAYS);
    let mut memory = Memory::new(format!("feed-{seed}"));
    let (archive, n_polls) = rules::follow(rule, &feed, &mut memory, (from, until));
    let missed = archive.missed();
    assert!(missed.iter().all(|n| archive.is_suspected(*n)), "a loss that nobody could notice");
    let n_items = feed.n_until(until) - feed.n_until(from);
    (100.0 * count(missed.len()) / count(n_items).max(1.0), n_polls)
}

pub(super) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap())
}

/// The tables of `docs/polling.md`.
pub(super) fn markdown(n_seeds: u32, n_months: u32) -> String {
    let mut text = format!("\n### {n_months} months of 300 items a weekday, 20 entries\n\n");
    for rule in [Rule::Knipsel, Rule::Fixed(5)] {
        let measured = shown(&cell(rule, 300, 20, n_months));
        let _ = writeln!(text, "- {}: {measured}.", rule.name());
    }
    for per_day in RATES {
        let _ = writeln!(text, "\n### {per_day} items a weekday\n");
        let sizes = SIZES.map(|n| format!(" {n} entries |")).concat();
        let _ = writeln!(text, "| Rule |{sizes}\n|---|{}", "---|".repeat(SIZES.len()));
        for rule in Rule::ALL {
            let cells =
                SIZES.map(|size| format!(" {} |", shown(&cell(rule, per_day, size, n_seeds))));
            let _ = writeln!(text, "| {} |{}", rule.name(), cells.concat());
        }
    }
    text
}

fn shown(cell: &Cell) -> String {
    format!(
        "{} (worst {}), {:.0} polls",
        percent(cell.missed_median),
        percent(cell.missed_worst),
        cell.polls_per_day
    )
}

pub(super) fn percent(value: f64) -> String {
    match value {
        0.0 => "0 %".into(),
        value if value < 1.0 => format!("{value:.2} %"),
        value => format!("{value:.1} %"),
    }
}
