//! Who wrote an article: names out of bylines, in the words of several languages.

use std::sync::LazyLock;

use dom_query::{Document, NodeRef};
use regex::Regex;
use serde_json::{Map, Value};

use crate::extract::around::Around;
use crate::extract::json_ld::{self, JsonLd};
use crate::extract::meta::Meta;
use crate::normalize::text;

/// A longer byline is a biography.
const BYLINE_CHARS_MAX: usize = 120;

/// More names than a byline has.
const AUTHORS_MAX: usize = 20;

/// More elements than any page has of one kind.
const MARKED_MAX: usize = 1_000;

/// What stands before names.
static LEAD_IN: LazyLock<Regex> = LazyLock::new(|| {
    let pictures = "foto(?:['’]?s|grafie)?|beeld|video";
    let and = r"\s*(?:en|&|\+|/)\s*";
    let both = format!("tekst{and}(?:{pictures})|(?:{pictures}){and}tekst");
    let day = r"\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,9})\.?[-/. ]\d{4}";
    let words = "door|by|von|van|par|por|di|av|af|tekst|text|words by|written by|geschreven door|\
                 bewerkt door|reported by|reporting by|auteur|author|autor|story by|\
                 (?:gepubliceerd|geplaatst|geschreven)\\b.{0,60}?\\bdoor|\
                 (?:opinie|column|analyse|interview|reportage|recensie|commentaar) (?:van|door)";
    // `Redactie Sport` is who wrote it, `Redactie: Jo van Dam` is not.
    let named = r"(?:redactie|bron)\s*[:–]";
    Regex::new(&format!(
        r"(?i)^\s*(?:(?:{both}|{day}.{{0,20}}?\bdoor|{words})\s*[:\-–]?|{named})\s+"
    ))
    .expect("the pattern is constant")
});

/// Who a Dutch paper sent, before a name or in place of one: `onze verslaggever`, `redactie economie`.
static STAFF: LazyLock<Regex> = LazyLock::new(|| {
    let staff = "redacteur|redactrice|verslaggever|verslaggeefster|correspondente?|medewerker";
    let ours = format!(r"(?i:(?:een van )?onze)\s+(?:[\p{{L}}-]+\s+){{0,2}}?\p{{L}}*(?:{staff})s?");
    let desk = format!(r"(?i:redactie|{staff})\s+\p{{Ll}}[\p{{Ll}} -]*$");
    Regex::new(&format!(r"^(?:{ours}|{desk})\s*")).expect("the pattern is constant")
});

/// What stands between names.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\s*(?:;|\||/|\n|•|·|,|\s[-–—]\s|\s&\s|\s\+\s|\s(?:en|and|und|et|og|och|y|e|met|with|mit)\s)\s*",
    )
    .expect("the pattern is constant")
});

/// Who took the pictures.
static PICTURES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:foto(?:'s|’s|grafie)?|beeld|video|illustraties?|photos?)\b\s*[:/]?")
        .expect("the pattern is constant")
});

/// What somebody is or does, behind a name.
static LIFE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s(?:is|was|werkt|schrijft|doet|volgt|studeerde|maakt)\s")
        .expect("the pattern is constant")
});

/// When it was written, behind a name.
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\sop\s+(?:\d|(?:maan|dins|woens|donder|vrij|zater|zon)dag)")
        .expect("the pattern is constant")
});

/// What somebody is, without a name.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    let roles = "redacteur|redactrice|verslaggever|verslaggeefster|correspondente?|medewerker|\
                 journaliste?|columniste?|fotograaf|stagiaire?";
    Regex::new(&format!(r"^[\p{{Ll}}-]*(?:{roles})s?$")).expect("the pattern is constant")
});

/// Small words with which a name of several words may begin.
const PARTICLES: [&str; 22] = [
    "de", "den", "der", "van", "von", "vom", "zu", "ten", "ter", "te", "het", "'t", "’t", "'s",
    "la", "le", "el", "al", "di", "da", "du", "d'",
];

