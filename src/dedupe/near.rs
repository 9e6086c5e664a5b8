//! Near duplicates: which passages two texts share, and whether one is copy of the other.
//!
//! A [`sketch`](sketch::sketch) finds candidates cheaply; an [`overlap`](overlap::overlap) of the
//! whole texts decides. Neither looks anything up: who is compared with whom is decided elsewhere.

pub mod credit;
pub mod overlap;
pub mod passages;
pub mod sketch;

/// The version of the rules in this module. Sketches of another version cannot be compared, so a
/// change makes every story be worked out again.
pub const VERSION: u32 = 1;
