//! Lists of feeds as other programs write them: OPML, newsboat's `urls`, plain addresses.

mod lines;

use crate::model::feed::Feed;
use crate::parse::markup::reference::is_forbidden;
use crate::parse::opml;

/// A feed in somebody's list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Subscription {
    /// What the list calls it; empty when it does not.
    pub title: String,
    /// Where it is, as written.
    pub url: String,
    /// Folders and categories, outermost first; without doubles.
    pub tags: Vec<String>,
    /// The feed with all that its owner wished, where knipsel itself wrote the list.
    pub own: Option<Feed>,
}

/// A list, and what had to be left out of it.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// In which form it is.
    pub form: Form,
    /// In the order of the list.
    pub feeds: Vec<Subscription>,
    /// One line each.
    pub warnings: Vec<String>,
}

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// OPML, of any reader.
    Opml,
    /// The `urls` file of newsboat: an address and its tags on each line.
    Newsboat,
    /// An address on each line.
    Plain,
}

impl Form {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opml => "OPML",
            Self::Newsboat => "newsboat urls",
            Self::Plain => "addresses",
        }
    }
}

/// Reads a list; what form it has is known by what is in it.
pub fn read(text: &str) -> List {
    let text = text.trim_start_matches('\u{feff}');
    let mut list = if is_markup(text) {
        let (feeds, warnings) = opml::parse(text);
        List { form: Form::Opml, feeds, warnings }
    } else {
        lines::read(text)
    };
    for feed in &mut list.feeds {
        let own = feed.own.iter_mut().map(|own| &mut own.url);
        for url in own.chain([&mut feed.url]) {
            *url = address(url);
        }
    }
    list
}

/// An address without control characters, which are part of none and which no OPML can hold; its
/// spaces are encoded, as browsers do, because readers of OPML make one of several. The scheme `feed`
/// (`feed://host/rss`, `feed:https://host/rss`) only says what the document is.
pub fn address(text: &str) -> String {
    let kept = |c: &char| !is_forbidden(*c) && !c.is_control();
    let text: String = text.chars().filter(kept).collect();
    let text = text.trim().replace(char::is_whitespace, "%20");
    match text.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("feed") => match rest {
            rest if rest.starts_with("//") => format!("https:{rest}"),
            rest => rest.to_owned(),
        },
        _ => text,
    }
}

fn is_markup(text: &str) -> bool {
    let has = |tag: &str| {
        text.match_indices('<').any(|(at, _)| {
            text.get(at..at + tag.len()).is_some_and(|found| found.eq_ignore_ascii_case(tag))
        })
    };
    text.trim_start().starts_with('<') || has("<outline") || has("<opml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_it_is_a_feed_has_an_address_of_the_web() {
        assert_eq!(address("feed://dorp.example/rss"), "https://dorp.example/rss");
        assert_eq!(address("FEED:https://dorp.example/rss"), "https://dorp.example/rss");
        assert_eq!(address(" https://dorp.example/a b "), "https://dorp.example/a%20b");
    }
}
