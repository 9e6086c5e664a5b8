//! The client: one request with its redirects, each hop guarded, in turn and within its limits.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, USER_AGENT,
};
use tokio::time::{Instant, timeout};
use url::Url;

use crate::fetch::guard::Guard;
use crate::fetch::hop::Hop;
use crate::fetch::hosts::{self, Asker, Hosts, Turn};
use crate::fetch::http::POOL_IDLE;
use crate::fetch::kept::Kept;
use crate::fetch::lanes::{Lanes, Pace, Room, SLOW_AFTER};
use crate::fetch::robots;
use crate::fetch::{
    Answer, Error, Forbidden, Options, Place, Refusal, Request, Response, Sent, body, failure,
    headers, http, redirect,
};
use crate::model::feed::Validators;
use crate::model::fetch::{Failure, FailureClass, Waited};

mod said;
mod walk;

use said::Said;
use walk::{Reply, Walk};

/// Gets documents. Cheap to clone; clones share connections, turns and limits.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    /// What goes with every request.
    defaults: HeaderMap,
    guard: Arc<Guard>,
    hosts: Hosts,
    lanes: Lanes,
    kept: Kept,
    said: Arc<Said>,
    options: Options,
}

/// What is asked for, and so by which rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind<'k> {
    /// Published to be polled: the pause of hosts, and no question.
    Feed(Option<Waited>),
    /// Anything else: the pause of pages, and only what robots.txt allows.
    Page,
    /// robots.txt itself.
    Robots,
    /// Nothing: it is sent to a server that is there to be asked.
    Post(Sent<'k>),
}

impl Kind<'_> {
    /// As whom it waits while the host wishes to be left alone. A feed that waited already goes on.
    fn waits(self) -> Option<Asker> {
        match self {
            Self::Feed(None) => Some(Asker::Feed),
            Self::Page | Self::Robots => Some(Asker::Page),
            Self::Feed(Some(_)) | Self::Post(_) => None,
        }
    }

    /// For whom the wish of the host to be left alone holds. One that comes again and again may be of
    /// one feed alone.
    fn speaks_for(self) -> Option<Asker> {
        match self {
            Self::Feed(None | Some(Waited::ForItsHost)) => Some(Asker::Feed),
            Self::Page => Some(Asker::Page),
            Self::Feed(Some(Waited::ForItself)) | Self::Robots | Self::Post(_) => None,
        }
    }
}

