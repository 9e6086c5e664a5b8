//! Values over values: the defaults, and what file, environment and flags lay over them.
//!
//! The document of the defaults is the schema. What the values mean, and whether a type takes them,
//! is the business of [`super::settings`].

use std::fmt;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike, Value, value};

use crate::alarm;
use crate::config::toml::{self, Problem, line_of};
use crate::config::{Environment, Error, closest, did_you_mean};

/// A key, its value and where that came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// As `fetch.host_gap`.
    pub key: String,
    /// As it would stand in the file.
    pub value: String,
    /// Who said so.
    pub origin: Origin,
}

/// Who set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody.
    Default,
    /// The settings file, on this line.
    File(PathBuf, usize),
    /// The environment variable of this name.
    Variable(String),
    /// `--set`.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag => f.write_str("--set"),
        }
    }
}

/// A value that replaces the one below it.
pub(super) struct Override {
    key: String,
    value: Value,
    origin: Origin,
}

/// What one source has to say: values, and mistakes among them.
pub(super) type Layer = Vec<Result<Override, Problem>>;

/// The values so far, with the schema they must fit.
pub(super) struct Layers {
    schema: Vec<(String, Value)>,
    document: DocumentMut,
    origins: Vec<(String, Origin)>,
    judge: Judge,
}

/// Says what is wrong with a document whose keys and types are right.
type Judge = fn(&DocumentMut) -> Result<(), String>;

impl Layers {
    pub(super) fn new(document: DocumentMut, judge: Judge) -> Self {
        let mut schema = Vec::new();
        for (section, item) in document.iter() {
            for (key, item) in item.as_table_like().into_iter().flat_map(TableLike::iter) {
                if let Some(default) = item.as_value() {
                    schema.push((format!("{section}.{key}"), default.clone()));
                }
            }
        }
        Self { schema, document, origins: Vec::new(), judge }
    }

    /// What the file says.
    pub(super) fn file(&self, path: &Path, text: &str) -> Layer {
        let document = match toml::parse(text) {
            Ok(document) => document,
            Err(problem) => return vec![Err(problem)],
        };
        let mut found = Vec::new();
        for (section, item) in document.iter() {
            let line = line_of_key(text, document.as_table(), section);
            if !self.has_section(section) {
                found.push(Err(self.unknown(section, Some(line))));
                continue;
            }
            let Some(table) = item.as_table_like() else {
                let reason = format!("`{section}` must be a table: [{section}]");
                let key = Some(section.to_owned());
                found.push(Err(Problem { line: Some(line), key, reason, hint: None }));
                continue;
            };
            for (key, item) in table.iter() {
                let line = line_of_key(text, table, key);
                let origin = Origin::File(path.to_owned(), line);
                let key = format!("{section}.{key}");
                found.push(self.typed(&key, item, line).map(|value| Override {
                    key,
                    value,
                    origin,
                }));
            }
        }
        found
    }

    /// What the variables say; those of other programs are passed over.
    pub(super) fn variables(&self, environment: &Environment) -> Layer {
        let mut found = Vec::new();
        for (name, text) in environment {
            let known = self.schema.iter().find(|(key, _)| variable_of(key) == *name);
            if let Some((key, default)) = known {
                let origin = Origin::Variable(name.clone());
                found.push(read_text(key, default, text).map(|value| Override {
                    key: key.clone(),
                    value,
                    origin,
                }));
            } else if self.is_ours(name) && !alarm::VARIABLES.contains(&name.as_str()) {
                let names: Vec<String> =
                    self.schema.iter().map(|(key, _)| variable_of(key)).collect();
                let hint = closest(name, names.iter().map(String::as_str)).map(did_you_mean);
                let reason = format!("unknown variable `{name}`");
                found.push(Err(Problem { line: None, key: Some(name.clone()), reason, hint }));
            }
        }
        found
    }

    /// What the flags say.
    pub(super) fn flags(&self, flags: &[(String, String)]) -> Layer {
        let read = |(key, text): &(String, String)| {
            let default = self.default_of(key).ok_or_else(|| self.unknown(key, None))?;
            let value = read_text(key, default, text)?;
            Ok(Override { key: key.clone(), value, origin: Origin::Flag })
        };
        flags.iter().map(read).collect()
    }

