//! A feed on each line: newsboat's `urls`, or addresses with or without words.

use crate::parse::subscriptions::{Form, List, Subscription};

/// Tags of one feed.
const TAGS_MAX: usize = 16;

/// Lines without an address that are named one by one.
const WARNINGS_MAX: usize = 20;

/// What ends an address in running text.
const ENDS: [char; 7] = ['"', '<', '>', ')', ']', '|', ';'];

pub(super) fn read(text: &str) -> List {
    let mut list = List { form: Form::Plain, feeds: Vec::new(), warnings: Vec::new() };
    let mut n_more = 0;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match feed(line) {
            Line::Feed(form, feed) => {
                if form == Form::Newsboat {
                    list.form = form;
                }
                list.feeds.push(*feed);
            }
            Line::Other(reason) if list.warnings.len() < WARNINGS_MAX => {
                list.warnings.push(format!("line {}: {reason}; left out", number + 1));
            }
            Line::Other(_) => n_more += 1,
        }
    }
    if n_more > 0 {
        list.warnings.push(format!("{n_more} more lines are left out"));
    }
    list
}

enum Line {
    Feed(Form, Box<Subscription>),
    Other(&'static str),
}

fn feed(line: &str) -> Line {
    let words = words(line);
    let (first, tags) = words.split_first().map_or(("", &[][..]), |(first, tags)| (&**first, tags));
    let is_newsboat = !tags.is_empty() || line.starts_with('"');
    let form = if is_newsboat { Form::Newsboat } else { Form::Plain };
    if first.starts_with("query:") {
        return Line::Other("a search over other feeds");
    }
    if first.starts_with("exec:") {
        return Line::Other("the output of a program");
    }
    // `filter:program:address` changes what the feed says; the feed is at its end.
    let filtered = first.strip_prefix("filter:").and_then(|rest| rest.split_once(':'));
    let first = filtered.map_or(first, |(_, url)| url);
    if let Some(url) = address(first) {
        return Line::Feed(form, Box::new(newsboat(url, tags)));
    }
    if tags.is_empty() && first.contains('/') && first.split('/').next().is_some_and(is_host) {
        let url = format!("https://{first}");
        let feed = Subscription { url, ..Subscription::default() };
        return Line::Feed(Form::Plain, Box::new(feed));
    }
    match within(line) {
        Some(feed) => Line::Feed(Form::Plain, Box::new(feed)),
        None => Line::Other("no address is in it"),
    }
}

/// `feed:` stands before an address or in place of its scheme.
fn address(word: &str) -> Option<String> {
    let lower = word.get(..8).unwrap_or(word).to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("feed:").map(|_| &word[5..]) {
        let rest = rest.trim_start_matches('/');
        return Some(address(rest).unwrap_or_else(|| format!("https://{rest}")));
    }
    let has_scheme = ["http://", "https://", "ftp://", "gopher:", "file://"];
    has_scheme.iter().any(|scheme| lower.starts_with(scheme)).then(|| word.to_owned())
}

fn is_host(word: &str) -> bool {
    let is_ending =
        |ending: &str| ending.len() >= 2 && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    word.chars().all(is_part)
        && word.rsplit_once('.').is_some_and(|(name, ending)| !name.is_empty() && is_ending(ending))
}

/// `~Title` names the feed, `!word` hides it, which knipsel has no use for.
fn newsboat(url: String, words: &[String]) -> Subscription {
    let mut feed = Subscription { url, ..Subscription::default() };
    for word in words {
        if let Some(title) = word.strip_prefix('~') {
            title.clone_into(&mut feed.title);
        } else if !word.is_empty()
            && !word.starts_with('!')
            && feed.tags.len() < TAGS_MAX
            && !feed.tags.contains(word)
        {
            feed.tags.push(word.clone());
        }
    }
    feed
}

/// An address after words, which are its title: `- NOS: https://…`, `[NOS](https://…)`.
fn within(line: &str) -> Option<Subscription> {
    let at = ["https://", "http://"].iter().filter_map(|scheme| line.find(scheme)).min()?;
    let is_end = |c: char| c.is_whitespace() || ENDS.contains(&c);
    let url = line[at..].split(is_end).next().unwrap_or_default().to_owned();
    let title = line[..at].trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    Some(Subscription { title, url, ..Subscription::default() })
}

/// Words parted by spaces; quotation marks keep some together, a backslash keeps a mark.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    while let Some(first) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut word = String::new();
        if first == '"' {
            while let Some(c) = chars.next() {
                match c {
                    '"' => break,
                    '\\' => word.extend(chars.next()),
                    c => word.push(c),
                }
            }
        } else {
            word.push(first);
            while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
                word.push(c);
            }
        }
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(line: &str, url: &str, title: &str, tags: &[&str]) {
        let list = read(line);
        let found = list.feeds.first().cloned().unwrap_or_default();
        assert_eq!((&*found.url, &*found.title), (url, title), "{line}");
        assert_eq!(found.tags, tags, "{line}");
    }

    #[test]
    fn newsboat_lines_have_tags_and_a_title() {
        let url = "https://dorp.example/rss?a=1#x";
        check(&format!("{url} nieuws \"het dorp\" ~Dorp"), url, "Dorp", &["nieuws", "het dorp"]);
        check(
            &format!("\"{url}\" \"~De \\\"Pomp\\\"\" !verborgen nieuws nieuws"),
            url,
            "De \"Pomp\"",
            &["nieuws"],
        );
        check(&format!("\"filter:~/bin/schoon.py -x:{url}\" weer"), url, "", &["weer"]);
        let list = read(
            "# urls\n\n\"query:Ongelezen:unread = \\\"yes\\\"\"\nexec:~/x.sh\nhttps://a.example/",
        );
        assert_eq!(list.feeds.len(), 1);
        assert_eq!(
            list.warnings,
            [
                "line 3: a search over other feeds; left out",
                "line 4: the output of a program; left out"
            ]
        );
        assert_eq!(read(&format!("{url} x")).form, Form::Newsboat);
    }

    #[test]
    fn plain_lists_may_have_words_before_the_address() {
        check("https://dorp.example/rss", "https://dorp.example/rss", "", &[]);
        check("- De Pomp: https://dorp.example/rss.", "https://dorp.example/rss.", "De Pomp", &[]);
        check("* [De Pomp](https://dorp.example/rss)", "https://dorp.example/rss", "De Pomp", &[]);
        check(
            "De Pomp;https://dorp.example/rss;nieuws",
            "https://dorp.example/rss",
            "De Pomp",
            &[],
        );
        check("feed://dorp.example/rss", "https://dorp.example/rss", "", &[]);
        check("feed:HTTP://dorp.example/rss", "HTTP://dorp.example/rss", "", &[]);
        check("dorp.example/rss", "https://dorp.example/rss", "", &[]);
        assert_eq!(read("https://a.example/\nhttps://b.example/").form, Form::Plain);
    }

    /// Found by reading lists at random: no OPML can hold these characters.
    #[test]
    fn an_address_holds_no_control_characters() {
        let list = crate::parse::subscriptions::read("feed:c.example/ss\u{1a}s");
        assert_eq!(list.feeds[0].url, "https://c.example/sss");
        let list = crate::parse::subscriptions::read("c.example/\u{7f}/\u{9f}s");
        assert_eq!(list.feeds[0].url, "https://c.example//s");
        let list = crate::parse::subscriptions::read("\"https://c.example/a  b\" tag");
        assert_eq!(list.feeds[0].url, "https://c.example/a%20%20b");
        assert!(crate::parse::subscriptions::read("\"  c'd.example/\"").feeds.is_empty());
    }

    #[test]
    fn prose_gives_nothing_but_a_few_words() {
        let list = read(&"Zomaar een regel.\n".repeat(30));
        assert_eq!((list.feeds.len(), list.warnings.len()), (0, WARNINGS_MAX + 1));
        assert_eq!(list.warnings[WARNINGS_MAX], "10 more lines are left out");
    }

    proptest! {
        #[test]
        fn any_list_is_survived(text in "(https://a\\.nl|feed:|\"|\\\\|~|!|<outline xmlUrl=|<|filter:|[a-z:/. \n\u{e9}])*") {
            let list = crate::parse::subscriptions::read(&text);
            prop_assert!(list.feeds.iter().all(|feed| feed.tags.len() <= 2 * TAGS_MAX));
        }
    }
}
