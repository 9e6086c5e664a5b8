//! One hostile behavior, and the words for writing many.

use std::time::Duration;

use crate::hostile::server::{Script, Then};

/// What a server does, and what must come of it.
#[derive(Debug)]
pub(crate) struct Behavior {
    pub(crate) name: &'static str,
    pub(crate) act: Act,
    /// The outcome in the `fetches` view, and after a space the class of a failure.
    pub(crate) outcome: &'static str,
    /// In the reason of a failure; for a document that is read, the number of articles in it.
    pub(crate) detail: &'static str,
}

/// How it is done.
#[derive(Debug)]
pub(crate) enum Act {
    /// By a server that sends this.
    Serve(Script),
    /// By the same, with an `https` URL.
    ServeTls(Script),
    /// By the URL alone.
    Url(String),
}

/// A behavior of a server that sends `bytes` and closes.
pub(crate) fn sends(
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    outcome: &'static str,
    detail: &'static str,
) -> Behavior {
    Behavior { name, act: Act::Serve(Script::close(bytes)), outcome, detail }
}

/// A behavior of a server that sends `bytes` and goes on as told.
pub(crate) fn goes_on(
    name: &'static str,
    (bytes, then): (&str, Then),
    outcome: &'static str,
    detail: &'static str,
) -> Behavior {
    Behavior { name, act: Act::Serve(Script::then(bytes, then)), outcome, detail }
}

/// As fast as it goes.
pub(crate) fn flood(piece: &'static [u8]) -> Then {
    Then::Repeat(piece, Duration::ZERO)
}

/// A thousand a second. Without a pause hyper reads some 50 MB of 1xx responses in one go before it
/// lets others run, half a minute in a debug build.
pub(crate) fn steady(piece: &'static [u8]) -> Then {
    Then::Repeat(piece, Duration::from_millis(1))
}

/// A byte now and then, each well within the idle limit.
pub(crate) fn dribble(piece: &'static [u8]) -> Then {
    Then::Repeat(piece, Duration::from_millis(100))
}

/// A whole response; `head` is the status with header lines after it.
pub(crate) fn response(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A whole 200.
pub(crate) fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    response("200 OK\r\ncontent-type: application/rss+xml", body)
}

/// An RSS document around `items`.
pub(crate) fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>Vijandig</title>{items}</channel></rss>")
}

/// A harmless document with one article.
pub(crate) fn one_article(name: &str) -> String {
    rss(&format!(
        "<item><title>Bericht {name}</title><guid>{name}</guid>\
         <description>Wat de server {name} te melden had.</description></item>"
    ))
}
