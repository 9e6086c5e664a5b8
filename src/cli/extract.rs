//! `knipsel extract`, and the child process in which pages are read.

mod outcome;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use tokio::runtime::Runtime;

use crate::cli::args::{ExtractArgs, Global, PageFormat};
use crate::cli::failure::{Exit, Failure};
use crate::cli::run::runtime;
use crate::cli::{log, out, setup};
use crate::config::page_rules;
use crate::extract::recurring::Recurring;
use crate::extract::{PAGE_BYTES_MAX, Rules, Source};
use crate::fetch::client::Client;
use crate::fetch::{Answer, Request};
use crate::model::feed::{Feed, Validators};
use crate::service::clock;
use crate::worker::{self, Worker, child};
use outcome::{Outcome, Read};

/// A compressed page may not unfold without end.
const UNFOLDED_BYTES_MAX: u64 = 64 << 20;

pub(super) fn extract(global: &Global, args: &ExtractArgs) -> Result<Exit, Failure> {
    let mut job = Job::new(global, args)?;
    let mut outcomes: Vec<Outcome> =
        args.pages.iter().map(|page| job.page(page)).collect::<Result<_, _>>()?;
    leave_out_recurring(&mut outcomes);
    write(args, &outcomes)?;
    for outcome in &outcomes {
        if let Err((_, message)) = &outcome.read {
            out::error(message, None);
        }
    }
    Ok(exit(&outcomes))
}

/// The child: pages on standard input, what they say on standard output.
pub(super) fn worker() -> Result<Exit, Failure> {
    child::serve(io::stdin(), out::pipe())?;
    Ok(Exit::Done)
}

/// The worst that happened.
fn exit(outcomes: &[Outcome]) -> Exit {
    let failed = outcomes.iter().find_map(|outcome| outcome.read.as_ref().err());
    match failed {
        Some((exit, _)) => *exit,
        None if outcomes.iter().all(|outcome| outcome.text().is_empty()) => Exit::NothingFound,
        None => Exit::Done,
    }
}

struct Job<'j> {
    global: &'j Global,
    url: Option<&'j str>,
    runtime: Runtime,
    worker: Worker,
    client: Option<Client>,
    /// The owner's list, whose outlets may have rules.
    feeds: Vec<Feed>,
}

impl<'j> Job<'j> {
    fn new(global: &'j Global, args: &'j ExtractArgs) -> Result<Self, Failure> {
        if args.url.is_some() && args.pages.len() > 1 {
            return Err(Failure::new(Exit::Usage, "`--url` is the address of one page"));
        }
        let program = std::env::current_exe()?;
        Ok(Self {
            global,
            url: args.url.as_deref(),
            runtime: runtime()?,
            worker: Worker::new(worker::Options::new(program)),
            client: None,
            feeds: setup::listed(&setup::paths(global)?)?,
        })
    }

    fn page(&mut self, name: &str) -> Result<Outcome, Failure> {
        let got = if is_address(name) { self.fetch(name)? } else { self.open(name) };
        let (bytes, source) = match got {
            Ok(got) => got,
            Err(failed) => return Ok(Outcome::new(name, Err(failed))),
        };
        let outlet = page_rules::of_url(&self.feeds, &source.url);
        let rules = Rules { outlet, ..Rules::default() };
        let page = self.runtime.block_on(self.worker.page(&bytes, &source, &rules));
        let page = page.map_err(Failure::from)?;
        Ok(Outcome::new(name, Ok(Read { page, source })))
    }

    fn open(&self, name: &str) -> Result<(Vec<u8>, Source), (Exit, String)> {
        let bytes = read_file(name)
            .map_err(|error| (Exit::NotFound, format!("cannot read `{name}`: {error}")))?;
        let url = self.url.unwrap_or_default().to_owned();
        Ok((bytes, Source { url, ..Source::default() }))
    }

