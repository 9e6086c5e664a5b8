//! What holds whatever happens to a document: an entry that is still whole is still found.

use proptest::prelude::*;

use super::trouble::{atom, expected, facts, rss};
use crate::parse::feed::parse;

fn found(bytes: &[u8]) -> Vec<[String; 4]> {
    let feed = parse(bytes, "", None);
    feed.map(|feed| feed.entries.iter().map(facts).collect()).unwrap_or_default()
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Rss,
    Atom,
}

fn format() -> impl Strategy<Value = Format> {
    prop::sample::select(vec![Format::Rss, Format::Atom])
}

fn document(format: Format) -> String {
    match format {
        Format::Rss => rss(),
        Format::Atom => atom(),
    }
}

/// Where each entry begins and ends.
fn spans(document: &str, format: Format) -> Vec<std::ops::Range<usize>> {
    let (open, close) = match format {
        Format::Rss => ("<item>", "</item>"),
        Format::Atom => ("<entry>", "</entry>"),
    };
    let starts = document.match_indices(open).map(|(at, _)| at);
    let ends = document.match_indices(close).map(|(at, _)| at + close.len());
    starts.zip(ends).map(|(start, end)| start..end).collect()
}

proptest! {
    #[test]
    fn cut_off_anywhere(format in format(), share in 0.0..1.0_f64) {
        let document = document(format);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
        #[expect(clippy::cast_precision_loss, reason = "documents are short")]
        let cut = (document.len() as f64 * share) as usize;
        let n_whole = spans(&document, format).iter().filter(|span| span.end <= cut).count();
        let found = found(&document.as_bytes()[..cut]);
        prop_assert_eq!(&found[..n_whole.min(found.len())], &expected()[..n_whole]);
    }

    #[test]
    fn one_byte_is_another(format in format(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let document = document(format);
        let at = at.index(document.len());
        let mut bytes = document.clone().into_bytes();
        bytes[at] = byte;
        let found = found(&bytes);
        for (span, whole) in spans(&document, format).iter().zip(expected()) {
            // A byte that opens a comment or the like may take what follows with it.
            if !span.contains(&at) {
                prop_assert!(found.contains(&whole), "{} lost: {:?}", whole[2], found);
            }
        }
    }

    #[test]
    fn a_piece_is_missing(format in format(), from in any::<prop::sample::Index>(), length in 1_usize..400) {
        let document = document(format);
        let from = from.index(document.len());
        let to = (from + length).min(document.len());
        let bytes = [&document.as_bytes()[..from], &document.as_bytes()[to..]].concat();
        let found = found(&bytes);
        for (span, whole) in spans(&document, format).iter().zip(expected()) {
            if span.end <= from || span.start >= to {
                prop_assert!(found.contains(&whole), "{} lost: {:?}", whole[2], found);
            }
        }
    }

    #[test]
    fn spliced_with_another(first in format(), second in format(), cut in any::<prop::sample::Index>(), from in any::<prop::sample::Index>()) {
        let (head, tail) = (document(first), document(second).replace("nr-", "ander-"));
        let cut = cut.index(head.len());
        let from = from.index(tail.len());
        let bytes = [&head.as_bytes()[..cut], &tail.as_bytes()[from..]].concat();
        let found = found(&bytes);
        for (span, whole) in spans(&head, first).iter().zip(expected()) {
            if span.end <= cut {
                prop_assert!(found.contains(&whole), "{} lost: {:?}", whole[2], found);
            }
        }
        let is_found = |id: &str| found.iter().any(|fact| fact[2] == id);
        for (n, span) in spans(&tail, second).iter().enumerate() {
            if span.start >= from {
                prop_assert!(is_found(&format!("ander-{n}")), "ander-{} lost: {:?}", n, found);
            }
        }
    }
}
