//! The feed list: what the owner wants to be polled.
//!
//! A feed takes what it does not say from the catalogue's feed of its name, and from its outlet.
//! One mistake makes the whole list unusable, so that a slip never drops a feed in silence.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::path::Path;

use toml_edit::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::config::entries::{self, FeedEntry};
use crate::config::toml::Problem;
use crate::config::{Error, catalogue, did_you_mean, file};
use crate::model::feed::{Feed, Fulltext, Revisit};
use crate::normalize::url::key;

const STARTER_HEADER: &str = "\
# The feeds knipsel polls. Change this file by hand or with `knipsel feed`: a running knipsel sees
# it at once, and keeps the last good list while there is a mistake in it.
#
# A name from the catalogue is enough; keys given here win over the catalogue's.
# Any other feed needs a url as well:
#
#   [[feed]]
#   name = \"my-village\"
#   url = \"https://village.example/feed\"
#   tags = [\"local\"]
#
# `knipsel feed catalog` shows what there is to choose from.
";

/// The feeds of the list at `path`.
pub fn load(path: &Path) -> Result<Vec<Feed>, Error> {
    let text = file::read(path)?;
    parse(&text).map_err(|problems| invalid(path, problems))
}

/// The feeds of a list that had some. One that was cut to nothing is [`Error::Emptied`]; a comment
/// says that none is meant.
pub fn load_again(path: &Path) -> Result<Vec<Feed>, Error> {
    let feeds = load(path)?;
    if feeds.is_empty() && file::read(path)?.trim().is_empty() {
        return Err(Error::Emptied { path: path.to_owned() });
    }
    Ok(feeds)
}

/// The feeds of a list, or everything that is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Feed>, Vec<Problem>> {
    let (entries, mut problems) = entries::read(text);
    let mut feeds = Vec::new();
    for entry in entries.feeds {
        let known = catalogue::entry(&entry.name).cloned().unwrap_or_default();
        let entry = entry.or(known);
        let outlet = entry.outlet.as_deref();
        let own = entries.outlets.iter().find(|own| Some(own.name.as_str()) == outlet);
        let outlet = own.cloned().unwrap_or_default().or(outlet.and_then(catalogue::outlet));
        match entry.url.clone() {
            Some(url) => feeds.push(entry.into_feed(url, outlet)),
            None => problems.push(without_url(&entry)),
        }
    }
    if problems.is_empty() {
        return Ok(feeds);
    }
    problems.sort_by_key(|problem| problem.line);
    Err(problems)
}

/// The first two feeds that have one address.
pub fn doubled(feeds: &[Feed]) -> Option<(&Feed, &Feed)> {
    let mut first: HashMap<String, &Feed> = HashMap::new();
    feeds.iter().find_map(|feed| match first.entry(key(&feed.url)) {
        Entry::Occupied(entry) => Some((*entry.get(), feed)),
        Entry::Vacant(entry) => {
            entry.insert(feed);
            None
        }
    })
}

/// Writes a list of the catalogue's starter set; says how many feeds that is.
///
/// A list that is there already is left alone, and an error.
pub fn create_starter(path: &Path) -> Result<usize, Error> {
    let feeds: Vec<&Feed> = catalogue::starter().collect();
    file::create(path, &format!("{STARTER_HEADER}{}", document(&feeds)))?;
    Ok(feeds.len())
}

/// A feed list of `feeds`, without a header, and of what is known only of their outlets; each begins
/// with an empty line.
pub fn document(feeds: &[&Feed]) -> String {
    document_beside(feeds, "")
}

/// The same, to stand in one list with `other`, whose outlets are not told again.
pub(super) fn document_beside(feeds: &[&Feed], other: &str) -> String {
    let mut told: Vec<String> =
        entries::read(other).0.outlets.into_iter().map(|outlet| outlet.name).collect();
    let mut text = String::new();
    for feed in feeds {
        if let Some(outlet) = outlet_table(feed)
            && let Some(name) = feed.outlet.as_ref().filter(|name| !told.contains(name))
        {
            told.push(name.clone());
            text.push('\n');
            text.push_str(&outlet);
        }
        text.push('\n');
        text.push_str(&table(feed));
    }
    text
}

