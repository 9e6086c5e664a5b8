//! What is asked of the archive: a search text as a tree, and the filters beside it.
//!
//! Words and phrases stay as they were typed; what they match is for the index to say.
//!
//! | text | finds |
//! |---|---|
//! | `kabinet asiel`, `kabinet AND asiel` | both words |
//! | `"nieuw kabinet"` | the words in a row |
//! | `asiel OR migratie` | either; `AND` binds tighter: `a b OR c` is `(a b) OR c` |
//! | `-voetbal`, `NOT voetbal` | everything without it |
//! | `title:kabinet`, `outlet:"NU.nl"`, `author:(jan OR piet)` | in that field only |

mod lexer;
mod syntax;

use std::fmt;

use crate::model::closeness::Closeness;
use crate::model::time::Timestamp;

/// A longer text is refused.
pub const CHARS_MAX: usize = 10_000;
/// Groups, negations and fields within one another.
pub const DEPTH_MAX: usize = 64;

/// What to find. As [`parse`] makes it: no `All` directly in an `All`, no `Any` in an `Any`, both
/// with two parts or more, and `Everything` only on its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Query {
    /// No condition.
    #[default]
    Everything,
    /// One typed word; `D66-leider` is one.
    Word(String),
    /// Words in a row.
    Phrase(String),
    /// What is found within this field; an inner field replaces an outer one.
    In(Field, Box<Query>),
    /// All of these.
    All(Vec<Query>),
    /// At least one of these.
    Any(Vec<Query>),
    /// Everything but this.
    Not(Box<Query>),
}

/// Something that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The field it is looked for in.
    pub field: Option<Field>,
    /// As it was typed.
    pub text: &'a str,
    /// How closely it is meant.
    pub closeness: Closeness,
}

/// A part of an article that can be searched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// Who published it.
    Outlet,
    /// The section.
    Section,
    /// Names of authors.
    Author,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Title, Self::Outlet, Self::Section, Self::Author];

    /// The word before the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Outlet => "outlet",
            Self::Section => "section",
            Self::Author => "author",
        }
    }
}

/// Conditions beside a search text, as flags set them. The default lets every article through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Up to, and not at, this moment.
    pub until: Option<Timestamp>,
    /// By one of these outlets, named as after `outlet:`; any when empty.
    pub outlets: Vec<String>,
    /// Seen in one of these feeds, by their exact names; any when empty.
    pub feeds: Vec<String>,
    /// How closely words outside quotes are meant.
    pub words: Closeness,
}

/// A search text that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {at}")]
pub struct Error {
    /// The character of the text where it goes wrong; the first is 1.
    pub at: usize,
    /// What is wrong there, in one line.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Reads a search text. An empty one asks for everything; a quote or group left open ends with the
/// text.
pub fn parse(text: &str) -> Result<Query, Error> {
    syntax::parse(text)
}

impl Query {
    /// The words and phrases that an article was found by, for marking them.
    pub fn wanted(&self) -> Vec<Wanted<'_>> {
        let mut wanted = Vec::new();
        self.collect_wanted(None, &mut wanted);
        wanted
    }

    fn collect_wanted<'a>(&'a self, field: Option<Field>, wanted: &mut Vec<Wanted<'a>>) {
        match self {
            Self::Everything | Self::Not(_) => {}
            Self::Word(text) => wanted.push(Wanted { field, text, closeness: Closeness::Wide }),
            Self::Phrase(text) => wanted.push(Wanted { field, text, closeness: Closeness::Forms }),
            Self::In(field, query) => query.collect_wanted(Some(*field), wanted),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.collect_wanted(field, wanted);
                }
            }
        }
    }

    /// As one operand of `-`, a field, or a row of words.
    fn fmt_operand(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(_) | Self::Any(_) => write!(f, "({self})"),
            _ => write!(f, "{self}"),
        }
    }
}

impl fmt::Display for Query {
    /// The text in normal form: parsing it gives the same query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => Ok(()),
            Self::Word(word) => f.write_str(word),
            Self::Phrase(phrase) => write!(f, "\"{phrase}\""),
            Self::In(field, query) => {
                write!(f, "{}:", field.as_str())?;
                query.fmt_operand(f)
            }
            Self::Not(query) => {
                f.write_str("-")?;
                query.fmt_operand(f)
            }
            Self::All(parts) => {
                for (n, part) in parts.iter().enumerate() {
                    f.write_str(if n == 0 { "" } else { " " })?;
                    part.fmt_operand(f)?;
                }
                Ok(())
            }
            Self::Any(parts) => {
                for (n, part) in parts.iter().enumerate() {
                    f.write_str(if n == 0 { "" } else { " OR " })?;
                    // `AND` binds tighter, so a row of words needs no parentheses here.
                    write!(f, "{part}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_wanted(text: &str, expected: &[(Option<Field>, &str)]) {
        let query = parse(text).unwrap();
        let wanted: Vec<_> = query.wanted().iter().map(|one| (one.field, one.text)).collect();
        assert_eq!(wanted, expected, "{text}");
    }

    #[test]
    fn only_what_is_looked_for_is_wanted() {
        check_wanted("", &[]);
        check_wanted("a -b (c OR \"d e\")", &[(None, "a"), (None, "c"), (None, "d e")]);
        check_wanted("title:(a -b)", &[(Some(Field::Title), "a")]);
        check_wanted("-title:a", &[]);
    }
}
