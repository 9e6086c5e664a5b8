//! The only place that writes to the terminal.
//!
//! Whatever came from a feed passes [`clean`] first, so that no escape sequence, control character
//! or direction override in a headline can do anything to the reader's terminal or spreadsheet.

pub(in crate::cli) mod file;
mod table;

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use serde_json::{Map, Value};

use crate::cli::pager;
use crate::export::document::{cell, escaped};
use crate::export::table::harmless;

/// Columns when the terminal does not say.
const WIDTH: usize = 80;

/// How data is written: for people, as one JSON document, one JSON object a line, comma-separated
/// values (RFC 4180) or tab-separated ones with a line of names, or a table of Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Json,
    Jsonl,
    Csv,
    Tsv,
    Markdown,
}

/// A record: named values in the order in which they are shown.
pub(super) type Record = Map<String, Value>;

/// Text for a terminal: control characters, escapes and direction overrides made visible.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => clean.push(' '),
            c if is_unsafe(c) => {
                let _ = write!(clean, "\\u{{{:x}}}", u32::from(c));
            }
            c => clean.push(c),
        }
    }
    clean
}

/// [`clean`], with all line ends kept.
pub(super) fn clean_lines(text: &str) -> String {
    let line = |line: &str| clean(line.strip_suffix('\r').unwrap_or(line));
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// What a document for other programs may hold: [`clean`], with its own line ends kept.
pub(super) fn clean_marks(text: &str) -> String {
    let keep = |c: &char| !is_unsafe(*c) || matches!(c, '\r' | '\n');
    text.chars().filter(keep).collect()
}

/// C0 and C1 controls, and what changes the direction or order of text (Unicode TR 36).
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Writes a line to standard output.
pub(super) fn line(text: &str) -> io::Result<()> {
    writeln!(anstream::stdout(), "{text}")
}

/// Writes named facts, one a line, names in a column; those without a value are left out.
pub(super) fn facts(facts: &[(&str, Option<String>)]) -> io::Result<()> {
    fact_lines(facts).iter().try_for_each(|fact| line(fact))
}

fn fact_lines(facts: &[(&str, Option<String>)]) -> Vec<String> {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let told = facts.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    told.map(|(name, value)| format!("{}  {}", dim(&format!("{name:>width$}")), clean(value)))
        .collect()
}

/// Writes a document of the program's own making as it is.
pub(super) fn document(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Standard output for bytes that another process reads.
pub(super) fn pipe() -> io::Stdout {
    io::stdout()
}

/// Writes each text with `end` after it.
pub(super) fn ended<E: From<io::Error>>(
    texts: impl IntoIterator<Item = Result<String, E>>,
    end: char,
) -> Result<(), E> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for text in texts {
        write!(out, "{}{end}", text?)?;
    }
    Ok(out.flush()?)
}

/// Whether nothing is told but what went wrong.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// From now on tells nothing but what went wrong.
pub(super) fn be_quiet() {
    IS_QUIET.store(true, Ordering::Relaxed);
}

/// Writes words for people to standard error, or where they read on.
pub(super) fn note(text: &str) {
    if !IS_QUIET.load(Ordering::Relaxed) {
        tell(text);
    }
}

fn tell(text: &str) {
    let _ = if pager::is_on() { line(text) } else { writeln!(anstream::stderr(), "{text}") };
}

/// Writes what is odd but stops nothing to standard error.
pub(super) fn warning(text: &str) {
    let yellow = AnsiColor::Yellow.on_default().bold();
    tell(&format!("{yellow}warning:{yellow:#} {}", clean(text)));
}

/// Writes what went wrong, and what to do, to standard error.
pub(super) fn error(message: &str, hint: Option<&str>) {
    let red = AnsiColor::Red.on_default().bold();
    let mut stderr = anstream::stderr();
    let _ = writeln!(stderr, "{red}knipsel:{red:#} {}", clean(message));
    if let Some(hint) = hint {
        let _ = writeln!(stderr, "hint: {}", clean(hint));
    }
}

/// Bold, where there is color.
pub(super) fn bold(text: &str) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}")
}

/// Less bright, where there is color.
pub(super) fn dim(text: &str) -> String {
    let style = Style::new().dimmed();
    format!("{style}{text}{style:#}")
}

/// Whether people read what is written.
pub(super) fn is_terminal() -> bool {
    pager::is_on() || io::stdout().is_terminal()
}

/// Whether people read notes.
pub(super) fn is_noted() -> bool {
    io::stderr().is_terminal()
}

/// Settles on colors by what standard output is now, whatever it becomes.
pub(super) fn keep_colors() {
    anstream::AutoStream::choice(&io::stdout()).write_global();
}

/// Writes what was held back.
pub(super) fn flush() {
    let _ = io::stdout().flush();
}

/// Columns of the terminal.
pub(super) fn width() -> usize {
    terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0).max(40))
}

/// Writes records one after the other; only a table waits for the last.
#[derive(Debug)]
pub(super) struct Records {
    format: Format,
    out: io::BufWriter<io::Stdout>,
    columns: Vec<String>,
    held: Vec<Record>,
    n_written: usize,
}

impl Records {
    pub(super) fn new(format: Format) -> Self {
        let out = io::BufWriter::new(io::stdout());
        Self { format, out, columns: Vec::new(), held: Vec::new(), n_written: 0 }
    }

