//! Why the index could not be used, in words of its owner.

use std::io;
use std::path::Path;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// Why the index could not be used, by what there is to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wait for the other writer.
    #[error("another process is writing the search index")]
    Busy,
    /// Index again; a writer does so by itself.
    #[error("the search index was made by another version of this program")]
    Outdated,
    /// Index again; a writer does so by itself.
    #[error("the search index is damaged: {reason}")]
    Damaged {
        /// What is wrong with it.
        reason: String,
    },
    /// Ask for less.
    #[error("more than {limit} words begin with `{prefix}`")]
    Broad {
        /// What they begin with.
        prefix: String,
        /// As many are looked for.
        limit: usize,
    },
    /// Mend the disk or the permissions.
    #[error("cannot {action} the search index: {reason}")]
    Failed {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        reason: String,
    },
}

impl Error {
    /// For `map_err`: what a failure to `action` is to the caller.
    pub(super) fn when(action: &'static str) -> impl Fn(TantivyError) -> Self {
        move |error| match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::Busy,
            error if is_damage(&error) => Self::Damaged { reason: reason(&error) },
            error => Self::Failed { action, reason: reason(&error) },
        }
    }
}

/// Whether files are missing, cut off or not what they should be, rather than out of reach.
fn is_damage(error: &TantivyError) -> bool {
    let is_cut = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
    };
    match error {
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::SchemaError(_)
        | TantivyError::OpenReadError(
            OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_),
        ) => true,
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => is_cut(io_error),
        TantivyError::IoError(error) => is_cut(error),
        _ => false,
    }
}

/// What the system or the library says, without the names of its types.
fn reason(error: &TantivyError) -> String {
    let of_file = |path: &Path, error: &io::Error| format!("{}: {error}", path.display());
    match error {
        TantivyError::IoError(error) => error.to_string(),
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(path)) => {
            format!("{} is missing", path.display())
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, filepath }) => {
            of_file(filepath, io_error)
        }
        TantivyError::OpenDirectoryError(OpenDirectoryError::IoError {
            io_error,
            directory_path,
        }) => of_file(directory_path, io_error),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::sync::Arc;

    use super::*;

    #[track_caller]
    fn check(error: impl Into<TantivyError>, expected: &str) {
        assert_eq!(Error::when("open")(error.into()).to_string(), expected);
    }

    #[test]
    fn a_fault_is_told_with_its_file_and_without_names_of_types() {
        let path = Path::new("0af3.term").to_owned();
        check(
            OpenReadError::FileDoesNotExist(path.clone()),
            "the search index is damaged: 0af3.term is missing",
        );
        let cut = io::Error::new(ErrorKind::InvalidData, "checksums do not match");
        check(
            OpenReadError::wrap_io_error(cut, path.clone()),
            "the search index is damaged: 0af3.term: checksums do not match",
        );
        let closed = io::Error::from(ErrorKind::PermissionDenied);
        check(
            OpenReadError::wrap_io_error(closed, path),
            "cannot open the search index: 0af3.term: permission denied",
        );
        let full = TantivyError::IoError(Arc::new(io::Error::from(ErrorKind::StorageFull)));
        check(full, "cannot open the search index: no storage space");
    }
}
