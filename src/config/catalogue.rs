//! The embedded catalogue of Dutch-language outlets and their feeds.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::config::closest;
use crate::config::entries::{self, FeedEntry, Outlet};
use crate::model::feed::Feed;

/// The tag of the feeds that a first run subscribes to.
pub const STARTER: &str = "starter";

const TEXT: &str = include_str!("../../config/feeds.toml");

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| read(TEXT));

/// The values of all `name` keys in [`TEXT`]. A list of feeds that are not in the catalogue, which
/// is asked for each of them, need not wait until it is parsed.
static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let name = |line: &'static str| line.strip_prefix("name = \"")?.split('"').next();
    TEXT.lines().filter_map(name).collect()
});

/// Kept parsed: `by_name` holds positions in `entries` and `feeds` alike.
struct Catalogue {
    outlets: Vec<Outlet>,
    entries: Vec<FeedEntry>,
    feeds: Vec<Feed>,
    by_name: HashMap<String, usize>,
}

/// Every feed, in the order of the file.
pub fn feeds() -> &'static [Feed] {
    &CATALOGUE.feeds
}

/// Every outlet, in the order of the file.
pub fn outlets() -> &'static [Outlet] {
    &CATALOGUE.outlets
}

/// The feed of exactly this name.
pub fn feed(name: &str) -> Option<&'static Feed> {
    CATALOGUE.by_name.get(name).map(|position| &CATALOGUE.feeds[*position])
}

/// The outlet of exactly this name.
pub fn outlet(name: &str) -> Option<&'static Outlet> {
    if !NAMES.contains(name) {
        return None;
    }
    CATALOGUE.outlets.iter().find(|outlet| outlet.name == name)
}

/// The feeds that have `word` in their name, outlet, section, tags or URL, in any case.
pub fn search(word: &str) -> impl Iterator<Item = &'static Feed> {
    let word = word.to_lowercase();
    feeds().iter().filter(move |feed| {
        let words = [&feed.name, &feed.url];
        let words = words.into_iter().chain(&feed.outlet).chain(&feed.section).chain(&feed.tags);
        words.into_iter().any(|text| text.to_lowercase().contains(&word))
    })
}

/// The feeds with `tag`, in any case.
pub fn with_tag(tag: &str) -> impl Iterator<Item = &'static Feed> {
    let tag = tag.to_lowercase();
    feeds().iter().filter(move |feed| feed.tags.iter().any(|own| own.to_lowercase() == tag))
}

/// The feeds of `outlet`, in any case.
pub fn of_outlet(outlet: &str) -> impl Iterator<Item = &'static Feed> {
    let outlet = outlet.to_lowercase();
    feeds()
        .iter()
        .filter(move |feed| feed.outlet.as_ref().is_some_and(|own| own.to_lowercase() == outlet))
}

/// The feeds that a first run subscribes to.
pub fn starter() -> impl Iterator<Item = &'static Feed> {
    with_tag(STARTER)
}

/// The feed that `name` was probably meant to be.
pub fn suggest(name: &str) -> Option<&'static str> {
    closest(name, feeds().iter().map(|feed| feed.name.as_str()))
}

/// What the catalogue says of a feed, without what it takes from its outlet.
pub(super) fn entry(name: &str) -> Option<&'static FeedEntry> {
    if !NAMES.contains(name) {
        return None;
    }
    CATALOGUE.by_name.get(name).map(|position| &CATALOGUE.entries[*position])
}

