//! How the log is written.

use clap::ValueEnum;

/// How the log is written. Values have no help of their own, so that the flag takes one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LogFormat {
    Auto,
    Text,
    Json,
    Journald,
}
