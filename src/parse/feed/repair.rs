//! What had to be mended in a document before it could be read: counted, never hidden.

use std::fmt;

/// A kind of trouble that is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repair {
    /// The body was compressed although nothing said so.
    Unpacked,
    /// The bytes are in another encoding than declared.
    Encoding,
    /// Bytes that are no character of the document's encoding.
    BadBytes,
    /// The whole document was escaped once too often.
    EscapedDocument,
    /// Something stood before the document.
    Junk,
    /// Something stood after the document.
    Trailing,
    /// A second document followed.
    SecondDocument,
    /// Characters that XML forbids, or C1 controls that stand for windows-1252.
    BadCharacter,
    /// An `&` that should have been `&amp;`.
    BareAmpersand,
    /// A `<` that should have been `&lt;`.
    BareLess,
    /// Entities of HTML, which XML does not know.
    HtmlEntity,
    /// References to characters that do not exist.
    BadReference,
    /// An entity that grows beyond all bounds.
    Bomb,
    /// Prefixes of namespaces that were never declared.
    UndeclaredPrefix,
    /// Elements, comments or CDATA sections that were never closed.
    Unclosed,
    /// Closing tags of nothing.
    StrayClose,
    /// Nesting beyond what anybody reads.
    TooDeep,
    /// Commas, comments, quotes and the like that JSON does not allow.
    Json,
    /// The frame of the feed was lost; its entries were read on their own.
    Salvaged,
    /// The first reader found less than there was.
    SecondReader,
    /// Dates that could not be read.
    BadDate,
    /// Links that lead nowhere, because nothing says what they are relative to.
    RelativeLink,
    /// Entries with neither link nor GUID.
    Nameless,
    /// Entries listed twice.
    Twice,
    /// Entries beyond the most that are read.
    TooMany,
    /// The document ends too early.
    Cut,
}

const KINDS: [Repair; 26] = [
    Repair::Unpacked,
    Repair::Encoding,
    Repair::BadBytes,
    Repair::EscapedDocument,
    Repair::Junk,
    Repair::Trailing,
    Repair::SecondDocument,
    Repair::BadCharacter,
    Repair::BareAmpersand,
    Repair::BareLess,
    Repair::HtmlEntity,
    Repair::BadReference,
    Repair::Bomb,
    Repair::UndeclaredPrefix,
    Repair::Unclosed,
    Repair::StrayClose,
    Repair::TooDeep,
    Repair::Json,
    Repair::Salvaged,
    Repair::SecondReader,
    Repair::BadDate,
    Repair::RelativeLink,
    Repair::Nameless,
    Repair::Twice,
    Repair::TooMany,
    Repair::Cut,
];

