//! The articles: read from the TOML files in `stories/`, each as it stands at a given scene.
//!
//! When a story appears and how it changes later is part of its data; what the feeds make of that
//! is in `edition`.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::civil;
use serde::{Deserialize, Deserializer};

use crate::model::time::Timestamp;
use crate::press::outlets::{OUTLETS, Outlet};

/// One step of the compressed day.
pub const SCENE: Duration = Duration::from_secs(60);

/// An article of an invented outlet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// The publisher's article id.
    pub id: String,
    /// The section it stands in.
    pub section: String,
    /// The scene in which it appears.
    #[serde(default)]
    pub scene: u32,
    /// Its own date, in Europe/Amsterdam, for a story older than the day.
    #[serde(default, deserialize_with = "civil_date")]
    pub dated: Option<civil::DateTime>,
    /// The first headline.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// Categories besides the section.
    pub tags: Vec<String>,
    /// The id of another story of the outlet, to read next.
    pub related: Option<String>,
    /// What the outlet did with the copy of the wire agency, for a wire story.
    pub wire: Option<String>,
    /// The scene from which it is gone from feeds and site.
    pub withdrawn: Option<u32>,
    /// What changes in it later.
    pub edit: Option<Edit>,
    summary: String,
    text: String,
}

/// A change to a published story. Its date of publication stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The scene from which it shows.
    pub scene: u32,
    /// What it is.
    pub change: Change,
}

/// The kinds of change.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Change {
    /// Another headline.
    Headline(String),
    /// Words replaced, without a word about it.
    Correction {
        /// The words as first published.
        wrong: String,
        /// What stands there now.
        right: String,
    },
    /// Paragraphs added at the end.
    Addition(String),
}

/// A piece of an article's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A sub-heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
}

impl Story {
    /// Whether a reader can find it in `scene`.
    pub fn is_out(&self, scene: u32) -> bool {
        self.scene <= scene && !self.is_withdrawn(scene)
    }

    /// Whether it has been taken down by `scene`.
    pub fn is_withdrawn(&self, scene: u32) -> bool {
        self.withdrawn.is_some_and(|gone| gone <= scene)
    }

    /// When it was published, on a day that begins at `start`.
    pub fn published(&self, start: Timestamp) -> Timestamp {
        self.dated.map_or_else(|| scene_time(start, self.scene), Timestamp::from_local)
    }

    /// When it was last changed, silently or not.
    pub fn modified(&self, start: Timestamp, scene: u32) -> Timestamp {
        let edited = self.edit_by(scene).map(|edit| scene_time(start, edit.scene));
        edited.unwrap_or_else(|| self.published(start))
    }

    /// 1 as first published, 2 after its edit.
    pub fn version(&self, scene: u32) -> u32 {
        if self.edit_by(scene).is_some() { 2 } else { 1 }
    }

    /// The edit that shows in `scene`.
    pub fn edit_by(&self, scene: u32) -> Option<&Edit> {
        self.edit.as_ref().filter(|edit| edit.scene <= scene)
    }

    /// The headline in `scene`.
    pub fn headline(&self, scene: u32) -> &str {
        match self.edit_by(scene).map(|edit| &edit.change) {
            Some(Change::Headline(headline)) => headline,
            _ => &self.title,
        }
    }

    /// The summary, on one line.
    pub fn summary(&self) -> String {
        one_line(&self.summary)
    }

    /// The text in `scene`.
    pub fn blocks(&self, scene: u32) -> Vec<Block> {
        let mut blocks = blocks(&self.text);
        match self.edit_by(scene).map(|edit| &edit.change) {
            Some(Change::Correction { wrong, right }) => {
                for block in &mut blocks {
                    let (Block::Heading(text) | Block::Paragraph(text)) = block;
                    *text = text.replace(wrong, right);
                }
            }
            Some(Change::Addition(text)) => blocks.extend(self::blocks(text)),
            Some(Change::Headline(_)) | None => {}
        }
        blocks
    }
}

/// The stories of `outlet`, in the order of its file.
pub fn of(outlet: &Outlet) -> &'static [Story] {
    STORIES.get(outlet.slug).map_or(&[], Vec::as_slice)
}

/// The story of `outlet` with this article id.
pub fn find(outlet: &Outlet, id: &str) -> Option<&'static Story> {
    of(outlet).iter().find(|story| story.id == id)
}

/// The moment at which `scene` begins.
pub fn scene_time(start: Timestamp, scene: u32) -> Timestamp {
    start.plus(SCENE.saturating_mul(scene))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    story: Vec<Story>,
}

static STORIES: LazyLock<BTreeMap<&str, Vec<Story>>> =
    LazyLock::new(|| OUTLETS.iter().map(|outlet| (outlet.slug, read(outlet.stories))).collect());

fn read(text: &str) -> Vec<Story> {
    let file: File = toml_edit::de::from_str(text)
        .expect("the files are compiled in and every test of this module reads them");
    file.story
}

fn civil_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<civil::DateTime>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

fn blocks(text: &str) -> Vec<Block> {
    let parts = text.trim().split("\n\n");
    parts
        .map(|part| match part.strip_prefix("## ") {
            Some(heading) => Block::Heading(one_line(heading)),
            None => Block::Paragraph(one_line(part)),
        })
        .collect()
}

/// The lines of a paragraph are broken for the eye of whoever edits the file.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (&'static Outlet, &'static Story)> {
        OUTLETS.iter().flat_map(|outlet| of(outlet).iter().map(move |story| (outlet, story)))
    }

    #[test]
    fn there_is_enough_to_read() {
        assert!(all().count() >= 30);
        for (outlet, story) in all() {
            let n_blocks = story.blocks(0).len();
            assert!((3..=10).contains(&n_blocks), "{} {}: {n_blocks}", outlet.slug, story.id);
            assert!(!story.summary().is_empty());
        }
    }

    #[test]
    fn every_edit_shows_and_every_relation_leads_somewhere() {
        for (outlet, story) in all() {
            if let Some(edit) = &story.edit {
                assert!(edit.scene > story.scene);
                let before = (story.headline(edit.scene - 1), story.blocks(edit.scene - 1));
                assert_ne!(before, (story.headline(edit.scene), story.blocks(edit.scene)));
            }
            if let Some(related) = &story.related {
                let other = find(outlet, related).unwrap();
                assert!(other.scene <= story.scene && other.id != story.id);
            }
        }
    }

    #[test]
    fn a_correction_does_not_move_the_date_of_publication() {
        let (_, story) = all().find(|(_, story)| story.id == "2417004").unwrap();
        let start = Timestamp::from_seconds(1_700_000_000);
        assert_eq!(story.published(start), start.plus(Duration::from_secs(120)));
        assert_eq!(story.modified(start, 6), start.plus(Duration::from_secs(360)));
        let text = |scene| format!("{:?}", story.blocks(scene));
        assert!(text(5).contains("124 kandidaten") && !text(5).contains("142"));
        assert!(text(6).contains("142 kandidaten") && !text(6).contains("124"));
    }

    #[test]
    fn a_dated_story_keeps_its_date() {
        let (_, story) = all().find(|(_, story)| story.id == "2417001").unwrap();
        let published = story.published(Timestamp::from_seconds(1_700_000_000));
        assert_eq!(published.to_rfc3339(), "2022-02-14T11:30:00Z");
    }
}
