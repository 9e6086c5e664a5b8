//! The signals that stop and reload a daemon.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::service::Error;

fn listen(kind: SignalKind) -> Result<Signal, Error> {
    signal(kind).map_err(|source| Error::System { action: "listen for signals", source })
}

/// Ends at the first SIGINT or SIGTERM. A second one ends the process at once.
pub fn stop() -> Result<impl Future<Output = ()>, Error> {
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            std::process::exit(130);
        });
    })
}

/// SIGHUP: read the files again.
pub(super) fn reload() -> Result<Signal, Error> {
    listen(SignalKind::hangup())
}
