//! How the pieces of a search text belong together.

use crate::query::lexer::{self, Kind, Lexeme};
use crate::query::{CHARS_MAX, DEPTH_MAX, Error, Field, Query};

/// Reads a search text.
pub(super) fn parse(text: &str) -> Result<Query, Error> {
    if let Some((start, _)) = text.char_indices().nth(CHARS_MAX) {
        let message = format!("the limit of {CHARS_MAX} characters is passed");
        return Err(lexer::error(text, start, message));
    }
    let mut parser = Parser { text, lexemes: lexer::lex(text)?, at: 0, depth: 0 };
    let query = parser.any()?;
    match (parser.peek(), query) {
        (Some(_), _) => Err(parser.error("`)` closes nothing")),
        // Signs alone would find the whole archive.
        (None, None) if !text.trim().is_empty() => {
            Err(parser.error_at(0, "there is no word in it"))
        }
        (None, query) => Ok(query.unwrap_or_default()),
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
            match self.near()? {
                Some(Query::All(inner)) => parts.extend(inner),
                part => parts.extend(part),
            }
        }
    }

    /// Parts with `NEAR/n` or its like between them.
    fn near(&mut self) -> Result<Option<Query>, Error> {
        if let Some(Kind::Near(nearness)) = self.peek() {
            let name = nearness.to_string();
            self.operator(&name)?;
        }
        let first_at = self.at;
        let mut whole = self.unary()?;
        while let Some(Kind::Near(nearness)) = self.peek().cloned() {
            let name = nearness.to_string();
            let first = self.placed(whole, first_at, &name)?;
            let mut parts = vec![first];
            while self.peek() == Some(&Kind::Near(nearness)) {
                self.operator(&name)?;
                let at = self.at;
                let part = self.unary()?;
                parts.push(self.placed(part, at, &name)?);
            }
            whole = Some(Query::Near(parts, nearness));
        }
        Ok(whole)
    }

    /// `part`, when it is something that has a place in a text.
    fn placed(&self, part: Option<Query>, at: usize, name: &str) -> Result<Query, Error> {
        match part {
            Some(part) if has_place(&part) => Ok(part),
            Some(_) => {
                let message = format!("`{name}` takes words, phrases and `OR` between them only");
                Err(self.error_at(at, &message))
            }
            None => Err(self.error_at(at, &format!("`{name}` needs something on both sides"))),
        }
    }

    /// Steps over `AND` or `OR`, which must stand between two things.
    fn operator(&mut self, name: &str) -> Result<(), Error> {
        let begins =
            |kind: &Kind| !matches!(kind, Kind::Close | Kind::And | Kind::Or | Kind::Near(_));
        let before = self.at.checked_sub(1).and_then(|at| self.lexemes.get(at));
        let has_left = before.is_some_and(|lexeme| {
            !matches!(lexeme.kind, Kind::Open | Kind::And | Kind::Or | Kind::Not | Kind::Near(_))
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
            Kind::Exact(text) => Some(Query::Exact(text)),
            Kind::Prefix(text) => Some(Query::Prefix(text)),
            Kind::Time(time) => Some(Query::Time(time)),
            Kind::Is(of) => Some(Query::Is(of)),
            Kind::AtLeast(n) => {
                let name = format!("atleast{n}");
                let part = self.operand(sign, &name)?;
                Some(Query::AtLeast(n, Box::new(self.placed(part, sign, &name)?)))
            }
            Kind::Open => self.group()?,
            Kind::Minus | Kind::Not => self.operand(sign, "NOT")?.map(negate),
            Kind::Field(field) => {
                let name = format!("{}:", field.as_str());
                match self.operand(sign, &name)? {
                    None => return Err(self.error_at(sign, &nothing_after(&name))),
                    Some(inner @ (Query::In(..) | Query::Time(_) | Query::Is(_))) => Some(inner),
                    Some(query) if !field.is_text() && !is_plain(&query) => {
                        let message = format!("`{name}` takes words and phrases only");
                        return Err(self.error_at(sign, &message));
                    }
                    Some(query) => {
                        self.check_words(sign, field, &query)?;
                        Some(Query::In(field, Box::new(query)))
                    }
                }
            }
            // The callers stop at these, and `operand` refuses them.
            Kind::Blank | Kind::Close | Kind::And | Kind::Or | Kind::Near(_) => None,
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
            None | Some(Kind::Close | Kind::And | Kind::Or | Kind::Near(_)) => {
                Err(self.error_at(sign, &nothing_after(name)))
            }
            Some(_) => self.unary(),
        }
    }

    /// A word that a field does not take would find nothing, and say nothing.
    fn check_words(&self, sign: usize, field: Field, query: &Query) -> Result<(), Error> {
        match query {
            Query::Word(word) | Query::Phrase(word) | Query::Exact(word) => {
                let message = not_taken(field, word);
                message.map_or(Ok(()), |message| Err(self.error_at(sign, &message)))
            }
            Query::All(parts) | Query::Any(parts) => {
                parts.iter().try_for_each(|part| self.check_words(sign, field, part))
            }
            Query::Not(part) => self.check_words(sign, field, part),
            _ => Ok(()),
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

/// Why `field` does not take `word`, if it does not.
fn not_taken(field: Field, word: &str) -> Option<String> {
    let name = field.as_str();
    if field == Field::Lang
        && let Some((language, region)) = word.split_once('-')
    {
        let instead = format!("{name}:{language} country:{}", region.to_ascii_lowercase());
        return Some(format!("`{name}:` takes a language alone: `{instead}`"));
    }
    let words = field.words()?;
    let is_taken = words.iter().any(|known| known.eq_ignore_ascii_case(word));
    (!is_taken).then(|| format!("`{name}:` takes {}", words.join(", ")))
}

/// Whether it stands somewhere in a text.
fn has_place(query: &Query) -> bool {
    match query {
        Query::Word(_) | Query::Phrase(_) | Query::Exact(_) | Query::Prefix(_) => true,
        Query::Any(parts) | Query::Near(parts, _) => parts.iter().all(has_place),
        Query::AtLeast(_, part) => has_place(part),
        _ => false,
    }
}

/// Whether a name can be looked for with it.
fn is_plain(query: &Query) -> bool {
    match query {
        Query::Near(..) | Query::AtLeast(..) | Query::Prefix(_) => false,
        Query::All(parts) | Query::Any(parts) => parts.iter().all(is_plain),
        Query::Not(part) => is_plain(part),
        _ => true,
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
    fn exact_words_beginnings_and_times_have_signs() {
        check("=huis", "=huis");
        check("=\"de raad\"", "=\"de raad\"");
        check("=! a", "a");
        check("stikst* a", "stikst* a");
        check("date:2022-02 a", "date:2022-02 a");
        check("since:7d until:2022-02-14..x", "since:7d until:2022-02-14..x");
        check("SINCE:„2022-02-14 10:00” a", "since:\"2022-02-14 10:00\" a");
        check("date:\"(2022)\" a", "date:\"(2022)\" a");
        check("IS:revised has:image", "is:revised has:image");
        check("atleast3(stikstof)", "atleast3(stikstof)");
        check("atleast3 (a)", "atleast3 a");
        check_error("a s*", 3, "`*` needs at least 2 letters of one word before it");
        check_error("is:new", 1, "`is:` takes `revised` or `paywalled`");
        let taken = "`access:` takes full, teaser, paid, gated, blocked, unknown";
        check_error("a access:gratis", 3, taken);
        check_error("access:(paid OR gratis)", 1, taken);
        check_error(
            "atleast2(a b)",
            1,
            "`atleast2` takes words, phrases and `OR` between them only",
        );
    }

    #[test]
    fn nearness_binds_tighter_than_and() {
        check("a NEAR/5 b c", "a NEAR/5 b c");
        check("a NEAR/5 b NEAR/5 c", "a NEAR/5 b NEAR/5 c");
        check("(a NEAR/5 b) NEAR/5 c", "(a NEAR/5 b) NEAR/5 c");
        check("a NEAR/5 b PRE/2 c", "(a NEAR/5 b) PRE/2 c");
        check("a NEAR b", "a NEAR/10 b");
        check("\"a b\" /s (c OR dd*) /s =e", "\"a b\" /s (c OR dd*) /s =e");
        check("-(a /p b)", "-(a /p b)");
        check("body:(a /p b)", "body:(a /p b)");
        check_error("a NEAR/5", 3, "`NEAR/5` needs something on both sides");
        check_error("/s a", 1, "`/s` needs something on both sides");
        check_error("a /s -b", 6, "`/s` takes words, phrases and `OR` between them only");
        check_error("outlet:(a /s b)", 1, "`outlet:` takes words and phrases only");
    }

    #[test]
    fn what_is_left_open_ends_with_the_text() {
        check("\"nieuw kabinet", "\"nieuw kabinet\"");
        check("a \"", "a");
        check("(a OR b", "a OR b");
        check("title:(a b", "title:(a b)");
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
        for signs in ["()", "…", "👑", "€ &", "\"...\"", "-!", "=?"] {
            check_error(signs, 1, "there is no word in it");
        }
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
                inner.clone().prop_map(|a| format!("={a}")),
                inner.clone().prop_map(|a| format!("atleast2({a})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} NEAR/3 {b}")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} /s {b}")),
                inner.clone().prop_map(|a| format!("{a}* since:7d")),
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
            text in "(\"|\\(|\\)|-|:|a|1|=|\\*|title:|tag:|date:|atleast2|NEAR/2|/s|OR|AND|NOT| ){0,20}",
        ) {
            if let Ok(query) = parse(&text) {
                prop_assert_eq!(parse(&query.to_string()), Ok(query));
            }
        }
    }
}
