//! The lines of text that stand near a headline: what a page says in words of who wrote its article,
//! and when.

use std::ops::Range;
use std::sync::LazyLock;

use dom_query::{Document, NodeId, NodeRef};
use regex::Regex;

use crate::extract::around::Around;
use crate::extract::headline;
use crate::model::time::StatedDate;
use crate::normalize::text;
use crate::parse::date;

/// How far from the headline it may be said, in elements around it.
const CLIMB_MAX: usize = 4;

/// How far from the beginning of such an element, in bytes of text.
const BYTES_MAX: usize = 1_500;

/// The same, where it is read to its end.
const WHOLE_BYTES_MAX: usize = 60_000;

/// No line says so often when something was.
const TIMES_MAX: usize = 20;

/// Elements whose text is a line of its own.
const BLOCKS: [&str; 32] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];

/// What is no text of the page, or speaks of pictures and of who is quoted.
const UNSEEN: [&str; 11] = [
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "button",
    "figure",
    "figcaption",
    "blockquote",
    "cite",
    "nav",
];

/// How far up that is looked for.
const UNSEEN_CLIMB_MAX: usize = 6;

/// A line near the headline.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub text: String,
    /// What `time` elements in it state, by where their words stand.
    pub times: Vec<Time>,
    /// Paragraphs between the headline and it; `None` above the headline.
    pub n_paragraphs: Option<usize>,
    /// It heads a part of the article, or of the page.
    pub is_heading: bool,
}

/// A `time` element.
#[derive(Debug)]
pub(super) struct Time {
    pub place: Range<usize>,
    pub date: StatedDate,
    /// Its class says that it is of a change.
    pub is_of_change: bool,
}

/// The lines in what holds the headline, and then in what holds that, without the headline itself and
/// without what is said of other articles.
pub(super) fn lines(document: &Document, others: &Around) -> impl Iterator<Item = Vec<String>> {
    holders(document).map(|node| {
        let lines = Reading::of(&node, others, BYTES_MAX).lines;
        lines.into_iter().map(|line| line.text).collect()
    })
}

/// The same, to the end of what holds the headline.
pub(super) fn whole_lines(document: &Document, others: &Around) -> impl Iterator<Item = Vec<Line>> {
    holders(document).map(|node| Reading::of(&node, others, WHOLE_BYTES_MAX).lines)
}

/// What holds the headline, from the inside out.
pub(super) fn holders(document: &Document) -> impl Iterator<Item = NodeRef<'_>> {
    let headline = headline::element(document);
    let around = headline.map(|headline| headline.ancestors(Some(CLIMB_MAX))).unwrap_or_default();
    let is_part = |node: &NodeRef<'_>| !(node.has_name("body") || node.has_name("html"));
    around.into_iter().take_while(is_part)
}

/// The reading of an element, line by line.
struct Reading {
    lines: Vec<Line>,
    /// That of the last line.
    block: Option<NodeId>,
    /// Elements began or ended since the last text.
    is_apart: bool,
    n_bytes: usize,
    /// Since the headline.
    n_paragraphs: Option<usize>,
}

impl Reading {
    fn of(around: &NodeRef<'_>, others: &Around, bytes_max: usize) -> Self {
        let mut reading = Self {
            lines: Vec::new(),
            block: None,
            is_apart: false,
            n_bytes: 0,
            n_paragraphs: None,
        };
        // What was read as a whole, or is not read.
        let mut whole: Option<NodeId> = None;
        for node in around.descendants_it() {
            if reading.n_bytes >= bytes_max {
                break;
            }
            // Two forms of one date stand side by side, for wide screens and narrow ones.
            reading.is_apart |= node.is_element() && !node.has_name("wbr");
            if node.has_name("br") {
                reading.block = None;
            }
            if others.is_headline(&node) {
                reading.n_paragraphs = Some(0);
                whole = Some(node.id);
            }
            let time = stated(&node);
            let said = if node.is_text() || time.is_some() { node.text() } else { continue };
            let is_in_whole = || node.ancestors(Some(3)).iter().any(|held| Some(held.id) == whole);
            if said.trim().is_empty() && time.is_none() || whole.is_some() && is_in_whole() {
                continue;
            }
            let Some(block) = seen_in(&node).filter(|_| !others.is_of_others(&node)) else {
                continue;
            };
            whole = time.is_some().then_some(node.id).or(whole);
            reading.push(&said, &block, time);
        }
        reading.end_line();
        reading
    }

