//! Whether a page that is read again was edited, and what an article is after that.
//!
//! A page is compared with itself, as a feed is: its headline and text need not be those of the
//! feed, and only when the page changes has somebody edited it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::dedupe::decide::{Known, filled};
use crate::dedupe::fingerprint::{differ, fold};
use crate::dedupe::noise::{is_noise, without_counts, without_stamp};
use crate::model::article::{Content, Source};
use crate::model::time::Precision;

/// A text this much longer than another holds more of the article.
const FULLER: f64 = 1.2;

/// A text that lost more than this part of its words was not read well.
const COLLAPSED: f64 = 0.35;

/// A text of which this part of the words stands in another is a part of it, or sums it up.
const SUMMARY: f64 = 0.9;

/// A text with fewer words than this may shrink to anything.
pub(super) const COLLAPSED_WORDS_MIN: usize = 40;

/// A heading or a headline in a list has no more words than this.
const HEADING_WORDS_MAX: usize = 16;

/// Two paragraphs that share this part of their words are one, edited.
const KIN: f64 = 0.3;

/// The same of two lines without a full stop, which have few words.
const KIN_LINE: f64 = 0.5;

/// A text of this many paragraphs that stayed as they were is the same article, whatever surrounds
/// it.
const KEPT_MIN: usize = 3;

/// What a page was judged to be, compared with the last time it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same, but for what changes by itself.
    Unchanged,
    /// Somebody edited these: `title`, `text`, `authors`.
    Edited(Vec<&'static str>),
    /// Somebody edited these, and the text may be another as well; that is an edit if it is still there
    /// the next time.
    EditedBeside(Vec<&'static str>),
    /// What stands before or after the text was replaced by something else, or a line that is no
    /// sentence, or paragraphs changed places; an edit if it is still so the next time.
    Doubtful,
    /// Most of the text is gone: it was not read well.
    Collapsed,
}

/// Compares two readings of one page, of an article that its feed calls `headline` now.
pub fn judge(before: &Content, after: &Content, headline: &str) -> Verdict {
    let (old, new) = (Paragraphs::of(&before.text), Paragraphs::of(&after.text));
    if old.n_words >= COLLAPSED_WORDS_MIN && is_below(new.n_words, old.n_words, COLLAPSED) {
        // What a paper puts in the place of an article that it takes back is short.
        let is_taken_back = RETRACTION.is_match(&after.text) && !OUTAGE.is_match(&after.text);
        let is_doubtful = is_taken_back || is_rewritten(before, after, headline);
        return if is_doubtful { Verdict::Doubtful } else { Verdict::Collapsed };
    }
    let change = compare(&old, &new);
    let mut changed = Vec::new();
    if !after.title.is_empty() && differ(&before.title, &after.title) {
        changed.push("title");
    }
    if change == Change::Edit {
        changed.push("text");
    }
    if !after.authors.is_empty() && before.authors != after.authors {
        changed.push("authors");
    }
    match (changed.is_empty(), change) {
        (true, Change::Doubtful) => Verdict::Doubtful,
        (true, _) => Verdict::Unchanged,
        (false, Change::Doubtful) => Verdict::EditedBeside(changed),
        (false, _) => Verdict::Edited(changed),
    }
}

/// Whether a page that seems to have collapsed was rewritten: it has the new headline of its feed,
/// `headline`, states a later date of change, and is not less of what it was by its words.
fn is_rewritten(before: &Content, after: &Content, headline: &str) -> bool {
    const WORDS_MIN: usize = 30;
    let is_renamed = !after.title.is_empty() && differ(&before.title, &after.title);
    let dates = before.modified.zip(after.modified);
    is_renamed
        && !differ(&after.title, headline)
        && dates.is_some_and(|(before, after)| before.at < after.at)
        && after.text.split_whitespace().nth(WORDS_MIN).is_some()
        && !is_summary(&before.text, &after.text)
        && !OUTAGE.is_match(&after.text)
}

pub(super) static RETRACTION: LazyLock<Regex> = LazyLock::new(|| {
    let words = "ingetrokken|teruggetrokken|rectificatie|gerectificeerd|excuses|\
                 onjuist|onjuistheden|niet juist|retracted|withdrawn";
    Regex::new(&format!(r"(?i)\b(?:{words})\b")).expect("the pattern is constant")
});

/// What a server says of itself.
static OUTAGE: LazyLock<Regex> = LazyLock::new(|| {
    let words = "ongemak|storing|onderhoud|iets mis|probeer|bereikbaar|wachtrij|try again|error";
    Regex::new(&format!(r"(?i)\b(?:{words})\b")).expect("the pattern is constant")
});

/// What says of an article that it was changed is no heading, with or without a full stop.
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    let words = "rectificatie|correctie|update|aanvulling|naschrift|erratum|correction";
    let marked = r"^\W*met (?:correctie|rectificatie)\W*$";
    Regex::new(&format!(r"(?i)^\W*(?:{words})\b[^:–—-]{{0,20}}[:–—-]\s*\p{{L}}|{marked}"))
        .expect("the pattern is constant")
});

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    Doubtful,
    Edit,
}

