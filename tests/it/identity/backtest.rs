//! Rules that came later, tested on what is stored, carried out, and taken back.

use std::fs;

use rusqlite::Connection;

use crate::identity::poll_until_another_second;
use crate::news::{Item, item, rss};
use crate::program::Program;
use crate::web::{Route, Web};

/// An entry of the publisher's article `id`.
fn entry(id: usize, slug: &str, guid: &str) -> Item {
    let link = format!("https://dijkbode.example/nieuws/{id}/{slug}");
    Item { guid: guid.to_owned(), link, ..item(id % 1000) }
}

const PATTERN: &str = "[[outlet]]\nname = \"De Dijkbode\"\narticle_id = '/nieuws/([0-9]{7})'\n";

/// Lists the feeds `a` and `b` of an outlet, and what is known of the outlet.
fn list(program: &Program, web: &Web, outlet: &str) {
    let feed = |name: &str| {
        let url = web.url(&format!("/{name}"));
        let head = "[[feed]]\noutlet = \"De Dijkbode\"\nfulltext = \"off\"";
        format!("{head}\nname = \"{name}\"\nurl = \"{url}\"\n")
    };
    let list = format!("{outlet}{}{}", feed("a"), feed("b"));
    fs::write(program.config("feeds.toml"), list).unwrap();
}

fn publish(program: &Program, web: &Web, [a, b]: [&[Item]; 2]) {
    web.set("/a", Route::document(rss(a)));
    web.set("/b", Route::document(rss(b)));
    program.poll_all();
}

/// All that says what is one article, but for the count of changes.
fn state(program: &Program) -> Vec<String> {
    [
        "SELECT id, public_id, outlet, url, first_seen_at, sort_at, revision_id, merged_into
         FROM article ORDER BY id",
        "SELECT key, article_id FROM identity_key ORDER BY key",
        "SELECT id, article_id, number FROM revision ORDER BY id",
        "SELECT feed_id, article_id, guid, link, left_at FROM sighting ORDER BY 1, 2",
        "SELECT feed_id, marks FROM edge ORDER BY 1",
    ]
    .iter()
    .flat_map(|sql| table(&program.database(), sql))
    .collect()
}

fn table(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).unwrap();
    let n = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        (0..n).map(|at| row.get_ref(at).map(|value| format!("{value:?}"))).collect()
    };
    let rows = statement.query_map([], row).unwrap();
    rows.map(|row: Result<Vec<String>, _>| row.unwrap().join(" ")).collect()
}

/// Another archive takes in the articles there are, and not what became part of them.
#[track_caller]
fn check_taken_in_elsewhere(program: &Program, n_articles: i64) {
    let elsewhere = Program::new();
    let taken = elsewhere.json(&["merge", &program.archive("").display().to_string()]);
    assert_eq!(taken["articles_new"], n_articles);
    let stored = table(&elsewhere.database(), "SELECT count(*) FROM article");
    assert_eq!(stored, [format!("Integer({n_articles})")]);
    elsewhere.ok(&["verify"]);
}