/// Names out of one byline. A date or a role between commas is no name.
pub(super) fn split(byline: &str) -> Vec<String> {
    let byline = text::one_line(byline);
    if byline.contains("://") {
        return from_address(&byline).into_iter().collect();
    }
    let byline = STAFF.replace(&byline, "");
    let parts = BETWEEN.split(without_lead_in(&byline)).map(clean);
    parts.filter(|part| is_name(part)).collect()
}

/// The name in the address of an author's own page: `…/authors/jo-van-dam/`.
fn from_address(address: &str) -> Option<String> {
    let (folders, slug) = address.trim_end_matches('/').rsplit_once('/')?;
    let folder = folders.rsplit('/').next()?;
    let is_people = ["author", "authors", "auteur", "auteurs", "autor", "autoren", "people"];
    let words: Vec<&str> = slug.split('-').collect();
    let is_word = |word: &&str| !word.is_empty() && word.chars().all(char::is_alphabetic);
    if !is_people.contains(&folder) || !(2..=4).contains(&words.len()) || !words.iter().all(is_word)
    {
        return None;
    }
    let capital = |word: &&str| {
        let mut chars = word.chars();
        chars.next().map(|c| c.to_uppercase().chain(chars).collect::<String>())
    };
    Some(words.iter().filter_map(capital).collect::<Vec<_>>().join(" "))
}

/// Without what stands before a name; `van der Meer` and `Van Dijk` are names.
fn without_lead_in(text: &str) -> &str {
    let Some(found) = LEAD_IN.find(text) else { return text };
    let rest = &text[found.end()..];
    let is_particle = |word: &str| PARTICLES.contains(&word.to_lowercase().as_str());
    let next = rest.split(' ').next().unwrap_or_default();
    let is_name = is_particle(next) || !rest.trim_end().contains(' ');
    if is_name && is_particle(found.as_str().trim()) { text } else { rest }
}

/// A name without what is around it: a lead-in, an address, brackets.
fn clean(part: &str) -> String {
    // What is left of `redactie economie` when its lead-in is taken off is no name.
    let part = STAFF.replace(part.trim(), "");
    let part = STAFF.replace(without_lead_in(&part), "");
    let behind = [&LIFE, &DAY].into_iter().filter_map(|behind| Some(behind.find(&part)?.start()));
    let end = part.find(['(', '<', '[', '|', '@']).into_iter().chain(behind).min();
    let end = end.unwrap_or(part.len());
    let part = part[..end].trim().trim_matches(['.', ',', ':', '-', '–', '*', '"']);
    part.trim().to_owned()
}

fn is_name(part: &str) -> bool {
    const CHARS_MAX: usize = 60;
    let n_chars = part.chars().count();
    let is_address = part.contains("://") || part.starts_with("www.") || part.contains(".com/");
    let first = part.split(' ').next().unwrap_or_default();
    let begins_small = first.len() < part.len() && first.starts_with(char::is_lowercase);
    let is_title = first.ends_with('.') || first.ends_with("redactie");
    let is_role = begins_small && !PARTICLES.contains(&first) && !is_title;
    // Broadcasters have a number at the end of their names.
    let begins_with_digit = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = part.split_whitespace().collect();
    let is_count = words.iter().rev().skip(1).any(|word| begins_with_digit(word))
        || words.iter().any(|word| begins_with_digit(word) && word.contains(':'));
    (2..=CHARS_MAX).contains(&n_chars)
        && !is_address
        && part.chars().any(char::is_alphabetic)
        && words.len() <= 7
        && !PICTURES.is_match(part)
        && !ROLE.is_match(part)
        && !is_role
        && !is_count
}

