//! Whose turn it is, and how many requests are in flight.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;

use crate::fetch::client::Client;
use crate::fetch::tests::web::{Script, Web};
use crate::fetch::tests::{TEXT, get_with, options};
use crate::fetch::{Answer, Options};
use crate::model::feed::Validators;
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
