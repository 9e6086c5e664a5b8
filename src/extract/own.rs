//! Our own reading of a page, from its blocks alone: twice, so that the second time it is known what
//! stands around each block.
//!
//! It knows when it is unsure; then the general extractors are asked, which take three times as long.

use std::collections::BTreeMap;

use crate::extract::blocks::Blocks;
use crate::extract::choose;
use crate::extract::features::{self, Said, float};
use crate::extract::votes::{Voter, Votes};

/// The part of the kept words that may be in doubt. On 247 pages, those of the fitting, no figure
/// changes by more than .003 from .08 to .15; one page in thirteen is above it.
const DOUBT_MAX: f32 = 0.12;

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reading {
    /// For each block whether it belongs to the article.
    pub chosen: Vec<bool>,
    /// Whether others need not be asked.
    pub is_sure: bool,
}

/// Reads the blocks of a page, of which `json` may be the article as its JSON-LD has it.
pub(super) fn read(blocks: &Blocks, said: &Said<'_>, json: &Voter) -> Reading {
    let mut votes = Votes::of(&blocks.blocks, [None, None, Some(json)]);
    let first = choose::FIRST.probabilities(&features::of(said, &votes));
    let (core, run) = (core(blocks, &first), run(blocks, &first));
    votes.n_words[..2].fill(0.0);
    for (at, block) in blocks.blocks.iter().enumerate() {
        let is_core = core[block.container] && run.contains(&at);
        let kept = [first[at], f32::from(u8::from(is_core))];
        votes.of_blocks[at][..2].copy_from_slice(&kept);
        votes.n_words[0] += kept[0] * float(block.n_words);
        votes.n_words[1] += kept[1] * float(block.n_words);
    }
    let second = choose::SECOND.probabilities(&features::of(said, &votes));
    Reading {
        chosen: second.iter().map(|sure| *sure > 0.5).collect(),
        is_sure: doubt(blocks, &second) <= DOUBT_MAX,
    }
}

/// The words on the wrong side that are to be expected, as a part of those that were kept.
///
/// What is left out in many places alike, as the titles of other articles, is so rightly in all of
/// them or in none: its doubts do not add up as others do.
fn doubt(blocks: &Blocks, sure: &[f32]) -> f32 {
    const WORDS_MIN: f32 = 30.0;
    let (mut n_kept, mut n_wrong) = (0.0, 0.0);
    // In order, so that the sum is the same each time.
    let mut left_out: BTreeMap<u64, (f32, f32)> = BTreeMap::new();
    for (block, sure) in blocks.blocks.iter().zip(sure) {
        let n_words = float(block.n_words);
        if *sure > 0.5 {
            n_kept += n_words;
            n_wrong += n_words * (1.0 - sure);
        } else {
            let alike = left_out.entry(blocks.containers[block.container].path).or_default();
            alike.0 += n_words * sure;
            alike.1 += 1.0;
        }
    }
    n_wrong += left_out.values().map(|(n_wrong, n_blocks)| n_wrong / n_blocks.sqrt()).sum::<f32>();
    n_wrong / n_kept.max(WORDS_MIN)
}

/// For each container whether it is or is in the one that holds most of the article and least of all
/// else.
fn core(blocks: &Blocks, sure: &[f32]) -> Vec<bool> {
    const EVEN: f32 = 0.4;
    const COST: f32 = 0.5;
    let mut sums = vec![0.0; blocks.containers.len()];
    for (block, sure) in blocks.blocks.iter().zip(sure) {
        sums[block.container] += float(block.n_words) * (sure - EVEN) - COST;
    }
    // Containers come after those they stand in.
    for at in (1..sums.len()).rev() {
        sums[blocks.containers[at].parent] += sums[at];
    }
    let mut best = 0;
    for (at, sum) in sums.iter().enumerate() {
        if *sum > sums[best] {
            best = at;
        }
    }
    let mut is_core = vec![false; sums.len()];
    for at in 0..sums.len() {
        is_core[at] = at == best || at > 0 && is_core[blocks.containers[at].parent];
    }
    is_core
}

