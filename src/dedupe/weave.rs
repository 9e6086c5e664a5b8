//! Two histories of one article, as two archives saw it, made into one.
//!
//! A revision holds the whole article, and what it was made of said a part of that: a summary of a feed,
//! a page without the feed's tags. So what each revision *said* is what it has otherwise than the one
//! before it in its own history, and that is put onto what is known by both until then.

use std::collections::{HashMap, HashSet};

use crate::dedupe::decide::{changes, filled, is_fuller};
use crate::dedupe::fingerprint::{self, Short, differ};
use crate::model::article::{Content, Source};
use crate::model::time::Timestamp;

/// Clocks of two machines differ by less: what was replaced here so shortly before it was seen there was
/// not changed back.
const CLOCKS_SECONDS: i64 = 600;

/// A revision as one archive has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When it was seen.
    pub at: Timestamp,
    /// Its fingerprint.
    pub fingerprint: Short,
    /// The feed that it came from, by its number here.
    pub feed: Option<i64>,
    /// Where its text came from.
    pub text_source: Source,
    /// What it says.
    pub content: Content,
    /// What it is told to differ in from the one before it.
    pub changed: Vec<String>,
}

/// A revision of the one history.
#[derive(Debug, Clone, PartialEq)]
pub struct Woven {
    /// When the first of both saw it.
    pub at: Timestamp,
    /// What it differs in from the one before it; `None` where that is as it was.
    pub changed: Option<Vec<&'static str>>,
    /// Whose it is.
    pub whose: Whose,
}

/// Whose a revision is.
#[derive(Debug, Clone, PartialEq)]
pub enum Whose {
    /// One of ours, as it is.
    Ours(usize),
    /// One of theirs.
    Theirs {
        /// Which.
        number: usize,
        /// What it says beside ours.
        content: Box<Content>,
        /// Where its text came from then.
        text_source: Source,
    },
}

/// Weaves two histories, each in the order of its revisions. All of ours stay, in their order.
///
/// Of theirs comes in what ours never said, at its time; what both said was seen when the first of them
/// saw it. What ours said too is known, unless theirs says it for the second time or long after ours
/// heard otherwise: then something was changed back. As in a poll, a summary does not take the place of
/// the text of a page, and what is left out is not taken away.
pub fn weave(ours: &[Seen], theirs: &[Seen]) -> Vec<Woven> {
    let mut times: Vec<Timestamp> = ours.iter().map(|seen| seen.at).collect();
    loop {
        // Those that were seen sooner may let others be.
        let before = sooner(ours, theirs, &times);
        let weaver = weave_once(ours, theirs, &before);
        times = weaver.times;
        if times == before {
            return weaver.woven;
        }
    }
}

fn weave_once<'w>(ours: &'w [Seen], theirs: &'w [Seen], times: &[Timestamp]) -> Weaver<'w> {
    let mut weaver = Weaver { ours, theirs, times: times.to_vec(), ..Weaver::default() };
    let mut said = HashSet::new();
    let mut next = 0;
    for (number, seen) in theirs.iter().enumerate() {
        while next < ours.len() && weaver.times[next] <= seen.at {
            weaver.add_ours(next);
            next += 1;
        }
        let is_first = said.insert(seen.fingerprint);
        if !(is_first && weaver.is_known(seen, next)) {
            weaver.add_theirs(number, next);
        }
    }
    (next..ours.len()).for_each(|number| weaver.add_ours(number));
    weaver.complete();
    weaver
}

/// What is known of the article at some time.
#[derive(Debug, Clone)]
struct State {
    content: Content,
    text_source: Source,
}

#[derive(Default)]
struct Weaver<'w> {
    ours: &'w [Seen],
    theirs: &'w [Seen],
    /// When each of ours was seen by the first of both.
    times: Vec<Timestamp>,
    state: Option<State>,
    /// The feeds that said something until then.
    feeds: HashSet<i64>,
    /// The last of theirs that came in.
    last_theirs: Option<usize>,
    woven: Vec<Woven>,
    /// The fingerprints of those.
    said: Vec<Short>,
}