impl Repair {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unpacked => "unpacked",
            Self::Encoding => "encoding",
            Self::BadBytes => "bad-bytes",
            Self::EscapedDocument => "escaped-document",
            Self::Junk => "junk-before",
            Self::Trailing => "junk-after",
            Self::SecondDocument => "second-document",
            Self::BadCharacter => "bad-character",
            Self::BareAmpersand => "bare-ampersand",
            Self::BareLess => "bare-less-than",
            Self::HtmlEntity => "html-entity",
            Self::BadReference => "bad-reference",
            Self::Bomb => "entity-bomb",
            Self::UndeclaredPrefix => "undeclared-prefix",
            Self::Unclosed => "unclosed",
            Self::StrayClose => "stray-close",
            Self::TooDeep => "too-deep",
            Self::Json => "json",
            Self::Salvaged => "salvaged",
            Self::SecondReader => "second-reader",
            Self::BadDate => "bad-date",
            Self::RelativeLink => "relative-link",
            Self::Nameless => "nameless",
            Self::Twice => "twice",
            Self::TooMany => "too-many",
            Self::Cut => "cut",
        }
    }

    /// What was wrong, once and several times.
    fn wording(self) -> (&'static str, &'static str) {
        match self {
            Self::Unpacked => ("compressed without saying so", "compressed several times over"),
            Self::Encoding => {
                ("not in the encoding it declares", "not in the encoding it declares")
            }
            Self::BadBytes => {
                ("byte sequence of another encoding", "byte sequences of another encoding")
            }
            Self::EscapedDocument => ("escaped once too often", "escaped once too often"),
            Self::Junk => (
                "byte of something else before the feed",
                "bytes of something else before the feed",
            ),
            Self::Trailing => (
                "piece of something else after the feed",
                "pieces of something else after the feed",
            ),
            Self::SecondDocument => {
                ("more feed in the same document", "more feeds in the same document")
            }
            Self::BadCharacter => ("forbidden character", "forbidden characters"),
            Self::BareAmpersand => {
                ("`&` that should be `&amp;`", "times `&` that should be `&amp;`")
            }
            Self::BareLess => ("`<` that should be `&lt;`", "times `<` that should be `&lt;`"),
            Self::HtmlEntity => {
                ("HTML entity that XML does not know", "HTML entities that XML does not know")
            }
            Self::BadReference => ("reference to no character", "references to no character"),
            Self::Bomb => ("entity too large to expand", "entities too large to expand"),
            Self::UndeclaredPrefix => {
                ("undeclared namespace prefix", "undeclared namespace prefixes")
            }
            Self::Unclosed => ("element never closed", "elements never closed"),
            Self::StrayClose => ("closing tag of nothing", "closing tags of nothing"),
            Self::TooDeep => ("element nested too deep", "elements nested too deep"),
            Self::Json => ("error in the JSON", "errors in the JSON"),
            Self::Salvaged => ("without the frame of a feed", "without the frame of a feed"),
            Self::SecondReader => ("read by the second reader", "read by the second reader"),
            Self::BadDate => ("date that cannot be read", "dates that cannot be read"),
            Self::RelativeLink => ("link relative to nothing", "links relative to nothing"),
            Self::Nameless => {
                ("entry has neither link nor GUID", "entries have neither link nor GUID")
            }
            Self::Twice => ("entry listed twice", "entries listed twice"),
            Self::TooMany => ("entry too many, left out", "entries too many, left out"),
            Self::Cut => ("cut off before its end", "cut off before its end"),
        }
    }

    /// Whether a number says anything.
    fn is_counted(self) -> bool {
        !matches!(
            self,
            Self::Unpacked
                | Self::Encoding
                | Self::EscapedDocument
                | Self::Salvaged
                | Self::SecondReader
                | Self::Cut
        )
    }
}

/// How often what was mended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repairs {
    counts: [u32; KINDS.len()],
}

impl Repairs {
    /// Counts one.
    pub fn add(&mut self, repair: Repair) {
        self.add_many(repair, 1);
    }

    /// Counts `n`.
    pub fn add_many(&mut self, repair: Repair, n: usize) {
        let count = &mut self.counts[repair as usize];
        *count = count.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
    }

    /// How often `repair` was needed.
    pub fn count(&self, repair: Repair) -> u32 {
        self.counts[repair as usize]
    }

    /// Whether nothing was.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// All that were needed, in the order of the ladder, with how often.
    pub fn iter(&self) -> impl Iterator<Item = (Repair, u32)> {
        KINDS.into_iter().zip(self.counts).filter(|(_, count)| *count > 0)
    }

    /// One line each, for people.
    pub fn lines(&self) -> Vec<String> {
        self.iter().map(|(repair, count)| Line(repair, count).to_string()).collect()
    }
}

struct Line(Repair, u32);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(repair, count) = *self;
        let (once, often) = repair.wording();
        match count {
            _ if !repair.is_counted() => f.write_str(if count == 1 { once } else { often }),
            1 => write!(f, "1 {once}"),
            n => write!(f, "{n} {often}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_are_told_in_the_order_of_the_ladder() {
        let mut repairs = Repairs::default();
        repairs.add(Repair::Cut);
        repairs.add_many(Repair::BareAmpersand, 2);
        repairs.add(Repair::Nameless);
        assert_eq!(
            repairs.lines(),
            [
                "2 times `&` that should be `&amp;`",
                "1 entry has neither link nor GUID",
                "cut off before its end",
            ]
        );
    }

    #[test]
    fn every_kind_stands_at_its_own_place() {
        for (place, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(kind as usize, place, "{kind:?}");
        }
    }
}
