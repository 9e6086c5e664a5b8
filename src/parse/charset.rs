//! Bytes to text, whatever the document or the server say of their encoding.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How much of a document is looked at for a declaration.
const PROLOG_BYTES: usize = 4096;

/// A document as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'b> {
    /// The text.
    pub text: Cow<'b, str>,
    /// The encoding it was in.
    pub encoding: &'static str,
    /// The document, or else the server, says it is in another one.
    pub is_misdeclared: bool,
    /// Sequences that are not of that encoding.
    pub n_bad: usize,
}

/// Decodes a document and tells which encoding was used.
pub fn decode<'b>(bytes: &'b [u8], content_type: Option<&str>) -> (Cow<'b, str>, &'static str) {
    let Decoded { text, encoding, .. } = read(bytes, content_type);
    (text, encoding)
}

/// Decodes a document.
///
/// In this order: a byte order mark; UTF-8 where the bytes are valid UTF-8, whatever is declared;
/// the document's own declaration; the `charset` of the HTTP content type; a guess by content.
/// What is UTF-8 but for a few bytes is UTF-8: those are taken for windows-1252, or are the rest of
/// a character that was cut in two.
pub fn read<'b>(bytes: &'b [u8], content_type: Option<&str>) -> Decoded<'b> {
    let declared = declared(bytes);
    let stated = declared.or_else(|| content_type.and_then(from_content_type));
    let is_misdeclared = |used: &'static Encoding| {
        stated.is_some_and(|stated| stated != used && !are_alike(stated, used) && !bytes.is_ascii())
    };
    let of = |(text, encoding, n_bad): (Cow<'b, str>, &'static Encoding, usize)| Decoded {
        text,
        encoding: encoding.name(),
        is_misdeclared: is_misdeclared(encoding),
        n_bad,
    };
    if let Some(decoded) = utf32(bytes) {
        return Decoded {
            text: decoded.into(),
            encoding: "UTF-32",
            is_misdeclared: false,
            n_bad: 0,
        };
    }
    if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        return of(whole(&bytes[bom..], encoding));
    }
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return of(whole(bytes, encoding));
    }
    // ISO-2022-JP is made of ASCII bytes; its escapes tell it apart.
    if let Some(encoding) = declared.filter(|encoding| *encoding == encoding_rs::ISO_2022_JP)
        && memchr::memmem::find(bytes, b"\x1b$").is_some()
    {
        return of(whole(bytes, encoding));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return of((Cow::Borrowed(text), UTF_8, 0));
    }
    let is_single =
        |encoding: &&'static Encoding| encoding.is_ascii_compatible() && *encoding != UTF_8;
    let stated = declared.filter(is_single).or(stated.filter(is_single));
    if is_mostly_utf8(bytes) {
        return of(mixed(bytes));
    }
    of(whole(bytes, stated.unwrap_or_else(|| guess(bytes))))
}

fn are_alike(stated: &'static Encoding, used: &'static Encoding) -> bool {
    // What is said of UTF-16 without its order is no lie.
    let is_wide = |encoding: &'static Encoding| encoding.name().starts_with("UTF-16");
    is_wide(stated) && is_wide(used)
}

fn whole<'b>(
    bytes: &'b [u8],
    encoding: &'static Encoding,
) -> (Cow<'b, str>, &'static Encoding, usize) {
    if encoding == UTF_8 && std::str::from_utf8(bytes).is_err() {
        return mixed(bytes);
    }
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
    (text, encoding, usize::from(has_errors))
}

/// Whether there is more that only UTF-8 explains than what it does not.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut n_good, mut n_bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        n_good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_bad += usize::from(!chunk.invalid().is_empty());
    }
    n_good > 0 && n_good >= n_bad
}

