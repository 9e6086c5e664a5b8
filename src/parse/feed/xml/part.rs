//! The elements of entries and feeds: what is taken from their attributes, and whose text is held.

use url::Url;

use crate::model::entry::Enclosure;
use crate::parse::feed::draft::{Captured, TextKind, address};
use crate::parse::feed::name::{FeedPart, Part, Space, split};
use crate::parse::feed::xml::{Element, Person, Reader, Role, Slot};
use crate::parse::markup::Tag;

/// Elements of HTML that have no end.
const VOID: [&str; 12] =
    ["br", "img", "hr", "input", "area", "base", "col", "embed", "param", "source", "track", "wbr"];

/// Relations that one link has at most.
const RELATIONS_MAX: usize = 16;

impl<'d> Reader<'d, '_> {
    pub(super) fn begin_markup(&mut self, element: &Element<'d>) {
        let tag = element.tag;
        let name = split(tag.name).1;
        let is_void = VOID.contains(&element.name.as_str());
        if let Some(held) = &mut self.held {
            held.become_markup();
            for piece in ["<", name, tag.attributes, ">"] {
                held.text.push_str(piece);
            }
            if tag.is_empty && !is_void {
                for piece in ["</", name, ">"] {
                    held.text.push_str(piece);
                }
            }
        }
        if !is_void {
            self.push(tag, Role::Markup);
        }
    }

    pub(super) fn begin_person_part(&mut self, element: &Element<'d>) {
        let rank = match (element.space, element.name.as_str()) {
            (Space::Feed, "name") => 0,
            (Space::Feed, "email") => 1,
            _ => return self.skip(element),
        };
        self.hold(element, Slot::Name(rank), TextKind::Html);
    }

    pub(super) fn begin_feed_part(&mut self, element: &Element<'d>) {
        let Some((part, rank)) = element.feed_part() else {
            return self.skip(element);
        };
        match part {
            FeedPart::Archive => self.channel.hints.pages.is_archive = true,
            FeedPart::Complete => self.channel.hints.pages.is_complete = true,
            FeedPart::Cloud => self.channel.cloud(&element.tag),
            FeedPart::SkipHours | FeedPart::SkipDays => {
                self.push(element.tag, Role::List(part));
                return;
            }
            FeedPart::Link => {
                let Some(href) = self.href(&element.tag) else {
                    self.is_link_loose = element.tag.is_empty;
                    return self.hold(element, Slot::Feed(part, rank), TextKind::Html);
                };
                let rel = self.attribute(&element.tag, "rel").unwrap_or_default();
                let media_type = self.attribute(&element.tag, "type").unwrap_or_default();
                // RFC 8288 section 3.3: a relation may be several, in any case.
                let rel = rel.to_ascii_lowercase();
                if rel.trim().is_empty() {
                    self.channel.link("", &media_type, &href);
                }
                for rel in rel.split_ascii_whitespace().take(RELATIONS_MAX) {
                    self.channel.link(rel, &media_type, &href);
                }
            }
            _ => return self.hold(element, Slot::Feed(part, rank), TextKind::Html),
        }
        self.skip(element);
    }

    pub(super) fn begin_entry_part(&mut self, element: &Element<'d>) {
        let Some((part, rank)) = element.part() else {
            return self.skip(element);
        };
        let tag = element.tag;
        match part {
            Part::Link => return self.begin_link(element, rank),
            Part::Enclosure | Part::Media => self.enclosure(&tag),
            Part::Group => {
                self.push(tag, Role::Group);
                return;
            }
            Part::Author => {
                if self.push(tag, Role::Person) {
                    self.person = Some(Person { rank, ..Person::default() });
                }
                return;
            }
            Part::Category => {
                let term = self.attribute(&tag, "label").filter(|label| !label.trim().is_empty());
                let Some(term) = term.or_else(|| self.attribute(&tag, "term")) else {
                    return self.hold(element, Slot::Entry(part, rank), TextKind::Html);
                };
                self.with_draft(|draft, _| draft.category(&term));
            }
            Part::Guid => {
                let says = self.attribute(&tag, "isPermaLink").map(|says| says.to_lowercase());
                let is_permalink = says.map(|says| !matches!(says.trim(), "false" | "no" | "0"));
                self.with_draft(|draft, _| draft.permalink(is_permalink));
                return self.hold(element, Slot::Entry(part, rank), TextKind::Html);
            }
            _ => return self.hold_text(element, part, rank),
        }
        self.skip(element);
    }

    fn hold_text(&mut self, element: &Element<'d>, part: Part, rank: u8) {
        // RFC 4287 section 4.1.3.2: the content may lie elsewhere.
        if part == Part::Content
            && let Some(source) = self.attribute(&element.tag, "src")
        {
            let url = self.resolved(&source);
            self.with_draft(|draft, _| draft.link(5, url));
        }
        let kind = self.kind(element);
        self.hold(element, Slot::Entry(part, rank), kind);
    }

    /// RFC 4287 section 4.2.7.2: no `rel` means `alternate`. `related` is another article; comments
    /// and media are other things.
    fn begin_link(&mut self, element: &Element<'d>, rank: u8) {
        let tag = element.tag;
        let Some(href) = self.href(&tag) else {
            self.is_link_loose = tag.is_empty;
            return self.hold(element, Slot::Entry(Part::Link, rank), TextKind::Html);
        };
        let rel = self.attribute(&tag, "rel").unwrap_or_default().to_ascii_lowercase();
        let media_type = self.attribute(&tag, "type").unwrap_or_default().to_ascii_lowercase();
        match rel.trim() {
            "" | "alternate" | "http://www.iana.org/assignments/relation/alternate" => {
                let is_page = media_type.is_empty() || media_type.contains("html");
                let rank = rank + if is_page { 0 } else { 2 };
                self.with_draft(|draft, _| draft.link(rank, href));
            }
            "enclosure" => self.enclosure(&tag),
            _ => {}
        }
        self.skip(element);
    }

    pub(super) fn skip(&mut self, element: &Element<'d>) {
        self.push(element.tag, Role::Skip);
    }

    /// Opens an element whose text is wanted.
    pub(super) fn hold(&mut self, element: &Element<'d>, slot: Slot, kind: TextKind) {
        if self.push(element.tag, Role::Field(slot)) {
            self.held = Some(Captured { text: String::new(), kind, has_markup: false });
        }
    }

    fn kind(&mut self, element: &Element<'d>) -> TextKind {
        let says = self.attribute(&element.tag, "type").unwrap_or_default().to_ascii_lowercase();
        let mode = self.attribute(&element.tag, "mode").unwrap_or_default();
        if mode.eq_ignore_ascii_case("base64") {
            return TextKind::Base64;
        }
        let is_atom = self.is_atom || element.is_foreign;
        match says.trim() {
            "" if is_atom => TextKind::Unstated,
            "text" | "plain" | "text/plain" => TextKind::Plain,
            says if says.contains("html") || says.contains("xml") => TextKind::Html,
            says if ["image/", "audio/", "video/", "application/"]
                .iter()
                .any(|t| says.starts_with(t)) =>
            {
                TextKind::Binary
            }
            _ => TextKind::Html,
        }
    }

    fn enclosure(&mut self, tag: &Tag<'d>) {
        let Some(url) = self.attribute(tag, "url").or_else(|| self.attribute(tag, "href")) else {
            return;
        };
        let size = self.attribute(tag, "length").or_else(|| self.attribute(tag, "fileSize"));
        let media_type = self.attribute(tag, "type").map(|media_type| media_type.trim().to_owned());
        let enclosure = Enclosure {
            url: self.resolved(&url),
            media_type: media_type.filter(|media_type| !media_type.is_empty()),
            size_bytes: size.and_then(|size| size.trim().parse().ok()).filter(|size| *size > 0),
        };
        self.with_draft(|draft, _| draft.enclosure(enclosure));
    }

    /// The address in a link's attributes.
    fn href(&mut self, tag: &Tag<'d>) -> Option<String> {
        let href = self.attribute(tag, "href").or_else(|| self.attribute(tag, "rdf:resource"))?;
        Some(self.resolved(&href)).filter(|href| !href.is_empty())
    }

    /// The value of an attribute, with its references resolved.
    pub(super) fn attribute(&mut self, tag: &Tag<'d>, name: &str) -> Option<String> {
        let raw = tag.attribute(name)?;
        let mut value = String::with_capacity(raw.len());
        self.entities.resolve(raw, &mut value, self.repairs);
        Some(value)
    }

    /// An address made absolute by the `xml:base` in force, if there is one.
    pub(super) fn resolved(&mut self, text: &str) -> String {
        let text = address(text);
        match self.open.base() {
            Some(base) if !text.is_empty() && Url::parse(&text).is_err() => {
                self.links.join(base, &text).unwrap_or(text)
            }
            _ => text,
        }
    }
}
