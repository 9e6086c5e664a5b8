//! Whether an entry is an article we know: by what it is known by, its date and its words.

use std::collections::HashSet;

use crate::dedupe::decide::Known;
use crate::dedupe::fingerprint::differ;
use crate::dedupe::identity;
use crate::model::article::{Content, IdentityKey, KeyKind};
use crate::model::time::StatedDate;

/// Two texts under one GUID and two addresses that share less than this part of their words are
/// two articles.
pub(super) const REUSE_OVERLAP_MAX: f64 = 0.2;

/// The same where they are dated a day apart or more.
const APART_OVERLAP_MIN: f64 = 0.3;

/// Two texts of one date that share this part of their words are one, under whatever address.
const READDRESSED_OVERLAP_MIN: f64 = 0.8;

/// A shorter text says too little to be known by at one second.
const TEASER_BYTES_MIN: usize = 40;

/// A shorter text says too little to be known by.
pub(super) const TELLING_BYTES_MIN: usize = 80;

/// Whether an entry that shares a key with a known article is that article after all.
///
/// Publisher's ids that differ say no. A GUID alone is believed unless date, address and words all say
/// that it was given to another article; the address of a page only where headline or words say it as
/// well.
pub fn is_same_article(keys: &[IdentityKey], content: &Content, known: &Known) -> bool {
    let shares = |kind| keys.iter().any(|key| key.kind() == kind && known.keys.contains(key));
    let both_have = |kind| {
        keys.iter().any(|key| key.kind() == kind) && known.keys.iter().any(|key| key.kind() == kind)
    };
    if shares(KeyKind::Publisher) {
        return true;
    }
    if both_have(KeyKind::Publisher) {
        return false;
    }
    if shares(KeyKind::Url) {
        return true;
    }
    let is_apart = is_days_apart(content, &known.current);
    let is_same_title = !content.title.is_empty() && !differ(&content.title, &known.current.title);
    let is_of_page = |key: &IdentityKey| key.of_page().is_some_and(|key| known.keys.contains(&key));
    if !shares(KeyKind::Guid) && !shares(KeyKind::Text) && keys.iter().any(is_of_page) {
        return !is_apart && (is_same_title || say_the_same(content, &known.current));
    }
    // A first report of a line is rewritten under another headline and address within the hour.
    if is_of_one_second(content, &known.current) {
        return true;
    }
    // Without addresses a GUID is all there is; dates of two days say that it was given away. A summary
    // may have no word in common with the text of the page.
    !is_apart && (is_same_title || !both_have(KeyKind::Url))
        || known.last_in_feed.is_some_and(|last| {
            let is_long = content.text.len() >= TELLING_BYTES_MIN;
            last.is(content) || is_long && last.has_text_of(content)
        })
        || share_a_page(keys, &known.keys)
        || share_a_beginning(content, &known.current)
}

/// Whether an entry has more than a few words in common with the beginning of an article, which may have
/// the text of its page by now: in a whole page half of all summaries of other articles have a fifth of
/// their words, and one in twenty-five of the words of its beginning (measured on 360 Dutch texts).
fn share_a_beginning(entry: &Content, article: &Content) -> bool {
    const BEGINNING_WORDS: usize = 60;
    let words = |content: &Content| {
        let beginning = content.text.split_whitespace().take(BEGINNING_WORDS);
        words_of(&format!("{} {}", content.title, beginning.collect::<Vec<_>>().join(" ")))
    };
    let min = if is_days_apart(entry, article) { APART_OVERLAP_MIN } else { REUSE_OVERLAP_MAX };
    shared(&words(entry), &words(article)) >= min
}

