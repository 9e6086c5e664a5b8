//! The wall clock: the only place that reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::time::Timestamp;

/// Where the time comes from: [`now`], or what a test puts in its place.
pub type Clock = fn() -> Timestamp;

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the place that reads the clock")]
pub fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}
