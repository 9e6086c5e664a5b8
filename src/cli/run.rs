//! `knipsel run`: the daemon in the foreground.

use std::time::Duration;

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
    to_end(async {
        let stop = signals::stop()?;
        service::run(setup, stop).await
    })?;
    Ok(Exit::Done)
}

/// How long what runs beside it may take to end after the work has: a document that was sent may be
/// half kept. Nobody is left who would store one that is still being read.
const REST: Duration = Duration::from_secs(3);

/// Waits for `work`, and a moment for what it began.
pub(super) fn to_end<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<T, Failure>
where
    Failure: From<E>,
{
    Ok(to_end_within(REST, work)??)
}

fn to_end_within<T>(rest: Duration, work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = runtime()?;
    let result = runtime.block_on(work);
    runtime.shutdown_timeout(rest);
    Ok(result)
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn what_never_ends_is_not_waited_for() {
        let (held, endless) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel();
        let work = async {
            tokio::task::spawn_blocking(move || {
                let _ = begun.send(());
                endless.recv()
            });
            begins.recv()
        };
        assert!(matches!(to_end_within(Duration::ZERO, work), Ok(Ok(()))));
        drop(held);
    }
}
