//! One pass over a page before it is parsed: whether any parser may be given it, and what of it says
//! nothing.
//!
//! The time of HTML parsers grows with the square of nesting depth and of the attributes of a tag,
//! and some of them recurse. Real pages are nowhere near these limits. Programs, styles and comments
//! are half of many pages, and three parsers would go through them.

use std::borrow::Cow;
use std::ops::Range;

/// The most elements open at once. The deepest of 700 news pages had 51.
const DEPTH_MAX: usize = 256;

/// The most attributes of one tag.
const ATTRIBUTES_MAX: usize = 1_000;

/// The most tags of a page.
const TAGS_MAX: usize = 250_000;

/// How much of a page is looked at to tell text from other bytes.
const SAMPLE_BYTES: usize = 64 << 10;

/// Why a page is not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// More open elements, attributes or tags than any real page has.
    TooDeep,
    /// More bytes than the limit.
    TooLarge,
    /// No HTML: an image, a PDF, an archive, or nothing at all.
    NotHtml,
}

impl Refusal {
    /// The word used in the archive and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooDeep => "too_deep",
            Self::TooLarge => "too_large",
            Self::NotHtml => "not_html",
        }
    }
}

/// Looks at a decoded page: what of it is to be parsed, or why it must not be. Elements are all
/// there; what is in programs and styles is not, unless it is JSON-LD, nor are comments.
pub(super) fn parseable(html: &str) -> Result<Cow<'_, str>, Refusal> {
    if !looks_like_html(html) {
        return Err(Refusal::NotHtml);
    }
    let bytes = html.as_bytes();
    let mut scan = Scan { bytes, at: 0, open: Vec::new(), n_tags: 0, cuts: Vec::new() };
    match scan.run() {
        Some(refusal) => Err(refusal),
        None => Ok(without(html, &scan.cuts)),
    }
}

/// `html` without these places, which are in order.
fn without<'h>(html: &'h str, cuts: &[Range<usize>]) -> Cow<'h, str> {
    if cuts.is_empty() {
        return Cow::Borrowed(html);
    }
    let mut rest = String::with_capacity(html.len());
    let mut from = 0;
    for cut in cuts {
        // All bounds stand beside ASCII.
        rest.push_str(html.get(from..cut.start).unwrap_or_default());
        from = cut.end;
    }
    rest.push_str(html.get(from..).unwrap_or_default());
    Cow::Owned(rest)
}

fn looks_like_html(html: &str) -> bool {
    let mut end = html.len().min(SAMPLE_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &html[..end];
    let n_odd = sample
        .chars()
        .filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_ascii_whitespace()))
        .count();
    let has_tag = memchr::memchr_iter(b'<', html.as_bytes()).any(|at| {
        let next = html.as_bytes().get(at + 1);
        next.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'!')
    });
    has_tag && n_odd * 20 <= sample.chars().count()
}

struct Scan<'h> {
    bytes: &'h [u8],
    at: usize,
    open: Vec<&'h [u8]>,
    n_tags: usize,
    /// What says nothing.
    cuts: Vec<Range<usize>>,
}

impl<'h> Scan<'h> {
    fn run(&mut self) -> Option<Refusal> {
        while let Some(found) = memchr::memchr(b'<', &self.bytes[self.at..]) {
            self.at += found + 1;
            match self.bytes.get(self.at) {
                Some(b'/') => {
                    self.at += 1;
                    let name = self.name();
                    self.close(name);
                }
                Some(b'!') => self.skip_comment(),
                Some(b) if b.is_ascii_alphabetic() => self.start_tag(),
                _ => {}
            }
            if self.open.len() > DEPTH_MAX || self.n_tags > TAGS_MAX {
                return Some(Refusal::TooDeep);
            }
        }
        None
    }

