//! `knipsel feed`: the feed list, the catalogue, and single feeds.

mod accept_move;
mod add;
mod change;
mod export;
mod found;
mod guests;
mod import;
mod inspect;
mod known;
mod list;
mod record;
mod show;
mod test;
mod visit;

use crate::cli::args::{FeedArgs, FeedCommand, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out;
use crate::config::{catalogue, closest, edit};
use crate::model::feed::Feed;

/// Names in a line for people; how many others there are is told.
const NAMES_MAX: usize = 6;

pub(super) fn feed(global: &Global, args: &FeedArgs) -> Result<Exit, Failure> {
    match &args.command {
        FeedCommand::List(args) => list::list(global, args),
        FeedCommand::Show(args) => show::show(global, args),
        FeedCommand::Add(args) => add::add(global, args),
        FeedCommand::Remove(args) => change::change(global, args, edit::remove, "removed"),
        FeedCommand::Pause(args) => change::change(global, args, edit::pause, "paused"),
        FeedCommand::Resume(args) => change::change(global, args, edit::resume, "resumed"),
        FeedCommand::AcceptMove(args) => accept_move::accept_move(global, args),
        FeedCommand::Test(args) => test::test(global, args),
        FeedCommand::Inspect(args) => inspect::inspect(global, args),
        FeedCommand::Catalog(args) => list::catalog(global, args),
        FeedCommand::Import(args) => import::import(global, args),
        FeedCommand::Export(args) => export::export(global, args),
    }
}

/// There is no feed `name` in `listed`, nor in the catalogue.
fn unknown(name: &str, listed: &[Feed]) -> Failure {
    let failure = Failure::new(
        Exit::NotFound,
        format!("there is no feed `{name}` in the feed list or the catalogue"),
    );
    let known = listed.iter().chain(catalogue::feeds()).map(|feed| feed.name.as_str());
    match closest(name, known) {
        Some(suggestion) => failure.hint(format!("did you mean `{suggestion}`?")),
        None => failure.hint("`knipsel feed catalog WORD` searches the catalogue"),
    }
}

/// Tells people what was done.
fn say(text: &str) {
    out::note(&out::clean(text));
}

/// `a, b, c`, or `a, b, c and 9 more`.
fn joined(names: &[&str]) -> String {
    if names.len() <= NAMES_MAX + 1 {
        return names.join(", ");
    }
    let n_more = names.len() - NAMES_MAX;
    format!("{} and {n_more} more", names[..NAMES_MAX].join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_names_is_cut_off_and_counted() {
        let names: Vec<&str> = "a b c d e f g h i".split(' ').collect();
        assert_eq!(joined(&names[..2]), "a, b");
        assert_eq!(joined(&names[..7]), "a, b, c, d, e, f, g");
        assert_eq!(joined(&names), "a, b, c, d, e, f and 3 more");
    }
}
