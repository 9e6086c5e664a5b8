//! The command line: arguments, rendering, exit codes. The only module that prints.
//!
//! Data goes to standard output, words to standard error.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

pub mod args;
mod failure;
mod log;
mod out;
mod pager;
mod setup;

mod analyze;
mod backfill;
mod cite;
mod config;
mod cursor;
mod demo;
mod diff;
mod doctor;
mod export;
mod extract;
mod facets;
mod feed;
mod fold;
mod gaps;
mod generate;
mod import;
mod indexed;
mod kwic;
mod merge;
mod minus;
mod named;
mod periods;
mod poll;
mod prune;
mod question;
mod recluster;
mod reextract;
mod reindex;
mod render;
mod revisions;
mod run;
mod search;
mod service;
mod show;
mod snippet;
mod sql;
mod stats;
mod status;
mod story;
mod template;
mod timeline;
mod trends;
mod upkeep;
mod warc;
mod watch;
mod when;

use crate::worker;
use args::{Cli, Command};
use failure::{Exit, Failure};
use pager::Pager;

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    // No command of people: the program calls itself so.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == worker::ARGUMENT) {
        return extract::worker().map_or_else(|failure| failure.report(), ExitCode::from);
    }
    let arguments = minus::set_apart(set_first(std::env::args_os()));
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let is_help = error.kind() == ErrorKind::DisplayHelp;
            let help = is_help.then(|| Cli::described().try_get_matches_from(&arguments).err());
            let error = help.flatten().unwrap_or(error);
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage } else { Exit::Done });
        }
    };
    cli.global.color.apply();
    if cli.global.quiet {
        out::be_quiet();
    }
    let pager = Pager::start(&cli);
    let done = dispatch(&cli);
    if let Some(pager) = pager {
        pager.finish();
    }
    match done {
        Ok(exit) => ExitCode::from(exit),
        Err(failure) => failure.report(),
    }
}

/// The same arguments with every `--set` before the command: of those on both sides of it clap would
/// keep the later ones alone.
fn set_first(mut arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut first: Vec<OsString> = arguments.next().into_iter().collect();
    let mut others = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            others.push(argument);
            others.extend(arguments.by_ref());
        } else if argument == "--set"
            && let Some(value) = arguments.next()
        {
            first.extend([argument, value]);
        } else if argument.to_string_lossy().starts_with("--set=") {
            first.push(argument);
        } else {
            others.push(argument);
        }
    }
    first.extend(others);
    first
}

fn dispatch(cli: &Cli) -> Result<Exit, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Run(args) => run::run(global, args),
        Command::Poll(args) => poll::poll(global, args),
        Command::Search(args) => search::search(global, args),
        Command::Timeline(args) => timeline::timeline(global, args),
        Command::Compare(args) => timeline::compare(global, args),
        Command::Facets(args) => facets::facets(global, args),
        Command::First(args) => facets::first(global, args),
        Command::Kwic(args) => kwic::kwic(global, args),
        Command::Terms(args) => facets::terms(global, args),
        Command::Trends(args) => trends::trends(global, args),
        Command::Watch(args) => watch::watch(global, args),
        Command::Export(args) => export::export(global, args),
        Command::Cite(args) => cite::cite(global, args),
        Command::Show(args) => show::show(global, args),
        Command::Revisions(args) => revisions::revisions(global, args),
        Command::Diff(args) => diff::diff(global, args),
        Command::Gaps(args) => gaps::gaps(global, args),
        Command::Backfill(args) => backfill::backfill(global, args),
        Command::Status(args) => status::status(global, args),
        Command::Feed(args) => feed::feed(global, args),
        Command::Extract(args) => extract::extract(global, args),
        Command::Import(args) => import::import(global, args),
        Command::Story(args) => story::story(global, args),
        Command::Stats(args) => stats::stats(global, args),
        Command::Sql(args) => sql::sql(global, args),
        Command::Warc(args) => warc::warc(global, args),
        Command::Reindex => reindex::reindex(global),
        Command::Analyze(args) => analyze::analyze(args),
        Command::Backup(args) => upkeep::backup(global, args),
        Command::Restore(args) => upkeep::restore(global, args),
        Command::Merge(args) => merge::merge(global, args),
        Command::Compact(args) => merge::compact(global, args),
        Command::Prune(args) => prune::prune(global, args),
        Command::Verify(args) => upkeep::verify(global, args),
        Command::Doctor(args) => doctor::doctor(global, args),
        Command::Service(args) => service::service(args),
        Command::Reextract(args) => reextract::reextract(global, args),
        Command::Recluster => recluster::recluster(global),
        Command::Config(args) => config::config(global, args),
        Command::Completions(args) => generate::completions(args),
        Command::Man(args) => generate::man(args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_of_a_command_says_what_the_list_of_commands_says() {
        for command in Cli::described().get_subcommands() {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let arguments = ["knipsel", command.get_name(), "--help"].map(OsString::from);
            let help = Cli::described().try_get_matches_from(arguments).unwrap_err().to_string();
            assert!(!about.starts_with("Arguments of"), "{about}");
            assert!(help.starts_with(&about), "{help}");
        }
    }

    #[test]
    fn what_is_written_below_help_fits_a_terminal() {
        fn check(command: &clap::Command) {
            let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let long = below.lines().find(|line| line.chars().count() > 80);
            assert_eq!(long, None, "{}", command.get_name());
            command.get_subcommands().for_each(check);
        }
        check(&Cli::described());
    }

    #[test]
    fn settings_count_on_both_sides_of_the_command() {
        let check = |arguments: &str, expected: &str| {
            let found = set_first(arguments.split(' ').map(OsString::from));
            let found: Vec<_> = found.iter().map(|argument| argument.to_string_lossy()).collect();
            assert_eq!(found.join(" "), expected);
        };
        check("k --set a=1 run --set b=2 -v --set=c=3", "k --set a=1 --set b=2 --set=c=3 run -v");
        check("k search -- --set x", "k search -- --set x");
        check("k run --set", "k run --set");
        let set = |arguments: &str| {
            Cli::try_parse_from(set_first(arguments.split(' ').map(OsString::from)))
                .unwrap()
                .global
                .set
        };
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            set("k --set poll.floor=5m run --set poll.ceiling=9m"),
            [pair("poll.floor", "5m"), pair("poll.ceiling", "9m")]
        );
    }
}
