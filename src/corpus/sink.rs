//! Where the articles of an export go: one file that grows, a file an article, or a file a month.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::corpus::Error;
use crate::export::manifest::{Format, Plan};
use crate::export::row::Row;
use crate::export::{document, parquet, table, tei};
use crate::store::captures::{self, Capture, Filter};
use crate::store::{ArticleRow, Layout, Reader};
use crate::warc::{Place, read, record};

/// The folder of several files, with nothing else in it: readers take all that they find there.
const APART: &str = "articles";

/// A file that has no name yet.
const UNFINISHED: &str = ".unfinished";

/// Where captures are looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'e> {
    pub(super) reader: &'e Reader,
    pub(super) layout: &'e Layout,
}

/// An export being written, between two points at which it can be taken up again.
#[derive(Debug)]
pub(super) enum Sink<'s> {
    /// One file.
    Growing {
        path: PathBuf,
        out: BufWriter<File>,
        format: Format,
        evidence: Evidence<'s>,
        plan: &'s Plan,
    },
    /// A file an article, in a folder a month.
    Apart { folder: PathBuf, format: Format },
    /// A file a month, which is begun with its first article.
    Monthly { folder: PathBuf, open: Option<Box<Month>> },
}

/// A month that is being written.
#[derive(Debug)]
pub(super) struct Month {
    path: PathBuf,
    writer: parquet::Writer<BufWriter<File>>,
}

impl<'s> Sink<'s> {
    /// Goes on in `folder`, where the first `n_bytes` of a file that grows are good.
    pub(super) fn open(
        folder: &Path,
        plan: &'s Plan,
        n_bytes: u64,
        evidence: Evidence<'s>,
    ) -> Result<Self, Error> {
        let format = plan.format;
        let apart = folder.join(APART);
        let name = match format {
            Format::Jsonl => "articles.jsonl",
            Format::Csv => "articles.csv",
            Format::Warc => "articles.warc.gz",
            Format::Parquet => {
                return Ok(Self::Monthly { folder: apart, open: None });
            }
            Format::Markdown | Format::Text | Format::Tei => {
                return Ok(Self::Apart { folder: apart, format });
            }
        };
        let path = folder.join(name);
        let failed = |error| Error::file("write", &path)(error);
        let options = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let mut file = options.map_err(failed)?;
        file.set_len(n_bytes).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        let mut out = BufWriter::new(file);
        if n_bytes == 0 {
            begin(&mut out, plan, name).map_err(failed)?;
        }
        Ok(Self::Growing { path, out, format, evidence, plan })
    }

    /// Writes an article.
    pub(super) fn put(&mut self, article: ArticleRow, row: Row) -> Result<(), Error> {
        match self {
            Self::Growing { path, out, format, evidence, plan } => {
                let failed = |error| Error::file("write", path)(error);
                match format {
                    Format::Csv => table::csv_row(out, &row).map_err(failed),
                    Format::Warc => {
                        let records = records(evidence, plan, article, &row)?;
                        out.write_all(&records).map_err(failed)
                    }
                    _ => table::json_line(out, &row).map_err(failed),
                }
            }
            Self::Apart { folder, format } => apart(folder, *format, &row),
            Self::Monthly { folder, open } => {
                let month = match open.take() {
                    Some(month) => month,
                    None => Box::new(Month::begin(folder, &row)?),
                };
                let Month { path, writer } = &mut **open.insert(month);
                writer.push(row).map_err(Error::file("write", path))
            }
        }
    }

    /// Puts all of it on disk; says how long the file is that grows.
    pub(super) fn rest(&mut self) -> Result<u64, Error> {
        match self {
            Self::Growing { path, out, .. } => {
                let failed = |error| Error::file("write", path)(error);
                out.flush().map_err(failed)?;
                out.get_ref().sync_data().map_err(failed)?;
                out.get_ref().metadata().map(|file| file.len()).map_err(failed)
            }
            Self::Apart { .. } => Ok(0),
            Self::Monthly { open, .. } => {
                open.take().map_or(Ok(()), |month| month.finish())?;
                Ok(0)
            }
        }
    }
}

fn begin(out: &mut dyn Write, plan: &Plan, name: &str) -> io::Result<()> {
    match plan.format {
        Format::Csv => table::csv_head(out),
        Format::Warc => {
            let id = record::id_of(&format!("{plan:?}"));
            out.write_all(&record::info_as(&id, name, plan.state.as_of))
        }
        _ => Ok(()),
    }
}

fn apart(folder: &Path, format: Format, row: &Row) -> Result<(), Error> {
    let folder = folder.join(row.month());
    fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    let ending = match format {
        Format::Markdown => "md",
        Format::Tei => "xml",
        _ => "txt",
    };
    let path = folder.join(format!("{}.{ending}", row.id));
    let mut bytes = Vec::new();
    match format {
        Format::Markdown => document::markdown(&mut bytes, row),
        Format::Tei => tei::write(&mut bytes, row),
        _ => document::text(&mut bytes, row),
    }
    .and_then(|()| fs::write(&path, bytes))
    .map_err(Error::file("write", &path))
}

impl Month {
    fn begin(folder: &Path, row: &Row) -> Result<Self, Error> {
        // As Hive has it: readers take the month from the path, and skip whole folders.
        let folder = folder.join(format!("month={}", row.month()));
        fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
        let path = folder.join(format!("articles.parquet{UNFINISHED}"));
        let file = File::create(&path).map_err(Error::file("write", &path))?;
        let writer = parquet::Writer::new(BufWriter::new(file));
        Ok(Self { writer: writer.map_err(Error::file("write", &path))?, path })
    }

    fn finish(self) -> Result<(), Error> {
        let Self { path, writer } = self;
        let failed = |error| Error::file("write", &path)(error);
        let out = writer.finish().map_err(failed)?;
        let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        fs::rename(&path, path.with_extension("")).map_err(failed)
    }
}

/// What servers sent of the article, as it lies in the archive, and its text.
fn records(
    evidence: &Evidence<'_>,
    plan: &Plan,
    article: ArticleRow,
    row: &Row,
) -> Result<Vec<u8>, Error> {
    let mut kept: Vec<Capture> = Vec::new();
    let filter = Filter { article: Some(article), ..Filter::default() };
    captures::list(evidence.reader, &filter, |capture| {
        kept.extend((capture.at <= plan.state.as_of).then_some(capture));
        true
    })?;
    let originals: Vec<i64> = kept.iter().filter_map(|capture| capture.refers_to).collect();
    for original in originals {
        if !kept.iter().any(|capture| capture.row == original) {
            kept.extend(captures::one(evidence.reader, original)?);
        }
    }
    kept.sort_by_key(|capture| capture.row);
    let mut bytes = Vec::new();
    for capture in &kept {
        let Capture { file, offset, length, .. } = capture;
        let place = Place { file: file.clone(), offset: *offset, length: *length };
        bytes.extend(read::bytes(&evidence.layout.warc(), &place)?);
    }
    let name = format!("knipsel:{}@{}", row.id, row.revision);
    let text = if row.title.is_empty() {
        row.text.clone()
    } else {
        format!("{}\n\n{}", row.title, row.text)
    };
    bytes.extend(record::conversion(&record::Conversion {
        name: &name,
        url: row.url.as_deref().unwrap_or(&format!("urn:{name}")),
        at: row.revision_seen_at,
        language: row.language.as_deref(),
        text: &text,
    }));
    Ok(bytes)
}
