//! `knipsel feed remove`, `pause` and `resume`.

use std::path::Path;

use crate::cli::args::{Global, NamesArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::{joined, say};
use crate::cli::setup;
use crate::config;

/// A change to the feeds of these names in the list at this path.
type Change = fn(&Path, &[&str]) -> Result<(), config::Error>;

/// Makes `change` and says that it was `done`.
pub(super) fn change(
    global: &Global,
    args: &NamesArgs,
    change: Change,
    done: &str,
) -> Result<Exit, Failure> {
    let paths = setup::paths(global)?;
    setup::feed_list(&paths)?;
    let names: Vec<&str> = args.names.iter().map(String::as_str).collect();
    change(&paths.feeds, &names)?;
    say(&format!("{done} {}", joined(&names)));
    Ok(Exit::Done)
}
