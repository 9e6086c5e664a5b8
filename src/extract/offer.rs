//! Offers to read on for those who pay, told from what an article says of subscribers and readers.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::extract::blocks::{Block, Blocks, Shape};
use crate::extract::phrases::{self, pattern};

/// Words of offers. Articles have them too.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:verder(?: |-)?lezen|lees (?:dit artikel )?(?:direct )?verder|om (?:dit artikel|verder) te lezen|exclusief voor (?:onze )?abonnees|(?:dit artikel|deze inhoud) is (?:alleen |exclusief )?(?:(?:te lezen )?voor (?:onze )?abonnees|voorbehouden)|alleen voor abonnees|word (?:nu )?abonnee|\bal (?:een )?abonnee\b|je hebt (?:al )?een abonnement\?|neem een abonnement|ontgrendel (?:dit|het) (?:artikel|verhaal)|(?:dit|het) (?:artikel|verhaal|stuk) is (?:alleen |exclusief )?voor (?:onze )?leden\b|\bdit is een plus-?artikel\b|registreer (?:je |u )?(?:nu )?(?:gratis )?(?:en|om|voor)\b|\bmaak een gratis account|\bmet een gratis account\b|wil (?:je|u) dit (?:artikel|verhaal) lezen|subscribe (?:now )?to (?:continue|read)|subscribers? only|for subscribers|already a subscriber|continue reading with|jetzt abonnieren|weiterlesen mit|diesen artikel weiterlesen|réservé aux abonnés)",
    )
});

/// Words that nothing but an offer has: they call upon the reader, or tell of the article itself.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[.!?:–—|-]\s*)[^a-z0-9]*(?:verder(?: |-)?lezen|lees (?:dit artikel )?(?:direct )?verder|neem een abonnement|(?:ben je |bent u )?al (?:een )?abonnee\b)|^[^a-z0-9]*(?:alleen|exclusief) voor (?:onze )?abonnees\s*(?:$|[^a-z0-9\s])|(?:artikel(?:en)?|verha(?:al|len)|inhoud|content|premium|plus)\b[^.!?]{0,30}\b(?:alleen|exclusief) voor (?:onze )?abonnees|(?:dit|deze) (?:artikel|inhoud|verhaal|stuk|bericht|video|podcast) is (?:alleen |exclusief )?(?:(?:te lezen )?voor (?:onze )?abonnees|voorbehouden)|om dit artikel te lezen|\bword (?:nu )?abonnee|\bal (?:een )?abonnee\?|een abonnement\?|ontgrendel (?:dit|het) (?:artikel|verhaal)|(?:dit|het) (?:artikel|verhaal|stuk) is (?:alleen |exclusief )?voor (?:onze )?leden\b|\bdit is een plus-?artikel\b|registreer (?:je |u )?(?:nu )?(?:gratis )?(?:en|om|voor)\b|\bmaak een gratis account|\bmet een gratis account\b|wil (?:je|u) dit (?:artikel|verhaal) lezen|subscribe (?:now )?to (?:continue|read)|^(?:for )?subscribers?(?: only)?[^a-z0-9]*$|(?:this|for) [a-z ]{0,20}\bsubscribers? only|this (?:[a-z]+ ){1,3}for subscribers|already a subscriber|continue reading with|jetzt abonnieren|weiterlesen mit|diesen artikel weiterlesen|réservé aux abonnés",
    )
});

/// The reader is spoken to, or told what it costs.
static TO_READER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:je|jij|jouw|u|uw|jullie|you|your|abonnement|proefabonnement|account|log|inloggen|lees|probeer|registreer|abonneer|ontdek|subscribe|register)\b|€|\beuro per\b|\bper (?:week|maand)\b",
    )
});

/// An offer in which nothing is said of reading on: it stands under free articles as well.
static ADVERTISEMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bword (?:nu )?abonnee|neem een abonnement|jetzt abonnieren"));

/// A line that says where the text goes on, on the page itself.
static POINTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:de |deze )?tekst |(?:het |dit )?artikel |(?:het )?verhaal )?(?:(?:gaat|loopt|lees|lezen) (?:hieronder |het artikel )?(?:verder|door)|gaat hieronder door|vervolgt) (?:onder|na|naast|op de volgende)\b|\bverder lezen over\b",
    )
});

/// Somebody is quoted, or told of: the article itself speaks of subscribers.
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:zegt|zei|zeggen|zeiden|meldt|meldde|aldus|volgens|vertelt|vertelde|schrijft)\b",
    )
});

/// Longer blocks are paragraphs.
const OFFER_BYTES_MAX: usize = 220;

