//! What changes on a page without anybody editing it: reading times, counters, time stamps, what is
//! most read.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// A paragraph with more words than this is never noise.
const WORDS_MAX: usize = 14;

/// What a date or a clock is written with.
const MOMENT: &str = r"(?:om|op|at|on|uur|vandaag|gisteren|today|yesterday|(?:maan|dins|woens|donder|vrij|zater|zon)dag|ma|di|wo|do|vr|za|zo|jan\p{L}*|feb\p{L}*|maart|mrt|march|apr\p{L}*|mei|may|jun[ie]?|jul[iy]?|aug\p{L}*|sep\p{L}*|o[kc]t\p{L}*|nov\p{L}*|dec\p{L}*|\d{1,4}|[:.,/|•–-]|\s)+";

/// What stands within a text and is none.
const MEDIA: &str = r"(?:de|het|deze|dit) (?:\p{L}+ )?(?:foto|foto's|foto’s|video|filmpje|afbeelding|advertentie|tweet|kaart|grafiek|tabel|kader|post|bericht)\b.{0,20}";

/// How long ago something was.
const AGO: &str =
    r"(?:\d+|een) (?:seconden?|minuten|minuut|min|uur|uren|dag|dagen|weken|week) (?:geleden|ago)";

/// A time of day, with the day before it.
const TIME: &str = r"(?:\p{L}+ )?\d{1,2}[:.]\d{2}(?: uur)?";

/// What tells of a change.
const UPDATED: &str = "update|updated|bijgewerkt|gewijzigd|wijziging|aangepast|ververst|geüpdatet|geactualiseerd|gepubliceerd|geplaatst";

/// A whole paragraph that is no more than this says nothing: a counter with a sentence behind it is
/// one of the article.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let counted =
        "reacties?|comments?|keer|x|likes?|views?|weergaven|lezers|shares?|stemmen|duimpjes";
    let seen = "gelezen|gedeeld|bekeken|aangeklikt|geliked|gekeken";
    [
        // Reading time.
        r"(?:geschatte |gemiddelde )?(?:\d+ ?min\p{L}*\.? )?(?:lees|reading) ?(?:tijd|time)(?:\W+(?:circa |ca\. )?\d+ ?\p{L}*\.?)?".to_owned(),
        r"(?:circa |ca\. )?\d+ ?(?:min|minuten|minuut)\.?(?: (?:lezen|leestijd|lees))?".to_owned(),
        // Time stamps, also of the updates of a live blog.
        TIME.to_owned(),
        "zojuist|net binnen|net gewijzigd".to_owned(),
        format!(r"(?:(?:onge|on)?veer |ca\. )?{AGO}"),
        format!(r"(?:laatste |laatst )?(?:{UPDATED})\b{MOMENT}"),
        format!(r"(?:dit|het) (?:artikel|bericht|verhaal|stuk) (?:is|werd) (?:voor het laatst |laatst )?(?:{UPDATED})\b{MOMENT}"),
        format!(r"(?:(?:laatste |laatst )?(?:{UPDATED})\b\W*{AGO}\W*)+"),
        // Counters.
        format!(r"\d[\d.,]* ?(?:k|m|mln)? ?(?:{counted})(?: (?:{seen}|op dit artikel))?"),
        format!(r"(?:aantal (?:keer |keren )?)?(?:{counted}|{seen})[ :(]*\d[\d.,]* ?(?:k|m)?\)?"),
        format!(r"(?:dit (?:artikel|bericht|verhaal|nieuws|filmpje) (?:is|werd) )?(?:(?:al |inmiddels |en )*\d[\d.,]* (?:keer|maal|x) (?:{seen}),?\s?)+"),
        r"er (?:is|zijn|staan) (?:al |inmiddels |nu )*(?:\d[\d.,]*|een|één|geen) (?:reacties?|comments?)(?: (?:op|bij|onder) dit (?:artikel|bericht|verhaal))?(?: (?:geplaatst|gegeven|achtergelaten))?".to_owned(),
        r"(?:nu )?\d[\d.,]* (?:mensen|bezoekers|lezers|personen) (?:(?:lezen|kijken|bekijken|online)(?: (?:dit|mee|nu|artikel|online))*|vinden dit (?:leuk|interessant))".to_owned(),
        // What stands above such lists.
        r"(?:meest gelezen|meest bekeken|populair|trending|net binnen|het laatste nieuws|advertentie|gesponsord|deel dit artikel|delen|volg ons)(?: (?:nieuws|artikelen|vandaag|nu|op \S+))?".to_owned(),
        r"(?:lees ook|lees meer|meer nieuws|ook interessant|aanbevolen)\b.{0,20}".to_owned(),
        // What leads elsewhere, and what asks for something.
        r"(?:lees|bekijk|kijk|luister|beluister|zie) (?:ook|meer|verder|terug|hier)\s?:.+".to_owned(),
        r"(?:luister naar|beluister|lees dit artikel voor|luister terug)\b.{0,30}\bartikel\b.{0,15}".to_owned(),
        format!(r"(?:(?:de |het |dit )?(?:tekst|artikel|bericht|verhaal) (?:gaat|loopt) (?:verder|door)|lees verder) (?:onder|na) {MEDIA}"),
        r"(?:meld je (?:hier )?aan|schrijf je (?:hier )?in|abonneer je) (?:voor|op) (?:de|onze|het)\b.*\b(?:nieuwsbrief|nieuwsbrieven|kanaal)\b.*".to_owned(),
        r"download (?:nu |hier )?(?:de|onze) (?:gratis )?(?:\S+ )?app\b.*".to_owned(),
        r"(?:heb|weet) (?:je|jij|u) (?:een|meer|iets).{0,60}\?.*\b(?:redactie|mail|app|whatsapp|bel|tip)\b.*".to_owned(),
        r"volg (?:ons|\S+) (?:ook )?op (?:facebook|instagram|x|twitter|tiktok|whatsapp|bluesky|linkedin|youtube)\b.*".to_owned(),
    ]
    .iter()
    .map(|pattern| {
        Regex::new(&format!(r"(?i)^(?:{pattern})[\W_]*$")).expect("a test compiles the patterns")
    })
    .collect()
});

