#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| knipsel_fuzz::law::json(text));
