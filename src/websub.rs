//! WebSub (W3C Recommendation, 2018) as rules of a subscriber: what it asks of a hub, which requests
//! of a hub it answers, when it asks again, and what a signature proves.
//!
//! No network and no clock. A hub that pushes is never trusted to push everything: how much less a
//! feed is polled meanwhile is for `schedule`.

pub mod signature;

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::model::time::Timestamp;
use crate::model::units::Span;

/// Where hubs can reach us. Without both addresses nothing listens and no hub is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The address and port to listen on; nothing listens when it is empty.
    pub listen: String,
    /// The public URL under which hubs reach that address; a part of its own is added for each feed.
    pub callback: String,
    /// For how long a hub is asked to push, before it is asked again.
    pub lease: Span,
}

impl Default for Options {
    fn default() -> Self {
        let ten_days = Duration::from_secs(10 * 86_400);
        Self { listen: String::new(), callback: String::new(), lease: Span(ten_days) }
    }
}

impl Options {
    /// Where to listen; `None` when the owner wants no hub asked.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok().filter(|_| !self.callback.is_empty())
    }

    /// The key that cannot be used, and why.
    pub fn mistake(&self) -> Option<(&'static str, String)> {
        if !self.listen.is_empty() && self.listen.parse::<SocketAddr>().is_err() {
            let reason = "is not an address with a port, such as `127.0.0.1:8650`";
            return Some(("websub.listen", format!("`{}` {reason}", self.listen)));
        }
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.query().is_none();
        if !self.callback.is_empty() && !Url::parse(&self.callback).is_ok_and(|url| is_web(&url)) {
            let reason = "is not an http or https URL without a query";
            return Some(("websub.callback", format!("`{}` {reason}", self.callback)));
        }
        (self.listen.is_empty() != self.callback.is_empty()).then(|| {
            let reason = "`websub.listen` and `websub.callback` need each other";
            ("websub.listen", reason.to_owned())
        })
    }

    /// The callback of the subscription that `token` names.
    pub fn callback(&self, token: &str) -> String {
        format!("{}/{token}", self.callback.trim_end_matches('/'))
    }
}

/// What is asked of a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To push.
    Subscribe,
    /// To push no longer.
    Unsubscribe,
}

impl Mode {
    /// The word of the protocol.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Subscribe, Self::Unsubscribe].into_iter().find(|mode| mode.as_str() == word)
    }
}

/// A subscription as its subscriber knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Who is asked.
    pub hub: String,
    /// For what.
    pub topic: String,
    /// The last part of the callback, which only the hub is told.
    pub token: String,
    /// With which the hub signs.
    pub secret: String,
    /// What was asked last and not confirmed yet.
    pub asked: Option<(Mode, Timestamp)>,
    /// Until when the hub has said that it pushes.
    pub live_until: Option<Timestamp>,
    /// Requests in a row of which nothing came.
    pub n_failures: u32,
}

/// What a hub says at the callback (section 5.3 and 5.2 of the Recommendation).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// It wants to hear that it was really us who asked.
    Verify {
        /// What was asked.
        mode: Mode,
        /// For what.
        topic: String,
        /// To be echoed.
        challenge: String,
        /// For how long it will push.
        lease: Option<Duration>,
    },
    /// It will not push.
    Denied {
        /// What.
        topic: String,
        /// Why.
        reason: String,
    },
}

/// Longer values of a hub are refused, or cut where they are only shown.
const CHALLENGE_BYTES_MAX: usize = 4096;
const REASON_CHARS_MAX: usize = 200;

/// A hub confirms within seconds; much later it was not asked by us any more.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(3_600);

/// What a hub may say of its lease: asking more often would bother it, and a lease of years may be
/// forgotten by a hub that lives shorter.
const LEASE_MIN: Duration = Duration::from_secs(300);
const LEASE_MAX: Duration = Duration::from_secs(30 * 86_400);

/// A hub that refuses is asked again after this, doubled each time.
const RETRY_MIN: Duration = Duration::from_secs(600);
const RETRY_MAX: Duration = Duration::from_secs(86_400);

