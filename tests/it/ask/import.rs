//! What other programs kept comes in, packed or not, and what is damaged costs only itself.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::{ARTICLES, CLIPPING, check_refused, imported};
use crate::news::{Item, item, rss};
use crate::pages::{AT_ONCE, page, paragraphs};
use crate::program::Program;
use crate::web::{Route, Web};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A response of a WARC file whose HTTP head begins with `head`.
fn record(path: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let http = format!("{head}\r\nContent-Type: text/html\r\n\r\n");
    let warc = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://zeeklei.example/{path}\r\n\
         WARC-Date: 2022-02-15T10:00:00Z\r\nContent-Length: {}\r\n\r\n",
        http.len() + body.len()
    );
    [warc.as_bytes(), http.as_bytes(), body, b"\r\n\r\n"].concat()
}

fn dated_page(title: &str) -> String {
    let dated = "<meta property=\"article:published_time\" content=\"2022-02-14T10:00:00+01:00\">";
    page(title, &paragraphs(), 0).replace("</head>", &format!("{dated}</head>"))
}

#[test]
fn lines_that_are_no_articles_are_refused_one_by_one() {
    let program = Program::new();
    let lines = "{\"text\":\"Goed.\"}\nniet\n{\"title\":\"zonder tekst\"}\n";
    fs::write(program.home().join("a.jsonl"), lines).unwrap();
    let ran = program.run(&["import", "a.jsonl", "--format", "json"]);
    assert_eq!(ran.code, 2);
    let counts = json!({ "new": 1, "revised": 0, "unchanged": 0, "refused": 2 });
    assert_eq!(serde_json::from_str::<Value>(&ran.stdout).unwrap(), counts);
    assert!(ran.stderr.contains("`a.jsonl`, line 2: not JSON"), "{ran:?}");
    assert!(ran.stderr.contains("`a.jsonl`, line 3: there is no `text`"), "{ran:?}");
    check_refused(
        &program.run(&["import", "weg.jsonl"]),
        4,
        "knipsel: cannot read `weg.jsonl`: No such file or directory (os error 2)\n",
    );
}

#[test]
fn other_programs_exports_come_in_with_where_they_are_from() {
    let program = Program::new();
    let files = [
        ("krant.csv", "titel;tekst;datum;krant\nSluis dicht;De sluis is dicht.;2022-02;Zeeklei\n"),
        (
            "lezer.json",
            r#"{"total":1,"entries":[{"id":7,"title":"Brug open","content":"<p>De brug is <b>open</b>.</p>","url":"https://www.zeeklei.example/2","published_at":"2022-02-14T10:00:00Z","feed":{"title":"Zeeklei"}}]}"#,
        ),
        (
            "ster.json",
            r#"{"items":[{"title":"Brug open","summary":{"content":"<p>De brug is <b>open</b>.</p>"},"alternate":[{"href":"https://www.zeeklei.example/2"}],"published":1644832800,"origin":{"title":"Zeeklei"}}]}"#,
        ),
        (
            "oogst.warc",
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://www.zeeklei.example/3\r\nWARC-Date: 2022-02-15T10:00:00Z\r\nContent-Length: 23\r\n\r\nDe dijk is versterkt.\r\n\r\n\r\n",
        ),
    ];
    for (name, content) in files {
        fs::write(program.home().join(name), content).unwrap();
    }
    let ran = program.run(&["import", "krant.csv", "lezer.json", "ster.json", "oogst.warc"]);
    let told = "imported 3 new articles, 0 revisions; 1 were there already, 0 refused\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, told));
    let found = program.json(&["search", "brug"]);
    assert_eq!(
        (&found[0]["snippet"], &found[0]["outlet"]),
        (&json!("De brug is open."), &json!("Zeeklei"))
    );
    assert_eq!(program.found(&["dijk url:zeeklei.example/3"]).len(), 1);
    let places = program.rows("SELECT file, place, revision FROM imports ORDER BY file");
    assert_eq!(places, ["krant.csv|1|1", "lezer.json|1|1", "oogst.warc|1|1"]);
}

