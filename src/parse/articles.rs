//! Articles that come as files: JSON, tables, and plain text with an optional date line.

pub mod csv;
mod front;
pub mod json;

use serde_json::Value;

use crate::model::article::ArticleId;
use crate::model::time::StatedDate;
use crate::parse::date;

/// An article from a file, not yet in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawArticle {
    /// The publisher's id or any other lasting name.
    pub id: Option<String>,
    /// The public id that it has in the archive of which it is an export.
    pub public_id: Option<ArticleId>,
    /// Its address.
    pub url: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// The text.
    pub text: String,
    /// The text is HTML.
    pub is_html: bool,
    /// Who published it.
    pub outlet: Option<String>,
    /// Names of authors.
    pub authors: Vec<String>,
    /// The section.
    pub section: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The language.
    pub language: Option<String>,
    /// When it was published.
    pub published: Option<StatedDate>,
    /// When it was changed.
    pub modified: Option<StatedDate>,
}

/// Reads one line of JSON Lines; the error says in one line what is wrong with it.
///
/// Keys are `text` (needed), `title`, `url`, `id`, `outlet`, `author` or `authors`, `section`,
/// `tags`, `language`, `published`, `modified`, or what other programs call these ([`json`]); others
/// are left alone. An empty value is none.
pub fn from_json_line(line: &str) -> Result<RawArticle, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("not JSON: {error}"))?;
    json::article(&value)
}

/// Reads a plain text, with its metadata in front where it begins with a line `---`. Its first line may
/// be a date, as `date 2022-02` or `datum 14 februari 2022`:
/// a day, a month or a year, kept as precise as it is. The error says in one line what is wrong.
pub fn from_text(text: &str) -> Result<RawArticle, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.contains('\0') || text.starts_with("%PDF-") {
        return Err("it is no plain text".to_owned());
    }
    let begins =
        |tag: &str| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    if begins("<!doctype html") || begins("<html") {
        return Err("it is a web page; `knipsel extract` reads those".to_owned());
    }
    if begins("<?xml") || begins("<tei") {
        return Err("it is XML; articles come in as JSON Lines, CSV, WARC or text".to_owned());
    }
    if let Some(article) = front::article(&text.replace("\r\n", "\n")) {
        return article;
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let stated = date_line(first.trim())?;
    let text = if stated.is_some() { rest.trim() } else { text };
    if text.is_empty() {
        return Err("there is no text in it".to_owned());
    }
    Ok(RawArticle { text: text.to_owned(), published: stated, ..RawArticle::default() })
}

/// The date of a first line that states one; an error where it can be nothing else, and is none.
fn date_line(line: &str) -> Result<Option<StatedDate>, String> {
    let Some((word, value)) = line.split_once([' ', ':', '\t']) else { return Ok(None) };
    if !["date", "datum"].iter().any(|name| word.eq_ignore_ascii_case(name)) {
        return Ok(None);
    }
    let value = value.trim_start_matches([':', ' ', '\t']);
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | ' ');
    match date::parse(value) {
        None if !value.is_empty() && value.chars().all(is_number) => {
            Err(format!("its first line is not a date: `{line}`"))
        }
        date => Ok(date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Precision;

    #[test]
    fn a_line_needs_only_a_text() {
        let line = r#"{"text":"De brug is dicht.","author":"Jo","published":"2022-02","url":""}"#;
        let article = from_json_line(line).unwrap();
        assert_eq!(article.authors, ["Jo"]);
        assert_eq!(article.url, None);
        assert_eq!(article.published.unwrap().precision, Precision::Month);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |line: &str| from_json_line(line).unwrap_err();
        assert_eq!(check(r#"{"title":"a"}"#), "there is no `text`");
        assert_eq!(check(r#"{"text":"a","url":[]}"#), "`url` is not a text");
        assert_eq!(
            check(r#"{"text":"a","published":"ooit"}"#),
            "`published` is not a date: `ooit`"
        );
        assert!(check("{").starts_with("not JSON"));
    }

    #[test]
    fn a_date_line_is_kept_as_precise_as_it_is() {
        let article = from_text("date 2022-02\r\n\r\nEerste alinea.\n\nTweede.").unwrap();
        assert_eq!(article.text, "Eerste alinea.\n\nTweede.");
        assert_eq!(article.published.unwrap().to_rfc3339(), "2022-02");
        let plain = from_text("Datum is nog niet bekend.\nMeer.").unwrap();
        assert_eq!((plain.published, plain.text.lines().count()), (None, 2));
        let refused = |text: &str| from_text(text).unwrap_err();
        assert_eq!(refused("datum: 14 februari 2022\n"), "there is no text in it");
        assert_eq!(
            refused("date 2022-13\n\nTekst."),
            "its first line is not a date: `date 2022-13`"
        );
        assert_eq!(refused("%PDF-1.7 x"), "it is no plain text");
        let page = "it is a web page; `knipsel extract` reads those";
        assert_eq!(refused("<!DOCTYPE html><p>De brug is dicht."), page);
        assert_eq!(refused("GIF\0\0 x"), "it is no plain text");
    }
}
