//! Weeks of polling on a virtual clock, by the real schedule: what it misses, and whom it bothers.
//!
//! `KNIPSEL_SEEDS` sets the number of worlds in which the laws are checked.
//! `KNIPSEL_WRITE=docs/polling.md cargo test --test it simulation::table` measures the table of
//! that file anew and leaves the words above it.

mod feed;
mod newsroom;
mod random;
mod rules;
mod table;
mod world;

use std::thread;

use rules::Rule;
use world::World;

/// Enough that the worst of them is bad luck, few enough for every test run.
const N_SEEDS: u32 = 50;

/// The line of `docs/polling.md` below which all is measured.
const MEASURED: &str = "## Measured\n";

#[test]
fn laws_of_polling_hold_in_every_world() {
    let n_worlds = std::env::var("KNIPSEL_SEEDS").map_or(1000, |n| n.parse::<u64>().unwrap());
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
    let ours = table::cell(Rule::Knipsel, 300, 20, N_SEEDS);
    let fixed = table::cell(Rule::Fixed(5), 300, 20, N_SEEDS);
    assert!(ours.missed_median <= 0.05 && ours.missed_worst <= 0.15, "{ours:?}");
    assert!(ours.polls_per_day <= 0.85 * fixed.polls_per_day, "{ours:?} {fixed:?}");
}

#[test]
fn table_is_written_when_asked_for() {
    let Ok(path) = std::env::var("KNIPSEL_WRITE") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let (words, _) = text.split_once(MEASURED).unwrap();
    let measured = table::markdown(N_SEEDS);
    std::fs::write(&path, format!("{words}{MEASURED}{measured}")).unwrap();
}
