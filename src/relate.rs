//! The pipeline that finds near duplicates: it follows the sequence of changes, compares each new
//! text with those of the same days, and joins what goes back to one text in a story.
//!
//! The work for one article is bounded, however many there are: so many hashes, so many holders of
//! each, so many texts read. It runs beside the polls and never in them.

use std::collections::HashMap;
use std::rc::Rc;

use crate::dedupe::near::overlap::{self, Outlets, Prepared, overlap};
use crate::dedupe::near::passages::Passages;
use crate::dedupe::near::{VERSION, sketch};
use crate::store::shingles::{self, Holders, Pending, Shingle, WINDOW_SECONDS};
use crate::store::stories::{self, Link};
use crate::store::{ArticleRow, Error, Reader, Tx, Writer};

/// Articles in one transaction.
const BATCH: usize = 256;

/// Holders of one hash that are looked at, the latest ones. What more have is a standard phrase, or
/// a story that is found by any of them.
const HOLDERS_MAX: u32 = 32;

/// Texts compared with one article, those that share most of its sketch.
const TEXTS_MAX: usize = 12;

const DAY_SECONDS: i64 = 86_400;

/// Compares what changed since the last time, at most `limit` articles; `progress` hears of those
/// done so far. Returns how many were done: fewer than `limit` when none is left; then stories that were
/// worked out anew have the names they had.
pub fn catch_up(
    reader: &Reader,
    writer: &Writer,
    limit: usize,
    mut progress: impl FnMut(usize),
) -> Result<usize, Error> {
    let mut seq = if let Some(seq) = shingles::watermark(reader, VERSION)? {
        seq
    } else {
        writer.write_blocking(|tx| {
            stories::clear(tx)?;
            shingles::set_watermark(tx, 0, VERSION)
        })?;
        0
    };
    let mut n_done = 0;
    while n_done < limit {
        let pending = shingles::pending(reader, seq, BATCH.min(limit - n_done))?;
        let Some(last) = pending.last() else { break };
        seq = last.seq;
        n_done += pending.len();
        let findings = Batch::new(reader)?.compare(pending)?;
        writer.write_blocking(move |tx| {
            store(tx, &findings)?;
            shingles::set_watermark(tx, seq, VERSION)
        })?;
        progress(n_done);
    }
    // Whether the stories were cleared now or by a run that was cut short.
    if n_done < limit && stories::has_former_names(reader)? {
        writer.write_blocking(stories::restore_names)?;
    }
    Ok(n_done)
}

fn store(tx: &Tx<'_>, findings: &[Finding]) -> Result<(), Error> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for finding in findings {
        stories::mark(tx, finding.article, finding.revision)?;
        old.extend_from_slice(&finding.old);
        new.extend_from_slice(&finding.new);
    }
    shingles::replace(tx, old, new)?;
    for finding in findings {
        stories::unlink(tx, finding.article, &finding.apart)?;
        for link in &finding.links {
            stories::link(tx, finding.article, link)?;
        }
    }
    Ok(())
}

/// What came of looking at one article.
struct Finding {
    article: ArticleRow,
    revision: i64,
    old: Vec<Shingle>,
    new: Vec<Shingle>,
    links: Vec<Link>,
    /// Articles it was compared with and has no text in common with.
    apart: Vec<ArticleRow>,
}

/// A text to compare with.
struct Known {
    sort_at: i64,
    outlet: Option<String>,
    text: Prepared,
}

/// The articles of one transaction: each is compared with what is stored and with those before it.
struct Batch<'r> {
    reader: &'r Reader,
    holders: Holders<'r>,
    texts: HashMap<ArticleRow, Option<Rc<Known>>>,
    by_hash: HashMap<u32, Vec<ArticleRow>>,
}

impl<'r> Batch<'r> {
    fn new(reader: &'r Reader) -> Result<Self, Error> {
        let holders = Holders::new(reader)?;
        Ok(Self { reader, holders, texts: HashMap::new(), by_hash: HashMap::new() })
    }

