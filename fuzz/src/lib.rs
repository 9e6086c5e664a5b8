//! What the targets hold the program to is what its own tests do.

#[path = "../../tests/it/laws/law.rs"]
pub mod law;
