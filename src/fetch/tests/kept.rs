//! Connections that a server keeps open, and closes when the next request is on its way.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;

use super::*;

/// What the server does with the requests of one connection, in order; after the last it hangs up.
type Plan = &'static [Deed];

#[derive(Debug, Clone, Copy)]
enum Deed {
    Answer,
    /// Reads the request, and hangs up.
    HangUp,
    /// Answers, and breaks off in the body.
    BreakOff,
}

/// Serves each connection by the next plan, the last one for ever.
struct Server {
    url: String,
    n_asked: Arc<AtomicUsize>,
}

impl Server {
    async fn start(plans: &'static [Plan]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/feed", listener.local_addr().unwrap());
        let n_asked = Arc::new(AtomicUsize::new(0));
        let n = Arc::clone(&n_asked);
        tokio::spawn(async move {
            let mut plans = plans.iter();
            let mut plan = plans.next().unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, plan, Arc::clone(&n)));
                plan = plans.next().unwrap_or(plan);
            }
        });
        Self { url, n_asked }
    }

    fn n_asked(&self) -> usize {
        self.n_asked.load(Ordering::SeqCst)
    }
}

async fn serve(stream: TcpStream, plan: Plan, n_asked: Arc<AtomicUsize>) {
    let mut stream = BufReader::new(stream);
    for deed in plan {
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
        }
        n_asked.fetch_add(1, Ordering::SeqCst);
        let length = match deed {
            Deed::Answer => TEXT.len(),
            Deed::BreakOff => TEXT.len() + 1,
            Deed::HangUp => return,
        };
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{TEXT}");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

async fn ask(client: &Client, server: &Server) -> Response {
    get_with(client, &server.url, &Validators::default()).await
}

#[tokio::test]
async fn a_request_lost_on_a_kept_connection_is_sent_once_more_in_its_turn() {
    const GAP: Duration = Duration::from_millis(100);
    let server = Server::start(&[&[Deed::Answer, Deed::HangUp], &[Deed::Answer]]).await;
    let client = Client::new(Options { host_gap: Span(GAP), ..options() }).unwrap();
    assert!(!ask(&client, &server).await.is_asked_again);
    let began_at = Instant::now();
    let response = ask(&client, &server).await;
    assert_eq!(response.answer, Answer::Document(TEXT.into()));
    assert!(response.is_asked_again);
    assert_eq!(server.n_asked(), 3);
    // The second one waits for the gap as well as the first.
    assert!(began_at.elapsed() >= 2 * GAP, "{:?}", began_at.elapsed());
}

#[tokio::test]
async fn it_is_sent_no_third_time() {
    let server = Server::start(&[&[Deed::Answer, Deed::HangUp], &[Deed::HangUp]]).await;
    let client = Client::new(options()).unwrap();
    ask(&client, &server).await;
    let response = ask(&client, &server).await;
    assert!(response.is_asked_again);
    assert_eq!(failure(response).class, FailureClass::Protocol);
    assert_eq!(server.n_asked(), 3);
}

#[tokio::test]
async fn what_a_new_connection_does_not_answer_is_a_failure() {
    let server = Server::start(&[&[Deed::HangUp], &[Deed::Answer]]).await;
    let client = Client::new(options()).unwrap();
    let response = ask(&client, &server).await;
    assert!(!response.is_asked_again);
    assert_eq!(failure(response).class, FailureClass::Protocol);
    assert_eq!(server.n_asked(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_reason_to_ask_again() {
    let server = Server::start(&[&[Deed::Answer, Deed::BreakOff], &[Deed::Answer]]).await;
    let client = Client::new(options()).unwrap();
    ask(&client, &server).await;
    let response = ask(&client, &server).await;
    assert!(!response.is_asked_again);
    assert_eq!(failure(response).class, FailureClass::Connect);
    assert_eq!(server.n_asked(), 2);
}

#[tokio::test]
async fn a_pass_over_many_hosts_keeps_only_so_many_connections() {
    let web = Web::start(|_| Script::response("304 Not Modified", "")).await.unwrap();
    let client = Client::new(options()).unwrap();
    for host in 0..600 {
        let url = web.url_at(&format!("127.1.{}.{}", host / 200, host % 200 + 1), "/feed");
        get_with(&client, &url, &Validators::default()).await;
    }
    let closes: Vec<bool> =
        web.asked().iter().map(|asked| asked.header("connection") == Some("close")).collect();
    assert_eq!(closes.iter().position(|closes| *closes), Some(512));
    assert!(closes[512..].iter().all(|closes| *closes));
}
