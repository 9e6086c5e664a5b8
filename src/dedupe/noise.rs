//! What changes on a page without anybody editing it: reading times, counters, time stamps, what is
//! most read.

use std::sync::LazyLock;

use regex::Regex;

/// A paragraph with more words than this is never noise.
const WORDS_MAX: usize = 14;

/// Between two numbers and words that count, in whatever language an outlet has them.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Reading time.
        r"\b(lees|reading) ?(tijd|time)\b",
        r"^(circa |ca\. )?\d+ ?(min|minuten|minuut)\.?( (lezen|leestijd|lees))?$",
        // Time stamps, also of the updates of a live blog.
        r"^(\p{L}+ )?\d{1,2}[:.]\d{2}( uur)?$",
        r"^(zojuist|net binnen|net gewijzigd)$",
        r"^((onge|on)?veer |ca\. )?(\d+|een) (seconden?|minuten|minuut|min|uur|uren|dag|dagen|weken|week) (geleden|ago)$",
        r"^(laatste |laatst )?(update|updated?|bijgewerkt|gewijzigd|aangepast|ververst|geüpdatet|gepubliceerd|geplaatst)\b.*\d",
        // Counters.
        r"^\d[\d.,]* ?(k|m|mln)? ?(reacties?|comments?|keer|x|likes?|views?|weergaven|lezers|shares?|stemmen|duimpjes)\b",
        r"^(reacties?|comments?|gelezen|gedeeld|bekeken|likes?|views?|weergaven|stemmen)\b[ :(]*\d",
        r"\b\d[\d.,]* (keer|maal|x) (gelezen|gedeeld|bekeken|aangeklikt|geliked|gekeken)\b",
        r"^(nu )?\d[\d.,]* (mensen|bezoekers|lezers|personen) (lezen|kijken|bekijken|online)\b",
        // What stands above such lists.
        r"^(meest gelezen|meest bekeken|populair|trending|net binnen|het laatste nieuws|lees ook|lees meer|meer nieuws|ook interessant|aanbevolen|advertentie|gesponsord|deel dit artikel|delen|volg ons)\b.{0,20}$",
    ]
    .iter()
    .map(|pattern| Regex::new(&format!("(?i){pattern}")).expect("a test compiles the patterns"))
    .collect()
});

/// A clock before the text of an update, which some live blogs count back from now.
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(\d{1,2}[:.]\d{2}( uur)?|\d+ (minuten|minuut|uur) geleden)\s*[-–—|:•]?\s+")
        .expect("a test compiles it")
});

/// Whether a paragraph says nothing about the article.
pub fn is_noise(paragraph: &str) -> bool {
    let text = paragraph.trim();
    let is_short = text.split_whitespace().take(WORDS_MAX + 1).count() <= WORDS_MAX;
    is_short && (text.is_empty() || PATTERNS.iter().any(|pattern| pattern.is_match(text)))
}

/// A text without the paragraphs that are noise.
pub fn without(text: &str) -> String {
    let kept: Vec<&str> = text.split("\n\n").filter(|paragraph| !is_noise(paragraph)).collect();
    kept.join("\n\n")
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
    fn clocks_counters_and_reading_times_are_noise() {
        for paragraph in [
            "Leestijd: 3 minuten",
            "3 min leestijd",
            "14:32",
            "Vandaag 14:32",
            "5 minuten geleden",
            "Laatste update: 14 februari, 15.02 uur",
            "Bijgewerkt om 16:10",
            "128 reacties",
            "Reacties (12)",
            "1.204 keer gelezen",
            "Dit artikel is al 2.311 keer gelezen",
            "Nu 412 mensen lezen dit",
            "Meest gelezen",
            "Lees ook:",
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
        ] {
            assert!(!is_noise(paragraph), "{paragraph}");
        }
    }

    #[test]
    fn the_clock_before_an_update_is_left_out() {
        assert_eq!(without_stamp("14:32 – De brug is dicht."), "De brug is dicht.");
        assert_eq!(without_stamp("12 minuten geleden De brug is dicht."), "De brug is dicht.");
        assert_eq!(without_stamp("De brug is om 14:32 dicht."), "De brug is om 14:32 dicht.");
    }
}
