//! What is left of the blocks that were chosen, as the text of the article.

use crate::dedupe::near::credit;
use crate::extract::blocks::{Block, Blocks, Shape, words_of};
use crate::extract::votes::Voter;
use crate::extract::{Candidate, Page, Rules, byline, notes, offer, phrases, render};

/// Fills in the text of the blocks that were `chosen`, and who of `voters` would have chosen the same.
pub(super) fn text(
    page: &mut Page,
    blocks: &Blocks,
    (chosen, voters): (&[bool], &[Voter]),
    rules: &Rules,
) {
    let all = notes::with(blocks, chosen);
    let kept = blocks.blocks.iter().zip(&all).filter(|(_, is_kept)| **is_kept);
    let mut kept: Vec<_> = kept.map(|(block, _)| block).collect();
    if page.is_free != Some(true) {
        kept.truncate(offer::before(blocks, &kept));
    }
    kept.retain(|block| is_told(blocks, block));
    leave_out_links(&mut kept);
    leave_out_top(page, &mut kept);
    page.n_words = kept.iter().map(|block| block.n_words).sum();
    page.text = render::text(blocks, kept.iter().copied());
    page.leave_out(&rules.recurring);
    page.candidates = voters
        .iter()
        .map(|voter| Candidate {
            name: voter.name.to_owned(),
            n_words: voter.n_words,
            agreement: agreement(voter, &kept, page.n_words),
        })
        .collect();
}

/// Whether a block is of what the article tells, whoever chose it.
fn is_told(blocks: &Blocks, block: &Block) -> bool {
    /// Longer sentences with a link tell something.
    const POINTER_WORDS_MAX: usize = 20;
    let text = &block.text;
    let has_link = block.n_link_chars > 0 && block.n_words <= POINTER_WORDS_MAX;
    let is_pointer = has_link && block.shape != Shape::Item && phrases::reads_also(text);
    !is_pointer
        && block.shape != Shape::Caption
        && !offer::is_offer(blocks, block)
        && !offer::is_pointer(text)
        && !phrases::is_placeholder(text)
        && !phrases::asks_for_tips(text)
}

/// Who wrote an article may stand below its text, as `Tekst: Jo van Dam` or `Bron: ANP`.
pub(super) fn credit(page: &mut Page, blocks: &Blocks, chosen: &[bool]) {
    const BEHIND_MAX: usize = 2;
    let Some(last) = chosen.iter().rposition(|is_chosen| *is_chosen) else { return };
    let Some(end) = blocks.blocks.get(last) else { return };
    let below = blocks.blocks[last..].iter().take(1 + BEHIND_MAX);
    let below = below.filter(|block| blocks.holder(block) == blocks.holder(end));
    let lines: Vec<String> =
        below.map(|block| block.text.trim_matches(['(', ')']).to_owned()).collect();
    if page.authors.is_empty() {
        page.authors = byline::said(&lines);
    }
    let named = || lines.iter().find_map(|line| credit::line(line));
    let said = || credit::of(&page.authors, &page.text);
    page.wire = page.wire.take().or_else(|| said().or_else(named).map(str::to_owned));
}

/// `Lees ook` and the titles below it.
fn leave_out_links(kept: &mut Vec<&Block>) {
    const WORDS_MAX: usize = 4;
    let is_link = |block: &Block| block.n_chars > 0 && block.n_link_chars * 10 >= block.n_chars * 8;
    let mut following = kept.clone().into_iter().skip(1);
    let mut is_list = false;
    kept.retain(|block| {
        let is_next_link = following.next().is_some_and(is_link);
        let is_label = block.n_words <= WORDS_MAX && phrases::reads_also(&block.text);
        is_list = is_label && is_next_link || is_list && is_link(block);
        !is_list
    });
}

