//! Queries that begin with a minus: `-voetbal` leaves a word out, and is no row of flags.

use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory as _};

use crate::cli::args::Cli;

/// What positional arguments that are queries are called.
const QUERY: &str = "QUERY";

/// The same arguments, with a space before what is a query, so that clap takes it for none of its
/// flags; [`typed`](crate::cli::args::typed) takes the space off again. A flag stays one where every
/// letter is: `-vv`, `-n5`, `-o./map`. A value that begins with a letter stands apart, as in
/// `-o map`.
pub(super) fn set_apart(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_short = |text: &OsString| {
        let text = text.to_string_lossy();
        text.chars().count() > 2 && text.starts_with('-') && !text.starts_with("--")
    };
    // To describe all commands takes longer than most questions to answer.
    if !arguments.iter().skip(1).any(is_short) {
        return arguments;
    }
    let mut root = Cli::command();
    root.build();
    let mut command = &root;
    let mut is_value_next = false;
    for argument in arguments.iter_mut().skip(1) {
        let is_value = std::mem::take(&mut is_value_next);
        let Some(text) = argument.to_str().filter(|_| !is_value) else { continue };
        if text == "--" {
            break;
        }
        if let Some(long) = text.strip_prefix("--") {
            let is_named = |one: &Arg| one.get_long() == Some(long) && takes_value(one);
            is_value_next = command.get_arguments().any(is_named);
        } else if let Some(short) = text.strip_prefix('-') {
            match read(command, short) {
                Read::FlagsAndValue => is_value_next = true,
                Read::Query if has_query(command) => *argument = format!(" {text}").into(),
                Read::Flags | Read::Query => {}
            }
        } else if let Some(inner) = command.find_subcommand(text) {
            command = inner;
        }
    }
    arguments
}

/// What stands after a minus.
enum Read {
    Flags,
    /// The last of them takes the next argument.
    FlagsAndValue,
    Query,
}

fn read(command: &Command, text: &str) -> Read {
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        let flag = command.get_arguments().find(|one| one.get_short() == Some(letter));
        let Some(flag) = flag else {
            // A single letter is a flag that was mistyped.
            return if text.chars().count() > 1 { Read::Query } else { Read::Flags };
        };
        if !takes_value(flag) {
            continue;
        }
        let value = rest.as_str().trim_start();
        let is_word = text.chars().count() > 1 && text.chars().all(char::is_alphabetic);
        return match value.chars().next() {
            _ if is_word => Read::Query,
            None => Read::FlagsAndValue,
            Some(first) if first.is_alphabetic() => Read::Query,
            Some(_) => Read::Flags,
        };
    }
    Read::Flags
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

fn has_query(command: &Command) -> bool {
    let is_query = |one: &Arg| {
        one.get_value_names().is_some_and(|names| names.iter().any(|name| name.as_str() == QUERY))
    };
    command.get_positionals().any(is_query)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{self, WatchCommand};

    fn parsed(arguments: &[&str]) -> Cli {
        let arguments = arguments.iter().map(OsString::from).collect();
        Cli::try_parse_from(set_apart(arguments)).unwrap()
    }

    #[track_caller]
    fn check(arguments: &[&str], query: &[&str]) -> Cli {
        let cli = parsed(arguments);
        let found = match &cli.command {
            args::Command::Search(args) => &args.question.query,
            args::Command::Timeline(args) => &args.question.query,
            args::Command::Export(args) => &args.question.query,
            args::Command::Compare(args) => &args.queries,
            args::Command::Watch(args) => match &args.command {
                WatchCommand::Add(args) => &args.question.query,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        assert_eq!(found, query, "{arguments:?}");
        cli
    }

    #[test]
    fn a_query_may_begin_with_a_minus() {
        check(&["k", "search", "-voetbal"], &["-voetbal"]);
        check(&["k", "search", "-n", "5", "-voetbal", "storm"], &["-voetbal", "storm"]);
        check(&["k", "--archive", "x", "search", "--since", "7d", "-nederland"], &["-nederland"]);
        check(
            &["k", "search", "-x wind", "-(a OR b)", "-\"a b\""],
            &["-x wind", "-(a OR b)", "-\"a b\""],
        );
        check(&["k", "search", "-2024", "-title:a"], &["-2024", "-title:a"]);
        check(&["k", "timeline", "-overal.svg"], &["-overal.svg"]);
        check(&["k", "compare", "-oekraine kiev", "kiev"], &["-oekraine kiev", "kiev"]);
        check(&["k", "watch", "add", "neg", "-voetbal"], &["-voetbal"]);
        check(&["k", "export", "-o", "map", "-windmolens -kabinet"], &["-windmolens -kabinet"]);
        check(&["k", "search", "--", "-vv"], &["-vv"]);
    }

    #[test]
    fn what_is_made_of_flags_is_flags() {
        let cli = check(&["k", "search", "storm", "-vvq", "-n5", "-0"], &["storm"]);
        assert_eq!((cli.global.verbose, cli.global.quiet), (2, true));
        let args::Command::Search(args) = cli.command else { panic!("another command") };
        assert_eq!((args.limit, args.is_null), (5, true));
        let args::Command::Export(args) = check(&["k", "export", "-o./map"], &[]).command else {
            panic!("another command")
        };
        assert_eq!(args.out.to_str(), Some("./map"));
        let wrong = ["k", "search", "-x"].map(OsString::from).to_vec();
        assert!(Cli::try_parse_from(set_apart(wrong)).is_err());
        let other = ["k", "status", "-voetbal"].map(OsString::from).to_vec();
        assert!(Cli::try_parse_from(set_apart(other)).is_err());
    }
}
