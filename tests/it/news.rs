//! Invented Dutch news, and the documents it is published in.

use std::fmt::Write as _;

/// An item of a feed. Plain texts: what is markup is for the document to escape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) guid: String,
    pub(crate) link: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) author: String,
    /// RFC 2822 for RSS, RFC 3339 for Atom.
    pub(crate) published: Option<String>,
}

const EVENTS: [(&str, &str); 6] = [
    (
        "Brug bij PLAATS weer open na storing",
        "De brug bij PLAATS is dinsdag weer opengegaan. Monteurs vonden een kapotte kabel, \
         schippers lagen drie uur stil.",
    ),
    (
        "Gemeenteraad van PLAATS stemt over zwembad",
        "Het zwembad in PLAATS mag blijven. De gemeenteraad trekt er twee miljoen euro voor uit, \
         na een debat tot diep in de nacht.",
    ),
    (
        "Boeren rond PLAATS zaaien later door natte klei",
        "Op de akkers rond PLAATS staat nog water. Volgens de boeren schuift het zaaien van \
         bieten zeker twee weken op.",
    ),
    (
        "Bibliotheek PLAATS leent ook gereedschap uit",
        "Wie in PLAATS een boormachine zoekt, kan naar de bibliotheek. Leden betalen een euro per \
         dag en brengen het schoon terug.",
    ),
    (
        "Vrijwilligers tellen ijsvogels langs beek bij PLAATS",
        "Langs de beek bij PLAATS zijn elf ijsvogels geteld, vier meer dan vorig jaar. De zachte \
         winter heeft geholpen.",
    ),
    (
        "Fanfare uit PLAATS wint gouden lauwerkrans",
        "De fanfare uit PLAATS heeft het concours gewonnen. De jury prees de hoorns, en de \
         dirigent zijn geduld.",
    ),
];

const PLACES: [&str; 7] =
    ["Zuidlaren", "IJlst", "Hulst", "Gennep", "Oudeschoot", "Kockengen", "Baarle"];

/// The item `number` of a long row; no two have the same words.
pub(crate) fn item(number: usize) -> Item {
    let (title, text) = EVENTS[number % EVENTS.len()];
    let place = PLACES[number / EVENTS.len() % PLACES.len()];
    let id = 1_200_000 + number;
    Item {
        guid: format!("artikel-{id}"),
        link: format!("https://dijkbode.example/nieuws/{id}/bericht"),
        title: title.replace("PLAATS", place),
        text: format!("{} Dit is bericht {number}.", text.replace("PLAATS", place)),
        author: "Sjoukje Hoekstra".to_owned(),
        published: None,
    }
}

/// Items of a range of numbers.
pub(crate) fn items(numbers: std::ops::Range<usize>) -> Vec<Item> {
    numbers.map(item).collect()
}

/// An RSS 2.0 document.
pub(crate) fn rss(items: &[Item]) -> String {
    let mut document = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel><title>De Dijkbode</title>\
         <link>https://dijkbode.example/</link><language>nl</language>\n",
    );
    for item in items {
        let Item { guid, link, title, text, author, published } = escaped(item);
        let date = published.map(|date| format!("<pubDate>{date}</pubDate>")).unwrap_or_default();
        let _ = writeln!(
            document,
            "<item><title>{title}</title><link>{link}</link>\
             <guid isPermaLink=\"false\">{guid}</guid><dc:creator>{author}</dc:creator>\
             <description>{text}</description>{date}</item>"
        );
    }
    document.push_str("</channel></rss>\n");
    document
}

/// An Atom document.
pub(crate) fn atom(items: &[Item]) -> String {
    let mut document = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
         xml:lang=\"nl\"><title>De Dijkbode</title><id>urn:dijkbode</id>\n",
    );
    for item in items {
        let Item { guid, link, title, text, author, published } = escaped(item);
        let date = published.map(|date| format!("<published>{date}</published>"));
        let _ = writeln!(
            document,
            "<entry><id>{guid}</id><title type=\"text\">{title}</title><link href=\"{link}\"/>\
             <author><name>{author}</name></author><content type=\"text\">{text}</content>{}\
             </entry>",
            date.unwrap_or_default()
        );
    }
    document.push_str("</feed>\n");
    document
}

/// A news sitemap; dates are those of RSS, which readers of sitemaps have to take as well.
pub(crate) fn news_sitemap(items: &[Item]) -> String {
    let mut document = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset \
         xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n",
    );
    for item in items {
        let Item { link, title, published, .. } = escaped(item);
        let _ = writeln!(
            document,
            "<url><loc>{link}</loc><news:news><news:publication><news:name>De Dijkbode\
             </news:name><news:language>nl</news:language></news:publication>\
             <news:publication_date>{}</news:publication_date><news:title>{title}</news:title>\
             </news:news></url>",
            published.unwrap_or_default()
        );
    }
    document.push_str("</urlset>\n");
    document
}

fn escaped(item: &Item) -> Item {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Item {
        guid: escape(&item.guid),
        link: escape(&item.link),
        title: escape(&item.title),
        text: escape(&item.text),
        author: escape(&item.author),
        published: item.published.clone(),
    }
}
