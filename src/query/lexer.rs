//! A search text cut into words, phrases and signs. Does not know how they belong together.

use crate::query::{Error, Field, Nearness, Relation, Time, Trait};

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
    /// `=word` or `="phrase"`.
    Exact(String),
    /// `word*`.
    Prefix(String),
    /// `NEAR/5` and its like.
    Near(Nearness),
    /// `atleast3` right before `(`.
    AtLeast(u32),
    /// `date:2022`.
    Time(Time),
    /// `is:revised`.
    Is(Trait),
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

/// Shorter beginnings are too many words'.
const PREFIX_CHARS_MIN: usize = 2;

/// Words between, where `NEAR` names no number.
const NEAR_WORDS: u32 = 10;

/// More is no nearness.
const WORDS_BETWEEN_MAX: u32 = 1_000;

/// Cuts `text` up; its faults are fields, numbers and stars that mean nothing.
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
            '=' => exact(&text[at..]),
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

fn exact(rest: &str) -> (Option<Kind>, usize) {
    let inside = &rest[1..];
    let (text, length) = match inside.chars().next().filter(|c| is_quote(*c)) {
        Some(quote) => match phrase(inside, quote) {
            (Some(Kind::Phrase(text)), length) => (text, length),
            (_, length) => (String::new(), length),
        },
        None => (first_word(inside).to_owned(), first_word(inside).len()),
    };
    (Some(text_or_blank(text, Kind::Exact)), 1 + length)
}

/// Up to the next space, parenthesis or quote.
fn first_word(rest: &str) -> &str {
    let length = rest.find(|c: char| c.is_whitespace() || "()".contains(c) || is_quote(c));
    &rest[..length.unwrap_or(rest.len())]
}

fn word(text: &str, start: usize) -> Result<(Option<Kind>, usize), Error> {
    let rest = &text[start..];
    let word = first_word(rest);
    if let Some((name, _)) = word.split_once(':') {
        let value = &rest[name.len() + 1..];
        if let Some(field) = field(name) {
            return Ok((Some(Kind::Field(field)), name.len() + 1));
        }
        // `date: 2022` is `date:2022`, as with the names of fields.
        let apart = value.trim_start();
        let before = name.len() + 1 + value.len() - apart.len();
        if let Some((time, length)) = quoted_time(name, apart) {
            return Ok((Some(Kind::Time(time)), before + length));
        }
        let first = first_word(apart);
        let is_condition = looks_like_a_field(name, value)
            || relation(name).is_some()
            // In a text `is:` is a word.
            || trait_of(name, first).is_some();
        if is_condition {
            let failed = |fault: Fault| failed(text, start, name, &fault);
            let condition = condition(name, first).map_err(failed)?;
            return Ok((Some(condition), before + first.len()));
        }
    }
    let operator = operator(word, &rest[word.len()..]);
    if let Some(kind) = operator.map_err(|message| error(text, start, message.to_owned()))? {
        return Ok((Some(kind), word.len()));
    }
    if word.split('*').skip(1).any(|after| after.starts_with(char::is_alphanumeric)) {
        let message = "`*` stands for the end of a word only, as in `stikst*`".to_owned();
        let hint = Some("put it in quotes to search for it as text".to_owned());
        return Err(Error { hint, ..error(text, start, message) });
    }
    if let Some(beginning) =
        word.strip_suffix('*').filter(|word| word.contains(char::is_alphanumeric))
    {
        let is_one = beginning.chars().all(char::is_alphanumeric);
        if !is_one || beginning.chars().count() < PREFIX_CHARS_MIN {
            let message =
                format!("`*` needs at least {PREFIX_CHARS_MIN} letters of one word before it");
            return Err(error(text, start, message));
        }
        return Ok((Some(Kind::Prefix(beginning.to_owned())), word.len()));
    }
    let kind = match word {
        "AND" => Kind::And,
        "OR" => Kind::Or,
        "NOT" => Kind::Not,
        _ => text_or_blank(word.to_owned(), Kind::Word),
    };
    Ok((Some(kind), word.len()))
}

/// What stands between two things, or before one in parentheses; the error is what it lacks.
fn operator(word: &str, after: &str) -> Result<Option<Kind>, &'static str> {
    let number = |name: &str| word.strip_prefix(name).map(str::parse::<u32>);
    let nearness = match (word, number("NEAR/"), number("PRE/")) {
        ("/s", ..) => Nearness::Sentence,
        ("/p", ..) => Nearness::Paragraph,
        ("NEAR", ..) => Nearness::Near(NEAR_WORDS),
        ("PRE", ..) => Nearness::Pre(NEAR_WORDS),
        (_, Some(Ok(n)), _) => Nearness::Near(n.min(WORDS_BETWEEN_MAX)),
        (.., Some(Ok(n))) => Nearness::Pre(n.min(WORDS_BETWEEN_MAX)),
        (_, Some(Err(_)), _) => return Err("`NEAR/` takes a number of words, as in `NEAR/5`"),
        (.., Some(Err(_))) => return Err("`PRE/` takes a number of words, as in `PRE/5`"),
        _ => {
            return match number("atleast").filter(|_| after.starts_with('(')) {
                Some(Ok(n)) if n > 0 => Ok(Some(Kind::AtLeast(n))),
                Some(_) => Err("`atleast` takes a number from 1, as in `atleast3(stikstof)`"),
                None => Ok(None),
            };
        }
    };
    Ok(Some(Kind::Near(nearness)))
}

