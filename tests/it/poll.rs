//! One pass over the feeds: what is new, what changed, what failed, and what is remembered.

use std::fs;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::json;

use crate::news::{Item, atom, item, items, rss};
use crate::program::{Program, redacted};
use crate::web::{Route, Web};

/// A web with a feed at `/rss`, and a program that knows it as `dijkbode`.
fn set_up(route: Route) -> (Web, Program) {
    let web = Web::start();
    web.set("/rss", route);
    let program = Program::with_feed(&web.url("/rss"));
    (web, program)
}

fn feed(items: &[Item]) -> Route {
    Route { has_validators: true, ..Route::document(rss(items)) }
}

/// The outcome, status and numbers of every fetch, oldest first.
fn fetches(program: &Program) -> Vec<String> {
    program.rows("SELECT outcome, status, entries, new, revised FROM fetches ORDER BY id")
}

/// The id of the article with this headline in some revision.
fn id_of(program: &Program, title: &str) -> String {
    let ids = program.rows(&format!("SELECT DISTINCT id FROM revisions WHERE title = '{title}'"));
    assert_eq!(ids.len(), 1, "{title}");
    ids.into_iter().next().unwrap()
}

#[test]
fn every_item_is_stored_once_and_an_unchanged_feed_is_not_sent_again() {
    for document in [rss(&items(0..10)), atom(&items(0..10))] {
        let (web, program) = set_up(Route { has_validators: true, ..Route::document(document) });
        program.poll_all();
        program.poll_all();
        assert_eq!(fetches(&program), ["fresh|200|10|10|0", "not-modified|304|-|-|-"]);
        assert_eq!(program.rows("SELECT count(*), count(DISTINCT title) FROM articles"), ["10|10"]);
        let asked = web.asked();
        assert_eq!(asked[0].header("if-none-match"), None);
        assert!(asked[1].header("if-none-match").is_some());
        assert!(asked[1].header("if-modified-since").is_some());
    }
}

#[test]
fn an_unchanged_document_without_validators_is_not_read_again() {
    let (web, program) = set_up(Route::document(rss(&items(0..3))));
    program.poll_all();
    program.poll_all();
    assert_eq!(fetches(&program), ["fresh|200|3|3|0", "not-modified|200|-|-|-"]);
    web.set("/rss", Route::document(rss(&items(0..4))));
    program.poll_all();
    assert_eq!(fetches(&program)[2], "fresh|200|4|1|0");
}

#[test]
fn a_changed_headline_is_a_revision_and_the_old_one_is_kept() {
    let before = item(1);
    let after = Item { title: "Zwembad Zuidlaren blijft open".to_owned(), ..before.clone() };
    let (web, program) = set_up(feed(std::slice::from_ref(&before)));
    program.poll_all();
    web.set("/rss", feed(std::slice::from_ref(&after)));
    program.poll_all();
    assert_eq!(fetches(&program)[1], "fresh|200|1|0|1");
    let id = id_of(&program, &after.title);
    let show = |id: &str| program.json(&["show", id]);
    assert_eq!((&show(&id)["title"], &show(&id)["revision"]), (&json!(after.title), &json!(2)));
    let first = show(&format!("{id}@1"));
    assert_eq!(first["title"], json!(before.title));
    assert_eq!(first["text"], json!(before.text));
    let changed = "SELECT revision, changed FROM revisions ORDER BY revision";
    assert_eq!(program.rows(changed), ["1|-", "2|[\"title\"]"]);
    assert_eq!(program.found(&["title:blijft"]), [id.as_str()]);
    assert!(program.found(&["title:gemeenteraad"]).is_empty());
}

