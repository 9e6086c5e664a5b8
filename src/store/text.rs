//! Texts in the `body` table: as they stand, packed, or as what differs from an earlier revision.
//!
//! A live blog of thirty updates is one text thirty times over: each revision but every sixteenth
//! holds only what is new in it. A body on which others build is never deleted or written again.

use std::cell::RefCell;

use rusqlite::{Connection, OptionalExtension as _, named_params};

use crate::store::Error;

/// On 413 news texts of 4.8 kB level 3 saves 1.3 % more and takes half as long again.
const LEVEL: i32 = 1;

/// The faster levels find little of a text in its predecessor.
const LEVEL_OF_CHANGES: i32 = 3;

/// A shorter text gains nothing.
const PACKED_BYTES_MIN: usize = 256;

/// A text is never longer than this when unpacked; a damaged length cannot ask for more memory.
const UNPACKED_BYTES_MAX: usize = 64 << 20;

/// After as many revisions in a row that build on each other comes one that stands by itself: so many
/// are read at most for one text, and so many are lost at most with one that is damaged.
const BUILT_MAX: u8 = 15;

pub(super) const CODEC_PLAIN: i64 = 0;
pub(super) const CODEC_ZSTD: i64 = 1;

/// Eight bytes with the row of an earlier revision, little-endian, one with how many are built upon
/// until there is one that stands by itself, and a zstd frame whose dictionary is that revision's text.
pub(super) const CODEC_CHANGES: i64 = 2;

/// A compressor that is kept, because making one costs more than most texts.
pub(super) struct Codec {
    compressor: RefCell<Option<zstd::bulk::Compressor<'static>>>,
}

/// A stored text on which the next may build.
#[derive(Debug)]
pub(super) struct Predecessor {
    revision: i64,
    n_built: u8,
    text: String,
}

impl Codec {
    pub(super) fn new() -> Self {
        Self { compressor: RefCell::new(zstd::bulk::Compressor::new(LEVEL).ok()) }
    }

    /// The codec used and the bytes to store.
    pub(super) fn pack(&self, text: &str) -> (i64, Vec<u8>) {
        if text.len() < PACKED_BYTES_MIN {
            return (CODEC_PLAIN, text.as_bytes().to_vec());
        }
        let packed = self
            .compressor
            .borrow_mut()
            .as_mut()
            .and_then(|compressor| compressor.compress(text.as_bytes()).ok());
        match packed {
            Some(packed) if packed.len() < text.len() => (CODEC_ZSTD, packed),
            _ => (CODEC_PLAIN, text.as_bytes().to_vec()),
        }
    }

    /// The same for the text that follows another: what is new in it, where that is less than half.
    pub(super) fn pack_after(&self, text: &str, before: &Predecessor) -> (i64, Vec<u8>) {
        let (codec, whole) = self.pack(text);
        if before.n_built >= BUILT_MAX || whole.len() < PACKED_BYTES_MIN {
            return (codec, whole);
        }
        match changes(text, before) {
            Some(changes) if changes.len() * 2 < whole.len() => (CODEC_CHANGES, changes),
            _ => (codec, whole),
        }
    }
}

fn changes(text: &str, before: &Predecessor) -> Option<Vec<u8>> {
    let dictionary = before.text.as_bytes();
    let compressor = zstd::bulk::Compressor::with_dictionary(LEVEL_OF_CHANGES, dictionary);
    let frame = compressor.ok()?.compress(text.as_bytes()).ok()?;
    let mut changes = before.revision.to_le_bytes().to_vec();
    changes.push(before.n_built + 1);
    changes.extend(frame);
    Some(changes)
}

const STORED: &str = "SELECT codec, data FROM body WHERE revision_id = :revision";

/// The stored text of `revision`, for the one that comes next.
pub(super) fn predecessor(
    connection: &Connection,
    revision: i64,
) -> Result<Option<Predecessor>, Error> {
    let Some((codec, data)) = stored(connection, revision)? else { return Ok(None) };
    let n_built = if codec == CODEC_CHANGES { data.get(8).copied().unwrap_or_default() } else { 0 };
    // What cannot be read is not built upon.
    let text = unpack(connection, revision, codec, &data).ok();
    Ok(text.map(|text| Predecessor { revision, n_built, text }))
}

