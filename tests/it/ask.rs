//! Importing, finding and showing; hostile input; what goes wrong, and how it is said.

mod import;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::news::{items, rss};
use crate::program::{Program, Ran, redacted, schema};
use crate::web::{Route, Web};

/// A text without headline, of which only the month is known, with a heading in the middle.
const CLIPPING: &str = "\
date 2022-02

De onderhandelingen tussen Rusland en de Navo zitten muurvast. Minister Lavrov zei na afloop in \
Genève dat hij „met een dove” had gesproken, terwijl zijn gesprekspartners juist van een \
‘nuttige middag’ repten.

Poetin wil op papier dat Oekraïne nooit lid wordt. Het bondgenootschap wijst dat af: ieder land \
kiest zelf, zo staat het al sinds jaar en dag in de verdragen.

‘Geen reden voor paniek’

In Kiev blijven de cafés vol. De burgemeester riep de bewoners wel op om een tas klaar te zetten, \
met papieren, medicijnen en een zaklamp.

Wat wil Moskou?

Volgens ingewijden ligt er een voorstel voor wederzijdse inspecties. „Praten is beter dan \
zwijgen”, zegt een diplomaat die anoniem wil blijven.
";

const ARTICLES: &str = r#"
{"id":"1","title":"Sluis bij Hulst dicht voor onderhoud","text":"De sluis bij Hulst gaat twee weken dicht. Schippers varen om via Terneuzen.","url":"https://www.zeeklei.example/nieuws/1?utm_source=rss","outlet":"Zeeklei","author":"Pieter de Rooij","section":"Regio","tags":["scheepvaart"],"language":"nl","published":"2022-01-30T08:15:00+01:00"}
{"id":"2","title":"Navo oefent op de Noordzee","text":"Veertien schepen van de Navo oefenen deze week op de Noordzee.","outlet":"Zeeklei","published":"2022-02-14"}
{"id":"3","title":"Café in IJlst krijgt nieuwe eigenaar","text":"Het oudste café van IJlst gaat verder onder een nieuwe naam.","outlet":"De Dijkbode","authors":["Sjoukje Hoekstra","Fenna Bos"],"published":"2022-03-01T00:30:00+01:00"}
"#;

/// An archive with the clipping and the three articles.
fn imported() -> Program {
    let program = Program::new();
    fs::write(program.home().join("knipsel.txt"), CLIPPING).unwrap();
    fs::write(program.home().join("artikelen.jsonl"), ARTICLES).unwrap();
    let ran = program.run(&["import", "knipsel.txt", "artikelen.jsonl", "--outlet", "De Courant"]);
    let told = "imported 4 new articles, 0 revisions; 0 were there already, 0 refused\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, told));
    program
}

fn titles(program: &Program, arguments: &[&str]) -> Vec<String> {
    let found = program.json(&[&["search"], arguments].concat());
    let title = |article: &Value| article["title"].as_str().unwrap_or("(none)").to_owned();
    found.as_array().unwrap().iter().map(title).collect()
}

#[track_caller]
fn check_refused(ran: &Ran, code: i32, stderr: &str) {
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (code, "", stderr));
}

#[test]
fn how_a_query_is_read_is_told_to_people_alone() {
    let program = imported();
    assert!(program.ok(&["search", "sluis", "--explain"]).contains("1 article\n"));
    let refused = program.run(&["search", "sluis", "--explain", "--format", "json"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{refused:?}");
}

#[test]
fn an_old_clipping_is_found_by_any_form_of_its_words() {
    let program = imported();
    for query in [
        "onderhandeling",
        "onderhandelingen Lavrov",
        "oekraine",
        "OEKRAÏNE",
        "cafe papieren",
        "\"dove had gesproken\"",
        "geneve",
        "outlet:courant navo",
        "Poetin -Noordzee",
    ] {
        assert_eq!(titles(&program, &[query]), ["(none)"], "{query}");
    }
    assert!(program.found(&["Navo -Lavrov -Noordzee"]).is_empty());
}

#[test]
fn an_old_clipping_is_shown_whole() {
    let program = imported();
    let id = program.found(&["Lavrov"]).pop().unwrap();
    let text = CLIPPING.trim_start_matches("date 2022-02").trim();
    let shown = program.json(&["show", &id]);
    assert_eq!(shown["text"], json!(text));
    assert_eq!(shown["published"], "2022-02");
    assert_eq!(shown["published_precision"], "month");
    assert_eq!(shown["title"], Value::Null);
    let page = program.ok(&["show", &id[..6]]);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&page).contains(&words(text)), "{page}");
    insta::assert_snapshot!(redacted(&page, &program));
}

