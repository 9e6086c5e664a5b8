//! What is known of the pages of an outlet before one of them is read.

use serde::{Deserialize, Serialize};

/// What a rule does with the elements that its selector finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Their text is the article, and nothing else is.
    Keep,
    /// They are no part of the article.
    Drop,
    /// They are no elements at all: what is in them stands where they stand.
    Unwrap,
}

impl Rule {
    /// The word used in the feed list and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Drop => "drop",
            Self::Unwrap => "unwrap",
        }
    }
}

/// CSS selectors for the pages of one outlet. Most outlets need none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageRules {
    /// For [`Rule::Keep`].
    pub keep: Vec<String>,
    /// For [`Rule::Drop`].
    pub drop: Vec<String>,
    /// For [`Rule::Unwrap`].
    pub unwrap: Vec<String>,
}

impl PageRules {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Every rule and its selector, in the order in which they are followed: what is dropped or
    /// unwrapped is not there to be kept.
    pub fn all(&self) -> impl Iterator<Item = (Rule, &str)> {
        let of = |rule, list| std::iter::repeat(rule).zip(list);
        of(Rule::Drop, &self.drop)
            .chain(of(Rule::Unwrap, &self.unwrap))
            .chain(of(Rule::Keep, &self.keep))
            .map(|(rule, selector): (Rule, &String)| (rule, selector.as_str()))
    }

    /// These rules, with those that are not given taken from `other`.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let or = |own: Vec<String>, other: &Vec<String>| {
            if own.is_empty() { other.clone() } else { own }
        };
        Self {
            keep: or(self.keep, &other.keep),
            drop: or(self.drop, &other.drop),
            unwrap: or(self.unwrap, &other.unwrap),
        }
    }
}

/// A rule that was followed on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// What it does.
    pub rule: Rule,
    /// Its selector.
    pub selector: String,
    /// How many elements it found.
    pub n_elements: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_rules_win_kind_by_kind() {
        let list = |text: &str| vec![text.to_owned()];
        let own = PageRules { drop: list("aside"), ..PageRules::default() };
        let other = PageRules { keep: list("main"), drop: list("nav"), unwrap: list("figure") };
        let merged = own.or(&other);
        let all: Vec<_> = merged.all().collect();
        let expected = [(Rule::Drop, "aside"), (Rule::Unwrap, "figure"), (Rule::Keep, "main")];
        assert_eq!(all, expected);
        assert!(PageRules::default().is_empty() && !merged.is_empty());
    }
}
