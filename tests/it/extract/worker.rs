//! What becomes of a page whose worker dies, hangs, talks nonsense or has no memory left.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use knipsel::extract::{Rules, Source};
use knipsel::worker::{Error, Options, Unread, Worker};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::pages::ARTICLE;

/// Says that it is ready, as a worker does.
const READY: &str = "printf '\\000\\000\\000\\024knipsel extraction 1'\n";

/// A worker that runs a script in place of the program.
struct Odd {
    worker: Worker,
    runtime: Runtime,
    _folder: TempDir,
}

impl Odd {
    fn new(script: &str, timeout: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("worker");
        fs::write(&program, format!("#!/bin/sh\n{script}")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let options = Options { timeout, ..Options::new(program) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { worker: Worker::new(options), runtime, _folder: folder }
    }

    /// How many words a page had, or why there is nothing of it.
    fn read(&mut self, page: &[u8]) -> Result<Result<usize, Unread>, Error> {
        let (source, rules) = (Source::default(), Rules::default());
        let read = self.worker.page(page, &source, &rules);
        let read = self.runtime.block_on(read)?;
        Ok(read.map(|page| page.n_words))
    }
}

const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_worker_that_ends_is_a_page_that_crashed() {
    for script in [
        "kill -SEGV $$",
        "exit 0",
        // A frame that is cut off, one longer than any may be, and one that is no answer.
        "printf '\\000\\000\\000\\144{'",
        "printf '\\377\\377\\377\\377'; exec sleep 60",
        "printf '\\000\\000\\000\\002ok'; exec sleep 60",
        "head -c 100000000 /dev/zero; exec sleep 60",
    ] {
        let mut odd = Odd::new(&format!("{READY}head -c 4 >/dev/null\n{script}\n"), SOON);
        for n_started in [1, 2] {
            let read = odd.read(ARTICLE.as_bytes()).unwrap();
            assert_eq!(read, Err(Unread::Crashed), "{script}");
            assert_eq!(odd.worker.n_started(), n_started, "{script}");
        }
    }
}

#[test]
fn a_page_whose_worker_was_killed_by_somebody_else_goes_to_the_next_and_no_further() {
    let mut odd = Odd::new(&format!("{READY}head -c 4 >/dev/null\nkill -KILL $$\n"), SOON);
    assert_eq!(odd.read(ARTICLE.as_bytes()).unwrap(), Err(Unread::Crashed));
    assert_eq!(odd.worker.n_started(), 2);
    // One that is killed while it waits, and one that is killed with a page.
    let binary = env!("CARGO_BIN_EXE_knipsel");
    for kill in ["", "head -c 4 >/dev/null; "] {
        let script = format!(
            "test -e \"$0.seen\" && exec {binary} extraction-worker\n: >\"$0.seen\"\n{READY}{kill}kill -KILL $$\n"
        );
        let mut odd = Odd::new(&script, SOON);
        assert!(odd.read(ARTICLE.as_bytes()).unwrap().unwrap() > 50);
        assert_eq!(odd.worker.n_started(), 2);
    }
}

#[test]
fn a_worker_that_hangs_is_ended_in_time() {
    // One that takes the page and never answers, and one that does not even take it.
    for script in ["cat >/dev/null; exit", "exec sleep 60"] {
        let mut odd = Odd::new(&format!("{READY}{script}\n"), Duration::from_millis(500));
        let begun = Instant::now();
        let page = vec![b'x'; 1 << 20];
        assert_eq!(odd.read(&page).unwrap(), Err(Unread::TimedOut), "{script}");
        assert!(begun.elapsed() < SOON, "{script}");
    }
}

#[test]
fn a_program_that_is_no_worker_is_an_error_and_no_page_is_to_blame() {
    for script in ["exit 0", "printf '\\000\\000\\000\\005hello'"] {
        let mut odd = Odd::new(script, SOON);
        assert!(matches!(odd.read(b"<p>x"), Err(Error::Broken { .. })), "{script}");
    }
    let mut missing = Odd::new("", SOON);
    missing.worker = Worker::new(Options::new(PathBuf::from("/nowhere/knipsel")));
    assert!(matches!(missing.read(b"<p>x"), Err(Error::Start { .. })));
}

#[test]
fn a_page_that_needs_more_memory_than_there_is_crashes_alone() {
    // As the limit of 1 GiB, which no page that passes the scan reaches, but lower.
    let binary = env!("CARGO_BIN_EXE_knipsel");
    let script = format!("ulimit -v 272000\nexec {binary} extraction-worker\n");
    // Filling memory takes long on a machine that is busy.
    let mut odd = Odd::new(&script, 6 * SOON);
    let paragraphs = "<p>De sluis bij Weert gaat <b>maandag</b> dicht voor groot onderhoud.\n";
    let large = format!("<html><body>{}", paragraphs.repeat(60_000));
    assert_eq!(odd.read(large.as_bytes()).unwrap(), Err(Unread::Crashed));
    assert!(odd.read(ARTICLE.as_bytes()).unwrap().unwrap() > 50);
    assert_eq!(odd.worker.n_started(), 2);
}