    #[expect(clippy::type_complexity, reason = "what stops us, and what is wrong with this page")]
    fn fetch(&mut self, url: &str) -> Result<Result<(Vec<u8>, Source), (Exit, String)>, Failure> {
        if self.client.is_none() {
            log::start(self.global)?;
            let paths = setup::paths(self.global)?;
            let options = setup::settings(self.global, &paths)?.settings.fetch;
            self.client = Some(Client::new(options)?);
        }
        let Some(client) = &self.client else { return Ok(Err((Exit::Network, String::new()))) };
        let validators = Validators::default();
        let request = Request { url, validators: &validators, user_agent: None, now: clock::now() };
        let response = match self.runtime.block_on(client.get_page(&request)) {
            Ok(response) => response,
            Err(forbidden) => {
                let reason = format!("cannot fetch `{url}`: {}", forbidden.reason);
                return Ok(Err((Exit::Network, reason)));
            }
        };
        let source = Source {
            url: response.final_url,
            asked_url: Some(url.to_owned()),
            content_type: response.content_type,
            status: response.status,
        };
        let reason = match response.answer {
            Answer::Document(bytes) => return Ok(Ok((bytes, source))),
            Answer::Gone => "410 Gone".to_owned(),
            Answer::NotModified => "304 Not Modified".to_owned(),
            Answer::Throttled { .. } => "the server asks to come back later".to_owned(),
            Answer::Failed(failure) => failure.reason,
        };
        Ok(Err((Exit::Network, format!("cannot fetch `{url}`: {reason}"))))
    }
}

fn is_address(name: &str) -> bool {
    name.starts_with("http://") || name.starts_with("https://")
}

/// One byte more than a page may have is enough to refuse it.
fn read_file(name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if name == "-" {
        io::stdin().lock().take(UNFOLDED_BYTES_MAX).read_to_end(&mut bytes)?;
    } else {
        File::open(name)?.take(UNFOLDED_BYTES_MAX).read_to_end(&mut bytes)?;
    }
    // RFC 1952 section 2.3.1.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unfolded = Vec::new();
        let limit = PAGE_BYTES_MAX as u64 + 1;
        flate2::read::MultiGzDecoder::new(bytes.as_slice())
            .take(limit)
            .read_to_end(&mut unfolded)?;
        return Ok(unfolded);
    }
    Ok(bytes)
}

/// What stands on several pages of one site is no part of any of them.
fn leave_out_recurring(outcomes: &mut [Outcome]) {
    let mut sites: HashMap<String, Recurring> = HashMap::new();
    let mut counted: HashSet<String> = HashSet::new();
    for outcome in outcomes.iter() {
        let (Some(site), Some(page)) = (outcome.site(), outcome.page()) else { continue };
        let address = outcome.address().unwrap_or_else(|| outcome.name.clone());
        if counted.insert(address) {
            sites.entry(site).or_default().observe(&page.keys);
        }
    }
    let keys: HashMap<String, _> =
        sites.into_iter().map(|(site, recurring)| (site, recurring.keys())).collect();
    for outcome in outcomes {
        let Some(keys) = outcome.site().and_then(|site| keys.get(&site)) else { continue };
        if let Some(page) = outcome.page_mut() {
            page.leave_out(keys);
        }
    }
}

fn write(args: &ExtractArgs, outcomes: &[Outcome]) -> Result<(), Failure> {
    if let Some(folder) = &args.out {
        return write_files(folder, args.format, outcomes);
    }
    match args.format {
        PageFormat::Text => {
            // Why one is not there is said on standard error.
            for outcome in outcomes.iter().filter(|outcome| outcome.read.is_ok()) {
                out::line(&out::clean_lines(&outcome.text_page()))?;
            }
        }
        PageFormat::Json if outcomes.len() == 1 => {
            for outcome in outcomes {
                out::object(out::Format::Json, outcome.record())?;
            }
        }
        PageFormat::Json => {
            out::records(out::Format::Json, outcomes.iter().map(Outcome::record))?;
        }
        PageFormat::Jsonl => {
            out::records(out::Format::Jsonl, outcomes.iter().map(Outcome::record))?;
        }
    }
    Ok(())
}

fn write_files(folder: &Path, format: PageFormat, outcomes: &[Outcome]) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let mut taken = HashSet::new();
    for outcome in outcomes {
        let (ending, content) = match format {
            PageFormat::Text => ("txt", outcome.text_page()),
            PageFormat::Json | PageFormat::Jsonl => {
                ("json", out::json(&serde_json::Value::Object(outcome.record())))
            }
        };
        let stem = outcome.stem();
        let mut name = stem.clone();
        for n in 2.. {
            if taken.insert(name.clone()) {
                break;
            }
            name = format!("{stem}-{n}");
        }
        let path = folder.join(format!("{name}.{ending}"));
        out::file::file(&path, |out| writeln!(out, "{content}"))?;
    }
    Ok(())
}
