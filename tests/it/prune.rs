//! What is deleted where the owner says so, that it can be gone on with, and that nothing else is.

use std::collections::BTreeSet;
use std::fs;

use rusqlite::Connection;
use serde_json::json;

use crate::news::{items, rss};
use crate::program::Program;
use crate::web::{Route, Web};

/// A feed with all it sent kept, a file a poll: three texts, of which the second comes twice.
fn kept() -> (Web, Program) {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    for n_items in [1, 2, 2, 3] {
        web.set("/rss", Route::document(rss(&items(0..n_items))));
        program.ok(&["poll", "--all", "--set", "archive.raw=all", "--set", "archive.raw_roll=1B"]);
    }
    (web, program)
}

/// Makes the captures and polls of all rows up to `id` so many days older.
fn age(program: &Program, id: u32, days: u32) {
    let archive = Connection::open(program.archive("archive.db")).unwrap();
    for table in ["capture", "fetch"] {
        let sql = format!("UPDATE {table} SET at = at - 86400 * {days} WHERE id <= {id}");
        archive.execute(&sql, []).unwrap();
    }
}

fn warc_files(program: &Program) -> BTreeSet<String> {
    let files = fs::read_dir(program.archive("warc")).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

fn file_of(program: &Program, id: u32) -> String {
    program.rows(&format!("SELECT file FROM captures WHERE id = {id}")).remove(0)
}

const TEXTS: [&str; 4] = ["sql", "SELECT * FROM texts ORDER BY id, revision", "--format", "csv"];

const POLICY: [&str; 3] = ["prune", "--policy", "captures-older-than:30d"];

#[test]
fn nothing_goes_without_being_told_to_and_then_only_what_nobody_needs() {
    let (_web, program) = kept();
    age(&program, 2, 100);
    let texts = program.ok(&TEXTS);
    let (all, first) = (warc_files(&program), file_of(&program, 1));
    assert_eq!(all.len(), 4);
    for how in [&[][..], &["--dry-run"]] {
        let ran = program.run(&[&POLICY[..], how, &["--format", "json"]].concat());
        assert!(ran.code == 0 && ran.stderr.contains("nothing was deleted"), "{ran:?}");
        let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        // The second file holds what the third refers to.
        assert_eq!(shown[0]["files"], json!([first]));
        let size = fs::metadata(program.archive("warc").join(&first)).unwrap().len();
        assert_eq!((&shown[0]["rows"], &shown[0]["size_bytes"]), (&json!(1), &json!(size)));
        assert_eq!(warc_files(&program), all);
    }
    let shown = program.json(&[&POLICY[..], &["--delete"]].concat());
    assert_eq!(shown[0]["files"], json!([first]));
    let left: BTreeSet<String> = all.iter().filter(|file| **file != first).cloned().collect();
    assert_eq!(warc_files(&program), left);
    let written = fs::read_to_string(program.archive("pruned.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!((&line["file"], &line["captures"]), (&json!(first), &json!(1)));
    program.ok(&["verify"]);
    assert_eq!(program.rows("SELECT count(*) FROM captures"), ["3"]);
    let after = program.ok(&TEXTS);
    assert_eq!(after, texts);
    assert_eq!(program.json(&[&POLICY[..], &["--delete"]].concat())[0]["rows"], 0);

    // When the third goes too, the second is not needed; the newest stays whatever its age.
    age(&program, 4, 100);
    let shown = program.json(&[&POLICY[..], &["--delete"]].concat());
    assert_eq!(shown[0]["rows"], 2);
    assert_eq!(program.rows("SELECT id FROM captures"), ["4"]);
    program.ok(&["verify"]);
}

#[test]
fn a_run_that_was_stopped_is_gone_on_with() {
    let (_web, program) = kept();
    age(&program, 1, 100);
    let first = file_of(&program, 1);
    let file = program.archive("warc").join(&first);
    let bytes = fs::read(&file).unwrap();
    program.ok(&[&POLICY[..], &["--delete"]].concat());
    // Killed after the rows were forgotten, and in the middle of a line.
    fs::write(&file, bytes).unwrap();
    let record = program.archive("pruned.jsonl");
    let written = fs::read_to_string(&record).unwrap();
    fs::write(&record, format!("{written}{{\"file\":\"{}", file_of(&program, 2))).unwrap();
    program.ok(&["prune", "--policy", "captures-older-than:900d", "--delete"]);
    assert!(!file.exists());
    assert_eq!(warc_files(&program).len(), 3);
    program.ok(&["verify"]);
}

#[test]
fn what_was_put_back_stays() {
    let (_web, program) = kept();
    age(&program, 1, 100);
    let first = file_of(&program, 1);
    let file = program.archive("warc").join(&first);
    let bytes = fs::read(&file).unwrap();
    program.ok(&["backup", "kopie.db"]);
    program.ok(&[&POLICY[..], &["--delete"]].concat());
    fs::write(&file, bytes).unwrap();
    program.ok(&["restore", "kopie.db", "--force"]);
    program.ok(&["prune", "--policy", "captures-older-than:900d", "--delete"]);
    assert!(file.exists());
    program.ok(&["verify"]);
}

#[test]
fn old_records_of_polls_go_and_the_last_of_each_feed_stay() {
    let (_web, program) = kept();
    let archive = Connection::open(program.archive("archive.db")).unwrap();
    // A minute apart, but for the four that were made at once.
    let double =
        "INSERT INTO fetch (feed_id, at, outcome) SELECT feed_id, at - ?1, outcome FROM fetch";
    for n in 0..10 {
        archive.execute(double, [60 << n]).unwrap();
    }
    drop(archive);
    age(&program, u32::MAX, 100);
    let policy = ["prune", "--policy", "polls-older-than:90d"];
    let shown = program.json(&policy);
    assert_eq!(program.rows("SELECT count(*) FROM fetches"), ["4096"]);
    assert!(shown[0]["size_bytes"].as_u64().unwrap() > 50_000, "{shown}");
    program.ok(&[&policy[..], &["--delete"]].concat());
    let left: u32 = program.rows("SELECT count(*) FROM fetches")[0].parse().unwrap();
    assert!((50..60).contains(&left), "{left}");
    assert_eq!(shown[0]["rows"], 4096 - left);
    assert_eq!(program.json(&policy)[0]["rows"], 0);
    program.poll_all();
    program.ok(&["verify"]);
}

#[test]
fn a_policy_that_is_none_is_refused_and_so_is_an_archive_that_is_polled() {
    let (_web, program) = kept();
    for wrong in [&["prune"][..], &["prune", "--policy", "articles-older-than:30d"]] {
        assert_eq!(program.run(wrong).code, 2, "{wrong:?}");
    }
    let _daemon = program.daemon(&[]);
    let ran = program.run(&[&POLICY[..], &["--delete"]].concat());
    assert!(ran.code == 5 && ran.stderr.contains("in use by process"), "{ran:?}");
    program.ok(&POLICY);
}
