#![no_main]

// The second reader may panic behind its fence; the fuzzer's own hook would abort there.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    std::panic::set_hook(Box::new(|panic| {
        if panic.location().is_some_and(|at| at.file().ends_with("law.rs")) {
            eprintln!("{panic}");
        }
    }));
    knipsel_fuzz::law::feed(bytes);
});