    /// Names the columns for where there is no first record to name them.
    pub(super) fn name_columns(&mut self, names: &[String]) {
        self.columns = names.to_vec();
    }

    /// Adds a record. Table and CSV have the columns of the first one.
    pub(super) fn push(&mut self, record: Record) -> io::Result<()> {
        self.n_written += 1;
        match self.format {
            Format::Table => {
                self.held.push(record);
                Ok(())
            }
            Format::Json => {
                self.out.write_all(if self.n_written == 1 { b"[" } else { b"," })?;
                write!(self.out, "\n{}", json(&Value::Object(record)))
            }
            Format::Jsonl => writeln!(self.out, "{}", json(&Value::Object(record))),
            Format::Csv | Format::Tsv | Format::Markdown => {
                if self.n_written == 1 {
                    self.columns = record.keys().cloned().collect();
                    self.head()?;
                }
                let values = self.columns.iter().map(|name| record.get(name));
                match self.format {
                    Format::Csv => csv_line(&mut self.out, values.map(csv_cell)),
                    Format::Tsv => {
                        let cells: Vec<String> =
                            values.map(|value| harmless_text(value, &plain(value, ""))).collect();
                        writeln!(self.out, "{}", cells.join("\t"))
                    }
                    _ => {
                        let cells: Vec<String> =
                            values.map(|value| cell(&plain(value, ""))).collect();
                        writeln!(self.out, "| {} |", cells.join(" | "))
                    }
                }
            }
        }
    }

    /// The names of the columns.
    fn head(&mut self) -> io::Result<()> {
        let names: Vec<String> = self.columns.iter().map(|name| clean(name)).collect();
        match self.format {
            Format::Csv => csv_line(&mut self.out, names.into_iter()),
            Format::Tsv => writeln!(self.out, "{}", names.join("\t")),
            _ => {
                let names: Vec<String> = names.iter().map(|name| escaped(name)).collect();
                writeln!(self.out, "| {} |", names.join(" | "))?;
                writeln!(self.out, "|{}", "---|".repeat(names.len()))
            }
        }
    }

    /// Writes what is still to be written; says how many records there were.
    pub(super) fn finish(mut self) -> io::Result<usize> {
        match (self.format, self.n_written) {
            (Format::Table, _) => {
                table::lines(&self.held).iter().try_for_each(|told| line(told))?;
            }
            (Format::Json, 0) => writeln!(self.out, "[]")?,
            (Format::Json, _) => writeln!(self.out, "\n]")?,
            (Format::Jsonl, _) => {}
            (_, 0) if !self.columns.is_empty() => self.head()?,
            _ => {}
        }
        self.out.flush()?;
        Ok(self.n_written)
    }
}

/// Writes records in `format`.
pub(super) fn records(
    format: Format,
    records: impl IntoIterator<Item = Record>,
) -> io::Result<usize> {
    let mut out = Records::new(format);
    for record in records {
        out.push(record)?;
    }
    out.finish()
}

/// Writes one object: indented, or as a list of one.
pub(super) fn object(format: Format, record: Record) -> io::Result<()> {
    match format {
        Format::Json => line_raw(&json_pretty(&Value::Object(record))),
        other => records(other, [record]).map(|_| ()),
    }
}

fn line_raw(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// JSON in one line, in which nothing can act on a terminal.
pub(super) fn json(value: &Value) -> String {
    escape_unsafe(value.to_string())
}

/// JSON over several lines, likewise.
pub(super) fn json_pretty(value: &Value) -> String {
    escape_unsafe(serde_json::to_string_pretty(value).unwrap_or_default())
}

/// RFC 8259 section 7: any character of a string may be written as an escape. Outside strings JSON
/// has no such characters but the line ends of the indented form.
fn escape_unsafe(json: String) -> String {
    let is_escaped = |c: char| is_unsafe(c) && c != '\n';
    if !json.contains(is_escaped) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_escaped(c) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn csv_line(out: impl io::Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}

/// `text`, which is made of `value`: a number may begin with a minus.
fn harmless_text(value: Option<&Value>, text: &str) -> String {
    if value.is_some_and(Value::is_number) { text.to_owned() } else { harmless(text) }
}

fn csv_cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => harmless(text),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            harmless(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
        }
        Some(other) => other.to_string(),
    };
    // A quoted cell may hold line ends (RFC 4180 section 2.6).
    text.split('\n').map(clean).collect::<Vec<_>>().join("\n")
}

/// A value in one line; `nothing` where there is none.
fn plain(value: Option<&Value>, nothing: &str) -> String {
    match value {
        None | Some(Value::Null) => nothing.to_owned(),
        Some(Value::String(text)) => clean(text),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            clean(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        Some(other) => clean(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_feed_can_act_on_a_terminal() {
        let hostile = "kop\u{1b}]0;titel\u{7}\u{9b}31m\u{202e}om\r\n\u{feff}";
        let cleaned = clean(hostile);
        assert!(!cleaned.chars().any(is_unsafe), "{cleaned:?}");
        assert!(cleaned.starts_with("kop\\u{1b}]0;titel\\u{7}"));
        let written = json(&Value::String(hostile.to_owned()));
        assert!(!written.chars().any(is_unsafe), "{written:?}");
        let back: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(back, Value::String(hostile.to_owned()));
        assert!(!csv_cell(Some(&Value::String(hostile.to_owned()))).contains('\u{1b}'));
    }
}
