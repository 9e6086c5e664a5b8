//! `knipsel import`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::args::{Global, ImportArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format};
use crate::cli::{recluster, reindex, setup};
use crate::import::{self, Imported};
use crate::mention;
use crate::parse::articles::{RawArticle, from_json_line, from_text};
use crate::parse::charset;
use crate::service::clock;
use crate::store::{Lock, Reader, Writer};

/// Articles in one transaction.
const BATCH: usize = 200;

/// A line or text longer than this is no article.
const BYTES_MAX: u64 = 64 << 20;

pub(super) fn import(global: &Global, args: &ImportArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    // While a daemon has the archive, its own index follows; otherwise nobody else may start.
    let lock = (!Lock::is_held(&layout)).then(|| Lock::acquire(&layout)).transpose()?;
    let writer = Writer::open(&layout)?;
    let mut job = Job {
        writer: &writer,
        outlet: args.outlet.as_deref(),
        batch: Vec::new(),
        imported: Imported::default(),
        n_refused: 0,
        bar: bar(global),
    };
    for file in &args.files {
        job.file(file)?;
    }
    job.flush()?;
    job.bar.finish_and_clear();
    let (imported, n_refused) = (job.imported, job.n_refused);
    if lock.is_some() {
        reindex::follow(global, &layout)?;
        mention::catch_up(&Reader::open(&layout)?, &writer, usize::MAX)?;
        recluster::follow(global, &layout, &writer)?;
    }
    drop(writer);
    report(args.format, imported, n_refused)?;
    Ok(if n_refused > 0 { Exit::Usage } else { Exit::Done })
}

fn bar(global: &Global) -> ProgressBar {
    if global.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} imported {human_pos} articles {msg}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

struct Job<'j> {
    writer: &'j Writer,
    outlet: Option<&'j str>,
    batch: Vec<RawArticle>,
    imported: Imported,
    n_refused: usize,
    bar: ProgressBar,
}

impl Job<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        if path == Path::new("-") {
            return self.lines("standard input", io::stdin().lock());
        }
        let name = path.display().to_string();
        let file = File::open(path)
            .map_err(|e| Failure::new(Exit::NotFound, format!("cannot read `{name}`: {e}")))?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ["jsonl", "ndjson", "json"].contains(&ending.to_lowercase().as_str()) {
            return self.lines(&name, BufReader::new(file));
        }
        self.text(&name, file)
    }

    fn lines(&mut self, name: &str, reader: impl BufRead) -> Result<(), Failure> {
        for (number, line) in reader.split(b'\n').enumerate() {
            let line = line
                .map_err(|e| Failure::new(Exit::NotFound, format!("cannot read `{name}`: {e}")))?;
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_start_matches('\u{feff}').trim();
            if line.is_empty() {
                continue;
            }
            match from_json_line(line) {
                Ok(article) => self.push(article)?,
                Err(reason) => {
                    self.n_refused += 1;
                    out::error(&format!("`{name}`, line {}: {reason}", number + 1), None);
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, name: &str, file: File) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        file.take(BYTES_MAX)
            .read_to_end(&mut bytes)
            .map_err(|e| Failure::new(Exit::NotFound, format!("cannot read `{name}`: {e}")))?;
        if let Some(article) = from_text(&charset::decode(&bytes, None).0) {
            return self.push(article);
        }
        self.n_refused += 1;
        out::error(&format!("`{name}`: there is no text in it"), None);
        Ok(())
    }

    fn push(&mut self, mut article: RawArticle) -> Result<(), Failure> {
        article.outlet = article.outlet.or_else(|| self.outlet.map(ToOwned::to_owned));
        self.batch.push(article);
        if self.batch.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let batch = std::mem::take(&mut self.batch);
        self.bar.inc(batch.len() as u64);
        let now = clock::now();
        let imported = self.writer.write_blocking(move |tx| import::store(tx, &batch, now))?;
        self.imported = self.imported.plus(imported);
        Ok(())
    }
}

fn report(format: Format, imported: Imported, n_refused: usize) -> Result<(), Failure> {
    let Imported { n_new, n_revised, n_unchanged } = imported;
    if format == Format::Table {
        out::note(&format!(
            "imported {n_new} new articles, {n_revised} revisions; {n_unchanged} were there \
             already, {n_refused} refused"
        ));
        return Ok(());
    }
    let fields = [
        ("new", json!(n_new)),
        ("revised", json!(n_revised)),
        ("unchanged", json!(n_unchanged)),
        ("refused", json!(n_refused)),
    ];
    let record = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    out::object(format, record)?;
    Ok(())
}
