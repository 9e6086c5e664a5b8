//! What is known of an article, and whether an entry of it says something new.

use crate::dedupe::fingerprint::{self, Short, differ};
use crate::dedupe::noise;
use crate::dedupe::reading::is_withheld;
use crate::dedupe::same::{REUSE_OVERLAP_MAX, TELLING_BYTES_MIN, is_days_apart, overlap};
use crate::model::article::{Content, IdentityKey, Source};
use crate::model::time::{StatedDate, Timestamp};

/// A text this much longer than the stored one is a fuller version, not a variant.
const FULLER: f64 = 1.5;

/// What the archive holds of the article an entry may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// All its identity keys.
    pub keys: Vec<IdentityKey>,
    /// Its current revision.
    pub current: Content,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// Where its text came from.
    pub text_source: Source,
    /// What this same feed said of it the last time; `None` when it never did.
    pub last_in_feed: Option<Said>,
    /// What it had before somebody else than this feed gave it another: a feed that still has it
    /// changes nothing by it.
    pub outdated: Outdated,
}

impl Known {
    /// Whether it has the text of `content`, or had it in this feed: it may have that of its page by now.
    pub fn says_text_of(&self, content: &Content) -> bool {
        self.last_in_feed.is_some_and(|last| last.has_text_of(content))
            || !differ(&content.text, &self.current.text)
    }
}

/// What a feed said of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// By its [`fingerprint::content`].
    pub content: Short,
    /// By its [`fingerprint::text`]; `None` where that was not kept.
    pub text: Option<Short>,
}

impl Said {
    pub(super) fn is(self, content: &Content) -> bool {
        self.content == fingerprint::content(content)
    }

    pub(super) fn has_text_of(self, content: &Content) -> bool {
        self.text.is_some_and(|text| text == fingerprint::text(&content.text))
    }
}

/// Headlines and bylines that an article had.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outdated {
    /// Headlines.
    pub titles: Vec<String>,
    /// Names of authors.
    pub authors: Vec<Vec<String>>,
    /// What the feed said before it said that it was changed later.
    pub versions: Vec<Former>,
}

/// A version of a feed that it has changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// When the feed said that it was changed, or published.
    pub at: Timestamp,
    /// The headline.
    pub title: String,
    /// Of the article as it was then, by [`fingerprint::content`].
    pub content: Short,
}

impl Former {
    /// Whether `content` is this version once more. Where the article has the text of its page, the
    /// headline must do.
    fn is_again(&self, content: &Content, text_source: Source) -> bool {
        let stated = content.modified.or(content.published).map(|date| date.at);
        let is_said = || {
            self.content == fingerprint::content(content)
                || text_source == Source::Page && !differ(&self.title, &content.title)
        };
        stated == Some(self.at) && is_said()
    }
}

/// A new revision of a known article.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// What the new revision says.
    pub content: Content,
    /// What differs from the one before: `title`, `text`, `authors`.
    pub changed: Vec<&'static str>,
}

/// The edit that an entry of a known article amounts to; `None` when it says nothing new.
///
/// A feed is compared with itself: several feeds may carry one article in different lengths for
/// days, and only when one of them changes its own version has something been edited.
pub fn edit(content: &Content, known: &Known) -> Option<Edit> {
    let says_the_same = match known.last_in_feed {
        Some(last) => last.is(content),
        None => !is_fuller(&content.text, &known.current.text),
    };
    if says_the_same {
        let content = settled(dated(&known.current, content.published)?, known);
        let is_dated = content.published.is_some();
        return is_dated.then_some(Edit { content, changed: Vec::new() });
    }
    // A server that is behind, or a late hub, has what was there before.
    if known.outdated.versions.iter().any(|one| one.is_again(content, known.text_source)) {
        return None;
    }
    let merged = merge(content, known);
    let mut changed = changes(&known.current, &merged);
    if known.last_in_feed.is_none() {
        let known_at = known.current.modified.map_or(known.first_seen_at, |date| date.at);
        let is_later = content.modified.is_some_and(|date| date.at > known_at);
        // It may be the first to show an edit. Otherwise it tells more of the article than the others,
        // and has edited nothing of its own.
        if !is_later || !changed.contains(&"title") {
            changed.clear();
        }
        return Some(Edit { content: merged, changed });
    }
    let is_dated = known.current.published.is_none() && merged.published.is_some();
    if changed.contains(&"text") {
        let said = |content: &Content| noise::without_counters(&content.text);
        let is_counted = !differ(&said(&known.current), &said(&merged));
        let is_more = changed == ["text"] && is_withheld(&merged.text, &known.current.text);
        if is_counted || is_more {
            changed.retain(|field| *field != "text");
        }
        if is_more {
            return Some(Edit { content: merged, changed });
        }
    }
    (!changed.is_empty() || is_dated).then_some(Edit { content: merged, changed })
}

