//! What two texts share, exactly, and whether that makes one a copy of the other.

use std::collections::HashSet;
use std::ops::Range;

use crate::dedupe::near::passages::Passages;

/// Words in a shingle: short enough to see a sentence that was reworded here and there.
const WORDS: usize = 3;

/// Shingles that must be shared; less is a phrase.
const SHARED_MIN: usize = 20;

/// Shingles that the shorter text must have, unless it is a copy to the letter.
const LENGTH_MIN: usize = 25;

/// Shared shingles by those of the shorter text, at least.
const CONTAINED_MIN: f64 = 0.28;

/// The same by those of the longer text: a live blog or a round-up that takes up a short item is
/// no version of it.
const OF_LONGER_MIN: f64 = 0.12;

/// What is shared in one block counts once, what is spread over the text twice; together so much.
/// A standard passage (weather codes, a tip line) is one block and reaches .41 in texts of 130
/// words; copy reworded and cut by two outlets is spread, and has .58 and more.
const SCORE_MIN: f64 = 0.5;

/// Words between two shared passages of one block.
const BLOCK_GAP: usize = 4;

/// Below this what is shared beyond the largest block is chance.
const SPREAD_MIN: f64 = 0.15;

/// Where only one block is shared, and less than this, names and numbers outside it must not all be
/// different: two short reports that end in one notice.
const FRAME_MAX: f64 = 0.6;

/// An outlet has frames of its own, nearly as long as the announcement around a guest or a place;
/// there so many names and numbers on each side tell them apart.
const FRAME_WITHIN_MAX: f64 = 0.95;
const FRAME_WITHIN_FACTS_MIN: usize = 3;

/// A standard passage is one that texts of so many different days have.
pub const RECURRING_DAYS: u32 = 4;

/// A text ready to be compared.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    passages: Passages,
    /// Hashes of all shingles, sorted, each once.
    shingles: Vec<u64>,
}

impl Prepared {
    /// Prepares a text.
    pub fn new(passages: Passages) -> Self {
        let mut shingles: Vec<u64> = passages.shingles(WORDS).map(|(_, hash)| hash).collect();
        shingles.sort_unstable();
        shingles.dedup();
        Self { passages, shingles }
    }

    /// Prepares a text as it is stored.
    pub fn of(text: &str) -> Self {
        Self::new(Passages::read(text))
    }

    /// Its words.
    pub fn passages(&self) -> &Passages {
        &self.passages
    }

    fn has(&self, shingle: u64) -> bool {
        self.shingles.binary_search(&shingle).is_ok()
    }

    fn without(&self, left_out: &HashSet<u64>) -> usize {
        if left_out.is_empty() {
            return self.shingles.len();
        }
        self.shingles.iter().filter(|shingle| !left_out.contains(shingle)).count()
    }
}

/// The shingles of `text` that recur: `others` of at least [`RECURRING_DAYS`] different days have
/// them, its own `day` counted. They say where a text comes from and not what it is about.
pub fn recurring(text: &Prepared, day: i64, others: &[(i64, &Prepared)]) -> HashSet<u64> {
    let mut days: Vec<i64> = others.iter().map(|(day, _)| *day).chain([day]).collect();
    days.sort_unstable();
    days.dedup();
    if u32::try_from(days.len()).is_ok_and(|n| n < RECURRING_DAYS) {
        return HashSet::new();
    }
    let bit = |day: &i64| 1_u64 << days.binary_search(day).unwrap_or_default().min(63);
    text.shingles
        .iter()
        .copied()
        .filter(|shingle| {
            let holders = others.iter().filter(|(_, other)| other.has(*shingle));
            let seen = holders.fold(bit(&day), |seen, (day, _)| seen | bit(day));
            seen.count_ones() >= RECURRING_DAYS
        })
        .collect()
}

/// What two texts share.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Overlap {
    /// Shared shingles.
    pub n_shared: usize,
    /// Shingles of the first text, what recurs left out.
    pub n_first: usize,
    /// Shingles of the second.
    pub n_second: usize,
    /// Shared shingles of the shorter text outside its largest shared block.
    n_spread: usize,
    /// Names and numbers outside what is shared, in the text that has fewer; 0 when any of them is
    /// in both texts.
    n_facts_apart: usize,
}

