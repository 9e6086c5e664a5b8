//! How articles changed: what was edited, when, and word by word.

use knipsel::model::time::Timestamp;
use serde_json::{Value, json};

use crate::news::{Item, atom, item, rss};
use crate::program::{Program, redacted};
use crate::web::{Route, Web};

/// One article in three versions: as it was, with another headline, and with other words under the
/// old date.
fn edited() -> (Program, String) {
    let date = |hour: u32| Some(format!("Mon, 14 Feb 2022 {hour}:30:00 +0100"));
    let first = Item { published: date(10), ..item(2) };
    let second = Item {
        title: "Boeren & \"telers\" zaaien later".to_owned(),
        published: date(11),
        ..first.clone()
    };
    let third = Item {
        text: second.text.replace("twee", "drie \u{202e}hele"),
        author: "P. de Graaf".to_owned(),
        ..second.clone()
    };
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    for version in [&first, &second, &third] {
        web.set("/rss", Route::document(rss(std::slice::from_ref(version))));
        program.poll_all();
    }
    let ids = program.rows("SELECT id FROM articles");
    (program, ids[0].clone())
}

#[test]
fn the_edits_of_the_archive_are_listed_latest_first() {
    let (program, id) = edited();
    let listed = program.json(&["revisions"]);
    let shown = |one: &Value| (one["id"].clone(), one["revision"].clone(), one["silent"].clone());
    let listed: Vec<_> = listed.as_array().unwrap().iter().map(shown).collect();
    assert_eq!(listed, [(json!(id), json!(3), json!(true)), (json!(id), json!(2), json!(false))]);
    let silent = program.json(&["revisions", "--silent", "--outlet", "de dijkbode"]);
    assert_eq!(silent.as_array().unwrap().len(), 1);
    assert_eq!(silent[0]["changed"], json!(["text", "authors"]));
    let keys: Vec<&String> = silent[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["id", "outlet", "revision", "seen_at", "source", "title", "changed", "silent"]
    );
    assert_eq!(program.run(&["revisions", "--outlet", "De Peilschaal"]).code, 1);
    let by_name = |name: &str| program.json(&["revisions", "--silent", "--outlet", name]);
    assert_eq!(by_name("dijkbode"), silent);
    assert_eq!(by_name("=De Dijkbode"), silent);
    assert_eq!(program.run(&["revisions", "--outlet", "=Dijkbode"]).code, 1);
    assert_eq!(program.run(&["revisions", "--since", "2100"]).code, 1);
    assert_eq!(program.json(&["revisions", "--since", "1h"]).as_array().unwrap().len(), 2);
    assert_eq!(program.json(&["revisions", "-n1"])[0]["revision"], json!(3));
    assert_eq!(program.json(&["revisions", &id]).as_array().unwrap().len(), 3);
    assert_eq!(program.rows("SELECT silent FROM revisions ORDER BY revision"), ["0", "0", "1"]);
    insta::assert_snapshot!(redacted(&program.ok(&["revisions"]), &program));
}

#[test]
fn a_diff_shows_words_headline_and_metadata() {
    let (program, id) = edited();
    insta::assert_snapshot!(redacted(&program.ok(&["diff", &id]), &program));
    let whole = program.json(&["diff", &id, "1..3"]);
    assert_eq!(whole["title"]["after"], json!("Boeren & \"telers\" zaaien later"));
    assert_eq!(whole["metadata"]["authors"]["after"], json!("P. de Graaf"));
    assert_eq!((&whole["from"]["revision"], &whole["to"]["revision"]), (&json!(1), &json!(3)));
    let text = |without: &str| -> String {
        let pieces = whole["text"].as_array().unwrap().iter();
        let pieces = pieces.filter(|piece| piece["change"] != json!(without));
        pieces.map(|piece| piece["text"].as_str().unwrap()).collect()
    };
    assert_eq!(json!(text("added")), program.json(&["show", &format!("{id}@1")])["text"]);
    assert_eq!(json!(text("removed")), program.json(&["show", &id])["text"]);
    assert_eq!(program.json(&["diff", &id, "2"])["text"].as_array().unwrap().len(), 1);
    // As `revisions` prints them.
    let named = |number: u32| format!("{id}@{number}");
    assert_eq!(program.json(&["diff", &named(1), &named(3)]), whole);
    assert_eq!(program.json(&["diff", &named(2)]), program.json(&["diff", &id, "2"]));
    assert_eq!(program.ok(&["revisions", &named(2)]), program.ok(&["revisions", &id]));
}

