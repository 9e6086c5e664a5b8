//! `knipsel reindex`.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::Global;
use crate::cli::failure::{Exit, Failure};
use crate::cli::{out, recluster, setup};
use crate::index::writer::Writer;
use crate::store::library::totals;
use crate::store::{self, Layout, Lock, Reader};
use crate::{follow, mention};

pub(super) fn reindex(global: &Global) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    // First, for a lock would make the folder of an archive that is not there.
    let reader = Reader::open(&layout)?;
    let _lock = Lock::acquire(&layout)?;
    let mut index = Writer::open(&layout.index())?;
    index.clear()?;
    let n_done = bring_up_to_date(global, &reader, &mut index)?;
    index.close_merged()?;
    out::note(&format!("indexed {n_done} articles"));
    Ok(Exit::Done)
}

/// Works out names, index and stories of what is new in the archive; the caller holds the lock.
pub(super) fn follow_all(
    global: &Global,
    layout: &Layout,
    writer: &store::Writer,
) -> Result<(), Failure> {
    mention::catch_up(&Reader::open(layout)?, writer, usize::MAX)?;
    follow(global, layout)?;
    recluster::follow(global, layout, writer)?;
    Ok(())
}

/// Takes into the index what is new in the archive; the caller holds the lock.
fn follow(global: &Global, layout: &Layout) -> Result<(), Failure> {
    let reader = Reader::open(layout)?;
    let mut index = Writer::open(&layout.index())?;
    bring_up_to_date(global, &reader, &mut index)?;
    index.close()?;
    Ok(())
}

fn bring_up_to_date(
    global: &Global,
    reader: &Reader,
    index: &mut Writer,
) -> Result<usize, Failure> {
    let bar = if global.quiet || !io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        let style =
            ProgressStyle::with_template("indexing {wide_bar} {human_pos}/{human_len} {eta}");
        ProgressBar::new(totals(reader)?.n_articles.into())
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    };
    let n_done = follow::catch_up(reader, index, |n_done| bar.set_position(n_done as u64))?;
    bar.finish_and_clear();
    Ok(n_done)
}
