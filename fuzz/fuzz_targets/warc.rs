#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| knipsel_fuzz::law::warc(bytes));
