//! Completions and manual pages.

use crate::cli::args::{CompletionsArgs, ManArgs};
use crate::cli::failure::{Exit, Failure};

pub(super) fn completions(_args: &CompletionsArgs) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}

pub(super) fn man(_args: &ManArgs) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
