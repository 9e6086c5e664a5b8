//! A day of the real daemon within minutes, to see whether memory and open files stay flat.
//!
//! usage: `cargo run --release --example day -- [MINUTES] [FEEDS]` (12 minutes and 300 feeds)
//!
//! The daemon runs on a clock that is so much faster that a day passes in `MINUTES`; requests,
//! archive and index are real. It polls by the default policy an invented press of twenty hosts on
//! loopback, a process of its own, whose feeds have 4 to 300 articles a day; a tenth of them have
//! their pages read. When the day is over the clock stands still, so that nothing is due, and the
//! processor time of the idle daemon is taken. Linux only: it reads `/proc`.
//!
//! Ends with 1 when the last quarter of the day has over 5 % more private memory than the second
//! (medians), or never as few open files, or when the idle daemon takes over 1 % of a core. How many
//! files are open depends on how many requests are under way; what is never closed stays above that.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use std::{env, fs, thread};

use knipsel::config::settings::Settings;
use knipsel::listen::passed::Passed;
use knipsel::listen::{Answer, Door, Listener};
use knipsel::model::feed::{Feed, Fulltext};
use knipsel::model::time::Timestamp;
use knipsel::model::units::Span;
use knipsel::service::{self, Setup};
use knipsel::store::{Layout, Reader, library, sql};
use knipsel::worker;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const N_HOSTS: usize = 20;
const DAY_MS: i64 = 86_400_000;

/// Articles a day of one feed after the other.
const PER_DAY: [i64; 6] = [4, 12, 30, 60, 120, 300];

/// Articles that a feed lists.
const WINDOW: i64 = 30;

/// Every so many feeds have less than the article, so that its page is read.
const FEEDS_PER_PAGES: usize = 10;

/// How long the daemon may end what is due, and how long it is watched being idle.
const SETTLING: Duration = Duration::from_secs(20);
const IDLE: Duration = Duration::from_secs(30);

const GROWTH_MAX: f64 = 0.05;
const IDLE_MAX: f64 = 0.01;

/// The real moment at which the day began, in milliseconds, how much faster it goes, and the real
/// moment at which it stopped; 0 while it goes on.
static BEGAN_MS: AtomicI64 = AtomicI64::new(0);
static FACTOR: AtomicI64 = AtomicI64::new(1);
static STOPPED_MS: AtomicI64 = AtomicI64::new(0);

#[expect(clippy::disallowed_methods, reason = "the clock of this program")]
fn real_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// How much of the day is over.
fn passed_ms() -> i64 {
    let now = match STOPPED_MS.load(Ordering::SeqCst) {
        0 => real_ms(),
        stopped => stopped,
    };
    (now - BEGAN_MS.load(Ordering::SeqCst)) * FACTOR.load(Ordering::SeqCst)
}

fn fast_now() -> Timestamp {
    Timestamp::from_seconds((BEGAN_MS.load(Ordering::SeqCst) + passed_ms()) / 1000)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [argument] if argument == worker::ARGUMENT => {
            worker::child::serve(io::stdin(), io::stdout())?;
            Ok(ExitCode::SUCCESS)
        }
        ["press", began, factor] => {
            BEGAN_MS.store(began.parse()?, Ordering::SeqCst);
            FACTOR.store(factor.parse()?, Ordering::SeqCst);
            press()?;
            Ok(ExitCode::SUCCESS)
        }
        [] => day(12, 300),
        [minutes] => day(minutes.parse()?, 300),
        [minutes, feeds] => day(minutes.parse()?, feeds.parse()?),
        _ => Err("usage: day [MINUTES] [FEEDS]".into()),
    }
}

/// One look at the process.
#[derive(Clone, Copy)]
struct Sample {
    at_ms: i64,
    memory_kb: u64,
    n_files: u64,
}

