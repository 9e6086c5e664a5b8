//! Files of the archive that are not what they should be, or that somebody else holds.

use std::fs;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::fault::{check_refused, check_whole, polled};
use crate::news::{items, rss};
use crate::program::{LIMIT, Program};
use crate::web::{Route, Web};

/// Commands that open the archive.
const COMMANDS: [&[&str]; 8] = [
    &["poll"],
    &["search", "brug"],
    &["sql", "SELECT 1"],
    &["status"],
    &["reindex"],
    &["verify"],
    &["backup", "kopie.db"],
    &["import", "los.txt"],
];

/// Each command refuses the archive in a line, and leaves it as it is.
#[track_caller]
fn check_all_refuse(program: &Program, said: &str) {
    fs::write(program.home().join("los.txt"), "date 2022-02\n\nEen los bericht.").unwrap();
    let path = program.archive("archive.db");
    let before = fs::read(&path).unwrap();
    for command in COMMANDS {
        check_refused(&program.run(command), 5, said);
    }
    assert!(fs::read(&path).unwrap() == before);
}

fn overwrite(program: &Program, from: usize, bytes: &[u8]) {
    let path = program.archive("archive.db");
    let mut archive = fs::read(&path).unwrap();
    archive[from..from + bytes.len()].copy_from_slice(bytes);
    fs::write(path, archive).unwrap();
}

#[test]
fn a_file_that_is_no_database_is_refused_by_every_command() {
    let web = Web::start();
    let program = polled(&web, 2);
    fs::write(program.archive("archive.db"), "Een brief aan de gemeente.".repeat(40)).unwrap();
    check_all_refuse(&program, "file is not a database");
}

#[test]
fn a_damaged_first_page_is_refused_by_every_command() {
    let web = Web::start();
    let program = polled(&web, 2);
    overwrite(&program, 0, &[0x5a; 100]);
    check_all_refuse(&program, "file is not a database");
}

