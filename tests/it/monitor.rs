//! Health and counts, for whoever watches over the daemon.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use crate::news::{Item, item, items, rss};
use crate::program::{Program, Running, until};
use crate::web::{Route, Web};

/// Status line, headers and body of an answer.
fn ask(daemon: &Running, request: &str) -> String {
    let log = daemon.log();
    let address = log.rsplit("metrics at http://").next().unwrap();
    let address = address.split_whitespace().next().unwrap();
    answer(&mut call(address.parse().unwrap(), request))
}

fn call(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

fn answer(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The samples of an exposition, by name and labels.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let body = text.split_once("\r\n\r\n").unwrap().1;
    assert!(body.ends_with("# EOF\n"), "{body}");
    let lines = body.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

fn watched() -> (Web, Program, Running) {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..2))));
    web.set("/weg", Route { status: 404, ..Route::default() });
    let program = Program::new();
    program.list(&[("dijkbode", &web.url("/rss")), ("weg", &web.url("/weg"))]);
    let settings = "[monitor]\nlisten = \"127.0.0.1:0\"\n[fetch]\nallow_hosts = [\"127.0.0.1\"]\n\
                    host_gap = \"0s\"\n[poll]\nfloor = \"0s\"\n";
    std::fs::write(program.config("knipsel.toml"), settings).unwrap();
    let daemon = program.daemon(&[]);
    (web, program, daemon)
}

#[test]
fn counts_grow_with_what_is_polled_and_the_page_lists_every_name() {
    let (web, _program, daemon) = watched();
    let counted = until("both polls", || {
        let counted = samples(&ask(&daemon, "GET /metrics"));
        // A poll is counted after it is stored, so that the archive may know it first.
        let is_counted = counted["knipsel_polls_total{outcome=\"failed\"}"] >= 1.0
            && counted["knipsel_articles_new_total"] >= 2.0;
        let is_stored = counted["knipsel_feeds{state=\"failing\"}"] >= 1.0;
        (is_counted && is_stored).then_some(counted)
    });
    assert!(counted["knipsel_polls_total{outcome=\"fresh\"}"] >= 1.0);
    assert!((counted["knipsel_feeds{state=\"polled\"}"] - 2.0).abs() < 0.1);
    assert!((counted["knipsel_feeds{state=\"failing\"}"] - 1.0).abs() < 0.1);
    assert!(counted["knipsel_alarm{condition=\"quiet\"}"] < 0.1);
    assert!(counted["knipsel_feed_documents_bytes_total"] > 100.0);
    assert!(counted["knipsel_archive_size_bytes"] > 4096.0);
    // Some programs write the first day that they know where they have no date.
    let published = Some("Mon, 01 Jan 1753 00:00:00 GMT".to_owned());
    let third = Item { published, ..item(2) };
    web.set("/rss", Route::document(rss(&[items(0..2), vec![third]].concat())));
    until("the third article", || {
        let counted = samples(&ask(&daemon, "GET /metrics"));
        let is_counted = counted["knipsel_articles_new_total"] >= 3.0
            && counted["knipsel_article_lag_seconds_count"] >= 1.0;
        is_counted.then_some(())
    });

    let text = ask(&daemon, "GET /metrics");
    assert!(text.contains("content-type: application/openmetrics-text; version=1.0.0"), "{text}");
    let declared = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let declared: Vec<String> = declared.map(|line| line.replace(' ', "` | ")).collect();
    let page = include_str!("../../docs/monitoring.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `knipsel_"));
    let listed: Vec<String> = rows
        .map(|row| {
            let mut cells = row.split(" | ");
            format!("knipsel_{} | {}", cells.next().unwrap(), cells.next().unwrap())
        })
        .collect();
    assert_eq!(listed, declared);
}

#[test]
fn health_is_that_the_archive_can_be_written() {
    let (_web, _program, daemon) = watched();
    let answer = ask(&daemon, "GET /healthz");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nok\n"), "{answer}");
    for (request, status) in
        [("GET /", 404), ("GET /metrics/x", 404), ("POST /metrics", 405), ("PUT /healthz", 405)]
    {
        let answer = ask(&daemon, request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
    }
}

#[test]
fn an_archive_that_another_program_holds_is_not_healthy() {
    let (_web, program, daemon) = watched();
    let database = rusqlite::Connection::open(program.archive("archive.db")).unwrap();
    database.execute_batch("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").unwrap();
    let answer = ask(&daemon, "GET /healthz");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.ends_with("the archive does not answer\n"), "{answer}");
    database.execute_batch("ROLLBACK").unwrap();
    until("health", || ask(&daemon, "GET /healthz").starts_with("HTTP/1.1 200 ").then_some(()));
}

#[test]
fn a_socket_of_systemd_is_answered_on_and_outlives_settings_and_daemon() {
    let program = Program::new();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    // Who calls before there is a daemon waits for it.
    let mut early = call(address, "GET /healthz");
    let mut daemon = program.activated(socket.try_clone().unwrap(), "monitor");
    assert!(answer(&mut early).ends_with("\r\n\r\nok\n"), "{}", daemon.log());
    // A setting that names another place changes nothing.
    let settings = std::fs::read_to_string(program.config("knipsel.toml")).unwrap();
    let settings = format!("{settings}[monitor]\nlisten = \"127.0.0.1:1\"\n");
    std::fs::write(program.config("knipsel.toml"), settings).unwrap();
    daemon.wait_for("reloaded: ");
    assert!(answer(&mut call(address, "GET /metrics")).ends_with("# EOF\n"), "{}", daemon.log());
    daemon.signal("TERM");
    assert!(daemon.wait().success());

    let mut between = call(address, "GET /healthz");
    let daemon = program.activated(socket, "unknown");
    assert!(answer(&mut between).ends_with("\r\n\r\nok\n"), "{}", daemon.log());
}

#[test]
fn a_socket_that_is_none_is_refused() {
    let program = Program::new();
    let environment = [("LISTEN_FDS", "1")];
    let mut daemon = program.start_with(&["run"], &environment);
    assert_eq!(daemon.wait().code(), Some(5), "{}", daemon.log());
    assert!(daemon.log().contains("cannot take over the sockets"), "{}", daemon.log());
}

#[test]
fn a_door_that_cannot_be_opened_leaves_the_old_one_open_and_is_tried_again() {
    let (_web, program, daemon) = watched();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let settings = std::fs::read_to_string(program.config("knipsel.toml")).unwrap();
    let moved = settings.replace("127.0.0.1:0", &address.to_string());
    std::fs::write(program.config("knipsel.toml"), moved).unwrap();
    daemon.wait_for("not reloaded, the old settings and feeds stay: cannot listen at");
    assert!(ask(&daemon, "GET /healthz").starts_with("HTTP/1.1 200"));
    drop(taken);
    daemon.signal("HUP");
    daemon.wait_for("reloaded: polling 2 feeds");
    let told = answer(&mut call(address, "GET /healthz"));
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
}

#[test]
fn nothing_listens_unless_the_owner_wants_it_and_a_bad_address_is_refused() {
    let program = Program::new();
    program.list(&[]);
    for bad in ["overal", "127.0.0.1", "70000"] {
        let ran = program.run(&["run", "--set", &format!("monitor.listen={bad}")]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.stderr.contains("is neither a port nor an address with one"), "{ran:?}");
    }
}
