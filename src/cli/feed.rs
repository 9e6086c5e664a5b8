//! `knipsel feed`.

use crate::cli::args::{FeedArgs, Global};
use crate::cli::failure::{Exit, Failure};

pub(super) fn feed(_global: &Global, _args: &FeedArgs) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
