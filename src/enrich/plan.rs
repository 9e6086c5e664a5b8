//! What one reading changes in the archive, decided inside the transaction that stores it.

use std::time::Duration;

use crate::dedupe::decide::{Known, changes};
use crate::dedupe::fingerprint::{self, Short, differ};
use crate::dedupe::reading::{self, Verdict};
use crate::enrich::again::{Reread, Wish};
use crate::enrich::seen::{Seen, What, content};
use crate::enrich::{Evidence, Read, is_read_alike, rest_of};
use crate::extract::access::{Access, Wall};
use crate::extract::{self, Kind, Page};
use crate::model::article::{Content, Source};
use crate::model::capture::digest;
use crate::model::feed::Revisit;
use crate::model::page::{Followed, PageRules, Rule};
use crate::model::time::Timestamp;
use crate::schedule::pages::{self as ladder, Policy};
use crate::store::articles::{self, Version};
use crate::store::captures::{self, Subject};
use crate::store::pages::state::{self, State};
use crate::store::pages::{self, Recorded};
use crate::store::recurring::{self, Counts};
use crate::store::{ArticleRow, Error, Tx};

/// Rules that forbid a page seldom change.
const FORBIDDEN_MIN: Duration = Duration::from_secs(86_400);

/// A host is left alone for at least this long.
const REST_MIN: Duration = Duration::from_secs(60);

/// Everything the transaction needs.
pub(super) struct Plan {
    pub(super) article: ArticleRow,
    pub(super) revisit: Revisit,
    pub(super) rules: PageRules,
    pub(super) policy: Policy,
    pub(super) at: Timestamp,
    pub(super) state: State,
    pub(super) seen: Seen,
    pub(super) kept: Evidence,
    pub(super) learned: Option<(String, Counts)>,
}

/// A text of which less than this is left is not taken for a better reading.
const SHORTER_PERCENT: usize = 80;

/// What a reading makes of an article.
struct Taken<'t> {
    /// The article as it was.
    known: &'t Known,
    /// The article as it is after it.
    merged: &'t Content,
    /// What the page says.
    content: &'t Content,
    /// It was read for the first time or anew, so that more words are no edit.
    is_reading: bool,
}

/// How a reading ended.
struct End {
    outcome: &'static str,
    access: Option<&'static str>,
    reason: Option<String>,
    changed: Vec<&'static str>,
}

impl End {
    fn new(outcome: &'static str) -> Self {
        Self { outcome, access: None, reason: None, changed: Vec::new() }
    }

    fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    fn access(self, access: &'static str) -> Self {
        Self { access: Some(access), ..self }
    }
}

impl Plan {
    pub(super) fn carry_out(mut self, tx: &Tx<'_>) -> Result<Read, Error> {
        if let Some(kept) = &self.kept {
            captures::add(tx, kept, Subject::Page(self.article))?;
        }
        if let Some((outlet, counts)) = &self.learned {
            recurring::set(tx, outlet, counts)?;
        }
        let what = std::mem::replace(&mut self.seen.what, What::Same);
        let end = self.end(tx, what)?;
        if self.seen.status.is_some() {
            pages::site_answered(tx, &self.state.site)?;
        }
        self.state.last_at = Some(self.at);
        end.outcome.clone_into(&mut self.state.last_outcome);
        self.state.last_error.clone_from(&end.reason);
        if let Some(access) = end.access {
            self.state.last_access = Some(access.to_owned());
        }
        state::set_state(tx, self.article, &self.state)?;
        let recorded = Recorded {
            outcome: end.outcome,
            status: self.seen.status,
            final_url: self.seen.final_url.take(),
            access: end.access,
            reason: end.reason.clone(),
            reserved: self.seen.reserved.words(),
            license: self.seen.license.take(),
        };
        pages::record(tx, self.article, &recorded, self.at)?;
        let End { outcome, changed, reason, .. } = end;
        Ok(Read { outcome, changed, reason, next_at: self.state.next_at })
    }

