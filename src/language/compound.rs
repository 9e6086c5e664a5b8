//! The parts of compound words: `woningnood` is found by `woning` and by `nood`.
//!
//! A word of the lexicon is divided where the lexicon says, or not at all: `minister` is no `ster`.
//! Any other word is divided where it can be read as a row of parts that other compounds have too,
//! the likeliest row of all; its last part is a noun.

use crate::language::lexicon::{Entry, Lexicon};

/// Shorter words are not divided.
const LETTERS_MIN: usize = 6;
/// Longer ones hold no word that anybody would look for.
const LETTERS_MAX: usize = 48;
/// Shorter parts are not looked for, nor does the lexicon tell of them.
const PART_LETTERS_MIN: usize = 3;
/// What a part costs, less what it is on the scale of 0 to 7: few and common parts are likeliest.
const PART_COST: u32 = 12;
/// What a part of three letters costs more: most are there by chance.
const SHORT_COST: u32 = 4;

/// The parts of a word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// The lemmas of those that the word is about, in order.
    pub lemmas: Vec<String>,
    /// Whether these are all of its parts.
    pub are_all: bool,
}

/// The parts of the folded `word`; none when it is no compound.
pub fn parts(lexicon: &Lexicon, word: &str) -> Parts {
    let mut parts = Parts { lemmas: Vec::new(), are_all: true };
    collect(lexicon, &divide(lexicon, word).parts, &mut parts);
    parts
}

/// The last part of the folded `word` when it is a compound that the lexicon does not know.
pub fn head<'w>(lexicon: &Lexicon, word: &'w str) -> Option<&'w str> {
    let Divided { entry, parts } = divide(lexicon, word);
    if entry.is_some_and(|entry| entry.is_word()) { None } else { parts.last().copied() }
}

fn collect(lexicon: &Lexicon, divided: &[&str], parts: &mut Parts) {
    for (n, part) in divided.iter().enumerate() {
        let inner = divide(lexicon, part);
        if !inner.parts.is_empty() {
            collect(lexicon, &inner.parts, parts);
            continue;
        }
        match lemma(lexicon, part, inner.entry, divided.len() - 1 - n) {
            Some(lemma) if !parts.lemmas.contains(&lemma) => parts.lemmas.push(lemma),
            Some(_) => {}
            None => parts.are_all = false,
        }
    }
}

/// The noun that a part with this entry and `n_after` parts after it stands for; `None` for one that
/// the compound is not about.
fn lemma(lexicon: &Lexicon, part: &str, entry: Option<Entry>, n_after: usize) -> Option<String> {
    let (word, entry) = match entry {
        Some(entry) if n_after == 0 || entry.is_topic => (part, entry),
        // Bound by an s: `redding` in `reddingsboot`.
        None => (part.strip_suffix('s')?, lexicon.get(part.strip_suffix('s')?)?),
        Some(_) => return None,
    };
    lexicon.first_lemma(word, entry)
}

/// Whether `word` could be a compound, by its letters alone.
pub fn is_divisible(word: &str) -> bool {
    let is_long_enough = (LETTERS_MIN..=LETTERS_MAX).contains(&word.len());
    is_long_enough && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// What `divide` found.
struct Divided<'w> {
    /// The entry of the whole word.
    entry: Option<Entry>,
    /// None when it is no compound.
    parts: Vec<&'w str>,
}

/// The word in two by the lexicon, or in as many as it takes.
fn divide<'w>(lexicon: &Lexicon, word: &'w str) -> Divided<'w> {
    if !is_divisible(word) {
        return Divided { entry: lexicon.get(word), parts: Vec::new() };
    }
    let rows = Rows::begin(lexicon, word);
    let entry = rows.whole;
    let parts = match entry {
        Some(Entry { division: 0, .. }) => Vec::new(),
        Some(entry) => {
            let (first, rest) = word.split_at(usize::from(entry.division).min(word.len()));
            vec![first, rest]
        }
        None => rows.likeliest(lexicon),
    };
    Divided { entry, parts }
}