    /// Lays `layer` over the values so far, or lists all that is wrong with it.
    pub(super) fn add(&mut self, place: &str, layer: Layer) -> Result<(), Error> {
        let mut problems = Vec::new();
        for entry in layer {
            if let Err(problem) = entry.and_then(|entry| self.apply(entry)) {
                problems.push(problem);
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::Invalid { place: place.to_owned(), problems })
    }

    /// The values in force.
    pub(super) fn document(&self) -> &DocumentMut {
        &self.document
    }

    /// Gives `key` what somebody said of `other`, unless somebody said something of `key` too. Tells
    /// whether it did.
    pub(super) fn take_over(&mut self, section: &str, key: &str, other: &str) -> bool {
        let full = |key: &str| format!("{section}.{key}");
        let origin_of = |key: &str| self.origins.iter().rfind(|(name, _)| name == key);
        let Some((_, origin)) = origin_of(&full(other)).cloned() else { return false };
        if origin_of(&full(key)).is_some() {
            return false;
        }
        self.document[section][key] = self.document[section][other].clone();
        self.origins.push((full(key), origin));
        true
    }

    /// Every key with its value and origin, in the order of the schema.
    pub(super) fn in_force(&self) -> Vec<InForce> {
        self.schema.iter().map(|(key, default)| self.value_of(key, default)).collect()
    }

    /// An error about values that are right one by one: it points at the last of `keys` that
    /// somebody set.
    pub(super) fn conflict(&self, keys: &[&str], reason: String) -> Error {
        let last = self.origins.iter().rev().find(|(key, _)| keys.contains(&key.as_str()));
        let (place, line) = match last {
            Some((_, Origin::File(path, line))) => {
                (format!("config `{}`", path.display()), Some(*line))
            }
            Some((_, origin)) => (format!("`{origin}`"), None),
            None => ("the defaults".to_owned(), None),
        };
        let key = keys.first().map(|key| (*key).to_owned());
        Error::Invalid { place, problems: vec![Problem { line, key, reason, hint: None }] }
    }

    /// A value that its owner's type refuses is taken back, so that the next ones are judged fairly.
    fn apply(&mut self, entry: Override) -> Result<(), Problem> {
        let before = self.document.clone();
        if let Some((section, key)) = entry.key.split_once('.') {
            // Without the comment that may stand behind it in the owner's file.
            self.document[section][key] = value(entry.value.decorated("", ""));
        }
        let Err(reason) = (self.judge)(&self.document) else {
            self.origins.push((entry.key, entry.origin));
            return Ok(());
        };
        self.document = before;
        let line = match entry.origin {
            Origin::File(_, line) => Some(line),
            _ => None,
        };
        let reason = format!("`{}`: {reason}", entry.key);
        Err(Problem { line, key: Some(entry.key), reason, hint: None })
    }

    fn value_of(&self, key: &str, default: &Value) -> InForce {
        let current = key
            .split_once('.')
            .and_then(|(section, key)| self.document.get(section)?.get(key)?.as_value())
            .unwrap_or(default);
        let origin = self.origins.iter().rev().find(|(name, _)| name == key);
        InForce {
            key: key.to_owned(),
            value: current.to_string().trim().to_owned(),
            origin: origin.map_or(Origin::Default, |(_, origin)| origin.clone()),
        }
    }

    fn default_of(&self, key: &str) -> Option<&Value> {
        self.schema.iter().find(|(name, _)| name == key).map(|(_, default)| default)
    }

    fn has_section(&self, section: &str) -> bool {
        self.schema.iter().any(|(key, _)| key.split('.').next() == Some(section))
    }

    /// Whether `name` begins as the variables of a section do: then it is meant for us.
    fn is_ours(&self, name: &str) -> bool {
        self.schema.iter().any(|(key, _)| {
            let section = key.split('.').next().unwrap_or_default();
            name.starts_with(&format!("{}_", variable_of(section)))
        })
    }

    /// The value of `item`, if the schema has its key with the same type.
    fn typed(&self, key: &str, item: &Item, line: usize) -> Result<Value, Problem> {
        let default = self.default_of(key).ok_or_else(|| self.unknown(key, Some(line)))?;
        match item.as_value() {
            Some(value) if value.type_name() == default.type_name() => Ok(value.clone()),
            _ => {
                let (wanted, found) = (kind_of(default), item.type_name());
                let reason = format!("`{key}` must be {wanted}, and is of type {found}");
                Err(Problem { line: Some(line), key: Some(key.to_owned()), reason, hint: None })
            }
        }
    }

    fn unknown(&self, key: &str, line: Option<usize>) -> Problem {
        let keys = || self.schema.iter().map(|(name, _)| name.as_str());
        let sections = keys().filter_map(|name| name.split('.').next());
        let is_in = |name: &&str| name.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
        let hint = keys()
            .find(|name| name.rsplit('.').next() == Some(key) || is_in(name))
            .or_else(|| closest(key, keys().chain(sections)))
            .map(did_you_mean);
        let reason = format!("unknown key `{key}`");
        Problem { line, key: Some(key.to_owned()), reason, hint }
    }
}

/// The variable that sets `key`.
fn variable_of(key: &str) -> String {
    format!("KNIPSEL_{}", key.replace('.', "_").to_uppercase())
}

/// A value from outside TOML: bare text for texts, items between commas for lists.
fn read_text(key: &str, default: &Value, text: &str) -> Result<Value, Problem> {
    let parsed = match default {
        Value::String(_) => Some(Value::from(text)),
        Value::Array(_) if !text.trim_start().starts_with('[') => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(items.collect())
        }
        _ => text.trim().parse().ok(),
    };
    parsed.filter(|value: &Value| value.type_name() == default.type_name()).ok_or_else(|| {
        let reason = format!("`{key}` must be {}, and is `{text}`", kind_of(default));
        Problem { line: None, key: Some(key.to_owned()), reason, hint: None }
    })
}

fn kind_of(default: &Value) -> &'static str {
    match default {
        Value::String(_) => "text in quotes",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list of texts",
        Value::Datetime(_) => "a date",
        Value::InlineTable(_) => "a table",
    }
}

fn line_of_key(text: &str, table: &dyn TableLike, key: &str) -> usize {
    table.key(key).and_then(toml_edit::Key::span).map_or(1, |span| line_of(text, &span))
}
