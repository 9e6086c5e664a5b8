//! [`language`](crate::language) as Tantivy wants it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::language::Analyzer;

/// Which form of a word is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In the text: what inflected forms share.
    Stem,
    /// In names: the word itself.
    Folded,
}

/// Cuts text into words. Tantivy clones it for every field of every segment; the clones hand one
/// analyzer on to each other, so that the stems it remembers are found once.
#[derive(Clone)]
pub(super) struct Words {
    form: Form,
    spare: Arc<Mutex<Option<Analyzer>>>,
}

/// The words of one text.
pub(super) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    form: Form,
    analyzer: Analyzer,
    spare: &'a Mutex<Option<Analyzer>>,
    token: Token,
}

impl Words {
    pub(super) fn new(form: Form) -> Self {
        Self { form, spare: Arc::default() }
    }

    fn analyzer(&self) -> Analyzer {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        spare.unwrap_or_else(|| match self.form {
            Form::Stem => Analyzer::remembering(),
            Form::Folded => Analyzer::default(),
        })
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        let (form, analyzer) = (self.form, self.analyzer());
        WordStream { text, at: 0, form, analyzer, spare: &self.spare, token: Token::default() }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.analyzer.next(self.text, self.at) else {
            return false;
        };
        self.at = word.end;
        self.token.offset_from = word.start;
        self.token.offset_to = word.end;
        // It starts one before the first.
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(match self.form {
            Form::Stem => word.stem,
            Form::Folded => word.folded,
        });
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

impl Drop for WordStream<'_> {
    fn drop(&mut self) {
        let analyzer = std::mem::take(&mut self.analyzer);
        *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = Some(analyzer);
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("form", &self.form).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: Form, text: &str, expected: &[(usize, &str)]) {
        let mut words = Words::new(form);
        let mut stream = words.token_stream(text);
        let mut found = Vec::new();
        stream.process(&mut |token| found.push((token.position, token.text.clone())));
        let found: Vec<_> = found.iter().map(|(at, text)| (*at, text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_have_places_in_a_row() {
        check(Form::Stem, "De huizen", &[(0, "de"), (1, "huis")]);
        check(Form::Folded, "De huizen", &[(0, "de"), (1, "huizen")]);
        check(Form::Stem, "", &[]);
    }

    #[test]
    fn two_streams_may_be_open_at_once() {
        let mut first = Words::new(Form::Stem);
        let mut second = first.clone();
        let mut one = first.token_stream("huizen");
        let mut two = second.token_stream("bomen");
        assert!(one.advance() && two.advance());
        assert_eq!((one.token().text.as_str(), two.token().text.as_str()), ("huis", "boom"));
    }
}
