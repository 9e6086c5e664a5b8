//! Hashes by which two texts are known to say the same.

use sha2::{Digest, Sha256};
use twox_hash::XxHash3_128;

use crate::model::article::Content;
use crate::model::entry::Entry;

/// The version of the rules below; stored hashes of another version cannot be compared.
pub const VERSION: u32 = 1;

/// A hash of an entry or its content, short because it only tells changed from unchanged.
pub type Short = [u8; 16];

/// Identifies what an entry says and under which addresses: equal ones need no second look.
pub fn entry(entry: &Entry, content: &Short) -> Short {
    let mut hash = Sha256::new();
    for part in [&entry.guid, &entry.link] {
        hash.update(part.as_deref().unwrap_or_default());
        hash.update([0]);
    }
    hash.update(content);
    // The date that it lacks may come later.
    if entry.published.is_none() {
        hash.update([0]);
    }
    first_half(&hash.finalize())
}

/// Identifies a version: headline, text and authors, without regard to white space or the shape of
/// quotes and dashes. Dates and tags are left out: many feeds move them at every request.
pub fn content(content: &Content) -> Short {
    let mut hash = Sha256::new();
    fold_into(&mut hash, &content.title);
    fold_into(&mut hash, &content.text);
    for author in &content.authors {
        fold_into(&mut hash, author);
    }
    first_half(&hash.finalize())
}

/// Identifies a text, without regard to what [`content`] has none for.
pub fn text(text: &str) -> Short {
    XxHash3_128::oneshot(&folded_bytes(text)).to_be_bytes()
}

/// The SHA-256 of a text as it stands, for evidence.
pub fn exact(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// The SHA-256 of a document, for evidence.
pub fn bytes(document: &[u8]) -> [u8; 32] {
    Sha256::digest(document).into()
}

/// The XXH3 of a document, by which it is recognized when it comes again. Who makes two documents
/// with the same one only hides changes of their own.
pub fn check(document: &[u8]) -> [u8; 16] {
    XxHash3_128::oneshot(document).to_be_bytes()
}

/// A text without white space and with one shape of quotes and dashes.
pub fn fold(text: &str) -> String {
    folded(text).collect()
}

/// Whether two texts differ in more than white space and the shape of quotes and dashes.
pub fn differ(a: &str, b: &str) -> bool {
    a != b && !folded(a).eq(folded(b))
}

fn fold_into(hash: &mut Sha256, text: &str) {
    hash.update(folded_bytes(text));
    hash.update([0]);
}

/// The same as [`fold`], as fast as a hash needs it.
fn folded_bytes(text: &str) -> Vec<u8> {
    let mut folded = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        // Most of a text is words in ASCII, taken as they stand.
        let is_plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'`';
        let plain = rest.bytes().take_while(is_plain).count();
        folded.extend_from_slice(&rest.as_bytes()[..plain]);
        rest = &rest[plain..];
        let Some(c) = rest.chars().next() else { break };
        if let Some(c) = fold_char(c) {
            folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest = &rest[c.len_utf8()..];
    }
    folded
}

/// The characters of a text without white space and with one shape of quotes and dashes.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter_map(fold_char)
}

fn fold_char(c: char) -> Option<char> {
    match c {
        c if c.is_whitespace() => None,
        '‘' | '’' | '‚' | '‛' | '`' | '´' => Some('\''),
        '“' | '”' | '„' | '‟' | '«' | '»' => Some('"'),
        '‐' | '‑' | '–' | '—' => Some('-'),
        other => Some(other),
    }
}

fn first_half(hash: &[u8]) -> Short {
    let mut short = Short::default();
    short.copy_from_slice(&hash[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(title: &str, text: &str) -> Short {
        content(&Content { title: title.into(), text: text.into(), ..Content::default() })
    }

    proptest! {
        #[test]
        fn hashing_and_comparing_fold_alike(a in "[a-z`' \n\u{2018}\u{e9}\u{a0}-]{0,12}", b in "[a-z`' \n\u{2018}\u{e9}\u{a0}-]{0,12}") {
            prop_assert_eq!(of("", &a) != of("", &b), differ(&a, &b));
            prop_assert_eq!(text(&a) != text(&b), differ(&a, &b));
        }
    }

    #[test]
    fn white_space_and_quotes_are_no_change_but_words_are() {
        assert_eq!(
            of("‘Navo’", "Een „citaat” – hier."),
            of("'Navo'", "Een  \"citaat\" -\n\nhier.")
        );
        assert_ne!(of("Navo", "a"), of("Navo", "b"));
        assert_ne!(of("ab", "c"), of("a", "bc"));
        assert!(differ("Zelensky", "Zelenskyy") && !differ("‘a’  b", "'a' b"));
    }
}
