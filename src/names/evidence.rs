//! What speaks for what a name names, at one place where it stands.

use std::borrow::Cow;

use crate::names::Kind;
use crate::names::gazetteer::Known;
use crate::names::runs::{Found, is_compound, is_given, is_particle};
use crate::names::tokens::{Shape, Token};
use crate::names::words::{bodies, grammar, people, places};

/// Enough to take a name for something.
pub(super) const ENOUGH: f32 = 2.0;

/// What speaks for each kind, added up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Scores {
    pub(super) person: f32,
    pub(super) organization: f32,
    pub(super) place: f32,
}

impl Scores {
    pub(super) fn add(&mut self, other: Self) {
        self.person += other.person;
        self.organization += other.organization;
        self.place += other.place;
    }

    /// The same, each no more than `most` for or against.
    pub(super) fn within(self, most: f32) -> Self {
        let Self { person, organization, place } = self;
        let clamp = |score: f32| score.clamp(-most, most);
        Self { person: clamp(person), organization: clamp(organization), place: clamp(place) }
    }

    /// What most speaks for, when it is enough.
    pub(super) fn kind(self) -> Option<Kind> {
        let Self { person, organization, place } = self;
        let best = person.max(organization).max(place);
        if best < ENOUGH {
            None
        } else if person >= best {
            Some(Kind::Person)
        } else if place >= best {
            Some(Kind::Place)
        } else {
            Some(Kind::Organization)
        }
    }
}

