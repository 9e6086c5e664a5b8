//! The files that grow.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::model::time::Timestamp;
use crate::warc::record::{self, Entry};
use crate::warc::{Error, Place, read};

/// Appends exchanges to the last file of a folder, and begins a new one when that is full.
#[derive(Debug)]
pub struct Writer {
    dir: PathBuf,
    roll_bytes: u64,
    open: Option<Open>,
    /// The last file of an earlier run, and up to where the archive knows it.
    last: Option<(String, u64)>,
}

#[derive(Debug)]
struct Open {
    name: String,
    file: File,
    length: u64,
}

impl Writer {
    /// Writes into `dir`, which need not exist; `last` is the last file with the end of the last
    /// exchange that the archive knows in it.
    pub fn new(dir: PathBuf, roll_bytes: u64, last: Option<(String, u64)>) -> Self {
        Self { dir, roll_bytes, open: None, last }
    }

    /// From now on a file that has reached `bytes` is followed by a new one.
    pub fn set_roll(&mut self, bytes: u64) {
        self.roll_bytes = bytes;
    }

    /// Appends an exchange: its hops in order, the last with the document. It is on disk when this
    /// returns.
    pub fn append(&mut self, hops: &[Entry<'_>], now: Timestamp) -> Result<Place, Error> {
        let bytes: Vec<u8> = hops.iter().flat_map(record::exchange).collect();
        let dir = self.dir.clone();
        let open = self.open(now)?;
        let offset = open.length;
        let written = open.file.write_all(&bytes).and_then(|()| open.file.sync_data());
        if let Err(source) = written {
            // What is there of it is no record: the next one must not follow it.
            let path = dir.join(&open.name);
            let file = &mut open.file;
            let ends_there = file.set_len(offset).and_then(|()| file.seek(SeekFrom::Start(offset)));
            if ends_there.is_err() {
                self.open = None;
            }
            return Err(Error::File { action: "write", path, source });
        }
        open.length += bytes.len() as u64;
        Ok(Place { file: open.name.clone(), offset, length: bytes.len() as u64 })
    }

    fn open(&mut self, now: Timestamp) -> Result<&mut Open, Error> {
        if self.open.is_none()
            && let Some((name, known_end)) = self.last.take()
        {
            self.open = self.reopen(name, known_end)?;
        }
        if self.open.as_ref().is_some_and(|open| open.length >= self.roll_bytes) {
            self.open = None;
        }
        match &mut self.open {
            Some(open) => Ok(open),
            none => Ok(none.insert(create(&self.dir, now)?)),
        }
    }

    /// Goes on with a file, from the end of its last whole record: a run may have been killed in
    /// the middle of one.
    fn reopen(&self, name: String, known_end: u64) -> Result<Option<Open>, Error> {
        let path = self.dir.join(&name);
        let failed = |source| Error::File { action: "open", path: path.clone(), source };
        let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            // The owner may have moved a file away.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if file.metadata().map_err(failed)?.len() < known_end {
            return Ok(None);
        }
        let length = read::whole_until(&path, known_end)?;
        file.set_len(length).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Some(Open { name, file, length }))
    }
}

