//! What is wrong enough to tell the owner, and when they are told (again).
//!
//! Pure: what is so comes in as [`Facts`]; who looks, and how the owner is told, is not its affair.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde::Deserialize;

use crate::model::time::Timestamp;
use crate::model::units::{ByteSize, Span};

/// The same thing is told at most once in so long.
const AGAIN_AFTER: Duration = Duration::from_secs(86_400);

/// Variables of the command that is told: which condition, what is wrong in words, since when, what to
/// do, and of which archive.
pub const VARIABLES: [&str; 5] = [
    "KNIPSEL_ALARM",
    "KNIPSEL_ALARM_TEXT",
    "KNIPSEL_ALARM_SINCE",
    "KNIPSEL_ALARM_ADVICE",
    "KNIPSEL_ALARM_ARCHIVE",
];

/// Feeds named in one line.
const NAMED_MAX: usize = 6;

/// When something is wrong, and who is told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// A command that is told; empty for none.
    pub on_alarm: String,
    /// No new article from any feed for so long; zero for never.
    pub quiet: Span,
    /// A feed that has failed for so long; zero for never.
    pub failing: Span,
    /// Suspected gaps of the last day, from so many on; zero for never.
    pub gaps: u32,
    /// A search index that is behind for so long; zero for never.
    pub behind: Span,
    /// Less room than this where the archive is; zero for never.
    pub disk_free: ByteSize,
}

impl Default for Options {
    fn default() -> Self {
        let hours = |n: u64| Span(Duration::from_secs(n * 3_600));
        Self {
            on_alarm: String::new(),
            quiet: hours(12),
            failing: hours(48),
            gaps: 1,
            behind: Span(Duration::from_secs(30 * 60)),
            disk_free: ByteSize(1 << 30),
        }
    }
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// The archive cannot be written.
    Archive,
    /// The disk is nearly full.
    Disk,
    /// Nothing new comes in.
    Quiet,
    /// Something may have been missed.
    Gaps,
    /// What was read cannot be kept as it was sent.
    Captures,
    /// Feeds fail for long.
    Failing,
    /// The search index does not follow.
    Index,
    /// The owner's files cannot be used.
    Files,
}

impl Condition {
    /// All of them, the gravest first.
    pub const ALL: [Self; 8] = [
        Self::Archive,
        Self::Disk,
        Self::Quiet,
        Self::Gaps,
        Self::Captures,
        Self::Failing,
        Self::Index,
        Self::Files,
    ];

    /// Its word, in the environment of the command, in the archive and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Disk => "disk",
            Self::Quiet => "quiet",
            Self::Gaps => "gaps",
            Self::Captures => "captures",
            Self::Failing => "failing",
            Self::Index => "index",
            Self::Files => "files",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| condition.as_str() == word)
    }

    /// What the owner can do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Archive => "`knipsel doctor` says why; polls are repeated until they are stored",
            Self::Disk => "make room, or move the archive to a larger disk",
            Self::Quiet => "`knipsel status` says how polls end; `knipsel doctor` looks further",
            Self::Gaps => "`knipsel gaps` lists them; `knipsel backfill FEED` looks elsewhere",
            Self::Captures => "make the folder `warc` of the archive writable, or its disk roomier",
            Self::Failing => "`knipsel feed show FEED` says more; `feed test URL` tries another",
            Self::Index => "the journal says why; `knipsel reindex` builds it again",
            Self::Files => "mend the file; the last good one is in force until then",
        }
    }
}

/// A trouble and since when there is any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Since when.
    pub since: Timestamp,
    /// In words.
    pub text: String,
}

/// A feed that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Its name.
    pub feed: String,
    /// Since when.
    pub since: Timestamp,
    /// How its last poll ended.
    pub reason: String,
}