#[test]
fn what_a_new_pattern_makes_one_article_is_shown_merged_and_parted_again() {
    let (web, program) = (Web::start(), Program::new());
    list(&program, &web, "");
    // It leaves, and comes back under another address and GUID; the third is somebody else.
    let (first, again) = (entry(1_200_001, "brug", "x1"), entry(1_200_001, "brug-open", "y1"));
    let other = entry(1_200_002, "raad", "x2");
    publish(&program, &web, [&[first, other.clone()], &[]]);
    publish(&program, &web, [std::slice::from_ref(&other), &[]]);
    let mut back = again;
    back.title = "Brug bij Zuidlaren eindelijk open".to_owned();
    back.published = Some("Tue, 08 Mar 2022 10:20:30 +0100".to_owned());
    publish(&program, &web, [&[back.clone(), other.clone()], &[]]);
    let ids = program.rows("SELECT id FROM articles ORDER BY article_rowid");
    assert_eq!(ids.len(), 3);
    let nothing = program.json(&["doctor", "identity"]);
    assert_eq!(nothing, serde_json::json!([]));

    list(&program, &web, PATTERN);
    let before = state(&program);
    let found = program.json(&["doctor", "identity"]);
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found[0]["action"], "merge");
    assert_eq!(
        (&found[0]["id"], &found[0]["other"]),
        (&ids[0].clone().into(), &ids[2].clone().into())
    );
    assert_eq!(found[0]["key"], "p:de dijkbode:1200001");
    assert_eq!(state(&program), before);

    let made = program.json(&["doctor", "identity", "--apply"]);
    assert_eq!(made[0]["change"], 1);
    assert_eq!(program.rows("SELECT id FROM articles ORDER BY article_rowid"), ids[..2]);
    let revisions =
        format!("SELECT title FROM revisions WHERE id = '{}' ORDER BY revision", ids[0]);
    assert_eq!(program.rows(&revisions), [item(1).title, back.title.clone()]);
    // Both ids name it, and each revision as it was cited.
    assert_eq!(program.json(&["show", &ids[2]])["id"], ids[0].clone());
    assert_eq!(program.json(&["show", &format!("{}@1", ids[2])])["title"], back.title.clone());
    assert_eq!(program.json(&["show", &format!("{}@1", ids[0])])["title"], item(1).title);
    publish(&program, &web, [&[back.clone(), other.clone()], &[]]);
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["2"]);
    assert_eq!(program.found(&["feed:a"]).len(), 2);
    program.ok(&["verify"]);
    check_taken_in_elsewhere(&program, 2);
    let again = program.json(&["doctor", "identity"]);
    assert_eq!(again, serde_json::json!([]));
    assert_eq!(program.run(&["doctor", "identity", "--undo", "7"]).code, 4);

    program.ok(&["doctor", "identity", "--undo", "1"]);
    assert_eq!(program.run(&["doctor", "identity", "--undo", "1"]).code, 4);
    assert_eq!(state(&program), before);
    program.poll_all();
    assert_eq!(program.found(&["feed:a"]).len(), 3);
    program.ok(&["verify"]);
    let changes = "SELECT kind || ' ' || article || ' ' || other || ' ' || (undone IS NOT NULL)
        FROM identity_changes";
    assert_eq!(program.rows(changes), [format!("merge {} {} 1", ids[0], ids[2])]);

    // Merged once more, polls go on with the article that stays, also where it gets a new address.
    program.ok(&["doctor", "identity", "--apply"]);
    let third = entry(1_200_003, "boeren", "x3");
    publish(&program, &web, [&[third.clone(), back.clone(), other.clone()], &[]]);
    let seen = format!("SELECT count(*) FROM sightings WHERE listed AND id = '{}'", ids[0]);
    assert_eq!(program.rows(&seen), ["1"]);
    let moved = Item { guid: "z".into(), link: "https://elders.example/z".into(), ..back };
    publish(&program, &web, [&[third, moved, other], &[]]);
    assert_eq!(program.rows(&seen), ["1"]);
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["3"]);
}

#[test]
fn what_was_current_after_a_merge_is_what_was_seen_last() {
    let (web, program) = (Web::start(), Program::new());
    list(&program, &web, "");
    let first = entry(1_200_001, "brug", "x1");
    let later = Item {
        title: "Brug bij Zuidlaren eindelijk open".to_owned(),
        published: Some("Tue, 08 Mar 2022 10:20:30 +0100".to_owned()),
        ..entry(1_200_001, "brug-open", "y1")
    };
    let edited = Item { title: "Brug weer dicht".to_owned(), ..first.clone() };
    web.set("/b", Route::document(rss(&[])));
    for item in [first, later, edited] {
        web.set("/a", Route::document(rss(&[item])));
        poll_until_another_second(&program);
    }
    list(&program, &web, PATTERN);
    let merged = program.json(&["doctor", "identity", "--apply"]);
    assert_eq!(merged.as_array().unwrap().len(), 1, "{merged}");
    let titles = "SELECT title FROM revisions ORDER BY revision";
    assert_eq!(program.rows(titles)[1..], ["Brug weer dicht", "Brug bij Zuidlaren eindelijk open"]);
    assert_eq!(program.rows("SELECT title FROM articles"), ["Brug weer dicht"]);
    let then = program.json(&["search", "--as-of", "2100"]);
    assert_eq!(then[0]["title"], "Brug weer dicht");
    program.ok(&["export", "", "--format", "jsonl", "-o", "uit"]);
    let lines = fs::read_to_string(program.home().join("uit/articles.jsonl")).unwrap();
    assert!(lines.contains("Brug weer dicht") && !lines.contains("eindelijk open"), "{lines}");
}

