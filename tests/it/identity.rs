//! Histories of feeds that change what articles are known by: which entries are one article, and
//! where each was seen, after every poll, after a new index and after all is polled again.

use std::fmt::Write as _;
use std::fs;

use crate::news::{Item, item, rss};
use crate::program::{Program, until};
use crate::web::{Route, Web};

mod backtest;
mod histories;
mod led;

use histories::{History, entry, histories, titled};

fn feed_name(history: &History, feed: usize) -> String {
    format!("{}-f{feed}", history.name)
}

fn list(program: &Program, web: &Web, histories: &[History]) {
    let mut list = String::new();
    for history in histories {
        let name = history.name;
        let _ = writeln!(list, "[[outlet]]\nname = \"{name}\"");
        if !history.pattern.is_empty() {
            let _ = writeln!(list, "article_id = '{}'", history.pattern);
        }
        for feed in 0..history.polls[0].len() {
            let feed = feed_name(history, feed);
            let url = web.url(&format!("/{feed}/rss"));
            let _ =
                writeln!(list, "[[feed]]\nname = \"{feed}\"\nurl = \"{url}\"\noutlet = \"{name}\"");
        }
    }
    fs::write(program.config("feeds.toml"), list).unwrap();
}

/// Gives every feed its document of poll number `poll`, or its last one. `mark` makes it another
/// document that says the same.
fn publish(web: &Web, histories: &[History], poll: usize, mark: &str) {
    for history in histories {
        let documents = &history.polls[poll.min(history.polls.len() - 1)];
        for (feed, document) in documents.iter().enumerate() {
            let body = rss(document)
                .replace("<guid isPermaLink=\"false\"></guid>", "")
                .replace("<link></link>", "");
            let path = format!("/{}/rss", feed_name(history, feed));
            web.set(&path, Route::document(format!("{body}<!-- {poll} {mark} -->")));
        }
    }
}

fn archived(program: &Program, history: &History) -> Vec<String> {
    let name = history.name;
    program.rows(&format!(
        "SELECT title, revision,
                (SELECT group_concat(f) FROM (
                    SELECT substr(s.feed, {} + 2) AS f FROM sightings AS s
                    WHERE s.id = a.id ORDER BY 1))
         FROM articles AS a
         WHERE outlet = '{name}'
         ORDER BY 1, 3",
        name.len()
    ))
}

#[track_caller]
fn check(program: &Program, histories: &[History], when: &str) {
    let wrong: Vec<String> = histories
        .iter()
        .map(|history| (history, archived(program, history)))
        .filter(|(history, found)| found != history.expected)
        .map(|(history, found)| {
            format!("{}:\n  found    {found:?}\n  expected {:?}", history.name, history.expected)
        })
        .collect();
    assert!(wrong.is_empty(), "{when}:\n{}", wrong.join("\n"));
}

#[test]
fn articles_stay_what_they_are_through_every_history() {
    let histories = histories();
    let (web, program) = (Web::start(), Program::new());
    list(&program, &web, &histories);
    let n_polls = histories.iter().map(|history| history.polls.len()).max().unwrap();
    for poll in 0..n_polls {
        publish(&web, &histories, poll, "");
        program.poll_all();
    }
    check(&program, &histories, "after the last poll");
    let ids = "SELECT id, title, revision FROM articles ORDER BY id";
    let before = program.rows(ids);
    program.ok(&["reindex"]);
    // The last documents again, as if none had been seen.
    publish(&web, &histories, n_polls, "again");
    program.poll_all();
    check(&program, &histories, "after a new index and another poll");
    assert_eq!(program.rows(ids), before);
    let n_listed = "SELECT count(*) FROM sightings WHERE listed";
    let listed: usize = histories
        .iter()
        .map(|history| history.polls.last().unwrap().iter().map(Vec::len).sum::<usize>())
        .sum();
    assert_eq!(program.rows(n_listed), [listed.to_string()]);
}

#[test]
fn the_address_behind_a_gate_is_the_articles_and_the_link_is_kept() {
    let gate = "https://myprivacy.pers.example/consent?callbackUrl=https%3A%2F%2Fx.example%2F\
                privacygate-confirm%3FredirectUri%3D%252Fbrug";
    let web = Web::start();
    web.set("/rss", Route::document(rss(&[entry(0, "", gate)])));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    assert_eq!(program.rows("SELECT url FROM articles"), ["https://x.example/brug"]);
    assert_eq!(program.rows("SELECT link FROM sightings"), [gate]);
}

