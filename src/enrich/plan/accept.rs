//! What the text of a page makes of its article.

use super::{End, Plan};
use crate::dedupe::another::is_alike;
use crate::dedupe::beginning;
use crate::dedupe::decide::{Known, changes, settled};
use crate::dedupe::fingerprint::{self, Short, differ};
use crate::dedupe::reading::{self, Verdict};
use crate::enrich::again::{Reread, Wish};
use crate::enrich::is_read_alike;
use crate::enrich::seen::content;
use crate::extract::access::Access;
use crate::extract::{self, Kind, Page};
use crate::model::article::{Content, Source};
use crate::model::capture::digest;
use crate::model::feed::Revisit;
use crate::store::articles::{self, Version};
use crate::store::pages::state;
use crate::store::{Error, Tx};

/// A text of which less than this is left is not taken for a better reading.
const SHORTER_PERCENT: usize = 80;

/// What a reading makes of an article.
struct Taken<'t> {
    /// The article as it was.
    known: &'t Known,
    /// The article as it is after it.
    merged: &'t Content,
    /// What the page says.
    content: &'t Content,
    /// It was read for the first time or anew, so that more words are no edit.
    is_reading: bool,
}

/// What is to be done with a reading.
enum Step {
    /// Nothing but to say so.
    End(End),
    /// It is taken up.
    Take(Box<Take>),
}

/// A reading that is taken up.
struct Take {
    /// The article as it is after it.
    merged: Content,
    /// What the page says.
    content: Content,
    /// Somebody edited the page.
    is_edit: bool,
    /// Of a change beside it that is in doubt: until it is not, the page was not read to its end.
    doubted: Option<Short>,
}

/// Whether a page shows no more than the beginning of what was read last. Of a live blog the old updates
/// fall off.
fn is_beginning(page: &Page, content: &Content, last: &Content) -> bool {
    page.kind != Kind::LiveBlog && beginning::is_all_that_is_left(last, content)
}

impl Plan {
    pub(super) fn accept(&mut self, tx: &Tx<'_>, page: &Page) -> Result<End, Error> {
        self.seen.license.clone_from(&page.license);
        let access = page.access.as_str();
        let known = articles::known(tx, self.article, None)?;
        let last = state::last_reading(tx, self.article, &self.state)?;
        let published = known.current.published;
        let before = last.as_ref().map(|last| Content { published, ..last.clone() });
        // One article may be known by two addresses, and then says the same under both.
        let is_another = match &before {
            Some(before) => self.is_of_another(tx, (before, &known.current), page)?,
            None => self.is_led_elsewhere(&known.current, page),
        };
        if is_another {
            return Ok(self.missing("it leads to another article"));
        }
        let take = match self.judge(page, &known, last.as_ref()) {
            Step::End(end) => {
                if end.is_same() {
                    self.name(tx, page)?;
                }
                return Ok(end);
            }
            Step::Take(take) => take,
        };
        let Take { merged, content, is_edit, doubted } = *take;
        let merged = settled(merged, &known);
        let changed = if is_edit { changes(&known.current, &merged) } else { Vec::new() };
        self.take_up(
            tx,
            &Taken { known: &known, merged: &merged, content: &content, is_reading: !is_edit },
            &changed,
        )?;
        // What may be another article after all keeps its address to itself.
        if before.is_none_or(|before| is_alike(&before, &content)) {
            self.name(tx, page)?;
        }
        if last.is_none() || !changed.is_empty() {
            self.state.changed_at = Some(self.at);
        }
        self.state.n_reads += 1;
        let before = (self.state.body_hash, self.state.validators.clone());
        self.remember(page);
        if doubted.is_some() {
            self.state.doubt = doubted;
            (self.state.body_hash, self.state.validators) = before;
        }
        let outcome = match (last.is_none() || !is_edit, changed.is_empty()) {
            (true, _) => "read",
            // A feed told of it before.
            (false, true) => "same",
            (false, false) => "changed",
        };
        Ok(End { access: Some(access), changed, ..End::new(outcome) })
    }

