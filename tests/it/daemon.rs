//! Around the clock: polling on its own, the owner's files, search within seconds, politeness.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use crate::news::{item, items, rss};
use crate::program::{Program, until};
use crate::web::{Route, Web};

/// A feed whose entries have just appeared is looked at every second or two.
fn set_up() -> (Web, Program) {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..2))));
    let program = Program::with_feed(&web.url("/rss"));
    (web, program)
}

fn wait_for_requests(web: &Web, path: &str, n: usize) {
    until(path, || (web.asked_for(path).len() >= n).then_some(()));
}

#[test]
fn a_daemon_polls_on_its_own_and_what_it_stores_is_soon_found() {
    let (web, program) = set_up();
    let daemon = program.daemon(&[]);
    until("the first articles", || (program.found(&[]).len() == 2).then_some(()));
    web.set("/rss", Route::document(rss(&items(0..3))));
    until("the new article", || program.found(&["--", "boeren", "klei"]).pop());
    assert_eq!(program.rows("SELECT title FROM articles ORDER BY article_rowid")[2], item(2).title);
    assert!(web.asked().len() >= 2);
    assert!(daemon.log().contains("dijkbode                 2 new, 0 revised of 2; next "));
}

#[test]
fn a_change_of_the_feed_list_is_taken_up_and_a_mistake_in_it_is_not() {
    let (web, program) = set_up();
    let daemon = program.daemon(&[]);
    web.set("/ander", Route::document(rss(&items(10..12))));
    program.list(&[("dijkbode", &web.url("/rss")), ("ander", &web.url("/ander"))]);
    wait_for_requests(&web, "/ander", 1);

    fs::write(program.config("feeds.toml"), "[[feed]]\nnaam = \"ander\"\n").unwrap();
    daemon.wait_for("not reloaded, the old settings and feeds stay: ");
    let n_before = web.asked_for("/ander").len();
    wait_for_requests(&web, "/ander", n_before + 2);
    let problem = program.json(&["status"])["problem"].as_str().unwrap().to_owned();
    assert!(problem.contains("feeds.toml`: line "), "{problem}");
    assert!(program.ok(&["status"]).contains("problem   cannot use feed list `"));

    program.list(&[("ander", &web.url("/ander"))]);
    daemon.wait_for("reloaded: polling 1 feeds");
    assert_eq!(program.json(&["status"])["problem"], serde_json::Value::Null);
    let n_before = (web.asked_for("/rss").len(), web.asked_for("/ander").len());
    wait_for_requests(&web, "/ander", n_before.1 + 3);
    // A poll that was running when the list changed may still have come in.
    assert!(web.asked_for("/rss").len() <= n_before.0 + 1);
}

