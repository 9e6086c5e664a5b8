//! The invented outlets: who they are, the feeds they offer and how they write links and GUIDs.
//!
//! No real outlet has one of these names. What they write is in `stories`.

/// Longest list of items in any of their feeds.
pub const WINDOW_ITEMS: usize = 8;

/// A publisher.
#[derive(Debug)]
pub struct Outlet {
    /// The first segment of all its paths.
    pub slug: &'static str,
    /// Its name as readers know it.
    pub name: &'static str,
    /// One line about itself.
    pub motto: &'static str,
    /// How it writes its feeds.
    pub format: Format,
    /// BCP 47 tag.
    pub language: &'static str,
    /// ISO 3166 code.
    pub country: &'static str,
    /// Words to select its feeds by.
    pub tags: &'static [&'static str],
    /// The path of an article, with `{section}`, `{id}` and `{slug}` to fill in.
    pub link: &'static str,
    /// The GUID of an article, with `{id}` to fill in; without a host, so that it outlives a port.
    pub guid: &'static str,
    /// Finds the article id in a link or a GUID.
    pub article_id: &'static str,
    /// Its feeds.
    pub channels: &'static [Channel],
    /// Its articles, in TOML.
    pub(super) stories: &'static str,
}

/// How an outlet writes its feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0 with a sentence or two per item.
    RssSummary,
    /// RSS 2.0 with the whole article in `description`, in CDATA.
    RssFull,
    /// RSS 2.0 in windows-1252 with the whole article in `description`, escaped.
    RssWindows1252,
    /// Atom 1.0 with `summary` and `content`.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// The media type by which a home page announces it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::RssSummary | Self::RssFull | Self::RssWindows1252 => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// One feed of an outlet.
#[derive(Debug)]
pub struct Channel {
    /// The name of the subscription.
    pub name: &'static str,
    /// The one section it covers; `None` for all of them.
    pub section: Option<&'static str>,
    /// Where it is.
    pub path: &'static str,
    /// Whether its links are tagged.
    pub links: Links,
}

/// How a feed links to articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// As they are.
    Plain,
    /// With `utm_…` parameters, so that the publisher can count its readers.
    Tagged,
}

/// All outlets.
pub static OUTLETS: [Outlet; 5] = [
    Outlet {
        slug: "peilschaal",
        name: "De Peilschaal",
        motto: "Landelijk dagblad voor wie wil weten hoe hoog het staat",
        format: Format::RssSummary,
        language: "nl-NL",
        country: "NL",
        tags: &["landelijk"],
        link: "/peilschaal/{section}/{id}/{slug}.html",
        guid: "article-{id}",
        article_id: r"(?:article-|/)(\d{7})(?:/|$)",
        channels: &[
            Channel {
                name: "peilschaal-voorpagina",
                section: None,
                path: "/peilschaal/rss/Voorpagina",
                links: Links::Plain,
            },
            Channel {
                name: "peilschaal-binnenland",
                section: Some("Binnenland"),
                path: "/peilschaal/rss/Binnenland",
                links: Links::Tagged,
            },
            Channel {
                name: "peilschaal-buitenland",
                section: Some("Buitenland"),
                path: "/peilschaal/rss/Buitenland",
                links: Links::Plain,
            },
        ],
        stories: include_str!("stories/peilschaal.toml"),
    },
    Outlet {
        slug: "lichtschip",
        name: "Omroep Lichtschip",
        motto: "Publieke omroep, dag en nacht bemand",
        format: Format::RssFull,
        language: "nl-NL",
        country: "NL",
        tags: &["landelijk", "omroep"],
        link: "/lichtschip/artikel/{id}-{slug}",
        guid: "lichtschip-{id}",
        article_id: r"(?:artikel/|lichtschip-)(\d{7})",
        channels: &[
            Channel {
                name: "lichtschip-nieuws",
                section: None,
                path: "/lichtschip/feeds/nieuws.xml",
                links: Links::Plain,
            },
            Channel {
                name: "lichtschip-buitenland",
                section: Some("Buitenland"),
                path: "/lichtschip/feeds/buitenland.xml",
                links: Links::Plain,
            },
        ],
        stories: include_str!("stories/lichtschip.toml"),
    },
    Outlet {
        slug: "zuidoever",
        name: "Zuidoever Courant",
        motto: "Nieuws uit Oudendrecht, Rietwaard en Polsmoer",
        format: Format::RssWindows1252,
        language: "nl-NL",
        country: "NL",
        tags: &["regionaal"],
        link: "/zuidoever/artikel/{id}/{slug}",
        guid: "{id} at zuidoever",
        article_id: r"(?:artikel/|^)(\d{6})(?:/| at )",
        channels: &[Channel {
            name: "zuidoever-regio",
            section: Some("Regio"),
            path: "/zuidoever/rss.xml",
            links: Links::Plain,
        }],
        stories: include_str!("stories/zuidoever.toml"),
    },
    Outlet {
        slug: "belfortblad",
        name: "Het Belfortblad",
        motto: "De krant die het uur slaat",
        format: Format::Atom,
        language: "nl-BE",
        country: "BE",
        tags: &["vlaams"],
        link: "/belfortblad/lees/{slug}_{id}",
        guid: "tag:belfortblad.example,2022:{id}",
        article_id: r"[_:](b\d{6})$",
        channels: &[Channel {
            name: "belfortblad-nieuws",
            section: None,
            path: "/belfortblad/atom.xml",
            links: Links::Plain,
        }],
        stories: include_str!("stories/belfortblad.toml"),
    },
    Outlet {
        slug: "printspoor",
        name: "Printspoor",
        motto: "Technologie, tot op het koper",
        format: Format::Json,
        language: "nl-NL",
        country: "NL",
        tags: &["tech"],
        link: "/printspoor/nieuws/{id}/{slug}.html",
        guid: "{id}",
        article_id: r"(?:nieuws/|^)(\d{5})(?:/|$)",
        channels: &[Channel {
            name: "printspoor-nieuws",
            section: None,
            path: "/printspoor/feed.json",
            links: Links::Plain,
        }],
        stories: include_str!("stories/printspoor.toml"),
    },
];
