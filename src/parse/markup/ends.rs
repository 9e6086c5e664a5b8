//! Where pieces of markup end, and whether what begins as one is one.

use memchr::memmem;

/// A longer processing instruction with tags in it nobody writes.
const INSTRUCTION_BYTES_MAX: usize = 1 << 10;

/// The end of a processing instruction: its `?>`, or else the next `>`, unless a tag begins before
/// that.
pub(super) fn instruction_end(bytes: &[u8]) -> Option<usize> {
    let at = memchr::memchr2(b'<', b'>', &bytes[1..])? + 1;
    if bytes[at] == b'>' {
        return Some(at + 1);
    }
    let ahead = &bytes[at..bytes.len().min(at + INSTRUCTION_BYTES_MAX)];
    let close = memchr::memchr(b'>', ahead).map(|end| at + end);
    Some(close.filter(|end| bytes[end - 1] == b'?').map_or(at, |end| end + 1))
}

/// Whether a comment has swallowed an entry on its way to the end of another comment.
pub(super) fn is_swallowing(comment: &str) -> bool {
    memmem::find(comment.as_bytes(), b"<!--").is_some_and(|next| {
        ["item", "entry"].iter().any(|name| find_end_tag(&comment[..next], name).is_some())
    })
}

/// Where a CDATA section really ends that was never closed: at the end of the element it is in, or
/// else of the entry, when another section begins after it, or another item, or nothing closes it
/// at all.
pub(super) fn runaway(inside: &str, within: &str, end: Option<usize>) -> Option<usize> {
    let is_unclosed = end.is_none();
    let next = memmem::find(inside.as_bytes(), b"<![CDATA[");
    let before_next = &inside[..next.unwrap_or(inside.len())];
    let entry_end = |text: &str| {
        let ends = ["item", "entry"].iter().filter_map(|name| find_end_tag(text, name));
        ends.min()
    };
    let Some(end) = find_end_tag(before_next, within) else {
        return entry_end(before_next).filter(|_| is_unclosed || next.is_some());
    };
    let is_runaway = is_unclosed || next.is_some() || entry_end(&before_next[end..]).is_some();
    is_runaway.then_some(end)
}

/// Where the first `</name` in `text` is, whatever its case.
fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memmem::find_iter(bytes, b"</").find(|at| {
        let found = &bytes[at + 2..];
        found.len() >= name.len()
            && found[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && found.get(name.len()).is_none_or(|after| !is_name_byte(*after))
    })
}

pub(super) fn starts_with(text: &str, word: &str) -> bool {
    text.as_bytes()
        .get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether what begins with `<` is markup, as far as can be told without reading all of it.
pub(super) fn is_markup(text: &str) -> bool {
    match text.as_bytes().get(1) {
        None | Some(b'!' | b'?') => true,
        Some(b'/') => {
            matches!(text.as_bytes().get(2), None | Some(b'>' | b' '))
                || !name_at(&text[2..]).is_empty()
        }
        Some(_) => {
            let name = name_at(&text[1..]);
            is_name(name, &text[1 + name.len()..])
                && tag_end(text, 1 + name.len()).is_none_or(|(end, closed)| {
                    closed || text[1 + name.len()..end].trim().is_empty()
                })
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || byte >= 0x80
}

pub(super) fn name_at(text: &str) -> &str {
    let is_start = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
    if !text.as_bytes().first().is_some_and(is_start) {
        return "";
    }
    let end = text.bytes().position(|byte| !is_name_byte(byte)).unwrap_or(text.len());
    &text[..end]
}

/// `<jan@a.example>` and `<b+c>` are no tags.
pub(super) fn is_name(name: &str, after: &str) -> bool {
    let may_follow = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'<');
    !name.is_empty() && after.as_bytes().first().is_none_or(may_follow)
}

/// The end of the tag whose name ends at `at`, and whether a `>` ends it rather than the `<` of
/// what comes next. `None` when the document ends first.
pub(super) fn tag_end(text: &str, mut at: usize) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    loop {
        at += memchr::memchr3(b'>', b'<', b'=', &bytes[at..])?;
        match bytes[at] {
            b'>' => return Some((at + 1, true)),
            b'<' => return Some((at, false)),
            _ => at = value_end(bytes, at + 1)?,
        }
    }
}

/// The end of an attribute's value, from its `=` on.
fn value_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    at += bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace())?;
    let quote = bytes[at];
    if !matches!(quote, b'"' | b'\'') {
        return Some(at);
    }
    let Some(end) = memchr::memchr(quote, &bytes[at + 1..]).map(|end| at + 1 + end) else {
        // The quote is never closed: the tag ends where it can.
        return Some(at + 1);
    };
    let is_odd = |byte: &u8| !(byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'?'));
    let value = &bytes[at + 1..end];
    // A value with a whole tag in it, and no space after it, lacks its own closing quote; and so
    // does one in which an entry begins.
    let is_odd = bytes.get(end + 1).is_some_and(is_odd) && value.contains(&b'>');
    if is_odd || ["<item", "<entry"].iter().any(|tag| memmem::find(value, tag.as_bytes()).is_some())
    {
        return Some(at + 1);
    }
    Some(end + 1)
}

/// The `>` that ends a document type, beyond its internal subset, which begins at `start`. What
/// stands in quotes and comments does not end it.
pub(super) fn subset_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    // That there is no other end of a comment is looked for once.
    let mut has_comments = true;
    loop {
        let special = |byte: &u8| matches!(byte, b']' | b'"' | b'\'' | b'<');
        at += bytes[at..].iter().position(special)?;
        let skipped = match bytes[at] {
            b'<' if has_comments && bytes[at..].starts_with(b"<!--") => {
                let end = memmem::find(&bytes[at..], b"-->");
                has_comments = end.is_some();
                end
            }
            b'<' => None,
            b']' => {
                let after = text[at + 1..].trim_start();
                if after.starts_with('>') {
                    return Some(text.len() - after.len());
                }
                None
            }
            quote => memchr::memchr(quote, &bytes[at + 1..]).map(|end| end + 1),
        };
        at += skipped.unwrap_or(0) + 1;
    }
}
