//! The pipeline: what a feed may have announced unseen, looked up elsewhere.
//!
//! Three places are asked, the cheapest first: other feeds of the outlet (in the archive, without a
//! request), the older pages of the feed itself (RFC 5005), and the news sitemap of the outlet. What
//! they date within a gap is archived, whether or not they prove that it is filled;
//! `coverage::evidence` says what proves it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::coverage::evidence::{self, Doubt};
use crate::coverage::{Gap, Mark};
use crate::fetch::client::Client;
use crate::model::article::IdentityKey;
use crate::model::feed::Feed;
use crate::model::time::Timestamp;
use crate::store::repairs::{self, Suspect, Tried};
use crate::store::{ArticleRow, Error, FeedId, Tx, Writer};

mod document;
mod pages;
mod sitemaps;
mod take;

/// What every repair needs.
#[derive(Debug)]
pub struct Context<'c> {
    /// The door to the web.
    pub client: &'c Client,
    /// The archive.
    pub writer: &'c Writer,
    /// Documents that may be parsed at once.
    pub parsers: &'c Semaphore,
    /// The wall clock.
    pub clock: fn() -> Timestamp,
    /// Older pages of one feed, and sitemaps, that one job may ask for.
    pub documents_max: usize,
}

/// A stretch of time of a feed that is to be looked up.
#[derive(Debug, Clone)]
pub struct Want {
    /// The row of the feed.
    pub id: FeedId,
    /// The feed.
    pub feed: Arc<Feed>,
    /// What is dated within it is archived.
    pub range: Gap,
    /// The suspected gap, when it is one; otherwise the owner wants what is there.
    pub suspect: Option<Suspect>,
}

/// What came of one of the documents that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Where it is.
    pub url: String,
    /// Articles or sitemaps it lists, or why it could not be read.
    pub result: Result<usize, String>,
    /// Articles in it that nobody had.
    pub n_new: usize,
}

/// What came of a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The feed.
    pub feed: String,
    /// The gap.
    pub gap: Gap,
    /// What proves that it is filled.
    pub repaired_by: Option<String>,
    /// The same in words, or why nothing does.
    pub result: String,
}

/// What a job came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The documents, in the order in which they were read.
    pub documents: Vec<Read>,
    /// Articles found within what was wanted.
    pub n_found: usize,
    /// Those among them that nobody had.
    pub n_new: usize,
    /// The gaps, in the order in which they were wanted.
    pub gaps: Vec<Judged>,
}

impl Report {
    /// Whether a document could not be read.
    pub fn has_failed(&self) -> bool {
        self.documents.iter().any(|read| read.result.is_err())
    }
}

/// Looks up `wants`, which are all of one outlet, and stores what is found document by document.
/// `progress` is told of each.
///
/// # Errors
/// Only what stops the archive from being written; a source that fails is a result.
pub async fn repair(
    context: &Context<'_>,
    wants: Vec<Want>,
    progress: &mut (dyn FnMut(&Read) + Send + Sync),
) -> Result<Report, Error> {
    let mut search = Search::begin(context, wants, progress).await?;
    search.ask_siblings().await?;
    search.read_pages().await?;
    search.read_sitemaps().await?;
    search.end().await
}

/// A repair that runs.
struct Search<'s> {
    context: &'s Context<'s>,
    wants: Vec<Open>,
    progress: &'s mut (dyn FnMut(&Read) + Send + Sync),
    report: Report,
    /// The longest that any source asked us to wait.
    wait: Duration,
}

/// A want, and how far it is.
struct Open {
    want: Want,
    /// By what each witness is known.
    witnesses: HashMap<i64, Vec<IdentityKey>>,
    repaired_by: Option<String>,
    doubts: Vec<String>,
    /// The seconds by which each sitemap, as it was looked through, was taken to date things later
    /// than the feed.
    shifts: Vec<i64>,
}

impl Open {
    /// Whether there is anything left to look for.
    fn is_open(&self) -> bool {
        self.repaired_by.is_none()
    }

    /// Whether `keys` name the article of `mark`.
    fn is_among(&self, mark: &Mark, keys: &HashSet<IdentityKey>) -> bool {
        let own = self.witnesses.get(&mark.article);
        own.is_some_and(|own| own.iter().any(|key| keys.contains(key)))
    }

    /// Where in time a sitemap has what is wanted, by its dates of the witnesses, or by those of the
    /// sitemap before it; and by how many seconds it dates things too late where it names a wrong zone,
    /// which are whole half hours.
    fn range_in(&mut self, sitemap: &take::Listing) -> (Gap, i64) {
        const STEP_SECONDS: i64 = 1_800;
        let witnesses = self.want.suspect.iter().flat_map(|suspect| suspect.witnesses.all());
        let dated = witnesses.filter_map(|mark| {
            let keys = self.witnesses.get(&mark.article)?;
            Some((*mark, sitemap.date_of(keys)?))
        });
        let shift = evidence::shift(dated).or(self.shifts.last().copied()).unwrap_or(0);
        self.shifts.push(shift);
        match evidence::shifted(self.want.range, shift) {
            Some(range) if shift % STEP_SECONDS == 0 => (range, shift),
            range => (range.unwrap_or(self.want.range), 0),
        }
    }

