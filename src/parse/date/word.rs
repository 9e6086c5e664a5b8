//! The words of dates: months in the languages that are read, days, zones.

/// What a word of a date says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A month, 1 to 12.
    Month(i64),
    /// `14th`, `1er`, `14e`.
    Ordinal(i64),
    /// `14feb`.
    Joined(i64, i64),
}

/// By their beginnings: Dutch, English, German, French.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän"],
    &["feb", "fév", "fev"],
    &["mrt", "maa", "mar", "mär"],
    &["apr", "avr"],
    &["mei", "may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "août", "aout"],
    &["sep"],
    &["okt", "oct"],
    &["nov"],
    &["dec", "dez", "déc"],
];

/// Whole names, so that "maandag" is no March, and nothing but a month is one.
const NAMES: [(&str, i64); 36] = [
    ("januari", 1),
    ("january", 1),
    ("januar", 1),
    ("janvier", 1),
    ("februari", 2),
    ("february", 2),
    ("februar", 2),
    ("février", 2),
    ("maart", 3),
    ("march", 3),
    ("märz", 3),
    ("mars", 3),
    ("april", 4),
    ("avril", 4),
    ("june", 6),
    ("juni", 6),
    ("juin", 6),
    ("july", 7),
    ("juli", 7),
    ("juil", 7),
    ("juillet", 7),
    ("augustus", 8),
    ("august", 8),
    ("août", 8),
    ("aout", 8),
    ("sept", 9),
    ("september", 9),
    ("septembre", 9),
    ("oktober", 10),
    ("october", 10),
    ("octobre", 10),
    ("november", 11),
    ("novembre", 11),
    ("december", 12),
    ("dezember", 12),
    ("décembre", 12),
];

/// Zone names still seen in feeds, with their offset in hours (RFC 822 section 5.1 and Europe's).
const ZONES: [(&str, i8); 38] = [
    ("z", 0),
    ("gmt", 0),
    ("ut", 0),
    ("utc", 0),
    ("wet", 0),
    ("bst", 1),
    ("cet", 1),
    ("met", 1),
    ("mez", 1),
    ("west", 1),
    ("cest", 2),
    ("cedt", 2),
    ("mest", 2),
    ("mesz", 2),
    ("eet", 2),
    ("eest", 3),
    ("msk", 3),
    ("jst", 9),
    ("kst", 9),
    ("aest", 10),
    ("aedt", 11),
    ("nzst", 12),
    ("nzdt", 13),
    ("ast", -4),
    ("adt", -3),
    ("et", -5),
    ("ct", -6),
    ("mt", -7),
    ("pt", -8),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("hst", -10),
];

/// What `token` says, if it says anything of use.
pub(super) fn word(token: &str) -> Option<Word> {
    let word = token.to_lowercase();
    if let Some(month) = month(&word) {
        return Some(Word::Month(month));
    }
    let digits = word.find(|c: char| !c.is_ascii_digit()).filter(|at| (1..=2).contains(at))?;
    let (number, rest) = word.split_at(digits);
    let number = number.parse().ok()?;
    match rest.trim_end_matches('.') {
        "st" | "nd" | "rd" | "th" | "e" | "er" | "ste" | "de" => Some(Word::Ordinal(number)),
        rest => month(rest).map(|month| Word::Joined(number, month)),
    }
}

fn month(word: &str) -> Option<i64> {
    let short = MONTHS.iter().position(|names| names.contains(&word));
    let short = short.and_then(|at| i64::try_from(at).ok()).map(|at| at + 1);
    short.or_else(|| NAMES.iter().find(|(name, _)| *name == word).map(|(_, month)| *month))
}

/// The offset that a zone's name stands for.
pub(super) fn zone_hours(name: &str) -> Option<i8> {
    let known = ZONES.iter().find(|(zone, _)| zone.eq_ignore_ascii_case(name));
    known.map(|(_, hours)| *hours).or_else(|| military_hours(name))
}

/// RFC 822 section 5.1: a letter for every hour, but J; in capitals, for `u` is Dutch for an hour.
fn military_hours(name: &str) -> Option<i8> {
    let [letter @ b'A'..=b'Y'] = name.as_bytes() else { return None };
    let place = i8::try_from(letter - b'A').ok()?;
    match letter {
        b'A'..=b'I' => Some(-1 - place),
        b'K'..=b'M' => Some(-place),
        b'N'..=b'Y' => Some(place - 12),
        _ => None,
    }
}
