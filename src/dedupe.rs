//! Which article an entry is, and whether it says something new.
//!
//! Pure: the store looks up what is known, the rules here decide.

pub mod another;
pub mod beginning;
pub mod decide;
pub mod fingerprint;
pub mod identity;
pub mod near;
pub mod noise;
pub mod reading;
pub mod same;
pub mod weave;