    /// Takes up the judgement on `source`, if this is a gap.
    fn conclude(&mut self, source: &str, judge: impl FnOnce(&Self, &Suspect) -> Result<(), Doubt>) {
        let Some(suspect) = &self.want.suspect else { return };
        match judge(self, suspect) {
            Ok(()) => self.repaired_by = Some(source.to_owned()),
            Err(doubt) => {
                let source = format!("{source} ");
                self.doubts.retain(|known| !known.starts_with(&source));
                self.doubts.push(format!("{source}{doubt}"));
            }
        }
    }
}

impl<'s> Search<'s> {
    async fn begin(
        context: &'s Context<'s>,
        wants: Vec<Want>,
        progress: &'s mut (dyn FnMut(&Read) + Send + Sync),
    ) -> Result<Self, Error> {
        let suspects: Vec<Suspect> = wants.iter().filter_map(|want| want.suspect.clone()).collect();
        let mut keys = context.writer.write(move |tx| witness_keys(tx, &suspects)).await?;
        let wants = wants.into_iter().map(|want| Open {
            witnesses: match &want.suspect {
                Some(suspect) => keys.remove(&suspect.stretch).unwrap_or_default(),
                None => HashMap::new(),
            },
            want,
            repaired_by: None,
            doubts: Vec::new(),
            shifts: Vec::new(),
        });
        let (wants, report) = (wants.collect(), Report::default());
        Ok(Self { context, wants, progress, report, wait: Duration::ZERO })
    }

    /// Other feeds of the outlet that were followed without a gap meanwhile have what was missed in
    /// the archive already.
    async fn ask_siblings(&mut self) -> Result<(), Error> {
        for open in &mut self.wants {
            let Some(suspect) = open.want.suspect.clone() else { continue };
            let asked = self.context.writer.write(move |tx| sibling(tx, &suspect)).await;
            for (name, judgement) in asked? {
                if open.is_open() {
                    open.conclude(&format!("feed {name}"), |_, _| judgement);
                }
            }
        }
        Ok(())
    }

    /// Stores what came of it.
    async fn end(mut self) -> Result<Report, Error> {
        let now = (self.context.clock)();
        let mut ended = Vec::new();
        for open in &self.wants {
            let Some(suspect) = open.want.suspect.clone() else { continue };
            let result = match &open.repaired_by {
                Some(by) => by.clone(),
                None if open.doubts.is_empty() => self.failures(),
                None => open.doubts.join("; "),
            };
            self.report.gaps.push(Judged {
                feed: open.want.feed.name.clone(),
                gap: suspect.gap,
                repaired_by: open.repaired_by.clone(),
                result: result.clone(),
            });
            ended.push((suspect, open.repaired_by.clone(), result));
        }
        let wait = self.wait;
        self.context
            .writer
            .write(move |tx| {
                for (suspect, repaired_by, result) in &ended {
                    let mut next_at = evidence::next_try(suspect.n_tries + 1, now);
                    if let Some(by) = repaired_by {
                        repairs::mend(tx, suspect, by)?;
                        next_at = None;
                    }
                    let next_at = next_at.map(|at| at.max(now.plus(wait)));
                    repairs::tried(tx, suspect, Tried { result, next_at }, now)?;
                }
                Ok(())
            })
            .await?;
        Ok(self.report)
    }

    /// Why there was nothing to judge by.
    fn failures(&self) -> String {
        let failed = self.report.documents.iter().filter_map(|read| {
            read.result.as_ref().err().map(|reason| format!("{}: {reason}", read.url))
        });
        let failed: Vec<String> = failed.collect();
        if failed.is_empty() {
            return "no news sitemap, no older pages and no other feed to look it up in".to_owned();
        }
        failed.join("; ")
    }

    /// Whether another document of this kind may be asked for, `n_before` having been read before.
    fn may_read(&self, n_before: usize) -> bool {
        self.report.documents.len() < n_before + self.context.documents_max
    }
}

/// By what the witnesses of each gap are known.
fn witness_keys(
    tx: &Tx<'_>,
    suspects: &[Suspect],
) -> Result<HashMap<i64, HashMap<i64, Vec<IdentityKey>>>, Error> {
    let mut all = HashMap::new();
    for suspect in suspects {
        let mut keys = HashMap::new();
        for mark in suspect.witnesses.all() {
            keys.insert(mark.article, repairs::keys(tx, ArticleRow(mark.article))?);
        }
        all.insert(suspect.stretch, keys);
    }
    Ok(all)
}

/// A source, and what it proves.
type Judgement = (String, Result<(), Doubt>);

/// What the other feeds of the outlet say of a gap.
fn sibling(tx: &Tx<'_>, suspect: &Suspect) -> Result<Vec<Judgement>, Error> {
    let mut all = Vec::new();
    for sibling in repairs::siblings(tx, suspect.feed, suspect.gap)? {
        let mut seen = HashSet::new();
        for mark in suspect.witnesses.all() {
            if repairs::is_seen(tx, sibling.feed, ArticleRow(mark.article))? {
                seen.insert(mark.article);
            }
        }
        let is_seen = |mark: &Mark| seen.contains(&mark.article);
        let judgement = evidence::judge_wider(&suspect.witnesses, sibling.since, is_seen);
        all.push((sibling.name, judgement));
    }
    Ok(all)
}
