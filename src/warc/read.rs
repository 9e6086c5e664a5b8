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

    /// The document of a response: what follows the head.
    pub fn payload(&self) -> &[u8] {
        let end = self.block.windows(4).position(|four| four == b"\r\n\r\n");
        end.map_or(&[], |end| &self.block[end + 4..])
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
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    lines.next().filter(|version| version.starts_with("WARC/1."))?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let record = Record { headers, block: Vec::new() };
    let length: usize = record.header("Content-Length")?.parse().ok()?;
    let block = bytes.get(end + 4..end + 4 + length)?.to_vec();
    Some(Record { block, ..record })
}