#[test]
fn what_was_imported_is_not_imported_again() {
    let program = imported();
    let again = |told: &str| {
        let arguments = ["import", "artikelen.jsonl", "knipsel.txt", "--outlet", "De Courant"];
        let ran = program.run(&arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, told));
    };
    again("imported 0 new articles, 0 revisions; 4 were there already, 0 refused\n");
    let edited = ARTICLES.replace("twee weken", "drie weken");
    fs::write(program.home().join("artikelen.jsonl"), edited).unwrap();
    again("imported 0 new articles, 1 revisions; 3 were there already, 0 refused\n");
    // The older capture is one of the revisions, and no edit that takes the newer one back.
    fs::write(program.home().join("artikelen.jsonl"), ARTICLES).unwrap();
    again("imported 0 new articles, 0 revisions; 4 were there already, 0 refused\n");
    assert_eq!(program.found(&["drie weken"]).len(), 1);
}

#[test]
fn several_articles_are_shown_one_after_the_other() {
    let program = imported();
    let ids = program.rows("SELECT id FROM articles ORDER BY id");
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let shown = program.json(&[&["show"], &ids[..2]].concat());
    let of_shown: Vec<&str> =
        shown.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(of_shown, ids[..2]);
    assert_eq!(program.json(&["show", ids[0]])["id"].as_str(), Some(ids[0]));
    let pages = program.ok(&[&["show"], &ids[..2]].concat());
    assert!(ids[..2].iter().all(|id| pages.contains(&format!("{id}@1"))), "{pages}");
    assert!(pages.contains(&"─".repeat(80)), "{pages}");
    assert_eq!(program.run(&["show", ids[0], "zzzzzzz"]).code, 4);
    let none = format!("`{}` has no revision before that one\n", ids[0]);
    check_refused(&program.run(&["diff", ids[0], "1"]), 1, &none);
}

