//! Disks that are full or may not be written.

use std::fs;

use crate::fault::{check_whole, lines, mounting, out, polled, shell};
use crate::news::{items, rss};
use crate::program::Program;
use crate::web::{Route, Web};

/// Moves the archive to a small disk of its own, and comes back with what is on it.
const ON_SMALL_DISK: &str = "
    set -e; mkdir disk; mount -t tmpfs -o size=1500k none disk
    cp -r .local/share/knipsel disk/; A='--archive disk/knipsel'; set +e";

#[test]
fn on_a_full_disk_nothing_is_lost_questions_go_on_and_room_is_all_it_takes() {
    let web = Web::start();
    let program = polled(&web, 20);
    web.set("/rss", Route::document(rss(&items(10..60))));
    let script = format!(
        "{ON_SMALL_DISK}
        dd if=/dev/zero of=disk/filler bs=1k count=2000 2>/dev/null
        knipsel poll --all $A 2>full.txt; echo poll $?
        knipsel search $A --limit 100 --format jsonl bericht | wc -l
        knipsel sql $A 'SELECT count(*) FROM articles' --format csv | tail -1
        rm disk/filler
        knipsel poll --all $A 2>/dev/null; echo poll $?
        knipsel sql $A 'SELECT count(*) FROM articles' --format csv | tail -1
        knipsel verify $A >/dev/null 2>&1; echo verify $?"
    );
    let Some(ran) = mounting(&program, &script) else { return };
    assert_eq!(lines(&ran), ["poll 5", "20", "20", "poll 0", "60", "verify 0"], "{ran:?}");
    let full = fs::read_to_string(program.home().join("full.txt")).unwrap();
    assert!(full.contains("disk is full") || full.contains("No space left"), "{full}");
}

#[test]
fn captures_for_which_there_is_no_room_leave_no_half_files_and_go_on_where_they_were() {
    let web = Web::start();
    let program = polled(&web, 3);
    web.set("/rss", Route::document(rss(&items(1..40))));
    let keep = "knipsel poll --all --set archive.raw=all";
    let script = format!(
        "
        W=.local/share/knipsel/warc; mkdir $W; mount -t tmpfs -o size=40k none $W
        dd if=/dev/zero of=$W/filler bs=1k count=200 2>/dev/null
        {keep} 2>full.txt; echo poll $?; ls $W
        rm $W/filler; {keep} 2>/dev/null; echo poll $?; ls $W | wc -l
        dd if=/dev/zero of=$W/filler bs=1k count=200 2>/dev/null
        {keep} 2>/dev/null; echo poll $?
        rm $W/filler; {keep} 2>/dev/null; echo poll $?; ls $W | wc -l
        knipsel warc verify >/dev/null; echo verify $?"
    );
    let Some(ran) = mounting(&program, &script) else { return };
    let told = ["poll 0", "filler", "poll 0", "1", "poll 0", "poll 0", "1", "verify 0"];
    assert_eq!(lines(&ran), told, "{ran:?}");
    let full = fs::read_to_string(program.home().join("full.txt")).unwrap();
    assert!(full.contains("cannot create") && full.contains("No space left"), "{full}");
}

#[test]
fn a_backup_without_room_is_refused_and_leaves_nothing_behind() {
    let web = Web::start();
    let program = polled(&web, 20);
    let script = "
        mkdir disk; mount -t tmpfs -o size=64k none disk
        echo oud > disk/kopie.zst; knipsel backup disk/kopie.db 2>full.txt; echo backup $?
        ls -A disk";
    let Some(ran) = mounting(&program, script) else { return };
    assert_eq!(out(&ran), "backup 5\nkopie.zst\n");
    let full = fs::read_to_string(program.home().join("full.txt")).unwrap();
    assert!(
        full.starts_with("knipsel: cannot copy the archive: ") && full.contains("full"),
        "{full}"
    );
}

