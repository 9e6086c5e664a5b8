//! What holds whatever happens to a document: an entry that is still whole is still found.

use proptest::prelude::*;

use super::trouble::{atom, expected, facts, json, rdf, rss};
use crate::parse::feed::parse;

fn found(bytes: &[u8]) -> Vec<[String; 4]> {
    let feed = parse(bytes, "", None);
    feed.map(|feed| feed.entries.iter().map(facts).collect()).unwrap_or_default()
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Rss,
    Atom,
    Rdf,
    Json,
}

/// Formats whose entries have an end of their own, which tells where they stop when all else fails.
fn marked() -> impl Strategy<Value = Format> {
    prop::sample::select(vec![Format::Rss, Format::Atom, Format::Rdf])
}

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![marked(), Just(Format::Json)]
}

fn document(format: Format) -> String {
    match format {
        Format::Rss => rss(),
        Format::Atom => atom(),
        Format::Rdf => rdf(),
        Format::Json => json(),
    }
}

/// Where each entry begins and ends.
fn spans(document: &str, format: Format) -> Vec<std::ops::Range<usize>> {
    let (open, close) = match format {
        Format::Rss => ("<item>", "</item>"),
        Format::Atom => ("<entry>", "</entry>"),
        Format::Rdf => ("<item ", "</item>"),
        Format::Json => ("{\"id\"", "}"),
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
    fn one_byte_is_another(format in marked(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
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
    fn a_piece_is_missing(format in marked(), from in any::<prop::sample::Index>(), length in 1_usize..400) {
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
    fn spliced_with_another(first in marked(), second in marked(), cut in any::<prop::sample::Index>(), from in any::<prop::sample::Index>()) {
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

    #[test]
    fn in_another_encoding(
        format in format(),
        encoding in prop::sample::select(vec!["utf-8", "windows-1252", "utf-16le", "utf-16be", "utf-32"]),
        mark in prop::sample::select(vec!["", "\u{feff}"]),
        says in prop::sample::select(vec!["utf-8", "iso-8859-1", "windows-1252", "utf-16", "klingon", ""]),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let document = document(format).replace("encoding=\"utf-8\"", &format!("encoding=\"{says}\""));
        let cut = cut.map_or(document.len(), |cut| cut.index(document.len()));
        let cut = document.floor_char_boundary(cut);
        let n_whole = spans(&document, format).iter().filter(|span| span.end <= cut).count();
        let found = found(&encoded(&document[..cut], encoding, mark));
        prop_assert_eq!(&found[..n_whole.min(found.len())], &expected()[..n_whole]);
    }
}

fn encoded(text: &str, encoding: &str, mark: &str) -> Vec<u8> {
    // Without its mark nothing can be told of UTF-32.
    let mark = if encoding == "utf-32" { "\u{feff}" } else { mark };
    let text = format!("{mark}{text}");
    match encoding {
        "windows-1252" => {
            encoding_rs::WINDOWS_1252.encode(text.trim_start_matches('\u{feff}')).0.into_owned()
        }
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32" => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        _ => text.into_bytes(),
    }
}
