//! Pages, which go by the rules for robots.

use std::sync::Mutex;

use super::*;
use crate::fetch::Forbidden;

type Page = Result<Response, Forbidden>;

static LINES: [u8; 64 << 10] = [b'\n'; 64 << 10];

const HOUR: Duration = Duration::from_secs(3_600);

fn page_options() -> Options {
    Options { page_gap: Span::default(), ..options() }
}

async fn page_at(client: &Client, url: &str, now: Timestamp) -> Page {
    let validators = &Validators::default();
    client.get_page(&Request { url, validators, user_agent: None, now }).await
}

async fn page(client: &Client, url: &str) -> Page {
    page_at(client, url, Timestamp::default()).await
}

#[track_caller]
fn got(page: Page) -> Response {
    page.unwrap()
}

#[track_caller]
fn forbidden(page: Page) -> Forbidden {
    page.unwrap_err()
}

/// Serves `robots` at its place and a text everywhere else.
async fn web_with(robots: Script) -> Web {
    let script = move |path: &str| match path {
        "/robots.txt" => robots.clone(),
        _ => Script::response("200 OK", TEXT),
    };
    Web::start(script).await.unwrap()
}

async fn web_with_rules(rules: &str) -> Web {
    web_with(Script::response("200 OK", rules)).await
}

async fn web_with_changing_rules(rules: &str) -> (Web, Arc<Mutex<Script>>) {
    let rules = Arc::new(Mutex::new(Script::response("200 OK", rules)));
    let served = Arc::clone(&rules);
    let web = Web::start(move |path| match path {
        "/robots.txt" => served.lock().unwrap().clone(),
        _ => Script::response("200 OK", TEXT),
    });
    (web.await.unwrap(), rules)
}

fn paths(web: &Web) -> Vec<String> {
    let path = |asked: &web::Asked| asked.head.split(' ').nth(1).unwrap().to_owned();
    web.asked().iter().map(path).collect()
}

#[tokio::test]
async fn what_is_forbidden_is_not_asked_for_and_the_rules_are_read_once() {
    let web = web_with_rules(
        "User-agent: *\nDisallow: /\n\n\
         User-agent: Knipsel\nDisallow: /premium/\nAllow: /premium/gratis",
    );
    let web = web.await;
    let client = Client::new(page_options()).unwrap();
    let refused = forbidden(page(&client, &web.url("/premium/1?utm=x")).await);
    assert_eq!(refused.url, web.url("/premium/1?utm=x"));
    assert_eq!(refused.reason, "robots.txt forbids it (`Disallow: /premium/`)");
    assert_eq!(refused.wait, 24 * HOUR);
    assert_eq!(
        got(page(&client, &web.url("/nieuws/1")).await).answer,
        Answer::Document(TEXT.into())
    );
    got(page(&client, &web.url("/premium/gratis")).await);
    assert_eq!(paths(&web), ["/robots.txt", "/nieuws/1", "/premium/gratis"]);
}

#[tokio::test]
async fn feeds_are_published_to_be_polled() {
    let web = web_with_rules("User-agent: *\nDisallow: /").await;
    let client = Client::new(page_options()).unwrap();
    let response = get_with(&client, &web.url("/feed"), &Validators::default()).await;
    assert_eq!(response.answer, Answer::Document(TEXT.into()));
    assert_eq!(paths(&web), ["/feed"]);
}

#[tokio::test]
async fn pages_that_are_wanted_at_once_share_one_robots_txt() {
    let web = web_with_rules("User-agent: *\nDisallow: /geheim").await;
    let client = Client::new(page_options()).unwrap();
    let (a, b, c) = (web.url("/a"), web.url("/b"), web.url("/geheim"));
    let (a, b, c) = tokio::join!(page(&client, &a), page(&client, &b), page(&client, &c));
    got(a);
    got(b);
    forbidden(c);
    assert_eq!(paths(&web).iter().filter(|path| *path == "/robots.txt").count(), 1);
}

#[tokio::test]
async fn the_next_client_knows_what_this_one_was_told() {
    let (web, rules) = web_with_changing_rules("User-agent: *\nDisallow: /geheim").await;
    let client = Client::new(page_options()).unwrap();
    got(page(&client, &web.url("/a")).await);
    let files = client.take_host_files();
    assert_eq!(files.len(), 1);
    assert_eq!(client.take_host_files(), []);
    *rules.lock().unwrap() = Script::response("503 x", "");
    let next = || {
        let client = Client::new(page_options()).unwrap();
        client.recall(&files);
        client
    };
    let refused = forbidden(page(&next(), &web.url("/geheim/1")).await);
    assert_eq!(refused.reason, "robots.txt forbids it (`Disallow: /geheim`)");
    assert_eq!(paths(&web), ["/robots.txt", "/a"]);
    // A day later it is asked for, and stands in for what cannot be read.
    let client = next();
    let tomorrow = Timestamp::default().plus(24 * HOUR);
    got(page_at(&client, &web.url("/b"), tomorrow).await);
    assert_eq!(paths(&web), ["/robots.txt", "/a", "/robots.txt", "/b"]);
    assert_eq!(client.take_host_files()[0].read_at, Timestamp::default());
    // So does a client with other options.
    let renewed = client.renewed(page_options()).unwrap();
    got(page_at(&renewed, &web.url("/c"), tomorrow).await);
    assert_eq!(paths(&web).len(), 5);
}