/// Why a request ended without a response.
#[derive(Debug)]
enum Stop {
    Failed(Failure),
    /// A connection that was kept open turned out to be closed before there was an answer.
    Lost(Failure),
    Forbidden(Forbidden),
    /// Nothing was asked: the host wishes to be left alone for so long.
    Resting(Duration),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Client {
    /// A client with these options.
    pub fn new(options: Options) -> Result<Self, Error> {
        let hosts = Hosts::new(options.host_gap.0);
        Self::with(options, hosts, Arc::default())
    }

    /// A client with other options that goes on where this one is: it waits for the requests of
    /// this one to end, and then for its own gap, and knows what hosts said of themselves.
    pub fn renewed(&self, options: Options) -> Result<Self, Error> {
        let hosts = self.0.hosts.with_gap(options.host_gap.0);
        Self::with(options, hosts, Arc::clone(&self.0.said))
    }

    fn with(options: Options, hosts: Hosts, said: Arc<Said>) -> Result<Self, Error> {
        let guard = Arc::new(Guard::new(&options.allow_hosts)?);
        let defaults = http::headers(&options.contact)?;
        let http = http::client(&options, &guard, &defaults);
        Ok(Self(Arc::new(Inner {
            http: http.map_err(|source| Error::Client { source })?,
            defaults,
            guard,
            hosts,
            lanes: Lanes::new(options.concurrency, options.body_max, SLOW_AFTER),
            kept: Kept::default(),
            said,
            options,
        })))
    }

    /// The limits of its requests, and who it says we are.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Lets every host rest for one gap: it may have been asked just before this client was made.
    pub fn rest(&self) {
        self.0.hosts.rest();
    }

    /// Notes that the host of each of these URLs wishes to be left alone for so long.
    pub fn let_rest(&self, waits: &[(String, Duration)]) {
        for (url, wait) in waits {
            if let Ok(url) = Url::parse(url) {
                self.0.hosts.begin_rest(hosts::key(&url), *wait);
            }
        }
    }

    /// Gets what somebody named to be a feed or to lead to one, whether or not its host wishes to be
    /// left alone. Whatever happens is in the response.
    pub async fn get(&self, request: &Request<'_>) -> Response {
        self.poll(request, Some(Waited::ForItself)).await
    }

    /// Gets a feed that is one of many. While its host wishes to be left alone (429 or 503 with
    /// `Retry-After`, to any of its feeds) it is told to wait without being asked for, and the response
    /// has no status; but only once, if that is why it `waited` the last time. One that itself is told
    /// to wait again and again has no others wait for it.
    pub async fn poll(&self, request: &Request<'_>, waited: Option<Waited>) -> Response {
        match self.0.get(request, Kind::Feed(waited)).await {
            Ok(response) => response,
            Err(_) => unreachable!("the rules of robots.txt are not asked for feeds"),
        }
    }

    /// Gets what is not a feed (a page, a sitemap): only what the robots.txt of its host allows, on
    /// every hop of its redirects, and with [`Options::page_gap`] or the host's `crawl-delay`
    /// between two, whichever is longer. It waits as long as that takes: ask for few at a time.
    ///
    /// robots.txt is read once a day (RFC 9309 section 2.4) by the same rules. One that the server
    /// does not have (4xx) allows all; while it cannot be read (5xx, 429, no answer) the last one
    /// counts for up to 30 days, and without one nothing may be fetched (section 2.3.1).
    pub async fn get_page(&self, request: &Request<'_>) -> Result<Response, Forbidden> {
        self.0.get(request, Kind::Page).await
    }

    /// Sends `sent` to the hub or webhook at `request.url`, in its turn like a request for a feed; a
    /// redirect is followed where that keeps it a POST.
    pub async fn post(&self, request: &Request<'_>, sent: Sent<'_>) -> Result<(), Refusal> {
        let mut walk = Walk::default();
        let refused = |reason| Err(Refusal { reason, wait: None });
        match self.0.follow(request, Kind::Post(sent), &mut walk).await {
            Ok(reply) if reply.status.is_success() => Ok(()),
            Ok(reply) => Err(Refusal {
                reason: failure::one_line(&reply.status.to_string()),
                wait: headers::retry_after(&reply.headers, request.now),
            }),
            Err(Stop::Failed(failure) | Stop::Lost(failure)) => refused(failure.reason),
            Err(Stop::Forbidden(forbidden)) => refused(forbidden.reason),
            Err(Stop::Resting(_)) => unreachable!("what is sent waits for no rest"),
        }
    }
}

impl Inner {
    async fn get(&self, request: &Request<'_>, kind: Kind<'_>) -> Result<Response, Forbidden> {
        let mut walk = Walk::default();
        match self.follow(request, kind, &mut walk).await {
            Ok(reply) => Ok(walk.response(request, Ok(reply))),
            Err(Stop::Failed(failure) | Stop::Lost(failure)) => {
                Ok(walk.response(request, Err(Answer::Failed(failure))))
            }
            Err(Stop::Resting(wait)) => {
                let response = walk.response(request, Err(Answer::Throttled { wait }));
                Ok(Response { status: None, ..response })
            }
            Err(Stop::Forbidden(forbidden)) => Err(forbidden),
        }
    }

    /// Goes from one redirect to the next until there is an answer.
    async fn follow(
        &self,
        request: &Request<'_>,
        kind: Kind<'_>,
        walk: &mut Walk,
    ) -> Result<Reply, Stop> {
        let mut url = Url::parse(request.url).map_err(|error| {
            Failure::new(FailureClass::Url, format!("not a URL that can be fetched: {error}"))
        })?;
        walk.visited.push(url.clone());
        loop {
            self.guard.check_url(&url)?;
            let reply = match self.exchange(request, kind, &url, walk).await {
                // A GET may be sent again (RFC 9110 section 9.2.2), in its turn like any other.
                Err(Stop::Lost(_)) if !walk.is_asked_again && !matches!(kind, Kind::Post(_)) => {
                    walk.is_asked_again = true;
                    self.exchange(request, kind, &url, walk).await
                }
                reply => reply,
            };
            let reply = reply?;
            if !redirect::is_redirect(reply.status)
                || (matches!(kind, Kind::Post(_)) && !redirect::keeps_method(reply.status))
            {
                return Ok(reply);
            }
            url = redirect::target(&url, &reply.headers)?;
            let max = match kind {
                Kind::Robots => self.options.redirects_max.max(robots::REDIRECTS_MIN),
                Kind::Feed(_) | Kind::Page | Kind::Post(_) => self.options.redirects_max,
            };
            walk.redirected(&url, reply.status, max)?;
        }
    }

    /// Waits until the host of `url` may be asked.
    async fn turn(&self, request: &Request<'_>, kind: Kind<'_>, url: &Url) -> Result<Turn, Stop> {
        let (key, gap) = (hosts::key(url), self.options.page_gap.0);
        Ok(match kind {
            Kind::Feed(_) | Kind::Post(_) => self.hosts.turn(key).await,
            Kind::Robots => self.hosts.page_turn(key, gap).await,
            Kind::Page => {
                if let Some(wait) = self.hosts.rest_left(key, Asker::Page) {
                    return Err(Stop::Resting(wait));
                }
                let rules = self.rules(url, request).await;
                rules.check(url, request.now).map_err(Stop::Forbidden)?;
                self.hosts.page_turn(key, gap.max(rules.crawl_delay())).await
            }
        })
    }

