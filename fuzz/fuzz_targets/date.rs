//! Any text as a date: no panic, and what is read is written so that it is read again.

#![no_main]

use knipsel::parse::date::{clock_in_utc, in_utc, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = clock_in_utc(text);
    let Some(stated) = parse(text) else { return };
    let _ = in_utc(stated);
    let written = stated.to_rfc3339();
    // Epochs of nine digits and more reach beyond the years that are read.
    if let Some(again) = parse(&written) {
        assert_eq!(again.to_rfc3339(), written, "{text:?}");
    }
});
