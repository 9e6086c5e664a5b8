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
//! | `=huis`, `="de raad"` | as it is written, in no other form |
//! | `outlet:=AD` | with that whole name, and no longer one |
//! | `stikst*` | words that begin so |
//! | `storm NEAR/5 schade`, `PRE/5` | with at most five words between; `PRE`: in this order |
//! | `storm /s schade`, `/p` | in one sentence, in one paragraph |
//! | `atleast3(stikstof)` | three times or more |
//! | `date:2022-02`, `date:2022-02-14..2022-03`, `since:7d`, `until:2022` | in that time |
//! | `is:revised`, `is:paywalled`, `has:image` | with that about it |
//! | `access:paid`, `type:opinion`, `wire:anp`, `country:be` | with that known about it |
//! | `person:lavrov`, `org:navo`, `place:kiev` | who, what body, what place is named |
//! | `id:4k2qz3b`, `url:nos.nl/artikel` | whose id begins so, whose address has that in it |

mod field;
mod lexer;
mod syntax;

use std::fmt;

pub use field::{Field, UNKNOWN};

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
    /// A word, or words in a row, as they are written.
    Exact(String),
    /// Words that begin so.
    Prefix(String),
    /// Two or more of words, phrases, prefixes, `Any`, `Near` and `AtLeast`, near each other.
    Near(Vec<Query>, Nearness),
    /// So many times or more, of what `Near` takes too.
    AtLeast(u32, Box<Query>),
    /// Articles of a time.
    Time(Time),
    /// Articles with that about them.
    Is(Trait),
    /// What is found within this field; an inner field replaces an outer one.
    In(Field, Box<Query>),
    /// All of these.
    All(Vec<Query>),
    /// At least one of these.
    Any(Vec<Query>),
    /// Everything but this.
    Not(Box<Query>),
}

/// How near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// At most so many words between, in any order.
    Near(u32),
    /// At most so many words between, in this order.
    Pre(u32),
    /// In one sentence.
    Sentence,
    /// In one paragraph.
    Paragraph,
}

impl fmt::Display for Nearness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near(n) => write!(f, "NEAR/{n}"),
            Self::Pre(n) => write!(f, "PRE/{n}"),
            Self::Sentence => f.write_str("/s"),
            Self::Paragraph => f.write_str("/p"),
        }
    }
}

/// A condition on time. What a date means depends on today, so it is kept as it was typed until
/// [`Query::set_times`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// From, to, or on.
    pub relation: Relation,
    /// A date, or two with `..` between.
    pub text: String,
    /// The first moment, and the first one after; `None` for no limit.
    pub range: (Option<Timestamp>, Option<Timestamp>),
}

/// How time is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `date:`
    On,
    /// `since:`
    Since,
    /// `until:`, the day it names included
    Until,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::On, Self::Since, Self::Until];

    /// The word before the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "date",
            Self::Since => "since",
            Self::Until => "until",
        }
    }
}

/// What may be about an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// It has more than one revision.
    Revised,
    /// It is for those who pay.
    Paywalled,
    /// It came with an image.
    Image,
}

impl Trait {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Revised, Self::Paywalled, Self::Image];

    /// As it is asked for.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revised => "is:revised",
            Self::Paywalled => "is:paywalled",
            Self::Image => "has:image",
        }
    }
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

/// Conditions beside a search text, as flags set them. The default lets every article through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Up to, and not at, this moment.
    pub until: Option<Timestamp>,
    /// By one of these outlets, named as after `outlet:`, `=` included; any when empty.
    pub outlets: Vec<String>,
    /// Seen in one of these feeds, by their exact names; any when empty.
    pub feeds: Vec<String>,
    /// How closely words outside quotes are meant.
    pub words: Closeness,
    /// Older than this, or as old and of a lower row: what comes after it, newest first.
    pub before: Option<Place>,
    /// No higher row than this.
    pub row_max: Option<i64>,
}