    /// One request and its response, when it is this host's turn.
    async fn exchange(
        &self,
        request: &Request<'_>,
        kind: Kind<'_>,
        url: &Url,
        walk: &mut Walk,
    ) -> Result<Reply, Stop> {
        // The host's turn first: who waits for a host must not keep a place from others. The turn
        // ends with this function, the place with the reply: before the next hop waits for its own.
        let turn = self.turn(request, kind, url).await?;
        if let Some(wait) = kind.waits().and_then(|asker| turn.rest_left(asker)) {
            return Err(Stop::Resting(wait));
        }
        let mut seat = self.lanes.enter(turn.pace()).await;
        let total = self.options.total_timeout;
        let started_at = Instant::now();
        walk.is_kept = self.kept.keeps(started_at);
        let left = total.0.saturating_sub(walk.duration);
        let exchange = timeout(left, self.send(request, kind, url, walk));
        let reply = self.lanes.run(&mut seat, exchange).await;
        let duration = started_at.elapsed();
        turn.set_pace(Pace::of(duration));
        walk.duration += duration;
        let reply = reply.unwrap_or_else(|_| {
            let reason = format!("not complete within {total}");
            Err(Failure::new(FailureClass::Timeout, reason).into())
        });
        let was_kept = turn.kept_at().is_some_and(|at| started_at.duration_since(at) < POOL_IDLE);
        match reply {
            Ok(reply) => {
                let wait = headers::rest(reply.status, &reply.headers, request.now);
                if let Some((asker, wait)) = kind.speaks_for().zip(wait) {
                    turn.begin_rest(asker, url, wait);
                }
                turn.set_kept_at(walk.is_kept.then(Instant::now));
                Ok(Reply { place: Place(seat.into_permit(), reply.place.1), ..reply })
            }
            Err(Stop::Lost(failure)) if !was_kept => Err(failure.into()),
            Err(stop) => Err(stop),
        }
    }

    async fn send(
        &self,
        request: &Request<'_>,
        kind: Kind<'_>,
        url: &Url,
        walk: &mut Walk,
    ) -> Result<Reply, Stop> {
        let options = &self.options;
        let mut message = self.message(request, kind, url)?;
        if !walk.is_kept {
            // HTTP/2 has no such word, and keeps it.
            message.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let mut asked = self.defaults.clone();
        asked.extend(message.headers().clone());
        let sent = self.http.execute(message);
        let response = timeout(options.header_timeout.0, sent).await.map_err(|_| {
            let reason = format!("no answer within {}", options.header_timeout);
            Failure::new(FailureClass::Timeout, reason)
        })?;
        let response = response.map_err(|error| {
            let failure = failure::of_request(&error, url, options.connect_timeout);
            if failure::is_lost(&error) { Stop::Lost(failure) } else { failure.into() }
        })?;
        self.guard.check_peer(url, response.remote_addr())?;
        let (status, headers) = (response.status(), response.headers().clone());
        let peer = response.remote_addr().map(|peer| peer.ip());
        walk.hops.push(Hop { url: url.clone(), asked, status, headers: headers.clone(), peer });
        let mut room = Room::default();
        let body = match kind {
            _ if !status.is_success() => Vec::new(),
            Kind::Post(_) => Vec::new(),
            Kind::Robots => body::read_start(response, options, robots::BYTES_READ).await?,
            Kind::Feed(_) | Kind::Page => {
                body::read(response, options, (&self.lanes, &mut room)).await?
            }
        };
        Ok(Reply { status, headers, body, place: Place(None, room) })
    }

    /// The request as it goes over the wire.
    fn message(
        &self,
        request: &Request<'_>,
        kind: Kind<'_>,
        url: &Url,
    ) -> Result<reqwest::Request, Failure> {
        let mut message = match kind {
            Kind::Post(sent) => {
                let (content_type, body) = match sent {
                    Sent::Form(form) => ("application/x-www-form-urlencoded", form),
                    Sent::Json(json) => ("application/json", json),
                };
                self.http.post(url.clone()).header(CONTENT_TYPE, content_type).body(body.to_owned())
            }
            _ => self.http.get(url.clone()),
        };
        // The validators go along on every hop, also to another host: they are those of the last
        // one, and a feed behind a redirect would be sent whole each time without them. The hops
        // before it do not compare them (RFC 9110 section 13.2.1).
        let Validators { etag, last_modified } = request.validators;
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
            let value = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok());
            if let Some(value) = value {
                message = message.header(name, value);
            }
        }
        if let Some(user_agent) = request.user_agent {
            let value = HeaderValue::from_str(user_agent).map_err(|_| {
                let reason = "the feed's User-Agent has a character that cannot be sent";
                Failure::new(FailureClass::Internal, reason)
            })?;
            message = message.header(USER_AGENT, value);
        }
        message
            .build()
            .map_err(|error| failure::of_request(&error, url, self.options.connect_timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_options_are_refused() {
        let options = Options { allow_hosts: vec!["*.local".into()], ..Options::default() };
        let error = Client::new(options).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`*.local` in `fetch.allow_hosts` is not a host name, an address or a network"
        );
    }
}
