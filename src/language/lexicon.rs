//! What is known of single words: what they are forms of, and how they join in compounds.
//!
//! The list is derived from `OpenTaal`'s dictionary by `lexicon/build.py` and packed by
//! `examples/lexicon.rs`. It lies in the program as it is read: nothing is unpacked or loaded, and
//! who analyzes no text touches none of it.

use std::fmt;
use std::sync::OnceLock;

use fst::raw::{CompiledAddr, Fst, Node, Output};

/// The packed list; see `lexicon/README.md`.
static WORDS: &[u8] = include_bytes!("../../lexicon/dutch.fst");
/// One way to come from a form to its lemma a line: where `ge` is taken out, or `-`; how many letters
/// are taken off, and which are put on.
static ENDINGS: &str = include_str!("../../lexicon/endings.txt");
/// A lemma a line, with those of its forms that do not follow from it; in order.
static IRREGULAR: &str = include_str!("../../lexicon/irregular.txt");

/// Lemmas of one form that are kept.
pub const LEMMAS_MAX: usize = 2;

/// A list of words.
pub struct Lexicon {
    words: Option<Fst<&'static [u8]>>,
    /// Where the words go on that begin with two letters, for each pair of letters: the first steps
    /// have the most ways to choose from.
    pairs: Vec<Option<Step>>,
    endings: Vec<Ending>,
    irregular: &'static str,
}

/// From a form to its lemma.
#[derive(Debug)]
struct Ending {
    ge: Option<usize>,
    strip: usize,
    add: &'static str,
}

/// What a word can be.
#[expect(clippy::struct_excessive_bools, reason = "a word can be any of these at once")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds {
    /// A noun.
    pub noun: bool,
    /// A verb.
    pub verb: bool,
    /// An adjective.
    pub adjective: bool,
    /// A name.
    pub name: bool,
    /// It stands only in compounds, as `zonne` does.
    pub linked: bool,
}

/// What is known of a word. Packed in 41 bits: division 5, beginnings 3, about 1, ends 3, kinds 5,
/// and twice 12 for the endings by which to come to a lemma (0 for none, 1 for the word itself).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Entry {
    /// Letters before the second part of a compound; 0 for a word that is none.
    pub division: u8,
    /// How many compounds it begins, on a scale of 0 (none) to 7.
    pub begins: u8,
    /// Whether a compound that it begins is about it, as `woningnood` is, and not `hogeschool`.
    pub is_topic: bool,
    /// How many compounds it ends, on a scale of 0 (none) to 7.
    pub ends: u8,
    /// What it can be.
    pub kinds: Kinds,
    /// The lines, counted from 1, of the list of endings that lead to its lemmas; 0 for none.
    pub endings: [u16; LEMMAS_MAX],
}

impl Entry {
    /// As it is kept in the list.
    pub fn pack(self) -> u64 {
        let Kinds { noun, verb, adjective, name, linked } = self.kinds;
        let kinds = [noun, verb, adjective, name, linked];
        let kinds = (0..).zip(kinds).map(|(bit, is_set)| u64::from(is_set) << bit).sum::<u64>();
        u64::from(self.division & 31)
            | u64::from(self.begins & 7) << 5
            | u64::from(self.is_topic) << 8
            | u64::from(self.ends & 7) << 9
            | kinds << 12
            | u64::from(self.endings[0] & 0xfff) << 17
            | u64::from(self.endings[1] & 0xfff) << 29
    }

    /// From what was kept.
    pub fn unpack(packed: u64) -> Self {
        let bits = |from: u32, n: u32| (packed >> from) & ((1 << n) - 1);
        let byte = |from, n| u8::try_from(bits(from, n)).unwrap_or_default();
        let short = |from, n| u16::try_from(bits(from, n)).unwrap_or_default();
        let is_set = |bit| bits(bit, 1) == 1;
        Self {
            division: byte(0, 5),
            begins: byte(5, 3),
            is_topic: is_set(8),
            ends: byte(9, 3),
            kinds: Kinds {
                noun: is_set(12),
                verb: is_set(13),
                adjective: is_set(14),
                name: is_set(15),
                linked: is_set(16),
            },
            endings: [short(17, 12), short(29, 12)],
        }
    }

