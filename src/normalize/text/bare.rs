//! Markup of which only tags and text are left: no attributes, no comments, no programs.
//!
//! html5ever compares each attribute of a tag with those before it. Whoever wants none hands it none,
//! and its time is linear in the size whatever stands in a tag. Where pieces of markup end is told as
//! in HTML section 13.2.5.

/// Cuts markup down, from its beginning on.
pub(super) struct Bare<'h> {
    html: &'h str,
    at: usize,
}

/// In these there are no tags (HTML section 13.2.6.2), and no text to be read.
const RAW: [&str; 6] = ["script", "style", "iframe", "noembed", "title", "textarea"];

impl<'h> Bare<'h> {
    pub(super) fn new(html: &'h str) -> Self {
        Self { html, at: 0 }
    }

    /// Nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.html.len()
    }

    /// What comes next: `n_bytes` at least, unless less is left.
    pub(super) fn piece(&mut self, n_bytes: usize) -> String {
        let mut piece = String::new();
        while piece.len() < n_bytes && !self.is_at_end() {
            let rest = self.rest();
            let text = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            let wanted = text.min(rest.floor_char_boundary(n_bytes));
            if wanted > 0 {
                self.push(&mut piece, wanted);
            } else {
                self.markup(&mut piece);
            }
        }
        piece
    }

    fn rest(&self) -> &'h str {
        self.html.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, piece: &mut String, n_bytes: usize) {
        piece.push_str(self.rest().get(..n_bytes).unwrap_or_default());
        self.at += n_bytes;
    }

    /// Goes on behind what begins with `<`, or to the end of the document when it has none.
    fn markup(&mut self, piece: &mut String) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let is_end = bytes.get(1) == Some(&b'/');
        let name_at = 1 + usize::from(is_end);
        match bytes.get(name_at) {
            Some(byte) if byte.is_ascii_alphabetic() => self.tag(name_at, piece),
            // `</>` is nothing at all.
            Some(b'>') if is_end => self.at += 3,
            Some(b'!' | b'?') if !is_end => self.declaration(piece),
            Some(_) if is_end => self.declaration(piece),
            _ => self.push(piece, name_at),
        }
    }

    fn tag(&mut self, name_at: usize, piece: &mut String) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let n_bytes = bytes[name_at..].iter().position(|byte| ends_name(*byte));
        let name_end = n_bytes.map_or(bytes.len(), |n_bytes| name_at + n_bytes);
        let Some((end, is_empty)) = tag_end(bytes, name_end) else {
            self.at = self.html.len();
            return;
        };
        piece.push_str(&rest[..name_end]);
        piece.push_str(if is_empty { "/>" } else { ">" });
        self.at += end;
        let name = &rest[name_at..name_end];
        let is_raw = || RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw));
        if name_at == 1 && !is_empty && is_raw() {
            self.at += raw_end(self.rest().as_bytes(), name.as_bytes());
        }
    }

    /// A comment, or what counts as one.
    fn declaration(&mut self, piece: &mut String) {
        let bytes = self.rest().as_bytes();
        let end = if bytes.starts_with(b"<!--") {
            comment_end(bytes)
        } else {
            memchr::memchr(b'>', bytes).map(|end| end + 1)
        };
        // What stood apart stays so: `a<<!---->b>` has no tag.
        piece.push_str("<!>");
        self.at = end.map_or(self.html.len(), |end| self.at + end);
    }
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

/// The end of a tag whose name ends at `at`, and whether it ends in `/>`.
fn tag_end(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    loop {
        match *bytes.get(at)? {
            b'>' => return Some((at + 1, false)),
            b'/' if bytes.get(at + 1) == Some(&b'>') => return Some((at + 2, true)),
            byte if byte == b'/' || is_space(byte) => at += 1,
            _ => at = attribute_end(bytes, at)?,
        }
    }
}

/// The end of an attribute that begins at `at`, with its value.
fn attribute_end(bytes: &[u8], at: usize) -> Option<usize> {
    // The first sign belongs to the name whatever it is.
    let name_end = find(bytes, at + 1, |byte| ends_name(byte) || byte == b'=')?;
    let next = find(bytes, name_end, |byte| !is_space(byte))?;
    if bytes[next] != b'=' {
        return Some(next);
    }
    let value = find(bytes, next + 1, |byte| !is_space(byte))?;
    match bytes[value] {
        quote @ (b'"' | b'\'') => {
            memchr::memchr(quote, &bytes[value + 1..]).map(|end| value + end + 2)
        }
        _ => find(bytes, value, |byte| is_space(byte) || byte == b'>'),
    }
}

fn find(bytes: &[u8], from: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    let found = bytes.get(from..)?.iter().position(|byte| is_it(*byte))?;
    Some(from + found)
}

/// The end of a comment: behind `-->` or `--!>`; `<!-->` and `<!--->` are whole ones.
fn comment_end(bytes: &[u8]) -> Option<usize> {
    let inner = bytes.get(4..)?;
    if inner.starts_with(b">") || inner.starts_with(b"->") {
        return Some(if inner[0] == b'>' { 5 } else { 6 });
    }
    let is_end = |at: &usize| inner[..*at].ends_with(b"--") || inner[..*at].ends_with(b"--!");
    memchr::memchr_iter(b'>', inner).find(is_end).map(|at| at + 5)
}

/// Where the end tag of an element begins in which there are no other tags.
fn raw_end(bytes: &[u8], name: &[u8]) -> usize {
    let is_end = |at: &usize| {
        let found = &bytes[at + 2..];
        found.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
            && found.get(name.len()).is_some_and(|byte| ends_name(*byte))
    };
    memchr::memmem::find_iter(bytes, b"</").find(is_end).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        let mut bare = Bare::new(html);
        assert_eq!(bare.piece(usize::MAX), expected, "{html}");
        assert!(bare.is_at_end());
    }

    #[test]
    fn tags_and_text_are_left() {
        check("<p class='a>b' id=x/>é</p\n x=\"/>\">", "<p>é</p>");
        check("<br/><br /><img src=a/><a/b='c'/d>e", "<br/><br/><img><a>e");
        check("<a = ='>' =b>c<a b = 'x>y'>d", "<a>c<a>d");
        check("3 < 5, </3>, <?php a ?>, </>, <!x>", "3 < 5, <!>, <!>, , <!>");
        check("a<!-- <b> --><!--><!---> <!-- --!>c<<!-- -->b>", "a<!><!><!> <!>c<<!>b>");
        check("<script src=x>'</scripts><p>'</SCRIPT >a", "<script></SCRIPT>a");
        check("<title>a<b></title><script/><i>b", "<title></title><script/><i>b");
    }

    #[test]
    fn what_has_no_end_is_nothing() {
        for open in ["<a", "<a b", "<a b='>", "<a b=", "<a/", "</a x"] {
            check(&format!("x{open}"), "x");
        }
        check("x<!-- y", "x<!>");
        check("x<script>y</script", "x<script>");
        for text in ["x<", "x</", "é"] {
            check(text, text);
        }
    }
}