fn read(text: &str) -> Catalogue {
    let (entries, problems) = entries::read(text);
    assert!(problems.is_empty(), "a test reads the embedded catalogue: {problems:?}");
    let outlets = entries.outlets;
    let feeds: Vec<Feed> = entries
        .feeds
        .iter()
        .map(|entry| {
            let outlet = outlets.iter().find(|outlet| Some(&outlet.name) == entry.outlet.as_ref());
            let url = entry.url.clone().unwrap_or_default();
            entry.clone().into_feed(url, outlet.cloned().unwrap_or_default())
        })
        .collect();
    let by_name = feeds.iter().enumerate().map(|(n, feed)| (feed.name.clone(), n)).collect();
    Catalogue { outlets, entries: entries.feeds, feeds, by_name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_before_the_catalogue_is_parsed() {
        let feeds = feeds().iter().map(|feed| feed.name.as_str());
        let outlets = outlets().iter().map(|outlet| outlet.name.as_str());
        for name in feeds.chain(outlets) {
            assert!(NAMES.contains(name), "{name}");
        }
    }

    fn names(feeds: impl Iterator<Item = &'static Feed>) -> Vec<&'static str> {
        feeds.map(|feed| feed.name.as_str()).collect()
    }

    #[test]
    fn the_embedded_catalogue_is_whole() {
        assert!(feeds().len() >= 300, "{}", feeds().len());
        let urls: HashSet<&str> = feeds().iter().map(|feed| feed.url.as_str()).collect();
        assert_eq!(urls.len(), feeds().len(), "a URL is there twice");
        for feed in feeds() {
            let name = &feed.name;
            let is_plain =
                name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
            assert!(is_plain, "{name}");
            let outlet = outlet(feed.outlet.as_deref().unwrap_or_default());
            assert!(outlet.is_some(), "{name} has no outlet");
            assert!(feed.country.is_some() && feed.language.is_some(), "{name}");
            assert!(!feed.tags.is_empty(), "{name} has no tags");
        }
        for outlet in outlets() {
            assert!(outlet.site.is_some(), "{} has no site", outlet.name);
            assert_ne!(of_outlet(&outlet.name).count(), 0, "{} has no feeds", outlet.name);
        }
    }

    #[test]
    fn the_starter_set_is_of_a_size_to_begin_with() {
        assert!((35..=50).contains(&starter().count()), "{}", starter().count());
        assert!(starter().any(|feed| feed.country.as_deref() == Some("BE")));
        assert!(starter().any(|feed| feed.tags.iter().any(|tag| tag == "regional")));
    }

    #[test]
    fn feeds_are_found_by_word_tag_and_outlet_in_any_case() {
        assert_eq!(names(search("BRUZZ")), ["bruzz"]);
        assert!(names(search("api/rss/joop")).contains(&"bnnvara-joop"));
        assert!(names(search("politics")).contains(&"nos-politiek"));
        assert_eq!(names(of_outlet("vrt nws")), ["vrt-artikels", "vrt-headlines"]);
        assert_eq!(names(with_tag("Weather")), ["knmi-waarschuwingen", "knmi-verwachtingen"]);
        assert_eq!(search("no such thing").count(), 0);
    }

    #[test]
    fn a_mistyped_name_is_recognized() {
        assert_eq!(suggest("nos-binenland"), Some("nos-binnenland"));
        assert_eq!(suggest("qqq"), None);
        assert_eq!(feed("nos-binenland"), None);
    }

    /// What the pattern of `outlet` finds in `text`, a link or GUID.
    #[track_caller]
    fn check(outlet_name: &str, text: &str, expected: Option<&str>) {
        let outlet = outlet(outlet_name).unwrap();
        let pattern = outlet.article_id.as_ref().unwrap();
        assert_eq!(pattern.find(text), expected, "{outlet_name}: {text}");
    }

    #[test]
    fn ids_of_national_sites_are_found() {
        check("NOS", "https://nos.nl/artikel/2596321-kabinet-gevallen", Some("2596321"));
        check("NOS", "https://nos.nl/l/2596321", Some("2596321"));
        check("NOS", "http://nos.nl/l/599312#rss", Some("599312"));
        check("NOS", "https://nos.nl/nieuwsuur/artikel/2596321-24-uur-later", Some("2596321"));
        check("NOS", "https://nos.nl/collectie/13972/artikel/2596321-x", Some("2596321"));
        check("NOS", "https://nos.nl/collectie/1397212-verkiezingen", None);
        check("NOS", "https://feeds.nos.nl/~r/nosnieuwsalgemeen/~3/x/2265741", None);
        check("NOS", "https://nos.nl/artikel/25963211234567", None);
        check("NU.nl", "https://www.nu.nl/-/6258300/", Some("6258300"));
        check("NU.nl", "article-6304705", Some("6304705"));
        check("NU.nl", "https://www.nu.nl/formule-1/6304705/max-wint-2024.html", Some("6304705"));
        check("NU.nl", "https://nu.nl/video/6304705/kijk.html?x=1234567", Some("6304705"));
        check("NU.nl", "https://media.nu.nl/m/1234567_sqr256.jpg/x.jpg", None);
        check("NU.nl", "https://elders.example/article-6304705", None);
        let rtl = "https://www.rtl.nl/nieuws/politiek/artikel/5487123/stemming-20250115";
        check("RTL Nieuws", rtl, Some("5487123"));
        let rtl = "https://www.rtlnieuws.nl/economie/artikel/5487123/inflatie";
        check("RTL Nieuws", rtl, Some("5487123"));
        check("RTL Nieuws", "https://www.rtl.nl/video/5487123a-1", None);
        check("GeenStijl", "https://www.geenstijl.nl/5181234/wat-een-dag/", Some("5181234"));
        check("FOK!", "https://frontpage.fok.nl/nieuws/987654/1/1/50/titel.html", Some("987654"));
    }

    #[test]
    fn ids_of_newspapers_are_found() {
        let ad = "https://www.ad.nl/binnenland/brand-in-2024-geblust~a1b2c3d4/?utm_source=rss";
        check("AD", ad, Some("a1b2c3d4"));
        check("AD", "https://www.ad.nl/den-haag/brand-in-2024~abc/", None);
        check("AD", "https://elders.example/?u=//x.nl/~a1b2c3d4/", None);
        check("HLN", "https://www.hln.be/binnenland/regen~a1b2c3d4/", Some("a1b2c3d4"));
        check("de Volkskrant", "https://www.volkskrant.nl/politiek/x~b9d2d67a/", Some("b9d2d67a"));
        let uuid = "1f2838d4-99ea-49f0-9102-138784c7ea7c";
        check("de Volkskrant", &format!("https://www.volkskrant.nl/x~{uuid}"), Some(uuid));
        check(
            "NRC",
            "https://www.nrc.nl/nieuws/2026/01/15/kamer-20260115-a4812345",
            Some("4812345"),
        );
        check("NRC", "https://www.nrc.nl/nieuws/2026/01/15/kamer-20260115", None);
        check(
            "De Telegraaf",
            "https://www.telegraaf.nl/nieuws/1234567890/slag",
            Some("1234567890"),
        );
        check(
            "De Telegraaf",
            "https://www.telegraaf.nl/binnenland/slag/96887132.html",
            Some("96887132"),
        );
        check("De Telegraaf", "https://www.telegraaf.nl/nieuws/20250115-overzicht", None);
        check(
            "Nederlands Dagblad",
            "https://www.nd.nl/nieuws/kerk/1212345/synode",
            Some("1212345"),
        );
        let rd = "https://www.rd.nl/artikel/1012345-dienst-in-2025";
        check("Reformatorisch Dagblad", rd, Some("1012345"));
        check(
            "Het Financieele Dagblad",
            "https://fd.nl/politiek/1512345/belasting",
            Some("1512345"),
        );
        let bnr = "https://www.bnr.nl/nieuws/economie/10534567/beurs";
        check("BNR", bnr, Some("10534567"));
        let lc = "https://lc.nl/friesland/Brug-in-2025-weer-open-28912345.html";
        check("Leeuwarder Courant", lc, Some("28912345"));
        for (outlet, host) in
            [("Het Nieuwsblad", "www.nieuwsblad.be"), ("De Standaard", "www.standaard.be")]
        {
            let id = "dmf20250202_96887132";
            check(outlet, &format!("https://{host}/cnt/{id}"), Some(id));
            check(outlet, &format!("https://{host}/binnenland/x/42596123.html"), Some("42596123"));
            check(outlet, &format!("https://{host}/binnenland/top-10-20250202"), None);
        }
        check("De Tijd", "https://www.tijd.be/politiek/federaal/x/10534567.html", Some("10534567"));
    }

    #[test]
    fn ids_of_broadcasters_and_others_are_found() {
        check("RTV Noord", "https://www.rtvnoord.nl/nieuws/1212345/brand", Some("1212345"));
        check(
            "Omrop Fryslân",
            "https://www.omropfryslan.nl/fy/nijs/16123456/brân",
            Some("16123456"),
        );
        check(
            "Omroep Brabant",
            "https://www.omroepbrabant.nl/nieuws/4512345/carnaval",
            Some("4512345"),
        );
        check("Omroep West", "https://www.omroepwest.nl/sport/112233", None);
        check("AT5", "https://www.at5.nl/artikelen/231234/tram-12-rijdt", Some("231234"));
        let vrt = "https://www.vrt.be/vrtnws/nl/2026/01/15/regen/";
        check("VRT NWS", vrt, None);
        check("VRT NWS", "https://www.vrt.be/vrtnws/p.4Xyz0AbCd", Some("p.4Xyz0AbCd"));
        check("VRT NWS", "p.4Xyz0AbCd", Some("p.4Xyz0AbCd"));
        check(
            "Sporza",
            "https://sporza.be/nl/2026/01/15/koers~1736944871234/",
            Some("1736944871234"),
        );
        // Each kind of page counts by itself: review 7518 is not news item 7518.
        check("Tweakers", "https://tweakers.net/nieuws/170530/x-komt.html", Some("nieuws/170530"));
        check("Tweakers", "https://tweakers.net/nieuws/170530", Some("nieuws/170530"));
        check("Tweakers", "https://tweakers.net/reviews/7518", Some("reviews/7518"));
        check("Bright", "https://www.bright.nl/nieuws/1212345/bril.html", Some("1212345"));
        check(
            "Security.NL",
            "https://www.security.nl/posting/912345/Lek?channel=rss",
            Some("912345"),
        );
        let gazette = "https://zoek.officielebekendmakingen.nl/gmb-2026-12345.html";
        check("Officiële bekendmakingen", gazette, Some("gmb-2026-12345"));
        let star = "https://www.starnieuws.com/index.php/welcome/index/nieuwsitem/81234";
        check("Starnieuws", star, Some("81234"));
    }
}
