//! What happens in the course of the day, for the reader of the demo, and what an archive that
//! looked at every feed in every scene must hold, for the tests.
//!
//! Both are computed from the stories and the troubles, so that they cannot disagree with what is
//! served.

use std::collections::BTreeSet;

use crate::press::edition::{self, MOVE, TROUBLES, Trouble};
use crate::press::outlets::{Links, OUTLETS, Outlet};
use crate::press::stories::{self, Change, Story};

/// Something that happens in a scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub scene: u32,
    /// The name of the outlet.
    pub outlet: &'static str,
    /// What sort of thing.
    pub kind: Kind,
    /// One line that says it.
    pub line: String,
}

/// The sorts of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An article appears.
    Published,
    /// An article made from the copy of the wire agency appears.
    WireCopy,
    /// An article appears under a link with `utm_…` parameters as well.
    TaggedLink,
    /// A headline changes.
    HeadlineChanged,
    /// Words change and the dates do not.
    Corrected,
    /// Paragraphs are added.
    Extended,
    /// An article is taken down.
    Withdrawn,
    /// The document of a feed cannot be read.
    Broken,
    /// The outlet cannot be reached.
    Outage,
    /// What was broken or unreachable works again.
    Recovered,
    /// A feed redirects to its new address for good.
    Moved,
}

/// What must be in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Distinct articles.
    pub articles: usize,
    /// Distinct versions of them.
    pub revisions: usize,
    /// Distinct pairs of a feed and an article in it.
    pub sightings: usize,
}

/// Everything that happens, in order.
pub fn events() -> Vec<Event> {
    let mut events: Vec<Event> = OUTLETS
        .iter()
        .flat_map(|outlet| stories::of(outlet).iter().map(move |story| (outlet, story)))
        .flat_map(|(outlet, story)| of_story(outlet, story))
        .collect();
    events.extend(of_feeds());
    events.sort_by_key(|event| (event.scene, event.kind));
    events
}

/// What an archive holds after looking at every feed once in every scene up to `scene`.
pub fn expected(scene: u32) -> Expected {
    let mut articles = BTreeSet::new();
    let mut revisions = BTreeSet::new();
    let mut sightings = BTreeSet::new();
    for now in 0..=scene.min(edition::LAST_SCENE) {
        let readable =
            edition::channels().filter(|(_, channel)| edition::trouble(channel, now).is_none());
        for (outlet, channel) in readable {
            for story in edition::window(outlet, channel, now) {
                articles.insert((outlet.slug, &story.id));
                revisions.insert((outlet.slug, &story.id, story.version(now)));
                sightings.insert((channel.name, &story.id));
            }
        }
    }
    Expected { articles: articles.len(), revisions: revisions.len(), sightings: sightings.len() }
}

fn of_story(outlet: &Outlet, story: &Story) -> Vec<Event> {
    let (name, title) = (outlet.name, &story.title);
    let event = |scene, kind, line| Event { scene, outlet: outlet.name, kind, line };
    let mut events =
        vec![event(story.scene, Kind::Published, format!("{name} publishes ‘{title}’"))];
    if let Some(wire) = &story.wire {
        let line = format!("{name} has the story of wire agency PDL, {wire}");
        events.push(event(story.scene, Kind::WireCopy, line));
    }
    for channel in outlet.channels {
        if channel.links == Links::Tagged && channel.section == Some(&story.section) {
            let line = format!("{} links to ‘{title}’ with utm parameters", channel.name);
            events.push(event(story.scene, Kind::TaggedLink, line));
        }
    }
    if let Some(edit) = &story.edit {
        let (kind, line) = match &edit.change {
            Change::Headline(new) => {
                (Kind::HeadlineChanged, format!("{name} changes a headline: ‘{new}’"))
            }
            Change::Correction { wrong, right } => (
                Kind::Corrected,
                format!("{name} silently turns ‘{wrong}’ into ‘{right}’ in ‘{title}’"),
            ),
            Change::Addition(_) => (Kind::Extended, format!("{name} adds to ‘{title}’")),
        };
        events.push(event(edit.scene, kind, line));
    }
    if let Some(scene) = story.withdrawn {
        events.push(event(scene, Kind::Withdrawn, format!("{name} takes down ‘{title}’")));
    }
    events
}

fn of_feeds() -> Vec<Event> {
    let mut events = Vec::new();
    for (outlet, channel) in edition::channels() {
        let mut tell = |scene, kind, what: &str| {
            let line = format!("{} {what}", channel.name);
            events.push(Event { scene, outlet: outlet.name, kind, line });
        };
        for (_, scene, trouble) in TROUBLES.iter().filter(|(name, ..)| *name == channel.name) {
            match trouble {
                Trouble::Truncated => tell(*scene, Kind::Broken, "stops halfway its first item"),
                Trouble::ErrorPage => {
                    tell(*scene, Kind::Broken, "answers 200 with a page that says sorry");
                }
                Trouble::Outage => {
                    tell(*scene, Kind::Outage, "answers 503 and asks to come back later");
                }
            }
            if edition::trouble(channel, scene + 1).is_none() {
                tell(scene + 1, Kind::Recovered, "can be read again");
            }
        }
        if MOVE.channel == channel.name {
            tell(MOVE.scene, Kind::Moved, &format!("moves for good to {}", MOVE.to));
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(kind: Kind) -> usize {
        events().iter().filter(|event| event.kind == kind).count()
    }

    #[test]
    fn the_day_has_everything_that_can_happen() {
        let events = events();
        assert!(events.is_sorted_by_key(|event| event.scene));
        assert!(events.iter().all(|event| event.scene <= edition::LAST_SCENE));
        for kind in [Kind::HeadlineChanged, Kind::Corrected, Kind::Extended, Kind::Withdrawn] {
            assert_eq!(count(kind), 1, "{kind:?}");
        }
        assert_eq!(count(Kind::WireCopy), 3);
        assert_eq!(count(Kind::Broken), 2);
        assert_eq!((count(Kind::Outage), count(Kind::Recovered), count(Kind::Moved)), (1, 2, 1));
    }

    #[test]
    fn by_the_end_every_story_and_every_change_has_been_seen() {
        let expected = expected(edition::LAST_SCENE);
        let n_edits = count(Kind::HeadlineChanged) + count(Kind::Corrected) + count(Kind::Extended);
        assert_eq!(expected.articles, count(Kind::Published));
        assert_eq!(expected.revisions, expected.articles + n_edits);
        assert!(expected.sightings > expected.articles);
    }
}
