//! Bodies that are compressed although no header said so.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::parse::feed::repair::{Repair, Repairs};

/// What a body may unpack to.
pub(super) const UNPACKED_BYTES_MAX: usize = 16 << 20;

/// Unpacked to see whether it is a document.
const PROBE_BYTES: u64 = 64;

/// Packed twice happens, when a server and a program behind it both do it.
const TIMES_MAX: usize = 2;

/// A body without its compression; `None` when it unpacks to more than [`UNPACKED_BYTES_MAX`].
///
/// One that is cut off or damaged gives what could be unpacked.
pub(super) fn unpack<'b>(bytes: &'b [u8], repairs: &mut Repairs) -> Option<Cow<'b, [u8]>> {
    let mut body = Cow::Borrowed(bytes);
    for _ in 0..TIMES_MAX {
        let Some(unpacked) = once(&body) else { break };
        if unpacked.len() > UNPACKED_BYTES_MAX {
            return None;
        }
        if unpacked.is_empty() {
            break;
        }
        repairs.add(Repair::Unpacked);
        body = Cow::Owned(unpacked);
    }
    Some(body)
}

fn once(bytes: &[u8]) -> Option<Vec<u8>> {
    let limit = UNPACKED_BYTES_MAX as u64 + 1;
    let mut unpacked = Vec::new();
    // An error ends the reading; what was read before it stays.
    let _ = match bytes {
        [0x1f, 0x8b, 8, ..] => MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut unpacked),
        // RFC 1950 section 2.2: the first two bytes are a multiple of 31.
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) => {
            ZlibDecoder::new(bytes).take(limit).read_to_end(&mut unpacked)
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            zstd::stream::read::Decoder::new(bytes).ok()?.take(limit).read_to_end(&mut unpacked)
        }
        // RFC 1951 has no mark; what no text begins with may be it, if a document comes out.
        _ if looks_packed(bytes) => {
            let mut start = Vec::new();
            let _ = DeflateDecoder::new(bytes).take(PROBE_BYTES).read_to_end(&mut start);
            if !start.trim_ascii_start().starts_with(b"<") {
                return None;
            }
            DeflateDecoder::new(bytes).take(limit).read_to_end(&mut unpacked)
        }
        _ => return None,
    };
    Some(unpacked)
}

/// Whether there are control characters at the start, and no zero bytes, which UTF-16 has.
fn looks_packed(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    let is_control = |byte: &u8| *byte < b' ' && !byte.is_ascii_whitespace();
    start.iter().any(is_control) && !start[..start.len().min(4)].contains(&0)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: Option<&[u8]>) {
        assert_eq!(unpack(bytes, &mut Repairs::default()).as_deref(), expected);
    }

    #[test]
    fn bodies_are_unpacked_once_or_twice() {
        check(b"<rss/>", Some(b"<rss/>"));
        check(&gzip(b"<rss/>"), Some(b"<rss/>"));
        check(&gzip(&gzip(b"<rss/>")), Some(b"<rss/>"));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"<rss/>").unwrap();
        check(&zlib.finish().unwrap(), Some(b"<rss/>"));
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        deflate.write_all(b"<rss/>").unwrap();
        check(&deflate.finish().unwrap(), Some(b"<rss/>"));
        check(b"\x01\x02\x03", Some(b"\x01\x02\x03"));
        check(&zstd::encode_all(&b"<rss/>"[..], 1).unwrap(), Some(b"<rss/>"));
    }

    #[test]
    fn what_is_cut_off_gives_what_there_is_and_bombs_are_refused() {
        let text: Vec<u8> =
            (0..40_000_u32).flat_map(|n| n.wrapping_mul(77).to_string().into_bytes()).collect();
        let packed = gzip(&text);
        let mut repairs = Repairs::default();
        let read = unpack(&packed[..packed.len() / 2], &mut repairs).unwrap();
        assert!(read.len() > 1000 && text.starts_with(&read));
        check(&gzip(&vec![b' '; UNPACKED_BYTES_MAX + 1]), None);
    }
}
