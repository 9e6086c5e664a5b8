//! What holds when disk, files, limits or other programs are against us, each by its name.
//!
//! Servers that misbehave are in `hostile`, feeds that fail in `errors`, kills during a poll in
//! `crash`.

mod around; // names that nobody resolves, clocks that are wrong
mod disk; // full, read-only, no room for a backup
mod files; // damaged, cut off, of something else, newer, held by others
mod kills; // SIGKILL in import, reindex, backup, restore, migration and daemon
mod limits; // open files, file size, closed and full outputs, no home

use std::path::Path;
use std::process::{Command, Output};

use crate::news::{items, rss};
use crate::program::{Program, Ran};
use crate::web::{Route, Web};

const BINARY: &str = env!("CARGO_BIN_EXE_knipsel");

/// A program that has polled `n` articles once.
pub(crate) fn polled(web: &Web, n: usize) -> Program {
    web.set("/rss", Route::document(rss(&items(0..n))));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    program
}

/// Runs a shell script in the home of `program`; `knipsel` is the program.
fn shell(program: &Program, script: &str) -> Output {
    script_in(Command::new("sh"), program, script)
}

/// The same as root of a name space of its own, in which it may mount; `None` where the system
/// does not allow that.
#[expect(clippy::print_stderr, reason = "a check that was skipped says so")]
pub(crate) fn mounting(program: &Program, script: &str) -> Option<Output> {
    let arguments = ["--user", "--map-root-user", "--mount", "sh"];
    let mut unshare = Command::new("unshare");
    unshare.args(arguments);
    let mut probe = Command::new("unshare");
    probe.args(arguments).args(["-c", "mount -t tmpfs -o size=64k none /mnt"]);
    if !probe.output().is_ok_and(|probed| probed.status.success()) {
        eprintln!("this system allows no mounts in a name space: not checked");
        return None;
    }
    Some(script_in(unshare, program, script))
}

fn script_in(mut command: Command, program: &Program, script: &str) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    let folder = Path::new(BINARY).parent().unwrap().display();
    command
        .args(["-c", script])
        .env_clear()
        .env("PATH", format!("{folder}:{path}"))
        .env("HOME", program.home())
        .current_dir(program.home())
        .output()
        .unwrap()
}

/// What was written, line by line, without the spaces around each.
pub(crate) fn lines(output: &Output) -> Vec<String> {
    out(output).lines().map(|line| line.trim().to_owned()).collect()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// One clear line, perhaps a hint, nothing on standard output, and this code.
#[track_caller]
fn check_refused(ran: &Ran, code: i32, said: &str) {
    assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{ran:?}");
    let mut lines = ran.stderr.lines();
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with("knipsel: ") && first.contains(said), "{ran:?}");
    assert!(lines.all(|line| line.starts_with("hint: ")), "{ran:?}");
}

/// Everything is there, whole and once.
#[track_caller]
fn check_whole(program: &Program, n_articles: usize) {
    program.ok(&["verify"]);
    assert_eq!(program.rows("SELECT count(*) FROM articles"), [n_articles.to_string()]);
    assert_eq!(program.rows("SELECT count(*) FROM revisions"), [n_articles.to_string()]);
    assert_eq!(program.found(&[]).len(), n_articles);
}

#[test]
fn the_page_on_reliability_lists_every_fault() {
    let sources = [
        ("disk", include_str!("fault/disk.rs")),
        ("files", include_str!("fault/files.rs")),
        ("limits", include_str!("fault/limits.rs")),
        ("kill", include_str!("fault/kills.rs")),
        ("around", include_str!("fault/around.rs")),
    ];
    let rows: Vec<String> = sources
        .iter()
        .flat_map(|(kind, source)| {
            source.split("#[test]\nfn ").skip(1).map(move |test| (kind, test))
        })
        .map(|(kind, test)| {
            let name = test.split('(').next().unwrap_or_default().replace('_', " ");
            format!("| {kind} | {name} |")
        })
        .collect();
    assert!(rows.len() >= 25, "{}", rows.len());
    let page = include_str!("../../docs/reliability.md");
    assert!(page.contains(&rows.join("\n")), "the page should hold:\n{}", rows.join("\n"));
}