#[test]
fn a_silent_edit_of_the_text_is_a_revision_that_says_so() {
    let date = Some("Mon, 14 Feb 2022 10:30:00 +0100".to_owned());
    let before = Item { published: date, ..item(2) };
    let after = Item { text: before.text.replace("twee", "drie"), ..before.clone() };
    let (web, program) = set_up(feed(std::slice::from_ref(&before)));
    program.poll_all();
    web.set("/rss", feed(std::slice::from_ref(&after)));
    program.poll_all();
    let id = id_of(&program, &before.title);
    let revisions = program.json(&["revisions", &id]);
    assert_eq!(revisions[0]["silent"], json!(false));
    assert_eq!(revisions[1]["changed"], json!(["text"]));
    assert_eq!(revisions[1]["silent"], json!(true));
    assert_eq!(program.json(&["show", &format!("{id}@1")])["text"], json!(before.text));
    insta::assert_snapshot!(redacted(&program.ok(&["show", &id]), &program));
}

#[test]
fn white_space_and_quotes_are_no_revision() {
    let before = Item { text: "De ‘brug’ is  open.".to_owned(), ..item(0) };
    let after = Item { text: "De 'brug' is open.".to_owned(), ..before.clone() };
    let (web, program) = set_up(feed(&[before]));
    program.poll_all();
    web.set("/rss", feed(&[after]));
    program.poll_all();
    assert_eq!(fetches(&program)[1], "fresh|200|1|0|0");
}

#[test]
fn an_article_in_two_feeds_is_one_article_seen_twice() {
    let web = Web::start();
    web.set("/binnenland", feed(&items(0..3)));
    web.set("/regio", feed(&items(2..5)));
    let program = Program::new();
    let urls = [web.url("/binnenland"), web.url("/regio")];
    program.list(&[("binnenland", &urls[0]), ("regio", &urls[1])]);
    program.poll_all();
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["5"]);
    assert_eq!(program.rows("SELECT count(*) FROM revisions"), ["5"]);
    let id = id_of(&program, &item(2).title);
    let shown = program.json(&["show", &id]);
    let names = shown["sightings"].as_array().unwrap().iter().map(|seen| &seen["feed"]);
    assert_eq!(names.collect::<Vec<_>>(), ["binnenland", "regio"]);
    for name in ["binnenland", "regio"] {
        assert!(program.found(&["--feed", name]).contains(&id), "{name}");
        assert_eq!(program.found(&["--feed", name]).len(), 3);
    }
}

#[test]
fn another_guid_and_address_with_the_publishers_id_are_the_same_article() {
    let (web, program) = set_up(feed(&items(0..3)));
    program.poll_all();
    let moved = items(0..3).into_iter().map(|item| Item {
        guid: item.link.replace("/bericht", ""),
        link: item.link.replace("/bericht", "/een-nieuw-adres"),
        ..item
    });
    web.set("/rss", feed(&moved.collect::<Vec<_>>()));
    program.poll_all();
    assert_eq!(fetches(&program)[1], "fresh|200|3|0|0");
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["3"]);
}

#[test]
fn a_broken_document_is_mended() {
    let broken = rss(&items(0..6)).replacen("</title><link>", "</titel><link>", 3);
    let (web, program) = set_up(feed(&items(0..2)));
    web.set("/rss", Route { has_validators: true, ..Route::document(broken) });
    program.poll_all();
    assert_eq!(program.rows("SELECT count(*) FROM articles WHERE url IS NOT NULL"), ["6"]);
    let warnings = "SELECT warnings FROM fetches ORDER BY id DESC LIMIT 1";
    assert_eq!(program.rows(warnings), ["[\"3 closing tags of nothing\"]"]);
}

