//! What may be longer than a screen goes through a pager, as with `git` and `man`.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::process::{Child, Command as Process, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::args::{Cli, Command};
use crate::cli::out;

/// Where a command line of the reader's choice stands, the first one first.
const CHOSEN: [&str; 2] = ["KNIPSEL_PAGER", "PAGER"];

/// Ends at once where all fits on a screen, keeps colors and the screen, and ends when interrupted.
const LESS: &str = "FRXK";

/// After a pager that is not there (POSIX.1-2024, XCU 2.8.2) what it should have shown is written.
const OR_PLAIN: &str = "if [ $? -eq 127 ]; then exec cat; fi";

static IS_ON: AtomicBool = AtomicBool::new(false);

/// Whether what is written goes to people by way of a pager.
pub(super) fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// A pager that reads what this process writes.
pub(super) struct Pager(Child);

impl Pager {
    /// Puts a pager behind standard output; `None` where nobody would page: another program reads,
    /// the answer is short by its nature, there is no pager, or none is wanted.
    pub(super) fn start(cli: &Cli) -> Option<Self> {
        let is_read = io::stdin().is_terminal() && out::is_terminal() && out::is_noted();
        if !is_read || cli.global.no_pager || !is_long(&cli.command) {
            return None;
        }
        let mut child = pager()?.stdin(Stdio::piped()).spawn().ok()?;
        let input = child.stdin.take()?;
        // While standard output is the terminal still.
        out::keep_colors();
        rustix::stdio::dup2_stdout(&input).ok()?;
        IS_ON.store(true, Ordering::Relaxed);
        Some(Self(child))
    }

    /// Waits until everything was read.
    pub(super) fn finish(mut self) {
        out::flush();
        // It sees the end when nothing can write to it any more.
        if let Ok(nowhere) = File::options().write(true).open("/dev/null") {
            let _ = rustix::stdio::dup2_stdout(nowhere);
        }
        let _ = self.0.wait();
        IS_ON.store(false, Ordering::Relaxed);
    }
}

/// `None` when the reader wants none.
fn pager() -> Option<Process> {
    let chosen = CHOSEN.iter().find_map(|name| env::var(name).ok());
    let mut pager = match chosen {
        Some(line) if matches!(line.trim(), "" | "cat") => return None,
        Some(line) => {
            let mut shell = Process::new("sh");
            shell.args(["-c", &format!("{line}\n{OR_PLAIN}")]);
            shell
        }
        None => Process::new("less"),
    };
    if env::var_os("LESS").is_none() {
        pager.env("LESS", LESS);
    }
    Some(pager)
}

fn is_long(command: &Command) -> bool {
    matches!(
        command,
        Command::Search(_)
            | Command::Show(_)
            | Command::Story(_)
            | Command::Revisions(_)
            | Command::Diff(_)
            | Command::Kwic(_)
            | Command::Facets(_)
            | Command::Terms(_)
            | Command::Trends(_)
            | Command::Gaps(_)
            | Command::Sql(_)
    )
}