/// The paragraphs of a text that say something, folded.
pub(super) struct Paragraphs {
    pub(super) list: Vec<Paragraph>,
    pub(super) n_words: usize,
}

pub(super) struct Paragraph {
    folded: String,
    words: HashSet<String>,
    pub(super) is_heading: bool,
}

impl Paragraphs {
    pub(super) fn of(text: &str) -> Self {
        let lines = text.split("\n\n").map(str::trim).filter(|line| !is_noise(line));
        let list: Vec<Paragraph> = lines
            .map(|line| Paragraph::of(&without_counts(without_stamp(line))))
            .filter(|p| !p.folded.is_empty())
            .collect();
        let n_words = text.split_whitespace().count();
        Self { list, n_words }
    }

    /// What is no heading, in its order.
    fn sentences(&self) -> impl Iterator<Item = &str> {
        let said = self.list.iter().filter(|paragraph| !paragraph.is_heading);
        said.map(|paragraph| paragraph.folded.as_str())
    }

    fn counts(&self) -> HashMap<&str, usize> {
        let mut counts = HashMap::new();
        for paragraph in &self.list {
            *counts.entry(paragraph.folded.as_str()).or_insert(0) += 1;
        }
        counts
    }
}

impl Paragraph {
    pub(super) fn of(text: &str) -> Self {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let ends = text.trim_end_matches(['"', '\'', '”', '’', '»', ')']);
        let is_sentence = ends.ends_with(['.', '!', '?', '…', ':', ';']);
        let is_heading = !is_sentence && words.len() <= HEADING_WORDS_MAX && !NOTE.is_match(text);
        Self { folded: fold(text), words: words.into_iter().collect(), is_heading }
    }

    fn is_kin(&self, other: &Self, part: f64) -> bool {
        let n_shared = self.words.intersection(&other.words).count();
        let n_most = self.words.len().max(other.words.len()).max(1);
        !is_below(n_shared, n_most, part)
    }
}

fn compare(old: &Paragraphs, new: &Paragraphs) -> Change {
    let (removed, added) = (lacking(old, new), lacking(new, old));
    if removed.is_empty() && added.is_empty() {
        let is_moved = old.sentences().ne(new.sentences());
        return if is_moved { Change::Doubtful } else { Change::Nothing };
    }
    let is_said = |text: &Paragraphs, changed: &[usize]| {
        changed.iter().any(|at| !text.list[*at].is_heading || is_between_sentences(text, *at))
    };
    let kin = |at: &usize, part| {
        removed.iter().any(|old_at| new.list[*at].is_kin(&old.list[*old_at], part))
    };
    if !is_said(old, &removed) && !is_said(new, &added) {
        let is_entry = is_of_list(old, &removed) || is_of_list(new, &added);
        let is_line = !added.is_empty()
            && removed.len() == added.len()
            && added.iter().all(|at| kin(at, KIN_LINE));
        return if is_entry || is_line { Change::Doubtful } else { Change::Nothing };
    }
    let is_replaced = !removed.is_empty() && !added.is_empty();
    let is_kept = new.list.len() - added.len() >= KEPT_MIN;
    let is_outside = is_at_the_rim(old, &removed) && is_at_the_rim(new, &added);
    if is_replaced && is_kept && is_outside && !added.iter().any(|at| kin(at, KIN)) {
        return Change::Doubtful;
    }
    Change::Edit
}