    fn start_tag(&mut self) {
        self.n_tags += 1;
        let name = self.name();
        let start = self.at;
        let (n_attributes, is_self_closing) = self.attributes();
        let attributes = &self.bytes[start..self.at];
        if n_attributes > ATTRIBUTES_MAX {
            self.n_tags = usize::MAX;
            return;
        }
        if is_raw(name) && !self.is_foreign() {
            let start = self.at;
            self.skip_raw(name);
            if is_program(name, attributes) {
                self.cuts.push(start..self.at_end_tag());
            }
        } else if !(is_void(name)
            || name.eq_ignore_ascii_case(b"path") && self.is_foreign()
            || is_closed_by_its_like(name)
            || is_self_closing && self.is_foreign())
        {
            self.open.push(name);
        }
    }

    fn name(&mut self) -> &'h [u8] {
        let start = self.at;
        let rest = &self.bytes[start..];
        let end = rest.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
        self.at = start + end.unwrap_or(rest.len());
        &self.bytes[start..self.at]
    }

    /// Goes behind the tag; tells how many attributes it had, at least, and whether it ends in `/>`.
    fn attributes(&mut self) -> (usize, bool) {
        let mut n_attributes = 0;
        let mut is_between = true;
        let mut last = b' ';
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'>' => break,
                b'"' | b'\'' if last == b'=' => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(byte, rest).map_or(rest.len(), |end| end + 1);
                    is_between = true;
                }
                b'/' => is_between = true,
                b if b.is_ascii_whitespace() => is_between = true,
                b'=' => {
                    // It may be the first sign of a name: `<p =a =b>`.
                    n_attributes += usize::from(is_between);
                    is_between = false;
                }
                _ if is_between && last != b'=' => {
                    n_attributes += 1;
                    is_between = false;
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                last = byte;
            }
        }
        (n_attributes, last == b'/')
    }

    fn close(&mut self, name: &[u8]) {
        let found = self.open.iter().rposition(|open| open.eq_ignore_ascii_case(name));
        if let Some(depth) = found {
            self.open.truncate(depth);
        }
    }

    fn skip_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let Some(comment) = rest.strip_prefix(b"!--") else { return };
        // HTML section 13.2.5.43: these are whole comments.
        let is_empty = comment.starts_with(b">") || comment.starts_with(b"->");
        let start = self.at - 1;
        self.at += 3;
        if is_empty {
            return;
        }
        let Some(end) = comment_end(comment) else {
            self.at = self.bytes.len();
            return;
        };
        self.at += end;
        self.cuts.push(start..self.at);
    }

    /// Where the end tag begins whose name was just reached.
    fn at_end_tag(&self) -> usize {
        if self.at == self.bytes.len() { self.at } else { self.at - 2 }
    }

    /// HTML section 13.2.5: what stands in these is text up to their end tag.
    fn skip_raw(&mut self, name: &[u8]) {
        let mut at = self.at;
        while let Some(found) = memchr::memmem::find(&self.bytes[at..], b"</") {
            at += found + 2;
            let rest = &self.bytes[at..];
            if rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name) {
                self.at = at;
                return;
            }
        }
        self.at = self.bytes.len();
    }

    fn is_foreign(&self) -> bool {
        let foreign: [&[u8]; 2] = [b"svg", b"math"];
        self.open.iter().any(|open| foreign.iter().any(|name| open.eq_ignore_ascii_case(name)))
    }
}

/// Where a comment ends: behind `-->`, or `--!>`, which HTML section 13.2.5.52 takes for the same.
fn comment_end(comment: &[u8]) -> Option<usize> {
    let is_end = |at: &usize| {
        let before = &comment[..*at];
        before.ends_with(b"--") || before.ends_with(b"--!")
    };
    memchr::memchr_iter(b'>', comment).find(is_end).map(|at| at + 1)
}

fn is_one_of(name: &[u8], names: &[&str]) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

fn is_void(name: &[u8]) -> bool {
    const VOID: [&str; 14] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    ];
    is_one_of(name, &VOID)
}

/// HTML section 13.1.2.4: their end tag may be left out, and the next of their kind ends them.
fn is_closed_by_its_like(name: &[u8]) -> bool {
    const IMPLIED: [&str; 12] =
        ["p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot"];
    is_one_of(name, &IMPLIED)
}

fn is_raw(name: &[u8]) -> bool {
    const RAW: [&str; 7] = ["script", "style", "textarea", "title", "iframe", "noembed", "xmp"];
    is_one_of(name, &RAW)
}

