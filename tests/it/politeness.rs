//! Three hundred feeds on twenty hosts, all due at once: after a kill, after a stop, and when the
//! clock is set six hours ahead and back. No host is ever asked twice at a time or too soon.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use knipsel::config::feeds;
use knipsel::config::settings::Settings;
use knipsel::listen::passed::Passed;
use knipsel::model::time::Timestamp;
use knipsel::service::{self, Setup, clock};
use knipsel::store::Layout;

use crate::news::{items, rss};
use crate::program::{Program, until};
use crate::web::{Asked, Route, Web};

const N_HOSTS: u8 = 20;
const N_FEEDS: usize = 300;

/// Longer than it takes to start again, so that only waiting keeps it.
const GAP_ACROSS_RESTARTS: Duration = Duration::from_secs(2);

/// Short, so that the clock can be set while hundreds of feeds wait for their turn.
const GAP: Duration = Duration::from_millis(100);

/// A feed that was polled waits for an hour, so that only a clock that is set makes it due again.
const SETTINGS: &str = "\
[fetch]
allow_hosts = [\"127.0.0.0/8\"]
host_gap = \"2s\"

[poll]
floor = \"1h\"
ceiling = \"1h\"
";

const SIX_HOURS: i64 = 6 * 3600;

/// How far the clock of the daemon in this process is off.
static CLOCK_OFF_BY: AtomicI64 = AtomicI64::new(0);

fn shifted_now() -> Timestamp {
    Timestamp::from_seconds(clock::now().seconds() + CLOCK_OFF_BY.load(Ordering::SeqCst))
}

struct Press {
    hosts: Vec<Web>,
    program: Program,
    /// When the first run with the short gap began.
    hurried_at: Option<Instant>,
    /// When a daemon was killed: what it was told after that, it did not hear.
    killed_at: Vec<Instant>,
}

impl Press {
    fn start() -> Self {
        let host = |n| Web::on(Ipv4Addr::new(127, 0, 40, n + 1));
        let hosts: Vec<Web> = (0..N_HOSTS).map(host).collect();
        let program = Program::new();
        fs::write(program.config("knipsel.toml"), SETTINGS).unwrap();
        let mut list = String::new();
        for n in 0..N_FEEDS {
            let (host, path) = (&hosts[n % hosts.len()], format!("/{n}"));
            host.set(&path, Route::document(rss(&items(n..n + 1))));
            let _ = writeln!(list, "[[feed]]\nname = \"{n}\"\nurl = \"{}\"", host.url(&path));
        }
        fs::write(program.config("feeds.toml"), list).unwrap();
        Self { hosts, program, hurried_at: None, killed_at: Vec::new() }
    }

    fn n_asked(&self) -> usize {
        self.hosts.iter().map(|host| host.asked().len()).sum()
    }

    /// Waits until all hosts together were asked `n` times more.
    fn wait_for(&self, n: usize) {
        let n_before = self.n_asked();
        until(&format!("{n} requests"), || (self.n_asked() >= n_before + n).then_some(()));
    }

    /// No request before the answer to the last one and the gap.
    #[track_caller]
    fn check_gaps(&self) {
        for host in &self.hosts {
            let asked = host.asked();
            for pair in asked.windows(2) {
                let gap = pair[1].at.saturating_duration_since(self.end(&pair[0]));
                let is_hurried = self.hurried_at.is_some_and(|at| pair[1].at > at);
                let least = if is_hurried { GAP } else { GAP_ACROSS_RESTARTS };
                assert!(gap >= least, "{gap:?} between {} and {}", pair[0].path, pair[1].path);
            }
        }
    }

    fn end(&self, asked: &Asked) -> Instant {
        let ended_at = asked.ended_at.unwrap_or(asked.at);
        let killed_at = self.killed_at.iter().find(|killed_at| asked.at < **killed_at);
        killed_at.map_or(ended_at, |killed_at| ended_at.min(*killed_at))
    }

    /// The daemon in this process, on the clock of this process.
    fn run_here(&self) -> (thread::JoinHandle<()>, tokio::sync::oneshot::Sender<()>) {
        let mut settings = Settings::default();
        settings.fetch.allow_hosts = vec!["127.0.0.0/8".to_owned()];
        settings.fetch.host_gap.0 = GAP;
        let setup = Setup {
            layout: Layout::new(self.program.archive("")),
            settings,
            feeds: feeds::load(&self.program.config("feeds.toml")).unwrap(),
            files: None,
            sockets: Passed::default(),
            clock: shifted_now,
        };
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let shutdown = async { drop(stopped.await) };
            runtime.unwrap().block_on(service::run(setup, shutdown)).unwrap();
        });
        (thread, stop)
    }
}

#[test]
fn no_host_is_asked_too_soon_by_300_feeds_across_restarts_and_clock_jumps() {
    let mut press = Press::start();
    let daemon = press.program.daemon(&[]);
    press.wait_for(20);
    press.killed_at.push(Instant::now());
    daemon.kill();

    let mut daemon = press.program.daemon(&[]);
    press.wait_for(20);
    daemon.signal("TERM");
    daemon.wait();

    let daemon = press.program.daemon(&[]);
    press.wait_for(20);
    press.killed_at.push(Instant::now());
    daemon.kill();

    press.hurried_at = Some(Instant::now());
    let (thread, stop) = press.run_here();
    until("every feed", || {
        let paths = press.hosts.iter().flat_map(Web::asked).map(|asked| asked.path);
        (paths.collect::<HashSet<_>>().len() == N_FEEDS).then_some(())
    });
    let n_once = press.n_asked();
    // Each host may have been in the middle of one when a daemon was killed.
    assert!(
        n_once <= N_FEEDS + 2 * usize::from(N_HOSTS),
        "{n_once}: what was stored was asked again"
    );

    CLOCK_OFF_BY.store(SIX_HOURS, Ordering::SeqCst);
    press.wait_for(100);
    CLOCK_OFF_BY.store(-SIX_HOURS, Ordering::SeqCst);
    // Those that waited for their turn, and those polled in what is now the future.
    press.wait_for(150);
    drop(stop);
    thread.join().unwrap();
    press.check_gaps();
    let n_asked: Vec<usize> = press.hosts.iter().map(|host| host.asked().len()).collect();
    assert!(
        n_asked.iter().all(|n| *n >= 20),
        "a host that the jumps did not make due: {n_asked:?}"
    );
}