/// The outlet of `feed` as an `[[outlet]]` table; `None` where the catalogue says all of it. What a
/// feed can say itself is left to the feed.
fn outlet_table(feed: &Feed) -> Option<String> {
    let name = feed.outlet.as_deref()?;
    let known = catalogue::outlet(name).cloned().unwrap_or_default();
    let site = feed.site.as_ref().filter(|site| known.site.as_ref() != Some(site));
    let pages = Some(&feed.pages).filter(|pages| !pages.is_empty() && **pages != known.pages);
    if site.is_none() && pages.is_none() {
        return None;
    }
    let mut text = format!("[[outlet]]\nname = {}\n", Value::from(name));
    // Writing to a String cannot fail.
    if let Some(site) = site {
        let _ = writeln!(text, "site = {}", Value::from(site));
    }
    if let Some(pages) = pages {
        text.push_str("[outlet.extract]\n");
        let rules = [("keep", &pages.keep), ("drop", &pages.drop), ("unwrap", &pages.unwrap)];
        for (rule, selectors) in rules.into_iter().filter(|(_, selectors)| !selectors.is_empty()) {
            let _ = writeln!(text, "{rule} = {}", selectors.iter().collect::<Value>());
        }
    }
    Some(text)
}

/// `feed` as a `[[feed]]` table: its name, and tags of its own, if the catalogue says the rest; else
/// every key it has.
pub fn table(feed: &Feed) -> String {
    let mut text = format!("[[feed]]\nname = {}", Value::from(&feed.name));
    // What is known of pages is its outlet's.
    let is_same = |known: &&Feed| {
        **known == Feed { pages: known.pages.clone(), tags: known.tags.clone(), ..feed.clone() }
    };
    if let Some(known) = catalogue::feed(&feed.name).filter(is_same) {
        let words: Vec<&str> =
            feed.outlet.iter().chain(&feed.section).map(String::as_str).collect();
        if !words.is_empty() {
            text.push_str("  # ");
            text.push_str(&words.join(", "));
        }
        text.push('\n');
        if feed.tags != known.tags {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "tags = {}", feed.tags.iter().collect::<Value>());
        }
        return text;
    }
    text.push('\n');
    let mut key = |key: &str, value: Value| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{key} = {value}");
    };
    key("url", Value::from(&feed.url));
    let words = [
        ("outlet", &feed.outlet),
        ("section", &feed.section),
        ("language", &feed.language),
        ("country", &feed.country),
        ("user_agent", &feed.user_agent),
        ("sitemap", &feed.sitemap),
    ];
    for (name, word) in words {
        if let Some(word) = word {
            key(name, Value::from(word));
        }
    }
    if !feed.tags.is_empty() {
        key("tags", feed.tags.iter().collect());
    }
    match &feed.replaces[..] {
        [] => {}
        [one] => key("replaces", Value::from(one)),
        all => key("replaces", all.iter().collect()),
    }
    if let Some(pattern) = &feed.article_id {
        key("article_id", Value::from(pattern.as_str()));
    }
    if feed.fulltext == Fulltext::Off {
        key("fulltext", Value::from("off"));
    }
    if feed.revisit != Revisit::News {
        key("revisit", Value::from(feed.revisit.as_str()));
    }
    if feed.is_paused {
        key("paused", Value::from(true));
    }
    text
}

/// A name made of `title` that is not taken: `Omrop Fryslân!` is `omrop-fryslan`.
pub fn name_for(title: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let plain: String = title
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let name = if words.is_empty() { "feed".to_owned() } else { words.join("-") };
    if !is_taken(&name) {
        return name;
    }
    let mut n = 2_usize;
    while is_taken(&format!("{name}-{n}")) {
        n += 1;
    }
    format!("{name}-{n}")
}

pub(super) fn invalid(path: &Path, problems: Vec<Problem>) -> Error {
    Error::Invalid { place: format!("feed list `{}`", path.display()), problems }
}

