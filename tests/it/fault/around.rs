//! What the machine around it lacks: names of hosts, and the right time.

use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use knipsel::config::feeds;
use knipsel::config::settings::Settings;
use knipsel::listen::passed::Passed;
use knipsel::model::time::Timestamp;
use knipsel::model::units::Span;
use knipsel::service::{self, Setup, clock};
use knipsel::store::Layout;

use crate::fault::{check_whole, lines, mounting, polled};
use crate::news::{items, rss};
use crate::program::{Program, until};
use crate::web::{Route, Web};

/// How far the clock of the daemon in this process is off.
static CLOCK_OFF_BY: AtomicI64 = AtomicI64::new(0);

fn shifted_now() -> Timestamp {
    Timestamp::from_seconds(clock::now().seconds() + CLOCK_OFF_BY.load(Ordering::SeqCst))
}

#[test]
fn names_that_cannot_be_looked_up_at_the_start_are_polled_once_they_can() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..3))));
    let program = Program::new();
    let url = |host: &str| web.url("/rss").replace("127.0.0.1", host);
    let hosts = ["een.example", "twee.example", "drie.example"];
    let list = hosts.map(|host| (host.split('.').next().unwrap(), url(host)));
    program.list(&list.each_ref().map(|(name, url)| (*name, &**url)));
    // Asked at once, as whatever is due first would be within three minutes.
    let another = format!("\n[[feed]]\nname = \"vier\"\nurl = \"{}\"\n", url("vier.example"));
    fs::write(program.home().join("vier"), format!("{another}fulltext = \"off\"\n")).unwrap();
    let script = "
        wait_for() { I=0; until eval \"$1\"; do sleep .1; I=$((I+1)); test $I -lt 100 || break; done; }
        n() { knipsel sql \"SELECT count(*) FROM $1\" --format csv 2>/dev/null | tail -1; }
        printf 'nameserver 127.0.0.1\\noptions timeout:1 attempts:1\\n' >resolv
        echo '127.0.0.1 localhost' >hosts
        mount --bind resolv /etc/resolv.conf && mount --bind hosts /etc/hosts || exit 9
        knipsel run 2>log.txt & P=$!
        wait_for 'grep -q \"no host can be reached\" log.txt'
        grep -c 'no host can be reached' log.txt
        wait_for 'test \"$(n \"fetches WHERE failure IN ('\"'dns','outage'\"')\")\" = 3'
        n 'feeds WHERE last_error IS NOT NULL'
        echo '127.0.0.1 een.example twee.example drie.example vier.example' >>hosts
        cat vier >>.config/knipsel/feeds.toml
        wait_for 'test \"$(n \"feeds WHERE last_outcome IN ('\"'fresh','not_modified'\"')\")\" = 4'
        n 'feeds WHERE failures = 0'
        kill $P; wait $P; echo run $?";
    let Some(ran) = mounting(&program, script) else { return };
    let log = fs::read_to_string(program.home().join("log.txt")).unwrap_or_default();
    assert_eq!(lines(&ran), ["1", "3", "4", "run 0"], "{ran:?}\n{log}");
    check_whole(&program, 3);
}

#[test]
fn a_clock_that_starts_in_1970_and_is_then_set_right_holds_up_no_poll() {
    let web = Web::start();
    let program = polled(&web, 3);
    CLOCK_OFF_BY.store(1000 - clock::now().seconds(), Ordering::SeqCst);
    let mut settings = Settings::default();
    settings.fetch.allow_hosts = vec!["127.0.0.1".to_owned()];
    settings.fetch.host_gap = Span::default();
    settings.poll.floor = Span::default();
    let setup = Setup {
        layout: Layout::new(program.archive("")),
        settings,
        feeds: feeds::load(&program.config("feeds.toml")).unwrap(),
        files: None,
        sockets: Passed::default(),
        clock: shifted_now,
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    web.set("/rss", Route::document(rss(&items(0..6))));
    let daemon = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let shutdown = async { drop(stopped.await) };
        runtime.unwrap().block_on(service::run(setup, shutdown)).unwrap();
    });
    let n_articles = |n: &str| {
        let count = || program.rows("SELECT count(*) FROM articles");
        until("the articles", || (count() == [n]).then_some(()));
    };
    n_articles("6");
    CLOCK_OFF_BY.store(0, Ordering::SeqCst);
    web.set("/rss", Route::document(rss(&items(2..9))));
    n_articles("9");
    drop(stop);
    daemon.join().unwrap();
    check_whole(&program, 9);
}