#[test]
fn what_a_new_pattern_makes_two_articles_is_split_and_joined_again() {
    let (web, program) = (Web::start(), Program::new());
    list(&program, &web, "");
    // One GUID for two articles of one event in two feeds.
    let brug = Item {
        text: "De brug bij Gennep is dicht. Schippers wachten uren voor de sluis.".to_owned(),
        ..entry(1_200_001, "brug", "x")
    };
    let reportage = Item {
        title: "Wachten bij Gennep".to_owned(),
        text:
            "Schippers wachten bij de brug bij Gennep al sinds vanochtend vroeg. Onze verslaggever \
               sprak met een gezin dat aan boord koffie schonk en kaartte, en met een monteur."
                .to_owned(),
        ..entry(1_200_002, "wachten", "x")
    };
    publish(&program, &web, [std::slice::from_ref(&brug), &[]]);
    publish(&program, &web, [std::slice::from_ref(&brug), std::slice::from_ref(&reportage)]);
    assert_eq!(program.rows("SELECT revision FROM articles"), ["2"]);

    list(&program, &web, PATTERN);
    let before = state(&program);
    let found = program.json(&["doctor", "identity"]);
    assert_eq!((&found[0]["action"], &found[0]["can_apply"]), (&"split".into(), &true.into()));
    program.ok(&["doctor", "identity", "--apply"]);
    let titles = "SELECT title || ' ' || revision || ' ' ||
        (SELECT group_concat(s.feed) FROM sightings AS s WHERE s.id = a.id)
        FROM articles AS a ORDER BY article_rowid";
    let two = [format!("{} 1 a", brug.title), format!("{} 1 b", reportage.title)];
    assert_eq!(program.rows(titles), two);
    program.poll_all();
    assert_eq!(program.rows(titles), two);
    assert_eq!(program.found(&["feed:b"]).len(), 1);
    program.ok(&["verify"]);

    program.ok(&["doctor", "identity", "--undo", "1"]);
    let after = state(&program);
    let row = |state: &[String]| -> Vec<String> {
        state.iter().filter(|row| !row.contains("Integer(0) Integer(1)")).cloned().collect()
    };
    // What was split off keeps its id, and names the whole again.
    assert_eq!(row(&after), row(&before));
    assert_eq!(program.rows("SELECT revision FROM articles"), ["2"]);
    program.poll_all();
    assert_eq!(program.found(&["feed:b"]).len(), 1);
    program.ok(&["verify"]);
}

#[test]
fn two_that_one_feed_lists_at_once_stay_two_whatever_it_calls_them() {
    let (web, program) = (Web::start(), Program::new());
    list(&program, &web, "");
    let mut two = [entry(1_200_001, "brug", "x"), entry(1_200_002, "raad", "x")];
    two[1].text = two[0].text.clone();
    publish(&program, &web, [&two, &[]]);
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["2"]);
    assert_eq!(program.json(&["doctor", "identity"]), serde_json::json!([]));
}

#[test]
fn an_archive_of_older_rules_finds_its_articles_again() {
    let (web, program) = (Web::start(), Program::new());
    list(&program, &web, "");
    let first = Item { link: "https://m.www.dijkbode.example/brug/amp/amp".into(), ..item(1) };
    publish(&program, &web, [std::slice::from_ref(&first), &[]]);
    // As the second version of the rules wrote it.
    let database = Connection::open(program.archive("archive.db")).unwrap();
    let older = "UPDATE identity_key SET key = 'u:https://www.dijkbode.example/brug/amp'
        WHERE key = 'u:https://dijkbode.example/brug'";
    assert_eq!(database.execute(older, []).unwrap(), 1);
    database.execute("UPDATE identity_state SET version = 2", []).unwrap();
    drop(database);
    let again = Item { guid: "nieuw".to_owned(), title: "Anders".to_owned(), ..first };
    publish(&program, &web, [&[again], &[]]);
    assert_eq!(program.rows("SELECT count(*) || ' ' || max(revision) FROM articles"), ["1 2"]);
    let keys = table(&program.database(), "SELECT count(*) FROM identity_key WHERE key >= 'u'");
    assert_eq!(keys, ["Integer(2)"]);
}
