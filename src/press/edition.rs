//! What stands in which feed at which scene, and what is wrong with the feed at that moment.
//!
//! This depends on the stories alone, not on when the day begins.

use std::cmp::Reverse;

use jiff::civil;

use crate::press::outlets::{Channel, OUTLETS, Outlet, WINDOW_ITEMS};
use crate::press::stories::{self, Story};

/// Number of scenes; they are counted from 0.
pub const SCENES: u32 = 12;

/// The last scene; later ones look the same.
pub const LAST_SCENE: u32 = SCENES - 1;

/// Something wrong with a feed during one scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The document stops in the middle of its first item.
    Truncated,
    /// A page that says sorry, with status 200.
    ErrorPage,
    /// Nothing of the outlet can be reached: 503 with `Retry-After`.
    Outage,
}

/// A feed that moves for good.
#[derive(Debug)]
pub struct Move {
    /// The name of the channel.
    pub channel: &'static str,
    /// The scene from which the old path redirects.
    pub scene: u32,
    /// The new path; it works before the move as well.
    pub to: &'static str,
}

/// The feed that moves.
pub const MOVE: Move =
    Move { channel: "belfortblad-nieuws", scene: 8, to: "/belfortblad/feed/nieuws.atom" };

/// What goes wrong: the channel, the scene and the trouble.
pub const TROUBLES: [(&str, u32, Trouble); 3] = [
    ("zuidoever-regio", 4, Trouble::Truncated),
    ("zuidoever-regio", 5, Trouble::ErrorPage),
    ("printspoor-nieuws", 7, Trouble::Outage),
];

/// What is wrong with `channel` in `scene`.
pub fn trouble(channel: &Channel, scene: u32) -> Option<Trouble> {
    let at = |(name, when, _): &&(&str, u32, Trouble)| *name == channel.name && *when == scene;
    TROUBLES.iter().find(at).map(|(_, _, trouble)| *trouble)
}

/// The items of `channel` in `scene`, newest first, as they are when nothing is wrong.
pub fn window(outlet: &Outlet, channel: &Channel, scene: u32) -> Vec<&'static Story> {
    let is_covered = |story: &Story| channel.section.is_none_or(|name| name == story.section);
    let mut items: Vec<_> = stories::of(outlet)
        .iter()
        .filter(|story| story.is_out(scene) && is_covered(story))
        .collect();
    items.sort_by_key(|story| Reverse(rank(story)));
    items.truncate(WINDOW_ITEMS);
    items
}

/// Every feed with its outlet.
pub fn channels() -> impl Iterator<Item = (&'static Outlet, &'static Channel)> {
    OUTLETS.iter().flat_map(|outlet| outlet.channels.iter().map(move |channel| (outlet, channel)))
}

/// Order of publication: a story with its own date is older than the day.
fn rank(story: &Story) -> (civil::DateTime, u32, &str) {
    (story.dated.unwrap_or(civil::DateTime::MAX), story.scene, &story.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_brings_something_new() {
        for scene in 0..SCENES {
            let is_new = |story: &&Story| story.scene == scene;
            let n_new = OUTLETS.iter().flat_map(stories::of).filter(is_new).count();
            assert!(n_new > 0, "scene {scene}");
        }
    }

    #[test]
    fn a_window_is_never_larger_than_its_limit_and_one_fills_up() {
        let sizes = channels().map(|(outlet, channel)| window(outlet, channel, LAST_SCENE).len());
        assert_eq!(sizes.max(), Some(WINDOW_ITEMS));
    }

    #[test]
    fn section_feeds_overlap_with_the_front_page() {
        let paper = &OUTLETS[0];
        let front = window(paper, &paper.channels[0], LAST_SCENE);
        let section = window(paper, &paper.channels[1], LAST_SCENE);
        let n_shared = section.iter().filter(|s| front.iter().any(|f| f.id == s.id)).count();
        assert!(n_shared >= 2);
    }
}
