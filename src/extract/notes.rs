//! What a paper says of its own mistakes, which often looks like the small print around an article.

use std::collections::HashSet;

use crate::extract::blocks::{Block, Blocks};
use crate::extract::phrases;

/// So many blocks before and behind an article may still belong to it.
const BESIDE_BLOCKS: usize = 3;

/// The blocks of the article, `chosen`, and what it says of its corrections beside them.
pub(super) fn with(blocks: &Blocks, chosen: &[bool]) -> Vec<bool> {
    let mut all = chosen.to_vec();
    let is_chosen = |is_chosen: &bool| *is_chosen;
    let ends = chosen.iter().position(is_chosen).zip(chosen.iter().rposition(is_chosen));
    let Some((first, last)) = ends else { return all };
    let beside = first.saturating_sub(BESIDE_BLOCKS)..=last + BESIDE_BLOCKS;
    let mut article = None;
    for (at, block) in blocks.blocks.iter().enumerate().filter(|(at, _)| beside.contains(at)) {
        let is_heading = phrases::heads_correction(&block.text);
        if !is_heading && (chosen[at] || !phrases::is_correction(&block.text)) {
            continue;
        }
        let article = article.get_or_insert_with(|| Article::of(blocks, chosen));
        if is_heading {
            article.below(at).into_iter().for_each(|at| all[at] = true);
        } else {
            let is_beside = article.is_among(at, block) || article.is_alone_in(at);
            all[at] |= is_beside && !article.is_of_others(block);
        }
    }
    all
}

/// Where the blocks of an article stand.
struct Article<'b> {
    blocks: &'b Blocks,
    /// Elements that hold blocks of the article.
    holding: HashSet<usize>,
    /// The elements in which their elements stand.
    holders: HashSet<usize>,
    /// These, and what is around them within the `article`.
    within: HashSet<usize>,
}

impl<'b> Article<'b> {
    fn of(blocks: &'b Blocks, chosen: &[bool]) -> Self {
        let (mut holding, mut holders) = (HashSet::new(), HashSet::new());
        let mut within = HashSet::new();
        let kept = blocks.blocks.iter().zip(chosen).filter(|(_, is_chosen)| **is_chosen);
        for (block, _) in kept {
            holders.insert(blocks.holder(block));
            // What is around a block that was seen before was seen as well.
            holding.extend(
                blocks.around(block).take_while(|at| !holding.contains(at)).collect::<Vec<_>>(),
            );
            if within.contains(&blocks.holder(block)) {
                continue;
            }
            let around: Vec<usize> = blocks.around(block).skip(1).collect();
            let is_article = |at: &usize| blocks.containers[*at].name == "article";
            let end = around.iter().position(is_article).map_or(0, |end| end + 1);
            within.extend(around.into_iter().take(end));
            within.insert(blocks.holder(block));
        }
        Self { blocks, holding, holders, within }
    }

    /// Whether a block stands beside the article: in the same element, or alone in one that does.
    /// Teasers, comments and what a site says of itself stand in boxes with more in them.
    fn is_among(&self, at: usize, block: &Block) -> bool {
        let own = self.blocks.holder(block);
        let outer = self.blocks.containers[own].parent;
        self.holders.contains(&own) || self.holders.contains(&outer) && self.is_alone(at, own)
    }

    /// Whether a block stands alone in a box within the `article`, outside the element of its text.
    fn is_alone_in(&self, at: usize) -> bool {
        let outer = self.outer(at);
        outer.is_some_and(|outer| self.is_alone(at, outer)) && self.is_said(at)
    }

    /// A heading and what is said below it, in a box that begins with it or beside it.
    fn below(&self, at: usize) -> Vec<usize> {
        const BLOCKS_MAX: usize = 5;
        let Some(outer) = self.outer(at) else { return Vec::new() };
        let from = |at, container| {
            (at..).take_while(move |at| self.is_in(*at, container)).take(BLOCKS_MAX + 1)
        };
        let mut note: Vec<usize> = from(at, outer).collect();
        if note == [at]
            && let Some(next) = self.outer(at + 1)
        {
            let parent = |of: usize| self.blocks.containers[of].parent;
            note.extend(from(at + 1, next).filter(|_| parent(next) == parent(outer)));
        }
        let is_note = self.is_first(at, outer)
            && (2..=BLOCKS_MAX).contains(&note.len())
            && note.iter().skip(1).all(|at| self.is_said(*at));
        if is_note { note } else { Vec::new() }
    }

    /// The largest element around a block that holds nothing of the article, where it stands within that.
    fn outer(&self, at: usize) -> Option<usize> {
        let block = self.blocks.blocks.get(at)?;
        let outer = self.blocks.around(block).take_while(|at| !self.holding.contains(at)).last();
        let outer = outer.unwrap_or(block.container);
        self.within.contains(&self.blocks.containers[outer].parent).then_some(outer)
    }

    fn is_in(&self, at: usize, container: usize) -> bool {
        let block = self.blocks.blocks.get(at);
        block.is_some_and(|block| self.blocks.around(block).any(|around| around == container))
    }

    /// Whether a block is the first of an element that holds it; the blocks of one stand in a row.
    fn is_first(&self, at: usize, container: usize) -> bool {
        at.checked_sub(1).is_none_or(|before| !self.is_in(before, container))
    }

