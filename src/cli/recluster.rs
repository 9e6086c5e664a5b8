//! `knipsel recluster`.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::Global;
use crate::cli::failure::{Exit, Failure};
use crate::cli::{out, setup};
use crate::relate;
use crate::store::library::totals;
use crate::store::{Layout, Lock, Reader, Writer, stories};

pub(super) fn recluster(global: &Global) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    // A reader says first when there is no archive; a lock would make its folder, and a writer one.
    drop(Reader::open(&layout)?);
    let _lock = Lock::acquire(&layout)?;
    let writer = Writer::open(&layout)?;
    writer.write_blocking(stories::clear)?;
    let n_done = follow(global, &layout, &writer)?;
    let n_stories = stories::count(&Reader::open(&layout)?)?;
    out::note(&format!("compared {n_done} articles: {n_stories} stories"));
    Ok(Exit::Done)
}

/// Compares what is new in the archive; the caller holds the lock.
pub(super) fn follow(global: &Global, layout: &Layout, writer: &Writer) -> Result<usize, Failure> {
    let reader = Reader::open(layout)?;
    let bar = if global.quiet || !io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        let style =
            ProgressStyle::with_template("comparing {wide_bar} {human_pos}/{human_len} {eta}");
        ProgressBar::new(totals(&reader)?.n_articles.into())
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    };
    let n_done =
        relate::catch_up(&reader, writer, usize::MAX, |n_done| bar.set_position(n_done as u64))?;
    bar.finish_and_clear();
    Ok(n_done)
}
