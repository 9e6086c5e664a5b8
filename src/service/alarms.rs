//! Looks whether something is wrong, stores it, and tells the owner's command.
//!
//! What is wrong is judged by `alarm`; trouble with telling stops nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::alarm::{self, Alarm, Condition, Facts, Options, Trouble};
use crate::model::time::Timestamp;
use crate::service::engine::Engine;
use crate::service::tell::{self, Told};
use crate::service::{Error, Setup, causes};
use crate::store::vitals::{self, Vitals};
use crate::store::{self, Layout, Reader, Writer, changes, library, reserve, space};
use crate::warc::Keeper;

/// What is recent.
const DAY: Duration = Duration::from_secs(86_400);

/// What is so of an archive, as far as can be seen from outside of a daemon.
pub fn facts(reader: &Reader, layout: &Layout, now: Timestamp) -> Result<Facts, store::Error> {
    let Vitals { n_feeds, last_new_at, failing, gaps, gap_at } =
        vitals::vitals(reader, now.minus(DAY))?;
    Ok(Facts {
        n_feeds,
        last_new_at,
        is_outage: library::is_outage(reader)?,
        failing,
        gaps,
        gap_at,
        free_bytes: space::free(layout.dir()).map(|space| space.free_bytes),
        ..Facts::default()
    })
}

/// What a daemon knows to be wrong, and whom it has told.
#[derive(Debug)]
pub(super) struct Alarms {
    layout: Layout,
    options: Options,
    writer: Arc<Writer>,
    keeper: Arc<Keeper>,
    /// Nothing can be expected to have come in before this; `None` for a single pass.
    started_at: Option<Timestamp>,
    open: BTreeMap<Condition, Alarm>,
    told: BTreeMap<Condition, Timestamp>,
    /// What could not be stored yet is stored with the next look.
    unstored: Vec<Stored>,
    telling: Option<JoinHandle<Vec<Told>>>,
    lag: Option<(i64, Timestamp)>,
    archive: Option<Trouble>,
    files: Option<Trouble>,
}

/// Something to be stored.
#[derive(Debug, Clone)]
enum Stored {
    Raised(Alarm),
    Ended(Condition, Timestamp),
    Told(Condition, Option<String>, Timestamp),
}

impl Alarms {
    /// Goes on from what the archive knows.
    pub(super) fn open(
        setup: &Setup,
        engine: &Engine,
        started_at: Option<Timestamp>,
    ) -> Result<Self, Error> {
        let mut alarms = Self {
            layout: setup.layout.clone(),
            options: setup.settings.alarm.clone(),
            writer: engine.writer(),
            keeper: engine.keeper(),
            started_at,
            open: BTreeMap::new(),
            told: BTreeMap::new(),
            unstored: Vec::new(),
            telling: None,
            lag: None,
            archive: None,
            files: None,
        };
        for stored in vitals::alarms(&engine.reader)? {
            let condition = stored.alarm.condition;
            if !stored.is_over {
                alarms.open.insert(condition, stored.alarm);
            }
            if let Some(at) = stored.told_at {
                alarms.told.insert(condition, at);
            }
        }
        Ok(alarms)
    }

    /// Takes up other settings.
    pub(super) fn set(&mut self, options: &Options) {
        self.options = options.clone();
    }

    /// Something could not be stored.
    pub(super) fn not_stored(&mut self, reason: String, now: Timestamp) {
        if reserve::give_up_if_full(&self.layout) == reserve::Change::GivenUp {
            tracing::error!("the disk is full: the reserve was given up to finish what runs");
        }
        match &mut self.archive {
            Some(trouble) => trouble.text = reason,
            None => self.archive = Some(Trouble { since: now, text: reason }),
        }
    }

    /// Something was stored.
    pub(super) fn stored(&mut self) {
        self.archive = None;
    }

    /// Whether the owner's files could be used, or why not.
    pub(super) fn files(&mut self, mistake: Option<String>, now: Timestamp) {
        self.files = mistake.map(|text| Trouble { since: now, text });
    }

    /// Why nothing can be stored.
    pub(super) fn trouble(&self) -> Option<String> {
        self.archive.as_ref().map(|trouble| trouble.text.clone())
    }

    /// What is wrong.
    pub(super) fn current(&self) -> Vec<Condition> {
        self.open.keys().copied().collect()
    }

