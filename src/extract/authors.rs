//! Who wrote an article, from the most reliable place of its page that says so.

use dom_query::{Document, NodeRef, Selection};
use serde_json::{Map, Value};

use crate::extract::around::Around;
use crate::extract::beside;
use crate::extract::byline::{self, is_full_name, split};
use crate::extract::json_ld::{self, JsonLd};
use crate::extract::meta::Meta;

/// More names than a byline has.
const AUTHORS_MAX: usize = 20;

/// More elements than any page has of one kind.
const MARKED_MAX: usize = 1_000;

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
    let marked = from_page(document);
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

/// Names that the markup calls an author of the article, or a line near the headline, from what holds
/// the headline outwards: others wrote comments on it, or other articles, or are quoted.
fn from_page(document: &Document) -> Vec<String> {
    let around = Around::of(document);
    let near = beside::holders(document).zip(beside::lines(document, &around));
    for (holder, lines) in near {
        let marked = marked_in(&Selection::from(holder), &around);
        let names = if marked.is_empty() { byline::said(&lines) } else { marked };
        if !names.is_empty() {
            return names;
        }
    }
    let mut named = beside::holders(document).map(|holder| {
        let nodes = Selection::from(holder).select("[class*='author'], [class*='auteur']");
        let own = nodes.nodes().iter().take(AUTHORS_MAX);
        let own = own.filter(|node| !around.is_of_others(node) && !beside::is_unseen(node));
        let names = own.map(|node| byline::plain(byline::without_titles(stated(node))));
        names.into_iter().find(|names| !names.is_empty()).unwrap_or_default()
    });
    let far = marked_in(&Selection::from(document.root()), &around);
    if far.is_empty() { named.find(|names| !names.is_empty()).unwrap_or_default() } else { far }
}

/// The names that are marked as authors within `within`, in the place that says so best.
fn marked_in(within: &Selection<'_>, around: &Around) -> Vec<String> {
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
    let mut places = PLACES.into_iter().map(|place| {
        let nodes = within.select(place);
        let own = nodes.nodes().iter().take(MARKED_MAX);
        let own = own.filter(|node| !around.is_of_others(node) && !beside::is_unseen(node));
        let own = own.filter(|node| !is_quoted(node));
        byline::without_titles(own.take(AUTHORS_MAX).flat_map(stated).collect())
    });
    places.find(|names| !names.is_empty()).unwrap_or_default()
}

/// Whether the class of an element says that its author is that of a quotation or a picture.
fn is_quoted(node: &NodeRef<'_>) -> bool {
    const WORDS: [&str; 7] = ["quote", "citaat", "photo", "foto", "image", "caption", "credit"];
    let class = node.attr("class").unwrap_or_default().to_ascii_lowercase();
    let mut words = class.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| WORDS.contains(&word))
}

/// The names in what is marked as a byline.
fn stated(node: &NodeRef<'_>) -> Vec<String> {
    let stated = node.attr("content").map_or_else(|| lines(node), |said| said.to_string());
    if stated.chars().count() > byline::CHARS_MAX {
        return Vec::new();
    }
    stated.lines().flat_map(split).collect()
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
            // The name of a firm may be joined of several.
            let is_whole = |name: &String| is_organization && name.contains('&');
            target.extend(
                names
                    .iter()
                    .flat_map(|name| if is_whole(name) { vec![name.clone()] } else { split(name) }),
            );
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

    #[test]
    fn each_line_of_a_byline_is_another_name() {
        let of = |html: &str| from_page(&Document::from(html));
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
    fn a_line_near_the_headline_names_who_wrote_it_where_no_markup_does() {
        let of = |html: &str| from_page(&Document::from(html));
        let page = |byline: &str| format!("<div><h1>Brug dicht</h1>{byline}<p>De brug.</p></div>");
        let said = "<div class=regel>Door <b>Jo van Dam</b> | 14 maart 2026</div>";
        assert_eq!(of(&page(said)), ["Jo van Dam"]);
        assert_eq!(of(&page(&format!("<p class=author>Fenna Bos</p>{said}"))), ["Fenna Bos"]);
        let marked = "<div class=kop-meta><b class=kop-meta__authors>Fenna Bos</b></div>";
        assert_eq!(of(&page(marked)), ["Fenna Bos"]);
        assert!(of(&page("<h4 class=author-title>Over de auteur</h4>")).is_empty());
    }

    #[test]
    fn the_line_under_the_headline_comes_before_marks_of_others() {
        let of = |html: &str| from_page(&Document::from(html));
        let text = "<p>De gemeente Hulst sluit de brug over het kanaal vanaf maandag voor drie \
                    weken, zegt wethouder Karin de Bruijn.</p>";
        let article = |more: &str| {
            format!("<article><h1>Brug dicht</h1><p>Door Jo van Dam</p>{text}{more}</article>")
        };
        let card = "<div class=card><h3>Sluis</h3><span class=author>Ria Mol</span></div>";
        assert_eq!(of(&format!("<main>{}{card}</main>", article(""))), ["Jo van Dam"]);
        let quote =
            "<div class=quote><p>‘Niemand.’</p><b class=quote__author-name>Wim Bos</b></div>";
        assert_eq!(of(&article(quote)), ["Jo van Dam"]);
        let picture = "<div><span class=foto-author>Piet Vos</span></div>";
        assert_eq!(of(&article(picture)), ["Jo van Dam"]);
    }

    #[test]
    fn who_comments_or_wrote_something_else_is_no_author() {
        let of = |html: &str| from_page(&Document::from(html));
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
