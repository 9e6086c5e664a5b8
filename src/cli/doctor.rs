//! `knipsel doctor`: what is wrong with an installation, and what to do about each thing.
//!
//! Looks at files and at the archive; it asks the web nothing, and changes nothing unless told to.

mod archive;
mod identity;
mod system;

use serde_json::json;

use crate::cli::args::{DoctorArgs, DoctorCommand, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record, bold, clean, dim, line};
use crate::cli::{out, setup};
use crate::config::feeds;
use crate::config::paths::Paths;
use crate::config::settings::Settings;
use crate::service::clock;
use crate::store::{Layout, Lock};

/// What a look at one thing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// What was looked at, in a word.
    check: &'static str,
    level: Level,
    /// What is so.
    text: String,
    /// What to do.
    fix: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ok,
    /// It works, and could be better.
    Advice,
    /// It does not work, or soon will not.
    Problem,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Advice => "advice",
            Self::Problem => "problem",
        }
    }
}

impl Finding {
    fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, text: text.into(), fix: None }
    }

    fn advice(check: &'static str, text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, level: Level::Advice, text: text.into(), fix: Some(fix.into()) }
    }

    fn problem(check: &'static str, text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, level: Level::Problem, text: text.into(), fix: Some(fix.into()) }
    }

    /// The exit code that fits a problem of this kind.
    fn exit(&self) -> Exit {
        match self.check {
            "settings" | "feeds" => Exit::Config,
            "coverage" | "network" => Exit::Network,
            _ => Exit::Database,
        }
    }
}

pub(super) fn doctor(global: &Global, args: &DoctorArgs) -> Result<Exit, Failure> {
    if let Some(DoctorCommand::Identity(args)) = &args.command {
        return identity::identity(global, args);
    }
    let findings = look(global)?;
    if args.format == Format::Table {
        for finding in &findings {
            people(finding)?;
        }
    } else {
        out::records(args.format, findings.iter().map(record))?;
    }
    let mut problems = findings.iter().filter(|finding| finding.level == Level::Problem);
    Ok(problems.next().map_or(Exit::Done, Finding::exit))
}

fn look(global: &Global) -> Result<Vec<Finding>, Failure> {
    let paths = setup::paths(global)?;
    let now = clock::now();
    let mut findings = Vec::new();
    let settings = match setup::settings(global, &paths) {
        Ok(loaded) => {
            findings.push(settings_file(&paths, &loaded.settings));
            loaded.settings
        }
        Err(failure) => {
            let fix = failure.advice().unwrap_or("`knipsel config defaults` shows every setting");
            findings.push(Finding::problem("settings", failure.to_string(), fix));
            Settings::default()
        }
    };
    findings.push(feed_list(&paths));
    let layout = Layout::new(&paths.archive);
    findings.extend(system::look(&layout, &settings));
    findings.extend(archive::look(&layout, now));
    findings.push(daemon(&layout));
    Ok(findings)
}

fn settings_file(paths: &Paths, settings: &Settings) -> Finding {
    let path = paths.settings.path();
    if settings.fetch.contact.is_empty() {
        return Finding::advice(
            "settings",
            "publishers cannot reach you: `fetch.contact` is not set",
            format!("write `contact = \"YOU@EXAMPLE.ORG\"` under [fetch] in {}", path.display()),
        );
    }
    let source = if path.exists() { "read from" } else { "the defaults; there is no" };
    Finding::ok("settings", format!("{source} {}", path.display()))
}

fn feed_list(paths: &Paths) -> Finding {
    let path = paths.feeds.display();
    match setup::listed(paths) {
        Ok(feeds) if feeds.is_empty() => Finding::problem(
            "feeds",
            format!("there is no feed in {path}"),
            "`knipsel feed add NAME|URL`, or `knipsel run`, which writes a first list",
        ),
        Ok(feeds) => {
            if let Some((one, other)) = feeds::doubled(&feeds) {
                return Finding::advice(
                    "feeds",
                    format!("{} and {} have one address, asked for each", one.name, other.name),
                    format!("`knipsel feed remove {}`", other.name),
                );
            }
            let n_paused = feeds.iter().filter(|feed| feed.is_paused).count();
            let paused =
                if n_paused > 0 { format!(", {n_paused} of them paused") } else { String::new() };
            Finding::ok("feeds", format!("{} in {path}{paused}", feeds.len()))
        }
        Err(failure) => {
            let fix = failure
                .advice()
                .unwrap_or("mend the file; a running daemon goes on with the last good one");
            Finding::problem("feeds", failure.to_string(), fix)
        }
    }
}

fn daemon(layout: &Layout) -> Finding {
    if Lock::is_held(layout) {
        return Finding::ok("daemon", "it is running");
    }
    Finding::advice(
        "daemon",
        "nothing is polling",
        "`knipsel run`, or `systemctl start knipsel`; `knipsel poll` from cron does as well",
    )
}

fn people(finding: &Finding) -> Result<(), Failure> {
    let level = format!("{:<7}", finding.level.as_str());
    let level = if finding.level == Level::Problem { bold(&level) } else { level };
    line(&format!("{level}  {:<8}  {}", finding.check, clean(&finding.text)))?;
    if let Some(fix) = &finding.fix {
        line(&dim(&format!("{:21}{}", "", clean(fix))))?;
    }
    Ok(())
}

fn record(finding: &Finding) -> Record {
    let fields = [
        ("check", json!(finding.check)),
        ("level", json!(finding.level.as_str())),
        ("text", json!(finding.text)),
        ("fix", json!(finding.fix)),
    ];
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
