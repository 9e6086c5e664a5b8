//! `knipsel warc`.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use serde_json::json;

use crate::cli::args::{
    CaptureArgs, Global, WarcArgs, WarcCommand, WarcExportArgs, WarcListArgs, WarcVerifyArgs,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, Records};
use crate::cli::{named, out, setup, when};
use crate::model::article::ArticleId;
use crate::model::time::Timestamp;
use crate::service::clock;
use crate::store::captures::{self, Capture, Filter};
use crate::store::{Layout, Reader};
use crate::upkeep;
use crate::warc::{read, record};

pub(super) fn warc(global: &Global, args: &WarcArgs) -> Result<Exit, Failure> {
    match &args.command {
        WarcCommand::List(args) => list(global, args),
        WarcCommand::Export(args) => export(global, args),
        WarcCommand::Verify(args) => verify(global, args),
    }
}

fn filter(reader: &Reader, which: &CaptureArgs) -> Result<Filter, Failure> {
    let since = which.since.as_deref().map(|text| when::since(text, clock::now())).transpose()?;
    let article = which.id.as_deref().map(|id| named::article(reader, id)).transpose()?;
    let since = since.unwrap_or(Timestamp::EPOCH);
    Ok(Filter { article, outlet: which.outlet.clone(), since })
}

fn list(global: &Global, args: &WarcListArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let mut records = Records::new(args.format);
    let mut written = Ok(());
    captures::list(&reader, &filter(&reader, &args.which)?, |capture| {
        let record = if args.format == Format::Table { row(&capture) } else { whole(&capture) };
        written = records.push(record);
        written.is_ok()
    })?;
    written?;
    let n_listed = records.finish()?;
    if n_listed == 0 {
        out::note("no captures; `archive.raw = \"pages\"` keeps article pages");
    }
    Ok(if n_listed == 0 { Exit::NothingFound } else { Exit::Done })
}

fn whole(capture: &Capture) -> Record {
    let fields = [
        ("at", json!(capture.at.to_rfc3339())),
        ("url", json!(capture.url)),
        ("final_url", json!(capture.final_url)),
        ("status", json!(capture.status)),
        ("article", json!(capture.article.as_ref().map(ArticleId::as_str))),
        ("feed", json!(capture.feed)),
        ("digest", json!(capture.digest)),
        ("revisit", json!(capture.refers_to.is_some())),
        ("file", json!(capture.file)),
        ("offset", json!(capture.offset)),
        ("length", json!(capture.length)),
        ("record_id", json!(capture.record_id)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn row(capture: &Capture) -> Record {
    let of = capture.article.as_ref().map(ArticleId::as_str).or(capture.feed.as_deref());
    let fields = [
        ("of", json!(of)),
        ("at", json!(capture.at.to_string())),
        ("status", json!(capture.status)),
        ("bytes", json!(capture.length)),
        ("file", json!(capture.file)),
        ("url", json!(capture.final_url)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Whole records are copied as they lie; with a revisit goes the capture that it refers to.
fn export(global: &Global, args: &WarcExportArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let mut chosen = Vec::new();
    captures::list(&reader, &filter(&reader, &args.which)?, |capture| {
        chosen.push(capture);
        true
    })?;
    let mut known: HashSet<String> = chosen.iter().map(|one| one.record_id.clone()).collect();
    let originals: Vec<_> = chosen.iter().filter_map(|capture| capture.refers_to).collect();
    for id in originals {
        let original = captures::one(&reader, id)?;
        chosen.extend(original.filter(|original| known.insert(original.record_id.clone())));
    }
    if chosen.is_empty() {
        return Err(Failure::new(Exit::NothingFound, "there are no such captures"));
    }
    chosen.sort_by(|a, b| (a.at, &a.file, a.offset).cmp(&(b.at, &b.file, b.offset)));
    write(&layout, &chosen, &args.out)?;
    out::note(&format!("wrote {} captures to {}", chosen.len(), args.out.display()));
    Ok(Exit::Done)
}

fn write(layout: &Layout, chosen: &[Capture], path: &Path) -> Result<(), Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    if path.exists() {
        return Err(Failure::new(Exit::Usage, format!("`{}` is there already", path.display())));
    }
    let info = record::info(&name.unwrap_or_default(), clock::now());
    // Told by what failed: a capture is no fault of the file that is written.
    let mut unread = None;
    let written = out::file::file(path, |out| {
        out.write_all(&info)?;
        for capture in chosen {
            match read::bytes(&layout.warc(), &upkeep::captures::place(capture)) {
                Ok(bytes) => out.write_all(&bytes)?,
                Err(error) => {
                    unread = Some(error);
                    return Err(io::Error::other("a capture cannot be read"));
                }
            }
        }
        Ok(())
    });
    match unread {
        Some(error) => Err(error.into()),
        None => written,
    }
}

fn verify(global: &Global, args: &WarcVerifyArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    let reader = Reader::open(&layout)?;
    let mut records = Records::new(args.format);
    let (mut n_checked, mut written) = (0_usize, Ok(()));
    captures::list(&reader, &filter(&reader, &args.which)?, |capture| {
        n_checked += 1;
        if let Some(reason) = upkeep::captures::problem(&layout, &capture) {
            let mut record = row(&capture);
            record.insert("problem".to_owned(), json!(reason));
            written = records.push(record);
        }
        written.is_ok()
    })?;
    written?;
    let n_wrong = records.finish()?;
    out::note(&format!("checked {n_checked} captures: {n_wrong} missing or changed"));
    Ok(if n_wrong == 0 { Exit::Done } else { Exit::NothingFound })
}
