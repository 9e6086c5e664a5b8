//! Documents that are feeds, or nearly.

use std::fmt::Write as _;

use crate::hostile::behavior::{Behavior, ok, rss, sends};

pub(crate) fn behaviors() -> Vec<Behavior> {
    [entities(), structure(), sizes(), items()].into_iter().flatten().collect()
}

fn entities() -> Vec<Behavior> {
    let item = |text: &str| rss(&format!("<item><title>Lach {text}</title></item>"));
    let laughs = format!("<!DOCTYPE rss [{}]>{}", laughs(), item("&l9;"));
    let external = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>".to_owned();
    let parameter = "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://10.0.0.1/x.dtd'> %p;]>".to_owned();
    let outside = "<!DOCTYPE rss SYSTEM 'http://10.0.0.1/rss.dtd'>".to_owned();
    let long = format!("<!DOCTYPE rss [<!ENTITY a '{}'>]>", "a".repeat(50_000));
    vec![
        sends("entity-bomb", ok(laughs), "fresh", "1"),
        sends("entity-quadratic", ok(long + &item(&"&a;".repeat(50_000))), "fresh", "1"),
        sends("entity-external", ok(external + &item("&x;")), "fresh", "1"),
        sends("entity-parameter", ok(parameter + &item("x")), "fresh", "1"),
        sends("doctype-external", ok(outside + &item("x")), "fresh", "1"),
        sends("doctype-unclosed", ok(format!("<!DOCTYPE rss [{}", item("x"))), "fresh", "1"),
        sends("entity-numeric-absurd", ok(item("&#99999999;&#0;")), "fresh", "1"),
    ]
}

/// Billion laughs: each entity is ten of the one before.
fn laughs() -> String {
    let mut text = "<!ENTITY l0 'ha'>".to_owned();
    for n in 1..10 {
        let _ = write!(text, "<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10));
    }
    text
}

fn structure() -> Vec<Behavior> {
    let deep = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
    let xhtml = |n| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>d</title><entry><id>d</id>\
             <title>Diep</title><content type='xhtml'><div \
             xmlns='http://www.w3.org/1999/xhtml'>{}</div></content></entry></feed>",
            deep(n)
        )
    };
    let item = |text: &str| rss(&format!("<item>{text}</item>"));
    vec![
        sends("nesting-100000-in-item", ok(item(&deep(100_000))), "fresh", "1"),
        sends("nesting-100000-in-content", ok(xhtml(100_000)), "fresh", "1"),
        sends("nesting-100000-unclosed", ok("<rss>".repeat(100_000)), "failed parse", ""),
        sends("nesting-60000-in-item", ok(item(&deep(60_000))), "fresh", ""),
        sends("nesting-60000-in-content", ok(xhtml(60_000)), "fresh", ""),
        sends("cdata-unclosed", ok(item("<title><![CDATA[Open</title>")), "fresh", "1"),
        sends("comment-unclosed", ok(item("<!-- <title>Open</title>")), "fresh", "1"),
        sends("tags-mismatched", ok(item("<title>Scheef</titel>")), "fresh", "1"),
        sends("attribute-twice", ok(item("<title a='1' a='2'>Dubbel</title>")), "fresh", "1"),
        sends(
            "document-cut-off",
            ok("<rss version='2.0'><channel><item><title>Ha"),
            "failed parse",
            "cut off",
        ),
        sends("attributes-50000", ok(item(&attributes())), "fresh", "1"),
        sends(
            "two-roots",
            ok(item("<title>Een</title>") + &item("<title>Twee</title>")),
            "fresh",
            "2",
        ),
    ]
}

fn attributes() -> String {
    let mut text = "<title".to_owned();
    for n in 0..50_000 {
        let _ = write!(text, " a{n}='1'");
    }
    text + ">Veel</title>"
}

fn sizes() -> Vec<Behavior> {
    let title = |text: &str| ok(rss(&format!("<item><title>{text}</title></item>")));
    let long = "x".repeat(900_000);
    let link = |url: &str| ok(rss(&format!("<item><title>Ver</title><link>{url}</link></item>")));
    let guid = ok(rss(&format!("<item><title>Lange guid</title><guid>{long}</guid></item>")));
    let names = "<category>x</category>".repeat(40_000);
    vec![
        sends("title-of-900-kb", title(&long), "fresh", "1"),
        sends("title-of-markup", title(&"&lt;b&gt;".repeat(100_000)), "fresh", "1"),
        sends("link-of-900-kb", link(&format!("https://a.example/{long}")), "fresh", "1"),
        sends("guid-of-900-kb", guid, "fresh", "1"),
        sends("feed-title-of-900-kb", ok(rss("").replace("Vijandig", &long)), "fresh", "0"),
        sends(
            "categories-40000",
            ok(rss(&format!("<item><title>V</title>{names}</item>"))),
            "fresh",
            "1",
        ),
        sends("items-20001", ok(rss(&"<item/>".repeat(20_001))), "fresh", "1"),
        sends("no-items", ok(rss("")), "fresh", "0"),
    ]
}

fn items() -> Vec<Behavior> {
    let dated = |date: &str| {
        rss(&format!("<item><title>Datum {date}</title><pubDate>{date}</pubDate></item>").repeat(3))
    };
    let escapes = "&#27;[2J&#27;]0;weg&#7;\u{202e}txet\u{9b}31m";
    let escaping = format!(
        "<item><title>Kop {escapes}</title><guid>g{escapes}</guid>\
         <link>https://a.example/{escapes}</link><author>Piet {escapes}</author></item>"
    );
    let same = ["Brug open", "Markt verplaatst", "Fanfare wint"]
        .map(|title| format!("<item><title>{title}</title><guid>1</guid></item>"))
        .concat();
    let link =
        |url: &str| rss(&format!("<item><title>Link {url}</title><link>{url}</link></item>"));
    vec![
        sends("item-empty", ok(rss("<item/>")), "fresh", "1"),
        sends("controls-everywhere", ok(rss(&escaping)), "fresh", "1"),
        sends("feed-title-escapes", ok(rss("").replace("Vijandig", escapes)), "fresh", "0"),
        sends("guid-the-same", ok(rss(&same)), "fresh", ""),
        sends("dated-9999", ok(dated("Fri, 31 Dec 9999 23:59:59 GMT")), "fresh", "1"),
        sends("dated-1970", ok(dated("Thu, 01 Jan 1970 00:00:00 GMT")), "fresh", "1"),
        sends("dated-absurdly", ok(dated("Zon, 99 Foo 123456789 99:99:99")), "fresh", "1"),
        sends("link-javascript", ok(link("javascript:alert(1)")), "fresh", "1"),
        sends("link-data", ok(link("data:text/html,x")), "fresh", "1"),
        sends("link-to-private", ok(link("http://10.0.0.1/nieuws")), "fresh", "1"),
    ]
}
