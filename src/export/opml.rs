//! OPML 2.0: the feed list as other feed readers take it.

use std::io;

use quick_xml::escape::escape;

use crate::export::is_writable;
use crate::model::feed::{Feed, Fulltext, Revisit};

/// What only knipsel knows of a feed goes into attributes of this namespace (OPML 2.0 has room for
/// those of others), so that a list comes back as it was.
const NAMESPACE: &str = "urn:knipsel:feed";

/// Writes `feeds` as an OPML 2.0 document with an outline for each outlet, in order of appearance, or
/// for the first tag of what has none.
pub fn write(out: &mut impl io::Write, feeds: &[&Feed]) -> io::Result<()> {
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    writeln!(out, "<opml version=\"2.0\" xmlns:knipsel=\"{NAMESPACE}\">")?;
    out.write_all(b"  <head>\n    <title>knipsel</title>\n  </head>\n  <body>\n")?;
    for (folder, members) in in_folders(feeds) {
        let Some(folder) = folder else {
            for feed in members {
                write_feed(out, "    ", feed)?;
            }
            continue;
        };
        writeln!(out, "    <outline text=\"{}\">", attribute(folder))?;
        for feed in members {
            write_feed(out, "      ", feed)?;
        }
        out.write_all(b"    </outline>\n")?;
    }
    out.write_all(b"  </body>\n</opml>\n")
}

/// What a reader shows for `feed`: `NOS – Binnenland`, or less if less is known.
pub fn title(feed: &Feed) -> String {
    match (&feed.outlet, &feed.section) {
        (Some(outlet), Some(section)) => format!("{outlet} – {section}"),
        (Some(outlet), None) => outlet.clone(),
        (None, _) => feed.name.clone(),
    }
}

type Group<'f> = (Option<&'f str>, Vec<&'f Feed>);

fn in_folders<'f>(feeds: &[&'f Feed]) -> Vec<Group<'f>> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    for feed in feeds {
        let folder = feed.outlet.as_ref().or(feed.tags.first()).map(String::as_str);
        match groups.iter_mut().find(|(name, _)| *name == folder) {
            Some((_, members)) => members.push(feed),
            None => groups.push((folder, vec![feed])),
        }
    }
    groups
}

fn write_feed(out: &mut impl io::Write, indent: &str, feed: &Feed) -> io::Result<()> {
    let title = attribute(&title(feed));
    let url = attribute(&feed.url);
    write!(
        out,
        "{indent}<outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{url}\""
    )?;
    if let Some(site) = &feed.site {
        write!(out, " htmlUrl=\"{}\"", attribute(site))?;
    }
    if let Some(language) = &feed.language {
        write!(out, " language=\"{}\"", attribute(language))?;
    }
    if !feed.tags.is_empty() {
        write!(out, " category=\"{}\"", attribute(&feed.tags.join(",")))?;
    }
    write_own(out, feed)?;
    out.write_all(b"/>\n")
}

/// What other readers pass over.
fn write_own(out: &mut impl io::Write, feed: &Feed) -> io::Result<()> {
    // Categories are parted by commas, and their slashes mean levels.
    let is_plain = |tag: &String| {
        let words: Vec<&str> = tag.split_whitespace().collect();
        !tag.is_empty()
            && words.join(" ") == *tag
            && !tag.contains(',')
            && tag.trim_matches('/') == tag
    };
    let tags = (!feed.tags.iter().all(is_plain)).then(|| serde_json::json!(feed.tags).to_string());
    let replaces =
        (!feed.replaces.is_empty()).then(|| serde_json::json!(feed.replaces).to_string());
    let own = [
        ("name", Some(feed.name.clone())),
        ("outlet", feed.outlet.clone()),
        ("section", feed.section.clone()),
        ("country", feed.country.clone()),
        ("tags", tags),
        ("articleId", feed.article_id.as_ref().map(|pattern| pattern.as_str().to_owned())),
        ("userAgent", feed.user_agent.clone()),
        ("site", feed.site.clone()),
        ("sitemap", feed.sitemap.clone()),
        ("replaces", replaces),
        ("fulltext", (feed.fulltext == Fulltext::Off).then(|| "off".to_owned())),
        ("revisit", (feed.revisit != Revisit::News).then(|| feed.revisit.as_str().to_owned())),
        ("paused", feed.is_paused.then(|| "true".to_owned())),
    ];
    for (name, value) in own {
        if let Some(value) = value {
            write!(out, " knipsel:{name}=\"{}\"", attribute(&value))?;
        }
    }
    Ok(())
}

