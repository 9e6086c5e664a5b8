//! The thread that keeps the search index up to date.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::follow;
use crate::index::writer::Writer;
use crate::service::Error;
use crate::store::{Layout, Reader};

/// How long new articles may wait: each commit makes a segment, and segments must be merged.
const PAUSE: Duration = Duration::from_secs(2);

/// The handle to the thread. Dropping it takes up what is left and closes the index.
#[derive(Debug)]
pub(super) struct Follower {
    sender: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Opens the index and follows the archive from where it stands.
    pub(super) fn start(layout: &Layout) -> Result<Self, Error> {
        let (sender, receiver) = sync_channel(1);
        let layout = layout.clone();
        let thread = std::thread::Builder::new()
            .name("index-follower".to_owned())
            .spawn(move || run(&layout, &receiver))
            .map_err(|source| Error::System { action: "start the index follower", source })?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
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
fn run(layout: &Layout, stop: &Receiver<()>) {
    let mut open: Option<(Reader, Writer)> = None;
    let mut last_error = String::new();
    loop {
        let is_stopping = stop.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected);
        match catch_up(layout, &mut open) {
            Ok(()) => last_error.clear(),
            Err(error) => {
                open = None;
                let text = chain(&error);
                if text != last_error {
                    tracing::error!("the search index is behind: {text}");
                    last_error = text;
                }
            }
        }
        if is_stopping {
            return;
        }
    }
}

fn catch_up(layout: &Layout, open: &mut Option<(Reader, Writer)>) -> Result<(), Error> {
    if open.is_none() {
        *open = Some((Reader::open(layout)?, open_index(&layout.index())?));
    }
    if let Some((reader, index)) = open {
        follow::catch_up(reader, index, |_| {})?;
    }
    Ok(())
}

/// Opens the index for writing.
pub(super) fn open_index(dir: &Path) -> Result<Writer, Error> {
    Ok(Writer::open(dir).map_err(follow::Error::Index)?)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
