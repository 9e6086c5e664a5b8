//! Bodies: compression, encodings, and what is no feed.

use crate::hostile::behavior::{Behavior, flood, goes_on, ok, one_article, response, sends};

const LARGE: &str = "the body is larger than `fetch.body_max` (1MiB)";
const UNREADABLE: &str = "not a readable feed";

pub(crate) fn behaviors() -> Vec<Behavior> {
    [compressed(), not_feeds(), encodings()].into_iter().flatten().collect()
}

fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
    response(&format!("200 OK\r\ncontent-encoding: {encoding}"), body)
}

fn compressed() -> Vec<Behavior> {
    let gzip = include_bytes!("../../fixtures/fetch/bomb.gz");
    let brotli = include_bytes!("../../fixtures/fetch/bomb.br");
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap();
    let bomb = zstd(&vec![b' '; 64 << 20]);
    let plain = one_article("gewoon");
    let twice = zstd(&zstd(plain.as_bytes()));
    let name = |name, encoding: &str, body: &[u8], detail| {
        sends(name, encoded(encoding, body), "failed body", detail)
    };
    let nothing = "HTTP/1.1 200 OK\r\ncontent-encoding: zstd\r\n\r\n";
    vec![
        name("gzip-bomb", "gzip", gzip, LARGE),
        name("brotli-bomb", "br", brotli, LARGE),
        name("zstd-bomb", "zstd", &bomb, LARGE),
        name("gzip-cut-off", "gzip", &gzip[..200], "cannot decompress"),
        name("zstd-cut-off", "zstd", &zstd(plain.as_bytes())[..40], "cannot decompress"),
        name("gzip-label-on-plain", "gzip", plain.as_bytes(), "cannot decompress"),
        name("brotli-label-on-zstd", "br", &twice, "cannot decompress"),
        // Empty frames (RFC 8878 section 3.1.1): bytes that become nothing.
        goes_on("zstd-of-nothing", (nothing, flood(b"\x50\x2a\x4d\x18\0\0\0\0")), "failed", ""),
        sends("encoding-unknown", encoded("geheim", b"\x01\x02\x03"), "failed parse", ""),
        sends("encoded-twice", encoded("zstd", &twice), "fresh", "1"),
        sends("encoded-without-label", ok(zstd(plain.as_bytes())), "fresh", "1"),
    ]
}

fn not_feeds() -> Vec<Behavior> {
    let parse = |name, body: &[u8], detail| sends(name, ok(body), "failed parse", detail);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".repeat(400);
    vec![
        parse("json-not-a-feed", b"{\"error\": \"geen toegang\"}", UNREADABLE),
        parse("json-deep", "[".repeat(100_000).as_bytes(), UNREADABLE),
        parse("json-feed-deep", json_feed_deep().as_bytes(), UNREADABLE),
        parse("image-as-rss", &png, UNREADABLE),
        parse("nothing-but-nuls", &[0; 500_000], "empty"),
        parse("nothing-but-space", &[b' '; 500_000], "empty"),
        parse("random-bytes", &noise(), UNREADABLE),
        parse("plain-text", b"Binnenkort beschikbaar", UNREADABLE),
        parse("opml-as-feed", b"<opml version='2.0'><body/></opml>", UNREADABLE),
        parse("svg-as-feed", b"<svg xmlns='http://www.w3.org/2000/svg'/>", UNREADABLE),
    ]
}

fn json_feed_deep() -> String {
    let deep = "[".repeat(50_000);
    format!(
        "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"x\", \"items\": {deep}"
    )
}

/// Bytes without pattern, the same every time.
fn noise() -> Vec<u8> {
    let next = |seed: &u32| Some(seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    std::iter::successors(Some(7_u32), next).map(|n| n.to_be_bytes()[0]).take(100_000).collect()
}

fn encodings() -> Vec<Behavior> {
    let wide = |swap: fn(u16) -> [u8; 2], name| -> Vec<u8> {
        one_article(name).encode_utf16().flat_map(swap).collect()
    };
    let little = wide(u16::to_le_bytes, "utf16");
    let typed = |charset: &str, body: &[u8]| {
        response(&format!("200 OK\r\ncontent-type: text/xml; charset={charset}"), body)
    };
    let declared = format!("<?xml version='1.0' encoding='klingon'?>{}", one_article("k"));
    let latin = encoding_rs::WINDOWS_1252
        .encode("<rss version='2.0'><channel><item><title>één</title></item></channel></rss>")
        .0;
    let with_nuls = one_article("nul").replace("Bericht", "Be\0richt");
    vec![
        sends("utf16-without-bom", ok(&little), "fresh", "1"),
        sends("utf16-with-charset", typed("utf-16le", &little), "fresh", "1"),
        sends("utf16-of-odd-length", typed("utf-16le", &little[..301]), "failed parse", UNREADABLE),
        sends("charset-wrong", typed("utf-8", &latin), "fresh", "1"),
        sends("charset-unknown", typed("klingon", declared.as_bytes()), "fresh", "1"),
        sends("nuls-in-text", ok(with_nuls), "fresh", "1"),
        sends("bom-twice", ok(format!("\u{feff}\u{feff}{}", one_article("bom"))), "fresh", "1"),
    ]
}
