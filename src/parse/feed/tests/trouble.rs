//! Kinds of trouble that feeds have, each done to good feeds of every format.

use crate::model::entry::RawEntry;
use crate::model::time::StatedDate;
use crate::parse::feed::{ParsedFeed, parse};

const HEADLINES: [&str; 3] =
    ["Brug bij Zwolle één dag dicht", "Coöperatie krijgt € 3 miljoen", "Café ‘De Zon’ heropend"];

const NAMESPACES: &str = "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
    xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
    xmlns:media=\"http://search.yahoo.com/mrss/\"";

fn item(n: usize) -> String {
    format!(
        "<item>\n<title>{}</title>\n<link>https://kade.example/a/{n}</link>\n\
         <guid isPermaLink=\"false\">nr-{n}</guid>\n\
         <pubDate>Tue, 05 Mar 2024 10:2{n}:00 +0100</pubDate>\n\
         <description>&lt;p&gt;Tekst.&lt;/p&gt;</description>\n</item>\n",
        HEADLINES[n]
    )
}

fn entry(n: usize) -> String {
    format!(
        "<entry>\n<title>{}</title>\n<link href=\"https://kade.example/a/{n}\"/>\n<id>nr-{n}</id>\n\
         <published>2024-03-05T10:2{n}:00+01:00</published>\n\
         <summary type=\"html\">&lt;p&gt;Tekst.&lt;/p&gt;</summary>\n</entry>\n",
        HEADLINES[n]
    )
}

pub(super) fn rss() -> String {
    let items: String = (0..3).map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" {NAMESPACES}>\n<channel>\n\
         <title>De Kade</title>\n<link>https://kade.example/</link>\n{items}</channel>\n</rss>\n"
    )
}

pub(super) fn atom() -> String {
    let entries: String = (0..3).map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" {NAMESPACES}>\n<title>De Kade</title>\n\
         <id>urn:kade</id>\n<link href=\"https://kade.example/\"/>\n{entries}</feed>\n"
    )
}

pub(super) fn json() -> String {
    let item = |n: usize| {
        format!(
            "{{\"id\": \"nr-{n}\", \"url\": \"https://kade.example/a/{n}\", \"title\": \"{}\", \
             \"date_published\": \"2024-03-05T10:2{n}:00+01:00\"}}",
            HEADLINES[n]
        )
    };
    let items: Vec<String> = (0..3).map(item).collect();
    format!(
        "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"De Kade\", \
         \"items\": [{}]}}",
        items.join(",\n")
    )
}

pub(super) fn rdf() -> String {
    let item = |n: usize| {
        format!(
            "<item rdf:about=\"nr-{n}\">\n<title>{}</title>\n<link>https://kade.example/a/{n}</link>\n\
             <dc:date>2024-03-05T10:2{n}:00+01:00</dc:date>\n</item>\n",
            HEADLINES[n]
        )
    };
    let items: String = (0..3).map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" {NAMESPACES}>\n<channel rdf:about=\"x\">\n\
         <title>De Kade</title>\n<link>https://kade.example/</link>\n</channel>\n{items}</rdf:RDF>\n"
    )
}

/// What must not be lost of an entry.
pub(super) fn facts(entry: &RawEntry) -> [String; 4] {
    let title =
        entry.title.as_ref().map(|title| title.content.split_whitespace().collect::<Vec<_>>());
    [
        title.unwrap_or_default().join(" "),
        entry.link.clone().unwrap_or_default(),
        entry.guid.clone().unwrap_or_default(),
        entry.published.or(entry.updated).map(StatedDate::to_rfc3339).unwrap_or_default(),
    ]
}

pub(super) fn expected() -> Vec<[String; 4]> {
    let fact = |n: usize| {
        [
            HEADLINES[n].to_owned(),
            format!("https://kade.example/a/{n}"),
            format!("nr-{n}"),
            format!("2024-03-05T09:2{n}:00Z"),
        ]
    };
    (0..3).map(fact).collect()
}

#[track_caller]
fn check(bytes: &[u8], what: &str) -> ParsedFeed {
    let feed = parse(bytes, "", None).unwrap_or_else(|error| panic!("{what}: {error}"));
    let found: Vec<_> = feed.entries.iter().map(facts).collect();
    assert_eq!(found, expected(), "{what}: {:?}", feed.repairs.lines());
    feed
}

/// Does something to every format, and finds every entry.
#[track_caller]
fn survives(trouble: impl Fn(&str) -> String) {
    for (name, document) in [("RSS", rss()), ("Atom", atom()), ("RDF", rdf())] {
        let broken = trouble(&document);
        assert_ne!(broken, document, "{name}: nothing was done to it");
        let feed = check(broken.as_bytes(), name);
        assert_eq!(feed.title.as_deref(), Some("De Kade"), "{name}");
    }
}

#[test]
fn good_feeds_need_no_repair() {
    for document in [rss(), atom(), rdf()] {
        assert!(check(document.as_bytes(), "good").repairs.is_empty());
    }
}

