//! Pages read once more from what was kept, and how a text came about.

use serde_json::json;

use crate::news::{Item, item, rss};
use crate::pages::{AT_ONCE, page, paragraphs};
use crate::program::Program;
use crate::web::{Route, Web};

/// The towns that an outlet writes about, an article each.
const TOWNS: [&str; 12] = [
    "Assen",
    "Norg",
    "Roden",
    "Vries",
    "Peize",
    "Annen",
    "Eelde",
    "Zuidlaren",
    "Rolde",
    "Gieten",
    "Borger",
    "Emmen",
];

fn path(n: usize) -> String {
    format!("/nieuws/12000{n:02}/x")
}

/// What the outlet writes of a town, with what it prints in each article.
fn text(n: usize) -> Vec<String> {
    let own = |text: String| format!("{text} Zo gaat het ook in {}.", TOWNS[n]);
    let mut text: Vec<String> = paragraphs().into_iter().map(own).collect();
    text.insert(3, REPEATED.to_owned());
    text
}

fn publish(web: &Web, n: usize, text: &[String]) {
    let html = ("content-type", "text/html; charset=utf-8".to_owned());
    let document = Route::document(page(&item(n).title, text, n));
    let headers = [document.headers.clone(), vec![html]].concat();
    web.set(&path(n), Route { headers, ..document });
}

/// An outlet that prints the same paragraph in each of its articles, which can be known only once
/// they have all been read; its pages are kept as sent.
fn repeating() -> (Web, Program) {
    let web = Web::start();
    let items = (0..TOWNS.len()).map(|n| Item { link: web.url(&path(n)), ..item(n) });
    let items: Vec<Item> = items.collect();
    for n in 0..items.len() {
        publish(&web, n, &text(n));
    }
    web.set("/rss", Route::document(rss(&items)));
    let program = Program::with_pages(&web.url("/rss"));
    let polled = [&["poll", "--all", "--set", "archive.raw=pages"], &AT_ONCE[..]].concat();
    program.ok(&polled);
    (web, program)
}

const REPEATED: &str = "De redactie van deze krant houdt iedere dinsdag open huis voor lezers die \
                        willen weten hoe verhalen tot stand komen.";

#[test]
fn a_better_reading_of_what_was_kept_is_no_edit() {
    let (web, program) = repeating();
    let texts = || {
        let ids = program.rows("SELECT id FROM articles ORDER BY id");
        ids.iter().map(|id| program.json(&["show", id])["text"].to_string()).collect::<Vec<_>>()
    };
    let n_repeating = |texts: &[String]| texts.iter().filter(|t| t.contains("open huis")).count();
    let before = texts();
    assert!(n_repeating(&before) >= 5, "{before:?}");
    let n_asked = web.asked_for(&path(0)).len();

    let told = program.run(&["reextract"]);
    let nothing = "every page was read by this version; `--all` reads them again\n";
    assert_eq!((told.code, told.stderr.as_str()), (1, nothing));
    let dry = program.json(&["reextract", "--all", "--dry-run"]);
    assert_eq!(dry.as_array().unwrap().len(), n_repeating(&before));
    assert_eq!(texts(), before);

    program.ok(&["reextract", "--all"]);
    assert_eq!(n_repeating(&texts()), 0);
    assert_eq!(web.asked_for(&path(0)).len(), n_asked);
    assert_eq!(program.run(&["revisions"]).code, 1);
    assert_eq!(program.run(&["search", "is:revised"]).code, 1);
    assert!(program.rows("SELECT id FROM revisions WHERE changed IS NOT NULL").is_empty());
    let again = program.run(&["reextract", "--all"]);
    assert!(again.stderr.starts_with("0 read otherwise, 12 the same;"), "{}", again.stderr);
}

#[test]
fn what_an_article_had_stays_in_it_when_other_articles_get_it_too() {
    let (web, program) = repeating();
    let link = web.url(&path(0));
    let revisions = format!(
        "SELECT r.source, coalesce(r.changed, '') FROM revisions AS r
         JOIN pages AS p ON p.id = r.id WHERE p.url = '{link}' ORDER BY r.revision"
    );
    assert_eq!(program.rows(&revisions), ["feed|", "page|"]);
    let mut edited = text(0);
    edited[0].push_str(" Dat meldt De Dijkbode.");
    publish(&web, 0, &edited);
    program.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    assert_eq!(program.rows(&revisions), ["feed|", "page|", "page|[\"text\"]"]);
    let id = &program.rows(&format!("SELECT id FROM pages WHERE url = '{link}'"))[0];
    let said = program.json(&["show", id])["text"].to_string();
    assert!(said.contains("open huis") && said.contains("Dat meldt"), "{said}");
}

#[test]
fn pages_read_by_an_older_version_are_read_once_more_and_never_get_worse() {
    let (_web, program) = repeating();
    let archive = rusqlite::Connection::open(program.archive("archive.db")).unwrap();
    archive.execute("UPDATE page SET extractor = 0", []).unwrap();
    let ran = program.run(&["reextract"]);
    assert_eq!(ran.code, 0);
    assert_eq!(program.rows("SELECT count(*) FROM pages WHERE last_outcome = 'read'"), ["12"]);
    assert_eq!(program.run(&["reextract"]).code, 1);

    // A document that is damaged on disk costs nothing but its own reading.
    archive.execute("UPDATE page SET extractor = 0", []).unwrap();
    let before = program.rows("SELECT id, revision, words FROM articles ORDER BY id");
    archive.execute("UPDATE capture SET offset = offset + 7", []).unwrap();
    let ran = program.run(&["reextract"]);
    assert!(ran.stderr.contains("12 not readable"), "{}", ran.stderr);
    assert_eq!(program.rows("SELECT id, revision, words FROM articles ORDER BY id"), before);
}

#[test]
fn how_a_text_was_made_of_its_page_is_told() {
    let (_web, program) = repeating();
    program.ok(&["reextract", "--all"]);
    let id = &program.rows("SELECT id FROM articles ORDER BY id")[0];
    let told = program.json(&["show", id, "--explain"]);
    assert_eq!(told["outcome"], json!("read"));
    assert_eq!(told["access"], json!("full"));
    assert_eq!(told["extractor"], told["extractor_now"]);
    let left_out = told["recurring"].as_array().unwrap();
    assert!(left_out.contains(&json!({ "text": REPEATED, "pages": 12 })), "{left_out:?}");
    let names: Vec<&str> = told["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    assert_eq!((names[0], *names.last().unwrap()), ("own", "json-ld"));
    let page = program.ok(&["show", id, "--explain"]);
    let line = format!("left out, on 12 of 12 pages of the outlet: {REPEATED}");
    assert!(page.contains(&line), "{page}");
}
