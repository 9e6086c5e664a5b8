//! Any text as JSON: what is made of it is JSON.

#![no_main]

use knipsel::parse::mend::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mended = json(text);
    assert!(mended.text.len() <= 8 * text.len() + 16);
    if !mended.text.is_empty() {
        serde_json::from_str::<serde_json::Value>(&mended.text).expect("it is JSON");
    }
});
