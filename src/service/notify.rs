//! What systemd is told (`sd_notify(3)`); without systemd nothing is said.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::Instant;

/// Started, or done reloading.
pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Reading the files again; [`ready`] ends it. The protocol wants the monotonic time with it.
pub(super) fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// Finishing what is running.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Signs of life, at the rate the service manager asks for.
#[derive(Debug)]
pub(super) struct Watchdog {
    interval: Option<Duration>,
    last_sign: Instant,
}

impl Watchdog {
    pub(super) fn new() -> Self {
        let interval = sd_notify::watchdog_enabled().map(|limit| limit / 2);
        Self { interval, last_sign: Instant::now() }
    }

    /// Whether it is time for a sign of life.
    pub(super) fn is_due(&self) -> bool {
        self.interval.is_some_and(|interval| self.last_sign.elapsed() >= interval)
    }

    /// Says that the daemon lives; to be called only when the writer has answered.
    pub(super) fn feed(&mut self) {
        self.last_sign = Instant::now();
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("cannot notify the service manager: {error}");
    }
}
