//! What sites reserve of use by machines in their `/.well-known/tdmrep.json` (TDM Reservation
//! Protocol, W3C, 2024): each read once a day. Recorded by others, acted on by nobody.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::{Position, Url};

use crate::fetch::memory::{FRESH_FOR, Remembered};
use crate::fetch::redirect;
use crate::fetch::{Answer, Forbidden, Response};
use crate::model::fetch::HostFile;
use crate::model::reservation::Reservations;
use crate::model::time::Timestamp;
use crate::parse::reservation::Rules;

/// One that could not be read is asked for again after this.
const RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// For how long the last one may stand in for one that cannot be read.
const STANDS_IN_FOR: Duration = HostFile::KEPT_FOR;

/// A longer file says nothing: it cannot be meant.
const FILE_BYTES_MAX: usize = 1 << 20;

/// Where the reservations of the site of `url` are.
pub(super) fn url(url: &Url) -> Url {
    let mut file = redirect::without_credentials(url.clone());
    file.set_path("/.well-known/tdmrep.json");
    file.set_query(None);
    file.set_fragment(None);
    file
}

/// What is known of a site.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Site {
    rules: Rules,
    read_at: Timestamp,
    again_at: Timestamp,
}

impl Site {
    pub(super) fn new(
        got: Result<Response, Forbidden>,
        before: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        let known = |rules| Self { rules, read_at: now, again_at: now.plus(FRESH_FOR) };
        let (status, answer) = match got {
            Ok(response) => (response.status, response.answer),
            // What may not be read says nothing.
            Err(_) => return known(Rules::default()),
        };
        let wait = match answer {
            Answer::Document(json) if json.len() <= FILE_BYTES_MAX => {
                return known(Rules::read(&json));
            }
            Answer::Document(_) | Answer::Gone => return known(Rules::default()),
            Answer::Throttled { wait } => wait,
            _ if status.is_some_and(|status| status < 500) => return known(Rules::default()),
            _ => Duration::ZERO,
        };
        let again_at = now.plus(wait.clamp(RETRY_AFTER, FRESH_FOR));
        match before.filter(|last| now.since(last.read_at) < STANDS_IN_FOR) {
            Some(last) => Self { rules: last.rules.clone(), read_at: last.read_at, again_at },
            None => Self { rules: Rules::default(), read_at: now, again_at },
        }
    }

    /// What it says of the document at `url`.
    pub(super) fn of(&self, url: &Url) -> Reservations {
        self.rules.of(&url[Position::BeforePath..Position::AfterQuery])
    }
}

impl Remembered for Site {
    fn read_at(&self) -> Timestamp {
        self.read_at
    }

    fn again_at(&self) -> Timestamp {
        self.again_at
    }

    fn n_bytes(&self) -> usize {
        // The key, the entry and the rules.
        512 + self.rules.n_bytes()
    }
}
