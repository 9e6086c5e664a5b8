//! Which blocks of a page are its article: a weight for each feature, their sum above zero.
//!
//! The weights are in `weights/`: `general.txt` where the general extractors voted, `first.txt` where
//! nobody did, `second.txt` where the first reading of our own did. They were fitted (logistic
//! regression, each page counting alike) on 247 article pages of some 200 sites;
//! `docs/extraction.md` says how well they do on sites that were left out of the fitting.

use std::sync::LazyLock;

use crate::extract::features::names::{self, N_FEATURES};

/// A weight for each feature.
#[derive(Debug)]
pub(super) struct Weights([f32; N_FEATURES]);

/// For the votes of the general extractors.
pub(super) static GENERAL: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_str!("weights/general.txt")));

/// For a page of which nobody said anything.
pub(super) static FIRST: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_str!("weights/first.txt")));

/// For the votes of [`crate::extract::own`].
pub(super) static SECOND: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_str!("weights/second.txt")));

impl Weights {
    fn read(file: &str) -> Self {
        let mut weights = [0.0; N_FEATURES];
        for (weight, name) in weights.iter_mut().zip(names::all()) {
            *weight = weight_of(file, &name).unwrap_or_default();
        }
        Self(weights)
    }

    /// For each block how sure it is that it belongs to the article: from 0 (it does not) to 1.
    pub(super) fn probabilities(&self, features: &[[f32; N_FEATURES]]) -> Vec<f32> {
        let score = |block: &[f32; N_FEATURES]| -> f32 {
            block.iter().zip(&self.0).map(|(value, weight)| value * weight).sum()
        };
        features.iter().map(|block| 1.0 / (1.0 + (-score(block)).exp())).collect()
    }
}

/// The weight of a feature in a file.
fn weight_of(file: &str, feature: &str) -> Option<f32> {
    let mut lines = file.lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(_, name)| *name == feature)?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_a_weight_and_every_weight_a_feature() {
        let names = names::all();
        assert_eq!(names.len(), N_FEATURES);
        for file in [
            include_str!("weights/general.txt"),
            include_str!("weights/first.txt"),
            include_str!("weights/second.txt"),
        ] {
            for name in &names {
                assert!(weight_of(file, name).is_some(), "{name}");
            }
            assert_eq!(file.lines().count(), N_FEATURES);
        }
    }
}
