//! What the name, the classes and the role of an element say of the text in it.
//!
//! The words are those of templates in any language of Europe; no site is named.

use dom_query::NodeRef;

/// A set of kinds of element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hints(u32);

/// The kinds, in the order of their bits.
pub(super) const KINDS: [(&str, &[&str], &[&str]); 24] = [
    (
        "body",
        &[],
        &[
            "articlebody",
            "entrycontent",
            "postcontent",
            "articlecontent",
            "storybody",
            "bodytext",
            "articletext",
            "contentbody",
            "postbody",
            "storycontent",
            "richtext",
            "textblock",
            "artikeltekst",
            "wysiwyg",
            "entrybody",
            "paragraph",
            "pagecontent",
            "maincontent",
            "blockcontent",
            "bodycopy",
        ],
    ),
    (
        "article",
        &["article", "main"],
        &["article", "story", "artikel", "entry", "post", "hentry", "content", "main"],
    ),
    (
        "lead",
        &[],
        &[
            "intro",
            "lead",
            "standfirst",
            "summary",
            "sapo",
            "chapo",
            "teasertext",
            "dek",
            "deck",
            "kicker",
            "subtitle",
            "subheadline",
            "subheading",
            "subhead",
            "excerpt",
            "abstract",
            "vorspann",
            "introduction",
            "lede",
            "strapline",
        ],
    ),
    (
        "nav",
        &["nav", "menu"],
        &[
            "nav",
            "navigation",
            "menu",
            "breadcrumb",
            "breadcrumbs",
            "pagination",
            "pager",
            "toc",
            "navbar",
            "kruimelpad",
            "skip",
            "tableofcontents",
        ],
    ),
    ("header", &["header"], &["header", "masthead", "topbar", "hero"]),
    (
        "footer",
        &["footer"],
        &["footer", "colophon", "foot", "voettekst", "copyright", "legal", "imprint", "disclaimer"],
    ),
    (
        "aside",
        &["aside"],
        &[
            "aside",
            "sidebar",
            "rail",
            "complementary",
            "infobox",
            "factbox",
            "box",
            "kader",
            "side",
        ],
    ),
    (
        "ad",
        &[],
        &[
            "ad",
            "ads",
            "advert",
            "advertisement",
            "advertorial",
            "adslot",
            "dfp",
            "sponsor",
            "sponsored",
            "promo",
            "promotion",
            "banner",
            "reclame",
            "advertentie",
            "anzeige",
            "affiliate",
            "outbrain",
            "taboola",
            "partner",
            "commercial",
        ],
    ),
    (
        "share",
        &[],
        &[
            "share",
            "sharing",
            "social",
            "socials",
            "facebook",
            "twitter",
            "whatsapp",
            "delen",
            "follow",
            "addtoany",
            "sharedaddy",
            "bookmark",
            "print",
            "toolbar",
            "tools",
        ],
    ),
    (
        "related",
        &[],
        &[
            "related",
            "recommend",
            "recommended",
            "recommendation",
            "recommendations",
            "more",
            "readmore",
            "seealso",
            "similar",
            "popular",
            "trending",
            "mostread",
            "latest",
            "meestgelezen",
            "gerelateerd",
            "leesook",
            "verwandt",
            "next",
            "previous",
            "prev",
            "upnext",
            "onward",
            "suggested",
            "also",
            "relatedarticles",
            "relatedposts",
            "toplist",
            "headlines",
        ],
    ),
    (
        "teaser",
        &[],
        &[
            "teaser",
            "card",
            "cards",
            "tile",
            "thumb",
            "thumbnail",
            "preview",
            "carousel",
            "slider",
            "slideshow",
            "swiper",
            "list",
            "listing",
            "feed",
            "grid",
            "item",
            "items",
        ],
    ),
    (
        "comment",
        &[],
        &[
            "comment",
            "comments",
            "reactie",
            "reacties",
            "disqus",
            "reply",
            "respond",
            "discussion",
            "kommentare",
            "commentaires",
            "reacts",
        ],
    ),
    (
        "caption",
        &["figure", "figcaption"],
        &[
            "caption",
            "credit",
            "figure",
            "figcaption",
            "photo",
            "image",
            "picture",
            "media",
            "gallery",
            "bildunterschrift",
            "copyrights",
            "credits",
            "foto",
            "img",
            "lightbox",
            "imagecredit",
        ],
    ),
    (
        "byline",
        &["address"],
        &[
            "byline",
            "author",
            "authors",
            "auteur",
            "autor",
            "writer",
            "bio",
            "contributor",
            "contributors",
            "reporter",
            "signature",
            "profile",
            "credits",
            "authorbio",
            "authorbox",
            "vcard",
        ],
    ),
    (
        "date",
        &["time"],
        &[
            "date",
            "time",
            "timestamp",
            "published",
            "pubdate",
            "datetime",
            "datum",
            "updated",
            "modified",
            "publication",
            "readingtime",
            "dateline",
        ],
    ),
    (
        "meta",
        &[],
        &[
            "meta",
            "metadata",
            "info",
            "details",
            "tag",
            "tags",
            "category",
            "categories",
            "topics",
            "topic",
            "keywords",
            "label",
            "labels",
            "section",
            "rubriek",
            "tagcloud",
            "postmeta",
            "entrymeta",
            "taxonomy",
            "eyebrow",
        ],
    ),
    (
        "newsletter",
        &["form"],
        &[
            "newsletter",
            "nieuwsbrief",
            "subscribe",
            "subscription",
            "signup",
            "register",
            "registration",
            "login",
            "form",
            "abonneer",
            "cta",
            "calltoaction",
            "donate",
            "donation",
            "support",
            "optin",
            "mailchimp",
        ],
    ),
    (
        "wall",
        &[],
        &[
            "paywall", "premium", "plus", "regwall", "gate", "barrier", "offer", "piano", "wall",
            "upsell", "metering",
        ],
    ),
    (
        "cookie",
        &["dialog"],
        &[
            "cookie", "cookies", "consent", "gdpr", "modal", "popup", "overlay", "privacy", "cmp",
            "notice", "alert", "toast", "tooltip",
        ],
    ),
    (
        "embed",
        &[],
        &[
            "embed",
            "embedded",
            "widget",
            "video",
            "audio",
            "player",
            "podcast",
            "poll",
            "quiz",
            "instagram",
            "tweet",
            "youtube",
            "map",
            "iframe",
            "chart",
            "graphic",
            "infographic",
            "transcript",
            "livestream",
            "scoreboard",
            "weather",
        ],
    ),
    ("quote", &["blockquote", "q"], &["quote", "blockquote", "pullquote", "citaat", "citation"]),
    ("title", &["h1"], &["title", "headline", "titel", "kop", "heading"]),
    (
        "hidden",
        &[],
        &[
            "hidden",
            "sronly",
            "visuallyhidden",
            "screenreader",
            "invisible",
            "noprint",
            "screenreadertext",
            "a11y",
            "offscreen",
        ],
    ),
    (
        "aftertext",
        &[],
        &[
            "correction",
            "corrections",
            "footnote",
            "footnotes",
            "references",
            "reference",
            "notes",
            "sources",
            "outro",
            "tipline",
            "contact",
            "feedback",
            "colofon",
            "faq",
            "affix",
            "about",
        ],
    ),
];