/// Times are whole seconds, so polls that are told apart are of different ones.
pub(crate) fn poll_until_another_second(program: &Program) {
    program.poll_all();
    let second = || program.rows("SELECT unixepoch()");
    let before = second();
    until("the next second", || (second() != before).then_some(()));
}

#[test]
fn a_sighting_has_every_place_that_it_had_in_its_feed() {
    let web = Web::start();
    let program = Program::with_feed(&web.url("/rss"));
    // The third article climbs while another comes in, and then leaves; what follows says the same.
    for numbers in [&[0, 1, 2, 3][..], &[9, 0, 2, 1, 3], &[2, 9, 0, 1], &[9, 0, 1], &[9, 0, 1]] {
        let items: Vec<_> = numbers.iter().map(|number| item(*number)).collect();
        web.set("/rss", Route::document(rss(&items)));
        poll_until_another_second(&program);
    }
    let sightings = "SELECT s.first_position || ' ' || s.best_position || ' ' || s.listed
        FROM sightings AS s JOIN articles AS a USING (id) ORDER BY a.article_rowid";
    assert_eq!(program.rows(sightings), ["1 1 1", "2 2 1", "3 1 0", "4 4 0", "1 1 1"]);
    let places = |article: usize| -> Vec<i64> {
        let ids = program.rows("SELECT id FROM articles ORDER BY article_rowid");
        let shown = program.json(&["show", &ids[article]]);
        let positions = shown["sightings"][0]["positions"].as_array().unwrap().iter();
        positions.map(|place| place["position"].as_i64().unwrap()).collect()
    };
    assert_eq!(places(0), [1, 2, 3, 2]);
    assert_eq!(places(2), [3, 1]);
    assert_eq!(places(4), [1, 2, 1]);
    let table = program.ok(&["show", &program.rows("SELECT id FROM articles")[2]]);
    assert!(table.contains("; place 3, best 1, last 1"), "{table}");
    // Only what changes is written down, and a poll that changes nothing writes nothing.
    let database = program.database();
    let one = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(one("SELECT count(*) FROM feed_order"), 4);
}

#[test]
fn articles_follow_an_outlet_to_its_new_name() {
    let web = Web::start();
    let program = Program::new();
    let path = program.config("feeds.toml");
    let list = |outlet: &str| {
        let url = web.url("/rss");
        fs::write(&path, format!("[[feed]]\nname = \"f\"\nurl = \"{url}\"\n{outlet}")).unwrap();
    };
    list("");
    let at =
        |host: &str, n: usize| entry(n, &n.to_string(), &format!("https://{host}.example/{n}"));
    let rewritten = |host: &str, text: usize| Item {
        text: item(text).text,
        ..titled(&format!("Kop {host}"), at(host, 0))
    };
    web.set("/rss", Route::document(rss(&[at("a", 0), at("a", 1)])));
    program.poll_all();
    let articles = "SELECT outlet, count(*) FROM articles GROUP BY 1";
    // By their GUIDs alone they are the same.
    list("outlet = \"Diijkbode\"\n");
    web.set("/rss", Route::document(rss(&[rewritten("b", 5), at("b", 1)])));
    program.poll_all();
    assert_eq!(program.rows(articles), ["Diijkbode|2"]);
    list("outlet = \"Dijkbode\"\n");
    web.set("/rss", Route::document(rss(&[rewritten("c", 6), at("c", 1)])));
    program.poll_all();
    assert_eq!(program.rows(articles), ["Dijkbode|2"]);
    let found = program.json(&["search", "outlet:=dijkbode"]);
    assert_eq!(found.as_array().unwrap().len(), 2);
    // And back.
    list("outlet = \"Diijkbode\"\n");
    program.poll_all();
    assert_eq!(program.rows(articles), ["Diijkbode|2"]);
}

