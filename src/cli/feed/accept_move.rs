//! `knipsel feed accept-move`.

use crate::cli::args::{AcceptMoveArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::feed::{say, unknown};
use crate::cli::setup;
use crate::config::edit;
use crate::normalize::url::key;
use crate::service::clock;
use crate::store::library;

pub(super) fn accept_move(global: &Global, args: &AcceptMoveArgs) -> Result<Exit, Failure> {
    let paths = setup::paths(global)?;
    let listed = setup::feed_list(&paths)?;
    let name = &args.name;
    let Some(feed) = listed.iter().find(|feed| feed.name == *name) else {
        return Err(unknown(name, &listed));
    };
    let health = match setup::reader_if_any(global)? {
        Some(reader) => library::health(&reader, clock::now())?,
        None => Vec::new(),
    };
    // What is known of another address than the listed one is not known of this feed.
    let known = health.into_iter().find(|known| known.name == *name && known.url == feed.url);
    let Some(moved) = known.and_then(|known| known.moved) else {
        let message = format!("feed `{name}` has not been seen to move");
        return Err(Failure::new(Exit::NotFound, message));
    };
    let address = key(&moved.to);
    let mut others = listed.iter().filter(|other| other.name != *name);
    if let Some(other) = others.find(|other| key(&other.url) == address) {
        let message = format!("{} is listed already, as feed `{}`", moved.to, other.name);
        let advice = format!("`knipsel feed remove {name}` leaves its articles in the archive");
        return Err(Failure::new(Exit::Config, message).hint(advice));
    }
    edit::set_url(&paths.feeds, name, &moved.to)?;
    say(&format!("{name} is now listed at {}", moved.to));
    Ok(Exit::Done)
}