/// `Lees verder: Zo woont de burgemeester` leads to another article, and offers nothing.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\W*(?:lees verder|verder lezen)(?:\s*[:?]\W*\w|\s+(?:over|in|op|bij)\s+\w)")
});

/// What only those who sell say.
static SOLD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)abonne|account|inlog|log in|premium|\bplus\b|€|\beuro\b|registreer|\bleden\b|\blid\b|gratis",
    )
});

fn leads_elsewhere(text: &str) -> bool {
    ELSEWHERE.is_match(text) && !SOLD.is_match(text)
}

/// Whether a block only says where the text goes on.
pub(super) fn is_pointer(block: &str) -> bool {
    const POINTER_BYTES_MAX: usize = 100;
    block.len() <= POINTER_BYTES_MAX && POINTER.is_match(block)
}

/// Whether a block offers a subscription to read on.
pub(super) fn is_offer(all: &Blocks, block: &Block) -> bool {
    offers(all, block, &block.text)
}

fn offers(all: &Blocks, block: &Block, said: &str) -> bool {
    said.len() <= OFFER_BYTES_MAX
        && WORDS.is_match(said)
        && !POINTER.is_match(said)
        && !leads_elsewhere(&block.text)
        && !TOLD.is_match(said)
        && (CALL.is_match(said)
            || TO_READER.is_match(said)
            || block.n_link_chars * 2 > block.n_chars
            || is_in_box(all, block))
}

/// Whether the element of a block, or the one around it, is named as that of an offer.
fn is_in_box(all: &Blocks, block: &Block) -> bool {
    const NEAR: usize = 2;
    const OFFERS: [&str; 3] = ["wall", "newsletter", "ad"];
    all.around(block).take(NEAR).any(|at| all.is_named_as(at, &OFFERS))
}

/// Whether an offer to read on stands in the article or right behind it. One elsewhere on the page is
/// for other articles, and one behind which the article goes on is for nothing.
pub(super) fn ends_article(all: &Blocks, chosen: &[bool]) -> bool {
    const BEHIND: usize = 4;
    let first = chosen.iter().position(|is| *is);
    let last = chosen.iter().rposition(|is| *is);
    let (Some(first), Some(last)) = (first, last) else { return false };
    let end = (last + 1 + BEHIND).min(all.blocks.len());
    let is_asked = |block: &Block| {
        let said = ADVERTISEMENT.replace_all(&block.text, "");
        // `Lees verder` by itself opens what is on the page already.
        block.n_words > 2 && is_offer(all, block) && offers(all, block, &said)
    };
    let offers: Vec<usize> = (first..end).filter(|at| is_asked(&all.blocks[*at])).collect();
    if offers.is_empty() {
        return false;
    }
    let places: Vec<usize> = (0..chosen.len()).filter(|at| chosen[*at]).collect();
    let kept: Vec<&Block> = places.iter().map(|at| &all.blocks[*at]).collect();
    let kept = Kept::of(all, &kept);
    let goes_on = |at: usize| {
        let before = places.partition_point(|place| *place < at);
        let behind = places.partition_point(|place| *place <= at);
        kept.goes_on(&all.blocks[at], before, behind)
    };
    !offers.into_iter().all(goes_on)
}

/// How many of these blocks, in their order, come before an offer with which they end. An offer in
/// the middle of an article ends nothing.
pub(super) fn before(all: &Blocks, kept: &[&Block]) -> usize {
    const PARAGRAPH_WORDS: usize = 25;
    let is_text = |block: &&Block| block.n_words >= PARAGRAPH_WORDS && !is_offer(all, block);
    let end = kept.iter().rposition(is_text).map_or(0, |last| last + 1);
    let offers: Vec<usize> = (end..kept.len()).filter(|at| is_offer(all, kept[*at])).collect();
    if offers.is_empty() {
        return kept.len();
    }
    let text = Kept::of(all, kept);
    let ends_at = |at: &usize| !text.goes_on(kept[*at], *at, at + 1);
    offers.into_iter().find(ends_at).unwrap_or(kept.len())
}

/// What a block says, as far as an article may go on with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Nothing,
    Something,
    /// To the reader, as articles of advice do and those who tell what subscribers get.
    ToReader,
}

impl Says {
    fn of(all: &Blocks, block: &Block) -> Self {
        let text = block.text.as_str();
        let is_text = block.n_link_chars == 0
            && phrases::is_sentence(text)
            && !phrases::is_prompt(text)
            && !is_offer(all, block)
            && !is_in_box(all, block);
        let is_quoted = || TOLD.is_match(text) || text.contains(['‘', '“', '„', '"', '«']);
        match is_text {
            true if TO_READER.is_match(text) && !is_quoted() => Self::ToReader,
            true => Self::Something,
            false => Self::Nothing,
        }
    }
}

