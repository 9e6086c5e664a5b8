//! Texts, and what ends: elements, entries, the document.

use crate::parse::feed::ENTRIES_MAX;
use crate::parse::feed::draft::{Draft, is_web};
use crate::parse::feed::name::{Part, split};
use crate::parse::feed::repair::Repair;
use crate::parse::feed::xml::{Document, Person, Reader, Role, Slot, identity};
use crate::parse::markup::Tag;

/// How many letters of a closing tag may be wrong.
const TYPOS_MAX: usize = 2;

/// Longer names nobody mistypes; comparing them takes time.
const NAME_BYTES_MAX: usize = 40;

impl<'d> Reader<'d, '_> {
    pub(super) fn text(&mut self, text: &'d str) {
        if self.is_link_loose && self.held.is_none() {
            self.loose_link(text);
        }
        self.is_link_loose = false;
        if let Some(held) = &mut self.held {
            let text = without_literal_end(text);
            if held.has_markup {
                self.entities.resolve_declared(text, &mut held.text, self.repairs);
            } else {
                self.entities.resolve(text, &mut held.text, self.repairs);
            }
        } else if self.role() == Some(Role::Person) {
            if let Some(person) = &mut self.person {
                self.entities.resolve(text, &mut person.text, self.repairs);
            }
        } else if self.open.depth() == 0 {
            self.stray(text);
        }
    }

    /// What a CDATA section holds is text as it stands, in markup as well: nobody means otherwise.
    pub(super) fn literal(&mut self, text: &'d str) {
        if let Some(held) = &mut self.held {
            let mut rest = text;
            // Sections do not nest; the inner beginning is no text.
            while let Some((before, after)) = rest.split_once("<![CDATA[") {
                held.text.push_str(before);
                rest = after;
            }
            held.text.push_str(rest);
        } else if self.role() == Some(Role::Person)
            && let Some(person) = &mut self.person
        {
            person.text.push_str(text);
        } else if self.is_link_loose {
            self.loose_link(text);
        }
    }

    /// HTML knows `link` as an element without an end, and some programs write feeds as HTML:
    /// `<link/>https://…`.
    fn loose_link(&mut self, text: &str) {
        let url = self.resolved(text);
        if !is_web(&url) {
            return;
        }
        self.repairs.add(Repair::Unclosed);
        match &mut self.draft {
            Some(draft) => draft.link(0, url),
            None => self.channel.link("", "", &url),
        }
    }

    fn stray(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if !self.has_root() {
            self.repairs.add_many(Repair::Junk, text.len());
        } else if self.repairs.count(Repair::Trailing) == 0 {
            self.repairs.add(Repair::Trailing);
        }
    }

    pub(super) fn end(&mut self, name: &'d str) {
        self.is_link_loose = false;
        let found = self.open.find(name);
        let is_unread =
            |at: usize| matches!(self.open.frames()[at].role, Role::Skip | Role::Markup);
        if found.is_none_or(is_unread) && self.open.leave_deeper() {
            return;
        }
        if let Some(at) = found {
            let is_unclosed = |role: Role| role != Role::Markup;
            let above = &self.open.frames()[at + 1..];
            let n_unclosed = above.iter().filter(|frame| is_unclosed(frame.role)).count();
            self.repairs.add_many(Repair::Unclosed, n_unclosed);
            return self.close_to(at);
        }
        self.repairs.add(Repair::StrayClose);
        let is_meant = self.open.top().is_some_and(|top| {
            top.role != Role::Entry && resembles(split(top.name).1, split(name).1)
        });
        if is_meant {
            self.close_top();
        }
    }

    /// Closes all elements but the outermost `depth`.
    pub(super) fn close_to(&mut self, depth: usize) {
        while self.open.depth() > depth {
            self.close_top();
        }
    }

    /// Closes elements because `tag` begins beside them, and takes up again what that declares.
    pub(super) fn close_for(&mut self, depth: usize, tag: &Tag<'d>) {
        if self.open.depth() > depth {
            self.close_to(depth);
            self.open.declare(tag);
        }
    }

    pub(super) fn close_top(&mut self) {
        let role = self.role();
        if let Some(Role::Field(slot)) = role {
            self.deliver(slot);
        }
        let Some(frame) = self.open.pop() else { return };
        match frame.role {
            Role::Markup => {
                if let Some(held) = &mut self.held {
                    for piece in ["</", split(frame.name).1, ">"] {
                        held.text.push_str(piece);
                    }
                }
            }
            Role::Person => {
                let Person { text, name, email, rank } = self.person.take().unwrap_or_default();
                let text = Some(text).filter(|text| !text.trim().is_empty());
                if let Some(name) = name.or(text).or(email) {
                    self.with_draft(|draft, _| draft.author(rank, &name));
                }
            }
            Role::Entry => {
                if let Some(draft) = self.draft.take() {
                    self.list(draft);
                }
            }
            _ => {}
        }
    }

    /// Takes the text that was held to where it belongs.
    fn deliver(&mut self, slot: Slot) {
        let Some(held) = self.held.take() else { return };
        match slot {
            Slot::Entry(Part::Link, rank) => {
                let url = self.resolved(&held.text);
                self.with_draft(|draft, _| draft.link(rank, url));
            }
            Slot::Entry(part, rank) => {
                self.with_draft(|draft, repairs| draft.take(part, rank, held, repairs));
            }
            Slot::Feed(part, rank) => self.channel.take(part, rank, &held),
            Slot::Name(rank) => {
                if let Some(person) = &mut self.person {
                    let slot = if rank == 0 { &mut person.name } else { &mut person.email };
                    *slot = slot.take().or(held.line());
                }
            }
        }
    }

    fn list(&mut self, draft: Draft) {
        if self.entries.len() >= ENTRIES_MAX {
            self.repairs.add(Repair::TooMany);
            return;
        }
        let mut entry = draft.finish();
        if self.listed.as_ref().is_some_and(|listed| listed.contains(&identity(&entry))) {
            self.repairs.add(Repair::Twice);
            return;
        }
        self.lists.trim(&mut entry);
        self.entries.push(entry);
    }

    /// What was read, at the end of the document.
    pub(super) fn finish(mut self) -> Document {
        let is_unclosed = self.open.depth() > 0;
        let is_cut = self.draft.is_some() || self.tokens.is_cut();
        if is_cut {
            self.repairs.add(Repair::Cut);
        } else {
            self.repairs.add_many(Repair::Unclosed, self.open.depth());
        }
        // A text that the end cuts off is half a text.
        self.held = None;
        if let Some(entry) = self.draft.take().and_then(Draft::finish_cut)
            && self.entries.len() < ENTRIES_MAX
        {
            self.entries.push(entry);
        }
        // Entries are read within a channel or on their own, too.
        let is_feed = self.has_root() || !self.entries.is_empty();
        let clocks_in_utc = std::mem::take(&mut self.channel.clocks_in_utc);
        let (title, hints) = self.channel.finish();
        let first = self.first.map(ToOwned::to_owned);
        let entries = self.entries;
        Document { title, hints, entries, clocks_in_utc, is_feed, first, is_unclosed, is_cut }
    }
}

/// `]]>` in a text is the end of a section within a section.
fn without_literal_end(text: &str) -> &str {
    text.trim_end().strip_suffix("]]>").unwrap_or(text)
}

/// `</autor>` closes `<author>`.
fn resembles(open: &str, close: &str) -> bool {
    (TYPOS_MAX + 2..NAME_BYTES_MAX).contains(&open.len())
        && open.len().abs_diff(close.len()) <= TYPOS_MAX
        && strsim::levenshtein(&open.to_ascii_lowercase(), &close.to_ascii_lowercase()) <= TYPOS_MAX
}
