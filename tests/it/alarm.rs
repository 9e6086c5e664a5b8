//! What is told to the owner, and that it is told once.

use std::fs;

use crate::fault;
use crate::news::{items, rss};
use crate::program::{Program, until};
use crate::web::{Route, Web};

/// Tells into a file of the home; zero articles are awaited for a second only.
const SETTINGS: &[&str] = &[
    "--set",
    "alarm.on_alarm=cat >> told.jsonl",
    "--set",
    "alarm.quiet=1s",
    "--set",
    "alarm.disk_free=0B",
    "--set",
    "poll.floor=1h",
    "--set",
    "poll.ceiling=1h",
];

fn told(program: &Program) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(program.home().join("told.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn set_up() -> (Web, Program) {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..2))));
    let program = Program::with_feed(&web.url("/rss"));
    (web, program)
}

#[test]
fn silence_is_told_once_also_after_a_restart_and_shown_until_it_ends() {
    let (web, program) = set_up();
    program.poll_all();
    let daemon = program.daemon(SETTINGS);
    until("the alarm", || told(&program).pop());
    until("the record of it", || {
        let told = program.rows("SELECT told IS NOT NULL FROM alarms WHERE condition = 'quiet'");
        (told == ["1"]).then_some(())
    });
    let first = &told(&program)[0];
    assert_eq!(first["alarm"], "quiet");
    let text = first["text"].as_str().unwrap();
    assert!(text.starts_with("nothing new from any of 1 feeds since 20"), "{text}");
    assert!(program.ok(&["status"]).contains("\nalarm     quiet: nothing new from any of 1 feeds"));
    daemon.kill();

    // Nothing new, so it is quiet still.
    program.ok(&[&["poll", "--all"], SETTINGS].concat());
    assert_eq!(program.json(&[&["status"], SETTINGS].concat())["alarms"][0]["alarm"], "quiet");
    // A slow machine may need more than the second between the news and the look.
    let mut n = 2;
    until("the end of it", || {
        n += 1;
        web.set("/rss", Route::document(rss(&items(0..n))));
        program.ok(&[&["poll", "--all"], SETTINGS].concat());
        let ended = program.rows("SELECT ended IS NOT NULL FROM alarms WHERE condition = 'quiet'");
        (ended == ["1"]).then_some(())
    });
    assert_eq!(told(&program).len(), 1);
    assert_eq!(program.json(&["status"])["alarms"], serde_json::json!([]));
}

#[test]
fn a_pass_by_a_timer_tells_of_a_feed_that_keeps_failing_and_of_a_command_that_fails() {
    let (web, program) = set_up();
    web.set("/rss", Route { status: 404, ..Route::default() });
    let settings = ["--set", "alarm.failing=1ms", "--set", "alarm.on_alarm=echo vol >&2; false"];
    // A second must have passed.
    let ran = until("the alarm", || {
        let ran = program.run(&[&["poll", "--all"][..], &settings].concat());
        ran.stderr.contains("alarm").then_some(ran)
    });
    assert!(ran.stderr.contains("`alarm.on_alarm` ended with exit status: 1: vol"), "{ran:?}");
    let stored = program.rows("SELECT condition, result FROM alarms");
    assert_eq!(stored, ["failing|ended with exit status: 1: vol"]);
    let alarms = &program.json(&["status", "--set", "alarm.failing=1ms"])["alarms"];
    let text = alarms[0]["text"].as_str().unwrap();
    assert!(text.starts_with("failing for 1ms or longer: dijkbode since 20"), "{text}");
}

#[test]
fn a_mistake_in_a_file_is_an_alarm_until_it_is_mended() {
    let (web, program) = set_up();
    let daemon = program.daemon(&[]);
    fs::write(program.config("feeds.toml"), "[[feed]]\nnaam = \"ander\"\n").unwrap();
    daemon.wait_for("not reloaded");
    let alarms = || program.rows("SELECT condition FROM alarms WHERE ended IS NULL");
    until("the alarm", || (alarms() == ["files"]).then_some(()));
    program.list(&[("dijkbode", &web.url("/rss"))]);
    until("its end", || alarms().is_empty().then_some(()));
}

#[test]
fn captures_that_cannot_be_kept_are_an_alarm_until_they_can() {
    let (_web, program) = set_up();
    program.poll_all();
    let folder = program.archive("warc");
    fs::write(&folder, "no folder").unwrap();
    let daemon = program.daemon(&[
        "--set",
        "archive.raw=all",
        "--set",
        "poll.floor=1s",
        "--set",
        "poll.ceiling=1s",
    ]);
    let alarms = || program.rows("SELECT condition FROM alarms WHERE ended IS NULL");
    until("the alarm", || (alarms() == ["captures"]).then_some(()));
    let text = &program.json(&["status"])["alarms"][0]["text"];
    assert!(text.as_str().is_some_and(|text| text.contains("warc")), "{text}");
    fs::remove_file(&folder).unwrap();
    until("its end", || alarms().is_empty().then_some(()));
    drop(daemon);
}

#[test]
fn a_disk_that_fills_up_frees_the_reserve_is_an_alarm_and_stops_no_daemon() {
    let web = Web::start();
    let program = fault::polled(&web, 20);
    web.set("/rss", Route::document(rss(&items(10..60))));
    let script = "
        set -e; mkdir disk; mount -t tmpfs -o size=80m none disk
        cp -r .local/share/knipsel disk/; A='--archive disk/knipsel'; set +e
        knipsel run $A --set alarm.on_alarm='echo $KNIPSEL_ALARM >> told.txt' 2>log.txt & P=$!
        n() { knipsel sql $A 'SELECT count(*) FROM articles' --format csv | tail -1; }
        until test -e disk/knipsel/reserve; do sleep .1; done
        until test $(n) = 60; do sleep .1; done
        dd if=/dev/zero of=disk/filler bs=64k count=2000 2>/dev/null
        I=0; while test -e disk/knipsel/reserve -a $I -lt 100; do sleep .1; I=$((I+1)); done
        test -e disk/knipsel/reserve; echo reserve $?
        rm disk/filler
        I=0; while ! test -e disk/knipsel/reserve -o $I -gt 100; do sleep .1; I=$((I+1)); done
        test -e disk/knipsel/reserve; echo reserve $?
        kill $P; wait $P; echo run $?
        knipsel verify $A >/dev/null 2>&1; echo verify $?; n
        sort -u told.txt";
    let Some(ran) = fault::mounting(&program, script) else { return };
    let said = fault::out(&ran);
    let said: Vec<&str> = said.lines().map(str::trim).collect();
    assert_eq!(said[..5], ["reserve 1", "reserve 0", "run 0", "verify 0", "60"], "{ran:?}");
    assert!(said[5..].contains(&"disk"), "{ran:?}");
}
