//! Where what readers say begins.

use std::collections::HashSet;

use crate::extract::blocks::{Block, Blocks, PROSE_WORDS_MIN, Shape, n_together};
use crate::extract::phrases;

/// Elements that hold no text of the article.
const OTHER: [&str; 4] = ["comment", "footer", "aside", "related"];

impl Blocks {
    /// Leaves out what readers say: what stands below the last heading that counts it, under an
    /// article, and such headings in the article. `is_stated` asks whether a block is the article's
    /// by what is known of the page.
    ///
    /// Such a heading may also stand beside the beginning of the article, and then ends nothing.
    pub(in crate::extract) fn end_at_comments(&mut self, is_stated: impl Fn(&Block) -> bool) {
        let Some((start, end)) = self.article_above_comments() else { return };
        if !self.goes_on(start, end, is_stated) {
            self.blocks.truncate(end);
        }
        let mut at = 0..;
        self.blocks.retain(|block| at.next() < Some(start) || !is_heading_of_comments(block));
    }

    /// The first paragraph below the headline, and the last heading below that which counts comments.
    fn article_above_comments(&self) -> Option<(usize, usize)> {
        const PARAGRAPH_WORDS_MIN: usize = 8;
        let is_paragraph =
            |block: &Block| block.shape == Shape::Paragraph && block.n_words >= PARAGRAPH_WORDS_MIN;
        let headline = self.blocks.iter().position(|block| block.shape == Shape::Heading(1))?;
        let start = headline + self.blocks[headline..].iter().position(is_paragraph)?;
        let end = start + self.blocks[start..].iter().rposition(is_heading_of_comments)?;
        Some((start, end))
    }

    /// Whether an article that begins at block `start` goes on below a heading at `end`: its data say
    /// so, the element of its paragraphs has more of them, or there is more of it below than above.
    fn goes_on(&self, start: usize, end: usize, is_stated: impl Fn(&Block) -> bool) -> bool {
        // What holds the beginning of the article may be named after anything in it.
        let first = self.blocks[start].container;
        let is_other =
            |block: &Block| self.around(block).any(|at| at > first && self.is_named_as(at, &OTHER));
        let above: Vec<&Block> = self.blocks[start..end].iter().filter(|b| is_prose(b)).collect();
        let below = self.blocks[end + 1..].iter().filter(|b| is_prose(b) && !is_other(b));
        let below: Vec<&Block> = below.collect();
        let said: HashSet<&str> = above.iter().map(|block| block.words.as_str()).collect();
        let holders: HashSet<usize> = above.iter().map(|block| self.holder(block)).collect();
        let heading = self.holder(&self.blocks[end]);
        let is_more = |block: &&Block| {
            let holder = self.holder(block);
            let is_of_holder = block.shape == Shape::Paragraph
                && holder != heading
                && holders.contains(&holder)
                && phrases::tells(&block.text);
            !said.contains(block.words.as_str()) && (is_of_holder || is_stated(block))
        };
        let n_above: usize = above.iter().map(|block| block.n_words).sum();
        below.iter().any(is_more) || n_together(self, below.iter().copied()) > n_above
    }
}

fn is_heading_of_comments(block: &Block) -> bool {
    matches!(block.shape, Shape::Heading(2..))
        && block.n_link_chars == 0
        && phrases::counts_comments(&block.text)
}

