//! `knipsel merge` and `compact`.

use std::fs;

use serde_json::json;

use crate::cli::args::{CompactArgs, Global, MergeArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::Format;
use crate::cli::upkeep::{bar, facts, progress, write};
use crate::cli::{reindex, setup, status};
use crate::service::clock;
use crate::store::{Lock, Reader, Writer, backup};
use crate::upkeep::merge::{self, Merge};

pub(super) fn merge(global: &Global, args: &MergeArgs) -> Result<Exit, Failure> {
    let other = fs::canonicalize(&args.other).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", args.other.display());
        Failure::new(Exit::NotFound, message)
    })?;
    let layout = setup::layout(global)?;
    let is_this = |path| fs::canonicalize(path).is_ok_and(|path| path == other);
    if is_this(layout.dir().to_owned()) || is_this(layout.database()) {
        return Err(Failure::new(Exit::Usage, "an archive cannot be merged with itself"));
    }
    let _lock = Lock::acquire(&layout)?;
    let writer = Writer::open(&layout)?;
    let bar = bar(global);
    let scratch = tempfile::Builder::new().prefix(".merge-").tempdir_in(layout.dir())?;
    let progress = progress(&bar);
    let source = merge::open_other(&other, scratch.path(), clock::now(), &progress)?;
    let merged = merge::merge(&writer, source, &progress)?;
    bar.finish_and_clear();
    reindex::follow_all(global, &layout, &writer)?;
    let Merge { n_new, n_revised, n_revisions, n_known, n_feeds } = merged;
    if args.format == Format::Table {
        return facts(&[
            ("new articles", Some(n_new.to_string())),
            ("new revisions", Some(format!("{n_revisions} of {n_revised} articles"))),
            ("known already", Some(n_known.to_string())),
            ("new feeds", Some(n_feeds.to_string())),
        ]);
    }
    let fields = [
        ("articles_new", json!(n_new)),
        ("articles_revised", json!(n_revised)),
        ("revisions_new", json!(n_revisions)),
        ("articles_known", json!(n_known)),
        ("feeds_new", json!(n_feeds)),
    ];
    write(args.format, fields)
}

pub(super) fn compact(global: &Global, args: &CompactArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    // Says where no archive is, and never makes one, as the lock would its folder.
    drop(Reader::open(&layout)?);
    let _lock = Lock::acquire(&layout)?;
    let size = || fs::metadata(layout.database()).map_or(0, |metadata| metadata.len());
    let bar = bar(global);
    backup::settle(&layout)?;
    let before = size();
    backup::compact(&layout, &progress(&bar))?;
    bar.finish_and_clear();
    let after = size();
    if args.format == Format::Table {
        return facts(&[
            ("before", Some(status::approximate(before))),
            ("after", Some(status::approximate(after))),
        ]);
    }
    write(args.format, [("before_bytes", json!(before)), ("after_bytes", json!(after))])
}