/// The places of the paragraphs of `text` that `other` does not have.
pub(super) fn lacking(text: &Paragraphs, other: &Paragraphs) -> Vec<usize> {
    let mut counts = other.counts();
    let mut lacking = Vec::new();
    for (at, paragraph) in text.list.iter().enumerate() {
        match counts.get_mut(paragraph.folded.as_str()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => lacking.push(at),
        }
    }
    lacking
}

/// A line without a full stop between two paragraphs with one is a heading of the article; others
/// are lists of other articles.
fn is_between_sentences(text: &Paragraphs, at: usize) -> bool {
    let is_sentence = |at: Option<usize>| {
        at.and_then(|at| text.list.get(at)).is_some_and(|paragraph| !paragraph.is_heading)
    };
    is_sentence(at.checked_sub(1)) && is_sentence(Some(at + 1))
}

/// Whether what changed is a part of a list or table behind a sentence, most of which stayed as it
/// was: lists of other articles are new as a whole.
fn is_of_list(text: &Paragraphs, changed: &[usize]) -> bool {
    const ENTRIES_MIN: usize = 3;
    let changed: HashSet<usize> = changed.iter().copied().collect();
    let mut at = 0;
    text.list.chunk_by(|one, other| one.is_heading == other.is_heading).any(|run| {
        let (from, to) = (at, at + run.len());
        at = to;
        let n_changed = (from..to).filter(|at| changed.contains(at)).count();
        let is_list = run[0].is_heading && from > 0 && run.len() >= ENTRIES_MIN;
        is_list && n_changed > 0 && n_changed * 2 <= run.len()
    })
}

