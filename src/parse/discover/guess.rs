//! Where feeds usually are: the paths and sister hosts of the Dutch press, and what a site
//! lists as sitemaps.

use std::collections::HashSet;

use url::Url;

use crate::parse::discover::{Candidate, Source, words};

/// Below the page that was named, the commonest first.
const BELOW: [&str; 3] = ["rss.xml", "feed/", "rss"];

/// Of the whole host, the commonest first: `rss.xml`, `feed/` and `rss` are the addresses of nine
/// in ten feeds of the catalogue that are not of a section.
const AT_ROOT: [&str; 12] = [
    "/rss.xml",
    "/feed/",
    "/rss",
    "/rss/index.xml",
    "/api/feed/rss",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/nieuws/rss.xml",
    "/home/rss.xml",
    "/feeds",
    "/feed.json",
];

/// Before the registrable domain: `feeds.nos.nl`, `rss.politie.nl`.
const SISTERS: [&str; 2] = ["feeds", "rss"];

/// The addresses at which the feeds of `url` may be, without anything that says so.
pub fn usual(url: &str) -> Vec<Candidate> {
    let Ok(url) = Url::parse(url) else { return Vec::new() };
    let mut places = Vec::new();
    if url.path() != "/" {
        let folder = format!("{}/", url.path().trim_end_matches('/'));
        places.extend(BELOW.map(|name| format!("{folder}{name}")));
    }
    places.extend(AT_ROOT.map(str::to_owned));
    let mut urls: Vec<Url> = places.iter().filter_map(|place| at(&url, place)).collect();
    urls.extend(SISTERS.iter().filter_map(|name| sister(&url, name)));
    let mut seen = HashSet::new();
    urls.retain(|guess| *guess != url && seen.insert(guess.clone()));
    urls.into_iter()
        .map(|url| Candidate { url: url.into(), title: String::new(), source: Source::Guessed })
        .collect()
}

/// What a site lists as its sitemaps: feeds, which some list there, and the sitemaps of news.
pub fn of_sitemaps(sitemaps: &[String]) -> (Vec<Candidate>, Vec<String>) {
    const N_MAX: usize = 20;
    let (mut feeds, mut of_news) = (Vec::new(), Vec::new());
    for url in sitemaps.iter().filter_map(|sitemap| Url::parse(sitemap).ok()).take(N_MAX) {
        let is_news = |word: String| word.contains("news") || word.contains("nieuws");
        if !matches!(url.scheme(), "http" | "https") {
            continue;
        }
        if words::is_feed_address(&url) {
            let title = String::new();
            feeds.push(Candidate { url: url.into(), title, source: Source::Listed });
        } else if words::of_path(url.as_str()).any(is_news) {
            of_news.push(url.into());
        }
    }
    (feeds, of_news)
}

fn at(url: &Url, path: &str) -> Option<Url> {
    let mut place = url.join(path).ok()?;
    place.set_query(None);
    place.set_fragment(None);
    Some(place)
}

fn sister(url: &Url, name: &str) -> Option<Url> {
    let host = url.host_str()?;
    let sister = format!("{name}.{}", psl::domain_str(host)?);
    let mut place = at(url, "/")?;
    place.set_host(Some(&sister)).ok()?;
    (sister != host).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(candidates: &[Candidate]) -> Vec<&str> {
        candidates.iter().map(|candidate| candidate.url.as_str()).collect()
    }

    #[test]
    fn a_section_is_asked_before_the_site_and_its_sisters() {
        let guesses = usual("https://www.dijkbode.nl/sport?x=1#top");
        let guesses = urls(&guesses);
        assert_eq!(
            guesses[..4],
            [
                "https://www.dijkbode.nl/sport/rss.xml",
                "https://www.dijkbode.nl/sport/feed/",
                "https://www.dijkbode.nl/sport/rss",
                "https://www.dijkbode.nl/rss.xml",
            ]
        );
        assert_eq!(guesses[15..], ["https://feeds.dijkbode.nl/", "https://rss.dijkbode.nl/"]);
    }

    #[test]
    fn addresses_and_nonsense_have_no_sisters() {
        assert_eq!(usual("http://127.0.0.1:8080/").len(), AT_ROOT.len());
        assert_eq!(usual("http://[::1]/rss").len(), BELOW.len() + AT_ROOT.len() - 1);
        assert_eq!(usual("geen adres"), []);
        assert_eq!(usual("https://rss.dorp.nl/").len(), AT_ROOT.len() + 1);
    }

    #[test]
    fn a_feed_may_be_listed_as_a_sitemap() {
        let sitemaps = [
            "https://dorp.example/rss.xml",
            "https://dorp.example/sitemap-news.xml",
            "/los.xml",
            "ftp://dorp.example/rss",
            "https://dorp.example/sitemap.xml",
        ];
        let (feeds, news) = of_sitemaps(&sitemaps.map(str::to_owned));
        assert_eq!(urls(&feeds), ["https://dorp.example/rss.xml"]);
        assert_eq!(news, ["https://dorp.example/sitemap-news.xml"]);
    }
}