    /// What the page says now, compared with what it said the last time.
    fn judge(&mut self, page: &Page, known: &Known, last: Option<&Content>) -> Step {
        let access = page.access.as_str();
        let mut content = content(page);
        let mut doubted = None;
        let (merged, is_edit) = match last {
            None => (reading::complete(&known.current, &content), false),
            Some(last)
                if !is_read_alike(&self.state, &self.rules) || self.is_opened(page, last) =>
            {
                (reading::read_anew(&known.current, last, &content), false)
            }
            Some(last) if self.seen.is_cut && beginning::is_opened(&page.text, &last.text) => {
                return Step::End(self.cut());
            }
            Some(last) if self.is_less(page, last) => {
                self.try_again("less of it is free");
                return Step::End(End::new("wall").access(access));
            }
            Some(last) if is_beginning(page, &content, last) => {
                return self.collapsed(page, "no more than its beginning");
            }
            Some(last) => match reading::judge(last, &content, &known.current.title) {
                Verdict::Unchanged => {
                    self.remember(page);
                    return Step::End(End::new("same").access(access));
                }
                Verdict::Collapsed => return self.collapsed(page, "hardly any text"),
                _ if self.is_behind(&content) && !self.is_confirmed(&content) => {
                    self.look_again(&content);
                    return Step::End(End::new("same").access(access));
                }
                Verdict::Doubtful if !self.is_confirmed(&content) => {
                    self.look_again(&content);
                    return Step::End(End::new("same").access(access));
                }
                Verdict::Doubtful => {
                    let is_renamed =
                        !content.title.is_empty() && differ(&last.title, &content.title);
                    let changed: &[_] = if is_renamed { &["title", "text"] } else { &["text"] };
                    (reading::edited(known, last, &content, changed), true)
                }
                // What was edited together is one revision, if that can be told within minutes.
                Verdict::EditedBeside(_) if self.may_wait() => {
                    self.look_again(&content);
                    return Step::End(End::new("same").access(access));
                }
                Verdict::EditedBeside(mut changed) if self.is_confirmed(&content) => {
                    changed.push("text");
                    (reading::edited(known, last, &content, &changed), true)
                }
                Verdict::Edited(changed) => {
                    (reading::edited(known, last, &content, &changed), true)
                }
                Verdict::EditedBeside(changed) => {
                    doubted = Some(fingerprint::content(&content));
                    content.text.clone_from(&last.text);
                    (reading::edited(known, last, &content, &changed), true)
                }
            },
        };
        Step::Take(Box::new(Take { merged, content, is_edit, doubted }))
    }

    /// What is left of a page is not taken for its article, and looked at again.
    fn collapsed(&mut self, page: &Page, left: &str) -> Step {
        self.try_again(left);
        let reason = format!("{} words, where there were more", page.n_words);
        Step::End(End::new("collapsed").because(reason))
    }

