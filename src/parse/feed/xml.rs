//! RSS of every version, RDF and Atom, read in one pass.
//!
//! There is one way of reading for good documents and for broken ones. Where an element begins
//! that cannot be inside the one that is open, the text ahead tells whether that one was meant to
//! be closed. An entry ends where it says, where the next begins, or where the feed ends.

mod ahead; // what the text ahead tells
mod close; // texts, and what ends
mod part; // the elements of entries and feeds

use std::collections::HashSet;

use jiff::civil::DateTime;

use crate::model::document::Hints;
use crate::model::entry::RawEntry;
use crate::parse::feed::bounds::{Links, Lists};
use crate::parse::feed::channel::Channel;
use crate::parse::feed::draft::{Captured, Draft, TextKind};
use crate::parse::feed::name::{
    FeedPart, Lower, Part, Space, Structure, entry_part, feed_part, split, structure,
};
use crate::parse::feed::open::{Frame, Open};
use crate::parse::feed::repair::{Repair, Repairs};
use crate::parse::markup::reference::Entities;
use crate::parse::markup::{Tag, Token, Tokenizer};

/// Undeclared prefixes that are told apart.
const PREFIXES_MAX: usize = 32;

/// What a document of XML held.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) title: Option<String>,
    pub(super) hints: Hints,
    pub(super) entries: Vec<RawEntry>,
    /// What the dates of the feed itself show, where they say they are in UTC.
    pub(super) clocks_in_utc: Vec<DateTime>,
    /// The root of a feed was found.
    pub(super) is_feed: bool,
    /// The name of the first element of all.
    pub(super) first: Option<String>,
    /// The document ended before its root was closed.
    pub(super) is_unclosed: bool,
    /// It ended within an entry, or within a tag.
    pub(super) is_cut: bool,
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Root,
    Channel,
    Entry,
    /// `media:group`: what is in it belongs to the entry.
    Group,
    /// `author`, with a name in it or in an element of its own.
    Person,
    /// `skipHours` and `skipDays`.
    List(FeedPart),
    /// Its text is wanted.
    Field(Slot),
    /// Markup within the text that is wanted.
    Markup,
    /// Nothing in it is wanted.
    Skip,
}

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Entry(Part, u8),
    Feed(FeedPart, u8),
    /// The name of a person, before the address of mail.
    Name(u8),
}

/// An element, and what its name means.
struct Element<'d> {
    tag: Tag<'d>,
    space: Space,
    name: Lower,
    /// It has a prefix that its root has not.
    is_foreign: bool,
}

impl Element<'_> {
    fn structure(&self) -> Option<Structure> {
        structure(self.name.as_str()).filter(|_| self.space == Space::Feed)
    }

    fn part(&self) -> Option<(Part, u8)> {
        let (part, rank) = entry_part(self.space, self.name.as_str())?;
        Some((part, rank + u8::from(self.is_foreign)))
    }

    fn feed_part(&self) -> Option<(FeedPart, u8)> {
        let (part, rank) = feed_part(self.space, self.name.as_str())?;
        Some((part, rank + u8::from(self.is_foreign)))
    }
}

/// Reads `document`.
pub(super) fn read(document: &str, repairs: &mut Repairs) -> Document {
    Reader::new(document, repairs).read()
}

/// Reads the entries of a document of which the frame is lost, wherever they stand.
pub(super) fn salvage(document: &str, repairs: &mut Repairs) -> Document {
    Reader { is_salvage: true, ..Reader::new(document, repairs) }.read()
}

type Identity = (Option<String>, Option<String>, Option<String>);

/// An author, of whom several elements may say something.
#[derive(Debug, Default)]
struct Person {
    text: String,
    name: Option<String>,
    email: Option<String>,
    rank: u8,
}

struct Reader<'d, 'r> {
    tokens: Tokenizer<'d>,
    entities: Entities,
    repairs: &'r mut Repairs,
    open: Open<'d, Role>,
    first: Option<&'d str>,
    root_prefix: Option<&'d str>,
    is_atom: bool,
    channel: Channel,
    entries: Vec<RawEntry>,
    draft: Option<Draft>,
    /// The text of the open [`Role::Field`].
    held: Option<Captured>,
    /// What the open [`Role::Person`] says.
    person: Option<Person>,
    /// A `<link/>` whose address may follow it.
    is_link_loose: bool,
    /// Entries are taken wherever they stand.
    is_salvage: bool,
    undeclared: Vec<&'d str>,
    ahead_bytes_left: usize,
    links: Links,
    lists: Lists,
    /// What the first of several documents listed.
    listed: Option<HashSet<Identity>>,
}