/// Whether what is in an element is for browsers only.
fn is_program(name: &[u8], attributes: &[u8]) -> bool {
    let is_data = || attributes.to_ascii_lowercase().windows(7).any(|part| part == b"ld+json");
    is_one_of(name, &["style"]) || is_one_of(name, &["script"]) && !is_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(html: &str, expected: Option<Refusal>) {
        assert_eq!(parseable(html).err(), expected);
    }

    #[test]
    fn real_markup_passes_however_careless() {
        check("<!doctype html><p>een<p>twee<br><ul><li>a<li>b</ul>", None);
        check(&format!("<table>{}", "<tr><td>a<td>b".repeat(2_000)), None);
        check(&format!("<script>{}</script><p>x", "'<div>'".repeat(1_000)), None);
        check(&format!("<!-- {} --><p>x", "<div>".repeat(1_000)), None);
        check(&format!("<svg>{}</svg>", "<circle r='1'/>".repeat(1_000)), None);
        check(&format!("<svg>{}</svg>", "<path d='M1'>".repeat(1_000)), None);
        check(&"<div><b>x</b></div>".repeat(10_000), None);
        check(&format!("<p title='{}'>x", "<div>".repeat(1_000)), None);
    }

    #[test]
    fn what_would_cost_a_parser_too_much_is_refused() {
        check(&"<div>".repeat(300), Some(Refusal::TooDeep));
        check(&"<b><div>".repeat(200), Some(Refusal::TooDeep));
        check(&"<div/>".repeat(300), Some(Refusal::TooDeep));
        check(&"<path>".repeat(300), Some(Refusal::TooDeep));
        check(&format!("<svg><title>{}", "<div>".repeat(300)), Some(Refusal::TooDeep));
        check(&"<i></i>".repeat(300_000), Some(Refusal::TooDeep));
        let attributes =
            |n: usize| (0..n).map(|i| format!(" a{i}='1'")).collect::<Vec<_>>().concat();
        check(&format!("<p{}>x", attributes(1_500)), Some(Refusal::TooDeep));
        check(&format!("<p{}>x", attributes(900)), None);
        check(&format!("<p {}>x", "a ".repeat(1_500)), Some(Refusal::TooDeep));
        check(&format!("<p {}>x", "=a ".repeat(1_500)), Some(Refusal::TooDeep));
        check(&format!("<p {}>x", "a = b ".repeat(400)), None);
        check(&format!("<!-- --!>{}-->", "<div>".repeat(300)), Some(Refusal::TooDeep));
    }

    #[test]
    fn programs_styles_and_comments_are_not_parsed() {
        let check = |html: &str, expected: &str| assert_eq!(parseable(html).unwrap(), expected);
        check("<p>a<script src=x>if (a</p>b)</script>c", "<p>a<script src=x></script>c");
        check("<STYLE>p{}</Style><p>é<!-- <p>b -->c", "<STYLE></Style><p>éc");
        let data = "<script type='application/ld+json'>{\"a\": 1}</script>";
        check(data, data);
        check("<p>a<!-->b<!--->c<!-- d", "<p>a<!-->b<!--->c<!-- d");
        check("<p>a<!-- b --!> c --> d", "<p>a c --> d");
        check("<p>a<!---!> b --> c<!----> d", "<p>a c d");
        check("<p>a<script>b", "<p>a<script>");
        let open = format!("<p>a{}", "<!--".repeat(1_000_000));
        check(&open, &open);
        let ended = format!("{open}--!>");
        check(&ended, "<p>a");
    }

    #[test]
    fn what_is_no_html_is_refused() {
        check("", Some(Refusal::NotHtml));
        check("Not found", Some(Refusal::NotHtml));
        check("{\"a\": 1 < 2}", Some(Refusal::NotHtml));
        check(&format!("%PDF-1.4 <a> {}", "\u{1}\u{fffd}x".repeat(500)), Some(Refusal::NotHtml));
    }

    proptest! {
        #[test]
        fn any_input_is_survived(html in "(<|>|/|!--|-->|=|'|\"|script|div|[a-z é\n])*") {
            let _ = parseable(&html);
        }
    }
}
