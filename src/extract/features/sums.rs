//! What the elements of a page hold, added up from their blocks.

use std::collections::HashMap;

use crate::extract::blocks::{Block, Blocks, Container};
use crate::extract::features::{KEPT, float};
use crate::extract::hints::kinds::KINDS;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub words: f32,
    pub kept: [f32; 2],
    pub chars: f32,
    pub link_chars: f32,
    pub blocks: f32,
}

impl Sums {
    pub(super) fn add(&mut self, block: &Block, votes: [f32; 3]) {
        let n_words = float(block.n_words);
        self.words += n_words;
        self.kept[0] += n_words * votes[0];
        self.kept[1] += n_words * votes[1];
        self.chars += float(block.n_chars);
        self.link_chars += float(block.n_link_chars);
        self.blocks += 1.0;
    }

    fn add_all(&mut self, other: Self) {
        self.words += other.words;
        self.kept[0] += other.kept[0];
        self.kept[1] += other.kept[1];
        self.chars += other.chars;
        self.link_chars += other.link_chars;
        self.blocks += other.blocks;
    }

    pub(super) fn share(self, voter: usize) -> f32 {
        if self.words == 0.0 { 0.0 } else { self.kept[voter] / self.words }
    }

    pub(super) fn link_share(self) -> f32 {
        if self.chars == 0.0 { 0.0 } else { self.link_chars / self.chars }
    }
}

/// Containers of some text that have at least three siblings of the same name and class: how much of
/// them is links.
pub(super) fn cards(blocks: &Blocks, sums: &[Sums]) -> Vec<Option<f32>> {
    const ALIKE_MIN: f32 = 4.0;
    let mut alike: HashMap<(usize, u64), Sums> = HashMap::new();
    let is_card = |at: usize| sums[at].blocks >= 2.0 || blocks.containers[at].name == "li";
    for (at, container) in blocks.containers.iter().enumerate().filter(|(at, _)| is_card(*at)) {
        let all = alike.entry((container.parent, container.path)).or_default();
        all.blocks += 1.0;
        all.chars += sums[at].chars;
        all.link_chars += sums[at].link_chars;
    }
    let card = |(at, container): (usize, &Container)| {
        let all = alike.get(&(container.parent, container.path)).filter(|_| is_card(at))?;
        (all.blocks >= ALIKE_MIN).then(|| all.link_share())
    };
    blocks.containers.iter().enumerate().map(card).collect()
}

pub(super) fn is_within(blocks: &Blocks, block: &Block, kind: &str) -> bool {
    let bit = KINDS.iter().position(|one| one.name == kind).unwrap_or_default();
    blocks.around(block).any(|at| blocks.containers[at].hints.has(bit))
}

/// Whether there is kept text of some length outside all elements of a kind.
pub(super) fn is_beside(blocks: &Blocks, votes: &[[f32; 3]], kind: &str) -> bool {
    const WORDS_MIN: usize = 80;
    let kept = blocks.blocks.iter().zip(votes).filter(|(block, votes)| {
        votes[0].max(votes[1]) >= KEPT && block.n_words >= 10 && !is_within(blocks, block, kind)
    });
    kept.map(|(block, _)| block.n_words).sum::<usize>() >= WORDS_MIN
}

pub(super) fn sums(blocks: &Blocks, votes: &[[f32; 3]]) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); blocks.containers.len()];
    for (block, votes) in blocks.blocks.iter().zip(votes) {
        sums[block.container].add(block, *votes);
    }
    // Containers come after those they stand in.
    for at in (1..sums.len()).rev() {
        let inner = sums[at];
        sums[blocks.containers[at].parent].add_all(inner);
    }
    sums
}

/// From the first to the last block of some length that a voter kept.
pub(super) fn span(blocks: &Blocks, votes: &[[f32; 3]], reader: usize) -> Option<(usize, usize)> {
    const WORDS_MIN: usize = 10;
    let is_core =
        |at: &usize| votes[*at][reader] >= KEPT && blocks.blocks[*at].n_words >= WORDS_MIN;
    let first = (0..votes.len()).find(is_core)?;
    let last = (0..votes.len()).rev().find(is_core)?;
    Some((first, last))
}
