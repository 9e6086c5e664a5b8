//! SIGKILL in everything that writes: nothing acknowledged is lost, nothing is doubled.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use crate::fault::{check_whole, polled};
use crate::news::{items, rss};
use crate::pages::{page, paragraphs};
use crate::program::{Program, until};
use crate::web::{Route, Web};

/// Enough for several commits.
const N_IMPORTED: usize = 700;

fn articles(n: usize) -> String {
    items(0..n).iter().fold(String::new(), |mut lines, item| {
        let article =
            serde_json::json!({ "title": item.title, "text": item.text, "url": item.link });
        let _ = writeln!(lines, "{article}");
        lines
    })
}

/// Runs `arguments` and kills it after so long; whether it was still running.
fn killed_after(program: &Program, arguments: &[&str], wait: Duration) -> bool {
    let mut running = program.start(arguments);
    thread::sleep(wait);
    let was_running = running.ended().is_none();
    running.kill();
    was_running
}

/// Kills it at moments spread over a whole run, until it is through before the kill.
fn killed_throughout(program: &Program, arguments: &[&str], mut after: impl FnMut()) {
    let mut n_kills = 0;
    for step in 0..6_u64 {
        let was_running = killed_after(program, arguments, Duration::from_millis(3 + 50 * step));
        n_kills += u32::from(was_running);
        after();
    }
    assert!(n_kills > 0, "{arguments:?} was never caught at work");
}

#[test]
fn a_kill_in_an_import_loses_nothing_that_was_stored_and_doubles_nothing() {
    let program = Program::new();
    fs::write(program.home().join("oud.jsonl"), articles(N_IMPORTED)).unwrap();
    let mut n_before = 0;
    killed_throughout(&program, &["import", "oud.jsonl"], || {
        let n: usize =
            match program.run(&["sql", "SELECT count(*) FROM articles", "--format", "csv"]) {
                ran if ran.code == 0 => ran.stdout.lines().last().unwrap().parse().unwrap(),
                _ => 0,
            };
        assert!(n >= n_before, "{n} after {n_before}");
        n_before = n;
    });
    program.ok(&["import", "oud.jsonl"]);
    assert_eq!(program.rows("SELECT count(*) FROM revisions"), [N_IMPORTED.to_string()]);
    assert_eq!(program.json(&["status"])["index_behind"], 0);
    program.ok(&["verify"]);
}

#[test]
fn a_kill_in_a_reindex_is_healed_by_the_next() {
    let program = Program::new();
    fs::write(program.home().join("oud.jsonl"), articles(N_IMPORTED)).unwrap();
    program.ok(&["import", "oud.jsonl"]);
    killed_throughout(&program, &["reindex"], || {
        // Whatever is there can be asked, or says that it must be built again.
        let ran = program.run(&["search", "bericht", "--limit", "5"]);
        assert!([0, 1, 5].contains(&ran.code) && !ran.stderr.contains("panicked"), "{ran:?}");
    });
    program.ok(&["reindex"]);
    check_whole(&program, N_IMPORTED);
}

#[test]
fn a_kill_in_a_backup_leaves_the_one_before_it() {
    let program = Program::new();
    fs::write(program.home().join("oud.jsonl"), articles(N_IMPORTED)).unwrap();
    program.ok(&["import", "oud.jsonl"]);
    program.ok(&["backup", "kopie.db"]);
    killed_throughout(&program, &["backup", "kopie.db"], || {
        let copy = Connection::open(program.home().join("kopie.db")).unwrap();
        let n: u32 = copy.query_row("SELECT count(*) FROM articles", [], |row| row.get(0)).unwrap();
        assert_eq!(n as usize, N_IMPORTED);
    });
    program.ok(&["backup", "kopie.db"]);
    let left = fs::read_dir(program.home()).unwrap().flatten();
    let unfinished = left.filter(|file| file.file_name().to_string_lossy().contains("unfinished"));
    assert_eq!(unfinished.count(), 0, "what the kills left is swept away");
}

#[test]
fn a_kill_in_a_restore_leaves_an_archive() {
    let web = Web::start();
    let program = polled(&web, 30);
    program.ok(&["backup", "kopie.db"]);
    killed_throughout(&program, &["restore", "kopie.db", "--force"], || {
        assert_eq!(program.rows("SELECT count(*) FROM articles"), ["30"]);
    });
    program.ok(&["restore", "kopie.db", "--force"]);
    check_whole(&program, 30);
}

#[test]
fn a_kill_in_a_migration_leaves_one_schema_or_the_next() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..5))));
    let first = include_str!("../../../migrations/0001_init.sql");
    for wait in [1, 8, 15, 30, 60, 120, 240] {
        let program = Program::with_feed(&web.url("/rss"));
        fs::create_dir_all(program.archive("")).unwrap();
        let database = Connection::open(program.archive("archive.db")).unwrap();
        // As every archive is: what a kill leaves is recovered by whoever reads next.
        database.pragma_update(None, "journal_mode", "wal").unwrap();
        database.execute_batch(first).unwrap();
        database.pragma_update(None, "user_version", 1).unwrap();
        drop(database);
        killed_after(&program, &["poll", "--all"], Duration::from_millis(wait));
        assert_eq!(program.rows("PRAGMA integrity_check"), ["ok"]);
        program.poll_all();
        check_whole(&program, 5);
    }
}

#[test]
fn a_daemon_killed_again_and_again_loses_nothing_and_doubles_nothing() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    let mut n_seen = 0;
    for round in 0..6_usize {
        web.set("/rss", Route::document(rss(&items(0..10 * (round + 1)))));
        let daemon = program.daemon(&[]);
        // Each time a little further along.
        thread::sleep(Duration::from_millis(30 * u64::try_from(round).unwrap()));
        daemon.kill();
        if program.archive("archive.db").exists() {
            let ran = program.run(&["sql", "SELECT count(*) FROM articles", "--format", "csv"]);
            if ran.code == 0 {
                let n: usize = ran.stdout.lines().last().unwrap().parse().unwrap();
                assert!(n >= n_seen, "{n} after {n_seen}");
                n_seen = n;
            }
        }
    }
    program.ok(&["poll", "dijkbode"]);
    check_whole(&program, 60);
}

#[test]
fn a_worker_that_is_killed_costs_no_page() {
    let web = Web::start();
    let program = Program::with_pages(&web.url("/rss"));
    let html = vec![("content-type", "text/html; charset=utf-8".to_owned())];
    let publish = |n: usize| {
        let path = |number: usize| format!("/nieuws/{}/bericht", 1_200_000 + number);
        let mut all = items(0..n);
        all.iter_mut().enumerate().for_each(|(n, item)| item.link = web.url(&path(n)));
        let body = page(&all[n - 1].title, &paragraphs(), 1);
        web.set(&path(n - 1), Route { headers: html.clone(), ..Route::document(body) });
        web.set("/rss", Route::document(rss(&all)));
    };
    let n_read = |n: usize| {
        let sql = "SELECT count(*) FROM page_fetches WHERE outcome <> 'forbidden'";
        until("the page", || (program.rows(sql) == [n.to_string()]).then_some(()));
    };
    publish(1);
    let daemon = program.daemon(&[]);
    n_read(1);
    let children = format!("/proc/{0}/task/{0}/children", daemon.id());
    let worker = fs::read_to_string(children).unwrap();
    assert!(Command::new("kill").args(["-KILL", worker.trim()]).status().unwrap().success());
    publish(2);
    n_read(2);
    assert_eq!(program.rows("SELECT outcome FROM page_fetches"), ["read", "read"]);
}
