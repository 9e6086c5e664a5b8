//! Records written as a template says: `{id} {title}`.

use serde_json::Value;

use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Record, clean_lines};

/// A template, cut up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Key(String),
}

impl Template {
    /// Reads `{key}`, `{{` and `}}` for braces, `\t`, `\n` and `\\`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let unclosed = || Failure::new(Exit::Usage, format!("a `{{` in `{text}` is not closed"));
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('{' | '}', Some(next)) if *next == c => {
                    plain.push(c);
                    chars.next();
                }
                ('\\', Some('t')) => {
                    plain.push('\t');
                    chars.next();
                }
                ('\\', Some('n')) => {
                    plain.push('\n');
                    chars.next();
                }
                ('\\', Some('\\')) => {
                    plain.push('\\');
                    chars.next();
                }
                ('{', _) => {
                    let mut key = String::new();
                    loop {
                        match chars.next().ok_or_else(unclosed)? {
                            '}' => break,
                            c => key.push(c),
                        }
                    }
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    pieces.push(Piece::Key(key.trim().to_owned()));
                }
                _ => plain.push(c),
            }
        }
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// The fields that it has.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Key(key) => Some(key.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// A record by this template; what is not known is nothing.
    pub(super) fn fill(&self, record: &Record) -> Result<String, Failure> {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Key(key) => {
                    let value = record.get(key).ok_or_else(|| {
                        Failure::new(Exit::Usage, format!("there is no field `{key}`"))
                    })?;
                    filled.push_str(&clean_lines(&shown(value)));
                }
            }
        }
        Ok(filled)
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_filled_in_and_nothing_from_a_feed_acts() {
        let record =
            json!({ "id": "a", "title": "k\u{1b}[31mop", "tags": ["x", "y"], "url": null });
        let Value::Object(record) = record else { panic!("it is an object") };
        let fill = |text: &str| Template::parse(text).unwrap().fill(&record).unwrap();
        assert_eq!(fill("{id}\\t{ title }|{url}|{tags}"), "a\tk\\u{1b}[31mop||x, y");
        assert_eq!(fill("{{{id}}} \\\\n"), "{a} \\n");
        assert!(Template::parse("{id").is_err());
        assert!(Template::parse("{nee}").unwrap().fill(&record).is_err());
    }
}