    fn is_alone(&self, at: usize, container: usize) -> bool {
        self.is_first(at, container) && !self.is_in(at + 1, container)
    }

    /// Whether a block tells something, and neither leads elsewhere nor asks for anything, as what
    /// papers say of mistakes in general.
    fn is_said(&self, at: usize) -> bool {
        let Some(block) = self.blocks.blocks.get(at) else { return false };
        block.n_link_chars * 2 <= block.n_chars
            && !block.text.contains(['?', '@'])
            && (phrases::takes_back(&block.text) || !phrases::is_prompt(&block.text))
            && !phrases::reads_also(&block.text)
            && !self.is_of_others(block)
    }

    /// What holds the article as well may be named after anything in it.
    fn is_of_others(&self, block: &Block) -> bool {
        const OTHERS: [&str; 4] = ["comment", "related", "nav", "ad"];
        let mut own = self.blocks.around(block).take_while(|at| !self.holding.contains(at));
        own.any(|at| self.blocks.is_named_as(at, &OTHERS))
    }
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;
    use crate::extract::blocks;

    /// What is taken for a correction beside the blocks that hold the word `brug`.
    fn notes(html: &str) -> Vec<String> {
        let all = blocks::of(&Document::from(html), &HashSet::new());
        let chosen: Vec<bool> =
            all.blocks.iter().map(|block| block.text.contains("brug")).collect();
        let with = with(&all, &chosen);
        let is_new = |at: &usize| with[*at] && !chosen[*at];
        (0..with.len()).filter(is_new).map(|at| all.blocks[at].text.clone()).collect()
    }

    const SAID: &str = "In een eerder bericht werd Jansen een verdachte genoemd.";

    #[track_caller]
    fn check(note: &str, n_expected: usize) {
        let text = "<p>De brug is dicht.</p><p>De brug is oud.</p>";
        for html in [
            format!("<div class=body>{text}{note}</div>"),
            format!("<div class=text-commercial-slot>{note}{text}</div>"),
            format!("<article><h1>Kop</h1><div><div class=body>{text}</div>{note}</div></article>"),
            format!("<article><h1>Kop</h1>{note}<div class=body>{text}</div></article>"),
        ] {
            assert_eq!(notes(&html).len(), n_expected, "{html}");
        }
    }

    #[test]
    fn a_correction_is_found_in_a_line_in_a_box_or_below_a_heading() {
        check(&format!("<div class=correction><strong>Rectificatie</strong> {SAID}</div>"), 1);
        check(&format!("<p>Correctie (17 maart): {SAID}</p>"), 1);
        check(&format!("<blockquote><p>Correctie: {SAID}</p></blockquote>"), 1);
        check("<ul><li>Verbeterd: de brand was in Oss, niet in Uden.</li></ul>", 1);
        check("<p><em>(Met correctie)</em></p>", 1);
        let privacy = "In een eerdere versie van dit artikel stond dat de club de privacy schond.";
        check(&format!("<p>Rectificatie: {privacy} Dat is onjuist.</p>"), 1);
        check(&format!("<div class='box notice'><h4>Rectificatie</h4><p>{SAID}</p></div>"), 2);
        let earlier = "In een eerdere versie van dit artikel werd Jansen een verdachte genoemd.";
        check(&format!("<div class=box><h4>Rectificatie</h4><p>{earlier}</p></div>"), 2);
        check(&format!("<h3>Rectificatie</h3><p>{SAID}</p>"), 2);
        check(&format!("<section><header>Correctie</header><div><p>{SAID}</p></div></section>"), 2);
        let heading = "<summary>Correcties en aanvullingen</summary>";
        check(&format!("<details>{heading}<p>{SAID}</p><p>{SAID}</p></details>"), 3);
        let heading = "<p><strong>Correcties en aanvullingen</strong></p>";
        check(&format!("{heading}<ul><li>16 maart: {SAID}</li></ul>"), 2);
    }

    #[test]
    fn what_is_said_of_other_articles_and_of_mistakes_in_general_is_none() {
        for other in [
            format!("<div class=comments><p>Correctie: {SAID}</p></div>"),
            format!("<section><b>Piet</b><p>Correctie: {SAID}</p></section>"),
            format!("<section><h3><a href=/2>Sluis</a></h3><p>Correctie: {SAID}</p></section>"),
            format!("<div><p><a href=/2>Rectificatie: {SAID}</a></p><p>Sluis</p></div>"),
            "<h4>Rectificatie</h4><ul><li><a href=/1>Jansen is geen verdachte</a></li></ul>".into(),
            format!("<div class=related><h4>Rectificatie</h4><p>{SAID}</p></div>"),
            "<h4>Correcties en aanvullingen</h4><p>Fout gezien? Meld het ons.</p>".into(),
            "<p>Fout gezien? Meld het ons.</p>".into(),
            format!("<div><h4>Nieuws</h4><h4>Rectificatie</h4><p>{SAID}</p></div>"),
        ] {
            check(&other, 0);
        }
        // Beside the article, and not within it.
        let text = "<article><div class=body><p>De brug is dicht.</p></div></article>";
        for other in [
            format!("<div class=side><h4>Rectificatie</h4><p>{SAID}</p></div>"),
            format!("<div class=side><p>Correctie: {SAID}</p></div>"),
        ] {
            assert_eq!(notes(&format!("<main>{text}{other}</main>")), [""; 0], "{other}");
        }
    }
}
