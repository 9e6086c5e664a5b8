//! What a page says of its article, from the most reliable place that says it.

use dom_query::{Document, NodeRef};
use serde_json::{Map, Value};
use url::Url;

use crate::dedupe::near::credit;
use crate::extract::json_ld::{self, JsonLd};
use crate::extract::meta::Meta;
use crate::extract::{Page, Source, access, authors, dates, headline, kind};
use crate::normalize::text;
use crate::normalize::url as addresses;

/// Where to look.
#[derive(Clone, Copy)]
pub(super) struct Sources<'s> {
    pub document: &'s Document,
    pub json_ld: &'s JsonLd,
    pub meta: &'s Meta,
    pub source: &'s Source,
}

/// What is longer is the licence itself.
const LICENSE_BYTES_MAX: usize = 500;

/// No tag has so many words.
const STRUNG_WORDS_MIN: usize = 8;

/// What programs put before tags of their own.
const KEYS: [&str; 14] = [
    "page type",
    "article type",
    "content type",
    "category",
    "nlp category",
    "nlp entity tokens",
    "wc",
    "day",
    "time",
    "partner",
    "language",
    "subject",
    "type",
    "section",
];

/// Tags beyond this are keywords for machines.
const TAGS_MAX: usize = 40;

/// Fills in everything but the text.
pub(super) fn fill(page: &mut Page, from: &Sources<'_>) {
    let article = from.json_ld.article();
    page.headline = headline::of(article, from);
    page.authors = authors::of(article, from.json_ld, from.meta, from.document);
    let published = dates::published(article, from.json_ld, from.meta, from.document);
    page.published = published.map(|found| found.date);
    page.published_source = published.map(|found| found.source.to_owned());
    page.modified = dates::modified(article, from.meta, from.document).map(|found| found.date);
    page.section = section(article, from);
    page.tags = tags(article, from);
    page.language = language(article, from);
    page.canonical_url = canonical(from);
    page.image = image(article, from);
    page.is_free = access::is_free(from.json_ld, from.meta);
    let url = page.canonical_url.as_deref().unwrap_or(&from.source.url);
    page.kind = kind::of(article, from.json_ld, from.meta, url, page.section.as_deref());
    page.wire = wire(article, from);
    page.license = license(article, from);
}

fn section(article: Option<&Map<String, Value>>, from: &Sources<'_>) -> Option<String> {
    let json = article.map(|article| json_ld::texts(article.get("articleSection")));
    let json = json.filter(|sections| !sections.is_empty()).map(|sections| sections.join("; "));
    json.or_else(|| {
        from.meta.first(&[
            "article:section",
            "og:article:section",
            "parsely-section",
            "cxenseparse:section",
            "articlesection",
            "section",
        ])
    })
    .or_else(|| breadcrumb(from))
    .or_else(|| folder(from))
}

/// The first folder of the address, where it is a word and not the name of a kind of page.
fn folder(from: &Sources<'_>) -> Option<String> {
    const KINDS: [&str; 14] = [
        "nieuws",
        "news",
        "artikel",
        "article",
        "articles",
        "artikelen",
        "story",
        "stories",
        "nl",
        "en",
        "cnt",
        "content",
        "blog",
        "post",
    ];
    let url = Url::parse(&from.source.url).ok()?;
    let mut folders = url.path_segments()?.filter(|part| !part.is_empty());
    let first = folders.next()?;
    let is_word = first.chars().all(|c| c.is_ascii_alphabetic() || c == '-') && first.len() <= 30;
    // The last part is the page itself.
    folders.next()?;
    if !is_word || KINDS.contains(&first) {
        return None;
    }
    let name = first.replace('-', " ");
    let mut chars = name.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect())
}

/// The last step but the page itself, of the path the page shows.
fn breadcrumb(from: &Sources<'_>) -> Option<String> {
    let list = from.json_ld.of_type("BreadcrumbList").next()?;
    let items = list.get("itemListElement")?.as_array()?;
    let names: Vec<String> = items
        .iter()
        .filter_map(|item| {
            json_ld::first_text(item.get("name"))
                .or_else(|| json_ld::first_text(item.get("item").and_then(|item| item.get("name"))))
        })
        .collect();
    (names.len() >= 3).then(|| names[names.len() - 2].clone())
}

