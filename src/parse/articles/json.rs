//! Articles as JSON, by the names that programs give their parts: knipsel's own, news-please,
//! Miniflux, and the form of Google Reader that `FreshRSS` writes.

use serde_json::{Map, Value};

use crate::model::article::ArticleId;
use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::parse::articles::RawArticle;
use crate::parse::date;

/// Where each part may stand; a dot goes one level down, a number into a list.
const TEXTS: [&str; 4] = ["text", "maintext", "content_text", "body"];
const MARKUP: [&str; 4] = ["content_html", "content", "content.content", "summary.content"];
const TITLES: [&str; 2] = ["title", "headline"];
const URLS: [&str; 5] = ["url", "link", "external_url", "canonical.0.href", "alternate.0.href"];
const OUTLETS: [&str; 6] =
    ["outlet", "publisher", "source", "feed.title", "origin.title", "source_domain"];
const AUTHORS: [&str; 3] = ["author", "authors", "byline"];
const SECTIONS: [&str; 1] = ["section"];
const TAGS: [&str; 3] = ["tags", "keywords", "categories"];
const LANGUAGES: [&str; 2] = ["language", "lang"];
const PUBLISHED: [&str; 5] =
    ["published", "published_at", "date_publish", "date_published", "date"];
const MODIFIED: [&str; 4] = ["modified", "date_modify", "date_modified", "updated"];

/// Lists of articles in one document.
const LISTS: [&str; 3] = ["items", "entries", "articles"];

/// A larger number is milliseconds.
const SECONDS_MAX: i64 = 100_000_000_000;

/// The articles of a document: one of a list, or the one that it is.
pub fn in_document(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Object(mut object) => {
            let list =
                LISTS.into_iter().find(|name| object.get(*name).is_some_and(Value::is_array));
            match list.and_then(|name| object.remove(name)) {
                Some(Value::Array(items)) => items,
                _ => vec![Value::Object(object)],
            }
        }
        other => vec![other],
    }
}

/// Reads an article; the error says in one line what is wrong with it. An empty value is none.
pub fn article(value: &Value) -> Result<RawArticle, String> {
    let Value::Object(object) = value else { return Err("not a JSON object".to_owned()) };
    let plain = text(object, &TEXTS)?;
    let is_html = plain.is_none();
    let found = match plain {
        Some(text) => Some(text),
        None => text(object, &MARKUP)?,
    };
    // What other readers number their articles by is no id of the publisher.
    let is_of_reader = ["feed", "feed_id", "origin"].iter().any(|name| object.contains_key(*name));
    let id = if is_of_reader { None } else { text(object, &["id"])? };
    let is_export = ["revision", "revision_seen"].iter().all(|name| object.contains_key(*name));
    let public_id = id.as_deref().filter(|_| is_export).and_then(ArticleId::parse);
    let id = id.filter(|_| public_id.is_none());
    // An export of knipsel has both, and its `source` says where a text came from.
    let outlets = if object.contains_key("outlet") { &OUTLETS[..1] } else { &OUTLETS[..] };
    let mut tags = list(object, &TAGS)?;
    // States and labels of Google Reader's form.
    tags.retain(|tag| !tag.starts_with("user/"));
    Ok(RawArticle {
        id,
        public_id,
        url: text(object, &URLS)?,
        title: text(object, &TITLES)?,
        text: found.ok_or_else(|| "there is no `text`".to_owned())?,
        is_html,
        outlet: text(object, outlets)?,
        authors: list(object, &AUTHORS)?,
        section: text(object, &SECTIONS)?,
        tags,
        language: text(object, &LANGUAGES)?,
        published: moment(object, &PUBLISHED)?,
        modified: moment(object, &MODIFIED)?,
    })
}

fn at<'v>(object: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    let mut steps = path.split('.');
    let mut value = object.get(steps.next()?)?;
    for step in steps {
        value = match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            other => other.get(step)?,
        };
    }
    Some(value)
}

/// The first value that is there, as a text. A list or object under a name that also has a deeper
/// one is passed over.
fn text(object: &Map<String, Value>, paths: &[&str]) -> Result<Option<String>, String> {
    for path in paths {
        let goes_deeper = paths.iter().any(|other| other.starts_with(&format!("{path}.")));
        match at(object, path) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.trim().is_empty() => {}
            Some(Value::String(text)) => return Ok(Some(text.clone())),
            Some(Value::Number(number)) => return Ok(Some(number.to_string())),
            Some(_) if goes_deeper => {}
            Some(_) => return Err(format!("`{path}` is not a text")),
        }
    }
    Ok(None)
}

fn list(object: &Map<String, Value>, names: &[&str]) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for name in names {
        let texts = match object.get(*name) {
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().or_else(|| item.get("name")?.as_str()))
                .map(|item| item.map(ToOwned::to_owned))
                .collect::<Option<Vec<String>>>()
                .ok_or_else(|| format!("`{name}` is not a list of texts"))?,
            _ => text(object, &[name])?.into_iter().collect(),
        };
        all.extend(texts.into_iter().filter(|text| !text.trim().is_empty()));
    }
    Ok(all)
}

