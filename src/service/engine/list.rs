//! The feeds that the engine polls.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::feeds::doubled;
use crate::model::feed::Feed;
use crate::service::Error;
use crate::service::engine::Engine;
use crate::store::{FeedId, Tx, feeds};

impl Engine {
    /// Makes the feeds of the archive those of `list`.
    pub(super) async fn take_up_feeds(&mut self, list: &[Feed]) -> Result<(), Error> {
        if let Some((one, other)) = doubled(list) {
            let (one, other) = (&one.name, &other.name);
            tracing::warn!("{one} and {other} have one address; `knipsel feed remove {other}`");
        }
        let stored = list.to_vec();
        let now = (self.shared.clock)();
        let agents: HashMap<FeedId, Option<String>> =
            self.feeds.iter().map(|(id, feed)| (*id, feed.user_agent.clone())).collect();
        let take_up = move |tx: &Tx<'_>| {
            let ids = feeds::sync(tx, &stored, now)?;
            let has_another_agent = |(id, feed): &(&FeedId, &Feed)| {
                agents.get(id).is_some_and(|agent| *agent != feed.user_agent)
            };
            for (id, _) in ids.iter().zip(&stored).filter(has_another_agent) {
                feeds::retry(tx, *id, now)?;
            }
            Ok(ids)
        };
        let ids = self.shared.writer.write(take_up).await?;
        self.feeds = ids.into_iter().zip(list.iter().cloned().map(Arc::new)).collect();
        Ok(())
    }

    /// The feed in the row `id`, if it is still in the list.
    pub(in crate::service) fn feed(&self, id: FeedId) -> Option<&Arc<Feed>> {
        self.feeds.get(&id)
    }

    /// All feeds that are not paused, in the order of the list.
    pub(in crate::service) fn active(&self) -> Vec<FeedId> {
        let mut ids = self.all();
        ids.retain(|id| self.feeds.get(id).is_some_and(|feed| !feed.is_paused));
        ids
    }

    /// All feeds, in the order of the list.
    pub(in crate::service) fn all(&self) -> Vec<FeedId> {
        let mut ids: Vec<FeedId> = self.feeds.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Makes due what fails: it is asked in another way from now on.
    pub(super) async fn retry_failing(&self) -> Result<(), Error> {
        let (now, all) = ((self.shared.clock)(), self.all());
        let retry = move |tx: &Tx<'_>| all.iter().try_for_each(|id| feeds::retry(tx, *id, now));
        Ok(self.shared.writer.write(retry).await?)
    }
}
