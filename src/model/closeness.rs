//! How closely a word is meant.

/// From the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closeness {
    /// With all its forms, in compounds, with the parts of a compound apart, and as names and old
    /// words are otherwise spelled.
    #[default]
    Wide,
    /// The same without other spellings.
    AsSpelled,
    /// With all its forms, as the words of a phrase.
    Forms,
    /// As it is written, but for case and accents.
    Exact,
    /// As what words begin with.
    Beginning,
}
