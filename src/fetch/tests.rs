//! The whole client against a real server on loopback.

mod guarded;
mod kept;
mod reserved;
mod robots;
mod turns;
mod web;

use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::fetch::client::Client;
use crate::fetch::tests::web::{Script, Then, Web};
use crate::fetch::{Answer, Options, Request, Response};
use crate::model::feed::Validators;
use crate::model::fetch::{Failure, FailureClass};
use crate::model::time::Timestamp;
use crate::model::units::{ByteSize, Span};

const TEXT: &str = "Een nieuwsbrief over de Noordzee.";
const TEXT_GZIP: &str = "1f8b0800000000000003734dcd53c8cb4c2d2d2f4e2aca4c4d53c82f4b2d52484955f0c\
                         bcf2f4aa94a4dd503005529058c21000000";
const TEXT_BROTLI: &str =
    "0b108045656e206e69657577736272696566206f766572206465204e6f6f72647a65652e03";

/// Short enough for a test that waits for it, long enough for a loaded machine to answer before.
const SHORT: Span = Span(Duration::from_millis(150));

/// Loopback is open, hosts do not pause.
fn options() -> Options {
    let allow_hosts = vec!["127.0.0.0/8".to_owned()];
    Options { allow_hosts, host_gap: Span::default(), ..Options::default() }
}

async fn get(options: Options, url: &str) -> Response {
    get_with(&Client::new(options).unwrap(), url, &Validators::default()).await
}