#[test]
fn what_stands_around_a_feed() {
    for before in [
        "\n\n ",
        "\0\0",
        "\u{feff}",
        "\u{feff}\u{feff}\n",
        "<!-- x > y -->\n",
        "<?php echo 1 ?>",
        "<br />\n<b>Warning</b>: x in <b>/feed.php</b> on line <b>1</b><br />\n",
        "<html><body>Deprecated <br>",
        "<!DOCTYPE html>\n",
        "1a2b\r\n",
        "<script>if (a<b && c>d) { x(\"<p>\") }</script>",
        "Notice: 3 < 4 & 5\n",
    ] {
        survives(|feed| format!("{before}{feed}"));
    }
    for after in [
        "\0\0\0",
        "<html><body>x</body></html>",
        "<!-- x",
        "klaar in 0.1 s",
        "\r\n0\r\n\r\n",
        "<script>var a=\"<item>\";</script>",
        "</rss>",
        "<br />\n<b>Fatal error</b>: x",
    ] {
        survives(|feed| format!("{feed}{after}"));
    }
    survives(|feed| format!("{feed}{feed}"));
    survives(|feed| feed.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
}

#[test]
fn elements_that_are_never_closed() {
    for left in [
        "<category>Sport\n",
        "<dc:creator>Jan\n",
        "<foo:bar>5\n",
        "<p>\n",
        "<br>\n",
        "<b><i>\n",
        "<media:content url=\"https://kade.example/a.jpg\">\n",
        "<media:thumbnail url=\"x\">\n",
        "<enclosure url=\"https://kade.example/a.mp3\" type=\"audio/mpeg\" length=\"1\">\n",
        "<source url=\"https://z.example/\">Bron\n",
    ] {
        // Before the title, after it, and at the end of the entry.
        survives(|feed| feed.replace("\n<title>Brug", &format!("\n{left}<title>Brug")));
        survives(|feed| feed.replace("dicht</title>", &format!("dicht</title>{left}")));
        survives(|feed| {
            feed.replace("</item>", &format!("{left}</item>"))
                .replace("</entry>", &format!("{left}</entry>"))
        });
    }
    survives(|feed| feed.replace("</item>", "").replace("</entry>", ""));
    survives(|feed| feed.replace("</title>\n<link", "\n<link"));
    survives(|feed| feed.replace("</rss>", "").replace("</feed>", "").replace("</rdf:RDF>", ""));
    survives(|feed| feed.replace("De Kade</title>", "De Kade"));
}

#[test]
fn tags_that_are_written_wrong() {
    survives(|feed| feed.replace("</title>", "</titel>"));
    survives(|feed| feed.replace("</title>", "</TITLE>"));
    survives(|feed| feed.replace("</title>\n", "</title\n"));
    survives(|feed| feed.replace("</title>", "</title >"));
    survives(|feed| feed.replace("</title>", "</p></title></b>"));
    survives(|feed| feed.replace("<title>", "<Title class=x y='1' y=\"2\" z>"));
    survives(|feed| {
        feed.replace("<item", "<ITEM").replace("<entry", "<Entry").replace("</item>", "</Item>")
    });
    survives(|feed| {
        feed.replace("<rss ", "<rxs ").replace("<feed ", "<fxed ").replace("<rdf:RDF ", "<rdf:RXF ")
    });
}

#[test]
fn text_that_is_no_text() {
    survives(|feed| feed.replace("één dag", "&eacute;&#233;n&nbsp;dag"));
    survives(|feed| {
        feed.replace(
            "Brug bij Zwolle één dag dicht",
            "<![CDATA[Brug bij ]]><![CDATA[Zwolle één dag dicht]]>",
        )
    });
    survives(|feed| feed.replace("Brug bij", "\n  Brug\u{0}\u{8}\n <!-- x --> bij <?x ?>"));
    survives(|feed| feed.replace("<title>Brug", "<title><![CDATA[Brug"));
    survives(|feed| {
        feed.replace(
            "</title>\n<link",
            "</title><content:encoded><![CDATA[<p>a</p><![CDATA[b]]> c]]></content:encoded>\n<link",
        )
    });
    survives(|feed| {
        feed.replace(
            "</title>\n<link",
            "</title><content:encoded><![CDATA[<p>a</content:encoded>\n<link",
        )
    });
    survives(|feed| {
        feed.replace("</title>\n<link", "</title><x>A & B &c; < 5 <3 <jan@kade.example></x>\n<link")
    });
    survives(|feed| {
        feed.replace(
            "</title>\n<link",
            "</title><x><a href=\"foo>x</a> <a href=\"y\">z</a></x>\n<link",
        )
    });
    survives(|feed| feed.replace("‘De Zon’", "&#145;De Zon&#x92;"));
    survives(|feed| feed.replace("<title>Brug", "<!-- nooit gesloten\n<title>Brug"));
}

/// Each of these was found by cutting and splicing good feeds at random.
#[test]
fn frames_that_were_cut_into() {
    survives(|feed| feed.replace("utf-8\"?>", "utf-8\""));
    survives(|feed| {
        feed.replace("purl.org/rss/1.0/", "purl.org/rs").replace("2005/Atom", "205/Atom")
    });
    survives(|feed| {
        feed.replace("http://purl.org/dc/elements/1.1/", "http://search.yahoo.com/mrss/")
    });
    let rdf = rdf();
    let in_quotes = rdf.replace("1.1/\"", "1.1/").replace(" rdf:about=\"x\"", "");
    check(in_quotes.as_bytes(), "an attribute that lacks its quote before the entries");
    let unended = rdf.replace("<item rdf:about=\"nr-1\">\n<title>Coöperatie krijgt", "<item");
    let found = parse(unended.as_bytes(), "", None).unwrap().entries;
    assert_eq!(
        [facts(&found[0]), facts(&found[2])],
        [expected()[0].clone(), expected()[2].clone()]
    );
    let second = [rss(), rdf.replace("/a/", "/b/")].concat();
    let feed = parse(second.replace("<link>https://kade.example/a/2", "<b>").as_bytes(), "", None);
    assert_eq!(feed.unwrap().entries.len(), 6, "RDF within an element of RSS");
}

#[test]
fn other_things_of_the_same_name() {
    let other = "<title>Anders</title><link>https://z.example/</link><url>https://z.example/</url>";
    for holder in ["source", "image", "media:content", "foo:related", "textInput"] {
        survives(|feed| {
            feed.replace("\n<title>Brug", &format!("<{holder}>{other}</{holder}>\n<title>Brug"))
        });
    }
    let list = "<related><item><title>A</title></item><item><link>https://z.example</link></item></related>";
    survives(|feed| feed.replace("dicht</title>", &format!("dicht</title>{list}")));
}

#[test]
fn namespaces_that_are_wrong_or_missing() {
    survives(|feed| feed.replace("http://", "https://").replace("purl.org", "PURL.org"));
    survives(|feed| feed.replace(NAMESPACES, ""));
    survives(|feed| feed.replace(NAMESPACES, "xmlns:"));
    survives(|feed| feed.replace("http://purl.org/dc/elements/1.1/", "urn:typefout"));
    survives(|feed| feed.replace("xmlns:dc=", "xmlns:kern=").replace("dc:date", "kern:date"));
    let atom = atom().replace("xmlns=\"http://www.w3.org/2005/Atom\"", "");
    check(atom.as_bytes(), "Atom without a namespace");
    let prefixed = ["feed", "entry", "title", "link", "id", "published", "summary"].iter().fold(
        super::trouble::atom().replace("xmlns=", "xmlns:a="),
        |feed, name| {
            feed.replace(&format!("<{name}"), &format!("<a:{name}"))
                .replace(&format!("</{name}"), &format!("</a:{name}"))
        },
    );
    check(prefixed.as_bytes(), "Atom with a prefix");
}

#[test]
fn nesting_beyond_measure() {
    for n in [300, 5000] {
        let deep = format!("{}{}", "<b>".repeat(n), "</b>".repeat(n));
        survives(|feed| feed.replace("\n<link", &format!("{deep}\n<link")));
        survives(|feed| {
            feed.replace("</item>", &format!("{}</item>", "<b>".repeat(n)))
                .replace("</entry>", &format!("{}</entry>", "<b>".repeat(n)))
        });
    }
}

#[test]
fn comments_beyond_number() {
    // Looked for anew by each of them, their end would be minutes away.
    let open = |comment: &str| comment.repeat(200_000);
    let swallowing = format!("{}--></channel>", open("<!--</item>"));
    check(rss().replace("</channel>", &swallowing).as_bytes(), "comments that hold an item's end");
    let subset = format!("<!DOCTYPE rss [{}<rss", open("<!--"));
    check(rss().replace("<rss", &subset).as_bytes(), "comments in a document type");
}

#[test]
fn encodings_that_are_not_what_they_say() {
    let latin = |feed: &str| encoding_rs::WINDOWS_1252.encode(feed).0.into_owned();
    let wide = |feed: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        feed.encode_utf16().flat_map(unit).collect()
    };
    for feed in [rss(), atom(), rdf()] {
        let bare = feed.split_once("?>").unwrap().1;
        check(&latin(&feed), "UTF-8 declared, windows-1252 sent");
        check(&latin(bare), "nothing declared, windows-1252 sent");
        check(&latin(&feed.replace("utf-8", "iso-8859-1")), "ISO 8859-1 declared");
        check(feed.replace("utf-8", "iso-8859-1").as_bytes(), "ISO 8859-1 declared, UTF-8 sent");
        check(feed.replace("utf-8", "utf-16").as_bytes(), "UTF-16 declared, UTF-8 sent");
        check(feed.replace("utf-8", "klingon").as_bytes(), "an encoding nobody knows");
        check(&wide(&feed, u16::to_le_bytes), "UTF-16LE without a mark");
        check(&wide(&feed, u16::to_be_bytes), "UTF-16BE without a mark");
        check(&wide(&format!("\u{feff}{feed}"), u16::to_be_bytes), "UTF-16BE with a mark");
        let broken = [feed.as_bytes(), b"<!-- \xc3 \xe2\x82 \xff -->"].concat();
        check(&broken, "a few bad bytes");
    }
}
