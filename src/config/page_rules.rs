//! Which rules hold for a page that no feed brought: those of its outlet, by the owner's feed list
//! and the catalogue.

use std::collections::HashMap;

use url::Url;

use crate::config::catalogue;
use crate::model::feed::Feed;
use crate::model::page::PageRules;

/// The rules of each outlet that has some; `listed` is the owner's list.
pub fn by_outlet(listed: &[Feed]) -> HashMap<String, PageRules> {
    let named = |feed: &Feed| Some((feed.outlet.clone()?, feed.pages.clone()));
    let known = catalogue::outlets().iter().map(|one| (one.name.clone(), one.pages.clone()));
    let mut rules: HashMap<String, PageRules> = known.collect();
    rules.extend(listed.iter().filter_map(named));
    rules.retain(|_, rules| !rules.is_empty());
    rules
}

/// The rules for the page at `url`, by the host of its outlet's site.
pub fn of_url(listed: &[Feed], url: &str) -> PageRules {
    let Some(host) = host(url) else { return PageRules::default() };
    let is_of = |site: &Option<String>| site.as_deref().and_then(self::host) == Some(host.clone());
    if let Some(feed) = listed.iter().find(|feed| is_of(&feed.site)) {
        return feed.pages.clone();
    }
    let outlet = catalogue::outlets().iter().find(|outlet| is_of(&outlet.site));
    outlet.map(|outlet| outlet.pages.clone()).unwrap_or_default()
}

fn host(url: &str) -> Option<String> {
    let host = Url::parse(url).ok()?.host_str()?.to_lowercase();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::feeds;

    const LIST: &str = "[[outlet]]\nname = \"De Dijkbode\"\nsite = \"https://www.dijkbode.example\"
        [outlet.extract]\ndrop = [\".doneer\"]\n[[feed]]\nname = \"dijkbode\"
        url = \"https://feeds.example/rss\"\noutlet = \"De Dijkbode\"\n";

    #[test]
    fn rules_are_found_by_outlet_and_by_address() {
        let listed = feeds::parse(LIST).unwrap();
        assert_eq!(by_outlet(&listed)["De Dijkbode"].drop, [".doneer"]);
        let check = |url: &str, n: usize| assert_eq!(of_url(&listed, url).drop.len(), n, "{url}");
        check("https://dijkbode.example/nieuws/1", 1);
        check("http://WWW.dijkbode.example/", 1);
        check("https://feeds.example/nieuws/1", 0);
        check("nonsense", 0);
    }
}