#[test]
fn a_list_that_was_cut_to_nothing_is_a_mistake_and_one_that_is_gone_is_not_replaced() {
    let (web, program) = set_up();
    let daemon = program.daemon(&[]);
    wait_for_requests(&web, "/rss", 1);
    let list = fs::read_to_string(program.config("feeds.toml")).unwrap();
    fs::write(program.config("feeds.toml"), "").unwrap();
    daemon.wait_for("feeds.toml` is empty, and feeds were polled");
    let n_before = web.asked().len();
    wait_for_requests(&web, "/rss", n_before + 2);
    fs::write(program.config("feeds.toml"), "# none\n").unwrap();
    daemon.wait_for("reloaded: polling 0 feeds");
    drop(daemon);

    fs::write(program.config("feeds.toml"), "\n").unwrap();
    let ran = program.run(&["poll"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("nothing is polled, though feeds were"), "{}", ran.stderr);
    // A link into a folder that is away.
    fs::remove_file(program.config("feeds.toml")).unwrap();
    std::os::unix::fs::symlink("away/feeds.toml", program.config("feeds.toml")).unwrap();
    for arguments in [&["poll"][..], &["feed", "add", "nos-binnenland"]] {
        let ran = program.run(arguments);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let told = "is gone, and the archive knows feeds as `dijkbode`\nhint: put it back";
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    fs::remove_file(program.config("feeds.toml")).unwrap();
    fs::write(program.config("feeds.toml"), list).unwrap();
    program.ok(&["poll", "--all"]);
}

#[test]
fn what_a_poll_learns_of_an_address_that_was_changed_meanwhile_is_forgotten() {
    let (web, program) = set_up();
    let document = Route { has_validators: true, ..Route::document(rss(&items(0..2))) };
    web.set("/traag", Route { delay: Duration::from_secs(3), ..document });
    program.list(&[("dijkbode", &web.url("/traag"))]);
    let daemon = program.daemon(&[]);
    wait_for_requests(&web, "/traag", 1);
    program.list(&[("dijkbode", &web.url("/rss"))]);
    daemon.wait_for("reloaded: polling 1 feeds");
    wait_for_requests(&web, "/rss", 1);
    assert_eq!(web.asked_for("/traag").len(), 1);
    assert_eq!(web.asked_for("/rss")[0].header("if-none-match"), None);
    until("the poll of the new address", || {
        let ledger = program.rows("SELECT count(*) FROM coverage");
        (ledger == ["1"] && program.found(&[]).len() == 2).then_some(())
    });
}

#[test]
fn a_failing_feed_is_tried_again_when_what_is_said_of_it_changes() {
    let (web, program) = set_up();
    web.set("/rss", Route::error(403));
    let list = |more: &str| {
        let list = format!(
            "[[feed]]\nname = \"dijkbode\"\nurl = \"{}\"\nfulltext = \"off\"\n{more}",
            web.url("/rss")
        );
        fs::write(program.config("feeds.toml"), list).unwrap();
    };
    list("");
    let daemon = program.daemon(&[]);
    daemon.wait_for("403 Forbidden");
    list("user_agent = \"Dijklezer/1.0 (+https://archief.example)\"\n");
    wait_for_requests(&web, "/rss", 2);
    assert_eq!(web.asked_for("/rss")[1].header("user-agent").unwrap()[..9], *"Dijklezer");
    list("paused = true\n");
    daemon.wait_for("reloaded: polling 0 feeds");
    list("");
    wait_for_requests(&web, "/rss", 3);
    // What the settings say of requests counts for all.
    let settings = fs::read_to_string(program.config("knipsel.toml")).unwrap();
    let changed = settings.replace("[fetch]\n", "[fetch]\nconnect_timeout = \"9s\"\n");
    assert_ne!(changed, settings);
    fs::write(program.config("knipsel.toml"), changed).unwrap();
    wait_for_requests(&web, "/rss", 4);
}

#[test]
fn a_hangup_reads_the_files_again_though_they_look_the_same() {
    let (_web, program) = set_up();
    let daemon = program.daemon(&[]);
    daemon.signal("HUP");
    daemon.wait_for("reloaded: polling 1 feeds");
}

#[test]
fn a_mistake_in_the_settings_leaves_the_old_ones_in_force() {
    let (web, program) = set_up();
    let daemon = program.daemon(&[]);
    fs::write(program.config("knipsel.toml"), "[fetch]\nallow_hosts = []\nhostgap = \"1s\"\n")
        .unwrap();
    daemon.wait_for("line 3: unknown key `fetch.hostgap`");
    let n_before = web.asked().len();
    wait_for_requests(&web, "/rss", n_before + 2);
}

#[test]
fn an_import_beside_a_daemon_is_found_too() {
    let (_web, program) = set_up();
    let _daemon = program.daemon(&[]);
    let file = program.home().join("artikel.txt");
    fs::write(&file, "De ooievaars van Gennep zijn terug op hun nest.").unwrap();
    program.ok(&["import", file.to_str().unwrap()]);
    until("the imported article", || program.found(&["ooievaar"]).pop());
}

#[test]
fn requests_to_one_host_keep_their_distance() {
    const GAP: Duration = Duration::from_millis(300);
    let web = Web::start();
    for path in ["/a", "/b", "/c"] {
        web.set(path, Route::document(rss(&items(0..2))));
    }
    let program = Program::new();
    program.list(&[("aa", &web.url("/a")), ("bb", &web.url("/b")), ("cc", &web.url("/c"))]);
    let _daemon = program.daemon(&["--set", "fetch.host_gap=300ms"]);
    until("nine requests", || (web.asked().len() >= 9).then_some(()));
    let asked = web.asked();
    let agent = asked[0].header("user-agent").unwrap();
    assert!(agent.starts_with("knipsel/"), "{agent}");
    for pair in asked.windows(2) {
        let gap = pair[1].at - pair[0].ended_at.unwrap();
        assert!(gap >= GAP, "{} {gap:?} {}", pair[0].path, pair[1].path);
    }
}

/// Articles of a file, each about the tide.
fn tides(program: &Program, numbers: std::ops::Range<usize>) {
    let mut lines = String::new();
    for n in numbers {
        let _ = writeln!(
            lines,
            r#"{{"id":"{n}","title":"Getij {n}","text":"Het getij keert bij paal {n}.","published":"2022-02-01"}}"#
        );
    }
    fs::write(program.home().join("getij.jsonl"), lines).unwrap();
}

/// How many articles a search finds; it must not fail, and say nothing of trouble.
fn n_found(program: &Program) -> usize {
    let ran = program.run(&["search", "getij", "-n", "2000", "--format", "csv", "--fields", "id"]);
    assert!(ran.code <= 1, "{ran:?}");
    assert!(!ran.stderr.contains("knipsel:"), "{ran:?}");
    ran.stdout.lines().count().saturating_sub(1)
}

#[test]
fn questions_are_answered_while_articles_come_in_and_a_backup_is_made() {
    let (_web, program) = set_up();
    let _daemon = program.daemon(&[]);
    tides(&program, 0..1200);
    let mut import = program.start(&["import", "getij.jsonl"]);
    let mut n_before = 0;
    let mut n_questions = 0;
    while import.ended().is_none() {
        let n = n_found(&program);
        assert!(n >= n_before, "{n} of {n_before} are left");
        n_before = n;
        n_questions += 1;
        if n_questions == 1 {
            program.ok(&["backup", "kopie.db"]);
        }
    }
    assert!(n_questions > 1);
    until("all of them", || (n_found(&program) == 1200).then_some(()));
    program.ok(&["verify"]);
}

#[test]
fn while_the_index_is_built_again_the_old_one_answers() {
    let program = Program::new();
    tides(&program, 0..600);
    program.ok(&["import", "getij.jsonl"]);
    let mut reindex = program.start(&["reindex"]);
    let mut n_questions = 0;
    while reindex.ended().is_none() {
        assert_eq!(n_found(&program), 600);
        n_questions += 1;
    }
    assert!(n_questions > 0);
    assert_eq!(n_found(&program), 600);
}
