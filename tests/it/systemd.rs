//! The unit in `systemd/`, by systemd's own tools and by its notify protocol.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::{fs, str};

use crate::program::{LIMIT, Program};

const UNITS: [&str; 3] = ["knipsel.service", "knipsel-backup.service", "knipsel-backup.timer"];

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
    for name in UNITS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name);
        let text = fs::read_to_string(file).unwrap();
        let text = text.replace("/usr/bin/knipsel", env!("CARGO_BIN_EXE_knipsel"));
        fs::write(path(name), text).unwrap();
    }
    let all = UNITS.map(path);
    let Some((is_valid, said)) = analyze(&["verify", &all[0], &all[1], &all[2]]) else {
        eprintln!("systemd-analyze is not installed: the units were not checked");
        return;
    };
    assert!(is_valid && said.trim().is_empty(), "{said}");
    for service in &all[..2] {
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