fn tags(article: Option<&Map<String, Value>>, from: &Sources<'_>) -> Vec<String> {
    let json = article.map(|article| json_ld::texts(article.get("keywords"))).unwrap_or_default();
    let lists = [
        json,
        from.meta.all("article:tag"),
        from.meta.all("keywords"),
        from.meta.all("news_keywords"),
        from.meta.all("parsely-tags"),
    ];
    let lists: Vec<Vec<String>> = lists.into_iter().map(|list| tags_of(&list)).collect();
    // Tags that some program has strung together are no tag.
    let is_strung = |tags: &[String]| match tags {
        [only] => only.split(' ').nth(STRUNG_WORDS_MIN - 1).is_some(),
        _ => tags.is_empty(),
    };
    let found = lists.iter().find(|tags| !is_strung(tags));
    if let Some(tags) = found.or_else(|| lists.iter().find(|tags| !tags.is_empty())) {
        return tags.clone();
    }
    let links = from.document.select("a[rel~='tag']");
    let links: Vec<String> =
        links.nodes().iter().take(TAGS_MAX).map(|node| text::one_line(&node.text())).collect();
    tags_of(&links)
}

/// The tags in a list, each once and without those that are for machines.
fn tags_of(list: &[String]) -> Vec<String> {
    let parts = list.iter().flat_map(|text| text.split([',', ';'])).map(text::squeeze);
    let mut tags: Vec<String> = Vec::new();
    for part in parts.filter(|part| !part.is_empty() && !is_for_machines(part)) {
        let is_known = tags.iter().any(|tag| tag.to_lowercase() == part.to_lowercase());
        if !is_known && tags.len() < TAGS_MAX {
            tags.push(part);
        }
    }
    tags
}

/// `100312362`, `8f507083-bac4-423a-9015-2eb31e1bce50`, `_commerce`, `Page Type: Article`.
fn is_for_machines(tag: &str) -> bool {
    const NUMBER_DIGITS_MIN: usize = 5;
    const HEX_DIGITS_MIN: usize = 16;
    let digits = || tag.bytes().filter(|byte| *byte != b'-');
    let is_number = tag.len() >= NUMBER_DIGITS_MIN && tag.bytes().all(|byte| byte.is_ascii_digit());
    let is_hex = tag.len() >= HEX_DIGITS_MIN && digits().all(|byte| byte.is_ascii_hexdigit());
    let key = tag.split_once(": ").map(|(key, _)| key.to_ascii_lowercase());
    is_number
        || is_hex
        || tag.starts_with('_')
        || key.is_some_and(|key| KEYS.contains(&key.as_str()))
}