#[test]
fn pages_that_others_kept_come_in_as_their_servers_sent_them() {
    let mut chunks = Vec::new();
    for chunk in dated_page("Brug dicht").as_bytes().chunks(100) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).bytes().chain(chunk.iter().copied()));
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    let packed = gzip(dated_page("Sluis dicht").as_bytes());
    let file = [
        record("1", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", &chunks),
        record("2", "HTTP/2 200\r\nContent-Encoding: gzip", &packed),
        record("4", "HTTP/1.1 200 OK", page("Voorpagina", &paragraphs(), 0).as_bytes()),
        record("3", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip", &packed[..packed.len() / 2]),
    ];
    let program = Program::new();
    fs::write(program.home().join("oogst.warc"), file.concat()).unwrap();
    let ran = program.run(&["import", "oogst.warc"]);
    assert!(
        ran.stderr.contains("record 4: `https://zeeklei.example/3` cannot be unpacked"),
        "{ran:?}"
    );
    let left_out = "`oogst.warc`: left out 1 of its pages: no text, neither date nor author, or";
    assert!(ran.stderr.contains(left_out), "{ran:?}");
    assert!(
        ran.stderr
            .ends_with("imported 2 new articles, 0 revisions; 0 were there already, 1 refused\n")
    );
    let rows = program.rows("SELECT title, published, words FROM articles ORDER BY title");
    let n_words = paragraphs().join(" ").split_whitespace().count();
    let expected =
        ["Brug", "Sluis"].map(|what| format!("{what} dicht|2022-02-14T09:00:00Z|{n_words}"));
    assert_eq!(rows, expected);
}

#[test]
fn an_article_that_leaves_out_what_is_known_is_checked_by_what_was_stored() {
    let program = Program::new();
    let article = |text: &str, rest: &str| {
        format!(
            "{{\"url\":\"https://www.zeeklei.example/1\",\"title\":\"Dijk\",\"text\":\"{text}\"{rest}}}\n"
        )
    };
    let files = [
        ("een.jsonl", article("De dijk is dicht.", ",\"authors\":[\"Jet Smit\"]")),
        ("twee.jsonl", article("De dijk is weer open.", "")),
    ];
    for (name, content) in &files {
        fs::write(program.home().join(name), content).unwrap();
    }
    for (name, told) in [
        ("een.jsonl", "1 new articles, 0 revisions; 0"),
        ("twee.jsonl", "0 new articles, 1 revisions; 0"),
        ("een.jsonl", "0 new articles, 0 revisions; 1"),
        ("twee.jsonl", "0 new articles, 0 revisions; 1"),
    ] {
        let ran = program.run(&["import", name]);
        assert!(ran.stderr.contains(told), "{name}: {}", ran.stderr);
    }
    let current = program.rows("SELECT authors, revision FROM articles");
    assert_eq!(current, ["[\"Jet Smit\"]|2"]);
    assert_eq!(program.run(&["verify"]).code, 0);
}

#[test]
fn what_was_exported_as_warc_comes_in_again() {
    let (program, other) = (imported(), Program::new());
    program.ok(&["export", "Hulst", "--format", "warc", "-o", "uit"]);
    let file = program.home().join("uit/articles.warc.gz");
    other.ok(&["import", file.to_str().unwrap()]);
    assert_eq!(other.found(&["schippers url:zeeklei.example/nieuws/1"]).len(), 1);
    let shown = "SELECT title, text FROM articles JOIN texts USING (id)";
    let rows = |program: &Program| program.json(&["sql", shown]);
    let of_all = rows(&program);
    let hulst =
        of_all.as_array().unwrap().iter().find(|row| row["title"] == rows(&other)[0]["title"]);
    assert_eq!(hulst, Some(&rows(&other)[0]));
}

#[test]
fn what_was_exported_as_markdown_comes_in_again_and_what_is_xml_does_not() {
    let (program, other) = (imported(), Program::new());
    program.ok(&["export", "Hulst", "--format", "markdown", "-o", "uit"]);
    let folder = program.home().join("uit/articles/2022-01");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 1, "{files:?}");
    other.ok(&["import", files[0].to_str().unwrap()]);
    let shown = "SELECT a.title, a.url, a.outlet, a.published, t.text FROM articles AS a \
                 JOIN texts AS t USING (id) WHERE t.text LIKE '%schippers%'";
    let rows = |program: &Program| program.json(&["sql", shown]);
    assert_eq!(rows(&other), rows(&program));
    fs::write(other.home().join("a.xml"), "<?xml version=\"1.0\"?><TEI/>").unwrap();
    let ran = other.run(&["import", "a.xml"]);
    assert!(ran.code == 2 && ran.stderr.contains("it is XML; articles come in as"), "{ran:?}");
}

#[test]
fn an_address_that_nobody_should_follow_does_not_come_in() {
    let program = Program::new();
    let line = r#"{"title":"Brug dicht","text":"De brug is dicht.","url":"javascript:alert(1)"}"#;
    fs::write(program.home().join("a.jsonl"), line).unwrap();
    program.ok(&["import", "a.jsonl"]);
    assert_eq!(program.rows("SELECT title, url FROM articles"), ["Brug dicht|-"]);
}

