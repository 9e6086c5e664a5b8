//! What addresses and labels of feeds look like.

use url::Url;

/// Endings of what is no feed, whatever is written on the link.
const FILES: [&str; 22] = [
    "jpg", "jpeg", "png", "gif", "svg", "webp", "avif", "ico", "css", "js", "mjs", "pdf", "zip",
    "mp3", "mp4", "m4a", "webm", "woff", "woff2", "doc", "docx", "epub",
];

/// Headlines are longer than what is written on a link to a feed.
const LABEL_BYTES_MAX: usize = 64;

/// The words of `text` in lower case, parted at all that is neither letter nor digit.
pub(super) fn of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// The words in the path and the query of `url`.
pub(super) fn of_path(url: &str) -> impl Iterator<Item = String> {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let path = url[host_at..].find('/').map_or("", |at| &url[host_at + at..]);
    of(path)
}

/// Cheap, and true of all that the questions below are true of.
pub(super) fn hint(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["rss", "feed", "atom", "rdf", ".xml", "syndic"].iter().any(|word| lower.contains(word))
}

/// Whether a label speaks of feeds, and is none of a story that does.
pub(super) fn speak_of_feeds(label: &str) -> bool {
    label.len() <= LABEL_BYTES_MAX
        && of(label).any(|word| {
            matches!(
                &*word,
                "rss"
                    | "feed"
                    | "feeds"
                    | "atom"
                    | "rssfeed"
                    | "rssfeeds"
                    | "newsfeed"
                    | "syndication"
            ) || word.starts_with("rss")
        })
}

/// Whether an address is of the kind that feeds have: `/rss`, `/feed/`, `rss.xml`, `?feed=rss2`,
/// anything at `feeds.` or `rss.`.
pub(super) fn is_feed_address(url: &Url) -> bool {
    is_feed_host(url) || has_feed_name(url) || has_feed_query(url)
}

/// Whether it ends like a picture, a sound, a script.
pub(super) fn is_file(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| FILES.contains(&&*ending))
}

fn is_feed_host(url: &Url) -> bool {
    let first = url.host_str().and_then(|host| host.split('.').next());
    let is_deep = url.path().len() > 1;
    is_deep && matches!(first, Some("feeds" | "feed" | "rss"))
}

/// By one of the last two segments, so that `/rss/sport` is one and `/2022/rss-is-terug` is not.
fn has_feed_name(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap_or_default();
    let (stem, ending) = last.split_once('.').unwrap_or((last, ""));
    let is_ending = |ending: &str| matches!(ending, "rss" | "atom" | "rdf" | "rss2");
    let is_file = ending.split('.').any(is_ending) || (is_dotted(ending) && is_name(stem));
    let folders: Vec<&str> = segments.take(3).collect();
    let is_in_folder = folders.iter().any(|folder| is_folder(folder));
    is_file || (ending.is_empty() && is_name(last)) || (is_in_folder && stem != "index.html")
}

fn is_dotted(ending: &str) -> bool {
    matches!(ending, "xml" | "json" | "php" | "aspx" | "asp" | "cfm" | "jsp")
}

fn is_name(stem: &str) -> bool {
    let mut words = stem.split(['-', '_']);
    words.any(is_folder) && stem.split(['-', '_']).count() <= 3
}

fn is_folder(segment: &str) -> bool {
    matches!(
        segment,
        "rss" | "feed" | "feeds" | "atom" | "rss2" | "rssfeed" | "rssfeeds" | "newsfeed" | "rdf"
    )
}

fn has_feed_query(url: &Url) -> bool {
    let is_format = |value: &str| {
        ["rss", "atom", "rdf"].iter().any(|format| value.starts_with(format)) || value == "feed"
    };
    url.query_pairs().any(|(key, value)| {
        let (key, value) = (key.to_ascii_lowercase(), value.to_ascii_lowercase());
        matches!(&*key, "rss" | "atom") || is_format(&value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_feed(path: &str) -> bool {
        is_feed_address(&Url::parse("https://dorp.example").unwrap().join(path).unwrap())
    }

    #[test]
    fn addresses_of_feeds_are_known() {
        for path in [
            "/rss",
            "/feed/",
            "/rss.xml",
            "/sport/rss.xml",
            "/nieuws/nl.rss.articles.xml",
            "/rss/Algemeen",
            "/rss/ab/provincies/zeeland.xml",
            "/?feed=rss2",
            "/site.php?page=rss",
            "/sport?_format=rss",
            "/atom.xml",
            "/feed.json",
            "/nieuws.atom",
            "/index.rdf",
            "/api/feed/rss",
            "/dorp-rss.xml",
            "//feeds.dorp.example/nieuws",
            "/rss.php?id=3",
        ] {
            assert!(is_feed(path) && hint(path), "{path}");
        }
    }

    #[test]
    fn articles_and_pages_are_not() {
        for path in [
            "/",
            "/nieuws/rss-is-terug-van-weggeweest-en-blijft.html",
            "/feedback",
            "/contact",
            "/atoomenergie",
            "/sitemap.xml",
            "//feeds.dorp.example/",
            "/voer/kippenfeed-te-duur",
        ] {
            assert!(!is_feed(path), "{path}");
        }
    }

    #[test]
    fn labels_that_speak_of_feeds_are_known() {
        assert!(speak_of_feeds("Abonneer op onze RSS-feed"));
        assert!(speak_of_feeds("icon icon-rss"));
        assert!(!speak_of_feeds("Geef feedback"));
        assert!(!speak_of_feeds("Kruisstraat"));
        let headline =
            "Waarom RSS na vijfentwintig jaar nog altijd de beste manier is om bij te blijven";
        assert!(!speak_of_feeds(headline));
    }
}
