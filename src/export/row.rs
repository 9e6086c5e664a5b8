//! An article as it leaves the archive: one revision of it, and what is known around it.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::model::time::{StatedDate, Timestamp};

/// One article at one of its revisions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The public id.
    pub id: String,
    /// The address as given.
    pub url: Option<String>,
    /// The headline; empty when there is none.
    pub title: String,
    /// Who published it.
    pub outlet: Option<String>,
    /// The section.
    pub section: Option<String>,
    /// Names of authors.
    pub authors: Vec<String>,
    /// Keywords of the publisher.
    pub tags: Vec<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// When it was published, as stated.
    pub published: Option<StatedDate>,
    /// When it was changed, as stated.
    pub modified: Option<StatedDate>,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// Its place in time: when it was published, or else first seen.
    pub sort_at: Timestamp,
    /// The number of the revision.
    pub revision: u32,
    /// When that was seen.
    pub revision_seen_at: Timestamp,
    /// Where that came from.
    pub source: String,
    /// The feeds that listed it.
    pub feeds: Vec<String>,
    /// How much of it could be read.
    pub access: Option<String>,
    /// Whether its publisher reserves text and data mining; `None` when nothing was said.
    pub is_reserved: Option<bool>,
    /// What was said of that, word by word.
    pub reservations: Vec<String>,
    /// The licence that its page names: its address, or else its name.
    pub license: Option<String>,
    /// Words in the text.
    pub n_words: u32,
    /// The text.
    pub text: String,
}

/// A value in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'r> {
    /// A text, or nothing.
    Text(Option<Cow<'r, str>>),
    /// Several texts.
    List(&'r [String]),
    /// A moment, or nothing.
    Moment(Option<Timestamp>),
    /// A count.
    Number(u32),
    /// Yes, no, or not known.
    Truth(Option<bool>),
}

impl Cell<'_> {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::List(list) => json!(list),
            Self::Moment(at) => json!(at.map(Timestamp::to_rfc3339)),
            Self::Number(number) => json!(number),
            Self::Truth(truth) => json!(truth),
        }
    }
}

impl Row {
    /// Its columns, in the order in which they are written. A date is there twice: as it was
    /// stated, and as the moment it begins.
    pub fn cells(&self) -> [(&'static str, Cell<'_>); 23] {
        let text = |text: &'_ Option<String>| text.clone().map(Cow::Owned);
        let known = |text: &'_ str| Some(Cow::Owned(text.to_owned()));
        let date = |date: Option<StatedDate>| date.map(|date| Cow::Owned(date.to_rfc3339()));
        let precision = self.published.map(|date| Cow::Borrowed(date.precision.as_str()));
        [
            ("id", Cell::Text(known(&self.id))),
            ("url", Cell::Text(text(&self.url))),
            ("title", Cell::Text(known(&self.title).filter(|title| !title.is_empty()))),
            ("outlet", Cell::Text(text(&self.outlet))),
            ("section", Cell::Text(text(&self.section))),
            ("authors", Cell::List(&self.authors)),
            ("tags", Cell::List(&self.tags)),
            ("language", Cell::Text(text(&self.language))),
            ("published", Cell::Text(date(self.published))),
            ("published_precision", Cell::Text(precision)),
            ("published_at", Cell::Moment(self.published.map(|date| date.at))),
            ("modified", Cell::Text(date(self.modified))),
            ("first_seen", Cell::Moment(Some(self.first_seen_at))),
            ("revision", Cell::Number(self.revision)),
            ("revision_seen", Cell::Moment(Some(self.revision_seen_at))),
            ("source", Cell::Text(known(&self.source))),
            ("feeds", Cell::List(&self.feeds)),
            ("access", Cell::Text(known(self.access.as_deref().unwrap_or("unknown")))),
            ("tdm_reserved", Cell::Truth(self.is_reserved)),
            ("reservations", Cell::List(&self.reservations)),
            ("license", Cell::Text(text(&self.license))),
            ("words", Cell::Number(self.n_words)),
            ("text", Cell::Text(known(&self.text))),
        ]
    }

    /// The month it belongs to in Europe/Amsterdam, as `2022-02`.
    pub fn month(&self) -> String {
        month(self.sort_at)
    }
}

/// The month of a moment in Europe/Amsterdam, as `2022-02`.
pub fn month(at: Timestamp) -> String {
    at.to_local().strftime("%Y-%m").to_string()
}

/// An article for the tests of every format, with all that is hard to write.
#[cfg(test)]
pub(super) fn sample() -> Row {
    use crate::model::time::Precision;
    let at = Timestamp::from_seconds(1_643_670_000);
    Row {
        id: "bxmqca227bska".into(),
        url: Some("https://www.zeeklei.example/nieuws/1?a=b&c=d".into()),
        title: "=Sluis & \"brug\" <dicht>".into(),
        outlet: Some("De Zeeklei".into()),
        authors: vec!["Pieter de Rooij".into(), "Redactie".into()],
        published: Some(StatedDate { at, precision: Precision::Month, is_zone_assumed: true }),
        first_seen_at: Timestamp::from_seconds(1_644_831_000),
        sort_at: at,
        revision: 2,
        revision_seen_at: Timestamp::from_seconds(1_644_834_600),
        source: "feed".into(),
        feeds: vec!["zeeklei".into()],
        is_reserved: Some(true),
        reservations: vec!["page tdm-reservation=1".into()],
        license: Some("https://creativecommons.org/licenses/by/4.0/deed.nl".into()),
        n_words: 6,
        text: "Eerste alinea, met {haken}.\n\nTweede: 50 % & meer.".into(),
        ..Row::default()
    }
}