#[test]
fn quiet_commands_say_only_what_went_wrong() {
    let program = imported();
    for arguments in [&["search", "Hulst", "-n1"][..], &["timeline", "Hulst"], &["reindex"]] {
        let ran = program.run(&[&["-q"], arguments].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    }
    let ran = program.run(&["-q", "show", "zzzzzzz"]);
    assert!(ran.code == 4 && ran.stderr.contains("zzzzzzz"), "{ran:?}");
}

#[test]
fn a_found_article_has_exactly_these_keys() {
    const KEYS: [&str; 17] = [
        "id",
        "url",
        "title",
        "outlet",
        "section",
        "authors",
        "tags",
        "language",
        "published",
        "published_precision",
        "first_seen",
        "modified",
        "access",
        "revision",
        "feeds",
        "snippet",
        "cursor",
    ];
    let program = imported();
    let found = program.json(&["search", "sluizen"]);
    let keys: Vec<&String> = found[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, KEYS);
    let mut article = found[0].clone();
    article["first_seen"] = Value::Null;
    article["cursor"] = Value::Null;
    assert_eq!(
        article,
        json!({
            "id": "bxmqca227bska",
            "url": "https://www.zeeklei.example/nieuws/1?utm_source=rss",
            "title": "Sluis bij Hulst dicht voor onderhoud",
            "outlet": "Zeeklei", "section": "Regio", "authors": ["Pieter de Rooij"],
            "tags": ["scheepvaart"], "language": "nl",
            "published": "2022-01-30T07:15:00Z", "published_precision": "second",
            "first_seen": null, "modified": null, "access": "unknown", "revision": 1, "feeds": [],
            "snippet": "De sluis bij Hulst gaat twee weken dicht. Schippers varen om via Terneuzen.",
            "cursor": null,
        })
    );
    let lines = program.ok(&["search", "--format", "jsonl"]);
    assert_eq!(lines.lines().count(), 4);
    let csv = program.ok(&["search", "--format", "csv"]);
    assert_eq!(csv.lines().next().unwrap(), KEYS.join(","));
    assert_eq!(csv.lines().count(), 5);
}

#[test]
fn fields_are_chosen_in_the_order_asked_for() {
    let program = imported();
    let search = |format: &str, fields: &str| {
        program.run(&["search", "cafés IJlst", "--format", format, "--fields", fields])
    };
    assert_eq!(
        search("csv", "title,authors,published").stdout,
        "title,authors,published\n\
         Café in IJlst krijgt nieuwe eigenaar,Sjoukje Hoekstra; Fenna Bos,2022-02-28T23:30:00Z\n"
    );
    assert_eq!(
        search("jsonl", "text").stdout,
        "{\"text\":\"Het oudste café van IJlst gaat verder onder een nieuwe naam.\"}\n"
    );
    check_refused(&search("json", "id,titel"), 2, "knipsel: there is no field `titel`\n");
    // Also where there is nothing to write.
    for wish in [["--fields", "id,titel"], ["--template", "{titel}"]] {
        let ran = program.run(&[&["search", "giraffe"][..], &wish].concat());
        check_refused(&ran, 2, "knipsel: there is no field `titel`\n");
    }
    for known in ["cursor", "snippet"] {
        assert_eq!(program.run(&["search", "giraffe", "--fields", known]).code, 1, "{known}");
    }
}

#[test]
fn days_and_months_are_taken_whole_and_in_amsterdam() {
    let program = imported();
    let (sluis, navo, cafe) =
        ("Sluis bij Hulst dicht voor onderhoud", "Navo oefent op de Noordzee", "(none)");
    let all = |arguments: &[&str]| titles(&program, arguments);
    assert_eq!(all(&["--since", "2022-02", "--until", "2022-02"]), [navo, cafe]);
    assert_eq!(all(&["--until", "2022-01-30"]), [sluis]);
    assert_eq!(all(&["--since", "2022-02-14", "--until", "2022-02-14"]), [navo]);
    assert_eq!(all(&["--since", "2022-03-01"]), ["Café in IJlst krijgt nieuwe eigenaar"]);
    assert_eq!(all(&["--since", "2022"]).len(), 4);
    assert_eq!(all(&["--outlet", "zeeklei"]), [navo, sluis]);
    assert_eq!(all(&["--outlet", "Zeeklei", "--outlet", "De Dijkbode"]).len(), 3);
    assert_eq!(all(&["--limit", "1"]), ["Café in IJlst krijgt nieuwe eigenaar"]);
    assert_eq!(all(&["--sort", "relevance", "Navo OR Lavrov"]).len(), 2);
}

#[test]
fn nothing_found_is_exit_code_1() {
    let program = imported();
    let unknown = "0 articles found\nthere is no feed `nergens` in the archive\n";
    for (arguments, told) in [
        (&["giraffe"][..], "0 articles found\n"),
        (&["--feed", "nergens"], unknown),
        (&["--since", "2023"], "0 articles found\n"),
    ] {
        let ran = program.run(&[&["search"], arguments].concat());
        check_refused(&ran, 1, told);
        let ran = program.run(&[&["search", "--format", "json"], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, "[]\n"));
    }
    for (format, told) in [("csv", "id,title\n"), ("tsv", "id\ttitle\n"), ("jsonl", "")] {
        let asked = ["search", "giraffe", "--format", format, "--fields", "id,title"];
        let ran = program.run(&asked);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, told), "{format}");
    }
}

