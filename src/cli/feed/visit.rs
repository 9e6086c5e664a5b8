//! Looks at feeds and pages from the command line. Nothing is stored.

use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;
use url::Url;

use crate::cli::args::Global;
use crate::cli::failure::{Exit, Failure};
use crate::cli::run::runtime;
use crate::cli::{log, out, setup};
use crate::config::catalogue;
use crate::config::paths::Paths;
use crate::discover::visit::{Found, Visit};
use crate::discover::{self, Asked, Discovery};
use crate::fetch::client::Client;
use crate::fetch::{self, Request};
use crate::model::feed::{Feed, Validators};
use crate::parse::discover::{Candidate, Page, Source};
use crate::service::clock;

/// Looks at feeds; several of one host get their pauses.
pub(super) struct Visitor {
    runtime: Runtime,
    client: Client,
}

impl Visitor {
    pub(super) fn new(global: &Global, paths: &Paths) -> Result<Self, Failure> {
        log::start(global)?;
        let options = setup::settings(global, paths)?.settings.fetch;
        Ok(Self { runtime: runtime()?, client: Client::new(options)? })
    }

    /// Fetches and reads `feed`.
    pub(super) fn visit(&self, feed: &Feed) -> Visit {
        let request = Request {
            url: &feed.url,
            validators: &Validators::default(),
            user_agent: feed.user_agent.as_deref(),
            now: clock::now(),
        };
        self.runtime.block_on(discover::visit::visit(&self.client, &request))
    }

    /// Looks for the feeds of the page that was found where `url` led.
    pub(super) fn discover(&self, url: &str, final_url: &str, page: &Page) -> Discovery {
        let bar = ProgressBar::new_spinner().with_style(style());
        let tell = |url: &str| {
            bar.set_message(out::clean(url));
            bar.tick();
        };
        let known = of_site(url);
        let asked = Asked { url, final_url, page, known: &known, now: clock::now() };
        let found = self.runtime.block_on(discover::feeds_of(&self.client, asked, &tell));
        bar.finish_and_clear();
        found
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("looking for feeds: {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// The feeds of the catalogue that are of the site of `url`.
fn of_site(url: &str) -> Vec<Candidate> {
    let site = fetch::site(url);
    let is_own = |feed: &&Feed| {
        let outlet = feed.outlet.as_deref().and_then(catalogue::outlet);
        let home = outlet.and_then(|outlet| outlet.site.as_deref());
        [Some(feed.url.as_str()), home].iter().flatten().any(|url| fetch::site(url) == site)
    };
    let candidate = |feed: &Feed| Candidate {
        url: Url::parse(&feed.url).map_or_else(|_| feed.url.clone(), String::from),
        title: feed.name.clone(),
        source: Source::Known,
    };
    catalogue::feeds().iter().filter(is_own).map(candidate).collect()
}

/// What is wrong with `url`, if something is; `no_feed` is the exit code for other documents.
pub(super) fn failure(found: &Found, url: &str, no_feed: Exit) -> Option<Failure> {
    match found {
        Found::Feed(_) => None,
        Found::Page(_) => {
            let message = format!("cannot read `{url}`: it is a web page, not a feed");
            Some(Failure::new(no_feed, message))
        }
        Found::Other(error) => Some(Failure::new(no_feed, format!("cannot read `{url}`: {error}"))),
        Found::Refused(reason) | Found::Away(reason) => {
            Some(Failure::new(Exit::Network, format!("cannot fetch `{url}`: {reason}")))
        }
    }
}