impl Weaver<'_> {
    /// Whether one of theirs was said here: until so shortly before that clocks may be the reason, or
    /// from the one of ours on that is `upcoming`.
    fn is_known(&self, seen: &Seen, upcoming: usize) -> bool {
        if self.ours[upcoming..].iter().any(|ours| ours.fingerprint == seen.fingerprint) {
            return true;
        }
        let last = self.said.iter().rposition(|said| *said == seen.fingerprint);
        let replaced_at = |last: usize| self.woven.get(last + 1).map(|next| next.at.seconds());
        let is_soon = |at: i64| seen.at.seconds() <= at.saturating_add(CLOCKS_SECONDS);
        last.is_some_and(|last| replaced_at(last).is_none_or(is_soon))
    }

    /// Whether something with this fingerprint was said at just this moment.
    fn is_of_the_moment(&self, fingerprint: Short, at: Timestamp) -> bool {
        let woven = self.woven.iter().zip(&self.said).rev();
        woven.take_while(|(one, _)| one.at == at).any(|(_, said)| *said == fingerprint)
    }

    fn add_ours(&mut self, number: usize) {
        let next = self.after(self.ours, number);
        let changed = self.last_theirs.map(|_| self.told(&next, self.ours, number));
        let at = self.times[number];
        self.woven.push(Woven { at, changed, whose: Whose::Ours(number) });
        self.said.push(self.ours[number].fingerprint);
        self.feeds.extend(self.ours[number].feed);
        self.state = Some(next);
    }

    /// Adds one of theirs where it says something new, before the one of ours that is `upcoming`; where
    /// that one says the same later, it was seen sooner.
    fn add_theirs(&mut self, number: usize, upcoming: usize) {
        let seen = &self.theirs[number];
        let next = self.after(self.theirs, number);
        let fingerprint = fingerprint::content(&next.content);
        if !self.is_news(&next) || self.is_of_the_moment(fingerprint, seen.at) {
            return;
        }
        if upcoming < self.ours.len() {
            let same = self.after(self.ours, upcoming);
            if self.is_news(&same) && changes(&next.content, &same.content).is_empty() {
                self.times[upcoming] = seen.at;
                return;
            }
        }
        let changed = Some(self.told(&next, self.theirs, number));
        let content = Box::new(next.content.clone());
        self.said.push(fingerprint);
        let whose = Whose::Theirs { number, content, text_source: next.text_source };
        self.woven.push(Woven { at: seen.at, changed, whose });
        self.feeds.extend(seen.feed);
        self.last_theirs = Some(number);
        self.state = Some(next);
    }

    /// What ours ends with may leave out what theirs knew.
    fn complete(&mut self) {
        let (Some(state), Some(last), Some(number)) =
            (&self.state, self.woven.last(), self.last_theirs)
        else {
            return;
        };
        if let Whose::Ours(ours) = last.whose
            && !changes(&self.ours[ours].content, &state.content).is_empty()
        {
            let content = Box::new(state.content.clone());
            let whose = Whose::Theirs { number, content, text_source: state.text_source };
            self.woven.push(Woven { at: last.at, changed: Some(Vec::new()), whose });
        }
    }

    /// What is known once a revision was seen.
    fn after(&self, history: &[Seen], number: usize) -> State {
        let seen = &history[number];
        let said = &seen.content;
        let Some(State { content: before, text_source }) = &self.state else {
            return State { content: said.clone(), text_source: seen.text_source };
        };
        let is_page = |source: Source| source == Source::Page;
        let is_less = !is_fuller(&said.text, &before.text);
        let former = former(history, number);
        // Feeds have headlines and summaries of their own.
        let is_other_voice = former.is_none()
            && match seen.feed {
                Some(feed) => !self.feeds.contains(&feed),
                None => seen.text_source == Source::Sitemap,
            };
        let is_text_kept = said.text.is_empty()
            || former.is_some_and(|former| !differ(&former.text, &said.text))
            || is_page(*text_source) && !is_page(seen.text_source) && is_less
            || is_other_voice && !is_page(seen.text_source) && is_less;
        let mut content = match former {
            None if is_other_voice && is_less => filled(before, said),
            _ => filled(said, before),
        };
        let is_kept = |is_same: fn(&Content, &Content) -> bool| {
            former.is_some_and(|former| is_same(former, said))
        };
        if is_kept(|one, other| !differ(&one.title, &other.title)) {
            content.title.clone_from(&before.title);
        }
        if is_kept(|one, other| one.authors == other.authors) {
            content.authors.clone_from(&before.authors);
        }
        if is_kept(|one, other| one.published == other.published) {
            content.published = before.published.or(said.published);
        }
        if is_text_kept && !before.text.is_empty() {
            content.text.clone_from(&before.text);
            return State { content, text_source: *text_source };
        }
        State { content, text_source: seen.text_source }
    }

    fn is_news(&self, next: &State) -> bool {
        self.state.as_ref().is_none_or(|state| {
            let is_dated = state.content.published.is_none() && next.content.published.is_some();
            is_dated || !changes(&state.content, &next.content).is_empty()
        })
    }

    /// In what a revision is an edit: where it goes on from what its own archive knew, that has told;
    /// otherwise it is where it does not only add what was not known.
    fn told(&self, next: &State, history: &[Seen], number: usize) -> Vec<&'static str> {
        let Some(State { content, text_source }) = &self.state else { return Vec::new() };
        let seen = &history[number];
        let apart = former(history, number).map(|former| changes(former, content));
        let is_addition = |field: &str| match field {
            "title" => content.title.is_empty(),
            "authors" => content.authors.is_empty(),
            _ => {
                let is_first_of_page =
                    *text_source != Source::Page && next.text_source == Source::Page;
                content.text.is_empty() || is_first_of_page
            }
        };
        let is_edit = |field: &&'static str| {
            let is_told = seen.changed.iter().any(|told| told == field);
            let is_apart = apart.as_ref().is_none_or(|apart| apart.contains(field));
            is_told || is_apart && !is_addition(field)
        };
        changes(content, &next.content).into_iter().filter(is_edit).collect()
    }
}

