//! An entry while it is read: the best of what several elements say of the same thing.

use data_encoding::BASE64;

use crate::model::entry::{Enclosure, RawEntry, RawText};
use crate::model::time::StatedDate;
use crate::parse::date;
use crate::parse::feed::bounds::LIST_MAX;
use crate::parse::feed::name::Part;
use crate::parse::feed::repair::{Repair, Repairs};

/// How the text of an element is meant (Atom's `type` and `mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextKind {
    /// Nothing is said, and RSS never says it.
    Html,
    /// Nothing is said where it could have been.
    Unstated,
    /// Plain text.
    Plain,
    /// Base64 of some text.
    Base64,
    /// Not text at all.
    Binary,
}

/// What an element held.
#[derive(Debug)]
pub(super) struct Captured {
    pub(super) text: String,
    pub(super) kind: TextKind,
    /// There were elements in it, so it is markup whatever is said of it.
    pub(super) has_markup: bool,
}

impl Captured {
    fn text(self) -> Option<RawText> {
        let content = match self.kind {
            TextKind::Binary => return None,
            TextKind::Base64 => {
                let packed: String = self.text.split_whitespace().collect();
                let bytes = BASE64.decode(packed.as_bytes()).ok()?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            _ => self.text,
        };
        if content.trim().is_empty() {
            return None;
        }
        let is_plain = match self.kind {
            TextKind::Plain => !self.has_markup,
            // RFC 4287 section 3.1.1 says plain, publishers often mean otherwise.
            TextKind::Unstated => !self.has_markup && !looks_like_markup(&content),
            _ => false,
        };
        Some(RawText { content, is_plain })
    }

    /// Makes markup of what was text so far, because an element begins in it.
    pub(super) fn become_markup(&mut self) {
        if !self.has_markup {
            self.has_markup = true;
            escape(&mut self.text);
        }
    }

    pub(super) fn line(&self) -> Option<String> {
        Some(self.text.trim()).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
    }
}

/// Escapes what markup would take for a tag or a reference, and only that, where it stands: a copy
/// of a large text would be one too many.
fn escape(text: &mut String) {
    let n_more = |byte: u8, next: Option<&u8>| match (byte, next) {
        (b'&', Some(next)) if next.is_ascii_alphanumeric() || *next == b'#' => "amp;".len(),
        (b'<', Some(next)) if next.is_ascii_alphabetic() || b"/!?".contains(next) => "lt;".len(),
        _ => 0,
    };
    let pairs = text.bytes().zip(text.as_bytes().iter().skip(1));
    let growth: usize = pairs.map(|(byte, next)| n_more(byte, Some(next))).sum();
    if growth == 0 {
        return;
    }
    let mut bytes = std::mem::take(text).into_bytes();
    let (mut from, mut to) = (bytes.len(), bytes.len() + growth);
    bytes.resize(to, 0);
    // What is behind has been moved already, and begins as it did: no escape begins with those.
    while from < to {
        from -= 1;
        let byte = bytes[from];
        let escaped = match (byte, n_more(byte, bytes.get(to))) {
            (_, 0) => &[byte][..],
            (b'&', _) => b"&amp;",
            _ => b"&lt;",
        };
        to -= escaped.len();
        bytes[to..to + escaped.len()].copy_from_slice(escaped);
    }
    *text = String::from_utf8(bytes).expect("only ASCII was put between characters");
}

fn looks_like_markup(text: &str) -> bool {
    ["</", "<br", "<img", "<p>", "/>"].iter().any(|sign| text.contains(sign))
}

/// An entry of which not all has been read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    entry: RawEntry,
    /// How good what is kept of each part is; nothing is kept where there is no number.
    ranks: [Option<u8>; 8],
    link_rank: Option<u8>,
    /// Names that count when there are no better ones.
    other_authors: Vec<String>,
    /// `rdf:about`.
    about: Option<String>,
}

impl Draft {
    pub(super) fn new(about: Option<String>, language: Option<String>) -> Self {
        let entry = RawEntry { language, ..RawEntry::default() };
        Self { entry, about, ..Self::default() }
    }

    /// Takes what an element held.
    pub(super) fn take(&mut self, part: Part, rank: u8, held: Captured, repairs: &mut Repairs) {
        match part {
            Part::Title | Part::Summary | Part::Content => self.take_text(part, rank, held),
            Part::Published | Part::Updated => self.take_date(part, rank, &held, repairs),
            Part::Guid => {
                if self.is_better(part, rank) && held.line().is_some() {
                    self.entry.guid = held.line();
                    self.keep(part, rank);
                }
            }
            Part::Language => self.entry.language = held.line().or(self.entry.language.take()),
            Part::Category => self.category(&held.text),
            Part::Author => self.author(rank, &held.text),
            Part::Link | Part::Enclosure | Part::Media | Part::Group => {}
        }
    }

    fn take_text(&mut self, part: Part, rank: u8, held: Captured) {
        if !self.is_better(part, rank) {
            return;
        }
        let Some(text) = held.text() else { return };
        let slot = match part {
            Part::Title => &mut self.entry.title,
            Part::Summary => &mut self.entry.summary,
            _ => &mut self.entry.content,
        };
        *slot = Some(text);
        self.keep(part, rank);
    }

