//! The pages of articles: full texts, every edit, and nothing that is none.

mod again;
mod furniture;
mod history;
mod hostile;
mod rules;

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::news::{Item, item, rss};
use crate::program::Program;
use crate::web::{Route, Web};

/// Pages are read again whenever the program polls, without a pause.
pub(crate) const AT_ONCE: [&str; 6] =
    ["--set", "fetch.page_gap=0s", "--set", "pages.revisit=0s", "--set", "pages.retry=0s"];

/// An outlet of one article whose page is at `/nieuws/1200001`.
pub(super) struct Outlet {
    web: Web,
    program: Program,
    item: Item,
}

/// The text of an article as its page has it.
pub(crate) fn paragraphs() -> Vec<String> {
    [
        "De gemeenteraad van Zuidlaren stemde dinsdagavond in met het plan om het zwembad aan de \
         Brink te sluiten. Van de zeventien raadsleden waren er tien voor.",
        "Volgens wethouder Anneke Bos kost het bad ieder jaar vier ton, en daalt het aantal \
         bezoekers al sinds de opening van het nieuwe bad in Assen.",
        "Bewoners boden voor de vergadering een petitie aan met ruim drieduizend namen. Zij willen \
         dat de gemeente eerst met de zwemvereniging praat over een overname.",
        "‘We hebben nog nooit een bedrag gehoord’, zegt voorzitter Harm Wolters. ‘Als we weten wat \
         het kost, kunnen we sponsors zoeken.’ Hij noemt het besluit overhaast.",
        "Het zwembad blijft nog tot de zomer open. Daarna wordt het terrein verkocht, al is nog \
         niet duidelijk aan wie en wat er op die plek gebouwd mag worden.",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A page with the furniture of a news site, all of which differs with `visit`.
pub(crate) fn page(title: &str, paragraphs: &[String], visit: usize) -> String {
    let mut body = String::new();
    for (n, paragraph) in paragraphs.iter().enumerate() {
        let _ = writeln!(body, "<p>{paragraph}</p>");
        if n == 2 && visit.is_multiple_of(2) {
            let words = format!("Bestel vandaag nog en bespaar {visit} euro op je abonnement.");
            let _ = writeln!(body, "<div class=\"ad-slot\"><p>{words}</p></div>");
        }
    }
    let mut most_read = String::new();
    for n in 0..5 {
        let other = item(visit * 7 + n + 40);
        let _ = writeln!(most_read, "<li><a href=\"/nieuws/{n}\">{}</a></li>", other.title);
    }
    format!(
        "<!doctype html><html lang=\"nl\"><head><title>{title} - De Dijkbode</title>\
         <meta property=\"og:type\" content=\"article\"><meta property=\"og:title\" \
         content=\"{title}\"></head><body><nav><a href=\"/\">Voorpagina</a> <a \
         href=\"/sport\">Sport</a></nav><main><article><h1>{title}</h1><p \
         class=\"leestijd\">Leestijd: {} min</p>{body}<p class=\"teller\">Dit artikel is {} keer \
         gelezen</p></article><aside class=\"advertentie\">Nu {}% korting op \
         tuinmeubelen</aside><section class=\"meest-gelezen\"><h2>Meest gelezen</h2><ol>\
         {most_read}</ol></section></main><footer>Heb je een tip? Mail de redactie van De \
         Dijkbode. Bezoekers nu: {}</footer></body></html>",
        2 + visit % 4,
        1_000 + visit * 37,
        10 + visit % 60,
        200 + visit * 3 % 977,
    )
}

impl Outlet {
    fn new() -> Self {
        let web = Web::start();
        let program = Program::with_pages(&web.url("/rss"));
        let item = Item {
            link: web.url("/nieuws/1200001/zwembad"),
            title: "Zwembad Zuidlaren gaat dicht".to_owned(),
            text: "De gemeenteraad van Zuidlaren stemde in met sluiting van het zwembad."
                .to_owned(),
            ..item(1)
        };
        let outlet = Self { web, program, item };
        outlet.announce();
        outlet
    }

    fn announce(&self) {
        self.web.set("/rss", Route::document(rss(std::slice::from_ref(&self.item))));
    }

    fn serve(&self, route: Route) {
        let html = ("content-type", "text/html; charset=utf-8".to_owned());
        let headers = [route.headers.clone(), vec![html]].concat();
        self.web.set("/nieuws/1200001/zwembad", Route { headers, ..route });
    }

    fn publish(&self, title: &str, paragraphs: &[String], visit: usize) {
        self.serve(Route::document(page(title, paragraphs, visit)));
    }

    #[track_caller]
    fn poll(&self) {
        self.program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    }

    fn article(&self) -> Value {
        let id = &self.program.rows("SELECT id FROM articles")[0];
        self.program.json(&["show", id])
    }

    /// Source, what changed and whether it was silent, of every revision.
    fn revisions(&self) -> Vec<String> {
        self.program
            .rows("SELECT source, coalesce(changed, ''), silent FROM revisions ORDER BY revision")
    }
}

#[test]
fn what_robots_may_not_read_is_not_asked_for() {
    let outlet = Outlet::new();
    outlet.web.set("/robots.txt", Route::document("User-agent: *\nDisallow: /nieuws/\n"));
    outlet.publish(&outlet.item.title, &paragraphs(), 0);
    outlet.poll();
    assert!(outlet.web.asked_for("/nieuws/1200001/zwembad").is_empty());
    assert_eq!(outlet.program.rows("SELECT last_outcome FROM pages"), ["forbidden"]);
}

#[test]
fn what_a_host_says_of_itself_is_asked_for_once_in_however_many_passes() {
    let outlet = Outlet::new();
    let rules = Route::document("User-agent: *\nDisallow: /geheim/\n");
    outlet.web.set("/robots.txt", rules);
    for visit in 0..3 {
        outlet.publish(&outlet.item.title, &paragraphs(), visit);
        outlet.poll();
    }
    let n_asked = |path: &str| outlet.web.asked_for(path).len();
    let own = ["/robots.txt", "/.well-known/tdmrep.json"];
    assert_eq!((n_asked("/nieuws/1200001/zwembad"), own.map(n_asked)), (3, [1, 1]));
    // Of another version, or lost: they are read again.
    let database = rusqlite::Connection::open(outlet.program.archive("archive.db")).unwrap();
    database.execute("UPDATE host_file SET said = '{}'", []).unwrap();
    drop(database);
    outlet.poll();
    assert_eq!(own.map(n_asked), [2, 2]);
}

#[test]
fn a_page_that_breaks_off_is_no_edit_however_often() {
    let outlet = Outlet::new();
    let title = outlet.item.title.clone();
    let whole = page(&title, &paragraphs(), 1);
    let half = whole[..whole.find(&paragraphs()[3]).unwrap() + 25].to_owned();
    let serve = |html: &str| {
        outlet.serve(Route::document(html.to_owned()));
        outlet.poll();
        outlet.program.rows("SELECT last_outcome FROM pages").remove(0)
    };
    assert_eq!(serve(&half), "cut");
    assert_eq!(outlet.article()["access"], "unknown");
    assert_eq!(serve(&whole), "read");
    assert_eq!(serve(&half), "cut");
    assert_eq!(serve(&whole), "same");
    let revisions = outlet.revisions();
    assert_eq!(revisions.len(), 2, "{revisions:?}");
    let outcomes = [(); 4].map(|()| serve(&half));
    assert_eq!(outcomes, ["cut"; 4]);
    // Many pages leave out their last tags.
    let open = whole.replace("</body>", "").replace("</html>", "");
    assert_ne!(serve(&open), "cut");
}

#[test]
fn what_a_new_template_puts_under_all_articles_is_soon_no_edit_of_any() {
    let web = Web::start();
    let program = Program::with_pages(&web.url("/rss"));
    let path = |n: usize| format!("/nieuws/120000{n}/x");
    let articles: Vec<Item> = (0..9).map(|n| Item { link: web.url(&path(n)), ..item(n) }).collect();
    web.set("/rss", Route::document(rss(&articles)));
    let serve = |n: usize, more: &[&str]| {
        let mut text = paragraphs();
        text.extend(more.iter().map(|more| (*more).to_owned()));
        web.set(&path(n), Route::document(page(&articles[n].title, &text, n)));
    };
    let n_edited = || {
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
        let edited = program.rows("SELECT count(*) FROM revisions WHERE changed IS NOT NULL");
        edited[0].parse::<usize>().unwrap()
    };
    (0..9).for_each(|n| serve(n, &[]));
    assert_eq!(n_edited(), 0);
    let about = "Over de auteur: Jan Bos schrijft voor deze krant over verkeer in de regio.";
    (0..9).for_each(|n| serve(n, &[about]));
    assert_eq!(n_edited(), 4);
    // What is said of one of them is an edit of it.
    let text = "Het zwembad blijft toch open, meldt de gemeente Zuidlaren.";
    serve(8, &[about, text]);
    serve(0, &[about, text]);
    assert_eq!(n_edited(), 6);
    let articles = program.rows("SELECT id FROM articles");
    let with = articles.iter().filter(|id| program.ok(&["show", id]).contains("Over de auteur"));
    assert_eq!(with.count(), 4);
}

#[test]
fn pages_are_read_as_the_owner_wants_it_now() {
    let web = Web::start();
    let program = Program::with_pages(&web.url("/rss"));
    let list = std::fs::read_to_string(program.config("feeds.toml")).unwrap();
    // Article `n` is announced first under these wishes.
    let n_asked = |n: usize, wishes: &str| {
        std::fs::write(program.config("feeds.toml"), format!("{list}{wishes}")).unwrap();
        let path = |n: usize| format!("/nieuws/120000{n}/x");
        let items: Vec<Item> =
            (0..=n).map(|n| Item { link: web.url(&path(n)), ..item(n) }).collect();
        web.set(&path(n), Route::document(page(&items[n].title, &paragraphs(), n)));
        web.set("/rss", Route::document(rss(&items)));
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
        (0..=n).map(|n| web.asked_for(&path(n)).len()).collect::<Vec<_>>()
    };
    assert_eq!(n_asked(0, "fulltext = \"off\"\n"), [0]);
    assert_eq!(n_asked(1, ""), [2, 2]);
    assert_eq!(n_asked(2, "revisit = \"off\"\n"), [3, 3, 1]);
    assert_eq!(n_asked(3, "fulltext = \"off\"\n"), [3, 3, 1, 0]);
}

#[test]
fn pages_go_on_being_read_when_their_feed_is_paused_removed_or_renamed() {
    let web = Web::start();
    let program = Program::with_pages(&web.url("/a"));
    let path = "/nieuws/1200001/x";
    let one = Item { link: web.url(path), ..item(1) };
    web.set(path, Route::document(page(&one.title, &paragraphs(), 1)));
    for feed in ["/a", "/b"] {
        web.set(feed, Route::document(rss(std::slice::from_ref(&one))));
    }
    let feed = |name: &str, path: &str, wishes: &str| {
        let url = web.url(path);
        format!("[[feed]]\nname = \"{name}\"\noutlet = \"A\"\nurl = \"{url}\"\n{wishes}\n")
    };
    let is_read = |list: &[String]| {
        std::fs::write(program.config("feeds.toml"), list.concat()).unwrap();
        let before = web.asked_for(path).len();
        program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
        web.asked_for(path).len() > before
    };
    assert!(is_read(&[feed("a", "/a", "")]));
    assert!(is_read(&[feed("a", "/a", ""), feed("b", "/b", "")]));
    assert!(is_read(&[feed("a", "/a", "paused = true"), feed("b", "/b", "")]));
    assert!(is_read(&[feed("a", "/a", "")]));
    // The same feed under another name, which lists it no more.
    web.set("/a", Route::document(rss(&[])));
    assert!(is_read(&[feed("c", "/a", "")]));
    assert_eq!(program.rows("SELECT feed FROM pages"), ["c"]);
    assert_eq!(program.rows("SELECT name FROM feeds WHERE listed"), ["c"]);
}

#[test]
fn a_page_is_read_where_its_feed_says_that_it_is_now() {
    let web = Web::start();
    let program = Program::with_pages(&web.url("/rss"));
    let poll = || program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    let publish = |path: &str, text: &[String]| {
        let one = Item { link: web.url(path), ..item(1) };
        web.set(path, Route::document(page(&one.title, text, 1)));
        web.set("/rss", Route::document(rss(&[one])));
        poll();
    };
    publish("/oud/1200001/brug", &paragraphs());
    web.set("/oud/1200001/brug", Route::error(404));
    let mut edited = paragraphs();
    edited
        .push("De raad komt hier in mei op terug, zegt de burgemeester van Zuidlaren.".to_owned());
    publish("/nieuws/1200001/brug", &edited);
    let now = web.url("/nieuws/1200001/brug");
    assert_eq!(program.rows("SELECT url, last_outcome FROM pages"), [format!("{now}|changed")]);
    assert_eq!(program.rows("SELECT url, revision FROM articles"), [format!("{now}|3")]);
    assert_eq!(program.found(&["mei burgemeester"]).len(), 1);
    // A move that is taken back.
    publish("/oud/1200001/brug", &edited);
    assert_eq!(program.rows("SELECT url FROM pages"), [web.url("/oud/1200001/brug")]);
    publish("/nieuws/1200001/brug", &edited);
    // Another query is no other address.
    let n_asked = web.asked_for("/nieuws/1200001/brug").len();
    let spelled = Item { link: format!("{now}?r=17"), ..item(1) };
    web.set("/rss", Route::document(rss(&[spelled])));
    poll();
    assert_eq!(program.rows("SELECT url FROM pages"), [now]);
    assert_eq!(web.asked_for("/nieuws/1200001/brug").len(), n_asked + 1);
    // The feed that announced it is gone, and another one has it elsewhere.
    let list = std::fs::read_to_string(program.config("feeds.toml")).unwrap();
    let other = list.replace("name = \"dijkbode\"", "name = \"ander\"").replace("/rss", "/ander");
    std::fs::write(program.config("feeds.toml"), &other).unwrap();
    let elsewhere = Item { link: web.url("/elders/1200001/brug"), ..item(1) };
    web.set("/elders/1200001/brug", Route::document(page(&elsewhere.title, &edited, 1)));
    web.set("/ander", Route::document(rss(std::slice::from_ref(&elsewhere))));
    poll();
    let rows = "SELECT feed || ' ' || url || ' ' || last_outcome FROM pages";
    assert_eq!(program.rows(rows), [format!("ander {} same", elsewhere.link)]);
}

#[test]
fn a_page_that_moved_is_looked_for_where_it_was_found_when_its_address_ends() {
    let outlet = Outlet::new();
    let path = "/elders/1200001/zwembad";
    let there = vec![("location", outlet.web.url(path))];
    outlet.web.set(path, Route::document(page(&outlet.item.title, &paragraphs(), 0)));
    outlet.serve(Route { status: 301, headers: there, ..Route::default() });
    outlet.poll();
    outlet.web.set("/rss", Route::document(rss(&[])));
    outlet.serve(Route::error(404));
    outlet.poll();
    let now = "SELECT last_outcome || ' ' || (gone IS NULL) FROM pages";
    assert_eq!(outlet.program.rows(now), ["gone 0"]);
    outlet.poll();
    assert_eq!(outlet.program.rows(now), ["same 1"]);
    assert_eq!(outlet.program.rows("SELECT url FROM pages"), [outlet.web.url(path)]);
}

#[test]
fn a_pass_reads_all_pages_that_are_due_each_once() {
    let web = Web::start();
    let items: Vec<Item> = (0..4)
        .map(|n| Item { link: web.url(&format!("/nieuws/120000{n}/x")), ..item(n) })
        .collect();
    for (n, item) in items.iter().enumerate() {
        let html = page(&item.title, &paragraphs(), n);
        web.set(&format!("/nieuws/120000{n}/x"), Route::document(html));
    }
    web.set("/rss", Route::document(rss(&items)));
    let program = Program::with_pages(&web.url("/rss"));
    // The second may begin in the second in which the first ends, and all are due at once again.
    for n_passes in 1..=3 {
        let ran = program.run(&[&["poll", "--all"], &AT_ONCE[..]].concat());
        assert!(ran.stderr.contains("read 4 article pages\n"), "{}", ran.stderr);
        for n in 0..4 {
            assert_eq!(web.asked_for(&format!("/nieuws/120000{n}/x")).len(), n_passes);
        }
    }
}

#[test]
fn a_reservation_of_rights_is_recorded_with_the_page() {
    let outlet = Outlet::new();
    let reserved = vec![("tdm-reservation", "1".to_owned())];
    let body = page(&outlet.item.title, &paragraphs(), 0);
    outlet.serve(Route { headers: reserved, ..Route::document(body) });
    outlet.poll();
    let found = outlet.program.rows("SELECT outcome, status, access, reserved FROM page_fetches");
    assert_eq!(found, ["read|200|full|[\"header tdm-reservation=1\"]"]);
}

#[test]
fn what_the_site_reserves_is_recorded_with_each_reading() {
    let outlet = Outlet::new();
    let rules = r#"[{"location": "/nieuws/", "tdm-reservation": 1,
        "tdm-policy": "https://dijkbode.example/tdm"}]"#;
    outlet.web.set("/.well-known/tdmrep.json", Route::document(rules));
    outlet.publish(&outlet.item.title, &paragraphs(), 0);
    outlet.poll();
    let said = "[\"site tdm-reservation=1\",\"site tdm-policy=https://dijkbode.example/tdm\"]";
    let found = "SELECT outcome, reserved FROM page_fetches ORDER BY id";
    assert_eq!(outlet.program.rows(found), [format!("read|{said}")]);
    let asked = outlet.web.asked_for("/.well-known/tdmrep.json");
    assert_eq!(asked.len(), 1);
}