#[test]
fn a_listing_shows_when_by_whom_and_why() {
    let program = imported();
    let ran = program.run(&["search", "Navo"]);
    assert_eq!(ran.stderr, "2 articles found\n");
    insta::assert_snapshot!(redacted(&ran.stdout, &program));
}

#[test]
fn the_archive_answers_sql_and_refuses_to_be_changed() {
    let program = imported();
    let sql = |statement: &str| program.run(&["sql", statement, "--format", "csv"]);
    for (view, n_rows) in
        [("articles", 4), ("revisions", 4), ("texts", 4), ("sightings", 0), ("feeds", 0)]
    {
        let ran = sql(&format!("select count(*) as n from {view}"));
        assert_eq!((ran.code, ran.stdout), (0, format!("n\n{n_rows}\n")), "{view}");
        assert!(sql(&format!("select * from {view}")).code <= 1, "{view}");
    }
    let nothing = sql("select at, outcome from fetches");
    assert_eq!((nothing.code, nothing.stdout.as_str()), (1, "at,outcome\n"));
    let n_articles = program.json(&["status"])["articles"].as_u64().unwrap();
    assert_eq!(n_articles, 4);
    for statement in ["delete from article", "create table x (y)", "drop view articles", "vacuum"] {
        let ran = sql(statement);
        check_refused(&ran, 2, "knipsel: this SQL would write, and only reading is allowed\n");
    }
    assert_ne!(sql("pragma user_version = 9").code, 0);
    assert_eq!(program.rows("PRAGMA user_version"), [schema()]);
    assert_eq!(program.rows("SELECT count(*) FROM articles"), ["4"]);
    check_refused(
        &sql("select 'é', nope from articles"),
        2,
        "knipsel: no such column: nope, at character 13 of the SQL\n",
    );
    let two = "knipsel: there is more than one statement\n";
    check_refused(&sql("select 1; select 2"), 2, two);
    assert_eq!(sql("").code, 2);
    check_refused(&sql("select * from nope"), 2, "knipsel: no such table: nope\n");
    check_refused(&sql("select abs(-9223372036854775808)"), 2, "knipsel: integer overflow\n");
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) \
                   select max(i) from n";
    let slow = "knipsel: this SQL took longer than it may; `--timeout` gives it more\n";
    check_refused(&program.run(&["sql", endless, "--timeout", "1s"]), 2, slow);
}

#[test]
fn rows_that_are_too_wide_for_a_table_are_told_a_column_a_line() {
    let program = imported();
    let shown = program.ok(&["sql", "select * from articles where url like '%nieuws/1?%'"]);
    let has = |name: &str, value: &str| {
        let line = shown.lines().find(|line| line.trim_start().starts_with(&format!("{name} ")));
        line.is_some_and(|line| line.ends_with(value))
    };
    assert!(
        shown.starts_with("── 1 ──\n") && has("url", "utm_source=rss") && has("outlet", "Zeeklei")
    );
    let narrow = program.ok(&["sql", "select id, title, outlet from articles limit 1"]);
    assert!(narrow.starts_with("ID ") && narrow.lines().count() == 2, "{narrow}");
}

/// `VACUUM INTO` is no change of the archive, so SQLite lets a read-only connection do it.
#[test]
fn a_copy_of_the_archive_is_not_written_by_a_question() {
    let program = imported();
    for statement in ["vacuum into 'kopie.db'", "attach 'kopie.db' as kopie"] {
        program.run(&["sql", statement]);
        assert!(!program.home().join("kopie.db").exists(), "{statement}");
    }
}

/// Collections have ids of their own, which are not those that a publisher puts into its links.
#[test]
fn an_imported_article_with_another_id_and_the_address_of_a_known_one_is_that_one() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..1))));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    let item = &items(0..1)[0];
    let article = json!({
        "id": "77", "url": item.link, "title": item.title, "text": item.text,
        "author": item.author, "outlet": "De Dijkbode",
    });
    fs::write(program.home().join("a.jsonl"), article.to_string()).unwrap();
    for _ in 0..2 {
        let counts = program.json(&["import", "a.jsonl"]);
        assert_eq!(counts, json!({ "new": 0, "revised": 0, "unchanged": 1, "refused": 0 }));
    }
}

