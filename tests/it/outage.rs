//! Our own network goes away and comes back: no feed is blamed, and none waits for its next turn.

use std::net::Ipv4Addr;

use rusqlite::Connection;

use crate::news::{items, rss};
use crate::program::{Program, until};
use crate::web::{Asked, Route, Web};

const GAP_MS: u128 = 300;

/// A feed that was polled waits for hours, so that only the end of the outage makes it due.
const SETTINGS: &str = "\
[fetch]
allow_hosts = [\"127.0.0.0/8\"]
host_gap = \"300ms\"
page_gap = \"0s\"

[poll]
floor = \"2h\"
ceiling = \"2h\"
ceiling_quiet = \"2h\"
";

/// On each of three hosts three feeds, and another one on a host of its own that is never away.
const PATHS: [&str; 3] = ["/a", "/b", "/c"];

fn serve(web: &Web) {
    for path in PATHS {
        web.set(path, Route::document(rss(&items(0..2))));
    }
}

fn list(webs: &[Web], others: &[&Web]) -> Vec<(String, String)> {
    let mut feeds = Vec::new();
    for (n, web) in webs.iter().enumerate() {
        feeds.extend(
            PATHS.map(|path| (format!("host{n}{}", path.replace('/', "-")), web.url(path))),
        );
    }
    feeds.extend(others.iter().map(|web| ("ander".to_owned(), web.url("/a"))));
    feeds
}

fn write_list(program: &Program, feeds: &[(String, String)]) {
    let feeds: Vec<(&str, &str)> = feeds.iter().map(|(name, url)| (&**name, &**url)).collect();
    program.list(&feeds);
}

#[test]
fn what_could_not_be_reached_is_polled_when_the_network_is_back_busiest_first() {
    let host = |n| Web::on(Ipv4Addr::new(127, 0, 41, n));
    let webs: Vec<Web> = (1..=3).map(host).collect();
    webs.iter().for_each(serve);
    let program = Program::new();
    std::fs::write(program.config("knipsel.toml"), SETTINGS).unwrap();
    write_list(&program, &list(&webs, &[]));
    program.poll_all();

    // All of them go away; all are due.
    let addresses: Vec<_> = webs.iter().map(Web::address).collect();
    drop(webs);
    let archive = Connection::open(program.archive("archive.db")).unwrap();
    let sql = "UPDATE poll_state SET next_poll_at = 0, interval_s = CASE
        WHEN (SELECT name FROM feed WHERE id = feed_id) LIKE '%-b' THEN 7200 ELSE 9000 END";
    archive.execute(sql, []).unwrap();
    let daemon = program.daemon(&[]);
    daemon.wait_for("no host can be reached");
    let failed = "SELECT count(*) FROM feeds WHERE last_outcome = 'failed'";
    until("every feed to fail", || (program.rows(failed) == ["9"]).then_some(()));
    let blamed = "SELECT count(*) FROM feeds WHERE failures > 0";
    assert_eq!(program.rows(blamed), ["2"], "the first two were not known to be ours");

    // They are back, which nobody knows before one of them is asked: a feed that is new in the list.
    let webs: Vec<Web> = addresses.into_iter().map(Web::at).collect();
    webs.iter().for_each(serve);
    let other = Web::on(Ipv4Addr::new(127, 0, 41, 9));
    serve(&other);
    write_list(&program, &list(&webs, &[&other]));
    daemon.wait_for("the network is back");
    let feeds = |web: &Web| -> Vec<Asked> {
        web.asked().into_iter().filter(|asked| PATHS.contains(&&*asked.path)).collect()
    };
    until("every feed", || webs.iter().all(|web| feeds(web).len() == 3).then_some(()));
    until("all to be stored", || (program.rows(failed) == ["0"]).then_some(()));
    for web in &webs {
        let asked = feeds(web);
        assert_eq!(asked[0].path, "/b", "the one with the shortest interval comes first");
        for pair in asked.windows(2) {
            let gap = pair[1].at - pair[0].ended_at.unwrap();
            assert!(gap.as_millis() >= GAP_MS, "{gap:?} between two requests to one host");
        }
    }
    // And then it is quiet again.
    assert_eq!(program.rows("SELECT count(*) FROM feeds WHERE failures > 0"), ["0"]);
    assert_eq!(webs.iter().map(|web| feeds(web).len()).sum::<usize>(), 9);
}
