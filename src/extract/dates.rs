//! When an article was published and changed, as precisely as the page says it.

mod near;
mod written;

use std::ops::Range;

use dom_query::{Document, NodeRef};
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::extract::around::Around;
use crate::extract::json_ld::{self, JsonLd};
use crate::extract::meta::Meta;
use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::parse::date;
use near::Said;

pub(super) use written::written_in;

/// More elements than any page has of one kind.
const MARKED_MAX: usize = 1_000;

/// A date and where on the page it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub date: StatedDate,
    pub source: &'static str,
}

impl Found {
    fn day(self) -> Date {
        self.date.at.to_local().date()
    }
}

const PUBLISHED: [&str; 21] = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "article:published",
    "published",
    "og:published_time",
    "rnews:datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "dcterms.created",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dc.date",
    "dcterms.date",
    "publication_date",
    "pubdate",
    "publishdate",
    "date",
];

const MODIFIED: [&str; 9] = [
    "article:modified_time",
    "og:article:modified_time",
    "datemodified",
    "og:updated_time",
    "article:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
];

/// The date of publication.
pub(super) fn published(
    article: Option<&Map<String, Value>>,
    all: &JsonLd,
    meta: &Meta,
    document: &Document,
) -> Option<Found> {
    let json = |key: &'static str| {
        let own = article.and_then(|article| article.get(key));
        of_value(own.or_else(|| all.of_page(key)))
    };
    let around = Around::of(document);
    let candidates = [
        json("datePublished"),
        meta.first(&PUBLISHED[..3]).and_then(|text| read(&text, "meta")),
        microdata(document, "datePublished", &around),
        json("dateCreated"),
        meta.first(&PUBLISHED[3..]).and_then(|text| read(&text, "meta")),
    ];
    let found = most_precise(candidates.into_iter().flatten());
    let is_exact = found.is_some_and(|found| found.date.precision == Precision::Second);
    if is_exact {
        return found;
    }
    let day = found.map(Found::day);
    let near = near::headline(document, &around, (Said::Published, day));
    // A video in an article may be older than that; where the page is of the video, it has that date.
    let media = || {
        let keys = ["datePublished", "uploadDate", "dateCreated"].into_iter();
        let mut values = keys.filter_map(|key| json_ld::first_text(all.of_media(key)));
        article.is_none().then(|| values.find_map(|text| read(&text, "json-ld")))?
    };
    near.or(found).or_else(media)
}

/// The date of the last change.
pub(super) fn modified(
    article: Option<&Map<String, Value>>,
    meta: &Meta,
    document: &Document,
) -> Option<Found> {
    let own = article.and_then(|article| article.get("dateModified"));
    let around = Around::of(document);
    of_value(own)
        .or_else(|| meta.first(&MODIFIED).and_then(|text| read(&text, "meta")))
        .or_else(|| microdata(document, "dateModified", &around))
        .or_else(|| near::headline(document, &around, (Said::Modified, None)))
}

/// The first date with a time; without any, the first.
fn most_precise(found: impl Iterator<Item = Found>) -> Option<Found> {
    let all: Vec<Found> = found.collect();
    let exact = all
        .iter()
        .find(|found| found.date.precision == Precision::Second && is_same_day(**found, all[0]));
    exact.or(all.first()).copied()
}

fn is_same_day(a: Found, b: Found) -> bool {
    a.day() == b.day()
}

fn read(text: &str, source: &'static str) -> Option<Found> {
    let date = date::parse(text)?;
    Some(Found { date, source })
}

/// A date of JSON-LD: a text, or the seconds or milliseconds since 1970.
fn of_value(value: Option<&Value>) -> Option<Found> {
    /// From 1971 to 2099: what is less or more is no moment.
    const SECONDS: Range<i64> = 31_536_000..4_102_444_800;
    if let Some(number) = value.and_then(Value::as_i64) {
        let seconds = [number, number / 1_000].into_iter().find(|one| SECONDS.contains(one))?;
        let date = StatedDate::exact(Timestamp::from_seconds(seconds));
        return Some(Found { date, source: "json-ld" });
    }
    read(&json_ld::first_text(value)?, "json-ld")
}