#[test]
fn other_programs_read_the_same_archive() {
    let program = imported();
    let path = program.archive("archive.db");
    let sqlite = |sql: &str| Command::new("sqlite3").arg("-readonly").arg(&path).arg(sql).output();
    // Where there is no sqlite3, there is nothing to compare with.
    let Ok(output) = sqlite("select count(*) from articles") else { return };
    let n_articles = program.json(&["status"])["articles"].to_string();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), n_articles);
}

#[test]
fn mistakes_of_the_owner_are_told_with_their_place() {
    let program = imported();
    let settings = program.config("knipsel.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("host_gap", "hostgap")).unwrap();
    for command in ["poll", "run"] {
        check_refused(
            &program.run(&[command]),
            3,
            &format!(
                "knipsel: cannot use config `{}`: line 3: unknown key `fetch.hostgap`\n\
                 hint: did you mean `fetch.host_gap`?\n",
                settings.display()
            ),
        );
    }
    assert_eq!(program.run(&["search", "Navo"]).code, 0, "asking needs no settings");

    let ran = program.run(&["search", "Navo OR (Lavrov AND)"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.starts_with("knipsel: ") && ran.stderr.contains(" at character "),
        "{ran:?}"
    );
    check_refused(
        &program.run(&["search", "--since", "ooit"]),
        2,
        "knipsel: `ooit` is not a date\n\
         hint: write 2022-02-14, 2022-02, yesterday, or 7d for a week ago\n",
    );
    check_refused(
        &program.run(&["show", "aaaaaaa"]),
        4,
        "knipsel: there is no article `aaaaaaa`\n\
         hint: `knipsel search` shows the ids of what it finds\n",
    );
    let id = program.found(&["Lavrov"]).pop().unwrap();
    let ran = program.run(&["show", &format!("{id}@2")]);
    check_refused(
        &ran,
        4,
        &format!(
            "knipsel: there is no revision `{id}@2`\nhint: `knipsel revisions {id}` lists them\n"
        ),
    );
}

#[test]
fn without_an_archive_every_question_says_so() {
    let program = Program::new();
    let dir = program.archive("");
    let dir = Path::new(&dir).display().to_string();
    for command in [
        &["search"][..],
        &["show", "a"],
        &["status"],
        &["sql", "select 1"],
        &["revisions", "a"],
        &["timeline", "a"],
        &["compare", "a", "b"],
        &["facets"],
        &["terms", "ab"],
        &["trends"],
        &["reindex"],
        &["recluster"],
        &["reextract"],
        &["compact"],
        &["watch", "run"],
    ] {
        check_refused(
            &program.run(command),
            5,
            &format!(
                "knipsel: there is no archive in `{}`\n\
                 hint: `knipsel run` makes one; `--archive DIR` names another\n",
                dir.trim_end_matches('/')
            ),
        );
    }
    let ran = program.run(&["import", "nergens.jsonl"]);
    assert_eq!((ran.code, ran.stderr.lines().count()), (4, 1), "{ran:?}");
    assert!(!program.archive("").exists(), "asking made a folder");
}

/// What could act on a terminal: ESC, OSC, C1, direction overrides, line ends, backspaces.
const HOSTILE: &str = "kop\u{1b}]0;titel\u{7}\u{1b}[2J\u{9b}2J\u{9d}0;x\u{9c}\u{202e}om\u{2066}\u{8}\u{8}\
    \u{85}\u{2028}\u{2029}\u{feff}\u{7f}\r\u{0}slot";

#[track_caller]
fn check_harmless(text: &str, what: &str) {
    // Our own bold and colors.
    let plain = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap().replace_all(text, "");
    let is_harmful = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let found: Vec<char> = plain.chars().filter(|c| is_harmful(*c)).collect();
    assert!(found.is_empty(), "{what}: {found:?} in {plain:?}");
}

/// Every field of every article is hostile, by feed and by import.
fn poisoned(web: &Web) -> Program {
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": HOSTILE,
        "items": [{
            "id": HOSTILE, "url": format!("https://dijkbode.example/{HOSTILE}"), "title": HOSTILE,
            "content_text": HOSTILE, "authors": [{ "name": HOSTILE }], "tags": [HOSTILE],
            "language": HOSTILE,
        }],
    });
    let headers = vec![("content-type", "application/feed+json".to_owned())];
    web.set("/feed", Route { headers, ..Route::document(feed.to_string()) });
    let location = vec![("location", "/\u{9b}2J\u{202e}".to_owned())];
    web.set("/elders", Route { status: 302, headers: location, ..Route::default() });
    web.set("/stuk", Route::document(format!("<opml{HOSTILE}><rss{HOSTILE}>")));
    let program = Program::new();
    let urls = ["/feed", "/elders", "/stuk"].map(|path| web.url(path));
    program.list(&[("feed", &urls[0]), ("elders", &urls[1]), ("stuk", &urls[2])]);
    let article = json!({
        "id": HOSTILE, "url": HOSTILE, "title": HOSTILE, "text": format!("Gif: {HOSTILE}"),
        "outlet": HOSTILE, "author": HOSTILE, "section": HOSTILE, "tags": [HOSTILE],
        "language": HOSTILE,
    });
    let refused = json!({ "text": "Gif.", "published": HOSTILE });
    fs::write(program.home().join("gif.jsonl"), format!("{article}\n{refused}\n")).unwrap();
    program
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    let web = Web::start();
    let program = poisoned(&web);
    for command in [&["poll", "--all"][..], &["import", "gif.jsonl"]] {
        let ran = program.run(&[command, &["--color", "always", "-vv"]].concat());
        check_harmless(&ran.stdout, command[0]);
        check_harmless(&ran.stderr, command[0]);
    }
    let ids = program.found(&[]);
    assert_eq!(ids.len(), 2);
    let everything = ["articles", "revisions", "sightings", "feeds", "fetches", "texts"]
        .map(|view| vec!["sql".to_owned(), format!("select * from {view}")]);
    let mut commands = everything.to_vec();
    commands.push(vec!["search".to_owned()]);
    commands.push(vec!["search".to_owned(), "kop".to_owned()]);
    commands.push(vec!["status".to_owned()]);
    for id in &ids {
        commands.push(vec!["show".to_owned(), id.clone()]);
        commands.push(vec!["revisions".to_owned(), id.clone()]);
    }
    for command in &commands {
        for format in ["table", "json", "jsonl", "csv"] {
            let command: Vec<&str> = command.iter().map(String::as_str).collect();
            let options = ["--color", "always", "--format", format];
            let ran = program.run(&[&command[..], &options].concat());
            assert!(ran.code == 0 && !ran.stdout.is_empty(), "{command:?}: {ran:?}");
            check_harmless(&ran.stdout, &format!("{command:?} {format}"));
            check_harmless(&ran.stderr, &format!("{command:?} {format}"));
        }
    }
}

#[test]
fn nothing_hostile_reaches_the_log_of_the_daemon() {
    let web = Web::start();
    let program = poisoned(&web);
    let daemon = program.daemon(&["--color", "always", "-vv"]);
    daemon.wait_for("1 new, 0 revised of 1");
    daemon.wait_for("failed: it is not a readable feed");
    check_harmless(&daemon.log(), "the log");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..300))));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    for format in ["table", "jsonl", "csv"] {
        let search = "search --limit 300 --fields id,title,text --format";
        let script = format!("{} {search} {format} | head -n 1", env!("CARGO_BIN_EXE_knipsel"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).env("HOME", program.home());
        let output = shell.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1, "{format}");
    }
}
