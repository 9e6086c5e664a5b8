//! Statuses, waits and redirects.

use crate::hostile::behavior::{Behavior, ok, one_article, response, sends};

pub(crate) fn behaviors() -> Vec<Behavior> {
    [statuses(), waits(), redirects(), blocked_redirects()].into_iter().flatten().collect()
}

fn statuses() -> Vec<Behavior> {
    let page = "<html><body>\x1b[2JHelaas.</body></html>";
    let status =
        |name, line: &str, outcome, detail| sends(name, response(line, page), outcome, detail);
    vec![
        sends("204-no-content", "HTTP/1.1 204 No Content\r\n\r\n", "failed body", "204 No Content"),
        sends(
            "304-unasked",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
            "failed http",
            "304 Not Modified",
        ),
        sends(
            "206-partial",
            response("206 Partial Content\r\ncontent-range: bytes 0-4/99", "<rss>"),
            "failed http",
            "206 Partial Content",
        ),
        status("300-choices", "300 Multiple Choices", "failed http", "300"),
        status("400-bad-request", "400 Bad Request", "failed http", "400"),
        status("401-login", "401 Unauthorized\r\nwww-authenticate: Basic", "failed http", "401"),
        status("403-forbidden", "403 Forbidden", "failed http", "`user_agent`"),
        status("404-not-found", "404 Not Found", "failed http", "404"),
        status("407-proxy", "407 Proxy Authentication Required", "failed http", "407"),
        status("410-gone", "410 Gone", "failed http", "410"),
        status("418-teapot", "418 I'm a teapot", "failed http", "418"),
        status("429-without-wait", "429 Too Many Requests", "failed http", "429"),
        status("500-error", "500 Internal Server Error", "failed http", "500"),
        status("503-without-wait", "503 Service Unavailable", "failed http", "503"),
        status("999-unknown", "999 Request denied", "failed http", "999"),
        status("reason-phrase-escapes", "500 \x1b]0;weg\x07", "failed", ""),
    ]
}

fn waits() -> Vec<Behavior> {
    let wait = |name, status: &str, value: &str, outcome, detail| {
        sends(
            name,
            response(&format!("{status}\r\nretry-after: {value}"), "later"),
            outcome,
            detail,
        )
    };
    let busy = "503 Service Unavailable";
    let much = "429 Too Many Requests";
    let future = "Sat, 06 Nov 2094 08:49:37 GMT";
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    vec![
        wait("retry-after-seconds", much, "120", "throttled", ""),
        wait("retry-after-date", busy, future, "throttled", ""),
        wait("retry-after-past", busy, past, "throttled", ""),
        wait("retry-after-zero", much, "0", "throttled", ""),
        wait("retry-after-absurd", busy, "99999999999999999999999", "throttled", ""),
        wait("retry-after-garbage", busy, "straks", "failed http", "503"),
        wait("retry-after-negative", much, "-5", "failed http", "429"),
        wait("retry-after-on-400", "400 Bad Request", "60", "throttled", ""),
        wait("retry-after-on-401", "401 Unauthorized", "60", "throttled", ""),
        wait("retry-after-on-403", "403 Forbidden", "60", "throttled", ""),
        wait("retry-after-on-404", "404 Not Found", "60", "failed http", "404"),
        wait("retry-after-on-410", "410 Gone", "60", "failed http", "410"),
        wait("retry-after-on-418", "418 I'm a teapot", "60", "throttled", ""),
        wait("retry-after-on-500", "500 Internal Server Error", "60", "throttled", ""),
    ]
}

fn redirect(
    name: &'static str,
    location: &str,
    outcome: &'static str,
    d: &'static str,
) -> Behavior {
    sends(name, response(&format!("302 Found\r\nlocation: {location}"), ""), outcome, d)
}

fn redirects() -> Vec<Behavior> {
    let far = format!("/{}", "x".repeat(9000));
    let circle = "the redirects go in a circle";
    vec![
        redirect("redirect-to-itself", "PATH", "failed redirect", circle),
        sends(
            "redirect-to-itself-with-fragment",
            response("301 Moved Permanently\r\nlocation: PATH#top", ""),
            "failed redirect",
            circle,
        ),
        redirect("redirect-chain-endless", "PATHx", "failed redirect", "more than 5 redirects"),
        sends(
            "redirect-without-location",
            response("302 Found", ""),
            "failed redirect",
            "Location",
        ),
        redirect("redirect-to-no-url", "http://[", "failed redirect", "not a URL"),
        redirect("redirect-too-long", &far, "failed url", "longer than 8192 bytes"),
        redirect("redirect-to-file", "file:///etc/passwd", "failed url", "`file` URLs"),
        redirect(
            "redirect-to-javascript",
            "javascript:alert(1)",
            "failed url",
            "`javascript` URLs",
        ),
        redirect("redirect-to-data", "data:text/xml,<rss/>", "failed url", "`data` URLs"),
        redirect("redirect-to-gopher", "gopher://127.0.0.1/", "failed url", "`gopher` URLs"),
        redirect("redirect-without-host", "file:", "failed url", "`file` URLs"),
        sends(
            "meta-refresh",
            ok("<html><meta http-equiv=refresh content='0;url=http://10.0.0.1/'></html>"),
            "failed parse",
            "a web page, not a feed",
        ),
        sends("login-page", ok("<!DOCTYPE html><form>"), "failed parse", "a web page, not a feed"),
        sends("203-with-document", response("203 Anders", one_article("203")), "fresh", "1"),
    ]
}

fn blocked_redirects() -> Vec<Behavior> {
    let to = |name, location: &str, detail| redirect(name, location, "failed blocked", detail);
    vec![
        to("redirect-to-private", "http://192.168.1.1/admin", "private"),
        to("redirect-to-private-short", "http://10.1/", "private"),
        to("redirect-to-private-octal", "http://0300.0250.1.1/", "private"),
        to("redirect-to-metadata", "http://169.254.169.254/latest", "link-local"),
        to("redirect-to-ipv6-loopback", "http://[0:0:0:0:0:0:0:1]/", "loopback"),
        to("redirect-to-nat64", "http://[64:ff9b::7f00:1]/", "NAT64"),
        to("redirect-to-unspecified", "http://0/", "this network"),
        to("redirect-to-wide-digits", "http://１０.0.0.1/", "private"),
        to("redirect-to-credentials", "http://u:geheim@10.0.0.1/?token=geheim", "private"),
    ]
}
