//! Answers who watches over the daemon: whether it works (`/healthz`), and its counts (`/metrics`).
//!
//! Nothing listens unless the owner gave an address, or a socket of the service manager.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::listen::passed::{MONITOR, Passed};
use crate::listen::{Answer, Call, Door, Listener, Options};
use crate::model::time::Timestamp;
use crate::service::Error;
use crate::service::metrics::{self, Metrics};
use crate::store::{Reader, Writer, vitals};

/// How long the writing thread may take to answer before it is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Requests that wait to be answered.
const CALLS_MAX: usize = 8;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Health,
    Metrics,
}

impl Question {
    fn of(path: &str) -> Option<Self> {
        match path {
            "/healthz" => Some(Self::Health),
            "/metrics" => Some(Self::Metrics),
            _ => None,
        }
    }
}

/// The door, where it is open, and what is told there.
#[derive(Debug)]
pub(super) struct Monitor {
    pub(super) metrics: Metrics,
    options: Options,
    sockets: Passed,
    /// The last article whose arrival is counted.
    last_article: i64,
    open: Option<(Listener, mpsc::Receiver<Call>)>,
}

impl Monitor {
    /// Counts from now on; the door is shut.
    pub(super) fn new(reader: &Reader, sockets: Passed, now: Timestamp) -> Result<Self, Error> {
        Ok(Self {
            sockets,
            metrics: Metrics::new(now),
            options: Options::default(),
            last_article: vitals::last_article(reader)?,
            open: None,
        })
    }

    /// Counts the articles that came in since the last time, however they did.
    pub(super) fn look(&mut self, reader: &Reader) -> Result<(), Error> {
        let last = vitals::last_article(reader)?;
        if last > self.last_article {
            self.metrics.arrived(vitals::arrivals(reader, self.last_article)?);
        }
        self.last_article = last;
        Ok(())
    }

    /// Opens the door, or shuts it, as the settings say; one that was passed stays open.
    pub(super) async fn set(&mut self, options: &Options) -> Result<(), Error> {
        let is_passed = self.sockets.has(MONITOR);
        let is_as_wanted = self.open.is_some() == (is_passed || options.address().is_some());
        if is_as_wanted && (is_passed || *options == self.options) {
            return Ok(());
        }
        // The old one first: the address may be the same.
        if let Some((listener, _)) = self.open.take() {
            listener.close().await;
        }
        let (calls, receiver) = mpsc::channel(CALLS_MAX);
        let is_known = Arc::new(|path: &str| Question::of(path).is_some());
        let door = Door { calls, is_known, body_max: 0 };
        let passed = |source| Error::System { action: "take over the socket `monitor`", source };
        let listener = match (self.sockets.socket(MONITOR).map_err(passed)?, options.address()) {
            (Some(socket), _) => Some(Listener::take_over(socket, door).map_err(passed)?),
            (None, Some(address)) => {
                let action = "listen at the address of `monitor.listen`";
                let opened = Listener::open(address, door).await;
                Some(opened.map_err(|source| Error::System { action, source })?)
            }
            (None, None) => None,
        };
        if let Some(listener) = &listener {
            tracing::info!("health and metrics at http://{}", listener.address());
        }
        self.open = listener.map(|listener| (listener, receiver));
        self.options.clone_from(options);
        Ok(())
    }

    /// Waits for the next call; for ever where nothing listens.
    pub(super) async fn next_call(&mut self) -> (Question, Call) {
        loop {
            let Some((_, calls)) = &mut self.open else { return std::future::pending().await };
            let Some(call) = calls.recv().await else { return std::future::pending().await };
            match Question::of(&call.path) {
                Some(question) if !call.is_post => return (question, call),
                _ => drop(call.answer.send(Answer::plain(405, "GET"))),
            }
        }
    }
}

/// Answers whether the archive can be written, `trouble` being why not as far as is known.
pub(super) async fn health(writer: Arc<Writer>, trouble: Option<String>, call: Call) {
    let alive = tokio::time::timeout(PATIENCE, writer.write(|_| Ok(()))).await;
    let trouble = match alive {
        Ok(Ok(())) => trouble,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("the archive does not answer".to_owned()),
    };
    let answer = match trouble {
        None => Answer::plain(200, "ok\n"),
        Some(trouble) => Answer::plain(503, format!("{trouble}\n")),
    };
    drop(call.answer.send(answer));
}

/// Answers with the counts.
pub(super) fn counts(text: Result<String, String>, call: Call) {
    let answer = match text {
        Ok(text) => {
            let content_type = metrics::CONTENT_TYPE;
            Answer { status: 200, content_type, body: text.into_bytes() }
        }
        Err(reason) => Answer::plain(503, format!("{reason}\n")),
    };
    drop(call.answer.send(answer));
}
