//! The fields that a search text can name.

/// The access of an article of which nobody has seen how much can be read.
pub const UNKNOWN: &str = "unknown";

/// A part of an article that can be searched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// The first paragraph.
    Lead,
    /// The text.
    Body,
    /// Who published it.
    Outlet,
    /// The section.
    Section,
    /// Names of authors.
    Author,
    /// Keywords of the publisher.
    Tag,
    /// The language, as `nl`.
    Lang,
    /// The name of a feed.
    Feed,
    /// How much of it could be read, as `paid`.
    Access,
    /// What kind of piece it is, as `opinion`.
    Type,
    /// The agency that its page names as its source.
    Wire,
    /// The country of a feed that listed it, as `be`.
    Country,
    /// Who is named in its text.
    Person,
    /// What body is named in its text.
    Org,
    /// What place is named in its text.
    Place,
    /// The beginning of its public id.
    Id,
    /// A part of its address.
    Url,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Title,
        Self::Lead,
        Self::Body,
        Self::Outlet,
        Self::Section,
        Self::Author,
        Self::Tag,
        Self::Lang,
        Self::Feed,
        Self::Access,
        Self::Type,
        Self::Wire,
        Self::Country,
        Self::Person,
        Self::Org,
        Self::Place,
        Self::Id,
        Self::Url,
    ];

    /// The words that it takes, where it takes no others; see `extract`.
    pub fn words(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Access => Some(&["full", "teaser", "paid", "gated", "blocked", UNKNOWN]),
            Self::Type => Some(&["news", "liveblog", "opinion", "video", "audio", "gallery"]),
            _ => None,
        }
    }

    /// The word before the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Lead => "lead",
            Self::Body => "body",
            Self::Outlet => "outlet",
            Self::Section => "section",
            Self::Author => "author",
            Self::Tag => "tag",
            Self::Lang => "lang",
            Self::Feed => "feed",
            Self::Access => "access",
            Self::Type => "type",
            Self::Wire => "wire",
            Self::Country => "country",
            Self::Person => "person",
            Self::Org => "org",
            Self::Place => "place",
            Self::Id => "id",
            Self::Url => "url",
        }
    }

    /// The inverse of [`Field::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }

    /// Whether articles can be counted by its values.
    pub fn is_counted(self) -> bool {
        !self.is_text() && !matches!(self, Self::Id | Self::Url)
    }

    /// Whether it is running text: only there do forms, and places of words, matter.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Title | Self::Lead | Self::Body)
    }
}