    /// Looks, given how far the index has come, and starts telling what is to be told.
    pub(super) async fn look(
        &mut self,
        reader: &Reader,
        index: Option<i64>,
        now: Timestamp,
    ) -> Result<(), Error> {
        // A pass ends before anybody could give it up again.
        if self.started_at.is_some() && reserve::look(&self.layout) == reserve::Change::GivenUp {
            tracing::error!("the disk is nearly full: the reserve was given up");
        }
        let mut facts = facts(reader, &self.layout, now)?;
        facts.last_new_at = facts.last_new_at.max(self.started_at);
        facts.behind_since = self.behind_since(changes::last(reader)?, index, now);
        facts.archive.clone_from(&self.archive);
        facts.files.clone_from(&self.files);
        facts.captures = self.keeper.trouble().map(|(since, text)| Trouble { since, text });
        self.take_up(alarm::judge(&self.options, &facts, now), now);
        self.end_telling(now).await;
        self.start_telling(now);
        self.store().await;
        Ok(())
    }

    /// Since when the index lacks something: under steady news it always lacks a little.
    fn behind_since(&mut self, last: i64, index: Option<i64>, now: Timestamp) -> Option<Timestamp> {
        let watermark = index?;
        if self.lag.is_none_or(|(seq, _)| watermark >= seq) {
            self.lag = (watermark < last).then_some((last, now));
        }
        self.lag.map(|(_, since)| since)
    }

    fn take_up(&mut self, alarms: Vec<Alarm>, now: Timestamp) {
        let is_over = |condition: &Condition| alarms.iter().all(|a| a.condition != *condition);
        for condition in Condition::ALL.into_iter().filter(is_over) {
            if let Some(alarm) = self.open.remove(&condition) {
                tracing::info!(alarm = condition.as_str(), "no more: {}", alarm.text);
                self.unstored.push(Stored::Ended(condition, now));
            }
        }
        for mut alarm in alarms {
            let before = self.open.get(&alarm.condition);
            if let Some(before) = before {
                alarm.since = alarm.since.min(before.since);
            } else {
                tracing::warn!(alarm = alarm.condition.as_str(), "{}", alarm.text);
            }
            if before != Some(&alarm) {
                self.unstored.push(Stored::Raised(alarm.clone()));
                self.open.insert(alarm.condition, alarm);
            }
        }
    }

    /// One round of telling at a time.
    fn start_telling(&mut self, now: Timestamp) {
        if self.options.on_alarm.is_empty() || self.telling.is_some() {
            return;
        }
        let open: Vec<Alarm> = self.open.values().cloned().collect();
        let due: Vec<Alarm> = alarm::due(&open, &self.told, now).into_iter().cloned().collect();
        if due.is_empty() {
            return;
        }
        // At once, so that a command that fails or hangs is not run over and over.
        self.told.extend(due.iter().map(|alarm| (alarm.condition, now)));
        let (command, archive) = (self.options.on_alarm.clone(), self.layout.dir().to_owned());
        self.telling = Some(tokio::spawn(async move { tell::all(&command, &archive, due).await }));
    }

    async fn end_telling(&mut self, now: Timestamp) {
        let Some(telling) = self.telling.take_if(|telling| telling.is_finished()) else { return };
        self.take_up_told(telling.await.unwrap_or_default(), now);
    }

    fn take_up_told(&mut self, all: Vec<Told>, now: Timestamp) {
        for Told { condition, failure } in all {
            if let Some(reason) = &failure {
                tracing::error!(alarm = condition.as_str(), "`alarm.on_alarm` {reason}");
            }
            self.unstored.push(Stored::Told(condition, failure, now));
        }
    }

    /// Waits until the owner is told, and stores it.
    pub(super) async fn finish(&mut self, now: Timestamp) {
        if let Some(telling) = self.telling.take() {
            self.take_up_told(telling.await.unwrap_or_default(), now);
        }
        self.store().await;
    }

    async fn store(&mut self) {
        if self.unstored.is_empty() {
            return;
        }
        let unstored = self.unstored.clone();
        let stored = self.writer.write(move |tx| {
            unstored.iter().try_for_each(|what| match what {
                Stored::Raised(alarm) => vitals::raise(tx, alarm),
                Stored::Ended(condition, at) => vitals::end(tx, *condition, *at),
                Stored::Told(condition, result, at) => {
                    vitals::told(tx, *condition, result.as_deref(), *at)
                }
            })
        });
        match stored.await {
            Ok(()) => self.unstored.clear(),
            // Each condition once: what is stored later says the same.
            Err(error) => {
                tracing::debug!("cannot store the alarms: {}", causes::line(&error));
                let n_extra = self.unstored.len().saturating_sub(4 * Condition::ALL.len());
                self.unstored.drain(..n_extra);
            }
        }
    }
}