    /// Whether it may stand by itself.
    pub fn is_word(&self) -> bool {
        !self.kinds.linked
    }
}

/// The list in the program.
pub fn dutch() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::new(WORDS, ENDINGS, IRREGULAR))
}

impl Lexicon {
    /// A list from its three parts. One that is damaged knows no word.
    pub fn new(words: &'static [u8], endings: &'static str, irregular: &'static str) -> Self {
        let endings = endings.lines().filter_map(|line| {
            let (ge, rest) = line.split_once(' ')?;
            let (strip, add) = rest.split_once(' ')?;
            Some(Ending { ge: ge.parse().ok(), strip: strip.parse().ok()?, add })
        });
        let words = Fst::new(words).ok();
        let pairs = words.as_ref().map(pairs).unwrap_or_default();
        Self { words, pairs, endings: endings.collect(), irregular }
    }

    /// The words that begin with `start`; `None` when there is none.
    pub fn branch(&self, start: &str) -> Option<Branch<'_>> {
        if let [first, second, rest @ ..] = start.as_bytes() {
            self.after(*first, *second)?.descend(rest)
        } else {
            self.whole()?.descend(start.as_bytes())
        }
    }

    /// What is known of `word`.
    pub fn get(&self, word: &str) -> Option<Entry> {
        self.branch(word)?.entry()
    }

    /// Calls `found` with the length and entry of each word of three letters or more that `text`
    /// begins with.
    pub fn beginnings(&self, text: &[u8], mut found: impl FnMut(usize, Entry)) {
        let [first, second, rest @ ..] = text else { return };
        let mut branch = self.after(*first, *second);
        for (length, byte) in (3..).zip(rest) {
            branch = branch.and_then(|branch| branch.step(*byte));
            let Some(branch) = &branch else { return };
            if let Some(entry) = branch.entry() {
                found(length, entry);
            }
        }
    }

    fn whole(&self) -> Option<Branch<'_>> {
        let words = self.words.as_ref()?;
        Some(Branch { words, node: words.root(), output: Output::zero() })
    }

    /// The words that begin with these two bytes.
    fn after(&self, first: u8, second: u8) -> Option<Branch<'_>> {
        let Some(pair) = pair(first, second) else {
            return self.whole()?.step(first)?.step(second);
        };
        let words = self.words.as_ref()?;
        let Step { to, output } = self.pairs.get(pair).copied().flatten()?;
        Some(Branch { words, node: words.node(to), output })
    }

    /// What `word`, whose entry this is, is a form of; nouns first.
    pub fn lemmas(&self, word: &str, entry: Entry) -> Vec<String> {
        entry.endings.iter().filter_map(|ending| self.lemma(word, *ending)).collect()
    }

    /// The first of its lemmas.
    pub fn first_lemma(&self, word: &str, entry: Entry) -> Option<String> {
        self.lemma(word, entry.endings[0])
    }

    fn lemma(&self, word: &str, ending: u16) -> Option<String> {
        let Ending { ge, strip, add } = self.endings.get(usize::from(ending).checked_sub(1)?)?;
        let (before, rest) = match ge {
            Some(at) => (word.get(..*at)?, word.get(at + 2..)?),
            None => ("", word),
        };
        let whole = before.len() + rest.len();
        let mut lemma = format!("{before}{rest}");
        lemma.truncate(whole.checked_sub(*strip)?);
        lemma.push_str(add);
        Some(lemma)
    }

    /// Forms of `lemma` that do not follow from it.
    pub fn irregular(&self, lemma: &str) -> impl Iterator<Item = &'static str> + use<> {
        line_of(self.irregular, lemma).unwrap_or_default().split_ascii_whitespace()
    }
}

/// Where to go on in a list, and what was put out on the way.
#[derive(Debug, Clone, Copy)]
struct Step {
    to: CompiledAddr,
    output: Output,
}

/// The place of two small letters among all pairs of them.
fn pair(first: u8, second: u8) -> Option<usize> {
    let letter = |byte: u8| byte.is_ascii_lowercase().then(|| usize::from(byte - b'a'));
    Some(letter(first)? * 26 + letter(second)?)
}

