//! Two histories of one article, as two archives saw it, made into one.

use std::collections::{HashMap, HashSet};

use crate::dedupe::decide::{changes, is_fuller};
use crate::dedupe::fingerprint::Short;
use crate::model::article::{Content, Source};
use crate::model::time::Timestamp;

/// A revision as one archive has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When it was seen.
    pub at: Timestamp,
    /// Its fingerprint.
    pub fingerprint: Short,
    /// Where its text came from.
    pub text_source: Source,
    /// What it says.
    pub content: Content,
}

/// A revision of the one history.
#[derive(Debug, Clone, PartialEq)]
pub enum Woven {
    /// One of ours.
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

impl Woven {
    fn seen<'s>(
        &'s self,
        ours: &'s [Seen],
        theirs: &'s [Seen],
    ) -> (Timestamp, &'s Content, Source) {
        match self {
            Self::Ours(at) => (ours[*at].at, &ours[*at].content, ours[*at].text_source),
            Self::Theirs { number, content, text_source } => {
                (theirs[*number].at, content, *text_source)
            }
        }
    }
}

/// Weaves two histories, each in the order of its revisions. All of ours stay, in their order.
///
/// Of theirs comes in what ours never said, at its time. What ours said too is known, unless theirs
/// says it for the second time: then something was changed back. As in a poll, a summary from a feed
/// does not take the place of a text from the page.
pub fn weave(ours: &[Seen], theirs: &[Seen]) -> Vec<Woven> {
    let known: HashSet<Short> = ours.iter().map(|seen| seen.fingerprint).collect();
    let mut said = HashSet::new();
    let mut news = Vec::new();
    for (number, seen) in theirs.iter().enumerate() {
        let is_first = said.insert(seen.fingerprint);
        if !(is_first && known.contains(&seen.fingerprint)) {
            news.push(number);
        }
    }
    let mut woven: Vec<Woven> = (0..ours.len()).map(Woven::Ours).collect();
    // What comes in may part two that said the same, so that one of them is news again.
    loop {
        let n_before = woven.len();
        news.retain(|number| !place(&mut woven, *number, ours, theirs));
        if woven.len() == n_before {
            return woven;
        }
    }
}

/// Those of ours that theirs saw sooner, and when. What was first seen in one order stays in it, and
/// what either says twice, because it was changed back, is left alone.
pub fn seen_sooner(ours: &[Seen], theirs: &[Seen]) -> Vec<(usize, Timestamp)> {
    let once = |list: &[Seen]| {
        let mut at: HashMap<Short, Option<Timestamp>> = HashMap::new();
        for seen in list {
            at.entry(seen.fingerprint).and_modify(|at| *at = None).or_insert(Some(seen.at));
        }
        at
    };
    let (in_ours, in_theirs) = (once(ours), once(theirs));
    let mut last = None;
    let mut sooner = Vec::new();
    for (number, seen) in ours.iter().enumerate() {
        let both =
            in_ours[&seen.fingerprint].zip(in_theirs.get(&seen.fingerprint).copied().flatten());
        let at = both.map(|(_, at)| at).filter(|at| *at < seen.at && Some(*at) > last);
        sooner.extend(at.map(|at| (number, at)));
        last = Some(at.unwrap_or(seen.at));
    }
    sooner
}

/// Puts one of theirs at its time, unless the same stands there. Whether it did.
fn place(woven: &mut Vec<Woven>, number: usize, ours: &[Seen], theirs: &[Seen]) -> bool {
    let seen = &theirs[number];
    let at = woven.iter().rposition(|one| one.seen(ours, theirs).0 <= seen.at);
    let at = at.map_or(0, |before| before + 1);
    let (mut content, mut text_source) = (seen.content.clone(), seen.text_source);
    if let Some(before) = at.checked_sub(1) {
        let (_, before, source) = woven[before].seen(ours, theirs);
        let is_summary = seen.text_source != Source::Page && source == Source::Page;
        if is_summary && !is_fuller(&content.text, &before.text) {
            content.text.clone_from(&before.text);
            text_source = source;
        }
    }
    let is_there = |one: &Woven| changes(one.seen(ours, theirs).1, &content).is_empty();
    let is_of_the_moment = |one: &Woven| one.seen(ours, theirs).0 == seen.at;
    let mut beside = woven[..at].iter().rev().take(1).chain(woven[at..].iter().take(1));
    let mut of_the_moment = woven[..at].iter().rev().take_while(|one| is_of_the_moment(one));
    let is_new = !beside.any(is_there) && !of_the_moment.any(is_there);
    if is_new {
        let content = Box::new(content);
        woven.insert(at, Woven::Theirs { number, content, text_source });
    }
    is_new
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dedupe::fingerprint;

    fn seen(at: i64, text: &str, text_source: Source) -> Seen {
        let content = Content {
            title: "Brug dicht".into(),
            text: text.into(),
            authors: Vec::new(),
            section: None,
            tags: Vec::new(),
            language: None,
            published: None,
            modified: None,
            enclosures: Vec::new(),
        };
        let fingerprint = fingerprint::content(&content);
        Seen { at: Timestamp::from_seconds(at), fingerprint, text_source, content }
    }

    /// Letters are texts of a feed, capitals those of a page; each with the second it was seen.
    fn history(versions: &[(i64, char)]) -> Vec<Seen> {
        let of = |(at, letter): &(i64, char)| {
            let source = if letter.is_uppercase() { Source::Page } else { Source::Feed };
            let text = format!("De brug is {} dicht. ", letter.to_lowercase());
            seen(*at, &text.repeat(if letter.is_uppercase() { 9 } else { 1 }), source)
        };
        versions.iter().map(of).collect()
    }

    fn apply(ours: &[Seen], theirs: &[Seen]) -> Vec<Seen> {
        let mut ours = ours.to_vec();
        for (number, at) in seen_sooner(&ours, theirs) {
            ours[number].at = at;
        }
        let one = |woven: &Woven| match woven {
            Woven::Ours(at) => ours[*at].clone(),
            Woven::Theirs { number, content, text_source } => Seen {
                at: theirs[*number].at,
                fingerprint: fingerprint::content(content),
                text_source: *text_source,
                content: content.as_ref().clone(),
            },
        };
        weave(&ours, theirs).iter().map(one).collect()
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
        check(&back, &[(1, 'a'), (6, 'b'), (8, 'a')], &back);
        check(&back, &[(1, 'a'), (6, 'b'), (12, 'a')], &back);
    }

    #[test]
    fn a_summary_does_not_take_the_place_of_a_page() {
        check(&[(0, 'a'), (5, 'A')], &[(9, 'b')], &[(0, 'a'), (5, 'A')]);
        check(&[(0, 'a')], &[(1, 'a'), (5, 'A')], &[(0, 'a'), (5, 'A')]);
    }

    proptest! {
        #[test]
        fn weaving_twice_is_weaving_once(
            ours in proptest::collection::vec((0..20_i64, "[abcABC]"), 1..6),
            theirs in proptest::collection::vec((0..20_i64, "[abcABC]"), 1..6),
        ) {
            let sorted = |mut list: Vec<(i64, String)>| {
                list.sort_by_key(|(at, _)| *at);
                list.dedup_by(|(_, one), (_, before)| one == before);
                let letters: Vec<_> =
                    list.iter().map(|(at, text)| (*at, text.chars().next().unwrap())).collect();
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
    }
}