    fn compare(mut self, pending: Vec<Pending>) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::with_capacity(pending.len());
        for article in pending {
            if let Some(text) = &article.text {
                findings.push(self.compare_one(&article, text)?);
            }
        }
        Ok(findings)
    }

    fn compare_one(&mut self, pending: &Pending, text: &str) -> Result<Finding, Error> {
        let Pending { article, revision, sort_at, .. } = *pending;
        let row = |hash: &u32| Shingle::new(article, sort_at, *hash);
        let before = pending.before.as_deref().map(|text| sketch::sketch(&Passages::read(text)));
        let passages = Passages::read(text);
        let hashes = sketch::sketch(&passages);
        let mut finding = Finding {
            article,
            revision,
            old: before.iter().flatten().filter(|hash| !hashes.contains(hash)).map(row).collect(),
            new: hashes.iter().map(row).collect(),
            links: Vec::new(),
            apart: Vec::new(),
        };
        let candidates = self.candidates(article, sort_at, &hashes)?;
        if !candidates.is_empty() {
            let outlet = pending.outlet.clone();
            let known = Rc::new(Known { sort_at, outlet, text: Prepared::new(passages) });
            self.decide(&known, &candidates, &mut finding)?;
            self.texts.insert(article, Some(known));
        }
        // A new article has no links that could be wrong.
        if before.is_none() {
            finding.apart.clear();
        }
        for hash in hashes {
            self.by_hash.entry(hash).or_default().push(article);
        }
        Ok(finding)
    }

    /// The articles that share most of a sketch, best first.
    fn candidates(
        &mut self,
        article: ArticleRow,
        sort_at: i64,
        hashes: &[u32],
    ) -> Result<Vec<ArticleRow>, Error> {
        let mut counts: HashMap<ArticleRow, u32> = HashMap::new();
        for hash in hashes {
            let latest = self.by_hash.get(hash).into_iter().flatten().rev();
            for other in latest.take(HOLDERS_MAX as usize) {
                *counts.entry(*other).or_default() += 1;
            }
            self.holders.each(sort_at, *hash, HOLDERS_MAX, |other| {
                *counts.entry(other).or_default() += 1;
            })?;
        }
        counts.remove(&article);
        let mut ranked: Vec<(u32, ArticleRow)> =
            counts.into_iter().map(|(article, count)| (count, article)).collect();
        // The latest first among equals.
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        ranked.truncate(TEXTS_MAX);
        Ok(ranked.into_iter().map(|(_, article)| article).collect())
    }

    fn decide(
        &mut self,
        known: &Known,
        candidates: &[ArticleRow],
        finding: &mut Finding,
    ) -> Result<(), Error> {
        let mut others = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let other = self.text(*candidate)?;
            others.extend(
                other
                    .filter(|other| (other.sort_at - known.sort_at).abs() <= WINDOW_SECONDS)
                    .map(|other| (*candidate, other)),
            );
        }
        let day = |known: &Known| known.sort_at.div_euclid(DAY_SECONDS);
        let days: Vec<(i64, &Prepared)> =
            others.iter().map(|(_, other)| (day(other), &other.text)).collect();
        let recurring = overlap::recurring(&known.text, day(known), &days);
        for (article, other) in &others {
            let found = overlap(&known.text, &other.text, &recurring);
            let is_same = known.outlet.is_some() && known.outlet == other.outlet;
            if !found.is_copy(if is_same { Outlets::Same } else { Outlets::Different }) {
                finding.apart.push(*article);
                continue;
            }
            finding.links.push(Link {
                other: *article,
                kept: found.kept_of_first(),
                kept_other: found.kept_of_second(),
            });
        }
        Ok(())
    }

    fn text(&mut self, article: ArticleRow) -> Result<Option<Rc<Known>>, Error> {
        if let Some(known) = self.texts.get(&article) {
            return Ok(known.clone());
        }
        let known = shingles::candidate(self.reader, article)?.map(|candidate| {
            let text = Prepared::of(&candidate.text);
            Rc::new(Known { sort_at: candidate.sort_at, outlet: candidate.outlet, text })
        });
        self.texts.insert(article, known.clone());
        Ok(known)
    }
}
