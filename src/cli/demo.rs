//! `knipsel run --demo`: the daemon on an invented press, with its day compressed to a minute.

use std::path::Path;
use std::time::Duration;

use clap::Parser as _;
use tokio::time::Instant;

use crate::cli::args::Cli;
use crate::cli::dispatch;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{bold, dim, note};
use crate::cli::run::to_end;
use crate::config::settings::Settings;
use crate::listen::passed::Passed;
use crate::model::feed::{Feed, Fulltext};
use crate::model::units::Span;
use crate::press::script::{self, Kind};
use crate::press::{self, Press, edition};
use crate::service::{self, Error, Setup, clock};
use crate::store::{Layout, Reader, library};

/// Between two polls of a feed, and so about the length of a scene.
const POLL: Duration = Duration::from_secs(2);

/// A scene ends when every feed was asked, or after this.
const SCENE_MAX: Duration = Duration::from_secs(10);

/// The press dates its first stories this long ago, so that none lies ahead.
const BACK: Duration = Duration::from_secs(20 * 60);

/// What a reader of this press might ask.
const QUESTIONS: [(&str, &[&str]); 4] = [
    (
        "What was written about Lavrov and security guarantees in February 2022?",
        &["search", "Lavrov veiligheidsgaranties", "--until", "2022-02", "--limit", "3"],
    ),
    ("Which papers had the wire story about the bridge keepers?", &["search", "brugwacht"]),
    (
        "Which articles were changed after they were published?",
        &[
            "sql",
            "SELECT id, revision, changed, title FROM revisions WHERE revision > 1 ORDER BY seen_at",
        ],
    ),
    ("How is every feed doing?", &["status"]),
];

pub(super) fn demo() -> Result<Exit, Failure> {
    let dir = tempfile::Builder::new()
        .prefix("knipsel-demo-")
        .tempdir()
        .map_err(|source| Error::System { action: "make a temporary folder", source })?
        .keep();
    note(&format!(
        "{} Five invented papers on 127.0.0.1, no network needed; it takes half a minute.\n",
        bold("knipsel demo.")
    ));
    to_end(async {
        let press = press::start(clock::now().minus(BACK))
            .await
            .map_err(|source| Error::System { action: "serve the invented press", source })?;
        let setup = Setup {
            layout: Layout::new(&dir),
            settings: settings(),
            feeds: feeds(&press),
            files: None,
            sockets: Passed::default(),
            clock: clock::now,
        };
        service::run(setup, play(&press)).await
    })?;
    tell_what_is_there(&dir)?;
    for (question, arguments) in QUESTIONS {
        ask(&dir, question, arguments)?;
    }
    note(&format!(
        "The archive stays in {0}. Ask it more:\n\n  knipsel --archive {0} search stikstof\n  \
         knipsel --archive {0} show ID\n  knipsel --archive {0} sql 'SELECT * FROM fetches'\n",
        dir.display()
    ));
    Ok(Exit::Done)
}

/// Its day is too short for the pauses between pages.
fn feeds(press: &Press) -> Vec<Feed> {
    let feeds = press.feeds().into_iter();
    feeds.map(|feed| Feed { fulltext: Fulltext::Off, ..feed }).collect()
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.fetch.allow_hosts = vec!["127.0.0.1".to_owned()];
    settings.fetch.host_gap = Span(Duration::ZERO);
    let poll = Span(POLL);
    settings.poll.floor = poll;
    settings.poll.ceiling = poll;
    settings.poll.ceiling_quiet = poll;
    settings.poll.ceiling_very_quiet = poll;
    settings.poll.backoff_max = poll;
    settings
}

/// Plays the day scene by scene; ends with it.
async fn play(press: &Press) {
    let events = script::events();
    for scene in 0..edition::SCENES {
        press.set_scene(scene);
        let n_before = press.requests().len();
        for event in events.iter().filter(|event| event.scene == scene && scene > 0) {
            if !matches!(event.kind, Kind::Published | Kind::TaggedLink) {
                note(&dim(&format!("         {}", event.line)));
            }
        }
        let end = Instant::now() + SCENE_MAX;
        while !every_feed_was_asked(press, n_before) && Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // What was answered last is still being stored.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn every_feed_was_asked(press: &Press, n_before: usize) -> bool {
    let requests = press.requests();
    let asked = requests.get(n_before..).unwrap_or_default();
    press.feeds().iter().all(|feed| asked.iter().any(|request| feed.url.ends_with(&request.path)))
}

fn tell_what_is_there(dir: &Path) -> Result<(), Failure> {
    let totals = library::totals(&Reader::open(&Layout::new(dir))?)?;
    note(&format!(
        "\nStored {} articles and {} later revisions in {} fetches. Now some questions.\n",
        totals.n_articles,
        totals.n_revisions - totals.n_articles,
        totals.n_fetches
    ));
    Ok(())
}

fn ask(dir: &Path, question: &str, arguments: &[&str]) -> Result<(), Failure> {
    note(&bold(question));
    let quote = |word: &&str| {
        if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() }
    };
    let shown: Vec<String> = arguments.iter().map(quote).collect();
    note(&dim(&format!("$ knipsel --archive {} {}\n", dir.display(), shown.join(" "))));
    let dir = dir.to_string_lossy();
    let line = ["knipsel", "--archive", &dir].into_iter().chain(arguments.iter().copied());
    let cli = Cli::try_parse_from(line)
        .map_err(|error| Failure::new(Exit::Usage, error.to_string().trim()))?;
    dispatch(&cli)?;
    note("");
    Ok(())
}