/// UTF-8 with bytes of windows-1252 in it.
fn mixed(bytes: &[u8]) -> (Cow<'_, str>, &'static Encoding, usize) {
    let mut text = String::with_capacity(bytes.len() + 64);
    let mut n_bad = 0;
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        let invalid = chunk.invalid();
        if invalid.is_empty() {
            continue;
        }
        n_bad += 1;
        let next = chunks.peek().and_then(|next| next.valid().chars().next());
        if is_cut_in_two(invalid, next) {
            text.push('\u{fffd}');
        } else {
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(invalid).0);
        }
    }
    (text.into(), UTF_8, n_bad)
}

/// Programs that cut a text after so many bytes leave the first ones of a character: those of the
/// Latin letters, quotes, the euro and emoji. In windows-1252 they are letters that hardly occur,
/// and then within a word.
fn is_cut_in_two(invalid: &[u8], next: Option<char>) -> bool {
    let is_lead = matches!(invalid[0], 0xc2 | 0xc3 | 0xc4 | 0xc5 | 0xe2 | 0xf0);
    invalid.len() > 1 || (is_lead && !next.is_some_and(|next| next.is_ascii_alphabetic()))
}

/// UTF-32 with its mark, which no browser reads any more.
fn utf32(bytes: &[u8]) -> Option<String> {
    let (units, of_bytes): (_, fn([u8; 4]) -> u32) = match bytes {
        [0xff, 0xfe, 0, 0, units @ ..] => (units, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, units @ ..] => (units, u32::from_be_bytes),
        _ => return None,
    };
    let (units, _) = units.as_chunks::<4>();
    let character = |unit: &[u8; 4]| char::from_u32(of_bytes(*unit)).unwrap_or('\u{fffd}');
    Some(units.iter().map(character).collect())
}

/// XML 1.0 appendix F.1: `<` and a zero byte can only be UTF-16 without a mark. White space may
/// come before it.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let is_start = |byte: u8| matches!(byte, b'<' | b'{' | b' ' | b'\r' | b'\n' | b'\t');
    match bytes {
        [a, 0, b, 0, ..] if is_start(*a) && b.is_ascii() && *b > 0 => Some(encoding_rs::UTF_16LE),
        [0, a, 0, b, ..] if is_start(*a) && b.is_ascii() && *b > 0 => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// What `<?xml … encoding="…"?>` says.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let prolog = &bytes[..bytes.len().min(PROLOG_BYTES)];
    declared_as_xml(prolog).or_else(|| declared_as_html(prolog))
}

/// HTML section 13.2.3.2, without its taste for the smallest number of bytes: `<meta charset>` or
/// the `content` of an `http-equiv`.
fn declared_as_html(prolog: &[u8]) -> Option<&'static Encoding> {
    let prolog = String::from_utf8_lossy(prolog).to_ascii_lowercase();
    let is_html = ["<!doctype html", "<html", "<head"].iter().any(|tag| prolog.contains(tag));
    let mut tags = prolog.split("<meta").skip(1).filter(|_| is_html);
    tags.find_map(|tag| {
        let tag = tag.split('>').next()?;
        let value = tag.split_once("charset")?.1.trim_start().strip_prefix('=')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| matches!(c, '"' | '\'' | ';' | '/') || c.is_whitespace());
        for_label(&value[..end.unwrap_or(value.len())])
    })
}

fn declared_as_xml(prolog: &[u8]) -> Option<&'static Encoding> {
    let start = memchr::memmem::find(prolog, b"<?xml")?;
    let length = memchr::memchr(b'>', &prolog[start..])?;
    let declaration = String::from_utf8_lossy(&prolog[start..start + length]);
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| matches!(c, '"' | '\'' | '?') || c.is_whitespace());
    for_label(&value[..end.unwrap_or(value.len())])
}

fn from_content_type(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let label = lower.split_once("charset=")?.1;
    for_label(label.split(';').next()?.trim().trim_matches(['"', '\'']))
}

