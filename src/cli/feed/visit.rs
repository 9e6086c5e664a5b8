//! One look at a feed: fetched through the guarded client and read. Nothing is stored.

use tokio::runtime::Runtime;

use crate::cli::args::Global;
use crate::cli::failure::{Exit, Failure};
use crate::cli::run::runtime;
use crate::cli::{log, setup};
use crate::config::paths::Paths;
use crate::fetch::client::Client;
use crate::fetch::{Answer, Request, Response};
use crate::model::feed::{Feed, Validators};
use crate::model::fetch::FailureClass;
use crate::model::units::Span;
use crate::parse::feed::{self, ParsedFeed};
use crate::service::clock;

/// Looks at feeds; several of one host get their pauses.
pub(super) struct Visitor {
    runtime: Runtime,
    client: Client,
}

/// What a look came to.
pub(super) struct Visit {
    /// The exchange; the document is taken out of it.
    pub(super) response: Response,
    /// What was found.
    pub(super) found: Found,
}

pub(super) enum Found {
    /// A feed.
    Feed(ParsedFeed),
    /// A document that is not one.
    Other(feed::Error),
    /// No document, nor will there be one: the address is wrong or not allowed.
    Refused(String),
    /// No document for now: the network or the server is down.
    Away(String),
}

impl Visitor {
    pub(super) fn new(global: &Global, paths: &Paths) -> Result<Self, Failure> {
        log::start(global);
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
        let mut response = self.runtime.block_on(self.client.get(&request));
        let answer = std::mem::replace(&mut response.answer, Answer::NotModified);
        let found = found(answer, &response);
        Visit { response, found }
    }
}

fn found(answer: Answer, response: &Response) -> Found {
    let failure = match answer {
        Answer::Document(bytes) => {
            let content_type = response.content_type.as_deref();
            return match feed::parse(&bytes, &response.final_url, content_type) {
                Ok(parsed) => Found::Feed(parsed),
                Err(error) => Found::Other(error),
            };
        }
        Answer::Gone => return Found::Refused("410 Gone".to_owned()),
        Answer::NotModified => return Found::Refused("304 Not Modified".to_owned()),
        Answer::Throttled { wait } => {
            let status = response.status.unwrap_or_default();
            let wait = Span(wait);
            return Found::Away(format!("{status}, the server asks to come back in {wait}"));
        }
        Answer::Failed(failure) => failure,
    };
    match failure.class {
        FailureClass::Dns | FailureClass::Connect | FailureClass::Tls | FailureClass::Timeout => {
            Found::Away(failure.reason)
        }
        FailureClass::Http if response.status.is_some_and(|status| status >= 500) => {
            Found::Away(failure.reason)
        }
        _ => Found::Refused(failure.reason),
    }
}

impl Found {
    /// What is wrong with `url`, if something is; `no_feed` is the exit code for other documents.
    pub(super) fn failure(&self, url: &str, no_feed: Exit) -> Option<Failure> {
        match self {
            Self::Feed(_) => None,
            Self::Other(error) => {
                let failure = Failure::new(no_feed, format!("cannot read `{url}`: {error}"));
                Some(match error {
                    feed::Error::WebPage => failure.hint(
                        "the feeds of a page are not looked for yet: look in its source for \
                         `application/rss+xml`",
                    ),
                    _ => failure,
                })
            }
            Self::Refused(reason) | Self::Away(reason) => {
                Some(Failure::new(Exit::Network, format!("cannot fetch `{url}`: {reason}")))
            }
        }
    }
}
