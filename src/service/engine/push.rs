//! Hubs that push: asked when it is time, answered when they call.
//!
//! Nothing listens unless the owner gave an address, and what comes in without the signature of its
//! subscription changes nothing.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};

use crate::listen::passed::{Passed, WEBSUB};
use crate::listen::{Answer, Call, Door, Listener};
use crate::model::feed::Feed;
use crate::model::time::Timestamp;
use crate::model::units::ByteSize;
use crate::poll::push::{self, Delivery};
use crate::service::engine::{Engine, Shared};
use crate::service::{Error, causes, report};
use crate::store::subscriptions::{self, Change, Stored};
use crate::store::{self, FeedId, polls};
use crate::subscribe::{self, Context};
use crate::websub::{self, Mode, Options, Verdict, signature};

/// Hubs asked at once: most feeds have the same one, whose turns are apart anyway.
const ASKED_MAX: usize = 4;

/// Looked up at a time: some may be those that are being asked.
const DUE_MAX: u32 = 8;

/// Requests that wait to be answered.
const CALLS_MAX: usize = 16;

/// Hubs, and the door through which they call.
#[derive(Debug, Default)]
pub(in crate::service) struct Push {
    options: Options,
    sockets: Passed,
    listener: Option<Listener>,
    calls: Option<mpsc::Receiver<Call>>,
    tokens: Arc<RwLock<HashSet<String>>>,
    asking: JoinSet<Result<(), store::Error>>,
    asked: HashMap<Id, FeedId>,
    answering: JoinSet<()>,
}

impl Push {
    /// With the sockets that the service manager passed; the door is shut.
    pub(in crate::service) fn new(sockets: Passed) -> Self {
        Self { sockets, ..Self::default() }
    }

    /// Opens the door where there is to be one, for documents of `body_max` at most; or shuts it.
    pub(in crate::service) async fn open(
        &mut self,
        options: &Options,
        body_max: ByteSize,
    ) -> Result<(), Error> {
        if *options != self.options || self.listener.is_none() {
            // The old one first: the address may be the same.
            self.calls = None;
            if let Some(listener) = self.listener.take() {
                listener.close().await;
            }
            if let Some(address) = options.address() {
                let (sender, receiver) = mpsc::channel(CALLS_MAX);
                let tokens = Arc::clone(&self.tokens);
                let is_known = move |path: &str| {
                    let tokens = tokens.read().unwrap_or_else(PoisonError::into_inner);
                    tokens.contains(token(path))
                };
                let door = Door {
                    calls: sender,
                    is_known: Arc::new(is_known),
                    body_max: usize::try_from(body_max.0).unwrap_or(usize::MAX),
                };
                let action = "listen at the address of `websub.listen`";
                let failed = |source| Error::System { action, source };
                let listener = match self.sockets.socket(WEBSUB).map_err(failed)? {
                    Some(socket) => Listener::take_over(socket, door),
                    None => Listener::open(address, door).await,
                };
                let listener = listener.map_err(failed)?;
                tracing::info!("listening for hubs at {}", listener.address());
                (self.listener, self.calls) = (Some(listener), Some(receiver));
            }
            self.options.clone_from(options);
        }
        Ok(())
    }

    /// Lets the polls of `engine` look whether a hub could push, where the door is open.
    pub(in crate::service) fn serve(&self, engine: &mut Engine) -> Result<(), Error> {
        if self.listener.is_some() {
            engine.ask_hubs();
        }
        self.learn_tokens(engine)
    }

    fn learn_tokens(&self, engine: &Engine) -> Result<(), Error> {
        let tokens = subscriptions::tokens(&engine.reader)?;
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = tokens;
        Ok(())
    }

    /// Asks the hubs that are to be asked at `now`.
    pub(in crate::service) fn start(
        &mut self,
        engine: &Engine,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.reap();
        if self.listener.is_none() || self.asking.len() >= ASKED_MAX {
            return Ok(());
        }
        let due = subscriptions::due(&engine.reader, &self.options.callback, DUE_MAX, now)?;
        if due.is_empty() {
            return Ok(());
        }
        // A hub may ask back at once, under a token that is new.
        self.learn_tokens(engine)?;
        for stored in due {
            let is_asked = self.asked.values().any(|feed| *feed == stored.feed);
            if !is_asked && self.asking.len() < ASKED_MAX {
                let (feed, shared) = (stored.feed, Arc::clone(&engine.shared));
                let name = engine.feed(feed).map_or_else(String::new, |feed| feed.name.clone());
                let handle = self.asking.spawn(async move { ask(&shared, &stored, &name).await });
                self.asked.insert(handle.id(), feed);
            }
        }
        Ok(())
    }

    fn reap(&mut self) {
        while let Some(ended) = self.asking.try_join_next_with_id() {
            let (id, result) = match ended {
                Ok((id, result)) => (id, result.map_err(|error| causes::line(&error))),
                Err(error) => (error.id(), Err(error.to_string())),
            };
            self.asked.remove(&id);
            if let Err(error) = result {
                tracing::error!("cannot store what a hub was asked: {error}");
            }
        }
        while self.answering.try_join_next().is_some() {}
    }