/// The labels of the web, and `utf_8`, `cp-1252`, `win-1252` and the like.
fn for_label(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.trim().as_bytes()).or_else(|| {
        let plain: String = label
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        let plain = match plain.strip_prefix("win").filter(|rest| rest.starts_with("12")) {
            Some(number) => format!("cp{number}"),
            None => plain,
        };
        Encoding::for_label(plain.as_bytes())
    })
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
    fn a_page_declares_its_encoding_in_its_head() {
        let page = |meta: &str| {
            let head = format!("<!doctype html><html><head>{meta}</head><p>");
            [head.as_bytes(), b"Oekra\xEFne is \x80 1"].concat()
        };
        let check = |meta: &str, content_type: Option<&str>, text: &str, used: &str| {
            let bytes = page(meta);
            let (decoded, encoding) = decode(&bytes, content_type);
            assert_eq!((decoded.split("<p>").nth(1), encoding), (Some(text), used), "{meta}");
        };
        let western = "Oekraïne is € 1";
        check("<meta charset=windows-1252>", None, western, "windows-1252");
        check("<META CharSet='ISO-8859-1' />", None, western, "windows-1252");
        let equiv = "<meta http-equiv=content-type content='text/html; charset=windows-1252'>";
        check(equiv, Some("text/html; charset=utf-8"), western, "windows-1252");
        check(
            "<meta charset=windows-1250>",
            None,
            "Oekrađne is € 1".replace('đ', "ď").as_str(),
            "windows-1250",
        );
        check(
            "<meta charset=utf-8>",
            Some("text/html; charset=windows-1252"),
            western,
            "windows-1252",
        );
        check("<meta name=x content=charset>", None, western, "windows-1252");
        let marked =
            [b"\xEF\xBB\xBF".as_slice(), "<html><meta charset=koi8-r>é".as_bytes()].concat();
        assert!(decode(&marked, Some("text/html; charset=windows-1252")).0.ends_with('é'));
        let valid = "<html><meta charset=windows-1252>é";
        assert_eq!(decode(valid.as_bytes(), None).0, valid);
    }

    #[test]
    fn utf16_without_a_mark_is_known_by_its_zeros() {
        let bytes: Vec<u8> = "<a>é</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&bytes, None, "<a>é</a>", "UTF-16BE");
    }

    #[test]
    fn utf8_declared_and_not_kept_is_what_it_looks_like() {
        let latin = b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>co\xF6rdinatie in Belgi\xEB</a>";
        let decoded = read(latin, Some("text/xml; charset=utf-8"));
        assert!(decoded.text.contains("coördinatie in België"));
        assert!(decoded.is_misdeclared);
        let wide = b"<?xml version='1.0' encoding='utf-16'?><a>\xC3\xAB</a>";
        assert!(read(wide, None).text.contains("<a>ë</a>"));
    }

    #[test]
    fn a_few_bad_bytes_leave_the_rest_as_it_is() {
        check(b"\xC3\xABn ge\xEFnd, caf\xE9 \xC3\xA9", None, "ën geïnd, café é", "UTF-8");
        check("één … ïs".as_bytes(), None, "één … ïs", "UTF-8");
        check(b"\xC3\xABn \xC3\xA9\xC3<b/>", None, "ën é\u{fffd}<b/>", "UTF-8");
        check(b"\xC3\xABn \xC3\xA9\xE2\x82<b/>", None, "ën é\u{fffd}<b/>", "UTF-8");
        assert_eq!(read(b"\xC3\xABn \xC3\xA9\xC3<b/>", None).n_bad, 1);
    }

    #[test]
    fn encodings_of_other_times_and_places() {
        let le: Vec<u8> = "\u{feff}<é>".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        check(&le, None, "<é>", "UTF-32");
        let jp = b"<?xml version='1.0' encoding='iso-2022-jp'?><a>\x1b$B%F\x1b(B</a>";
        assert!(read(jp, None).text.contains("<a>テ</a>"));
        for label in ["cp1252", "CP-1252", "win-1252", "Windows1252", "latin-1", "ISO8859_1"] {
            let xml = [format!("<?xml encoding={label} ?>").as_bytes(), b"\x93"].concat();
            assert!(read(&xml, None).text.ends_with('\u{201c}'), "{label}");
        }
        let spaced: Vec<u8> = "\n<a>é</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&spaced, None, "\n<a>é</a>", "UTF-16LE");
    }
}
