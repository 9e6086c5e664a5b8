//! The people, organizations and places that a Dutch text names, without any model or network.
//!
//! A name is a run of capitalized words, with the particles of Dutch names between (module `runs`).
//! What it names is decided for the whole text at once: each place where it stands gives evidence
//! (module `evidence`), for what is known of its words, what stands before it and what after it, and
//! a surname alone is joined to the full name it belongs to (module `join`). What nothing speaks for
//! is left out: a missed name costs less than a wrong one.

mod evidence;
mod gazetteer;
mod join;
mod runs;
mod tokens;
mod words;

use runs::Part;

/// The version of the rules and lists. What was found with another one must be found again.
pub const VERSION: u32 = 4;

/// Names that are kept of one text.
pub const NAMES_MAX: usize = 200;

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person.
    Person,
    /// A company, body, party, club or medium.
    Organization,
    /// A country, region, town, water or building.
    Place,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Person, Self::Organization, Self::Place];

    /// The word used in the archive, in queries and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organization => "org",
            Self::Place => "place",
        }
    }

    /// The inverse of [`Kind::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A name, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What it names.
    pub kind: Kind,
    /// The fullest form of it in this text.
    pub name: String,
    /// How often it stands in headline and text, in any form.
    pub count: u32,
    /// Where it stands first in the text, in characters; `None` when only the headline has it.
    pub position: Option<u32>,
}

/// The names in an article that is stated to be in `language`, as `nl-BE`; none where that is another,
/// since other languages have other capitals.
pub fn of(title: &str, text: &str, language: &str) -> Vec<Mention> {
    let language = language.split('-').next().unwrap_or_default();
    let is_read = language.is_empty() || language.eq_ignore_ascii_case("nl");
    if is_read { mentions(title, text) } else { Vec::new() }
}

/// The names in an article, the one that stands first foremost; at most [`NAMES_MAX`].
pub fn mentions(title: &str, text: &str) -> Vec<Mention> {
    let headline = tokens::read(title);
    let body = tokens::read(text);
    let mut found = runs::runs(&headline, Part::Headline);
    found.extend(runs::runs(&body, Part::Text));
    let groups = join::groups(found);
    let mut mentions: Vec<(usize, Mention)> = Vec::new();
    for group in groups {
        let Some(kind) = group.kind() else { continue };
        let first =
            group.places.iter().find(|place| place.part == Part::Text).map(|place| place.start);
        let order = first.unwrap_or_default();
        let count = u32::try_from(group.places.len()).unwrap_or(u32::MAX);
        // Bytes for now; counted below, in one pass over the text.
        mentions
            .push((order, Mention { kind, name: group.name, count, position: first.map(|_| 0) }));
    }
    mentions.sort_by(|(a_at, a), (b_at, b)| {
        let order = |at: &usize, one: &Mention| (one.position.is_some(), *at);
        order(a_at, a).cmp(&order(b_at, b)).then_with(|| a.name.cmp(&b.name))
    });
    mentions.truncate(NAMES_MAX);
    count_characters(text, &mut mentions);
    mentions.into_iter().map(|(_, mention)| mention).collect()
}

/// Turns the places of `mentions`, which are in order, from bytes into characters.
fn count_characters(text: &str, mentions: &mut [(usize, Mention)]) {
    let (mut at, mut n) = (0, 0);
    for (byte, mention) in mentions {
        let Some(position) = &mut mention.position else { continue };
        n += text.get(at..*byte).unwrap_or_default().chars().count();
        at = *byte;
        *position = u32::try_from(n).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(Kind, &str, u32)]) {
        let found = mentions("", text);
        let found: Vec<_> =
            found.iter().map(|one| (one.kind, one.name.as_str(), one.count)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_surname_alone_is_the_person_named_in_full() {
        let text = "Volgens Hugo de Ruijter klopt het. De Ruijter's broer Kees de Ruijter zwijgt. \
                    Dat doet De Ruijter vaker.";
        let expected = [(Kind::Person, "Hugo de Ruijter", 2), (Kind::Person, "Kees de Ruijter", 2)];
        check(text, &expected);
    }

    #[test]
    fn of_several_with_one_surname_the_last_one_is_meant() {
        let text = "De Ruijter komt, zegt Hugo de Ruijter. Volgens Ruijter kan het. Zijn broer Kees \
                    de Ruijter zwijgt. Dat doet De Ruijter vaker, weet Kees.";
        let expected = [(Kind::Person, "Hugo de Ruijter", 3), (Kind::Person, "Kees de Ruijter", 3)];
        check(text, &expected);
    }

    #[test]
    fn names_beyond_number_are_read_in_their_time() {
        let name = |n: usize| {
            let sign = |n: usize| char::from(b"abcdefghijklmnop"[n % 16]);
            format!("T{}{}{}{}u", sign(n), sign(n / 16), sign(n / 256), sign(n / 4096))
        };
        let all =
            (0..10_000).map(|n| format!("Volgens Jan {} en {} is dat zo. ", name(n), name(n)));
        // Each compared with each, these would take minutes.
        let found = mentions("", &all.collect::<String>());
        assert_eq!((found.len(), found[0].name.as_str()), (NAMES_MAX, "Jan Taaaau"));
    }

    #[test]
    fn the_first_word_of_a_sentence_need_not_be_a_name() {
        check("Vos gezien in Zwolle. Wie weet meer?", &[(Kind::Place, "Zwolle", 1)]);
        check("Sanne Vos zei niets. Vos zwijgt.", &[(Kind::Person, "Sanne Vos", 2)]);
    }

    #[test]
    fn who_sits_in_one_of_the_chambers_has_a_name() {
        let expected = [(Kind::Person, "Jan van der Berg", 1)];
        check("Gisteren vroeg Tweede Kamerlid Jan van der Berg om een debat.", &expected);
        check("Volgens het Eerste Kamerlid Jan van der Berg is dat fout.", &expected);
        let both = [(Kind::Person, "Jan van der Berg", 1), (Kind::Person, "Kees Vos", 1)];
        check("Volgens Tweede Kamerleden Jan van der Berg en Kees Vos kan het.", &both);
        check("De Tweede Kamer zwijgt.", &[(Kind::Organization, "Tweede Kamer", 1)]);
    }

    #[test]
    fn what_stands_in_capitals_throughout_names_nothing() {
        check("BRAND IN GROTE LOODS ROTTERDAM", &[]);
    }

    proptest! {
        #[test]
        fn any_text_has_names_in_order_within_it(
            title in any::<String>(),
            text in "(\\PC|[A-Z][a-z]{1,6}|van|de| |\\. |\n\n|VVD|Jan|Den Haag|'s-){0,40}",
        ) {
            let found = mentions(&title, &text);
            let n_chars = text.chars().count();
            let positions: Vec<_> = found.iter().map(|one| one.position).collect();
            prop_assert!(positions.is_sorted());
            prop_assert!(positions.iter().flatten().all(|at| (*at as usize) < n_chars));
            prop_assert!(found.iter().all(|one| one.count > 0 && !one.name.is_empty()));
        }
    }
}
