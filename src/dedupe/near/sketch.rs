//! A few numbers by which texts that share passages find each other.

use crate::dedupe::near::passages::Passages;

/// Words in a shingle. Five in a row are seldom shared by chance: of 1122 pairs of unrelated texts
/// none shares one in the sketch, with three words 23 do.
const WORDS: usize = 5;

/// Numbers kept of a long text; each is a row in the archive.
pub const LENGTH_MAX: usize = 20;

/// Numbers kept of a short one, where it has so many.
const LENGTH_MIN: usize = 8;

/// Of a text in between one shingle in so many is kept.
const SHARE: usize = 8;

/// The smallest hashes of a text's shingles, in order: two texts choose the same ones from what they
/// share. Empty for a text too short to be compared.
pub fn sketch(passages: &Passages) -> Vec<u32> {
    // The upper half: the lower one is the more random in a product, but both are mixed.
    let mut hashes: Vec<u32> =
        passages.shingles(WORDS).map(|(_, hash)| (hash >> 32) as u32).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate((hashes.len() / SHARE).clamp(LENGTH_MIN, LENGTH_MAX));
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u32> {
        sketch(&Passages::read(text))
    }

    /// `n` words that occur nowhere else.
    fn words(from: usize, n: usize) -> String {
        (from..from + n).map(|n| format!("woord{n}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_sketch_is_bounded_and_short_texts_have_what_they_have() {
        assert!(of("Te kort.").is_empty());
        assert_eq!(of(&words(0, 9)).len(), 5);
        assert_eq!(of(&words(0, 80)).len(), 9);
        assert_eq!(of(&words(0, 9000)).len(), LENGTH_MAX);
    }

    #[test]
    fn a_shortened_copy_meets_its_original_and_strangers_do_not_meet() {
        let meet = |one: &str, other: &str| {
            let other = of(other);
            of(one).iter().any(|hash| other.contains(hash))
        };
        let starts = (0..1000).map(|n| n * 1000);
        let n_met = starts.clone().filter(|n| meet(&words(*n, 70), &words(*n, 210))).count();
        assert!(n_met >= 990, "{n_met} of 1000");
        let n_strange = starts.filter(|n| meet(&words(*n, 300), &words(n + 400, 300))).count();
        assert_eq!(n_strange, 0);
    }
}