fn moment(object: &Map<String, Value>, names: &[&str]) -> Result<Option<StatedDate>, String> {
    for name in names {
        if let Some(seconds) = object.get(*name).and_then(Value::as_i64)
            && seconds > 9_999
            && !is_day(seconds)
        {
            let seconds = if seconds > SECONDS_MAX { seconds / 1000 } else { seconds };
            let at = Timestamp::from_seconds(seconds);
            return Ok(Some(StatedDate {
                at,
                precision: Precision::Second,
                is_zone_assumed: false,
            }));
        }
        if let Some(text) = text(object, &[name])? {
            // `202202` is a month.
            let is_month = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
            let dashed = is_month.then(|| format!("{}-{}", &text[..4], &text[4..]));
            let date = date::parse(dashed.as_ref().unwrap_or(&text));
            return date.map(Some).ok_or_else(|| format!("`{name}` is not a date: `{text}`"));
        }
    }
    Ok(None)
}

/// Whether a number is a day or a month as `20220214` and `202202`, and no second of 1970.
fn is_day(number: i64) -> bool {
    (190_001..=210_012).contains(&number) || (19_000_101..=21_001_231).contains(&number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn articles_of_other_programs_are_read_by_their_names() {
        let of_news_please = json!({
            "title": "Sluis dicht", "maintext": "De sluis is dicht.", "date_publish":
            "2022-02-14 09:30:00", "source_domain": "www.zeeklei.example", "authors": ["Jo Bos"],
            "url": "https://www.zeeklei.example/1", "language": "nl", "description": null,
        });
        let article = article(&of_news_please).unwrap();
        assert_eq!((article.text.as_str(), article.is_html), ("De sluis is dicht.", false));
        assert_eq!(article.outlet.as_deref(), Some("www.zeeklei.example"));
        assert_eq!(article.published.unwrap().precision, Precision::Second);
    }

    #[test]
    fn the_id_in_an_export_of_ours_is_that_of_the_archive() {
        let read = |rest: &str| {
            let value = format!(r#"{{"text":"a","id":"svfpol6xdm6o2"{rest}}}"#);
            let article = article(&serde_json::from_str(&value).unwrap()).unwrap();
            (article.id, article.public_id.map(|id| id.to_string()))
        };
        let id = || Some("svfpol6xdm6o2".to_owned());
        assert_eq!(read(r#","revision":1,"revision_seen":"2026-12-01T05:57:01Z""#), (None, id()));
        assert_eq!(read(r#","revision":1"#), (id(), None));
    }

    #[test]
    fn a_number_is_a_day_or_a_moment() {
        let published = |number: i64| {
            let found = article(&json!({ "text": "a", "published": number }));
            found.map(|article| article.published.unwrap().to_rfc3339())
        };
        assert_eq!(published(20_220_214).unwrap(), "2022-02-14");
        assert_eq!(published(1_644_831_000).unwrap(), "2022-02-14T09:30:00Z");
        assert_eq!(published(1_644_831_000_000).unwrap(), "2022-02-14T09:30:00Z");
        assert!(published(20_221_341).unwrap_err().contains("not a date"));
        assert_eq!(published(202_202).unwrap(), "2022-02");
        assert!(published(202_213).is_err());
    }

    #[test]
    fn the_source_in_an_export_of_ours_is_no_outlet() {
        let outlet = |value: Value| article(&value).unwrap().outlet;
        assert_eq!(outlet(json!({ "text": "a", "outlet": null, "source": "feed" })), None);
        assert_eq!(outlet(json!({ "text": "a", "source": "Zeeklei" })).as_deref(), Some("Zeeklei"));
    }

    #[test]
    fn exports_of_readers_are_lists_of_articles_in_html() {
        let of_miniflux = json!({ "total": 1, "entries": [{
            "id": 888, "title": "Storm", "url": "https://www.zeeklei.example/2", "author": "Jo",
            "content": "<p>Het stormt.</p>", "published_at": "2022-02-14T09:30:00Z", "tags": [],
            "feed": { "id": 42, "title": "Zeeklei" },
        }]});
        let of_freshrss = json!({ "items": [{
            "id": "tag:google.com,2005:reader/item/0005", "title": "Storm", "published": 1_644_831_000,
            "summary": { "content": "<p>Het stormt.</p>" },
            "alternate": [{ "href": "https://www.zeeklei.example/2" }],
            "categories": ["user/-/state/com.google/starred", "weer"],
            "origin": { "title": "Zeeklei" },
        }]});
        for document in [of_miniflux, of_freshrss] {
            let found = in_document(document);
            assert_eq!(found.len(), 1);
            let article = article(&found[0]).unwrap();
            assert!(article.is_html && article.id.is_none(), "{article:?}");
            assert_eq!(article.url.as_deref(), Some("https://www.zeeklei.example/2"));
            assert_eq!(article.outlet.as_deref(), Some("Zeeklei"));
            let at = article.published.unwrap().at;
            assert_eq!(at.to_rfc3339(), "2022-02-14T09:30:00Z");
            assert!(article.tags.iter().all(|tag| tag == "weer"));
        }
    }
}
