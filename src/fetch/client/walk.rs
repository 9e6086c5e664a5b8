//! What is known of a request on its way, and the response that it comes to.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use url::Url;

use crate::fetch::hop::Hop;
use crate::fetch::{Answer, Place, Request, Response, answer, failure, headers, links, redirect};
use crate::model::feed::Validators;
use crate::model::fetch::{Failure, FailureClass};

/// What is known of a request while it runs.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) visited: Vec<Url>,
    pub(super) is_temporary: bool,
    pub(super) is_asked_again: bool,
    /// The connection of the last hop is kept open.
    pub(super) is_kept: bool,
    pub(super) hops: Vec<Hop>,
    pub(super) duration: Duration,
}

/// One response; the body is read only where it is the document.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) place: Place,
}

impl Walk {
    pub(super) fn redirected(
        &mut self,
        to: &Url,
        status: StatusCode,
        max: usize,
    ) -> Result<(), Failure> {
        let failure = |reason| Err(Failure::new(FailureClass::Redirect, reason));
        let is_loop = self.visited.contains(to);
        self.is_temporary |= !redirect::is_permanent(status);
        self.visited.push(to.clone());
        if is_loop {
            return failure("the redirects go in a circle".to_owned());
        }
        if self.visited.len() > max + 1 {
            return failure(format!("more than {max} redirects"));
        }
        Ok(())
    }

    pub(super) fn response(self, request: &Request<'_>, result: Result<Reply, Answer>) -> Response {
        let redirected_to = self.visited.get(1..).and_then(<[Url]>::last);
        let (headers, mut answer, place) = match result {
            Ok(Reply { status, headers, body, place }) => {
                let answer = answer::decide(status, &headers, body, request);
                (headers, answer, place)
            }
            Err(answer) => (HeaderMap::new(), answer, Place::default()),
        };
        if let (Answer::Failed(failure), Some(url)) = (&mut answer, redirected_to) {
            let reason = format!("redirected to `{}`: {}", redirect::shown(url), failure.reason);
            failure.reason = failure::one_line(&reason);
        }
        let final_url = redirected_to.map_or_else(
            || request.url.to_owned(),
            |url| redirect::without_credentials(url.clone()).into(),
        );
        Response {
            links: links::read(&headers, &final_url),
            final_url,
            is_moved: redirected_to.is_some() && !self.is_temporary,
            status: self.hops.last().map(|hop| hop.status).map(|status| status.as_u16()),
            validators: match &answer {
                Answer::Document(_) => headers::validators(&headers),
                Answer::NotModified => headers::renewed(request.validators, &headers),
                _ => Validators::default(),
            },
            content_type: headers::content_type(&headers),
            max_age: headers::max_age(&headers),
            reservations: headers::reservations(&headers),
            size_bytes: if let Answer::Document(body) = &answer { body.len() as u64 } else { 0 },
            duration: self.duration,
            answer,
            place,
            is_asked_again: self.is_asked_again,
            hops: self.hops,
        }
    }
}
