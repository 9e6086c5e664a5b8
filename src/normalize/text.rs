//! Markup and plain text to paragraphs: blocks with one empty line between them.
//!
//! Markup is only tokenized, never built into a tree, and without its attributes, so time is linear in
//! its size however deep or broken it is.

mod bare;

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use bare::Bare;

/// The text of a piece of HTML: a paragraph for every block, `- ` before list items.
pub fn from_html(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return squeeze(html);
    }
    beginning_of_html(html, usize::MAX)
}

/// The first paragraphs of what [`from_html`] gives: all, or at least `n_bytes`.
pub fn beginning_of_html(html: &str, n_bytes: usize) -> String {
    /// What is read before it is seen whether that is enough.
    const PIECE_BYTES: usize = 4 << 10;
    let tokenizer = Tokenizer::new(Blocks::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = Bare::new(html);
    while !rest.is_at_end() && tokenizer.sink.state.borrow().n_bytes < n_bytes {
        queue.push_back(StrTendril::from(rest.piece(PIECE_BYTES)));
        let _ = tokenizer.feed(&queue);
    }
    let is_whole = rest.is_at_end();
    if is_whole {
        tokenizer.end();
    }
    let mut state = tokenizer.sink.state.into_inner();
    if !is_whole {
        // Cut off anywhere.
        state.current.clear();
    }
    state.end_block();
    state.blocks.join("\n\n")
}

/// Plain text with its lines kept: an empty line parts paragraphs; without any, every line is one.
pub fn from_plain(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(squeeze).collect();
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    let separator = if text.contains("\n\n") { "\n\n" } else { "\n" };
    let paragraphs = text.split(separator).map(|p| p.trim_matches('\n')).filter(|p| !p.is_empty());
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// What `WordPress` writes below each entry of a feed, with the headline in it: where it begins, and what
/// stands in it.
const SOURCE_LINES: [(&str, &str); 2] =
    [("Het bericht ", " verscheen eerst op "), ("The post ", " appeared first on ")];

/// A text without a last paragraph that names the headline and the site once more.
pub fn without_source_line(mut text: String) -> String {
    const BYTES_MAX: usize = 800;
    const SITE_BYTES_MAX: usize = 80;
    let end = text.rfind("\n\n");
    let last = end.map_or(text.as_str(), |end| text[end..].trim_start());
    // One sentence, that ends with the name of the site.
    let is_source = |(begin, within): &(&str, &str)| {
        let site = last.strip_prefix(begin).and_then(|rest| Some(rest.rsplit_once(within)?.1));
        site.is_some_and(|site| site.len() <= SITE_BYTES_MAX && !site.contains(". "))
    };
    if last.len() <= BYTES_MAX && SOURCE_LINES.iter().any(is_source) {
        text.truncate(end.unwrap_or(0));
    }
    text
}

/// One line of plain text, for headlines and names.
pub fn one_line(html: &str) -> String {
    squeeze(&from_html(html))
}

/// Whether a paragraph is a sub-heading: one short line without final punctuation.
pub fn is_subheading(paragraph: &str) -> bool {
    const CHARS_MAX: usize = 80;
    !paragraph.contains('\n')
        && paragraph.chars().count() <= CHARS_MAX
        && !paragraph.starts_with("- ")
        && !paragraph.ends_with(['.', '!', ',', ';', ':', '…', '"', '”', '’', ')'])
}

/// White space to single spaces, invisible characters to none.
pub fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_squeezed(&mut out, text);
    out.truncate(out.trim_end().len());
    out
}

/// Appends text to `out`, white space squeezed as by [`squeeze`].
pub(crate) fn push_squeezed(out: &mut String, text: &str) {
    let mut rest = text;
    loop {
        // Most of a text is words in ASCII, which need no second look.
        let plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(c) = rest.chars().next() else { return };
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
}

/// Soft hyphens, zero-width characters, direction overrides and control characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[derive(Default)]
struct Blocks {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    blocks: Vec<String>,
    /// Of all of them.
    n_bytes: usize,
    current: String,
    /// Open elements whose content is not text, nested ones of the same name counted.
    skipping: Option<(String, u32)>,
}

impl State {
    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.current);
        let block = block.trim();
        if !block.is_empty() && block != "-" {
            self.n_bytes += block.len();
            self.blocks.push(block.to_owned());
        }
    }

    /// Two line breaks in a row part paragraphs.
    fn line_break(&mut self) {
        let text = self.current.trim_end_matches(' ').len();
        self.current.truncate(text);
        if self.current.ends_with('\n') {
            self.end_block();
        } else if !self.current.is_empty() {
            self.current.push('\n');
        }
    }

    fn open(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if let Some((skipped, depth)) = &mut self.skipping {
            *depth += u32::from(skipped == name);
            return;
        }
        match kind(name) {
            Kind::Skipped if !tag.self_closing => self.skipping = Some((name.to_owned(), 1)),
            Kind::Item => {
                self.end_block();
                self.current.push_str("- ");
            }
            Kind::Block => self.end_block(),
            Kind::Break => self.line_break(),
            Kind::Cell if !self.current.is_empty() => self.current.push(' '),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((skipped, depth)) = &mut self.skipping {
            *depth -= u32::from(skipped == name);
            if *depth == 0 {
                self.skipping = None;
            }
            return;
        }
        if matches!(kind(name), Kind::Block | Kind::Item) {
            self.end_block();
        }
    }
}

enum Kind {
    Block,
    Item,
    Break,
    Cell,
    Skipped,
    Inline,
}

fn kind(name: &str) -> Kind {
    match name {
        "address" | "article" | "aside" | "blockquote" | "dd" | "details" | "dialog" | "div"
        | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2"
        | "h3" | "h4" | "h5" | "h6" | "header" | "hr" | "main" | "nav" | "ol" | "p" | "pre"
        | "section" | "summary" | "table" | "tr" | "ul" => Kind::Block,
        "li" => Kind::Item,
        "br" => Kind::Break,
        "td" | "th" => Kind::Cell,
        "script" | "style" | "template" | "iframe" | "object" | "svg" | "noembed" | "select"
        | "textarea" | "math" | "title" | "audio" | "video" => Kind::Skipped,
        _ => Kind::Inline,
    }
}

impl TokenSink for Blocks {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.skipping.is_none() => {
                push_squeezed(&mut state.current, &text);
            }
            Token::TagToken(tag) => {
                on_tag(&mut state, &tag);
                return raw_kind(&tag).map_or(TokenSinkResult::Continue, TokenSinkResult::RawData);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn on_tag(state: &mut State, tag: &Tag) {
    match tag.kind {
        TagKind::StartTag => state.open(tag),
        TagKind::EndTag => state.close(&tag.name),
    }
}

/// HTML section 13.2.6.2: inside these the tokenizer must not look for tags.
fn raw_kind(tag: &Tag) -> Option<RawKind> {
    if tag.kind == TagKind::EndTag || tag.self_closing {
        return None;
    }
    match &*tag.name {
        "script" => Some(RawKind::ScriptData),
        "style" | "iframe" | "noembed" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wordpress_writes_below_an_entry_is_left_out() {
        let text = |last: &str| without_source_line(format!("De brug is dicht.\n\n{last}"));
        let dutch = "Het bericht Brug dicht verscheen eerst op De Dijkbode.";
        assert_eq!(text(dutch), "De brug is dicht.");
        let english = "The post Brug dicht appeared first on De Dijkbode.";
        assert_eq!(text(english), "De brug is dicht.");
        let said = "Het bericht dat hij vertrok verscheen dinsdag in de krant.";
        assert!(text(said).ends_with(said));
        let told = "Het bericht over de brand verscheen eerst op Facebook. Dat was onjuist.";
        assert!(text(told).ends_with(told));
        assert_eq!(without_source_line(english.to_owned()), "");
    }
    use proptest::prelude::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(from_html(html), expected, "{html}");
    }

    #[test]
    fn blocks_become_paragraphs_and_headings_stay_apart() {
        check(
            "<p>De  brug\n is <b>dicht</b>.</p><h2>Onderzoek</h2><p>Morgen &amp; later.</p>",
            "De brug is dicht.\n\nOnderzoek\n\nMorgen & later.",
        );
        check("een<br>twee<br/><br>drie", "een\ntwee\n\ndrie");
        check("<ul><li>een</li><li>twee</li></ul>", "- een\n\n- twee");
        check("<table><tr><td>a</td><td>b</td></tr></table>", "a b");
    }

    #[test]
    fn what_is_not_text_is_left_out() {
        check("a<script>if (x < 1) { '<p>' }</script>b", "ab");
        check("<p>tekst<img src='https://t.example/p' height=1></p><style>p{}</style>", "tekst");
        check("a<svg><svg><text>x</text></svg>y</svg>b", "ab");
        check("Oek\u{ad}ra\u{200b}ïne\u{202e}", "Oekraïne");
    }

    #[test]
    fn text_that_only_looks_like_markup_stays() {
        check("3 < 5 en 5 > 3", "3 < 5 en 5 > 3");
        check("AT&T en Q&A", "AT&T en Q&A");
        check("Zo &#8216;n&#8217; &euml;n", "Zo ‘n’ ën");
    }

    #[test]
    fn a_beginning_is_whole_paragraphs() {
        let html = "<p>Deur &euml;n <b>luik</b></p>".repeat(2_000);
        let (all, beginning) = (from_html(&html), beginning_of_html(&html, 100));
        assert!((100..10_000).contains(&beginning.len()));
        assert!(all[beginning.len()..].starts_with("\n\n") && all.starts_with(&beginning));
        assert_eq!(all.split("\n\n").count(), 2_000);
        // Wherever the pieces in which it is read are parted.
        for n in 4_080..4_100 {
            let html = format!("<p>{}&euml;<br>\r\n<!-- - -->n</p>", "a".repeat(n));
            assert_eq!(from_html(&html), format!("{}ë\nn", "a".repeat(n)));
        }
    }

    #[test]
    fn plain_text_keeps_its_paragraphs() {
        assert_eq!(from_plain("een\r\ntwee\n\n\n  drie \n"), "een\ntwee\n\ndrie");
        assert_eq!(from_plain("een\ntwee"), "een\n\ntwee");
        assert_eq!(from_plain("3 < 5 & <b>"), "3 < 5 & <b>");
    }

    #[test]
    fn sub_headings_are_short_lines_without_a_full_stop() {
        assert!(is_subheading("‘Geen reden voor paniek’ in Kiev"));
        assert!(!is_subheading("De minister sprak maandag."));
        assert!(!is_subheading(&"lang ".repeat(30)));
    }

    #[test]
    fn attributes_cost_no_more_than_their_size() {
        let attributes = (0..1_000_000).fold(String::new(), |text, n| text + " a" + &n.to_string());
        check(&format!("<p{attributes}>een</p{attributes}>twee"), "een\n\ntwee");
    }

    #[test]
    fn depth_costs_no_more_than_size() {
        let deep = "<div>".repeat(200_000);
        assert_eq!(from_html(&format!("{deep}tekst")), "tekst");
    }

    /// The text as it is when the tokenizer is given all that there is.
    fn of_whole_markup(html: &str) -> String {
        let tokenizer = Tokenizer::new(Blocks::default(), TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from(html));
        let _ = tokenizer.feed(&queue);
        tokenizer.end();
        let mut state = tokenizer.sink.state.into_inner();
        state.end_block();
        state.blocks.join("\n\n")
    }

    proptest! {
        #[test]
        fn what_is_left_of_markup_has_the_same_text(
            html in "(<p|</p|<a |<svg|</svg|<title|</title|<!--|--|!|>|/|=|'|\"|\\?|&amp|;|[a-z <\u{e9}\n])*"
        ) {
            prop_assert_eq!(beginning_of_html(&html, usize::MAX), of_whole_markup(&html));
        }

        #[test]
        fn twice_is_once(html in "(<p>|</p>|<br>|&amp;|<li>|[a-z <&\u{e9}\n])*") {
            let once = from_html(&html);
            let paragraphs = from_plain(&once);
            prop_assert_eq!(from_plain(&paragraphs), paragraphs);
        }

        #[test]
        fn any_input_is_survived(html in "\\PC{0,200}") {
            let text = from_html(&html);
            prop_assert!(!text.contains("\n\n\n"));
        }
    }
}