fn language(article: Option<&Map<String, Value>>, from: &Sources<'_>) -> Option<String> {
    let root = from.document.select_single("html");
    let declared = root.attr("lang").or_else(|| root.attr("xml:lang")).map(|lang| lang.to_string());
    declared
        .or_else(|| from.meta.first(&["content-language", "og:locale", "language", "dc.language"]))
        .or_else(|| article.and_then(|article| json_ld::first_text(article.get("inLanguage"))))
        .map(|lang| lang.trim().replace('_', "-"))
        .filter(|lang| {
            (2..=12).contains(&lang.len())
                && lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

/// What the page calls its address; only on its own site, where a stranger's mistake cannot merge
/// articles.
fn canonical(from: &Sources<'_>) -> Option<String> {
    let stated = from.meta.link("canonical").map(ToOwned::to_owned);
    let stated = stated.or_else(|| from.meta.first(&["og:url"]))?;
    let url = absolute(&stated, from)?;
    let is_own = from.source.url.is_empty() || is_same_site(&url, &from.source.url);
    is_own.then_some(url)
}

fn is_same_site(a: &str, b: &str) -> bool {
    let domain = |address: &str| {
        let url = Url::parse(address).ok()?;
        let host = url.host_str()?.to_lowercase();
        let domain = psl::domain_str(&host).map_or_else(|| host.clone(), ToOwned::to_owned);
        Some(domain)
    };
    domain(a).is_some_and(|domain_a| Some(domain_a) == domain(b))
}

fn absolute(address: &str, from: &Sources<'_>) -> Option<String> {
    let address = address.trim();
    let url = Url::parse(address).or_else(|_| {
        let page = Url::parse(&from.source.url)?;
        let stated = from.document.select_single("base[href]").attr("href");
        let base = stated.and_then(|base| page.join(base.trim()).ok()).unwrap_or(page);
        base.join(address)
    });
    let url = url.ok()?.to_string();
    (!addresses::is_unsafe(&url)).then_some(url)
}

fn image(article: Option<&Map<String, Value>>, from: &Sources<'_>) -> Option<String> {
    let json = article.and_then(|article| json_ld::address(article.get("image")));
    let meta = from.meta.first(&[
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
    ]);
    meta.or(json)
        .or_else(|| from.meta.link("image_src").map(ToOwned::to_owned))
        .and_then(|address| absolute(&address, from))
}

/// The agency in the byline or in who provided the article; photographs have credits of their own.
fn wire(article: Option<&Map<String, Value>>, from: &Sources<'_>) -> Option<String> {
    let keys =
        ["author", "creator", "sourceOrganization", "provider", "copyrightHolder", "creditText"];
    let json = keys.iter().flat_map(|key| json_ld::texts(article.and_then(|a| a.get(*key))));
    let names =
        ["author", "article:author", "source", "article:source", "dc.source", "dc.creator", "byl"];
    let meta = names.iter().flat_map(|name| from.meta.all(name));
    json.chain(meta).find_map(|said| agency(&said))
}

/// The licence under which the article may be used, of the page as a whole if need be. Rights that
/// are merely reserved are none.
fn license(article: Option<&Map<String, Value>>, from: &Sources<'_>) -> Option<String> {
    let json = article.and_then(|article| {
        let license = article.get("license");
        json_ld::address(license).or_else(|| json_ld::first_text(license))
    });
    let link = || from.meta.link("license").map(str::to_owned);
    let said = text::one_line(&json.or_else(link).or_else(|| linked_license(from.document))?);
    // An address may be relative; a name has spaces or is no path.
    let is_address = said.contains('/') && !said.contains(' ');
    let address = is_address.then(|| Url::parse(&from.source.url).ok()?.join(&said).ok()).flatten();
    let license = address.map_or(said, String::from);
    (!license.is_empty() && license.len() <= LICENSE_BYTES_MAX).then_some(license)
}

/// The licence that is linked to in the text of a page: not that of a picture or of what is quoted.
fn linked_license(document: &Document) -> Option<String> {
    const OF_OTHERS: [&str; 4] = ["figure", "figcaption", "blockquote", "aside"];
    let links = document.select("a[rel~=license][href]");
    let is_of_page = |link: &NodeRef<'_>| {
        let names = link.ancestors(None).into_iter().filter_map(|around| around.node_name());
        !names.into_iter().any(|name| OF_OTHERS.contains(&&*name))
    };
    links.nodes().iter().find(|link| is_of_page(link))?.attr("href").map(|href| href.to_string())
}

/// The agency that a short credit names.
pub(super) fn agency(said: &str) -> Option<String> {
    const CREDIT_BYTES_MAX: usize = 80;
    if said.len() > CREDIT_BYTES_MAX {
        return None;
    }
    credit::agency(said).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_for_readers() {
        let tags = |list: &str| tags_of(&[list.to_owned()]);
        assert_eq!(
            tags("Hulst, brug; hulst,  Rijkswaterstaat "),
            ["Hulst", "brug", "Rijkswaterstaat"]
        );
        assert_eq!(tags("2024,A12,112,100312362,_uit,Page Type: Nieuws"), ["2024", "A12", "112"]);
        assert_eq!(tags("Dossier: Stikstof"), ["Dossier: Stikstof"]);
        assert!(tags("8f507083-bac4-423a-9015-2eb31e1bce50").is_empty());
    }

    #[test]
    fn a_relative_address_is_one_of_the_base_of_the_page() {
        let of = |head: &str| {
            let document = Document::from(format!("{head}<link rel=canonical href='brug-dicht'>"));
            let (json_ld, meta) = (JsonLd::of(&document), Meta::of(&document));
            let url = "https://www.a.example/nieuws/2026/?id=7".to_owned();
            let source = Source { url, ..Source::default() };
            let all =
                Sources { document: &document, json_ld: &json_ld, meta: &meta, source: &source };
            canonical(&all).unwrap()
        };
        assert_eq!(of(""), "https://www.a.example/nieuws/2026/brug-dicht");
        assert_eq!(of("<base href=/nieuws/>"), "https://www.a.example/nieuws/brug-dicht");
        assert_eq!(of("<base target=_top>"), "https://www.a.example/nieuws/2026/brug-dicht");
    }
}
