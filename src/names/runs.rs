//! The runs of words that may be names, each with what speaks for what it names.

use crate::language::{self, compound, lexicon};
use crate::names::evidence::{self, Scores};
use crate::names::gazetteer::{self, Known};
use crate::names::tokens::{Shape, Token};
use crate::names::words::{bodies, grammar, people};

/// Words in the longest name.
const WORDS_MAX: usize = 8;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The body of the article.
    Text,
    /// Above it.
    Headline,
}

/// A run of words that may be a name, at one place.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// As it is written, with single spaces.
    pub(super) name: String,
    /// Where in `name` the surname of a person would begin; `None` when it is all there is.
    pub(super) surname: Option<usize>,
    pub(super) start: usize,
    pub(super) part: Part,
    /// What its words say of what it names.
    pub(super) own: Scores,
    /// What the words around it say; nothing where it is doubtful.
    pub(super) around: Scores,
    /// Begins a sentence, and may be a word like any other.
    pub(super) is_doubtful: bool,
}

/// All runs of `tokens`.
pub(super) fn runs(tokens: &[Token<'_>], part: Part) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(found) = Found::at(tokens, at) else {
            at += 1;
            continue;
        };
        let next = found.to;
        runs.extend(found.run(tokens, part));
        at = next.max(at + 1);
    }
    runs
}

/// Where a run lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its first word.
    pub(super) from: usize,
    /// After its last.
    pub(super) to: usize,
    /// What is known of it as a whole.
    pub(super) known: Known,
    /// It is a body by its grammar: `ministerie van Financiën`.
    pub(super) is_body: bool,
    pub(super) is_doubtful: bool,
}