/// The blocks in a row that hold most of the article and least of all else.
fn run(blocks: &Blocks, sure: &[f32]) -> std::ops::Range<usize> {
    const EVEN: f32 = 0.45;
    const COST: f32 = 1.0;
    let (mut best, mut range) = (0.0, 0..0);
    let (mut sum, mut start) = (0.0, 0);
    for (at, (block, sure)) in blocks.blocks.iter().zip(sure).enumerate() {
        if sum <= 0.0 {
            (sum, start) = (0.0, at);
        }
        sum += float(block.n_words) * (sure - EVEN) - COST;
        if sum > best {
            (best, range) = (sum, start..at + 1);
        }
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::features::About;
    use dom_query::Document;
    use std::collections::HashSet;

    fn read_html(html: &str) -> (Blocks, Reading) {
        let blocks = crate::extract::blocks::of(&Document::from(html), &HashSet::new());
        let said = Said::of(&blocks, About::default());
        let reading = read(&blocks, &said, &Voter::default());
        drop(said);
        (blocks, reading)
    }

    #[test]
    fn a_plain_article_is_read_without_asking_others() {
        let paragraph = |n: usize| {
            format!(
                "<p>Deur {n} van de sluis bij Eefde gaat na de zomer een half jaar dicht, meldt de \
                 beheerder van het kanaal, omdat zij aan vervanging toe is.</p>"
            )
        };
        let article: String = (1..=6).map(paragraph).collect();
        let links = "<li><a href=/x>Wolf gezien bij Ede</a></li>".repeat(8);
        let (blocks, reading) = read_html(&format!(
            "<body><nav><ul>{links}</ul></nav><main><article><h1>Sluis bij Eefde \
             dicht</h1>{article}</article></main><aside><ul>{links}</ul></aside></body>"
        ));
        assert!(reading.is_sure);
        for (block, is_chosen) in blocks.blocks.iter().zip(&reading.chosen) {
            assert_eq!(*is_chosen, block.text.starts_with("Deur"), "{}", block.text);
        }
    }

    #[test]
    fn others_are_asked_where_many_words_are_in_doubt() {
        let twenty = "woord ".repeat(20);
        let (blocks, _) = read_html(&format!("<p>{twenty}</p><p>{twenty}</p><p>{twenty}</p>"));
        let is_sure = |sure: [f32; 3]| doubt(&blocks, &sure) <= DOUBT_MAX;
        assert!(is_sure([0.95, 0.95, 0.05]));
        assert!(!is_sure([0.6, 0.95, 0.05]) && !is_sure([0.95, 0.95, 0.4]));
        // Where two are left out alike they are hardly more in doubt than one.
        let (unlike, _) = read_html(&format!("<p>{twenty}</p><p>{twenty}</p><h2>{twenty}</h2>"));
        assert!(doubt(&blocks, &[0.95, 0.2, 0.2]) < doubt(&unlike, &[0.95, 0.2, 0.2]));
        // A few words are not worth it.
        let (blocks, _) = read_html("<p>een twee</p><p>drie vier</p>");
        assert!(doubt(&blocks, &[0.5, 0.5]) <= DOUBT_MAX);
        assert_eq!(read_html("<p></p>").1, Reading { chosen: Vec::new(), is_sure: true });
    }

    #[test]
    fn the_best_run_and_the_best_container_leave_out_what_is_around() {
        let (blocks, _) = read_html(
            "<div>een twee drie vier<div><p>vijf zes zeven acht negen</p><p>tien elf twaalf \
             dertien</p></div></div><p>veertien vijftien</p>",
        );
        let sure = [0.1, 0.9, 0.9, 0.1];
        assert_eq!(run(&blocks, &sure), 1..3);
        let core = core(&blocks, &sure);
        let is_core: Vec<bool> = blocks.blocks.iter().map(|block| core[block.container]).collect();
        assert_eq!(is_core, [false, true, true, false]);
    }
}
