//! What stands before the names of places, and how they end.

use super::Class;

/// Before a place, where no article stands between.
pub(in crate::names) const WHERE: &[&str] = &[
    "in", "uit", "naar", "nabij", "vanuit", "rondom", "richting", "tussen", "te", "rond", "via",
    "langs", "omgeving", "gemeente",
];

/// Right before a name: it is a place of that kind.
pub(in crate::names) static KINDS_OF_PLACE: Class = Class::of(&[
    "stad",
    "stadje",
    "dorp",
    "dorpje",
    "plaats",
    "plaatsje",
    "gemeente",
    "deelgemeente",
    "provincie",
    "regio",
    "eiland",
    "hoofdstad",
    "havenstad",
    "kustplaats",
    "badplaats",
    "wijk",
    "buurt",
    "stadsdeel",
    "district",
    "deelstaat",
    "rivier",
    "vulkaan",
    "luchthaven",
    "vliegveld",
    "schiereiland",
    "grensplaats",
    "kanton",
    "departement",
    "kuststad",
    "provinciestad",
]);

/// Ends of words for streets and waters, and not for people.
const PLACE_ENDS: &[&str] = &[
    "straat", "laan", "plein", "gracht", "kade", "singel", "markt", "tunnel", "polder", "kanaal",
    "weg", "zee", "woud", "heide", "eilanden",
];

pub(in crate::names) fn has_place_end(word: &str) -> bool {
    PLACE_ENDS.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end))
}
