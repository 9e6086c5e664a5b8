//! `knipsel doctor identity`.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::args::{Global, IdentityArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Record, Records};
use crate::cli::{reindex, setup};
use crate::config::catalogue;
use crate::model::feed::Feed;
use crate::model::time::Timestamp;
use crate::service::clock;
use crate::store::identities::{self, Finding, Rules};
use crate::store::library::{self, Article, totals};
use crate::store::merges::split;
use crate::store::merges::undo::{self, Undone};
use crate::store::{Layout, Lock, Reader, Writer, feeds, merges};

pub(super) fn identity(global: &Global, args: &IdentityArgs) -> Result<Exit, Failure> {
    let layout = setup::layout(global)?;
    if let Some(change) = args.undo {
        return undo(global, &layout, change);
    }
    let rules = rules(global, &Reader::open(&layout)?)?;
    let changer =
        if args.apply { Some((Lock::acquire(&layout)?, Writer::open(&layout)?)) } else { None };
    let writer = changer.as_ref().map(|(_, writer)| writer);
    let reader = Reader::open(&layout)?;
    let bar = bar(global, &reader)?;
    let mut told = Told { reader, writer, records: Records::new(args.format), n: 0, failure: None };
    let now = clock::now();
    let mut tester = Reader::open(&layout)?;
    identities::examine(
        &mut tester,
        &rules,
        |n_done| bar.set_position(n_done as u64),
        |finding| {
            told.take(&finding, now);
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    let n = told.finish()?;
    if let Some((_, writer)) = &changer {
        reindex::follow_all(global, &layout, writer)?;
        out::note(&format!("{n} changes made; `--undo NUMBER` takes one back"));
    } else if n > 0 {
        out::note("nothing was changed; `--apply` carries it out");
    } else {
        out::note("every article is what the rules say");
    }
    Ok(Exit::Done)
}

fn bar(global: &Global, reader: &Reader) -> Result<ProgressBar, Failure> {
    if global.quiet || !io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("testing {wide_bar} {human_pos}/{human_len} {eta}");
    Ok(ProgressBar::new(totals(reader)?.n_articles.into())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
}

/// The feeds of the archive as they are known now: by the list, else by the catalogue, else by what
/// was last known of their outlet.
fn rules(global: &Global, reader: &Reader) -> Result<Rules, Failure> {
    let listed = setup::listed(&setup::paths(global)?)?;
    let known = feeds::ever_listed(reader)?.into_iter().map(|(id, name, outlet)| {
        let own = listed.iter().find(|feed| feed.name == name);
        let feed = own.or_else(|| catalogue::feed(&name)).cloned();
        (id, feed.unwrap_or_else(|| former(name, outlet)))
    });
    Ok(Rules::new(known.collect::<Vec<_>>()))
}

fn former(name: String, outlet: Option<String>) -> Feed {
    let known = outlet.as_deref().and_then(catalogue::outlet);
    let article_id = known.and_then(|outlet| outlet.article_id.clone());
    Feed { outlet, article_id, ..Feed::new(name, "") }
}

/// Where findings go: to whoever reads them, and to the archive where they are to be carried out.
struct Told<'t> {
    reader: Reader,
    writer: Option<&'t Writer>,
    records: Records,
    n: usize,
    failure: Option<Failure>,
}

impl Told<'_> {
    /// After a failure nothing more is changed.
    fn take(&mut self, finding: &Finding, now: Timestamp) {
        if self.failure.is_none()
            && let Err(failure) = self.carry_out(finding, now)
        {
            self.failure = Some(failure);
        }
    }

    fn carry_out(&mut self, finding: &Finding, now: Timestamp) -> Result<(), Failure> {
        let Some(mut record) = self.record(finding)? else { return Ok(()) };
        if let Some(writer) = self.writer {
            let finding = finding.clone();
            let change = writer.write_blocking(move |tx| match finding {
                Finding::Merge { kept, other, key } => merges::merge(tx, kept, other, &key, now),
                Finding::Split(part) => split::split(tx, &part, now),
            })?;
            record.insert("change".to_owned(), json!(change));
            self.n += usize::from(change.is_some());
        } else {
            self.n += 1;
        }
        self.records.push(record)?;
        Ok(())
    }

    /// What is told of a finding; nothing when an earlier one has changed its articles.
    fn record(&self, finding: &Finding) -> Result<Option<Record>, Failure> {
        let (action, article, other, key, can_apply) = match finding {
            Finding::Merge { kept, other, key } => ("merge", *kept, Some(*other), key, true),
            Finding::Split(split) => {
                ("split", split.article, None, &split.key, !split.feeds.is_empty())
            }
        };
        let article = merges::now(&self.reader, article)?;
        let Some(article) = library::article(&self.reader, article)? else { return Ok(None) };
        let other = match other {
            Some(other) => library::article(&self.reader, other)?,
            None => None,
        };
        let id = |article: &Article| article.id.to_string();
        let title = |article: &Article| article.revision.content.title.clone();
        let fields = [
            ("action", json!(action)),
            ("id", json!(id(&article))),
            ("other", json!(other.as_ref().map(id))),
            ("title", json!(title(&article))),
            ("other_title", json!(other.as_ref().map(title))),
            ("key", json!(key.as_str())),
            ("can_apply", json!(can_apply)),
        ];
        Ok(Some(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
    }

    fn finish(self) -> Result<usize, Failure> {
        self.records.finish()?;
        self.failure.map_or(Ok(self.n), Err)
    }
}

fn undo(global: &Global, layout: &Layout, change: i64) -> Result<Exit, Failure> {
    // A reader says first when there is no archive; a lock would make its folder, and a writer one.
    drop(Reader::open(layout)?);
    let _lock = Lock::acquire(layout)?;
    let now = clock::now();
    let writer = Writer::open(layout)?;
    let undone = writer.write_blocking(move |tx| undo::undo(tx, change, now))?;
    let refused = match undone {
        Undone::Done => {
            reindex::follow_all(global, layout, &writer)?;
            out::note(&format!("change {change} is undone"));
            return Ok(Exit::Done);
        }
        Undone::Unknown => Failure::new(Exit::NotFound, format!("there is no change {change}"))
            .hint("`knipsel sql 'SELECT * FROM identity_changes'` lists them"),
        Undone::Already => {
            Failure::new(Exit::NotFound, format!("change {change} is undone already"))
        }
        Undone::After(later) => {
            let message = format!("change {later} of the same article came after {change}");
            Failure::new(Exit::Usage, message).hint(format!("undo {later} first"))
        }
    };
    Err(refused)
}