/// Why a word with a colon is no condition.
enum Fault {
    Unknown,
    Value(&'static str),
}

/// `since:"2022-02-14 10:00"`, and how long its value is.
fn quoted_time(name: &str, value: &str) -> Option<(Time, usize)> {
    let quote = value.chars().next().filter(|c| is_quote(*c))?;
    let relation = relation(name)?;
    match phrase(value, quote) {
        (Some(Kind::Phrase(text)), length) => {
            Some((Time { relation, text, range: (None, None) }, length))
        }
        _ => None,
    }
}

fn relation(name: &str) -> Option<Relation> {
    Relation::ALL.into_iter().find(|one| one.as_str().eq_ignore_ascii_case(name))
}

/// `date:2022`, `is:revised` and their like.
fn condition(name: &str, value: &str) -> Result<Kind, Fault> {
    if let Some(relation) = relation(name) {
        if value.is_empty() {
            return Err(Fault::Value("a date, as 2022-02-14, 2022-02, yesterday or 7d"));
        }
        let time = Time { relation, text: value.to_owned(), range: (None, None) };
        return Ok(Kind::Time(time));
    }
    let name = name.to_ascii_lowercase();
    match trait_of(&name, value) {
        Some(of) => Ok(Kind::Is(of)),
        None if name == "is" => Err(Fault::Value("`revised` or `paywalled`")),
        None if name == "has" => Err(Fault::Value("`image`")),
        None => Err(Fault::Unknown),
    }
}

fn trait_of(name: &str, value: &str) -> Option<Trait> {
    let whole = format!("{name}:{value}").to_ascii_lowercase();
    Trait::ALL.into_iter().find(|one| one.as_str() == whole)
}

fn failed(text: &str, start: usize, name: &str, fault: &Fault) -> Error {
    let at_name = |message| error(text, start, message);
    match fault {
        Fault::Unknown => unknown_field(text, start, name),
        Fault::Value(wanted) => at_name(format!("`{name}:` takes {wanted}")),
    }
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
    let names = Field::ALL.map(Field::as_str).into_iter();
    let names = names.chain(Relation::ALL.map(Relation::as_str));
    let near = names.min_by_key(|known| strsim::damerau_levenshtein(known, name));
    let near = near.filter(|known| strsim::damerau_levenshtein(known, name) <= TYPOS_MAX);
    let hint = match near {
        Some(known) => format!("did you mean `{known}:`?"),
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
    fn a_condition_may_have_a_space_before_its_value() {
        let time = |relation, text: &str| {
            Kind::Time(Time { relation, text: text.to_owned(), range: (None, None) })
        };
        check("date: 2024-03 a", &[time(Relation::On, "2024-03"), word("a")]);
        check("(Since:  7d)", &[Kind::Open, time(Relation::Since, "7d"), Kind::Close]);
        check("until: \"14 februari 2024\"", &[time(Relation::Until, "14 februari 2024")]);
        check("is: revised", &[Kind::Is(Trait::Revised)]);
        check("has:\nimage", &[Kind::Is(Trait::Image)]);
        check("de vraag is: wie", &[word("de"), word("vraag"), word("is:"), word("wie")]);
        check("zo is: (a)", &[word("zo"), word("is:"), Kind::Open, word("a"), Kind::Close]);
        for (text, at) in [("since:", 1), ("a date: ", 3), ("(until:)", 2)] {
            let error = lex(text).unwrap_err();
            assert!(error.message.contains(" takes a date, as "), "{text}: {error}");
            assert_eq!(error.at, at, "{text}");
        }
    }

    #[test]
    fn a_sign_that_would_find_nothing_is_a_mistake() {
        #[track_caller]
        fn check_fault(text: &str, at: usize, message: &str) {
            let error = lex(text).unwrap_err();
            assert_eq!((error.at, error.message.as_str()), (at, message), "{text}");
        }
        let star = "`*` stands for the end of a word only, as in `stikst*`";
        for text in ["br*g", "*brug", "stik*stof*", "(s**f)"] {
            check_fault(text, 1 + usize::from(text.starts_with('(')), star);
        }
        let near = "`NEAR/` takes a number of words, as in `NEAR/5`";
        check_fault("a NEAR/x b", 3, near);
        check_fault("a NEAR/99999999999 b", 3, near);
        check_fault("a PRE/-1 b", 3, "`PRE/` takes a number of words, as in `PRE/5`");
        let times = "`atleast` takes a number from 1, as in `atleast3(stikstof)`";
        check_fault("atleast0(a)", 1, times);
        check_fault("atleast(a)", 1, times);
        check(
            "\"br*g\" * ** atleast3",
            &[phrase("br*g"), Kind::Blank, Kind::Blank, word("atleast3")],
        );
        check("a NEAR/5000", &[word("a"), Kind::Near(Nearness::Near(WORDS_BETWEEN_MAX))]);
    }

    #[test]
    fn an_unknown_field_is_named_with_its_place() {
        check_unknown("titel:a", 1, "did you mean `title:`?");
        check_unknown("é auteur:a", 3, "did you mean `author:`?");
        check_unknown("a (foo:bar)", 4, "put it in quotes to search for it as text");
        check_unknown("foo:\"a b\"", 1, "put it in quotes to search for it as text");
    }
}
