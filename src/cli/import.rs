//! `knipsel import`.

mod files;
mod warc;

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::args::{Global, ImportArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format};
use crate::cli::{reindex, setup};
use crate::import::{self, Imported, Placed};
use crate::model::feed::Feed;
use crate::model::time::Timestamp;
use crate::parse::articles::RawArticle;
use crate::service::clock;
use crate::store::{Lock, Writer};

/// Articles in one transaction.
const BATCH: usize = 50;

pub(super) fn import(global: &Global, args: &ImportArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    // Where there is nothing to take in, no archive is made for it.
    let unread = args.files.iter().map(|file| files::trouble(file)).collect::<Option<Vec<_>>>();
    if let Some(unread) = unread {
        for failure in unread {
            failure.report();
        }
        return Ok(Exit::NotFound);
    }
    // While a daemon has the archive, its own index follows; otherwise nobody else may start.
    let lock = (!Lock::is_held(&layout)).then(|| Lock::acquire(&layout)).transpose()?;
    let writer = Writer::open(&layout)?;
    let mut job = Job {
        writer: &writer,
        outlet: args.outlet.as_deref(),
        file: String::new(),
        is_begun: false,
        batch: Vec::new(),
        imported: Imported::default(),
        n_refused: 0,
        now: clock::now(),
        bar: bar(global),
        feeds: setup::listed(&setup::paths(global)?)?,
    };
    let mut is_unread = false;
    for file in &args.files {
        let read = files::read(&mut job, file);
        // What stands before the damage is as good as any.
        job.flush()?;
        match read {
            Err(failure) if failure.exit() == Exit::NotFound => {
                failure.report();
                is_unread = true;
            }
            read => read?,
        }
    }
    job.bar.finish_and_clear();
    let (imported, n_refused) = (job.imported, job.n_refused);
    if lock.is_some() {
        reindex::follow_all(global, &layout, &writer)?;
    }
    drop(writer);
    if !is_unread || n_refused > 0 || imported != Imported::default() {
        report(args.format, imported, n_refused)?;
    }
    Ok(match (is_unread, n_refused) {
        (true, _) => Exit::NotFound,
        (false, 0) => Exit::Done,
        (false, _) => Exit::Usage,
    })
}

fn bar(global: &Global) -> ProgressBar {
    if global.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} imported {human_pos} articles {msg}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// An import under way.
struct Job<'j> {
    writer: &'j Writer,
    outlet: Option<&'j str>,
    /// The file that is being read.
    file: String,
    /// Something of it was read.
    is_begun: bool,
    batch: Vec<Placed>,
    imported: Imported,
    n_refused: usize,
    now: Timestamp,
    bar: ProgressBar,
    /// The owner's list, whose outlets may have rules.
    feeds: Vec<Feed>,
}

impl Job<'_> {
    /// Takes what stands at `place` in the file, or says what is wrong with it; `unit` is what
    /// places are counted in.
    fn take(
        &mut self,
        unit: &str,
        place: u64,
        read: Result<RawArticle, String>,
    ) -> Result<(), Failure> {
        self.is_begun = true;
        match read {
            Ok(mut article) => {
                article.outlet = article.outlet.or_else(|| self.outlet.map(ToOwned::to_owned));
                self.batch.push((place, article));
                if self.batch.len() >= BATCH { self.flush() } else { Ok(()) }
            }
            Err(reason) => {
                self.n_refused += 1;
                let at = if unit.is_empty() { String::new() } else { format!(", {unit} {place}") };
                out::error(&format!("`{}`{at}: {reason}", self.file), None);
                Ok(())
            }
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        self.bar.inc(batch.len() as u64);
        let (file, now) = (self.file.clone(), self.now);
        let imported =
            self.writer.write_blocking(move |tx| import::store(tx, &file, &batch, now))?;
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
