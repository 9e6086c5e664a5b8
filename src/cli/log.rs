//! What the daemon says on standard error: one line an event, safe for a terminal, as an object for
//! other programs, or with its fields to the journal.

use std::io::{self, IsTerminal as _};

use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::cli::args::{Global, LogFormat};
use crate::cli::failure::Failure;
use crate::config;
use crate::service::Error;

mod lines;

type Out = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging; `--verbose` and `--quiet` say how much, `RUST_LOG` overrules both.
pub(super) fn start(global: &Global) -> Result<(), Failure> {
    let default = match (global.quiet, global.verbose) {
        (true, _) => "knipsel=error",
        (_, 0) => "knipsel=info",
        (_, 1) => "knipsel=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let out = match global.log_format {
        LogFormat::Json => json(),
        LogFormat::Journald => {
            journal().map_err(|source| Error::System { action: "reach the journal", source })?
        }
        LogFormat::Auto if is_journal() => journal().unwrap_or_else(|_| text()),
        LogFormat::Auto | LogFormat::Text => text(),
    };
    let _ = tracing_subscriber::registry().with(out.with_filter(filter)).try_init();
    // A fault of ours is an event like any other; the default hook would print it raw.
    std::panic::set_hook(Box::new(|info| tracing::error!("a fault of knipsel: {info}")));
    Ok(())
}

fn text() -> Out {
    tracing_subscriber::fmt::layer()
        .with_writer(|| anstream::AutoStream::auto(io::stderr()))
        .event_format(lines::Text)
        .boxed()
}

fn json() -> Out {
    tracing_subscriber::fmt::layer().with_writer(io::stderr).event_format(lines::Json).boxed()
}

/// `feed.name` is the field `KNIPSEL_FEED_NAME` there.
fn journal() -> io::Result<Out> {
    let layer = tracing_journald::layer()?
        .with_syslog_identifier("knipsel".to_owned())
        .with_field_prefix(Some("KNIPSEL".to_owned()))
        .with_priority_mappings(PriorityMappings {
            info: Priority::Informational,
            debug: Priority::Debug,
            ..PriorityMappings::new()
        });
    Ok(layer.boxed())
}

/// Whether standard error goes to the journal. `systemd.exec(5)`: a program that was started by
/// another may have inherited `JOURNAL_STREAM` and not the stream.
fn is_journal() -> bool {
    let environment = config::environment();
    let Some(stream) = environment.get("JOURNAL_STREAM") else { return false };
    !io::stderr().is_terminal()
        && rustix::fs::fstat(io::stderr())
            .is_ok_and(|stat| *stream == format!("{}:{}", stat.st_dev, stat.st_ino))
}