#[test]
fn a_diff_is_a_patch_and_a_page_that_holds_nothing_live() {
    let (program, id) = edited();
    let patch = program.ok(&["diff", &id, "1..", "--format", "unified"]);
    // Two lines of names, with times to the second.
    let (names, hunks) = patch.split_once("@@").unwrap();
    assert!(names.starts_with(&format!("--- {id}@1\t2")), "{names}");
    assert!(names.contains(&format!("\n+++ {id}@3\t2")), "{names}");
    insta::assert_snapshot!(hunks);
    let page = program.ok(&["diff", &id, "--format", "html"]);
    assert!(page.contains("<del>twee</del><ins>"), "{page}");
    assert!(page.contains("<h1>Boeren &amp; &quot;telers&quot; zaaien later</h1>"), "{page}");
    assert!(!page.contains('\u{202e}'), "{page}");
    for outside in ["http://", "https://", "<script", "src=", "href="] {
        assert!(!page.contains(outside), "{outside} in {page}");
    }
}

#[test]
fn what_cannot_be_compared_is_said_in_one_line() {
    let (program, id) = edited();
    let missing = program.run(&["diff", &id, "1..9"]);
    assert_eq!(missing.code, 4);
    assert!(missing.stderr.contains("@9`"), "{}", missing.stderr);
    assert_eq!(program.run(&["diff", &id, "een"]).code, 2);
    assert_eq!(program.run(&["diff", "22222"]).code, 4);
    let web = Web::start();
    web.set("/rss", Route::document(rss(&[item(1)])));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    let id = &program.rows("SELECT id FROM articles")[0];
    assert_eq!(program.run(&["diff", id]).code, 1);
}

/// Where search, counts and the public views have an article.
#[track_caller]
fn check_place(program: &Program, day: &str, published: &str) {
    assert_eq!(program.found(&[&format!("date:{day}")]).len(), 1, "{day}");
    let days = program.json(&["timeline", "--by", "day"]);
    let days = days.as_array().unwrap();
    let counted: Vec<_> = days.iter().filter(|day| day["articles"] != 0).collect();
    assert_eq!((counted.len(), &counted[0]["period"]), (1, &json!(day)));
    assert_eq!(program.rows("SELECT published FROM articles"), [published]);
}

#[test]
fn an_article_is_found_under_the_date_that_is_shown() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    let publish = |text: &str, published: Option<String>| {
        let one = Item { text: text.to_owned(), published, ..item(1) };
        web.set("/rss", Route::document(rss(&[one])));
        program.poll_all();
    };
    let text = item(1).text;
    publish(&text, None);
    program.ok(&["export", "", "-o", "eerst"]);
    publish(
        &format!("{text} Wie er was, zag het."),
        Some("Mon, 14 Feb 2022 10:30:00 +0100".into()),
    );
    check_place(&program, "2022-02-14", "2022-02-14T09:30:00Z");
    // A feed that dates its edits says when it was changed.
    let later =
        3_600 + program.rows("SELECT first_seen_at FROM article")[0].parse::<i64>().unwrap();
    let now = jiff::Timestamp::from_second(later).unwrap().strftime("%a, %d %b %Y %T +0000");
    publish(&format!("{text} Niemand zag het."), Some(now.to_string()));
    check_place(&program, "2022-02-14", "2022-02-14T09:30:00Z");
    let modified = program.rows("SELECT modified IS NULL FROM revisions ORDER BY revision");
    assert_eq!(modified, ["1", "1", "0"]);
    // As it was, it stood where it was seen.
    program.ok(&["export", "", "--as-of", "eerst/manifest.json", "-o", "later"]);
    let read = |folder: &str| {
        std::fs::read_to_string(program.home().join(folder).join("articles.jsonl")).unwrap()
    };
    assert_eq!(read("eerst"), read("later"));
    program.ok(&[
        "export",
        "",
        "--as-of",
        "eerst/manifest.json",
        "--format",
        "markdown",
        "-o",
        "md",
    ]);
    let seen = program.rows("SELECT first_seen_at FROM article")[0].parse().unwrap();
    let seen = Timestamp::from_seconds(seen).to_local().strftime("%Y-%m").to_string();
    let month = std::fs::read_dir(program.home().join("md/articles")).unwrap().next().unwrap();
    assert_eq!(month.unwrap().file_name().to_string_lossy(), seen);
    // Elsewhere as well.
    let elsewhere = Program::new();
    elsewhere.ok(&["merge", &program.archive("").display().to_string()]);
    let stood = "SELECT r.sort_at, a.sort_at FROM revision AS r, article AS a ORDER BY r.number";
    assert_eq!(elsewhere.rows(stood), program.rows(stood));
}