/// A new file with the record that opens it, under a name that no other has.
fn create(dir: &Path, now: Timestamp) -> Result<Open, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { action: "create", path, source }
    };
    std::fs::create_dir_all(dir).map_err(failed(dir))?;
    let stamp: String = now.to_rfc3339().chars().filter(char::is_ascii_digit).collect();
    let mut serial = 0_u32;
    loop {
        let name = format!("knipsel-{stamp}-{serial:05}.warc.gz");
        let path = dir.join(&name);
        let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                serial += 1;
                continue;
            }
            Err(error) => return Err(failed(&path)(error)),
        };
        let info = record::info(&name, now);
        if let Err(error) = file.write_all(&info).and_then(|()| file.sync_all()) {
            // Without its first record it is no WARC file, and the next try makes another.
            let _ = std::fs::remove_file(&path);
            return Err(failed(&path)(error));
        }
        // The name of the file must be on disk too.
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed(dir))?;
        return Ok(Open { name, file, length: info.len() as u64 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::capture::Exchange;

    fn exchange(url: &str) -> Exchange {
        Exchange {
            url: url.to_owned(),
            request_headers: vec![("accept".to_owned(), "*/*".to_owned())],
            status: 200,
            reason: "OK",
            headers: vec![
                ("content-type".to_owned(), b"text/html".to_vec()),
                ("content-length".to_owned(), b"7".to_vec()),
                ("transfer-encoding".to_owned(), b"chunked".to_vec()),
            ],
            peer: None,
        }
    }

    fn append(writer: &mut Writer, url: &str, body: &[u8]) -> Place {
        let notes = [("article", "een\r\ntwee".to_owned())];
        let entry = Entry {
            exchange: &exchange(url),
            body,
            at: Timestamp::from_seconds(1_644_832_800),
            record_id: &record::new_id(),
            earlier: None,
            notes: &notes,
        };
        writer.append(&[entry], Timestamp::from_seconds(1_644_832_800)).unwrap()
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn an_exchange_is_read_back_as_it_was() {
        let dir = folder();
        let mut writer = Writer::new(dir.path().to_owned(), 1 << 20, None);
        append(&mut writer, "https://a.example/1", b"<p>een");
        let place = append(&mut writer, "https://a.example/2?x=1#y", b"<p>twee");
        let records = read::exchange(dir.path(), &place).unwrap();
        let kinds: Vec<&str> = records.iter().map(read::Record::kind).collect();
        assert_eq!(kinds, ["response", "request", "metadata"]);
        assert_eq!(records[0].payload(), b"<p>twee");
        assert_eq!(records[0].http_header("Content-Length").unwrap(), "7");
        assert_eq!(records[0].http_header("Transfer-Encoding"), None);
        let digest = records[0].header("WARC-Payload-Digest").unwrap();
        assert_eq!(digest, record::digest(b"<p>twee"));
        let request = "GET /2?x=1 HTTP/1.1\r\nHost: a.example\r\naccept: */*\r\n\r\n";
        assert_eq!(records[1].block, request.as_bytes());
        assert_eq!(records[2].block, b"article: een  twee\r\n");
        assert_eq!(records[1].header("WARC-Concurrent-To"), records[0].header("WARC-Record-ID"));
    }

    #[test]
    fn a_file_that_is_full_is_followed_by_another() {
        let dir = folder();
        let mut writer = Writer::new(dir.path().to_owned(), 1, None);
        let (first, second) =
            (append(&mut writer, "https://a/1", b"a"), append(&mut writer, "https://a/2", b"b"));
        assert_eq!(
            (&*first.file, &*second.file),
            ("knipsel-20220214100000-00000.warc.gz", "knipsel-20220214100000-00001.warc.gz")
        );
    }

    #[test]
    fn what_was_cut_off_anywhere_is_dropped_and_all_before_it_kept() {
        let dir = folder();
        let mut writer = Writer::new(dir.path().to_owned(), 1 << 20, None);
        let first = append(&mut writer, "https://a/1", b"een");
        let second = append(&mut writer, "https://a/2", b"twee");
        drop(writer);
        let path = dir.path().join(&first.file);
        let whole = std::fs::read(&path).unwrap();
        let ends: Vec<u64> = {
            let mut members = vec![second.offset];
            let mut at = second.offset;
            while at < whole.len() as u64 {
                at = read::next_end(&path, at).unwrap();
                members.push(at);
            }
            members
        };
        assert_eq!(ends.len(), 4, "three records");
        for cut in second.offset..=whole.len() as u64 {
            std::fs::write(&path, &whole[..usize::try_from(cut).unwrap()]).unwrap();
            let known = Some((first.file.clone(), first.offset + first.length));
            let mut writer = Writer::new(dir.path().to_owned(), 1 << 20, known);
            let third = append(&mut writer, "https://a/3", b"drie");
            assert_eq!(third.file, first.file);
            assert_eq!(
                third.offset,
                *ends.iter().rfind(|end| **end <= cut).unwrap(),
                "cut at {cut}"
            );
            assert_eq!(read::exchange(dir.path(), &first).unwrap()[0].payload(), b"een");
            assert_eq!(read::exchange(dir.path(), &third).unwrap()[0].payload(), b"drie");
        }
    }

    #[test]
    fn a_file_that_was_moved_away_or_cut_into_is_left_alone() {
        let dir = folder();
        let mut writer =
            Writer::new(dir.path().to_owned(), 1 << 20, Some(("weg.warc.gz".into(), 9)));
        let place = append(&mut writer, "https://a/1", b"een");
        let mut writer =
            Writer::new(dir.path().to_owned(), 1 << 20, Some((place.file.clone(), 1 << 30)));
        assert_ne!(append(&mut writer, "https://a/2", b"twee").file, place.file);
    }
}
