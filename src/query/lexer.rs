//! A search text cut into words, phrases and signs. Does not know how they belong together.

use crate::query::{Error, Field};

/// A piece of a search text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexeme {
    /// Where it starts, in bytes.
    pub(super) start: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Word(String),
    Phrase(String),
    /// A word or phrase without letters and digits. It asks for nothing, but it takes the `-` or
    /// field before it.
    Blank,
    /// `title:` and its like.
    Field(Field),
    /// `-` right before something.
    Minus,
    Open,
    Close,
    And,
    Or,
    Not,
}

/// Edit distance up to which an unknown field is taken for a mistyped or Dutch name of one.
const TYPOS_MAX: usize = 2;

/// Cuts `text` up; its only possible fault is a field that does not exist.
pub(super) fn lex(text: &str) -> Result<Vec<Lexeme>, Error> {
    let mut lexemes = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let Some(first) = text[at..].chars().next() else {
            return Ok(lexemes);
        };
        let (kind, length) = match first {
            '(' => (Some(Kind::Open), 1),
            ')' => (Some(Kind::Close), 1),
            '-' => minus(&text[at..]),
            quote if is_quote(quote) => phrase(&text[at..], quote),
            _ => word(text, at)?,
        };
        lexemes.extend(kind.map(|kind| Lexeme { start: at, kind }));
        at += length;
    }
}

/// The error at byte `start` of `text`.
pub(super) fn error(text: &str, start: usize, message: String) -> Error {
    Error { at: text[..start].chars().count() + 1, message, hint: None }
}

/// Between spaces a dash is punctuation: `Feyenoord - Ajax`.
fn minus(rest: &str) -> (Option<Kind>, usize) {
    let after = rest.trim_start_matches('-');
    let is_lone = after.chars().next().is_none_or(|c| c.is_whitespace() || c == ')');
    ((!is_lone).then_some(Kind::Minus), rest.len() - after.len())
}

fn phrase(rest: &str, quote: char) -> (Option<Kind>, usize) {
    let inside = &rest[quote.len_utf8()..];
    let end = inside.find(is_quote);
    let closing = end.and_then(|end| inside[end..].chars().next()).map_or(0, char::len_utf8);
    let inside = &inside[..end.unwrap_or(inside.len())];
    let words: Vec<_> = inside.split_whitespace().collect();
    (Some(text_or_blank(words.join(" "), Kind::Phrase)), quote.len_utf8() + inside.len() + closing)
}

fn word(text: &str, start: usize) -> Result<(Option<Kind>, usize), Error> {
    let rest = &text[start..];
    let length = rest.find(|c: char| c.is_whitespace() || "()".contains(c) || is_quote(c));
    let word = &rest[..length.unwrap_or(rest.len())];
    if let Some((name, _)) = word.split_once(':') {
        let value = &rest[name.len() + 1..];
        if let Some(field) = field(name) {
            return Ok((Some(Kind::Field(field)), name.len() + 1));
        }
        if looks_like_a_field(name, value) {
            return Err(unknown_field(text, start, name));
        }
    }
    let kind = match word {
        "AND" => Kind::And,
        "OR" => Kind::Or,
        "NOT" => Kind::Not,
        _ => text_or_blank(word.to_owned(), Kind::Word),
    };
    Ok((Some(kind), word.len()))
}

fn text_or_blank(text: String, kind: fn(String) -> Kind) -> Kind {
    if text.contains(char::is_alphanumeric) { kind(text) } else { Kind::Blank }
}

fn field(name: &str) -> Option<Field> {
    Field::ALL.into_iter().find(|field| field.as_str().eq_ignore_ascii_case(name))
}

/// `bron:nos` does; a time (`14:30`), an address (`https://nos.nl`) and a colon at the end of a
/// word (`let op: regen`) do not.
fn looks_like_a_field(name: &str, value: &str) -> bool {
    let has_value = value.chars().next().is_some_and(|c| !c.is_whitespace() && c != ')');
    !name.is_empty()
        && name.chars().all(char::is_alphabetic)
        && has_value
        && !value.starts_with("//")
}

fn unknown_field(text: &str, start: usize, name: &str) -> Error {
    let distance = |field: &Field| strsim::damerau_levenshtein(field.as_str(), name);
    let near = Field::ALL.into_iter().min_by_key(distance).filter(|f| distance(f) <= TYPOS_MAX);
    let hint = match near {
        Some(field) => format!("did you mean `{}:`?", field.as_str()),
        None => "put it in quotes to search for it as text".to_owned(),
    };
    let short: String = name.chars().take(40).collect();
    Error { hint: Some(hint), ..error(text, start, format!("unknown field `{short}`")) }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[Kind]) {
        let kinds: Vec<_> = lex(text).unwrap().into_iter().map(|lexeme| lexeme.kind).collect();
        assert_eq!(kinds, expected, "{text}");
    }

    #[track_caller]
    fn check_unknown(text: &str, at: usize, hint: &str) {
        let error = lex(text).unwrap_err();
        assert_eq!((error.at, error.hint.as_deref()), (at, Some(hint)), "{text}");
    }

    fn word(text: &str) -> Kind {
        Kind::Word(text.to_owned())
    }

    fn phrase(text: &str) -> Kind {
        Kind::Phrase(text.to_owned())
    }

    #[test]
    fn words_signs_and_phrases() {
        check("", &[]);
        check(" \t\n", &[]);
        check("a b", &[word("a"), word("b")]);
        check("(a)", &[Kind::Open, word("a"), Kind::Close]);
        check(
            "a AND b OR NOT c",
            &[word("a"), Kind::And, word("b"), Kind::Or, Kind::Not, word("c")],
        );
        check("and or not", &[word("and"), word("or"), word("not")]);
        check("\"a  b\"", &[phrase("a b")]);
        check("„a b” “c d”", &[phrase("a b"), phrase("c d")]);
        check("\"a b", &[phrase("a b")]);
        check("a\"b\"c", &[word("a"), phrase("b"), word("c")]);
    }

    #[test]
    fn a_dash_is_a_minus_only_right_before_something() {
        check("-a", &[Kind::Minus, word("a")]);
        check("--a", &[Kind::Minus, word("a")]);
        check("-(", &[Kind::Minus, Kind::Open]);
        check("Feyenoord - Ajax", &[word("Feyenoord"), word("Ajax")]);
        check("D66-leider", &[word("D66-leider")]);
        check("-", &[]);
        check("-!", &[Kind::Minus, Kind::Blank]);
    }

    #[test]
    fn a_colon_makes_a_field_only_after_its_name() {
        check("title:a", &[Kind::Field(Field::Title), word("a")]);
        check("Outlet:\"NU.nl\"", &[Kind::Field(Field::Outlet), phrase("NU.nl")]);
        check("om 14:30", &[word("om"), word("14:30")]);
        check("https://nos.nl/a", &[word("https://nos.nl/a")]);
        check("let op: regen", &[word("let"), word("op:"), word("regen")]);
        check(":a", &[word(":a")]);
    }

    #[test]
    fn an_unknown_field_is_named_with_its_place() {
        check_unknown("titel:a", 1, "did you mean `title:`?");
        check_unknown("é auteur:a", 3, "did you mean `author:`?");
        check_unknown("a (foo:bar)", 4, "put it in quotes to search for it as text");
        check_unknown("foo:\"a b\"", 1, "put it in quotes to search for it as text");
    }
}
