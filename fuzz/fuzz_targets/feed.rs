//! Any bytes as a feed: no panic, no more memory than a multiple of them, and no entry from nothing.

#![no_main]

use knipsel::normalize::entry::normalize;
use knipsel::parse::feed::{ENTRIES_MAX, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(feed) = parse(bytes, "https://dijkbode.example/rss", None) else { return };
    assert!(feed.entries.len() <= ENTRIES_MAX);
    let again = parse(bytes, "https://dijkbode.example/rss", None).ok();
    assert_eq!(again.as_ref(), Some(&feed), "read twice, it says two things");
    for entry in &feed.entries {
        let text = [&entry.title, &entry.summary, &entry.content];
        let length: usize = text.into_iter().flatten().map(|text| text.content.len()).sum();
        // Declared entities add a mebibyte at most; a reference of HTML grows less than fourfold.
        assert!(length <= 8 * bytes.len().max(1 << 20) + (1 << 20));
        let _ = normalize(entry);
    }
    let _ = feed.repairs.lines();
});
