//! What one reading changes in the archive, decided inside the transaction that stores it.

use std::time::Duration;

mod accept;
mod another;

use crate::enrich::seen::{Seen, What};
use crate::enrich::{CUT, Evidence, Read, rest_of};
use crate::extract::access::{Access, Wall};
use crate::extract::recurring::Recurring;
use crate::extract::{self, Kind};
use crate::fetch;
use crate::model::feed::{Revisit, Validators};
use crate::model::page::{Followed, PageRules, Rule};
use crate::model::time::Timestamp;
use crate::schedule::pages::{self as ladder, Policy};
use crate::store::captures::{self, Subject};
use crate::store::pages::state::{self, State};
use crate::store::pages::{self, Recorded};
use crate::store::recurring;
use crate::store::{ArticleRow, Error, Tx};

/// Rules that forbid a page seldom change.
const FORBIDDEN_MIN: Duration = Duration::from_secs(86_400);

/// The outcome of a reading where the server asked to wait.
const THROTTLED: &str = "throttled";

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
    pub(super) learned: Option<(String, Recurring)>,
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

    /// The article says what it said.
    fn is_same(&self) -> bool {
        self.outcome == "same"
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
        if self.seen.status.is_some() && end.outcome != THROTTLED {
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
                self.state.doubt = None;
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
            What::Cut => self.cut(),
            What::Missing(reason) => {
                self.follow_move(tx)?;
                self.missing(&reason)
            }
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
                    let wait = wait.max(FORBIDDEN_MIN);
                    self.state.next_at = ladder::put_off(wait, self.state.since, self.at);
                    "robots.txt".clone_into(&mut self.state.next_reason);
                }
                End::new("forbidden").because(reason)
            }
            What::Throttled { wait } => {
                // Some servers ask for a few seconds on every error: at first they are believed.
                let n_before = pages::site_failed(tx, &self.state.site)?.saturating_sub(1);
                let wait = wait.max(rest_of(&self.policy, n_before));
                self.put_off(tx, wait, "the server asked to wait")?;
                End::new(THROTTLED)
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

    /// After a move redirects end some day: a page is looked for where they led.
    fn follow_move(&mut self, tx: &Tx<'_>) -> Result<(), Error> {
        let url = &self.state.url;
        let found = pages::moves::last_found(tx, self.article)?;
        if let Some(found) =
            found.filter(|found| found != url && fetch::site(found) == fetch::site(url))
        {
            pages::moves::set_address(tx, self.article, &found)?;
            self.state.validators = Validators::default();
        }
        Ok(())
    }

    fn cut(&mut self) -> End {
        self.try_again("cut off");
        End::new(CUT).because("it is cut off")
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
