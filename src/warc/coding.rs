//! Documents as their readers get them, out of responses as they went over the wire.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::bufread::{GzDecoder, ZlibDecoder};

use crate::warc::read::Record;

/// A document is never larger than this when unpacked.
const DOCUMENT_BYTES_MAX: u64 = 64 << 20;

impl Record {
    /// The document of a response, put together from its chunks (RFC 9112 section 7.1) and unpacked
    /// (RFC 9110 section 8.4.1). Programs that keep it so, with the head that the server sent, are
    /// believed: what is not packed is taken as it is.
    ///
    /// # Errors
    /// What is packed and damaged, or larger than 64 MiB.
    pub fn document(&self) -> io::Result<Cow<'_, [u8]>> {
        let payload = self.payload();
        let is_chunked = self
            .http_header("Transfer-Encoding")
            .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
        let mut document = match is_chunked.then(|| joined(payload)).flatten() {
            Some(joined) => Cow::Owned(joined),
            None => Cow::Borrowed(payload),
        };
        let codings = self.http_header("Content-Encoding").unwrap_or_default();
        // The last one was put on last.
        for coding in codings.split(',').rev().map(|coding| coding.trim().to_ascii_lowercase()) {
            if let Some(unpacked) = unpacked(&coding, &document)? {
                document = Cow::Owned(unpacked);
            }
        }
        Ok(document)
    }
}

/// What chunks hold, as far as they go; `None` when these are no chunks.
fn joined(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while let Ok(httparse::Status::Complete((head, length))) = httparse::parse_chunk_size(chunks) {
        let rest = chunks.get(head..)?;
        let length = usize::try_from(length).ok()?;
        whole.extend_from_slice(&rest[..length.min(rest.len())]);
        match rest.get(length..) {
            Some(rest) if length > 0 => chunks = rest.strip_prefix(b"\r\n").unwrap_or(rest),
            _ => return Some(whole),
        }
    }
    (!whole.is_empty()).then_some(whole)
}

/// A document without this coding; `None` when it does not have it.
fn unpacked(coding: &str, packed: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let unpacked = match coding {
        // RFC 1952 section 2.3.1.
        "gzip" | "x-gzip" if packed.starts_with(&[0x1f, 0x8b]) => whole(GzDecoder::new(packed)),
        // RFC 1950 section 2.2: 32 KiB of deflate.
        "deflate" if packed.starts_with(&[0x78]) => whole(ZlibDecoder::new(packed)),
        // RFC 8878 section 3.1.1.
        "zstd" if packed.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => {
            whole(zstd::stream::read::Decoder::new(packed)?)
        }
        // It has no signature; no page begins with a byte that begins it otherwise.
        "br" if !packed.trim_ascii_start().starts_with(b"<") => {
            whole(brotli_decompressor::Decompressor::new(packed, 4096))
        }
        _ => return Ok(None),
    };
    unpacked.map(Some)
}

fn whole(packed: impl Read) -> io::Result<Vec<u8>> {
    let mut document = Vec::new();
    packed.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut document)?;
    if document.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(io::Error::other("it is larger than 64 MiB when unpacked"));
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const TEXT: &str = "<p>De brug is dicht.</p>";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn chunks(bytes: &[u8]) -> Vec<u8> {
        let mut chunks = Vec::new();
        for chunk in bytes.chunks(10) {
            chunks.extend(format!("{:x};a=b\r\n", chunk.len()).bytes());
            chunks.extend(chunk);
            chunks.extend(b"\r\n");
        }
        chunks.extend(b"0\r\n\r\n");
        chunks
    }

    #[track_caller]
    fn check(head: &str, body: &[u8], expected: Option<&[u8]>) {
        let block = [format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(), body].concat();
        let record = Record::of_block(block);
        assert_eq!(record.document().ok().as_deref(), expected, "{head}");
    }

    #[test]
    fn a_document_is_put_together_and_unpacked() {
        let text = TEXT.as_bytes();
        check("Content-Type: text/html", text, Some(text));
        check("transfer-encoding: chunked", &chunks(text), Some(text));
        check("Content-Encoding: gzip", &gzip(text), Some(text));
        let both = "Content-Encoding: gzip\r\nTransfer-Encoding: chunked";
        check(both, &chunks(&gzip(text)), Some(text));
        check("Content-Encoding: zstd", &zstd::encode_all(text, 1).unwrap(), Some(text));
        // What another program unpacked before.
        for head in [both, "Content-Encoding: br", "Content-Encoding: deflate"] {
            check(head, text, Some(text));
        }
    }

    #[test]
    fn what_is_cut_off_is_taken_as_far_as_it_goes_and_what_is_damaged_is_not() {
        let text = TEXT.as_bytes();
        check("Transfer-Encoding: chunked", &chunks(text)[..20], Some(&text[..10]));
        check("Transfer-Encoding: chunked", &chunks(text)[..27], Some(&text[..11]));
        check("Content-Encoding: gzip", &gzip(text)[..20], None);
        let bomb = gzip(&vec![0; usize::try_from(DOCUMENT_BYTES_MAX).unwrap() + 1]);
        check("Content-Encoding: gzip", &bomb, None);
    }
}