/// Whether an entry that shares no key with an article which its feed listed until now, and lists no
/// more, is that article under another GUID and another address: a host was renamed, or an address
/// was edited with the headline. Date and text must say so: notices of one moment differ in a street
/// and a number, and are two articles. On a bare day or hour the headline must as well. Without a date
/// the rest of the address must, for a daily column may begin with the same words each day.
pub fn is_readdressed(keys: &[IdentityKey], content: &Content, known: &Known) -> bool {
    let has_id = |keys: &[IdentityKey]| keys.iter().any(|key| key.kind() == KeyKind::Publisher);
    if has_id(keys) && has_id(&known.keys) {
        return false;
    }
    let dates = (content.published, known.current.published);
    // The article may have the headline of its page by now.
    let is_said_again = known.last_in_feed.is_some_and(|last| last.is(content));
    let is_same_title = is_said_again || !differ(&content.title, &known.current.title);
    let is_same_text = || content.text.len() >= TELLING_BYTES_MIN && known.says_text_of(content);
    // On a bare hour a headline of some length tells as much as a summary of some length.
    let is_same_in_all = || {
        let n_bytes = content.title.len() + content.text.len();
        !content.text.is_empty() && n_bytes >= TELLING_BYTES_MIN && known.says_text_of(content)
    };
    match dates {
        (Some(date), Some(before)) if date.at != before.at => {
            is_of_one_minute(date, before) && is_same_title && is_same_in_all()
        }
        (Some(date), Some(_)) => {
            let is_alike = || say_the_same(content, &known.current);
            // However short: no two of one second have one headline, and few one teaser.
            let is_named = || !content.title.is_empty() && known.says_text_of(content);
            let is_told = || content.text.len() >= TEASER_BYTES_MIN && known.says_text_of(content);
            match (is_same_title, is_of_many(date)) {
                (true, true) => is_same_in_all(),
                (false, false) => is_told() && !is_of_series(content, &known.current),
                (true, false) => is_same_text() || is_alike() || is_named(),
                (false, true) => false,
            }
        }
        (None, None) => is_same_text() && is_same_title && share_a_path(keys, &known.keys),
        _ => false,
    }
}

/// Whether `known`, one of those that a feed `listed` at some date, can be told from the others by what
/// `content` says. What `n_saying` entries of the feed have for text, as galleries do, tells nothing;
/// their headlines must.
pub fn is_told_apart(content: &Content, known: &Known, listed: &[Known], n_saying: u32) -> bool {
    let is_named = |one: &&Known| !differ(&one.current.title, &content.title);
    let says_all = |one: &&Known| is_named(one) && one.says_text_of(content);
    n_saying <= 1 || is_named(&known) && listed.iter().filter(says_all).count() <= 1
}

/// Whether headlines differ in a number alone: results and galleries have it by class and part.
fn is_of_series(one: &Content, other: &Content) -> bool {
    let words = |title: &str| title.replace(|c: char| c.is_ascii_digit(), "");
    differ(&one.title, &other.title) && !differ(&words(&one.title), &words(&other.title))
}

/// Whether what another source than a feed lists is a known article under another address: no host
/// gives one headline to two articles in a second.
pub fn is_listed_otherwise(keys: &[IdentityKey], content: &Content, known: &Known) -> bool {
    !content.title.is_empty()
        && !differ(&content.title, &known.current.title)
        && is_of_one_second(content, &known.current)
        && share_a_host(keys, &known.keys)
}

fn share_a_host(one: &[IdentityKey], other: &[IdentityKey]) -> bool {
    let hosts = |keys: &[IdentityKey]| -> HashSet<String> {
        let addresses = keys.iter().filter_map(|key| key.as_str().strip_prefix("u:https://"));
        addresses.filter_map(|address| Some(address.split('/').next()?.to_owned())).collect()
    };
    !hosts(one).is_disjoint(&hosts(other))
}

/// Whether two addresses differ in their queries alone, on a path that can be that of an article.
fn share_a_page(one: &[IdentityKey], other: &[IdentityKey]) -> bool {
    let page = |key: &IdentityKey| {
        let of = |prefix| key.as_str().strip_prefix(prefix);
        let address = of("u:").or_else(|| of("w:"))?;
        identity::of_page(address.split_once('?').map_or(address, |(page, _)| page))
    };
    let pages: HashSet<IdentityKey> = one.iter().filter_map(page).collect();
    other.iter().filter_map(page).any(|page| pages.contains(&page))
}

/// Whether two addresses differ in their hosts alone.
fn share_a_path(one: &[IdentityKey], other: &[IdentityKey]) -> bool {
    let path = |key: &IdentityKey| -> Option<String> {
        let address = key.as_str().split_once("://").filter(|_| key.kind() == KeyKind::Url)?.1;
        address.split_once('/').map(|(_, path)| path.to_owned()).filter(|path| !path.is_empty())
    };
    let paths: HashSet<String> = one.iter().filter_map(path).collect();
    other.iter().filter_map(path).any(|path| paths.contains(&path))
}

/// Whether other articles are likely to state this same date: it has no minutes, as a bare day has
/// none in any zone.
fn is_of_many(date: StatedDate) -> bool {
    const HOUR_SECONDS: i64 = 3_600;
    date.at.seconds() % HOUR_SECONDS == 0
}

/// Whether two versions share so many words that they are one article, whatever they are known by.
pub fn say_the_same(one: &Content, other: &Content) -> bool {
    overlap(one, other) >= READDRESSED_OVERLAP_MIN
}

