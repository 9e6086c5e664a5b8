//! Reading a page once more from its capture, with a better extractor or with more learned of its
//! outlet. Nobody is asked, nothing is put off, and nothing counts as an edit.

use std::collections::HashMap;
use std::path::Path;

use crate::enrich::learned::{self, Learned};
use crate::enrich::plan::Plan;
use crate::enrich::seen::{Seen, What};
use crate::enrich::why_not;
use crate::extract::recurring::Keys;
use crate::extract::{Rules, Source};
use crate::model::capture::digest;
use crate::model::feed::Revisit;
use crate::model::page::PageRules;
use crate::model::time::Timestamp;
use crate::schedule::pages::Policy;
use crate::store::captures::{self, Capture};
use crate::store::pages::state;
use crate::store::{ArticleRow, Error, Reader, Writer, recurring};
use crate::warc::{Place, read};
use crate::worker::{self, Worker};

/// What is to be done with what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Nothing: only told.
    DryRun,
    /// Stored, unless much of the text would be lost.
    KeepLonger,
    /// Stored, whatever it is.
    TakeShorter,
}

/// What came of reading a page once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reread {
    /// The text that was there.
    Same,
    /// Another text, or more metadata: words before and after.
    Changed(usize, usize),
    /// So much less text that it was left as it was: words before and after.
    Shorter(usize, usize),
    /// No article could be read; it was left as it was.
    Unreadable(String),
    /// Its document was not kept.
    NotKept,
}

/// What every reading needs.
#[derive(Debug)]
pub struct Again<'c> {
    /// The archive.
    pub reader: &'c Reader,
    /// The archive.
    pub writer: &'c Writer,
    /// Where the captures lie.
    pub warc: &'c Path,
    /// Reads pages in a process of its own.
    pub worker: &'c mut Worker,
    /// What recurs on the pages of each outlet.
    pub learned: &'c mut Learned,
    /// What is known of the pages of each outlet that has rules.
    pub rules: &'c HashMap<String, PageRules>,
    /// What is to be done with it.
    pub wish: Wish,
}

/// Why it cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The archive cannot be used.
    #[error(transparent)]
    Store(#[from] Error),
    /// Pages cannot be read at all.
    #[error(transparent)]
    Worker(#[from] worker::Error),
}

/// Reads the page of `article` once more.
///
/// # Errors
/// Only what stops every page; one that cannot be read is a result.
pub async fn read_again(
    again: &mut Again<'_>,
    article: ArticleRow,
    now: Timestamp,
) -> Result<Reread, Trouble> {
    let Some(state) = state::of(again.reader, article)? else { return Ok(Reread::NotKept) };
    let Some(hash) = state.body_hash else { return Ok(Reread::NotKept) };
    let capture = captures::of_document(again.reader, &digest(&hash))?;
    let Some(capture) = capture else { return Ok(Reread::NotKept) };
    let (bytes, content_type) = match document(again.warc, &capture) {
        Ok(found) => found,
        Err(problem) => return Ok(Reread::Unreadable(problem)),
    };
    let outlet = learned::key(&state).to_owned();
    if !again.learned.has(&outlet) {
        let counts = recurring::of(again.reader, &outlet)?;
        again.learned.take_up(&outlet, counts);
    }
    let source = Source {
        url: capture.final_url,
        asked_url: Some(state.url.clone()),
        content_type,
        status: Some(capture.status),
    };
    let rules = again.rules.get(&outlet).cloned().unwrap_or_default();
    let recurring = Keys::clone(&again.learned.keys(&outlet));
    let known = Rules { outlet: rules, recurring };
    let page = match again.worker.page(&bytes, &source, &known).await? {
        Ok(page) => page,
        Err(unread) => return Ok(Reread::Unreadable(unread.as_str().to_owned())),
    };
    if let Some(reason) = why_not(&page) {
        return Ok(Reread::Unreadable(reason.to_owned()));
    }
    let mut seen = Seen::only(What::Same);
    seen.hash = Some(hash);
    seen.validators = state.validators.clone();
    let plan = Plan {
        article,
        revisit: Revisit::Off,
        rules: known.outlet,
        policy: Policy::default(),
        at: now,
        state,
        seen,
        kept: None,
        learned: None,
    };
    let wish = again.wish;
    Ok(again.writer.write(move |tx| plan.reread(tx, &page, wish)).await?)
}

/// The document of a capture, and its `Content-Type`.
fn document(warc: &Path, capture: &Capture) -> Result<(Vec<u8>, Option<String>), String> {
    let place =
        Place { file: capture.file.clone(), offset: capture.offset, length: capture.length };
    let records = read::exchange(warc, &place).map_err(|error| error.to_string())?;
    let named = format!("<{}>", capture.record_id);
    let is_answer = |record: &&read::Record| record.header("WARC-Record-ID") == Some(&named);
    let answer = records.iter().find(is_answer).ok_or("its record is not there")?;
    Ok((answer.payload().to_vec(), answer.http_header("Content-Type")))
}
