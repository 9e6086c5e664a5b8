//! Whether a page shows no more than the beginning of its article, as walls leave it.

use std::sync::LazyLock;

use regex::Regex;

use crate::dedupe::fingerprint::{differ, fold};
use crate::dedupe::noise::{is_noise, without_counts, without_stamp};
use crate::dedupe::reading::{
    COLLAPSED_WORDS_MIN, Paragraph, Paragraphs, RETRACTION, is_below, lacking,
};
use crate::model::article::Content;

/// Whether a page gives more of an article than a beginning that it gave before: all of that but its
/// last paragraph, which may have been cut off, is in it.
pub fn is_opened(before: &str, after: &str) -> bool {
    let (old, new) = (Paragraphs::of(before), Paragraphs::of(after));
    let lacking = lacking(&old, &new);
    let is_cut = lacking.iter().all(|at| at + 1 == old.list.len());
    is_cut && new.n_words > old.n_words
}

/// A beginning has less than this part of the words.
const LEFT: f64 = 0.8;

/// What asks for something in the place of the rest, in sentences of a few words.
static OFFER: LazyLock<Regex> = LazyLock::new(|| {
    let words = "abonne\\p{L}*|onze leden|word lid|account|registreer|inloggen|log in|verder lezen|lees|\
                 te lezen|onze app|premium|plus-?artikel|archief|probeer|onbeperkte? toegang|euro per|\
                 subscri\\p{L}+|sign in|continue reading|keep reading";
    Regex::new(&format!(r"(?i)\b(?:{words})\b")).expect("the pattern is constant")
});

/// Whether no more is left of a page than the beginning of what it was, cut off behind a paragraph or
/// in one, where nothing says that somebody wrote it so: the headline is the same, no date of change
/// moved, and behind it stands nothing but offers. One paragraph that was taken out is an edit.
pub fn is_all_that_is_left(before: &Content, after: &Content) -> bool {
    const LOST_MIN: usize = 2;
    const OFFERS_MAX: usize = 3;
    // Many pages state a date of change from the first change on.
    let is_moved = after.modified.is_some_and(|after| match (before.modified, before.published) {
        (Some(before), _) => before.at != after.at,
        (None, published) => published.is_some_and(|published| after.at > published.at),
    });
    if !after.title.is_empty() && differ(&before.title, &after.title) || is_moved {
        return false;
    }
    let (was, is) = (sentences(&before.text), sentences(&after.text));
    let n_same = was.iter().zip(&is).take_while(|(was, is)| !differ(was, is)).count();
    let (kept, lost) = was.split_at(n_same);
    let (_, added) = is.split_at(n_same);
    let half = added.first().zip(lost.first()).filter(|(half, whole)| is_cut_in(whole, half));
    let offers = if half.is_some() { added.get(1..).unwrap_or_default() } else { added };
    let n_words = |paragraph: &String| paragraph.split_whitespace().count();
    let n_left: usize = kept.iter().chain(half.map(|(half, _)| half)).map(n_words).sum();
    let n_was: usize = was.iter().map(n_words).sum();
    n_left > 0
        && n_was >= COLLAPSED_WORDS_MIN
        && is_below(n_left, n_was, LEFT)
        && (lost.len() >= LOST_MIN || !offers.is_empty())
        && offers.len() <= OFFERS_MAX
        && offers.iter().all(|line| is_offer(line))
}

/// The paragraphs of a text that are no headings, without what changes by itself.
fn sentences(text: &str) -> Vec<String> {
    let lines = text.split("\n\n").map(str::trim).filter(|line| !is_noise(line));
    let said = lines.map(|line| without_counts(without_stamp(line)).into_owned());
    said.filter(|line| !Paragraph::of(line).is_heading).collect()
}

/// Whether a paragraph is the beginning of another, with or without dots behind it.
fn is_cut_in(whole: &str, half: &str) -> bool {
    const WORDS_MIN: usize = 4;
    let half = half.trim_end_matches(|c: char| !c.is_alphanumeric());
    let (half_folded, whole) = (fold(half), fold(whole));
    half.split_whitespace().nth(WORDS_MIN).is_some()
        && whole.len() > half_folded.len()
        && whole.starts_with(&half_folded)
}

