//! Connections, TLS and the framing of HTTP.

use crate::hostile::behavior::{
    Act, Behavior, dribble, flood, goes_on, ok, one_article, response, sends, steady,
};
use crate::hostile::server::{Script, Then};

const OK: &str = "HTTP/1.1 200 OK\r\n";
const SILENT: &str = "no answer within 2s";
const LARGE: &str = "the body is larger than `fetch.body_max` (1MiB)";

pub(crate) fn behaviors() -> Vec<Behavior> {
    [connections(), heads(), lengths(), chunks()].into_iter().flatten().collect()
}

fn connections() -> Vec<Behavior> {
    let url = |name, url: &str, outcome, detail| Behavior {
        name,
        act: Act::Url(url.to_owned()),
        outcome,
        detail,
    };
    let tls = |name, bytes: &[u8], then| Behavior {
        name,
        act: Act::ServeTls(Script::then(bytes, then)),
        outcome: "failed tls",
        detail: "cannot connect",
    };
    let silent_tls = Behavior {
        outcome: "failed connect",
        detail: "within 1s",
        ..tls("tls-silent", b"", Then::Stall)
    };
    vec![
        url("name-without-address", "http://nosuch.invalid/", "failed dns", "nosuch.invalid"),
        url("port-closed", "http://127.0.3.1:9/", "failed connect", "connection refused"),
        url("ipv6-loopback", "http://[::1]:9/", "failed blocked", "loopback"),
        url("ipv6-mapped", "http://[::ffff:10.0.0.1]/", "failed blocked", "IPv4-mapped"),
        url("private-address", "http://10.0.0.1/", "failed blocked", "private"),
        url("private-as-number", "http://167772161/", "failed blocked", "10.0.0.1"),
        url("metadata-in-hex", "http://0xa9fea9fe/", "failed blocked", "link-local"),
        goes_on("closed-at-accept", ("", Then::Reset), "failed protocol", "no answer"),
        goes_on("closed-after-request", ("", Then::Close), "failed protocol", "no answer"),
        tls("tls-answered-in-plain", &ok("x"), Then::Close),
        tls("tls-garbage", &[0x16, 3, 3, 0, 4, 1, 2, 3, 4], Then::Close),
        silent_tls,
        sends("h2-settings-on-plain", &b"\0\0\0\x04\0\0\0\0\0"[..], "failed protocol", "no answer"),
        goes_on("h2-settings-flood", ("", flood(b"\0\0\0\x04\0\0\0\0\0")), "failed", "no answer"),
        sends("h2-goaway", &b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0"[..], "failed", "no answer"),
    ]
}

fn heads() -> Vec<Behavior> {
    let many = "x: y\r\n".repeat(10_000);
    let giant = "x".repeat(700_000);
    let cookies = "set-cookie: a=b\r\n".repeat(2_000);
    let head = |lines: &str| format!("{OK}{lines}\r\n");
    vec![
        goes_on("headers-never", ("", Then::Stall), "failed timeout", SILENT),
        goes_on("headers-stop", (OK, Then::Stall), "failed timeout", SILENT),
        goes_on(
            "header-dribble",
            ("HTTP/1.1 200 OK\r\nx: ", dribble(b"y")),
            "failed timeout",
            SILENT,
        ),
        goes_on("headers-endless", (OK, flood(b"x: y\r\n")), "failed body", "too large"),
        goes_on("header-line-endless", ("HTTP/1.1 200 OK\r\nx: ", flood(b"yyyy")), "failed", ""),
        sends("header-lines-10000", head(&many), "failed body", "too large"),
        sends("header-line-giant", head(&format!("x: {giant}\r\n")), "failed body", "too large"),
        sends("set-cookie-flood", head(&cookies), "failed body", "too large"),
        sends("http-0.9", one_article("http09"), "failed protocol", "no answer"),
        sends("status-garbage", "HTTP/1.1 abc OK\r\n\r\n", "failed protocol", "no answer"),
        sends("status-99999", "HTTP/1.1 99999 OK\r\n\r\n", "failed protocol", "no answer"),
        sends("status-000", "HTTP/1.1 000 OK\r\n\r\n", "failed protocol", "no answer"),
        sends("protocol-garbage", vec![0xff; 2048], "failed protocol", "no answer"),
        sends("closed-after-status", OK, "failed protocol", "no answer"),
        sends("closed-in-headers", format!("{OK}content-ty"), "failed protocol", "no answer"),
        goes_on(
            "continue-endless",
            ("", steady(b"HTTP/1.1 100 Continue\r\n\r\n")),
            "failed timeout",
            SILENT,
        ),
        sends("upgrade-unasked", "HTTP/1.1 101 Switching\r\n\r\n", "failed http", "101"),
        sends("header-with-nul", head("x: a\0b\r\n"), "failed protocol", "no answer"),
        sends(
            "etag-with-newline",
            head("etag: \"a\r\n b\"\r\ncontent-length: 2\r\n") + "xx",
            "failed",
            "",
        ),
        sends(
            "etag-with-escape",
            head("etag: \"a\x1b[31mb\"\r\ncontent-length: 2\r\n") + "xx",
            "failed protocol",
            "no answer",
        ),
        sends(
            "etag-of-100-kb",
            response(&format!("200 OK\r\netag: \"{}\"", "e".repeat(100_000)), one_article("etag")),
            "fresh",
            "1",
        ),
    ]
}

fn lengths() -> Vec<Behavior> {
    let with = |lines: &str| format!("{OK}{lines}\r\n\r\n<rss>");
    let stall = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n<rss>";
    let open = "HTTP/1.1 200 OK\r\n\r\n";
    vec![
        goes_on("body-stops", (stall, Then::Stall), "failed timeout", "the body stopped for 1s"),
        goes_on("body-dribble", (open, dribble(b" ")), "failed timeout", "not complete within 3s"),
        goes_on("body-endless", (open, flood(&[b'x'; 8192])), "failed body", LARGE),
        sends("closed-in-body", stall, "failed connect", "the body broke off"),
        sends("length-negative", with("content-length: -5"), "failed protocol", "no answer"),
        sends("length-not-a-number", with("content-length: veel"), "failed protocol", "no answer"),
        sends(
            "length-twice-different",
            with("content-length: 5\r\ncontent-length: 6"),
            "failed protocol",
            "no answer",
        ),
        sends("length-too-large", with("content-length: 1048577"), "failed body", LARGE),
        sends(
            "length-overflow",
            with("content-length: 99999999999999999999"),
            "failed protocol",
            "",
        ),
        sends("length-too-short", with("content-length: 2"), "failed parse", ""),
        sends("body-empty", response("200 OK", ""), "failed body", "without a body"),
    ]
}

fn chunks() -> Vec<Behavior> {
    let chunked = |body: &str| format!("{OK}transfer-encoding: chunked\r\n\r\n{body}");
    let trailers = "x: y\r\n".repeat(20_000);
    let broke = "the body broke off";
    let endless = chunked("5;x=");
    vec![
        sends("chunk-size-garbage", chunked("zz\r\n<rss>\r\n0\r\n\r\n"), "failed connect", broke),
        sends("chunk-size-negative", chunked("-5\r\n<rss>\r\n0\r\n\r\n"), "failed connect", broke),
        sends("chunk-size-huge", chunked("fffffffffffffff\r\n<rss>"), "failed connect", broke),
        sends(
            "chunk-size-overflow",
            chunked("ffffffffffffffffff\r\n<rss>"),
            "failed connect",
            broke,
        ),
        sends("chunk-without-end", chunked("5\r\n<rss>\r\n"), "failed connect", broke),
        sends(
            "chunk-longer-than-size",
            chunked("2\r\n<rss>\r\n0\r\n\r\n"),
            "failed connect",
            broke,
        ),
        sends(
            "trailer-flood",
            chunked(&format!("5\r\n<rss>\r\n0\r\n{trailers}\r\n")),
            "failed connect",
            broke,
        ),
        goes_on("chunk-extension-endless", (&endless, flood(b"yyyy")), "failed connect", broke),
        sends(
            "chunked-and-length",
            format!(
                "{OK}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<rss>\r\n0\r\n\r\n"
            ),
            "failed parse",
            "",
        ),
        sends(
            "transfer-encoding-unknown",
            format!("{OK}transfer-encoding: geheim\r\n\r\n<rss>"),
            "failed parse",
            "",
        ),
    ]
}
