//! References to characters and entities: those of XML, of HTML, and those a document declares.
//!
//! External entities are never looked up. What the declared ones may add is bounded.

use std::collections::HashMap;

use quick_xml::escape::{resolve_html5_entity, resolve_xml_entity};

use crate::parse::feed::repair::{Repair, Repairs};

/// More entities, or longer ones, no feed has declared for an honest reason.
const DECLARED_MAX: usize = 1000;
const VALUE_BYTES_MAX: usize = 4096;

/// What all references to declared entities of a document may come to.
const EXPANDED_BYTES_MAX: usize = 1 << 20;

/// The longest name of an entity of HTML.
const NAME_BYTES_MAX: usize = 32;

/// The entities that a document declares.
#[derive(Debug, Default)]
pub struct Entities {
    declared: HashMap<String, String>,
    expanded_bytes: usize,
}

impl Entities {
    /// Takes up what `<!DOCTYPE …>` declares.
    pub fn declare(&mut self, doctype: &str, repairs: &mut Repairs) {
        let mut rest = doctype;
        while let Some(at) = rest.find("<!ENTITY") {
            rest = &rest[at + "<!ENTITY".len()..];
            if self.declared.len() >= DECLARED_MAX {
                return;
            }
            let declaration = rest.trim_start();
            // `% name` is of use in DTDs only, and `name SYSTEM "…"` lies outside the document.
            let Some((name, value)) = declaration.split_once(char::is_whitespace) else { return };
            let value = value.trim_start();
            let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let Some((value, after)) = value[1..].split_once(quote) else { return };
            rest = after;
            let mut expanded = String::new();
            self.resolve(value, &mut expanded, repairs);
            if expanded.len() > VALUE_BYTES_MAX {
                repairs.add(Repair::Bomb);
            } else {
                // XML 1.0 section 4.2: the first declaration counts.
                self.declared.entry(name.to_owned()).or_insert(expanded);
            }
        }
    }

