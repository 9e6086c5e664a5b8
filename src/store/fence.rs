//! Panics, as errors of whoever works on the archive.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::store::Error;

/// Does `work`; a panic in it is a fault of ours, and an error.
pub fn fenced<T, E: From<Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Error::Fault(text.unwrap_or_else(|| "a panic without words".to_owned())).into())
    })
}