impl Found {
    fn at(tokens: &[Token<'_>], at: usize) -> Option<Self> {
        let token = &tokens[at];
        if token.shape == Shape::Lower {
            let is_head = bodies::LOWER_HEADS.contains(&&*token.lower) && token.tail.is_empty();
            return is_head.then(|| body(tokens, at)).flatten();
        }
        if !token.is_name() {
            return None;
        }
        // `Tweede Kamerlid` is what somebody is, not the beginning of a name.
        let is_chamber = ["eerste", "tweede"].contains(&&*token.lower);
        if is_chamber && tokens.get(at + 1).is_some_and(|next| people::is_title(&next.lower)) {
            return None;
        }
        if let Some(found) = listed(tokens, at) {
            return Some(found);
        }
        if !token.known.given && people::is_title(&token.lower) {
            return None;
        }
        if token.opens && !begins_name(tokens, at) {
            return doubtful(token, at);
        }
        if bodies::HEADS.has(&token.lower)
            && let Some(found) = body(tokens, at)
        {
            return Some(found);
        }
        if is_inhabitant(token) || token.known.other && !is_christened(tokens, at) {
            return None;
        }
        let to = extend(tokens, at);
        let is_doubtful = token.opens && to == at + 1 && token.is_word();
        Some(Self { from: at, to, known: whole(tokens, at, to), is_body: false, is_doubtful })
    }

    fn run(self, tokens: &[Token<'_>], part: Part) -> Option<Run> {
        let words = &tokens[self.from..self.to];
        let name = written(words);
        let last = words.last()?;
        // `Kees B.` is how suspects are called.
        let is_suspect = words.len() == 2 && is_given(&words[0]) && words[0].text.len() > 2;
        let is_cut =
            last.shape == Shape::Initials && !is_suspect || words.len() > 1 && is_particle(last);
        if name.chars().count() < 2 || is_cut {
            return None;
        }
        Some(Run {
            name,
            surname: surname(words),
            start: words.first()?.start,
            part,
            own: evidence::own(tokens, &self),
            around: if self.is_doubtful {
                Scores::default()
            } else {
                evidence::around(tokens, &self)
            },
            is_doubtful: self.is_doubtful,
        })
    }
}

/// The words as they stand, on one line.
fn written(words: &[Token<'_>]) -> String {
    let mut name = String::new();
    for (n, word) in words.iter().enumerate() {
        if n > 0 {
            name.push_str(if word.gap.contains(['&', ',']) { word.gap } else { " " });
        }
        name.push_str(word.text);
    }
    name
}

pub(super) fn is_particle(token: &Token<'_>) -> bool {
    grammar::PARTICLES.has(&token.lower)
}

/// An initial, or a given name.
pub(super) fn is_given(token: &Token<'_>) -> bool {
    token.shape == Shape::Initials
        || token.known.given
        || token.text.split_once('-').is_some_and(|(first, _)| gazetteer::get(first).given)
}

/// A word at the beginning of a sentence that counts only where it is known to be a name.
fn doubtful(token: &Token<'_>, at: usize) -> Option<Found> {
    let known = token.known;
    (!grammar::is_grammar(&token.lower)).then_some(Found {
        from: at,
        to: at + 1,
        known,
        is_body: false,
        is_doubtful: true,
    })
}

/// The longest name of several words in the lists that begins here.
fn listed(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    if !tokens[at].known.begins {
        return None;
    }
    let mut name = tokens[at].text.to_owned();
    let mut best = None;
    let rest = tokens[at + 1..].iter().take(gazetteer::WORDS_MAX - 1);
    for (to, token) in (at + 2..).zip(rest) {
        if token.gap != " " && token.gap != " & " || !tokens[to - 2].tail.is_empty() {
            break;
        }
        name.push_str(token.gap);
        name.push_str(token.text);
        let known = gazetteer::get(&name);
        if known.is_anything() {
            best = Some(Found { from: at, to, known, is_body: false, is_doubtful: false });
        }
    }
    best
}

/// Whether the word that begins a sentence is a name, and not merely its first word.
fn begins_name(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    if matches!(token.shape, Shape::Upper | Shape::Initials) || !token.tail.is_empty() {
        return true;
    }
    let known = token.known;
    let next = tokens.get(at + 1).filter(|next| next.follows());
    if grammar::is_grammar(&token.lower) {
        // `Van der Plas` begins a name, `Van Amsterdam` and `De Jonge` may or may not.
        return grammar::PARTICLES.has(&token.lower)
            && next.is_some_and(|next| grammar::SURE_PARTICLES.contains(&next.text));
    }
    if known.body || known.place {
        return true;
    }
    if !token.is_word() && (known.is_anything() || !is_compound(&token.lower)) {
        return true;
    }
    known.given && next.is_some_and(|next| next.is_name() || grammar::PARTICLES.has(next.text))
}

/// `Asielzoekers`, which need not be in any list.
pub(super) fn is_compound(lower: &str) -> bool {
    let word = language::folded_word(lower);
    word.is_some_and(|word| compound::head(lexicon::dutch(), &word).is_some())
}

/// Whether a language that is a given name as well begins the name of a person: `Frans Timmermans`,
/// `Frans van Houten`, and not `het Frans van Molière`.
fn is_christened(tokens: &[Token<'_>], at: usize) -> bool {
    let has_article = at.checked_sub(1).is_some_and(|before| tokens[before].lower == "het");
    let mut rest = tokens[at + 1..].iter();
    let surname = rest.find(|next| !grammar::PARTICLES.has(next.text));
    let is_row = tokens[at + 1..].iter().take_while(|next| next.follows()).any(Token::is_name);
    tokens[at].known.given
        && !has_article
        && is_row
        && surname.is_some_and(|name| name.is_name() && !name.known.place && !name.known.body)
}

/// `Amerikaan`, `Rotterdamse`, `Fransen`: who is from a place, and no name.
fn is_inhabitant(token: &Token<'_>) -> bool {
    const SURE: &[&str] = &["aanse", "aans", "ische", "ense", "iër", "iërs", "ezen", "sche"];
    const LIKELY: &[&str] = &["aan", "ees", "ese", "isch", "se", "anen", "enaar", "enaren"];
    let ends = |ends: &[&str]| ends.iter().any(|end| token.lower.ends_with(end));
    let is_plain = token.shape == Shape::Capital && token.tail.is_empty();
    if !is_plain || token.known.is_anything() {
        return false;
    }
    let stem = token.text.trim_end_matches('s').trim_end_matches("er").trim_end_matches("se");
    ends(SURE)
        || ends(LIKELY) && token.is_word()
        || ends(&["er", "ers", "se"]) && gazetteer::get(stem).place
}

/// A body by its first word: `Universiteit van Amsterdam`, `ministerie van Economische Zaken`.
fn body(tokens: &[Token<'_>], at: usize) -> Option<Found> {
    let mut to = at + 1;
    let mut n_names = 0;
    while to < tokens.len() && to - at < WORDS_MAX {
        let token = &tokens[to];
        let is_link = bodies::LINKS.contains(&token.text);
        // `Landbouw, Visserij, Voedselzekerheid en Natuur`
        let is_list = token.gap == ", " && n_names > 0 && is_ministry(&tokens[at]);
        if !(token.follows() || is_list) || !tokens[to - 1].tail.is_empty() {
            break;
        }
        if token.is_name() && !token.opens {
            n_names += 1;
            to += 1;
            continue;
        }
        let leads = tokens[to + 1..].iter().take(2).take_while(|next| next.follows());
        let mut leads = leads.skip_while(|next| bodies::LINKS.contains(&next.text));
        let and = token.text == "en" && !is_ministry(&tokens[at]);
        if !is_link || and || !leads.next().is_some_and(|next| next.is_name() && !next.opens) {
            break;
        }
        to += 1;
    }
    let known = whole(tokens, at, to);
    (n_names > 0).then_some(Found { from: at, to, known, is_body: true, is_doubtful: false })
}

fn is_ministry(token: &Token<'_>) -> bool {
    token.lower.starts_with("ministerie")
}

/// What is known of the words as one name.
fn whole(tokens: &[Token<'_>], from: usize, to: usize) -> Known {
    if to == from + 1 {
        return tokens[from].known;
    }
    Known::default()
}

/// Where the run that begins at `from` ends.
fn extend(tokens: &[Token<'_>], from: usize) -> usize {
    let mut to = from + 1;
    // `CDA Kamerlid`, `BBB Jasper Rekers`: two names side by side.
    let is_body = tokens[from].known.body;
    while to < tokens.len() && to - from < WORDS_MAX && tokens[to - 1].tail.is_empty() {
        let token = &tokens[to];
        // The full stop of `Kees B.` may end its sentence too.
        let is_next = tokens[to - 1].shape == Shape::Initials
            && grammar::is_grammar(&token.lower)
            && !grammar::PARTICLES.has(&token.lower);
        if is_next {
            break;
        }
        if is_body && (token.known.given || people::is_title(&token.lower)) {
            break;
        }
        if token.is_name() && !token.opens && (token.follows() || token.gap == " & ") {
            // A list of several words is a name by itself: `Rutte Den Haag`.
            if listed(tokens, to).is_some() && !tokens[to - 1].known.given {
                break;
            }
            to += 1;
            continue;
        }
        let Some(end) = particles(tokens, to) else { break };
        if !joins(tokens, (from, to), end) {
            break;
        }
        to = end + 1;
    }
    to
}

/// The name after the particles that stand at `at`.
fn particles(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut end = at;
    while end < tokens.len().min(at + 3) {
        let token = &tokens[end];
        if !token.follows() || !grammar::PARTICLES.has(token.text) {
            break;
        }
        end += 1;
    }
    let next = tokens.get(end).filter(|next| end > at && next.follows() && !next.opens)?;
    (next.shape == Shape::Capital).then_some(end)
}

/// Whether the particles between the run `from..to` and the name at `end` belong to one name:
/// those of `Jan de Boer` do, those of `Wilders van de PVV` do not.
fn joins(tokens: &[Token<'_>], (from, to): (usize, usize), end: usize) -> bool {
    let run = &tokens[from..to];
    let Some(last) = run.last() else { return false };
    let next = tokens[end].known;
    let is_from = is_inhabitant(&tokens[end]);
    if next.body || is_from || !tokens[end].tail.is_empty() && tokens[end].tail != "s" {
        return false;
    }
    let is_sure = tokens[to..end].iter().any(|token| grammar::SURE_PARTICLES.contains(&token.text));
    let is_preposition = to + 1 == end
        && matches!(
            tokens[to].text,
            "in" | "op" | "aan" | "uit" | "voor" | "te" | "het" | "e" | "y" | "ben"
        );
    if last.shape == Shape::Upper || is_preposition {
        return false;
    }
    if is_particle(last) {
        return true;
    }
    if run.iter().all(is_given) {
        return run.len() < 3
            && !(next.place && tokens[to].text == "van" && to + 1 == end && !next.family);
    }
    let known = last.known;
    // `Pieter Heerma van Voss`
    let is_double = run.len() == 2 && is_given(&run[0]) && next.family && !next.place;
    if run.len() > 1 || known.place || known.body {
        return is_double && tokens[to].text == "van";
    }
    is_sure || next.family && !next.place
}

/// Where the surname begins in a person's full name.
fn surname(words: &[Token<'_>]) -> Option<usize> {
    if words.len() < 2 {
        return None;
    }
    if is_particle(&words[0]) {
        return None;
    }
    // Particles begin it; else it is what follows the given names, of which there is one at least.
    let by_particle = words.iter().skip(1).position(is_particle).map(|at| at + 1);
    let n_given = words[..words.len() - 1].iter().skip(1).take_while(|word| is_given(word)).count();
    let at = by_particle.unwrap_or(n_given + 1);
    Some(words[..at].iter().map(|word| word.text.len() + 1).sum())
}