impl Overlap {
    /// The part of the first text that stands in the second, from 0 to 1.
    pub fn kept_of_first(&self) -> f64 {
        ratio(self.n_shared, self.n_first)
    }

    /// The part of the second text that stands in the first.
    pub fn kept_of_second(&self) -> f64 {
        ratio(self.n_shared, self.n_second)
    }

    fn contained(&self) -> f64 {
        ratio(self.n_shared, self.n_first.min(self.n_second))
    }

    /// Whether both texts go back to one: copied, cut, reworded or brought up to date.
    pub fn is_copy(&self, within: Outlets) -> bool {
        let shorter = self.n_first.min(self.n_second);
        let contained = self.contained();
        if self.n_shared < SHARED_MIN || shorter < LENGTH_MIN {
            // Two summaries to the letter.
            return contained >= FRAME_WITHIN_MAX && shorter >= SHARED_MIN / 2;
        }
        let spread = ratio(self.n_spread, shorter);
        let is_own_frame = within == Outlets::Same
            && contained < FRAME_WITHIN_MAX
            && self.n_facts_apart >= FRAME_WITHIN_FACTS_MIN;
        let is_notice = contained < FRAME_MAX && self.n_facts_apart > 0;
        let is_frame = spread < SPREAD_MIN && (is_own_frame || is_notice);
        contained >= CONTAINED_MIN
            && ratio(self.n_shared, self.n_first.max(self.n_second)) >= OF_LONGER_MIN
            && contained + spread >= SCORE_MIN
            && !is_frame
    }
}

/// Whose texts are compared: an outlet repeats its own frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlets {
    /// One outlet's.
    Same,
    /// Two outlets', or of unknown ones.
    Different,
}

/// Compares two texts without the shingles in `left_out`.
pub fn overlap(first: &Prepared, second: &Prepared, left_out: &HashSet<u64>) -> Overlap {
    let n_shared = intersection(&first.shingles, &second.shingles)
        .filter(|shingle| left_out.is_empty() || !left_out.contains(shingle))
        .count();
    let (n_first, n_second) = (first.without(left_out), second.without(left_out));
    let found = Overlap { n_shared, n_first, n_second, ..Overlap::default() };
    if found.contained() < CONTAINED_MIN {
        return found;
    }
    let (shorter, longer) = if n_first <= n_second { (first, second) } else { (second, first) };
    let blocks = blocks(shorter, longer, left_out);
    let largest = blocks.iter().copied().max().unwrap_or_default();
    let n_spread = blocks.iter().sum::<usize>() - largest;
    Overlap { n_spread, n_facts_apart: facts_apart(first, second), ..found }
}

/// The bytes of `text` that it shares with `other`, passage by passage.
pub fn shared_passages(text: &Prepared, other: &Prepared) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, shingle) in text.passages.shingles(WORDS) {
        if !other.has(shingle) {
            continue;
        }
        let words = &text.passages.words[at..at + WORDS];
        let (Some(from), Some(to)) = (words.first(), words.last()) else { continue };
        let (start, end) = (from.start as usize, to.end as usize);
        match found.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => found.push(start..end),
        }
    }
    found
}

/// The sizes of the shared blocks of `text`, in shingles.
fn blocks(text: &Prepared, other: &Prepared, left_out: &HashSet<u64>) -> Vec<usize> {
    let mut blocks: Vec<usize> = Vec::new();
    let mut last = None;
    for (at, shingle) in text.passages.shingles(WORDS) {
        if !other.has(shingle) || left_out.contains(&shingle) {
            continue;
        }
        match (blocks.last_mut(), last) {
            (Some(block), Some(last)) if at - last < WORDS + BLOCK_GAP => *block += 1,
            _ => blocks.push(1),
        }
        last = Some(at);
    }
    blocks
}

/// How many names and numbers each text has outside what they share, if none is in the other.
fn facts_apart(first: &Prepared, second: &Prepared) -> usize {
    let facts = |text: &Prepared| -> HashSet<u64> {
        text.passages.words.iter().filter(|word| word.is_fact).map(|word| word.hash).collect()
    };
    let outside = |text: &Prepared, other: &Prepared| -> HashSet<u64> {
        let words = &text.passages.words;
        let mut is_shared = vec![false; words.len()];
        for (at, shingle) in text.passages.shingles(WORDS) {
            if other.has(shingle) {
                is_shared[at..at + WORDS].fill(true);
            }
        }
        let facts = words.iter().zip(is_shared).filter(|(word, shared)| word.is_fact && !shared);
        facts.map(|(word, _)| word.hash).collect()
    };
    let apart = |text: &Prepared, other: &Prepared| {
        let own = outside(text, other);
        if own.is_disjoint(&facts(other)) { own.len() } else { 0 }
    };
    apart(first, second).min(apart(second, first))
}

