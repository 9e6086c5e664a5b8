//! Where a page is found, and what it says that its address is, is what its article is known by.

use std::fs;
use std::time::Duration;

use crate::news::{Item, item, rss};
use crate::pages::{AT_ONCE, page, paragraphs};
use crate::program::Program;
use crate::web::{Route, Web};

const BRUG: &str = "/nieuws/brug-bij-hulst-dicht";

struct World {
    web: Web,
    program: Program,
}

impl World {
    /// Two feeds of an outlet without ids, and a page at [`BRUG`] to which `/r/1` leads.
    fn new() -> Self {
        let (web, program) = (Web::start(), Program::new());
        let feed = |name: &str| {
            let url = web.url(&format!("/{name}"));
            format!("[[feed]]\nname = \"{name}\"\noutlet = \"Zeeklei\"\nurl = \"{url}\"\n")
        };
        fs::write(program.config("feeds.toml"), feed("a") + &feed("b")).unwrap();
        web.set(BRUG, Route::document(page(&item(1).title, &paragraphs(), 1)));
        let headers = vec![("location", web.url(BRUG))];
        web.set("/r/1", Route { status: 302, headers, ..Route::default() });
        Self { web, program }
    }

    /// An entry whose link is at `path`.
    fn entry(&self, n: usize, path: &str) -> Item {
        Item { guid: path.to_owned(), link: self.web.url(path), ..item(n) }
    }

    fn publish(&self, a: &[Item], b: &[Item]) {
        self.web.set("/a", Route::document(rss(a)));
        self.web.set("/b", Route::document(rss(b)));
        self.program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    }

    /// In how many feeds each article was seen, the most first.
    fn seen(&self) -> Vec<String> {
        let rows = "SELECT count(*) FROM sightings GROUP BY id ORDER BY 1 DESC";
        self.program.rows(rows)
    }
}

#[test]
fn an_article_is_known_by_where_its_page_was_found() {
    let world = World::new();
    world.publish(&[world.entry(1, "/r/1")], &[]);
    world.publish(&[world.entry(1, "/r/1")], &[world.entry(1, BRUG)]);
    assert_eq!(world.seen(), ["2"]);
    assert_eq!(world.program.json(&["doctor", "identity"]), serde_json::json!([]));
}

#[test]
fn an_article_is_known_by_where_its_page_went_although_it_says_the_same() {
    let world = World::new();
    let old = "/archief/brug-bij-hulst-is-dicht";
    world.web.set(old, Route::document(page(&item(1).title, &paragraphs(), 2)));
    world.publish(&[world.entry(1, old)], &[]);
    let headers = vec![("location", world.web.url(BRUG))];
    world.web.set(old, Route { status: 301, headers, ..Route::default() });
    world.publish(&[world.entry(1, old)], &[]);
    assert_eq!(world.program.rows("SELECT last_outcome FROM pages"), ["same"]);
    world.publish(&[], &[world.entry(1, BRUG)]);
    assert_eq!(world.seen(), ["2"]);
}

#[test]
fn two_that_were_announced_before_their_pages_said_so_are_found_by_doctor() {
    let world = World::new();
    // The page of the third says that it is the second, and has another text: a column.
    let column = format!("<link rel=\"canonical\" href=\"{}\"></head>", world.web.url(BRUG));
    let html = page(&item(3).title, &[item(3).text, item(4).text, item(5).text], 1);
    world.web.set("/kort/3", Route::document(html.replace("</head>", &column)));
    world.publish(&[world.entry(1, "/r/1"), world.entry(3, "/kort/3")], &[world.entry(1, BRUG)]);
    assert_eq!(world.seen(), ["1", "1", "1"]);
    let found = world.program.json(&["doctor", "identity", "--apply"]);
    assert_eq!((found.as_array().unwrap().len(), &found[0]["action"]), (1, &"merge".into()));
    assert_eq!(world.seen(), ["2", "1"]);
    world.program.ok(&["verify"]);
    world.publish(&[world.entry(1, "/r/1"), world.entry(3, "/kort/3")], &[world.entry(1, BRUG)]);
    assert_eq!(world.seen(), ["2", "1"]);
}

#[test]
fn an_article_that_a_page_leads_to_and_is_another_one_stays_another_one() {
    let world = World::new();
    // Every page says that it is the newest article, which a feed announces later.
    let newest = "/nieuws/wolf-gezien-bij-ede";
    let canonical = format!("<link rel=\"canonical\" href=\"{}\"></head>", world.web.url(newest));
    let html = page(&item(3).title, &paragraphs(), 1).replace("</head>", &canonical);
    world.web.set("/nieuws/3", Route::document(html));
    world.web.set(newest, Route::document(page(&item(4).title, &[item(4).text, item(5).text], 1)));
    world.publish(&[world.entry(3, "/nieuws/3")], &[]);
    world.publish(&[world.entry(3, "/nieuws/3")], &[world.entry(4, newest)]);
    assert_eq!(world.seen(), ["1", "1"]);
    let titles = world.program.rows("SELECT DISTINCT title FROM revisions ORDER BY id, revision");
    assert_eq!(titles.len(), 2);
}

