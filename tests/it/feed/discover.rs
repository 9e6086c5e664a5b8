//! `knipsel feed add` and `feed test` on web pages.

use crate::feed::{Home, Ran};
use crate::web::{Route, Web};

/// An RSS feed with these articles of the site, an hour apart.
fn rss(title: &str, articles: &[u32]) -> Route {
    let items: String = articles.iter().fold(String::new(), |items, n| {
        let hour = 8 + n % 12;
        items
            + &format!(
                "<item><title>Bericht {n}</title><link>https://dorp.example/artikel/{n}</link>\
                 <pubDate>Mon, 21 Sep 2026 {hour:02}:00:00 +0200</pubDate></item>"
            )
    });
    let feed =
        format!("<rss version=\"2.0\"><channel><title>{title}</title>{items}</channel></rss>");
    Route::document(feed)
}

fn page(head: &str, body: &str) -> Route {
    let html = format!(
        "<!doctype html><html><head><title>De Dorpspomp</title>{head}</head><body>{body}</body></html>"
    );
    Route { headers: vec![("content-type", "text/html".to_owned())], ..Route::document(html) }
}

fn moved(web: &Web, path: &str) -> Route {
    Route { status: 302, headers: vec![("location", web.url(path))], ..Route::default() }
}

fn alternate(title: &str, href: &str) -> String {
    format!("<link rel=alternate type=application/rss+xml title='{title}' href='{href}'>")
}

/// The port differs from run to run.
fn shown(web: &Web, ran: &Ran) -> String {
    ran.all().replace(web.url("").trim_start_matches("http://"), "HOST")
}

/// A site with a feed for all, one for a section, one of comments, a dead one, and a second format.
fn village() -> Web {
    let web = Web::start();
    let head = alternate("Reacties", "/comments/feed/")
        + &alternate("Alles", "/feed/")
        + &alternate("Oud", "/oud.xml")
        + "<link rel=alternate type=application/atom+xml href=/atom.xml>";
    let body = "<a href=/artikel/1>Bericht 1</a><a href=/sport/rss.xml>Sport</a>";
    web.set("/", page(&head, body));
    web.set("/sport/", page(&head, body));
    web.set("/feed/", rss("De Dorpspomp", &[1, 2, 3, 4]));
    web.set("/atom.xml", rss("De Dorpspomp (Atom)", &[1, 2, 3, 4]));
    web.set("/sport/rss.xml", rss("De Dorpspomp: sport", &[3, 7]));
    web.set("/comments/feed/", rss("Reacties op De Dorpspomp", &[]));
    web
}