/// Whether the paragraphs at `changed` are the first or the last ones, and no others.
fn is_at_the_rim(text: &Paragraphs, changed: &[usize]) -> bool {
    let n = text.list.len();
    let is_first = changed.iter().enumerate().all(|(n, at)| n == *at);
    let is_last = changed.iter().rev().enumerate().all(|(back, at)| n - 1 - back == *at);
    is_first || is_last
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
pub(super) fn is_below(part: usize, whole: usize, ratio: f64) -> bool {
    (part as f64) < whole as f64 * ratio
}

pub(super) fn is_fuller(text: &str, than: &str) -> bool {
    is_below(than.len(), text.len(), 1.0 / FULLER)
}

/// Whether a feed that gave the text of an article gives no more than a beginning or a summary of it
/// now: it has other wishes for its readers, and nobody edited the article.
pub fn is_withheld(before: &str, after: &str) -> bool {
    let n_words = |text: &str| text.split_whitespace().count();
    let (n_before, n_after) = (n_words(before), n_words(after));
    let is_beginning = || {
        let end = after.trim_end_matches(|c: char| !c.is_alphanumeric());
        is_cut_off(after) && before.len() > after.len() && before.starts_with(end)
    };
    // What says something else is a correction, however short.
    let is_summary = || is_summary(before, after) && !RETRACTION.is_match(after);
    n_before >= COLLAPSED_WORDS_MIN
        && (is_below(n_after, n_before, COLLAPSED) && is_summary() || is_beginning())
}

/// Whether most words of a text are in another.
fn is_summary(of: &str, text: &str) -> bool {
    let (old, new) = (Paragraph::of(of).words, Paragraph::of(text).words);
    let n_shared = new.iter().filter(|word| old.contains(*word)).count();
    !is_below(n_shared, new.len(), SUMMARY)
}

/// Whether a text says itself that there is more of it.
fn is_cut_off(text: &str) -> bool {
    let end = text.trim_end().trim_end_matches([']', ')']);
    ["…", "...", "Lees verder", "Lees meer"].iter().any(|sign| end.ends_with(sign))
}

/// What an article is after its page was read for the first time, or read better: the fuller text,
/// and the metadata that the feed left out. A headline stays the one under which it was announced.
pub fn complete(current: &Content, page: &Content) -> Content {
    let mut content = filled(current, page);
    let is_rest = is_cut_off(&current.text) && page.text.len() > current.text.len();
    if is_rest || is_fuller(&page.text, &current.text) {
        content.text.clone_from(&page.text);
    }
    let is_exact = |date: &crate::model::time::StatedDate| date.precision == Precision::Second;
    if !content.published.as_ref().is_some_and(is_exact) {
        content.published = page.published.filter(is_exact).or(content.published);
    }
    // A feed may state the moment of the last change as that of publication.
    let is_of_change = content.published.map(|date| date.at) == page.modified.map(|date| date.at);
    if is_of_change && page.published.is_some_and(|date| is_exact(&date)) {
        content.published = page.published;
    }
    content.modified = page.modified.or(content.modified);
    content
}

/// What an article is after another extractor read its page: the text that came from the page is
/// that of the new reading, and nothing was edited.
pub fn read_anew(current: &Content, before: &Content, page: &Content) -> Content {
    let mut content = complete(current, page);
    if !differ(&current.text, &before.text) {
        content.text.clone_from(&page.text);
    }
    content
}

/// Whether `after` has more than `before` of what a reader sees.
pub fn is_more(before: &Content, after: &Content) -> bool {
    before.text != after.text
        || before.title != after.title
        || before.authors != after.authors
        || before.published != after.published
}

/// What an article is after its page was edited from `before` to `after` in what `changed` names. An
/// edit that a feed has told of already changes nothing more.
pub fn edited(
    known: &Known,
    before: &Content,
    after: &Content,
    changed: &[&'static str],
) -> Content {
    let current = &known.current;
    let mut content = current.clone();
    // A text of the page becomes the next one of the page, however much was taken out; one of a feed
    // stays where it is fuller.
    let is_of_page = known.text_source == Source::Page || !differ(&current.text, &before.text);
    let is_better = || {
        !is_fuller(&current.text, &after.text) && !is_told(&before.text, &after.text, &current.text)
    };
    if changed.contains(&"text") && (is_of_page || is_better()) {
        content.text.clone_from(&after.text);
    }
    // A headline that was never the one of the feed goes its own way.
    if changed.contains(&"title") && !differ(&current.title, &before.title) {
        content.title.clone_from(&after.title);
    }
    if changed.contains(&"authors")
        && (current.authors == before.authors || current.authors.is_empty())
    {
        content.authors.clone_from(&after.authors);
    }
    content.modified = after.modified.or(content.modified);
    content
}

/// Words in a row by which it is told whether a change is in another text.
const ROW: usize = 3;

/// The part of a change that another text may lack and still tell of it.
const TOLD: f64 = 0.9;

/// Whether the change from `before` to `after` is in `current` already, which may be longer, shorter
/// or put differently.
pub fn is_told(before: &str, after: &str, current: &str) -> bool {
    let (old, new, now) = (rows(before), rows(after), rows(current));
    let added: Vec<_> = new.difference(&old).collect();
    let removed: Vec<_> = old.difference(&new).collect();
    let n_right = added.iter().filter(|row| now.contains(**row)).count()
        + removed.iter().filter(|row| !now.contains(**row)).count();
    let n_all = added.len() + removed.len();
    n_all > 0 && !is_below(n_right, n_all, TOLD)
}

fn rows(text: &str) -> HashSet<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.windows(ROW).map(|row| row.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedupe::decide::Outdated;
    use crate::model::time::{StatedDate, Timestamp};

    const BODY: [&str; 5] = [
        "De brug over het kanaal bij Veendam is sinds vanmorgen dicht voor al het verkeer.",
        "Volgens de provincie duurt de reparatie van de klep zeker twee weken.",
        "Wie naar de overkant wil, rijdt om langs de sluis bij Muntendam.",
        "‘Dat scheelt een half uur’, zegt een bakker die elke dag over de brug moet.",
        "De provincie zegt dat fietsers vanaf maandag met een pontje over kunnen.",
    ];

    fn text(paragraphs: &[&str]) -> Content {
        Content { title: "Brug dicht".into(), text: paragraphs.join("\n\n"), ..Content::default() }
    }

    /// The body, with what stands before and after it.
    fn around(before: &[&'static str], after: &[&'static str]) -> Content {
        text(&[before, &BODY[..], after].concat())
    }

    fn with(at: usize, paragraph: &'static str) -> Content {
        let mut paragraphs = BODY;
        paragraphs[at] = paragraph;
        text(&paragraphs)
    }

    fn known(current: &Content, text_source: Source) -> Known {
        let (keys, current) = (Vec::new(), current.clone());
        Known {
            keys,
            current,
            first_seen_at: Timestamp::from_seconds(i64::MAX),
            text_source,
            last_in_feed: None,
            outdated: Outdated::default(),
        }
    }

    #[track_caller]
    fn check(before: &Content, after: &Content, expected: &Verdict) {
        assert_eq!(judge(before, after, "Brug dicht"), *expected);
    }

    #[test]
    fn what_somebody_wrote_is_an_edit_and_a_typo_is_too() {
        let edited = Verdict::Edited(vec!["text"]);
        let twelve = "Volgens de provincie duurt de reparatie van de klep zeker drie weken.";
        check(&text(&BODY), &with(1, twelve), &edited);
        check(&text(&BODY), &text(&BODY[..4]), &edited);
        check(&text(&BODY), &around(&["Update: de brug is weer open."], &[]), &edited);
        let other = "Een woordvoerder wilde nergens op ingaan.";
        check(&text(&BODY), &with(2, other), &edited);
        let title = Content { title: "Brug open".into(), ..text(&BODY) };
        check(&text(&BODY), &title, &Verdict::Edited(vec!["title"]));
    }

    #[test]
    fn what_changes_by_itself_is_none() {
        let same = Verdict::Unchanged;
        check(&around(&["3 min leestijd"], &[]), &around(&["4 min leestijd"], &[]), &same);
        check(&around(&[], &["12 reacties"]), &around(&[], &["340 reacties"]), &same);
        check(&text(&BODY), &around(&["Bijgewerkt om 14:02"], &[]), &same);
        let list = ["Wolf gezien bij Ede", "Kabinet valt over asiel", "Ajax wint van PSV"];
        check(&around(&[], &list[..2]), &around(&[], &list[1..]), &same);
        check(&text(&BODY), &around(&[], &list), &same);
        let quotes = Content { text: BODY.join("\n\n").replace('‘', "'"), ..text(&BODY) };
        let quotes = Content { text: quotes.text.replace('’', "'"), ..quotes };
        check(&text(&BODY), &quotes, &same);
        check(
            &with(0, "09:12 De brug is dicht."),
            &with(0, "11 minuten geleden De brug is dicht."),
            &same,
        );
    }

    #[test]
    fn a_heading_between_paragraphs_belongs_to_the_article() {
        let with_heading = |heading| text(&[BODY[0], BODY[1], heading, BODY[2], BODY[3]]);
        let edited = Verdict::Edited(vec!["text"]);
        check(&with_heading("Omrijden"), &with_heading("Half uur om"), &edited);
    }

    #[test]
    fn an_advertisement_that_takes_the_place_of_another_is_doubtful() {
        let advertised = |text| around(&[], &[text]);
        let (one, two) =
            ("Nu 30% korting op alle tuinmeubelen!", "Bestel voor vrijdag uw kerstpakket.");
        check(&advertised(one), &advertised(two), &Verdict::Doubtful);
    }

    #[test]
    fn a_headline_is_edited_at_once_and_a_doubtful_text_beside_it_when_it_stays() {
        let lead = "De burgemeester sprak zondag in het dorpshuis met omwonenden over het verkeer.";
        let after = Content { title: "Pont vaart weer".into(), ..with(0, lead) };
        check(&text(&BODY), &with(0, lead), &Verdict::Doubtful);
        check(&text(&BODY), &after, &Verdict::EditedBeside(vec!["title"]));
    }

    #[test]
    fn an_entry_of_a_list_is_doubtful_and_a_list_that_is_new_is_none() {
        let list = |entries: [&str; 4]| {
            around(&[], &[]).text + "\n\n" + &entries.map(|entry| format!("- {entry}")).join("\n\n")
        };
        let of = |entries| Content { text: list(entries), ..text(&BODY) };
        let before = of(["Winsum 12 punten", "Horst 9 punten", "Ede 8 punten", "Epe 3 punten"]);
        let after = of(["Winsum 12 punten", "Horst 9 punten", "Ede 5 punten", "Epe 3 punten"]);
        check(&before, &after, &Verdict::Doubtful);
        let other = of(["Wolf bij Ede", "Storm op komst", "Trein ontspoord", "File op A2"]);
        check(&before, &other, &Verdict::Unchanged);
    }

    #[test]
    fn a_correction_without_a_full_stop_is_an_edit_and_a_line_that_stays_alike_may_be_one() {
        let edited = Verdict::Edited(vec!["text"]);
        let added = |line| around(&[], &[line]);
        check(&text(&BODY), &added("Rectificatie: de brug is niet dicht geweest"), &edited);
        check(&text(&BODY), &added("Update (14.02 uur) – de brug is open"), &edited);
        check(&text(&BODY), &added("(Met correctie)"), &edited);
        check(&text(&BODY), &added("Update over stikstof"), &Verdict::Unchanged);
        let before = added("Aantal gewonden: 3");
        check(&before, &added("Aantal gewonden: 30"), &Verdict::Doubtful);
        check(&before, &added("Wolf gezien bij Ede"), &Verdict::Unchanged);
    }

    #[test]
    fn paragraphs_that_change_places_are_doubtful() {
        let moved = text(&[BODY[0], BODY[2], BODY[1], BODY[3], BODY[4]]);
        check(&text(&BODY), &moved, &Verdict::Doubtful);
        let list = ["Wolf gezien bij Ede", "Kabinet valt over asiel"];
        check(&around(&[], &list), &around(&[list[1]], &[list[0]]), &Verdict::Unchanged);
    }

    #[test]
    fn a_feed_that_states_the_last_change_for_its_date_is_not_believed() {
        let at = |seconds| Some(StatedDate::exact(Timestamp::from_seconds(seconds)));
        let feed = Content { published: at(900), ..text(&BODY) };
        let page = Content { published: at(100), modified: at(900), ..text(&BODY) };
        let found = complete(&feed, &page);
        assert_eq!((found.published, found.modified), (at(100), at(900)));
        let other = Content { modified: at(950), ..page };
        assert_eq!(complete(&feed, &other).published, at(900));
    }

    #[test]
    fn an_article_that_is_taken_back_did_not_collapse() {
        let taken_back = text(&["Dit artikel is ingetrokken: het bevatte onjuistheden."]);
        check(&text(&BODY), &taken_back, &Verdict::Doubtful);
        let outage = text(&["Er is een storing. Onze excuses voor het ongemak."]);
        check(&text(&BODY), &outage, &Verdict::Collapsed);
    }

    #[test]
    fn a_rewrite_that_says_so_did_not_collapse() {
        let at = |seconds| Some(StatedDate::exact(Timestamp::from_seconds(seconds)));
        let other = "De provincie heeft het schip weggesleept dat sinds zondag dwars voor de sluis lag \
                     en laat deze week onderzoeken hoe een binnenvaarder van die lengte daar mocht \
                     keren, zegt een woordvoerder in Assen.";
        let before = Content { modified: at(0), ..text(&BODY.repeat(2)) };
        let rewritten = |title: &str, modified| Content {
            title: title.to_owned(),
            modified: at(modified),
            ..text(&[other])
        };
        let is_so = |after: &Content| judge(&before, after, "Schip weg") == Verdict::Doubtful;
        check(&before, &rewritten("Schip weg", 60), &Verdict::Collapsed);
        assert!(is_so(&rewritten("Schip weg", 60)));
        assert!(!is_so(&rewritten("Schip weg", 0)));
        assert!(!is_so(&rewritten(&before.title, 60)));
        assert!(!is_so(&rewritten("Log in om verder te lezen", 60)));
        assert!(!is_so(&Content { text: BODY[0].to_owned(), ..rewritten("Schip weg", 60) }));
        assert!(!is_so(&Content { modified: None, ..rewritten("Schip weg", 60) }));
    }

    #[test]
    fn a_feed_that_gives_less_from_now_on_edited_nothing() {
        let sentence =
            "Monteurs zoeken in Hulst al dagen naar de oorzaak van de storing aan de brug. ";
        let whole = sentence.repeat(6);
        assert!(is_withheld(&whole, "Al dagen storing aan de brug in Hulst"));
        assert!(!is_withheld(&whole, "De brug in Hulst is weer open."));
        assert!(is_withheld(&whole, &format!("{}…", &whole[..300])));
        assert!(!is_withheld(&whole, &whole[..300]));
        assert!(!is_withheld(&whole, "Dit bericht is ingetrokken, het bleek onjuist."));
        assert!(!is_withheld(sentence, "De brug blijft dicht."));
    }

    #[test]
    fn a_summary_that_is_cut_off_gives_way_to_a_text_that_is_hardly_longer() {
        let whole = text(&BODY[..2]);
        let cut = format!("{} Volgens de provincie duurt de reparatie van de klep […]", BODY[0]);
        let of = |text: &str| Content { text: text.to_owned(), ..whole.clone() };
        assert_eq!(complete(&of(&cut), &whole).text, whole.text);
        let other = format!("{} Volgens de provincie duurt de reparatie nog lang.", BODY[0]);
        assert_eq!(complete(&of(&other), &whole).text, other);
    }

    #[test]
    fn a_text_that_collapses_was_not_read_well() {
        check(&text(&BODY), &text(&["De brug over het kanaal is dicht."]), &Verdict::Collapsed);
        check(&text(&BODY[..1]), &text(&["Brug dicht."]), &Verdict::Edited(vec!["text"]));
    }

    #[test]
    fn a_feed_with_the_whole_text_keeps_it_and_a_summary_gives_way() {
        let page = Content { authors: vec!["P. de Graaf".into()], ..text(&BODY) };
        let summary = Content { title: "Kop".into(), ..text(&BODY[..1]) };
        let whole = complete(&summary, &page);
        assert_eq!((&*whole.title, &whole.text, whole.authors.len()), ("Kop", &page.text, 1));
        assert_eq!(complete(&text(&BODY), &around(&["Luister"], &[])).text, text(&BODY).text);
    }

    #[test]
    fn what_is_taken_out_of_a_page_is_taken_out_however_long_it_was() {
        let (before, after) = (text(&BODY), text(&BODY[..3]));
        check(&before, &after, &Verdict::Edited(vec!["text"]));
        let text_source = Source::Feed;
        assert_eq!(
            edited(&known(&before, text_source), &before, &after, &["text"]).text,
            after.text
        );
        // Also where an earlier text of the page is what is known.
        let earlier = known(&around(&["Dit bericht wordt aangevuld."], &[]), Source::Page);
        assert_eq!(edited(&earlier, &before, &after, &["text"]).text, after.text);
        // A feed that has the whole text is not shortened by a page that never had it.
        let whole = around(&[], &["Er komt ook een bus, die elk kwartier over de sluis rijdt."]);
        let whole = known(&whole, text_source);
        assert_eq!(edited(&whole, &before, &after, &["text"]).text, whole.current.text);
    }

    #[test]
    fn what_a_feed_told_first_is_not_told_again() {
        let three = "Volgens de provincie duurt de reparatie van de klep zeker drie weken.";
        let (before, after) = (text(&BODY), with(1, three));
        let told = text(&[BODY[0], three, BODY[2], BODY[3]]);
        let (told, silent) = (known(&told, Source::Feed), known(&before, Source::Feed));
        assert_eq!(edited(&told, &before, &after, &["text"]).text, told.current.text);
        assert_eq!(edited(&silent, &before, &after, &["text"]).text, after.text);
    }
}