#[tokio::test]
async fn no_rules_allow_all() {
    for head in ["404 Not Found", "401 Unauthorized", "403 Forbidden\r\nretry-after: 9", "410 Gone"]
    {
        let web = web_with(Script::response(head, "")).await;
        got(page(&Client::new(page_options()).unwrap(), &web.url("/a")).await);
    }
    for body in ["", "<html>Disallow: /</html>", "\u{feff}User-agent: *\nDisallow:"] {
        let web = web_with_rules(body).await;
        got(page(&Client::new(page_options()).unwrap(), &web.url("/a")).await);
    }
}

#[tokio::test]
async fn rules_that_cannot_be_read_forbid_all() {
    let cases = [
        (Script::response("500 Internal Server Error", ""), "500 Internal Server Error", HOUR),
        (Script::response("503 x\r\nretry-after: 7200", ""), "503 Service Unavailable", 2 * HOUR),
        (Script::response("429 x\r\nretry-after: 60", ""), "429 Too Many Requests", HOUR),
        (
            Script::response("302 Found\r\nlocation: http://10.0.0.1/robots.txt", ""),
            "10.0.0.1",
            HOUR,
        ),
        (Script::response("200 OK\r\ncontent-encoding: gzip", TEXT), "cannot decompress", HOUR),
        (Script::raw("", Then::Stall), "no answer within", HOUR),
        (Script::raw("", Then::Close), "no answer from", HOUR),
    ];
    for (script, why, wait) in cases {
        let web = web_with(script).await;
        let client = Client::new(Options { header_timeout: SHORT, ..page_options() }).unwrap();
        let refused = forbidden(page(&client, &web.url("/a")).await);
        assert!(refused.reason.starts_with("robots.txt cannot be read ("), "{refused:?}");
        assert!(refused.reason.contains(why), "{refused:?}");
        assert_eq!(refused.wait, wait, "{refused:?}");
        assert_eq!(paths(&web), ["/robots.txt"]);
    }
}

#[tokio::test]
async fn rules_are_kept_for_a_day_and_longer_only_while_they_cannot_be_read() {
    let (web, rules) = web_with_changing_rules("User-agent: *\nDisallow: /a").await;
    let client = Client::new(page_options()).unwrap();
    let url = web.url("/a");
    let after = |hours: u32| page_at(&client, &url, Timestamp::default().plus(hours * HOUR));
    let n_read = || paths(&web).iter().filter(|path| *path == "/robots.txt").count();
    assert_eq!((forbidden(after(0).await).wait, n_read()), (24 * HOUR, 1));
    assert_eq!((forbidden(after(23).await).wait, n_read()), (HOUR, 1));
    // The last rules stand in, and every hour it is tried to read them.
    *rules.lock().unwrap() = Script::response("500 Internal Server Error", "");
    let refused = forbidden(after(24).await);
    assert_eq!((refused.wait, n_read()), (HOUR, 2));
    assert!(refused.reason.contains("forbids it"), "{refused:?}");
    assert_eq!((forbidden(after(25).await).wait, n_read()), (HOUR, 3));
    let refused = forbidden(after(30 * 24).await);
    assert!(refused.reason.contains("cannot be read"), "{refused:?}");
    *rules.lock().unwrap() = Script::response("404 Not Found", "");
    got(after(30 * 24 + 1).await);
    // A clock that was set back keeps nothing for longer.
    *rules.lock().unwrap() = Script::response("200 OK", "User-agent: *\nDisallow: /a");
    forbidden(after(1).await);
}

#[tokio::test]
async fn a_longer_crawl_delay_takes_the_place_of_the_page_gap() {
    for (gap_ms, rules, expected_ms) in [
        (120, "User-agent: *\nDisallow:", 120),
        (0, "User-agent: knipsel\nCrawl-delay: 0.2\nDisallow:", 200),
        (120, "User-agent: *\nCrawl-delay: 0.05\nDisallow:", 120),
    ] {
        let web = web_with_rules(rules).await;
        let gap = Duration::from_millis(gap_ms);
        let client = Client::new(Options { page_gap: Span(gap), ..page_options() }).unwrap();
        let urls = ["/a", "/b"].map(|path| web.url(path));
        let (a, b) = tokio::join!(page(&client, &urls[0]), page(&client, &urls[1]));
        got(a);
        got(b);
        let asked = web.asked();
        assert_eq!(asked.len(), 3);
        for pair in asked.windows(2) {
            let gap = pair[1].began_at - pair[0].ended_at.unwrap();
            assert!(gap >= Duration::from_millis(expected_ms), "{rules}: {gap:?}");
        }
    }
}

