//! `knipsel run`: the daemon in the foreground.

use crate::cli::args::{Global, RunArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::{demo, log, setup};
use crate::listen::passed::Passed;
use crate::service::{self, Error, Setup, signals};

pub(super) fn run(global: &Global, args: &RunArgs) -> Result<Exit, Failure> {
    log::start(global)?;
    if args.demo {
        return demo::demo();
    }
    let taking = "take over the sockets of the service manager";
    let sockets = Passed::take().map_err(|source| Error::System { action: taking, source })?;
    let setup = Setup { sockets, ..setup::daemon(global)? };
    runtime()?.block_on(async {
        let stop = signals::stop()?;
        service::run(setup, stop).await
    })?;
    Ok(Exit::Done)
}

/// One thread for the network: it waits most of the time. Parsing and storing have threads of their
/// own, and so has every name that is being resolved.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()
        .map_err(|source| Error::System { action: "start the network", source })?;
    Ok(runtime)
}