fn stored(connection: &Connection, revision: i64) -> Result<Option<(i64, Vec<u8>)>, Error> {
    connection
        .prepare_cached(STORED)
        .and_then(|mut statement| {
            let values = named_params! { ":revision": revision };
            statement.query_row(values, |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(Error::sqlite("read a text"))
}

/// The text of a stored body; `None` where that is damaged, which costs nothing but itself.
pub(super) fn readable(
    connection: &Connection,
    revision: i64,
    codec: i64,
    data: &[u8],
) -> Result<Option<String>, Error> {
    match unpack(connection, revision, codec, data) {
        Err(Error::DamagedText(revision)) => {
            tracing::warn!(
                "the text of revision {revision} is damaged; `knipsel verify` tells more"
            );
            Ok(None)
        }
        read => read.map(Some),
    }
}

/// The text of a stored body.
pub(super) fn unpack(
    connection: &Connection,
    revision: i64,
    codec: i64,
    data: &[u8],
) -> Result<String, Error> {
    let damaged = || Error::DamagedText(revision);
    let (mut codec, mut data) = (codec, data.to_vec());
    let mut frames = Vec::new();
    while codec == CODEC_CHANGES {
        let (base, rest) = data.split_first_chunk().ok_or_else(damaged)?;
        let (_, frame) = rest.split_first().ok_or_else(damaged)?;
        frames.push(frame.to_vec());
        if frames.len() > usize::from(BUILT_MAX) {
            return Err(damaged());
        }
        let base = i64::from_le_bytes(*base);
        (codec, data) = stored(connection, base)?.ok_or_else(damaged)?;
    }
    let mut bytes = match codec {
        CODEC_PLAIN => data,
        CODEC_ZSTD => decompress(&data).ok_or_else(damaged)?,
        _ => return Err(damaged()),
    };
    for frame in frames.iter().rev() {
        let mut decompressor =
            zstd::bulk::Decompressor::with_dictionary(&bytes).map_err(|_| damaged())?;
        let size = size(frame).ok_or_else(damaged)?;
        bytes = decompressor.decompress(frame, size).map_err(|_| damaged())?;
    }
    String::from_utf8(bytes).map_err(|_| damaged())
}

fn decompress(data: &[u8]) -> Option<Vec<u8>> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> =
            RefCell::new(zstd::bulk::Decompressor::new().ok());
    }
    let size = size(data)?;
    DECOMPRESSOR.with_borrow_mut(|decompressor| decompressor.as_mut()?.decompress(data, size).ok())
}

/// A frame of ours states its size; `upper_bound` would round it up to 128 KiB.
fn size(frame: &[u8]) -> Option<usize> {
    let size = usize::try_from(zstd::zstd_safe::get_frame_content_size(frame).ok()??).ok()?;
    Some(size.min(UNPACKED_BYTES_MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn archive() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let table = "CREATE TABLE body (revision_id INTEGER PRIMARY KEY, codec INTEGER, data BLOB)";
        connection.execute_batch(table).unwrap();
        connection
    }

    fn store(connection: &Connection, revision: i64, (codec, data): &(i64, Vec<u8>)) {
        let row = (revision, codec, data);
        connection.execute("INSERT INTO body VALUES (?1, ?2, ?3)", row).unwrap();
    }

    /// Stores the texts one after the other; gives the bytes of each.
    fn store_all(connection: &Connection, texts: &[String]) -> Vec<usize> {
        let codec = Codec::new();
        let mut sizes = Vec::new();
        for (revision, text) in (1..).zip(texts) {
            let packed = match predecessor(connection, revision - 1).unwrap() {
                Some(before) => codec.pack_after(text, &before),
                None => codec.pack(text),
            };
            store(connection, revision, &packed);
            sizes.push(packed.1.len());
        }
        sizes
    }

    fn text_of(connection: &Connection, revision: i64) -> Result<String, Error> {
        let (codec, data) = stored(connection, revision).unwrap().unwrap();
        unpack(connection, revision, codec, &data)
    }

    #[test]
    fn texts_come_back_whole_and_damage_is_noticed() {
        let (codec, archive) = (Codec::new(), archive());
        for text in [String::new(), "kort".into(), "De brug over het kanaal. ".repeat(200)] {
            let (kind, data) = codec.pack(&text);
            assert_eq!(unpack(&archive, 1, kind, &data).unwrap(), text);
            assert!(data.len() <= text.len());
        }
        let (kind, mut data) = codec.pack(&"De brug over het kanaal. ".repeat(200));
        data.truncate(data.len() / 2);
        assert!(matches!(unpack(&archive, 7, kind, &data), Err(Error::DamagedText(7))));
    }

    /// A text of words that do not repeat.
    fn update(n: u64) -> String {
        let word = |k: u64| format!("w{:x}", (n * 1_000 + k).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let words: Vec<String> = (0..60).map(word).collect();
        words.join(" ")
    }

    #[test]
    fn a_live_blog_costs_what_is_new_in_it() {
        let archive = archive();
        let blog = |n: u64| {
            let updates: Vec<String> = (0..20 + n).rev().map(update).collect();
            updates.join("\n\n")
        };
        let texts: Vec<String> = (0..40).map(blog).collect();
        let sizes = store_all(&archive, &texts);
        for (revision, text) in (1..).zip(&texts) {
            assert_eq!(&text_of(&archive, revision).unwrap(), text);
        }
        let whole: usize = texts.iter().map(|text| Codec::new().pack(text).1.len()).sum();
        assert!(sizes.iter().sum::<usize>() * 6 < whole, "{sizes:?} of {whole}");
        let n_whole = sizes.iter().zip(&texts).filter(|(size, text)| **size * 4 > text.len());
        assert_eq!(n_whole.count(), 3);
    }

    #[test]
    fn a_chain_that_is_broken_or_goes_round_is_damage() {
        let archive = archive();
        let texts: Vec<String> =
            (0..3).map(|n| format!("{}\n\n{}", update(n), update(9))).collect();
        let long = |text: &String| format!("{text} {}", (20..40).map(update).collect::<String>());
        store_all(&archive, &texts.iter().map(long).collect::<Vec<_>>());
        assert!(text_of(&archive, 3).is_ok());
        let round =
            "UPDATE body SET codec = 2, data = (SELECT data FROM body WHERE revision_id = 3)";
        archive.execute(&format!("{round} WHERE revision_id = 2"), []).unwrap();
        assert!(matches!(text_of(&archive, 3), Err(Error::DamagedText(3))));
        archive.execute("DELETE FROM body WHERE revision_id = 2", []).unwrap();
        assert!(matches!(text_of(&archive, 3), Err(Error::DamagedText(3))));
        archive.execute("UPDATE body SET data = x'00'", []).unwrap();
        assert!(matches!(text_of(&archive, 3), Err(Error::DamagedText(3))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_row_of_texts_comes_back(
            texts in proptest::collection::vec("(\\PC{0,40}|De brug is dicht\\. ){0,60}", 1..20),
        ) {
            let archive = archive();
            store_all(&archive, &texts);
            for (revision, text) in (1..).zip(&texts) {
                prop_assert_eq!(&text_of(&archive, revision).unwrap(), text);
            }
        }
    }
}
