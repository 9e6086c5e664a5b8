//! How far a long operation is, for whoever waits for it.

use std::fmt;
use std::sync::Arc;

/// What is being done, and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes of the archive are copied; about so many of so many.
    Copying(u64, u64),
    /// SQLite looks at every page; it does not say how far it is.
    Checking,
    /// Texts are read and compared with their hashes.
    Reading(u64, u64),
    /// Articles of another archive are looked up and taken in.
    Merging(u64, u64),
    /// Files or rows are taken out.
    Removing(u64, u64),
    /// Bytes are packed or unpacked.
    Packing(u64, u64),
}

/// Hears of each step, from any thread.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(Step) + Send + Sync>);

impl Progress {
    /// Calls `hear` now and then.
    pub fn new(hear: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    /// Tells how far it is.
    pub fn tell(&self, step: Step) {
        (self.0)(step);
    }
}

impl Default for Progress {
    /// Nobody waits.
    fn default() -> Self {
        Self::new(|_| {})
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