    /// Waits for the next call; for ever where nothing listens.
    pub(in crate::service) async fn next_call(&mut self) -> Call {
        match &mut self.calls {
            Some(calls) => match calls.recv().await {
                Some(call) => call,
                None => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    }

    /// Answers `call` beside whatever else is done.
    pub(in crate::service) fn answer(&mut self, engine: &Engine, call: Call) {
        let stored = subscriptions::by_token(&engine.reader, token(&call.path));
        let stored = match stored {
            Ok(Some(stored)) => stored,
            Ok(None) => return reply(call, Answer::plain(404, "nothing here")),
            Err(error) => {
                tracing::error!("cannot look up who is called: {}", causes::line(&error));
                return reply(call, Answer::plain(503, "come again"));
            }
        };
        let shared = Arc::clone(&engine.shared);
        if !call.is_post {
            self.answering.spawn(async move { verify(&shared, &stored, call).await });
            return;
        }
        let feed = engine.feed(stored.feed).filter(|_| stored.is_wanted).map(Arc::clone);
        let last_at = polls::state(&engine.reader, stored.feed).map(|state| state.last_success_at);
        match (feed, last_at) {
            (Some(feed), Ok(last_at)) => {
                self.answering
                    .spawn(async move { take_in(&shared, &stored, (&feed, last_at), call).await });
            }
            (None, _) => reply(call, Answer::plain(410, "no longer wanted")),
            (_, Err(error)) => {
                tracing::error!(
                    "cannot read the state of a feed that was pushed: {}",
                    causes::line(&error)
                );
                reply(call, Answer::plain(503, "come again"));
            }
        }
    }

    /// Gives up what runs: a hub asks again.
    pub(in crate::service) async fn stop(&mut self) {
        (self.listener, self.calls) = (None, None);
        self.asking.shutdown().await;
        self.answering.shutdown().await;
    }
}

/// The last part of a path.
fn token(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Whoever asked may have hung up.
fn reply(call: Call, answer: Answer) {
    let _ = call.answer.send(answer);
}

async fn ask(shared: &Shared, stored: &Stored, name: &str) -> Result<(), store::Error> {
    let hub = &stored.subscription.hub;
    match subscribe::ask(&shared.conversation(), stored).await? {
        Change::Asked { mode: Mode::Unsubscribe, .. } => {
            tracing::info!("asked {hub} to stop pushing {name}");
        }
        Change::Failed(reason, again_at) => {
            tracing::warn!("{hub} was asked to push {name}: {reason}; again {again_at}");
        }
        _ => tracing::info!("asked {hub} to push {name}"),
    }
    Ok(())
}

/// A hub wants to hear whether it was us, or tells that it will not.
async fn verify(shared: &Shared, stored: &Stored, call: Call) {
    let hub = &stored.subscription.hub;
    let Some(intent) = websub::intent(&call.query) else {
        return reply(call, Answer::plain(404, "nothing here"));
    };
    let answer = match subscribe::answer(&shared.conversation(), stored, &intent).await {
        Ok((Verdict::Refused, _)) => Answer::plain(404, "not asked for"),
        Ok((verdict, challenge)) => {
            match verdict {
                Verdict::Live { until, .. } => tracing::info!("{hub} pushes until {until}"),
                Verdict::Denied { reason, .. } => tracing::warn!("{hub} will not push: {reason}"),
                _ => tracing::info!("{hub} pushes no longer"),
            }
            Answer::plain(200, challenge)
        }
        Err(error) => {
            tracing::error!("cannot store what a hub said: {}", causes::line(&error));
            Answer::plain(503, "come again")
        }
    };
    reply(call, answer);
}

/// Takes in what was brought. What is not signed is answered alike (section 8), so that nobody can
/// try secrets out, and only counted.
async fn take_in(
    shared: &Shared,
    stored: &Stored,
    (feed, last_at): (&Arc<Feed>, Option<Timestamp>),
    mut call: Call,
) {
    let body = std::mem::take(&mut call.body);
    let (secret, signed) = (stored.subscription.secret.clone(), call.signature.take());
    let checked = tokio::task::spawn_blocking(move || {
        (signature::is_signed(&secret, signed.as_deref(), &body), body)
    });
    let Ok((is_signed, body)) = checked.await else {
        return reply(call, Answer::plain(503, "come again"));
    };
    let result = if is_signed {
        let delivery = Delivery {
            hub: stored.subscription.hub.clone(),
            topic: stored.subscription.topic.clone(),
            content_type: call.content_type.take(),
            body,
        };
        let context = shared.context();
        let delivered = push::deliver(&context, stored.feed, feed, last_at, delivery);
        delivered.await.map(|delivered| report::push(feed, &delivered))
    } else {
        tracing::warn!(
            feed.name = feed.name,
            "refused what {} was brought: no signature",
            feed.name
        );
        subscribe::forged(&shared.conversation(), stored).await
    };
    let answer = match result {
        Ok(()) => Answer::plain(202, ""),
        Err(error) => {
            tracing::error!("cannot store what a hub brought: {}", causes::line(&error));
            Answer::plain(503, "come again")
        }
    };
    reply(call, answer);
}

impl Shared {
    fn conversation(&self) -> Context<'_> {
        Context {
            client: &self.client,
            writer: &self.writer,
            options: &self.websub,
            clock: self.clock,
        }
    }
}