/// Above the second paragraph a line may say who wrote the article and when, or its headline, which is
/// no text of it.
fn leave_out_top(page: &Page, kept: &mut Vec<&Block>) {
    const SENTENCE_WORDS_MIN: usize = 8;
    let stated = [page.published, page.modified];
    let days: Vec<_> = stated.iter().flatten().map(|date| date.at.to_local().date()).collect();
    let headline = page.headline.as_deref().map(|headline| words_of(headline).0);
    let mut n_prose = 0;
    kept.retain(|block| {
        let is_sentence = block.n_words >= SENTENCE_WORDS_MIN && phrases::is_sentence(&block.text);
        let is_line = byline::tells_who_or_when(&block.text, &days);
        n_prose += usize::from(is_sentence && !is_line);
        // A day heads what happens on it.
        let is_line = is_line && !(n_prose > 0 && matches!(block.shape, Shape::Heading(_)));
        let is_headline = n_prose == 0 && headline.as_ref() == Some(&block.words);
        n_prose > 1 || !(is_headline || is_line)
    });
}

#[expect(clippy::cast_precision_loss, reason = "a share of some thousand words")]
fn agreement(voter: &Voter, kept: &[&Block], n_words: usize) -> f32 {
    let held: f32 = kept.iter().map(|block| voter.vote(block) * block.n_words as f32).sum();
    if n_words == 0 { 0.0 } else { held / n_words as f32 }
}

#[cfg(test)]
mod tests {
    use crate::extract::{Source, page};

    use super::*;

    fn read(html: &str) -> Page {
        page(html.as_bytes(), &Source::default(), &Rules::default()).unwrap()
    }

    const BRIDGE: &str = "<p>De gemeente Hulst sluit de brug over het kanaal vanaf maandag voor drie \
        weken, zegt wethouder Karin de Bruijn.</p><p>Volgens de wethouder is het onderhoud al jaren \
        uitgesteld. De brug stamt uit 1934 en is sindsdien twee keer opgeknapt.</p>";

    /// What is read of an article with `above` and `below` its two paragraphs.
    fn text_with(above: &str, below: &str) -> Page {
        read(&format!(
            "<html lang=nl><main><article><h1>Brug bij Hulst dicht</h1>{above}{BRIDGE}{below}\
             </article></main></html>"
        ))
    }

    #[test]
    fn links_to_other_articles_and_what_asks_for_consent_are_no_text() {
        let plain = text_with("", "").text;
        assert!(plain.starts_with("De gemeente") && plain.ends_with("opgeknapt."), "{plain}");
        let links =
            "<div class=rel><h4>Lees ook</h4><a href=/1>Tunnel gratis vanaf januari</a></div>";
        let consent = "<div><p>Deze inhoud kan niet getoond worden. Pas je cookie-instellingen \
                       aan.</p></div>";
        let last = "<p>Vanaf zaterdag geldt weer de gewone dienstregeling, meldt de provincie.</p>";
        let pointer = "<p>Lees meer over dit onderwerp in <a href=/d>ons dossier bruggen</a>.</p>";
        let tips = "<p>Zie je een fout in dit artikel? Laat het ons weten.</p>";
        let caption = "<figure><img><figcaption>De brug bij Hulst.</figcaption></figure>";
        for between in [links, consent, pointer, tips, caption] {
            let text = text_with("", &format!("{between}{last}")).text;
            assert_eq!(text.strip_prefix(&plain).map(str::trim), Some(&last[3..last.len() - 4]));
        }
    }

    #[test]
    fn what_says_who_wrote_it_is_no_text_and_names_the_author() {
        let plain = text_with("", "").text;
        let above = text_with("<p>14 mrt 2026 om 10:15 uur • Door Jo van Dam</p>", "");
        assert_eq!((above.text, above.authors), (plain, vec!["Jo van Dam".to_owned()]));
        assert_eq!(text_with("", "<p>Tekst: Jo van Dam</p>").authors, ["Jo van Dam"]);
        assert_eq!(text_with("", "<p>Bron: ANP</p>").wire.as_deref(), Some("ANP"));
        assert_eq!(text_with("", "<p>Foto: ANP</p>").wire, None);
        let wire = |author: &str| text_with(&format!("<p class=author>{author}</p>"), "").wire;
        assert_eq!(wire("Redactie / ANP").as_deref(), Some("ANP"));
        assert_eq!(wire("Sarah Bloomberg"), None);
    }
}