/// The authors of an article, from the most reliable place that names any.
pub(super) fn of(
    article: Option<&Map<String, Value>>,
    all: &JsonLd,
    meta: &Meta,
    document: &Document,
) -> Vec<String> {
    let mut people = Vec::new();
    let mut organizations = Vec::new();
    for key in ["author", "creator"] {
        if people.is_empty() {
            collect(article.and_then(|a| a.get(key)), all, &mut people, &mut organizations);
        }
    }
    if !people.is_empty() {
        return tidy(people);
    }
    // Where the JSON-LD names the outlet alone, the page may still name somebody.
    let outlet = outlet_names(article, meta);
    let is_outlet = |name: &String| outlet.contains(&name.to_lowercase());
    let names_outlet = organizations.iter().all(is_outlet);
    let said = from_meta(meta, &outlet);
    if said.iter().any(|name| names_outlet || is_full_name(name)) {
        return tidy(said);
    }
    let marked = from_markup(document);
    let is_person = marked.iter().all(|name| is_full_name(name) && !is_outlet(name));
    if !marked.is_empty() && (organizations.is_empty() || is_person) {
        return tidy(marked);
    }
    if organizations.is_empty() {
        return tidy(from_meta(meta, &[]));
    }
    tidy(organizations)
}

/// What the outlet calls itself, in lower case.
fn outlet_names(article: Option<&Map<String, Value>>, meta: &Meta) -> Vec<String> {
    let publisher = json_ld::texts(article.and_then(|article| article.get("publisher")));
    let site = meta.first(&["og:site_name", "application-name"]);
    publisher.into_iter().chain(site).map(|name| name.to_lowercase()).collect()
}

/// Two to four words with capitals, as people are called and editorial offices seldom.
fn is_full_name(name: &str) -> bool {
    let n_words = name.split_whitespace().count();
    let has_capitals = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    (2..=4).contains(&n_words)
        && name.split_whitespace().filter(|word| has_capitals(word)).count() >= 2
        && !name.chars().any(|c| c.is_ascii_digit() || c == '.')
}

/// Names that the markup calls an author of the article: others wrote comments on it, or other articles.
fn from_markup(document: &Document) -> Vec<String> {
    const PLACES: [&str; 7] = [
        "[itemprop~='author'] [itemprop~='name']",
        "[itemprop~='author']",
        "[rel~='author']",
        "[class*='byline'] a",
        "[class*='author-name'], [class*='authorName'], [class*='author__name'], \
         [class*='authorname'], [class*='author_name']",
        "[class*='byline'] span",
        "[class~='byline'], [class~='author'], [class~='auteur']",
    ];
    let around = Around::of(document);
    for place in PLACES {
        let nodes = document.select(place);
        let own = nodes.nodes().iter().take(MARKED_MAX).filter(|node| !around.is_of_others(node));
        let names = own.take(AUTHORS_MAX).flat_map(|node| {
            let stated = node.attr("content").map_or_else(|| lines(node), |said| said.to_string());
            if stated.chars().count() > BYLINE_CHARS_MAX {
                return Vec::new();
            }
            stated.lines().flat_map(split).collect()
        });
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            return names;
        }
    }
    Vec::new()
}

/// The text of a byline, each line of which may be another name.
fn lines(byline: &NodeRef<'_>) -> String {
    const BLOCKS: [&str; 8] = ["br", "div", "p", "li", "ul", "time", "h4", "section"];
    let mut text = String::new();
    for node in byline.descendants_it() {
        match node.node_name() {
            Some(name) if BLOCKS.contains(&&*name) => text.push('\n'),
            // What stands side by side without a space is parted by its style.
            Some(name) if &*name == "span" && text.ends_with(char::is_alphanumeric) => {
                text.push('\n');
            }
            Some(_) => {}
            None => text.extend(node.text().chars().map(|c| if c == '\n' { ' ' } else { c })),
        }
    }
    text
}

/// Each name once, in its order.
pub(super) fn tidy(names: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let is_known = kept.iter().any(|known| known.to_lowercase() == name.to_lowercase());
        if !is_known && kept.len() < AUTHORS_MAX {
            kept.push(name);
        }
    }
    kept
}

