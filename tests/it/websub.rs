//! A hub that pushes (WebSub): asked, confirmed, believed when it signs, and never relied on.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use knipsel::model::time::Timestamp;
use knipsel::service::clock;
use rusqlite::Connection;
use serde_json::json;
use sha2::Sha256;
use url::Url;

use crate::news::{Item, item, rss};
use crate::program::{Program, Running, until};
use crate::web::{Route, Web};

const CHALLENGE: &str = "een uitdaging & meer";
const LEASE_S: u64 = 86_400;

/// A real hub on loopback: it confirms what it is asked, and pushes what it is told to.
struct Hub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// What it was asked, as it came.
    asked: Mutex<Vec<HashMap<String, String>>>,
    /// What came back for each challenge.
    echoes: Mutex<Vec<(u16, String)>>,
    /// It answers this, and confirms only after 202.
    status: Mutex<u16>,
}

impl Hub {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { status: Mutex::new(202), ..Shared::default() });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = serve(&stream.unwrap(), &served);
            }
        });
        Self { address, shared }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn answers(&self, status: u16) {
        *self.shared.status.lock().unwrap() = status;
    }

    fn asked(&self) -> Vec<HashMap<String, String>> {
        self.shared.asked.lock().unwrap().clone()
    }

    #[track_caller]
    fn wait_for_echoes(&self, n: usize) -> (u16, String) {
        until("a confirmation", || {
            let echoes = self.shared.echoes.lock().unwrap();
            echoes.get(n - 1).cloned()
        })
    }

    fn callback(&self) -> String {
        self.asked()[0]["hub.callback"].clone()
    }

    /// Pushes `body`, signed with what it was given unless `signature` says otherwise.
    fn push(&self, body: &str, signature: Option<&str>) -> u16 {
        let secret = &self.asked()[0]["hub.secret"];
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signed = format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()));
        let signature = signature.unwrap_or(&signed);
        let headers =
            format!("content-type: application/rss+xml\r\nx-hub-signature: {signature}\r\n");
        call(&self.callback(), "POST", &headers, body).0
    }

    /// Asks back at the callback, as if it had been asked for `mode`.
    fn asks_back(&self, mode: &str, topic: &str) -> (u16, String) {
        let mut url = Url::parse(&self.callback()).unwrap();
        url.query_pairs_mut()
            .append_pair("hub.mode", mode)
            .append_pair("hub.topic", topic)
            .append_pair("hub.challenge", CHALLENGE)
            .append_pair("hub.reason", "te druk")
            .append_pair("hub.lease_seconds", &LEASE_S.to_string());
        call(url.as_str(), "GET", "", "")
    }
}

fn serve(mut stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    shared.asked.lock().unwrap().push(form.clone());
    let status = *shared.status.lock().unwrap();
    write!(stream, "HTTP/1.1 {status} .\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    if status == 202 {
        let mut url = Url::parse(&form["hub.callback"]).unwrap();
        url.query_pairs_mut()
            .append_pair("hub.mode", &form["hub.mode"])
            .append_pair("hub.topic", &form["hub.topic"])
            .append_pair("hub.challenge", CHALLENGE)
            .append_pair("hub.lease_seconds", &LEASE_S.to_string());
        let echo = call(url.as_str(), "GET", "", "");
        shared.echoes.lock().unwrap().push(echo);
    }
    Ok(())
}

