//! [`language`](crate::language) as Tantivy wants it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::language::{Analyzer, wanted};

/// What begins a sentence stands at the place of its first word.
pub(super) const SENTENCE: &str = ".";
/// What begins a paragraph, likewise.
pub(super) const PARAGRAPH: &str = "\n";

/// What is indexed of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Words with the parts of compounds, and where sentences and paragraphs begin.
    Text,
    /// Words alone, as names have them.
    Name,
}

/// Cuts text into words. Tantivy clones it for every field of every segment; the clones hand one
/// analyzer on to each other, so that the parts it remembers are found once.
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
    /// What else stands at the place of the word, each after a length, to be handed out first.
    beside: Beside,
    /// The word before, for what a hyphen joins.
    last: String,
}

/// Short texts in a row, without an allocation for each.
#[derive(Debug, Default)]
struct Beside {
    text: String,
    ends: Vec<usize>,
    next: usize,
}

impl Beside {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.next = 0;
    }

    fn push(&mut self, text: &[&str]) {
        self.text.extend(text.iter().copied());
        self.ends.push(self.text.len());
    }

    fn pop(&mut self) -> Option<&str> {
        let end = *self.ends.get(self.next)?;
        let start = self.next.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.next += 1;
        self.text.get(start..end)
    }
}

impl Words {
    pub(super) fn new(form: Form) -> Self {
        Self { form, spare: Arc::default() }
    }

    fn analyzer(&self) -> Analyzer {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        spare.unwrap_or_else(|| match self.form {
            Form::Text => Analyzer::remembering(),
            Form::Name => Analyzer::default(),
        })
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        let (form, analyzer) = (self.form, self.analyzer());
        let (token, beside, last) = (Token::default(), Beside::default(), String::new());
        WordStream { text, at: 0, form, analyzer, spare: &self.spare, token, beside, last }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if let Some(text) = self.beside.pop() {
            self.token.text.clear();
            self.token.text.push_str(text);
            return true;
        }
        let Some(word) = self.analyzer.next(self.text, self.at) else {
            return false;
        };
        // It starts one before the first.
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(word.folded);
        if self.form == Form::Text {
            self.beside.clear();
            for part in word.parts {
                self.beside.push(&[part]);
            }
            let between = self.at..word.start;
            if self.token.position > 0 {
                let gap = &self.text[between.clone()];
                if wanted::is_hyphen(self.text, between) {
                    if wanted::are_one(&self.last, word.folded) {
                        self.beside.push(&[&self.last, word.folded]);
                    }
                } else if gap.contains("\n\n") {
                    self.beside.push(&[PARAGRAPH]);
                    self.beside.push(&[SENTENCE]);
                } else if gap.contains('\n') || ends_sentence(gap, &self.text[word.start..]) {
                    self.beside.push(&[SENTENCE]);
                }
            }
            self.last.clear();
            self.last.push_str(word.folded);
        }
        self.token.offset_from = word.start;
        self.token.offset_to = word.end;
        self.at = word.end;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Whether a sentence ends in the signs between two words: a stop and a space, and no small letter
/// after it (`o.a. de minister`).
fn ends_sentence(gap: &str, after: &str) -> bool {
    let Some(stop) = gap.find(['.', '!', '?', '…']) else { return false };
    gap[stop..].contains(char::is_whitespace) && !after.starts_with(char::is_lowercase)
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
    fn words_have_places_in_a_row_and_parts_beside_them() {
        check(Form::Text, "De huizen", &[(0, "de"), (1, "huizen")]);
        let parts = [(0, "woningnood"), (0, "~woning"), (0, "~nood"), (1, "nu")];
        check(Form::Text, "Woningnood nu", &parts);
        check(Form::Name, "Woningnood", &[(0, "woningnood")]);
        check(Form::Text, "", &[]);
    }

    #[test]
    fn what_a_hyphen_joins_is_one_word_at_its_second() {
        check(Form::Text, "zee-egel", &[(0, "zee"), (1, "egel"), (1, "zeeegel")]);
        check(Form::Text, "2-0", &[(0, "2"), (1, "0")]);
        check(Form::Text, "zee - egel", &[(0, "zee"), (1, "egel")]);
        check(Form::Name, "zee-egel", &[(0, "zee"), (1, "egel")]);
    }

    #[test]
    fn sentences_and_paragraphs_begin_at_their_first_word() {
        check(Form::Text, "Ja. Nee", &[(0, "ja"), (1, "nee"), (1, SENTENCE)]);
        check(Form::Text, "Ja\n\nNee", &[(0, "ja"), (1, "nee"), (1, PARAGRAPH), (1, SENTENCE)]);
        check(Form::Text, "Ja\nNee", &[(0, "ja"), (1, "nee"), (1, SENTENCE)]);
        check(Form::Text, "o.a. hij", &[(0, "o"), (1, "a"), (2, "hij")]);
        check(Form::Text, "14.30", &[(0, "14"), (1, "30")]);
        check(Form::Text, "«Ja!» ‘Nee’", &[(0, "ja"), (1, "nee"), (1, SENTENCE)]);
    }

    #[test]
    fn two_streams_may_be_open_at_once() {
        let mut first = Words::new(Form::Text);
        let mut second = first.clone();
        let mut one = first.token_stream("huizen");
        let mut two = second.token_stream("bomen");
        assert!(one.advance() && two.advance());
        assert_eq!((one.token().text.as_str(), two.token().text.as_str()), ("huizen", "bomen"));
    }
}
