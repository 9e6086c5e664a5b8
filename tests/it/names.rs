//! How well the names in Dutch texts are told: sentences of our own, with who and what they name.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use knipsel::names::{Kind, mentions};

use crate::program::Program;

/// A line a text. `[p …]` is a person, `[o …]` an organization, `[l …]` a place; after `=` stands the
/// full name of who is meant.
const SENTENCES: &str = include_str!("../fixtures/names.txt");

type Names = BTreeSet<(Kind, String)>;

/// A text without its marks, and what it names.
fn read(line: &str) -> (String, Names) {
    let mut text = String::new();
    let mut names = Names::new();
    let mut parts = line.split('[');
    text.push_str(parts.next().unwrap());
    for part in parts {
        let (marked, rest) = part.split_once(']').unwrap();
        let (kind, name) = marked.split_once(' ').unwrap();
        let kind = match kind {
            "p" => Kind::Person,
            "o" => Kind::Organization,
            "l" => Kind::Place,
            kind => panic!("there is no kind {kind}"),
        };
        let (written, full) = name.split_once('=').unwrap_or((name, name));
        names.insert((kind, full.to_owned()));
        text.push_str(written);
        text.push_str(rest);
    }
    (text, names)
}

#[test]
fn most_names_are_told_and_few_are_wrong() {
    let (mut n_right, mut n_wrong, mut n_missed) = (0_u32, 0_u32, 0_u32);
    let mut report = String::new();
    for line in SENTENCES.lines() {
        let (text, expected) = read(line);
        let found: Names =
            mentions("", &text).into_iter().map(|mention| (mention.kind, mention.name)).collect();
        n_right += u32::try_from(found.intersection(&expected).count()).unwrap();
        for (what, names) in
            [("wrong", found.difference(&expected)), ("missed", expected.difference(&found))]
        {
            for (kind, name) in names {
                writeln!(report, "{what} {} {name}: {text}", kind.as_str()).unwrap();
                *(if what == "wrong" { &mut n_wrong } else { &mut n_missed }) += 1;
            }
        }
    }
    let precision = f64::from(n_right) / f64::from(n_right + n_wrong);
    let recall = f64::from(n_right) / f64::from(n_right + n_missed);
    let numbers = format!("precision {precision:.3}, recall {recall:.3}");
    assert!(precision > 0.95 && recall > 0.9, "{report}{numbers}");
}

#[test]
fn an_article_is_stored_with_whom_it_names() {
    let program = Program::new();
    let article = serde_json::json!({
        "title": "Terpstra wil meer geld",
        "language": "nl",
        "url": "https://example.nl/1",
        "text": "Minister Annemarie Terpstra zei in Den Haag dat de NAVO groeit.\n\n\
                 Dat vindt ook Gijs Hendriksen.",
    });
    fs::write(program.home().join("artikel.jsonl"), article.to_string()).unwrap();
    assert_eq!(program.run(&["import", "artikel.jsonl"]).code, 0);
    let rows = program.rows(
        "SELECT kind || ' ' || name || ' ' || count || ' ' || position FROM mentions ORDER BY position",
    );
    let expected = [
        "person Annemarie Terpstra 2 9",
        "place Den Haag 1 35",
        "org NAVO 1 51",
        "person Gijs Hendriksen 1 79",
    ];
    assert_eq!(rows, expected);
    let shown = program.ok(&["show", &program.rows("SELECT id FROM articles")[0]]);
    for line in ["people  Annemarie Terpstra, Gijs Hendriksen", "places  Den Haag"] {
        assert!(shown.contains(line), "{shown}");
    }
}

#[test]
fn a_revision_is_shown_with_whom_it_names_itself() {
    let program = Program::new();
    for name in ["Jan de Bakker", "Karin van Dijk"] {
        let text = format!("Wethouder {name} opende de brug bij Hulst, zei zij dinsdag.");
        let article = serde_json::json!({
            "title": "Brug open", "language": "nl-NL", "url": "https://example.nl/1", "text": text,
        });
        fs::write(program.home().join("artikel.jsonl"), article.to_string()).unwrap();
        program.ok(&["import", "artikel.jsonl"]);
    }
    let id = program.rows("SELECT id FROM articles").remove(0);
    for (which, name) in [("", "Karin van Dijk"), ("@1", "Jan de Bakker"), ("@2", "Karin van Dijk")]
    {
        let shown = program.json(&["show", &format!("{id}{which}")]);
        let people: Vec<&str> = shown["mentions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|mention| mention["kind"] == "person")
            .map(|mention| mention["name"].as_str().unwrap())
            .collect();
        assert_eq!(people, [name], "{which}");
    }
}

#[test]
fn people_and_places_are_found_however_others_spell_them() {
    let program = Program::new();
    let texts = [
        "President Vladimir Putin was dinsdag niet in Kyiv, zei hij.",
        "President Vladimir Poetin was woensdag niet in Kiev, zei hij.",
    ];
    let lines = texts.map(|text| serde_json::json!({ "text": text, "language": "nl" }).to_string());
    fs::write(program.home().join("artikel.jsonl"), lines.join("\n")).unwrap();
    program.ok(&["import", "artikel.jsonl"]);
    for query in ["person:putin", "person:poetin", "place:kyiv", "place:kiev"] {
        assert_eq!(program.found(&[query]).len(), 2, "{query}");
        assert_eq!(program.found(&[query, "--as-spelled"]).len(), 1, "{query}");
    }
    for query in ["lang:nl-be", "lang:(fr OR nl-be)"] {
        let refused = program.run(&["search", query]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains("`lang:nl country:be`"), "{refused:?}");
    }
}