#[test]
fn a_feed_that_replaces_another_takes_over_its_history_and_announces_nothing_twice() {
    let web = Web::start();
    let program = Program::new();
    // Without outlet and address a GUID says something within its feed only.
    let bare = |number: usize| Item { link: String::new(), ..item(number) };
    let dated = |number: usize, item: Item| Item {
        published: Some(format!("Mon, 05 Jan 2026 0{number}:00:00 GMT")),
        ..item
    };
    let before = [dated(4, item(4)), dated(3, item(3)), dated(2, bare(2)), dated(1, item(1))];
    let (old, new) = (web.url("/oud/rss"), web.url("/nieuw/rss"));
    let list = |name: &str, url: &str, more: &str| {
        let feed = "[[feed]]\nfulltext = \"off\"";
        let list = format!("{feed}\nname = \"{name}\"\nurl = \"{url}\"\n{more}");
        fs::write(program.config("feeds.toml"), list).unwrap();
    };
    let document = |items: &[Item]| Route {
        has_validators: true,
        ..Route::document(rss(items).replace("<link></link>", ""))
    };
    web.set("/oud/rss", document(&before));
    list("oud", &old, "");
    program.poll_all();
    let ids = "SELECT id FROM articles ORDER BY article_rowid";
    let known = program.rows(ids);
    // Another host, other GUIDs, an edited text, and one that is new.
    let mut moved = dated(3, item(3));
    moved.guid = "urn:3".to_owned();
    moved.link = "https://nieuw.example/3".to_owned();
    let edited = Item { title: "De brug is dicht".to_owned(), ..dated(2, bare(2)) };
    web.set("/nieuw/rss", document(&[dated(5, item(5)), dated(4, item(4)), moved, edited]));
    list("nieuw", &new, &format!("replaces = \"{old}\"\n"));
    program.poll_all();
    assert_eq!(program.rows(ids).len(), known.len() + 1);
    assert_eq!(program.rows(ids)[..4], known);
    let sightings =
        "SELECT feed || ' ' || count(*) || ' ' || sum(listed) FROM sightings GROUP BY feed";
    assert_eq!(program.rows(sightings), ["nieuw 5 4"]);
    assert_eq!(program.rows("SELECT name FROM feeds"), ["nieuw"]);
    // Its ledger goes on, and no validator of the old server was sent.
    assert_eq!(program.rows("SELECT feed || ' ' || state FROM coverage"), ["nieuw complete"]);
    assert_eq!(web.asked_for("/nieuw/rss")[0].header("if-none-match"), None);
    assert_eq!(program.found(&["feed:nieuw"]).len(), 5);
    let shown = program.json(&["feed", "show", "nieuw"]);
    assert_eq!(shown["replaces"], serde_json::json!([old]));
    assert_eq!(shown["fetches"].as_array().unwrap().len(), 2);
    // Taken over once: the next start changes nothing.
    program.poll_all();
    assert_eq!(program.rows(sightings), ["nieuw 5 4"]);
}

#[test]
fn a_feed_with_a_history_of_its_own_takes_over_what_others_listed() {
    let web = Web::start();
    let program = Program::new();
    for (path, numbers) in [("/a", [2, 1]), ("/b", [4, 3]), ("/c", [4, 1])] {
        let items: Vec<_> = numbers.iter().map(|number| item(*number)).collect();
        web.set(path, Route::document(rss(&items)));
    }
    let [a, b, c] = ["/a", "/b", "/c"].map(|path| web.url(path));
    program.list(&[("oost", &a), ("west", &b), ("dorp", &c)]);
    program.poll_all();
    let articles = program.rows("SELECT id FROM articles ORDER BY id");
    let sightings = "SELECT feed || ' ' || count(*) FROM sightings GROUP BY feed ORDER BY feed";
    assert_eq!(program.rows(sightings), ["dorp 2", "oost 2", "west 2"]);
    // One that is still listed keeps what it has.
    let list = |more: &str| {
        let feed = "[[feed]]\nfulltext = \"off\"\noutlet = \"De Dijkbode\"";
        format!("{feed}\nname = \"dorp\"\nurl = \"{c}\"\nreplaces = [\"{a}\", \"{b}\"]\n{more}")
    };
    let other = format!(
        "[[feed]]\nfulltext = \"off\"\noutlet = \"De Dijkbode\"\nname = \"west\"\nurl = \"{b}\"\n"
    );
    fs::write(program.config("feeds.toml"), list(&other)).unwrap();
    program.poll_all();
    assert_eq!(program.rows(sightings), ["dorp 3", "west 2"]);
    fs::write(program.config("feeds.toml"), list("")).unwrap();
    program.poll_all();
    assert_eq!(program.rows(sightings), ["dorp 4"]);
    assert_eq!(program.rows("SELECT id FROM articles ORDER BY id"), articles);
    assert_eq!(program.found(&["feed:dorp"]).len(), 4);
}