#[test]
fn an_archive_on_a_read_only_disk_can_be_asked_and_not_polled() {
    let web = Web::start();
    let program = polled(&web, 5);
    let script = "
        A=.local/share/knipsel; mount --bind $A $A; mount -o remount,ro,bind $A
        knipsel search bericht --format jsonl 2>&1 | wc -l
        knipsel status >/dev/null; echo status $?
        knipsel verify >/dev/null; echo verify $?
        knipsel poll --all 2>poll.txt; echo poll $?
        knipsel doctor --format jsonl | grep -c 'may be read by you and not written'";
    let Some(ran) = mounting(&program, script) else { return };
    assert_eq!(lines(&ran), ["5", "status 0", "verify 0", "poll 5", "1"], "{ran:?}");
    let poll = fs::read_to_string(program.home().join("poll.txt")).unwrap();
    assert!(poll.starts_with("knipsel: cannot ") && poll.contains("Read-only"), "{poll}");
    check_whole(&program, 5);
}

#[test]
fn a_backup_to_a_read_only_folder_is_refused() {
    let web = Web::start();
    let program = polled(&web, 2);
    let script = "
        mkdir dicht; mount -t tmpfs -o size=1m,ro none dicht
        knipsel backup dicht/kopie.db 2>&1; echo $?";
    let Some(ran) = mounting(&program, script) else { return };
    let said = out(&ran);
    assert!(
        said.starts_with("knipsel: cannot write in `dicht`: ") && said.ends_with("5\n"),
        "{said}"
    );
}

#[test]
fn a_backup_to_a_folder_that_is_not_there_is_refused() {
    let web = Web::start();
    let program = polled(&web, 2);
    let ran = shell(&program, "knipsel backup nergens/kopie.db 2>&1; echo $?");
    let said = out(&ran);
    assert!(
        said.starts_with("knipsel: cannot write in `nergens`: ") && said.ends_with("5\n"),
        "{said}"
    );
}

#[test]
fn a_feed_list_on_a_read_only_disk_is_read_and_not_edited() {
    let web = Web::start();
    let program = polled(&web, 2);
    let script = "
        A=.config/knipsel; mount --bind $A $A; mount -o remount,ro,bind $A
        knipsel poll --all 2>/dev/null; echo $?
        knipsel feed pause dijkbode 2>&1; echo $?";
    let Some(ran) = mounting(&program, script) else { return };
    let said = out(&ran);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!((lines[0], lines[2], lines.len()), ("0", "3", 3), "{said}");
    assert!(
        lines[1].starts_with("knipsel: cannot write ") && lines[1].contains("Read-only"),
        "{said}"
    );
}

/// The one line that says so.
#[track_caller]
fn check_full(program: &Program) {
    let full = fs::read_to_string(program.home().join("full.txt")).unwrap();
    assert!(full.starts_with("knipsel: cannot ") && full.contains("No space left"), "{full}");
}

#[test]
fn an_export_without_room_is_refused_and_goes_on_when_there_is_room() {
    let web = Web::start();
    let program = polled(&web, 60);
    let script = "
        mkdir disk; mount -t tmpfs -o size=1m none disk
        dd if=/dev/zero of=disk/filler bs=1k count=1008 2>/dev/null
        knipsel export bericht -o disk/uit 2>full.txt; echo export $?
        test -e disk/uit/manifest.json; echo manifest $?
        rm disk/filler
        knipsel export bericht -o disk/uit 2>/dev/null; echo export $?
        cat disk/uit/*.jsonl | wc -l
        test -e disk/uit/manifest.json; echo manifest $?";
    let Some(ran) = mounting(&program, script) else { return };
    assert_eq!(lines(&ran), ["export 5", "manifest 1", "export 0", "60", "manifest 0"], "{ran:?}");
    check_full(&program);
}

#[test]
fn a_restore_without_room_leaves_the_archive_that_is_there() {
    let web = Web::start();
    let program = polled(&web, 20);
    let script = format!(
        "{ON_SMALL_DISK}
        knipsel backup kopie.db.zst $A >/dev/null; echo backup $?
        dd if=/dev/zero of=disk/filler bs=1k count=2000 2>/dev/null
        knipsel restore kopie.db.zst --force $A 2>full.txt; echo restore $?
        knipsel sql $A 'SELECT count(*) FROM articles' --format csv | tail -1
        rm disk/filler; ls -A disk/knipsel | grep -c -e before -e unfinished
        knipsel verify $A >/dev/null 2>&1; echo verify $?"
    );
    let Some(ran) = mounting(&program, &script) else { return };
    assert_eq!(lines(&ran), ["backup 0", "restore 5", "20", "0", "verify 0"], "{ran:?}");
    check_full(&program);
}