    fn push(&mut self, said: &str, block: &NodeRef<'_>, time: Option<(StatedDate, bool)>) {
        const HEADINGS: [&str; 5] = ["h2", "h3", "h4", "h5", "h6"];
        if self.block != Some(block.id) {
            self.end_line();
            let is_heading = HEADINGS.iter().any(|name| block.has_name(name));
            let n_paragraphs = self.n_paragraphs;
            self.lines.push(Line { n_paragraphs, is_heading, ..Line::default() });
        }
        let Some(line) = self.lines.last_mut() else { return };
        if self.is_apart {
            text::push_squeezed(&mut line.text, " ");
        }
        let start = line.text.len();
        text::push_squeezed(&mut line.text, said);
        if let Some((date, is_of_change)) = time.filter(|_| line.times.len() < TIMES_MAX) {
            line.times.push(Time { place: start..line.text.len(), date, is_of_change });
        }
        self.n_bytes += said.len();
        (self.block, self.is_apart) = (Some(block.id), false);
    }

    /// Ends a line, which is joined to the one before where it is the time of its day.
    fn end_line(&mut self) {
        let Some(line) = self.lines.last_mut() else { return };
        line.text.truncate(line.text.trim_end().len());
        let is_prose = headline::is_prose(&line.text);
        if let Some(n_paragraphs) = self.n_paragraphs.as_mut().filter(|_| is_prose) {
            *n_paragraphs += 1;
        }
        if line.text.is_empty() && line.times.is_empty() {
            self.lines.pop();
        } else if CLOCK.is_match(&line.text)
            && let [.., before, line] = &mut self.lines[..]
            && before.text.ends_with(|c: char| c.is_ascii_digit())
        {
            before.text.push(' ');
            before.text.push_str(&line.text);
            self.lines.pop();
        }
    }
}

/// What a `time` element states, and whether it is that of a change.
fn stated(node: &NodeRef<'_>) -> Option<(StatedDate, bool)> {
    if !node.has_name("time") {
        return None;
    }
    let date = node.attr("datetime").and_then(|stated| date::parse(&stated))?;
    let class = node.attr("class").unwrap_or_default().to_ascii_lowercase();
    let has = |words: &[&str]| class.split([' ', '-', '_']).any(|word| words.contains(&word));
    Some((date, has(&["updated", "modified"]) && !has(&["published"])))
}

/// A time of a day, and nothing else.
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:tijd:? |om )?\d{1,2}[:.u]\d{2}(?: uur)?$")
        .expect("the pattern is constant")
});

/// The block that a text is part of; `None` where it is not shown, or the headline.
fn seen_in<'d>(text: &NodeRef<'d>) -> Option<NodeRef<'d>> {
    let mut around = std::iter::successors(text.parent(), NodeRef::parent);
    let is_any = |node: &NodeRef<'_>, names: &[&str]| {
        node.node_name().is_some_and(|name| names.contains(&&*name))
    };
    if is_unseen(text) {
        return None;
    }
    let block = around.find(|node| is_any(node, &BLOCKS))?;
    (!block.has_name("h1")).then_some(block)
}

/// Whether a node is not shown as text, or is of a picture or a quotation.
pub(super) fn is_unseen(node: &NodeRef<'_>) -> bool {
    let around = std::iter::successors(Some(*node), NodeRef::parent).take(UNSEEN_CLIMB_MAX);
    let mut names = around.filter_map(|node| node.node_name());
    names.any(|name| UNSEEN.contains(&&*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Vec<Vec<String>> {
        let document = Document::from(html);
        lines(&document, &Around::of(&document)).collect()
    }

    #[test]
    fn what_holds_the_headline_is_read_line_by_line() {
        let page = "<article><p>Zeeland</p><header><h1>Brug dicht</h1><style>p{}</style>\
                    <div>Door <!-- --><a>Jo van Dam</a><span>12 maart</span><br>3 reacties</div>\
                    </header><p>De brug <b>is</b> dicht.</p></article>";
        let header = ["Door Jo van Dam 12 maart", "3 reacties"];
        let article = ["Zeeland", header[0], header[1], "De brug is dicht."];
        assert_eq!(of(page), [&header[..], &article[..]]);
        assert!(of("<p>Zonder kop.</p>").is_empty());
    }

    #[test]
    fn what_stands_far_from_the_headline_or_is_of_others_is_not_read() {
        let teaser = "<div class=related-posts><h3>Sluis dicht</h3>Door Ria Mol</div>";
        let long = format!("<p>{}</p><p>Door Jo van Dam</p>", "woord ".repeat(300));
        let found = of(&format!("<div><h1>Brug dicht</h1>{teaser}{long}</div>"));
        assert_eq!(found[0].len(), 1, "{found:?}");
    }
}
