//! The elements that are open while a document is read, and what is in force within them:
//! namespaces and base addresses.

use url::Url;

use crate::parse::feed::name::{Lower, Space, split, structure};
use crate::parse::markup::Tag;

/// Elements nested deeper are counted, not kept.
const DEPTH_MAX: usize = 256;

/// A longer base address nobody has for an honest reason; each of those within it is longer.
const BASE_BYTES_MAX: usize = 2048;

/// More declarations in force at once no feed has for an honest reason.
const DECLARATIONS_MAX: usize = 256;

/// An open element.
#[derive(Debug)]
pub(super) struct Frame<'d, R> {
    /// Its name, prefix included.
    pub(super) name: &'d str,
    /// What it is to the reader.
    pub(super) role: R,
}

/// All open elements, outermost first.
#[derive(Debug)]
pub(super) struct Open<'d, R> {
    frames: Vec<Frame<'d, R>>,
    n_deeper: usize,
    spaces: Vec<(usize, &'d str, Option<Space>)>,
    bases: Vec<(usize, Url)>,
}

impl<'d, R> Open<'d, R> {
    pub(super) fn new() -> Self {
        Self { frames: Vec::new(), n_deeper: 0, spaces: Vec::new(), bases: Vec::new() }
    }

    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn top(&self) -> Option<&Frame<'d, R>> {
        self.frames.last()
    }

    pub(super) fn frames(&self) -> &[Frame<'d, R>] {
        &self.frames
    }

    /// Takes up what a start tag declares, before it is opened.
    pub(super) fn declare(&mut self, tag: &Tag<'d>) {
        if memchr::memmem::find(tag.attributes.as_bytes(), b"xml").is_none() || self.n_deeper > 0 {
            return;
        }
        let depth = self.frames.len() + 1;
        if self.spaces.len() + self.bases.len() >= DECLARATIONS_MAX {
            return;
        }
        for (key, value) in tag.attributes().take(DECLARATIONS_MAX) {
            let (prefix, local) = split(key);
            if key.eq_ignore_ascii_case("xmlns") {
                self.spaces.push((depth, "", Some(default_space(tag.name, value))));
            } else if prefix.eq_ignore_ascii_case("xmlns") && !local.is_empty() {
                self.spaces.push((depth, local, Space::of_address(value)));
            } else if key.eq_ignore_ascii_case("xml:base") {
                self.bases.extend(self.base_at(value).map(|base| (depth, base)));
            }
        }
    }

    fn base_at(&self, value: &str) -> Option<Url> {
        if value.len() > BASE_BYTES_MAX {
            return None;
        }
        let value = value.trim().replace("&amp;", "&");
        let base = match self.base() {
            Some(base) => base.join(&value).ok()?,
            None => Url::parse(&value).ok()?,
        };
        Some(base).filter(|base| base.as_str().len() <= BASE_BYTES_MAX)
    }

    /// Opens an element.
    pub(super) fn push(&mut self, frame: Frame<'d, R>) {
        self.frames.push(frame);
    }

    /// Whether one more element may be opened; counts it when not.
    pub(super) fn has_room(&mut self) -> bool {
        if self.frames.len() < DEPTH_MAX && self.n_deeper == 0 {
            return true;
        }
        self.n_deeper += 1;
        false
    }

    /// Takes the end of an element that was only counted.
    pub(super) fn leave_deeper(&mut self) -> bool {
        let was_deeper = self.n_deeper > 0;
        self.n_deeper = self.n_deeper.saturating_sub(1);
        was_deeper
    }

    /// Closes the innermost element, and with it all that was only counted.
    pub(super) fn pop(&mut self) -> Option<Frame<'d, R>> {
        self.n_deeper = 0;
        let frame = self.frames.pop();
        self.forget();
        frame
    }

    /// Drops what was declared by elements that are not open, such as an empty one.
    pub(super) fn forget(&mut self) {
        let depth = self.frames.len();
        let is_in_force = |declared: usize| declared <= depth;
        while self.spaces.last().is_some_and(|declared| !is_in_force(declared.0)) {
            self.spaces.pop();
        }
        while self.bases.last().is_some_and(|declared| !is_in_force(declared.0)) {
            self.bases.pop();
        }
    }

    /// The innermost open element that `</name>` may mean.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.frames.iter().rposition(|frame| frame.name.eq_ignore_ascii_case(name));
        exact.or_else(|| {
            let top = self.frames.last()?;
            let is_same = split(top.name).1.eq_ignore_ascii_case(split(name).1);
            is_same.then(|| self.frames.len() - 1)
        })
    }

    /// The vocabulary of `prefix`, and whether the document declares it.
    pub(super) fn space(&self, prefix: &str) -> (Space, bool) {
        let declared = self.spaces.iter().rev().find(|(_, known, _)| *known == prefix);
        let custom = || Space::of_prefix(prefix).unwrap_or(Space::Other);
        match declared {
            Some((_, _, Some(space))) => (*space, true),
            Some(_) => (custom(), true),
            None if prefix.is_empty() => (Space::Feed, true),
            None => (custom(), false),
        }
    }

    /// Whether the default namespace is declared to be the vocabulary of feeds.
    pub(super) fn is_feed(&self) -> bool {
        self.spaces
            .iter()
            .any(|(_, prefix, space)| prefix.is_empty() && *space == Some(Space::Feed))
    }

    /// The `xml:base` in force.
    pub(super) fn base(&self) -> Option<&Url> {
        self.bases.last().map(|(_, base)| base)
    }
}

/// A default namespace that nobody knows means the vocabulary of feeds on an element of a feed's
/// skeleton, and nothing we read anywhere else.
fn default_space(name: &str, address: &str) -> Space {
    if address.trim().is_empty() || structure(Lower::new(split(name).1).as_str()).is_some() {
        return Space::Feed;
    }
    Space::of_address(address).unwrap_or(Space::Other)
}