/// The date of the article in its markup: comments have dates as well.
fn microdata(document: &Document, property: &str, around: &Around) -> Option<Found> {
    let found = document.select(&format!(r#"[itemprop~="{property}"]"#));
    let own = found.nodes().iter().take(MARKED_MAX).filter(|node| !around.is_of_others(node));
    own.take(5).find_map(|node| of_node(node, "microdata"))
}

fn of_node(node: &NodeRef<'_>, source: &'static str) -> Option<Found> {
    let stated = node.attr("datetime").or_else(|| node.attr("content"));
    read(&stated.unwrap_or_else(|| node.text()), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_words_has_its_minute_whatever_stands_beside_it() {
        let published = |html: &str| stated(html).unwrap();
        let twice = "<div><h1>Brug dicht</h1><p>Gepubliceerd: <span>12 november 2015 12:07</span>\
                     <span>12-11-15 12:07</span></p><p>Bijgewerkt: 13 november 2015 09:00</p></div>";
        assert_eq!(published(twice), "2015-11-12T11:07:00Z");
        assert_eq!(published("<div><h1>Brug</h1><p>12-11-2015</p></div>"), "2015-11-12");
    }

    #[test]
    fn a_date_in_words_is_read_as_people_write_it() {
        for (date, expected) in [
            ("14 maart 2026 om 10u15", "2026-03-14T09:15:00Z"),
            ("2026-03-14 10:15", "2026-03-14T09:15:00Z"),
            ("Bijgewerkt: 2026-03-16, gepubliceerd: 2026-03-14", "2026-03-14"),
            ("Tip? App 06-12-24 35 68</p><p>14-03-26", "2026-03-14"),
            ("14 maart 2026 – Hulst – De brug gaat vandaag voor drie weken dicht.", "2026-03-14"),
        ] {
            let page = format!("<div><h1>Brug dicht</h1><p>{date}</p></div>");
            assert_eq!(stated(&page).as_deref(), Some(expected), "{date}");
        }
    }

    #[test]
    fn a_time_of_a_change_or_in_a_sentence_is_not_that_of_publication() {
        let time =
            |day: u32| format!("<time datetime='2026-03-{day}T10:15:00+01:00'>{day} maart</time>");
        let page =
            |rest: &str| stated(&format!("<div><h1>Telefoon krijgt update</h1>{rest}</div>"));
        let expected = Some("2026-03-14T09:15:00Z".to_owned());
        let (first, later) = (time(14), time(16));
        assert_eq!(page(&format!("<p>Bijgewerkt: {later} Gepubliceerd: {first}</p>")), expected);
        assert_eq!(page(&format!("<p>{first}, laatste update: {later}</p>")), expected);
        assert_eq!(page(&format!("<p>Gepubliceerd op {first} door Jo van Dam.</p>")), expected);
        let old = "<p>In <time datetime='1934-05-01'>1934</time> werd de brug gebouwd.</p>";
        assert_eq!(page(&format!("{old}<p>Geplaatst: {first}</p>")), expected);
        assert_eq!(page(old), None);
        let lead = "<p>De dienstregeling van de pont wordt aangepast.</p>";
        assert_eq!(page(&format!("{lead}<p>{first}</p>")), expected);
        assert_eq!(
            page(&format!("<p>Bijgewerkt op za. {later}, gepubliceerd: {first}</p>")),
            expected
        );
    }

    #[test]
    fn a_time_behind_a_word_of_change_is_that_of_the_change() {
        let changed = |rest: &str| {
            let document = Document::from(format!("<div><h1>Brug dicht</h1>{rest}</div>"));
            let found = modified(None, &Meta::of(&document), &document)?;
            Some(found.date.to_rfc3339())
        };
        let time = "<time datetime='2026-03-14T10:15:00+01:00'>2 uur geleden</time>";
        let expected = Some("2026-03-14T09:15:00Z".to_owned());
        assert_eq!(changed(&format!("<p>Laatste update: {time}</p>")), expected);
        assert_eq!(changed(&format!("<p>Geplaatst: {time}</p>")), None);
        assert_eq!(changed(&format!("<p>De pont krijgt een update.</p>{time}")), None);
        let text = "<p>De brug bij Hulst blijft nog drie weken dicht voor alle verkeer, zegt de \
                    provincie.</p>";
        assert_eq!(changed(&format!("{text}<p>Laatste update: {time}</p>{text}")), expected);
        let other = format!("<li><a href=/t>Telefoon krijgt update</a> {time}</li>");
        assert_eq!(changed(&format!("{text}{text}<ul>{other}</ul>")), None);
        assert_eq!(
            changed(&format!("<p>In een update van {time} stond dat de pont vaart.</p>")),
            None
        );
    }

    fn stated(html: &str) -> Option<String> {
        let document = Document::from(html);
        let all = JsonLd::of(&document);
        let found = published(all.article(), &all, &Meta::of(&document), &document)?;
        Some(found.date.to_rfc3339())
    }

    #[test]
    fn a_number_in_the_data_is_a_moment() {
        for number in ["1773479700", "1773479700000"] {
            let html = format!(
                r#"<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Brug",
                "datePublished":{number}}}</script>"#
            );
            assert_eq!(stated(&html).as_deref(), Some("2026-03-14T09:15:00Z"));
        }
        let day = r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":"Brug",
            "datePublished":20260314}</script>"#;
        assert_eq!(stated(day), None);
    }

    #[test]
    fn a_comment_or_a_video_does_not_date_the_article() {
        let page = |rest: &str| format!("<div><h1>Brug dicht</h1>{rest}</div>");
        let time = "<time datetime='2026-03-14T10:15:00+01:00'>14 maart</time>";
        let comments = "<ol class=comments><li><time itemprop=datePublished \
                        datetime='2026-03-15T11:00:00+01:00'>x</time></li></ol>";
        let expected = Some("2026-03-14T09:15:00Z".to_owned());
        assert_eq!(stated(&page(&format!("{time}{comments}"))), expected);
        assert_eq!(stated(&page(comments)), None);
        let video = r#"<script type="application/ld+json">{"@type":"VideoObject",
            "datePublished":"2024-01-01T00:00:00Z","uploadDate":"2024-01-01T00:00:00Z"}</script>"#;
        assert_eq!(stated(&page(&format!("{time}{video}"))), expected);
        let of_video = Some("2024-01-01T00:00:00Z".to_owned());
        assert_eq!(stated(&page(video)), of_video);
    }
}
