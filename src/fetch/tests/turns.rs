//! Whose turn it is, and how many requests are in flight.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;

use crate::fetch::client::Client;
use crate::fetch::tests::web::{Script, Web};
use crate::fetch::tests::{TEXT, get_with, options};
use crate::fetch::{Answer, Options, Request, Response};
use crate::model::feed::Validators;
use crate::model::fetch::Waited;
use crate::model::time::Timestamp;
use crate::model::units::Span;

#[tokio::test]
async fn one_host_is_asked_one_at_a_time_with_the_gap_between() {
    const GAP: Span = Span(Duration::from_millis(50));
    let web = Web::start(|path| match path {
        "/moved" => Script::response("302 Found\r\nlocation: /feed", ""),
        _ => Script::response("200 OK", TEXT),
    });
    let web = web.await.unwrap();
    let client = Client::new(Options { host_gap: GAP, ..options() }).unwrap();
    let none = Validators::default();
    let (moved, feed) = (web.url("/moved"), web.url("/feed"));
    tokio::join!(
        get_with(&client, &moved, &none),
        get_with(&client, &feed, &none),
        get_with(&client, &feed, &none),
    );
    let asked = web.asked();
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|asked| asked.n_in_flight == 1));
    for pair in asked.windows(2) {
        let gap = pair[1].began_at - pair[0].ended_at.unwrap();
        assert!(gap >= GAP.0, "{gap:?}");
    }
}

#[tokio::test]
async fn requests_in_flight_are_held_to_concurrency() {
    // Answers come only when two requests are there at once.
    let pair = Arc::new(Barrier::new(2));
    let web = Web::start(move |_| Script {
        meet: Some(Arc::clone(&pair)),
        ..Script::response("200 OK", TEXT)
    });
    let web = web.await.unwrap();
    let client = Client::new(Options { concurrency: 2, ..options() }).unwrap();
    let none = Validators::default();
    let urls = [1, 2, 3, 4].map(|n| web.url_at(&format!("127.0.0.{n}"), "/"));
    let [a, b, c, d] = &urls;
    // A response keeps its place until it is dropped.
    let get = async |url: &str| drop(get_with(&client, url, &none).await);
    tokio::join!(get(a), get(b), get(c), get(d));
    assert_eq!(web.asked().iter().map(|asked| asked.n_in_flight).max(), Some(2));
}

#[tokio::test]
async fn waiting_for_a_host_takes_no_place_from_others() {
    let web = Web::start(|_| Script::response("200 OK", TEXT)).await.unwrap();
    let gap = Span(Duration::from_secs(600));
    let client = Client::new(Options { host_gap: gap, concurrency: 1, ..options() }).unwrap();
    let none = Validators::default();
    let (first, other) = (web.url_at("127.0.0.1", "/"), web.url_at("127.0.0.2", "/"));
    get_with(&client, &first, &none).await;
    tokio::select! {
        biased;
        _ = get_with(&client, &first, &none) => panic!("the host was asked within its gap"),
        response = get_with(&client, &other, &none) => {
            assert_eq!(response.answer, Answer::Document(TEXT.into()));
        }
    }
}

/// A web on which all under `/druk` is answered with this status and `Retry-After: 60`.
async fn busy(status: &'static str) -> (Web, Client) {
    let web = Web::start(move |path| match path {
        "/robots.txt" => Script::response("404 Not Found", ""),
        path if path.starts_with("/druk") => {
            Script::response(&format!("{status}\r\nretry-after: 60"), "")
        }
        _ => Script::response("200 OK", TEXT),
    });
    let client = Client::new(Options { page_gap: Span::default(), ..options() }).unwrap();
    (web.await.unwrap(), client)
}

async fn poll(client: &Client, url: &str, waited: Option<Waited>) -> Response {
    let now = Timestamp::EPOCH;
    let validators = &Validators::default();
    client.poll(&Request { url, validators, user_agent: None, now }, waited).await
}

async fn page(client: &Client, url: &str) -> Response {
    let now = Timestamp::EPOCH;
    let validators = &Validators::default();
    client.get_page(&Request { url, validators, user_agent: None, now }).await.unwrap()
}

/// Whether it was answered without asking.
fn is_put_off(response: &Response) -> bool {
    matches!(response.answer, Answer::Throttled { wait } if wait <= Duration::from_secs(60))
        && response.status.is_none()
}

#[tokio::test]
async fn what_a_busy_host_tells_one_feed_holds_for_all_that_is_on_it() {
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let (web, client) = busy(status).await;
        let (druk, feed) = (web.url("/druk"), web.url("/feed"));
        assert!(poll(&client, &druk, None).await.status.is_some());
        assert!(is_put_off(&poll(&client, &feed, None).await));
        assert!(is_put_off(&page(&client, &feed).await));
        assert_eq!(web.asked().len(), 1);
        let elsewhere = web.url_at("127.0.0.2", "/feed");
        assert_eq!(poll(&client, &elsewhere, None).await.status, Some(200));
        // Whoever waited already is asked for, and so is what the owner asks for.
        for waited in [Waited::ForItself, Waited::ForItsHost] {
            assert_eq!(poll(&client, &feed, Some(waited)).await.status, Some(200));
        }
        assert_eq!(get_with(&client, &feed, &Validators::default()).await.status, Some(200));
    }
}

#[tokio::test]
async fn what_is_told_to_one_feed_alone_holds_for_no_other() {
    let (web, client) = busy("403 Forbidden").await;
    poll(&client, &web.url("/druk"), None).await;
    assert_eq!(poll(&client, &web.url("/feed"), None).await.status, Some(200));
    // Told so again and again.
    let (web, client) = busy("503 Service Unavailable").await;
    poll(&client, &web.url("/druk"), Some(Waited::ForItself)).await;
    assert_eq!(poll(&client, &web.url("/feed"), None).await.status, Some(200));
}

#[tokio::test]
async fn what_a_busy_host_tells_one_page_holds_for_pages() {
    let (web, client) = busy("429 Too Many Requests").await;
    assert_eq!(page(&client, &web.url("/druk")).await.status, Some(429));
    let n_asked = web.asked().len();
    assert!(is_put_off(&page(&client, &web.url("/artikel")).await));
    assert_eq!(web.asked().len(), n_asked);
    assert_eq!(poll(&client, &web.url("/feed"), None).await.status, Some(200));
}