/// Reads the query of a request of a hub; `None` when it is no request of a hub.
pub fn intent(query: &str) -> Option<Intent> {
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    };
    let (mode, topic) = (value("hub.mode")?, value("hub.topic")?);
    if mode == "denied" {
        let reason = value("hub.reason").unwrap_or_default();
        let is_plain = |c: &char| !c.is_control();
        let reason = reason.chars().filter(is_plain).take(REASON_CHARS_MAX).collect();
        return Some(Intent::Denied { topic, reason });
    }
    let mode = Mode::from_word(&mode)?;
    let challenge = value("hub.challenge").filter(|text| text.len() <= CHALLENGE_BYTES_MAX)?;
    let lease = value("hub.lease_seconds").and_then(|text| text.parse().ok());
    Some(Intent::Verify { mode, topic, challenge, lease: lease.map(Duration::from_secs) })
}

/// What is made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// We asked, and it pushes until then; it is asked again before.
    Live {
        /// The end of its lease.
        until: Timestamp,
        /// When it is asked again.
        renew_at: Timestamp,
    },
    /// We asked it to stop, and it does.
    Ended,
    /// It will not push.
    Denied {
        /// Its reason.
        reason: String,
        /// When it is asked again.
        retry_at: Timestamp,
    },
    /// We did not ask for this.
    Refused,
}

/// Judges what a hub says of `subscription` at `now`: only what we asked for is confirmed.
pub fn judge(
    options: &Options,
    subscription: &Subscription,
    intent: &Intent,
    now: Timestamp,
) -> Verdict {
    let is_asked = |mode: Mode| {
        subscription.asked.is_some_and(|(asked, at)| {
            asked == mode && at <= now && now.since(at) < CONFIRMED_WITHIN
        })
    };
    match intent {
        Intent::Denied { topic, reason } if *topic == subscription.topic => {
            Verdict::Denied { reason: reason.clone(), retry_at: now.plus(RETRY_MAX) }
        }
        Intent::Verify { mode, topic, lease, .. }
            if *topic == subscription.topic && is_asked(*mode) =>
        {
            if *mode == Mode::Unsubscribe {
                return Verdict::Ended;
            }
            let lease = lease.unwrap_or(options.lease.0).clamp(LEASE_MIN, LEASE_MAX);
            // A fifth of the lease is left to reach a hub that is down.
            Verdict::Live { until: now.plus(lease), renew_at: now.plus(lease / 5 * 4) }
        }
        _ => Verdict::Refused,
    }
}

/// When a hub is asked again that did not do what it was asked `n_failures` times in a row.
pub fn retry_at(n_failures: u32, wait: Option<Duration>, now: Timestamp) -> Timestamp {
    let doubled =
        RETRY_MIN.saturating_mul(2_u32.saturating_pow(n_failures.saturating_sub(1).min(16)));
    now.plus(doubled.min(RETRY_MAX).max(wait.unwrap_or_default()))
}