/// The ways to read a word as a row of parts.
struct Rows<'w> {
    word: &'w str,
    /// The entry of the word when it is read as one.
    whole: Option<Entry>,
    /// For each place: the cost of the beginnings that lead to it, and where the last one began.
    reached: Vec<Option<(u32, usize)>>,
    /// The same for the end of the word.
    end: Option<(u32, usize)>,
}

impl<'w> Rows<'w> {
    /// With what `word` begins with.
    fn begin(lexicon: &Lexicon, word: &'w str) -> Self {
        let mut reached = vec![None; word.len() + 1];
        reached[0] = Some((0, 0));
        let mut rows = Self { word, whole: None, reached, end: None };
        rows.go_on(lexicon, 0);
        rows
    }

    /// Takes up the parts that begin at `at`.
    fn go_on(&mut self, lexicon: &Lexicon, at: usize) {
        let Some((so_far, _)) = self.reached[at] else { return };
        let rest = &self.word.as_bytes()[at..];
        lexicon.beginnings(rest, |length, entry| {
            let is_last = length == rest.len();
            let (place, scale) = match (is_last, at) {
                (true, 0) => {
                    self.whole = Some(entry);
                    return;
                }
                (true, _) => (&mut self.end, entry.ends),
                (false, _) => (&mut self.reached[at + length], entry.begins),
            };
            if scale > 0 {
                let found = (so_far + cost(length, scale), at);
                *place = Some(place.map_or(found, |best| best.min(found)));
            }
        });
    }

    /// The cheapest row; none when there is no way.
    fn likeliest(mut self, lexicon: &Lexicon) -> Vec<&'w str> {
        for at in 1..self.word.len().saturating_sub(PART_LETTERS_MIN - 1) {
            self.go_on(lexicon, at);
        }
        let mut divided = Vec::new();
        let mut to = self.word.len();
        let mut from = self.end.map(|(_, at)| at);
        while let Some(at) = from {
            divided.push(&self.word[at..to]);
            to = at;
            from = if at == 0 { None } else { self.reached[at].map(|(_, before)| before) };
        }
        divided.reverse();
        divided
    }
}

/// The cheapest way to read `word` as a row of parts; none when there is no way.
fn likeliest<'w>(lexicon: &Lexicon, word: &'w str) -> Vec<&'w str> {
    Rows::begin(lexicon, word).likeliest(lexicon)
}

fn cost(letters: usize, scale: u8) -> u32 {
    let short = if letters == PART_LETTERS_MIN { SHORT_COST } else { 0 };
    PART_COST - u32::from(scale) + short
}

/// The scale on which the lexicon counts compounds: twice as many are one more.
pub fn scale(n: u32) -> u8 {
    u8::try_from((u32::BITS - n.leading_zeros()).min(7)).unwrap_or(7)
}

/// Whether `word` need not be in `lexicon`: without it, it is divided into the same parts and is a
/// form of `lemma` all the same.
pub fn follows(lexicon: &Lexicon, word: &str, entry: Entry, lemma: &str) -> bool {
    if entry.division == 0 {
        return word.len() < LETTERS_MIN || likeliest(lexicon, word).is_empty();
    }
    if !(LETTERS_MIN..=LETTERS_MAX).contains(&word.len()) {
        return false;
    }
    let without = likeliest(lexicon, word);
    let (first, rest) = word.split_at(usize::from(entry.division).min(word.len()));
    let read = |divided: &[&str]| {
        let mut parts = Parts { lemmas: Vec::new(), are_all: true };
        collect(lexicon, divided, &mut parts);
        parts
    };
    let head = without.last().copied().unwrap_or(word);
    let head_lemma = lexicon.get(head).and_then(|entry| lexicon.first_lemma(head, entry));
    let own = head_lemma.map(|own| format!("{}{own}", &word[..word.len() - head.len()]));
    read(&without) == read(&[first, rest]) && own.as_deref() == Some(lemma)
}
