//! What a page says beside its headline of when its article was published and changed.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use dom_query::Document;
use jiff::civil::Date;
use regex::Regex;

use crate::extract::around::Around;
use crate::extract::beside::{self, Line, Time};
use crate::extract::byline;
use crate::extract::dates::Found;
use crate::extract::dates::written::{at, written_in};
use crate::model::time::{Precision, StatedDate};

/// What a date beside the headline is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Published,
    Modified,
}

/// How much a line says that its date is that of the article, and not one that it tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    /// A sentence begins with it: `HULST, 14 maart 2026 – De gemeente sluit de brug.`
    Dateline,
    /// It is a day beside nothing but names.
    Day,
    /// The same with a time; or it is marked as a date.
    Moment,
    /// A word for it stands before it: `Gepubliceerd op`.
    Noted,
}

/// Of a line, in bytes.
const LINE_BYTES_MAX: usize = 500;

/// More of a page than this is its article: a date below it is of something else, unless that is said.
const PARAGRAPHS_ABOVE_MAX: usize = 1;

const CHANGE: &str = "update|bijgewerkt|gewijzigd|wijziging|aangepast|aanpassing|updated|aktualisiert|\
                      mise? à jour";

/// A word of change, and no end of a sentence behind it; the dot of `za.` is none.
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)(?:{CHANGE})(?:[^\d.!?]|\b[a-z]{{1,2}}\.){{0,30}}$"))
        .expect("the pattern is constant")
});

/// A line that says of the next one that it is of a change.
static CHANGE_BELOW: LazyLock<Regex> = LazyLock::new(|| {
    // A label `update` may be of the article.
    Regex::new(&format!(
        r"(?i)^(?:(?:laatste? |last )(?:{CHANGE})(?: op| om| on)?:?|(?:{CHANGE}):|bijgewerkt|updated)$"
    ))
    .expect("the pattern is constant")
});

/// A change on the day that stands before it.
static CHANGED_AT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)\b(?:{CHANGE})(?: om)?:? (?:om )?(\d{{1,2}}[:.u]\d{{2}})\b"))
        .expect("the pattern is constant")
});

/// What tells a note on the article from a sentence of it.
static NOTED: LazyLock<Regex> = LazyLock::new(|| {
    let words = "gepubliceerd|geplaatst|geschreven|published|posted|publicatiedatum|veröffentlicht|\
                 erstellt|publiée?";
    Regex::new(&format!(r"(?i)\b(?:{words})\b")).expect("the pattern is constant")
});

/// What dates that are yet to come, or long past, are of.
static EVENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:wanneer|waar|aanvang|vanaf|tot|t/m|when|where|deadline)\b|†")
        .expect("the pattern is constant")
});

/// What the date behind it is of, in whatever words.
static LABEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\p{L} ]{1,25}:").expect("the pattern is constant"));

/// The date that lines near the headline state, from the inside out; of `day`, where that is known.
/// The first date of a page is usually somebody else's, and so is what stands below a text.
pub(super) fn headline(
    document: &Document,
    others: &Around,
    (said, day): (Said, Option<Date>),
) -> Option<Found> {
    let mut below = None;
    let mut has_text = false;
    for lines in beside::whole_lines(document, others) {
        let mut found = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            // Above what holds the article and its headline stands the head of the site.
            if line.is_heading || line.n_paragraphs.is_none() && has_text {
                continue;
            }
            let before = number.checked_sub(1).map_or("", |number| &lines[number].text);
            let is_below = line.n_paragraphs.is_some_and(|n| n > PARAGRAPHS_ABOVE_MAX);
            for stated in stated(line, before, said) {
                let is_it = day.is_none_or(|day| stated.found.day() == day);
                if is_it && (!is_below || stated.certainty == Certainty::Noted) {
                    found.push((is_below, Reverse(stated.certainty), number, stated.found));
                }
            }
        }
        let best = found
            .into_iter()
            .min_by_key(|(is_below, certainty, number, _)| (*is_below, *certainty, *number));
        match best {
            Some((false, _, _, found)) => return Some(found),
            Some((true, _, _, found)) => below = below.or(Some(found)),
            None => {}
        }
        has_text |= lines.iter().any(|line| line.n_paragraphs.is_some_and(|n| n > 0));
    }
    below
}

