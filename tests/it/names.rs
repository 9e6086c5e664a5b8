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
