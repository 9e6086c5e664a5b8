//! `knipsel config`.

use crate::cli::args::{ConfigArgs, Global};
use crate::cli::failure::{Exit, Failure};

pub(super) fn config(_global: &Global, _args: &ConfigArgs) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