/// Where an article stands when the newest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its place in time.
    pub at: Timestamp,
    /// Its row in the archive.
    pub row: i64,
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
            Self::Everything | Self::Not(_) | Self::Time(_) | Self::Is(_) => {}
            Self::Word(text) => wanted.push(Wanted { field, text, closeness: Closeness::Wide }),
            Self::Phrase(text) => wanted.push(Wanted { field, text, closeness: Closeness::Forms }),
            Self::Exact(text) => wanted.push(Wanted { field, text, closeness: Closeness::Exact }),
            Self::Prefix(text) => {
                wanted.push(Wanted { field, text, closeness: Closeness::Beginning });
            }
            Self::AtLeast(_, query) => query.collect_wanted(field, wanted),
            Self::In(field, query) => query.collect_wanted(Some(*field), wanted),
            Self::All(parts) | Self::Any(parts) | Self::Near(parts, _) => {
                for part in parts {
                    part.collect_wanted(field, wanted);
                }
            }
        }
    }

    /// Its words, phrases and other conditions one by one, each in its field; and for those that
    /// are looked for in a text, what that is.
    pub fn leaves(&self) -> Vec<(Query, Option<Wanted<'_>>)> {
        let mut leaves = Vec::new();
        self.collect_leaves(None, &mut leaves);
        leaves
    }

    fn collect_leaves<'a>(
        &'a self,
        field: Option<Field>,
        leaves: &mut Vec<(Query, Option<Wanted<'a>>)>,
    ) {
        match self {
            Self::Everything => {}
            Self::In(field, query) => query.collect_leaves(Some(*field), leaves),
            Self::Not(query) | Self::AtLeast(_, query) => query.collect_leaves(field, leaves),
            Self::All(parts) | Self::Any(parts) | Self::Near(parts, _) => {
                for part in parts {
                    part.collect_leaves(field, leaves);
                }
            }
            leaf => {
                let whole = match field {
                    Some(field) => Self::In(field, Box::new(leaf.clone())),
                    None => leaf.clone(),
                };
                let in_text = field.is_none_or(Field::is_text);
                let wanted = if in_text { leaf.wanted().pop() } else { None };
                leaves.push((whole, wanted));
            }
        }
    }

    /// Finds out what its dates mean: `range` gets each of them.
    pub fn set_times<E>(
        &mut self,
        range: &impl Fn(&Time) -> Result<(Option<Timestamp>, Option<Timestamp>), E>,
    ) -> Result<(), E> {
        match self {
            Self::Time(time) => time.range = range(time)?,
            Self::Not(query) | Self::In(_, query) | Self::AtLeast(_, query) => {
                query.set_times(range)?;
            }
            Self::All(parts) | Self::Any(parts) | Self::Near(parts, _) => {
                for part in parts {
                    part.set_times(range)?;
                }
            }
            Self::Everything
            | Self::Word(_)
            | Self::Phrase(_)
            | Self::Exact(_)
            | Self::Prefix(_)
            | Self::Is(_) => {}
        }
        Ok(())
    }

    /// As one operand of `-`, a field, or a row of words.
    fn fmt_operand(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(_) | Self::Any(_) | Self::Near(..) => write!(f, "({self})"),
            _ => write!(f, "{self}"),
        }
    }
}

/// Whether a value would end early where it is written.
fn needs_quotes(value: &str) -> bool {
    value.contains(|c: char| c.is_whitespace() || "()".contains(c))
}

impl fmt::Display for Query {
    /// The text in normal form: parsing it gives the same query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => Ok(()),
            Self::Word(word) => f.write_str(word),
            Self::Phrase(phrase) => write!(f, "\"{phrase}\""),
            Self::Exact(text) if needs_quotes(text) => write!(f, "=\"{text}\""),
            Self::Exact(text) => write!(f, "={text}"),
            Self::Prefix(text) => write!(f, "{text}*"),
            Self::AtLeast(n, query) => write!(f, "atleast{n}({query})"),
            Self::Time(time) if needs_quotes(&time.text) => {
                write!(f, "{}:\"{}\"", time.relation.as_str(), time.text)
            }
            Self::Time(time) => write!(f, "{}:{}", time.relation.as_str(), time.text),
            Self::Is(of) => f.write_str(of.as_str()),
            Self::Near(parts, nearness) => {
                for (n, part) in parts.iter().enumerate() {
                    if n > 0 {
                        write!(f, " {nearness} ")?;
                    }
                    part.fmt_operand(f)?;
                }
                Ok(())
            }
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
                    match part {
                        Self::Near(..) => write!(f, "{part}")?,
                        part => part.fmt_operand(f)?,
                    }
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
        check_wanted("stikst* NEAR regel", &[(None, "stikst"), (None, "regel")]);
    }
}
