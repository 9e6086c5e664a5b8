//! A scripted web on loopback: it answers what a test sets, and records what it was asked.
//!
//! It knows nothing of feeds; those are written by `news`. Each connection is a thread and one
//! request, so it needs no runtime and holds up no other test.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// The web. It stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Web {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// How a path is answered.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Before anything is sent.
    pub(crate) delay: Duration,
    /// Bytes of the body after which the connection breaks.
    pub(crate) cut_at: Option<usize>,
    /// Sends `ETag` and `Last-Modified`, and 304 to whoever sends them back.
    pub(crate) has_validators: bool,
}

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) at: Instant,
    /// Just before the last byte of the answer; `None` while it is being answered.
    pub(crate) ended_at: Option<Instant>,
}

#[derive(Debug, Default)]
struct Shared {
    routes: Mutex<HashMap<String, Route>>,
    asked: Mutex<Vec<Asked>>,
    is_stopping: AtomicBool,
}

impl Default for Route {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            cut_at: None,
            has_validators: false,
        }
    }
}

impl Route {
    /// A document that is there.
    pub(crate) fn document(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    /// An error, with its page.
    pub(crate) fn error(status: u16) -> Self {
        Self { status, ..Self::document("<html><body>Helaas.</body></html>") }
    }

    fn etag(&self) -> String {
        format!("\"{:x}\"", self.hash())
    }

    /// Another date for another body: what a server with real dates would send.
    fn last_modified(&self) -> String {
        let seconds = 1_600_000_000 + self.hash() % 100_000_000;
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.body.hash(&mut hasher);
        hasher.finish()
    }

    /// RFC 9110 section 13.1.3: the date counts only without an entity tag.
    fn is_known(&self, asked: &Asked) -> bool {
        self.has_validators
            && match (asked.header("if-none-match"), asked.header("if-modified-since")) {
                (Some(etag), _) => etag == self.etag(),
                (None, date) => date == Some(&*self.last_modified()),
            }
    }
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl Web {
    pub(crate) fn start() -> Self {
        Self::on(Ipv4Addr::LOCALHOST)
    }

    /// On a host of its own: on Linux all of 127.0.0.0/8 is loopback.
    pub(crate) fn on(host: Ipv4Addr) -> Self {
        Self::at((host, 0).into())
    }

    /// Where another one was until now.
    pub(crate) fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers `path` so from now on; other paths are 404.
    pub(crate) fn set(&self, path: &str, route: Route) {
        lock(&self.shared.routes).insert(path.to_owned(), route);
    }

    /// All requests so far, in the order in which they came.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        lock(&self.shared.asked).clone()
    }

    /// The requests for `path`.
    pub(crate) fn asked_for(&self, path: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path == path).collect()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        // A connection wakes the thread that waits for one.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_stopping.load(Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(shared);
        // A client that is killed hangs up in the middle; that is its own affair.
        thread::spawn(move || stream.and_then(|stream| answer(&stream, &shared)));
    }
}

fn answer(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    let asked = read(stream)?;
    let route = lock(&shared.routes).get(&asked.path).cloned();
    let route = route.unwrap_or_else(|| Route::error(404));
    let place = {
        let mut log = lock(&shared.asked);
        log.push(asked.clone());
        log.len() - 1
    };
    thread::sleep(route.delay);
    let (head, body) = respond(&route, &asked);
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    lock(&shared.asked)[place].ended_at = Some(Instant::now());
    stream.write_all(body)
}

fn read(stream: &TcpStream) -> io::Result<Asked> {
    let mut lines = BufReader::new(stream).lines();
    let mut next = || lines.next().unwrap_or_else(|| Err(io::ErrorKind::UnexpectedEof.into()));
    let first = next()?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let line = next()?;
        let Some((name, value)) = line.split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(Asked { path, headers, at: Instant::now(), ended_at: None })
}

fn respond<'r>(route: &'r Route, asked: &Asked) -> (String, &'r [u8]) {
    let is_known = route.is_known(asked);
    let status = if is_known { 304 } else { route.status };
    let body: &[u8] = if is_known { &[] } else { &route.body };
    let mut head = format!("HTTP/1.1 {status} .\r\nconnection: close\r\n");
    let mut header = |name: &str, value: &str| {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    };
    if !is_known {
        header("content-length", &body.len().to_string());
    }
    if route.has_validators {
        header("etag", &route.etag());
        header("last-modified", &route.last_modified());
    }
    for (name, value) in &route.headers {
        header(name, value);
    }
    head.push_str("\r\n");
    let end = route.cut_at.unwrap_or(body.len()).min(body.len());
    (head, &body[..end])
}
