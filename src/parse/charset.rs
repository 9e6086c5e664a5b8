//! Bytes to text, whatever the document or the server say of their encoding.

use std::borrow::Cow;

use encoding_rs::Encoding;

/// How much of a document is looked at for a declaration.
const PROLOG_BYTES: usize = 1024;

/// Decodes a document and tells which encoding was used.
///
/// In this order: a byte order mark; UTF-8 where the bytes are valid UTF-8, whatever is declared;
/// the document's own declaration; the `charset` of the HTTP content type; a guess by content.
pub fn decode<'b>(bytes: &'b [u8], content_type: Option<&str>) -> (Cow<'b, str>, &'static str) {
    if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[bom..]).0, encoding.name());
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !looks_like_utf16(bytes)
    {
        return (Cow::Borrowed(text), "UTF-8");
    }
    let encoding = utf16_by_zeros(bytes)
        .or_else(|| declared(bytes).filter(|encoding| encoding.is_ascii_compatible()))
        .or_else(|| content_type.and_then(from_content_type))
        .unwrap_or_else(|| guess(bytes));
    (encoding.decode_without_bom_handling(bytes).0, encoding.name())
}

fn looks_like_utf16(bytes: &[u8]) -> bool {
    utf16_by_zeros(bytes).is_some()
}

/// XML 1.0 appendix F.1: `<` and a zero byte can only be UTF-16 without a mark.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<' | b'{', 0, ..] => Some(encoding_rs::UTF_16LE),
        [0, b'<' | b'{', ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let prolog = &bytes[..bytes.len().min(PROLOG_BYTES)];
    let prolog = String::from_utf8_lossy(prolog);
    let declaration = &prolog[prolog.find("<?xml")?..];
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

fn from_content_type(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let label = lower.split_once("charset=")?.1;
    let label = label.split(';').next()?.trim().trim_matches(['"', '\'']);
    Encoding::for_label(label.as_bytes())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"nl"), chardetng::Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], content_type: Option<&str>, text: &str, encoding: &str) {
        let (decoded, used) = decode(bytes, content_type);
        assert_eq!((decoded.as_ref(), used), (text, encoding));
    }

    #[test]
    fn valid_utf8_beats_what_is_declared() {
        let xml = "<?xml version='1.0' encoding='iso-8859-1'?><a>coördinatie</a>";
        check(xml.as_bytes(), Some("text/xml; charset=windows-1252"), xml, "UTF-8");
    }

    #[test]
    fn a_mark_beats_all() {
        check(b"\xEF\xBB\xBF<a/>", Some("text/xml; charset=utf-16"), "<a/>", "UTF-8");
        check(b"\xFF\xFE<\0a\0", None, "<a", "UTF-16LE");
    }

    #[test]
    fn the_declaration_then_the_server_then_a_guess() {
        let latin = b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>co\xF6rdinatie</a>";
        assert!(decode(latin, Some("text/xml; charset=koi8-r")).0.contains("coördinatie"));
        check(b"<a>\xA4</a>", Some("text/xml; charset=iso-8859-15"), "<a>€</a>", "ISO-8859-15");
        assert!(decode(b"<a>Oekra\xEFne, Belgi\xEB</a>", None).0.contains("Oekraïne, België"));
    }

    #[test]
    fn utf16_without_a_mark_is_known_by_its_zeros() {
        let bytes: Vec<u8> = "<a>é</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&bytes, None, "<a>é</a>", "UTF-16BE");
    }
}