/// Escaped for an attribute, without the characters XML 1.0 has no way to write.
fn attribute(text: &str) -> String {
    let writable: String = text.chars().map(|c| if is_writable(c) { c } else { ' ' }).collect();
    escape(writable).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::feed::ArticleIdPattern;
    use crate::parse::opml;

    fn document(feeds: &[Feed]) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes, &feeds.iter().collect::<Vec<_>>()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn feed(name: &str, outlet: Option<&str>, section: Option<&str>) -> Feed {
        let mut feed = Feed::new(name, format!("https://{name}.example/?a=1&b=2"));
        feed.outlet = outlet.map(str::to_owned);
        feed.section = section.map(str::to_owned);
        feed
    }

    #[test]
    fn feeds_are_grouped_by_outlet_and_escaped() {
        let mut tagged = feed("b", Some("A & B"), None);
        tagged.tags = vec!["regional".to_owned(), "starter".to_owned()];
        tagged.language = Some("nl-BE".to_owned());
        tagged.site = Some("https://b.example/".to_owned());
        let mut alone = feed("los", None, None);
        alone.tags = vec!["zeeland".to_owned()];
        let feeds = [feed("a", Some("A & B"), Some("\"Sport\"")), alone, tagged];
        assert_eq!(
            document(&feeds),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:knipsel="urn:knipsel:feed">
  <head>
    <title>knipsel</title>
  </head>
  <body>
    <outline text="A &amp; B">
      <outline type="rss" text="A &amp; B – &quot;Sport&quot;" title="A &amp; B – &quot;Sport&quot;" xmlUrl="https://a.example/?a=1&amp;b=2" knipsel:name="a" knipsel:outlet="A &amp; B" knipsel:section="&quot;Sport&quot;"/>
      <outline type="rss" text="A &amp; B" title="A &amp; B" xmlUrl="https://b.example/?a=1&amp;b=2" htmlUrl="https://b.example/" language="nl-BE" category="regional,starter" knipsel:name="b" knipsel:outlet="A &amp; B" knipsel:site="https://b.example/"/>
    </outline>
    <outline text="zeeland">
      <outline type="rss" text="los" title="los" xmlUrl="https://los.example/?a=1&amp;b=2" category="zeeland" knipsel:name="los"/>
    </outline>
  </body>
</opml>
"#
        );
    }

    /// A text without control characters: XML 1.0 has no way to write most of them.
    fn words() -> impl Strategy<Value = String> {
        "\\PC{1,12}"
    }

    fn any_feed() -> impl Strategy<Value = Feed> {
        let texts = proptest::collection::vec(proptest::option::of(words()), 5);
        let tags = proptest::collection::hash_set(words(), 0..6);
        (words(), "https://[a-z]{1,9}\\.example/[!-~]{0,20}", texts, tags, any::<(bool, bool)>())
            .prop_map(|(name, url, texts, tags, (is_paused, is_off))| {
                let mut feed = Feed::new(name, url);
                [feed.outlet, feed.section, feed.language, feed.country, feed.user_agent] =
                    texts.try_into().unwrap();
                feed.tags = tags.into_iter().collect();
                feed.is_paused = is_paused;
                feed.fulltext = if is_off { Fulltext::Off } else { Fulltext::Auto };
                feed.revisit = if is_off { Revisit::Off } else { Revisit::LiveBlog };
                feed.article_id = ArticleIdPattern::new(r"[<&'](\d+)\.").ok();
                feed
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(feeds in proptest::collection::vec(any_feed(), 1..6)) {
            let (read, warnings) = opml::parse(&document(&feeds));
            let read: Vec<Feed> = read.into_iter().filter_map(|read| read.own).collect();
            let groups = in_folders(&feeds.iter().collect::<Vec<_>>());
            let expected: Vec<Feed> =
                groups.into_iter().flat_map(|(_, members)| members).cloned().collect();
            prop_assert_eq!(read, expected);
            prop_assert_eq!(warnings, Vec::<String>::new());
        }
    }
}