/// A date, and how much its line says that it is that of the article.
struct Stated {
    found: Found,
    certainty: Certainty,
}

/// A date in a line.
struct Mark {
    place: Range<usize>,
    found: Found,
    is_of_change: bool,
}

/// The dates in `line` that are of what is asked for.
fn stated(line: &Line, before: &str, said: Said) -> Vec<Stated> {
    // What is longer is a paragraph, of which the beginning may be a dateline.
    let end = line.text.floor_char_boundary(LINE_BYTES_MAX);
    let (text, is_long) = (&line.text[..end], end < line.text.len());
    let marks = marks(text, &line.times, before);
    let Some(first) = marks.first() else { return Vec::new() };
    let rest = without(text, &marks);
    let is_told = is_long || is_told(text, &rest);
    let is_range = !marks.iter().any(|mark| mark.is_of_change)
        && marks.iter().any(|mark| mark.found.day() != first.found.day());
    let is_of_event = EVENT.is_match(&rest) || is_label(before) && EVENT.is_match(before);
    // A label in any language: `erstellt: 14. März 2026`.
    let plain = LABEL.replace(&rest, "");
    let is_line = !is_range && !is_of_event && byline::is_beside(&plain);
    let certainty = |mark: &Mark| {
        let until = &text[..mark.place.start];
        let is_noted = (mark.is_of_change || NOTED.is_match(until)) && byline::is_beside(until);
        let is_exact = mark.found.date.precision == Precision::Second;
        match mark.found.source {
            _ if is_noted && !is_told => Some(Certainty::Noted),
            "time" => (!is_told).then_some(Certainty::Moment),
            _ if is_line && is_exact => Some(Certainty::Moment),
            _ if is_line || mark.is_of_change && !is_told => Some(Certainty::Day),
            _ if is_range => None,
            _ => is_dateline(text, &mark.place).then_some(Certainty::Dateline),
        }
    };
    let is_asked = |mark: &&Mark| mark.is_of_change == (said == Said::Modified);
    let mut all: Vec<Stated> = marks
        .iter()
        .filter(is_asked)
        .filter_map(|mark| Some(Stated { found: mark.found, certainty: certainty(mark)? }))
        .collect();
    if said == Said::Modified && all.is_empty() {
        let later = marks.iter().rfind(|mark| certainty(mark).is_some());
        all.extend(later.and_then(|mark| changed_at(text, mark)));
    }
    all
}

/// Whether a line may say what the next one is.
fn is_label(line: &str) -> bool {
    const WORDS_MAX: usize = 2;
    line.split(' ').nth(WORDS_MAX).is_none()
}

/// `14 maart 2026 10:15, bijgewerkt om 12:40`.
fn changed_at(line: &str, mark: &Mark) -> Option<Stated> {
    let time = CHANGED_AT.captures(&line[mark.place.end..])?;
    let date = at(&mark.found.day().to_string(), &time[1])?;
    Some(Stated { found: Found { date, source: "text" }, certainty: Certainty::Noted })
}

/// The dates in a line, in their order; of a `time` and its words the one that is more precise.
fn marks(line: &str, times: &[Time], before: &str) -> Vec<Mark> {
    let is_change_below = CHANGE_BELOW.is_match(before);
    let is_of_change = |place: &Range<usize>| {
        let until = &line[..place.start];
        CHANGED.is_match(until) || is_change_below && byline::is_beside(until)
    };
    let mut marks: Vec<Mark> = times
        .iter()
        .filter(|time| time.place.end <= line.len())
        .map(|time| Mark {
            place: time.place.clone(),
            found: Found { date: time.date, source: "time" },
            is_of_change: time.is_of_change || is_of_change(&time.place),
        })
        .collect();
    for (place, date) in written_in(line) {
        let overlaps =
            |mark: &&mut Mark| mark.place.start < place.end && place.start < mark.place.end;
        let mut same = marks.iter_mut().filter(overlaps).peekable();
        if same.peek().is_none() {
            let is_of_change = is_of_change(&place);
            let found = Found { date, source: "text" };
            marks.push(Mark { place, found, is_of_change });
            continue;
        }
        for mark in same {
            if is_minute_of(date, mark.found.date) {
                mark.found.date = date;
            }
            mark.place = mark.place.start.min(place.start)..mark.place.end.max(place.end);
        }
    }
    marks.sort_by_key(|mark| mark.place.start);
    marks
}