/// What two sorted lists have in common.
fn intersection<'a>(first: &'a [u64], second: &'a [u64]) -> impl Iterator<Item = u64> + 'a {
    let mut second = second.iter().copied().peekable();
    first.iter().copied().filter(move |shingle| {
        while second.next_if(|other| other < shingle).is_some() {}
        second.peek() == Some(shingle)
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WIRE: &str = "De nieuwe zeesluis bij Terneuzen gaat een half jaar later open dan \
        gepland. Dat heeft de aannemer dinsdag aan de provincie gemeld. Bij proeven in het voorjaar \
        bleken twee van de zestien deuren onder water niet goed te sluiten, waardoor zout water de \
        haven in kan lopen. De reparatie kost volgens een eerste schatting elf miljoen euro. Wie \
        dat betaalt, is nog niet duidelijk. Gedeputeerde Marja Stok wil dat de aannemer de rekening \
        krijgt. Schippers varen tot die tijd om via de oude sluis, waar zij nu al drie uur wachten.";

    /// A notice that ends many reports.
    const TIPS: &str = "Heeft u iets gezien of gehoord? De recherche praat graag met getuigen. Bel \
        de lijn voor opsporing of stuur een bericht via de website. Wie liever onbekend blijft, kan \
        ook terecht bij de anonieme meldlijn. Beelden van deurbellen en auto's zijn welkom.";

    fn compare(first: &str, second: &str, left_out: &HashSet<u64>) -> Overlap {
        overlap(&Prepared::of(first), &Prepared::of(second), left_out)
    }

    /// Whichever of the two comes first.
    #[track_caller]
    fn is_copy(first: &str, second: &str, outlets: Outlets) -> bool {
        let found = compare(first, second, &HashSet::new()).is_copy(outlets);
        assert_eq!(compare(second, first, &HashSet::new()).is_copy(outlets), found);
        found
    }

    /// `n` words that occur nowhere else.
    fn words(beginning: &str, n: usize) -> String {
        (0..n).map(|n| format!("{beginning}{n}")).collect::<Vec<_>>().join(" ")
    }

    fn sentences(text: &str, chosen: &[usize]) -> String {
        let all: Vec<&str> = text.split_inclusive(". ").collect();
        chosen.iter().map(|number| all[*number]).collect()
    }

    #[test]
    fn cut_reworded_and_extended_copies_are_copies() {
        let cut = sentences(WIRE, &[0, 1, 2]);
        let reworded = WIRE
            .replace("Dat heeft de aannemer dinsdag aan", "Zo liet de bouwer gisteren weten aan")
            .replace("volgens een eerste schatting elf", "naar verluidt zeker elf")
            .replace("waar zij nu al drie uur wachten", "met wachttijden van uren");
        let moved = format!(
            "Tegenvaller in Zeeland: schepen moeten langer wachten. {}",
            sentences(WIRE, &[5, 2, 0, 3])
        );
        for copy in [&cut, &reworded, &moved] {
            assert!(is_copy(WIRE, copy, Outlets::Different));
        }
        assert!(is_copy(&cut, &reworded, Outlets::Different));
    }

    #[test]
    fn another_report_of_the_same_is_no_copy() {
        let own = "Schippers in Zeeland zijn boos over het nieuwe uitstel van de sluis bij \
            Terneuzen. Volgens Jos Blom van de bond lopen zij duizenden euro's mis, omdat elke reis \
            nu een halve dag langer duurt. Hij wil dat gedeputeerde Marja Stok een schaderegeling \
            opzet. De provincie laat weten dat zij de aannemer aansprakelijk stelt.";
        assert!(!is_copy(WIRE, own, Outlets::Different));
    }

    #[test]
    fn a_standard_notice_makes_no_copy() {
        let robbery = format!(
            "Een bakker in Zutphen is woensdagavond overvallen door een man met een koevoet. De \
             dader dwong een verkoopster de kassa te openen en vluchtte met het geld op een fiets. \
             De verkoopster is erg geschrokken maar bleef ongedeerd. {TIPS}"
        );
        let fire = format!(
            "In een loods op bedrijventerrein De Kolk in Steenwijk heeft vannacht brand gewoed. De \
             brandweer had het vuur om vier uur onder controle, maar de oogst van een hele zomer \
             ging verloren. Onderzoekers denken aan opzet. {TIPS}"
        );
        assert!(!is_copy(&robbery, &fire, Outlets::Different));
    }

    #[test]
    fn the_same_speech_makes_no_copy() {
        let speech = "“Wij hebben gerekend en nog eens gerekend, en steeds kwam er hetzelfde uit: \
            dit kan zo niet langer doorgaan zonder dat iemand de rekening betaalt”";
        let one = format!(
            "Wethouder Aad Vink sprak de raad van Goes toe. {speech}, zei hij. \
            De oppositie wil een nieuw onderzoek naar het zwembad en dreigt met een motie."
        );
        let other = format!(
            "Bij de bibliotheek in Middelburg volgen zij het debat op de voet. {speech}, \
            klonk het daar uit de luidspreker. Directeur Ria Kas vreest voor haar filialen."
        );
        assert!(!is_copy(&one, &other, Outlets::Different));
    }

    #[test]
    fn an_outlets_announcements_are_no_story() {
        let tonight = |guest: &str, of: &str, place: &str| {
            format!(
                "Elke avond om tien uur praten wij op deze zender met iemand die het nieuws maakt. \
                 Het gesprek duurt een half uur en is later terug te zien op onze website. Ook \
                 kijkers kunnen vragen insturen, tot een uur voor het begin van de uitzending. \
                 Vanavond is {guest} te gast, van {of} uit {place}."
            )
        };
        let monday = tonight("Bert Kool", "de Bond", "Assen");
        let tuesday = tonight("Ineke Maas", "Waterwacht", "Hulst");
        assert!(!is_copy(&monday, &tuesday, Outlets::Same));
        assert!(is_copy(&monday, &monday, Outlets::Same));
    }

    #[test]
    fn a_round_up_is_no_version_of_what_it_takes_up() {
        let filler = words("item", 1200);
        assert!(!is_copy(WIRE, &format!("{filler} {WIRE}"), Outlets::Different));
    }

    #[test]
    fn what_recurs_on_many_days_is_left_out() {
        let day = |n: usize| {
            let own = words(&format!("dag{n}woord"), 40);
            Prepared::of(&format!("{own} {TIPS}"))
        };
        let texts: Vec<Prepared> = (0..5).map(day).collect();
        let others: Vec<(i64, &Prepared)> = (1..).zip(&texts[1..]).collect();
        let left_out = recurring(&texts[0], 0, &others);
        assert!(left_out.len() > 40);
        assert_eq!(overlap(&texts[0], &texts[1], &left_out).n_shared, 0);
        // On one day the same passage is a story that many have.
        let today: Vec<(i64, &Prepared)> = others.iter().map(|(_, text)| (0, *text)).collect();
        assert!(recurring(&texts[0], 0, &today).is_empty());
    }

    #[test]
    fn shares_are_told_for_each_of_the_two() {
        let found = compare(WIRE, &sentences(WIRE, &[0, 1, 2]), &HashSet::new());
        assert!(found.kept_of_second() > 0.99 && found.kept_of_first() < 0.7, "{found:?}");
    }

    #[test]
    fn shared_passages_are_found_in_place() {
        let text = "Eerst iets eigens. De brug over het kanaal is dicht. En dan nog meer.";
        let other = Prepared::of("Politie: de brug over het kanaal is dicht wegens storing.");
        let found = shared_passages(&Prepared::of(text), &other);
        let shown: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
        assert_eq!(shown, ["De brug over het kanaal is dicht"]);
    }

    proptest! {
        #[test]
        fn comparing_is_even_handed(one in "([a-e] ){0,60}", other in "([a-e] ){0,60}") {
            let there = compare(&one, &other, &HashSet::new());
            let back = compare(&other, &one, &HashSet::new());
            prop_assert_eq!(there.n_shared, back.n_shared);
            prop_assert_eq!(there.n_first, back.n_second);
            prop_assert!((0.0..=1.0).contains(&there.kept_of_first()));
        }
    }
}
