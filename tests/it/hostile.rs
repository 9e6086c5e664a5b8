//! Servers that are broken or mean, all in one pass with good ones: what each gets, and that nobody
//! else notices. `docs/reliability.md` lists them.

mod behavior; // one behavior, and the words to write one
mod body; // compression, encodings, what is no feed
mod document; // feeds, or nearly
mod server; // raw bytes on a host of their own
mod status; // statuses, waits, redirects
mod wire; // connections, TLS, framing

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use crate::hostile::behavior::{Act, Behavior};
use crate::hostile::server::{Script, Then, serve};
use crate::news::{items, rss};
use crate::program::{Program, Running};

const SETTINGS: &str = "\
[fetch]
allow_hosts = [\"127.0.0.0/8\"]
host_gap = \"0s\"
";

/// All limits short, so that those who try them are soon done.
const SHORT: &str = "\
connect_timeout = \"1s\"
header_timeout = \"2s\"
idle_timeout = \"1s\"
total_timeout = \"3s\"
body_max = \"1MiB\"
";

const N_GOOD: usize = 6;

/// The stallers need three seconds; the rest is for a debug build beside other tests.
const PASS_MAX: Duration = Duration::from_secs(35);

/// Measured: see `docs/reliability.md`.
const PEAK_KIB_MAX: u64 = 150 << 10;

fn behaviors() -> Vec<Behavior> {
    [wire::behaviors(), status::behaviors(), body::behaviors(), document::behaviors()]
        .into_iter()
        .flatten()
        .collect()
}

/// The URL of a behavior, with a server on a host of its own behind it.
fn start(number: usize, act: Act) -> String {
    let last = u8::try_from(number % 250 + 1).unwrap();
    let host = Ipv4Addr::new(127, 0, u8::try_from(number / 250 + 1).unwrap(), last);
    match act {
        Act::Serve(script) => format!("http://{}/feed", serve(host, script)),
        Act::ServeTls(script) => format!("https://{}/feed", serve(host, script)),
        Act::Url(url) => url,
    }
}

/// A good feed: its name and URL.
fn good(number: usize) -> (String, String) {
    let host = Ipv4Addr::new(127, 0, 9, u8::try_from(number + 1).unwrap());
    let document = rss(&items(3 * number..3 * number + 3));
    let script = Script::close(behavior::ok(document));
    (format!("goed-{number}"), format!("http://{}/feed", serve(host, script)))
}

fn program(settings: &str, feeds: &[(String, String)]) -> Program {
    let program = Program::new();
    fs::write(program.config("knipsel.toml"), settings).unwrap();
    let mut list = String::new();
    for (name, url) in feeds {
        let _ = writeln!(list, "[[feed]]\nname = \"{name}\"\nurl = \"{url}\"\n");
    }
    fs::write(program.config("feeds.toml"), list).unwrap();
    program
}

/// The most memory a process had, in KiB; the last that could be read before it ended.
fn peak_kib(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Waits for the end of a pass; the peak of its memory.
fn watch(pass: &mut Running) -> u64 {
    let begun = Instant::now();
    let mut peak = 0;
    while pass.ended().is_none() {
        assert!(begun.elapsed() < PASS_MAX, "the pass goes on after {PASS_MAX:?}: {}", pass.log());
        peak = peak_kib(pass.id()).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(10));
    }
    peak
}

/// What the archive says of every feed: outcome and class, reason, articles.
fn recorded(program: &Program) -> HashMap<String, (String, String, String)> {
    let rows = program.rows(
        "SELECT feed, outcome || coalesce(' ' || failure, ''),
                coalesce(new, 0), coalesce(reason, '')
         FROM fetches",
    );
    let fields = |row: String| {
        let mut fields = row.splitn(4, '|').map(str::to_owned);
        let mut next = || fields.next().unwrap();
        let (feed, outcome, new) = (next(), next(), next());
        (feed, (outcome, next(), new))
    };
    rows.into_iter().map(fields).collect()
}

/// What is wrong with how a behavior ended.
fn wrong(behavior: &Behavior, found: Option<&(String, String, String)>) -> Option<String> {
    let Some((outcome, reason, new)) = found else {
        return Some(format!("{}: not polled", behavior.name));
    };
    let is_expected = outcome.starts_with(behavior.outcome)
        && (if outcome == "fresh" {
            behavior.detail.is_empty() || new == behavior.detail
        } else {
            reason.contains(behavior.detail)
        });
    (!is_expected).then(|| {
        format!(
            "{}: {outcome}, {new} new, `{reason}`; expected {}, `{}`",
            behavior.name, behavior.outcome, behavior.detail
        )
    })
}

#[test]
fn each_hostile_server_gets_what_is_due_and_nobody_else_notices() {
    let mut behaviors = behaviors();
    let mut feeds: Vec<(String, String)> = Vec::new();
    for (number, behavior) in behaviors.iter_mut().enumerate() {
        let act = std::mem::replace(&mut behavior.act, Act::Url(String::new()));
        feeds.push((behavior.name.replace('.', "-"), start(number, act)));
    }
    feeds.extend((0..N_GOOD).map(good));
    let program = program(&format!("{SETTINGS}{SHORT}"), &feeds);
    let mut pass = program.start(&["poll", "--all", "-v"]);
    let peak = watch(&mut pass);

    let recorded = recorded(&program);
    let found = |behavior: &Behavior| recorded.get(&behavior.name.replace('.', "-"));
    let wrong: Vec<String> = behaviors.iter().filter_map(|b| wrong(b, found(b))).collect();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    for number in 0..N_GOOD {
        let good = &recorded[&format!("goed-{number}")];
        assert_eq!((good.0.as_str(), good.2.as_str()), ("fresh", "3"));
    }
    check_log(&pass.log());
    check_archive(&program);
    assert!(peak < PEAK_KIB_MAX, "{peak} KiB");
}

#[track_caller]
fn check_log(log: &str) {
    assert!(!log.contains("a fault of knipsel"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
    assert!(!log.contains("geheim"), "{log}");
    let raw = log.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
    assert_eq!(raw, None, "{log}");
}

fn check_archive(program: &Program) {
    let unsafe_links = "SELECT link FROM sightings
         WHERE link IS NOT NULL AND (link NOT LIKE 'http%' OR length(link) > 8192)";
    assert_eq!(program.rows(unsafe_links), [""; 0]);
    let controls = "SELECT title FROM revisions
         WHERE instr(title, char(27)) OR instr(title, char(155)) OR length(title) > 500";
    assert_eq!(program.rows(controls), [""; 0]);
    let long = "SELECT name FROM feeds WHERE length(title) > 500 OR instr(title, char(27))";
    assert_eq!(program.rows(long), [""; 0]);
    let shown = program.ok(&["search", "--limit", "1000"]) + &program.ok(&["status"]);
    assert!(!shown.contains(['\x1b', '\u{9b}', '\u{202e}']), "{shown}");
}

#[test]
fn stalling_hosts_delay_no_other_feed_by_more_than_seconds() {
    // Many times the places for quick ones; the limits are the default ones, 15 s to a minute.
    const N_STALLING: usize = 100;
    let ok = "HTTP/1.1 200 OK\r\n\r\n";
    let scripts = [Script::then("", Then::Stall), Script::then(ok, behavior::dribble(b" "))];
    let mut feeds: Vec<(String, String)> = (0..N_STALLING)
        .map(|n| (format!("stil-{n}"), start(250 * 20 + n, Act::Serve(scripts[n % 2].clone()))))
        .collect();
    feeds.extend((0..N_GOOD).map(good));
    let program = program(SETTINGS, &feeds);
    let pass = program.start(&["poll", "--all"]);
    let begun = Instant::now();
    while pass.log().matches("3 new").count() < N_GOOD {
        // Sixteen of the stallers ahead of them make room every two seconds.
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", pass.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn every_behavior_is_in_the_document() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reliability.md");
    let document = fs::read_to_string(path).unwrap_or_default();
    let behaviors = behaviors();
    assert!(behaviors.len() >= 60);
    let names: HashSet<&str> = behaviors.iter().map(|behavior| behavior.name).collect();
    assert_eq!(names.len(), behaviors.len(), "two behaviors have one name");
    let row = |b: &Behavior| format!("| `{}` | {} | {} |", b.name, b.outcome, b.detail);
    let rows: Vec<String> = behaviors.iter().map(row).collect();
    assert!(document.contains(&rows.join("\n")), "{path} should hold:\n{}", rows.join("\n"));
}
