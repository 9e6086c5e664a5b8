//! `knipsel prune`.

use serde_json::json;

use crate::cli::args::{Global, PruneArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record};
use crate::cli::upkeep::{bar, progress};
use crate::cli::{setup, status};
use crate::service::clock;
use crate::store::{Lock, Reader};
use crate::upkeep::prune::{self, Policy, Share, What};

pub(super) fn prune(global: &Global, args: &PruneArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    let now = clock::now();
    let bar = bar(global);
    let mut records = Vec::new();
    if args.delete {
        // First, for a lock would make the folder of an archive that is not there.
        drop(Reader::open(&layout)?);
        let _lock = Lock::acquire(&layout)?;
        for policy in &args.policies {
            let share = prune::carry_out(&layout, *policy, now, &progress(&bar))?;
            records.push(record(*policy, &share, args.format));
        }
    } else {
        let reader = Reader::open(&layout)?;
        for policy in &args.policies {
            let share = prune::look(&reader, &layout, *policy, now)?;
            records.push(record(*policy, &share, args.format));
        }
    }
    bar.finish_and_clear();
    out::records(args.format, records)?;
    if !args.delete {
        out::note("nothing was deleted; `--delete` does it, for good");
    }
    Ok(Exit::Done)
}

fn record(policy: Policy, share: &Share, format: Format) -> Record {
    let fields = if format == Format::Table {
        let n = share.n_rows;
        let what = match policy.what {
            What::Captures => format!("{n} captures in {} files", share.files.len()),
            What::Polls => format!("{n} records of polls"),
        };
        let size = json!(status::approximate(share.size_bytes));
        vec![("policy", json!(policy.name())), ("goes", json!(what)), ("size", size)]
    } else {
        let files: Vec<&str> = share.files.iter().map(|file| file.name.as_str()).collect();
        vec![
            ("policy", json!(policy.name())),
            ("rows", json!(share.n_rows)),
            ("size_bytes", json!(share.size_bytes)),
            ("files", json!(files)),
        ]
    };
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