async fn get_with(client: &Client, url: &str, validators: &Validators) -> Response {
    let now = Timestamp::from_seconds(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
    client.get(&Request { url, validators, user_agent: None, now }).await
}

/// Serves one script, and gets it.
async fn get_script(options: Options, script: Script) -> Response {
    let web = Web::start(move |_| script.clone()).await.unwrap();
    get(options, &web.url("/feed")).await
}

#[track_caller]
fn failure(response: Response) -> Failure {
    match response.answer {
        Answer::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_failure(response: Response, class: FailureClass, reason: &str) {
    assert_eq!(failure(response), Failure::new(class, reason));
}

fn validators(etag: &str, last_modified: &str) -> Validators {
    Validators { etag: Some(etag.into()), last_modified: Some(last_modified.into()) }
}

#[tokio::test]
async fn document_comes_with_what_its_headers_say() {
    let head = "200 OK\r\netag: W/\"7\"\r\nlast-modified: toen\r\n\
                content-type: application/rss+xml\r\ncache-control: max-age=300";
    let web = Web::start(move |_| Script::response(head, TEXT)).await.unwrap();
    let response = get(options(), &web.url("/feed?a=b")).await;
    assert_eq!(response.answer, Answer::Document(TEXT.into()));
    assert_eq!(response.final_url, web.url("/feed?a=b"));
    assert_eq!(response.status, Some(200));
    assert_eq!(response.validators, validators("W/\"7\"", "toen"));
    assert_eq!(response.content_type.as_deref(), Some("application/rss+xml"));
    assert_eq!(response.max_age, Some(Duration::from_secs(300)));
    assert_eq!(response.size_bytes, TEXT.len() as u64);
    assert!(!response.is_moved);

    let asked = &web.asked()[0];
    assert!(asked.head.starts_with("GET /feed?a=b HTTP/1.1\r\n"));
    assert!(asked.header("user-agent").unwrap().starts_with("knipsel/"));
    assert!(asked.header("accept-encoding").unwrap().contains("zstd"));
    assert_eq!(asked.header("if-none-match"), None);
    assert_eq!(asked.header("if-modified-since"), None);
}

#[tokio::test]
async fn validators_are_sent_verbatim_and_renewed_by_a_304() {
    let head = "304 Not Modified\r\nlast-modified: gisteren";
    let web = Web::start(move |_| Script::raw(format!("HTTP/1.1 {head}\r\n\r\n"), Then::Close));
    let web = web.await.unwrap();
    let sent = validators("W/\"a, b\"", "Mon,  1 Jan 24 0:00 CET");
    let client = Client::new(options()).unwrap();
    let response = get_with(&client, &web.url("/"), &sent).await;
    assert_eq!(response.answer, Answer::NotModified);
    assert_eq!(response.validators, validators("W/\"a, b\"", "gisteren"));
    let asked = &web.asked()[0];
    assert_eq!(asked.header("if-none-match"), Some("W/\"a, b\""));
    assert_eq!(asked.header("if-modified-since"), Some("Mon,  1 Jan 24 0:00 CET"));
}

#[tokio::test]
async fn feed_may_have_a_user_agent_of_its_own() {
    let web = Web::start(|_| Script::response("200 OK", TEXT)).await.unwrap();
    let client = Client::new(options()).unwrap();
    let (url, validators) = (web.url("/"), Validators::default());
    let mut request = Request {
        url: &url,
        validators: &validators,
        user_agent: Some("Mozilla/5.0"),
        now: Timestamp::default(),
    };
    client.get(&request).await;
    assert_eq!(web.asked()[0].header("user-agent"), Some("Mozilla/5.0"));
    request.user_agent = Some("a\r\nb: c");
    assert_eq!(failure(client.get(&request).await).class, FailureClass::Internal);
}

#[tokio::test]
async fn compressed_bodies_are_decompressed() {
    let decode = |hex: &str| HEXLOWER.decode(hex.as_bytes()).unwrap();
    let zstd = zstd::encode_all(TEXT.as_bytes(), 3).unwrap();
    for (encoding, body) in
        [("gzip", decode(TEXT_GZIP)), ("br", decode(TEXT_BROTLI)), ("zstd", zstd)]
    {
        let head = format!("200 OK\r\ncontent-encoding: {encoding}");
        let response = get_script(options(), Script::response(&head, body)).await;
        assert_eq!(response.answer, Answer::Document(TEXT.into()), "{encoding}");
    }
}

#[tokio::test]
async fn broken_bodies_are_failures() {
    let gzip = HEXLOWER.decode(TEXT_GZIP.as_bytes()).unwrap();
    let head = "200 OK\r\ncontent-encoding: gzip";
    let cut = get_script(options(), Script::response(head, &gzip[..30])).await;
    assert_eq!(failure(cut).class, FailureClass::Body);
    let not_gzip = get_script(options(), Script::response(head, TEXT)).await;
    assert_eq!(failure(not_gzip).class, FailureClass::Body);

    let short = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n<rss>";
    let response = get_script(options(), Script::raw(short, Then::Close)).await;
    assert_eq!(response.status, Some(200));
    assert_eq!(failure(response).class, FailureClass::Connect);
}

#[tokio::test]
async fn redirects_are_followed_to_the_end() {
    let web = Web::start(|path| match path {
        "/old" => Script::response("301 Moved Permanently\r\nlocation: /new#top", "weg"),
        "/new" => Script::response("308 Permanent Redirect\r\nlocation: end?x=1", ""),
        "/now" => Script::response("302 Found\r\nlocation: /new", ""),
        _ => Script::response("200 OK", TEXT),
    });
    let web = web.await.unwrap();
    let moved = get(options(), &web.url("/old")).await;
    assert_eq!(moved.answer, Answer::Document(TEXT.into()));
    assert_eq!(moved.final_url, web.url("/end?x=1"));
    assert!(moved.is_moved);
    assert_eq!(web.asked().len(), 3);
    assert!(web.asked().iter().all(|asked| asked.header("referer").is_none()));
    let followed = get(options(), &web.url("/now")).await;
    assert_eq!(followed.final_url, web.url("/end?x=1"));
    assert!(!followed.is_moved);
}

#[tokio::test]
async fn redirects_without_end_are_failures() {
    let web = Web::start(|path| {
        let next = match path {
            "/a" => "/b".to_owned(),
            "/b" => "/a".to_owned(),
            _ => format!("{path}x"),
        };
        Script::response(&format!("302 Found\r\nlocation: {next}"), "")
    });
    let web = web.await.unwrap();
    let circle = failure(get(options(), &web.url("/a")).await);
    assert_eq!(circle.class, FailureClass::Redirect);
    assert!(circle.reason.ends_with("the redirects go in a circle"), "{}", circle.reason);
    assert_eq!(web.asked().len(), 2);
    let endless = failure(get(options(), &web.url("/x")).await);
    assert_eq!(endless.class, FailureClass::Redirect);
    assert!(endless.reason.ends_with("more than 5 redirects"), "{}", endless.reason);
    assert_eq!(web.asked().len(), 2 + 6);
    let nowhere = get_script(options(), Script::response("302 Found", "")).await;
    check_failure(nowhere, FailureClass::Redirect, "a redirect without a Location");
}

#[tokio::test]
async fn another_host_gets_the_validators_but_no_credentials() {
    let web = Web::start(|path| match path {
        "/end" => Script::raw("HTTP/1.1 304 Not Modified\r\n\r\n", Then::Close),
        // The path is all the server knows of its own port.
        port => {
            let location = format!("http://a:b@127.0.0.2:{}/end", port.trim_start_matches('/'));
            Script::response(&format!("302 Found\r\nlocation: {location}"), "")
        }
    });
    let web = web.await.unwrap();
    let url = web.url_at("owner:geheim@127.0.0.1", &format!("/{}", web.port));
    let client = Client::new(options()).unwrap();
    let response = get_with(&client, &url, &validators("\"1\"", "toen")).await;
    assert_eq!(response.answer, Answer::NotModified);
    assert_eq!(response.final_url, web.url_at("127.0.0.2", "/end"));
    let [first, second] = &web.asked()[..] else { panic!("{:?}", web.asked()) };
    assert!(first.header("authorization").is_some());
    assert_eq!(second.header("authorization"), None);
    assert_eq!(second.header("if-none-match"), Some("\"1\""));
}

#[tokio::test]
async fn redirect_to_a_blocked_address_is_not_followed() {
    for target in ["http://127.0.0.2/", "http://169.254.169.254/latest", "http://0x7f.2/?a=b"] {
        let head = format!("302 Found\r\nlocation: {target}");
        let only_one = Options { allow_hosts: vec!["127.0.0.1".to_owned()], ..options() };
        let response = get_script(only_one, Script::response(&head, "")).await;
        assert_eq!(response.status, Some(302));
        let failure = failure(response);
        assert_eq!(failure.class, FailureClass::Blocked, "{target}");
        assert!(!failure.reason.contains("a=b"), "{}", failure.reason);
    }
    let file = Script::response("302 Found\r\nlocation: file:///etc/passwd", "");
    assert_eq!(failure(get_script(options(), file).await).class, FailureClass::Url);
}

#[tokio::test]
async fn loopback_is_blocked_by_default_and_never_connected_to() {
    let web = Web::start(|_| Script::response("200 OK", TEXT)).await.unwrap();
    for host in ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:7f00:1]", "0", "[::1]"] {
        let response = get(Options::default(), &web.url_at(host, "/")).await;
        assert_eq!(failure(response).class, FailureClass::Blocked, "{host}");
    }
    assert!(web.asked().is_empty());
    let response = get(Options::default(), &web.url("/")).await;
    let reason = "the URL is at 127.0.0.1, which is not public (loopback); \
                  `fetch.allow_hosts` opens it";
    check_failure(response, FailureClass::Blocked, reason);
}

#[tokio::test]
async fn name_is_judged_by_its_addresses_unless_the_owner_opened_it() {
    let web = Web::start(|_| Script::response("200 OK", TEXT)).await.unwrap();
    let url = web.url_at("localhost", "/");
    let blocked = failure(get(Options::default(), &url).await);
    assert_eq!(blocked.class, FailureClass::Blocked);
    assert!(blocked.reason.starts_with("`localhost` is at "), "{}", blocked.reason);
    assert!(web.asked().is_empty());
    let open = Options { allow_hosts: vec!["LocalHost".to_owned()], ..options() };
    assert_eq!(get(open, &url).await.answer, Answer::Document(TEXT.into()));
}

#[tokio::test]
async fn gone_and_throttled_are_answers() {
    let gone = get_script(options(), Script::response("410 Gone", "weg")).await;
    assert_eq!((gone.answer, gone.status), (Answer::Gone, Some(410)));
    let wait = Duration::from_secs(120);
    for value in ["120", "Sun, 06 Nov 1994 08:51:37 GMT"] {
        let head = format!("503 Service Unavailable\r\nretry-after: {value}");
        let throttled = get_script(options(), Script::response(&head, "later")).await;
        assert_eq!(throttled.answer, Answer::Throttled { wait });
        assert!(throttled.validators.is_empty());
    }
    let missing = get_script(options(), Script::response("404 Not Found", "?")).await;
    check_failure(missing, FailureClass::Http, "404 Not Found");
}

#[tokio::test]
async fn what_is_not_http_is_a_failure() {
    let http_09 = get_script(options(), Script::raw("<rss></rss>", Then::Close)).await;
    assert_eq!(failure(http_09).class, FailureClass::Protocol);
    let many = "x: y\r\n".repeat(200);
    let many = Script::raw(format!("HTTP/1.1 200 OK\r\n{many}\r\n"), Then::Close);
    assert_eq!(failure(get_script(options(), many).await).class, FailureClass::Body);
    let long = "x".repeat(1 << 20);
    let long = Script::raw(format!("HTTP/1.1 200 OK\r\nx: {long}\r\n\r\n"), Then::Close);
    assert_eq!(failure(get_script(options(), long).await).class, FailureClass::Body);
    let response = get(options(), "not a url").await;
    check_failure(
        response,
        FailureClass::Url,
        "not a URL that can be fetched: relative URL without a base",
    );
}

#[tokio::test]
async fn connection_failures_name_their_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let response = get(options(), &format!("https://u:geheim@{address}/?token=geheim")).await;
    let tls = failure(response);
    assert_eq!(tls.class, FailureClass::Tls, "{}", tls.reason);
    assert!(!tls.reason.contains("geheim"), "{}", tls.reason);
    plain.await.unwrap();

    // Nobody listens there any more.
    let refused = get(options(), &format!("http://{address}/?token=geheim")).await;
    let reason = "cannot connect to `127.0.0.1`: connection refused";
    check_failure(refused, FailureClass::Connect, reason);
}