/// A program that writes the feed may stop in the middle; nothing on the way would notice.
#[test]
fn a_document_cut_off_gives_its_whole_entries_and_vouches_for_nothing() {
    let whole = rss(&items(0..6));
    let within = |nth: usize| whole.match_indices("</dc:creator>").nth(nth).unwrap().0;
    for (cut, n_articles) in [(within(0), "2"), (within(4), "4")] {
        let (web, program) = set_up(feed(&items(0..2)));
        program.poll_all();
        let document = whole[..cut].to_owned();
        web.set("/rss", Route { has_validators: true, ..Route::document(document) });
        program.run(&["poll", "--all"]);
        assert_eq!(program.rows("SELECT count(*) FROM articles"), [n_articles]);
        assert_eq!(program.rows("SELECT count(*) FROM sightings WHERE NOT listed"), ["0"]);
        assert_eq!(program.rows("SELECT count(*) FROM revisions WHERE revision > 1"), ["0"]);
        web.set("/rss", feed(&items(0..6)));
        program.poll_all();
        assert_eq!(program.rows("SELECT count(*) FROM articles"), ["6"]);
        let asked = web.asked();
        let sent = |n: usize| asked[n].header("if-none-match").unwrap();
        assert_eq!(sent(1), sent(2), "the validators of a broken document were kept");
    }
}

#[test]
fn a_document_that_breaks_off_is_a_failure_that_vouches_for_nothing() {
    let (web, program) = set_up(Route { cut_at: Some(700), ..feed(&items(0..6)) });
    assert_eq!(program.run(&["poll", "--all"]).code, 6);
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["0"]);
    assert_eq!(program.rows("SELECT outcome, reason IS NOT NULL FROM fetches"), ["failed|1"]);
    web.set("/rss", feed(&items(0..6)));
    program.poll_all();
    assert_eq!(web.asked()[1].header("if-none-match"), None);
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["6"]);
}

#[test]
fn an_odd_item_costs_at_most_itself() {
    let odd = [
        Item { link: String::new(), ..item(1) },
        Item { guid: String::new(), link: String::new(), ..item(2) },
        Item { published: Some("ooit, in de herfst".to_owned()), ..item(3) },
        Item { link: "geen adres".to_owned(), text: "<p>Open <b>einde".to_owned(), ..item(4) },
        Item { title: String::new(), ..item(5) },
    ];
    let (_web, program) = set_up(feed(&[&items(0..1)[..], &odd, &items(6..7)].concat()));
    program.poll_all();
    assert_eq!(fetches(&program), ["fresh|200|7|7|0"]);
    assert_eq!(program.rows("SELECT published FROM articles WHERE title LIKE 'Biblio%'"), ["-"]);
}

#[test]
fn error_statuses_are_recorded_and_backed_off() {
    for (status, header, expected) in [
        (404, None, "failed|404|http|404 Not Found"),
        (500, None, "failed|500|http|500 Internal Server Error"),
        (
            403,
            None,
            "failed|403|http|403 Forbidden; if a browser is let in, give the feed a \
                     `user_agent` of its own",
        ),
        (410, None, "failed|410|http|410 Gone"),
        (503, Some(("retry-after", "3600".to_owned())), "throttled|503|-|-"),
    ] {
        let headers = header.into_iter().collect();
        let (web, program) = set_up(Route { headers, ..Route::error(status) });
        let code = if status == 503 { 0 } else { 6 };
        let poll = ["poll", "--set", "poll.ceiling=15m"];
        assert_eq!(program.run(&poll).code, code, "{status}");
        let recorded = "SELECT outcome, status, failure, reason FROM fetches";
        assert_eq!(program.rows(recorded), [expected]);
        let wait = "SELECT unixepoch(next_poll) - unixepoch(last_poll) >= 1200 FROM feeds";
        assert_eq!(program.rows(wait), ["1"], "{status}");
        program.ok(&["poll"]);
        assert_eq!(web.asked().len(), 1, "{status} was asked again before its time");
    }
}

