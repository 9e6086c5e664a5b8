//! Laws that hold of anything that comes from outside, tried on feeds of every shape that were
//! damaged, and on what random reading once found. The fuzz targets hold the program to the same.

#[expect(unreachable_pub, reason = "the fuzz targets use it from outside")]
mod law;

use std::path::Path;

use proptest::prelude::*;

/// The feeds of the invented press.
fn feeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort_unstable();
    paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// One of the feeds: other bytes here and there, a piece of it missing, perhaps its end as well.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let at = any::<prop::sample::Index>;
    let flips = prop::collection::vec((at(), any::<u8>()), 0..4);
    let parts = (prop::sample::select(feeds()), flips, at(), 0_usize..200, prop::option::of(at()));
    parts.prop_map(|(mut bytes, flips, from, length, end)| {
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let from = from.index(bytes.len());
        bytes.drain(from..(from + length).min(bytes.len()));
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        bytes
    })
}

/// Pieces that mean something somewhere.
#[rustfmt::skip]
const PIECES: [&str; 81] = [
    "<a href=", "<link rel=alternate href=", "<outline xmlUrl=", "<outline text=", "</outline>",
    "<title>", "<base href=", "http://", "https://", "www.", "m.", "amp.", "a.example", "/", "//",
    "/amp", ".amp", ".html", "?", "&", "=", "#", "utm_source=x", "amp=1", "consent",
    "callbackUrl=", "%2F", "%252F", "..", ":80", "@", "[", "]", "\"", "'", ">", "<", " ", "\n",
    "\t", "\0", "\u{1}", "\u{85}", "\u{a0}", "\u{e9}", "\u{fffe}", "title:", "date:2022",
    "since:7d", "NEAR/2", "PRE/0", "/s", "/p", "atleast2(", "(", ")", "-", "NOT", "OR", "AND",
    "*", "{", "}", ",", ":", "\\", "\\u00", "2022", "-02", "14", "feb", "T", "10:30", "Z",
    "+0100", "CET", "1", "9", "rss", "feed", "null",
];

/// Pieces of an article page.
#[rustfmt::skip]
const PAGE_PIECES: [&str; 40] = [
    "<p>", "</p>", "<div class=comments>", "</div>", "<h1>Brug bij Hulst dicht</h1>", "<h2>", "</h2>",
    "<article>", "</article>", "<ul>", "<li>", "<blockquote>", "<table><tr><td>", "<br>", "<b>",
    "<a href=/x>Wolf gezien bij Ede</a>", "<aside class=related>", "<figcaption>", "<time datetime=",
    "2022-02-14", "14 februari 2022", "<meta property=og:title content=", "<script>", "</script>",
    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"articleBody\":\"", "\"}",
    "<style>", "</style>", "<svg>", "<template>", "<select><option>", "<title>", "&amp;", "\u{ad}",
    "<!--", "-->", "Lees ook: ", "De brug over het kanaal bij Hulst is tot maandag dicht. ",
    "Schippers moeten omvaren via Terneuzen, meldt de beheerder, want een deur is ontzet. ", "\n",
];

/// Pieces of a WARC file.
#[rustfmt::skip]
const WARC_PIECES: [&str; 26] = [
    "WARC/1.0\r\n", "WARC/1.1\r\n", "WARC-Type: response\r\n", "WARC-Type: conversion\r\n",
    "Content-Length: 0\r\n", "Content-Length: 60\r\n", "Content-Length: 99999999999\r\n",
    "Content-Length: 18446744073709551615\r\n", "\r\n", "\r\n\r\n", "\n",
    "HTTP/1.1 200 OK\r\n", "HTTP/2 200\r\n", "Transfer-Encoding: chunked\r\n", "a\r\n0123456789\r\n",
    "ffffffffffffffff\r\n", "0\r\n", "Content-Encoding: br\r\n", "Content-Encoding: gzip\r\n",
    "Content-Encoding: gzip, deflate\r\n", "Content-Encoding: zstd\r\n", "\u{1f}", "x", "(\u{b5}/",
    "De brug is dicht.", "\0",
];

/// Such pieces in any order.
fn pieces<const N: usize>(pieces: [&'static str; N], most: usize) -> impl Strategy<Value = String> {
    let piece = prop::sample::select(pieces.to_vec());
    prop::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn of_a_damaged_feed(bytes in damaged()) {
        law::feed(&bytes);
        law::discover(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        law::json(&text);
        law::list(&text);
    }

    #[test]
    fn of_any_text(text in prop_oneof![pieces(PIECES, 12), any::<String>()]) {
        law::feed(text.as_bytes());
        law::date(&text);
        law::json(&text);
        law::list(&text);
        law::discover(text.as_bytes());
        law::query(&text);
        law::canonical(&text);
    }

    #[test]
    fn of_any_warc_file(file in pieces(WARC_PIECES, 30)) {
        law::warc(file.as_bytes());
        law::warc(format!("WARC/1.1\r\nContent-Length: {}\r\n\r\n{file}", file.len()).as_bytes());
    }

    #[test]
    fn of_any_page(page in pieces(PAGE_PIECES, 60)) {
        law::page(page.as_bytes());
    }
}