#[tokio::test]
async fn a_feed_does_not_wait_for_the_pause_of_pages() {
    let web = web_with_rules("User-agent: *\nCrawl-delay: 3600").await;
    let client = Client::new(page_options()).unwrap();
    let url = web.url("/a");
    tokio::select! {
        _ = page(&client, &url) => panic!("within the crawl-delay"),
        () = async {
            while web.asked().is_empty() {
                tokio::task::yield_now().await;
            }
            get_with(&client, &web.url("/feed"), &Validators::default()).await;
        } => {}
    }
    assert_eq!(paths(&web), ["/robots.txt", "/feed"]);
}

#[tokio::test]
async fn every_hop_of_a_redirect_goes_by_the_rules_of_its_host() {
    let wall = web_with_rules("User-agent: *\nDisallow: /consent").await;
    let target = wall.url_at("127.0.0.2", "/consent?back=1");
    let head = format!("302 Found\r\nlocation: {target}");
    let web = Web::start(move |path| match path {
        "/robots.txt" => Script::response("404 Not Found", ""),
        _ => Script::response(&head, ""),
    });
    let web = web.await.unwrap();
    let refused = forbidden(page(&Client::new(page_options()).unwrap(), &web.url("/a")).await);
    assert_eq!(refused.url, wall.url_at("127.0.0.2", "/consent?back=1"));
    assert_eq!(paths(&wall), ["/robots.txt"]);
}

#[tokio::test]
async fn robots_txt_may_be_five_redirects_away_and_a_circle_is_none() {
    let web = Web::start(|path| match path.strip_prefix("/hop") {
        None if path == "/robots.txt" => Script::response("301 x\r\nlocation: /hop1", ""),
        Some("5") => Script::response("200 OK", "User-agent: *\nDisallow: /a"),
        Some(n) => {
            let next = n.parse::<u8>().unwrap() + 1;
            Script::response(&format!("302 x\r\nlocation: /hop{next}"), "")
        }
        None => Script::response("200 OK", TEXT),
    });
    let web = web.await.unwrap();
    let few = Options { redirects_max: 0, ..page_options() };
    forbidden(page(&Client::new(few).unwrap(), &web.url("/a")).await);

    let web = web_with(Script::response("301 x\r\nlocation: /robots.txt", "")).await;
    got(page(&Client::new(page_options()).unwrap(), &web.url("/a")).await);
}

#[tokio::test]
async fn of_an_endless_robots_txt_the_beginning_counts() {
    let mut bytes = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /a\n#".to_vec();
    bytes.extend(vec![b'x'; 300 << 10]);
    let endless = Script::raw(bytes, Then::Repeat(&LINES, Duration::ZERO));
    let web = web_with(endless).await;
    let client = Client::new(page_options()).unwrap();
    forbidden(page(&client, &web.url("/a")).await);
    got(page(&client, &web.url("/b")).await);
}

#[tokio::test]
async fn a_private_address_is_not_even_asked_for_its_rules() {
    let web = web_with_rules("User-agent: *\nDisallow: /").await;
    let client = Client::new(Options { allow_hosts: Vec::new(), ..page_options() }).unwrap();
    let response = got(page(&client, &web.url("/a")).await);
    assert_eq!(failure(response).class, FailureClass::Blocked);
    let validators = &Validators::default();
    let (url, now) = (web.url("/a"), Timestamp::default());
    let request = Request { url: &url, validators, user_agent: None, now };
    assert!(client.sitemaps(&request).await.is_empty());
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn sitemaps_are_named_by_robots_txt() {
    let rules = "Sitemap: https://nos.nl/sitemap/news.xml\nUser-agent: *\nDisallow: /\n\
                 sitemap: /relative.xml\nSitemap: https://nos.nl/archief.xml.gz";
    let web = web_with_rules(rules).await;
    let validators = &Validators::default();
    let (url, now) = (web.url("/a"), Timestamp::default());
    let request = Request { url: &url, validators, user_agent: None, now };
    let sitemaps = Client::new(page_options()).unwrap().sitemaps(&request).await;
    assert_eq!(sitemaps, ["https://nos.nl/sitemap/news.xml", "https://nos.nl/archief.xml.gz"]);
}

#[tokio::test]
async fn what_a_publisher_reserves_comes_with_the_response() {
    let head = "200 OK\r\ntdm-reservation: 1\r\nX-Robots-Tag: noindex\r\nX-Robots-Tag: noai";
    let web = Web::start(move |path| match path {
        "/robots.txt" => Script::response("404 Not Found", ""),
        _ => Script::response(head, TEXT),
    });
    let web = web.await.unwrap();
    let response = got(page(&Client::new(page_options()).unwrap(), &web.url("/a")).await);
    assert_eq!(response.reservations.words(), ["header tdm-reservation=1", "noai"]);
}
