//! A door for others: a small HTTP server that hands requests to whoever answers them.
//!
//! It knows sockets and limits and nothing of what is asked. Whatever comes in is bounded:
//! connections, time, heads, and bodies, which are read only for paths that somebody stands behind.

pub mod passed;

use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// Most connections at a time; others wait to be accepted.
const CONNECTIONS_MAX: usize = 64;

/// Bodies read at a time: each may be as large as a document of a feed.
const BODIES_MAX: usize = 4;

/// How long the head of a request may take, and how long its body.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
const BODY_TIME_MAX: Duration = Duration::from_secs(60);

/// How long whoever answers may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// How long a connection may live: nobody needs it for long.
const CONNECTION_TIME_MAX: Duration = Duration::from_secs(180);

/// How long to wait when the system has no socket to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where the daemon tells how it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// An address with a port, or a port of this machine alone; nothing listens when it is empty.
    pub listen: String,
}

impl Options {
    /// Where to listen.
    pub fn address(&self) -> Option<SocketAddr> {
        let port =
            self.listen.parse().ok().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        port.or_else(|| self.listen.parse().ok())
    }

    /// Why it cannot be used.
    pub fn mistake(&self) -> Option<String> {
        (!self.listen.is_empty() && self.address().is_none()).then(|| {
            format!(
                "`{}` is neither a port nor an address with one, such as `127.0.0.1:8651`",
                self.listen
            )
        })
    }
}

/// Who stands behind the door.
#[derive(Clone)]
pub struct Door {
    /// Where requests go; one that is full is told to come again.
    pub calls: mpsc::Sender<Call>,
    /// Whether anybody answers at this path; to others the answer is 404.
    pub is_known: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// The largest body.
    pub body_max: usize,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door")
    }
}

/// A request that came in.
#[derive(Debug)]
pub struct Call {
    /// `POST`; everything else that is let in is `GET`.
    pub is_post: bool,
    /// The path, as sent.
    pub path: String,
    /// The query, as sent.
    pub query: String,
    /// The `Content-Type`.
    pub content_type: Option<String>,
    /// The `X-Hub-Signature`.
    pub signature: Option<String>,
    /// The body of a `POST`.
    pub body: Vec<u8>,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Answer>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A status and a few words.
    pub fn plain(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: body.into() }
    }
}

/// An open door; it closes when this is dropped, and with it all its connections.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Listener {
    /// Opens a door at `address`.
    ///
    /// # Errors
    /// What the system says against it.
    pub async fn open(address: SocketAddr, door: Door) -> std::io::Result<Self> {
        Self::serve(TcpListener::bind(address).await?, door)
    }

    /// Takes over a door that somebody else opened.
    ///
    /// # Errors
    /// What the system says against it.
    pub fn take_over(socket: std::net::TcpListener, door: Door) -> std::io::Result<Self> {
        socket.set_nonblocking(true)?;
        Self::serve(TcpListener::from_std(socket)?, door)
    }

    fn serve(listener: TcpListener, door: Door) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, door));
        Ok(Self { address, task })
    }

    /// Closes the door, and returns when its address is free: after a drop that takes a moment.
    pub async fn close(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, door: Door) {
    let mut connections = JoinSet::new();
    let bodies = Arc::new(Semaphore::new(BODIES_MAX));
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS_MAX {
            connections.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                let served = connection(stream, door.clone(), Arc::clone(&bodies));
                connections.spawn(timeout(CONNECTION_TIME_MAX, served));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(stream: TcpStream, door: Door, bodies: Arc<Semaphore>) {
    let service = service_fn(|request: Request<Incoming>| async {
        Ok::<_, Infallible>(respond(pass(&door, &bodies, request).await))
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a caller hung up");
    }
}

/// Takes a request in and brings the answer.
async fn pass(door: &Door, bodies: &Semaphore, request: Request<Incoming>) -> Answer {
    let is_post = match *request.method() {
        Method::GET | Method::HEAD => false,
        Method::POST => true,
        _ => return Answer::plain(405, "GET or POST"),
    };
    let path = request.uri().path().to_owned();
    if !(door.is_known)(&path) {
        return Answer::plain(404, "nothing here");
    }
    let text = |name: &str| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(ToOwned::to_owned)
    };
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (content_type, signature) = (text("content-type"), text("x-hub-signature"));
    let (mut body, mut _permit) = (Vec::new(), None);
    if is_post {
        // Held until the answer is there, and with it the memory of the body.
        let Ok(permit) = bodies.try_acquire() else { return busy() };
        _permit = Some(permit);
        body = match read(request, door.body_max).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
    }
    let (answer, answered) = oneshot::channel();
    let call = Call { is_post, path, query, content_type, signature, body, answer };
    if door.calls.try_send(call).is_err() {
        return busy();
    }
    match timeout(ANSWER_TIME_MAX, answered).await {
        Ok(Ok(answer)) => answer,
        _ => busy(),
    }
}

async fn read(request: Request<Incoming>, body_max: usize) -> Result<Vec<u8>, Answer> {
    let too_large = || Answer::plain(413, "too large");
    if request.body().size_hint().lower() > body_max as u64 {
        return Err(too_large());
    }
    let body = timeout(BODY_TIME_MAX, Limited::new(request.into_body(), body_max).collect()).await;
    match body {
        Ok(Ok(body)) => Ok(body.to_bytes().into()),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Answer::plain(408, "too slow")),
    }
}

fn busy() -> Answer {
    Answer::plain(503, "busy, come again")
}

fn respond(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    // What is echoed is never to be taken for a page.
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    if answer.status == 503 {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_door_that_was_closed_can_be_opened_again_at_once() {
        let (calls, _receiver) = mpsc::channel(1);
        let door = Door { calls, is_known: Arc::new(|_| true), body_max: 0 };
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut listener = Listener::open(any_port, door.clone()).await.unwrap();
        let address = listener.address();
        for _ in 0..20 {
            listener.close().await;
            listener = Listener::open(address, door.clone()).await.unwrap();
        }
    }
}