#[test]
fn archives_of_before_are_put_in_order() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    let one = Item { published: Some("Mon, 14 Feb 2022 10:30:00 +0100".into()), ..item(1) };
    web.set("/rss", Route::document(rss(&[one])));
    program.poll_all();
    let database = rusqlite::Connection::open(program.archive("archive.db")).unwrap();
    database
        .execute_batch(
            "UPDATE article SET sort_at = first_seen_at;
             ALTER TABLE revision DROP COLUMN sort_at;
             ALTER TABLE sighting DROP COLUMN text_hash;
             DROP TABLE host_file;
             ALTER TABLE recurring DROP COLUMN gained;
             DROP INDEX article_by_time;
             ALTER TABLE subscription DROP COLUMN callback;
             PRAGMA user_version = 20;",
        )
        .unwrap();
    drop(database);
    program.ok(&["poll"]);
    check_place(&program, "2022-02-14", "2022-02-14T09:30:00Z");
}

#[test]
fn an_entry_that_says_when_it_was_changed_alone_stands_there() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/atom"));
    let one = Item { published: Some("2022-02-14T10:30:00+01:00".into()), ..item(1) };
    web.set("/atom", Route::document(atom(&[one]).replace("published>", "updated>")));
    program.poll_all();
    assert_eq!(program.found(&["date:2022-02-14"]).len(), 1);
    assert_eq!(
        program.rows("SELECT published, modified FROM articles"),
        ["-|2022-02-14T09:30:00Z"]
    );
}

/// What servers that are behind the others give now and then.
#[test]
fn a_version_that_an_entry_had_before_it_was_changed_is_no_edit() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/atom"));
    let serve = |title: &str, updated: &str| {
        let date = format!("2022-02-14T10:30:00Z</published><updated>{updated}");
        let one = Item { title: title.into(), published: Some("DATE".into()), ..item(1) };
        let document = atom(&[one]).replace("DATE</published>", &format!("{date}</updated>"));
        web.set("/atom", Route::document(document));
        program.poll_all();
    };
    let (first, second) = ("2022-02-14T10:30:00Z", "2022-02-14T11:00:00Z");
    serve("Brug dicht", first);
    serve("Brug weer open", second);
    for _ in 0..2 {
        serve("Brug dicht", first);
        serve("Brug weer open", second);
    }
    let edits = "SELECT title, modified FROM revisions ORDER BY revision";
    let expected = ["Brug dicht|-".to_owned(), format!("Brug weer open|{second}")];
    assert_eq!(program.rows(edits), expected);
    serve("Brug dicht", "2022-02-14T12:00:00Z");
    assert_eq!(program.rows(edits).len(), 3);
    // What was never said before is an edit, whatever date it bears.
    serve("Brug half open", second);
    assert_eq!(program.rows(edits).len(), 4);
}

#[test]
fn an_entry_without_a_date_gets_the_one_that_its_feed_states_later() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    let serve = |date: Option<&str>| {
        let one = Item { published: date.map(ToOwned::to_owned), ..item(1) };
        web.set("/rss", Route::document(rss(&[one])));
        program.poll_all();
        program.rows("SELECT published FROM articles")
    };
    assert_eq!(serve(Some("Thu, 01 Jan 1970 00:00:00 GMT")), ["-"]);
    assert_eq!(serve(None), ["-"]);
    assert_eq!(serve(Some("Mon, 14 Feb 2022 09:30:00 GMT")), ["2022-02-14T09:30:00Z"]);
    assert_eq!(program.rows("SELECT count(*) FROM revisions WHERE changed IS NOT NULL"), ["0"]);
}
