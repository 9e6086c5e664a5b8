//! Pages that would hang, blow up or kill a parser: each has a state that says why, and the next page
//! is read as if nothing had happened.

use std::fs;
use std::io::Write as _;

use serde_json::Value;

use super::pages::ARTICLE;
use crate::program::Program;

fn states(pages: &[(&str, Vec<u8>)]) -> Vec<(String, String)> {
    let program = Program::new();
    let mut arguments = vec!["extract"];
    for (name, bytes) in pages {
        fs::write(program.home().join(name), bytes).unwrap();
        arguments.push(name);
    }
    arguments.extend(["--format", "jsonl"]);
    let ran = program.run(&arguments);
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |page: &Value, key: &str| page[key].as_str().unwrap_or_default().to_owned();
    let states = lines.map(|page| {
        let error = text(&page, "error");
        (text(&page, "file"), if error.is_empty() { text(&page, "access") } else { error })
    });
    states.collect()
}

#[track_caller]
fn check(pages: &[(&str, Vec<u8>)], expected: &[(&str, &str)]) {
    let states = states(pages);
    let states: Vec<(&str, &str)> = states.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(states, expected);
}

#[test]
fn what_no_page_has_is_not_parsed() {
    let attributes = (0..200_000).map(|n| format!(" a{n}=x")).collect::<Vec<_>>().concat();
    check(
        &[
            ("deep", "<div>".repeat(100_000).into_bytes()),
            ("formats", "<b><i><a>".repeat(30_000).into_bytes()),
            ("attributes", format!("<p{attributes}>tekst").into_bytes()),
            ("tags", "<i>x</i>".repeat(300_000).into_bytes()),
            ("large", vec![b'a'; 20 << 20]),
            ("binary", (0..400_000_u32).map(|n| (n * 7919 % 251) as u8).collect()),
            ("empty", Vec::new()),
            ("article", ARTICLE.as_bytes().to_vec()),
        ],
        &[
            ("deep", "too_deep"),
            ("formats", "too_deep"),
            ("attributes", "too_deep"),
            ("tags", "too_deep"),
            ("large", "too_large"),
            ("binary", "not_html"),
            ("empty", "not_html"),
            ("article", "full"),
        ],
    );
}

#[test]
fn what_is_only_odd_is_read() {
    let brackets = "[".repeat(100_000);
    let objects = r#"{"@type":"NewsArticle","headline":"x"},"#.repeat(8_000);
    let with = |script: &str| {
        let script = format!("<script type='application/ld+json'>{script}</script></head>");
        ARTICLE.replace("</head>", &script).into_bytes()
    };
    let long = "z".repeat(3 << 20);
    check(
        &[
            ("brackets", with(&brackets)),
            ("objects", with(&format!("[{objects}0]"))),
            (
                "value",
                ARTICLE.replace("<article", &format!("<article data-x='{long}'")).into_bytes(),
            ),
            ("nul", ARTICLE.replace("sluis", "s\0luis").into_bytes()),
            ("cut", ARTICLE.as_bytes()[..ARTICLE.len() / 3 * 2].to_vec()),
        ],
        &[
            ("brackets", "full"),
            ("objects", "full"),
            ("value", "full"),
            ("nul", "full"),
            ("cut", "full"),
        ],
    );
}

#[test]
fn a_compressed_page_that_unfolds_without_end_is_too_large() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![b' '; 64 << 20]).unwrap();
    let mut page = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    page.write_all(ARTICLE.as_bytes()).unwrap();
    check(
        &[("bomb.gz", bomb.finish().unwrap()), ("page.html.gz", page.finish().unwrap())],
        &[("bomb.gz", "too_large"), ("page.html.gz", "full")],
    );
}
