//! What an article ends with: lists of few words each, and short last lines, which look like what
//! stands around articles. What they stand beside tells them apart.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::extract::blocks::{Block, Blocks, Shape};
use crate::extract::phrases::{self, pattern};
use crate::extract::votes::Voter;

/// Paragraphs of a teaser.
const TEASER_PARAGRAPHS_MAX: usize = 2;

/// Longer cells are what pages were laid out with.
const CELL_WORDS_MAX: usize = 12;

/// A line that counts readers, or what it takes to read.
static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*[\d.,]+ ?(?:x|keer|maal) (?:bekeken|gelezen|gedeeld)\W*$|^\W*\d+ ?(?:min|minuut|minuten)\.? (?:leestijd|leesduur|lezen)\W*$|^\W*(?:leestijd|leesduur)\W*\d+ ?min",
    )
});

/// What can be answered to a poll, and where one can go from a page.
static CHOICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:helemaal |mee )?(?:eens|oneens)|ja|nee|weet (?:ik )?niet|geen mening|vorige|volgende)\W*$",
    )
});

/// Takes into the article what belongs to the block before it: items of one list, a list that was
/// announced, and behind its end what the JSON-LD has next or a list among its paragraphs.
pub(super) fn take_in(blocks: &Blocks, chosen: &mut [bool], json: &Voter) {
    let Some(last) = chosen.iter().rposition(|is_chosen| *is_chosen) else { return };
    let all = &blocks.blocks;
    let mut seen = HashSet::new();
    for at in 1..all.len().min(chosen.len()) {
        seen.insert(all[at - 1].words.as_str());
        if chosen[at] || !chosen[at - 1] {
            continue;
        }
        let (before, block) = (&all[at - 1], &all[at]);
        if seen.contains(block.words.as_str()) || is_furniture(blocks, block) {
            continue;
        }
        let is_end = at > last;
        chosen[at] = is_next_item(blocks, before, block)
            || is_announced(blocks, before, block)
            || is_end && json.follows(before, block)
            || is_end && is_end_of(blocks, before, at);
    }
    if let Some(main) = main_home(blocks, chosen) {
        leave_out_cards(blocks, chosen, main);
        take_in_tables(blocks, chosen, main);
        take_in_headings(blocks, chosen, main);
        take_in_sentences(blocks, chosen, main);
    }
    own_sentences(blocks, chosen);
}

/// The element that a paragraph stands in, and text without an element of its own.
fn home(blocks: &Blocks, block: &Block) -> Option<usize> {
    match block.shape {
        Shape::Paragraph => Some(blocks.holder(block)),
        Shape::Bare => Some(block.container),
        _ => None,
    }
}

/// The element that several paragraphs of the article stand in, with most of its words.
fn main_home(blocks: &Blocks, chosen: &[bool]) -> Option<usize> {
    const PARAGRAPHS_MIN: usize = 2;
    let mut homes: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut n_words = 0;
    for (block, _) in blocks.blocks.iter().zip(chosen).filter(|(_, is_chosen)| **is_chosen) {
        n_words += block.n_words;
        if let Some(home) = home(blocks, block) {
            let (n_paragraphs, n_words) = homes.entry(home).or_default();
            *n_paragraphs += 1;
            *n_words += block.n_words;
        }
    }
    let (main, (n_paragraphs, n_own)) = homes.into_iter().max_by_key(|(_, (_, words))| *words)?;
    (n_paragraphs >= PARAGRAPHS_MIN && n_own * 2 > n_words).then_some(main)
}

/// Leaves out the cards behind the article, elements in a row of one kind that begin with a heading: each is
/// another article.
fn leave_out_cards(blocks: &Blocks, chosen: &mut [bool], main: usize) {
    const CARDS_MIN: usize = 2;
    let all = &blocks.blocks;
    let is_in_main = |block: &Block| blocks.around(block).any(|at| at == main);
    let Some(last) = all.iter().rposition(is_in_main) else { return };
    let behind = last + 1..all.len().min(chosen.len());
    let mut cards: HashMap<u64, HashSet<usize>> = HashMap::new();
    for block in &all[behind.clone()] {
        let holder = blocks.holder(block);
        if matches!(block.shape, Shape::Heading(_)) && holder != 0 {
            cards.entry(blocks.containers[holder].path).or_default().insert(holder);
        }
    }
    let is_card = |at: usize| {
        cards
            .get(&blocks.containers[at].path)
            .is_some_and(|cards| cards.len() >= CARDS_MIN && cards.contains(&at))
    };
    for at in behind {
        chosen[at] &= !blocks.around(&all[at]).any(is_card);
    }
}

