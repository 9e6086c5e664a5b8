//! Two archives made into one: nothing lost, nothing doubled, however often.

use std::fs;
use std::time::Duration;

use crate::news::{Item, item, items, rss};
use crate::pages::{AT_ONCE, page, paragraphs};
use crate::program::{Program, until};
use crate::web::{Route, Web};

/// All that is archived, but what the index and the time of day say.
fn contents(program: &Program) -> Vec<String> {
    let texts = "select id, revision, text from texts order by 1, 2";
    let texts = program.ok(&["sql", texts, "--format", "jsonl"]);
    let mut contents: Vec<String> = texts.lines().map(str::to_owned).collect();
    for sql in [
        "SELECT id, revision, seen, title, changed, silent, feed FROM revisions ORDER BY 1, 2",
        "SELECT id, feed, guid, link, first_seen FROM sightings ORDER BY 1, 2",
        "SELECT id, url, outlet, first_seen FROM articles ORDER BY 1",
        "SELECT name, url, listed FROM feeds ORDER BY 1",
        "SELECT feed, count(*) FROM fetches GROUP BY 1 ORDER BY 1",
        "SELECT feed, \"from\", \"to\", state FROM coverage ORDER BY 1, 2",
        "SELECT id, url, last_outcome FROM pages ORDER BY 1",
    ] {
        contents.extend(program.rows(sql));
    }
    contents
}

fn edited(n: usize, what: &str) -> Item {
    let mut item = item(n);
    item.text.push_str(what);
    item
}

/// Two machines, of which one saw some articles, the other some, both some, and each an edit of one
/// that the other missed.
fn two() -> (Web, Program, Program) {
    let web = Web::start();
    let publish = |path: &str, items: &[Item]| web.set(path, Route::document(rss(items)));
    publish("/beide", &items(0..6));
    publish("/een", &items(20..23));
    publish("/twee", &items(30..34));
    let (one, two) = (Program::new(), Program::new());
    one.list(&[("beide", &web.url("/beide")), ("een", &web.url("/een"))]);
    two.list(&[("elders", &web.url("/beide")), ("twee", &web.url("/twee"))]);
    one.poll_all();
    let later = |program: &Program, items: &[Item]| {
        // Revisions are ordered by the second in which they were seen.
        std::thread::sleep(Duration::from_millis(1100));
        publish("/beide", items);
        program.poll_all();
    };
    later(&two, &[edited(3, " Het college wacht af."), item(4), item(5), item(6)]);
    later(&one, &[edited(3, " De raad wil opheldering."), item(5), item(6), item(7)]);
    (web, one, two)
}

#[test]
fn what_two_archives_saw_becomes_one_history_and_twice_is_once() {
    let (_web, one, two) = two();
    let ids_before = one.rows("SELECT id FROM articles ORDER BY article_rowid");
    let other = two.archive("").display().to_string();
    let merged = one.json(&["merge", &other]);
    let expected = serde_json::json!({
        "articles_new": 4, "articles_revised": 1, "revisions_new": 1, "articles_known": 3,
        "feeds_new": 1,
    });
    assert_eq!(merged, expected);
    one.ok(&["verify"]);
    // 0..8 of both, 3 of one, 4 of the other.
    assert_eq!(one.rows("SELECT count(*) FROM articles"), ["15"]);
    assert_eq!(one.found(&[]).len(), 15);
    let edits = "SELECT revision, changed, silent FROM revisions WHERE id =
        (SELECT id FROM revisions WHERE revision = 2) ORDER BY 1";
    assert_eq!(one.rows(edits), ["1|-|0", "2|[\"text\"]|1", "3|[\"text\"]|1"]);
    let last = one.found(&["opheldering"]);
    assert_eq!(last.len(), 1, "the latest is what only we saw last");
    assert_eq!(one.rows("SELECT id FROM articles ORDER BY article_rowid")[..11], ids_before[..]);
    assert_eq!(one.rows("SELECT listed FROM feeds WHERE name = 'twee'"), ["0"]);

    let before = contents(&one);
    let again = one.json(&["merge", &other]);
    assert_eq!((&again["articles_new"], &again["revisions_new"]), (&0.into(), &0.into()));
    assert_eq!(contents(&one), before);
    one.poll_all();
    assert_eq!(one.rows("SELECT count(*) FROM articles"), ["15"], "polling goes on as before");
}

