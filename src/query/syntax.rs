//! How the pieces of a search text belong together.

use crate::query::lexer::{self, Kind, Lexeme};
use crate::query::{CHARS_MAX, DEPTH_MAX, Error, Query};

/// Reads a search text.
pub(super) fn parse(text: &str) -> Result<Query, Error> {
    if let Some((start, _)) = text.char_indices().nth(CHARS_MAX) {
        let message = format!("the limit of {CHARS_MAX} characters is passed");
        return Err(lexer::error(text, start, message));
    }
    let mut parser = Parser { text, lexemes: lexer::lex(text)?, at: 0, depth: 0 };
    let query = parser.any()?;
    match parser.peek() {
        None => Ok(query.unwrap_or_default()),
        Some(_) => Err(parser.error("`)` closes nothing")),
    }
}

/// Where reading is. Each method reads as much as it can; `None` asks for nothing.
struct Parser<'a> {
    text: &'a str,
    lexemes: Vec<Lexeme>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    /// Parts with `OR` between them.
    fn any(&mut self) -> Result<Option<Query>, Error> {
        let mut parts = Vec::new();
        loop {
            match self.all()? {
                Some(Query::Any(inner)) => parts.extend(inner),
                part => parts.extend(part),
            }
            if !matches!(self.peek(), Some(Kind::Or)) {
                return Ok(one_or(parts, Query::Any));
            }
            self.operator("OR")?;
        }
    }

    /// Parts with `AND` or nothing between them.
    fn all(&mut self) -> Result<Option<Query>, Error> {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                None | Some(Kind::Close | Kind::Or) => return Ok(one_or(parts, Query::All)),
                Some(Kind::And) => self.operator("AND")?,
                Some(_) => {}
            }
            match self.unary()? {
                Some(Query::All(inner)) => parts.extend(inner),
                part => parts.extend(part),
            }
        }
    }

    /// Steps over `AND` or `OR`, which must stand between two things.
    fn operator(&mut self, name: &str) -> Result<(), Error> {
        let begins = |kind: &Kind| !matches!(kind, Kind::Close | Kind::And | Kind::Or);
        let before = self.at.checked_sub(1).and_then(|at| self.lexemes.get(at));
        let has_left = before.is_some_and(|lexeme| {
            !matches!(lexeme.kind, Kind::Open | Kind::And | Kind::Or | Kind::Not)
        });
        let after = self.lexemes.get(self.at + 1);
        if has_left && after.is_some_and(|lexeme| begins(&lexeme.kind)) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(&format!("`{name}` needs something on both sides")))
    }

    /// One part, with its field and negation.
    fn unary(&mut self) -> Result<Option<Query>, Error> {
        let sign = self.at;
        let Some(kind) = self.peek().cloned() else {
            return Ok(None);
        };
        if self.depth == DEPTH_MAX {
            return Err(self.error(&format!("more than {DEPTH_MAX} levels deep")));
        }
        self.at += 1;
        self.depth += 1;
        let query = match kind {
            Kind::Word(word) => Some(Query::Word(word)),
            Kind::Phrase(phrase) => Some(Query::Phrase(phrase)),
            Kind::Open => self.group()?,
            Kind::Minus | Kind::Not => self.operand(sign, "NOT")?.map(negate),
            Kind::Field(field) => {
                let name = format!("{}:", field.as_str());
                match self.operand(sign, &name)? {
                    None => return Err(self.error_at(sign, &nothing_after(&name))),
                    Some(inner @ Query::In(..)) => Some(inner),
                    Some(query) => Some(Query::In(field, Box::new(query))),
                }
            }
            // The callers stop at these, and `operand` refuses them.
            Kind::Blank | Kind::Close | Kind::And | Kind::Or => None,
        };
        self.depth -= 1;
        Ok(query)
    }

    fn group(&mut self) -> Result<Option<Query>, Error> {
        let query = self.any()?;
        if matches!(self.peek(), Some(Kind::Close)) {
            self.at += 1;
        }
        Ok(query)
    }

    /// What the sign at `sign` applies to.
    fn operand(&mut self, sign: usize, name: &str) -> Result<Option<Query>, Error> {
        match self.peek() {
            None | Some(Kind::Close | Kind::And | Kind::Or) => {
                Err(self.error_at(sign, &nothing_after(name)))
            }
            Some(_) => self.unary(),
        }
    }

    fn peek(&self) -> Option<&Kind> {
        self.lexemes.get(self.at).map(|lexeme| &lexeme.kind)
    }

    fn error(&self, message: &str) -> Error {
        self.error_at(self.at, message)
    }

    fn error_at(&self, lexeme: usize, message: &str) -> Error {
        let start = self.lexemes.get(lexeme).map_or(self.text.len(), |lexeme| lexeme.start);
        lexer::error(self.text, start, message.to_owned())
    }
}

fn nothing_after(name: &str) -> String {
    format!("`{name}` has nothing after it")
}

fn negate(query: Query) -> Query {
    match query {
        Query::Not(inner) => *inner,
        query => Query::Not(Box::new(query)),
    }
}