    /// Stores the text of a reading: in a revision where the article has more or other words now, and
    /// else beside it.
    fn take_up(
        &mut self,
        tx: &Tx<'_>,
        taken: &Taken<'_>,
        changed: &[&'static str],
    ) -> Result<(), Error> {
        let Taken { known, merged, content, .. } = taken;
        let is_more = reading::is_more(&known.current, merged);
        self.state.text_revision = None;
        if !changed.is_empty() || taken.is_reading && is_more {
            let is_new_text = merged.text != known.current.text;
            let text_source = if is_new_text { Source::Page } else { known.text_source };
            let revision = self.revise(tx, merged, changed, text_source)?;
            let is_page_text = merged.text == content.text;
            self.state.text_revision = Some(revision).filter(|_| is_page_text);
        }
        let is_apart = self.state.text_revision.is_none();
        state::set_text(tx, self.article, Some(content.text.as_str()).filter(|_| is_apart))?;
        self.state.title.clone_from(&content.title);
        self.state.authors.clone_from(&content.authors);
        Ok(())
    }

    /// Takes up another reading of the document that was read last, as `wish` says.
    pub(in crate::enrich) fn reread(
        mut self,
        tx: &Tx<'_>,
        page: &Page,
        wish: Wish,
    ) -> Result<Reread, Error> {
        let Some(last) = state::last_reading(tx, self.article, &self.state)? else {
            return Ok(Reread::NotKept);
        };
        let content = content(page);
        let n_words = |text: &str| text.split_whitespace().count();
        let (before, after) = (n_words(&last.text), n_words(&content.text));
        if wish != Wish::TakeShorter && after * 100 < before * SHORTER_PERCENT {
            return Ok(Reread::Shorter(before, after));
        }
        let known = articles::known(tx, self.article, None)?;
        let merged = reading::read_anew(&known.current, &last, &content);
        let is_changed =
            reading::is_more(&known.current, &merged) || differ(&last.text, &content.text);
        if wish != Wish::DryRun {
            let taken =
                Taken { known: &known, merged: &merged, content: &content, is_reading: true };
            self.take_up(tx, &taken, &[])?;
            let planned = self.state.clone();
            self.remember(page);
            // What is planned for the page, and how it last answered, is as it was.
            self.state.next_at = planned.next_at;
            self.state.next_reason = planned.next_reason;
            self.state.n_failures = planned.n_failures;
            self.state.gone_at = planned.gone_at;
            self.state.doubt = planned.doubt;
            state::set_state(tx, self.article, &self.state)?;
        }
        Ok(if is_changed { Reread::Changed(before, after) } else { Reread::Same })
    }

    fn revise(
        &self,
        tx: &Tx<'_>,
        content: &Content,
        changed: &[&'static str],
        text_source: Source,
    ) -> Result<i64, Error> {
        let digest = self.seen.hash.as_ref().map(digest);
        let version = Version {
            content,
            changed,
            source: Source::Page,
            text_source,
            feed: None,
            digest: digest.as_deref(),
            now: self.at,
        };
        articles::revise(tx, self.article, &version)
    }

    /// Whether a page gives less of its article than it did: somebody put up a wall, and edited
    /// nothing.
    fn is_less(&self, page: &Page, last: &Content) -> bool {
        let was_full = self.state.access.as_deref() == Some(Access::Full.as_str());
        let is_shorter = page.text.len() < last.text.len();
        // What may be read for nothing now and then is said to be paid all the time.
        let is_beginning =
            || is_much_less(page, last) && beginning::is_opened(&page.text, &last.text);
        matches!(page.access, Access::Teaser | Access::Paid)
            && is_shorter
            && (was_full && !is_cut_later(page, last) || is_beginning())
    }

    /// Whether a page gives more of its article than it did: somebody took down a wall, and edited
    /// nothing.
    fn is_opened(&self, page: &Page, last: &Content) -> bool {
        let was = self.state.access.as_deref();
        let was_closed =
            [Access::Teaser, Access::Paid].iter().any(|access| was == Some(access.as_str()));
        let is_open = page.access == Access::Full || page.text.len() * 2 > last.text.len() * 3;
        // A piece for those who pay may grow as any other.
        let is_grown = was == Some(page.access.as_str()) && is_changed_later(page, last);
        was_closed && is_open && !is_grown && beginning::is_opened(&last.text, &page.text)
    }

    /// Whether it was changed before what was read last was: a server may be behind the others.
    fn is_behind(&self, content: &Content) -> bool {
        content.modified.zip(self.state.modified_at).is_some_and(|(now, last)| now.at < last)
    }

    /// Whether a doubtful change is there for the second time.
    fn is_confirmed(&self, content: &Content) -> bool {
        self.state.doubt == Some(fingerprint::content(content))
    }

    /// Whether nothing was in doubt until now, so that the page is read again soon.
    fn may_wait(&self) -> bool {
        let is_read_again = self.revisit != Revisit::Off && !self.policy.revisit.is_empty();
        self.state.doubt.is_none() && is_read_again
    }

    /// Remembers a doubtful change. The first is looked at again soon; where each reading brings
    /// another, they come by themselves.
    fn look_again(&mut self, content: &Content) {
        let is_first = self.may_wait();
        self.read_well();
        self.state.doubt = Some(fingerprint::content(content));
        if is_first {
            let soon = self.at.plus(self.policy.first());
            self.state.next_at = Some(self.state.next_at.map_or(soon, |next| next.min(soon)));
            "a change in doubt".clone_into(&mut self.state.next_reason);
        }
    }

    /// What is remembered of a page that was read well, whether or not it changed.
    fn remember(&mut self, page: &Page) {
        let state = &mut self.state;
        state.doubt = None;
        state.body_hash = self.seen.hash;
        state.validators = self.seen.validators.clone();
        state.unread_hash = None;
        state.extractor = extract::VERSION;
        state.followed.clone_from(&page.followed);
        state.access = Some(page.access.as_str().to_owned());
        state.kind = Some(page.kind.as_str().to_owned());
        state.modified_at = page.modified.map(|date| date.at);
        state.image.clone_from(&page.image);
        state.canonical_url.clone_from(&page.canonical_url);
        state.wire.clone_from(&page.wire);
        state.candidates = serde_json::to_string(&page.candidates).ok();
        state.dropped = serde_json::to_string(&page.recurring).ok();
        self.read_well();
    }
}

/// Whether a page has a later date of change than it had.
fn is_changed_later(page: &Page, last: &Content) -> bool {
    page.modified.zip(last.modified).is_some_and(|(now, before)| now.at > before.at)
}

/// Whether a page was cut by who wrote it: it has a later date, and more of its text than a wall leaves.
fn is_cut_later(page: &Page, last: &Content) -> bool {
    is_changed_later(page, last) && !is_much_less(page, last)
}

/// Whether less is left of a text than somebody takes out of it who edits it.
fn is_much_less(page: &Page, last: &Content) -> bool {
    page.text.len() * 10 < last.text.len() * 7
}