/// `content` with dates that can be: what was seen before was not published later. That is when it
/// was changed.
pub fn settled(content: Content, known: &Known) -> Content {
    let is_later = |date: StatedDate| date.is_after(known.first_seen_at);
    let before = known.current.published;
    match content.published.filter(|date| is_later(*date)) {
        Some(date) if !before.is_some_and(is_later) => {
            let modified = content.modified.filter(|modified| modified.at > date.at).or(Some(date));
            Content { published: before, modified, ..content }
        }
        _ => content,
    }
}

/// `content` with the date that it lacks; `None` where it has one, or there is none.
pub fn dated(content: &Content, published: Option<StatedDate>) -> Option<Content> {
    let published = published.filter(|_| content.published.is_none())?;
    Some(Content { published: Some(published), ..content.clone() })
}

/// What revisions are told to differ in.
pub const FIELDS: [&str; 3] = ["title", "text", "authors"];

/// What differs between two versions, of [`FIELDS`].
pub fn changes(before: &Content, after: &Content) -> Vec<&'static str> {
    let mut changed = Vec::new();
    if differ(&before.title, &after.title) {
        changed.push("title");
    }
    if differ(&before.text, &after.text) {
        changed.push("text");
    }
    if before.authors != after.authors {
        changed.push("authors");
    }
    changed
}

/// `content` with what it leaves out as it was before: nothing is taken away by silence.
pub fn filled(content: &Content, before: &Content) -> Content {
    let text = |one: &String, other: &String| if one.is_empty() { other } else { one }.clone();
    let list =
        |one: &Vec<String>, other: &Vec<String>| if one.is_empty() { other } else { one }.clone();
    Content {
        title: text(&content.title, &before.title),
        text: text(&content.text, &before.text),
        authors: list(&content.authors, &before.authors),
        section: content.section.clone().or_else(|| before.section.clone()),
        tags: list(&content.tags, &before.tags),
        language: content.language.clone().or_else(|| before.language.clone()),
        published: match (content.published, before.published) {
            // Another one knows the minute of what is dated by the day here.
            (Some(date), Some(exact))
                if date.at <= exact.at && exact.ends_at() <= date.ends_at() =>
            {
                Some(exact)
            }
            (date, before) => date.or(before),
        },
        modified: content.modified.or(before.modified),
        enclosures: content.enclosures.clone(),
    }
}

/// The version to keep: the entry's, except that a summary from one feed never takes the place of a
/// full text from another or from the page, and what this feed leaves out is not taken away.
fn merge(content: &Content, known: &Known) -> Content {
    let mut merged = filled(content, &known.current);
    let is_own = known.last_in_feed.is_some_and(|last| last.is(&known.current));
    let is_of_page =
        known.text_source == Source::Page && !is_fuller(&content.text, &known.current.text);
    let is_shorter = is_of_page || is_fuller(&known.current.text, &content.text);
    let is_other = !is_own && is_shorter && !is_another_matter(content, &known.current);
    // It edited something else, and a text that another feed has is not for it to replace.
    let is_said_before = || known.last_in_feed.is_some_and(|last| last.has_text_of(content));
    if is_other || is_withheld(&known.current.text, &content.text) || is_said_before() {
        merged.text.clone_from(&known.current.text);
    }
    let is_outdated = |title: &String| !differ(title, &merged.title);
    if known.outdated.titles.iter().any(is_outdated) {
        merged.title.clone_from(&known.current.title);
    }
    if known.outdated.authors.contains(&merged.authors) {
        merged.authors.clone_from(&known.current.authors);
    }
    settled(merged, known)
}

