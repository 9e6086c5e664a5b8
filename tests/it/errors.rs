//! What fails, moves or asks for patience, over spans that no test can wait for: between two runs
//! the times in the archive are set back.

use std::time::{Duration, UNIX_EPOCH};

use rusqlite::Connection;

use crate::news::{Item, item, items, rss};
use crate::program::Program;
use crate::web::{Route, Web};

/// A web with a feed at `/rss`, and a program that knows it as `dijkbode`.
fn set_up(route: Route) -> (Web, Program) {
    let web = Web::start();
    web.set("/rss", route);
    let program = Program::with_feed(&web.url("/rss"));
    (web, program)
}

fn news() -> Route {
    Route { has_validators: true, ..Route::document(rss(&items(0..3))) }
}

fn redirect(status: u16, to: String) -> Route {
    Route { headers: vec![("location", to)], ..Route::error(status) }
}

/// Everything the archive remembers of polls happened so much earlier.
fn let_pass(program: &Program, hours: i64) {
    let database = Connection::open(program.archive("archive.db")).unwrap();
    let columns = [
        "next_poll_at",
        "failing_since",
        "gone_since",
        "moved_since",
        "moved_seen_at",
        "last_poll_at",
        "last_success_at",
        "last_full_at",
        "last_304_at",
    ];
    for column in columns {
        let sql = format!("UPDATE poll_state SET {column} = {column} - {}", hours * 3600);
        database.execute(&sql, []).unwrap();
    }
}

fn last_fetch(program: &Program) -> String {
    program
        .rows("SELECT outcome, coalesce(reason, '') FROM fetches ORDER BY id DESC LIMIT 1")
        .remove(0)
}

fn state(program: &Program, columns: &str) -> String {
    program.rows(&format!("SELECT {columns} FROM poll_state")).remove(0)
}

/// So many hours after the last 304, as a feed writes it.
fn date_at(program: &Program, hours: i64) -> String {
    let seconds: i64 = state(program, "last_304_at").parse().unwrap();
    let since = Duration::from_secs(u64::try_from(seconds + hours * 3600).unwrap());
    httpdate::fmt_http_date(UNIX_EPOCH + since)
}

/// Polls every feed; whether one fails is not asked.
fn poll(program: &Program) {
    let ran = program.run(&["poll", "--all", "--set", "poll.ceiling=15m"]);
    assert!(ran.code == 0 || ran.code == 6, "{ran:?}");
}

#[test]
fn a_failing_feed_is_asked_less_and_less_but_always_again() {
    let (web, program) = set_up(Route::error(500));
    poll(&program);
    let wait = "(next_poll_at - last_poll_at) / 3600";
    for (hours, expected) in [(71, 5..=7), (2, 5..=27), (24 * 12, 100..=185)] {
        for _ in 0..12 {
            poll(&program);
        }
        let_pass(&program, hours);
        poll(&program);
        let wait: i64 = state(&program, wait).parse().unwrap();
        assert!(expected.contains(&wait), "{hours}: {wait} hours");
    }
    let n_before = web.asked().len();
    let_pass(&program, 8 * 24);
    assert_eq!(program.run(&["poll"]).code, 6);
    assert_eq!(web.asked().len(), n_before + 1);

    web.set("/rss", news());
    poll(&program);
    assert_eq!(state(&program, "n_failures, failing_since, last_outcome"), "0|-|fresh");
}

#[test]
fn retry_after_is_obeyed_across_restarts_and_by_poll_all() {
    let throttled =
        Route { headers: vec![("retry-after", "3600".to_owned())], ..Route::error(429) };
    let (web, program) = set_up(throttled);
    program.poll_all();
    assert_eq!(web.asked().len(), 1);
    program.ok(&["poll"]);
    program.poll_all();
    let mut daemon = program.daemon(&[]);
    web.set("/ander", news());
    // One feed that is due shows that the daemon has looked at what is due.
    program.list(&[("dijkbode", &web.url("/rss")), ("ander", &web.url("/ander"))]);
    daemon.wait_for("ander                    not asked: its host asks to wait");
    daemon.signal("TERM");
    daemon.wait();
    assert_eq!(web.asked_for("/rss").len(), 1);
    assert!(program.ok(&["status"]).contains("server's Retry-After"));

    program.ok(&["poll", "dijkbode"]);
    assert_eq!(web.asked_for("/rss").len(), 2);
    let_pass(&program, 2);
    program.ok(&["poll"]);
    assert_eq!(web.asked_for("/rss").len(), 3);
}