/// The blocks that were kept, to see whether they go on behind an offer. A live blog has many offers,
/// so that what is asked for each is found once.
struct Kept<'b> {
    all: &'b Blocks,
    blocks: &'b [&'b Block],
    says: Vec<Says>,
    first_to_reader: Option<usize>,
    /// Which block is the first in each element, and in each element around those.
    holders: HashMap<usize, usize>,
    outers: HashMap<usize, usize>,
    /// The elements around the headline.
    headed: HashSet<usize>,
}

impl<'b> Kept<'b> {
    fn of(all: &'b Blocks, blocks: &'b [&'b Block]) -> Self {
        let (mut holders, mut outers) = (HashMap::new(), HashMap::new());
        for (at, block) in blocks.iter().enumerate() {
            let holder = all.holder(block);
            holders.entry(holder).or_insert(at);
            if holder != 0 {
                outers.entry(all.containers[holder].parent).or_insert(at);
            }
        }
        let headlines = all.blocks.iter().filter(|block| block.shape == Shape::Heading(1));
        let says: Vec<Says> = blocks.iter().map(|block| Says::of(all, block)).collect();
        Self {
            all,
            blocks,
            first_to_reader: says.iter().position(|says| *says == Says::ToReader),
            says,
            holders,
            outers,
            headed: headlines.flat_map(|block| all.around(block)).collect(),
        }
    }

    /// Whether the article goes on at length from the block `behind` the offer: in sentences that
    /// stand where the first `before` of it do, and not in the box of the offer. What subscribers get
    /// is told to a reader to whom nothing was said before.
    fn goes_on(&self, offer: &Block, before: usize, behind: usize) -> bool {
        const WORDS_MIN: usize = 40;
        let has = |firsts: &HashMap<usize, usize>, element: usize| {
            firsts.get(&element).is_some_and(|first| *first < before)
        };
        let is_beside = |holder: usize| {
            let outer = self.all.containers[holder].parent;
            before == 0 || has(&self.holders, holder) || holder != 0 && has(&self.outers, outer)
        };
        let box_of = self.all.holder(offer);
        let is_box_of_offer = !has(&self.holders, box_of) && !self.headed.contains(&box_of);
        let is_for_reader = before == 0 || self.first_to_reader.is_some_and(|first| first < before);
        let mut n_words = 0;
        for (block, says) in self.blocks.iter().zip(&self.says).skip(behind) {
            let holder = self.all.holder(block);
            let is_text = match says {
                Says::Nothing => false,
                Says::Something => true,
                Says::ToReader => is_for_reader || block.text.len() > OFFER_BYTES_MAX,
            };
            if is_text && !(is_box_of_offer && holder == box_of) && is_beside(holder) {
                n_words += block.n_words;
            }
            if n_words >= WORDS_MIN {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;
    use crate::extract::blocks;

    fn offers_something(html: &str) -> bool {
        let all = blocks::of(&Document::from(html), &HashSet::new());
        is_offer(&all, &all.blocks[0])
    }

    #[test]
    fn an_offer_to_read_on_is_told_from_what_an_article_says() {
        for offer in [
            "Verder lezen? Word abonnee",
            "Lees direct verder voor maar 1 euro.",
            "Dit artikel is alleen voor abonnees",
            "Dit verhaal is exclusief voor abonnees.",
            "Exclusief voor abonnees",
            "Alleen voor abonnees: het hele verhaal",
            "Dit is een artikel alleen voor abonnees",
            "Al abonnee? Log in.",
            "Word nu abonnee",
            "Om verder te lezen heb je een abonnement nodig.",
            "Registreer gratis om verder te lezen",
            "Maak een gratis account aan en lees door.",
            "Met een gratis account lees je elke maand vijf artikelen.",
            "Dit verhaal is voor leden",
            "Ontgrendel dit artikel",
            "Dit is een plusartikel.",
            "Wil je dit artikel lezen? Dat kan met een proefabonnement.",
            "<a href=/p>Lees verder met een abonnement</a>",
            "<a href=/abonnee>Artikelen alleen voor abonnees</a>",
            "<div class=paywall><p>Premium is alleen voor abonnees.</p></div>",
        ] {
            assert!(offers_something(offer), "{offer}");
        }
        for said in [
            "Lees verder onder de foto.",
            "De tekst gaat verder onder de video",
            "De bijeenkomst is alleen voor abonnees van de schouwburg, zegt directeur Ali Kaya.",
            "De voorverkoop is alleen voor abonnees en vrienden van het theater.",
            "De leden kiezen samen een boek en mogen thuis verder lezen.",
            "Kinderen die thuis verder lezen, halen op school betere cijfers.",
            "De krant is vanaf mei alleen voor abonnees.",
            "Wie nu al abonnee is, merkt er niets van.",
            "Om verder te lezen hebben leden straks een nieuwe pas nodig.",
            "‘Ik ben al een abonnee sinds 1974’, zegt Truus.",
            "Wil je verder lezen over dit onderwerp? Bekijk ons dossier.",
            "Lees verder: <a href=/1>Zo woont de burgemeester</a>",
            "<a href=/1>Lees verder over het zwembad in Axel</a>",
            "Verder lezen? <a href=/1>Zo woont de burgemeester</a>",
            "De leden van het koor zijn een artikel voor leden zat.",
        ] {
            assert!(!offers_something(said), "{said}");
        }
        assert!(is_pointer("Lees verder onder de foto.") && !is_pointer("De foto is oud."));
        assert!(is_pointer("Tekst loopt door onder de video"));
        assert!(is_pointer("(Artikel gaat verder onder de advertentie)"));
    }

    fn end_of(html: &str) -> Option<usize> {
        let all = blocks::of(&Document::from(html), &HashSet::new());
        let kept: Vec<&Block> = all.blocks.iter().collect();
        let end = before(&all, &kept);
        let chosen = vec![true; kept.len()];
        assert_eq!(ends_article(&all, &chosen), end < kept.len(), "{html}");
        (end < kept.len()).then_some(end)
    }

    #[test]
    fn an_offer_ends_an_article_that_does_not_go_on() {
        let short = "<p>De brug bij Eefde blijft nog drie weken dicht.</p>".repeat(5);
        let offer = "<p>Dit artikel is exclusief voor abonnees.</p>";
        let print = "<p>Onbeperkt toegang tot alles wat wij maken.</p>".repeat(6);
        let article = |body: &str| format!("<article><h1>Brug dicht</h1>{body}</article>");
        assert_eq!(end_of(&article(&format!("{short}{offer}<p>Vanaf 2 euro.</p>"))), Some(6));
        assert_eq!(end_of(&article(&format!("{short}{offer}{short}"))), None);
        assert_eq!(end_of(&article(&format!("{offer}{short}"))), None);
        let boxed = format!("{short}<div>{offer}{print}</div>");
        assert_eq!(end_of(&article(&boxed)), Some(6));
        let template = format!("<div>{short}</div><div>{offer}</div><div>{short}</div>");
        assert_eq!(end_of(&article(&template)), None);
        let named = format!("{short}{offer}<div class=paywall>{print}</div>");
        assert_eq!(end_of(&article(&named)), Some(6));
    }

    #[test]
    fn what_subscribers_get_is_not_how_an_article_goes_on() {
        let article = |body: &str| end_of(&format!("<article><h1>Brug dicht</h1>{body}</article>"));
        let text = "<p>De brug bij Eefde blijft nog drie weken dicht.</p>".repeat(3);
        let offer = "<p>Dit artikel is alleen voor abonnees.</p>";
        let gets = "<p>Alle verhalen uit de streek op je telefoon, waar en wanneer het uitkomt.</p>\
                    <p>De eerste maand voor € 2, daarna gewoon opzegbaar met één klik.</p>\
                    <p>Puzzels, podcasts en een middag gratis naar het museum in de stad.</p>\
                    <p>Bij het ontbijt vind je de krant al op de mat, zes dagen lang.</p>";
        assert_eq!(article(&format!("{text}{offer}{gets}")), Some(4));
        let apart = format!("<div>{text}</div><div>{offer}</div><div>{gets}</div>");
        assert_eq!(article(&apart), Some(4));
        let advice = "<p>Je betaalt straks alleen nog per maand, zolang je blijft varen.</p>";
        let advice = advice.repeat(4);
        assert_eq!(article(&format!("{advice}{offer}{advice}")), None);
        let quotes = "<p>‘Je staat hier elke dag een uur te wachten op de pont’, weet Ko.</p>";
        assert_eq!(article(&format!("{text}{offer}{}", quotes.repeat(4))), None);
        let long = format!("<p>{}</p>", "Wie je hier ook vraagt, elk wacht op de brug. ".repeat(6));
        assert_eq!(article(&format!("{text}{offer}{long}")), None);
    }
}
