//! OPML 1.0 and 2.0: the lists in which feed readers exchange subscriptions.
//!
//! Reads what real programs write, well-formed or not; it does not judge whether a URL is a feed.

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// A subscription in an OPML document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpmlFeed {
    /// The `title` or `text`; empty when the outline has neither.
    pub title: String,
    /// The `xmlUrl`.
    pub url: String,
    /// The outlines it is nested in, outermost first, and its `category`; without doubles.
    pub tags: Vec<String>,
}

/// The subscriptions in `text`, and what had to be left out.
///
/// Broken markup costs only what follows it.
pub fn parse(text: &str) -> (Vec<OpmlFeed>, Vec<String>) {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;

    let mut feeds = Vec::new();
    let mut warnings = Vec::new();
    let mut folders: Vec<Option<String>> = Vec::new();
    let mut has_outline = false;
    loop {
        let line = line_at(text, reader.buffer_position());
        match reader.read_event() {
            Ok(Event::Start(element)) if is_outline(element.name().as_ref()) => {
                has_outline = true;
                let outline = Outline::read(&element);
                folders.push(outline.folder());
                feeds.extend(outline.feed(&folders));
            }
            Ok(Event::Empty(element)) if is_outline(element.name().as_ref()) => {
                has_outline = true;
                let outline = Outline::read(&element);
                if outline.url.is_empty() {
                    warnings.push(format!("line {line}: an outline without `xmlUrl` is left out"));
                }
                feeds.extend(outline.feed(&folders));
            }
            Ok(Event::End(element)) if is_outline(element.name().as_ref()) => {
                folders.pop();
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                warnings.push(format!("line {line}: the rest is left out: {error}"));
                return (feeds, warnings);
            }
        }
    }
    if !folders.is_empty() {
        warnings.push("the document ends within an outline; it may be cut off".to_owned());
    }
    if !has_outline {
        warnings.push("there is no outline in it; is it OPML?".to_owned());
    }
    (feeds, warnings)
}

#[derive(Default)]
struct Outline {
    title: String,
    text: String,
    url: String,
    categories: Vec<String>,
}

impl Outline {
    fn read(element: &BytesStart<'_>) -> Self {
        let mut outline = Self::default();
        for attribute in element.attributes().with_checks(false).flatten() {
            let value = attribute_text(&attribute.value);
            match attribute.key.as_ref().to_ascii_lowercase().as_str() {
                "title" => outline.title = value,
                "text" => outline.text = value,
                "xmlurl" => outline.url = value,
                "category" => {
                    let words = value.split(',').map(|word| word.trim().trim_matches('/'));
                    outline.categories = words.map(str::to_owned).collect();
                }
                _ => {}
            }
        }
        outline
    }

    fn name(&self) -> &str {
        if self.title.is_empty() { &self.text } else { &self.title }
    }

    /// What it gives to the outlines within it; a subscription gives nothing.
    fn folder(&self) -> Option<String> {
        (self.url.is_empty() && !self.name().is_empty()).then(|| self.name().to_owned())
    }

    fn feed(&self, folders: &[Option<String>]) -> Option<OpmlFeed> {
        if self.url.is_empty() {
            return None;
        }
        let mut tags: Vec<String> = Vec::new();
        for tag in folders.iter().flatten().chain(&self.categories) {
            if !tag.is_empty() && !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        Some(OpmlFeed { title: self.name().to_owned(), url: self.url.clone(), tags })
    }
}

fn is_outline(name: &str) -> bool {
    name.eq_ignore_ascii_case("outline")
}

/// An attribute's value without escapes, runs of white space made one space (XML 1.0 section 3.3.3).
fn attribute_text(raw: &str) -> String {
    let words: Vec<&str> = raw.split_whitespace().collect();
    unescape_leniently(&words.join(" "))
}

/// Undoes escapes; an ampersand that begins none stays as it is (`?a=1&b=2`, seen in exports).
fn unescape_leniently(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').map_or(0, |end| end + 1);
        match unescape(&rest[..end]) {
            Ok(character) if end > 0 => {
                plain.push_str(&character);
                rest = &rest[end..];
            }
            _ => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn line_at(text: &str, position: u64) -> usize {
    let n_bytes = usize::try_from(position).unwrap_or(usize::MAX);
    text.bytes().take(n_bytes).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(title: &str, url: &str, tags: &[&str]) -> OpmlFeed {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        OpmlFeed { title: title.to_owned(), url: url.to_owned(), tags }
    }

    #[track_caller]
    fn check(text: &str, feeds: &[OpmlFeed], warnings: &[&str]) {
        let (found, found_warnings) = parse(text);
        assert_eq!(found, feeds);
        assert_eq!(found_warnings, warnings);
    }

    #[test]
    fn nested_outlines_become_tags() {
        check(
            r#"<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>
            <outline text="Nieuws"><outline text="Regio" title="Regionaal">
            <outline type="rss" text="Oost" xmlUrl="https://www.oost.nl/rss/index.xml"/></outline>
            <outline text="NOS" xmlUrl="https://feeds.nos.nl/nosnieuwsalgemeen"></outline></outline>
            <outline text="Los" xmlUrl="https://los.example/feed" category="/Nieuws,x"/>
            </body></opml>"#,
            &[
                feed("Oost", "https://www.oost.nl/rss/index.xml", &["Nieuws", "Regionaal"]),
                feed("NOS", "https://feeds.nos.nl/nosnieuwsalgemeen", &["Nieuws"]),
                feed("Los", "https://los.example/feed", &["Nieuws", "x"]),
            ],
            &[],
        );
    }

    #[test]
    fn names_of_elements_and_attributes_match_in_any_case() {
        check(
            r#"<OPML><BODY><Outline TEXT="a" XMLURL="https://a.example/"/>
            <outline title="b" xmlurl='https://b.example/'/></BODY></OPML>"#,
            &[feed("a", "https://a.example/", &[]), feed("b", "https://b.example/", &[])],
            &[],
        );
    }

    #[test]
    fn a_missing_text_and_stray_ampersands_are_tolerated() {
        check(
            r#"<opml><body><outline xmlUrl="https://a.example/?x=1&y=2&amp;z=3"/>
            <outline text="B&W &eacute; &#233;" xmlUrl="https://b.example/"/> & </body></opml>"#,
            &[
                feed("", "https://a.example/?x=1&y=2&z=3", &[]),
                feed("B&W é é", "https://b.example/", &[]),
            ],
            &[],
        );
    }

    #[test]
    fn a_broken_tail_costs_only_the_rest() {
        check(
            "<opml><body><outline xmlUrl='https://a.example/'/>\n<outline text='b\" xmlUrl=",
            &[feed("", "https://a.example/", &[])],
            &[
                "line 2: the rest is left out: syntax error: attribute value not closed: `'` not found before end of input",
            ],
        );
        check(
            "<opml><body><outline text='f'><outline xmlUrl='https://a.example/'/>",
            &[feed("", "https://a.example/", &["f"])],
            &["the document ends within an outline; it may be cut off"],
        );
    }

    #[test]
    fn what_is_not_a_subscription_is_reported() {
        check("<html><body>hallo</body></html>", &[], &["there is no outline in it; is it OPML?"]);
        check(
            "<opml>\n<outline text='only words'/></opml>",
            &[],
            &["line 2: an outline without `xmlUrl` is left out"],
        );
        check(
            "<outline xmlUrl='https://a.example/'/></outline></outline>",
            &[feed("", "https://a.example/", &[])],
            &[],
        );
    }
}
