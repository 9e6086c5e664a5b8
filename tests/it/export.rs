//! Corpora: that they are whole, that the same question makes the same files again, also after a
//! kill, and that other programs can trust what the manifest says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::program::{Program, until};

const FIRST: &str = r#"
{"id":"1","title":"=Sluis bij Hulst dicht","text":"De sluis bij Hulst gaat twee weken dicht.","url":"https://www.zeeklei.example/nieuws/1","outlet":"Zeeklei","author":"Pieter de Rooij","language":"nl","published":"2022-01-30T08:15:00+01:00"}
{"id":"2","title":"Navo oefent op de Noordzee","text":"Veertien schepen oefenen bij de sluis.\n\nEen sluis is geen brug.","outlet":"Zeeklei","published":"2022-02"}
{"id":"3","title":"Café krijgt nieuwe eigenaar","text":"Het oudste café naast de sluis gaat verder.","outlet":"De Dijkbode","authors":["Sjoukje Hoekstra"],"published":"2022-02-14"}
"#;

fn import(program: &Program, lines: &str) {
    fs::write(program.home().join("artikelen.jsonl"), lines).unwrap();
    program.ok(&["import", "artikelen.jsonl"]);
}

fn archive() -> Program {
    let program = Program::new();
    import(&program, FIRST);
    program
}

/// Paths and contents of all files in a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files
                    .insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(path).unwrap());
            }
        }
    }
    files
}

fn manifest(program: &Program, folder: &str) -> Value {
    serde_json::from_slice(&fs::read(program.home().join(folder).join("manifest.json")).unwrap())
        .unwrap()
}

#[test]
fn every_format_is_whole_and_its_manifest_is_true() {
    let program = archive();
    let formats = [
        ("jsonl", vec!["articles.jsonl"]),
        ("csv", vec!["articles.csv"]),
        (
            "parquet",
            vec![
                "articles/month=2022-01/articles.parquet",
                "articles/month=2022-02/articles.parquet",
            ],
        ),
        ("markdown", vec![]),
        ("text", vec![]),
        ("tei", vec![]),
        ("warc", vec!["articles.warc.gz"]),
    ];
    for (format, expected) in formats {
        let ran = program.run(&["export", "sluis", "--format", format, "-o", format]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stderr.starts_with("3 articles, "), "{ran:?}");
        let found = files(&program.home().join(format));
        let manifest = manifest(&program, format);
        assert_eq!(manifest["counts"]["written"], 3);
        assert_eq!(manifest["plan"]["query"], "sluis");
        let listed = manifest["files"].as_array().unwrap();
        assert_eq!(listed.len() + 1, found.len(), "all but the manifest: {listed:?}");
        for file in listed {
            let bytes = &found[Path::new(file["path"].as_str().unwrap())];
            let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
            assert_eq!((&file["sha256"], &file["bytes"]), (&json!(hash), &json!(bytes.len())));
        }
        for path in &expected {
            assert!(found.contains_key(Path::new(path)), "{path}");
        }
        let n_apart = found.keys().filter(|path| path.starts_with("articles/2022-02")).count();
        assert_eq!(n_apart, if expected.is_empty() { 2 } else { 0 }, "{format}");
        let card = String::from_utf8(found[Path::new("README.md")].clone()).unwrap();
        assert!(card.contains("knipsel export 'sluis' --format"), "{card}");
    }
    let lines = fs::read_to_string(program.home().join("jsonl/articles.jsonl")).unwrap();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // By place in time: February begins before its 14th day.
    let published: Vec<&Value> = rows.iter().map(|row| &row["published"]).collect();
    assert_eq!(published, ["2022-01-30T07:15:00Z", "2022-02", "2022-02-14"]);
    let csv = fs::read_to_string(program.home().join("csv/articles.csv")).unwrap();
    assert!(csv.contains(",'=Sluis bij Hulst dicht,"), "{csv}");
}

#[test]
fn the_archive_as_it_was_gives_the_same_bytes_after_edits_and_new_articles() {
    let program = archive();
    program.ok(&["export", "sluis", "-o", "eerst"]);
    let edited = FIRST.replace("twee weken dicht", "drie weken open, zonder s l u i s");
    let edited = edited.replace("De sluis bij Hulst gaat", "Het verkeer bij Hulst ligt");
    let edited = edited.replace("=Sluis bij Hulst dicht", "Verkeer bij Hulst");
    import(&program, &edited);
    import(
        &program,
        r#"{"id":"4","title":"Vierde sluis","text":"Een sluis erbij.","published":"2022-02-01"}"#,
    );
    let as_of = ["export", "sluis", "--as-of", "eerst/manifest.json", "-o", "later"];
    program.ok(&as_of);
    let (first, later) =
        (files(&program.home().join("eerst")), files(&program.home().join("later")));
    assert_eq!(first, later);
    // As it is now, one has lost the word and another has it.
    program.ok(&["export", "sluis", "-o", "nu"]);
    let now = fs::read_to_string(program.home().join("nu/articles.jsonl")).unwrap();
    assert_eq!(now.lines().count(), 3);
    assert!(now.contains("Vierde sluis") && !now.contains("Hulst"), "{now}");
    // Before anything was there, nothing was.
    let ran = program.run(&["export", "sluis", "--as-of", "2020", "-o", "leeg"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, "0 articles, 0 words in leeg\n"));
}