#[test]
fn the_licence_that_a_page_names_leaves_the_archive_with_its_article() {
    let outlet = Outlet::new();
    let plain = page(&outlet.item.title, &paragraphs(), 0);
    for (said, license) in [
        (r#"<link rel="license" href="/voorwaarden">"#, outlet.web.url("/voorwaarden")),
        (
            r#"<link rel="schema" href="/x">
               <a rel="nofollow license" href="https://cc.example/by">CC</a>"#,
            "https://cc.example/by".to_owned(),
        ),
        (
            r#"<script type="application/ld+json">{"@type": "NewsArticle",
                "license": {"@type": "CreativeWork", "name": "CC BY 4.0"}}</script>"#,
            "CC BY 4.0".to_owned(),
        ),
    ] {
        let html = plain.replacen("</head>", &format!("{said}</head>"), 1);
        let read = crate::extract::read(&outlet.program, &html, &["--url", &outlet.web.url("/a")]);
        assert_eq!(read["license"], license, "{said}");
        outlet.serve(Route::document(html));
    }
    let of_a_picture = r#"<figure><img src="/a.jpg"><figcaption>
        <a rel="license" href="https://cc.example/by-sa">CC</a></figcaption></figure>"#;
    let pictured = plain.replacen("<p>", &format!("{of_a_picture}<p>"), 1);
    for html in [&plain, &pictured] {
        assert_eq!(crate::extract::read(&outlet.program, html, &[])["license"], Value::Null);
    }
    outlet.poll();
    outlet.program.ok(&["export", "", "--format", "jsonl", "-o", "uit"]);
    let file = outlet.program.home().join("uit/articles.jsonl");
    let line = std::fs::read_to_string(file).unwrap();
    let article: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(article["license"], "CC BY 4.0");
    assert_eq!(article["tdm_reserved"], Value::Null);
}

#[test]
fn what_stands_in_the_way_is_counted_by_outlet() {
    let outlet = Outlet::new();
    outlet.serve(Route::error(403));
    outlet.poll();
    let walls = outlet.program.json(&["stats", "walls"]);
    let row = &walls[0];
    assert_eq!(row["outlet"], json!("De Dijkbode"));
    assert_eq!(
        (&row["pages"], &row["blocked"], &row["retried"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert!(row["last_wall"].as_str().unwrap().contains("403"), "{row}");
    assert!(row["since"].is_string());
}