fn collect(
    value: Option<&Value>,
    all: &JsonLd,
    people: &mut Vec<String>,
    organizations: &mut Vec<String>,
) {
    match value {
        Some(Value::Array(items)) => {
            for item in items.iter().take(AUTHORS_MAX * 2) {
                collect(Some(item), all, people, organizations);
            }
        }
        Some(Value::String(name)) => people.extend(split(name)),
        Some(Value::Object(object)) => {
            let referred = object.get("@id").and_then(Value::as_str).and_then(|id| all.by_id(id));
            let object =
                if object.contains_key("name") { object } else { referred.unwrap_or(object) };
            let mut names = json_ld::texts(object.get("name"));
            if names.is_empty() {
                names.extend(given_and_family(object));
            }
            let is_organization = ["Organization", "NewsMediaOrganization", "Corporation"]
                .iter()
                .any(|kind| json_ld::is_a(object, kind));
            let target = if is_organization { organizations } else { people };
            target.extend(names.iter().flat_map(|name| split(name)));
        }
        _ => {}
    }
}

/// schema.org lets a person have two names instead of one.
fn given_and_family(person: &Map<String, Value>) -> Option<String> {
    let given = json_ld::first_text(person.get("givenName"))?;
    let family = json_ld::first_text(person.get("familyName"))?;
    Some(format!("{given} {family}"))
}

