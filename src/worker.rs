//! Extraction in a child process, so that a hostile page can take down the child at most.
//!
//! The same binary runs as the child ([`child`]): with a stack of 16 MiB, an address space of 1 GiB
//! and one page at a time. A page that takes too long or kills the child is an answer, not an error,
//! and the next page gets a new child. A page whose child was killed by somebody else goes to another
//! one. What is known of outlets and where text goes is not known here.

pub mod child;

mod frame;

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use tokio::io::BufReader;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::extract::scan::Refusal;
use crate::extract::{PAGE_BYTES_MAX, Page, Rules, Source};

/// The argument under which the binary is a child.
pub const ARGUMENT: &str = "extraction-worker";

/// The child gives memory back late: the next page needs it again, and there is a limit.
const ALLOCATOR: &str = "dirty_decay_ms:10000,muzzy_decay_ms:10000";

/// How long a child may take to end that has closed its output.
const END_TIME_MAX: Duration = Duration::from_secs(1);

/// How the child is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The binary; usually [`std::env::current_exe`].
    pub program: PathBuf,
    /// For one page.
    pub timeout: Duration,
}

impl Options {
    /// Runs `program` as the child, with ten seconds for a page.
    pub fn new(program: PathBuf) -> Self {
        Self { program, timeout: Duration::from_secs(10) }
    }
}

/// Why there is nothing of a page. The same bytes give the same again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// It was not parsed.
    Refused(Refusal),
    /// It took longer than [`Options::timeout`].
    TimedOut,
    /// It needed more memory or stack than there is, or broke a parser.
    Crashed,
}

impl Unread {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.as_str(),
            Self::TimedOut => "timed_out",
            Self::Crashed => "crashed",
        }
    }
}

/// What stops us, whatever the page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The child cannot be started.
    #[error("cannot start the extraction worker `{program}`")]
    Start {
        /// What was to be run.
        program: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Two children in a row ended before they took a page.
    #[error("the extraction worker `{program}` ends at once")]
    Broken {
        /// What was run.
        program: String,
    },
}

/// A child that reads pages, one at a time. It is started for the first page, and again after a page
/// that ended it. Dropping it ends the child.
#[derive(Debug)]
pub struct Worker {
    options: Options,
    running: Option<Running>,
    n_started: u32,
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// What came of giving a page to a child.
enum Exchanged {
    Answer(Box<Result<Page, Refusal>>),
    TimedOut,
    /// The page ended the child.
    Crashed,
    /// Somebody else ended the child, perhaps before the page: the system when memory ran out, or who
    /// looked after it. The page may be read by the next.
    Killed,
}

/// A page on its way to the child.
#[derive(Debug, Serialize, Deserialize)]
struct Job {
    source: Source,
    rules: Rules,
}

impl Worker {
    /// A worker without a child yet.
    pub fn new(options: Options) -> Self {
        Self { options, running: None, n_started: 0 }
    }

    /// How many children there were so far.
    pub fn n_started(&self) -> u32 {
        self.n_started
    }

    /// Reads a page. The inner `Err` is the page's own fault.
    pub async fn page(
        &mut self,
        bytes: &[u8],
        source: &Source,
        rules: &Rules,
    ) -> Result<Result<Page, Unread>, Error> {
        if bytes.len() > PAGE_BYTES_MAX {
            return Ok(Err(Unread::Refused(Refusal::TooLarge)));
        }
        let job = serde_json::to_vec(&Job { source: source.clone(), rules: rules.clone() })
            .unwrap_or_default();
        let read = match self.exchange(&job, bytes).await? {
            Exchanged::Killed => self.exchange(&job, bytes).await?,
            read => read,
        };
        Ok(match read {
            Exchanged::Answer(answer) => answer.map_err(Unread::Refused),
            Exchanged::TimedOut => Err(Unread::TimedOut),
            Exchanged::Crashed | Exchanged::Killed => Err(Unread::Crashed),
        })
    }

    async fn exchange(&mut self, job: &[u8], bytes: &[u8]) -> Result<Exchanged, Error> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start().await?,
        };
        let exchanged = running.exchange(job, bytes);
        Ok(match tokio::time::timeout(self.options.timeout, exchanged).await {
            Ok(Some(answer)) => {
                self.running = Some(running);
                Exchanged::Answer(Box::new(answer))
            }
            Ok(None) if running.wait_for_kill().await => Exchanged::Killed,
            Ok(None) => {
                running.end().await;
                Exchanged::Crashed
            }
            Err(_) => {
                running.end().await;
                Exchanged::TimedOut
            }
        })
    }

    /// Starts a child and waits until it says that it is ready, so that a broken program is told
    /// from a broken page.
    async fn start(&mut self) -> Result<Running, Error> {
        let program = || self.options.program.display().to_string();
        let mut child = Command::new(&self.options.program)
            .arg(ARGUMENT)
            .env_clear()
            .env("_RJEM_MALLOC_CONF", ALLOCATOR)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| Error::Start { program: program(), source })?;
        self.n_started += 1;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Broken { program: program() });
        };
        let mut running = Running { child, stdin, stdout: BufReader::new(stdout) };
        let ready = frame::read(&mut running.stdout);
        match tokio::time::timeout(self.options.timeout, ready).await {
            Ok(Ok(ready)) if ready == child::READY => Ok(running),
            _ => Err(Error::Broken { program: program() }),
        }
    }
}

impl Running {
    /// Sends a page and waits for the answer; `None` when the child ended or spoke nonsense.
    async fn exchange(&mut self, job: &[u8], bytes: &[u8]) -> Option<Result<Page, Refusal>> {
        frame::write(&mut self.stdin, &[job, bytes]).await.ok()?;
        let answer = frame::read(&mut self.stdout).await.ok()?;
        serde_json::from_slice(&answer).ok()
    }

    /// Waits for the end of a child that no longer speaks; whether it was ended from outside.
    async fn wait_for_kill(&mut self) -> bool {
        const KILLS: [Signal; 4] = [Signal::HUP, Signal::INT, Signal::KILL, Signal::TERM];
        let ended = tokio::time::timeout(END_TIME_MAX, self.child.wait()).await;
        let status = ended.ok().and_then(Result::ok);
        status
            .and_then(|status| status.signal())
            .is_some_and(|signal| KILLS.map(Signal::as_raw).contains(&signal))
    }

    async fn end(mut self) {
        // It may have ended already, which is as good.
        let _ = self.child.kill().await;
    }
}