    fn take_date(&mut self, part: Part, rank: u8, held: &Captured, repairs: &mut Repairs) {
        let Some(text) = held.line() else { return };
        if !self.is_better(part, rank) {
            return;
        }
        let stated = date::parse(&text);
        if stated.is_none() {
            repairs.add(Repair::BadDate);
        }
        if part == Part::Published && (stated.is_some() || self.entry.published_text.is_none()) {
            self.entry.published_text = Some(text);
        }
        if let Some(stated) = stated {
            *self.date(part) = Some(stated);
            self.keep(part, rank);
        }
    }

    fn date(&mut self, part: Part) -> &mut Option<StatedDate> {
        if part == Part::Published { &mut self.entry.published } else { &mut self.entry.updated }
    }

    /// Takes an address of the article.
    pub(super) fn link(&mut self, rank: u8, url: String) {
        if !url.is_empty() && self.link_rank.is_none_or(|kept| rank < kept) {
            self.entry.link = Some(url);
            self.link_rank = Some(rank);
        }
    }

    pub(super) fn permalink(&mut self, is_permalink: Option<bool>) {
        self.entry.is_permalink = is_permalink;
    }

    pub(super) fn category(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() && self.entry.categories.len() < LIST_MAX {
            self.entry.categories.push(name.to_owned());
        }
    }

    /// Takes the name of an author, or RSS's `address (name)`.
    pub(super) fn author(&mut self, rank: u8, text: &str) {
        let text = text.trim();
        let name = match text.split_once('(') {
            Some((address, name)) if address.contains('@') => name.trim_end_matches([')', ' ']),
            _ => text,
        };
        let names = if rank == 0 { &mut self.entry.authors } else { &mut self.other_authors };
        if !name.is_empty() && names.len() < LIST_MAX {
            names.push(name.to_owned());
        }
    }

    pub(super) fn enclosure(&mut self, enclosure: Enclosure) {
        let enclosures = &mut self.entry.enclosures;
        let is_known = enclosures.iter().any(|known| known.url == enclosure.url);
        if !is_known && !enclosure.url.is_empty() && enclosures.len() < LIST_MAX {
            enclosures.push(enclosure);
        }
    }

    /// The entry, once all has been read.
    pub(super) fn finish(self) -> RawEntry {
        let Self { mut entry, other_authors, about, .. } = self;
        if entry.authors.is_empty() {
            entry.authors = other_authors;
        }
        // An address of mail is no name where there is one.
        if entry.authors.iter().any(|author| !author.contains('@')) {
            entry.authors.retain(|author| !author.contains('@'));
        }
        if entry.link.is_none() {
            entry.link = permalink(&entry).or_else(|| about.clone().filter(|url| is_web(url)));
        }
        entry.guid = entry.guid.or(about);
        entry.updated = entry.updated.filter(|updated| Some(*updated) != entry.published);
        entry
    }

    /// The entry, when the document ended in it and what there is can be told apart from others.
    pub(super) fn finish_cut(self) -> Option<RawEntry> {
        let entry = RawEntry { is_cut: true, ..self.finish() };
        (entry.link.is_some() || entry.guid.is_some()).then_some(entry)
    }

    fn is_better(&self, part: Part, rank: u8) -> bool {
        self.ranks[part as usize].is_none_or(|kept| rank < kept)
    }

    fn keep(&mut self, part: Part, rank: u8) {
        self.ranks[part as usize] = Some(rank);
    }
}

/// RSS 2.0: a GUID is the article's address unless it says otherwise; only an address can be one.
fn permalink(entry: &RawEntry) -> Option<String> {
    let guid = entry.guid.as_deref()?;
    let may_be = entry.is_permalink != Some(false) && is_web(guid);
    let is_path = entry.is_permalink == Some(true) && guid.starts_with('/');
    (may_be || is_path).then(|| guid.to_owned())
}

pub(super) fn is_web(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// An address as it stands in a text: without white space, and not escaped twice.
pub(super) fn address(text: &str) -> String {
    let text = text.trim();
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\t');
    let text = if text.contains(is_break) { text.replace(is_break, "") } else { text.to_owned() };
    if text.contains("&amp;") { text.replace("&amp;", "&") } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::text;

    #[track_caller]
    fn check(before: &str, expected: &str) {
        let mut text = before.to_owned();
        escape(&mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn only_what_could_be_markup_is_escaped() {
        check("", "");
        check("a & b < c", "a & b < c");
        check("&amp;&#8217;&<b></b><!x><?y>", "&amp;amp;&amp;#8217;&&lt;b>&lt;/b>&lt;!x>&lt;?y>");
        check("é<é&é&a<é", "é<é&é&amp;a<é");
        check("&a", "&amp;a");
        check("a<", "a<");
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_read_as_it_stood(line in "[a-c&<>#;/!?é€ ]{0,40}") {
            let mut markup = line.clone();
            escape(&mut markup);
            prop_assert_eq!(text::from_html(&markup), text::squeeze(&line));
        }
    }
}