/// Whether one date may be the other without its seconds, as some systems keep them.
fn is_of_one_minute(one: StatedDate, other: StatedDate) -> bool {
    const MINUTE_SECONDS: i64 = 60;
    let (one, other) = (one.at.seconds(), other.at.seconds());
    one.abs_diff(other) < MINUTE_SECONDS.unsigned_abs()
        && (one % MINUTE_SECONDS == 0 || other % MINUTE_SECONDS == 0)
}

/// Whether they state the same second, which other articles are not likely to.
pub(super) fn is_of_one_second(one: &Content, other: &Content) -> bool {
    let dates = one.published.zip(other.published);
    dates.is_some_and(|(one, other)| one.at == other.at && !is_of_many(one) && !is_of_many(other))
}

/// Whether they are dated a day apart or more.
pub fn is_days_apart(one: &Content, other: &Content) -> bool {
    const DAY_SECONDS: u64 = 86_400;
    let dates = one.published.zip(other.published);
    dates.is_some_and(|(one, other)| one.at.seconds().abs_diff(other.at.seconds()) >= DAY_SECONDS)
}

fn words(content: &Content) -> HashSet<String> {
    words_of(&format!("{} {}", content.title, content.text))
}

pub(super) fn words_of(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 3)
        .map(str::to_lowercase)
        .collect()
}

pub(super) fn overlap(one: &Content, other: &Content) -> f64 {
    shared(&words(one), &words(other))
}

