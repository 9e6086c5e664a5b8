//! What hosts say of themselves: their rules for robots, and what they reserve.

use std::sync::Arc;

use reqwest::StatusCode;
use url::Url;

use crate::fetch::client::walk::{Reply, Walk};
use crate::fetch::client::{Client, Inner, Kind, Stop};
use crate::fetch::hosts::{self, Asker};
use crate::fetch::memory::Cache;
use crate::fetch::reserved::{self, Site};
use crate::fetch::robots::{self, Known};
use crate::fetch::{Request, headers};
use crate::model::feed::Validators;
use crate::model::fetch::HostFile;
use crate::model::reservation::Reservations;

/// What was read of late.
#[derive(Debug, Default)]
pub(super) struct Said {
    robots: Cache<Known>,
    reserved: Cache<Site>,
}

impl Client {
    /// Takes up what hosts said of themselves to another client, so that they are not asked again
    /// before it is time.
    pub fn recall(&self, files: &[HostFile]) {
        for file in files {
            if file.url.ends_with(robots::PATH) {
                self.0.said.robots.recall(file);
            } else {
                self.0.said.reserved.recall(file);
            }
        }
    }

    /// What hosts said of themselves since this was last asked.
    pub fn take_host_files(&self) -> Vec<HostFile> {
        let mut files = self.0.said.robots.take_new();
        files.extend(self.0.said.reserved.take_new());
        files
    }

    /// The sitemaps that the robots.txt of the host of `request.url` names, in its order.
    pub async fn sitemaps(&self, request: &Request<'_>) -> Vec<String> {
        let Ok(url) = Url::parse(request.url) else { return Vec::new() };
        if self.0.guard.check_url(&url).is_err() {
            return Vec::new();
        }
        self.0.rules(&url, request).await.sitemaps()
    }

    /// What the site of `request.url` reserves of use by machines of what is there, by its
    /// `/.well-known/tdmrep.json`, which is read once a day and as pages are. While it cannot be
    /// read, what it said last counts; of what may not be fetched nothing is asked. Not to be asked
    /// while a response of the same task is held, whose place it may need.
    pub async fn site_reservations(&self, request: &Request<'_>) -> Reservations {
        let Ok(url) = Url::parse(request.url) else { return Reservations::default() };
        if self.0.guard.check_url(&url).is_err()
            || self.0.hosts.rest_left(hosts::key(&url), Asker::Page).is_some()
            || self.0.rules(&url, request).await.check(&url, request.now).is_err()
        {
            return Reservations::default();
        }
        let file = reserved::url(&url);
        let read = async |before: Option<Arc<Site>>| {
            let validators = &Validators::default();
            let request = Request { url: file.as_str(), validators, ..*request };
            Site::new(self.0.get(&request, Kind::Page).await, before.as_deref(), request.now)
        };
        self.0.said.reserved.get(file.as_str(), request.now, read).await.of(&url)
    }
}

impl Inner {
    /// The rules for robots at the host of `url`, from memory or from there.
    pub(super) async fn rules(&self, url: &Url, request: &Request<'_>) -> Arc<Known> {
        let robots_url = robots::url(url);
        let read = async |before: Option<Arc<Known>>| {
            let validators = &Validators::default();
            let request = Request { url: robots_url.as_str(), validators, ..*request };
            let mut walk = Walk::default();
            // Boxed because a page asks for rules, and rules are got as a page is.
            let answer = match Box::pin(self.follow(&request, Kind::Robots, &mut walk)).await {
                Ok(Reply { status, headers, body, .. }) => {
                    let retry_after = headers::retry_after(&headers, request.now);
                    Ok(robots::Read { status, retry_after, body })
                }
                Err(Stop::Failed(failure) | Stop::Lost(failure)) => Err(failure),
                Err(Stop::Resting(wait)) => {
                    let (status, body) = (StatusCode::TOO_MANY_REQUESTS, Vec::new());
                    Ok(robots::Read { status, retry_after: Some(wait), body })
                }
                Err(Stop::Forbidden(_)) => unreachable!("robots.txt may always be asked for"),
            };
            Known::new(&answer, before.as_deref(), request.now)
        };
        self.said.robots.get(robots_url.as_str(), request.now, read).await
    }
}