/// Takes in the headings between paragraphs of the article.
fn take_in_headings(blocks: &Blocks, chosen: &mut [bool], main: usize) {
    let all = &blocks.blocks;
    for at in 1..all.len().min(chosen.len()).saturating_sub(1) {
        let block = &all[at];
        let is_between = !chosen[at] && chosen[at - 1] && chosen[at + 1];
        let is_heading = matches!(block.shape, Shape::Heading(2..)) && blocks.holder(block) == main;
        let is_paragraph = home(blocks, &all[at + 1]) == Some(main);
        chosen[at] |= is_between && is_heading && is_paragraph && !is_furniture(blocks, block);
    }
}

/// Takes in the tables among the paragraphs of the article, but not what leads elsewhere.
fn take_in_tables(blocks: &Blocks, chosen: &mut [bool], main: usize) {
    let all = &blocks.blocks;
    let table = |block: &Block| {
        let table = blocks.around(block).find(|at| blocks.containers[*at].name == "table")?;
        (blocks.containers[table].parent == main).then_some(table)
    };
    let Some(first) = chosen.iter().position(|is_chosen| *is_chosen) else { return };
    let last = chosen.iter().rposition(|is_chosen| *is_chosen).unwrap_or_default();
    let mut at = first;
    while at < last {
        let Some(whole) = table(&all[at]) else {
            at += 1;
            continue;
        };
        let n = all[at..].iter().take_while(|block| table(block) == Some(whole)).count();
        let cells = &all[at..at + n];
        let is_data = cells.iter().all(|cell| {
            cell.shape == Shape::Cell
                && cell.n_words <= CELL_WORDS_MAX
                && !is_furniture(blocks, cell)
        });
        if is_data && at + n <= last {
            chosen[at..at + n].fill(true);
        }
        at += n;
    }
}

/// Takes in the sentences behind the end that stand among the paragraphs of the article, up to
/// anything else that stands there; a box between them does not.
fn take_in_sentences(blocks: &Blocks, chosen: &mut [bool], main: usize) {
    let all = &blocks.blocks;
    let last = chosen.iter().rposition(|is_chosen| *is_chosen).map_or(0, |last| last + 1);
    let is_beside =
        |block: &Block| home(blocks, block) == Some(main) || blocks.holder(block) == main;
    for at in (last..all.len().min(chosen.len())).filter(|at| is_beside(&all[*at])) {
        let block = &all[at];
        let is_said = phrases::tells(&block.text) || phrases::is_quote(&block.text);
        // A sentence that tells of privacy or a photo asks for nothing and credits nobody.
        let is_told = phrases::tells_of(&block.text);
        let is_other = stands_apart(blocks, block) || is_said_beside(block) && !is_told;
        if home(blocks, block) != Some(main) || !(is_said || is_told) || is_other {
            return;
        }
        chosen[at] = true;
    }
}

/// Of other articles on the page, teasers without links to them may look more like an article than one of a
/// sentence, which is what stands in the same `article` as the headline.
fn own_sentences(blocks: &Blocks, chosen: &mut [bool]) {
    let all = &blocks.blocks;
    let article =
        |block: &Block| blocks.around(block).find(|at| blocks.containers[*at].name == "article");
    let headline = all.iter().rfind(|block| block.shape == Shape::Heading(1));
    let Some(own) = headline.and_then(article) else { return };
    let outside: Vec<&Block> =
        all.iter().zip(chosen.iter()).filter(|(_, is)| **is).map(|(block, _)| block).collect();
    let is_other = |block: &&Block| article(block) != Some(own);
    let n_headings =
        outside.iter().filter(|block| matches!(block.shape, Shape::Heading(2..))).count();
    // The text may stand in an element of its own, with more of it to a heading.
    let is_of_others = outside.iter().all(is_other)
        && outside.len() - n_headings <= n_headings * TEASER_PARAGRAPHS_MAX;
    let is_own = |block: &Block| {
        article(block) == Some(own) && phrases::tells(&block.text) && !is_furniture(blocks, block)
    };
    if is_of_others && all.iter().any(is_own) {
        for (block, is_chosen) in all.iter().zip(chosen) {
            *is_chosen = is_own(block);
        }
    }
}

