//! The units in `systemd/`, by systemd's own tools and by its notify protocol, and what installs them.
//! `packaging/boot-test.sh` tries them in a system that boots.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::{fs, str};

use serde_json::Value;

use crate::program::{LIMIT, Program};

const SERVICES: [&str; 3] = ["knipsel.service", "knipsel-backup.service", "knipsel-poll.service"];
const OTHERS: [&str; 3] = ["knipsel-backup.timer", "knipsel-poll.timer", "knipsel-monitor.socket"];

/// A sign of life every second.
const WATCHDOG_US: &str = "2000000";

/// `systemd-analyze`, where it is installed.
fn analyze(arguments: &[&str]) -> Option<(bool, String)> {
    let out = Command::new("systemd-analyze").args(arguments).output().ok()?;
    let text = [out.stdout, out.stderr].concat();
    Some((out.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
#[expect(clippy::print_stderr, reason = "a check that was skipped says so")]
fn the_units_are_valid_and_expose_next_to_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for name in SERVICES.iter().chain(&OTHERS) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name);
        let text = fs::read_to_string(file).unwrap();
        let text = text.replace("/usr/bin/knipsel", env!("CARGO_BIN_EXE_knipsel"));
        fs::write(path(name), text).unwrap();
    }
    let (services, others) = (SERVICES.map(path), OTHERS.map(path));
    let all = services.iter().chain(&others).map(String::as_str);
    let verify: Vec<&str> = ["verify"].into_iter().chain(all).collect();
    let Some((is_valid, said)) = analyze(&verify) else {
        eprintln!("systemd-analyze is not installed: the units were not checked");
        return;
    };
    assert!(is_valid && said.trim().is_empty(), "{said}");
    for service in &services {
        let security = ["security", "--offline=true", "--threshold=12", "--no-pager", service];
        let (is_tight, said) = analyze(&security).unwrap();
        assert!(is_tight, "{said}");
    }
}

/// Reads from the socket that a service manager would listen on until `wanted` was said.
#[track_caller]
fn wait_for(manager: &UnixDatagram, wanted: &str) {
    let mut buffer = [0; 4096];
    let mut heard = String::new();
    while !heard.contains(wanted) {
        let n_bytes =
            manager.recv(&mut buffer).unwrap_or_else(|_| panic!("{wanted} not in {heard}"));
        heard.push_str(str::from_utf8(&buffer[..n_bytes]).unwrap());
        heard.push('\n');
    }
}

#[test]
fn the_daemon_says_that_it_is_ready_lives_reloads_and_stops() {
    let program = Program::new();
    let socket = program.home().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(LIMIT)).unwrap();
    let environment = [("NOTIFY_SOCKET", socket.to_str().unwrap()), ("WATCHDOG_USEC", WATCHDOG_US)];
    let mut daemon = program.start_with(&["run"], &environment);
    wait_for(&manager, "READY=1");
    wait_for(&manager, "WATCHDOG=1");
    daemon.signal("HUP");
    wait_for(&manager, "RELOADING=1");
    wait_for(&manager, "READY=1");
    daemon.signal("TERM");
    wait_for(&manager, "STOPPING=1");
    assert!(daemon.wait().success());
}

#[test]
fn installing_only_says_what_it_would_do_when_asked_to() {
    let program = Program::new();
    let ran = program.run(&["service", "install", "--user", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let unit = program.home().join(".config/systemd/user/knipsel.service");
    assert!(ran.stderr.contains(&format!("write {}\n", unit.display())), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("run systemctl --user enable --now knipsel.service\n"));
    assert!(!unit.exists());
    let ran = program.run(&["service", "uninstall", "--user"]);
    assert_eq!(ran.code, 4);
    insta::assert_snapshot!(ran.stderr, @r"
    knipsel: the service is not installed
    hint: `knipsel service install --user` does it
    ");
}

#[test]
fn the_log_can_be_read_by_programs() {
    let program = Program::with_feed("http://127.0.0.1:1/feed");
    let ran = program.run(&["--log-format", "json", "poll", "--all"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    let events = ran.stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let event = events.into_iter().find(|event| event["feed.name"] == "dijkbode").unwrap();
    assert_eq!((&event["level"], &event["outcome"]), (&"warn".into(), &"failed".into()));
    assert!(event["message"].as_str().unwrap().contains("connection refused"), "{event}");
    assert!(event["time"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn a_stream_that_is_not_the_journal_gets_text() {
    let program = Program::with_feed("http://127.0.0.1:1/feed");
    let mut poll = program.start_with(&["poll", "--all"], &[("JOURNAL_STREAM", "1:2")]);
    assert_eq!(poll.wait().code(), Some(6));
    assert!(poll.log().contains("dijkbode                 failed: "), "{}", poll.log());
}
