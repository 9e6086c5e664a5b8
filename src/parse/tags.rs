//! Tags and text of HTML, or of XML that is broken in any way: tokenized, never built into a tree.
//!
//! Time is linear in the size, whatever is in it. html5ever compares each attribute of a tag with
//! those before it, and keeps a tag until its end; so a tag has a limit in both.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// What is fed at a time.
const CHUNK_BYTES: usize = 8 << 10;

/// A tag or comment longer than this is given up, and reading goes on after its next `>`.
const TAG_BYTES_MAX: usize = 64 << 10;

/// Real pages have a few dozen; nothing is read after a tag with more.
const N_ATTRIBUTES_MAX: usize = 1000;

/// In which elements there are no tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum Markup {
    /// In scripts, styles and titles (HTML section 13.2.6.2).
    Html,
    /// In none.
    Xml,
}

/// A piece of a document.
#[derive(Debug, Clone, Copy)]
pub(in crate::parse) enum Piece<'p> {
    /// A start tag; `self_closing` says whether it is its own end.
    Open(&'p Tag),
    /// An end tag, its name in lower case.
    Close(&'p str),
    /// Text, without escapes, in pieces of any length.
    Text(&'p str),
}

/// Where reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum End {
    /// Where the document ends.
    Whole,
    /// Within a tag, or at one that no honest document has.
    InTag,
    /// Where it was asked to.
    Asked,
}

/// Hands the pieces of `text` to `take`, each with its line, counted from 1, until it has enough.
pub(in crate::parse) fn read(
    text: &str,
    markup: Markup,
    take: impl FnMut(Piece<'_>, u64) -> ControlFlow<()>,
) -> End {
    let take = RefCell::new(take);
    let (mut rest, mut lines_before) = (text, 0);
    loop {
        let sink = Sink {
            take: &take,
            markup,
            lines_before,
            n_tokens: Cell::new(0),
            is_hostile: Cell::new(false),
            is_in_tag: Cell::new(false),
            has_enough: Cell::new(false),
        };
        let n_read = match feed(rest, sink) {
            Stop::End(end) => return end,
            Stop::TooLong { n_read } => n_read,
        };
        let Some(end) = memchr::memchr(b'>', &rest.as_bytes()[n_read..]) else {
            return End::InTag;
        };
        let (skipped, left) = rest.split_at(n_read + end + 1);
        lines_before += memchr::memchr_iter(b'\n', skipped.as_bytes()).count() as u64;
        rest = left;
    }
}

/// Why reading stopped.
enum Stop {
    End(End),
    /// A tag or comment, begun before these bytes, has no end in them.
    TooLong {
        n_read: usize,
    },
}

fn feed<F>(text: &str, sink: Sink<'_, F>) -> Stop
where
    F: FnMut(Piece<'_>, u64) -> ControlFlow<()>,
{
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let (mut at, mut last_token_at, mut n_tokens) = (0, 0, 0);
    while at < text.len() {
        let end = text.floor_char_boundary(at + CHUNK_BYTES);
        queue.push_back(StrTendril::from(&text[at..end]));
        let _ = tokenizer.feed(&queue);
        at = end;
        if tokenizer.sink.is_hostile.get() {
            return Stop::End(End::InTag);
        }
        if tokenizer.sink.has_enough.get() {
            return Stop::End(End::Asked);
        }
        if tokenizer.sink.n_tokens.get() != n_tokens {
            n_tokens = tokenizer.sink.n_tokens.get();
            last_token_at = at;
        } else if at - last_token_at > TAG_BYTES_MAX {
            return Stop::TooLong { n_read: at };
        }
    }
    tokenizer.end();
    Stop::End(if tokenizer.sink.is_in_tag.get() { End::InTag } else { End::Whole })
}

struct Sink<'t, F> {
    take: &'t RefCell<F>,
    markup: Markup,
    lines_before: u64,
    n_tokens: Cell<usize>,
    is_hostile: Cell<bool>,
    is_in_tag: Cell<bool>,
    has_enough: Cell<bool>,
}

impl<F: FnMut(Piece<'_>, u64) -> ControlFlow<()>> Sink<'_, F> {
    fn hand_over(&self, piece: Piece<'_>, line: u64) {
        let flow = (self.take.borrow_mut())(piece, line);
        self.has_enough.set(flow.is_break());
    }
}

impl<F: FnMut(Piece<'_>, u64) -> ControlFlow<()>> TokenSink for Sink<'_, F> {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        if self.is_hostile.get() || self.has_enough.get() {
            return TokenSinkResult::Continue;
        }
        let line = self.lines_before + line;
        match token {
            // These come for every odd character, also within a tag.
            Token::ParseError(error) => {
                self.is_in_tag.set(error.contains("EOF") && !error.contains("TagOpen"));
                return TokenSinkResult::Continue;
            }
            Token::CharacterTokens(text) => self.hand_over(Piece::Text(&text), line),
            Token::TagToken(tag) => {
                self.is_hostile.set(tag.attrs.len() > N_ATTRIBUTES_MAX);
                let piece = match tag.kind {
                    TagKind::StartTag => Piece::Open(&tag),
                    TagKind::EndTag => Piece::Close(&tag.name),
                };
                self.hand_over(piece, line);
                self.n_tokens.set(self.n_tokens.get() + 1);
                return raw_kind(&tag, self.markup)
                    .map_or(TokenSinkResult::Continue, TokenSinkResult::RawData);
            }
            _ => {}
        }
        self.n_tokens.set(self.n_tokens.get() + 1);
        TokenSinkResult::Continue
    }
}

fn raw_kind(tag: &Tag, markup: Markup) -> Option<RawKind> {
    if markup == Markup::Xml || tag.kind == TagKind::EndTag {
        return None;
    }
    match &*tag.name {
        "script" => Some(RawKind::ScriptData),
        "style" | "iframe" | "noembed" | "noframes" | "xmp" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}

/// The value of an attribute; names are in lower case.
pub(in crate::parse) fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|found| &*found.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, markup: Markup) -> (Vec<String>, End) {
        let mut told = Vec::new();
        let end = read(text, markup, |piece, line| {
            told.push(match piece {
                Piece::Open(tag) => {
                    let value = attribute(tag, "href").unwrap_or_default();
                    format!("{line}:<{} {value}>", tag.name)
                }
                Piece::Close(name) => format!("{line}:</{name}>"),
                Piece::Text(text) => text.trim().to_owned(),
            });
            ControlFlow::Continue(())
        });
        told.retain(|piece| !piece.is_empty());
        (told, end)
    }

    #[test]
    fn tags_text_and_lines_are_told() {
        let (told, end) = told("<A\nHREF='a&amp;b'>x &lt; y</A>\n<br>", Markup::Html);
        assert_eq!(told, ["2:<a a&b>", "x", "<", "y", "2:</a>", "3:<br >"]);
        assert_eq!(end, End::Whole);
    }

    #[test]
    fn scripts_have_no_tags_but_in_xml() {
        let has_link =
            |markup| told("<script>'<a>'</script>", markup).0.contains(&"1:<a >".to_owned());
        assert!(!has_link(Markup::Html));
        assert!(has_link(Markup::Xml));
    }

    #[test]
    fn who_has_enough_is_told_no_more() {
        let mut told = 0;
        let text = "<p>x</p>".repeat(10 * CHUNK_BYTES);
        let end = read(&text, Markup::Html, |_, _| {
            told += 1;
            if told == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((told, end), (3, End::Asked));
    }

    #[test]
    fn a_document_that_ends_within_a_tag_is_known() {
        assert_eq!(told("<a href='x'>y<b title=\"", Markup::Html).1, End::InTag);
        assert_eq!(told("<a href='x'>y<b", Markup::Xml).1, End::InTag);
        assert_eq!(told("<a href='x'>y & z <", Markup::Xml).1, End::Whole);
    }

    #[test]
    fn an_endless_tag_costs_itself_only() {
        let long = "x".repeat(5 * TAG_BYTES_MAX);
        let (told, end) =
            told(&format!("<a href=1>\n<img src='{long}\n'>\n<a href=2>"), Markup::Html);
        assert_eq!((told.first(), told.last()), (Some(&"1:<a 1>".into()), Some(&"4:<a 2>".into())));
        assert_eq!(end, End::Whole);
    }

    fn attributes(n: usize) -> String {
        (0..n).fold(String::new(), |text, n| text + " a" + &n.to_string())
    }

    #[test]
    fn attributes_without_number_end_the_reading() {
        // Compared each with each, these would take minutes.
        let (told, end) = told(&format!("<b><i{}><u>", attributes(300_000)), Markup::Html);
        assert_eq!((told, end), (vec!["1:<b >".to_owned(), "1:<u >".to_owned()], End::Whole));
        let (told, end) =
            super::tests::told(&format!("<b><i{}><u>", attributes(5000)), Markup::Html);
        assert_eq!((told.len(), end), (2, End::InTag));
    }
}