/// What no article holds, whatever stands beside it.
fn is_furniture(blocks: &Blocks, block: &Block) -> bool {
    stands_apart(blocks, block) || is_said_beside(block)
}

/// Whether a block is none of running text, by what it is and where it stands.
fn stands_apart(blocks: &Blocks, block: &Block) -> bool {
    const NEAR: usize = 3;
    const OTHER: [&str; 12] = [
        "nav",
        "footer",
        "ad",
        "share",
        "related",
        "comment",
        "byline",
        "meta",
        "date",
        "newsletter",
        "wall",
        "cookie",
    ];
    block.n_link_chars > 0
        || block.n_words == 0
        || block.shape == Shape::Caption
        || blocks.around(block).take(NEAR).any(|at| blocks.is_named_as(at, &OTHER))
}

/// Whether a block says what is said beside articles.
fn is_said_beside(block: &Block) -> bool {
    let text = &block.text;
    phrases::is_prompt(text)
        || phrases::reads_also(text)
        || is_for_sharing(block)
        || COUNT.is_match(text)
        || phrases::is_credit(text)
        || phrases::is_advertisement(text) && !is_named_ad(text)
}

/// Whether a block is for sharing the page. `Bewaar de bonnen` is not.
fn is_for_sharing(block: &Block) -> bool {
    const WORDS_MAX: usize = 2;
    const PLACES: [&str; 8] = [
        " facebook ",
        " twitter ",
        " x ",
        " whatsapp ",
        " linkedin ",
        " mail ",
        " link ",
        " artikel ",
    ];
    phrases::is_share(&block.text)
        && (block.n_words <= WORDS_MAX || PLACES.iter().any(|place| block.words.contains(place)))
}

/// Whether a text begins with the name of a man called Ad.
fn is_named_ad(text: &str) -> bool {
    text.strip_prefix("Ad ").is_some_and(|rest| rest.starts_with(char::is_uppercase))
}

/// Whether two blocks are items of one list, or lines that begin alike with a dash.
fn is_next_item(blocks: &Blocks, before: &Block, block: &Block) -> bool {
    let is_beside = blocks.holder(before) == blocks.holder(block);
    let is_item = |block: &Block| matches!(block.shape, Shape::Item | Shape::Term);
    let has_dash = |block: &Block| block.text.starts_with(['-', '–', '•', '*']);
    is_beside && (is_item(before) && is_item(block) || has_dash(before) && has_dash(block))
}

/// Whether a block is the first of a list that the one before it, which ends in a colon, announces.
fn is_announced(blocks: &Blocks, before: &Block, block: &Block) -> bool {
    before.text.ends_with(':') && is_list_behind(blocks, before, block)
}

/// Whether a block is an item of a list that stands beside the paragraph before it.
fn is_list_behind(blocks: &Blocks, before: &Block, block: &Block) -> bool {
    let list = blocks.holder(block);
    matches!(block.shape, Shape::Item | Shape::Term)
        && list != 0
        && blocks.containers[list].parent == blocks.holder(before)
}

/// Whether a block is the end of an article: a list of sentences or names beside its last paragraph, or
/// a last sentence in the element of its text.
fn is_end_of(blocks: &Blocks, before: &Block, at: usize) -> bool {
    let block = &blocks.blocks[at];
    if is_list_behind(blocks, before, block) {
        let list = blocks.holder(block);
        let items: Vec<&Block> =
            blocks.blocks[at..].iter().take_while(|item| blocks.holder(item) == list).collect();
        return before.shape == Shape::Paragraph
            && !is_to_choose_from(blocks, list, &items)
            && !items.into_iter().any(|item| is_furniture(blocks, item));
    }
    let holder = blocks.holder(block);
    block.shape == Shape::Paragraph
        && holder == blocks.holder(before)
        && blocks.containers[holder].hints.has_named("body")
        && phrases::tells(&block.text)
}

