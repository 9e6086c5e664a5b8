//! The search index as questions open it: what it lacks is said.

use crate::cli::failure::Failure;
use crate::cli::out;
use crate::index::search::Searcher;
use crate::store::{Layout, Lock, Reader, changes};

/// Changes that the index may lack while articles come in.
pub(super) const BEHIND_MAX: i64 = 500;

/// The index; `None` where nothing is indexed. What it lacks is noted.
pub(super) fn open(layout: &Layout, reader: &Reader) -> Result<Option<Searcher>, Failure> {
    let searcher = Searcher::open(&layout.index())?;
    note_lack(layout, reader, searcher.as_ref())?;
    Ok(searcher)
}

/// Says that the index lacks changes of the archive, if it does. A running knipsel keeps it within
/// seconds, and takes minutes to build it again; without one nobody does.
pub(super) fn note_lack(
    layout: &Layout,
    reader: &Reader,
    searcher: Option<&Searcher>,
) -> Result<(), Failure> {
    let n = changes::last(reader)? - searcher.map_or(0, Searcher::watermark);
    if n <= 0 {
        return Ok(());
    }
    if !Lock::is_held(layout) {
        out::note("some articles are not in the search index yet: run `knipsel reindex`");
    } else if n > BEHIND_MAX {
        out::note(&format!(
            "the search index lacks up to {n} changes, which the running knipsel takes up"
        ));
    }
    Ok(())
}
