//! Pages as sites write them.

use proptest::prelude::*;

use super::*;

const URL: &str = "https://www.dorp.example/nieuws/";

fn found(html: &str) -> Vec<String> {
    let page = page(html.as_bytes(), URL, None);
    page.candidates
        .iter()
        .map(|found| format!("{} {} {}", found.source.as_str(), found.url, found.title))
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[track_caller]
fn check(html: &str, expected: &[&str]) {
    assert_eq!(found(html), expected, "{html}");
}

#[test]
fn alternates_are_announced_with_type_or_without() {
    check(
        r#"<!doctype html><html><head><title> De
        Dorpspomp &ndash; nieuws</title>
        <LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" TITLE="Alles &amp; meer" HREF="/rss.xml">
        <link rel=alternate href=feed/atom title='Zonder soort'>
        <link rel="alternate" type="application/atom+xml" href="//feeds.dorp.example/n">
        <link rel="feed" href="/nieuw" title="n"/>
        <link rel="alternate home" type="text/xml" href="rss/sport.xml">
        <link rel="alternate" type="application/feed+json" href="feed.json">"#,
        &[
            "announced https://www.dorp.example/rss.xml Alles & meer",
            "announced https://www.dorp.example/nieuws/feed/atom Zonder soort",
            "announced https://feeds.dorp.example/n",
            "announced https://www.dorp.example/nieuw n",
            "announced https://www.dorp.example/nieuws/rss/sport.xml",
            "announced https://www.dorp.example/nieuws/feed.json",
        ],
    );
    let page = page(b"<title> De\n Dorp &ndash; x</title><svg><title>rss</title>", URL, None);
    assert_eq!(page.title, "De Dorp – x");
}

#[test]
fn other_alternates_are_not() {
    check(
        r#"<link rel="alternate stylesheet" type="text/css" href="/rss.css" title="rss">
        <link rel="alternate" hreflang="fy" href="/fy/rss">
        <link rel="alternate" media="handheld" href="https://m.dorp.example/feed">
        <link rel="alternate" type="application/json+oembed" href="/oembed?url=rss">
        <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
        <link rel="canonical" href="/rss"><link rel="alternate" href="/print/">
        <link rel="alternate" type="application/rss+xml"><link rel="alternate" type="text/html" href="/rss">"#,
        &[],
    );
}

#[test]
fn visible_links_count_by_address_or_by_what_is_on_them() {
    check(
        r##"<base href="https://dorp.example/x/"><base href="/later/">
        <a href="/sport/rss.xml"><img alt="" src=x>Sport</a>
        <a class="social"  href="/abonneer"><i class="icon-rss"></i></a>
        <a href="/contact">Feedback</a> <a href="/rss.png">RSS</a> <a href="#rss">RSS</a>
        <a href="feed:https://dorp.example/a.rss">f</a> <a href="feed://dorp.example/b.rss">f</a>
        <a href="javascript:rss()">RSS</a> <a href="mailto:rss@dorp.example">RSS</a>
        <a href="/open">open <a href="/rss/dicht">dicht"##,
        &[
            "linked https://dorp.example/sport/rss.xml Sport",
            "mentioned https://dorp.example/abonneer",
            "mentioned https://dorp.example/x/ RSS",
            "linked https://dorp.example/a.rss f",
            "linked https://dorp.example/b.rss f",
            "linked https://dorp.example/rss/dicht dicht",
        ],
    );
}

#[test]
fn the_page_itself_and_scripts_give_nothing() {
    check(
        "<script>'<link rel=alternate type=application/rss+xml href=/a>'</script>
         <!-- <a href=/rss>rss</a> --> <a href='/nieuws/#rss'>rss</a> <style><a href=/rss></style>",
        &[],
    );
}

#[test]
fn the_section_asked_for_comes_first_and_comments_last() {
    let order = |page_url: &str, urls: &[(&str, &str, Source)]| {
        let mut candidates: Vec<Candidate> = urls
            .iter()
            .map(|(url, title, source)| Candidate {
                url: format!("https://{url}"),
                title: (*title).to_owned(),
                source: *source,
            })
            .collect();
        rank(&mut candidates, page_url);
        candidates.into_iter().map(|candidate| candidate.url[8..].to_owned()).collect::<Vec<_>>()
    };
    let all = [
        ("dorp.example/comments/feed/", "", Source::Announced),
        ("ander.example/rss", "", Source::Announced),
        ("dorp.example/rss/sport.xml", "", Source::Linked),
        ("dorp.example/a/b/rss.xml", "", Source::Announced),
        ("feeds.dorp.example/x", "Reacties op X", Source::Announced),
        ("dorp.example/rss.xml", "", Source::Announced),
    ];
    assert_eq!(
        order("https://www.dorp.example/sport/", &all),
        [
            "dorp.example/rss/sport.xml",
            "dorp.example/a/b/rss.xml",
            "dorp.example/rss.xml",
            "ander.example/rss",
            "dorp.example/comments/feed/",
            "feeds.dorp.example/x",
        ]
    );
    assert_eq!(
        order("https://dorp.example/", &all)[..2],
        ["dorp.example/rss.xml", "dorp.example/a/b/rss.xml"]
    );
}

#[test]
fn pages_are_told_from_feeds() {
    assert!(is_page(b"<!-- x --><!DOCTYPE HTML><HTML>"));
    assert!(is_page(b"\n<?xml version='1.0'?><html xmlns='x'>"));
    assert!(!is_page(b"<rss><channel><title>&lt;html&gt;</title><description><html>"));
    assert!(!is_page(b"{}"));
}

#[test]
fn a_page_of_links_without_number_is_survived() {
    let html =
        (0..5_000).fold(String::new(), |html, n| html + "<a href=/rss/" + &n.to_string() + ">");
    assert_eq!(page(html.as_bytes(), URL, None).candidates.len(), CANDIDATES_MAX);
}

proptest! {
    #[test]
    fn any_page_is_survived(
        html in "(<a href=|<link rel=alternate href=|<base href=|'|\"|>|/rss|[a-z:/&;<\u{e9}\n ])*",
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        for candidate in page(html.as_bytes(), URL, None).candidates {
            prop_assert!(candidate.url.starts_with("http"));
        }
        page(&bytes, URL, None);
        page(&bytes, &html, Some(&html));
    }
}