#[test]
fn the_other_way_round_and_from_a_backup_it_is_the_same_articles() {
    let (_web, one, two) = two();
    let texts = |program: &Program| {
        let sql = "SELECT id, title, words FROM articles ORDER BY 1";
        program.rows(sql)
    };
    one.ok(&["backup", "kopie.db.zst"]);
    let copy = one.home().join("kopie.db.zst").display().to_string();
    two.ok(&["merge", &copy]);
    two.ok(&["verify"]);
    one.ok(&["merge", &two.archive("").display().to_string()]);
    assert_eq!(texts(&one), texts(&two));
    let seen = "SELECT r.id, r.title, min(r.seen) = a.first_seen, min(r.seen) FROM revisions AS r
        JOIN articles AS a ON a.id = r.id WHERE r.id IN
        (SELECT id FROM sightings GROUP BY id HAVING count(*) > 1) GROUP BY 1 ORDER BY 1";
    let seen = [&one, &two].map(|program| program.rows(seen));
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].iter().all(|row| row.contains("|1|")), "{seen:?}");
    let left = fs::read_dir(two.archive("")).unwrap();
    let left: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".merge")), "{left:?}");
}

#[test]
fn the_first_reading_of_a_page_is_no_edit_in_the_other_archive_either() {
    let web = Web::start();
    let linked = Item { link: web.url("/nieuws/1"), ..item(1) };
    web.set("/rss", Route::document(rss(&[linked])));
    web.set("/nieuws/1", Route::document(page(&item(1).title, &paragraphs(), 1)));
    let (one, other) = (Program::with_pages(&web.url("/rss")), Program::new());
    one.ok(&[&["poll", "--all"], &AT_ONCE[..]].concat());
    other.list(&[]);
    other.ok(&["poll", "--all"]);
    other.ok(&["merge", &one.archive("").display().to_string()]);
    let told = "SELECT revision, source, changed FROM revisions ORDER BY 1";
    assert_eq!(other.rows(told), ["1|feed|-", "2|page|-"]);
    assert_eq!(other.rows(told), one.rows(told));
}