/// What is so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Feeds that are polled.
    pub n_feeds: u32,
    /// When something new was last stored, or when that could first be expected.
    pub last_new_at: Option<Timestamp>,
    /// The last poll found no host at all.
    pub is_outage: bool,
    /// The feeds that fail.
    pub failing: Vec<Failing>,
    /// Feeds with gaps suspected in the last day, and how many.
    pub gaps: Vec<(String, u32)>,
    /// The end of the latest of them.
    pub gap_at: Option<Timestamp>,
    /// Since when the index lacks what was stored then; `None` while it follows.
    pub behind_since: Option<Timestamp>,
    /// Room where the archive is, where the system says.
    pub free_bytes: Option<u64>,
    /// Why the archive cannot be written.
    pub archive: Option<Trouble>,
    /// Why captures cannot be kept.
    pub captures: Option<Trouble>,
    /// Why the owner's files cannot be used.
    pub files: Option<Trouble>,
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What.
    pub condition: Condition,
    /// Since when.
    pub since: Timestamp,
    /// In words.
    pub text: String,
}

/// What is wrong at `now`, the gravest first.
pub fn judge(options: &Options, facts: &Facts, now: Timestamp) -> Vec<Alarm> {
    let trouble = |trouble: &Option<Trouble>| trouble.as_ref().map(|t| (t.since, t.text.clone()));
    let found = Condition::ALL.map(|condition| {
        let found = match condition {
            Condition::Archive => trouble(&facts.archive),
            Condition::Disk => disk(options, facts, now),
            Condition::Quiet => quiet(options, facts, now),
            Condition::Gaps => gaps(options, facts),
            Condition::Captures => trouble(&facts.captures),
            Condition::Failing => failing(options, facts, now),
            Condition::Index => index(options, facts, now),
            Condition::Files => trouble(&facts.files),
        };
        found.map(|(since, text)| Alarm { condition, since, text })
    });
    found.into_iter().flatten().collect()
}

/// Of what is wrong, what the owner is to be told at `now`, given when they were last told what.
pub fn due<'a>(
    alarms: &'a [Alarm],
    told: &BTreeMap<Condition, Timestamp>,
    now: Timestamp,
) -> Vec<&'a Alarm> {
    // A clock that was set back must not silence it.
    let is_due = |at: &Timestamp| *at > now || now.since(*at) >= AGAIN_AFTER;
    alarms.iter().filter(|alarm| told.get(&alarm.condition).is_none_or(is_due)).collect()
}

fn lasts(since: Timestamp, limit: Span, now: Timestamp) -> bool {
    !limit.0.is_zero() && since <= now && now.since(since) >= limit.0
}

fn disk(options: &Options, facts: &Facts, now: Timestamp) -> Option<(Timestamp, String)> {
    let free = facts.free_bytes.filter(|free| *free < options.disk_free.0)?;
    let mib = free >> 20;
    Some((now, format!("only {mib} MiB are free where the archive is")))
}

fn quiet(options: &Options, facts: &Facts, now: Timestamp) -> Option<(Timestamp, String)> {
    let since = facts.last_new_at.filter(|_| facts.n_feeds > 0)?;
    if !lasts(since, options.quiet, now) {
        return None;
    }
    let why = if facts.is_outage { ": no host can be reached" } else { "" };
    Some((since, format!("nothing new from any of {} feeds since {since}{why}", facts.n_feeds)))
}

fn gaps(options: &Options, facts: &Facts) -> Option<(Timestamp, String)> {
    let n_gaps: u32 = facts.gaps.iter().map(|(_, n)| n).sum();
    if options.gaps == 0 || n_gaps < options.gaps {
        return None;
    }
    let named = list(facts.gaps.iter().map(|(feed, n)| format!("{feed} ({n})")));
    Some((facts.gap_at?, format!("gaps suspected within a day: {named}")))
}

fn failing(options: &Options, facts: &Facts, now: Timestamp) -> Option<(Timestamp, String)> {
    let long: Vec<&Failing> =
        facts.failing.iter().filter(|feed| lasts(feed.since, options.failing, now)).collect();
    let first = long.iter().map(|feed| feed.since).min()?;
    let named =
        list(long.iter().map(|failing| {
            format!("{} since {} ({})", failing.feed, failing.since, failing.reason)
        }));
    Some((first, format!("failing for {} or longer: {named}", options.failing)))
}

fn index(options: &Options, facts: &Facts, now: Timestamp) -> Option<(Timestamp, String)> {
    let since = facts.behind_since.filter(|since| lasts(*since, options.behind, now))?;
    Some((since, format!("the search index lacks what was stored since {since}")))
}

