//! The thread that keeps the search index, the names and the stories up to date.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::index::writer::Writer as Index;
use crate::service::{Error, causes};
use crate::store::{Layout, Reader, Writer, fenced};
use crate::{follow, mention, relate};

/// How long new articles may wait: each commit makes a segment, and segments must be merged.
const PAUSE: Duration = Duration::from_secs(2);

/// The same while a large archive is gone through.
const PAUSE_BUSY: Duration = Duration::from_millis(200);

/// Articles looked through for names, and compared with others, between two looks at the index, which
/// must not wait for an archive that is gone through for the first time.
const RELATED_MAX: usize = 500;

/// The handle to the thread. Dropping it takes up what is left and closes the index.
#[derive(Debug)]
pub(super) struct Follower {
    sender: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    indexed: Arc<AtomicI64>,
}

impl Follower {
    /// Opens the index and follows the archive from where it stands.
    pub(super) fn start(layout: &Layout, writer: Arc<Writer>) -> Result<Self, Error> {
        let (sender, receiver) = sync_channel(1);
        let layout = layout.clone();
        let indexed = Arc::new(AtomicI64::new(0));
        let reached = Arc::clone(&indexed);
        let thread = std::thread::Builder::new()
            .name("follower".to_owned())
            .spawn(move || run(&layout, &writer, &receiver, &reached))
            .map_err(|source| Error::System { action: "start the index follower", source })?;
        Ok(Self { sender: Some(sender), thread: Some(thread), indexed })
    }

    /// The last change that the search index has.
    pub(super) fn indexed(&self) -> i64 {
        self.indexed.load(Ordering::Relaxed)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Search is a convenience, the archive is not: trouble here is reported, tried again, and stops
/// nothing.
fn run(layout: &Layout, writer: &Writer, stop: &Receiver<()>, indexed: &AtomicI64) {
    let mut index: Option<(Reader, Index)> = None;
    let mut index_trouble = Trouble::new("the search index is behind");
    let mut name_trouble = Trouble::new("the names in texts are behind");
    let mut story_trouble = Trouble::new("the stories are behind");
    let mut pause = PAUSE;
    loop {
        let is_stopping = stop.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected);
        // First, so that the index need not read the same texts for names.
        let n_named = name_trouble.tell(fenced(|| name(layout, writer)));
        if index_trouble.tell(fenced(|| catch_up(layout, &mut index))).is_none() {
            index = None;
        }
        if let Some((_, index)) = &index {
            indexed.store(index.watermark(), Ordering::Relaxed);
        }
        let n_related = story_trouble.tell(fenced(|| relate(layout, writer)));
        if is_stopping {
            return;
        }
        let is_behind = [n_named, n_related].contains(&Some(RELATED_MAX));
        pause = if is_behind { PAUSE_BUSY } else { PAUSE };
    }
}

/// What went wrong the last time, so that it is told once.
struct Trouble {
    what: &'static str,
    last: String,
}

impl Trouble {
    fn new(what: &'static str) -> Self {
        Self { what, last: String::new() }
    }

    fn tell<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => {
                self.last.clear();
                Some(value)
            }
            Err(error) => {
                let text = causes::line(&error);
                if text != self.last {
                    tracing::error!("{}: {text}", self.what);
                    self.last = text;
                }
                None
            }
        }
    }
}

fn catch_up(layout: &Layout, open: &mut Option<(Reader, Index)>) -> Result<(), Error> {
    if open.is_none() {
        *open = Some((Reader::open(layout)?, open_index(&layout.index())?));
    }
    if let Some((reader, index)) = open {
        follow::catch_up(reader, index, |_| {})?;
    }
    Ok(())
}

fn name(layout: &Layout, writer: &Writer) -> Result<usize, Error> {
    Ok(mention::catch_up(&Reader::open(layout)?, writer, RELATED_MAX)?)
}

fn relate(layout: &Layout, writer: &Writer) -> Result<usize, Error> {
    Ok(relate::catch_up(&Reader::open(layout)?, writer, RELATED_MAX, |_| {})?)
}

/// Opens the index for writing.
pub(super) fn open_index(dir: &Path) -> Result<Index, Error> {
    Ok(Index::open(dir).map_err(follow::Error::Index)?)
}
