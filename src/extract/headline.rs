//! The headline of an article, without the name of the site behind it.

use dom_query::{Document, NodeRef};
use serde_json::{Map, Value};
use url::Url;

use crate::extract::blocks::{PROSE_WORDS_MIN, words_of};
use crate::extract::json_ld;
use crate::extract::metadata::Sources;
use crate::normalize::text;

const BAR: &str = " | ";

/// What stands between a headline and the name of a site in the title of a page.
const SEPARATORS: [&str; 8] = [BAR, " - ", " – ", " — ", " • ", " · ", " » ", " :: "];

/// Headings beyond this are those of what else the page has.
const HEADINGS_MAX: usize = 20;

/// A heading of fewer words may be that of a section, on each of its pages.
const WORDS_MIN: usize = 2;

/// From the data of the page, from its heading, from its title.
pub(super) fn of(article: Option<&Map<String, Value>>, from: &Sources<'_>) -> Option<String> {
    let stated = |key: &str| article.and_then(|article| json_ld::first_text(article.get(key)));
    let title = from.meta.first(&["og:title", "twitter:title", "dc.title", "title"]);
    let title =
        title.unwrap_or_else(|| text::one_line(&from.document.select_single("head title").text()));
    let sites = Sites::of(from);
    let title = sites.before_bar(&title).to_owned();
    let (headings, short): (Vec<String>, Vec<String>) = headings(from)
        .into_iter()
        .partition(|heading| words_of(heading).1 >= WORDS_MIN && !sites.has(heading));
    let short = short.into_iter().next();
    let heading = match &headings[..] {
        [only] => Some(only),
        several => {
            let title = words_of(&title).0;
            several.iter().find(|heading| title.starts_with(&words_of(heading).0))
        }
    };
    // What has no headline is the page, whose name is the title.
    let found = stated("headline").or_else(|| heading.cloned()).or_else(|| stated("name"));
    let found = found.or_else(|| Some(title).filter(|title| !title.is_empty()));
    let headline = found.map(|found| without_site(&found, &headings, &sites));
    headline.or(short).filter(|headline| !headline.is_empty())
}

/// The headline.
pub(super) fn element(document: &Document) -> Option<NodeRef<'_>> {
    first_with_text(&elements(document))
}

/// Of several main headings the first with text below it.
pub(super) fn first_with_text<'d>(all: &[NodeRef<'d>]) -> Option<NodeRef<'d>> {
    let next = all.iter().skip(1).map(Some).chain([None]);
    let mut headed = all.iter().zip(next);
    let with_text = headed.find(|(heading, next)| has_text_below(heading, *next));
    with_text.map(|(heading, _)| *heading).or(all.last().copied())
}

/// The main headings of a page: the one that its title begins with, or else all but those beside its
/// article and the name of the site. Some sites have no other heading of that rank.
pub(super) fn elements(document: &Document) -> Vec<NodeRef<'_>> {
    let titles = titles(document);
    let is_named = |heading: &&NodeRef<'_>| {
        let (words, n_words) = words_of(&heading.text());
        n_words >= WORDS_MIN && titles.first().is_some_and(|title| title.starts_with(&words))
    };
    let is_site = |heading: &NodeRef<'_>| {
        let (words, n_words) = words_of(&heading.text());
        n_words > 0 && titles.iter().any(|title| *title != words && title.ends_with(&words))
    };
    let found = document.select("h1");
    let all: Vec<NodeRef<'_>> = found.nodes().iter().take(HEADINGS_MAX).copied().collect();
    if let Some(named) = all.iter().find(is_named) {
        return vec![*named];
    }
    let is_main = |heading: &&NodeRef<'_>| !is_beside(heading) && !is_site(heading);
    let main: Vec<NodeRef<'_>> = all.iter().filter(is_main).copied().collect();
    if !main.is_empty() {
        return main;
    }
    let lower = document.select("h2, h3");
    let lower = lower.nodes().iter().take(HEADINGS_MAX).find(is_named).copied();
    lower.map_or(all, |heading| vec![heading])
}

/// The words of what the page is called, where it is shared and by itself.
fn titles(document: &Document) -> Vec<String> {
    let shared = document.select_single("meta[property='og:title']");
    let shared = shared.attr("content").map(|title| title.to_string());
    let own = document.select_single("head title").text().to_string();
    let words = shared.into_iter().chain([own]).map(|title| words_of(&title).0);
    words.filter(|words| !words.is_empty()).collect()
}

/// Whether an element stands in what is beside an article.
fn is_beside(node: &NodeRef<'_>) -> bool {
    const BESIDE: [&str; 3] = ["aside", "nav", "footer"];
    let mut around = std::iter::successors(node.parent(), NodeRef::parent);
    around.any(|around| BESIDE.iter().any(|name| around.has_name(name)))
}

/// Whether a paragraph stands below `heading`, and above the next one.
fn has_text_below(heading: &NodeRef<'_>, next: Option<&NodeRef<'_>>) -> bool {
    const NODES_MAX: usize = 2_000;
    let is_next = |node: &NodeRef<'_>| next.is_some_and(|next| next.id == node.id);
    behind(heading)
        .take(NODES_MAX)
        .take_while(|node| !is_next(node))
        .any(|node| node.is_text() && is_prose(&node.text()))
}

/// The nodes behind `heading`, in the order of the document.
pub(super) fn behind<'d>(heading: &NodeRef<'d>) -> impl Iterator<Item = NodeRef<'d>> {
    let next_outside = |node: &NodeRef<'d>| {
        let mut around = std::iter::successors(Some(*node), NodeRef::parent);
        around.find_map(|node| node.next_sibling())
    };
    let next = move |node: &NodeRef<'d>| node.first_child().or_else(|| next_outside(node));
    std::iter::successors(next_outside(heading), next)
}