#[test]
fn each_failure_waits_longer_until_a_success_forgives_them() {
    let (web, program) = set_up(Route::error(500));
    let wait = "SELECT unixepoch(next_poll) - unixepoch(last_poll), failures FROM feeds";
    let mut waits = Vec::new();
    for n_failures in 1..=3 {
        assert_eq!(program.run(&["poll", "--all"]).code, 6);
        let row = program.rows(wait).remove(0);
        let (seconds, failures) = row.split_once('|').unwrap();
        assert_eq!(failures, n_failures.to_string());
        waits.push(seconds.parse::<u32>().unwrap());
    }
    assert!(waits.is_sorted_by(|a, b| a < b), "{waits:?}");
    web.set("/rss", feed(&items(0..2)));
    program.poll_all();
    let state = "SELECT failures, failing_since, last_error, last_outcome FROM feeds";
    assert_eq!(program.rows(state), ["0|-|-|fresh"]);
}

#[test]
fn an_entry_that_left_its_feed_was_last_seen_at_the_poll_before() {
    let (web, program) = set_up(feed(&items(0..3)));
    program.poll_all();
    web.set("/rss", feed(&items(1..4)));
    program.poll_all();
    let listed = "SELECT listed, count(*) FROM sightings GROUP BY 1 ORDER BY 1";
    assert_eq!(program.rows(listed), ["0|1", "1|3"]);
    let id = id_of(&program, &item(0).title);
    let last_seen = "SELECT s.last_seen = (SELECT min(at) FROM fetches) FROM sightings AS s
        WHERE NOT s.listed";
    assert_eq!(program.rows(last_seen), ["1"]);
    assert!(program.ok(&["show", &id]).contains(", until "));
    web.set("/rss", feed(&items(0..4)));
    program.poll_all();
    assert_eq!(program.rows(listed), ["1|4"]);
    assert_eq!(fetches(&program)[2], "fresh|200|4|0|0");
}

#[test]
fn a_feed_taken_from_the_list_keeps_its_articles() {
    let (web, program) = set_up(feed(&items(0..3)));
    program.poll_all();
    web.set("/atom", Route::document(atom(&items(10..12))));
    program.list(&[("ander", &web.url("/atom"))]);
    program.poll_all();
    assert_eq!(program.found(&["--feed", "dijkbode"]).len(), 3);
    assert_eq!(program.rows("SELECT name, listed FROM feeds"), ["dijkbode|0", "ander|1"]);
    assert_eq!(program.json(&["status"])["feeds"].as_array().unwrap().len(), 1);
    assert_eq!(web.asked_for("/rss").len(), 1);
}

#[test]
fn a_feed_with_another_address_is_asked_without_the_old_ones_validators() {
    let (web, program) = set_up(feed(&items(0..3)));
    program.poll_all();
    web.set("/nieuw", feed(&items(0..3)));
    program.list(&[("dijkbode", &web.url("/nieuw"))]);
    program.poll_all();
    assert_eq!(web.asked_for("/nieuw")[0].header("if-none-match"), None);
    assert_eq!(fetches(&program)[1], "fresh|200|3|0|0");
}

#[test]
fn what_left_a_feed_has_left_it_although_its_pages_are_wanted_from_now_on() {
    let web = Web::start();
    let linked = |n: usize| Item { link: web.url(&format!("/nieuws/{n}")), ..item(n) };
    web.set("/rss", feed(&(0..4).map(linked).collect::<Vec<_>>()));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    let list = fs::read_to_string(program.config("feeds.toml")).unwrap();
    fs::write(program.config("feeds.toml"), list.replace("fulltext = \"off\"\n", "")).unwrap();
    web.set("/rss", feed(&(3..5).map(linked).collect::<Vec<_>>()));
    program.poll_all();
    assert_eq!(program.rows("SELECT count(*) FROM sightings WHERE listed"), ["2"]);
    assert_eq!(program.rows("SELECT count(*) FROM pages"), ["2"]);
}

