//! `knipsel config`.

use serde_json::{Value, json};
use toml_edit::Value as Toml;

use crate::cli::args::{ConfigArgs, ConfigCommand, ConfigShowArgs, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{Format, Record};
use crate::cli::{out, setup};
use crate::config::layers::{InForce, Origin};
use crate::config::settings;
use crate::store::Layout;

pub(super) fn config(global: &Global, args: &ConfigArgs) -> Result<Exit, Failure> {
    match &args.command {
        ConfigCommand::Show(args) => show(global, args)?,
        ConfigCommand::Defaults => out::document(settings::DEFAULTS.as_bytes())?,
        ConfigCommand::Paths(args) => paths(global, args)?,
    }
    Ok(Exit::Done)
}

fn show(global: &Global, args: &ConfigShowArgs) -> Result<(), Failure> {
    let loaded = setup::settings(global, &setup::paths(global)?)?;
    let record = if args.format == Format::Table { row } else { record };
    out::records(args.format, loaded.values.iter().map(record))?;
    Ok(())
}

fn record(setting: &InForce) -> Record {
    let value = setting.value.parse().map_or_else(|_| json!(setting.value), |value| plain(&value));
    fields([
        ("key", json!(setting.key)),
        ("value", value),
        ("origin", json!(setting.origin.to_string())),
    ])
}

/// There is one settings file, and its whole path would not fit.
fn row(setting: &InForce) -> Record {
    let origin = match &setting.origin {
        Origin::File(path, line) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            format!("{}:{line}", name.display())
        }
        other => other.to_string(),
    };
    fields([
        ("key", json!(setting.key)),
        ("value", json!(setting.value)),
        ("origin", json!(origin)),
    ])
}

/// The value that a piece of TOML stands for.
fn plain(value: &Toml) -> Value {
    match value {
        Toml::String(text) => json!(text.value()),
        Toml::Integer(number) => json!(number.value()),
        Toml::Float(number) => json!(number.value()),
        Toml::Boolean(flag) => json!(flag.value()),
        Toml::Array(items) => items.iter().map(plain).collect(),
        Toml::Datetime(_) | Toml::InlineTable(_) => json!(value.to_string()),
    }
}

fn paths(global: &Global, args: &ConfigShowArgs) -> Result<(), Failure> {
    let paths = setup::paths(global)?;
    let database = Layout::new(&paths.archive).database();
    let places = [
        ("settings", paths.settings.path(), paths.settings.path().exists()),
        ("feeds", &paths.feeds, paths.feeds.exists()),
        ("archive", &paths.archive, database.exists()),
    ];
    if args.format == Format::Table {
        let shown = places.map(|(what, path, exists)| {
            let note = if exists { "" } else { "  (not there)" };
            (what, Some(format!("{}{note}", path.display())))
        });
        out::facts(&shown)?;
        return Ok(());
    }
    let records = places.map(|(what, path, exists)| {
        fields([
            ("what", json!(what)),
            ("path", json!(path.display().to_string())),
            ("exists", json!(exists)),
        ])
    });
    out::records(args.format, records)?;
    Ok(())
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Record {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