/// The body of the request that asks `mode` of the hub of `subscription`.
pub fn form(options: &Options, subscription: &Subscription, mode: Mode) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.mode", mode.as_str());
    form.append_pair("hub.topic", &subscription.topic);
    form.append_pair("hub.callback", &options.callback(&subscription.token));
    if mode == Mode::Subscribe {
        form.append_pair("hub.lease_seconds", &options.lease.0.as_secs().to_string());
        form.append_pair("hub.secret", &subscription.secret);
    }
    form.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::EPOCH;
    const TOPIC: &str = "https://dijkbode.example/rss?a=b&c";

    fn options() -> Options {
        Options {
            listen: "127.0.0.1:8650".to_owned(),
            callback: "https://archief.example/push/".to_owned(),
            ..Options::default()
        }
    }

    fn subscription(asked: Option<(Mode, Timestamp)>) -> Subscription {
        Subscription {
            hub: "https://hub.example/".to_owned(),
            topic: TOPIC.to_owned(),
            token: "abc".to_owned(),
            secret: "geheim".to_owned(),
            asked,
            live_until: None,
            n_failures: 0,
        }
    }

    fn query(asked: &str, topic: &str, rest: &str) -> String {
        let topic: String = form_urlencoded::byte_serialize(topic.as_bytes()).collect();
        format!("hub.mode={asked}&hub.topic={topic}&hub.challenge=x%20y{rest}")
    }

    #[track_caller]
    fn check(query: &str, asked: Option<(Mode, Timestamp)>, expected: &Verdict) {
        let intent = intent(query).unwrap();
        assert_eq!(judge(&options(), &subscription(asked), &intent, NOW), *expected, "{query}");
    }

    fn live(lease: u64) -> Verdict {
        let after = |seconds| NOW.plus(Duration::from_secs(seconds));
        Verdict::Live { until: after(lease), renew_at: after(lease / 5 * 4) }
    }

    #[test]
    fn only_what_was_asked_for_is_confirmed() {
        let asked = |mode| Some((mode, NOW.minus(Duration::from_secs(5))));
        let lease = "&hub.lease_seconds=1000";
        let subscribe = query("subscribe", TOPIC, lease);
        check(&subscribe, asked(Mode::Subscribe), &live(1000));
        check(&subscribe, None, &Verdict::Refused);
        check(&subscribe, asked(Mode::Unsubscribe), &Verdict::Refused);
        let long_ago = Some((Mode::Subscribe, NOW.minus(CONFIRMED_WITHIN)));
        check(&subscribe, long_ago, &Verdict::Refused);
        let ahead = Some((Mode::Subscribe, NOW.plus(Duration::from_secs(60))));
        check(&subscribe, ahead, &Verdict::Refused);
        let other = query("subscribe", "https://dijkbode.example/rss", lease);
        check(&other, asked(Mode::Subscribe), &Verdict::Refused);
        check(&query("unsubscribe", TOPIC, ""), asked(Mode::Unsubscribe), &Verdict::Ended);
        check(&query("unsubscribe", TOPIC, ""), asked(Mode::Subscribe), &Verdict::Refused);
    }

    #[test]
    fn a_lease_is_held_within_reason() {
        let asked = Some((Mode::Subscribe, NOW));
        for (lease, expected) in [
            ("", 864_000),
            ("&hub.lease_seconds=1", 300),
            ("&hub.lease_seconds=315360000", 2_592_000),
            ("&hub.lease_seconds=-5", 864_000),
        ] {
            check(&query("subscribe", TOPIC, lease), asked, &live(expected));
        }
    }

    #[test]
    fn a_refusal_is_believed_of_the_same_topic_only() {
        let denied =
            Verdict::Denied { reason: "te druk".to_owned(), retry_at: NOW.plus(RETRY_MAX) };
        check(&query("denied", TOPIC, "&hub.reason=te%20druk%1b%0a"), None, &denied);
        check(&query("denied", "https://x.example/", ""), None, &Verdict::Refused);
    }

    #[test]
    fn what_no_hub_says_is_nothing() {
        let long = query("subscribe", TOPIC, "").replace("x%20y", &"x".repeat(5000));
        for query in ["", "hub.mode=subscribe", "hub.mode=publish&hub.topic=x", &long] {
            assert_eq!(intent(query), None, "{query}");
        }
    }

    #[test]
    fn the_request_has_what_the_recommendation_asks_for() {
        let form = form(&options(), &subscription(None), Mode::Subscribe);
        assert_eq!(
            form,
            "hub.mode=subscribe&hub.topic=https%3A%2F%2Fdijkbode.example%2Frss%3Fa%3Db%26c\
             &hub.callback=https%3A%2F%2Farchief.example%2Fpush%2Fabc\
             &hub.lease_seconds=864000&hub.secret=geheim"
        );
    }

    #[test]
    fn a_hub_that_refuses_is_asked_less_and_less() {
        let wait = |n| retry_at(n, None, NOW).since(NOW).as_secs() / 60;
        assert_eq!([1, 2, 3, 9, 99].map(wait), [10, 20, 40, 1440, 1440]);
        let asked = Duration::from_secs(100_000);
        assert_eq!(retry_at(1, Some(asked), NOW), NOW.plus(asked));
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        let with = |listen: &str, callback: &str| {
            let (listen, callback) = (listen.to_owned(), callback.to_owned());
            Options { listen, callback, ..Options::default() }.mistake().map(|(key, _)| key)
        };
        assert_eq!(with("", ""), None);
        assert_eq!(with("[::1]:8650", "https://archief.example/push"), None);
        assert_eq!(with("8650", "https://archief.example/"), Some("websub.listen"));
        assert_eq!(with("127.0.0.1:1", "archief.example"), Some("websub.callback"));
        assert_eq!(with("127.0.0.1:1", "https://a.example/?x"), Some("websub.callback"));
        assert_eq!(with("127.0.0.1:1", ""), Some("websub.listen"));
        assert_eq!(with("", "https://archief.example/"), Some("websub.listen"));
    }
}