impl<'d, 'r> Reader<'d, 'r> {
    fn new(document: &'d str, repairs: &'r mut Repairs) -> Self {
        Self {
            tokens: Tokenizer::new(document),
            entities: Entities::default(),
            repairs,
            open: Open::new(),
            first: None,
            root_prefix: None,
            is_atom: false,
            channel: Channel::default(),
            entries: Vec::new(),
            draft: None,
            held: None,
            person: None,
            is_link_loose: false,
            is_salvage: false,
            undeclared: Vec::new(),
            ahead_bytes_left: ahead::bytes_max(document),
            links: Links::of(document),
            lists: Lists::default(),
            listed: None,
        }
    }

    fn read(mut self) -> Document {
        while let Some(token) = self.next() {
            match token {
                Token::Start(tag) => self.start(tag),
                Token::End(name) => self.end(name),
                Token::Text(text) => self.text(text),
                Token::Literal(text) => self.literal(text),
                Token::Doctype(doctype) => self.entities.declare(doctype, self.repairs),
            }
        }
        self.finish()
    }

    fn next(&mut self) -> Option<Token<'d>> {
        self.tokens.next(self.open.top().map(|frame| frame.name), self.repairs)
    }

    fn role(&self) -> Option<Role> {
        self.open.top().map(|frame| frame.role)
    }

    fn has_root(&self) -> bool {
        self.root_prefix.is_some()
    }

    // What begins.

    fn start(&mut self, tag: Tag<'d>) {
        self.is_link_loose = false;
        self.first.get_or_insert(tag.name);
        self.open.declare(&tag);
        let element = self.element(tag);
        match element.structure() {
            Some(Structure::Root) if self.is_root(&element) => self.begin_root(&element),
            Some(Structure::Channel) if self.is_channel() => self.begin_channel(&element),
            Some(Structure::Entry) if self.is_entry() => self.begin_entry(&element),
            None if self.is_like_a_root() => self.begin_root(&element),
            _ => self.begin_part(&element),
        }
        self.open.forget();
    }

    fn element(&mut self, tag: Tag<'d>) -> Element<'d> {
        let (prefix, local) = split(tag.name);
        let name = Lower::new(local);
        let (space, is_declared) = self.open.space(prefix);
        let is_part = |space| {
            entry_part(space, name.as_str()).is_some() || feed_part(space, name.as_str()).is_some()
        };
        // A prefix may be declared to mean something else than everybody means by it.
        let usual = Space::of_prefix(prefix).filter(|_| !is_part(space));
        let space = usual.unwrap_or(space);
        if !is_declared
            && self.held.is_none()
            && self.undeclared.len() < PREFIXES_MAX
            && !self.undeclared.contains(&prefix)
        {
            self.undeclared.push(prefix);
            self.repairs.add(Repair::UndeclaredPrefix);
        }
        let is_foreign = space == Space::Feed && self.root_prefix.is_some_and(|p| p != prefix);
        Element { tag, space, name, is_foreign }
    }

    /// A root within a root is a second document, unless an entry holds it as its content.
    fn is_root(&mut self, element: &Element<'_>) -> bool {
        let says = element.tag.attributes;
        // A licence may stand in a feed as RDF; only RSS is a feed.
        let is_rss = || ["/rss/1", "netscape.com"].iter().any(|mark| says.contains(mark));
        if element.name.as_str() == "rdf" && self.has_root() && !is_rss() {
            return self.open.depth() == 0;
        }
        let may_begin =
            self.open.depth() == 0 || says.contains("version") || says.contains("xmlns");
        may_begin && (self.draft.is_none() || !self.is_within_entry())
    }

    /// The first element of all is a root, whatever its name, when it declares our vocabulary.
    fn is_like_a_root(&self) -> bool {
        !self.has_root() && self.draft.is_none() && self.open.depth() == 0 && self.open.is_feed()
    }

    fn begin_root(&mut self, element: &Element<'d>) {
        self.close_for(0, &element.tag);
        if self.has_root() {
            self.repairs.add(Repair::SecondDocument);
            if self.listed.is_none() {
                self.listed = Some(self.entries.iter().map(identity).collect());
            }
        }
        self.root_prefix = Some(split(element.tag.name).0);
        self.is_atom = element.name.as_str() == "feed";
        if element.name.as_str() == "rdf" {
            // The skeleton is RSS, whose prefix is another one, mostly none.
            self.root_prefix = Some("");
        }
        if let Some(text) = self.attribute(&element.tag, "xml:lang") {
            let held = Captured { text, kind: TextKind::Plain, has_markup: false };
            self.channel.take(FeedPart::Language, u8::MAX, &held);
        }
        self.push(element.tag, Role::Root);
    }

    /// Some entries name a channel; one with entries in it is another feed's.
    fn is_channel(&mut self) -> bool {
        self.draft.is_none() || (self.role() == Some(Role::Entry) && self.has_entries_ahead())
    }

    fn begin_channel(&mut self, element: &Element<'d>) {
        let tag = element.tag;
        if self.draft.is_some() {
            self.repairs.add(Repair::Unclosed);
            self.close_for(self.below_entry().saturating_sub(1), &tag);
        }
        if self.open.depth() == 0 {
            self.root_prefix.get_or_insert(split(tag.name).0);
        }
        self.push(tag, Role::Channel);
    }

    /// Whether an `item` that begins here is an entry of the feed.
    fn is_entry(&mut self) -> bool {
        if self.open.depth() == 0 {
            return true;
        }
        if self.draft.is_none() {
            let holds = |role: Role| matches!(role, Role::Root | Role::Channel);
            return self.is_salvage || self.open.frames().iter().any(|frame| holds(frame.role));
        }
        !self.is_within_entry()
    }

    /// Whether what begins now belongs to something within the open entry: that may hold a list of
    /// other things, and a whole feed as its content.
    fn is_within_entry(&mut self) -> bool {
        match self.role() {
            Some(Role::Skip | Role::Group) => self.holds_entries(),
            Some(Role::Field(_) | Role::Markup) => {
                let is_content =
                    matches!(self.field(), Some(Slot::Entry(Part::Content | Part::Summary, _)));
                is_content && self.holds_entries()
            }
            _ => false,
        }
    }

    fn begin_entry(&mut self, element: &Element<'d>) {
        if self.draft.is_some() {
            self.repairs.add(Repair::Unclosed);
            self.close_for(self.below_entry().saturating_sub(1), &element.tag);
        } else if let Some(field) = self.field_at() {
            self.close_for(field, &element.tag);
        }
        if self.open.depth() == 0 {
            self.root_prefix.get_or_insert(split(element.tag.name).0);
        }
        // However deep what is around it: an entry must be found again to be closed.
        if !self.open.has_room() {
            self.close_for(0, &element.tag);
        }
        let about = self.attribute(&element.tag, "rdf:about");
        let language = self.attribute(&element.tag, "xml:lang");
        self.draft = Some(Draft::new(about, language));
        self.open.push(Frame { name: element.tag.name, role: Role::Entry });
        if element.tag.is_empty {
            self.close_top();
        }
    }

    fn begin_part(&mut self, element: &Element<'d>) {
        let is_part = element.part().is_some() || element.feed_part().is_some();
        while is_part && self.is_in_the_way() && !self.closes_later() {
            self.repairs.add(Repair::Unclosed);
            self.close_for(self.open.depth() - 1, &element.tag);
        }
        match self.role() {
            Some(Role::Field(_) | Role::Markup) => self.begin_markup(element),
            Some(Role::Entry) => self.begin_entry_part(element),
            Some(Role::Group) if element.space == Space::Media => self.begin_entry_part(element),
            Some(Role::Root | Role::Channel) => self.begin_feed_part(element),
            Some(Role::List(part)) => self.hold(element, Slot::Feed(part, 0), TextKind::Html),
            Some(Role::Person) => self.begin_person_part(element),
            _ => self.skip(element),
        }
    }

    /// Whether a part that begins now would be lost in an element beside which it belongs.
    fn is_in_the_way(&self) -> bool {
        let is_unread =
            |role: Role| matches!(role, Role::Skip | Role::Person | Role::Field(_) | Role::Markup);
        let is_read = |role: Role| matches!(role, Role::Entry | Role::Root | Role::Channel);
        self.role().is_some_and(is_unread) && self.open.frames().iter().any(|f| is_read(f.role))
    }

    /// Opens an element, unless it ends at once or lies too deep.
    fn push(&mut self, tag: Tag<'d>, role: Role) -> bool {
        if tag.is_empty {
            return false;
        }
        let has_room = self.open.has_room();
        if has_room {
            self.open.push(Frame { name: tag.name, role });
        } else {
            self.repairs.add(Repair::TooDeep);
        }
        has_room
    }

    fn with_draft(&mut self, change: impl FnOnce(&mut Draft, &mut Repairs)) {
        if let Some(draft) = &mut self.draft {
            change(draft, self.repairs);
        }
    }
}

/// By what an entry of a second document is known to be one of the first.
fn identity(entry: &RawEntry) -> Identity {
    let title = entry.title.as_ref().map(|title| title.content.clone());
    (entry.guid.clone(), entry.link.clone(), title)
}