/// A request to the program: status and body of the answer.
fn call(url: &str, method: &str, headers: &str, body: &str) -> (u16, String) {
    let url = Url::parse(url).unwrap();
    let address = url.socket_addrs(|| None).unwrap()[0];
    let path = &url[url::Position::BeforePath..];
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: \
         {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Who is refused early may not be read to the end.
    let _ = stream.write_all(body.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap_or_default().1.to_owned())
}

/// An hour after the one before; the first a day and a half ago, so that no hub is late with them.
fn dated(number: usize) -> Item {
    let now = UNIX_EPOCH + clock::now().since(Timestamp::EPOCH);
    let at = now - Duration::from_secs(36 * 3_600) + Duration::from_secs(number as u64 * 3_600);
    Item { published: Some(httpdate::fmt_http_date(at)), ..item(number) }
}

/// An outlet with a hub, and a daemon that listens; polls come when they are called for.
struct Scene {
    hub: Hub,
    web: Web,
    program: Program,
    daemon: Running,
}

impl Scene {
    fn start() -> Self {
        Self::with(|program, socket| {
            drop(socket);
            program.daemon(&[])
        })
    }

    /// With a daemon that is to listen where `socket` is bound.
    fn with(daemon: impl FnOnce(&Program, TcpListener) -> Running) -> Self {
        let (hub, web) = (Hub::start(), Web::start());
        let program = Program::with_feed(&web.url("/rss"));
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let settings = format!(
            "[fetch]\nallow_hosts = [\"127.0.0.1\"]\nhost_gap = \"0s\"\nbody_max = \"1MiB\"\n\n\
             [poll]\nfloor = \"0s\"\nceiling = \"1h\"\n\n\
             [websub]\nlisten = \"127.0.0.1:{port}\"\ncallback = \"http://127.0.0.1:{port}/push\"\n"
        );
        std::fs::write(program.config("knipsel.toml"), settings).unwrap();
        publish(&web, &hub, 0..20);
        let daemon = daemon(&program, socket);
        let scene = Self { hub, web, program, daemon };
        assert_eq!(scene.hub.wait_for_echoes(1), (200, CHALLENGE.to_owned()));
        scene.daemon.wait_for(" pushes until ");
        scene
    }

    fn topic(&self) -> String {
        self.web.url("/rss")
    }

    /// The feed lists these now.
    fn publish(&self, numbers: Range<usize>) {
        publish(&self.web, &self.hub, numbers);
    }

    /// What a hub brings: these, without the rest.
    fn document(numbers: Range<usize>) -> String {
        rss(&numbers.rev().map(dated).collect::<Vec<_>>())
    }

    fn change(&self, sql: &str) {
        let database = Connection::open(self.program.archive("archive.db")).unwrap();
        database.busy_timeout(Duration::from_secs(5)).unwrap();
        database.execute(sql, []).unwrap();
    }

    /// Polls now, and waits until it is stored.
    fn poll(&self) {
        let n_polls = || self.program.rows("SELECT count(*) FROM fetches WHERE pushed_by IS NULL");
        let before = n_polls();
        self.change("UPDATE poll_state SET next_poll_at = 0");
        until("a poll", || (n_polls() != before).then_some(()));
    }

    fn subscription(&self, columns: &str) -> String {
        self.program.rows(&format!("SELECT {columns} FROM subscriptions")).remove(0)
    }

    fn n_articles(&self) -> String {
        self.program.rows("SELECT count(*) FROM articles").remove(0)
    }
}

fn publish(web: &Web, hub: &Hub, numbers: Range<usize>) {
    let atom = "xmlns:atom=\"http://www.w3.org/2005/Atom\"";
    let links = format!(
        "<atom:link {atom} rel=\"hub\" href=\"{}\"/><atom:link {atom} rel=\"self\" href=\"{}\"/>",
        hub.url(),
        web.url("/rss"),
    );
    let document = rss(&numbers.rev().map(dated).collect::<Vec<_>>());
    web.set("/rss", Route::document(document.replace("<language>", &format!("{links}<language>"))));
}

#[test]
fn headers_without_the_address_of_the_feed_say_nothing_new_of_its_hub() {
    let scene = Scene::start();
    let topic = format!("{}?vorm=rss", scene.topic());
    let own = format!(
        "<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"{topic}\"/><language>"
    );
    let route = Route::document(Scene::document(0..20).replace("<language>", &own));
    let headers = vec![("link", format!("<{}>; rel=\"hub\"", scene.hub.url()))];
    scene.web.set("/rss", Route { has_validators: true, headers, ..route });
    scene.poll();
    scene.hub.wait_for_echoes(2);
    let n_asked = scene.hub.asked().len();
    for _ in 0..2 {
        scene.poll();
        assert_eq!(scene.subscription("topic"), topic);
    }
    let unchanged = "SELECT count(*) FROM fetches WHERE outcome = 'not-modified'";
    assert_eq!(scene.program.rows(unchanged), ["2"]);
    assert_eq!(scene.hub.asked().len(), n_asked);
}

#[test]
fn a_hub_calls_on_a_socket_of_systemd_too() {
    // It stays open in the daemon, so that the address could not be listened at anew.
    let scene = Scene::with(|program, socket| program.activated(socket, "websub"));
    assert_eq!(scene.hub.push(&Scene::document(19..21), None), 202);
    assert_eq!(scene.n_articles(), "21");
}

#[test]
fn a_hub_is_asked_confirmed_and_what_it_signs_is_archived_at_once() {
    let scene = Scene::start();
    let asked = scene.hub.asked().remove(0);
    assert_eq!((&*asked["hub.mode"], &asked["hub.topic"]), ("subscribe", &scene.topic()));
    assert!(asked["hub.secret"].len() >= 32 && asked["hub.callback"].len() > 64);
    assert_eq!(scene.subscription("state, live_until IS NOT NULL"), "live|1");

    // Two new ones, and one that is known: nothing leaves the feed because a hub is brief.
    assert_eq!(scene.hub.push(&Scene::document(19..22), None), 202);
    assert_eq!(scene.n_articles(), "22");
    assert_eq!(scene.program.rows("SELECT count(*) FROM sightings WHERE listed"), ["22"]);
    assert_eq!(scene.subscription("deliveries, new, missed, refused"), "1|2|0|0");
    let pushed = "SELECT outcome, new, pushed_by FROM fetches WHERE pushed_by IS NOT NULL";
    assert_eq!(scene.program.rows(pushed), [format!("fresh|2|{}", scene.hub.url())]);
    until("the index", || scene.program.found(&["--", &item(21).title]).pop());
    // The ledger has no gap, and the digest of what was brought is kept with the revision.
    assert_eq!(scene.program.json(&["gaps"]), json!([]));
    assert_eq!(scene.program.rows("SELECT count(*) FROM revisions WHERE digest IS NULL"), ["0"]);

    // Polled, it is found complete, and polled a quarter as often.
    scene.publish(2..22);
    scene.poll();
    assert_eq!(scene.program.rows("SELECT next_reason FROM feeds"), ["pushed by a hub"]);
    let wait = "SELECT next_poll_at - last_poll_at > 3 * interval_s FROM poll_state";
    assert_eq!(scene.program.rows(wait), ["1"]);
    assert_eq!(scene.program.json(&["gaps"]), json!([]));

    // What a poll is first to see is counted, and the polls are as they were until it pushes again.
    scene.publish(3..23);
    scene.poll();
    assert_eq!(scene.subscription("missed"), "1");
    assert_ne!(scene.program.rows("SELECT next_reason FROM feeds"), ["pushed by a hub"]);
    let shown = scene.program.json(&["feed", "show", "dijkbode"]);
    assert_eq!((&shown["push"]["new"], &shown["push"]["missed"]), (&json!(2), &json!(1)));
    let line = scene.program.ok(&["feed", "show", "dijkbode"]);
    assert!(line.contains("; 2 new, 1 missed"), "{line}");
    let status = scene.program.json(&["status"])["push"].clone();
    assert_eq!(status, json!({ "feeds": 1, "live": 1, "new": 2, "missed": 1 }));
    assert!(scene.program.ok(&["status"]).contains("1 of 1 feeds with a hub; 2 new, 1 missed"));
}

#[test]
fn what_is_not_signed_or_not_asked_for_changes_nothing() {
    let scene = Scene::start();
    let document = Scene::document(20..22);
    for signature in ["", "sha256=00", "sha1=", "md5=d41d8cd98f00b204e9800998ecf8427e"] {
        // Answered like the others, so that nobody can try secrets out.
        assert_eq!(scene.hub.push(&document, Some(signature)), 202, "{signature}");
    }
    assert_eq!(scene.n_articles(), "20");
    assert_eq!(scene.subscription("deliveries, new, refused"), "0|0|4");

    // Confirmed was the one request that we made.
    let topic = scene.topic();
    assert_eq!(scene.hub.asks_back("subscribe", &topic).0, 404);
    assert_eq!(scene.hub.asks_back("unsubscribe", &topic).0, 404);
    let guessed = scene.hub.callback().replace("/push/", "/push/x");
    assert_eq!(call(&guessed, "POST", "", &document).0, 404);
    assert_eq!(call(&guessed.replace("/push/", "/"), "GET", "", "").0, 404);
    assert_eq!(call(&scene.hub.callback(), "DELETE", "", "").0, 405);
    assert_eq!(scene.hub.push(&"x".repeat((1 << 20) + 1), None), 413);
    // Signed, and no feed: said, and nothing else.
    assert_eq!(scene.hub.push("<html>", None), 202);
    scene.daemon.wait_for("pushed, but");
    assert_eq!(scene.n_articles(), "20");

    // A hub may take its word back.
    assert_eq!(scene.hub.asks_back("denied", &topic).0, 200);
    assert_eq!(scene.subscription("state, result"), "denied|te druk");
}

#[test]
fn a_hub_is_told_at_once_where_else_to_bring_what_it_pushes() {
    let scene = Scene::start();
    let settings = std::fs::read_to_string(scene.program.config("knipsel.toml")).unwrap();
    let elsewhere = settings.replace("/push\"", "/elders/push\"");
    assert_ne!(elsewhere, settings);
    std::fs::write(scene.program.config("knipsel.toml"), elsewhere).unwrap();
    assert_eq!(scene.hub.wait_for_echoes(2), (200, CHALLENGE.to_owned()));
    let asked = scene.hub.asked();
    assert!(asked[1]["hub.callback"].contains("/elders/push/"), "{asked:?}");
    until("the other place", || (scene.subscription("state") == "live").then_some(()));
}

#[test]
fn a_lease_is_renewed_and_a_hub_that_is_gone_costs_nothing_but_its_pushes() {
    let scene = Scene::start();
    scene.change("UPDATE subscription SET next_at = 0, live_until = live_until - 1000");
    let before = scene.subscription("live_until");
    assert_eq!(scene.hub.wait_for_echoes(2), (200, CHALLENGE.to_owned()));
    until("a new lease", || (scene.subscription("live_until") > before).then_some(()));
    let asked = scene.hub.asked();
    assert_eq!(asked[0], asked[1], "under the same callback, so that nothing falls between");

    // It answers no more when its lease ends.
    scene.hub.answers(500);
    scene.change("UPDATE subscription SET next_at = 0, live_until = 1");
    scene.daemon.wait_for("500 Internal Server Error");
    scene.publish(2..22);
    scene.poll();
    assert_eq!(scene.n_articles(), "22");
    assert_ne!(scene.program.rows("SELECT next_reason FROM feeds"), ["pushed by a hub"]);
    assert_eq!(scene.subscription("missed"), "0", "nobody pushed, so nobody missed anything");
    assert_eq!(scene.program.json(&["gaps"]), json!([]));

    // It is back, and at last asked to stop, because the feed is paused.
    scene.hub.answers(202);
    scene.change("UPDATE subscription SET next_at = 0");
    assert_eq!(scene.hub.wait_for_echoes(3).0, 200);
    until("a lease", || (scene.subscription("state") == "live").then_some(()));
    let list = std::fs::read_to_string(scene.program.config("feeds.toml")).unwrap();
    let paused = format!("{list}paused = true\n");
    std::fs::write(scene.program.config("feeds.toml"), paused).unwrap();
    assert_eq!(scene.hub.wait_for_echoes(4).0, 200);
    assert_eq!(scene.hub.asked().last().unwrap()["hub.mode"], "unsubscribe");
    until("the end", || (scene.subscription("state") == "ended").then_some(()));
    assert_eq!(scene.hub.push(&Scene::document(22..23), None), 410);
}

#[test]
fn nothing_listens_and_no_hub_is_asked_unless_the_owner_wants_it() {
    let (hub, web) = (Hub::start(), Web::start());
    let program = Program::with_feed(&web.url("/rss"));
    publish(&web, &hub, 0..20);
    let daemon = program.daemon(&[]);
    daemon.wait_for("20 new");
    assert!(!daemon.log().contains("listening"));
    assert!(hub.asked().is_empty());
    assert_eq!(program.rows("SELECT count(*) FROM subscriptions"), ["0"]);
    let ran = program.run(&["run", "--set", "websub.listen=127.0.0.1:0"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.stderr.contains("`websub.listen` and `websub.callback` need each other"),
        "{ran:?}"
    );
}
