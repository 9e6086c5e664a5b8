//! Which blocks of a page are its article: a weight for each feature, their sum above zero.
//!
//! The weights are in `weights.txt`. They were fitted (logistic regression, each page counting alike)
//! on 247 article pages of some 200 sites; `docs/extraction.md` says how well they do on sites that
//! were left out of the fitting.

use std::sync::LazyLock;

use crate::extract::features::names::{self, N_FEATURES};

static WEIGHTS: LazyLock<[f32; N_FEATURES]> = LazyLock::new(|| {
    let mut weights = [0.0; N_FEATURES];
    for (weight, name) in weights.iter_mut().zip(names::all()) {
        *weight = weight_of(&name).unwrap_or_default();
    }
    weights
});

/// The weight of a feature in the file.
fn weight_of(feature: &str) -> Option<f32> {
    let lines = include_str!("weights.txt").lines().filter_map(|line| line.split_once('\t'));
    let mut found = lines.filter(|(_, name)| *name == feature);
    found.next()?.0.parse().ok()
}

/// For each block whether it belongs to the article.
pub(super) fn choose(features: &[[f32; N_FEATURES]]) -> Vec<bool> {
    let score = |block: &[f32; N_FEATURES]| -> f32 {
        block.iter().zip(WEIGHTS.iter()).map(|(value, weight)| value * weight).sum()
    };
    features.iter().map(|block| score(block) > 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_a_weight_and_every_weight_a_feature() {
        let names = names::all();
        assert_eq!(names.len(), N_FEATURES);
        for name in &names {
            assert!(weight_of(name).is_some(), "{name}");
        }
        assert_eq!(include_str!("weights.txt").lines().count(), N_FEATURES);
    }
}
