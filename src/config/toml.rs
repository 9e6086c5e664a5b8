//! Reading TOML so that each complaint names its line and key.
//!
//! A thin layer over the document of `toml_edit`; it does not know what the keys mean.

use std::fmt;
use std::ops::Range;

use toml_edit::{Document, Item, Table};

use crate::config::{closest, did_you_mean};

/// One thing that is wrong with a file, variable or flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line it is on, from 1; `None` outside files.
    pub line: Option<usize>,
    /// The key it is about.
    pub key: Option<String>,
    /// What is wrong, key included.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// The document in `text`, or why it is not TOML.
pub(super) fn parse(text: &str) -> Result<Document<&str>, Problem> {
    Document::parse(text).map_err(|error| Problem {
        line: error.span().map(|span| line_of(text, &span)),
        key: None,
        reason: error.message().lines().collect::<Vec<_>>().join(", "),
        hint: None,
    })
}

/// The line, from 1, on which `span` begins.
pub(super) fn line_of(text: &str, span: &Range<usize>) -> usize {
    let before = text.as_bytes().get(..span.start).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() + 1
}

/// Reads the values of one table and collects what is wrong with them.
pub(super) struct TableReader<'a> {
    text: &'a str,
    table: &'a Table,
    problems: &'a mut Vec<Problem>,
}

impl<'a> TableReader<'a> {
    /// Complains at once about keys that are not among `known`.
    pub(super) fn new(
        text: &'a str,
        table: &'a Table,
        known: &[&str],
        problems: &'a mut Vec<Problem>,
    ) -> Self {
        let mut reader = Self { text, table, problems };
        for (key, _) in table {
            if !known.contains(&key) {
                let hint = closest(key, known.iter().copied()).map(did_you_mean);
                reader.complain(key, format!("unknown key `{key}`"));
                if let Some(problem) = reader.problems.last_mut() {
                    problem.hint = hint;
                }
            }
        }
        reader
    }

    /// The line of the table's header.
    pub(super) fn line(&self) -> usize {
        self.table.span().map_or(1, |span| line_of(self.text, &span))
    }

    /// Whether `key` is there, with whatever value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let item = self.table.get(key)?;
        match item.as_str() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) => {
                self.complain(key, format!("`{key}` is empty"));
                None
            }
            None => self.wrong_type(key, item, "text in quotes"),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let item = self.table.get(key)?;
        let texts = item.as_array().and_then(|array| {
            array.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        });
        texts.or_else(|| self.wrong_type(key, item, "a list of texts, as [\"a\", \"b\"]"))
    }

    /// A table within this one.
    pub(super) fn table(&mut self, key: &str, known: &[&str]) -> Option<TableReader<'_>> {
        let item = self.table.get(key)?;
        match item.as_table() {
            Some(table) => Some(TableReader::new(self.text, table, known, self.problems)),
            None => self.wrong_type(key, item, "a table under a header of its own"),
        }
    }

    /// A text, or a list of them.
    pub(super) fn text_or_texts(&mut self, key: &str) -> Option<Vec<String>> {
        if self.table.get(key)?.is_str() {
            return self.text(key).map(|text| vec![text]);
        }
        self.texts(key)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let item = self.table.get(key)?;
        item.as_bool().or_else(|| self.wrong_type(key, item, "true or false"))
    }

    /// Reports `reason` at the line of `key`, or of the table if it has no such key.
    pub(super) fn complain(&mut self, key: &str, reason: String) {
        let span = self.table.key(key).and_then(toml_edit::Key::span);
        let line = span.map_or_else(|| self.line(), |span| line_of(self.text, &span));
        let key = Some(key.to_owned());
        self.problems.push(Problem { line: Some(line), key, reason, hint: None });
    }

    fn wrong_type<T>(&mut self, key: &str, item: &Item, wanted: &str) -> Option<T> {
        let found = item.type_name();
        self.complain(key, format!("`{key}` must be {wanted}, and is of type {found}"));
        None
    }
}