fn day(minutes: i64, n_feeds: usize) -> Result<ExitCode, Box<dyn Error>> {
    FACTOR.store(DAY_MS / (minutes * 60_000), Ordering::SeqCst);
    BEGAN_MS.store(real_ms(), Ordering::SeqCst);
    let press = Press::start()?;
    let folder = tempfile::tempdir()?;
    let setup = Setup {
        layout: Layout::new(folder.path()),
        settings: settings(),
        feeds: (0..n_feeds).map(|n| press.feed(n)).collect(),
        files: None,
        sockets: Passed::default(),
        clock: fast_now,
    };
    let looking = thread::spawn(look);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()?;
    let mut idle = 0.0;
    let ending = async {
        tokio::time::sleep(Duration::from_secs(minutes.unsigned_abs() * 60)).await;
        STOPPED_MS.store(real_ms(), Ordering::SeqCst);
        tokio::time::sleep(SETTLING).await;
        let before = processor_seconds();
        tokio::time::sleep(IDLE).await;
        idle = (processor_seconds() - before) / IDLE.as_secs_f64();
    };
    runtime.block_on(service::run(setup, ending))?;
    let busy = processor_seconds() / 86_400.0;
    let samples = looking.join().map_err(|_| "nobody looked")?;
    let mut said = what_came(&Layout::new(folder.path()))?;
    let is_flat = judge(&samples, &mut said)?;
    writeln!(said, "processor {:.2} % of a core over the day", 100.0 * busy)?;
    writeln!(said, "processor {:.2} % of a core while nothing is due", 100.0 * idle)?;
    io::stdout().write_all(said.as_bytes())?;
    Ok(if is_flat && idle <= IDLE_MAX { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The default policy; only the pauses between requests, which are real time, are left out.
fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.fetch.allow_hosts = vec!["127.0.0.0/8".to_owned()];
    settings.fetch.host_gap = Span(Duration::ZERO);
    settings.fetch.page_gap = Span(Duration::ZERO);
    settings
}

/// Looks at this process until the day is over.
fn look() -> Vec<Sample> {
    let mut samples = Vec::with_capacity(100_000);
    while STOPPED_MS.load(Ordering::SeqCst) == 0 {
        thread::sleep(Duration::from_millis(250));
        let n_files = fs::read_dir("/proc/self/fd").map_or(0, |files| files.count() as u64);
        samples.push(Sample { at_ms: passed_ms(), memory_kb: memory_kb(), n_files });
    }
    samples
}

fn memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// Of this process, without its children; a tick is a hundredth of a second.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Whether memory and open files stay as they are from the second quarter of the day on.
fn judge(samples: &[Sample], said: &mut String) -> Result<bool, Box<dyn Error>> {
    let sorted = |quarter: i64, value: fn(&Sample) -> u64| {
        let is_in = |sample: &&Sample| sample.at_ms / (DAY_MS / 4) == quarter;
        let mut values: Vec<u64> = samples.iter().filter(is_in).map(value).collect();
        values.sort_unstable();
        values
    };
    let middle = |values: Vec<u64>| values.get(values.len() / 2).copied().unwrap_or_default();
    let fewest = |values: Vec<u64>| values.first().copied().unwrap_or_default();
    let memory: Vec<u64> = (0..4).map(|n| middle(sorted(n, |s| s.memory_kb))).collect();
    let files: Vec<u64> = (0..4).map(|n| fewest(sorted(n, |s| s.n_files))).collect();
    #[expect(clippy::cast_precision_loss, reason = "kilobytes of memory")]
    let growth = memory[3] as f64 / memory[1] as f64 - 1.0;
    writeln!(said, "private memory by quarters {memory:?} KiB, {:+.1} %", 100.0 * growth)?;
    writeln!(said, "open files by quarters, at least {files:?}")?;
    Ok(growth <= GROWTH_MAX && files[3] <= files[1])
}

/// What the day brought, so that a day without news is seen to be none.
fn what_came(layout: &Layout) -> Result<String, Box<dyn Error>> {
    let totals = library::totals(&Reader::open(layout)?)?;
    let (n, n_later) = (totals.n_articles, totals.n_revisions - totals.n_articles);
    let mut said = format!("{n} articles and {n_later} later revisions\n");
    let questions = [
        ("polls", "SELECT outcome, count(*) FROM fetches GROUP BY 1"),
        ("pages", "SELECT outcome, sum(n) FROM page_fetches GROUP BY 1"),
        ("gaps", "SELECT state, count(*) FROM coverage WHERE state = 'suspected' GROUP BY 1"),
    ];
    for (what, question) in questions {
        sql::query(&mut Reader::open(layout)?, question, Duration::from_secs(60), |_, row| {
            let _ = writeln!(said, "{what} {row:?}");
            true
        })?;
    }
    Ok(said)
}

/// The press, in a process of its own.
struct Press {
    child: Child,
    hosts: Vec<String>,
    // It ends when this closes.
    _stdin: Option<ChildStdin>,
}

impl Press {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(env::current_exe()?)
            .args(["press", &BEGAN_MS.load(Ordering::SeqCst).to_string()])
            .arg(FACTOR.load(Ordering::SeqCst).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the press has no output")?;
        let hosts = BufReader::new(stdout).lines().take(N_HOSTS).collect::<Result<_, _>>()?;
        let stdin = child.stdin.take();
        Ok(Self { child, hosts, _stdin: stdin })
    }

    fn feed(&self, n: usize) -> Feed {
        let host = &self.hosts[n % N_HOSTS];
        let has_pages = n.is_multiple_of(FEEDS_PER_PAGES);
        Feed {
            outlet: Some(format!("De Sluisbode {}", n % N_HOSTS)),
            language: Some("nl".to_owned()),
            fulltext: if has_pages { Fulltext::Auto } else { Fulltext::Off },
            ..Feed::new(format!("sluis-{n}"), format!("http://{host}/feed/{n}"))
        }
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves all hosts until its input ends.
fn press() -> Result<(), Box<dyn Error>> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listeners = runtime.block_on(open_hosts())?;
    io::stdout().flush()?;
    let _ = io::stdin().read_to_end(&mut Vec::new());
    drop(listeners);
    Ok(())
}

async fn open_hosts() -> io::Result<Vec<Listener>> {
    let mut listeners = Vec::new();
    for n in 0..N_HOSTS {
        let last = u8::try_from(n + 1).unwrap_or(u8::MAX);
        let address = SocketAddr::from((Ipv4Addr::new(127, 0, 50, last), 0));
        let (calls, mut receiver) = tokio::sync::mpsc::channel::<knipsel::listen::Call>(64);
        let is_known = Arc::new(|path: &str| document("", path).is_some());
        let listener = Listener::open(address, Door { calls, is_known, body_max: 0 }).await?;
        let host = listener.address().to_string();
        writeln!(io::stdout(), "{host}")?;
        tokio::spawn(async move {
            while let Some(call) = receiver.recv().await {
                let answer = document(&host, &call.path);
                let _ = call.answer.send(answer.unwrap_or_else(|| Answer::plain(404, "")));
            }
        });
        listeners.push(listener);
    }
    Ok(listeners)
}

/// `/feed/7`, and `/nieuws/7-1204` for an article of it.
fn document(host: &str, path: &str) -> Option<Answer> {
    if let Some(feed) = path.strip_prefix("/feed/") {
        let body = feed_document(host, feed.parse().ok()?).into_bytes();
        return Some(Answer { status: 200, content_type: "application/rss+xml", body });
    }
    let (feed, number) = path.strip_prefix("/nieuws/")?.split_once('-')?;
    let body = page(feed.parse().ok()?, number.parse().ok()?).into_bytes();
    Some(Answer { status: 200, content_type: "text/html; charset=utf-8", body })
}

fn feed_document(host: &str, feed: usize) -> String {
    let between_ms = DAY_MS / PER_DAY[feed % PER_DAY.len()];
    // As if it had been so for a day: the first poll finds a full window.
    let newest = (passed_ms() + DAY_MS) / between_ms;
    let mut document = format!("<rss version=\"2.0\"><channel><title>Sluis {feed}</title>");
    for number in (newest - WINDOW + 1..=newest).rev() {
        let at_ms = BEGAN_MS.load(Ordering::SeqCst) - DAY_MS + number * between_ms;
        let date = Timestamp::from_seconds(at_ms / 1000).to_rfc3339();
        let link = format!("http://{host}/nieuws/{feed}-{number}");
        let n_words = if feed.is_multiple_of(FEEDS_PER_PAGES) { 15 } else { 150 };
        let _ = write!(
            document,
            "<item><title>{}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate>\
             <description>{}</description></item>",
            words(feed, number, 7),
            words(feed, number, n_words)
        );
    }
    document + "</channel></rss>"
}

fn page(feed: usize, number: i64) -> String {
    let paragraph = |n| words(feed, number * 8 + n, 60);
    let paragraphs = (0..8).map(paragraph).collect::<Vec<_>>().join("</p><p>");
    let title = words(feed, number, 7);
    format!(
        "<!DOCTYPE html><html lang=nl><head><title>{title}</title></head><body><nav><a href=/>Voor\
         pagina</a></nav><main><article><h1>{title}</h1><p>{paragraphs}</p></article></main></body></html>"
    )
}

/// Sentences that no other article has.
fn words(feed: usize, number: i64, n: usize) -> String {
    const WORDS: [&str; 24] = [
        "brugwachter",
        "sluis",
        "schipper",
        "haven",
        "kanaal",
        "storm",
        "gemeente",
        "dijk",
        "water",
        "veerpont",
        "molen",
        "polder",
        "schip",
        "lading",
        "kade",
        "burgemeester",
        "raad",
        "besluit",
        "herstel",
        "vertraging",
        "onderzoek",
        "peil",
        "toezicht",
        "vergunning",
    ];
    const LINKS: [&str; 8] = ["van", "bij", "na", "over", "met", "zonder", "voor", "naast"];
    let seed =
        (feed as u64).wrapping_mul(0x9e37_79b9) ^ number.unsigned_abs().wrapping_mul(0x85eb_ca6b);
    let mut state = seed | 1;
    let mut text = String::new();
    for at in 0..n {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at_random = usize::try_from(state >> 40).unwrap_or_default();
        let word = if at % 2 == 0 { WORDS[at_random % 24] } else { LINKS[at_random % 8] };
        let end = if at % 12 == 11 || at + 1 == n { ". " } else { " " };
        let _ = write!(text, "{word}{end}");
    }
    format!("{text}{feed} telde {number}.")
}