#[test]
fn a_feed_that_changes_all_its_addresses_doubles_nothing_whose_page_was_read() {
    let world = World::new();
    let published = Some("Mon, 02 Mar 2026 08:15:20 +0100".to_owned());
    let text = "Schippers wachten al uren tevergeefs: monteurs vinden de storing niet, en de \
                haven loopt vol met jachten en binnenvaart.";
    let entry = |path: &str| Item {
        text: text.to_owned(),
        published: published.clone(),
        ..world.entry(1, path)
    };
    world.publish(&[entry(BRUG)], &[]);
    world.web.set(BRUG, Route::error(404));
    let moved = "/cms/2026/brug-bij-hulst";
    world.web.set(moved, Route::document(page(&item(1).title, &paragraphs(), 1)));
    world.publish(&[entry(moved)], &[]);
    assert_eq!(world.seen(), ["1"]);
    let page = "SELECT url || ' ' || (gone IS NULL) FROM pages";
    assert_eq!(world.program.rows(page), [format!("{} 1", world.web.url(moved))]);
}

#[test]
fn a_headline_and_an_address_edited_after_the_page_was_read_are_an_edit() {
    let world = World::new();
    let teaser = "Het verkeer over het kanaal bij Hulst moet de hele week omrijden over de brug bij \
                  Axel, zegt de provincie.";
    let published = Some("Mon, 02 Mar 2026 08:15:20 +0100".to_owned());
    let named = |title: &str, n: usize| {
        let path = format!("/nieuws/{}-{n}", title.to_lowercase().replace(' ', "-"));
        let page = page(title, &paragraphs(), n);
        world.web.set(&path, Route::document(page));
        Item {
            title: title.to_owned(),
            text: teaser.to_owned(),
            published: published.clone(),
            ..world.entry(n, &path)
        }
    };
    let others: Vec<Item> = (2..4).map(|n| world.entry(n, &format!("/nieuws/{n}"))).collect();
    let listed = |item: Item| [&[item][..], &others].concat();
    world.publish(&listed(named("Brug dicht", 1)), &[]);
    assert_eq!(
        world.program.rows("SELECT text_source FROM articles WHERE title = 'Brug dicht'"),
        ["page"]
    );
    world.publish(&listed(named("Brug weer open", 1)), &[]);
    let shown = "SELECT title, revision, changed FROM articles JOIN revisions USING (id, revision, title) WHERE title LIKE 'Brug%'";
    assert_eq!(world.program.rows(shown), ["Brug weer open|3|[\"title\"]"]);
}

#[test]
fn a_page_that_leads_elsewhere_from_the_start_is_no_page_of_its_article() {
    let world = World::new();
    // The address of the wolf leads to the bridge, which a feed announces later.
    world.publish(&[world.entry(4, "/r/1")], &[]);
    world.publish(&[world.entry(4, "/r/1")], &[world.entry(1, BRUG)]);
    assert_eq!(world.seen(), ["1", "1"]);
    let pages = "SELECT last_outcome FROM pages ORDER BY feed";
    assert_eq!(world.program.rows(pages), ["gone", "read"]);
}

#[test]
fn a_merged_article_stands_where_its_date_says() {
    let world = World::new();
    let dated = |date: &str, path: &str| Item {
        published: Some(format!("{date}:00 +0100")),
        ..world.entry(1, path)
    };
    let before = dated("Mon, 02 Mar 2026 23:15", "/r/1");
    world.publish(std::slice::from_ref(&before), &[dated("Mon, 02 Mar 2026 23:15", BRUG)]);
    // Moments are whole seconds, and the later revision is the current one.
    std::thread::sleep(Duration::from_millis(1_100));
    let title = "Brug bij Hulst toch open".to_owned();
    let edited = Item { title, ..dated("Tue, 03 Mar 2026 08:15", BRUG) };
    world.publish(&[before], &[edited]);
    let found = world.program.json(&["doctor", "identity", "--apply"]);
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(world.program.rows("SELECT published FROM articles"), ["2026-03-03T07:15:00Z"]);
    assert_eq!(world.program.found(&["date:2026-03-03"]).len(), 1);
}

#[test]
fn a_daily_column_whose_pages_name_one_address_is_not_merged() {
    let world = World::new();
    let canonical = world.web.url("/uitslag-van-de-trekking");
    let canonical = format!("<link rel=\"canonical\" href=\"{canonical}\"></head>");
    for day in [9, 10] {
        let path = format!("/trekking/{day}");
        let html = page(&item(1).title, &paragraphs(), 1).replace("</head>", &canonical);
        world.web.set(&path, Route::document(html));
        let published = Some(format!("Mon, {day:02} Mar 2026 08:15:20 +0100"));
        world.publish(&[Item { published, ..world.entry(1, &path) }], &[]);
        // Two that are listed in one second count as listed at once.
        std::thread::sleep(Duration::from_millis(1_100));
        world.publish(&[], &[]);
    }
    assert_eq!(world.seen(), ["1", "1"]);
    assert_eq!(world.program.json(&["doctor", "identity"]), serde_json::json!([]));
}