fn list(items: impl ExactSizeIterator<Item = String>) -> String {
    let n_more = items.len().saturating_sub(NAMED_MAX);
    let mut named = items.take(NAMED_MAX).collect::<Vec<_>>().join(", ");
    if n_more > 0 {
        let _ = write!(named, " and {n_more} more");
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn at(seconds_ago: i64) -> Timestamp {
        Timestamp::from_seconds(NOW - seconds_ago)
    }

    fn raised(options: &Options, facts: &Facts) -> Vec<Condition> {
        judge(options, facts, at(0)).into_iter().map(|alarm| alarm.condition).collect()
    }

    fn all_wrong() -> Facts {
        let trouble = |text: &str| Some(Trouble { since: at(60), text: text.to_owned() });
        let failing =
            Failing { feed: "nos".into(), since: at(48 * 3600), reason: "404".to_owned() };
        Facts {
            n_feeds: 2,
            last_new_at: Some(at(12 * 3600)),
            is_outage: true,
            failing: vec![failing],
            gaps: vec![("nu".to_owned(), 1)],
            gap_at: Some(at(600)),
            behind_since: Some(at(1800)),
            free_bytes: Some((1 << 30) - 1),
            archive: trouble("disk is full"),
            captures: trouble("cannot write"),
            files: trouble("line 3: unknown key"),
        }
    }

    #[test]
    fn each_thing_is_told_from_its_limit_on_the_gravest_first() {
        let options = Options::default();
        assert_eq!(raised(&options, &Facts::default()), []);
        assert_eq!(raised(&options, &all_wrong()), Condition::ALL);
        let nearly = Facts {
            last_new_at: Some(at(12 * 3600 - 1)),
            failing: vec![Failing { since: at(48 * 3600 - 1), ..all_wrong().failing.remove(0) }],
            gaps: Vec::new(),
            behind_since: Some(at(1799)),
            free_bytes: Some(1 << 30),
            archive: None,
            captures: None,
            files: None,
            ..all_wrong()
        };
        assert_eq!(raised(&options, &nearly), []);
    }

    #[test]
    fn zero_is_never() {
        let off = Options {
            quiet: Span::default(),
            failing: Span::default(),
            gaps: 0,
            behind: Span::default(),
            disk_free: ByteSize(0),
            ..Options::default()
        };
        assert_eq!(
            raised(&off, &all_wrong()),
            [Condition::Archive, Condition::Captures, Condition::Files]
        );
    }

    #[test]
    fn an_archive_without_feeds_is_not_quiet() {
        let facts = Facts { n_feeds: 0, last_new_at: Some(at(999_999)), ..Facts::default() };
        assert_eq!(raised(&Options::default(), &facts), []);
    }

    #[test]
    fn the_same_thing_is_told_once_a_day_whatever_the_clock_does() {
        let alarms = judge(&Options::default(), &all_wrong(), at(0));
        let mut told = BTreeMap::new();
        assert_eq!(due(&alarms, &told, at(0)).len(), Condition::ALL.len());
        told.extend(alarms.iter().map(|alarm| (alarm.condition, at(0))));
        assert!(due(&alarms, &told, at(0)).is_empty());
        assert!(due(&alarms, &told, at(-86_399)).is_empty());
        assert_eq!(due(&alarms, &told, at(-86_400)).len(), Condition::ALL.len());
        assert_eq!(
            due(&alarms, &told, at(1)).len(),
            Condition::ALL.len(),
            "the clock was set back"
        );
    }

    #[test]
    fn a_line_names_some_feeds_and_counts_the_rest() {
        let gaps = (0..8).map(|n| (format!("f{n}"), n)).collect();
        let facts = Facts { gaps, gap_at: Some(at(1)), ..Facts::default() };
        let alarms = judge(&Options::default(), &facts, at(0));
        let expected = "gaps suspected within a day: f0 (0), f1 (1), f2 (2), f3 (3), f4 (4), f5 (5) \
                        and 2 more";
        assert_eq!(alarms[0].text, expected);
    }

    #[test]
    fn a_word_names_its_condition() {
        for condition in Condition::ALL {
            assert_eq!(Condition::from_word(condition.as_str()), Some(condition));
        }
    }
}