/// Whether `exact` has the time of the day `rough`.
fn is_minute_of(exact: StatedDate, rough: StatedDate) -> bool {
    let day = |date: StatedDate| date.at.to_local().date();
    exact.precision == Precision::Second
        && rough.precision != Precision::Second
        && day(exact) == day(rough)
}

/// The words of a line beside its dates.
fn without(line: &str, marks: &[Mark]) -> String {
    let mut rest = String::with_capacity(line.len());
    let mut end = 0;
    for mark in marks.iter().filter(|mark| mark.place.start < mark.place.end) {
        rest.push_str(line.get(end..mark.place.start).unwrap_or_default());
        rest.push(' ');
        end = end.max(mark.place.end);
    }
    rest.push_str(&line[end..]);
    rest
}

/// Whether a line is a sentence of the article, which tells of days as well.
fn is_told(line: &str, rest: &str) -> bool {
    const WORDS_MIN: usize = 4;
    line.ends_with(['.', '!', '?', '”', '’'])
        && rest.split_whitespace().nth(WORDS_MIN - 1).is_some()
        && !NOTED.is_match(line)
}

/// `HULST, 14 maart 2026 – De gemeente sluit de brug.`
fn is_dateline(line: &str, place: &Range<usize>) -> bool {
    const WORDS_MAX: usize = 4;
    let before = line[..place.start].trim_end();
    let is_place = before.is_empty()
        || before.ends_with([',', '(']) && before.split(' ').nth(WORDS_MAX).is_none();
    let behind = line[place.end..].trim_start().trim_start_matches([')', '.']).trim_start();
    is_place && byline::is_beside(before) && behind.starts_with(['-', '–', '—', '|', '•', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When a page with `beside` in its article says that it was published, and changed.
    fn read(beside: &str) -> [Option<String>; 2] {
        let text = "<p>De gemeente Hulst sluit de brug over het kanaal vanaf maandag voor drie \
                    weken, zegt wethouder Karin de Bruijn.</p>";
        let html = if beside.contains("<h1>") {
            beside.replace("TEXT", &text.repeat(2))
        } else {
            format!("<article><h1>Brug dicht</h1>{beside}{text}{text}</article>")
        };
        let document = Document::from(html);
        let others = Around::of(&document);
        [Said::Published, Said::Modified].map(|said| {
            let found = headline(&document, &others, (said, None))?;
            Some(found.date.to_rfc3339())
        })
    }

    #[track_caller]
    fn check(beside: &str, published: Option<&str>, modified: Option<&str>) {
        let expected = [published, modified].map(|date| date.map(str::to_owned));
        assert_eq!(read(beside), expected, "{beside}");
    }

    const OWN: Option<&str> = Some("2026-03-14T09:15:00Z");

    #[test]
    fn a_day_that_the_article_tells_of_is_not_its_date() {
        let own = "<p>14 maart 2026 10:15</p>";
        for told in [
            "Jan Mol (3 mei 1950 - 12 maart 2026)",
            "Besluit van 12 mei 2019 vernietigd",
            "Zaterdag 21 maart 2026, aanvang 14.00 uur",
            "Kermis van 14 t/m 22 augustus 2026",
            "Brug dicht tot 1 juni 2026.",
            "Het rapport werd op 12 mei 2019 gepubliceerd maar bleef toen liggen",
        ] {
            check(&format!("<p>{told}</p>{own}"), OWN, None);
            check(&format!("<p>{told}</p>"), None, None);
        }
        check("<h2>Op 12 mei 1944 gebombardeerd</h2>", None, None);
        check("<dl><dt>Wanneer</dt><dd>21 maart 2026, 14.00 uur</dd></dl>", None, None);
        check("<p>21 maart 2026</p><p>Geplaatst: 14 maart 2026 10:15</p>", OWN, None);
    }

    #[test]
    fn the_line_of_the_article_comes_before_times_of_others() {
        let time = "<time datetime='2026-03-15T18:00:00+01:00'>18:00</time>";
        let aside = format!("<aside><ul><li><a href=/a>Sluis open</a> {time}</li></ul></aside>");
        let article = "<article><h1>Brug dicht</h1><div>Door Jo van Dam | 14 maart 2026 10:15\
                       </div>TEXT</article>";
        check(&format!("<div>{aside}{article}</div>"), OWN, None);
        check(&format!("<div>{article}{aside}</div>"), OWN, None);
        let undated = article.replace("14 maart 2026 10:15", "");
        check(&format!("<div>{aside}{undated}</div>"), None, None);
        check(&format!("<div>{undated}{aside}</div>"), None, None);
        let today = "<div>dinsdag 1 december 2026 11:02</div>";
        let main = "<div><h1>Brug dicht</h1>TEXT<p>Geplaatst: 14 maart 2026, 10:15</p></div>";
        check(&format!("<div>{today}{main}</div>"), OWN, None);
    }

    #[test]
    fn a_headline_of_lower_rank_parts_what_stands_above_and_below_it_too() {
        let title = "<title>Brug bij Hulst dicht - De Dijkbode</title>";
        let today = "<div>dinsdag 1 december 2026 11:02</div>";
        let main = "<div><h2>Brug bij Hulst dicht</h2><p>14 maart 2026 10:15</p>TEXT</div>";
        // The text of a page is set in by its main heading.
        let page = format!("{title}<h1>De Dijkbode</h1><div>{today}{main}</div>");
        check(&page, OWN, None);
        let undated = page.replace("14 maart 2026 10:15", "Zeeland");
        check(&undated, None, None);
    }

    #[test]
    fn a_long_line_of_many_dates_costs_little_and_tells_of_them() {
        let dates = "12-05-2019 ".repeat(3_000);
        let times = "<time datetime='2019-05-12'></time>".repeat(3_000);
        let found = read(&format!("<p>{dates}</p><p>14 maart 2026 10:15</p><p>{times}</p>"));
        assert!(found == [OWN.map(str::to_owned), None]);
    }

    #[test]
    fn only_a_word_of_change_in_its_line_makes_a_date_that_of_a_change() {
        let changed = Some("2026-03-14T11:40:00Z");
        check("<p>Corona-update</p><p>14 maart 2026 10:15</p>", OWN, None);
        check("<p>Update</p><p>14 maart 2026 10:15</p>", OWN, None);
        check("<p>Vergunning aangepast</p><p>14 maart 2026 10:15</p>", OWN, None);
        check("<p>14 maart 2026 10:15, bijgewerkt om 12:40</p>", OWN, changed);
        check("<p>Laatste update</p><p>14 maart 2026 12:40</p>", None, changed);
        let class = "<time class=updated datetime='2026-03-14T12:40:00+01:00'>14 maart</time>";
        check(&format!("<p>14 maart 2026 10:15 {class}</p>"), OWN, changed);
    }

    #[test]
    fn a_minute_is_found_wherever_it_stands_beside_its_day() {
        for line in [
            "14 maart 2026 • 10:15",
            "14 maart 2026 (10:15)",
            "14 maart 2026 om 10h15",
            "14 maart 2026<br>10:15 uur",
            "Datum: 14 maart 2026</p><p>Tijd: 10:15",
            "10:15 - 14 maart 2026",
            "<time>14 maart 2026</time> om 10:15",
            "<time datetime='2026-03-14'>14 maart 2026</time> om 10:15",
            "zat 14 mrt 2026 10:15 Els De Smet",
            "14/03/26 10:15",
            "HULST, 14 maart 2026 10:15 – De brug gaat dicht.",
        ] {
            check(&format!("<p>{line}</p>"), OWN, None);
        }
    }
}
