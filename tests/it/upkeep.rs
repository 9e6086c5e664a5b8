//! Backups, putting one back, and checking that all is whole.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::news::{items, rss};
use crate::program::{Program, Ran, redacted};
use crate::web::{Route, Web};

/// A program that has polled `n` articles once.
fn polled(web: &Web, n: usize) -> Program {
    web.set("/rss", Route::document(rss(&items(0..n))));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    program
}

fn shown(program: &Program, ran: &Ran) -> String {
    let text = format!("{}\n{}{}", ran.code, ran.stderr, ran.stdout);
    let text = redacted(&text, program);
    regex::Regex::new(r"\d{8}T\d{6}Z").unwrap().replace_all(&text, "MOMENT").into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Changes the bytes of the stored texts, as a failing disk would, without SQLite's noticing.
fn spoil_texts(database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection
        .execute("UPDATE body SET data = CAST('Iets anders.' AS BLOB), codec = 0", [])
        .unwrap();
}

#[test]
fn a_backup_of_an_archive_in_use_is_an_archive() {
    let web = Web::start();
    let program = polled(&web, 7);
    let _daemon = program.daemon(&[]);
    let backup = program.home().join("kopie.db");
    let ran = program.run(&["backup", "kopie.db"]);
    insta::assert_snapshot!(shown(&program, &ran), @r"
    0
       backup  kopie.db
         size  SIZE
     articles  7
    revisions  7
    ");
    // It is asked like any other archive.
    let copy = rusqlite::Connection::open(&backup).unwrap();
    let n: u32 = copy.query_row("SELECT count(*) FROM articles", [], |row| row.get(0)).unwrap();
    assert_eq!(n, 7);
    let own = program.archive("archive.db").display().to_string();
    let refused = program.run(&["backup", &own]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("is the archive itself"), "{refused:?}");
    // It takes the place of an older one, and of nothing else.
    assert_eq!(program.json(&["backup", "kopie.db"])["articles"], 7);
    fs::write(program.home().join("brief.txt"), "Beste gemeente,").unwrap();
    insta::assert_snapshot!(shown(&program, &program.run(&["backup", "brief.txt"])), @r"
    2
    knipsel: `brief.txt` is there, and is no backup of an archive
    hint: choose another file
    ");
    assert_eq!(fs::read_to_string(program.home().join("brief.txt")).unwrap(), "Beste gemeente,");
    assert!(!names(program.home()).iter().any(|name| name.contains("unfinished")));
}

#[test]
fn a_folder_keeps_the_newest_backups() {
    let web = Web::start();
    let program = polled(&web, 3);
    let folder = program.home().join("kopieen");
    fs::create_dir(&folder).unwrap();
    // The last was made while the clock was ahead.
    for moment in ["20200101T000000Z", "20220101T000000Z", "29990101T000000Z"] {
        fs::write(folder.join(format!("knipsel-{moment}.db.zst")), "oud").unwrap();
    }
    fs::write(folder.join("knipsel-eigen.db"), "van iemand anders").unwrap();
    // What a killed run left goes; what another run holds stays.
    fs::write(folder.join(".knipsel-unfinished-aaa"), "half").unwrap();
    let held = fs::File::create(folder.join(".knipsel-unfinished-bbb")).unwrap();
    held.lock().unwrap();
    let made = program.json(&["backup", "kopieen", "--keep", "2", "--zstd"]);
    assert_eq!((&made["packed"], &made["articles"]), (&true.into(), &3.into()));
    assert_eq!(made["removed"].as_array().unwrap().len(), 2);
    let names = names(&folder);
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(names[..2], [".knipsel-unfinished-bbb", "knipsel-20220101T000000Z.db.zst"]);
    assert_eq!(names[3], "knipsel-eigen.db");
    let ran = program.run(&["backup", "ander.db", "--keep", "2"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn a_backup_with_a_damaged_text_is_put_back_and_told() {
    let web = Web::start();
    let program = polled(&web, 5);
    program.ok(&["backup", "kopie.db"]);
    let file = program.home().join("kopie.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute_batch("UPDATE revision SET title = 'Een andere kop' WHERE id = 3").unwrap();
    drop(database);
    let ran = program.run(&["restore", "kopie.db", "--force"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stderr.starts_with("knipsel: `kopie.db` is put back, and its texts"), "{ran:?}");
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["5"]);
}

#[test]
fn a_backup_is_put_back_and_the_archive_before_it_kept() {
    let web = Web::start();
    let program = polled(&web, 5);
    program.ok(&["backup", "kopie.db.zst"]);
    web.set("/rss", Route::document(rss(&items(3..9))));
    program.poll_all();
    assert_eq!(program.found(&[]).len(), 9);
    insta::assert_snapshot!(shown(&program, &program.run(&["restore", "kopie.db.zst"])), @r"
    2
    knipsel: there is an archive in `HOME/.local/share/knipsel` already
    hint: `--force` replaces it, and keeps it under another name
    ");
    assert_eq!(program.found(&[]).len(), 9);
    insta::assert_snapshot!(shown(&program, &program.run(&["restore", "kopie.db.zst", "--force"])), @r"
    0
     restored  HOME/.local/share/knipsel/archive.db
     articles  5
    revisions  5
       before  HOME/.local/share/knipsel/before-restore-MOMENT.db
    ");
    assert_eq!(program.found(&[]).len(), 5);
    assert_eq!(program.found(&["bericht"]).len(), 5, "the index is that of the backup");
    program.ok(&["verify"]);
    let archive = program.archive("");
    let before =
        names(&archive).into_iter().find(|name| name.starts_with("before-restore")).unwrap();
    let kept = rusqlite::Connection::open(archive.join(before)).unwrap();
    let n: u32 = kept.query_row("SELECT count(*) FROM articles", [], |row| row.get(0)).unwrap();
    assert_eq!(n, 9);
    // Polling goes on from there, and finds again what came after.
    program.poll_all();
    assert_eq!(program.found(&[]).len(), 9);
}

#[test]
fn a_backup_makes_an_archive_where_there_is_none() {
    let web = Web::start();
    let program = polled(&web, 5);
    program.ok(&["backup", "kopie.db"]);
    let ran = program.run(&["restore", "kopie.db", "--archive", "elders"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(program.json(&["status", "--archive", "elders"])["articles"], 5);
}

#[test]
fn what_is_no_backup_is_not_put_back() {
    let web = Web::start();
    let program = polled(&web, 5);
    let before = program.rows("SELECT id, title FROM articles ORDER BY 1");
    let write = |name: &str, bytes: &[u8]| fs::write(program.home().join(name), bytes).unwrap();
    write("brief.txt", b"Beste gemeente,");
    rusqlite::Connection::open(program.home().join("ander.db"))
        .unwrap()
        .execute_batch("CREATE TABLE boek (naam TEXT)")
        .unwrap();
    program.ok(&["backup", "kopie.db"]);
    program.ok(&["backup", "kopie.db.zst"]);
    let packed = fs::read(program.home().join("kopie.db.zst")).unwrap();
    write("half.zst", &packed[..packed.len() / 2]);
    let mut damaged = fs::read(program.home().join("kopie.db")).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4096].fill(0x5a);
    write("stuk.db", &damaged);
    for file in ["brief.txt", "ander.db", "half.zst", "stuk.db", "nergens.db"] {
        let ran = program.run(&["restore", file, "--force"]);
        assert!([2, 4, 5].contains(&ran.code), "{file}: {ran:?}");
        assert!(ran.stderr.contains(file), "{file}: {ran:?}");
        assert_eq!(program.rows("SELECT id, title FROM articles ORDER BY 1"), before, "{file}");
    }
    let _daemon = program.daemon(&[]);
    let ran = program.run(&["restore", "kopie.db", "--force"]);
    assert!(ran.code == 5 && ran.stderr.contains("in use by process"), "{ran:?}");
}

#[test]
fn verify_finds_what_is_not_whole() {
    let web = Web::start();
    let program = polled(&web, 4);
    insta::assert_snapshot!(shown(&program, &program.run(&["verify"])), @r"
    0
    pages       ok
    references  ok
    texts       ok  4
    captures    ok
    index       ok  4
    ");
    // A text that is not what was stored.
    spoil_texts(&program.archive("archive.db"));
    assert_eq!(program.run(&["verify", "--quick"]).code, 0, "texts are not read");
    insta::assert_snapshot!(shown(&program, &program.run(&["verify"])), @r"
    5
    knipsel: the archive in `HOME/.local/share/knipsel` is not whole: texts
    hint: keep a copy of the folder as it is; `knipsel restore BACKUP --force` puts a backup back
    pages       ok
    references  ok
    texts       not whole  4
                rpkt43jhpxdks@1 is not what was stored: its hash differs
                zb7o7a5c5ekfw@1 is not what was stored: its hash differs
                zj6iybwqqyxqi@1 is not what was stored: its hash differs
                rhjb3lu7vq4jy@1 is not what was stored: its hash differs
    captures    ok
    index       ok  4
    ");
    // An article that the index does not have, and one that the archive does not have.
    let connection = rusqlite::Connection::open(program.archive("archive.db")).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; UPDATE article SET id = 99 WHERE id = 1")
        .unwrap();
    let json = program.run(&["verify", "--quick", "--format", "json"]);
    assert_eq!(json.code, 5);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["ok"], false);
    let of = |name: &str| {
        let mut checks = json["checks"].as_array().unwrap().iter();
        checks.find(|check| check["check"] == name).unwrap()["problems"].to_string()
    };
    assert!(of("references").contains("revision 1 refers to a row of article"), "{json}");
    assert!(of("index").contains("article 99 is not in it"), "{json}");
    assert!(of("index").contains("article 1 is in it, and not in the archive"), "{json}");
}

#[test]
fn captures_that_are_not_there_are_told_from_an_archive_that_is_damaged() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    web.set("/rss", Route::document(rss(&items(0..2))));
    program.ok(&["poll", "--all", "--set", "archive.raw=all"]);
    program.ok(&["verify"]);
    fs::remove_dir_all(program.archive("warc")).unwrap();
    let ran = program.run(&["verify"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stderr.contains("not whole: captures\n"), "{ran:?}");
    assert!(ran.stderr.contains("copy the folder `warc`") && !ran.stderr.contains("restore"));
}

#[test]
fn who_may_not_write_reads_an_archive_that_another_program_closed() {
    let web = Web::start();
    let program = polled(&web, 2);
    // The last to close an archive takes its log away, unless it is knipsel.
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(program.archive(&format!("archive.db{ending}")));
    }
    let allow = |mode: u32| {
        let permit = |path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        permit(program.archive("archive.db"), mode & 0o644);
        permit(program.archive(""), mode);
    };
    allow(0o555);
    let found = program.as_nobody(&["search", "--format", "jsonl"]);
    allow(0o755);
    assert_eq!((found.code, found.stdout.lines().count()), (0, 2), "{found:?}");
}

#[test]
fn verify_knows_an_index_that_only_has_to_be_built_again() {
    let web = Web::start();
    let program = polled(&web, 4);
    fs::remove_dir_all(program.archive("index")).unwrap();
    insta::assert_snapshot!(shown(&program, &program.run(&["verify"])), @r"
    5
    knipsel: the archive in `HOME/.local/share/knipsel` is not whole: index
    hint: `knipsel reindex` builds the search index again; the archive itself is whole
    pages       ok
    references  ok
    texts       ok  4
    captures    ok
    index       not whole
                there is no search index
    ");
    program.ok(&["reindex"]);
    program.ok(&["verify"]);
    // A byte in the middle of a file that is as long as it was.
    let files = fs::read_dir(program.archive("index")).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    let places = files.find(|path| path.extension().is_some_and(|ending| ending == "pos")).unwrap();
    let mut bytes = fs::read(&places).unwrap();
    bytes[0] ^= 1;
    fs::write(&places, bytes).unwrap();
    program.ok(&["verify", "--quick"]);
    let ran = program.run(&["verify"]);
    assert!(ran.code == 5 && ran.stdout.contains("is not as it was written"), "{ran:?}");
    program.ok(&["reindex"]);
    program.ok(&["verify"]);
}

#[test]
fn a_damaged_index_is_told_in_words_and_built_anew_aloud() {
    let web = Web::start();
    let program = polled(&web, 4);
    for file in fs::read_dir(program.archive("index")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "term") {
            fs::write(path, "").unwrap();
        }
    }
    for arguments in [&["status"][..], &["search"], &["doctor"]] {
        let ran = program.run(arguments);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(told.contains("search index is damaged: "), "{ran:?}");
        assert!(!told.contains("IoError") && !told.contains("Custom"), "{ran:?}");
    }
    let ran = program.run(&["poll", "--all"]);
    assert!(ran.code == 0 && ran.stderr.contains("it is built anew"), "{ran:?}");
    assert_eq!(program.found(&[]).len(), 4);
}