#[test]
fn a_merge_that_is_killed_is_run_again() {
    let (one, two) = (Program::new(), Program::new());
    let lines = |numbers: std::ops::Range<usize>| -> String {
        let line = |n| {
            format!(r#"{{"id":"{n}","title":"Getij {n}","text":"Het getij keert bij paal {n}."}}"#)
                + "\n"
        };
        numbers.map(line).collect()
    };
    for (program, numbers) in [(&one, 0..300), (&two, 200..1400)] {
        fs::write(program.home().join("getij.jsonl"), lines(numbers)).unwrap();
        program.ok(&["import", "getij.jsonl"]);
    }
    let other = two.archive("").display().to_string();
    let running = one.start(&["merge", &other]);
    until("some of it", || {
        let n: u32 = one.rows("SELECT count(*) FROM articles")[0].parse().unwrap();
        (n > 300).then_some(())
    });
    running.kill();
    one.ok(&["verify", "--quick"]);
    one.ok(&["merge", &other]);
    one.ok(&["verify"]);
    assert_eq!(one.rows("SELECT count(*), sum(revision) FROM articles"), ["1400|1400"]);
    assert_eq!(one.found(&["getij"]).len(), 1000, "as many as are asked for");
}

#[test]
fn what_stands_of_an_article_put_together_of_two_stands_in_the_other_archive() {
    let (web, one, two) = (Web::start(), Program::new(), Program::new());
    let feeds = |rule: &str| -> String {
        let feed = |name: &str| {
            let url = web.url(&format!("/{name}"));
            format!(
                "[[feed]]\nname = \"{name}\"\noutlet = \"Zeeklei\"\nurl = \"{url}\"\n\
                 fulltext = \"off\"\n{rule}\n"
            )
        };
        feed("a") + &feed("b")
    };
    fs::write(one.config("feeds.toml"), feeds("")).unwrap();
    let publish = |path: &str, item: Item| web.set(path, Route::document(rss(&[item])));
    let at = |path: &str, of: Item| Item { guid: path.to_owned(), link: web.url(path), ..of };
    publish("/a", at("/nieuws/brug-4401", item(1)));
    publish("/b", at("/regio/brug-hulst-4401", Item { published: item(2).published, ..item(1) }));
    one.poll_all();
    std::thread::sleep(Duration::from_millis(1100));
    publish(
        "/a",
        at("/nieuws/brug-4401", Item { title: "Brug weer open".into(), ..edited(1, " Ja.") }),
    );
    one.poll_all();
    fs::write(one.config("feeds.toml"), feeds("article_id = '-([0-9]{4})$'")).unwrap();
    one.ok(&["doctor", "identity", "--apply"]);
    let standing = |program: &Program| program.rows("SELECT title, revision FROM articles");
    assert_eq!(standing(&one), ["Brug weer open|2"]);
    two.ok(&["poll"]);
    for _ in 0..2 {
        two.ok(&["merge", one.archive("").to_str().unwrap()]);
        assert_eq!(standing(&two), ["Brug weer open|3"]);
    }
}

#[test]
fn texts_that_build_on_others_are_whole_in_the_other_archive() {
    let (one, two) = (Program::new(), Program::new());
    let version = |n: usize| {
        let told: Vec<String> = (0..80 + n)
            .map(|hour| {
                format!("Peil {:x} om {hour} uur.", (hour + 7) * 2_654_435_761 % 99_999_989)
            })
            .collect();
        let told = told.join(" ");
        let url = "https://dijkbode.example/liveblog";
        serde_json::json!({ "title": "Hoogwater", "text": told, "url": url }).to_string() + "\n"
    };
    for (program, versions) in [(&one, vec![0, 2, 9]), (&two, (0..9).collect())] {
        for (step, n) in versions.into_iter().enumerate() {
            let file = format!("{step}.jsonl");
            fs::write(program.home().join(&file), version(n)).unwrap();
            program.ok(&["import", &file]);
        }
    }
    let codecs = "SELECT count(*) FROM body WHERE codec = 2";
    assert_ne!(two.rows(codecs), ["0"]);
    let other = two.archive("").display().to_string();
    let merged = one.json(&["merge", &other]);
    assert_eq!((&merged["articles_revised"], &merged["revisions_new"]), (&1.into(), &7.into()));
    assert_ne!(one.rows(codecs), ["0"]);
    one.ok(&["verify"]);
    let before = contents(&one);
    one.ok(&["merge", &other]);
    assert_eq!(contents(&one), before);
}

#[test]
fn what_is_no_other_archive_is_refused() {
    let (_web, one, _two) = two();
    let own = one.archive("").display().to_string();
    let ran = one.run(&["merge", &own]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (2, "knipsel: an archive cannot be merged with itself\n")
    );
    assert_eq!(one.run(&["merge", "nergens"]).code, 4);
    fs::write(one.home().join("brief.db"), "Geen archief.").unwrap();
    let before = contents(&one);
    assert_eq!(one.run(&["merge", "brief.db"]).code, 2);
    assert_eq!(contents(&one), before);
}

#[test]
fn an_archive_is_compacted_and_whole() {
    let (_web, one, _two) = two();
    let database = rusqlite::Connection::open(one.archive("archive.db")).unwrap();
    database
        .execute_batch(
            "CREATE TABLE vol (x BLOB) STRICT; INSERT INTO vol VALUES (zeroblob(3000000));
             DROP TABLE vol; PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .unwrap();
    drop(database);
    let before = contents(&one);
    let won = one.json(&["compact"]);
    let (large, small) = (&won["before_bytes"], &won["after_bytes"]);
    assert!(large.as_u64().unwrap() > small.as_u64().unwrap() + 2_900_000, "{won}");
    assert_eq!(contents(&one), before);
    one.ok(&["verify"]);
    let empty = Program::new();
    assert_eq!(empty.run(&["compact"]).code, 5, "there is nothing to compact");
}
