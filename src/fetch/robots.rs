//! The rules for robots (RFC 9309) of the hosts asked of late: each read once a day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use robotxt::{AccessResult, BYTE_LIMIT, Robots, Rule};
use url::{Position, Url};

use crate::fetch::{Forbidden, failure, redirect};
use crate::model::fetch::{Failure, FailureClass};
use crate::model::time::Timestamp;

/// The name by which rules are found, whatever else the User-Agent says.
const AGENT: &str = "knipsel";

/// RFC 9309 section 2.4: no longer than a day.
const FRESH_FOR: Duration = Duration::from_secs(86_400);

/// An unreachable robots.txt is asked for again after this.
const RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// RFC 9309 section 2.3.1.4: for how long the last one may stand in for one that is unreachable.
const STANDS_IN_FOR: Duration = Duration::from_secs(30 * 86_400);

/// RFC 9309 section 2.3.1.2: at least this many redirects are followed.
pub(super) const REDIRECTS_MIN: usize = 5;

/// One more than the parser takes, by which it sees that the last line is not whole.
pub(super) const BYTES_READ: usize = BYTE_LIMIT + 1;

/// A longer `crawl-delay` is held to this: some mean "never" by a number of days, and have
/// `Disallow` to say so.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(600);

/// Sitemaps of one host; more are left out.
const SITEMAPS_MAX: usize = 50;

/// What all rules in memory may take, roughly; then the oldest are forgotten and read anew.
const MEMORY_BYTES_MAX: usize = 8 << 20;

/// Of a rule in a message.
const RULE_CHARS_MAX: usize = 80;

/// Where the rules for `url` are.
pub(super) fn url(url: &Url) -> Url {
    let mut robots = redirect::without_credentials(url.clone());
    robots.set_path("/robots.txt");
    robots.set_query(None);
    robots.set_fragment(None);
    robots
}

/// The rules in memory.
#[derive(Debug, Default)]
pub(super) struct Cache {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    hosts: HashMap<String, Entry>,
    n_bytes: usize,
    n_uses: u64,
}

#[derive(Debug)]
struct Entry {
    slot: Slot,
    n_bytes: usize,
    last_use: u64,
}

/// Held while the rules are read, so that those who need them meanwhile wait instead of asking too.
type Slot = Arc<tokio::sync::Mutex<Option<Arc<Known>>>>;

/// An answer of a server that was asked for its rules.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    /// The beginning of the file, [`BYTES_READ`] at most.
    pub(super) body: Vec<u8>,
}

/// What is known of a host.
#[derive(Debug)]
pub(super) struct Known {
    robots: Robots,
    /// Why the rules could not be read, where there are none.
    unreachable: Option<String>,
    /// They stand in a file that was read.
    is_file: bool,
    read_at: Timestamp,
    again_at: Timestamp,
}

impl Cache {
    /// The rules at `robots_url`: those in memory while they are fresh at `now`, else what `read`
    /// brings.
    pub(super) async fn rules(
        &self,
        robots_url: &Url,
        now: Timestamp,
        read: impl AsyncFnOnce() -> Result<Read, Failure>,
    ) -> Arc<Known> {
        let slot = self.slot(robots_url.as_str());
        let mut known = slot.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.is_fresh(now)) {
            return Arc::clone(known);
        }
        let new = Arc::new(Known::new(&read().await, known.as_deref(), now));
        *known = Some(Arc::clone(&new));
        self.weigh(robots_url.as_str(), new.n_bytes());
        new
    }

    fn slot(&self, key: &str) -> Slot {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.n_uses += 1;
        let last_use = table.n_uses;
        if let Some(entry) = table.hosts.get_mut(key) {
            entry.last_use = last_use;
            return Arc::clone(&entry.slot);
        }
        let entry = Entry { slot: Slot::default(), n_bytes: 0, last_use };
        let slot = Arc::clone(&entry.slot);
        table.hosts.insert(key.to_owned(), entry);
        slot
    }

    /// Takes up the size of one, and forgets those not used for longest while it is too much.
    fn weigh(&self, key: &str, n_bytes: usize) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = table.hosts.get_mut(key) else { return };
        let before = std::mem::replace(&mut entry.n_bytes, n_bytes);
        table.n_bytes = table.n_bytes - before + n_bytes;
        while table.n_bytes > MEMORY_BYTES_MAX {
            let oldest = table.hosts.iter().min_by_key(|(_, entry)| entry.last_use);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            if let Some(entry) = table.hosts.remove(&oldest) {
                table.n_bytes -= entry.n_bytes;
            }
        }
    }
}

impl Known {
    fn new(answer: &Result<Read, Failure>, before: Option<&Self>, now: Timestamp) -> Self {
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

    /// A clock that was set back must not keep them for longer.
    fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.again_at && now.plus(FRESH_FOR) >= self.again_at
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rules_in_memory_are_bounded() {
        let cache = Cache::default();
        let rules = format!("User-agent: *\n{}", "Disallow: /aaaaaaaaaaaa\n".repeat(15_000));
        let read =
            || Read { status: StatusCode::OK, retry_after: None, body: rules.clone().into() };
        for n in 0..20 {
            let url = Url::parse(&format!("https://krant{n}.nl/robots.txt")).unwrap();
            cache.rules(&url, Timestamp::default(), async || Ok(read())).await;
        }
        let table = cache.table.lock().unwrap();
        assert!(table.n_bytes <= MEMORY_BYTES_MAX && !table.hosts.is_empty(), "{}", table.n_bytes);
        assert_eq!(table.n_bytes, table.hosts.values().map(|entry| entry.n_bytes).sum::<usize>());
        assert!(table.hosts.contains_key("https://krant19.nl/robots.txt"));
        assert!(!table.hosts.contains_key("https://krant0.nl/robots.txt"));
    }
}
