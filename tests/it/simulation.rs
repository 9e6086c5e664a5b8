//! Weeks of polling on a virtual clock, by the real schedule: what it misses, and whom it bothers.
//!
//! `KNIPSEL_SEEDS` sets the number of worlds in which the laws are checked, and of months in which a
//! busy feed is followed.
//! `KNIPSEL_WRITE=docs/polling.md cargo test --test it simulation::table` measures the table of
//! that file anew and leaves the words above it.

mod feed;
mod newsroom;
mod random;
mod repair;
mod rules;
mod table;
mod world;

use std::thread;

use repair::Sitemap;
use rules::Rule;
use world::World;

/// Enough that the worst of them is bad luck, few enough for every test run.
const N_SEEDS: u32 = 50;

/// The line of `docs/polling.md` below which all is measured.
const MEASURED: &str = "## Measured\n";

fn n_seeds() -> Option<u32> {
    std::env::var("KNIPSEL_SEEDS").ok().map(|n| n.parse().unwrap())
}

#[test]
fn laws_of_polling_hold_in_every_world() {
    let n_worlds = u64::from(n_seeds().unwrap_or(1000));
    let n_threads = thread::available_parallelism().map_or(1, |n| u64::try_from(n.get()).unwrap());
    thread::scope(|scope| {
        for first in 0..n_threads {
            scope.spawn(move || {
                for seed in (first..n_worlds).step_by(usize::try_from(n_threads).unwrap()) {
                    World::new(seed).run();
                }
            });
        }
    });
}

#[test]
fn busy_feed_loses_next_to_nothing_and_is_asked_less_than_every_five_minutes() {
    let n_seeds = n_seeds().unwrap_or(N_SEEDS);
    let ours = table::cell(Rule::Knipsel, 300, 20, n_seeds);
    let fixed = table::cell(Rule::Fixed(5), 300, 20, N_SEEDS);
    assert!(ours.missed_median <= 0.05 && ours.missed_worst <= 0.15, "{ours:?}");
    assert!(ours.polls_per_day <= 0.85 * fixed.polls_per_day, "{ours:?} {fixed:?}");
}

#[test]
fn nothing_is_lost_after_repair_from_a_news_sitemap() {
    for (rule, n_seeds) in [(Rule::Knipsel, 10), (Rule::Fixed(60), 5)] {
        for per_day in [50, 300] {
            for seed in 0..n_seeds {
                let month = repair::month(rule, per_day, Sitemap::Whole, seed);
                assert_eq!(month.n_lost, 0, "{rule:?}, {per_day} a day, seed {seed}: {month:?}");
                assert_eq!(
                    month.n_repaired, month.n_gaps,
                    "{rule:?}, {per_day}, {seed}: {month:?}"
                );
            }
        }
    }
}

#[test]
fn a_sitemap_of_another_part_of_the_paper_repairs_nothing() {
    let months = (0..3).map(|seed| repair::month(Rule::Fixed(60), 300, Sitemap::Half, seed));
    let months: Vec<repair::Month> = months.collect();
    assert!(months.iter().all(|month| month.n_gaps > 0 && month.n_repaired == 0));
    // What it has is archived all the same.
    assert!(months.iter().all(|month| month.n_lost < month.n_missed));
}

#[test]
fn table_is_written_when_asked_for() {
    let Ok(path) = std::env::var("KNIPSEL_WRITE") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let (words, _) = text.split_once(MEASURED).unwrap();
    let measured = table::markdown(N_SEEDS, n_seeds().unwrap_or(2000)) + &repair::markdown(N_SEEDS);
    std::fs::write(&path, format!("{words}{MEASURED}{measured}")).unwrap();
}