/// Whether a list is a poll, or leads to the other pages of an article.
fn is_to_choose_from(blocks: &Blocks, list: usize, items: &[&Block]) -> bool {
    let mut numbered = items.iter().zip(1_usize..);
    blocks.is_named_as(list, &["embed"])
        || items.iter().any(|item| CHOICE.is_match(&item.text))
        || numbered.all(|(item, number)| item.text == number.to_string())
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;
    use crate::extract::{blocks, votes};

    /// What is taken in behind the blocks that hold the word `brug`.
    fn taken(html: &str, json: &str) -> Vec<String> {
        let all = blocks::of(&Document::from(html), &HashSet::new());
        let first: Vec<bool> = all.blocks.iter().map(|block| block.text.contains("brug")).collect();
        let mut chosen = first.clone();
        take_in(&all, &mut chosen, &votes::json_ld(json));
        let is_new = |at: &usize| chosen[*at] && !first[*at];
        (0..all.blocks.len()).filter(is_new).map(|at| all.blocks[at].text.clone()).collect()
    }

    #[test]
    fn sentences_and_tables_among_the_paragraphs_are_of_the_article() {
        let check = |html: &str, expected: &[&str]| assert_eq!(taken(html, ""), expected, "{html}");
        let text = "<p>De oude brug bij Hulst blijft nog drie weken dicht.</p>".repeat(2);
        let asks = "<div><p>Meld je aan voor de nieuwsbrief.</p></div>";
        let last = "<p>De weg was tot vier uur afgesloten.</p>";
        let told = ["De weg was tot vier uur afgesloten."];
        check(&format!("<div>{text}{asks}{last}</div>"), &told);
        check(&format!("<div>{text}{asks}<h3>Sluis</h3>{last}</div>"), &[]);
        for said in [
            "Om privacyredenen wil de familie niet reageren.",
            "Op de foto zijn de drie oprichters niet te zien.",
            "Meer over de plannen wordt in april bekend.",
        ] {
            check(&format!("<div>{text}<p>{said}</p></div>"), &[said]);
        }
        for called in [
            "Meer over de plannen lees je in de krant van morgen.",
            "Reageer op de foto van de drie oprichters.",
            "Een abonnement op de krant kost vijf euro.",
        ] {
            check(&format!("<div>{text}<p>{called}</p></div>"), &[]);
        }
        check(&format!("<div>{text}</div>{last}"), &[]);
        check(&format!("<div>{text}<p>‘Vissen.’</p><p>Vissen</p></div>"), &["‘Vissen.’"]);
        let table = "<table><tr><td>Hulst - Axel</td><td>3-1</td></tr></table>";
        check(&format!("<div>{text}{table}{text}</div>"), &["Hulst - Axel", "3-1"]);
        let links = table.replace("Hulst", "<a href=/h>Hulst</a>");
        check(&format!("<div>{text}{links}{text}</div>"), &[]);
    }

    #[test]
    fn headings_among_the_paragraphs_are_of_the_article_and_cards_behind_it_are_not() {
        let text = "<p>De oude brug bij Hulst blijft nog drie weken dicht.</p>".repeat(2);
        let check = |html: &str, expected: &[&str]| assert_eq!(taken(html, ""), expected, "{html}");
        check(&format!("<div>{text}<h2>Omrijden</h2>{text}</div>"), &["Omrijden"]);
        check(&format!("<div>{text}<h2>Lees ook</h2>{text}</div>"), &[]);
        let card =
            |title: &str| format!("<div class=card><h3>{title}</h3><p>De brug is open.</p></div>");
        let kept = |html: &str| {
            let all = blocks::of(&Document::from(html), &HashSet::new());
            let mut chosen = vec![true; all.blocks.len()];
            take_in(&all, &mut chosen, &votes::json_ld(""));
            chosen.into_iter().filter(|is_chosen| *is_chosen).count()
        };
        assert_eq!(
            kept(&format!("<main>{text}</main><div>{}{}</div>", card("Een"), card("Twee"))),
            2
        );
        assert_eq!(kept(&format!("<main>{text}</main><div>{}</div>", card("Een"))), 4);
    }

    #[test]
    fn an_article_of_a_sentence_is_not_taken_for_the_teasers_below_it() {
        let teaser =
            |title: &str| format!("<article><h3>{title}</h3><p>De brug gaat dicht.</p></article>");
        let own =
            "<article><h1>Aftrap carnaval</h1><p>Met elf schoten is het begonnen.</p></article>";
        let chosen = |html: &str| {
            let all = blocks::of(&Document::from(html), &HashSet::new());
            let is_own = |text: &str| text.contains("schoten") || text.contains("Aftrap");
            let mut chosen: Vec<bool> =
                all.blocks.iter().map(|block| !is_own(&block.text)).collect();
            own_sentences(&all, &mut chosen);
            let texts = all.blocks.iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen);
            texts.map(|(block, _)| block.text.clone()).collect::<Vec<_>>()
        };
        let two = format!("{}{}", teaser("Een"), teaser("Twee"));
        assert_eq!(chosen(&format!("{own}{two}")), ["Met elf schoten is het begonnen."]);
        let body = "<article><p>De brug gaat dicht.</p></article>";
        assert_eq!(chosen(&format!("{own}{body}")), ["De brug gaat dicht."]);
        assert_eq!(chosen(&format!("<h1>Aftrap</h1>{two}")).len(), 4);
    }

    #[test]
    fn what_ends_an_article_is_told_from_what_stands_behind_it() {
        let check = |html: &str, expected: &[&str]| assert_eq!(taken(html, ""), expected, "{html}");
        let text = "<p>De oude brug bij Hulst blijft nog drie weken dicht.</p>";
        let list = "<ul><li>brood</li><li>melk en kaas</li></ul>";
        check(&format!("{text}{list}"), &["brood", "melk en kaas"]);
        check(&format!("<p>Op de brug:</p>{list}<p>Over de brug.</p>"), &["brood", "melk en kaas"]);
        let votes = "<ul><li>Ja: 12 stemmen</li><li>Nee: 9 stemmen</li></ul>";
        check(&format!("{text}{votes}"), &["Ja: 12 stemmen", "Nee: 9 stemmen"]);
        let numbers = "<ul><li>1</li><li>2</li></ul>";
        check(&format!("<p>Op de brug vielen:</p>{numbers}"), &["1", "2"]);
        check(&format!("{text}<ul><li>4</li><li>17</li></ul>"), &["4", "17"]);
        let tips = "<ul><li>Bel Ad</li><li>Bewaar de bonnen</li></ul>";
        check(&format!("{text}{tips}"), &["Bel Ad", "Bewaar de bonnen"]);
        check("<ol><li>een brug</li><li>geen pont</li></ol>", &["geen pont"]);
        check("<p>- de brug</p><p>- De Ark</p><p>De Ark</p>", &["- De Ark"]);
        check(
            &format!("<div class=article-body>{text}<p>Dat is alles.</p><p>Zeeland</p></div>"),
            &["Dat is alles."],
        );
        for other in [
            "<ul><li><a href=/1>Pont vaart weer</a></li><li>Meer</li></ul>",
            "<ul><li>Deel</li><li>brood</li></ul>",
            "<ul><li>Deel dit op Facebook</li><li>brood</li></ul>",
            "<ul class=tags><li>Hulst</li></ul>",
            "<p>Dit is 12 keer gelezen</p>",
            "<ul><li>1.530 keer gelezen</li><li>4 minuten leestijd</li></ul>",
            "<ul class=poll><li>Bouwen</li><li>Slopen</li></ul>",
            "<ul><li>Eens</li><li>Oneens</li><li>Geen mening</li></ul>",
            "<ul><li>« Vorige</li><li>Volgende »</li></ul>",
            "<ol><li>1</li><li>2</li><li>3</li></ol>",
            "<div><ul><li>brood</li></ul></div>",
            "<p>Dat is alles.</p>",
        ] {
            check(&format!("{text}{other}"), &[]);
        }
    }

    #[test]
    fn what_the_data_have_next_is_the_end_of_the_article() {
        let html = "<p>De winnaars van de brug staan hieronder.</p><h2>Ad Mol</h2><p>Zeeland</p>";
        let body = "De winnaars van de brug staan hieronder. Ad Mol Einde van het bericht, dat is";
        assert_eq!(taken(html, body), ["Ad Mol"]);
    }
}
