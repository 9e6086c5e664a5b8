//! The coverage ledger: whether everything a feed announced was seen.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rusqlite::Connection;
use serde_json::json;

use crate::news::{Item, item, rss};
use crate::program::{Program, schema};
use crate::web::{Route, Web};

const LEDGER: &str = "SELECT state FROM coverage ORDER BY from_at, to_at";

/// The date of an item: one a minute.
fn date(number: usize) -> String {
    let (hour, minute) = (8 + number / 60, number % 60);
    format!("Mon, 14 Feb 2022 {hour:02}:{minute:02}:00 +0100")
}

/// A feed that lists the items of these numbers in this order.
fn feed(numbers: impl IntoIterator<Item = usize>) -> Route {
    let dated = |number| Item { published: Some(date(number)), ..item(number) };
    let items: Vec<Item> = numbers.into_iter().map(dated).collect();
    Route { has_validators: true, ..Route::document(rss(&items)) }
}

/// Polls a feed as it looks at one time after the other.
fn polled(looks: impl IntoIterator<Item = Route>) -> (Web, Program) {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    for look in looks {
        web.set("/rss", look);
        program.run(&["poll", "--all"]);
    }
    (web, program)
}

#[test]
fn windows_that_meet_are_one_complete_stretch() {
    let looks = [0, 3, 3, 12, 20].map(|n| feed((n..n + 20).rev()));
    let (_web, program) = polled(looks);
    assert_eq!(program.rows(LEDGER), ["complete"]);
    let whole = "SELECT min(at) = (SELECT \"from\" FROM coverage),
                        max(at) = (SELECT \"to\" FROM coverage) FROM fetches";
    assert_eq!(program.rows(whole), ["1|1"]);
    assert_eq!(program.rows("SELECT overlap FROM fetches WHERE id > 1"), ["17", "-", "11", "12"]);
    let ran = program.run(&["gaps", "--fail"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", "no gaps\n"));
    assert_eq!(program.json(&["gaps"]), json!([]));
}

#[test]
fn a_jump_of_a_whole_window_is_one_suspected_gap_with_its_bounds() {
    let (web, program) = polled([feed((0..20).rev())]);
    // An old entry stays on top the whole time, and proves nothing.
    web.set("/rss", feed([2].into_iter().chain((30..50).rev())));
    let ran = program.run(&["poll", "--all"]);
    assert!(ran.stderr.contains("may have missed"), "{ran:?}");
    web.set("/rss", feed((35..55).rev()));
    program.poll_all();
    assert_eq!(program.rows("SELECT count(*) FROM coverage WHERE state = 'suspected'"), ["1"]);
    let gap = json!({
        "feed": "dijkbode", "from": "2022-02-14T07:19:00Z", "to": "2022-02-14T07:30:00Z",
        "state": "suspected", "repaired_by": null,
    });
    assert_eq!(program.json(&["gaps"]), json!([gap]));
    assert_eq!(program.json(&["gaps", "--since", "2022-02-15"]), json!([]));
    assert_eq!(program.run(&["gaps", "--fail", "--feed", "dijkbode"]).code, 1);
    assert_eq!(program.run(&["gaps", "--fail", "--since", "1d"]).code, 0);
    assert_eq!(program.run(&["gaps", "--feed", "dijkbod"]).code, 4);
    insta::assert_snapshot!(program.ok(&["gaps"]), @"
    FEED      FROM              TO                LENGTH  STATE      REPAIRED BY
    dijkbode  2022-02-14 08:19  2022-02-14 08:30  11m     suspected  -
    ");
    let shown = program.json(&["feed", "show", "dijkbode"]);
    assert_eq!(shown["coverage"]["gaps"], json!(1));
    assert!(program.ok(&["feed", "show", "dijkbode"]).contains("1 suspected gap"));
}

#[test]
fn a_feed_in_no_order_is_unprovable_while_windows_meet_and_has_a_gap_where_none_is_shared() {
    let shuffled = |from: usize| feed((0..20).map(move |n| from + n * 7 % 20));
    let (web, program) = polled([shuffled(0), shuffled(3), shuffled(22)]);
    assert_eq!(program.rows(LEDGER), ["unprovable"]);
    assert_eq!(program.run(&["gaps", "--fail"]).code, 0);
    // An empty document is a server's slip, and of one or two entries all may be others each time.
    for (window, n_gaps) in
        [(shuffled(60), 1), (feed(0..0), 1), (feed(80..82), 1), (feed(90..99), 1)]
    {
        web.set("/rss", window);
        program.poll_all();
        assert_eq!(program.json(&["gaps"]).as_array().unwrap().len(), n_gaps);
    }
    assert_eq!(program.run(&["gaps", "--fail"]).code, 1);
}

#[test]
fn a_feed_without_dates_is_as_unprovable_after_a_gap_as_before_it() {
    let undated = |numbers: std::ops::Range<usize>| {
        let items: Vec<Item> = numbers.rev().map(item).collect();
        Route { has_validators: true, ..Route::document(rss(&items)) }
    };
    let looks = [0, 40, 40].map(|n| undated(n..n + 20));
    let (web, program) = polled(looks);
    let states = ["unprovable", "suspected", "unprovable"];
    assert_eq!(program.rows("SELECT outcome FROM fetches ORDER BY id DESC")[0], "not-modified");
    assert_eq!(program.rows("SELECT state FROM coverage"), states);
    web.set("/rss", undated(45..65));
    program.poll_all();
    assert_eq!(program.rows("SELECT state FROM coverage"), states);
}

#[test]
fn what_is_pinned_on_top_joins_no_windows() {
    let pinned = |from: usize| feed((0..4).chain((0..8).map(move |n| from + n * 3 % 8)));
    let (web, program) = polled([pinned(20), pinned(24), feed(0..0)]);
    assert_eq!(program.rows(LEDGER), ["unprovable"]);
    for (window, n_gaps) in [(pinned(60), 1), (feed((0..4).chain(60..70)), 1)] {
        web.set("/rss", window);
        program.poll_all();
        assert_eq!(program.json(&["gaps"]).as_array().unwrap().len(), n_gaps);
    }
}

#[test]
fn an_outage_after_which_the_windows_meet_is_complete() {
    let down = Route::error(503);
    let (_web, program) = polled([feed((0..20).rev()), down.clone(), down, feed((15..35).rev())]);
    assert_eq!(program.rows("SELECT outcome FROM fetches")[1..3], ["failed", "failed"]);
    assert_eq!(program.rows(LEDGER), ["complete"]);
}

#[test]
fn a_kill_keeps_the_ledger() {
    let web = Web::start();
    web.set("/rss", feed((0..20).rev()));
    let program = Program::with_feed(&web.url("/rss"));
    let daemon = program.daemon(&[]);
    daemon.wait_for("20 new");
    daemon.kill();
    let start = program.rows("SELECT from_at FROM coverage");
    web.set("/rss", feed((10..30).rev()));
    program.poll_all();
    assert_eq!(program.rows(LEDGER), ["complete"]);
    assert_eq!(program.rows("SELECT from_at FROM coverage"), start);
}

/// An archive as schema 1 left it: one feed that was polled, one article.
fn archive_at_schema_1(program: &Program, url: &str) {
    let file = program.archive("archive.db");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let database = Connection::open(file).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/0001_init.sql");
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    database.execute_batch(&fs::read_to_string(schema).unwrap()).unwrap();
    database
        .execute_batch(&format!(
            "INSERT INTO feed VALUES (1, 'dijkbode', '{url}', 'De Dijkbode', NULL, '[]', 'nl',
                 NULL, 'De Dijkbode', 1, 0, 100);
             INSERT INTO poll_state (feed_id, last_poll_at, last_success_at, last_outcome)
             VALUES (1, 200, 200, 'fresh');
             INSERT INTO fetch (feed_id, at, outcome, status, n_entries, n_new, n_revised)
             VALUES (1, 200, 'fresh', 200, 1, 1, 0);
             INSERT INTO article VALUES (1, 'aaaaaaaaaaaaa', 1, 'De Dijkbode', NULL, 200, 200, 1);
             INSERT INTO revision (id, article_id, number, seen_at, source, feed_id, title,
                 n_words, fingerprint)
             VALUES (1, 1, 1, 200, 'feed', 1, 'Oude kop', 2, x'00000000000000000000000000000000');
             INSERT INTO body VALUES (1, 0, CAST('Oude tekst.' AS BLOB));
             PRAGMA user_version = 1;"
        ))
        .unwrap();
}

#[test]
fn an_archive_of_the_first_schema_is_kept_and_begins_its_ledger() {
    let web = Web::start();
    web.set("/rss", feed((0..20).rev()));
    let program = Program::with_feed(&web.url("/rss"));
    archive_at_schema_1(&program, &web.url("/rss"));
    let ran = program.run(&["status"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stderr.contains("older than this program's") && ran.stderr.contains("hint:"));
    program.poll_all();
    assert_eq!(program.rows("PRAGMA user_version"), [schema()]);
    assert_eq!(program.rows(LEDGER), ["complete"]);
    assert_eq!(program.rows("SELECT new, overlap FROM fetches"), ["1|-", "20|0"]);
    assert_eq!(program.json(&["show", "aaaaaaaaaaaaa"])["text"], json!("Oude tekst."));
}

#[test]
fn a_backup_of_the_first_schema_is_put_back() {
    let (old, program) = (Program::new(), Program::new());
    archive_at_schema_1(&old, "https://dijkbode.example/rss");
    old.ok(&["backup", "kopie.db"]);
    // Its text was not written by the program, and has no hash that is right.
    let ran = program.run(&["restore", old.home().join("kopie.db").to_str().unwrap()]);
    assert!(ran.stderr.contains("is put back"), "{ran:?}");
    program.ok(&["poll"]);
    assert_eq!(program.rows("SELECT title FROM articles"), ["Oude kop"]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a gap is of today only if its dates are")]
fn status_names_feeds_at_risk() {
    let now = httpdate::fmt_http_date(SystemTime::now());
    let fresh = |numbers: std::ops::Range<usize>| {
        let items: Vec<Item> =
            numbers.map(|n| Item { published: Some(now.clone()), ..item(n) }).collect();
        Route::document(rss(&items))
    };
    let (_web, program) = polled([fresh(0..10), fresh(20..30)]);
    let feed = &program.json(&["status"])["feeds"][0];
    assert_eq!((&feed["gaps_24h"], &feed["at_risk"]), (&json!(1), &json!(true)));
    assert!(program.ok(&["status"]).contains("at risk   dijkbode"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is dated ahead is ahead of the clock")]
fn a_feed_whose_clock_is_ahead_has_no_gap_while_windows_meet() {
    let now = SystemTime::now();
    // One every five minutes, so that of thirty all, or half, are ahead.
    for hours in [1, 6] {
        let newest = now + Duration::from_secs(hours * 3_600);
        let dated = |number: usize| {
            let before = Duration::from_secs(300 * (200 - number) as u64);
            let published =
                Some(httpdate::fmt_http_date(newest + Duration::from_secs(30_000) - before));
            Item { published, ..item(number) }
        };
        let window = |first: usize| {
            let items: Vec<Item> = (first..first + 30).rev().map(dated).collect();
            Route::document(rss(&items))
        };
        let (web, program) = polled([70, 71, 72, 80, 100].map(window));
        assert_eq!(program.rows(LEDGER), ["complete"], "{hours} h");
        web.set("/rss", window(150));
        program.poll_all();
        assert_eq!(program.rows(LEDGER), ["complete", "suspected", "complete"], "{hours} h");
    }
}