#[test]
fn a_host_that_asks_to_wait_is_not_asked_for_its_other_feeds() {
    let wait = |status| Route {
        headers: vec![("retry-after", "3600".to_owned())],
        ..Route::error(status)
    };
    let web = Web::start();
    for (path, route) in [("/rss", wait(429)), ("/sport", news()), ("/cultuur", news())] {
        web.set(path, route);
    }
    let program = Program::new();
    let (rss, sport, cultuur) = (web.url("/rss"), web.url("/sport"), web.url("/cultuur"));
    let feeds = [("dijkbode", &*rss), ("sport", &sport), ("cultuur", &cultuur)];
    program.list(&feeds);
    let log = program.run(&["poll", "--all"]).stderr;
    assert!(log.contains("sport                    not asked: its host asks to wait"), "{log}");
    assert!(log.contains("(its host's Retry-After)"), "{log}");
    assert_eq!(web.asked().len(), 1);
    // Nor in the next run, for the same ones or one that is new.
    web.set("/nieuw", news());
    let nieuw = web.url("/nieuw");
    program.list(&[&feeds[..], &[("nieuw", &nieuw)]].concat());
    program.poll_all();
    program.ok(&["poll"]);
    assert_eq!(web.asked().len(), 1);
    assert!(program.ok(&["status"]).contains("its host's Retry-After"));
    let states = "SELECT last_outcome, n_failures, failing_since IS NULL FROM poll_state
                  WHERE next_reason LIKE 'its host%'";
    assert_eq!(program.rows(states), vec!["throttled|0|1"; 3]);
    let waits = "SELECT max(next_poll_at) - min(next_poll_at) < 600 FROM poll_state
                 WHERE last_outcome = 'throttled'";
    assert_eq!(program.rows(waits), ["1"]);
    // When the time is over all are asked, whatever one of them is told again.
    // A feed that gives nothing waits as long as it did before, and no feed longer than 4.4 hours.
    for (status, hours) in [(503, 2), (429, 5)] {
        let n_before = web.asked().len();
        web.set("/rss", wait(status));
        let_pass(&program, hours);
        program.ok(&["poll"]);
        assert_eq!(web.asked().len(), n_before + 4);
    }
}

#[test]
fn gone_is_believed_after_three_sightings_over_two_days() {
    let (web, program) = set_up(Route::error(410));
    poll(&program);
    poll(&program);
    poll(&program);
    assert_eq!(last_fetch(&program), "failed|410 Gone");
    assert!(!program.ok(&["status"]).contains("gone (410)"));
    let_pass(&program, 49);
    poll(&program);
    assert_eq!(last_fetch(&program), "gone|410 Gone");
    let days = state(&program, "(next_poll_at - last_poll_at) / 86400");
    assert!(days == "6" || days == "7", "{days}");

    web.set("/rss", news());
    poll(&program);
    assert_eq!(state(&program, "n_gone, gone_since, last_outcome"), "0|-|fresh");
}

#[test]
fn another_answer_between_two_410_starts_the_count_again() {
    let (web, program) = set_up(Route::error(410));
    poll(&program);
    poll(&program);
    let_pass(&program, 49);
    web.set("/rss", Route::error(500));
    poll(&program);
    web.set("/rss", Route::error(410));
    poll(&program);
    assert_eq!(last_fetch(&program), "failed|410 Gone");
}

#[test]
fn a_move_on_the_same_domain_is_followed_after_three_times_over_a_day() {
    let (web, program) = set_up(news());
    web.set("/nieuw", news());
    web.set("/rss", redirect(301, web.url("/nieuw")));
    for _ in 0..3 {
        poll(&program);
    }
    assert_eq!(web.asked_for("/rss").len(), 3);
    let_pass(&program, 25);
    poll(&program);
    let n_old = web.asked_for("/rss").len();
    poll(&program);
    poll(&program);
    assert_eq!(web.asked_for("/rss").len(), n_old);
    let shown = program.ok(&["feed", "show", "dijkbode"]);
    assert!(shown.contains(&format!("to {}: polled there", web.url("/nieuw"))), "{shown}");
    assert!(program.ok(&["status"]).contains("moved     dijkbode to "));

    // When the new address fails for long, the owner's has its chance.
    web.set("/nieuw", Route::error(404));
    for _ in 0..4 {
        poll(&program);
    }
    assert_eq!(web.asked_for("/rss").len(), n_old + 1);
}

#[test]
fn a_temporary_redirect_is_followed_and_forgotten() {
    let (web, program) = set_up(news());
    web.set("/even", news());
    web.set("/rss", redirect(302, web.url("/even")));
    for _ in 0..4 {
        poll(&program);
        let_pass(&program, 13);
    }
    assert_eq!(web.asked_for("/rss").len(), 4);
    assert_eq!(state(&program, "moved_to"), "-");
}

