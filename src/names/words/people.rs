//! Who is spoken of, and what people do with words.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Class;

/// Before a name: who is spoken of. A compound that ends in one of them is one too.
const TITLES: &[&str] = &[
    "minister",
    "premier",
    "staatssecretaris",
    "president",
    "presidente",
    "vicepresident",
    "koning",
    "koningin",
    "prins",
    "prinses",
    "paus",
    "bisschop",
    "kardinaal",
    "imam",
    "rabbijn",
    "dominee",
    "pastoor",
    "burgemeester",
    "wethouder",
    "schepen",
    "gedeputeerde",
    "gouverneur",
    "kamerlid",
    "parlementslid",
    "parlementariër",
    "europarlementariër",
    "senator",
    "raadslid",
    "statenlid",
    "fractievoorzitter",
    "fractieleider",
    "partijleider",
    "partijvoorzitter",
    "lijsttrekker",
    "leider",
    "leidster",
    "voorman",
    "voorvrouw",
    "politicus",
    "politica",
    "voorzitter",
    "directeur",
    "topman",
    "topvrouw",
    "ceo",
    "bestuurder",
    "ondernemer",
    "oprichter",
    "eigenaar",
    "baas",
    "trainer",
    "coach",
    "bondscoach",
    "hoofdtrainer",
    "keeper",
    "doelman",
    "spits",
    "verdediger",
    "middenvelder",
    "aanvoerder",
    "aanvaller",
    "captain",
    "speler",
    "speelster",
    "wielrenner",
    "renner",
    "schaatser",
    "schaatsster",
    "tennisser",
    "tennisster",
    "atleet",
    "atlete",
    "zwemmer",
    "zwemster",
    "coureur",
    "scheidsrechter",
    "verslaggever",
    "correspondent",
    "redacteur",
    "hoofdredacteur",
    "journalist",
    "journaliste",
    "presentator",
    "presentatrice",
    "columnist",
    "schrijver",
    "schrijfster",
    "auteur",
    "dichter",
    "acteur",
    "actrice",
    "zanger",
    "zangeres",
    "rapper",
    "componist",
    "regisseur",
    "kunstenaar",
    "kunstenares",
    "schilder",
    "architect",
    "hoogleraar",
    "professor",
    "onderzoeker",
    "onderzoekster",
    "wetenschapper",
    "econoom",
    "historicus",
    "politicoloog",
    "socioloog",
    "viroloog",
    "arts",
    "huisarts",
    "advocaat",
    "advocate",
    "rechter",
    "officier",
    "commissaris",
    "woordvoerder",
    "woordvoerster",
    "generaal",
    "kolonel",
    "ambassadeur",
];

/// The same, too short to look for at the end of compounds.
const FORMS_OF_ADDRESS: &[&str] = &[
    "dr", "drs", "mr", "ir", "ing", "prof", "meneer", "mevrouw", "mw", "dhr", "heer", "lady",
    "sir", "oom", "tante", "opa", "oma", "broer", "zus", "zoon", "dochter", "vader", "moeder",
    "vriend",
];

/// Whether `word`, in lower case, says that a person follows.
pub(in crate::names) fn is_title(word: &str) -> bool {
    static CLASS: Class = LazyLock::new(|| TITLES.iter().copied().collect());
    // Few words end as any title does, and only those are looked at further.
    static ENDS: LazyLock<HashSet<&[u8]>> =
        LazyLock::new(|| TITLES.iter().filter_map(|title| last_bytes(title)).collect());
    let mut ends = word.char_indices().map(|(at, _)| word.split_at(at));
    FORMS_OF_ADDRESS.contains(&word)
        || word.ends_with("loog") && word.len() > 6
        || last_bytes(word).is_some_and(|last| ENDS.contains(last))
            && ends.any(|(before, title)| {
                // `arts` ends `haarts`: a compound has a beginning worth the name.
                let is_beginning = before.len() > 2 && title.len() > 4;
                (before.is_empty() || before.ends_with('-') || is_beginning)
                    && CLASS.contains(title)
            })
}

fn last_bytes(word: &str) -> Option<&[u8]> {
    word.as_bytes().last_chunk::<3>().map(<[u8; 3]>::as_slice)
}

/// What people do with words, and companies only with an article before their name.
const SPEECH: &[&str] = &[
    "zegt",
    "zei",
    "zeggen",
    "vindt",
    "vond",
    "denkt",
    "dacht",
    "vertelt",
    "vertelde",
    "stelt",
    "stelde",
    "noemt",
    "noemde",
    "schrijft",
    "schreef",
    "reageert",
    "reageerde",
    "legt",
    "laat",
    "liet",
    "wil",
    "wilde",
    "hoopt",
    "hoopte",
    "verwacht",
    "gelooft",
    "weet",
    "wist",
    "twittert",
    "waarschuwt",
    "benadrukt",
    "concludeert",
    "antwoordt",
    "erkent",
    "oordeelt",
    "betoogt",
    "werd",
    "heeft",
    "had",
    "is",
];

pub(in crate::names) fn is_speech(word: &str) -> bool {
    SPEECH.contains(&word)
}

/// What reports stand on: a source follows.
pub(in crate::names) const SOURCES: &[&str] = &[
    "zegt", "zei", "aldus", "volgens", "vindt", "vertelt", "vertelde", "stelt", "schrijft",
    "denkt", "reageert", "noemt",
];
