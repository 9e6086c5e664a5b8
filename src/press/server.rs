//! The shell: sockets, HTTP and the memory of what was asked. It decides nothing about content.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::press::newsroom::{Document, Newsroom};
use crate::press::site::{self, OUTAGE_WAIT_S, Reply};
use crate::press::{Asked, page, render};

/// Most connections at a time; others wait to be accepted.
const CONNECTIONS_MAX: usize = 64;

/// Most requests remembered; older ones are forgotten.
const REQUESTS_MAX: usize = 10_000;

/// How long a client may take to send the head of its request.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);

/// How long to wait when the system has no socket to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the handle and the connections share.
#[derive(Debug)]
pub(super) struct Shared {
    newsroom: Newsroom,
    scene: AtomicU32,
    began: Instant,
    requests: Mutex<VecDeque<Asked>>,
}

impl Shared {
    pub(super) fn new(newsroom: Newsroom) -> Self {
        Self {
            newsroom,
            scene: AtomicU32::new(0),
            began: Instant::now(),
            requests: Mutex::new(VecDeque::new()),
        }
    }

    pub(super) fn scene(&self) -> u32 {
        self.scene.load(Ordering::SeqCst)
    }

    pub(super) fn set_scene(&self, scene: u32) {
        self.scene.store(scene, Ordering::SeqCst);
    }

    pub(super) fn requests(&self) -> Vec<Asked> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().cloned().collect()
    }

    fn record(&self, asked: Asked) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == REQUESTS_MAX {
            requests.pop_front();
        }
        requests.push_back(asked);
    }
}

/// Accepts connections until it is aborted, which ends them too.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS_MAX {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, Arc::clone(&shared)));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(|request: Request<Incoming>| {
        let response = answer(&shared, &request);
        async { Ok::<_, Infallible>(response) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a reader of the invented press hung up");
    }
}

fn answer<B>(shared: &Shared, request: &Request<B>) -> Response<Full<Bytes>> {
    let headers = request.headers();
    let response = match *request.method() {
        Method::GET | Method::HEAD => {
            let path = request.uri().path();
            respond(site::reply(&shared.newsroom, path, shared.scene()), headers)
        }
        _ => bare(StatusCode::METHOD_NOT_ALLOWED, "Alleen lezen."),
    };
    shared.record(Asked {
        at: shared.began.elapsed(),
        path: request.uri().to_string(),
        if_none_match: value(headers, &header::IF_NONE_MATCH),
        if_modified_since: value(headers, &header::IF_MODIFIED_SINCE),
        user_agent: value(headers, &header::USER_AGENT),
        status: response.status().as_u16(),
    });
    response
}

fn respond(reply: Reply, asked: &HeaderMap) -> Response<Full<Bytes>> {
    match reply {
        Reply::Found(document) => found(document, asked),
        Reply::Moved(url) => {
            let mut response = bare(StatusCode::MOVED_PERMANENTLY, "Verhuisd.");
            set(&mut response, header::LOCATION, &url);
            response
        }
        Reply::NotFound => bare(StatusCode::NOT_FOUND, "Deze pagina bestaat niet."),
        Reply::Gone => bare(StatusCode::GONE, "Dit artikel is niet meer beschikbaar."),
        Reply::Unavailable => {
            let mut response = bare(StatusCode::SERVICE_UNAVAILABLE, "Wij zijn zo terug.");
            set(&mut response, header::RETRY_AFTER, &OUTAGE_WAIT_S.to_string());
            response
        }
    }
}

fn found(document: Document, asked: &HeaderMap) -> Response<Full<Bytes>> {
    let Some(modified) = document.modified else {
        return with_type(StatusCode::OK, document.media_type, document.body);
    };
    let etag = etag(&document.body);
    let last_modified = render::http_date(modified);
    let mut response = if is_current(asked, &etag, &last_modified) {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        with_type(StatusCode::OK, document.media_type, document.body)
    };
    set(&mut response, header::ETAG, &etag);
    set(&mut response, header::LAST_MODIFIED, &last_modified);
    response
}

/// RFC 9110 section 13.1.3: `If-Modified-Since` is ignored where `If-None-Match` was sent. Dates
/// are compared as text, as nginx does by default.
fn is_current(asked: &HeaderMap, etag: &str, last_modified: &str) -> bool {
    if let Some(tags) = value(asked, &header::IF_NONE_MATCH) {
        let mut tags = tags.split(',').map(|tag| tag.trim().trim_start_matches("W/"));
        return tags.any(|tag| tag == "*" || tag == etag);
    }
    value(asked, &header::IF_MODIFIED_SINCE).is_some_and(|date| date == last_modified)
}

fn etag(body: &[u8]) -> String {
    format!("\"{}\"", data_encoding::HEXLOWER.encode(&Sha256::digest(body)[..8]))
}

fn bare(status: StatusCode, message: &str) -> Response<Full<Bytes>> {
    with_type(status, "text/html; charset=utf-8", page::sorry(message).into_bytes())
}

fn with_type(status: StatusCode, media_type: &str, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, media_type);
    response
}

fn set(response: &mut Response<Full<Bytes>>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn value(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
