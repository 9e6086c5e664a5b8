//! A forgiving tokenizer for XML as feeds really write it.
//!
//! It never fails: what is not markup is text. It knows no elements and keeps no tree; nesting is
//! the business of whoever reads the tokens. Each byte is looked at a bounded number of times.

mod ends;
pub mod reference;

use memchr::memmem;

use crate::parse::feed::repair::{Repair, Repairs};
use ends::{
    instruction_end, is_markup, is_name, is_swallowing, name_at, runaway, starts_with, subset_end,
    tag_end,
};

/// A piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'d> {
    /// `<name …>` or `<name …/>`.
    Start(Tag<'d>),
    /// `</name>`.
    End(&'d str),
    /// Text with its references still in it.
    Text(&'d str),
    /// What a CDATA section holds.
    Literal(&'d str),
    /// What stands between `<!DOCTYPE` and its end.
    Doctype(&'d str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'d> {
    /// Its name, prefix included.
    pub name: &'d str,
    /// What stands between the name and the end.
    pub attributes: &'d str,
    /// It ends in `/>`.
    pub is_empty: bool,
}

impl<'d> Tag<'d> {
    /// The attributes in their order, values with their references still in them. Of two with the
    /// same name the first one counts, which is for the caller to see to.
    pub fn attributes(&self) -> Attributes<'d> {
        Attributes { rest: self.attributes }
    }

    /// The value of the attribute `name`, whatever its case, with its references still in it.
    pub fn attribute(&self, name: &str) -> Option<&'d str> {
        let mut attributes = self.attributes();
        attributes.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// See [`Tag::attributes`].
#[derive(Debug, Clone)]
pub struct Attributes<'d> {
    rest: &'d str,
}

impl<'d> Iterator for Attributes<'d> {
    type Item = (&'d str, &'d str);

    fn next(&mut self) -> Option<Self::Item> {
        let is_between = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\'' | '=');
        let rest = self.rest.trim_start_matches(is_between);
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/');
        let (name, rest) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        if name.is_empty() {
            return None;
        }
        let after = rest.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            self.rest = rest;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let (value, rest) = match value.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => {
                let end = memchr::memchr(*quote, &value.as_bytes()[1..]);
                let end = end.map_or(value.len(), |end| end + 1);
                (&value[1..end], value.get(end + 1..).unwrap_or_default())
            }
            _ => {
                value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))
            }
        };
        self.rest = rest;
        Some((name, value))
    }
}

/// Cuts a document into tokens.
#[derive(Debug)]
pub struct Tokenizer<'d> {
    document: &'d str,
    at: usize,
    /// The next `]]>`, while it lies ahead.
    literal_end: Option<usize>,
    /// The next `-->`, likewise.
    comment_end: Option<usize>,
    /// Where it was found that there is no such end any more: nobody needs to look again.
    endless: Endless,
    is_cut: bool,
}

/// Ends of which there are no more.
#[derive(Debug, Default)]
struct Endless {
    literal: bool,
    comment: bool,
    subset: bool,
}

impl<'d> Tokenizer<'d> {
    /// At the start of `document`.
    pub fn new(document: &'d str) -> Self {
        Self {
            document,
            at: 0,
            literal_end: None,
            comment_end: None,
            endless: Endless::default(),
            is_cut: false,
        }
    }

