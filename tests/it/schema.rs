//! The public views, and that questions of every day are looked up and never searched for.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::news::{items, rss};
use crate::program::Program;
use crate::web::{Route, Web};

/// With feeds enough that looking through them all would not be the best plan.
fn archive() -> Program {
    let web = Web::start();
    let feeds: Vec<_> = (0..40).map(|n| (n.to_string(), web.url(&format!("/{n}")))).collect();
    for n in 0..feeds.len() {
        web.set(&format!("/{n}"), Route::document(rss(&items(n..n + 2))));
    }
    let program = Program::new();
    let feeds: Vec<_> = feeds.iter().map(|(name, url)| (name.as_str(), url.as_str())).collect();
    program.list(&feeds);
    program.poll_all();
    program
}

#[test]
fn the_public_views_have_these_columns() {
    let program = archive();
    let views = program.rows("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name");
    let columns = |view: &str| {
        let names = program.rows(&format!("SELECT name FROM pragma_table_info('{view}')"));
        format!("{view}: {}", names.join(", "))
    };
    let described: Vec<String> = views.iter().map(|view| columns(view)).collect();
    insta::assert_snapshot!(described.join("\n"));
}

#[test]
fn tables_are_strict() {
    let tables = "SELECT name FROM pragma_table_list
        WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'";
    assert!(archive().rows(tables).is_empty());
}

/// The text of a statement, which is a constant in `src/store/`.
fn statement(file: &str, constant: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store").join(file);
    let source = fs::read_to_string(path).unwrap();
    let start = source.find(&format!("const {constant}: &str =")).unwrap();
    source[start..].split('"').nth(1).unwrap().to_owned()
}

#[test]
fn questions_are_answered_from_keys_and_indexes() {
    let program = archive();
    let columns = statement("library.rs", "COLUMNS");
    let library = |rest: &str| format!("{columns}{}", statement("library.rs", rest));
    let changes = |parts: [&str; 2]| {
        let [access, rest] = parts;
        ["COLUMNS", access, "FROM", rest].map(|part| statement("changes.rs", part)).concat()
    };
    let mut plans = String::new();
    for (question, sql) in [
        ("an article of a page of hits", library("CURRENT")),
        ("one revision", library("ONE")),
        ("all revisions", statement("revisions.rs", "OF_ARTICLE")),
        ("the latest edits", statement("revisions.rs", "EDITS")),
        ("the beginning of an id", statement("library.rs", "BY_PREFIX")),
        ("where an article was seen", statement("library.rs", "SIGHTINGS")),
        ("due feeds", statement("feeds.rs", "DUE")),
        ("due pages", statement("pages.rs", "DUE")),
        ("pages that are handed over", statement("pages/moves.rs", "HAND_OVER")),
        ("due pages of a feed", statement("pages.rs", "DUE_OF_FEED")),
        ("the state of a page", statement("pages/state.rs", "STATE")),
        ("what a feed lists", statement("sightings.rs", "LISTED")),
        ("how far back a feed reaches", statement("sightings.rs", "APPEARED")),
        ("the last window of a feed", statement("coverage.rs", "EDGE")),
        ("the stretch that grows", statement("coverage.rs", "LAST")),
        ("the gaps of all feeds", statement("coverage.rs", "GAPS")),
        ("how well feeds are covered", statement("coverage.rs", "SUMMARIES")),
        ("the feeds that are polled", statement("vitals.rs", "FEEDS")),
        ("the feeds that fail", statement("vitals.rs", "FAILING")),
        ("the gaps of the last day", statement("vitals.rs", "RECENT_GAPS")),
        ("how much there is to do", statement("vitals.rs", "LOAD")),
        ("how near feeds are to missing something", statement("vitals.rs", "REACH")),
        ("when articles came in", statement("vitals.rs", "ARRIVALS")),
        ("the gaps to look up", statement("repairs.rs", "DUE")),
        ("the gaps of a feed", statement("repairs.rs", "OF_FEED")),
        ("the other feeds of an outlet", statement("repairs.rs", "SIBLINGS")),
        ("what a feed lists, by its keys", statement("repairs.rs", "LISTED_KEYS")),
        ("an article by a key", statement("articles/keys.rs", "FIND")),
        ("what the index has not taken up", changes(["ACCESS", "AFTER"])),
        ("an article as it was", changes(["ACCESS_THEN", "AT"])),
        ("what stories have not taken up", statement("shingles.rs", "PENDING")),
        ("the capture of a document", statement("captures.rs", "OF_DOCUMENT")),
        ("what an article names", statement("mentions.rs", "OF_ARTICLE")),
        ("who else has a hash", statement("shingles.rs", "HOLDERS")),
        ("a text to compare with", statement("shingles.rs", "CANDIDATE")),
        ("the story of an article", statement("stories.rs", "STORY_OF")),
        ("joining two stories", statement("stories.rs", "ABSORB")),
        ("a story in the public view", "SELECT * FROM stories WHERE id = 'a'".to_owned()),
        ("an article in the public view", "SELECT * FROM articles WHERE id = 'a'".to_owned()),
        ("its revisions in the public view", "SELECT * FROM revisions WHERE id = 'a'".to_owned()),
    ] {
        let plan = program.rows(&format!("EXPLAIN QUERY PLAN {sql}"));
        let steps = plan.iter().map(|row| row.rsplit('|').next().unwrap());
        let steps: Vec<&str> = steps.collect();
        // The feed list alone may be gone through: it is short, and asked as a whole.
        let is_feeds = |step: &str| step == "SCAN f" || step.starts_with("SCAN f ");
        let is_scan = |step: &&&str| step.starts_with("SCAN") && !is_feeds(step);
        assert_eq!(steps.iter().find(is_scan), None, "{question}");
        let _ = writeln!(plans, "{question}\n  {}", steps.join("\n  "));
    }
    insta::assert_snapshot!(plans);
}
