//! OPML 2.0: the feed list as other feed readers take it.

use std::io;

use quick_xml::escape::escape;

use crate::model::feed::Feed;

/// Writes `feeds` as an OPML 2.0 document with an outline for each outlet, in order of appearance.
pub fn write(out: &mut impl io::Write, feeds: &[&Feed]) -> io::Result<()> {
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n")?;
    out.write_all(b"  <head>\n    <title>knipsel</title>\n  </head>\n  <body>\n")?;
    for (outlet, members) in by_outlet(feeds) {
        let Some(outlet) = outlet else {
            for feed in members {
                write_feed(out, "    ", feed)?;
            }
            continue;
        };
        writeln!(out, "    <outline text=\"{}\">", attribute(outlet))?;
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

fn by_outlet<'f>(feeds: &[&'f Feed]) -> Vec<Group<'f>> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    for feed in feeds {
        let outlet = feed.outlet.as_deref();
        match groups.iter_mut().find(|(name, _)| *name == outlet) {
            Some((_, members)) => members.push(feed),
            None => groups.push((outlet, vec![feed])),
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
    if let Some(language) = &feed.language {
        write!(out, " language=\"{}\"", attribute(language))?;
    }
    if !feed.tags.is_empty() {
        write!(out, " category=\"{}\"", attribute(&feed.tags.join(",")))?;
    }
    out.write_all(b"/>\n")
}

/// Escaped for an attribute, without the characters XML 1.0 has no way to write.
fn attribute(text: &str) -> String {
    let writable: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c })
        .collect();
    escape(writable).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
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
        let feeds = [feed("a", Some("A & B"), Some("\"Sport\"")), feed("los", None, None), tagged];
        assert_eq!(
            document(&feeds),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>knipsel</title>
  </head>
  <body>
    <outline text="A &amp; B">
      <outline type="rss" text="A &amp; B – &quot;Sport&quot;" title="A &amp; B – &quot;Sport&quot;" xmlUrl="https://a.example/?a=1&amp;b=2"/>
      <outline type="rss" text="A &amp; B" title="A &amp; B" xmlUrl="https://b.example/?a=1&amp;b=2" language="nl-BE" category="regional,starter"/>
    </outline>
    <outline type="rss" text="los" title="los" xmlUrl="https://los.example/?a=1&amp;b=2"/>
  </body>
</opml>
"#
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            outlets in proptest::collection::vec((any::<Option<String>>(), "[a-z]{1,8}"), 0..6),
            url in "https://[a-z]{1,9}\\.example/[!-~]{0,20}",
        ) {
            let feeds: Vec<Feed> = outlets
                .into_iter()
                .enumerate()
                .map(|(n, (outlet, tag))| {
                    let mut feed = Feed::new(format!("feed-{n}"), url.clone());
                    // Attributes have no runs of white space and no control characters.
                    feed.outlet = outlet.map(|text| {
                        let text: String = text.chars().filter(|c| !c.is_control()).collect();
                        text.split_whitespace().collect::<Vec<_>>().join(" ")
                    });
                    feed.outlet = feed.outlet.filter(|text| !text.is_empty());
                    feed.tags = vec![tag];
                    feed
                })
                .collect();
            let (read, warnings) = opml::parse(&document(&feeds));
            let expected: Vec<_> = by_outlet(&feeds.iter().collect::<Vec<_>>())
                .into_iter()
                .flat_map(|(_, members)| members)
                .map(|feed| {
                    let mut tags: Vec<String> = feed.outlet.iter().cloned().collect();
                    tags.extend(feed.tags.iter().filter(|tag| Some(*tag) != feed.outlet.as_ref()).cloned());
                    (title(feed), feed.url.clone(), tags)
                })
                .collect();
            let read: Vec<_> = read.into_iter().map(|feed| (feed.title, feed.url, feed.tags)).collect();
            prop_assert_eq!(read, expected);
            if !feeds.is_empty() {
                prop_assert_eq!(warnings, Vec::<String>::new());
            }
        }
    }
}