#[tokio::test]
async fn slow_headers_meet_their_limit() {
    let options = Options { header_timeout: SHORT, ..options() };
    let response = get_script(options, Script::raw("HTTP/1.1 200 OK\r\n", Then::Stall)).await;
    assert!(response.duration >= SHORT.0);
    check_failure(response, FailureClass::Timeout, "no answer within 150ms");
}

#[tokio::test]
async fn stopped_body_meets_the_idle_limit() {
    let options = Options { idle_timeout: SHORT, ..options() };
    let bytes = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n<rss>";
    let response = get_script(options, Script::raw(bytes, Then::Stall)).await;
    check_failure(response, FailureClass::Timeout, "the body stopped for 150ms");
}

#[tokio::test]
async fn dripping_body_meets_the_total_limit() {
    let options = Options { total_timeout: SHORT, ..options() };
    let drip = Then::Repeat(b"x", Duration::from_millis(10));
    let response = get_script(options, Script::raw("HTTP/1.1 200 OK\r\n\r\n", drip)).await;
    assert_eq!(response.status, Some(200));
    check_failure(response, FailureClass::Timeout, "not complete within 150ms");
}

#[tokio::test]
async fn bodies_are_held_to_their_limit() {
    let small = || Options { body_max: ByteSize(4096), ..options() };
    let reason = "the body is larger than `fetch.body_max` (4KiB)";
    let fits = get_script(small(), Script::response("200 OK", vec![b'x'; 4096])).await;
    assert_eq!(fits.size_bytes, 4096);
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 4097\r\n\r\n";
    let announced = get_script(small(), Script::raw(announced, Then::Stall)).await;
    check_failure(announced, FailureClass::Body, reason);
    let endless = Then::Repeat(&[b'x'; 1024], Duration::ZERO);
    let endless = get_script(small(), Script::raw("HTTP/1.1 200 OK\r\n\r\n", endless)).await;
    check_failure(endless, FailureClass::Body, reason);
}

#[tokio::test]
async fn bomb_is_left_at_the_limit() {
    let bomb = include_bytes!("../../tests/fixtures/fetch/bomb.br");
    assert!(bomb.len() < 1000);
    let options = Options { body_max: ByteSize(1 << 20), ..options() };
    let script = Script::response("200 OK\r\ncontent-encoding: br", bomb);
    let response = get_script(options, script).await;
    check_failure(response, FailureClass::Body, "the body is larger than `fetch.body_max` (1MiB)");
}

#[tokio::test]
async fn compressed_bytes_that_become_nothing_meet_the_idle_limit() {
    let options = Options { idle_timeout: SHORT, ..options() };
    let head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    let gzip = [&head[..], b"\x1f\x8b\x08\0\0\0\0\0\0\x03"].concat();
    // Stored blocks of length zero (RFC 1951 section 3.2.4).
    let nothing = Then::Repeat(b"\0\0\0\xff\xff", Duration::ZERO);
    let response = get_script(options, Script::raw(gzip, nothing)).await;
    check_failure(response, FailureClass::Timeout, "the body stopped for 150ms");
}
