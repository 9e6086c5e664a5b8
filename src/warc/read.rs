//! Records read back.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;

use flate2::bufread::GzDecoder;

use crate::warc::{Error, Place};

/// A record is never larger than this when unpacked: a damaged file cannot ask for more memory.
const RECORD_BYTES_MAX: u64 = 128 << 20;

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    headers: Vec<(String, String)>,
    /// What it holds.
    pub block: Vec<u8>,
}

impl Record {
    /// A header, by its name in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// `response`, `request`, `metadata`, `revisit`, `warcinfo`.
    pub fn kind(&self) -> &str {
        self.header("WARC-Type").unwrap_or_default()
    }

    /// What follows the head of a response.
    pub fn payload(&self) -> &[u8] {
        let end = self.block.windows(4).position(|four| four == b"\r\n\r\n");
        end.map_or(&[], |end| &self.block[end + 4..])
    }

    #[cfg(test)]
    pub(super) fn of_block(block: Vec<u8>) -> Self {
        Self { headers: Vec::new(), block }
    }

    /// The status of a response, 200 for example.
    pub fn http_status(&self) -> Option<u16> {
        let line = self.block.split(|byte| *byte == b'\n').next()?;
        let mut words = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
        words.next().filter(|version| version.starts_with("HTTP/"))?;
        words.next()?.parse().ok()
    }

    /// A header of the response itself.
    pub fn http_header(&self, name: &str) -> Option<String> {
        let end = self.block.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.block[..end]);
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value.trim().to_owned())
    }
}

/// The records of an exchange.
pub fn exchange(dir: &Path, place: &Place) -> Result<Vec<Record>, Error> {
    let path = dir.join(&place.file);
    let damaged = |offset| Error::Damaged { path: path.clone(), offset };
    let mut members = Members::open(&path, place.offset)?;
    let mut records = Vec::new();
    while members.at < place.offset + place.length {
        let at = members.at;
        records.push(members.next().ok().flatten().ok_or_else(|| damaged(at))?);
    }
    Ok(records)
}

/// All records of an unpacked WARC file, one after the other; a damaged one ends it. Of one larger
/// than 128 MiB, which is no page, only the headers are read.
#[derive(Debug)]
pub struct Records<R>(Option<R>);

impl<R: BufRead> Records<R> {
    /// Reads from `file`.
    pub fn new(file: R) -> Self {
        Self(Some(file))
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<io::Result<Record>> {
        let record = plain(self.0.as_mut()?);
        self.0.take_if(|_| record.is_err());
        record.transpose()
    }
}

/// The next record of a file that is not compressed (ISO 28500 section 4).
fn plain(file: &mut impl BufRead) -> io::Result<Option<Record>> {
    const HEAD_BYTES_MAX: u64 = 1 << 20;
    let mut head = Vec::new();
    let mut rest = file.take(HEAD_BYTES_MAX);
    while rest.read_until(b'\n', &mut head)? > 0 {
        if head == b"\r\n" || head == b"\n" {
            // What ends the record before.
            head.clear();
        } else if head.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    if head.is_empty() {
        return Ok(None);
    }
    let no_record = || io::Error::new(io::ErrorKind::InvalidData, "it is no WARC file, or damaged");
    let (headers, length) = head_of(&head).ok_or_else(no_record)?;
    let mut record = Record { headers, block: Vec::new() };
    let mut block = file.take(length);
    if length <= RECORD_BYTES_MAX {
        block.read_to_end(&mut record.block)?;
    } else {
        io::copy(&mut block, &mut io::sink())?;
    }
    if block.limit() > 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "its last record is cut off"));
    }
    Ok(Some(record))
}

/// The bytes of an exchange as they lie in their file, whole records.
pub fn bytes(dir: &Path, place: &Place) -> Result<Vec<u8>, Error> {
    let path = dir.join(&place.file);
    let failed = |source| Error::File { action: "read", path: path.clone(), source };
    let mut file = File::open(&path).map_err(failed)?;
    file.seek(SeekFrom::Start(place.offset)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(place.length).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 == place.length {
        return Ok(bytes);
    }
    Err(Error::Damaged { path, offset: place.offset })
}

/// Where the last whole record ends that follows byte `from` of a file.
pub(super) fn whole_until(path: &Path, from: u64) -> Result<u64, Error> {
    let mut members = Members::open(path, from)?;
    let mut end = from;
    while let Ok(Some(_)) = members.next() {
        end = members.at;
    }
    Ok(end)
}

/// Where the record ends that begins at byte `from` of a file.
#[cfg(test)]
pub(super) fn next_end(path: &Path, from: u64) -> Option<u64> {
    let mut members = Members::open(path, from).ok()?;
    members.next().ok()??;
    Some(members.at)
}

/// The members of a file, one record each.
#[derive(Debug)]
struct Members {
    file: BufReader<File>,
    at: u64,
}

impl Members {
    fn open(path: &Path, from: u64) -> Result<Self, Error> {
        let failed = |source| Error::File { action: "read", path: path.to_owned(), source };
        let mut file = File::open(path).map_err(failed)?;
        file.seek(SeekFrom::Start(from)).map_err(failed)?;
        Ok(Self { file: BufReader::new(file), at: from })
    }

    /// The next record; nothing at the end of the file, an error where one is cut off.
    fn next(&mut self) -> io::Result<Option<Record>> {
        if self.file.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut unpacked = Vec::new();
        let mut member = GzDecoder::new(&mut self.file);
        (&mut member).take(RECORD_BYTES_MAX).read_to_end(&mut unpacked)?;
        drop(member);
        self.at = self.file.stream_position()?;
        parse(&unpacked).map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

fn parse(bytes: &[u8]) -> Option<Record> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let (headers, length) = head_of(&bytes[..end])?;
    let block = bytes.get(end..end + usize::try_from(length).ok()?)?.to_vec();
    Some(Record { headers, block })
}

/// The headers of a record, and how long its block is.
fn head_of(head: &[u8]) -> Option<(Vec<(String, String)>, u64)> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    lines.next().filter(|version| version.starts_with("WARC/1."))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let record = Record { headers, block: Vec::new() };
    let length = record.header("Content-Length")?.parse().ok()?;
    Some((record.headers, length))
}
