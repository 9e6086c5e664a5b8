//! What holds when the program is killed, stopped or started twice, and when its index is lost.

use std::time::{Duration, Instant};

use crate::news::{Item, item, items, rss};
use crate::program::{LIMIT, Program, until};
use crate::web::{Route, Web};

const N_FEEDS: usize = 20;

/// Long enough that a kill falls between two feeds or within one, short enough for many polls.
const SLOW: Duration = Duration::from_millis(10);

/// Twenty feeds; each shares an item with the next.
fn publish(web: &Web, items_of: impl Fn(usize) -> Vec<Item>) {
    for n in 0..N_FEEDS {
        let route = Route::document(rss(&items_of(n)));
        web.set(&format!("/{n}"), Route { has_validators: true, delay: SLOW, ..route });
    }
}

fn morning(n: usize) -> Vec<Item> {
    items(2 * n..2 * n + 3)
}

/// One item is edited, one has come and one has gone.
fn evening(n: usize) -> Vec<Item> {
    let mut items = items(2 * n + 1..2 * n + 3);
    items[0].text.push_str(" De wethouder is tevreden.");
    items.push(item(500 + n));
    items
}

fn subscribe(web: &Web) -> Program {
    let program = Program::new();
    let feeds: Vec<_> = (0..N_FEEDS).map(|n| (n.to_string(), web.url(&format!("/{n}")))).collect();
    let feeds: Vec<_> = feeds.iter().map(|(name, url)| (name.as_str(), url.as_str())).collect();
    program.list(&feeds);
    program
}

/// All that was archived, without what depends on the time.
fn contents(program: &Program) -> Vec<String> {
    let texts = "select id, revision, text from texts order by 1, 2";
    let texts = program.ok(&["sql", texts, "--format", "jsonl"]);
    let mut contents: Vec<String> = texts.lines().map(str::to_owned).collect();
    contents
        .extend(program.rows("SELECT id, revision, title, changed FROM revisions ORDER BY 1, 2"));
    contents
        .extend(program.rows("SELECT id, feed, guid, link, listed FROM sightings ORDER BY 1, 2"));
    contents
}

/// Polls, is killed while feed `n` is asked for, and polls again.
fn poll_killed_at(program: &Program, web: &Web, n: usize) {
    let n_before = web.asked().len();
    let running = program.start(&["poll", "--all"]);
    until("the request", || (web.asked().len() > n_before + n).then_some(()));
    running.kill();
    program.poll_all();
}

#[test]
fn a_kill_in_the_middle_of_a_poll_loses_nothing_and_doubles_nothing() {
    let web = Web::start();
    let undisturbed = subscribe(&web);
    publish(&web, morning);
    undisturbed.poll_all();
    publish(&web, evening);
    undisturbed.poll_all();
    let expected = contents(&undisturbed);
    assert_eq!(undisturbed.rows("SELECT count(*) FROM articles"), ["61"]);
    for n in [0, 3, 11, 19] {
        let program = subscribe(&web);
        publish(&web, morning);
        poll_killed_at(&program, &web, n);
        publish(&web, evening);
        poll_killed_at(&program, &web, N_FEEDS - 1 - n);
        assert_eq!(contents(&program), expected, "killed at {n}");
        assert_eq!(program.rows("PRAGMA integrity_check"), ["ok"]);
        assert_eq!(program.found(&[]).len(), 61);
        assert_eq!(program.json(&["status"])["index_behind"], 0);
    }
}

#[test]
fn a_lost_index_is_built_again_from_the_archive() {
    let web = Web::start();
    publish(&web, morning);
    let program = subscribe(&web);
    program.poll_all();
    let before = program.found(&[]);
    let bridges = program.found(&["bruggen"]);
    assert!(before.len() == 41 && !bridges.is_empty());
    std::fs::remove_dir_all(program.archive("index")).unwrap();
    let ran = program.run(&["search", "bruggen"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("run `knipsel reindex`"), "{ran:?}");
    program.ok(&["reindex"]);
    assert_eq!(program.found(&[]), before);
    assert_eq!(program.found(&["bruggen"]), bridges);
}

#[test]
fn an_archive_in_use_is_refused_at_once_and_its_holder_named() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..1))));
    let program = Program::with_feed(&web.url("/rss"));
    let daemon = program.daemon(&[]);
    for command in [&["run"][..], &["poll", "--all"], &["reindex"]] {
        let started = Instant::now();
        let ran = program.run(command);
        assert!(started.elapsed() < LIMIT);
        assert_eq!(ran.code, 5, "{ran:?}");
        let expected = format!(
            "knipsel: the archive in `{}` is in use by process {}\n\
             hint: stop that one first, or use another `--archive DIR`\n",
            program.archive("").display().to_string().trim_end_matches('/'),
            daemon.id()
        );
        assert_eq!(ran.stderr, expected);
    }
    assert_eq!(program.json(&["status"])["running"], true);
}

#[test]
fn a_daemon_stops_within_seconds_though_a_server_does_not_answer() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..2))));
    web.set("/traag", Route { delay: Duration::from_secs(120), ..Route::default() });
    let program = Program::new();
    program.list(&[("dijkbode", &web.url("/rss")), ("traag", &web.url("/traag"))]);
    for signal in ["TERM", "INT"] {
        let mut daemon = program.daemon(&[]);
        until("the slow request", || web.asked_for("/traag").pop());
        daemon.signal(signal);
        assert_eq!(daemon.wait().code(), Some(0), "{}", daemon.log());
        let journal = program.archive("archive.db-wal").metadata();
        assert_eq!(journal.map_or(0, |journal| journal.len()), 0, "all is in the archive itself");
        assert_eq!(program.json(&["status"])["running"], false);
        assert_eq!(program.found(&[]).len(), 2, "what was polled is in the index");
    }
}

#[test]
fn an_archive_that_cannot_be_read_is_refused_in_one_line_and_left_alone() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..2))));
    for (what, reason) in [("damaged", "file is not a database"), ("newer", "schema 99, newer")] {
        let program = Program::with_feed(&web.url("/rss"));
        program.poll_all();
        let path = program.archive("archive.db");
        if what == "newer" {
            let database = rusqlite::Connection::open(&path).unwrap();
            database.pragma_update(None, "user_version", 99).unwrap();
        } else {
            std::fs::write(&path, "Dit is geen archief, maar een brief aan de gemeente.").unwrap();
        }
        let before = std::fs::read(&path).unwrap();
        for command in [&["poll"][..], &["run"], &["status"], &["search"], &["reindex"]] {
            let ran = program.run(command);
            assert_eq!((ran.code, ran.stdout.as_str()), (5, ""), "{what} {command:?}");
            let mut lines = ran.stderr.lines();
            let first = lines.next().unwrap();
            assert!(first.starts_with("knipsel: ") && first.contains(reason), "{ran:?}");
            assert!(lines.all(|line| line.starts_with("hint: ")), "{ran:?}");
        }
        assert!(std::fs::read(&path).unwrap() == before, "{what}");
    }
}

#[test]
fn an_index_of_another_archive_is_not_believed() {
    let web = Web::start();
    publish(&web, morning);
    let program = subscribe(&web);
    program.poll_all();
    for file in ["archive.db", "archive.db-wal", "archive.db-shm"] {
        let _ = std::fs::remove_file(program.archive(file));
    }
    publish(&web, |n| items(3 * n..3 * n + 1));
    program.poll_all();
    assert_eq!(program.found(&[]).len(), N_FEEDS);
}
