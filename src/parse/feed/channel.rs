//! What a document says of itself while it is read.

use std::time::Duration;

use jiff::civil::DateTime;

use crate::model::document::{Cloud, Hints, Pages};
use crate::parse::date;
use crate::parse::feed::draft::{Captured, address};
use crate::parse::feed::name::FeedPart;
use crate::parse::markup::Tag;

/// Hubs, hours and days kept.
const LIST_MAX: usize = 24;

/// No wish for more is honored anywhere.
const MINUTES_MAX: u32 = 366 * 24 * 60;

const DAYS: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];

/// A feed of which not all has been read.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub(super) title: Option<String>,
    title_rank: Option<u8>,
    pub(super) hints: Hints,
    home_rank: Option<u8>,
    language_rank: Option<u8>,
    /// What its own dates show, where they say they are in UTC.
    pub(super) clocks_in_utc: Vec<DateTime>,
    period: Option<Duration>,
    frequency: Option<u32>,
}

impl Channel {
    /// Takes what an element held.
    pub(super) fn take(&mut self, part: FeedPart, rank: u8, held: &Captured) {
        let Some(text) = held.line() else { return };
        match part {
            FeedPart::Title if self.title_rank.is_none_or(|kept| rank < kept) => {
                self.title = Some(text);
                self.title_rank = Some(rank);
            }
            FeedPart::Language if self.language_rank.is_none_or(|kept| rank < kept) => {
                self.hints.language = Some(text);
                self.language_rank = Some(rank);
            }
            FeedPart::Link => self.home(rank, &address(&text)),
            FeedPart::Ttl => self.hints.ttl = self.hints.ttl.or_else(|| minutes(&text)),
            FeedPart::UpdatePeriod => self.period = period(&text),
            FeedPart::UpdateFrequency => self.frequency = text.parse().ok().filter(|n| *n > 0),
            FeedPart::UpdateBase => self.hints.update_base = date::parse(&text),
            FeedPart::Date if self.clocks_in_utc.len() < LIST_MAX => {
                self.clocks_in_utc.extend(date::clock_in_utc(&text));
            }
            FeedPart::NewUrl => self.hints.new_url = Some(address(&text)),
            FeedPart::SkipHours => self.skip_hour(&text),
            FeedPart::SkipDays => self.skip_day(&text),
            _ => {}
        }
    }

    /// Takes a link with a relation; `url` is absolute as far as it can be.
    pub(super) fn link(&mut self, rel: &str, media_type: &str, url: &str) {
        let Pages { current, prev_archive, next_archive, first, previous, next, last, .. } =
            &mut self.hints.pages;
        let slot = match rel {
            "" | "alternate" => {
                let is_page = media_type.is_empty() || media_type.contains("html");
                return self.home(if is_page { 0 } else { 2 }, url);
            }
            "hub" => {
                let hubs = &mut self.hints.hubs;
                if hubs.len() < LIST_MAX && !hubs.iter().any(|hub| hub == url) {
                    hubs.push(url.to_owned());
                }
                return;
            }
            "self" => &mut self.hints.self_url,
            "current" => current,
            "prev-archive" => prev_archive,
            "next-archive" => next_archive,
            "first" => first,
            "previous" | "prev" => previous,
            "next" => next,
            "last" => last,
            _ => return,
        };
        slot.get_or_insert_with(|| url.to_owned());
    }

    fn home(&mut self, rank: u8, url: &str) {
        if !url.is_empty() && self.home_rank.is_none_or(|kept| rank < kept) {
            self.hints.home_url = Some(url.to_owned());
            self.home_rank = Some(rank);
        }
    }

    pub(super) fn cloud(&mut self, tag: &Tag<'_>) {
        let value = |name| tag.attribute(name).unwrap_or_default().trim().to_owned();
        let domain = value("domain");
        if !domain.is_empty() {
            self.hints.cloud = Some(Cloud {
                domain,
                port: value("port").parse().ok(),
                path: value("path"),
                procedure: value("registerProcedure"),
                protocol: value("protocol"),
            });
        }
    }

    fn skip_hour(&mut self, text: &str) {
        // Netscape counted to 24, UserLand from 0.
        let hour = text.parse::<u8>().ok().filter(|hour| *hour <= 24).map(|hour| hour % 24);
        let hours = &mut self.hints.skip_hours;
        hours.extend(hour.filter(|hour| !hours.contains(hour)));
    }

    fn skip_day(&mut self, text: &str) {
        let start = text.get(..2).unwrap_or_default().to_ascii_lowercase();
        let day = DAYS.iter().position(|day| *day == start).and_then(|day| u8::try_from(day).ok());
        let days = &mut self.hints.skip_days;
        days.extend(day.filter(|day| !days.contains(day)));
    }

    /// Title and hints, once all has been read.
    pub(super) fn finish(mut self) -> (Option<String>, Hints) {
        if self.period.is_some() || self.frequency.is_some() {
            // RSS 1.0 syndication: a day is meant where only a frequency is given.
            let period = self.period.unwrap_or(Duration::from_secs(86_400));
            self.hints.update_interval = Some(period / self.frequency.unwrap_or(1));
        }
        (self.title, self.hints)
    }
}

fn minutes(text: &str) -> Option<Duration> {
    let minutes: u32 = text.parse().ok().filter(|n| *n > 0)?;
    Some(Duration::from_secs(u64::from(minutes.min(MINUTES_MAX)) * 60))
}

fn period(text: &str) -> Option<Duration> {
    let days = match text.to_ascii_lowercase().as_str() {
        "hourly" => return Some(Duration::from_secs(3600)),
        "daily" => 1,
        "weekly" => 7,
        "monthly" => 30,
        "yearly" => 365,
        _ => return None,
    };
    Some(Duration::from_secs(days * 86_400))
}
