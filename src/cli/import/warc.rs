//! Articles out of WARC files: pages, which are read in a child process, and texts (WET).

use std::io::BufRead;

use tokio::runtime::Runtime;

use crate::cli::failure::Failure;
use crate::cli::import::{Job, files};
use crate::cli::out;
use crate::cli::run::runtime;
use crate::config::page_rules;
use crate::extract::access::Access;
use crate::extract::{Page, Rules, Source};
use crate::model::feed::Feed;
use crate::parse::articles::RawArticle;
use crate::warc::read::{Record, Records};
use crate::worker::{Options, Worker};

pub(super) fn read(job: &mut Job<'_>, file: impl BufRead) -> Result<(), Failure> {
    let mut reader = PageReader {
        runtime: runtime()?,
        worker: Worker::new(Options::new(std::env::current_exe()?)),
        n_left_out: 0,
    };
    let mut held: Option<Held> = None;
    let mut broken = None;
    for (number, record) in (1..).zip(Records::new(file)) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                broken = Some(error);
                break;
            }
        };
        // A picture, a front page, an error: archives of the web are full of what is no article.
        let article = match record.kind() {
            "response" => reader.page(&record, &job.feeds)?,
            "metadata" => {
                if let Some(held) = &mut held {
                    held.note(&record);
                }
                continue;
            }
            "conversion" if !held.as_ref().is_some_and(|held| held.is_source_of(&record)) => {
                text(&record).map(Ok)
            }
            _ => continue,
        };
        let next = article.map(|article| Held { number, article, record });
        if let Some(Held { number, article, .. }) = std::mem::replace(&mut held, next) {
            job.take("record", number, article)?;
        }
    }
    if let Some(Held { number, article, .. }) = held {
        job.take("record", number, article)?;
    }
    if let Some(error) = broken {
        return Err(files::unreadable(job, &error));
    }
    if reader.n_left_out > 0 {
        out::note(&format!(
            "`{}`: left out {} of its pages: no text, neither date nor author, or a wall",
            job.file, reader.n_left_out
        ));
    }
    Ok(())
}

/// An article of which later records may say more.
struct Held {
    number: u64,
    article: Result<RawArticle, String>,
    record: Record,
}

impl Held {
    /// Takes up what a record of metadata says of it.
    fn note(&mut self, metadata: &Record) {
        let is_of_it =
            metadata.header("WARC-Concurrent-To") == self.record.header("WARC-Record-ID");
        let block = String::from_utf8_lossy(&metadata.block);
        let outlet = block.lines().find_map(|line| line.strip_prefix("outlet:"));
        if let (true, Ok(article), Some(outlet)) = (is_of_it, &mut self.article, outlet) {
            article.outlet = Some(outlet.trim().to_owned());
        }
    }

    /// Whether `conversion` was made of it, and says less.
    fn is_source_of(&self, conversion: &Record) -> bool {
        let of = |name| conversion.header(name) == self.record.header(name);
        self.article.is_ok() && self.record.kind() == "response" && of("WARC-Target-URI")
    }
}

struct PageReader {
    runtime: Runtime,
    worker: Worker,
    /// Pages that are no articles.
    n_left_out: usize,
}

impl PageReader {
    /// The article of a response; none when there is no article, and why when it cannot be read.
    fn page(
        &mut self,
        record: &Record,
        feeds: &[Feed],
    ) -> Result<Option<Result<RawArticle, String>>, Failure> {
        let content_type = record.http_header("Content-Type");
        let is_html = content_type.as_deref().is_none_or(|of| of.contains("html"));
        let Some(url) = record
            .header("WARC-Target-URI")
            .filter(|_| is_html && record.http_status() == Some(200))
        else {
            return Ok(None);
        };
        let url = url.trim_matches(['<', '>']).to_owned();
        let document = match record.document() {
            Ok(document) => document,
            Err(error) => return Ok(Some(Err(format!("`{url}` cannot be unpacked: {error}")))),
        };
        let source = Source { url: url.clone(), content_type, ..Source::default() };
        let rules = Rules { outlet: page_rules::of_url(feeds, &source.url), ..Rules::default() };
        let page = self.worker.page(&document, &source, &rules);
        let page = self.runtime.block_on(page)?;
        let article = page.ok().and_then(|page| of_page(page, url));
        self.n_left_out += usize::from(article.is_none());
        Ok(article.map(Ok))
    }
}

/// The article on a page; none where a wall stands, or nothing that has an author or a date.
fn of_page(page: Page, url: String) -> Option<RawArticle> {
    let is_article = page.published.is_some() || !page.authors.is_empty();
    if page.text.is_empty() || !is_article || matches!(page.access, Access::Gated | Access::Blocked)
    {
        return None;
    }
    Some(RawArticle {
        url: Some(page.canonical_url.unwrap_or(url)),
        title: page.headline,
        text: page.text,
        authors: page.authors,
        section: page.section,
        tags: page.tags,
        language: page.language.or(page.language_detected),
        published: page.published,
        modified: page.modified,
        ..RawArticle::default()
    })
}

/// Whether the first paragraph of a text is what it is headed with.
fn is_headline(paragraph: &str) -> bool {
    const CHARS_MAX: usize = 200;
    let end = paragraph.trim_end_matches(['"', '\'', '”', '’']);
    !paragraph.contains('\n') && paragraph.chars().count() <= CHARS_MAX && !end.ends_with('.')
}

fn text(record: &Record) -> Option<RawArticle> {
    let text = String::from_utf8_lossy(&record.block);
    if text.trim().is_empty() {
        return None;
    }
    let (title, text) = match text.split_once("\n\n") {
        Some((title, text)) if is_headline(title) => (Some(title), text),
        _ => (None, &*text),
    };
    let url = record.header("WARC-Target-URI").filter(|url| url.starts_with("http"));
    let language = record.header("WARC-Identified-Content-Language");
    Some(RawArticle {
        url: url.map(ToOwned::to_owned),
        title: title.map(ToOwned::to_owned),
        text: text.to_owned(),
        language: language.map(ToOwned::to_owned),
        ..RawArticle::default()
    })
}