#[test]
fn the_feeds_of_a_page_are_shown_with_what_is_in_them() {
    let (home, web) = (Home::new(), village());
    let shown = shown(&web, &home.run_with(&["feed", "test", &web.url("/")]));
    insta::assert_snapshot!(shown, @r"
    0
    De Dorpspomp
           url  http://HOST/
        status  200
          type  text/html

     1  De Dorpspomp
        http://HOST/feed/
        4 entries over 3h, newest 2026-09-21 12:00
        also http://HOST/atom.xml
     2  De Dorpspomp: sport
        http://HOST/sport/rss.xml
        2 entries over 4h, newest 2026-09-21 15:00
     3  Reacties op De Dorpspomp
        http://HOST/comments/feed/
        0 entries
     -  http://HOST/oud.xml
        404 Not Found
    ");
    let json = home.run_with(&["feed", "test", &web.url("/"), "--format", "json"]).json();
    let feeds = json["feeds"].as_array().unwrap();
    assert_eq!(feeds.len(), 4);
    assert_eq!((&feeds[0]["entries"], &feeds[0]["window_s"]), (&4.into(), &10_800.into()));
    assert_eq!(feeds[0]["newest"], "2026-09-21T10:00:00Z");
    assert_eq!(feeds[2]["comments"], true);
    assert_eq!(feeds[3]["problem"], "404 Not Found");
    assert!(json["gate"].is_null());
}

#[test]
fn a_page_with_several_feeds_leaves_the_choice() {
    let (home, web) = (Home::with_list(""), village());
    let add = |more: &[&str]| {
        let url = web.url("/");
        shown(&web, &home.run_with(&[&["feed", "add", &url], more].concat()))
    };
    insta::assert_snapshot!(add(&[]), @r"
    2
    knipsel: `http://HOST/` is a page with 3 feeds; none was added
    hint: `knipsel feed add http://HOST/ --pick 1` adds the first, `--pick 1,2` several, `--pick all` all; or give the URL of one
     1  De Dorpspomp
        http://HOST/feed/
        4 entries over 3h, newest 2026-09-21 12:00
        also http://HOST/atom.xml
     2  De Dorpspomp: sport
        http://HOST/sport/rss.xml
        2 entries over 4h, newest 2026-09-21 15:00
     3  Reacties op De Dorpspomp
        http://HOST/comments/feed/
        0 entries
     -  http://HOST/oud.xml
        404 Not Found
    ");
    assert_eq!(home.list_text(), "");
    insta::assert_snapshot!(add(&["--pick", "5"]).lines().take(2).collect::<Vec<_>>().join("\n"), @r"
    2
    knipsel: `http://HOST/` has 3 feeds, and no number 5; none was added
    ");
    insta::assert_snapshot!(add(&["--pick", "2,1", "--outlet", "De Dorpspomp"]), @r"
    0
    found http://HOST/sport/rss.xml: 2 entries over 4h, newest 2026-09-21 15:00
    found http://HOST/feed/: 4 entries over 3h, newest 2026-09-21 12:00
    added 2 feeds: de-dorpspomp-sport, de-dorpspomp; `knipsel run` polls them
    ");
    let list = home.list_text().replace(web.url("").trim_start_matches("http://"), "HOST");
    insta::assert_snapshot!(list, @r#"
    [[feed]]
    name = "de-dorpspomp-sport"
    url = "http://HOST/sport/rss.xml"
    outlet = "De Dorpspomp"

    [[feed]]
    name = "de-dorpspomp"
    url = "http://HOST/feed/"
    outlet = "De Dorpspomp"
    "#);
    assert_eq!(home.run_with(&["feed", "add", &web.url("/"), "--pick", "nul"]).code, 2);
}

#[test]
fn a_section_means_the_feed_of_the_section() {
    let (home, web) = (Home::with_list(""), village());
    let added = home.run_with(&["feed", "add", &web.url("/sport/")]);
    insta::assert_snapshot!(shown(&web, &added), @r"
    0
    found http://HOST/sport/rss.xml: 2 entries over 4h, newest 2026-09-21 15:00
    2 other feeds of the page: `knipsel feed test http://HOST/sport/`
    added de-dorpspomp-sport; `knipsel run` polls it
    ");
}

#[test]
fn a_page_without_links_has_its_feed_where_feeds_usually_are() {
    let (home, web) = (Home::with_list(""), Web::start());
    web.set("/", page("", "<a href=/over>Over ons</a>"));
    web.set("/rss", rss("Stille Dorpspomp", &[1, 2]));
    let added = home.run_with(&["feed", "add", &web.url("/"), "--name", "stil"]);
    insta::assert_snapshot!(shown(&web, &added), @r"
    0
    found http://HOST/rss: 2 entries over 1h, newest 2026-09-21 10:00
    added stil; `knipsel run` polls it
    ");
    let asked: Vec<String> = web.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, ["/", "/robots.txt", "/rss.xml", "/feed/", "/rss"]);
}

#[test]
fn a_page_that_sends_browsers_on_has_the_feeds_of_where_it_leads() {
    let (home, web) = (Home::with_list(""), Web::start());
    web.set("/", page("<meta http-equiv=Refresh content='0; URL=/dorp'>", ""));
    web.set("/dorp", page(&alternate("Nieuws", "/dorp/feed"), ""));
    web.set("/dorp/feed", rss("De Dorpspomp", &[1, 2]));
    let added = home.run_with(&["feed", "add", &web.url("/")]);
    insta::assert_snapshot!(shown(&web, &added), @r"
    0
    found http://HOST/dorp/feed: 2 entries over 1h, newest 2026-09-21 10:00
    added de-dorpspomp; `knipsel run` polls it
    ");
    let asked: Vec<String> = web.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, ["/", "/dorp", "/dorp/feed"]);
}

#[test]
fn a_page_of_feeds_is_read_like_any_other() {
    let (home, web) = (Home::with_list(""), Web::start());
    web.set("/", page("", "<footer><a href=/abonneren>RSS</a></footer>"));
    web.set("/abonneren", page("", "<li><a href=/rss/nieuws>Nieuws</a> <a href=/rss/weg>Weg</a>"));
    web.set("/rss/nieuws", rss("De Dorpspomp: nieuws", &[1, 2]));
    let added = home.run_with(&["feed", "add", &web.url("/")]);
    insta::assert_snapshot!(shown(&web, &added), @r"
    0
    found http://HOST/rss/nieuws: 2 entries over 1h, newest 2026-09-21 10:00
    added de-dorpspomp-nieuws; `knipsel run` polls it
    ");
}

#[test]
fn a_page_without_a_feed_is_said_to_have_none() {
    let (home, web) = (Home::with_list(""), Web::start());
    web.set("/", page("", ""));
    let robots = "Sitemap: https://dorp.example/nieuws-sitemap.xml";
    web.set("/robots.txt", Route::document(robots));
    insta::assert_snapshot!(shown(&web, &home.run_with(&["feed", "test", &web.url("/")])), @r"
    1
    knipsel: no feed found: the page at `http://HOST/` announces none that works, and there is none at the usual places
    hint: the site has a sitemap of its news: https://dorp.example/nieuws-sitemap.xml
    De Dorpspomp
           url  http://HOST/
        status  200
          type  text/html
    ");
    // Whoever gives the same page for every address gives no feed either.
    for path in ["/rss.xml", "/feed/", "/rss"] {
        web.set(path, page(&alternate("Oud", "/weg.xml"), ""));
    }
    assert_eq!(home.run_with(&["feed", "add", &web.url("/")]).code, 1);
    assert!(web.asked().len() < 60, "{}", web.asked().len());
    assert_eq!(home.list_text(), "");
}

#[test]
fn a_consent_gate_is_recognized_and_the_site_behind_it_asked() {
    let (home, web) = (Home::with_list(""), Web::start());
    web.set("/sport/", moved(&web, "/privacygate/?callbackUrl=x"));
    let gate = "<title>Privacy Gate</title><a href=/rss-van-de-gate.xml>RSS</a>";
    web.set("/privacygate/?callbackUrl=x", page(gate, ""));
    insta::assert_snapshot!(shown(&web, &home.run_with(&["feed", "add", &web.url("/sport/")])), @r"
    1
    knipsel: no feed found: a consent gate at `127.0.0.1` stands before `http://HOST/sport/`, and there is none at the usual places
    hint: `knipsel feed catalog WORD` searches the catalogue; or give the URL of a feed
    ");
    assert_eq!(web.asked_for("/rss-van-de-gate.xml").len(), 0);
    web.set("/sport/rss.xml", rss("De Dorpspomp: sport", &[1]));
    insta::assert_snapshot!(shown(&web, &home.run_with(&["feed", "test", &web.url("/sport/")])), @r"
    0
    a consent gate at `127.0.0.1` stands before `http://HOST/sport/`, so the links of the page cannot be read; these are feeds at usual places and of the catalogue
    De Dorpspomp
           url  http://HOST/sport/
    redirected  to http://HOST/privacygate/?callbackUrl=x (for now)
        status  200
          type  text/html

     1  De Dorpspomp: sport
        http://HOST/sport/rss.xml
        1 entry, newest 2026-09-21 09:00
    ");
    // The address of the gate leads to the page behind it.
    let behind = web.url("/sport/rss.xml");
    let wrapped = web.url(&format!("/privacygate/?redirectUri={}", behind.replace(':', "%3A")));
    insta::assert_snapshot!(shown(&web, &home.run_with(&["feed", "add", &wrapped])), @r"
    0
    added de-dorpspomp-sport; `knipsel run` polls it
    ");
}

#[test]
fn a_host_that_asks_for_patience_is_left_alone() {
    let (home, web) = (Home::with_list(""), Web::start());
    web.set("/", page(&(alternate("a", "/a.xml") + &alternate("b", "/b.xml")), ""));
    let busy = Route { headers: vec![("retry-after", "60".to_owned())], ..Route::error(503) };
    web.set("/a.xml", busy);
    let ran = home.run_with(&["feed", "add", &web.url("/")]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert_eq!(web.asked().len(), 2);
}

#[test]
fn nothing_hostile_of_a_page_reaches_the_terminal() {
    let (home, web) = (Home::with_list(""), Web::start());
    let head = alternate("kop\u{1b}]0;x\u{7}", "/rss\u{202e}.xml") + "<title>\u{9b}31m</title>";
    web.set("/", page(&head, ""));
    let ran = home.run_with(&["feed", "test", &web.url("/")]);
    assert!(!ran.all().contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{}", ran.all());
}