/// The revision before one, in its own history.
fn former(history: &[Seen], number: usize) -> Option<&Content> {
    number.checked_sub(1).map(|former| &history[former].content)
}

/// When the first of both saw each of ours, of which `times` is known until now. What was first seen in
/// one order stays in it, and what either says twice, because it was changed back, is left alone.
fn sooner(ours: &[Seen], theirs: &[Seen], times: &[Timestamp]) -> Vec<Timestamp> {
    let once = |list: &[Seen]| {
        let mut at: HashMap<Short, Option<Timestamp>> = HashMap::new();
        for seen in list {
            at.entry(seen.fingerprint).and_modify(|at| *at = None).or_insert(Some(seen.at));
        }
        at
    };
    let (in_ours, in_theirs) = (once(ours), once(theirs));
    let mut last = None;
    let sooner = |(seen, known): (&Seen, &Timestamp)| {
        let both =
            in_ours[&seen.fingerprint].zip(in_theirs.get(&seen.fingerprint).copied().flatten());
        let at = both.map(|(_, at)| at).filter(|at| at < known && Some(*at) > last);
        last = Some(at.unwrap_or(*known));
        at.unwrap_or(*known)
    };
    ours.iter().zip(times).map(sooner).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Headline, text, author; capitals are texts of a page, small letters those of a feed.
    type Version = (i64, &'static str, char, &'static str);

    fn seen(at: i64, title: &str, letter: char, author: &str) -> Seen {
        let is_page = letter.is_uppercase();
        let text = format!("De brug is {} dicht. ", letter.to_lowercase());
        let content = Content {
            title: title.into(),
            text: text.repeat(if is_page { 9 } else { 1 }),
            authors: Some(author)
                .filter(|name| !name.is_empty())
                .map(Into::into)
                .into_iter()
                .collect(),
            ..Content::default()
        };
        Seen {
            at: Timestamp::from_seconds(at),
            fingerprint: fingerprint::content(&content),
            feed: (!is_page).then_some(1),
            text_source: if is_page { Source::Page } else { Source::Feed },
            content,
            changed: Vec::new(),
        }
    }

    /// Each with what its archive tells of it: the first reading of a page is no edit.
    fn told(mut history: Vec<Seen>) -> Vec<Seen> {
        for number in 1..history.len() {
            let (before, seen) = (history[number - 1].clone(), &mut history[number]);
            let is_upgrade = before.text_source != seen.text_source;
            let fields = changes(&before.content, &seen.content);
            let fields = fields.into_iter().filter(|field| !is_upgrade || *field == "title");
            seen.changed = fields.map(str::to_owned).collect();
        }
        history
    }

    fn history(versions: &[(i64, char)]) -> Vec<Seen> {
        told(versions.iter().map(|(at, letter)| seen(*at, "Brug dicht", *letter, "")).collect())
    }

    fn full(versions: &[Version]) -> Vec<Seen> {
        let of = |(at, title, letter, author): &Version| seen(*at, title, *letter, author);
        told(versions.iter().map(of).collect())
    }

    fn apply(ours: &[Seen], theirs: &[Seen]) -> Vec<Seen> {
        let one = |woven: Woven| {
            let mut seen = match woven.whose {
                Whose::Ours(number) => ours[number].clone(),
                Whose::Theirs { number, content, text_source } => Seen {
                    fingerprint: fingerprint::content(&content),
                    text_source,
                    content: *content,
                    ..theirs[number].clone()
                },
            };
            seen.at = woven.at;
            if let Some(changed) = woven.changed {
                seen.changed = changed.into_iter().map(str::to_owned).collect();
            }
            seen
        };
        weave(ours, theirs).into_iter().map(one).collect()
    }

    #[track_caller]
    fn check(ours: &[(i64, char)], theirs: &[(i64, char)], expected: &[(i64, char)]) {
        assert_eq!(apply(&history(ours), &history(theirs)), history(expected));
    }

    #[test]
    fn what_only_they_saw_comes_in_at_its_time() {
        check(
            &[(0, 'a'), (10, 'c')],
            &[(1, 'a'), (5, 'b'), (12, 'c')],
            &[(0, 'a'), (5, 'b'), (10, 'c')],
        );
        check(&[(4, 'b')], &[(1, 'a'), (5, 'b')], &[(1, 'a'), (4, 'b')]);
        check(&[(0, 'a')], &[(9, 'a')], &[(0, 'a')]);
    }

    #[test]
    fn what_both_saw_was_seen_when_the_first_of_them_saw_it() {
        check(&[(3, 'a'), (9, 'b')], &[(1, 'a'), (5, 'b')], &[(1, 'a'), (5, 'b')]);
        // What ours changed back is not what theirs said before.
        let back = [(2, 'a'), (5, 'b'), (9, 'a')];
        check(&back, &[(1, 'a')], &back);
        // No order is turned round.
        check(&[(3, 'a'), (9, 'b')], &[(1, 'b')], &[(3, 'a'), (9, 'b')]);
    }

    #[test]
    fn what_was_changed_back_is_told_once() {
        check(&[(0, 'a')], &[(0, 'a'), (5, 'b'), (9, 'a')], &[(0, 'a'), (5, 'b'), (9, 'a')]);
        let back = [(0, 'a'), (5, 'b'), (9, 'a')];
        check(&back, &[(1, 'a'), (6, 'b'), (8, 'a')], &[(0, 'a'), (5, 'b'), (8, 'a')]);
        check(&back, &[(1, 'a'), (6, 'b'), (12, 'a')], &back);
        // What theirs alone saw changed back is told, where clocks cannot be the reason.
        check(&[(0, 'a'), (5, 'b')], &[(500, 'a')], &[(0, 'a'), (5, 'b')]);
        check(&[(0, 'a'), (5, 'b')], &[(5_000, 'a')], &[(0, 'a'), (5, 'b'), (5_000, 'a')]);
    }

    #[test]
    fn a_summary_does_not_take_the_place_of_a_page() {
        check(&[(0, 'a'), (5, 'A')], &[(9, 'b')], &[(0, 'a'), (5, 'A')]);
        check(&[(0, 'a')], &[(1, 'a'), (5, 'A')], &[(0, 'a'), (5, 'A')]);
    }

    /// One archive sees an article from its beginning, the other from the edit on.
    #[test]
    fn the_first_look_of_a_later_archive_is_no_edit_and_takes_nothing_away() {
        let early =
            full(&[(0, "Dicht", 'a', ""), (9, "Dicht", 'A', "Jet"), (5_000, "Open", 'A', "Jet")]);
        let late = full(&[(4_000, "Open", 'a', ""), (4_009, "Open", 'A', "Jet")]);
        let sooner =
            full(&[(0, "Dicht", 'a', ""), (9, "Dicht", 'A', "Jet"), (4_000, "Open", 'A', "Jet")]);
        assert_eq!(apply(&early, &late), sooner);
        let woven = apply(&late, &early);
        let told: Vec<_> = woven.iter().map(|seen| seen.changed.join(" ")).collect();
        assert_eq!(told, ["", "", "title", ""]);
        assert_eq!(woven.last().unwrap().content, early[2].content);
    }

    #[test]
    fn an_edit_between_the_first_readings_of_two_archives_is_told() {
        let early = full(&[(0, "Dicht", 'a', ""), (9, "Dicht", 'A', "Jet")]);
        let late = full(&[(4_000, "Dicht", 'a', ""), (4_009, "Dicht", 'B', "Jet")]);
        let edit =
            full(&[(0, "Dicht", 'a', ""), (9, "Dicht", 'A', "Jet"), (4_009, "Dicht", 'B', "Jet")]);
        assert_eq!(apply(&early, &late), edit);
        let told: Vec<_> = apply(&late, &early).iter().map(|seen| seen.changed.join(" ")).collect();
        assert_eq!(told, ["", "", "text"]);
    }

    #[test]
    fn what_ours_ends_without_is_added_to_it() {
        let ours = full(&[(0, "Dicht", 'a', ""), (5_000, "Open", 'a', "")]);
        let theirs = full(&[(0, "Dicht", 'a', ""), (9, "Dicht", 'A', "Jet")]);
        let woven = apply(&ours, &theirs);
        let told: Vec<_> = woven.iter().map(|seen| seen.changed.join(" ")).collect();
        assert_eq!(told, ["", "", "title", ""]);
        assert_eq!(woven.last().unwrap().content, seen(0, "Open", 'A', "Jet").content);
        assert_eq!(apply(&woven, &theirs), woven);
    }

    /// A feed that ours does not have, with a headline and a summary of its own.
    #[test]
    fn another_feed_edits_nothing_by_being_other() {
        let ours = full(&[(0, "Dicht", 'a', "")]);
        let other = |versions| {
            full(versions)
                .into_iter()
                .map(|seen| Seen { feed: Some(2), ..seen })
                .collect::<Vec<_>>()
        };
        assert_eq!(apply(&ours, &other(&[(9, "Brug dicht", 'b', "")])), ours);
        let woven = apply(&ours, &other(&[(9, "Brug dicht", 'b', ""), (99, "Brug open", 'b', "")]));
        assert_eq!(
            woven[1..],
            [Seen {
                at: Timestamp::from_seconds(99),
                feed: Some(2),
                changed: vec!["title".to_owned()],
                ..seen(99, "Brug open", 'a', "")
            }]
        );
    }

    proptest! {
        #[test]
        fn weaving_twice_is_weaving_once(
            ours in proptest::collection::vec((0..20_i64, "[abcABC]"), 1..6),
            theirs in proptest::collection::vec((0..20_i64, "[abcABC]"), 1..6),
            pace in prop::sample::select(vec![1, 1_000]),
        ) {
            let sorted = |mut list: Vec<(i64, String)>| {
                list.sort_by_key(|(at, _)| *at);
                list.dedup_by_key(|(at, _)| *at);
                let mut letters: Vec<(i64, char)> = Vec::new();
                let mut is_read = false;
                for (at, letter) in list.iter().filter_map(|(at, text)| Some((*at, text.chars().next()?))) {
                    // Once its page was read, its text is that of the page.
                    is_read |= letter.is_uppercase();
                    let letter = if is_read { letter.to_ascii_uppercase() } else { letter };
                    if letters.last().is_none_or(|(_, last)| *last != letter) {
                        letters.push((at * pace, letter));
                    }
                }
                history(&letters)
            };
            let (ours, theirs) = (sorted(ours), sorted(theirs));
            let once = apply(&ours, &theirs);
            prop_assert_eq!(apply(&once, &theirs), once.clone());
            let times: Vec<_> = once.iter().map(|seen| seen.at).collect();
            prop_assert!(times.is_sorted());
            let is_kept = |seen: &&Seen| once.iter().any(|one| one.fingerprint == seen.fingerprint && one.at <= seen.at);
            prop_assert_eq!(ours.iter().filter(is_kept).count(), ours.len());
        }

        #[test]
        fn what_two_archives_saw_of_one_article_is_what_became_of_it(
            edits in proptest::collection::vec((1..4_000_i64, any::<bool>()), 0..6),
            ours in looks(),
            theirs in looks(),
        ) {
            let (mine, other) = (observed(&edits, &ours), observed(&edits, &theirs));
            let once = apply(&mine, &other);
            prop_assert_eq!(apply(&once, &other), once.clone());
            for (field, is_title) in [("title", true), ("text", false)] {
                let is_told = |seen: &&Seen| seen.changed.iter().any(|told| told == field);
                let n_edits = edits.iter().filter(|(_, title)| *title == is_title).count();
                prop_assert!(once.iter().filter(is_told).count() <= n_edits, "{field}: {once:#?}");
            }
            let last_of = |looks: &Looks, is_page: bool| {
                let list = if is_page { &looks.1 } else { &looks.0 };
                let begin = looks.0.iter().min().copied().unwrap_or_default();
                list.iter().filter(|at| !is_page || **at > begin).max().copied()
            };
            let current = &once.last().unwrap().content;
            let last_feed = last_of(&ours, false).max(last_of(&theirs, false)).unwrap();
            let last_page = last_of(&ours, true).max(last_of(&theirs, true));
            let (title, _) = truth(&edits, last_feed);
            prop_assert_eq!(&current.title, &title, "{:#?}", &once);
            if let Some(at) = last_page {
                let (_, letter) = truth(&edits, at);
                prop_assert_eq!(&current.text, &seen(0, "", letter, "").content.text, "{:#?}", &once);
                prop_assert_eq!(&current.authors, &["Jet"]);
            }
        }
    }

    /// When an archive polls the feed, and when it reads the page.
    type Looks = (Vec<i64>, Vec<i64>);

    fn looks() -> impl Strategy<Value = Looks> {
        // Never both in one second.
        let times = |odd: i64, n| {
            let time = (0..10_000_i64).prop_map(move |at| at * 2 + odd);
            proptest::collection::vec(time, n)
        };
        (times(0, 1..6), times(1, 0..6))
    }

    /// Headline and text at some time, of an article that was edited after so many seconds each.
    fn truth(edits: &[(i64, bool)], at: i64) -> (String, char) {
        let (mut now, mut n_titles, mut letter) = (0, 0, b'A');
        for (wait, is_title) in edits {
            now += wait;
            if now > at {
                break;
            }
            n_titles += usize::from(*is_title);
            letter += u8::from(!is_title);
        }
        (format!("Kop {n_titles}"), char::from(letter))
    }

    fn observed(edits: &[(i64, bool)], (polls, readings): &Looks) -> Vec<Seen> {
        let polls = polls.iter().map(|at| (*at, false));
        let mut looks: Vec<_> = polls.chain(readings.iter().map(|at| (*at, true))).collect();
        looks.sort_unstable();
        looks.dedup_by_key(|(at, _)| *at);
        let first = looks.iter().position(|(_, is_page)| !is_page).unwrap_or_default();
        let mut history: Vec<Seen> = Vec::new();
        let (mut title, mut letter, mut author) = (String::new(), 'a', "");
        for (at, is_page) in &looks[first..] {
            let now = truth(edits, *at);
            if *is_page {
                (letter, author) = (now.1, "Jet");
            } else {
                title = now.0;
            }
            let one = seen(*at, &title, letter, author);
            if history.last().is_none_or(|last| last.fingerprint != one.fingerprint) {
                history.push(Seen { feed: (!is_page).then_some(1), ..one });
            }
        }
        told(history)
    }
}
