//! Days in words and figures.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::time::StatedDate;
use crate::parse::date;

/// A day in words or figures, as Dutch, English, German and French pages have it, and a time behind it.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    let months = "jan(?:uari|uary|uar|vier)?|feb(?:ruari|ruary|ruar)?|février|mrt|maart|mar(?:ch|s)?|\
                  märz|apr(?:il)?|avril|mei|may|mai|june?|juni|juin|july?|juli|juillet|\
                  aug(?:ustus|ust)?|août|sep(?:t|tember|tembre)?|o[ck]t(?:ober|obre)?|\
                  nov(?:ember|embre)?|de[cz](?:ember)?|décembre";
    let nth = "(?:st|nd|rd|th|er?|ste|de|\\.)?";
    let figures = r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{2}[-/.]\d{2}[-/.]\d{2}|\d{4}-\d{2}-\d{2}";
    let day = format!(
        r"\d{{1,2}}{nth} (?:{months})\.?,? \d{{4}}|(?:{months})\.? \d{{1,2}}{nth},? \d{{4}}|{figures}"
    );
    let time = r"\d{1,2}[:.uh]\d{2}(?: ?[ap]\.?m\b)?";
    let before = r"(?:\b(\d{1,2}:\d{2})(?: uur)?[ ,|•·\-–]+)?";
    let between = r"[ ,|•·/(\-–]*(?:(?:om|at|um|à|tijd:?) )?";
    Regex::new(&format!(r"(?i){before}\b({day})\b(?:{between}({time})\b)?"))
        .expect("the pattern is constant")
});

/// The days with their times that are written in `text`, by where they stand.
pub(in crate::extract) fn written_in(
    text: &str,
) -> impl Iterator<Item = (Range<usize>, StatedDate)> {
    WRITTEN.captures_iter(text).filter_map(|found| {
        let (place, day) = (found.get(0)?.range(), found.get(2)?);
        if is_number(&text[..place.start], day.as_str(), &text[place.end..]) {
            return None;
        }
        let time = found.get(3).or(found.get(1)).map_or("", |time| time.as_str());
        Some((place, at(day.as_str(), time)?))
    })
}

/// A day with a time as people write it, or none.
pub(super) fn at(day: &str, time: &str) -> Option<StatedDate> {
    let time = time.replace(['.', 'u', 'U', 'h', 'H'], ":");
    date::parse(format!("{day} {time}").trim())
}

/// Whether figures are a part of a number, as one to call: `06-12-24 35 68`.
fn is_number(before: &str, figures: &str, behind: &str) -> bool {
    const SHORT: usize = "14-03-26".len();
    let is_sign = |c: char| matches!(c, '-' | '/' | '.' | ' ' | '+');
    let goes_on = behind
        .strip_prefix(is_sign)
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let came_on = before
        .strip_suffix(is_sign)
        .is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
    figures.len() == SHORT
        && figures.bytes().all(|byte| !byte.is_ascii_alphabetic())
        && (goes_on || came_on)
}