fn without_url(entry: &FeedEntry) -> Problem {
    let hint = catalogue::suggest(&entry.name).map(did_you_mean);
    Problem {
        line: Some(entry.line),
        key: Some("url".to_owned()),
        reason: format!("feed `{}` has no `url` and is not in the catalogue", entry.name),
        hint,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::feed::ArticleIdPattern;

    #[track_caller]
    fn feed(text: &str) -> Feed {
        let feeds = parse(text).unwrap();
        assert_eq!(feeds.len(), 1);
        feeds.into_iter().next().unwrap()
    }

    /// The messages for `text`, hints in brackets.
    #[track_caller]
    fn check_refused(text: &str, expected: &[&str]) {
        let problems = parse(text).unwrap_err();
        let shown = problems.iter().map(|problem| match &problem.hint {
            Some(hint) => format!("{problem} [{hint}]"),
            None => problem.to_string(),
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_name_from_the_catalogue_is_enough() {
        let listed = feed("[[feed]]\nname = \"nos-binnenland\"");
        assert_eq!(Some(&listed), catalogue::feed("nos-binnenland"));
        assert_eq!(listed.section.as_deref(), Some("Binnenland"));
        assert!(listed.article_id.is_some());
    }

    #[test]
    fn what_is_known_only_of_an_outlet_comes_back_once() {
        let list = "[[outlet]]\nname = \"De Dijkbode\"\nsite = \"https://dijkbode.example\"\n\
                    [outlet.extract]\ndrop = [\".doneer\", \"aside\"]\n\
                    \n[[feed]]\nname = \"a\"\nurl = \"https://dijkbode.example/a\"\n\
                    outlet = \"De Dijkbode\"\n\
                    \n[[feed]]\nname = \"b\"\nurl = \"https://dijkbode.example/b\"\n\
                    outlet = \"De Dijkbode\"\n";
        let feeds = parse(list).unwrap();
        let feeds: Vec<&Feed> = feeds.iter().collect();
        assert_eq!(document(&feeds).trim_start(), list);
        assert!(!document_beside(&feeds[..1], list).contains("[[outlet]]"));
    }

    #[test]
    fn given_keys_win_over_the_catalogue() {
        let listed = feed(
            "[[feed]]\nname = \"nos-binnenland\"\nurl = \"https://mirror.example/nos\"
             tags = [\"mine\"]\npaused = true\nfulltext = \"off\"\nuser_agent = \"curl/8\"",
        );
        assert_eq!(listed.url, "https://mirror.example/nos");
        assert_eq!(listed.outlet.as_deref(), Some("NOS"));
        assert_eq!(listed.tags, ["broadcaster", "mine"]);
        assert!(listed.is_paused);
        assert_eq!(listed.fulltext, Fulltext::Off);
        assert_eq!(listed.user_agent.as_deref(), Some("curl/8"));
    }

    #[test]
    fn a_feed_takes_from_its_outlet_the_owners_first() {
        let text = "[[feed]]\nname = \"x\"\nurl = \"http://x.example\"\noutlet = \"NOS\"\n";
        let plain = feed(text);
        assert_eq!(plain.language.as_deref(), Some("nl"));
        assert_eq!(plain.tags, ["broadcaster"]);
        let own = "[[outlet]]\nname = \"NOS\"\nlanguage = \"fy\"\narticle_id = 'x(.)'\n";
        let listed = feed(&format!("{text}{own}"));
        assert_eq!(listed.language.as_deref(), Some("fy"));
        assert_eq!(listed.country.as_deref(), Some("NL"));
        assert_eq!(listed.article_id, ArticleIdPattern::new("x(.)").ok());
        let unknown = feed(&text.replace("NOS", "Nobody"));
        assert_eq!(unknown.outlet.as_deref(), Some("Nobody"));
        assert_eq!(unknown.language, None);
    }

    #[test]
    fn rules_for_pages_are_those_of_the_outlet() {
        let own = "[[outlet]]\nname = \"NOS\"\n[outlet.extract]\nkeep = [\"main > p\"]
                   drop = [\".doneer\", \"[data-x]\"]\n\n[[feed]]\nname = \"nos-binnenland\"\n";
        let listed = feed(own);
        assert_eq!(listed.pages.keep, ["main > p"]);
        assert_eq!(listed.pages.drop, [".doneer", "[data-x]"]);
        assert!(table(&listed).starts_with("[[feed]]\nname = \"nos-binnenland\"  # NOS"));
    }

    #[test]
    fn mistakes_are_listed_with_line_and_reason() {
        check_refused(
            "[[feed]]\nname = \"nos-binnenlnd\"\n\n[[feed]]\nname = \"a\"\nurll = \"http://a.example\"
             paused = \"yes\"\n",
            &[
                "line 1: feed `nos-binnenlnd` has no `url` and is not in the catalogue \
                 [did you mean `nos-binnenland`?]",
                "line 4: feed `a` has no `url` and is not in the catalogue",
                "line 6: unknown key `urll` [did you mean `url`?]",
                "line 7: `paused` must be true or false, and is of type string",
            ],
        );
        check_refused(
            "[[feed]]\nname = \"a\"\nurl = \"ftp://a.example\"\n[[feed]]\nname = \"a\"
             url = \"a.example\"\nfulltext = \"always\"\narticle_id = \"a(b\"\ntags = \"x\"\n",
            &[
                "line 3: `ftp://a.example` is not an http or https URL",
                "line 4: feed `a` is there already, on line 1",
                "line 6: `a.example` is not a URL: relative URL without a base",
                "line 7: `fulltext` must be \"auto\" or \"off\", and is `always`",
                "line 8: `article_id` is not usable: unclosed group",
                "line 9: `tags` must be a list of texts, as [\"a\", \"b\"], and is of type string",
            ],
        );
        check_refused(
            "[[outlet]]\nname = \"Dorp\"\n[[outlet]]\nname = \"Dorp\"\nsitemap = \"https://a.example/s\"\n",
            &["line 3: outlet `Dorp` is there already, on line 1"],
        );
        check_refused(
            "[[feeds]]\nname = \"a\"\n[[feed]]\nurl = \"http://a.example\"\n[[outlet]]\nname = \"\"",
            &[
                "line 1: unknown key `feeds` [did you mean `[[feed]]`?]",
                "line 3: a [[feed]] needs a `name`",
                "line 6: `name` is empty",
            ],
        );
        check_refused(
            "[[outlet]]\nname = \"A\"\n[outlet.extract]\nkep = [\"main\"]\ndrop = [\"div[\", \"\"]
             unwrap = \"figure\"\n[[outlet]]\nname = \"B\"\nextract = [\"main\"]\n",
            &[
                "line 4: unknown key `kep` [did you mean `keep`?]",
                "line 5: `drop`: `div[` is no CSS selector",
                "line 5: `drop`: an empty text is no CSS selector",
                "line 6: `unwrap` must be a list of texts, as [\"a\", \"b\"], and is of type string",
                "line 9: `extract` must be a table under a header of its own, and is of type array",
            ],
        );
        check_refused("feed = 3\n", &["line 1: `feed` must be written as [[feed]]"]);
        check_refused(
            "[[feed]]\nname = \"a\nurl = \"b\"",
            &["line 2: invalid basic string, expected `\"`"],
        );
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feeds.toml");
        std::fs::write(&path, "[[feed]]\nname = \"nos-binnenlnd\"\nx = 1\n").unwrap();
        let error = load(&path).unwrap_err();
        let expected = format!(
            "cannot use feed list `{}`: line 1: feed `nos-binnenlnd` has no `url` and is not in \
             the catalogue (and 1 more)",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.hint().as_deref(), Some("did you mean `nos-binnenland`?"));
        assert!(matches!(load(folder.path()), Err(Error::Read { .. })));
    }

    #[test]
    fn a_first_list_is_the_starter_set_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("knipsel/feeds.toml");
        assert_eq!(create_starter(&path).unwrap(), catalogue::starter().count());
        let listed = load(&path).unwrap();
        assert!(listed.iter().eq(catalogue::starter()));
        let text = file::read(&path).unwrap();
        let entry = "\n\n[[feed]]\nname = \"nos-binnenland\"  # NOS, Binnenland\n\n";
        assert!(text.contains(entry), "{text}");
        assert!(matches!(create_starter(&path), Err(Error::Write { .. })));
    }

    #[test]
    fn names_are_made_of_titles() {
        assert_eq!(name_for("Omrop Fryslân!", |_| false), "omrop-fryslan");
        assert_eq!(
            name_for("NOS – Binnenland", |name| name == "nos-binnenland"),
            "nos-binnenland-2"
        );
        assert_eq!(name_for("…", |name| ["feed", "feed-2"].contains(&name)), "feed-3");
    }

    proptest! {
        #[test]
        fn a_feed_that_is_written_is_read_back(
            words in proptest::collection::vec(proptest::option::of("\\PC*[^\\s\\pC]"), 5),
            tags in proptest::collection::hash_set("\\PC{1,6}", 0..4),
            is_paused in any::<bool>(),
            is_off in any::<bool>(),
            n_replaced in 0..3,
        ) {
            let mut feed = Feed::new("a feed of nobody", "https://a.example/feed?x=\"'");
            let [outlet, section, language, country, user_agent] = words.try_into().unwrap();
            feed.outlet = outlet.map(|outlet| format!("The {outlet}"));
            feed.section = section;
            feed.language = language;
            feed.country = country;
            feed.user_agent = user_agent;
            feed.tags = tags.into_iter().collect();
            feed.is_paused = is_paused;
            feed.fulltext = if is_off { Fulltext::Off } else { Fulltext::Auto };
            feed.article_id = ArticleIdPattern::new(r"'(\d+)\.").ok();
            feed.replaces = (0..n_replaced).map(|n| format!("https://{n}.example/rss")).collect();
            prop_assert_eq!(parse(&document(&[&feed])), Ok(vec![feed]));
        }
    }
}