/// Whether a text is as long as paragraphs are.
pub(super) fn is_prose(text: &str) -> bool {
    text.split_whitespace().nth(PROSE_WORDS_MIN - 1).is_some()
}

/// The texts of the main headings, the headline first.
fn headings(from: &Sources<'_>) -> Vec<String> {
    let all = elements(from.document);
    let headline = first_with_text(&all);
    let is_other = |node: &NodeRef<'_>| headline.is_none_or(|headline| headline.id != node.id);
    let others = all.into_iter().filter(is_other);
    let texts = headline.into_iter().chain(others).map(|node| text::one_line(&node.text()));
    texts.filter(|text| !text.is_empty()).collect()
}

/// What the site is called.
struct Sites {
    names: Vec<String>,
    is_stated: bool,
}

impl Sites {
    fn of(from: &Sources<'_>) -> Self {
        let stated = ["og:site_name", "application-name"].map(|name| from.meta.all(name));
        let mut names: Vec<String> = stated.iter().flatten().map(|name| in_host(name)).collect();
        let is_stated = !names.is_empty();
        if let Some(host) = Url::parse(&from.source.url).ok().as_ref().and_then(Url::host_str) {
            let domain = psl::domain_str(host).unwrap_or(host);
            let label = domain.split('.').next().unwrap_or_default();
            names.extend([host, domain, label].map(in_host));
        }
        Self { names, is_stated }
    }

    fn has(&self, text: &str) -> bool {
        self.names.contains(&in_host(text))
    }

    /// A title without what stands behind its last bar, where the site does not say how it is called.
    /// Of a column or an interview that is the headline, and longer.
    fn before_bar<'t>(&self, title: &'t str) -> &'t str {
        let parts = title.rsplit_once(BAR).filter(|_| !self.is_stated);
        parts
            .filter(|(before, behind)| before.len() > behind.len())
            .map_or(title, |(before, _)| before)
    }
}

/// A name as it would stand in the name of a host.
fn in_host(name: &str) -> String {
    words_of(name).0.replace(' ', "")
}

/// `Headline | Section | Site` without what names the site, or without all that the page is not
/// headed with.
fn without_site(title: &str, headings: &[String], sites: &Sites) -> String {
    let is_heading = |text: &str| {
        let words = words_of(text).0;
        headings.iter().any(|heading| words_of(heading).0 == words)
    };
    let (mut headline, mut part) = (title, title);
    while !is_heading(part) {
        let Some((before, behind)) = split_last(part) else {
            return headline.to_owned();
        };
        if headline == part && sites.has(behind) {
            headline = before;
        }
        part = before;
    }
    part.to_owned()
}

/// What is before the last separator, and what is behind it.
fn split_last(text: &str) -> Option<(&str, &str)> {
    let places =
        SEPARATORS.iter().filter_map(|separator| Some((text.rfind(separator)?, separator)));
    let (place, separator) = places.max_by_key(|(place, _)| *place)?;
    Some((text[..place].trim(), text[place + separator.len()..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Source;
    use crate::extract::json_ld::JsonLd;
    use crate::extract::meta::Meta;

    fn check(html: &str, expected: &str) {
        let document = Document::from(html);
        let (json_ld, meta) = (JsonLd::of(&document), Meta::of(&document));
        let url = "https://www.omroepzeeklei.nl/nieuws/brug".to_owned();
        let source = Source { url, ..Source::default() };
        let from = Sources { document: &document, json_ld: &json_ld, meta: &meta, source: &source };
        assert_eq!(of(json_ld.article(), &from).as_deref(), Some(expected), "{html}");
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_a_headline() {
        let data = |facts: &str| format!("<script type='application/ld+json'>{{{facts}}}</script>");
        let page = |name: &str| {
            data(&format!(r#""@type":"WebPage","datePublished":"2026-05-04","name":"{name}""#))
        };
        let article = |name: &str| data(&format!(r#""@type":"NewsArticle","headline":"{name}""#));
        let brug = "Brug bij Hulst weken dicht";
        check(&page("Brug bij Hulst weken dicht - Omroep Zeeklei"), brug);
        check(&article("Brug bij Hulst weken dicht | omroepzeeklei.nl"), brug);
        check(&format!("{}<h1>{brug}</h1>", page("Hulst - Omroep Zeeklei")), brug);
        check(&format!("{}<h1>{brug}</h1>", article(&format!("{brug} - Regio | De Klei"))), brug);
        check(
            &format!(
                "<title>{brug} » Nieuws uit de regio</title><h1>Omroep Zeeklei</h1><h1>{brug}</h1>"
            ),
            brug,
        );
        check(
            &format!(
                "<meta property='og:site_name' content='De Klei'><title>{brug} – De Klei</title><h1>De Klei</h1>"
            ),
            brug,
        );
        check(&format!("<title>{brug} | Klei</title>"), brug);
    }

    #[test]
    fn a_headline_in_two_parts_is_kept() {
        let title = |title: &str| format!("<title>{title}</title>");
        for whole in ["Column | Wie de brug dichtdoet", "Ajax - PSV", "Brug dicht - en nu?"] {
            check(&title(whole), whole);
        }
        let brug = "Nieuws | Brug bij Hulst weken dicht";
        check(&format!("{}<h1>Nieuws</h1>", title(brug)), brug);
        check("<h1>Afscheid</h1>", "Afscheid");
        let both = "Ajax wint van PSV | Feyenoord verliest";
        let data = r#"{"@type":"NewsArticle","headline":"Ajax wint van PSV | Feyenoord verliest"}"#;
        check(&format!("<script type='application/ld+json'>{data}</script>"), both);
    }
}
