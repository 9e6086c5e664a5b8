//! Pages of hits, the archive as it was, counts over time, concordances and trends.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::program::Program;

fn import(program: &Program, lines: &str) {
    fs::write(program.home().join("artikelen.jsonl"), lines).unwrap();
    program.ok(&["import", "artikelen.jsonl"]);
}

/// Twelve articles, one a week, of two outlets; every third has a storm.
fn archive() -> Program {
    let program = Program::new();
    let mut lines = String::new();
    for week in 0..12 {
        let (month, day) = (week / 4 + 1, week % 4 * 7 + 1);
        let outlet = if week % 2 == 0 { "Zeeklei" } else { "De Dijkbode" };
        let text = if week % 3 == 0 { "De storm raasde over het land." } else { "Het land rust." };
        let _ = writeln!(
            lines,
            r#"{{"id":"{week}","title":"Bericht {week}","text":"{text}","outlet":"{outlet}","section":"Weer","published":"2022-0{month}-{day:02}T12:00:00+01:00"}}"#
        );
    }
    import(&program, &lines);
    program
}

fn ids(found: &Value) -> Vec<String> {
    let articles = found.as_array().unwrap();
    articles.iter().map(|article| article["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_do_not_shift_when_articles_come_in_between() {
    let program = archive();
    for sort in ["newest", "relevance"] {
        let all = ids(&program.json(&["search", "land", "--sort", sort, "-n", "100"]));
        let mut paged = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut arguments = vec!["search", "land", "--sort", sort, "-n", "5"];
            if let Some(cursor) = &after {
                arguments.extend(["--after", cursor]);
            }
            arguments.extend(["--format", "json"]);
            let ran = program.run(&arguments);
            let page: Value = serde_json::from_str(&ran.stdout).unwrap();
            if page.as_array().unwrap().is_empty() {
                assert_eq!(ran.code, 1);
                break;
            }
            paged.extend(ids(&page));
            let last = page.as_array().unwrap().last().unwrap();
            after = Some(last["cursor"].as_str().unwrap().to_owned());
            let n = paged.len();
            // The newest of all, and the best match.
            let line = format!(
                r#"{{"id":"{sort}{n}","title":"Land land","text":"Land, land, land.","published":"2022-06-{n:02}"}}"#
            );
            import(&program, &line);
        }
        assert_eq!(paged, all, "{sort}");
    }
    let ran = program.run(&["search", "land", "--after", "ergens"]);
    assert_eq!(
        (ran.code, ran.stderr.lines().next()),
        (2, Some("knipsel: `ergens` is not a cursor"))
    );
    let ran = program.run(&["search", "land", "--after", "r5.9"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn a_page_says_how_to_go_on_and_every_format_is_written() {
    let program = archive();
    let ran = program.run(&["search", "storm", "-n", "2"]);
    let (found, cursor) = ran.stderr.trim().rsplit_once(' ').unwrap();
    assert_eq!(found, "2 of 4 articles found; more: --after");
    let rest = program.run(&["search", "storm", "-n", "2", "--after", cursor]);
    assert_eq!(rest.stderr, "2 articles found\n");
    let template = ["search", "storm", "--template", "{outlet}\\t{title}", "-n", "1"];
    assert_eq!(program.ok(&template), "De Dijkbode\tBericht 9\n");
    let ids = program.ok(&["search", "storm", "-0"]);
    assert_eq!(ids.matches('\0').count(), 4);
    assert_eq!(ids.replace('\0', "").len(), 4 * 13);
    let fields = ["search", "storm", "-n", "1", "--fields", "title,outlet", "--format"];
    let written = |format| program.ok(&[&fields[..], &[format]].concat());
    assert_eq!(written("tsv"), "title\toutlet\nBericht 9\tDe Dijkbode\n");
    assert_eq!(written("markdown"), "| title | outlet |\n|---|---|\n| Bericht 9 | De Dijkbode |\n");
    let wrong = program.run(&["search", "storm", "--template", "{kop}"]);
    assert_eq!((wrong.code, &*wrong.stderr), (2, "knipsel: there is no field `kop`\n"));
}

#[test]
fn the_archive_as_it_was_is_searched_in_the_revisions_of_then() {
    let program = archive();
    program.ok(&["export", "storm", "-o", "toen"]);
    import(
        &program,
        r#"{"id":"0","title":"Bericht 0","text":"De wind ging liggen.","outlet":"Zeeklei","published":"2022-01-01T12:00:00+01:00"}"#,
    );
    assert_eq!(program.found(&["storm"]).len(), 3);
    let then = ["--as-of", "toen/manifest.json"];
    assert_eq!(program.found(&[&["storm"], &then[..]].concat()).len(), 4);
    assert!(program.found(&[&["wind"], &then[..]].concat()).is_empty());
    let found = program
        .json(&[&["search", "storm", "-n", "9", "--fields", "revision,text"], &then[..]].concat());
    let oldest = found.as_array().unwrap().last().unwrap();
    assert_eq!(*oldest, json!({ "revision": 1, "text": "De storm raasde over het land." }));
}

#[test]
fn what_is_known_around_an_article_can_be_asked_for() {
    let program = archive();
    let id = program.found(&["storm"]).pop().unwrap();
    assert_eq!(program.found(&[&format!("id:{}", &id[..6])]), [id]);
    import(
        &program,
        r#"{"title":"Met adres","text":"Tekst.","url":"https://www.zeeklei.example/weer/storm-1","published":"2022-05-01"}"#,
    );
    assert_eq!(program.found(&["url:zeeklei.example/weer"]).len(), 1);
    assert_eq!(program.found(&["url:zeeklei.example/sport"]).len(), 0);
    assert_eq!(program.found(&["access:unknown"]).len(), 13);
    assert_eq!(program.found(&["storm -access:unknown"]).len(), 0);
    assert_eq!(program.found(&["storm access:(paid OR unknown)"]).len(), 4);
    let facets = program.json(&["facets", "storm", "--on", "access"]);
    assert_eq!((&facets[0]["value"], &facets[0]["articles"]), (&json!("unknown"), &json!(4)));
    for query in ["access:paid", "type:opinion", "wire:anp", "country:be", "is:paywalled"] {
        assert_eq!(program.run(&["search", query]).code, 1, "{query}");
    }
}

#[test]
fn counts_over_time_are_plotted_written_and_drawn() {
    let program = archive();
    let plotted = program.ok(&["timeline", "storm", "--by", "month", "-o", "storm.svg"]);
    insta::assert_snapshot!(plotted);
    assert!(plotted.lines().all(|line| line.chars().count() <= 80));
    let svg = fs::read_to_string(program.home().join("storm.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains(">storm: articles a month<"), "{svg}");
    program.ok(&["timeline", "storm", "-o", "storm.png"]);
    assert!(fs::read(program.home().join("storm.png")).unwrap().starts_with(b"\x89PNG"));
    let months = program.json(&["timeline", "storm", "--by", "month"]);
    assert_eq!(months[0], json!({ "period": "2022-01", "articles": 2, "share": 500.0, "all": 4 }));
    let both = ["compare", "storm", "rust outlet:zeeklei", "--by", "month", "--format", "csv"];
    let both = program.ok(&both);
    assert_eq!(both.lines().next(), Some("period,storm,rust outlet:zeeklei,all"));
    assert_eq!(both.lines().nth(1), Some("2022-01,2,1,4"));
    insta::assert_snapshot!(program.ok(&["compare", "storm", "rust", "--by", "month", "--share"]));
    let asked = ["--since", "2021-12", "--until", "2022-05", "--by", "month", "--format", "csv"];
    let asked = program.ok(&[&["compare", "land", "land"], &asked[..]].concat());
    let lines: Vec<&str> = asked.lines().collect();
    assert_eq!((lines[0], lines[1]), ("period,land,land_2,all", "2021-12,0,0,0"));
    assert_eq!((lines.len(), lines[6]), (7, "2022-05,0,0,0"));
}

#[test]
fn values_words_and_firsts_are_listed() {
    let program = archive();
    let facets = program.json(&["facets", "storm", "--on", "outlet,author"]);
    let expected = json!([
        { "field": "outlet", "value": "De Dijkbode", "articles": 2 },
        { "field": "outlet", "value": "Zeeklei", "articles": 2 },
        { "field": "author", "value": null, "articles": 4 },
    ]);
    assert_eq!(facets, expected);
    let words = program.json(&["terms", "R"]);
    assert_eq!(words[0], json!({ "word": "rust", "articles": 8 }));
    let first = program.json(&["first", "storm", "-n", "1"]);
    assert_eq!((&first[0]["title"], first.as_array().unwrap().len()), (&json!("Bericht 0"), 1));
}

#[test]
fn a_word_is_counted_once_for_each_article_that_has_it_now() {
    let program = Program::new();
    import(
        &program,
        r#"{"id":"1","title":"Brug dicht","text":"De brug bij de brugklas is dicht."}
{"id":"2","title":"Brug open","text":"Er kan weer gevaren worden."}"#,
    );
    import(
        &program,
        r#"{"id":"1","title":"Brug dicht","text":"De brug is dicht, de bruggen ook."}"#,
    );
    let words = program.ok(&["terms", "brug", "--format", "csv"]);
    assert_eq!(words, "word,articles\nbrug,2\nbruggen,1\n");
}

#[test]
fn a_concordance_has_its_matches_in_one_column() {
    let program = archive();
    import(
        &program,
        r#"{"title":"Woordenlijst","text":"Na de stormen kwam regen. Een zware storm, zei men, is geen orkaan.","published":"2022-05-01"}"#,
    );
    let lines = program.ok(&["kwic", "storm", "--sort", "right"]);
    insta::assert_snapshot!(lines);
    assert!(lines.lines().all(|line| line.chars().count() <= 80));
    let data = program.json(&["kwic", "storm", "-n", "1", "--width", "8"]);
    assert_eq!(data[0]["left"], "lijst Na de ".chars().skip(4).collect::<String>());
    assert_eq!((&data[0]["match"], &data[0]["right"]), (&json!("stormen"), &json!(" kwam re")));
}

#[test]
fn nothing_found_is_told_by_whatever_counts() {
    let program = archive();
    for (arguments, told) in [
        (&["facets", "giraffe"][..], "0 articles found"),
        (&["trends", "giraffe"], "0 words and names rose"),
        (&["sql", "select 1 where 0"], "0 rows"),
        (&["stats", "walls"], "0 outlets"),
    ] {
        let ran = program.run(arguments);
        assert_eq!((ran.code, ran.stderr.starts_with(told)), (1, true), "{ran:?}");
    }
    assert_eq!(program.run(&["terms", "!!"]).code, 2);
    let ran = program.run(&["timeline", "storm", "--since", "2022-03"]);
    assert_eq!(ran.stderr, "1 article\n");
    let ran = program.run(&["search", "storm", "--as-of", "niet/manifest.json"]);
    assert_eq!((ran.code, ran.stderr.contains("there is no file")), (4, true), "{ran:?}");
    assert!(!program.ok(&["completions", "bash"]).contains("extraction-worker"));
    let ran = program.run(&["search", "land", "--unique", "-n", "2000"]);
    assert!(!ran.stderr.contains("--after"), "{ran:?}");
}

#[test]
fn a_concordance_needs_a_word() {
    let program = archive();
    for query in ["", "outlet:zeeklei since:2000", "-storm"] {
        let ran = program.run(&["kwic", "--", query]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{query}: {ran:?}");
        assert!(ran.stderr.contains("no word that stands in a text"), "{query}: {ran:?}");
    }
    assert_eq!(program.run(&["kwic", "title:giraffe"]).code, 1);
}

#[test]
fn a_concordance_of_a_field_has_matches_of_that_field_alone() {
    let program = Program::new();
    import(
        &program,
        r#"{"title":"Storm op komst","text":"Een zware storm, zei men.\n\nDe storm nam af."}"#,
    );
    let left = |query: &str| {
        let lines = program.json(&["kwic", query]);
        let lines = lines.as_array().unwrap();
        lines.iter().map(|line| line["left"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(left("title:storm"), [""]);
    assert_eq!(left("lead:storm"), ["Storm op komst Een zware "]);
    assert_eq!(left("body:storm").len(), 2);
    assert_eq!(left("storm").len(), 3);
    assert_eq!(left("title:komst storm").len(), 4);
}

#[test]
fn a_concordance_of_what_is_near_has_no_other_places() {
    let program = Program::new();
    import(
        &program,
        r#"{"title":"Storm bij Hulst","text":"De storm trok over Axel. Later was het stil.\n\nIn Hulst en Terneuzen viel regen. Er was weer storm in Hulst."}"#,
    );
    let left = |query: &str| {
        let lines = program.json(&["kwic", query, "--width", "12"]);
        let lines = lines.as_array().unwrap();
        lines.iter().map(|line| line["left"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let near = ["", "Storm bij ", "Er was weer ", "er storm in "];
    assert_eq!(left("storm NEAR/2 hulst"), near);
    assert_eq!(left("storm PRE/2 hulst"), near);
    assert_eq!(left("storm /s hulst"), near);
    assert_eq!(
        left("storm NEAR/2 hulst Axel"),
        [&near[..2], &["m trok over "], &near[2..]].concat()
    );
    assert_eq!(left("body:(storm NEAR/2 hulst)"), near[2..]);
}

#[test]
fn what_rose_is_told_and_what_is_always_there_is_not() {
    let program = Program::new();
    let mut lines = String::new();
    for n in 0..80 {
        let text = if n >= 70 {
            "De bestuurder sprak met Anna Vermeer over het land."
        } else {
            "De bestuurder sprak over het land."
        };
        let _ = writeln!(
            lines,
            r#"{{"id":"{n}","title":"Bericht {n}","text":"{text}","published":"2022-0{}-10"}}"#,
            if n >= 70 { 3 } else { 2 }
        );
    }
    import(&program, &lines);
    let risen = program.json(&["trends", "--since", "2022-03-01", "--until", "2022-03-31"]);
    let what: HashSet<&str> =
        risen.as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(what, HashSet::from(["Anna Vermeer", "met"]), "{risen}");
    assert_eq!((&risen[0]["articles"], &risen[0]["elsewhere"]), (&json!(10), &json!(0)));
}

#[test]
fn what_an_article_said_before_it_was_edited_is_nowhere_else() {
    let program = Program::new();
    let line = |n: usize, text: &str| {
        let month = if n < 60 { 2 } else { 3 };
        format!(
            "{{\"id\":\"{n}\",\"title\":\"Bericht {n}\",\"text\":\"{text}\",\
             \"url\":\"https://www.zeeklei.example/{n}\",\"published\":\"2022-0{month}-10\"}}\n"
        )
    };
    let lines = |edit: usize| -> String {
        let text = format!("De dijkgraaf sprak, {edit} keer.");
        (60..68).map(|n| line(n, &text)).collect()
    };
    let others: String = (0..60).map(|n| line(n, "Het land rust.")).collect();
    import(&program, &(others + &lines(0)));
    for edit in 1..3 {
        import(&program, &lines(edit));
    }
    let risen = program.json(&["trends", "--since", "2022-03-01", "--until", "2022-03-31"]);
    let risen = risen.as_array().unwrap().iter().find(|one| one["what"] == "dijkgraaf").unwrap();
    assert_eq!((&risen["articles"], &risen["elsewhere"]), (&json!(8), &json!(0)));
}

#[test]
fn who_and_what_is_named_can_be_asked_for_and_counted() {
    let program = archive();
    import(
        &program,
        r#"{"title":"Overleg","text":"Minister Sergej Lavrov sprak in Kiev met de Navo. Lavrov zei niets.","published":"2022-05-01"}"#,
    );
    assert_eq!(program.found(&["person:lavrov"]).len(), 1);
    assert_eq!(program.found(&["place:lavrov"]).len(), 0);
    let facets = program.json(&["facets", "lavrov", "--on", "person"]);
    assert_eq!(facets[0]["articles"], 1, "{facets}");
    assert!(facets[0]["value"].as_str().is_some_and(|name| name.contains("Lavrov")), "{facets}");
}

#[test]
fn a_feed_that_nobody_has_is_told_where_nothing_is_found() {
    let program = archive();
    for command in ["search", "kwic", "facets", "first", "trends", "timeline"] {
        let mut arguments = vec![command, "storm", "--feed", "bestaatniet"];
        arguments.extend(["--on", "outlet"].iter().filter(|_| command == "facets"));
        let ran = program.run(&arguments);
        assert_eq!(ran.code, 1, "{command}: {ran:?}");
        assert!(ran.stderr.contains("there is no feed `bestaatniet`"), "{command}: {ran:?}");
    }
    let ran = program.run(&["watch", "add", "x", "storm", "--feed", "bestaatniet"]);
    assert_eq!(ran.code, 4, "{ran:?}");
}

#[test]
fn what_the_index_lacks_is_said_by_whatever_asks_it() {
    let program = archive();
    program.ok(&["watch", "add", "storm", "storm"]);
    fs::remove_dir_all(program.archive("index")).unwrap();
    let asked: [&[&str]; 8] = [
        &["search", "storm"],
        &["timeline", "storm"],
        &["compare", "storm", "land"],
        &["facets", "--on", "outlet"],
        &["first"],
        &["kwic", "storm"],
        &["trends"],
        &["watch", "run"],
    ];
    let lacks = |words: &str| {
        for arguments in asked {
            let ran = program.run(arguments);
            assert_eq!(ran.code, 1, "{arguments:?}: {ran:?}");
            assert_eq!(ran.stderr.contains("the search index"), !words.is_empty(), "{ran:?}");
            assert!(ran.stderr.contains(words), "{arguments:?}: {ran:?}");
        }
    };
    lacks("not in the search index yet: run `knipsel reindex`");
    // A running knipsel takes up a few within seconds.
    let lock = fs::File::open(program.archive("lock")).unwrap();
    lock.lock().unwrap();
    lacks("");
    drop(lock);
    let more: String = (100..700).fold(String::new(), |mut lines, n| {
        let _ = writeln!(lines, r#"{{"id":"{n}","text":"Nummer {n} lag stil."}}"#);
        lines
    });
    import(&program, &more);
    fs::remove_dir_all(program.archive("index")).unwrap();
    let lock = fs::File::open(program.archive("lock")).unwrap();
    lock.lock().unwrap();
    lacks("lacks up to 612 changes, which the running knipsel takes up");
}
