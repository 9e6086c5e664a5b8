//! An invented Dutch press on loopback, for `knipsel run --demo` and for tests.
//!
//! Five outlets and a wire agency live through one day, compressed into [`edition::SCENES`]
//! scenes: articles appear, change and vanish, feeds break and move. To whoever polls it, it is
//! simply a web with feeds; it knows nothing of the program around it and gives it no shortcuts.
//! The names, the people and the news are made up.

pub mod edition;
pub mod newsroom;
pub mod outlets;
pub mod script;
pub mod site;
pub mod stories;

mod page;
mod render;
mod server;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::model::feed::{ArticleIdPattern, Feed};
use crate::model::time::Timestamp;
use crate::press::newsroom::Newsroom;
use crate::press::outlets::{Channel, Outlet};
use crate::press::server::Shared;

/// The press while it runs. Dropping it stops it.
#[derive(Debug)]
pub struct Press {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// A request that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// How long after the press started.
    pub at: Duration,
    /// Path and query.
    pub path: String,
    /// The `If-None-Match` header.
    pub if_none_match: Option<String>,
    /// The `If-Modified-Since` header.
    pub if_modified_since: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The status it was answered with.
    pub status: u16,
}

/// Starts the press on a free port of 127.0.0.1, in scene 0.
///
/// The news of scene n is dated n minutes after `start`: with a start of twelve minutes ago,
/// nothing lies in the future.
pub async fn start(start: Timestamp) -> io::Result<Press> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let shared = Arc::new(Shared::new(Newsroom::new(start, format!("http://{address}"))));
    let accepting = tokio::spawn(server::accept(listener, Arc::clone(&shared)));
    Ok(Press { shared, address, accepting })
}

impl Press {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Subscriptions to all its feeds.
    pub fn feeds(&self) -> Vec<Feed> {
        edition::channels().map(|(outlet, channel)| self.feed(outlet, channel)).collect()
    }

    /// The scene that is being served.
    pub fn scene(&self) -> u32 {
        self.shared.scene()
    }

    /// Serves `scene` from now on. Scenes past the last look like the last.
    pub fn set_scene(&self, scene: u32) {
        self.shared.set_scene(scene);
    }

    /// What was asked so far, oldest first; the latest 10,000 requests.
    pub fn requests(&self) -> Vec<Asked> {
        self.shared.requests()
    }

    fn feed(&self, outlet: &Outlet, channel: &Channel) -> Feed {
        Feed {
            outlet: Some(outlet.name.to_owned()),
            section: channel.section.map(str::to_owned),
            tags: outlet.tags.iter().map(|&tag| tag.to_owned()).collect(),
            language: Some(outlet.language.to_owned()),
            country: Some(outlet.country.to_owned()),
            article_id: ArticleIdPattern::new(outlet.article_id).ok(),
            ..Feed::new(channel.name, format!("http://{}{}", self.address, channel.path))
        }
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn press() -> Press {
        start(Timestamp::from_seconds(1_790_000_000)).await.unwrap()
    }

    /// The whole answer, head and body, as text.
    async fn get(press: &Press, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(press.address()).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: pers\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn header<'a>(answer: &'a str, name: &str) -> &'a str {
        let lines = answer.lines().take_while(|line| !line.is_empty());
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        values.next().unwrap()
    }

    #[tokio::test]
    async fn an_unchanged_feed_is_not_sent_again() {
        let press = press().await;
        let first = get(&press, "/lichtschip/feeds/nieuws.xml", "").await;
        assert!(first.starts_with("HTTP/1.1 200"));
        let etag = format!("If-None-Match: {}\r\n", header(&first, "etag"));
        let date = format!("If-Modified-Since: {}\r\n", header(&first, "last-modified"));
        for headers in [&etag, &date] {
            let second = get(&press, "/lichtschip/feeds/nieuws.xml", headers).await;
            assert!(second.starts_with("HTTP/1.1 304"), "{second}");
        }
        press.set_scene(2);
        for headers in [etag.clone(), date.clone(), format!("{etag}{date}")] {
            let third = get(&press, "/lichtschip/feeds/nieuws.xml", &headers).await;
            assert!(third.starts_with("HTTP/1.1 200"), "{third}");
        }
    }

    #[tokio::test]
    async fn a_silent_correction_changes_the_validators() {
        let press = press().await;
        press.set_scene(5);
        let before = get(&press, "/lichtschip/feeds/nieuws.xml", "").await;
        press.set_scene(6);
        let after = get(&press, "/lichtschip/feeds/nieuws.xml", "").await;
        assert_ne!(header(&before, "etag"), header(&after, "etag"));
        assert_ne!(header(&before, "last-modified"), header(&after, "last-modified"));
    }

    #[tokio::test]
    async fn requests_are_remembered_as_they_were_made() {
        let press = press().await;
        get(&press, "/robots.txt?x=1", "User-Agent: lezer/1\r\nIf-None-Match: \"a\"\r\n").await;
        get(&press, "/nergens", "").await;
        let requests = press.requests();
        let told: Vec<_> = requests.iter().map(|asked| (&*asked.path, asked.status)).collect();
        assert_eq!(told, [("/robots.txt?x=1", 200), ("/nergens", 404)]);
        assert_eq!(requests[0].user_agent.as_deref(), Some("lezer/1"));
        assert_eq!(requests[0].if_none_match.as_deref(), Some("\"a\""));
        assert_eq!(requests[1].if_modified_since, None);
    }

    #[tokio::test]
    async fn an_outage_asks_for_patience_and_ends() {
        let press = press().await;
        press.set_scene(7);
        let answer = get(&press, "/printspoor/feed.json", "").await;
        assert!(answer.starts_with("HTTP/1.1 503"));
        assert_eq!(header(&answer, "retry-after"), "2");
        press.set_scene(8);
        assert!(get(&press, "/printspoor/feed.json", "").await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn every_subscription_leads_to_a_feed() {
        let press = press().await;
        let feeds = press.feeds();
        assert_eq!(feeds.len(), 8);
        let host = format!("http://{}", press.address());
        for feed in feeds {
            assert!(feed.article_id.is_some() && feed.outlet.is_some(), "{}", feed.name);
            let answer = get(&press, feed.url.strip_prefix(&host).unwrap(), "").await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{}", feed.name);
        }
    }

    #[tokio::test]
    async fn a_dropped_press_no_longer_answers() {
        let press = press().await;
        let address = press.address();
        assert!(get(&press, "/", "").await.contains("De kiosk"));
        drop(press);
        // The abort takes effect when the task is next polled.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }
}