fn is_prose(block: &Block) -> bool {
    block.n_words >= PROSE_WORDS_MIN
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;
    use crate::extract::blocks::of;

    /// Whether anything but headings is left out.
    fn ends_where(html: &str, is_stated: fn(&Block) -> bool) -> bool {
        let n_others = |all: &Blocks| {
            let others = all.blocks.iter().filter(|block| !is_heading_of_comments(block));
            others.count()
        };
        let mut all = of(&Document::from(html), &HashSet::new());
        let n_before = n_others(&all);
        all.end_at_comments(is_stated);
        n_others(&all) < n_before
    }

    fn ends(html: &str) -> bool {
        ends_where(html, |_| false)
    }

    const TEXT: &str = "<p>De brug bij Hulst blijft nog drie weken dicht voor alle verkeer.</p>";
    const LONG: &str = "<p>De brug bij Hulst blijft nog drie weken dicht voor alle verkeer, zegt de \
                        provincie, die het werk niet eerder klaar krijgt.</p>";
    const MORE: &str = "<p>Fietsers kunnen om de tien minuten met een pont naar de overkant, van zes \
                        uur in de ochtend tot middernacht.</p>";

    #[test]
    fn comments_that_a_heading_counts_end_the_page() {
        let comment = "<div><b>Piet</b><p>Schande, en dat al voor het derde jaar.</p></div>";
        assert!(ends(&format!("<h1>Brug dicht</h1>{TEXT}<h2>12 reacties</h2>{comment}")));
        assert!(ends(&format!("<h1>Brug dicht</h1>{TEXT}<h3>Reacties (2)</h3>{comment}")));
        assert!(ends(&format!("<h1>Brug dicht</h1>{TEXT}<h3>Geen reacties</h3>{comment}")));
        assert!(!ends(&format!("<h1>Brug dicht</h1>{TEXT}<h3>Geen reactie</h3>{TEXT}")));
        assert!(!ends(&format!("<h1>Brug dicht</h1><h2>12 reacties</h2>{TEXT}")));
        assert!(!ends(&format!("<h1>Brug dicht</h1>{TEXT}<h2>Reacties op het plan</h2>{TEXT}")));
        assert!(!ends(&format!("<h1>Brug</h1>{TEXT}<h2><a href=#r>12 reacties</a></h2>{TEXT}")));
    }

    #[test]
    fn comments_counted_beside_the_beginning_of_an_article_do_not_end_it() {
        let aside = "<aside><h3>Reacties (12)</h3><p>Praat mee</p></aside>";
        let page = |rest: &str| format!("<article><h1>Brug dicht</h1>{rest}</article>");
        assert!(!ends(&page(&format!("{LONG}{aside}<div>{MORE}{MORE}</div>"))));
        assert!(!ends(&page(&format!(
            "<div>{LONG}{LONG}</div>{aside}<div>{MORE}{MORE}{MORE}</div>"
        ))));
        assert!(!ends(&page(&format!("<div>{LONG}{LONG}{LONG}{aside}{MORE}</div>"))));
        let stated = |block: &Block| block.text.contains("pont");
        let flat = page(&format!("{LONG}{LONG}{LONG}<h4>2 reacties</h4>{MORE}"));
        assert!(ends(&flat) && !ends_where(&flat, stated));
        let mut all = of(&Document::from(flat), &HashSet::new());
        all.end_at_comments(stated);
        assert!(!all.blocks.iter().any(is_heading_of_comments));
        // A teaser of the same article repeats what it says.
        let teaser = page(&format!("{LONG}{MORE}<h4>Geen reacties</h4><div>{MORE}</div>"));
        assert!(ends_where(&teaser, stated));
        let again = format!("{LONG}{aside}<div>{MORE}{MORE}</div><h3>12 reacties</h3><b>Piet</b>");
        assert!(ends(&page(&again)));
    }

    #[test]
    fn long_comments_and_what_stands_below_them_are_not_the_article() {
        let page = |rest: &str| {
            format!(
                "<div class='post has-comments'><h1>Brug dicht</h1><div>{LONG}{LONG}</div>{rest}</div>"
            )
        };
        let one = format!("<li><b>Piet</b><div>{MORE}</div></li>");
        assert!(ends(&page(&format!("<h3>3 reacties</h3><ol>{one}{one}{one}</ol>"))));
        let box_of = |class: &str| {
            format!("<h3>Geen reacties</h3><div class={class}>{MORE}{MORE}{MORE}{MORE}</div>")
        };
        assert!(ends(&page(&box_of("comments"))) && ends(&page(&box_of("footer"))));
        assert!(!ends(&page(&box_of("text"))));
        let asked = "<p>Heb je iets gezien of gehoord dat wij moeten weten? Mail de redactie of bel \
                     ons, ook in het weekend.</p>";
        let boxed = format!("{LONG}<div><h3>2 reacties</h3>{one}</div>{asked}");
        assert!(ends(&format!("<article><h1>Brug dicht</h1>{boxed}</article>")));
    }
}
