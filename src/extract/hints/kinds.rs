//! The kinds of element of a news page, and the words by which templates name them.

/// A kind of element.
#[derive(Debug)]
pub(in crate::extract) struct Kind {
    /// What the weights call it.
    pub name: &'static str,
    /// Elements that are of this kind whatever their classes.
    pub elements: &'static str,
    /// Words of classes, ids and roles that say so.
    pub words: &'static str,
}

const fn kind(name: &'static str, elements: &'static str, words: &'static str) -> Kind {
    Kind { name, elements, words }
}

/// The kinds, in the order of their bits.
pub(in crate::extract) const KINDS: [Kind; 24] = [
    kind(
        "body",
        "",
        "articlebody entrycontent postcontent articlecontent storybody bodytext articletext \
         contentbody postbody storycontent richtext textblock artikeltekst wysiwyg \
         entrybody paragraph pagecontent maincontent blockcontent bodycopy",
    ),
    kind("article", "article main", "article story artikel entry post hentry content main"),
    kind(
        "lead",
        "",
        "intro lead standfirst summary sapo chapo teasertext dek deck kicker subtitle \
         subheadline subheading subhead excerpt abstract vorspann introduction lede \
         strapline",
    ),
    kind(
        "nav",
        "nav menu",
        "nav navigation menu breadcrumb breadcrumbs pagination pager toc navbar kruimelpad \
         skip tableofcontents",
    ),
    kind("header", "header", "header masthead topbar hero"),
    kind("footer", "footer", "footer colophon foot voettekst copyright legal imprint disclaimer"),
    kind("aside", "aside", "aside sidebar rail complementary infobox factbox box kader side"),
    kind(
        "ad",
        "",
        "ad ads advert advertisement advertorial adslot dfp sponsor sponsored promo \
         promotion banner reclame advertentie anzeige affiliate outbrain taboola partner \
         commercial",
    ),
    kind(
        "share",
        "",
        "share sharing social socials facebook twitter whatsapp delen follow addtoany \
         sharedaddy bookmark print toolbar tools",
    ),
    kind(
        "related",
        "",
        "related recommend recommended recommendation recommendations more readmore seealso \
         similar popular trending mostread latest meestgelezen gerelateerd leesook verwandt \
         next previous prev upnext onward suggested also relatedarticles relatedposts \
         toplist headlines",
    ),
    kind(
        "teaser",
        "",
        "teaser card cards tile thumb thumbnail preview carousel slider slideshow swiper \
         list listing feed grid item items",
    ),
    kind(
        "comment",
        "",
        "comment comments reactie reacties disqus reply respond discussion kommentare \
         commentaires reacts",
    ),
    kind(
        "caption",
        "figure figcaption",
        "caption credit figure figcaption photo image picture media gallery \
         bildunterschrift copyrights credits foto img lightbox imagecredit",
    ),
    kind(
        "byline",
        "address",
        "byline author authors auteur autor writer bio contributor contributors reporter \
         signature profile credits authorbio authorbox vcard",
    ),
    kind(
        "date",
        "time",
        "date time timestamp published pubdate datetime datum updated modified publication \
         readingtime dateline",
    ),
    kind(
        "meta",
        "",
        "meta metadata info details tag tags category categories topics topic keywords \
         label labels section rubriek tagcloud postmeta entrymeta taxonomy eyebrow",
    ),
    kind(
        "newsletter",
        "form",
        "newsletter nieuwsbrief subscribe subscription signup register registration login \
         form abonneer cta calltoaction donate donation support optin mailchimp",
    ),
    kind("wall", "", "paywall premium plus regwall gate barrier offer piano wall upsell metering"),
    kind(
        "cookie",
        "dialog",
        "cookie cookies consent gdpr modal popup overlay privacy cmp notice alert toast \
         tooltip",
    ),
    kind(
        "embed",
        "",
        "embed embedded widget video audio player podcast poll quiz instagram tweet youtube \
         map iframe chart graphic infographic transcript livestream scoreboard weather",
    ),
    kind("quote", "blockquote q", "quote blockquote pullquote citaat citation"),
    kind("title", "h1", "title headline titel kop heading"),
    kind(
        "hidden",
        "",
        "hidden sronly visuallyhidden screenreader invisible noprint screenreadertext a11y \
         offscreen",
    ),
    kind(
        "aftertext",
        "",
        "correction corrections footnote footnotes references reference notes sources outro \
         tipline contact feedback colofon faq affix about",
    ),
];
