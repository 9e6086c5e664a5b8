//! That no way in leads past the guard: feeds, pages, robots.txt, sitemaps, reservations and hubs,
//! by any spelling of an address, by a name, and by a redirect.

use super::*;
use crate::fetch::{Refusal, Sent};

/// The one address that is.
const OPEN: &str = "127.0.0.3";

/// Of one address that is not opened, and of names and addresses beside it; a server listens on all
/// of them.
const SPELLINGS: [&str; 9] = [
    "127.0.0.2",
    "127.2",
    "2130706434",
    "0x7f.0.0.2",
    "0177.0.0.02",
    "①②⑦.0.0.2",
    "[::ffff:127.0.0.2]",
    "[::ffff:7f00:2]",
    "localhost",
];

/// A way to have something asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Feed,
    Page,
    Sitemaps,
    Reservations,
    Hub,
}

const WAYS: [Way; 5] = [Way::Feed, Way::Page, Way::Sitemaps, Way::Reservations, Way::Hub];

/// Asks for `url`; what came of it, where that is told.
async fn ask(way: Way, url: &str) -> String {
    let options = Options {
        allow_hosts: vec![OPEN.to_owned()],
        host_gap: Span::default(),
        page_gap: Span::default(),
        ..Options::default()
    };
    let client = Client::new(options).unwrap();
    let validators = &Validators::default();
    let request = Request { url, validators, user_agent: None, now: Timestamp::default() };
    match way {
        Way::Feed => failure(client.get(&request).await).reason,
        Way::Page => match client.get_page(&request).await {
            Ok(response) => failure(response).reason,
            Err(forbidden) => forbidden.reason,
        },
        Way::Sitemaps => client.sitemaps(&request).await.join(" "),
        Way::Reservations => client.site_reservations(&request).await.words().join(" "),
        Way::Hub => {
            let form = Sent::Form("hub.mode=subscribe");
            let refused: Result<(), Refusal> = client.post(&request, form).await;
            refused.unwrap_err().reason
        }
    }
}

#[track_caller]
fn check(way: Way, told: &str, spelling: &str) {
    match way {
        Way::Sitemaps | Way::Reservations => assert_eq!(told, "", "{way:?} {spelling}"),
        _ => assert!(told.contains("not public"), "{way:?} {spelling}: {told}"),
    }
}

#[tokio::test]
async fn no_way_leads_to_an_address_that_is_not_open() {
    let web = Web::start(|_| Script::response("200 OK", TEXT)).await.unwrap();
    for way in WAYS {
        for spelling in SPELLINGS {
            let told = ask(way, &web.url_at(spelling, "/feed")).await;
            check(way, &told, spelling);
        }
    }
    assert!(web.asked().is_empty(), "{:?}", web.asked());
}

#[tokio::test]
async fn no_redirect_leads_there_either() {
    for way in WAYS {
        for spelling in SPELLINGS {
            let open = Web::start(|_| Script::response("200 OK", TEXT)).await.unwrap();
            let closed = open.url_at(spelling, "/feed");
            let redirect = format!("307 Temporary Redirect\r\nlocation: {closed}");
            let web = Web::start(move |path| match (way, path) {
                // A page needs rules that can be read; where they lead elsewhere is below.
                (Way::Page | Way::Reservations, "/robots.txt") => Script::response("404 x", ""),
                _ => Script::response(&redirect, ""),
            });
            let web = web.await.unwrap();
            let told = ask(way, &web.url_at(OPEN, "/feed")).await;
            check(way, &told, spelling);
            assert!(!web.asked().is_empty() && open.asked().is_empty(), "{way:?} {spelling}");
        }
    }
}

#[tokio::test]
async fn rules_for_robots_that_lead_there_forbid_all() {
    let open = Web::start(|_| Script::response("200 OK", TEXT)).await.unwrap();
    for spelling in SPELLINGS {
        let closed = open.url_at(spelling, "/robots.txt");
        let redirect = format!("302 Found\r\nlocation: {closed}");
        let web = Web::start(move |_| Script::response(&redirect, "")).await.unwrap();
        let told = ask(Way::Page, &web.url_at(OPEN, "/a")).await;
        assert!(told.starts_with("robots.txt cannot be read") && told.contains("not public"));
    }
    assert!(open.asked().is_empty());
}
