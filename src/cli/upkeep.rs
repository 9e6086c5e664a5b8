//! `knipsel backup`, `restore` and `verify`.

use std::fs;
use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::args::{BackupArgs, Global, RestoreArgs, VerifyArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, line};
use crate::cli::{out, reindex, setup, status};
use crate::service::clock;
use crate::store::progress::{Progress, Step};
use crate::store::verify::Depth;
use crate::store::{self, Layout, Lock, Reader, Writer};
use crate::upkeep::backup::{self, Packing, Wish};
use crate::upkeep::restore::{self, Replace};
use crate::upkeep::verify::{self, Check, Part};

pub(super) fn backup(global: &Global, args: &BackupArgs) -> Result<Exit, Failure> {
    if args.keep.is_some() && !args.target.is_dir() {
        let message =
            format!("`--keep` goes with a folder, and `{}` is none", args.target.display());
        return Err(Failure::new(Exit::Usage, message));
    }
    let layout = setup::layout(global)?;
    let bar = bar(global);
    let packing = if args.zstd { Packing::Zstd } else { Packing::ByName };
    let wish = Wish { target: &args.target, packing, keep: args.keep };
    let made = backup::make(&layout, &wish, clock::now(), &progress(&bar))?;
    bar.finish_and_clear();
    let path = made.path.display().to_string();
    let removed: Vec<String> = made.removed.iter().map(|path| path.display().to_string()).collect();
    if args.format == Format::Table {
        return facts(&[
            ("backup", Some(path)),
            ("size", Some(status::approximate(made.size_bytes))),
            ("articles", Some(made.counts.n_articles.to_string())),
            ("revisions", Some(made.counts.n_revisions.to_string())),
            ("removed", (!removed.is_empty()).then(|| removed.join(", "))),
        ]);
    }
    let fields = [
        ("file", json!(path)),
        ("size_bytes", json!(made.size_bytes)),
        ("packed", json!(made.is_packed)),
        ("schema", json!(made.counts.schema)),
        ("articles", json!(made.counts.n_articles)),
        ("revisions", json!(made.counts.n_revisions)),
        ("removed", json!(removed)),
    ];
    write(args.format, fields)
}

pub(super) fn restore(global: &Global, args: &RestoreArgs) -> Result<Exit, Failure> {
    fs::metadata(&args.file).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", args.file.display());
        Failure::new(Exit::NotFound, message)
    })?;
    let layout = setup::layout(global)?;
    let _lock = Lock::acquire(&layout)?;
    let bar = bar(global);
    let replace = if args.force { Replace::KeepAside } else { Replace::Never };
    let restored = restore::put_back(&layout, &args.file, replace, clock::now(), &progress(&bar))?;
    // An older one is brought to the schema of this program, or it could not be asked anything.
    let writer = Writer::open(&layout)?;
    let texts = store::verify::texts(&Reader::open(&layout)?, &progress(&bar))?;
    bar.finish_and_clear();
    if let Some(problem) = texts.problems.first() {
        let file = args.file.display();
        let message = format!("`{file}` is put back, and its texts are not whole: {problem}");
        return Err(Failure::new(Exit::Database, message).hint(
            "`knipsel verify` names all of them; another backup may be whole, and `knipsel reindex` \
             goes on with this one",
        ));
    }
    reindex::follow_all(global, &layout, &writer)?;
    let aside = restored.aside.map(|path| path.display().to_string());
    if args.format == Format::Table {
        return facts(&[
            ("restored", Some(layout.database().display().to_string())),
            ("articles", Some(restored.counts.n_articles.to_string())),
            ("revisions", Some(restored.counts.n_revisions.to_string())),
            ("before", aside),
        ]);
    }
    let fields = [
        ("archive", json!(layout.database().display().to_string())),
        ("schema", json!(restored.counts.schema)),
        ("articles", json!(restored.counts.n_articles)),
        ("revisions", json!(restored.counts.n_revisions)),
        ("before", json!(aside)),
    ];
    write(args.format, fields)
}

pub(super) fn verify(global: &Global, args: &VerifyArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    let depth = if args.quick { Depth::Quick } else { Depth::Full };
    let bar = bar(global);
    let checks = verify::verify(&layout, depth, &progress(&bar), |_| {})?;
    bar.finish_and_clear();
    let is_whole = checks.iter().all(|check| check.checked.problems.is_empty());
    match args.format {
        Format::Table => people(&checks)?,
        Format::Json => {
            let record = [
                ("ok", json!(is_whole)),
                ("archive", json!(layout.dir().display().to_string())),
                ("checks", json!(checks.iter().map(record).collect::<Vec<_>>())),
            ];
            write(Format::Json, record)?;
        }
        format => {
            out::records(format, checks.iter().map(record))?;
        }
    }
    if is_whole { Ok(Exit::Done) } else { Err(not_whole(&layout, &checks)) }
}

fn people(checks: &[Check]) -> io::Result<()> {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    for check in checks {
        let name = format!("{:width$}", check.name);
        let n = check.checked.n;
        let n = if n > 0 { format!("  {n}") } else { String::new() };
        match check.checked.problems.len() {
            0 => line(&format!("{name}  ok{n}"))?,
            _ => line(&format!("{name}  not whole{n}"))?,
        }
        for problem in &check.checked.problems {
            line(&format!("{:width$}  {}", "", out::clean(problem)))?;
        }
    }
    Ok(())
}

fn record(check: &Check) -> Record {
    let fields = [
        ("check", json!(check.name)),
        ("ok", json!(check.checked.problems.is_empty())),
        ("looked_at", json!(check.checked.n)),
        ("problems", json!(check.checked.problems)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn not_whole(layout: &Layout, checks: &[Check]) -> Failure {
    let dir = layout.dir().display();
    let broken = checks.iter().filter(|check| !check.checked.problems.is_empty());
    let has = |part: Part| broken.clone().any(|check| check.part == part);
    let hint = if has(Part::Database) {
        "keep a copy of the folder as it is; `knipsel restore BACKUP --force` puts a backup back"
    } else if has(Part::Captures) {
        "the archive itself is whole; captures are in no backup: copy the folder `warc` of the \
         archive that it was made of"
    } else {
        "`knipsel reindex` builds the search index again; the archive itself is whole"
    };
    let names: Vec<&str> = broken.clone().map(|check| check.name).collect();
    let message = format!("the archive in `{dir}` is not whole: {}", names.join(", "));
    Failure::new(Exit::Database, message).hint(hint)
}

pub(super) fn facts(facts: &[(&str, Option<String>)]) -> Result<Exit, Failure> {
    out::facts(facts)?;
    Ok(Exit::Done)
}

pub(super) fn write<const N: usize>(
    format: Format,
    fields: [(&str, serde_json::Value); N],
) -> Result<Exit, Failure> {
    let record = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    out::object(format, record)?;
    Ok(Exit::Done)
}

pub(super) fn bar(global: &Global) -> ProgressBar {
    if global.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}");
    ProgressBar::new(100).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

pub(super) fn progress(bar: &ProgressBar) -> Progress {
    let bar = bar.clone();
    Progress::new(move |step| {
        let (message, n, total) = match step {
            Step::Copying(n, total) => ("copying", n, total),
            Step::Checking => ("checking", 0, 0),
            Step::Reading(n, total) => ("reading", n, total),
            Step::Merging(n, total) => ("merging", n, total),
            Step::Removing(n, total) => ("removing", n, total),
            Step::Packing(n, total) => ("packing", n, total),
        };
        bar.set_message(message);
        bar.set_length(total.max(1));
        bar.set_position(n.min(total));
        bar.tick();
    })
}