impl Hints {
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the kind with this number in [`KINDS`] is in the set.
    pub(super) fn has(self, kind: usize) -> bool {
        self.0 & (1 << kind) != 0
    }
}

/// What an element says of its content.
pub(super) fn of(node: &NodeRef<'_>, name: &str) -> Hints {
    let mut hints = Hints::default();
    for (bit, (_, elements, _)) in KINDS.iter().enumerate() {
        if elements.contains(&name) {
            hints.0 |= 1 << bit;
        }
    }
    if matches!(name, "body" | "html") {
        return hints;
    }
    let Some(element) = node.element_ref() else { return hints };
    for attribute in &element.attrs {
        match &*attribute.name.local {
            "class"
            | "id"
            | "itemprop"
            | "role"
            | "data-component"
            | "data-testid"
            | "data-type"
            | "data-component-name"
            | "data-block"
            | "data-test-id" => {
                add(&mut hints, &attribute.value);
            }
            "hidden" => hints.0 |= bit("hidden"),
            "aria-hidden" if &*attribute.value == "true" => hints.0 |= bit("hidden"),
            "style" if hides(&attribute.value) => hints.0 |= bit("hidden"),
            _ => {}
        }
    }
    hints
}

fn bit(kind: &str) -> u32 {
    KINDS.iter().position(|(name, ..)| *name == kind).map_or(0, |bit| 1 << bit)
}

fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// Classes are taken whole (`articleBody`, `article-body`) and in their parts (`body`).
fn add(hints: &mut Hints, value: &str) {
    // Utility classes by the dozen say nothing.
    const BYTES_MAX: usize = 400;
    let mut end = value.len().min(BYTES_MAX);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    let mut whole = String::new();
    let mut part = String::new();
    let mut last_is_lower = false;
    for c in value[..end].chars().chain([' ']) {
        if c.is_alphanumeric() {
            if c.is_uppercase() && last_is_lower {
                mark(hints, &part);
                part.clear();
            }
            last_is_lower = c.is_lowercase();
            part.extend(c.to_lowercase());
            whole.extend(c.to_lowercase());
            continue;
        }
        last_is_lower = false;
        mark(hints, &part);
        part.clear();
        if c.is_whitespace() {
            mark(hints, &whole);
            whole.clear();
        }
    }
}

fn mark(hints: &mut Hints, word: &str) {
    if word.is_empty() {
        return;
    }
    if let Some(kinds) = words().get(word) {
        hints.0 |= kinds;
    }
}

fn words() -> &'static std::collections::HashMap<&'static str, u32> {
    static WORDS: std::sync::OnceLock<std::collections::HashMap<&'static str, u32>> =
        std::sync::OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = std::collections::HashMap::new();
        for (bit, (_, _, names)) in KINDS.iter().enumerate() {
            for name in *names {
                *words.entry(*name).or_default() |= 1 << bit;
            }
        }
        words
    })
}