fn one_or(mut parts: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Option<Query> {
    if parts.len() > 1 { Some(join(parts)) } else { parts.pop() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `text` has this normal form.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let query = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(query.to_string(), expected, "{text}");
        assert_eq!(parse(expected).as_ref(), Ok(&query), "{text}");
    }

    #[track_caller]
    fn check_error(text: &str, at: usize, message: &str) {
        let error = parse(text).unwrap_err();
        assert_eq!((error.at, error.message.as_str()), (at, message), "{text}");
    }

    #[test]
    fn words_are_joined_by_and() {
        check("", "");
        check("  ", "");
        check("kabinet", "kabinet");
        check("kabinet  asiel", "kabinet asiel");
        check("kabinet AND asiel", "kabinet asiel");
        check("(kabinet asiel) wet", "kabinet asiel wet");
        check("\"nieuw kabinet\" wet", "\"nieuw kabinet\" wet");
        check("\"OR\"", "\"OR\"");
        check("Feyenoord - Ajax", "Feyenoord Ajax");
        check("wat?! ... nou", "wat?! nou");
    }

    #[test]
    fn or_binds_less_than_and() {
        check("a OR b", "a OR b");
        check("a b OR c d", "a b OR c d");
        check("a (b OR c)", "a (b OR c)");
        check("a OR (b OR c)", "a OR b OR c");
        check("(a)", "a");
        check("((a OR b))", "a OR b");
    }

    #[test]
    fn minus_and_not_are_the_same() {
        check("-a", "-a");
        check("NOT a", "-a");
        check("a -b", "a -b");
        check("a AND NOT b", "a -b");
        check("-(a b)", "-(a b)");
        check("-(a OR b)", "-(a OR b)");
        check("--a", "-a");
        check("NOT NOT a", "a");
        check("-\"a b\"", "-\"a b\"");
        check("a OR -b", "a OR -b");
    }

    #[test]
    fn a_field_takes_a_word_a_phrase_or_a_group() {
        check("title:kabinet wet", "title:kabinet wet");
        check("TITLE: kabinet", "title:kabinet");
        check("outlet:\"NU.nl\"", "outlet:\"NU.nl\"");
        check("author:(jan OR piet)", "author:(jan OR piet)");
        check("author:(jan)", "author:jan");
        check("-title:a", "-title:a");
        check("title:-a", "title:-a");
        check("title:outlet:a", "outlet:a");
        check("title:(a outlet:b)", "title:(a outlet:b)");
    }

    #[test]
    fn what_is_left_open_ends_with_the_text() {
        check("\"nieuw kabinet", "\"nieuw kabinet\"");
        check("a \"", "a");
        check("(a OR b", "a OR b");
        check("title:(a b", "title:(a b)");
        check("()", "");
        check("-() a", "a");
        check("-\"\" a", "a");
        check("-! a", "a");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_place() {
        check_error("a)", 2, "`)` closes nothing");
        check_error("a OR", 3, "`OR` needs something on both sides");
        check_error("OR a", 1, "`OR` needs something on both sides");
        check_error("(a) (OR b)", 6, "`OR` needs something on both sides");
        check_error("é AND AND b", 3, "`AND` needs something on both sides");
        check_error("a NOT", 3, "`NOT` has nothing after it");
        check_error("(a title:)", 4, "`title:` has nothing after it");
        check_error("title:\"\" a", 1, "`title:` has nothing after it");
        check_error("title:", 1, "`title:` has nothing after it");
        check_error("titel:a", 1, "unknown field `titel`");
    }

    #[test]
    fn depth_and_length_have_limits() {
        let nested = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
        check(&nested(DEPTH_MAX - 1), "a");
        check_error(&nested(DEPTH_MAX), DEPTH_MAX + 1, "more than 64 levels deep");
        check_error(&nested(4_000), DEPTH_MAX + 1, "more than 64 levels deep");
        assert!(parse(&"é".repeat(CHARS_MAX)).is_ok());
        assert_eq!(parse(&"é".repeat(CHARS_MAX + 1)).unwrap_err().at, CHARS_MAX + 1);
    }

    fn plausible() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            "[a-zé]{1,4}",
            "[a-z:.'!?-]{1,4}",
            "\"[a-z -]{0,6}\"",
            Just("14:30".to_owned()),
            Just("https://x.nl".to_owned()),
        ];
        leaf.prop_recursive(5, 30, 3, |inner| {
            let pair = (inner.clone(), inner.clone());
            prop_oneof![
                pair.clone().prop_map(|(a, b)| format!("{a} {b}")),
                pair.clone().prop_map(|(a, b)| format!("{a} OR {b}")),
                pair.prop_map(|(a, b)| format!("{a} AND {b}")),
                inner.clone().prop_map(|a| format!("({a})")),
                inner.clone().prop_map(|a| format!("-{a}")),
                inner.clone().prop_map(|a| format!("NOT {a}")),
                inner.clone().prop_map(|a| format!("title:{a}")),
                inner.prop_map(|a| format!("outlet:({a}) ")),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_query_survives_being_written_and_read(text in plausible()) {
            if let Ok(query) = parse(&text) {
                prop_assert_eq!(parse(&query.to_string()), Ok(query));
            }
        }

        #[test]
        fn any_text_is_read_or_refused_within_it(text in any::<String>()) {
            match parse(&text) {
                Ok(query) => prop_assert_eq!(parse(&query.to_string()), Ok(query)),
                Err(error) => prop_assert!(error.at <= text.chars().count() + 1),
            }
        }

        #[test]
        fn any_row_of_signs_is_read_or_refused(
            text in "(\"|\\(|\\)|-|:|a|1|title:|OR|AND|NOT| ){0,20}",
        ) {
            if let Ok(query) = parse(&text) {
                prop_assert_eq!(parse(&query.to_string()), Ok(query));
            }
        }
    }
}
