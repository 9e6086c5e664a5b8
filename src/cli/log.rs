//! What the daemon says on standard error: one line an event, safe for a terminal.

use std::fmt;

use anstyle::{AnsiColor, Style};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use crate::cli::args::Global;
use crate::cli::out::clean;
use crate::service::clock;

/// Starts logging; `--verbose` and `--quiet` say how much, `RUST_LOG` overrules both.
pub(super) fn start(global: &Global) {
    let default = match (global.quiet, global.verbose) {
        (true, _) => "knipsel=error",
        (_, 0) => "knipsel=info",
        (_, 1) => "knipsel=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| anstream::AutoStream::auto(std::io::stderr()))
        .event_format(Line)
        .try_init();
    // A fault of ours is an event like any other; the default hook would print it raw.
    std::panic::set_hook(Box::new(|info| tracing::error!("a fault of knipsel: {info}")));
}

/// `10:30:12 nos-binnenland …` in Europe/Amsterdam.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let time = clock::now().to_local().strftime("%H:%M:%S");
        let mut message = Message::default();
        event.record(&mut message);
        let style = match *event.metadata().level() {
            Level::ERROR => AnsiColor::Red.on_default(),
            Level::WARN => AnsiColor::Yellow.on_default(),
            Level::INFO => Style::new(),
            _ => Style::new().dimmed(),
        };
        writeln!(writer, "{time} {style}{}{style:#}", clean(&message.0))
    }
}

/// Keeps only the message: it reads alone, its fields are for other formats.
#[derive(Default)]
struct Message(String);

impl tracing::field::Visit for Message {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
