//! What the text ahead tells of an element that is open: whether it was meant to be closed.

use crate::parse::feed::xml::{Reader, Role, Slot};

/// How far ahead the end of an element is looked for; and how far in all, as a multiple of the
/// document.
const AHEAD_BYTES_MAX: usize = 64 << 10;
const AHEAD_TIMES: usize = 4;

/// How far ahead may be looked in all while `document` is read.
pub(super) fn bytes_max(document: &str) -> usize {
    document.len() * AHEAD_TIMES + AHEAD_BYTES_MAX
}

impl Reader<'_, '_> {
    /// Whether the innermost element is closed before the entry around it is.
    pub(super) fn closes_later(&mut self) -> bool {
        if self.ahead_bytes_left == 0 {
            return true;
        }
        let around = usize::from(self.draft.is_some());
        self.is_closed(self.open.depth() - 1, around)
    }

    /// Whether an entry that begins now belongs to something within the open entry.
    pub(super) fn holds_entries(&mut self) -> bool {
        self.ahead_bytes_left > 0 && self.is_closed(self.below_entry(), 2)
    }

    /// Whether an entry begins before the channel that begins now ends.
    pub(super) fn has_entries_ahead(&mut self) -> bool {
        if self.ahead_bytes_left == 0 {
            return false;
        }
        let rest = self.tokens.rest().as_bytes();
        let ahead = &rest[..rest.len().min(AHEAD_BYTES_MAX)];
        for at in memchr::memchr_iter(b'<', ahead) {
            let tag = &ahead[at + 1..];
            let is_entry = is_tag(tag, b"item") || is_tag(tag, b"entry");
            if is_entry || tag.strip_prefix(b"/").is_some_and(|end| is_tag(end, b"channel")) {
                return self.spend(at) && is_entry;
            }
        }
        self.spend(ahead.len());
        false
    }

    /// The place of what lies directly within the open entry.
    pub(super) fn below_entry(&self) -> usize {
        let is_entry = |role: Role| role == Role::Entry;
        self.open.frames().iter().rposition(|frame| is_entry(frame.role)).map_or(0, |at| at + 1)
    }

    /// The place of the element whose text is held.
    pub(super) fn field_at(&self) -> Option<usize> {
        self.open.frames().iter().rposition(|frame| matches!(frame.role, Role::Field(_)))
    }

    /// Where the text that is held goes.
    pub(super) fn field(&self) -> Option<Slot> {
        match self.open.frames()[self.field_at()?].role {
            Role::Field(slot) => Some(slot),
            _ => None,
        }
    }

    /// Whether the element at `place` is closed ahead, outside of other entries. `depth` says how
    /// many entries are open, that which begins now included.
    fn is_closed(&mut self, place: usize, mut depth: usize) -> bool {
        let Some(name) = self.open.frames().get(place).map(|frame| frame.name) else {
            return false;
        };
        let least = usize::from(self.draft.is_some());
        let rest = self.tokens.rest().as_bytes();
        let ahead = &rest[..rest.len().min(AHEAD_BYTES_MAX)];
        for at in memchr::memchr_iter(b'<', ahead) {
            let tag = &ahead[at + 1..];
            if is_tag(tag, b"item") || is_tag(tag, b"entry") {
                depth += 1;
            } else if let Some(end) = tag.strip_prefix(b"/") {
                let is_found = is_tag(end, name.as_bytes());
                let is_entry = is_tag(end, b"item") || is_tag(end, b"entry");
                if is_found || (is_entry && depth <= least) {
                    return self.spend(at) && is_found && depth <= least;
                }
                depth -= usize::from(is_entry);
            }
        }
        !self.spend(ahead.len())
    }

    /// Accounts for having looked ahead. When too much has been, nobody looks any more: elements
    /// count as closed later, and entries as the feed's own.
    fn spend(&mut self, n_bytes: usize) -> bool {
        let left = self.ahead_bytes_left.checked_sub(n_bytes);
        self.ahead_bytes_left = left.unwrap_or(0);
        left.is_some()
    }
}

fn is_tag(text: &[u8], name: &[u8]) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
        && text
            .get(name.len())
            .is_none_or(|after| after.is_ascii_whitespace() || matches!(after, b'>' | b'/' | b'<'))
}
