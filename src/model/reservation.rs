//! What a publisher reserves of a document's use by machines. Recorded with what was fetched, and
//! acted on by nobody here: what may be done with an archive is for its owner to know.

use serde::{Deserialize, Serialize};

/// What was said of text and data mining in one place (TDM Reservation Protocol, W3C, 2024).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tdm {
    /// The rights are reserved (`tdm-reservation: 1`); `false` says expressly that they are not.
    pub is_reserved: bool,
    /// Where a licence can be had (`tdm-policy`).
    pub policy: Option<String>,
}

/// All that was said, by where it was said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reservations {
    /// In the site's `/.well-known/tdmrep.json`.
    pub site: Option<Tdm>,
    /// In the headers of the response.
    pub header: Option<Tdm>,
    /// In the page.
    pub page: Option<Tdm>,
    /// `noai`, in `X-Robots-Tag` or the robots `meta` of the page.
    pub is_noai: bool,
    /// `noimageai`, likewise.
    pub is_noimageai: bool,
}

impl Reservations {
    /// Both of these, each with what it knows; what `later` says counts where both say something.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        Self {
            site: later.site.or(self.site),
            header: later.header.or(self.header),
            page: later.page.or(self.page),
            is_noai: self.is_noai || later.is_noai,
            is_noimageai: self.is_noimageai || later.is_noimageai,
        }
    }

    /// Whether text and data mining is reserved; `None` when nothing was said. The page is nearer
    /// than its header, and that nearer than the site.
    pub fn is_tdm_reserved(&self) -> Option<bool> {
        let nearest = self.page.as_ref().or(self.header.as_ref()).or(self.site.as_ref());
        nearest.map(|tdm| tdm.is_reserved)
    }

    /// Whether the publisher wants no machine to learn from it: text and data mining is reserved, or
    /// `noai` is said.
    pub fn is_reserved(&self) -> Option<bool> {
        if self.is_noai { Some(true) } else { self.is_tdm_reserved() }
    }

    /// Nothing was said anywhere.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All of it as words, for the archive and for JSON: `header tdm-reservation=1`,
    /// `page tdm-policy=https://…`, `noai`.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (place, tdm) in [("site", &self.site), ("header", &self.header), ("page", &self.page)] {
            let Some(tdm) = tdm else { continue };
            words.push(format!("{place} tdm-reservation={}", u8::from(tdm.is_reserved)));
            words.extend(tdm.policy.iter().map(|url| format!("{place} tdm-policy={url}")));
        }
        words.extend(self.is_noai.then(|| "noai".to_owned()));
        words.extend(self.is_noimageai.then(|| "noimageai".to_owned()));
        words
    }

    /// The inverse of [`Reservations::words`]; what it does not know is left out.
    pub fn from_words(words: &[String]) -> Self {
        let mut said = Self::default();
        for word in words {
            let Some((place, (name, value))) =
                word.split_once(' ').and_then(|(place, said)| Some((place, said.split_once('=')?)))
            else {
                said.is_noai |= word == "noai";
                said.is_noimageai |= word == "noimageai";
                continue;
            };
            let tdm = match place {
                "site" => &mut said.site,
                "header" => &mut said.header,
                "page" => &mut said.page,
                _ => continue,
            };
            let tdm = tdm.get_or_insert(Tdm { is_reserved: false, policy: None });
            match name {
                "tdm-reservation" => tdm.is_reserved = value == "1",
                "tdm-policy" => tdm.policy = Some(value.to_owned()),
                _ => {}
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESERVED: Tdm = Tdm { is_reserved: true, policy: None };
    const FREE: Tdm = Tdm { is_reserved: false, policy: None };

    #[test]
    fn the_nearest_word_counts() {
        let mut said = Reservations::default();
        assert_eq!((said.is_tdm_reserved(), said.is_empty()), (None, true));
        said.site = Some(RESERVED);
        assert_eq!(said.is_tdm_reserved(), Some(true));
        said.header = Some(FREE);
        assert_eq!(said.is_tdm_reserved(), Some(false));
        said.page = Some(RESERVED);
        assert_eq!(said.is_tdm_reserved(), Some(true));
    }

    #[test]
    fn words_say_it_all() {
        let policy = Some("https://dijkbode.example/tdm".to_owned());
        let header = Reservations {
            header: Some(Tdm { is_reserved: true, policy }),
            is_noai: true,
            ..Reservations::default()
        };
        let page = Reservations { page: Some(FREE), is_noimageai: true, ..Reservations::default() };
        let all = header.and(page);
        assert_eq!(Reservations::from_words(&all.words()), all);
        assert_eq!(
            all.words(),
            [
                "header tdm-reservation=1",
                "header tdm-policy=https://dijkbode.example/tdm",
                "page tdm-reservation=0",
                "noai",
                "noimageai",
            ]
        );
    }
}
