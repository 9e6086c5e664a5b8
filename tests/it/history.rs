//! How articles changed: what was edited, when, and word by word.

use serde_json::{Value, json};

use crate::news::{Item, item, rss};
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