/// A clock before the text of an update, which some live blogs count back from now.
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^((?:update )?\d{1,2}[:.]\d{2}( uur)?|\d+ (minuten|minuut|uur) geleden)\s*[-–—|:•]?\s+")
        .expect("a test compiles it")
});

/// Whether a paragraph says nothing about the article.
pub fn is_noise(paragraph: &str) -> bool {
    let text = paragraph.trim();
    let is_short = text.split_whitespace().take(WORDS_MAX + 1).count() <= WORDS_MAX;
    is_short && (text.is_empty() || PATTERNS.iter().any(|pattern| pattern.is_match(text)))
}

/// What parts the words of a byline.
const PARTS: [char; 3] = ['|', '•', '·'];

/// When something was changed, at the end of a byline.
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    let behind = r"(?P<before>[\d|•·–—.,;/-])\s*(?:laatste? )?";
    Regex::new(&format!(r"(?i)(?:{behind}|\s(?:laatste? ))(?:{UPDATED})\b{MOMENT}$"))
        .expect("a test compiles it")
});

static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"^\s*{TIME}\s*$")).expect("a test compiles it"));

/// A byline without when it was changed, how often it was read and how long that takes. Clocks on
/// their own are left: of a programme they are what it is about.
pub fn without_counts(paragraph: &str) -> Cow<'_, str> {
    const BYLINE_WORDS_MAX: usize = 25;
    let n_words = paragraph.split_whitespace().take(BYLINE_WORDS_MAX + 1).count();
    if n_words > BYLINE_WORDS_MAX || !paragraph.contains(|c: char| c.is_ascii_digit()) {
        return Cow::Borrowed(paragraph);
    }
    let text = CHANGED.replace(paragraph, "$before");
    if !text.contains(PARTS) {
        return text;
    }
    let parts = text.split(PARTS).filter(|part| CLOCK.is_match(part) || !is_noise(part));
    Cow::Owned(parts.collect::<Vec<_>>().join("|"))
}