    /// Appends `text` to `out` with its references resolved.
    pub fn resolve(&mut self, text: &str, out: &mut String, repairs: &mut Repairs) {
        // A large text is not to be moved again and again while it grows.
        out.reserve(text.len());
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(length) = self.reference(rest, out, repairs) {
                rest = &rest[length..];
            } else {
                repairs.add(Repair::BareAmpersand);
                out.push('&');
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
    }

    /// Appends `html` to `out`, with only those references resolved that HTML would not know.
    pub fn resolve_declared(&mut self, html: &str, out: &mut String, repairs: &mut Repairs) {
        if self.declared.is_empty() {
            out.push_str(html);
            return;
        }
        let mut rest = html;
        while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let name = entity_name(rest);
            if name.is_some_and(|name| self.expand(name, out, repairs)) {
                rest = &rest[name.map_or(0, str::len) + 2..];
            } else {
                out.push('&');
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
    }

    /// Resolves the reference at the start of `text`; its length, when there is one.
    fn reference(&mut self, text: &str, out: &mut String, repairs: &mut Repairs) -> Option<usize> {
        if text.as_bytes().get(1) == Some(&b'#') {
            return character(text, out, repairs);
        }
        let Some(name) = entity_name(text) else { return without_semicolon(text, out, repairs) };
        let length = name.len() + 2;
        if self.expand(name, out, repairs) {
            return Some(length);
        }
        if let Some(value) = resolve_xml_entity(name) {
            out.push_str(value);
            return Some(length);
        }
        // Some producers shout: `&EACUTE;`, `&Nbsp;`.
        let value = resolve_html5_entity(name)
            .or_else(|| resolve_html5_entity(&name.to_ascii_lowercase()))?;
        repairs.add(Repair::HtmlEntity);
        out.push_str(value);
        Some(length)
    }

    fn expand(&mut self, name: &str, out: &mut String, repairs: &mut Repairs) -> bool {
        let Some(value) = self.declared.get(name) else { return false };
        if self.expanded_bytes + value.len() > EXPANDED_BYTES_MAX {
            repairs.add(Repair::Bomb);
            return false;
        }
        self.expanded_bytes += value.len();
        out.push_str(value);
        true
    }
}

/// The name in `&name;`.
fn entity_name(text: &str) -> Option<&str> {
    let window = &text.as_bytes()[1..text.len().min(NAME_BYTES_MAX + 2)];
    let end = memchr::memchr(b';', window)?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let is_all_name = end > 0 && window[..end].iter().all(is_name);
    is_all_name.then(|| &text[1..=end])
}

/// `&amp` and its like before anything that is no part of a name. Other names need their `;`:
/// `?a=1&copy=2` is an address.
fn without_semicolon(text: &str, out: &mut String, repairs: &mut Repairs) -> Option<usize> {
    for (name, value) in [("&amp", '&'), ("&lt", '<'), ("&gt", '>'), ("&quot", '"')] {
        let Some(after) = text.strip_prefix(name) else { continue };
        if after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '=') {
            return None;
        }
        out.push(value);
        repairs.add(Repair::BadReference);
        return Some(name.len());
    }
    None
}

/// `&#233;`, `&#xE9;`, `&#233` without its `;`, and two halves of a surrogate pair.
fn character(text: &str, out: &mut String, repairs: &mut Repairs) -> Option<usize> {
    let (code, mut length) = code(text)?;
    if !text[..length].ends_with(';') {
        repairs.add(Repair::BadReference);
    }
    let mut found = char::from_u32(code).filter(|c| !is_forbidden(*c));
    if (0xd800..0xdc00).contains(&code)
        && let Some((low, more)) =
            text[length..].starts_with("&#").then(|| self::code(&text[length..])).flatten()
        && (0xdc00..0xe000).contains(&low)
    {
        found = char::from_u32(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
        length += more;
        repairs.add(Repair::BadReference);
    }
    // HTML section 13.2.5.80: the C1 controls stand for windows-1252.
    if let Some(meant) = found.and_then(windows_1252) {
        found = Some(meant);
        repairs.add(Repair::BadReference);
    }
    match found {
        Some(c) => out.push(c),
        None => repairs.add(Repair::BadReference),
    }
    Some(length)
}

/// The number in a reference, and the reference's length.
fn code(text: &str) -> Option<(u32, usize)> {
    let digits = &text[2..];
    let (digits, radix, prefix) = match digits.as_bytes().first() {
        Some(b'x' | b'X') => (&digits[1..], 16, 3),
        _ => (digits, 10, 2),
    };
    let n_digits = digits.chars().take_while(|c| c.is_digit(radix)).count();
    if n_digits == 0 {
        return None;
    }
    let code = u32::from_str_radix(&digits[..n_digits], radix).unwrap_or(u32::MAX);
    let semicolon = usize::from(digits[n_digits..].starts_with(';'));
    Some((code, prefix + n_digits + semicolon))
}

/// XML 1.0 section 2.2.
pub fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// What a C1 control stands for that is really a byte of windows-1252.
pub fn windows_1252(c: char) -> Option<char> {
    let byte = u8::try_from(u32::from(c)).ok().filter(|byte| (0x80..0xa0).contains(byte))?;
    let decoded = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned();
    decoded.chars().next().filter(|meant| *meant != c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(doctype: &str, text: &str, expected: &str) {
        let (mut entities, mut repairs) = (Entities::default(), Repairs::default());
        entities.declare(doctype, &mut repairs);
        let mut out = String::new();
        entities.resolve(text, &mut out, &mut repairs);
        assert_eq!(out, expected, "{text}");
    }

    #[test]
    fn references_of_xml_and_html() {
        check("", "a &amp; b &lt;c&gt; &quot;&apos;", "a & b <c> \"'");
        check("", "cr&egrave;che &euro;&nbsp;3 &NBSP;", "crèche €\u{a0}3 \u{a0}");
        check("", "&#233;&#xE9;&#XE9;&#233 &#8217;", "ééé\u{e9} ’");
    }

    #[test]
    fn what_is_no_reference_is_text() {
        check("", "AT&T, Q& A&", "AT&T, Q& A&");
        check("", "?a=1&copy=2&lt=3&amp=4", "?a=1&copy=2&lt=3&amp=4");
        check("", "&; &#; &#x; &nope; &a b;", "&; &#; &#x; &nope; &a b;");
        check("", "wind &amp zon", "wind & zon");
    }

    #[test]
    fn characters_that_are_none() {
        check("", "a&#0;b&#xFFFE;c&#99999999999;d&#xD83D;e", "abcde");
        check("", "&#xD83D;&#xDE00;", "😀");
        check("", "&#146;&#x80;", "’€");
    }

    #[test]
    fn declared_entities_are_bounded() {
        check("rss [<!ENTITY krant \"De &#203;&amp;\">]", "&krant; &x;", "De Ë& &x;");
        check("rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]", "&x;", "&x;");
        check("rss [<!ENTITY % x \"1\"><!ENTITY y '2'>]", "&x;&y;", "&x;2");
        let bomb =
            format!("<!ENTITY a '{}'><!ENTITY b '{}'>", "x".repeat(4000), "&a;".repeat(4000));
        check(&bomb, "&b;", "&b;");
        let mut out = String::new();
        let (mut entities, mut repairs) = (Entities::default(), Repairs::default());
        entities.declare(&bomb, &mut repairs);
        entities.resolve(&"&a;".repeat(100_000), &mut out, &mut repairs);
        assert!(out.len() < EXPANDED_BYTES_MAX + 400_000);
        assert!(repairs.count(Repair::Bomb) > 0);
    }
}
