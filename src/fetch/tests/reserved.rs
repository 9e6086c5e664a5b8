//! What sites reserve of use by machines.

use std::sync::Mutex;

use super::*;
use crate::model::reservation::Reservations;

const HOUR: Duration = Duration::from_secs(3_600);
const PATH: &str = "/.well-known/tdmrep.json";
const RULES: &str = r#"[{"location": "/vrij/", "tdm-reservation": 0},
    {"location": "/", "tdm-reservation": 1}]"#;

/// A site whose file can be replaced.
struct Site {
    web: Web,
    file: Arc<Mutex<Script>>,
    client: Client,
}

impl Site {
    async fn start(rules: &'static str, file: Script) -> Self {
        let file = Arc::new(Mutex::new(file));
        let served = Arc::clone(&file);
        let web = Web::start(move |path| match path {
            "/robots.txt" => Script::response("200 OK", rules),
            PATH => served.lock().unwrap().clone(),
            _ => Script::response("200 OK", TEXT),
        });
        let options = Options { page_gap: Span::default(), header_timeout: SHORT, ..options() };
        Self { web: web.await.unwrap(), file, client: Client::new(options).unwrap() }
    }

    async fn says(&self, path: &str, hours: u32) -> Vec<String> {
        let now = Timestamp::default().plus(hours * HOUR);
        let (url, validators) = (self.web.url(path), &Validators::default());
        let request = Request { url: &url, validators, user_agent: None, now };
        let said: Reservations = self.client.site_reservations(&request).await;
        said.words()
    }

    fn n_read(&self) -> usize {
        self.web.asked().iter().filter(|asked| asked.head.contains(PATH)).count()
    }
}

#[tokio::test]
async fn the_file_of_a_site_is_read_once_a_day_for_all_its_pages() {
    let site = Site::start("", Script::response("200 OK", RULES)).await;
    assert_eq!(site.says("/nieuws/1", 0).await, ["site tdm-reservation=1"]);
    assert_eq!(site.says("/vrij/1?x", 1).await, ["site tdm-reservation=0"]);
    assert_eq!(site.says("/nieuws/2", 23).await, ["site tdm-reservation=1"]);
    assert_eq!(site.n_read(), 1);
    // While it cannot be read, what it said last counts, and it is asked for every hour.
    *site.file.lock().unwrap() = Script::response("503 x", "");
    assert_eq!(site.says("/nieuws/2", 24).await, ["site tdm-reservation=1"]);
    *site.file.lock().unwrap() = Script::raw("", Then::Stall);
    assert_eq!(site.says("/nieuws/2", 25).await, ["site tdm-reservation=1"]);
    assert_eq!(site.says("/nieuws/2", 25).await, ["site tdm-reservation=1"]);
    assert_eq!(site.n_read(), 3);
    // Taken away, it says nothing any more.
    *site.file.lock().unwrap() = Script::response("404 Not Found", "");
    assert!(site.says("/nieuws/2", 26).await.is_empty());
    assert!(site.says("/nieuws/2", 49).await.is_empty());
    assert_eq!(site.n_read(), 4);
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_may_be_fetched() {
    let site =
        Site::start("User-agent: *\nDisallow: /dicht", Script::response("200 OK", RULES)).await;
    assert!(site.says("/dicht/1", 0).await.is_empty());
    assert_eq!(site.n_read(), 0);
    let site = Site::start("User-agent: *\nDisallow: /.well", Script::response("200 OK", RULES));
    let site = site.await;
    assert!(site.says("/nieuws/1", 0).await.is_empty());
    assert_eq!(site.n_read(), 0);
}

#[tokio::test]
async fn a_file_that_is_hostile_says_nothing() {
    let long = format!("[{}]", r#"{"location": "/", "tdm-reservation": 1},"#.repeat(50_000));
    for script in [
        Script::response("200 OK", "[".repeat(10_000)),
        Script::response("200 OK", long),
        Script::response("200 OK", "<html>"),
        Script::response("302 Found\r\nlocation: http://10.0.0.1/tdmrep.json", ""),
        Script::raw("HTTP/1.1 200 OK\r\n\r\n[", Then::Close),
    ] {
        let site = Site::start("", script).await;
        assert!(site.says("/nieuws/1", 0).await.is_empty());
        assert_eq!(site.n_read(), 1);
    }
}
