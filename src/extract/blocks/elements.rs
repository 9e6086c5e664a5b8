//! What an element is to the text in it, by its name and its class.

use dom_query::NodeRef;

use crate::extract::blocks::Shape;

/// What sites the world over call the places of advertisements, by whole words of `class`. One that
/// stands between two paragraphs is not told from them by its words.
const ADVERTISEMENTS: [&str; 13] = [
    "ad",
    "ads",
    "adv",
    "reclame",
    "advert",
    "advertisement",
    "advertentie",
    "ad-slot",
    "ad-container",
    "ad-wrapper",
    "ad-unit",
    "adsbygoogle",
    "sponsored",
];

/// Whether an element is the place of an advertisement by its class.
pub(super) fn is_advertisement(node: &NodeRef<'_>) -> bool {
    let Some(element) = node.element_ref() else { return false };
    element.attrs.iter().any(|attribute| match &*attribute.name.local {
        "class" => {
            attribute.value.split_ascii_whitespace().any(|class| ADVERTISEMENTS.contains(&class))
        }
        "data-ad-slot" => true,
        _ => false,
    })
}

/// What becomes of the text in an element.
pub(super) enum Role {
    Block,
    Link,
    Bold,
    Italic,
    Inline,
    /// None of HTML: custom elements, and those of other programs.
    Unknown,
    Break,
    /// In a heading it is what the heading says: it opens what stands below.
    Button,
    Skipped,
}

pub(super) fn role(name: &str) -> Role {
    match name {
        "a" => Role::Link,
        "b" | "strong" => Role::Bold,
        "em" | "i" => Role::Italic,
        "br" => Role::Break,
        "button" => Role::Button,
        "script" | "style" | "template" | "noscript" | "iframe" | "object" | "svg" | "noembed"
        | "select" | "textarea" | "math" | "title" | "audio" | "video" | "canvas" | "head"
        | "datalist" | "map" | "picture" => Role::Skipped,
        "abbr" | "acronym" | "bdi" | "bdo" | "big" | "cite" | "code" | "data" | "del" | "dfn"
        | "font" | "ins" | "kbd" | "label" | "mark" | "nobr" | "output" | "q" | "rp" | "rt"
        | "ruby" | "s" | "samp" | "small" | "span" | "strike" | "sub" | "sup" | "time" | "tt"
        | "u" | "var" | "wbr" | "img" => Role::Inline,
        "address" | "area" | "article" | "aside" | "base" | "basefont" | "blockquote" | "body"
        | "caption" | "center" | "col" | "colgroup" | "dd" | "details" | "dialog" | "dir"
        | "div" | "dl" | "dt" | "embed" | "fieldset" | "figcaption" | "figure" | "footer"
        | "form" | "frame" | "frameset" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header"
        | "hgroup" | "hr" | "html" | "input" | "legend" | "li" | "link" | "main" | "menu"
        | "menuitem" | "meta" | "meter" | "nav" | "noframes" | "ol" | "optgroup" | "option"
        | "p" | "param" | "plaintext" | "pre" | "progress" | "rb" | "rtc" | "search"
        | "section" | "slot" | "source" | "summary" | "table" | "tbody" | "td" | "tfoot" | "th"
        | "thead" | "tr" | "track" | "ul" | "xmp" => Role::Block,
        _ => Role::Unknown,
    }
}

/// The shape of a block in an element that stands in one of shape `outer`.
pub(super) fn shape(name: &str, outer: Shape) -> Shape {
    match (name, outer) {
        ("figcaption" | "caption", _) | (_, Shape::Caption) => Shape::Caption,
        ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => Shape::Heading(name.as_bytes()[1] - b'0'),
        ("blockquote", _) | ("p", Shape::Quote) => Shape::Quote,
        ("li", _) | ("p" | "div", Shape::Item) => Shape::Item,
        ("p", Shape::Cell) | ("td" | "th", _) => Shape::Cell,
        ("p", _) => Shape::Paragraph,
        ("dt" | "dd", _) => Shape::Term,
        ("pre", _) => Shape::Preformatted,
        _ => Shape::Bare,
    }
}
