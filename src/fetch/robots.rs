//! The rules for robots (RFC 9309) of the hosts asked of late: each read once a day.

use std::time::Duration;

use reqwest::StatusCode;
use robotxt::{AccessResult, BYTE_LIMIT, Robots, Rule};
use serde::{Deserialize, Serialize};
use url::{Position, Url};

use crate::fetch::memory::{FRESH_FOR, Remembered};
use crate::fetch::{Forbidden, failure, redirect};
use crate::model::fetch::{Failure, FailureClass, HostFile};
use crate::model::time::Timestamp;

/// Where a host has its rules (RFC 9309 section 2.3).
pub(super) const PATH: &str = "/robots.txt";

/// The name by which rules are found, whatever else the User-Agent says.
const AGENT: &str = "knipsel";

/// An unreachable robots.txt is asked for again after this.
const RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// RFC 9309 section 2.3.1.4: for how long the last one may stand in for one that is unreachable.
const STANDS_IN_FOR: Duration = HostFile::KEPT_FOR;

/// RFC 9309 section 2.3.1.2: at least this many redirects are followed.
pub(super) const REDIRECTS_MIN: usize = 5;

/// One more than the parser takes, by which it sees that the last line is not whole.
pub(super) const BYTES_READ: usize = BYTE_LIMIT + 1;

/// A longer `crawl-delay` is held to this: some mean "never" by a number of days, and have
/// `Disallow` to say so.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(600);

/// Sitemaps of one host; more are left out.
const SITEMAPS_MAX: usize = 50;

/// Of a rule in a message.
const RULE_CHARS_MAX: usize = 80;

/// Where the rules for `url` are.
pub(super) fn url(url: &Url) -> Url {
    let mut robots = redirect::without_credentials(url.clone());
    robots.set_path(PATH);
    robots.set_query(None);
    robots.set_fragment(None);
    robots
}

/// An answer of a server that was asked for its rules.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    /// The beginning of the file, [`BYTES_READ`] at most.
    pub(super) body: Vec<u8>,
}

/// What is known of a host.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Known {
    robots: Robots,
    /// Why the rules could not be read, where there are none.
    unreachable: Option<String>,
    /// They stand in a file that was read.
    is_file: bool,
    read_at: Timestamp,
    again_at: Timestamp,
}

impl Known {
    pub(super) fn new(
        answer: &Result<Read, Failure>,
        before: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        let (access, unreachable) = access(answer);
        let is_file = matches!(access, AccessResult::Successful(_));
        if unreachable.is_none() {
            let robots = Robots::from_access(access, AGENT);
            return Self {
                robots,
                unreachable,
                is_file,
                read_at: now,
                again_at: now.plus(FRESH_FOR),
            };
        }
        let wait = answer.as_ref().ok().and_then(|read| read.retry_after).unwrap_or_default();
        let again_at = now.plus(wait.max(RETRY_AFTER));
        // RFC 9309 section 2.4: what was read may be used for longer than a day while the file is
        // unreachable.
        let stands_in = |last: &&Self| last.is_file && now.since(last.read_at) < STANDS_IN_FOR;
        if let Some(last) = before.filter(stands_in) {
            return Self { robots: last.robots.clone(), unreachable: None, again_at, ..*last };
        }
        let robots = Robots::from_access(access, AGENT);
        Self { robots, unreachable, is_file, read_at: now, again_at }
    }

    /// Whether `url` may be fetched.
    pub(super) fn check(&self, url: &Url, now: Timestamp) -> Result<(), Forbidden> {
        let reason = if let Some(reason) = &self.unreachable {
            format!("robots.txt cannot be read ({reason}), so nothing may be fetched (RFC 9309)")
        } else if self.robots.is_url_allowed(url) {
            return Ok(());
        } else {
            let path = &url[Position::BeforePath..Position::AfterQuery];
            let rule = self.robots.matching_rule(path).map(Rule::pattern).unwrap_or_default();
            let rule: String = rule.chars().take(RULE_CHARS_MAX).collect();
            format!("robots.txt forbids it (`Disallow: {rule}`)")
        };
        Err(Forbidden {
            url: redirect::without_credentials(url.clone()).into(),
            reason: failure::one_line(&reason),
            is_whole_host: self.unreachable.is_some(),
            wait: self.again_at.since(now),
        })
    }

    /// The pause that the host asks for; none is zero.
    pub(super) fn crawl_delay(&self) -> Duration {
        self.robots.crawl_delay().unwrap_or_default().min(CRAWL_DELAY_MAX)
    }

    pub(super) fn sitemaps(&self) -> Vec<String> {
        self.robots.sitemaps().iter().take(SITEMAPS_MAX).map(|url| url.as_str().into()).collect()
    }
}

impl Remembered for Known {
    fn read_at(&self) -> Timestamp {
        self.read_at
    }

    fn again_at(&self) -> Timestamp {
        self.again_at
    }

    fn n_bytes(&self) -> usize {
        let rules: usize = self.robots.rules().iter().map(|rule| rule.pattern().len()).sum();
        let sitemaps: usize = self.robots.sitemaps().iter().map(|url| url.as_str().len()).sum();
        let n = self.robots.rules().len() + self.robots.sitemaps().len();
        // The key, the entry and the file itself, then each allocation.
        512 + rules + sitemaps + 100 * n
    }
}

/// What RFC 9309 section 2.3.1 makes of an answer; with a reason when there are no rules to go by.
fn access(answer: &Result<Read, Failure>) -> (AccessResult<'_>, Option<String>) {
    match answer {
        Ok(read) if read.status.is_success() => (AccessResult::Successful(&read.body), None),
        // A host that is asked too much has not said that it has no rules.
        Ok(read) if read.status.is_client_error() && read.status.as_u16() != 429 => {
            (AccessResult::Unavailable, None)
        }
        Ok(read) => (AccessResult::Unreachable, Some(read.status.to_string())),
        Err(failure) if failure.class == FailureClass::Redirect => {
            (AccessResult::TooManyRedirects, None)
        }
        Err(failure) => (AccessResult::Unreachable, Some(failure.reason.clone())),
    }
}