/// A text without the paragraphs that are noise.
pub fn without(text: &str) -> String {
    let kept: Vec<&str> = text.split("\n\n").filter(|paragraph| !is_noise(paragraph)).collect();
    kept.join("\n\n")
}

/// How long ago something was, before a text; how many reactions there are, after it, or whose entry it
/// is, as texts were kept by earlier versions.
static COUNTERS: LazyLock<Regex> = LazyLock::new(|| {
    let ago = format!(r"^{AGO}\s*[-–—|:•]?");
    let counted = r"\(?\d[\d.,]* (?:reacties?|comments?)\)?$";
    let source = r"^(?:het bericht .+ verscheen eerst op|the post .+ appeared first on) (?:[^.\n]|\.\S){1,80}\.?\z";
    Regex::new(&format!(r"(?im)\s*(?:{ago}|{counted}|{source})\s*")).expect("a test compiles it")
});

/// A text of a feed without what counts by itself. Clocks and other numbers may be what it is about:
/// when a match begins.
pub fn without_counters(text: &str) -> String {
    COUNTERS.replace_all(text, " ").trim().to_owned()
}

/// A paragraph without the clock before it.
pub fn without_stamp(paragraph: &str) -> &str {
    let start = STAMP.find(paragraph).map_or(0, |stamp| stamp.end());
    &paragraph[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_entry_it_is_is_no_part_of_its_text() {
        let text = "De brug is dicht.\n\nHet bericht Brug dicht verscheen eerst op De Dijkbode.";
        assert_eq!(without_counters(text), "De brug is dicht.");
        assert_ne!(without_counters(&format!("{text}\n\nMeer volgt.")), "De brug is dicht.");
        let told = format!("{text} Dat bleek onjuist.");
        assert_eq!(without_counters(&told), told);
    }

    #[test]
    fn clocks_counters_and_reading_times_are_noise() {
        for paragraph in [
            "Leestijd: 3 minuten",
            "3 min leestijd",
            "14:32",
            "Vandaag 14:32",
            "5 minuten geleden",
            "Laatste update: 14 februari, 15.02 uur",
            "Bijgewerkt om 16:10",
            "Dit artikel is bijgewerkt op 1 december 2026 om 14:32.",
            "128 reacties",
            "Reacties (12)",
            "Aantal keer gelezen: 12",
            "12 mensen vinden dit leuk",
            "1.204 keer gelezen",
            "Dit artikel is al 2.311 keer gelezen",
            "Nu 412 mensen lezen dit",
            "Er zijn 12 reacties op dit artikel geplaatst.",
            "Dit artikel is 31 keer gelezen en 2 keer gedeeld.",
            "Gepubliceerd: 3 uur geleden. Laatste update: 7 minuten geleden.",
            "Meest gelezen",
            "Lees ook:",
            "Lees ook: Wethouder treedt af na ruzie over brug",
            "Bekijk ook: Zo ziet de brug er van onderen uit (video)",
            "Luister naar dit artikel: 3 min",
            "Artikel gaat verder onder de video.",
            "De tekst gaat verder onder deze advertentie",
            "Meld je aan voor onze nieuwsbrief!",
            "Download onze gratis app en mis niets van het nieuws.",
            "Heb je een tip? Mail de redactie of stuur een WhatsApp naar 06-12345678.",
            "Volg ons op Facebook, Instagram en X.",
            "",
        ] {
            assert!(is_noise(paragraph), "{paragraph}");
        }
    }

    #[test]
    fn what_an_article_says_is_not() {
        for paragraph in [
            "Er vielen 12 doden en 30 gewonden.",
            "De trein van 14.32 uur reed niet.",
            "De brug is dicht",
            "Bij 128 reacties van lezers kwam de redactie tot de slotsom dat het plan te duur is.",
            "Wat er nu gebeurt",
            "Update van het kabinet over stikstof",
            "Update 15.20 uur: de politie heeft een verdachte aangehouden.",
            "De video is al 120.000 keer bekeken.",
            "Er zijn 12 reacties op het plan binnengekomen.",
            "Er zijn 14 doden.",
            "Het rapport werd 31 keer gelezen en 2 keer gedeeld.",
            "Gepubliceerd werd 3 uur geleden dat de brug dicht blijft.",
            "11 stemmen voor, 6 tegen",
            "Aangepast programma voor 2.000 bezoekers",
            "412 mensen kijken toe hoe de brug zakt.",
            "Populair bij jongeren",
            "12 keer kampioen van Nederland",
            "Zie ook de brief van de minister.",
            "Het verhaal gaat verder dan de brug.",
            "Volg ons niet, zei de wethouder.",
            "Bewoners melden zich aan voor de nieuwsbrief van de gemeente.",
            "Heb je een minuut? vroeg de agent.",
        ] {
            assert!(!is_noise(paragraph), "{paragraph}");
        }
    }

    #[test]
    fn a_byline_is_who_and_when_whatever_was_changed_or_counted_since() {
        for (then, now) in [
            (
                "Door Jo Bos | 4-5-2026 08:15 | bijgewerkt: 4-5-2026 10:00",
                "Door Jo Bos | 4-5-2026 08:15 | bijgewerkt: 4-5-2026 11:05",
            ),
            (
                "Geplaatst: 4 mei 2026, 08.15 uur - Laatste update: 4 mei 2026, 10.00 uur",
                "Geplaatst: 4 mei 2026, 08.15 uur - Laatste update: 4 mei 2026, 11.05 uur",
            ),
            (
                "Door onze redactie, 4 mei 2026, 08.15 uur. Aangepast om 10:00 uur.",
                "Door onze redactie, 4 mei 2026, 08.15 uur. Aangepast om 11:05 uur.",
            ),
            (
                "Jo Bos 4 mei 2026 08:15 Laatste update: 10:00",
                "Jo Bos 4 mei 2026 08:15 Laatste update: 11:05",
            ),
            (
                "Redactie 4 mei 2026 08:15 Gewijzigd: 4 mei 2026 10:00",
                "Redactie 4 mei 2026 08:15 Gewijzigd: 4 mei 2026 11:05",
            ),
            (
                "HULST - Redactie Oost | bijgewerkt: 10:00",
                "HULST - Redactie Oost | bijgewerkt: 11:05",
            ),
            ("Jo Bos | 12 keer bekeken | 08:15", "Jo Bos | 18 keer bekeken | 08:15"),
            ("Redactie • 4 mei 2026 • Leestijd: 3 min", "Redactie • 4 mei 2026 • Leestijd: 4 min"),
        ] {
            assert_eq!(without_counts(then), without_counts(now), "{then}");
        }
        for (then, now) in [
            ("Vrijdag | 20:00 | Ajax - PSV", "Vrijdag | 21:00 | Ajax - PSV"),
            ("Ajax - PSV | vrijdag 20:00", "Ajax - PSV | vrijdag 21:00"),
            ("Door Jo Bos | 4 mei 2026", "Door An Bos | 4 mei 2026"),
            (
                "De vertrektijd is gewijzigd naar 10.30 uur",
                "De vertrektijd is gewijzigd naar 11.30 uur",
            ),
            ("De start is aangepast: 10.30 uur.", "De start is aangepast: 11.30 uur."),
            ("Er vielen 12 doden.", "Er vielen 13 doden."),
        ] {
            assert_ne!(without_counts(then), without_counts(now), "{then}");
        }
    }

    #[test]
    fn the_clock_before_an_update_is_left_out() {
        assert_eq!(without_stamp("14:32 – De brug is dicht."), "De brug is dicht.");
        assert_eq!(without_stamp("Update 14:32 - De brug is dicht."), "De brug is dicht.");
        assert_eq!(without_stamp("12 minuten geleden De brug is dicht."), "De brug is dicht.");
        assert_eq!(without_stamp("De brug is om 14:32 dicht."), "De brug is om 14:32 dicht.");
    }
}