/// What a paper says of what it took out is none.
fn is_offer(line: &str) -> bool {
    const WORDS_MAX: usize = 16;
    let is_short = line.split_whitespace().nth(WORDS_MAX).is_none();
    is_short && OFFER.is_match(line) && !RETRACTION.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::{StatedDate, Timestamp};

    const BODY: [&str; 6] = [
        "De brug over het kanaal bij Veendam is sinds vanmorgen dicht voor al het verkeer.",
        "Volgens de provincie duurt de reparatie van de klep zeker twee weken.",
        "Wie naar de overkant wil, rijdt om langs de sluis bij Muntendam.",
        "‘Dat scheelt een half uur’, zegt een bakker die elke dag over de brug moet.",
        "De provincie zegt dat fietsers vanaf maandag met een pontje over kunnen.",
        "Bewoners van de Havenkade klaagden in het voorjaar al over het geluid van de klep.",
    ];

    fn text(paragraphs: &[&str]) -> Content {
        Content { title: "Brug dicht".into(), text: paragraphs.join("\n\n"), ..Content::default() }
    }

    fn is_left(n: usize, behind: &[&str]) -> bool {
        is_all_that_is_left(&text(&BODY), &text(&[&BODY[..n], behind].concat()))
    }

    #[test]
    fn a_beginning_that_was_cut_off_is_in_the_whole() {
        let cut = ["De brug over het kanaal bij Veendam is sinds vanmorgen…"];
        assert!(is_opened(&BODY[..2].join("\n\n"), &BODY.join("\n\n")));
        assert!(is_opened(&cut.join("\n\n"), &BODY.join("\n\n")));
        assert!(!is_opened(&[cut[0], BODY[1]].join("\n\n"), &BODY.join("\n\n")));
        assert!(!is_opened(&BODY.join("\n\n"), &BODY[..2].join("\n\n")));
    }

    #[test]
    fn a_beginning_with_or_without_an_offer_behind_it_is_what_a_wall_leaves() {
        let half = "‘Dat scheelt een half uur’, zegt een…";
        for behind in [
            &[][..],
            &[half],
            &["Verder lezen?", "Probeer een maand voor 1 euro."],
            &[
                "Word abonnee",
                "Onbeperkt toegang vanaf 1,25 euro per week.",
                "Bekijk de aanbiedingen",
            ],
            &["Dit artikel is ouder dan twee dagen. Het archief is er voor abonnees."],
            &[half, "Lees het hele artikel in onze app."],
            &["Dit verhaal is exclusief voor onze leden."],
            &["Wolf gezien bij Ede", "Kabinet valt over asiel"],
        ] {
            assert!(is_left(3, behind), "{behind:?}");
        }
        assert!(is_left(4, &[]) && is_left(1, &[]));
    }

    #[test]
    fn a_cut_with_the_first_date_of_change_is_an_edit() {
        let at = |seconds| Some(StatedDate::exact(Timestamp::from_seconds(seconds)));
        let before = Content { published: at(1_000), ..text(&BODY) };
        let after = |modified| Content { modified, ..text(&BODY[..3]) };
        assert!(!is_all_that_is_left(&before, &after(at(9_000))));
        assert!(is_all_that_is_left(&before, &after(at(1_000))));
        assert!(is_all_that_is_left(&before, &after(None)));
    }

    #[test]
    fn what_somebody_cut_or_wrote_anew_is_an_edit() {
        for behind in [
            "De brug is sinds vrijdag weer open.",
            "Correctie: in een eerdere versie stond ten onrechte dat er doden waren.",
            "Dit deel is ingetrokken; lees hier de rectificatie.",
            "Na overleg met de redactie is een deel van dit artikel weggehaald omdat bewoners daarom vroegen.",
        ] {
            assert!(!is_left(3, &[behind]), "{behind}");
        }
        // A paragraph at the end.
        assert!(!is_left(5, &[]) && !is_left(6, &[]) && !is_left(0, &[]));
        let short = text(&BODY[..4]);
        assert!(!is_all_that_is_left(&short, &text(&BODY[..3])));
        // One in the middle as well, or another beginning.
        assert!(!is_all_that_is_left(&text(&BODY), &text(&[BODY[0], BODY[2], BODY[3]])));
        assert!(!is_all_that_is_left(&text(&BODY), &text(&BODY[2..])));
        let at = |seconds| Some(StatedDate::exact(Timestamp::from_seconds(seconds)));
        let dated = |n: usize, seconds| Content { modified: at(seconds), ..text(&BODY[..n]) };
        assert!(!is_all_that_is_left(&dated(6, 0), &dated(3, 60)));
        assert!(is_all_that_is_left(&dated(6, 0), &dated(3, 0)));
        // Results that stay.
        let results = ["Winsum 12 punten"; 20];
        let listed = |behind: &[&'static str]| text(&[&BODY[..], &results[..], behind].concat());
        assert!(!is_all_that_is_left(&listed(&[]), &listed(&["Probeer een maand voor 1 euro."])));
        let renamed = Content { title: "Brug twee weken dicht".into(), ..text(&BODY[..3]) };
        assert!(!is_all_that_is_left(&text(&BODY), &renamed));
    }
}
