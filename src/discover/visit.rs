//! One look at an address: fetched through the guarded client and read.

use std::mem;

use crate::fetch::client::Client;
use crate::fetch::{Answer, Request, Response};
use crate::model::fetch::{Failure, FailureClass};
use crate::model::units::Span;
use crate::parse::discover::{self, Page};
use crate::parse::feed::{self, ParsedFeed};

/// What a look came to.
#[derive(Debug)]
pub struct Visit {
    /// The exchange; the document is taken out of it.
    pub response: Response,
    /// What was found.
    pub found: Found,
}

/// What is at an address.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most are feeds, and there are few at a time")]
pub enum Found {
    /// A feed.
    Feed(ParsedFeed),
    /// A web page.
    Page(Page),
    /// A document that is neither.
    Other(feed::Error),
    /// No document, nor will there be one: the address is wrong or not allowed.
    Refused(String),
    /// No document for now: the network or the server is down.
    Away(String),
}

/// Fetches and reads what is at the URL of `request`.
pub async fn visit(client: &Client, request: &Request<'_>) -> Visit {
    let mut response = client.get(request).await;
    let found = found(mem::replace(&mut response.answer, Answer::NotModified), &response);
    Visit { response, found }
}

fn found(answer: Answer, response: &Response) -> Found {
    match answer {
        Answer::Document(bytes) => document(&bytes, response),
        Answer::Gone => Found::Refused("410 Gone".to_owned()),
        Answer::NotModified => Found::Refused("304 Not Modified".to_owned()),
        Answer::Throttled { wait } => {
            let status = response.status.unwrap_or_default();
            let wait = Span(wait);
            Found::Away(format!("{status}, the server asks to come back in {wait}"))
        }
        Answer::Failed(failure) => failed(failure, response.status),
    }
}

fn document(bytes: &[u8], response: &Response) -> Found {
    let (url, content_type) = (&response.final_url, response.content_type.as_deref());
    match feed::parse(bytes, url, content_type) {
        Ok(parsed) => Found::Feed(parsed),
        Err(error) if error == feed::Error::WebPage || discover::is_page(bytes) => {
            Found::Page(discover::page(bytes, url, content_type))
        }
        Err(error) => Found::Other(error),
    }
}

fn failed(failure: Failure, status: Option<u16>) -> Found {
    match failure.class {
        FailureClass::Dns | FailureClass::Connect | FailureClass::Tls | FailureClass::Timeout => {
            Found::Away(failure.reason)
        }
        FailureClass::Http if status.is_some_and(|status| status >= 500) => {
            Found::Away(failure.reason)
        }
        _ => Found::Refused(failure.reason),
    }
}
