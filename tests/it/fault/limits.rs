//! Limits of the system, and outputs that take nothing.

use std::fs;

use crate::fault::{check_whole, out, polled, shell};
use crate::news::{items, rss};
use crate::program::Program;
use crate::web::{Route, Web};

#[test]
fn without_open_files_a_poll_says_so_and_the_next_one_works() {
    let web = Web::start();
    let program = polled(&web, 3);
    web.set("/rss", Route::document(rss(&items(1..6))));
    for n in [12, 14, 16, 20, 30] {
        let ran = shell(&program, &format!("ulimit -n {n}; knipsel poll --all 2>&1; echo $?"));
        let said = out(&ran);
        assert!(!said.contains("panicked"), "{n}: {said}");
        assert!(
            said.ends_with("\n0\n")
                || said.ends_with("\n5\n")
                || said.ends_with("\n6\n")
                || said.ends_with("\n3\n"),
            "{n}: {said}"
        );
    }
    // A feed that failed waits for its time, unless it is named.
    program.ok(&["poll", "dijkbode"]);
    check_whole(&program, 6);
}

#[test]
fn doctor_knows_when_too_few_files_may_be_open() {
    let web = Web::start();
    let program = polled(&web, 2);
    let ran = shell(&program, "ulimit -n 64; knipsel doctor --format jsonl; echo $?");
    let said = out(&ran);
    assert!(said.contains("only 64 files may be open at once") && said.ends_with("5\n"), "{said}");
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_no_damage() {
    let web = Web::start();
    let program = polled(&web, 3);
    web.set("/rss", Route::document(rss(&items(0..400))));
    // The signal is ignored, as a service manager does it; then writing fails.
    let size = fs::metadata(program.archive("archive.db")).unwrap().len() / 512 + 16;
    let script = format!("trap '' XFSZ; ulimit -f {size}; knipsel poll --all 2>&1; echo $?");
    let said = out(&shell(&program, &script));
    assert!(said.ends_with("\n5\n") && !said.contains("panicked"), "{said}");
    program.ok(&["verify", "--quick"]);
    program.ok(&["poll", "dijkbode"]);
    check_whole(&program, 400);
}

#[test]
fn a_reader_that_hangs_up_is_no_error() {
    let web = Web::start();
    let program = polled(&web, 60);
    for command in ["search bericht --format jsonl", "status", "sql 'SELECT * FROM texts'"] {
        let script = format!("{{ knipsel {command} 2>said.txt; echo $? >code.txt; }} | true");
        shell(&program, &script);
        assert_eq!(fs::read_to_string(program.home().join("said.txt")).unwrap(), "", "{command}");
        assert_eq!(
            fs::read_to_string(program.home().join("code.txt")).unwrap(),
            "0\n",
            "{command}"
        );
    }
}

#[test]
fn an_output_that_is_full_is_an_error() {
    let web = Web::start();
    let program = polled(&web, 60);
    for command in ["search bericht --format jsonl", "status", "feed export", "verify"] {
        let said = out(&shell(&program, &format!("knipsel {command} 2>&1 >/dev/full; echo $?")));
        assert!(
            said.contains("No space left on device") && !said.ends_with("\n0\n"),
            "{command}: {said}"
        );
        assert!(!said.contains("panicked"), "{command}: {said}");
    }
}

#[test]
fn without_a_home_the_missing_place_is_named() {
    let program = Program::new();
    let said = out(&shell(&program, "unset HOME; knipsel poll 2>&1; echo $?"));
    assert!(said.contains("`HOME` is not set") && said.ends_with("\n3\n"), "{said}");
}

#[test]
fn in_a_folder_that_is_gone_paths_that_are_whole_still_work() {
    let web = Web::start();
    let program = polled(&web, 2);
    let said = out(&shell(
        &program,
        "mkdir weg; cd weg; rmdir ../weg; knipsel search bericht --format jsonl | wc -l",
    ));
    assert_eq!(said.trim(), "2");
}
