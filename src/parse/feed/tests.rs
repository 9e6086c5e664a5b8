mod law; // what holds whatever happens to a document
mod trouble; // kinds of trouble, each of which costs no entry

use std::time::Duration;

use proptest::prelude::*;

use super::*;

const RSS: &str = r#"<?xml version="1.0" encoding="windows-1252"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>De Dijkbode</title><link>https://dijkbode.example/</link><ttl>15</ttl><language>nl-NL</language>
<item><title>Co&#246;rdinatie faalt bij brug</title><link>
   https://dijkbode.example/binnenland/1203001/coordinatie-faalt </link>
 <guid isPermaLink="false">artikel-1203001</guid><dc:creator>Sjoerd van der Meulen</dc:creator>
 <description>&lt;p&gt;De brug &amp;amp; de sluis.&lt;/p&gt;</description>
 <pubDate>ma, 14 feb 2022 10:30:00 +0100</pubDate><category>Binnenland</category>
 <enclosure url="https://dijkbode.example/f.jpg" type="image/jpeg" length="0"/>
 <atom:link rel="related" href="https://dijkbode.example/binnenland/1199999/ouder"/></item>
<item><title>Zonder nummer</title></item>
</channel></rss>"#;

#[track_caller]
fn read(document: &str) -> ParsedFeed {
    parse(document.as_bytes(), "https://dijkbode.example/rss", None).unwrap()
}

#[test]
fn an_rss_item_keeps_what_it_says() {
    let feed = read(RSS);
    assert_eq!(feed.hints.ttl, Some(Duration::from_secs(900)));
    let entry = &feed.entries[0];
    assert_eq!(entry.guid.as_deref(), Some("artikel-1203001"));
    assert_eq!(
        entry.link.as_deref(),
        Some("https://dijkbode.example/binnenland/1203001/coordinatie-faalt")
    );
    assert_eq!(entry.authors, ["Sjoerd van der Meulen"]);
    assert_eq!(entry.published.unwrap().to_rfc3339(), "2022-02-14T09:30:00Z");
    assert_eq!(entry.updated, None);
    assert_eq!(entry.enclosures[0].size_bytes, None);
}

#[test]
fn a_missing_guid_is_never_made_up() {
    let feed = read(RSS);
    assert_eq!((&feed.entries[1].guid, &feed.entries[1].link), (&None, &None));
    assert_eq!(feed.repairs.lines(), ["1 entry has neither link nor GUID"]);
}

#[test]
fn a_document_in_another_encoding_is_decoded_once() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(
        "<?xml version=\"1.0\" encoding=\"windows-1252\"?><rss version=\"2.0\"><channel>\
         <item><title>Oekraïne, België</title></item></channel></rss>",
    );
    let feed = parse(&bytes, "https://a.example/", None).unwrap();
    assert_eq!(feed.entries[0].title.as_ref().unwrap().content, "Oekraïne, België");
    assert_eq!(feed.encoding, "windows-1252");
}

#[test]
fn atom_links_resolve_and_the_alternate_wins() {
    let feed = read(
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><entry><id>tag:1</id>
        <title type="text">1 &lt; 2</title><link rel="self" href="/self"/>
        <link rel="alternate" type="text/html" href="/artikel/1"/>
        <updated>2022-02-14T10:30:00+01:00</updated></entry></feed>"#,
    );
    let entry = &feed.entries[0];
    assert_eq!(entry.link.as_deref(), Some("https://dijkbode.example/artikel/1"));
    assert!(entry.title.as_ref().unwrap().is_plain);
}

#[test]
fn a_page_nothing_and_nonsense_are_told_apart() {
    let check = |text: &str| parse(text.as_bytes(), "https://a.example/", None).unwrap_err();
    assert_eq!(check("<!DOCTYPE html><html></html>"), Error::WebPage);
    assert_eq!(check("  \n"), Error::Empty);
    assert!(matches!(check("<rss version='2.0'>"), Error::Unreadable(_)));
    assert!(matches!(check("niets"), Error::Unreadable(_)));
    assert!(matches!(check("<opml version='2.0'><body/></opml>"), Error::Unreadable(_)));
}

#[test]
fn entries_beyond_all_measure_are_left_out() {
    let many = format!("<rss version='2.0'><channel>{}", "<item/>".repeat(ENTRIES_MAX + 2));
    let feed = read(&format!("{many}</channel></rss>"));
    assert_eq!(feed.entries.len(), ENTRIES_MAX);
    assert_eq!(feed.repairs.count(Repair::TooMany), 2);
}

/// With a look ahead at each of them, up to 64 KiB far, this would take minutes.
#[test]
fn entries_that_nothing_closes_are_not_looked_through_again_and_again() {
    let feed = read(&format!("<rss><channel>{}", "<item><b>".repeat(200_000)));
    assert_eq!(feed.entries.len(), ENTRIES_MAX);
}

#[test]
fn a_panic_in_the_parser_is_fenced() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-16BE\"?><rss version=\"2.0\"><channel/></rss>";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(parse(&bytes, "https://a.example/", None).is_ok());
}

proptest! {
    #[test]
    fn a_damaged_feed_is_survived(cut in 0..RSS.len(), byte in any::<u8>()) {
        let mut bytes = RSS.as_bytes().to_vec();
        bytes[cut] = byte;
        let _ = parse(&bytes, "https://a.example/", None);
        let _ = parse(&bytes[..cut], "https://a.example/", None);
    }
}

#[test]
fn a_date_without_a_zone_is_meant_as_its_like_with_one() {
    let atom = |own: &str| {
        let feed = read(&format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><updated>{own}</updated>\
             <entry><id>1</id><published>2022-02-14 10:30:00</published></entry>\
             <entry><id>2</id><updated>2022-02-14 08:00:00</updated></entry></feed>"
        ));
        let dates = feed.entries.iter().map(|e| e.published.or(e.updated).unwrap().to_rfc3339());
        dates.collect::<Vec<_>>()
    };
    assert_eq!(atom("2022-02-14T10:30:00Z"), ["2022-02-14T10:30:00Z", "2022-02-14T08:00:00Z"]);
    assert_eq!(atom("2022-02-14T10:40:00Z"), ["2022-02-14T09:30:00Z", "2022-02-14T07:00:00Z"]);
    assert_eq!(atom("2022-02-14T10:30:00+01:00"), ["2022-02-14T09:30:00Z", "2022-02-14T07:00:00Z"]);
    // The clock of an older entry may show by chance what that of the newest is in UTC.
    assert_eq!(atom("2022-02-14T08:00:00Z"), ["2022-02-14T09:30:00Z", "2022-02-14T07:00:00Z"]);
}

#[test]
fn a_feed_may_have_the_date_of_its_first_entry_which_is_not_the_newest() {
    let dates = |clocks: [&str; 2]| {
        let [first, second] = clocks;
        let feed = read(&format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><updated>2022-02-14T10:30:00Z</updated>\
             <entry><id>1</id><published>2022-02-14 {first}</published></entry>\
             <entry><id>2</id><published>2022-02-14 {second}</published></entry></feed>"
        ));
        let dates = feed.entries.iter().map(|entry| entry.published.unwrap().to_rfc3339());
        dates.collect::<Vec<_>>()
    };
    assert_eq!(dates(["10:30:00", "14:00:00"]), ["2022-02-14T10:30:00Z", "2022-02-14T14:00:00Z"]);
    // The newest was an hour later, and the date of the feed is its.
    assert_eq!(dates(["10:30:00", "11:30:00"]), ["2022-02-14T09:30:00Z", "2022-02-14T10:30:00Z"]);
}