#[test]
fn what_was_stored_while_the_clock_was_ahead_is_there_now() {
    let program = archive();
    let database = rusqlite::Connection::open(program.archive("archive.db")).unwrap();
    database.execute_batch("UPDATE article SET first_seen_at = first_seen_at + 86400").unwrap();
    database.execute_batch("UPDATE revision SET seen_at = seen_at + 86400").unwrap();
    drop(database);
    program.ok(&["export", "sluis", "-o", "uit"]);
    assert_eq!(manifest(&program, "uit")["counts"]["written"], 3);
}

#[test]
fn others_may_read_what_is_made_for_them() {
    let program = archive();
    program.ok(&["export", "sluis", "-o", "uit"]);
    program.ok(&["timeline", "sluis", "-o", "sluis.svg"]);
    program.ok(&["watch", "add", "sluis", "sluis", "--feed-file", "sluis.xml"]);
    import(&program, r#"{"id":"4","title":"Sluis open","text":"De sluis is open."}"#);
    program.ok(&["watch", "run"]);
    fs::write(program.home().join("gewoon"), "").unwrap();
    let mode = |name: &str| fs::metadata(program.home().join(name)).unwrap().permissions().mode();
    for name in
        ["uit/articles.jsonl", "uit/manifest.json", "uit/README.md", "sluis.svg", "sluis.xml"]
    {
        assert_eq!(mode(name), mode("gewoon"), "{name}");
    }
    // A link leads where it led, and what is no file is written to.
    std::os::unix::fs::symlink("sluis.svg", program.home().join("link.svg")).unwrap();
    program.ok(&["timeline", "dijk OR sluis", "-o", "link.svg"]);
    assert!(program.home().join("link.svg").is_symlink());
    let drawn = fs::read_to_string(program.home().join("sluis.svg")).unwrap();
    assert!(drawn.contains("dijk OR sluis"), "{drawn}");
    let ran = program.run(&["timeline", "sluis", "-o", "weg/sluis.svg"]);
    let told = "knipsel: cannot write `weg/sluis.svg`: No such file or directory (os error 2)";
    assert!(ran.code == 4 && ran.stderr.starts_with(told), "{ran:?}");
}

#[test]
fn an_export_that_is_killed_goes_on_to_the_same_bytes() {
    let program = Program::new();
    let mut lines = String::new();
    for n in 0..1300 {
        let _ = writeln!(
            lines,
            r#"{{"id":"{n}","title":"Bericht {n}","text":"Het water stijgt tot {n}.","published":"2022-0{}-01"}}"#,
            n % 9 + 1
        );
    }
    import(&program, &lines);
    program.ok(&["export", "water", "-o", "heel"]);
    let running =
        program.start(&["export", "water", "-o", "half", "--as-of", "heel/manifest.json"]);
    let half = program.home().join("half");
    until("the export to begin", || {
        let is_there = |name| half.join(name).exists();
        (is_there(".knipsel-export") || is_there("manifest.json")).then_some(())
    });
    running.kill();
    assert!(!half.join("manifest.json").exists(), "it was done before it could be killed");
    // What was being written when it was killed may be on disk in part.
    if let Ok(mut file) = OpenOptions::new().append(true).open(half.join("articles.jsonl")) {
        file.write_all(b"{\"id\":\"half").unwrap();
    }
    std::fs::write(half.join(".knipsel-unfinished-abc"), "half a journal").unwrap();
    let other = program.run(&["export", "lucht", "-o", "half", "--as-of", "heel/manifest.json"]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.stderr.contains("`half` holds an export with another query"), "{other:?}");
    program.ok(&["export", "water", "-o", "half"]);
    assert_eq!(files(&program.home().join("heel")), files(&half));
    // Once more changes nothing, and a folder of something else is left alone.
    program.ok(&["export", "water", "-o", "half"]);
    assert!(!half.join(".knipsel-export").exists());
    let ran = program.run(&["export", "water", "-o", "."]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("`.` is not empty"), "{ran:?}");
}

#[test]
fn a_reference_names_the_version_it_means() {
    let program = archive();
    let id = program.found(&["Hulst"]).pop().unwrap();
    import(&program, &FIRST.replace("twee weken", "drie weken"));
    let bibtex = program.ok(&["cite", &id]);
    assert!(bibtex.starts_with(&format!("@article{{{id}-2,\n")), "{bibtex}");
    assert!(bibtex.contains("  author = {de Rooij, Pieter},\n"), "{bibtex}");
    let csl: Value =
        serde_json::from_str(&program.ok(&["cite", &format!("{id}@1"), "--style", "csl"])).unwrap();
    assert_eq!(csl[0]["id"], format!("{id}@1"));
    assert_eq!(csl[0]["issued"], json!({ "date-parts": [[2022, 1, 30]] }));
    assert!(program.ok(&["cite", &id, "--style", "ris"]).contains("PY  - 2022\r\n"));
    assert_eq!(program.run(&["cite", "aaaaaaaaaaaaa"]).code, 4);
}