/// What the words of `found` say by themselves, wherever they stand in a text.
pub(super) fn own(tokens: &[Token<'_>], found: &Found) -> Scores {
    if found.known.other {
        return Scores { person: -99.0, organization: -99.0, place: -99.0 };
    }
    let mut scores = Scores::default();
    let run = &tokens[found.from..found.to];
    whole(run, found, &mut scores);
    match run {
        [word] => single(word, found.known, &mut scores),
        // A list says more than the parts of what is in it.
        _ if found.known.is_anything() => {}
        _ => several(run, &mut scores),
    }
    scores
}

/// What stands around the place where `found` lies in `tokens` says.
pub(super) fn around(tokens: &[Token<'_>], found: &Found) -> Scores {
    let mut scores = Scores::default();
    let before = before(tokens, found.from);
    preceded(tokens, found, &before, &mut scores);
    if ARTICLES.contains(&before.word) {
        let is_upper = tokens[found.from..found.to].iter().all(|token| token.shape == Shape::Upper);
        // `de Jan Modaal`, `die Max Verstappen`
        let run = &tokens[found.from..found.to];
        let is_full = run.len() > 1 && run.first().is_some_and(is_given);
        scores.person -= if is_full { 1.0 } else { 3.0 };
        scores.organization += if is_upper && !found.known.place { 1.0 } else { 0.0 };
    }
    if !ARTICLES.contains(&before.word) {
        followed(tokens, found, &mut scores);
    }
    scores
}

const ARTICLES: [&str; 9] = ["de", "het", "een", "'t", "die", "deze", "dit", "dat", "zo'n"];

/// What is known of it as a whole.
fn whole(run: &[Token<'_>], found: &Found, scores: &mut Scores) {
    let known = found.known;
    if found.is_body {
        scores.organization += 5.0;
    }
    if known.body {
        scores.organization += 6.0;
    }
    let is_several = run.len() > 1;
    let is_person = known.given || known.family;
    scores.place += match (known.place, known.small_place, is_several) {
        (true, _, true) => 6.0,
        (true, _, false) => {
            if is_person {
                2.0
            } else {
                3.5
            }
        }
        (_, true, true) => 3.0,
        (_, true, false) => {
            if is_person {
                0.0
            } else {
                1.0
            }
        }
        _ => 0.0,
    };
    if !is_several && known.given {
        scores.person += if known.place { 0.5 } else { 1.0 };
    }
    if !is_several && known.family {
        scores.person += 0.5;
    }
}

/// What a single word says by how it is written and how it ends.
fn single(word: &Token<'_>, known: Known, scores: &mut Scores) {
    let lower = &*word.lower;
    match word.shape {
        Shape::Upper if word.text.chars().count() <= 6 && !known.place => {
            // `A12`, `H5`: roads, viruses, sizes.
            let n_letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
            scores.organization += if word.is_word() || n_letters < 2 { 0.5 } else { 2.0 };
        }
        Shape::Capital if bodies::has_body_end(lower) => scores.organization += 2.0,
        Shape::Capital if places::has_place_end(lower) && !word.is_word() => scores.place += 2.0,
        _ => {}
    }
    // `GroenLinks`, `PostNL`
    let has_inner = word.text.chars().skip(1).any(char::is_uppercase);
    let is_camel = word.shape == Shape::Capital && has_inner && !word.text.contains('-');
    if is_camel && !word.text.starts_with("IJ") && !word.text.starts_with("Mc") {
        scores.organization += 1.5;
    }
    if word.text.contains('.') && word.shape != Shape::Initials {
        scores.organization += 2.0;
    }
}

/// What several words say, as parts of one name.
fn several(run: &[Token<'_>], scores: &mut Scores) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    let lower = &*last.lower;
    let is_joined = run.iter().skip(1).any(|token| token.gap == " & ");
    if bodies::SUFFIXES.has(lower) || is_joined {
        scores.organization += 4.0;
        return;
    }
    person(run, scores);
    if run.iter().any(|token| token.shape == Shape::Upper) {
        scores.organization += 2.0;
        scores.person -= 1.0;
    }
    if bodies::has_body_end(lower) {
        scores.organization += 2.5;
    }
    if places::has_place_end(lower) && !is_given(first) {
        scores.place += 1.0;
    }
}

/// Whether several words look like somebody.
fn person(run: &[Token<'_>], scores: &mut Scores) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    let is_first_given = is_given(first);
    let n_capital = run.iter().filter(|token| token.shape == Shape::Capital).count();
    let has_foreign = run.iter().any(|token| grammar::ENGLISH.has(&token.lower));
    // `De Dag`: whoever is called so has a given name too.
    let is_bare = is_particle(first);
    let is_other = |token: &&Token<'_>| {
        let known = token.known;
        let is_name = (known.family || known.given) && !is_bare;
        let is_plain = token.is_word() || !is_first_given && is_compound(&token.lower);
        !is_name && !is_particle(token) && is_plain
    };
    if is_first_given {
        scores.person += 3.0;
    } else if n_capital >= 2 && !is_bare && !has_foreign {
        scores.person += 2.0;
    }
    if last.known.family {
        scores.person += 1.0;
    }
    let is_sure = run.iter().any(|token| grammar::SURE_PARTICLES.contains(&token.text));
    if is_sure || !is_bare && run.iter().any(is_particle) {
        scores.person += 1.0;
    }
    for _ in run.iter().filter(is_other) {
        scores.person -= 0.75;
    }
    if has_foreign || first.known.body {
        scores.person -= 2.0;
    }
}

/// What stands right before a name.
#[derive(Default)]
struct Before<'t> {
    /// The word, in lower case; empty at the beginning.
    word: &'t str,
    /// `VVD-leider`
    tail: Cow<'t, str>,
}

fn before<'t>(tokens: &'t [Token<'t>], from: usize) -> Before<'t> {
    let gap = tokens.get(from).map_or("", |token| token.gap);
    let is_close = gap == " " || gap.len() == 2 && gap.starts_with(' ');
    let word = from.checked_sub(1).filter(|_| is_close).and_then(|at| tokens.get(at));
    let Some(word) = word else { return Before::default() };
    let is_lower = !word.tail.contains(char::is_uppercase);
    let tail =
        if is_lower { Cow::Borrowed(word.tail) } else { Cow::Owned(word.tail.to_lowercase()) };
    Before { word: &word.lower, tail }
}

/// Titles behind which a place or a subject may stand.
const PRESS: [&str; 3] = ["correspondent", "verslaggever", "redacteur"];

fn preceded(tokens: &[Token<'_>], found: &Found, before: &Before<'_>, scores: &mut Scores) {
    let run = &tokens[found.from..found.to];
    let word = before.word;
    let is_title =
        people::is_title(word) || !before.tail.is_empty() && people::is_title(&before.tail);
    if is_title {
        // `correspondent Midden-Oosten`, `redacteur Politiek`, `burgemeester Halsema`
        let known = found.known;
        let is_word = run.len() == 1 && !known.family && !known.given && run[0].is_word();
        scores.person += match (known.place || known.body, is_word) {
            (_, true) => 0.0,
            (true, _) if PRESS.iter().any(|press| word.ends_with(press)) => 0.0,
            _ => 3.0,
        };
    }
    // People too are looked at, and stood between: `naar Wilders`, `tussen Rutte en Kaag`.
    let is_plain = !run.iter().any(|token| is_particle(token) || token.shape == Shape::Upper)
        && (run.len() > 1 || found.known.place || !run[0].is_word());
    if places::WHERE.contains(&word) && found.from > 0 && is_plain {
        let is_sure = matches!(word, "in" | "te" | "nabij" | "vanuit");
        let is_known = found.known.place || found.known.small_place;
        scores.place += if is_sure || is_known { 2.0 } else { 0.7 };
        scores.person -= if is_sure { 1.0 } else { 0.0 };
    }
    if places::KINDS_OF_PLACE.has(word) {
        scores.place += 3.0;
        scores.person -= 2.0;
    }
    if bodies::KINDS_OF_BODY.has(word) || bodies::has_body_end(word) {
        scores.organization += 3.0;
        scores.person -= 2.0;
    }
    if people::SOURCES.contains(&word) {
        scores.person += 1.5;
    }
    // `VVD-leider`, `D66'er`: joined to it are its people.
    let tail = run.last().map_or("", |token| token.tail);
    let is_upper = run.iter().all(|token| token.shape == Shape::Upper);
    if is_upper && !tail.is_empty() && tail != "s" {
        scores.organization += 1.5;
        scores.person -= 2.0;
    }
}

fn followed(tokens: &[Token<'_>], found: &Found, scores: &mut Scores) {
    let Some(next) = tokens.get(found.to) else { return };
    let further = tokens.get(found.to + 1);
    let lower = &*next.lower;
    // `Jansen (34)`, `Jetten (D66)`, `Jansen, 34,`
    if next.gap == " (" {
        let is_age = next.shape == Shape::Number && next.text.len() <= 2;
        let closes = further.is_none_or(|token| token.gap.starts_with(')'));
        let known = next.known;
        if closes && (is_age || known.body) {
            scores.person += 2.5;
        }
    }
    if !next.follows() {
        return;
    }
    if people::SPEECH.has(lower) {
        scores.person +=
            if matches!(lower, "is" | "heeft" | "had" | "werd" | "wil") { 0.5 } else { 1.5 };
    }
    // `Omtzigt van NSC`, `Yesilgöz van de VVD`
    if lower == "van" {
        let party = tokens[found.to + 1..].iter().take(2).find(|token| token.is_name());
        if party.is_some_and(|party| party.known.body) {
            scores.person += 1.5;
        }
    }
}