    fn end(&mut self, tx: &Tx<'_>, what: What) -> Result<End, Error> {
        Ok(match what {
            What::Same => {
                self.read_well();
                let access = self.state.access.as_deref().and_then(Access::from_word);
                End { access: access.map(Access::as_str), ..End::new("same") }
            }
            What::Article(page) => self.accept(tx, &page)?,
            What::Wall(Wall::SoftNotFound) => self.missing("the page says that it is not there"),
            What::Wall(wall) => {
                self.try_again("a wall");
                End::new("wall").access(wall.access().as_str()).because(wall.as_str())
            }
            What::Refused { access, reason } => {
                self.try_again("refused");
                End::new("refused").access(access).because(reason)
            }
            What::Unread { reason, is_known } => {
                if !is_known {
                    self.state.unread_hash = self.seen.hash;
                    self.state.extractor = extract::VERSION;
                    self.state.followed = found_nothing(&self.rules);
                }
                self.try_again("not readable");
                End::new("unread").because(reason)
            }
            What::Missing(reason) => self.missing(&reason),
            What::Failed(reason) => {
                self.try_again("failed");
                End::new("failed").because(reason)
            }
            What::Unreachable(reason) => {
                let n_failures = pages::site_failed(tx, &self.state.site)?;
                self.put_off(tx, rest_of(&self.policy, n_failures), "its host cannot be reached")?;
                End::new("unreachable").because(reason)
            }
            What::Forbidden { reason, wait, is_whole_host } => {
                if is_whole_host {
                    self.put_off(tx, wait.max(REST_MIN), "robots.txt cannot be read")?;
                } else {
                    self.state.next_at = Some(self.at.plus(wait.max(FORBIDDEN_MIN)));
                    "robots.txt".clone_into(&mut self.state.next_reason);
                }
                End::new("forbidden").because(reason)
            }
            What::Throttled { wait } => {
                self.put_off(tx, wait, "the server asked to wait")?;
                End::new("throttled")
            }
        })
    }

    /// What is due of the same feed at the same host is put off as well.
    fn put_off(&mut self, tx: &Tx<'_>, wait: Duration, reason: &str) -> Result<(), Error> {
        let until = self.at.plus(wait);
        pages::rest(tx, &self.state, until, reason)?;
        self.state.next_at = Some(until);
        reason.clone_into(&mut self.state.next_reason);
        Ok(())
    }

    fn try_again(&mut self, reason: &str) {
        self.state.n_failures += 1;
        let (policy, n_failures) = (&self.policy, self.state.n_failures);
        self.state.next_at = ladder::retry(policy, n_failures, self.state.since, self.at);
        self.state.next_reason = format!("{reason}, {n_failures} in a row");
    }

    fn missing(&mut self, reason: &str) -> End {
        self.state.gone_at = self.state.gone_at.or(Some(self.at));
        self.try_again("gone");
        End::new("gone").because(reason)
    }

    /// It could be read: when to read it again.
    fn read_well(&mut self) {
        let state = &mut self.state;
        state.n_failures = 0;
        state.gone_at = None;
        let is_live = self.revisit == Revisit::LiveBlog
            || state.kind.as_deref() == Some(Kind::LiveBlog.as_str());
        let changed_at = state.changed_at.unwrap_or(self.at);
        let live = ladder::live(&self.policy, changed_at, self.at).filter(|_| is_live);
        let next = ladder::revisit(&self.policy, state.since, self.at);
        (state.next_at, state.next_reason) = match (self.revisit, live) {
            (Revisit::Off, _) => (None, "revisit is off".to_owned()),
            (_, Some(at)) => (Some(at), "a live blog".to_owned()),
            _ => (next, "its age".to_owned()),
        };
    }

    fn accept(&mut self, tx: &Tx<'_>, page: &Page) -> Result<End, Error> {
        self.seen.license.clone_from(&page.license);
        let access = page.access.as_str();
        let content = content(page);
        let known = articles::known(tx, self.article, None)?;
        let last = state::last_reading(tx, self.article, &self.state)?;
        let (merged, is_edit) = match &last {
            None => (reading::complete(&known.current, &content), false),
            Some(last) if !is_read_alike(&self.state, &self.rules) => {
                (reading::read_anew(&known.current, last, &content), false)
            }
            Some(last) if self.is_less(page, last) => {
                self.try_again("less of it is free");
                return Ok(End::new("wall").access(access));
            }
            Some(last) => match reading::judge(last, &content) {
                Verdict::Unchanged => {
                    self.remember(page);
                    return Ok(End::new("same").access(access));
                }
                Verdict::Collapsed => {
                    self.try_again("hardly any text");
                    let reason = format!("{} words, where there were more", page.n_words);
                    return Ok(End::new("collapsed").because(reason));
                }
                Verdict::Doubtful if !self.is_confirmed(&content) => {
                    return Ok(End::new("same").access(access));
                }
                Verdict::Doubtful => (reading::edited(&known, last, &content, &["text"]), true),
                Verdict::Edited(changed) => {
                    (reading::edited(&known, last, &content, &changed), true)
                }
            },
        };
        let changed = if is_edit { changes(&known.current, &merged) } else { Vec::new() };
        self.take_up(
            tx,
            &Taken { known: &known, merged: &merged, content: &content, is_reading: !is_edit },
            &changed,
        )?;
        if last.is_none() || !changed.is_empty() {
            self.state.changed_at = Some(self.at);
        }
        self.state.n_reads += 1;
        self.remember(page);
        let outcome = if last.is_none() { "read" } else { "changed" };
        Ok(End { access: Some(access), changed, ..End::new(outcome) })
    }