#[test]
fn a_newer_archive_is_refused_by_every_command() {
    let web = Web::start();
    let program = polled(&web, 2);
    let database = Connection::open(program.archive("archive.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    check_all_refuse(&program, "schema 99, newer");
}

#[test]
fn a_damaged_page_is_found_by_verify_and_not_copied_by_backup() {
    let web = Web::start();
    let program = polled(&web, 40);
    program.ok(&["backup", "goed.db"]);
    let pages: Vec<usize> = program
        .rows("SELECT pageno FROM dbstat WHERE name = 'body' AND pagetype = 'leaf' LIMIT 1")
        .iter()
        .map(|page| page.parse().unwrap())
        .collect();
    overwrite(&program, (pages[0] - 1) * 4096, &[0x5a; 4096]);
    for depth in [&["verify", "--quick"][..], &["verify"]] {
        let ran = program.run(depth);
        assert!(ran.code == 5 && ran.stderr.contains("is not whole: pages, "), "{ran:?}");
        assert!(ran.stderr.contains("restore") && ran.stdout.contains("index"), "{ran:?}");
    }
    let ran = program.run(&["backup", "slecht.db"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(!program.home().join("slecht.db").exists());
    program.ok(&["restore", "goed.db", "--force"]);
    check_whole(&program, 40);
}

#[test]
fn an_archive_cut_in_half_is_found_and_a_backup_mends_it() {
    let web = Web::start();
    let program = polled(&web, 40);
    program.ok(&["backup", "goed.db.zst"]);
    let archive = fs::read(program.archive("archive.db")).unwrap();
    fs::write(program.archive("archive.db"), &archive[..archive.len() / 2]).unwrap();
    let ran = program.run(&["verify"]);
    check_refused(&ran, 5, "malformed");
    assert!(ran.stderr.contains("hint: ") && ran.stderr.contains("restore"), "{ran:?}");
    program.ok(&["restore", "goed.db.zst", "--force"]);
    check_whole(&program, 40);
}

#[test]
fn an_empty_file_is_no_archive_yet() {
    let web = Web::start();
    let program = polled(&web, 3);
    for file in ["archive.db-wal", "archive.db-shm"] {
        let _ = fs::remove_file(program.archive(file));
    }
    fs::write(program.archive("archive.db"), "").unwrap();
    check_refused(&program.run(&["status"]), 5, "there is no archive in");
    program.poll_all();
    check_whole(&program, 3);
}

#[test]
fn a_log_that_is_lost_takes_no_page_with_it() {
    let web = Web::start();
    let program = polled(&web, 3);
    let daemon = program.daemon(&[]);
    daemon.kill();
    let _ = fs::remove_file(program.archive("archive.db-wal"));
    let _ = fs::remove_file(program.archive("archive.db-shm"));
    program.poll_all();
    check_whole(&program, 3);
}

#[test]
fn a_log_of_something_else_is_not_read() {
    let web = Web::start();
    let program = polled(&web, 3);
    fs::write(program.archive("archive.db-wal"), [0x5a; 9000]).unwrap();
    assert_eq!(program.found(&[]).len(), 3);
    web.set("/rss", Route::document(rss(&items(1..6))));
    program.poll_all();
    check_whole(&program, 6);
}

#[test]
fn a_log_that_another_archive_left_is_not_read_by_a_restored_one() {
    let web = Web::start();
    let program = polled(&web, 20);
    program.ok(&["backup", "kopie.db"]);
    // As a kill leaves it.
    let open = Connection::open(program.archive("archive.db")).unwrap();
    open.execute_batch("PRAGMA wal_autocheckpoint = 0; UPDATE feed SET title = 'Anders'").unwrap();
    let log = fs::read(program.archive("archive.db-wal")).unwrap();
    drop(open);
    fs::remove_file(program.archive("archive.db")).unwrap();
    fs::write(program.archive("archive.db-wal"), log).unwrap();
    program.ok(&["restore", "kopie.db"]);
    check_whole(&program, 20);
    let before = |program: &Program| {
        let names = fs::read_dir(program.archive("")).unwrap().flatten();
        let names = names.map(|file| file.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("before-restore")).collect::<Vec<_>>()
    };
    assert!(matches!(&before(&program)[..], [log] if log.ends_with(".db-wal")));
    // Two within a second are kept apart.
    for n in 1..4 {
        program.ok(&["restore", "kopie.db", "--force"]);
        assert_eq!(before(&program).len(), n + 1);
    }
}

#[test]
fn a_backup_replaces_nothing_but_a_backup() {
    let web = Web::start();
    let program = polled(&web, 2);
    let home = program.home();
    let photos = Connection::open(home.join("fotos.db")).unwrap();
    photos.execute_batch("CREATE TABLE foto (naam TEXT); INSERT INTO foto VALUES ('zee')").unwrap();
    drop(photos);
    fs::write(home.join("fotos.tar.zst"), zstd::encode_all(&b"foto.jpg"[..], 3).unwrap()).unwrap();
    program.ok(&["poll", "--archive", "ander"]);
    let other = program.ok(&["sql", "SELECT count(*) FROM articles", "--archive", "ander"]);
    for (file, said) in [
        ("fotos.db", "is there, and is no backup"),
        ("fotos.tar.zst", "is there, and is no backup"),
        ("ander/archive.db", "is an archive in use"),
    ] {
        check_refused(&program.run(&["backup", file]), 2, said);
    }
    assert_eq!(program.ok(&["sql", "SELECT count(*) FROM articles", "--archive", "ander"]), other);
    for file in ["kopie.db", "kopie.db.zst"] {
        program.ok(&["backup", file]);
        program.ok(&["backup", file]);
    }
}

#[test]
fn a_text_that_cannot_be_unpacked_costs_nothing_but_itself() {
    let web = Web::start();
    let program = polled(&web, 10);
    web.set(
        "/ander",
        Route { delay: Duration::from_millis(300), ..Route::document(rss(&items(20..23))) },
    );
    program.list(&[("dijkbode", &web.url("/rss")), ("ander", &web.url("/ander"))]);
    let database = Connection::open(program.archive("archive.db")).unwrap();
    database.execute("UPDATE body SET data = x'28b52ffd0011' WHERE revision_id = 5", []).unwrap();
    drop(database);
    let mut edited = items(0..11);
    for item in &mut edited {
        item.title.push_str(" (nieuw)");
    }
    web.set("/rss", Route::document(rss(&edited)));
    program.poll_all();
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["14"]);
    assert_eq!(program.rows("SELECT count(*) FROM revisions"), ["24"]);
    program.ok(&["reindex"]);
    assert_eq!(program.found(&[]).len(), 14);
    assert_eq!(program.found(&["title:nieuw"]).len(), 11);
}

/// An archive with three articles and news of three more, into which another program is writing.
fn held() -> (Web, Program, Connection) {
    let web = Web::start();
    let program = polled(&web, 3);
    web.set("/rss", Route::document(rss(&items(1..6))));
    let other = Connection::open(program.archive("archive.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    (web, program, other)
}

#[test]
fn another_program_that_writes_is_waited_for() {
    let (_web, program, other) = held();
    let mut poll = program.start(&["poll", "--all"]);
    std::thread::sleep(Duration::from_millis(1500));
    assert!(poll.ended().is_none(), "{}", poll.log());
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(poll.wait().code(), Some(0), "{}", poll.log());
    check_whole(&program, 6);
}

#[test]
fn another_program_that_reads_holds_up_nothing() {
    let web = Web::start();
    let program = polled(&web, 3);
    let other = program.database();
    other.execute_batch("BEGIN; SELECT count(*) FROM articles;").unwrap();
    web.set("/rss", Route::document(rss(&items(1..6))));
    program.poll_all();
    program.ok(&["backup", "kopie.db"]);
    let seen: u32 = other.query_row("SELECT count(*) FROM articles", [], |row| row.get(0)).unwrap();
    assert_eq!(seen, 3, "a snapshot stays what it was");
    drop(other);
    check_whole(&program, 6);
}

#[test]
fn a_damaged_index_is_thrown_away_and_built_again() {
    let web = Web::start();
    let program = polled(&web, 3);
    fs::write(program.archive("index").join("meta.json"), "{ dit is geen json").unwrap();
    let ran = program.run(&["search", "bericht"]);
    assert!(ran.code == 5 && ran.stderr.contains("reindex"), "{ran:?}");
    web.set("/rss", Route::document(rss(&items(1..6))));
    program.poll_all();
    check_whole(&program, 6);
}

#[test]
fn a_file_in_the_place_of_the_index_stops_no_poll_from_being_stored() {
    let web = Web::start();
    let program = polled(&web, 3);
    fs::remove_dir_all(program.archive("index")).unwrap();
    fs::write(program.archive("index"), "geen map").unwrap();
    web.set("/rss", Route::document(rss(&items(1..6))));
    let ran = program.run(&["poll", "--all"]);
    assert!(ran.code == 5 && ran.stderr.contains("search index"), "{ran:?}");
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["6"]);
    fs::remove_file(program.archive("index")).unwrap();
    program.ok(&["reindex"]);
    check_whole(&program, 6);
}

#[test]
fn a_file_in_the_place_of_the_archive_is_refused() {
    let program = Program::new();
    fs::write(program.home().join("bestand"), "geen map").unwrap();
    let ran = program.run(&["poll", "--archive", "bestand"]);
    check_refused(&ran, 5, "cannot create folder `bestand`");
    assert_eq!(fs::read_to_string(program.home().join("bestand")).unwrap(), "geen map");
}

#[test]
fn a_folder_in_the_place_of_the_lock_is_refused() {
    let web = Web::start();
    let program = polled(&web, 2);
    fs::remove_file(program.archive("lock")).unwrap();
    fs::create_dir(program.archive("lock")).unwrap();
    check_refused(&program.run(&["poll"]), 5, "lock`");
    assert_eq!(program.found(&[]).len(), 2, "asking needs no lock");
}

#[test]
fn files_of_the_owner_that_cannot_be_read_are_named() {
    let web = Web::start();
    let program = polled(&web, 2);
    fs::write(program.config("feeds.toml"), [0xff, 0xfe, b'x']).unwrap();
    check_refused(&program.run(&["poll"]), 3, "feeds.toml");
    fs::remove_file(program.config("feeds.toml")).unwrap();
    fs::create_dir(program.config("feeds.toml")).unwrap();
    check_refused(&program.run(&["poll"]), 3, "feeds.toml");
    fs::remove_dir(program.config("feeds.toml")).unwrap();
    fs::write(program.config("knipsel.toml"), [0xff, 0xfe, b'x']).unwrap();
    check_refused(&program.run(&["poll"]), 3, "knipsel.toml");
    assert_eq!(program.found(&[]).len(), 2, "asking needs neither");
}

#[test]
fn a_daemon_starts_without_a_network_and_says_so() {
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let program = Program::with_feed(&format!("http://{address}/rss"));
    let daemon = program.daemon(&[]);
    daemon.wait_for("connection refused");
    let status = program.json(&["status"]);
    assert_eq!(status["running"], true);
    assert!(!status["feeds"][0]["last_error"].is_null(), "{status}");
}

#[test]
fn a_letter_that_changed_in_a_text_is_found_by_verify_and_named() {
    let web = Web::start();
    let program = polled(&web, 6);
    program.ok(&["verify"]);
    let archive = fs::read(program.archive("archive.db")).unwrap();
    let words = b"Dit is bericht 3.";
    let at = archive.windows(words.len()).position(|bytes| bytes == words).unwrap();
    overwrite(&program, at, b"W");
    // The page is in order, so only its text can tell.
    let ran = program.run(&["verify"]);
    let id = &program.rows("SELECT id FROM articles WHERE url LIKE '%/1200003/%'")[0];
    assert!(ran.code == 5 && ran.stderr.contains("not whole: texts"), "{ran:?}");
    assert!(ran.stdout.contains(&format!("{id}@1 is not what was stored")), "{ran:?}");
    assert_eq!(ran.stdout.matches("not what was stored").count(), 1, "{ran:?}");
}

#[test]
fn a_file_in_the_place_of_the_captures_stops_no_poll() {
    let web = Web::start();
    let program = polled(&web, 3);
    fs::write(program.archive("warc"), "geen map").unwrap();
    web.set("/rss", Route::document(rss(&items(1..6))));
    let ran = program.run(&["poll", "--all", "--set", "archive.raw=all"]);
    assert!(ran.code == 0 && ran.stderr.contains("warc"), "{ran:?}");
    assert_eq!(fs::read_to_string(program.archive("warc")).unwrap(), "geen map");
    check_whole(&program, 6);
}

#[test]
fn a_lock_that_is_never_let_go_is_said_and_costs_no_article() {
    let (_web, program, other) = held();
    let mut poll = program.start(&["poll", "--all"]);
    // Ten seconds, and then it says so.
    let end = Instant::now() + 3 * LIMIT;
    while poll.ended().is_none() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(poll.wait().code(), Some(5), "{}", poll.log());
    let said = poll.log();
    assert!(said.contains("database is locked") && said.contains("another program"), "{said}");
    assert_eq!(program.found(&[]).len(), 3, "questions are answered meanwhile");
    other.execute_batch("ROLLBACK").unwrap();
    program.poll_all();
    check_whole(&program, 6);
}

#[test]
fn an_archive_that_is_moved_away_ends_the_daemon_instead_of_being_written_unseen() {
    let web = Web::start();
    let program = polled(&web, 3);
    let mut daemon = program.daemon(&[]);
    let aside = program.archive("opzij.db");
    fs::rename(program.archive("archive.db"), &aside).unwrap();
    assert_eq!(daemon.wait().code(), Some(5), "{}", daemon.log());
    assert!(daemon.log().contains("was moved, removed or replaced"), "{}", daemon.log());
    fs::rename(aside, program.archive("archive.db")).unwrap();
    program.poll_all();
    check_whole(&program, 3);
}
