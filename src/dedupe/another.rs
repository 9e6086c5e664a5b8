//! Whether what a page shows is still its article, or another one.

use std::collections::HashSet;

use crate::dedupe::fingerprint::differ;
use crate::dedupe::near::passages::Passages;
use crate::dedupe::reading::is_fuller;
use crate::dedupe::same::{REUSE_OVERLAP_MAX, is_of_one_second, overlap, words_of};
use crate::model::article::Content;
use crate::model::time::StatedDate;

/// A headline of which so many words stand in another, and no word that does not, is that one shortened.
const SHORT_HEADLINE_WORDS: usize = 3;

/// Whether two versions may be of one article: of whatever has another headline and hardly anything
/// in common that is not likely.
pub fn may_be_one(one: &Content, other: &Content) -> bool {
    let is_shortened = || {
        let (a, b) = (words_of(&one.title), words_of(&other.title));
        let (n_shared, n_fewest) = (a.intersection(&b).count(), a.len().min(b.len()));
        n_shared >= SHORT_HEADLINE_WORDS && n_shared == n_fewest
    };
    let share_words = || overlap(one, other) >= REUSE_OVERLAP_MAX;
    !differ(&one.title, &other.title)
        || is_of_one_second(one, other)
        || share_shingles(&one.text, &other.text).unwrap_or_else(share_words)
        || is_shortened()
}

/// Whether two long texts have shingles in common; of a short one that says nothing. Any two share a
/// fifth of their words, whatever they are about.
fn share_shingles(one: &str, other: &str) -> Option<bool> {
    const SHINGLE_WORDS: usize = 3;
    const LONG_WORDS: usize = 80;
    const SHARED_PERCENT: usize = 5;
    let (one, other) = (Passages::read_whole(one), Passages::read_whole(other));
    let shingles = |text: &Passages| -> HashSet<u64> {
        text.shingles(SHINGLE_WORDS).map(|(_, shingle)| shingle).collect()
    };
    (one.words.len().min(other.words.len()) >= LONG_WORDS).then(|| {
        let (a, b) = (shingles(&one), shingles(&other));
        a.intersection(&b).count() * 100 >= a.len().min(b.len()) * SHARED_PERCENT
    })
}

/// Whether two readings are of one article: they have something in common, or were published together.
pub fn is_alike(one: &Content, other: &Content) -> bool {
    const APART_SECONDS: u64 = 900;
    let dates = one.published.zip(other.published);
    let is_together = |(one, other): (StatedDate, StatedDate)| {
        one.at.seconds().abs_diff(other.at.seconds()) <= APART_SECONDS
    };
    dates.is_some_and(is_together) || may_be_one(one, other)
}

/// Whether a page that said when it was changed says nothing of the kind now: the front of a site, or an
/// apology, stands in the place of articles.
pub fn has_lost_its_dates(last: &Content, now: &Content) -> bool {
    last.modified.is_some() && now.modified.is_none() && now.published.is_none()
}

/// Whether a page says what an article said and much beside, under another headline: it took that article
/// in.
pub fn is_taken_in(last: &Content, now: &Content) -> bool {
    differ(&last.title, &now.title) && is_fuller(&now.text, &last.text)
}

/// Where a page was asked for, and where it says or turned out to be.
#[derive(Debug, Clone, Copy)]
pub struct Move<'m> {
    /// The address that was asked for.
    pub from: &'m str,
    /// The other one.
    pub to: &'m str,
    /// The server led there.
    pub is_redirected: bool,
}

/// Whether a page that says something else altogether may be that of the same article all the same: a
/// first report that became one, what shows an id that it had, what stands where it stood.
pub fn is_moved(last: &Content, now: &Content, between: Move<'_>) -> bool {
    const STUB_WORDS: usize = 60;
    let n_words = |content: &Content| content.text.split_whitespace().count();
    let is_stub = n_words(last) < STUB_WORDS && n_words(now) > n_words(last);
    let are_dated = last.published.is_some() && now.published.is_some();
    share_an_id(between.from, between.to) || !are_dated && (is_stub || !between.is_redirected)
}

/// Whether two addresses have a number in common that is an id, or a word behind `~`.
fn share_an_id(one: &str, other: &str) -> bool {
    !ids(one).is_disjoint(&ids(other))
}

