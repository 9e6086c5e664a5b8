//! The pages that are being read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::task::{Id, JoinSet};

use crate::enrich::{self, Read};
use crate::model::feed::Feed;
use crate::service::engine::Shared;
use crate::service::report;
use crate::store::pages::Due;
use crate::store::pages::state::State;
use crate::store::{self, ArticleRow};

/// Pages read at once: each waits for its host most of the time, and holds one document.
const READINGS_MAX: usize = 16;

/// Tasks that read pages, at most one for each host.
#[derive(Debug, Default)]
pub(super) struct Readings {
    tasks: JoinSet<Result<Read, store::Error>>,
    running: HashMap<Id, Due>,
    sites: HashSet<String>,
}

impl Readings {
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Whether `due` may be started.
    pub(super) fn has_room(&self, due: &Due) -> bool {
        self.running.len() < READINGS_MAX && !self.sites.contains(&due.site)
    }

    pub(super) fn start(&mut self, due: Due, feed: Arc<Feed>, state: State, shared: Arc<Shared>) {
        let article = due.article;
        self.sites.insert(due.site.clone());
        let handle = self.tasks.spawn(async move {
            let url = state.url.clone();
            let read = enrich::read(&shared.reading(), article, &feed, state).await;
            shared.store_host_files().await;
            if let Ok(read) = &read {
                report::page(&feed, &url, read);
            }
            read
        });
        self.running.insert(handle.id(), due);
    }

    /// Waits for the next one to end. A fault of ours leaves the page as it was.
    pub(super) async fn next(&mut self) -> Option<(ArticleRow, Result<Read, store::Error>)> {
        let ended = self.tasks.join_next_with_id().await?;
        let (id, result) = match ended {
            Ok((id, result)) => (id, result),
            Err(error) => (error.id(), Err(store::Error::Fault(error.to_string()))),
        };
        let due = self.running.remove(&id)?;
        self.sites.remove(&due.site);
        Some((due.article, result))
    }

    /// Gives them all up; they are due as before.
    pub(super) async fn shutdown(&mut self) {
        self.tasks.shutdown().await;
        self.running.clear();
        self.sites.clear();
    }
}
