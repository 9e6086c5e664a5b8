//! `knipsel doctor`: that each thing it looks at can be found wrong, with something to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::news::{items, rss};
use crate::program::{Program, redacted};
use crate::web::{Route, Web};

const SETTINGS: &str = "[fetch]\nallow_hosts = [\"127.0.0.1\"]\nhost_gap = \"0s\"\n\
                        contact = \"mail@dorp.example\"\n";

fn healthy(web: &Web) -> Program {
    web.set("/rss", Route::document(rss(&items(0..3))));
    let program = Program::with_feed(&web.url("/rss"));
    fs::write(program.config("knipsel.toml"), SETTINGS).unwrap();
    program.poll_all();
    program
}

/// The level, text and fix of one check, and the exit code.
fn examined(program: &Program, check: &str, arguments: &[&str]) -> (i32, String, String) {
    let ran = program.run(&[&["doctor", "--format", "json"], arguments].concat());
    let findings: Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = findings.as_array().unwrap().iter().find(|found| found["check"] == check).unwrap();
    let text = format!("{}: {}", found["level"].as_str().unwrap(), found["text"].as_str().unwrap());
    (ran.code, text, found["fix"].as_str().unwrap_or_default().to_owned())
}

#[track_caller]
fn check(program: &Program, check: &str, code: i32, text: &str) {
    let (found_code, found, fix) = examined(program, check, &[]);
    assert_eq!(found_code, code, "{found}");
    assert!(found.contains(text), "{found}");
    assert_eq!(found.starts_with("ok"), fix.is_empty(), "{found}: {fix}");
}

#[test]
fn a_healthy_installation_is_told_what_could_be_better() {
    let web = Web::start();
    let program = healthy(&web);
    let ran = program.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown = redacted(&ran.stdout, &program);
    let shown: Vec<String> = shown
        .lines()
        .filter(|line| !["disk", "files", "sqlite"].iter().any(|check| line.contains(check)))
        .map(|line| {
            regex::Regex::new(r"\d+ articles in \S+ schema \d+")
                .unwrap()
                .replace(line, "N articles in SIZE")
                .into()
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    ok       settings  read from HOME/.config/knipsel/knipsel.toml
    ok       feeds     1 in HOME/.config/knipsel/feeds.toml
    ok       folder    HOME/.local/share/knipsel
    ok       network   certificates and limits are in order; no host was asked
    ok       archive   N articles in SIZE
    ok       log       0B beside the archive
    ok       index     up to date
    ok       clock     YYYY-MM-DD hh:mm
    ok       coverage  nothing is missed of 1 feeds
    ok       whole     not looked at here: `knipsel verify` reads all of it
    advice   daemon    nothing is polling
                         `knipsel run`, or `systemctl start knipsel`; `knipsel poll` from cron does as well
    ");
}

#[test]
fn mistakes_in_files_are_found() {
    let web = Web::start();
    let program = healthy(&web);
    fs::write(program.config("knipsel.toml"), "[fetch]\nallow_hosts = [\"127.0.0.1\"]\n").unwrap();
    check(&program, "settings", 0, "publishers cannot reach you");
    fs::write(program.config("knipsel.toml"), "[fetch]\nhostgap = \"1s\"\n").unwrap();
    check(&program, "settings", 3, "unknown key `fetch.hostgap`");
    fs::write(program.config("knipsel.toml"), "[fetch]\nallow_hosts = [\"a b\"]\n").unwrap();
    check(&program, "settings", 3, "is not a host name");
    fs::write(program.config("knipsel.toml"), SETTINGS).unwrap();
    fs::write(program.config("feeds.toml"), "").unwrap();
    check(&program, "feeds", 3, "there is no feed");
    fs::write(program.config("feeds.toml"), "[[feed]]\nname = \"x\"\n").unwrap();
    check(&program, "feeds", 3, "has no `url`");
    let feed = |name: &str, url: &str| {
        format!("[[feed]]\nname = \"{name}\"\nurl = \"{url}\"\npaused = true\n")
    };
    let list = feed("a", "https://www.dorp.example/rss") + &feed("b", "http://dorp.example/rss/");
    fs::write(program.config("feeds.toml"), list).unwrap();
    check(&program, "feeds", 0, "a and b have one address");
    let poll = program.run(&["poll"]);
    assert!(poll.stderr.contains("a and b have one address; `knipsel feed remove b`"), "{poll:?}");
}

#[test]
fn trouble_with_the_archive_is_found() {
    let web = Web::start();
    let program = healthy(&web);
    let change = |sql: &str| {
        let database = rusqlite::Connection::open(program.archive("archive.db")).unwrap();
        database.execute_batch(sql).unwrap();
    };
    check(&program, "clock", 0, "ok");
    change("UPDATE poll_state SET last_poll_at = last_poll_at + 86400");
    check(&program, "clock", 5, "the clock was set back");
    change("UPDATE poll_state SET last_poll_at = last_poll_at - 86400");
    change("UPDATE poll_state SET failing_since = 1600000000");
    check(&program, "coverage", 6, "failing for more than three days: dijkbode");
    change("UPDATE poll_state SET failing_since = NULL");
    fs::remove_dir_all(program.archive("index")).unwrap();
    check(&program, "index", 5, "there is none");
    program.ok(&["reindex"]);
    check(&program, "index", 0, "up to date");
    change("UPDATE article SET seq = seq + 2 WHERE seq = (SELECT max(seq) FROM article)");
    check(&program, "index", 5, "it is 2 changes behind");
    change("UPDATE article SET seq = seq - 2 WHERE seq = (SELECT max(seq) FROM article)");
    fs::set_permissions(program.archive("archive.db"), fs::Permissions::from_mode(0o666)).unwrap();
    check(&program, "folder", 5, "everybody may change");
    fs::set_permissions(program.archive("archive.db"), fs::Permissions::from_mode(0o644)).unwrap();
    change("PRAGMA user_version = 99");
    check(&program, "archive", 5, "schema 99, newer");
}

#[test]
fn an_installation_that_was_never_run_is_told_how_to_begin() {
    let program = Program::new();
    let (code, text, fix) = examined(&program, "archive", &[]);
    assert_eq!((code, text.as_str()), (3, "advice: there is none yet"));
    assert!(fix.contains("knipsel run"));
}