#[test]
fn a_section_that_leads_to_another_feed_of_the_list_announces_nothing() {
    let (web, program) = set_up(news());
    let list = std::fs::read_to_string(program.config("feeds.toml")).unwrap();
    let url = web.url("/sport");
    let section = format!("\n[[feed]]\nname = \"sport\"\nsection = \"Sport\"\nurl = \"{url}\"\n");
    std::fs::write(program.config("feeds.toml"), list + &section).unwrap();
    web.set("/sport", Route::document(rss(&[item(90)])));
    poll(&program);
    let n_articles = program.rows("SELECT count(*) FROM articles");
    web.set("/sport", redirect(301, web.url("/rss")));
    web.set("/rss", Route::document(rss(&[item(91)])));
    let ran = program.run(&["poll", "--all"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.stderr.contains("it leads to the feed dijkbode"), "{ran:?}");
    assert_eq!(program.rows("SELECT feed FROM sightings WHERE listed ORDER BY 1 DESC")[0], "sport");
    let sections = program.rows("SELECT coalesce(section, '') FROM articles ORDER BY 1");
    assert_eq!(sections.iter().filter(|section| *section == "Sport").count(), 1);
    assert_ne!(program.rows("SELECT count(*) FROM articles"), n_articles);
}

#[test]
fn a_move_to_another_domain_waits_for_the_owner() {
    let (web, program) = set_up(news());
    let elsewhere = web.url("/nieuw").replace("127.0.0.1", "localhost");
    web.set("/nieuw", news());
    web.set("/rss", redirect(308, elsewhere.clone()));
    let allowed = "fetch.allow_hosts=[\"127.0.0.1\", \"localhost\"]";
    let poll = || program.ok(&["poll", "--all", "--set", allowed]);
    assert_eq!(program.run(&["feed", "accept-move", "dijkbode"]).code, 4);
    for _ in 0..4 {
        poll();
        let_pass(&program, 13);
    }
    assert_eq!(web.asked_for("/rss").len(), 4);
    let status = program.ok(&["status"]);
    assert!(status.contains("moved     dijkbode to http://localhost:"), "{status}");
    let articles = program.rows("SELECT id FROM articles ORDER BY 1");

    // One that is listed is not listed again.
    let path = program.config("feeds.toml");
    let list = std::fs::read_to_string(&path).unwrap();
    let other = format!("{list}\n[[feed]]\nname = \"nieuw\"\nurl = \"{elsewhere}\"\n");
    std::fs::write(&path, other).unwrap();
    let refused = program.run(&["feed", "accept-move", "dijkbode"]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("is listed already, as feed `nieuw`"), "{refused:?}");
    std::fs::write(&path, list).unwrap();

    program.ok(&["feed", "accept-move", "dijkbode"]);
    let list = std::fs::read_to_string(program.config("feeds.toml")).unwrap();
    assert!(list.contains(&format!("url = \"{elsewhere}\"\n")), "{list}");
    poll();
    assert_eq!(web.asked_for("/rss").len(), 4);
    let newest = web.asked_for("/nieuw").pop().unwrap();
    assert!(newest.header("if-none-match").is_some() || last_fetch(&program) == "not-modified|");
    assert_eq!(program.rows("SELECT id FROM articles ORDER BY 1"), articles);
    assert_eq!(state(&program, "moved_to, last_outcome"), "-|not-modified");
    assert_eq!(program.run(&["feed", "accept-move", "dijkbode"]).code, 4);
}

#[test]
fn a_clock_set_back_does_not_stop_polling() {
    let (web, program) = set_up(news());
    program.poll_all();
    let_pass(&program, -6);
    program.ok(&["poll"]);
    assert_eq!(web.asked().len(), 2);
    let_pass(&program, 6);
    program.ok(&["poll"]);
    assert_eq!(web.asked().len(), 3);
}

#[test]
fn what_was_seen_while_the_clock_was_ahead_makes_no_feed_be_polled_more_often() {
    let (web, program) = set_up(news());
    program.poll_all();
    web.set("/rss", Route::document(rss(&items(1..4))));
    program.poll_all();
    let_pass(&program, -48);
    let database = Connection::open(program.archive("archive.db")).unwrap();
    database.execute("UPDATE sighting SET appeared_at = appeared_at + 48 * 3600", []).unwrap();
    database.execute("UPDATE poll_state SET last_new_at = last_new_at + 48 * 3600", []).unwrap();
    drop(database);
    program.ok(&["poll"]);
    assert_eq!(state(&program, "last_new_at <= last_poll_at, failing_since"), "1|-");
    let database = Connection::open(program.archive("archive.db")).unwrap();
    let latest = "SELECT max(appeared_at) FROM sighting WHERE left_at IS NULL";
    let latest: i64 = database.query_row(latest, [], |row| row.get(0)).unwrap();
    drop(database);
    assert!(latest <= state(&program, "last_poll_at").parse().unwrap());
    // A failure as well is one of now.
    web.set("/rss", Route::error(500));
    poll(&program);
    let_pass(&program, -48);
    poll(&program);
    assert_eq!(state(&program, "failing_since <= last_poll_at"), "1");
}

#[test]
fn what_was_missed_before_an_address_was_corrected_is_a_gap() {
    let (web, program) = set_up(news());
    program.poll_all();
    web.set("/rss", Route::error(404));
    poll(&program);
    web.set("/nieuw", Route::document(rss(&items(20..23))));
    program.list(&[("dijkbode", &web.url("/nieuw"))]);
    poll(&program);
    let ledger = "SELECT state FROM coverage ORDER BY from_at";
    let gaps = || program.rows("SELECT feed FROM coverage WHERE state = 'suspected'");
    assert_eq!(gaps(), ["dijkbode"], "{:?}", program.rows(ledger));
    assert_eq!(state(&program, "n_failures, failing_since"), "0|-");

    // Two that change places miss nothing: each is the document of the other.
    web.set("/rss", Route::document(rss(&items(40..43))));
    program.list(&[("dijkbode", &web.url("/nieuw")), ("ander", &web.url("/rss"))]);
    poll(&program);
    program.list(&[("dijkbode", &web.url("/rss")), ("ander", &web.url("/nieuw"))]);
    poll(&program);
    assert_eq!(gaps(), ["dijkbode"]);
}

#[test]
fn the_gap_between_two_requests_to_a_host_holds_across_a_restart() {
    const GAP: Duration = Duration::from_millis(1500);
    let web = Web::start();
    for path in ["/a", "/b"] {
        web.set(path, news());
    }
    let program = Program::new();
    program.list(&[("aa", &web.url("/a")), ("bb", &web.url("/b"))]);
    for name in ["aa", "bb", "aa"] {
        program.ok(&["poll", name, "--set", "fetch.host_gap=1500ms"]);
    }
    for pair in web.asked().windows(2) {
        let gap = pair[1].at - pair[0].ended_at.unwrap();
        assert!(gap >= GAP, "{gap:?}");
    }
}

#[test]
fn validators_that_hid_a_change_are_not_sent_again() {
    let (web, program) = set_up(news());
    program.poll_all();
    program.poll_all();
    assert_eq!(web.asked()[1].header("if-none-match").map(|_| ()), Some(()));
    let hidden = Item { published: Some(date_at(&program, -2)), ..item(9) };
    let_pass(&program, 13);
    // The last 304 was an hour ago, and the entry there an hour before it.
    let database = Connection::open(program.archive("archive.db")).unwrap();
    let sql = "UPDATE poll_state SET last_304_at = last_304_at + 12 * 3600";
    database.execute(sql, []).unwrap();
    let changed = Route { body: rss(&[items(0..3), vec![hidden]].concat()).into(), ..news() };
    web.set("/rss", changed.clone());
    program.poll_all();
    assert_eq!(state(&program, "validators_lie"), "1");
    program.poll_all();
    assert_eq!(web.asked()[3].header("if-none-match"), None);
    assert_eq!(state(&program, "last_outcome"), "not-modified");
    assert!(program.ok(&["feed", "show", "dijkbode"]).contains("not sent: a 304 hid a change"));
}

#[test]
fn an_entry_that_came_after_the_last_304_is_no_lie() {
    let (web, program) = set_up(news());
    program.poll_all();
    program.poll_all();
    let now = date_at(&program, 0);
    let_pass(&program, 13);
    let new = Item { published: Some(now), ..item(9) };
    web.set("/rss", Route { body: rss(&[items(0..3), vec![new]].concat()).into(), ..news() });
    program.poll_all();
    assert_eq!(state(&program, "last_outcome, validators_lie"), "fresh|0");
}

#[test]
fn when_no_host_answers_it_is_our_own_network() {
    let program = Program::new();
    // Nobody listens at port 1 of these.
    let urls: Vec<(String, String)> =
        (2..8).map(|n| (format!("feed{n}"), format!("http://127.0.0.{n}:1/rss"))).collect();
    let feeds: Vec<(&str, &str)> = urls.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    program.list(&feeds);
    let allowed = "fetch.allow_hosts=[\"127.0.0.0/8\"]";
    let ran = program.run(&["poll", "--set", allowed]);
    assert_eq!(ran.stderr.matches("no host can be reached").count(), 1, "{}", ran.stderr);
    let ours = program.rows("SELECT count(*) FROM fetches WHERE failure = 'outage'");
    assert_eq!(ours, ["4"]);
    let waits = program.rows(
        "SELECT max(next_poll_at - last_poll_at) <= 300 FROM poll_state WHERE n_failures = 0",
    );
    assert_eq!(waits, ["1"]);
    let problem = program.json(&["status"])["problem"].to_string();
    assert!(problem.contains("our own network"), "{problem}");
}