/// Shared words as a part of the smaller set; 1 when either has none.
#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
fn shared(one: &HashSet<String>, other: &HashSet<String>) -> f64 {
    let smaller = one.len().min(other.len());
    if smaller == 0 { 1.0 } else { one.intersection(other).count() as f64 / smaller as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::decide::Outdated;
    use crate::dedupe::decide::tests::{LONG, content, known};
    use crate::model::article::Source;
    use crate::model::time::{Precision, Timestamp};

    #[test]
    fn what_several_entries_say_tells_none_from_another() {
        let of = |title: &str| known(&content(title, LONG), None);
        let entry = content("Duel 1", LONG);
        let listed = [of("Duel 1"), of("Duel 2")];
        assert!(is_told_apart(&entry, &listed[1], &listed, 1));
        assert!(is_told_apart(&entry, &listed[0], &listed, 2));
        assert!(!is_told_apart(&entry, &listed[1], &listed, 2));
        let alike = [of("Duel 1"), of("Duel 1")];
        assert!(!is_told_apart(&entry, &alike[0], &alike, 2));
    }

    #[test]
    fn one_headline_of_a_second_is_one_article_of_a_host() {
        let at = |seconds| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(seconds))),
            ..content("Brug dicht", "")
        };
        let known = known(&at(75), None);
        let is_it = |url: &str, seconds| {
            is_listed_otherwise(&[IdentityKey::url(url)], &at(seconds), &known)
        };
        assert!(is_it("https://a.example/artikel/9", 75));
        assert!(!is_it("https://a.example/artikel/9", 76));
        assert!(!is_it("https://b.example/brug", 75));
    }

    #[test]
    fn a_guid_given_to_another_article_is_not_believed() {
        let brug = known(&content("Brug dicht", LONG), None);
        let keys = [IdentityKey::guid("f", "1"), IdentityKey::url("https://a.example/wolf")];
        let other = content("Wolf gezien", "Wandelaars fotografeerden zondag een wolf bij Ede.");
        assert!(!is_same_article(&keys, &other, &brug));
        let slug = content("Brug open", &LONG.replace("dicht", "open"));
        assert!(is_same_article(&keys, &slug, &brug));
        let summary = content("Brug dicht", "Schippers wachten tevergeefs.");
        assert!(is_same_article(&keys, &summary, &brug));
    }

    #[test]
    fn the_words_of_a_whole_page_do_not_say_that_a_guid_is_still_its_own() {
        let day = |day: i64, of: Content| {
            let at = Timestamp::from_seconds(day * 86_400 + 7);
            Content { published: Some(StatedDate::exact(at)), ..of }
        };
        let page = "De gemeenteraad heeft ingestemd met een nieuwe brug over het kanaal. Volgens \
            het college is de oude aan het einde van zijn levensduur, en kost de bouw elf miljoen \
            euro. De provincie betaalt daarvan een derde. Het werk begint volgend voorjaar en duurt \
            twee jaar. Wethouder Bos noemde uitstel geen keuze, omdat storingen steeds vaker \
            voorkomen en schippers dan uren wachten. Tijdens de bouw komt er een pont voor fietsers. \
            Een bewoner vreest dat het verkeer door zijn straat gaat rijden. De politie heeft \
            gezegd dat zij woensdag en zondag extra langskomt, met name langs de kust, en de man \
            die de actie begon is tevreden. Er wordt veel van verwacht.";
        let brug = known(&day(1, content("Raad stemt in met brug", page)), None);
        let keys = [IdentityKey::guid("f", "8801"), IdentityKey::url("https://a.example/sport/9")];
        let storm =
            "Vanaf woensdag wordt er veel wind verwacht langs de kust, zegt het weerstation.";
        let storm = day(9, content("Storm op komst", storm));
        assert!(overlap(&storm, &brug.current) >= REUSE_OVERLAP_MAX);
        assert!(!is_same_article(&keys, &storm, &brug));
        let said = "De nieuwe brug over het kanaal gaat elf miljoen euro kosten, zegt het college.";
        assert!(is_same_article(&keys, &day(9, content("Elf miljoen voor brug", said)), &brug));
    }

    #[test]
    fn a_guid_is_believed_where_the_date_is_the_same_to_the_second() {
        let at = |seconds: i64, title: &str, text: &str| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(seconds))),
            ..content(title, text)
        };
        let stub = known(&at(86_461, "Breaking: brand in Hulst", "Meer volgt."), None);
        let keys = [IdentityKey::guid("f", "1"), IdentityKey::url("https://a.example/kerk")];
        let whole = at(86_461, "Kerk verloren", LONG);
        assert!(is_same_article(&keys, &whole, &stub));
        assert!(!is_same_article(&keys, &at(86_462, "Kerk verloren", LONG), &stub));
        let daily = known(&at(86_400, "Breaking: brand in Hulst", "Meer volgt."), None);
        assert!(!is_same_article(&keys, &at(86_400, "Kerk verloren", LONG), &daily));
    }

    #[test]
    fn a_guid_is_believed_where_the_feed_repeats_its_text_or_the_address_but_for_its_query() {
        let day = |day: i64, title: &str, text: &str| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(day * 86_400))),
            ..content(title, text)
        };
        let lead =
            "Schippers wachten al sinds zaterdagavond, en niemand weet hoelang het zal duren.";
        let mut brug = known(&day(1, "Brug dicht", LONG), Some(&day(1, "Brug dicht", lead)));
        let at = |address: &str| [IdentityKey::guid("f", "1"), IdentityKey::url(address)];
        let moved = at("https://a.example/storing");
        assert!(is_same_article(&moved, &day(4, "Storing", lead), &brug));
        let other = day(4, "Wolf gezien", "Wandelaars fotografeerden zondag een wolf bij Ede.");
        assert!(!is_same_article(&moved, &other, &brug));
        brug.keys.push(IdentityKey::url("https://a.example/brug-bij-hulst?r=1"));
        assert!(is_same_article(&at("https://a.example/brug-bij-hulst?r=2"), &other, &brug));
        brug.keys.push(IdentityKey::url("https://a.example/artikel.php?id=1"));
        assert!(!is_same_article(&at("https://a.example/artikel.php?id=2"), &other, &brug));
    }

    #[test]
    fn a_guid_without_an_address_is_believed_unless_date_and_words_differ() {
        let on = |day: i64, text: &str| Content {
            published: Some(StatedDate {
                at: Timestamp::from_seconds(day * 86_400),
                precision: Precision::Second,
                is_zone_assumed: false,
            }),
            ..content("", text)
        };
        let known = Known {
            keys: vec![IdentityKey::guid("f", "1")],
            current: on(1, LONG),
            first_seen_at: Timestamp::from_seconds(i64::MAX),
            text_source: Source::Feed,
            last_in_feed: None,
            outdated: Outdated::default(),
        };
        let keys = [IdentityKey::guid("f", "1")];
        let other = "Wandelaars fotografeerden zondag een wolf bij Ede.";
        assert!(is_same_article(&keys, &on(1, other), &known));
        assert!(!is_same_article(&keys, &on(9, other), &known));
        assert!(is_same_article(&keys, &on(9, LONG), &known));
    }

    #[test]
    fn on_a_bare_day_the_whole_text_must_say_that_an_article_has_a_new_address() {
        let at = |seconds: i64, text: &str| Content {
            published: Some(StatedDate {
                at: Timestamp::from_seconds(seconds),
                precision: Precision::Second,
                is_zone_assumed: false,
            }),
            ..content("Storing", text)
        };
        let keys = [IdentityKey::url("https://b.example/brug")];
        let alike = LONG.replace("kanaal", "Kanaal bij Ede");
        for (seconds, is_alike_enough) in [(86_400, false), (86_460, true)] {
            let known = known(&at(seconds, LONG), None);
            assert!(is_readdressed(&keys, &at(seconds, LONG), &known));
            assert_eq!(is_readdressed(&keys, &at(seconds, &alike), &known), is_alike_enough);
            assert!(!is_readdressed(&keys, &at(seconds + 61, LONG), &known));
            let other = |text| Content { title: "Sluis dicht".into(), ..at(seconds, text) };
            assert!(!is_readdressed(&keys, &other(&alike), &known));
            assert_eq!(is_readdressed(&keys, &other(LONG), &known), is_alike_enough);
            let part = |n: u8| Content { title: format!("Uitslag {n}"), ..at(seconds, LONG) };
            let first = Known { current: part(1), ..known.clone() };
            assert!(!is_readdressed(&keys, &part(2), &first));
            let short = at(seconds, "Monteurs zoeken.");
            let known = Known { current: short.clone(), ..known };
            assert_eq!(is_readdressed(&keys, &short, &known), is_alike_enough);
            assert!(!is_readdressed(&keys, &at(seconds, "Monteurs vonden."), &known));
        }
    }

    #[test]
    fn a_date_that_lost_its_seconds_is_the_same_where_headline_and_text_are() {
        let at = |seconds, title: &str, text: &str| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(seconds))),
            ..content(title, text)
        };
        let known = known(&at(86_507, "Brug dicht", LONG), None);
        let is_it = |seconds, title: &str, text: &str| {
            let keys = [IdentityKey::url("https://b.example/brug")];
            is_readdressed(&keys, &at(seconds, title, text), &known)
        };
        assert!(is_it(86_460, "Brug dicht", LONG) && is_it(86_520, "Brug dicht", LONG));
        assert!(!is_it(86_506, "Brug dicht", LONG) && !is_it(86_400, "Brug dicht", LONG));
        assert!(!is_it(86_460, "Brug open", LONG));
        assert!(!is_it(86_460, "Brug dicht", &LONG.replace("kanaal", "Kanaal bij Ede")));
    }

    #[test]
    fn on_a_bare_hour_a_long_headline_tells_as_much_as_a_summary() {
        let at = |seconds, title: &str, text: &str| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(seconds))),
            ..content(title, text)
        };
        let (title, text) = (
            "Wachten op monteurs van de brug bij Hulst",
            "Schippers weten nog niet hoelang het duurt.",
        );
        assert!(text.len() < TELLING_BYTES_MIN);
        let known = known(&at(68_400, title, text), None);
        let is_it = |entry: &Content| {
            is_readdressed(&[IdentityKey::url("https://b.example/brug")], entry, &known)
        };
        assert!(is_it(&at(68_400, title, text)));
        assert!(!is_it(&at(72_000, title, text)));
        assert!(!is_it(&at(68_400, "Wachten op monteurs van de sluis bij Hulst", text)));
        assert!(!is_it(&at(68_400, title, "Schippers weten nog niet wat het gaat kosten.")));
        assert!(!is_it(&at(68_400, title, "")));
    }

    #[test]
    fn the_address_of_a_page_is_believed_where_the_words_say_it_too() {
        let address = "https://a.example/brug-bij-hulst-dicht";
        let mut brug = known(&content("Brug dicht", LONG), None);
        brug.keys.push(IdentityKey::page(address));
        let keys = [IdentityKey::url(address), IdentityKey::guid("f", "2")];
        assert!(is_same_article(&keys, &content("Brug dicht", "Er is een storing."), &brug));
        assert!(is_same_article(&keys, &content("Storing", LONG), &brug));
        let wolf = content("Wolf gezien", "Wandelaars zagen zondag een wolf bij Ede.");
        assert!(!is_same_article(&keys, &wolf, &brug));
    }

    #[test]
    fn without_a_date_only_another_host_makes_no_other_article() {
        let column = content("Kort nieuws", LONG);
        let known = known(&column, None);
        let at = |address: &str| is_readdressed(&[IdentityKey::url(address)], &column, &known);
        assert!(at("https://b.example/brug"));
        assert!(!at("https://a.example/brug-2"));
        assert!(!at("https://b.example/"));
    }

    #[test]
    fn publishers_ids_that_differ_are_two_articles() {
        let mut brug = known(&content("Brug dicht", LONG), None);
        brug.keys.push(IdentityKey::publisher("f", "1"));
        let keys = [IdentityKey::publisher("f", "2"), IdentityKey::guid("f", "1")];
        assert!(!is_same_article(&keys, &content("Brug dicht", LONG), &brug));
    }
}