/// Whether an address was used anew, as by a daily column: its old text is not that of the new headline.
fn is_another_matter(content: &Content, before: &Content) -> bool {
    differ(&content.title, &before.title)
        && content.text.len() >= TELLING_BYTES_MIN
        && is_days_apart(content, before)
        && overlap(content, before) < REUSE_OVERLAP_MAX
}

#[expect(clippy::cast_precision_loss, reason = "lengths of texts are far below 2^52")]
pub(super) fn is_fuller(text: &str, than: &str) -> bool {
    text.len() as f64 > than.len() as f64 * FULLER
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    use crate::model::time::Precision;

    pub(in crate::dedupe) const LONG: &str =
        "De brug over het kanaal is dicht. Monteurs zoeken naar de oorzaak van de storing.";

    pub(in crate::dedupe) fn content(title: &str, text: &str) -> Content {
        Content { title: title.into(), text: text.into(), ..Content::default() }
    }

    fn said(content: &Content) -> Said {
        let text = Some(fingerprint::text(&content.text));
        Said { content: fingerprint::content(content), text }
    }

    pub(in crate::dedupe) fn known(current: &Content, last_in_feed: Option<&Content>) -> Known {
        Known {
            text_source: Source::Feed,
            keys: vec![IdentityKey::guid("f", "1"), IdentityKey::url("https://a.example/brug")],
            current: current.clone(),
            first_seen_at: Timestamp::from_seconds(i64::MAX),
            last_in_feed: last_in_feed.map(said),
            outdated: Outdated::default(),
        }
    }

    #[test]
    fn changed_text_is_a_revision() {
        let before = content("Brug dicht", LONG);
        let after = content("Brug open", LONG);
        let expected = Edit { content: after.clone(), changed: vec!["title"] };
        assert_eq!(edit(&after, &known(&before, Some(&before))), Some(expected));
        assert_eq!(edit(&before, &known(&before, Some(&before))), None);
    }

    #[test]
    fn a_feed_that_edits_a_headline_leaves_the_text_of_another_alone() {
        let ours = content("Brug dicht", LONG);
        let theirs =
            content("Brug dicht", "Al het verkeer moet om, zeggen monteurs van de provincie.");
        let after = Content { title: "Brug open".into(), ..theirs.clone() };
        let expected = content("Brug open", LONG);
        let edited = edit(&after, &known(&ours, Some(&theirs)));
        assert_eq!(edited, Some(Edit { content: expected.clone(), changed: vec!["title"] }));
        // The other feed was first.
        let titles = vec![ours.title.clone()];
        let outdated = Outdated { titles, ..Outdated::default() };
        let told = Known { outdated, ..known(&expected, Some(&theirs)) };
        assert_eq!(edit(&after, &told), None);
        // With the text it is an edit of the text.
        let rewritten = Content { text: format!("{} Nog een week.", after.text), ..after };
        let edited = edit(&rewritten, &told).map(|edit| edit.changed);
        assert_eq!(edited, Some(vec!["text"]));
        // Nor by a byline that the article never had.
        let signed = Content { authors: vec!["Jo Bos".into()], ..theirs.clone() };
        let edited = edit(&signed, &known(&ours, Some(&theirs))).map(|edit| edit.changed);
        assert_eq!(edited, Some(vec!["authors"]));
    }

    #[test]
    fn an_edit_taken_back_is_a_revision_too() {
        let first = content("Brug dicht", LONG);
        let second = content("Brug open", LONG);
        assert!(edit(&first, &known(&second, Some(&second))).is_some());
    }

    #[test]
    fn two_feeds_with_two_lengths_do_not_take_turns() {
        let full = content("Brug dicht", LONG);
        let short = content("Brug dicht", "De brug is dicht.");
        assert_eq!(edit(&short, &known(&full, None)), None);
        assert_eq!(edit(&short, &known(&full, Some(&short))), None);
        assert_eq!(edit(&full, &known(&full, Some(&full))), None);
    }

    #[test]
    fn a_fuller_text_from_another_feed_is_kept() {
        let full = content("Brug dicht", LONG);
        let short = content("Brug dicht", "De brug is dicht.");
        let expected = Edit { content: full.clone(), changed: Vec::new() };
        assert_eq!(edit(&full, &known(&short, None)), Some(expected));
    }

    #[test]
    fn what_another_feed_shows_first_is_an_edit_where_it_is_dated_later() {
        let at = |minute: i64, title: &str, text: &str| {
            let modified = Some(StatedDate::exact(Timestamp::from_seconds(minute * 60)));
            Content { modified, ..content(title, text) }
        };
        let before = at(10, "Brug dicht", "De brug is dicht.");
        let changed = |now: &Content| edit(now, &known(&before, None)).unwrap().changed;
        assert_eq!(changed(&at(50, "Brug weer open", LONG)), ["title", "text"]);
        assert!(changed(&at(10, "Brug weer open", LONG)).is_empty());
        assert!(changed(&at(50, "Brug dicht", LONG)).is_empty());
        // Of one without such a date it is enough that it was changed after it was first seen.
        let undated = Known {
            first_seen_at: Timestamp::from_seconds(20 * 60),
            ..known(&content("Brug dicht", "De brug is dicht."), None)
        };
        let changed = |now: &Content| edit(now, &undated).unwrap().changed;
        assert_eq!(changed(&at(50, "Brug weer open", LONG)), ["title", "text"]);
        assert!(changed(&at(10, "Brug weer open", LONG)).is_empty());
    }

    #[test]
    fn a_summary_never_takes_the_place_of_the_text_of_the_page() {
        let page = content("Brug dicht", "De brug is dicht. Het verkeer rijdt om.");
        let short = content("Brug dicht", "De brug is tot tien uur dicht.");
        let mut known = known(&page, Some(&content("Brug dicht", "De brug is dicht.")));
        known.text_source = Source::Page;
        assert_eq!(edit(&short, &known), None);
        known.text_source = Source::Feed;
        assert_eq!(edit(&short, &known).unwrap().changed, ["text"]);
    }

    #[test]
    fn at_an_address_that_is_used_anew_a_summary_takes_the_place_of_the_old_text() {
        let on = |day: i64, title: &str, text: &str| {
            let at = Timestamp::from_seconds(day * 86_400 + 7);
            Content { published: Some(StatedDate::exact(at)), ..content(title, text) }
        };
        let lead = "Schippers wachten al sinds zaterdagavond, en hoelang het duurt weet niemand.";
        let page = on(1, "Brug dicht", &format!("{lead} {LONG} {LONG}"));
        let known =
            |last: &Content| Known { text_source: Source::Page, ..known(&page, Some(last)) };
        let known = known(&on(1, "Brug dicht", lead));
        let wolf =
            "Wandelaars fotografeerden zondag een wolf bij Ede, die rustig het fietspad overstak.";
        let changed = |entry: &Content| edit(entry, &known).map(|edit| edit.changed);
        assert_eq!(changed(&on(3, "Wolf gezien", wolf)), Some(vec!["title", "text"]));
        assert_eq!(changed(&on(1, "Wolf gezien", wolf)), Some(vec!["title"]));
        assert_eq!(changed(&on(3, "Brug dicht", wolf)), None);
        let again = format!("De brug over het kanaal is nog altijd dicht. {lead}");
        assert_eq!(changed(&on(3, "Brug blijft dicht", &again)), Some(vec!["title"]));
    }

    #[test]
    fn what_an_entry_leaves_out_is_not_taken_away() {
        let before = content("Brug dicht", LONG);
        let known = known(&before, Some(&before));
        assert_eq!(edit(&content("Brug dicht", ""), &known), None);
        assert_eq!(edit(&content("", LONG), &known), None);
        let edited = edit(&content("Brug open", ""), &known).unwrap();
        assert_eq!((edited.changed, edited.content), (vec!["title"], content("Brug open", LONG)));
    }

    #[test]
    fn a_headline_that_the_page_gave_up_does_not_come_back_with_a_new_summary() {
        let page = content("Brug weer open", LONG);
        let first = content("Brug dicht", "De brug is dicht.");
        let mut known = known(&page, Some(&first));
        known.text_source = Source::Page;
        known.outdated.titles = vec!["Brug dicht".to_owned()];
        assert_eq!(edit(&content("Brug dicht", "De brug is open."), &known), None);
        let other = edit(&content("Brug blijft dicht", "De brug is open."), &known).unwrap();
        assert_eq!(
            (other.changed, other.content.title.as_str()),
            (vec!["title"], "Brug blijft dicht")
        );
    }

    #[test]
    fn what_the_page_told_stays_when_a_feed_edits_a_summary() {
        let date = |seconds: i64, precision| StatedDate {
            at: Timestamp::from_seconds(seconds),
            precision,
            is_zone_assumed: false,
        };
        let page = Content {
            authors: vec!["Jo Bos".into(), "An Smit".into()],
            section: Some("Regio".into()),
            tags: vec!["brug".into()],
            language: Some("nl".into()),
            published: Some(date(50_000, Precision::Second)),
            modified: Some(date(60_000, Precision::Second)),
            ..content("Brug dicht", LONG)
        };
        let authors = vec!["Jo Bos".to_owned()];
        let mut known = known(&page, Some(&content("Brug dicht", "De brug is dicht.")));
        known.text_source = Source::Page;
        known.outdated.authors = vec![authors.clone()];
        let entry = Content {
            authors,
            published: Some(date(0, Precision::Day)),
            ..content("Brug open", "De brug is open.")
        };
        let edited = edit(&entry, &known).unwrap();
        assert_eq!(edited.changed, ["title"]);
        assert_eq!(edited.content, Content { title: "Brug open".into(), ..page });
    }

    #[test]
    fn a_new_headline_on_a_summary_keeps_the_full_text() {
        let full = content("Brug dicht", LONG);
        let short = content("Brug dicht", "De brug is dicht.");
        let edited = content("Brug weer open", "De brug is open.");
        let expected = Edit { content: content("Brug weer open", LONG), changed: vec!["title"] };
        assert_eq!(edit(&edited, &known(&full, Some(&short))), Some(expected));
    }

    #[test]
    fn a_date_after_it_was_seen_is_that_of_a_change_and_another_one_a_correction() {
        let at = |seconds: i64, text: &str| Content {
            published: Some(StatedDate::exact(Timestamp::from_seconds(seconds))),
            ..content("Brug dicht", text)
        };
        let seen_at = Timestamp::from_seconds(100);
        let before = at(90, LONG);
        let known = Known { first_seen_at: seen_at, ..known(&before, Some(&before)) };
        let text = LONG.replace("dicht", "open");
        let dates = |seconds: i64| {
            let content = edit(&at(seconds, &text), &known).unwrap().content;
            [content.published, content.modified].map(|date| date.map(|date| date.at.seconds()))
        };
        assert_eq!(dates(5_000), [Some(90), Some(5_000)]);
        assert_eq!(dates(95), [Some(95), None]);
        assert_eq!(dates(90), [Some(90), None]);
    }

    #[test]
    fn a_feed_that_goes_over_to_full_texts_gives_more_and_edits_nothing() {
        let whole = [LONG; 4].join("\n\n");
        let teaser = content("Brug dicht", &format!("{}…", &whole[..60]));
        let more = edit(&content("Brug dicht", &whole), &known(&teaser, Some(&teaser))).unwrap();
        assert_eq!((more.content.text, more.changed), (whole, Vec::new()));
    }

    #[test]
    fn a_counter_or_clock_in_a_feed_is_no_edit_and_another_line_is() {
        let said = |text: &str| content("Brug dicht", text);
        let edited = |before: &str, after: &str| {
            let before = said(before);
            edit(&said(after), &known(&before, Some(&before))).is_some()
        };
        let counted = |n: u32| format!("{n} uur geleden - {LONG}\n\n{n} reacties");
        assert!(!edited(&counted(1), &counted(2)));
        assert!(!edited(&format!("{LONG} (7 reacties)"), &format!("{LONG} (14 reacties)")));
        assert!(edited(
            &format!("{LONG}\n\nAanvang 20.00 uur"),
            &format!("{LONG}\n\nAanvang 21.30 uur")
        ));
        assert!(edited("Brug bij Hulst weer open", "Brug bij Hulst weer dicht"));
        assert!(edited(&format!("{LONG}\n\nBrug 1 open"), &format!("{LONG}\n\nBrug 1 dicht")));
        assert!(edited(LONG, &format!("{LONG}\n\nDe brug is weer open.")));
    }
}
