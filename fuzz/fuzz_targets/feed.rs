#![no_main]

// The second reader may panic behind its fence; the fuzzer's own hook would abort there.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    std::panic::set_hook(Box::new(|_| ()));
    knipsel_fuzz::law::feed(bytes);
});
