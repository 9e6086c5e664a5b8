//! One document of a search: asked for, and told of.

use crate::fetch::{Answer, Request, Response};
use crate::model::feed::{Feed, Validators};
use crate::repair::{Read, Search};

impl Search<'_> {
    /// Gets `url`; `None` when there is no document, which has been told then.
    pub(super) async fn get(&mut self, url: &str, feed: &Feed) -> Option<(Vec<u8>, Response)> {
        let request = Request {
            url,
            validators: &Validators::default(),
            user_agent: feed.user_agent.as_deref(),
            now: (self.context.clock)(),
        };
        let reason = match self.context.client.get_page(&request).await {
            Ok(mut response) => {
                match std::mem::replace(&mut response.answer, Answer::NotModified) {
                    Answer::Document(bytes) => return Some((bytes, response)),
                    Answer::Failed(failure) => failure.reason,
                    Answer::Gone => "410 Gone".to_owned(),
                    Answer::NotModified => "no document".to_owned(),
                    Answer::Throttled { wait } => {
                        self.wait = self.wait.max(wait);
                        "the server asks to wait".to_owned()
                    }
                }
            }
            Err(forbidden) => {
                self.wait = self.wait.max(forbidden.wait);
                forbidden.reason
            }
        };
        self.told(Read { url: url.to_owned(), result: Err(reason), n_new: 0 });
        None
    }

    /// Takes up what came of a document.
    pub(super) fn told(&mut self, read: Read) {
        (self.progress)(&read);
        self.report.documents.push(read);
    }
}
