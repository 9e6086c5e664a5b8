//! A scripted server on loopback that records what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The server; it stops when it is dropped.
#[derive(Debug)]
pub(super) struct Web {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

/// One request, as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) head: String,
    pub(super) began_at: Instant,
    /// This one and those that came before it and had not ended.
    pub(super) n_in_flight: usize,
    /// Just before the last byte that we sent.
    pub(super) ended_at: Option<Instant>,
}

/// What to send.
#[derive(Debug, Clone)]
pub(super) struct Script {
    /// Waited for before anything is sent.
    pub(super) meet: Option<Arc<Barrier>>,
    pub(super) bytes: Vec<u8>,
    pub(super) then: Then,
}

/// What follows what was sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Then {
    Close,
    /// Silence, with the connection open.
    Stall,
    /// The same bytes again and again, with a pause between.
    Repeat(&'static [u8], Duration),
}

impl Script {
    /// A response with its Content-Length; `head` is the status line and header lines.
    pub(super) fn response(head: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!(
            "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        Self::raw(bytes, Then::Close)
    }

    pub(super) fn raw(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        Self { meet: None, bytes: bytes.into(), then }
    }
}

impl Web {
    /// Answers each path with its script, on all loopback addresses.
    pub(super) async fn start(
        script: impl Fn(&str) -> Script + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([0, 0, 0, 0], 0))).await?;
        let port = listener.local_addr()?.port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (script, log) = (Arc::new(script), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, log) = (Arc::clone(&script), Arc::clone(&log));
                tokio::spawn(async move {
                    // The client hangs up in the middle in many tests.
                    let _ = answer(stream, &*script, &log).await;
                });
            }
        });
        Ok(Self { port, asked, task })
    }

    pub(super) fn url(&self, path: &str) -> String {
        self.url_at("127.0.0.1", path)
    }

    pub(super) fn url_at(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

async fn answer(
    mut stream: TcpStream,
    script: &(impl Fn(&str) -> Script + Send + Sync),
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let place = {
        let mut log = log.lock().unwrap();
        let n_in_flight = 1 + log.iter().filter(|asked| asked.ended_at.is_none()).count();
        log.push(Asked { head, began_at: Instant::now(), n_in_flight, ended_at: None });
        log.len() - 1
    };
    let Script { meet, bytes, then } = script(&path);
    if let Some(barrier) = meet {
        barrier.wait().await;
    }
    log.lock().unwrap()[place].ended_at = Some(Instant::now());
    stream.write_all(&bytes).await?;
    match then {
        Then::Close => stream.shutdown().await,
        Then::Stall => std::future::pending().await,
        Then::Repeat(piece, pause) => loop {
            stream.write_all(piece).await?;
            tokio::time::sleep(pause).await;
        },
    }
}
