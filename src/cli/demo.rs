//! `knipsel run --demo`.

use crate::cli::failure::{Exit, Failure};

pub(super) fn demo() -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