fn pairs(words: &Fst<&'static [u8]>) -> Vec<Option<Step>> {
    let root = Branch { words, node: words.root(), output: Output::zero() };
    let step = |first, second| {
        let Branch { node, output, .. } = root.step(first)?.step(second)?;
        Some(Step { to: node.addr(), output })
    };
    let letters = b'a'..=b'z';
    letters
        .clone()
        .flat_map(|first| letters.clone().map(move |second| step(first, second)))
        .collect()
}

/// Words of a [`Lexicon`] that begin alike.
#[derive(Clone, Copy)]
pub struct Branch<'l> {
    words: &'l Fst<&'static [u8]>,
    node: Node<'l>,
    output: Output,
}

impl Branch<'_> {
    /// What is known of the word that goes on with `rest`.
    pub fn get(&self, rest: &str) -> Option<Entry> {
        self.descend(rest.as_bytes())?.entry()
    }

    /// What is known of the word that ends here.
    fn entry(&self) -> Option<Entry> {
        let Self { node, output, .. } = self;
        node.is_final().then(|| Entry::unpack(output.cat(node.final_output()).value()))
    }

    fn descend(&self, rest: &[u8]) -> Option<Self> {
        rest.iter().try_fold(*self, |branch, byte| branch.step(*byte))
    }

    fn step(&self, byte: u8) -> Option<Self> {
        let Self { words, node, output } = self;
        let transition = node.transition(node.find_input(byte)?);
        let output = output.cat(transition.out);
        Some(Self { words, node: words.node(transition.addr), output })
    }
}

impl fmt::Debug for Branch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Branch").finish_non_exhaustive()
    }
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_words = self.words.as_ref().map(Fst::len);
        f.debug_struct("Lexicon").field("words", &n_words).finish_non_exhaustive()
    }
}

/// What follows `key` on its line of `text`, whose lines are in order.
fn line_of(text: &'static str, key: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = text[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = text[middle..].find('\n').map_or(text.len(), |at| middle + at);
        let (first, rest) = text[start..end].split_once(' ')?;
        match first.cmp(key) {
            std::cmp::Ordering::Equal => return Some(rest),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_survives_being_packed() {
        let kinds = Kinds { noun: true, name: true, ..Kinds::default() };
        let entry = Entry {
            division: 31,
            begins: 7,
            ends: 5,
            kinds,
            endings: [1, 4095],
            ..Entry::default()
        };
        assert_eq!(Entry::unpack(entry.pack()), entry);
        let entry = Entry { is_topic: true, ..Entry::default() };
        assert_eq!(Entry::unpack(entry.pack()), entry);
    }

    #[test]
    fn a_damaged_list_knows_no_word() {
        let lexicon = Lexicon::new(b"damaged", "", "");
        assert_eq!(lexicon.get("huis"), None);
        lexicon.beginnings(b"huis", |_, _| unreachable!());
    }

    #[test]
    fn lines_are_found_by_their_first_word() {
        let text = "aap noot mies\nhuis huizen\nstad steden\n";
        for (key, rest) in [("aap", "noot mies"), ("huis", "huizen"), ("stad", "steden")] {
            assert_eq!(line_of(text, key), Some(rest));
        }
        for key in ["", "a", "hui", "huist", "zzz"] {
            assert_eq!(line_of(text, key), None, "{key}");
        }
        assert_eq!(line_of("", "a"), None);
    }

    #[test]
    fn words_are_known_with_what_they_are_forms_of() {
        for (word, lemmas) in [
            ("huizen", &["huis"] as &[_]),
            ("gestegen", &["stijgen"]),
            ("steden", &["stad"]),
            ("musea", &["museum"]),
            ("minister", &["minister"]),
            ("werken", &["werk", "werken"]),
        ] {
            let entry = dutch().get(word).unwrap();
            let mut found = dutch().lemmas(word, entry);
            found.retain(|lemma| lemma != "huizen");
            assert_eq!(found, lemmas, "{word}");
        }
    }
}
