//! An event as a line: for people, or as a JSON object.

use std::fmt;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use crate::cli::out::{self, Record, clean};
use crate::service::clock;

/// `10:30:12 nos-binnenland …` in Europe/Amsterdam. The message reads alone; fields are for the
/// other formats.
pub(super) struct Text;

impl<S, N> FormatEvent<S, N> for Text
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
        let style = match *event.metadata().level() {
            Level::ERROR => AnsiColor::Red.on_default(),
            Level::WARN => AnsiColor::Yellow.on_default(),
            Level::INFO => Style::new(),
            _ => Style::new().dimmed(),
        };
        let mut fields = Fields(Record::new());
        event.record(&mut fields);
        let message = fields.0.get("message").and_then(Value::as_str).unwrap_or_default();
        writeln!(writer, "{time} {style}{}{style:#}", clean(message))
    }
}

/// `{"time":"2026-03-01T09:30:12Z","level":"info","message":"…","feed.name":"nos-binnenland"}`.
pub(super) struct Json;

impl<S, N> FormatEvent<S, N> for Json
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
        let level = event.metadata().level().as_str().to_lowercase();
        let mut fields = Fields(Record::new());
        fields.0.insert("time".into(), clock::now().to_rfc3339().into());
        fields.0.insert("level".into(), level.into());
        event.record(&mut fields);
        writeln!(writer, "{}", out::json(&Value::Object(fields.0)))
    }
}

/// The fields of an event, the message among them.
struct Fields(Record);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}
