//! The kinds of file that articles come in, by their endings.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

use crate::cli::failure::{Exit, Failure};
use crate::cli::import::{Job, warc};
use crate::parse::articles::{csv, from_json_line, from_text, json};
use crate::parse::charset;

/// A text longer than this is no article.
const TEXT_BYTES_MAX: u64 = 64 << 20;

/// What is read at once: a document of JSON, a table in UTF-16.
const DOCUMENT_BYTES_MAX: u64 = 1 << 30;

pub(super) fn read(job: &mut Job<'_>, path: &Path) -> Result<(), Failure> {
    job.is_begun = false;
    if path == Path::new("-") {
        "standard input".clone_into(&mut job.file);
        let input = unpacked(io::stdin().lock()).map_err(|error| unreadable(job, &error))?;
        return lines(job, input);
    }
    job.file = path.display().to_string();
    let file = File::open(path).and_then(|file| unpacked(BufReader::new(file)));
    let file = file.map_err(|error| unreadable(job, &error))?;
    let name = path.to_string_lossy().to_lowercase();
    let name = [".gz", ".zst"].iter().find_map(|of| name.strip_suffix(of)).unwrap_or(&name);
    let ends_with = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match () {
        () if ends_with(&[".jsonl", ".ndjson"]) => lines(job, file),
        () if ends_with(&[".json"]) => document(job, file),
        () if ends_with(&[".csv", ".tsv"]) => table(job, file),
        () if ends_with(&[".warc", ".wet"]) => warc::read(job, file),
        () => text(job, file),
    }
}

/// What a file holds, whatever it is packed with: by its first bytes, for names lie.
fn unpacked<'f>(mut file: impl BufRead + 'f) -> io::Result<Box<dyn BufRead + 'f>> {
    Ok(match file.fill_buf()? {
        // RFC 1952 section 2.3.1; of WARC files each record is a member.
        [0x1f, 0x8b, ..] => Box::new(BufReader::new(MultiGzDecoder::new(file))),
        // RFC 8878 section 3.1.1.
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(BufReader::new(zstd::Decoder::with_buffer(file)?)),
        _ => Box::new(file),
    })
}

pub(super) fn unreadable(job: &Job<'_>, error: &dyn std::fmt::Display) -> Failure {
    let what = if job.is_begun { "all of " } else { "" };
    Failure::new(Exit::NotFound, format!("cannot read {what}`{}`: {error}", job.file))
}

/// Why a file cannot even be opened.
pub(super) fn trouble(path: &Path) -> Option<Failure> {
    let error = if path == Path::new("-") { None } else { File::open(path).err() }?;
    let what = format!("cannot read `{}`: {error}", path.display());
    Some(Failure::new(Exit::NotFound, what))
}

fn lines(job: &mut Job<'_>, mut reader: impl BufRead) -> Result<(), Failure> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = (&mut reader).take(TEXT_BYTES_MAX).read_until(b'\n', &mut line);
        match read.map_err(|error| unreadable(job, &error))? as u64 {
            0 => break,
            TEXT_BYTES_MAX => return Err(unreadable(job, &format!("line {number} is too long"))),
            _ => {}
        }
        let (line, _) = charset::decode(&line, None);
        let line = line.trim_start_matches('\u{feff}').trim();
        if !line.is_empty() {
            job.take("line", number, from_json_line(line))?;
        }
    }
    Ok(())
}

/// One document, or lines of JSON after all.
fn document(job: &mut Job<'_>, file: impl Read) -> Result<(), Failure> {
    let bytes = whole(job, file, DOCUMENT_BYTES_MAX)?;
    let (text, _) = charset::decode(&bytes, None);
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => {
            for (number, value) in (1..).zip(json::in_document(value)) {
                job.take("article", number, json::article(&value))?;
            }
            Ok(())
        }
        Err(_) => lines(job, text.as_bytes()),
    }
}

fn table(job: &mut Job<'_>, mut reader: impl BufRead) -> Result<(), Failure> {
    let start = reader.fill_buf().map_err(|error| unreadable(job, &error))?;
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        let bytes = whole(job, reader, DOCUMENT_BYTES_MAX)?;
        let text = charset::decode(&bytes, None).0.into_owned();
        return rows(job, Cursor::new(text.into_bytes()));
    }
    rows(job, reader)
}

fn rows(job: &mut Job<'_>, mut reader: impl BufRead) -> Result<(), Failure> {
    let start = reader.fill_buf().map_err(|error| unreadable(job, &error))?;
    let delimiter = csv::delimiter(start.split(|byte| *byte == b'\n').next().unwrap_or_default());
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
    let head = reader.byte_headers().map_err(|error| unreadable(job, &error))?.clone();
    let names = csv::names(head.iter());
    for (number, record) in (1..).zip(reader.into_byte_records()) {
        let article = match &record {
            Ok(record) => csv::article(&names, record.iter()),
            Err(error) => Err(error.to_string()),
        };
        job.take("row", number, article)?;
    }
    Ok(())
}

fn text(job: &mut Job<'_>, mut file: impl BufRead) -> Result<(), Failure> {
    let start = file.fill_buf().map_err(|error| unreadable(job, &error))?.trim_ascii_start();
    // No article begins so, whatever its file is called.
    if start.starts_with(b"{\"") || start.starts_with(b"[{") {
        return document(job, file);
    }
    let bytes = whole(job, file, TEXT_BYTES_MAX)?;
    let article = from_text(&charset::decode(&bytes, None).0);
    job.take("", 1, article)
}

fn whole(job: &Job<'_>, reader: impl Read, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = reader.take(bytes_max + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(job, &error))?;
    if bytes.len() as u64 > bytes_max {
        return Err(unreadable(job, &"it is too large"));
    }
    Ok(bytes)
}