#[test]
fn a_failing_feed_holds_up_no_other_and_shows_in_the_exit_code_and_the_status() {
    let web = Web::start();
    web.set("/goed", feed(&items(0..3)));
    web.set("/stuk", Route::error(500));
    let program = Program::new();
    program.list(&[("goed", &web.url("/goed")), ("stuk", &web.url("/stuk"))]);
    let ran = program.run(&["poll", "--all"]);
    assert_eq!(ran.code, 6);
    assert!(ran.stderr.ends_with("polled 2 feeds: 3 new, 0 revised, 1 failed\n"), "{ran:?}");
    assert_eq!(program.found(&[]).len(), 3);
    insta::assert_snapshot!(redacted(&program.ok(&["status"]), &program));
}

#[test]
fn feeds_are_chosen_by_name_by_time_or_all() {
    let web = Web::start();
    for path in ["/a", "/b", "/c"] {
        web.set(path, Route::document(rss(&items(0..1))));
    }
    let program = Program::new();
    program.list(&[("aa", &web.url("/a")), ("bb", &web.url("/b")), ("cc", &web.url("/c"))]);
    let list = program.config("feeds.toml");
    let text = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, text + "paused = true\n").unwrap();
    // Undated entries that have just appeared would make their feeds due within a second.
    let poll = |arguments: &[&str]| {
        let slow = ["--set", "poll.ceiling=1h", "--set", "poll.floor=1h"];
        let ran = program.run(&[&["poll"], arguments, &slow].concat());
        let mut counts = ["/a", "/b", "/c"].map(|path| web.asked_for(path).len().to_string());
        counts.sort_by_key(String::len);
        (ran.code, counts.join(""))
    };
    assert_eq!(poll(&["bb"]), (0, "010".to_owned()));
    assert_eq!(poll(&[]), (0, "110".to_owned()));
    assert_eq!(poll(&[]), (0, "110".to_owned()));
    assert_eq!(poll(&["--all"]), (0, "220".to_owned()));
    assert_eq!(poll(&["cc", "aa"]), (0, "321".to_owned()));
    assert_eq!(poll(&["--all", "aa"]).0, 2);
    let ran = program.run(&["poll", "aaa"]);
    assert_eq!(ran.code, 4);
    assert_eq!(
        ran.stderr,
        "knipsel: there is no feed `aaa` in the feed list\nhint: did you mean `aa`?\n"
    );
}

#[test]
fn a_poll_that_cannot_be_stored_costs_no_other_and_is_told() {
    let web = Web::start();
    let program = Program::new();
    web.set("/west", Route::document(rss(&items(0..3))));
    let slow = Route::document(rss(&items(10..13)));
    web.set("/oost", Route { delay: Duration::from_millis(500), ..slow });
    program.list(&[("west", &web.url("/west")), ("oost", &web.url("/oost"))]);
    program.ok(&["poll", "--all", "--quiet"]);
    let database = Connection::open(program.archive("archive.db")).unwrap();
    let refuse = "CREATE TRIGGER nee BEFORE INSERT ON fetch
                  WHEN new.feed_id = (SELECT id FROM feed WHERE name = 'west')
                  BEGIN SELECT raise(ABORT, 'nee'); END";
    database.execute_batch(refuse).unwrap();
    drop(database);
    for name in ["/west", "/oost"] {
        let edited = items(if name == "/west" { 0..6 } else { 10..16 });
        let delay = Duration::from_millis(if name == "/west" { 0 } else { 500 });
        web.set(name, Route { delay, ..Route::document(rss(&edited)) });
    }
    let ran = program.run(&["poll", "--all"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.stderr.contains("west: cannot be stored: ") && ran.stderr.contains("nee"),
        "{ran:?}"
    );
    let polled = program.rows("SELECT feed, count(*) FROM sightings GROUP BY feed ORDER BY feed");
    assert_eq!(polled, ["oost|6", "west|3"]);
    assert_eq!(program.rows("SELECT condition FROM alarms"), ["archive"]);
    assert_eq!(program.found(&[]).len(), 9);
}
