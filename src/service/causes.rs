//! An error and its causes in one line.

use std::error::Error;
use std::iter;

/// `error`, then each cause that says something which was not said before it.
pub fn line(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut last = line.clone();
    for cause in iter::successors(error.source(), |&cause| cause.source()) {
        let cause = cause.to_string();
        // SQLite's code says its message once more.
        if line.ends_with(&cause) || cause.ends_with(&last) {
            continue;
        }
        line = format!("{line}: {cause}");
        last = cause;
    }
    line
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;
    use crate::store;

    #[test]
    fn what_sqlite_says_is_said_once() {
        let full = ffi::Error::new(ffi::SQLITE_FULL);
        let told = rusqlite::Error::SqliteFailure(full, Some("database or disk is full".into()));
        let error = store::Error::Sqlite { action: "store the poll", source: told };
        assert_eq!(line(&error), "cannot store the poll: database or disk is full");
        let untold = rusqlite::Error::SqliteFailure(full, None);
        let error = store::Error::Sqlite { action: "store the poll", source: untold };
        assert_eq!(line(&error), "cannot store the poll: Error code 13: database or disk is full");
    }
}