/// The first place in the `meta` elements that names anybody but the outlet.
fn from_meta(meta: &Meta, outlet: &[String]) -> Vec<String> {
    const NAMES: [&str; 14] = [
        "author",
        "article:author",
        "parsely-author",
        "sailthru.author",
        "byl",
        "byline",
        "dc.creator",
        "dcterms.creator",
        "dc.creator.name",
        "article:author_name",
        "cxenseparse:author",
        "og:article:author",
        "citation_author",
        "twitter:creator:name",
    ];
    for name in NAMES {
        let names = meta.all(name).into_iter().flat_map(|byline| split(&byline));
        let found: Vec<String> =
            names.filter(|name| !outlet.contains(&name.to_lowercase())).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(byline: &str, expected: &[&str]) {
        assert_eq!(split(byline), expected, "{byline}");
    }

    #[test]
    fn a_byline_is_its_names() {
        check("Door Jo van Dam en Fenna Bos", &["Jo van Dam", "Fenna Bos"]);
        check("Tekst: Jo van Dam", &["Jo van Dam"]);
        check("Jo van Dam (Terneuzen); redactie@zeeklei.example", &["Jo van Dam", "redactie"]);
        check("ANP / Jo van Dam", &["ANP", "Jo van Dam"]);
        check("Door onze redacteur Jo van Dam", &["Jo van Dam"]);
        check("Van onze Haagse verslaggever", &[]);
        check("Van een van onze verslaggevers", &[]);
        check("Onze buitenlandse correspondent Fenna Bos", &["Fenna Bos"]);
        check("Jo van Dam, redactie economie", &["Jo van Dam"]);
        check("Redactie Binnenland", &["Redactie Binnenland"]);
        check("Redactie: Jo van Dam", &["Jo van Dam"]);
        check("Bron: ANP", &["ANP"]);
        check("Van Dijk", &["Van Dijk"]);
        check("Van Jo van Dam", &["Jo van Dam"]);
        check("https://www.zeeklei.example/auteurs/jo-van-dam/", &["Jo Van Dam"]);
        check("https://www.zeeklei.example/12345", &[]);
        check("", &[]);
    }

    #[test]
    fn what_stands_beside_names_in_a_byline_is_none() {
        let jo = &["Jo van Dam"][..];
        check("Jo van Dam • 30 nov 2026", jo);
        check("Jo van Dam — 30 november 2026, 08:15", jo);
        check("door Jo van Dam - 30-11-2026 om 08:15 uur", jo);
        check("Jo van Dam, politiek verslaggever", jo);
        check("door Jo van Dam, verslaggever", jo);
        check("Door Jo van Dam op 14 maart 2026", jo);
        check("Geschreven door Jo van Dam op zaterdag", jo);
        check("14-03-2026 door Jo van Dam", jo);
        check("14 maart 2026, 10:15 door Jo van Dam", jo);
        check("Tekst en foto: Jo van Dam", jo);
        check("Tekst en foto’s: Jo van Dam", jo);
        check("Foto's & tekst: Jo van Dam", jo);
        check("Tekst & beeld: Jo van Dam", jo);
        check("Foto en video: Jo van Dam", &[]);
        check("Tekst: Jo van Dam, foto: Piet Vos", jo);
        check("Jo van Dam is verslaggever van de Dijkbode en schrijft over bruggen.", jo);
        check("Gepubliceerd op 30 november 2026 door Jo van Dam", jo);
        check("Opinie van Jo van Dam, hoogleraar staatsrecht te Leiden", jo);
        check("Jo van Dam | 3 reacties | Bijgewerkt: 10:00", jo);
        check("Jo van Dam en onze correspondent in Parijs", jo);
        check("Van onze redactie economie", &[]);
        check("NPO Radio 1", &["NPO Radio 1"]);
        check("Door Van der Meer en prof. dr. Jo Bos", &["Van der Meer", "prof. dr. Jo Bos"]);
        check("de Jong, 't Hof en Ter Horst", &["de Jong", "'t Hof", "Ter Horst"]);
    }

    #[test]
    fn each_line_of_a_byline_is_another_name() {
        let of = |html: &str| from_markup(&Document::from(html));
        assert_eq!(
            of("<p class=byline>Door Jo van Dam<br>08:15 | Bijgewerkt: 10:00</p>"),
            ["Jo van Dam"]
        );
        assert_eq!(
            of("<div class=author>Jo van Dam<div>verslaggever</div>\n</div>")[0],
            "Jo van Dam"
        );
        assert_eq!(
            of("<span rel=author>Jo\n van Dam &amp; Fenna Bos</span>"),
            ["Jo van Dam", "Fenna Bos"]
        );
        let spans = "<p class=author><span>Jo van Dam</span><span>Verslaggever</span></p>";
        assert_eq!(of(spans)[0], "Jo van Dam");
    }

    #[test]
    fn who_comments_or_wrote_something_else_is_no_author() {
        let of = |html: &str| from_markup(&Document::from(html));
        let comments = "<ol class=comment-list><li itemtype='https://schema.org/Comment'>\
            <span itemprop=author><span itemprop=name>Piet Vos</span></span></li></ol>";
        let teaser =
            "<div class=related-posts><h3>Sluis dicht</h3><span class=author>Ria Mol</span></div>";
        let page =
            |byline: &str| format!("<h1>Brug dicht</h1>{byline}<p>Tekst.</p>{comments}{teaser}");
        assert_eq!(of(&page("<p class=author>Jo van Dam</p>")), ["Jo van Dam"]);
        assert!(of(&page("")).is_empty());
    }

    #[test]
    fn the_outlet_gives_way_to_whoever_else_is_named() {
        let of = |html: &str| {
            let document = Document::from(html);
            let all = JsonLd::of(&document);
            super::of(all.article(), &all, &Meta::of(&document), &document)
        };
        let json = r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":"x",
            "author":{"@type":"Organization","name":"Zeeklei"},"publisher":{"name":"Zeeklei"}}</script>"#;
        assert_eq!(of(json), ["Zeeklei"]);
        assert_eq!(of(&format!("{json}<meta name=author content='Jo van Dam'>")), ["Jo van Dam"]);
        assert_eq!(of(&format!("{json}<meta name=author content='Zeeklei'>")), ["Zeeklei"]);
        let wire = json.replacen("Zeeklei", "ANP", 1);
        assert_eq!(of(&format!("{wire}<meta name=author content='Zeeklei'>")), ["ANP"]);
        let two = r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":"x",
            "author":[{"@type":"Person","givenName":"Jo","familyName":"van Dam"}]}</script>"#;
        assert_eq!(of(two), ["Jo van Dam"]);
    }
}
