//! Whether it is our own network that is down: when host after host cannot be reached, none of
//! them has failed.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::time::Timestamp;

/// So many different hosts, and none between them that answered.
const HOSTS_MIN: usize = 3;

/// Failures further apart than this have nothing to do with each other.
const APART_MAX: Duration = Duration::from_secs(10 * 60);

/// After an answer the network is believed for this long: a few dead hosts in a row are then only
/// dead hosts.
const BELIEVED: Duration = Duration::from_secs(20);

/// What the last requests say of our own network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outage {
    unreachable: BTreeSet<String>,
    /// When the first of them could not be reached.
    began_at: Timestamp,
    last_at: Timestamp,
    answered_at: Option<Timestamp>,
    /// When the last outage ended.
    ended_at: Option<Timestamp>,
}

/// What a request changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The outage has begun.
    Began,
    /// It is over. What failed since then is to be tried again.
    Ended {
        /// When the first host could not be reached, before that could be known for an outage.
        began_at: Timestamp,
    },
}

impl Outage {
    /// Whether what fails now is our own failure.
    pub fn is_on(&self) -> bool {
        self.unreachable.len() >= HOSTS_MIN
    }

    /// Whether a request that was sent at `sent_at` and got no answer failed of it: while it is on,
    /// or because it was over only after the request was sent.
    pub fn explains(&self, sent_at: Timestamp) -> bool {
        self.is_on() || self.ended_at.is_some_and(|at| self.began_at <= sent_at && sent_at < at)
    }

    /// Some host answered at `now`, whatever it said.
    pub fn answered(&mut self, now: Timestamp) -> Option<Change> {
        self.answered_at = Some(now);
        let was_on = self.is_on();
        self.unreachable.clear();
        if was_on {
            self.ended_at = Some(now);
        }
        was_on.then_some(Change::Ended { began_at: self.began_at })
    }

    /// `host` could not be reached at `now`: no name, or no connection.
    pub fn unreachable(&mut self, host: &str, now: Timestamp) -> Option<Change> {
        // Also when the clock was set back: both times are then nothing to go by.
        if now.since(self.last_at) > APART_MAX || now < self.last_at {
            self.unreachable.clear();
        }
        self.last_at = now;
        let was_on = self.is_on();
        let is_believed = self.answered_at.is_some_and(|at| now >= at && now.since(at) < BELIEVED);
        // More than enough is as good as all.
        if !was_on && !is_believed {
            if self.unreachable.is_empty() {
                (self.began_at, self.ended_at) = (now, None);
            }
            self.unreachable.insert(host.to_owned());
        }
        (!was_on && self.is_on()).then_some(Change::Began)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(minutes * 60))
    }

    #[test]
    fn three_hosts_in_a_row_are_our_own_outage_until_one_answers() {
        let mut outage = Outage::default();
        assert_eq!(outage.unreachable("nos.nl", at(0)), None);
        assert_eq!(outage.unreachable("nu.nl", at(1)), None);
        assert!(!outage.is_on());
        assert_eq!(outage.unreachable("ad.nl", at(2)), Some(Change::Began));
        assert_eq!(outage.unreachable("fd.nl", at(3)), None);
        assert!(outage.is_on());
        assert_eq!(outage.answered(at(4)), Some(Change::Ended { began_at: at(0) }));
        assert!(!outage.is_on());
    }

    #[test]
    fn a_request_sent_into_an_outage_failed_of_it_though_it_ended_later() {
        let mut outage = Outage::default();
        for (minute, host) in [(1, "a.nl"), (2, "b.nl"), (3, "c.nl")] {
            outage.unreachable(host, at(minute));
        }
        assert!(outage.explains(at(4)));
        outage.answered(at(5));
        assert_eq!(outage.unreachable("d.nl", at(5)), None);
        assert!(outage.explains(at(4)));
        assert!(!outage.explains(at(5)) && !outage.explains(at(0)));
        outage.unreachable("d.nl", at(30));
        assert!(!outage.explains(at(4)));
    }

    #[test]
    fn dead_hosts_right_after_an_answer_are_not_the_network() {
        let mut outage = Outage::default();
        outage.answered(at(0));
        for host in ["a.nl", "b.nl", "c.nl"] {
            assert_eq!(outage.unreachable(host, at(0)), None);
        }
        assert!(!outage.is_on());
    }

    #[test]
    fn one_host_with_many_feeds_is_not_the_network() {
        let mut outage = Outage::default();
        for minute in 0..60 {
            assert_eq!(outage.unreachable("dpgmedia.nl", at(minute)), None);
        }
        assert!(!outage.is_on());
    }

    #[test]
    fn dead_hosts_far_apart_are_not_the_network() {
        let mut outage = Outage::default();
        for (n, host) in ["a.nl", "b.nl", "c.nl", "d.nl"].iter().enumerate() {
            outage.unreachable(host, at(n as u64 * 11));
        }
        assert!(!outage.is_on());
    }

    proptest! {
        #[test]
        fn an_answer_between_keeps_it_off(hosts in proptest::collection::vec("[a-z]{1,3}", 0..30)) {
            let mut outage = Outage::default();
            for (n, host) in hosts.iter().enumerate() {
                outage.unreachable(host, at(n as u64));
                if n % 2 == 1 {
                    outage.answered(at(n as u64));
                }
                prop_assert!(!outage.is_on());
            }
        }
    }
}
