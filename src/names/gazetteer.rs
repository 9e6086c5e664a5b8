//! What is known of names beforehand: two lists in the program.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

/// Given names, family names and places; see `lexicon/README.md`.
static NAMES: &str = include_str!("../../lexicon/gazetteer.txt");
/// Bodies, regions and names that the public sources lack, kept by hand.
static KEPT: &str = include_str!("../../lexicon/kept.txt");

/// About as many names are in them.
const N_NAMES: usize = 28_000;

type Table = HashMap<&'static str, Known, RandomState>;

/// Words in the longest name that is looked up.
pub(super) const WORDS_MAX: usize = 8;

/// What a name can be.
#[expect(clippy::struct_excessive_bools, reason = "a name can be any of these at once")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    pub(super) given: bool,
    pub(super) family: bool,
    pub(super) place: bool,
    /// A small place, or one whose name is more often something else.
    pub(super) small_place: bool,
    pub(super) body: bool,
    /// A name of neither person, body nor place: an event, a thing.
    pub(super) other: bool,
    /// Longer names begin with it.
    pub(super) begins: bool,
}

impl Known {
    pub(super) fn is_anything(self) -> bool {
        self != Self { begins: self.begins, ..Self::default() }
    }

    fn add(&mut self, kind: u8) {
        match kind {
            b'g' => self.given = true,
            b'f' => self.family = true,
            b'p' => self.place = true,
            b'q' => self.small_place = true,
            b'o' => self.body = true,
            b'n' => self.other = true,
            _ => {}
        }
    }
}

/// What is known of `name`, as it is written.
pub(super) fn get(name: &str) -> Known {
    table().get(name).copied().unwrap_or_default()
}

/// Both lists, read once.
fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::with_capacity_and_hasher(N_NAMES, RandomState::default());
        let lines = NAMES.lines().chain(KEPT.lines());
        for (name, kinds) in lines.filter_map(|line| line.split_once('\t')) {
            let known = table.entry(name).or_default();
            kinds.bytes().for_each(|kind| known.add(kind));
            if let Some((first, _)) = name.split_once([' ', '&']) {
                table.entry(first).or_default().begins = true;
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_says_what_a_name_can_be() {
        for line in NAMES.lines().chain(KEPT.lines()) {
            let (name, kinds) = line.split_once('\t').unwrap();
            assert!(get(name).is_anything() && kinds.bytes().all(|kind| b"gfpqon".contains(&kind)));
            assert!(name.split(' ').count() <= WORDS_MAX, "{name}");
        }
    }

    #[test]
    fn names_are_known_for_what_they_can_be() {
        assert!(get("Den Haag").place && get("Alphen aan den Rijn").place);
        assert!(get("Jan").given && get("Jansen").family && get("VVD").body);
        assert!(!get("Huis").is_anything() && !get("").is_anything());
    }
}