    /// How far it has come, in bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The document ended inside a tag, a comment or a CDATA section.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What is still to come.
    pub fn rest(&self) -> &'d str {
        &self.document[self.at..]
    }

    /// The next token. `within` is the name of the innermost open element: a CDATA section that
    /// is never closed ends where that element does.
    pub fn next(&mut self, within: Option<&str>, repairs: &mut Repairs) -> Option<Token<'d>> {
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            if !rest.starts_with('<') {
                return Some(self.text(0, repairs));
            }
            if let Some(token) = self.markup(within, repairs) {
                return Some(token);
            }
            if self.at == self.document.len() - rest.len() {
                // Not markup at all: a `<` that should have been written `&lt;`.
                repairs.add(Repair::BareLess);
                return Some(self.text(1, repairs));
            }
        }
    }

    /// Text until the next `<` that begins markup; the first `from` bytes are known to be text.
    fn text(&mut self, from: usize, repairs: &mut Repairs) -> Token<'d> {
        let rest = self.rest();
        let mut end = from;
        loop {
            end += memchr::memchr(b'<', &rest.as_bytes()[end..]).unwrap_or(rest.len() - end);
            if end == rest.len() || is_markup(&rest[end..]) {
                break;
            }
            repairs.add(Repair::BareLess);
            end += 1;
        }
        self.at += end;
        Token::Text(&rest[..end])
    }

    /// Steps over markup. `None` without a step: it is none. `None` with one: it says nothing.
    fn markup(&mut self, within: Option<&str>, repairs: &mut Repairs) -> Option<Token<'d>> {
        let rest = self.rest();
        match rest.as_bytes().get(1)? {
            b'!' => self.declaration(within, repairs),
            b'?' => {
                self.step(instruction_end(rest.as_bytes()), rest.len());
                None
            }
            b'/' => {
                let name = name_at(&rest[2..]);
                match tag_end(rest, 2 + name.len()) {
                    _ if name.is_empty() => {
                        // `</>` and `</ p>` say nothing; `</3` is text.
                        if matches!(rest.as_bytes().get(2), Some(b'>' | b' ')) {
                            self.step(rest.find('>').map(|end| end + 1), rest.len());
                        }
                        None
                    }
                    // One that the end of the document cuts off says enough.
                    end => {
                        self.at += end.map_or(rest.len(), |(end, _)| end);
                        Some(Token::End(name))
                    }
                }
            }
            _ => self.start_tag(rest),
        }
    }

    fn start_tag(&mut self, rest: &'d str) -> Option<Token<'d>> {
        let name = name_at(&rest[1..]);
        if !is_name(name, &rest[1 + name.len()..]) {
            return None;
        }
        let Some((end, closed)) = tag_end(rest, 1 + name.len()) else { return self.cut_off() };
        let attributes = &rest[1 + name.len()..end - usize::from(closed)];
        if !closed && !attributes.trim().is_empty() {
            return None;
        }
        self.at += end;
        let is_empty = attributes.ends_with('/');
        let attributes = attributes.strip_suffix('/').unwrap_or(attributes);
        Some(Token::Start(Tag { name, attributes, is_empty }))
    }

    /// `<!DOCTYPE`, `<!--`, `<![CDATA[`, or something else that says nothing.
    fn declaration(&mut self, within: Option<&str>, repairs: &mut Repairs) -> Option<Token<'d>> {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            self.comment(rest, repairs);
            return None;
        }
        if starts_with(rest, "<![CDATA[") {
            return Some(self.literal(within, repairs));
        }
        if starts_with(rest, "<!DOCTYPE") {
            return self.doctype(rest, repairs);
        }
        self.step(rest.find('>').map(|end| end + 1), rest.len());
        None
    }

    fn doctype(&mut self, rest: &'d str, repairs: &mut Repairs) -> Option<Token<'d>> {
        let Some(start) = rest.find(['>', '[']) else { return self.cut_off() };
        let has_subset = rest.as_bytes()[start] == b'[';
        let end = match has_subset {
            true if self.endless.subset => None,
            true => subset_end(rest, start),
            false => Some(start),
        };
        if end.is_none() {
            // What follows may still be a feed.
            self.endless.subset = true;
            repairs.add(Repair::Unclosed);
        }
        self.at += end.unwrap_or(start) + 1;
        end.map(|end| Token::Doctype(&rest["<!DOCTYPE".len()..end]))
    }

    fn comment(&mut self, rest: &'d str, repairs: &mut Repairs) {
        let end = self.comment_end(self.at + 4).map(|end| end + 3 - self.at);
        // HTML section 13.2.5.44: `<!-->` is a comment too.
        let end = if rest.starts_with("<!-->") { Some(5) } else { end };
        if let Some(end) = end
            && !is_swallowing(&rest[4..end.max(4)])
        {
            self.at += end;
            return;
        }
        // Never closed: it is what stands before the next markup.
        repairs.add(Repair::Unclosed);
        let end = rest[1..].find(['<', '>']).map(|end| end + 1);
        let is_closed = |end: usize| usize::from(rest.as_bytes()[end] == b'>');
        self.step(end.map(|end| end + is_closed(end)), rest.len());
    }

    fn literal(&mut self, within: Option<&str>, repairs: &mut Repairs) -> Token<'d> {
        let start = self.at + "<![CDATA[".len();
        let content = &self.document[start..];
        let end = self.literal_end(start);
        let inside = &content[..end.map_or(content.len(), |end| end - start)];
        if let Some(cut) = within.and_then(|name| runaway(inside, name, end)) {
            repairs.add(Repair::Unclosed);
            self.at = start + cut;
            return Token::Literal(&inside[..cut]);
        }
        if end.is_none() {
            repairs.add(Repair::Unclosed);
            self.is_cut = true;
        }
        self.at = end.map_or(self.document.len(), |end| end + 3);
        Token::Literal(inside)
    }

    /// Where the next `-->` at or after `start` is.
    fn comment_end(&mut self, start: usize) -> Option<usize> {
        if self.endless.comment {
            return None;
        }
        if self.comment_end.is_none_or(|end| end < start) {
            let found = memmem::find(&self.document.as_bytes()[start..], b"-->");
            self.comment_end = found.map(|end| start + end);
            self.endless.comment = found.is_none();
        }
        self.comment_end
    }

    /// Where the next `]]>` at or after `start` is.
    fn literal_end(&mut self, start: usize) -> Option<usize> {
        if self.endless.literal {
            return None;
        }
        if self.literal_end.is_none_or(|end| end < start) {
            let found = memmem::find(&self.document.as_bytes()[start..], b"]]>");
            self.literal_end = found.map(|end| start + end);
            self.endless.literal = found.is_none();
        }
        self.literal_end
    }

    fn step(&mut self, end: Option<usize>, all: usize) {
        self.is_cut |= end.is_none();
        self.at += end.unwrap_or(all);
    }

    fn cut_off<T>(&mut self) -> Option<T> {
        self.is_cut = true;
        self.at = self.document.len();
        None
    }
}