    /// Stores the text of a reading: in a revision where the article has more or other words now, and
    /// else beside it.
    fn take_up(
        &mut self,
        tx: &Tx<'_>,
        taken: &Taken<'_>,
        changed: &[&'static str],
    ) -> Result<(), Error> {
        let Taken { known, merged, content, .. } = taken;
        let is_more = reading::is_more(&known.current, merged);
        self.state.text_revision = None;
        if !changed.is_empty() || taken.is_reading && is_more {
            let is_new_text = merged.text != known.current.text;
            let text_source = if is_new_text { Source::Page } else { known.text_source };
            let revision = self.revise(tx, merged, changed, text_source)?;
            let is_page_text = merged.text == content.text;
            self.state.text_revision = Some(revision).filter(|_| is_page_text);
        }
        let is_apart = self.state.text_revision.is_none();
        state::set_text(tx, self.article, Some(content.text.as_str()).filter(|_| is_apart))?;
        self.state.title.clone_from(&content.title);
        self.state.authors.clone_from(&content.authors);
        Ok(())
    }

    /// Takes up another reading of the document that was read last, as `wish` says.
    pub(super) fn reread(mut self, tx: &Tx<'_>, page: &Page, wish: Wish) -> Result<Reread, Error> {
        let Some(last) = state::last_reading(tx, self.article, &self.state)? else {
            return Ok(Reread::NotKept);
        };
        let content = content(page);
        let n_words = |text: &str| text.split_whitespace().count();
        let (before, after) = (n_words(&last.text), n_words(&content.text));
        if wish != Wish::TakeShorter && after * 100 < before * SHORTER_PERCENT {
            return Ok(Reread::Shorter(before, after));
        }
        let known = articles::known(tx, self.article, None)?;
        let merged = reading::read_anew(&known.current, &last, &content);
        let is_changed =
            reading::is_more(&known.current, &merged) || differ(&last.text, &content.text);
        if wish != Wish::DryRun {
            let taken =
                Taken { known: &known, merged: &merged, content: &content, is_reading: true };
            self.take_up(tx, &taken, &[])?;
            let planned = self.state.clone();
            self.remember(page);
            // What is planned for the page, and how it last answered, is as it was.
            self.state.next_at = planned.next_at;
            self.state.next_reason = planned.next_reason;
            self.state.n_failures = planned.n_failures;
            self.state.gone_at = planned.gone_at;
            self.state.doubt = planned.doubt;
            state::set_state(tx, self.article, &self.state)?;
        }
        Ok(if is_changed { Reread::Changed(before, after) } else { Reread::Same })
    }

    fn revise(
        &self,
        tx: &Tx<'_>,
        content: &Content,
        changed: &[&'static str],
        text_source: Source,
    ) -> Result<i64, Error> {
        let digest = self.seen.hash.as_ref().map(digest);
        let version = Version {
            content,
            fingerprint: fingerprint::content(content),
            changed,
            source: Source::Page,
            text_source,
            feed: None,
            digest: digest.as_deref(),
            now: self.at,
        };
        articles::revise(tx, self.article, &version)
    }

    /// Whether a page gives less of its article than it did: somebody put up a wall, and edited
    /// nothing.
    fn is_less(&self, page: &Page, last: &Content) -> bool {
        let was_full = self.state.access.as_deref() == Some(Access::Full.as_str());
        was_full
            && matches!(page.access, Access::Teaser | Access::Paid)
            && page.text.len() < last.text.len()
    }

    /// Whether a doubtful change is there for the second time.
    fn is_confirmed(&mut self, content: &Content) -> bool {
        let print: Short = fingerprint::content(content);
        if self.state.doubt == Some(print) {
            return true;
        }
        self.read_well();
        self.state.doubt = Some(print);
        false
    }

    /// What is remembered of a page that was read well, whether or not it changed.
    fn remember(&mut self, page: &Page) {
        let state = &mut self.state;
        state.doubt = None;
        state.body_hash = self.seen.hash;
        state.validators = self.seen.validators.clone();
        state.unread_hash = None;
        state.extractor = extract::VERSION;
        state.followed.clone_from(&page.followed);
        state.access = Some(page.access.as_str().to_owned());
        state.kind = Some(page.kind.as_str().to_owned());
        state.modified_at = page.modified.map(|date| date.at);
        state.image.clone_from(&page.image);
        state.canonical_url.clone_from(&page.canonical_url);
        state.wire.clone_from(&page.wire);
        state.candidates = serde_json::to_string(&page.candidates).ok();
        state.dropped = serde_json::to_string(&page.recurring).ok();
        self.read_well();
    }
}

/// The rules of a page of which nothing else is known.
fn found_nothing(rules: &PageRules) -> Vec<Followed> {
    let followed = |(rule, selector): (Rule, &str)| Followed {
        rule,
        selector: selector.to_owned(),
        n_elements: 0,
    };
    rules.all().map(followed).collect()
}
