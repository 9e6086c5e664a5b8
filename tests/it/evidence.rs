//! What is kept as servers sent it: WARC files, and what is asked about them.

use std::fs;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use serde_json::json;

use crate::news::{items, rss};
use crate::program::Program;
use crate::web::{Route, Web};

/// A feed polled three times with everything kept: new, unchanged, changed; behind a redirect.
fn kept() -> (Web, Program) {
    let web = Web::start();
    let moved = vec![("location", web.url("/rss"))];
    web.set("/oud", Route { status: 302, headers: moved, ..Route::default() });
    let program = Program::with_feed(&web.url("/oud"));
    for n_items in [3, 3, 4] {
        web.set("/rss", Route::document(rss(&items(0..n_items))));
        program.ok(&["poll", "--all", "--set", "archive.raw=all"]);
    }
    (web, program)
}

/// The headers of all records of the only file, in order.
fn records(program: &Program) -> Vec<String> {
    let files: Vec<_> = fs::read_dir(program.archive("warc")).unwrap().collect();
    assert_eq!(files.len(), 1, "passes go on with one file");
    let packed = fs::read(files[0].as_ref().unwrap().path()).unwrap();
    let mut text = String::new();
    MultiGzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    let mut rest = text.as_str();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (head, tail) = rest.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("WARC/1.1\r\n"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        let (_, after) = tail.split_at(length.parse().unwrap());
        rest = after.strip_prefix("\r\n\r\n").unwrap();
        found.push(head.to_owned());
    }
    found
}

#[test]
fn every_exchange_is_kept_once_with_its_redirects() {
    let (_web, program) = kept();
    let records = records(&program);
    let kind = |head: &String| head.lines().nth(1).unwrap().replace("WARC-Type: ", "");
    let kinds: Vec<String> = records.iter().map(kind).collect();
    let hop = ["response", "request"];
    let answer = |kind| [kind, "request", "metadata"];
    let mut expected = vec!["warcinfo"];
    for kind in ["response", "revisit", "response"] {
        expected.extend(hop);
        expected.extend(answer(kind));
    }
    assert_eq!(kinds, expected);
    let revisit = records.iter().find(|head| head.contains("Type: revisit")).unwrap();
    assert!(revisit.contains("revisit/identical-payload-digest"), "{revisit}");
    assert!(revisit.contains("WARC-Refers-To: <urn:uuid:"), "{revisit}");
    let digests = "SELECT count(*) FROM revisions JOIN captures USING (digest)";
    assert_ne!(program.rows(digests), ["0"]);
}

#[test]
fn captures_are_listed_exported_and_checked() {
    let (_web, program) = kept();
    let listed = program.json(&["warc", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert_eq!(listed[1]["revisit"], json!(true));
    assert_eq!(listed[1]["digest"], listed[0]["digest"]);
    assert_eq!(program.run(&["warc", "list", "--since", "2100"]).code, 1);
    program.ok(&["warc", "export", "--outlet", "dijkbode", "--out", "uit.warc.gz"]);
    assert_eq!(program.run(&["warc", "list", "--outlet", "=dijkbode"]).code, 1);
    assert_eq!(program.run(&["warc", "list", "--outlet", "=de dijkbode"]).code, 0);
    let exported = fs::read(program.home().join("uit.warc.gz")).unwrap();
    let mut text = String::new();
    MultiGzDecoder::new(&exported[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("WARC-Type: response").count(), 5);
    assert_eq!(program.run(&["warc", "export", "--out", "uit.warc.gz"]).code, 2, "no overwriting");
    assert_eq!(program.json(&["warc", "verify"]), json!([]));
    // One byte of a record.
    let file = program.archive("warc").join(listed[2]["file"].as_str().unwrap());
    let mut bytes = fs::read(&file).unwrap();
    let at = usize::try_from(listed[2]["offset"].as_u64().unwrap()).unwrap() + 40;
    bytes[at] ^= 1;
    fs::write(&file, bytes).unwrap();
    let ran = program.run(&["warc", "verify", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("checked 3 captures: 1 missing or changed"), "{}", ran.stderr);
    let ran = program.run(&["verify"]);
    assert!(ran.code == 5 && ran.stderr.contains("not whole: captures"), "{ran:?}");
}

#[test]
fn nothing_is_kept_unless_it_is_asked_for() {
    let web = Web::start();
    web.set("/rss", Route::document(rss(&items(0..1))));
    let program = Program::with_feed(&web.url("/rss"));
    program.poll_all();
    assert!(!program.archive("warc").exists());
    assert_eq!(program.run(&["warc", "list"]).code, 1);
}