/// Its text stands in the file beside the page that it is of.
#[test]
fn a_page_that_was_exported_as_warc_is_one_version_of_one_outlet() {
    let web = Web::start();
    let item = Item { link: web.url("/brug"), ..item(1) };
    web.set("/brug", Route::document(dated_page("Brug dicht")));
    web.set("/rss", Route::document(rss(&[item])));
    let (program, other) = (Program::with_pages(&web.url("/rss")), Program::new());
    program.ok(&[&["poll", "--all", "--set", "archive.raw=pages"], &AT_ONCE[..]].concat());
    program.ok(&["export", "", "--format", "warc", "-o", "uit"]);
    let file = program.home().join("uit/articles.warc.gz");
    let ran = other.run(&["import", file.to_str().unwrap()]);
    let told = "imported 1 new articles, 0 revisions; 0 were there already, 0 refused\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, told));
    assert_eq!(other.rows("SELECT title, outlet FROM articles"), ["Brug dicht|De Dijkbode"]);
}

#[test]
fn files_come_in_packed_as_they_are_whatever_they_are_called() {
    let program = Program::new();
    let page =
        |path: &str, title: &str| record(path, "HTTP/1.1 200 OK", dated_page(title).as_bytes());
    let (brug, sluis) = (page("1", "Brug dicht"), page("2", "Sluis dicht"));
    for (name, content) in [
        ("a.jsonl.gz", gzip(ARTICLES.as_bytes())),
        ("b.txt.zst", zstd::encode_all(CLIPPING.as_bytes(), 3).unwrap()),
        // A member a record, and one for all.
        ("c.warc.gz", [gzip(&brug), gzip(&sluis)].concat()),
        ("d.warc.gz", gzip(&[brug.clone(), sluis.clone()].concat())),
        ("e.warc", gzip(&brug)),
        ("f.warc.gz", sluis),
    ] {
        fs::write(program.home().join(name), content).unwrap();
        let (n_new, n_known) = match name {
            "a.jsonl.gz" => (3, 0),
            "b.txt.zst" => (1, 0),
            "c.warc.gz" => (2, 0),
            "d.warc.gz" => (0, 2),
            _ => (0, 1),
        };
        let ran = program.run(&["import", name, "--format", "json"]);
        let counts: Value = serde_json::from_str(&ran.stdout).unwrap();
        let expected = json!({ "new": n_new, "revised": 0, "unchanged": n_known, "refused": 0 });
        assert_eq!((ran.code, counts), (0, expected), "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_file_that_breaks_off_gives_what_stands_before_and_stops_no_other() {
    let program = Program::new();
    let record = record("1", "HTTP/1.1 200 OK", dated_page("Brug dicht").as_bytes());
    let cut = [&record[..], &record[..record.len() - 10]].concat();
    fs::write(program.home().join("oogst.warc"), cut).unwrap();
    fs::write(program.home().join("artikelen.jsonl"), ARTICLES).unwrap();
    let packed = gzip("{\"text\":\"De dijk is hersteld.\"}\n".repeat(2).as_bytes());
    fs::write(program.home().join("half.jsonl.gz"), &packed[..packed.len() - 4]).unwrap();
    let files = ["weg.jsonl", "oogst.warc", "half.jsonl.gz", "artikelen.jsonl"];
    let ran = program.run(&[&["import"], &files[..]].concat());
    assert_eq!(ran.code, 4);
    insta::assert_snapshot!(ran.stderr, @r"
    knipsel: cannot read `weg.jsonl`: No such file or directory (os error 2)
    knipsel: cannot read all of `oogst.warc`: its last record is cut off
    knipsel: cannot read all of `half.jsonl.gz`: unexpected end of file
    imported 5 new articles, 0 revisions; 1 were there already, 0 refused
    ");
    assert_eq!(program.found(&["dijk"]).len(), 1);
}

#[test]
fn what_was_not_said_the_first_time_is_added_and_nothing_is_taken_away() {
    let program = Program::new();
    let import = |line: &str, outlet: &[&str]| {
        fs::write(program.home().join("a.jsonl"), line).unwrap();
        let ran = program.run(&[&["import", "a.jsonl", "--format", "json"], outlet].concat());
        let counts: Value = serde_json::from_str(&ran.stdout).unwrap();
        (counts["new"].as_i64().unwrap(), counts["revised"].as_i64().unwrap())
    };
    let row = || program.rows("SELECT title, outlet, section, published, words FROM articles");
    let bare = r#"{"url":"https://zeeklei.example/1","text":"De brug is dicht."}"#;
    assert_eq!(import(bare, &[]), (1, 0));
    assert_eq!(import(bare, &["--outlet", "Zeeklei"]), (0, 0));
    assert_eq!(row(), ["|Zeeklei|-|-|4"]);
    let whole = r#"{"url":"https://zeeklei.example/1","text":"De brug is dicht.","title":"Brug dicht","section":"Regio"}"#;
    assert_eq!(import(whole, &[]), (0, 1));
    let dated = whole.replace('{', r#"{"published":"2022-02-14","#);
    assert_eq!(import(&dated, &[]), (0, 1));
    assert_eq!(row(), ["Brug dicht|Zeeklei|Regio|2022-02-14|4"]);
    assert_eq!(program.found(&["date:2022-02-14"]).len(), 1);
    let edited = bare.replace("dicht.", "weer open.");
    assert_eq!(import(&edited, &[]), (0, 1));
    assert_eq!(row(), ["Brug dicht|Zeeklei|Regio|2022-02-14|5"]);
    assert_eq!(import(&edited, &[]), (0, 0));
}

#[test]
fn json_is_known_by_how_it_begins_whatever_its_file_is_called() {
    let program = Program::new();
    let lines = "\n{\"text\":\"De sluis is dicht.\"}\n{\"text\":\"De brug is open.\"}\n";
    let list = "[{\"text\":\"De dijk is hoog.\"},{\"text\":\"Het pad is nat.\"}]";
    let text = "{onleesbaar} stond er op het bord bij de haven.";
    for (name, written) in [("artikelen.txt", lines), ("artikelen", list), ("krant.txt", text)] {
        fs::write(program.home().join(name), written).unwrap();
        program.ok(&["import", name]);
    }
    assert_eq!(program.found(&[]).len(), 5);
    assert_eq!(program.found(&["onleesbaar"]).len(), 1);
}

#[test]
fn an_export_of_ours_comes_back_as_what_it_was() {
    let lines = [
        json!({ "text": "Een bericht zonder adres of nummer.", "title": "Los" }),
        json!({ "text": "Een bericht met een nummer.", "id": "k-17", "outlet": "Zeeklei" }),
        json!({ "text": "Een bericht met adres.", "url": "https://zeeklei.example/1" }),
    ];
    let lines = lines.map(|line| line.to_string()).join("\n");
    for format in ["jsonl", "csv", "markdown"] {
        let program = Program::new();
        fs::write(program.home().join("los.jsonl"), &lines).unwrap();
        program.ok(&["import", "los.jsonl"]);
        let ids = || program.rows("SELECT id FROM articles ORDER BY id");
        let before = ids();
        program.ok(&["export", "--format", format, "-o", "uit"]);
        let folder = program.home().join("uit");
        let exported: Vec<String> = walk(&folder);
        let import = |archive: &[&str]| {
            let mut arguments = vec!["import"];
            arguments.extend(exported.iter().map(String::as_str));
            arguments.extend(archive);
            program.ok(&arguments)
        };
        import(&[]);
        assert_eq!(ids(), before, "{format}");
        assert_eq!(program.rows("SELECT count(*) FROM revisions"), ["3"], "{format}");
        import(&["--archive", "leeg"]);
        let elsewhere = program.ok(&[
            "sql",
            "SELECT id FROM articles ORDER BY id",
            "--format",
            "csv",
            "--archive",
            "leeg",
        ]);
        assert_eq!(elsewhere.lines().skip(1).collect::<Vec<_>>(), before, "{format}");
    }
}

/// The articles in an export.
fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if !name.starts_with("README") && !name.starts_with("manifest") {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    found
}

#[test]
fn an_older_capture_is_kept_and_changes_nothing_of_now() {
    let program = Program::new();
    let capture = |title: &str, text: &str, day: u32| {
        let moment = format!("2026-03-{day}T10:00:00Z");
        json!({
            "url": "https://zeeklei.example/1", "title": title, "text": text,
            "published": "2026-03-10T10:00:00Z", "modified": moment,
        })
    };
    let now = capture("Raad keurt plan goed", "De raad heeft het plan goedgekeurd.", 14);
    let then = capture("Raad praat over plan", "De raad praat over het plan.", 12);
    let later = capture("Raad trekt plan in", "De raad heeft het plan ingetrokken.", 16);
    let import = |capture: &Value| {
        fs::write(program.home().join("a.jsonl"), capture.to_string()).unwrap();
        program.ok(&["import", "a.jsonl"]);
    };
    import(&now);
    import(&then);
    import(&then);
    assert_eq!(program.rows("SELECT title FROM articles"), ["Raad keurt plan goed"]);
    let titles = "SELECT title FROM revisions ORDER BY revision";
    let kept = ["Raad keurt plan goed", "Raad praat over plan", "Raad keurt plan goed"];
    assert_eq!(program.rows(titles), kept);
    assert_eq!(program.found(&["goedgekeurd"]).len(), 1);
    assert_eq!(program.run(&["revisions"]).code, 1, "none of them is an edit");
    import(&later);
    assert_eq!(program.rows("SELECT title FROM articles"), ["Raad trekt plan in"]);
}
