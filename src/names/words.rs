//! Closed classes of words that tell what a name names.

use std::collections::HashSet;
use std::sync::LazyLock;

pub(super) mod bodies;
pub(super) mod grammar;
pub(super) mod people;
pub(super) mod places;

/// A class that is too large to be looked through for every name.
type Class = LazyLock<HashSet<&'static str, foldhash::fast::RandomState>>;