/// The ids in an address; numbers that are dates are none.
fn ids(url: &str) -> HashSet<&str> {
    const DIGITS_MIN: usize = 5;
    let behind_host = url.splitn(4, '/').nth(3).unwrap_or_default();
    let is_number = |part: &str| {
        let n_digits = part.bytes().filter(u8::is_ascii_digit).count();
        let is_date = part.len() == 8 && (part.starts_with("19") || part.starts_with("20"));
        n_digits >= DIGITS_MIN && !is_date
    };
    let parts = behind_host.split(['/', '-', '.', '_', '?', '=', '&']);
    let id = |part| match str::split_once(part, '~') {
        Some((_, id)) => Some(id).filter(|id| !id.is_empty()),
        None => Some(part).filter(|part| is_number(part)),
    };
    parts.filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    const LONG: &str =
        "De brug over het kanaal is dicht. Monteurs zoeken naar de oorzaak van de storing.";

    fn content(title: &str, text: &str) -> Content {
        Content { title: title.into(), text: text.into(), ..Content::default() }
    }

    #[test]
    fn a_shortened_headline_may_be_of_the_same_article() {
        let page = content("Brug over het kanaal bij Hulst blijft nog weken dicht", LONG);
        let summary =
            "Vaarverkeer moet voorlopig omvaren via Zeebrugge, tegen de zin van schippers.";
        assert!(may_be_one(&content("Brug bij Hulst blijft dicht", summary), &page));
        assert!(!may_be_one(&content("Dicht", summary), &page));
        let at = |seconds: i64, of: &Content| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(seconds))),
            ..of.clone()
        };
        let dicht = content("Dicht", summary);
        assert!(may_be_one(&at(86_461, &dicht), &at(86_461, &page)));
        assert!(!may_be_one(&at(86_462, &dicht), &at(86_461, &page)));
        assert!(!may_be_one(&at(86_400, &dicht), &at(86_400, &page)));
        assert!(!may_be_one(&content("", summary), &page));
    }

    #[test]
    fn two_long_texts_are_of_one_article_where_they_share_shingles() {
        let sentence =
            |n: usize| format!("In de gemeente is volgens de wethouder plan {n} nu klaar. ");
        let text = |from: usize| (from..from + 20).map(sentence).collect::<String>();
        let said = |n: usize| format!("{} Een ander slot volgt hier van woord {n} nog.", text(n));
        assert!(may_be_one(&content("Dicht", &said(1)), &content("Open", &said(2))));
        let words = |salt: &str| {
            let row = |n: usize| format!("volgens {salt}{n} wordt {n}{salt} later zoals");
            (0..30).map(row).collect::<Vec<_>>().join(" ")
        };
        let (one, other) = (content("Dicht", &words("a")), content("Open", &words("b")));
        assert!(overlap(&one, &other) >= REUSE_OVERLAP_MAX && !may_be_one(&one, &other));
    }

    #[test]
    fn what_was_moved_and_rewritten_shows_an_id_or_was_a_stub_or_stands_where_it_stood() {
        let dated = |seconds, words: usize| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(seconds))),
            ..content("", &"woord ".repeat(words))
        };
        let undated = |words| Content { published: None, ..dated(0, words) };
        let (from, to) = ("https://a.example/1-brug", "https://a.example/2-kaas");
        let led = Move { from, to, is_redirected: true };
        assert!(is_alike(&dated(1_000, 99), &Content { text: "kaas".into(), ..dated(1_900, 0) }));
        assert!(!is_moved(&dated(0, 20), &dated(9_000, 99), led));
        assert!(is_moved(&undated(20), &undated(99), led));
        assert!(!is_moved(&undated(99), &undated(99), led));
        assert!(is_moved(&undated(99), &undated(99), Move { is_redirected: false, ..led }));
        let with_id =
            Move { to: "https://a.example/kaas~b1", from: "https://a.example/brug~b1", ..led };
        assert!(is_moved(&dated(0, 99), &dated(9_000, 99), with_id));
    }

    #[test]
    fn a_page_with_more_than_the_article_under_another_headline_took_it_in() {
        let last = content("Brand in Hulst", LONG);
        let both = format!("{LONG} {LONG}");
        assert!(is_taken_in(&last, &content("Gewonden bij brand in Hulst", &both)));
        assert!(!is_taken_in(&last, &content("Brand in Hulst", &both)));
        assert!(!is_taken_in(&last, &content("Gewonden bij brand in Hulst", LONG)));
    }

    #[test]
    fn addresses_of_one_article_have_an_id_in_common() {
        let check = |one: &str, other: &str, expected: bool| {
            let url = |path: &str| format!("https://zeeklei.example:12345/{path}");
            assert_eq!(share_an_id(&url(one), &url(other)), expected, "{one} {other}");
        };
        check("nieuws/2634512-brug-dicht", "artikel/2634512/brug-open", true);
        check("regio/brug-dicht~a11b2", "nieuws/brug-open~a11b2", true);
        check("artikel.php?id=2634512", "nieuws/2634512", true);
        check("nieuws/2634512-brug-dicht", "nieuws/2634513-brug-open", false);
        check("2026/11/30/brug-dicht", "2026/11/30/brug-open", false);
        check("nieuws/20261130-brug-dicht", "nieuws/20261130-kaas", false);
        check("nieuws/brug-dicht", "binnenland", false);
    }
}
