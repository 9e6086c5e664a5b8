//! Settings: the embedded defaults, then the file, the environment and `--set`, in rising order.
//!
//! `config/knipsel.toml` is both the defaults and the schema: a key that is not in it is refused.

use std::path::PathBuf;

use serde::Deserialize;
use toml_edit::DocumentMut;

use crate::config::layers::{InForce, Layers};
use crate::config::paths::SettingsFile;
use crate::config::{Environment, Error, file};
use crate::model::units::Span;
use crate::{alarm, fetch, listen, schedule, warc, websub};

/// Every key with its default and a comment, as shown to the owner.
pub const DEFAULTS: &str = include_str!("../../config/knipsel.toml");

/// The options of the lower modules.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How requests are made.
    pub fetch: fetch::Options,
    /// When feeds are polled.
    pub poll: schedule::Policy,
    /// When article pages are read again.
    pub pages: schedule::pages::Policy,
    /// What is kept as servers sent it.
    pub archive: warc::Options,
    /// Where hubs that push can reach us.
    pub websub: websub::Options,
    /// What is told to the owner, and how.
    pub alarm: alarm::Options,
    /// Where the daemon tells how it is doing.
    pub monitor: listen::Options,
}

/// Where settings may come from, besides the defaults.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The owner's file.
    pub file: SettingsFile,
    /// `KNIPSEL_FETCH_HOST_GAP` is `fetch.host_gap`.
    pub environment: Environment,
    /// `--set KEY=VALUE`, in order; the last one of a key counts.
    pub flags: Vec<(String, String)>,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// For the program.
    pub settings: Settings,
    /// For `config show`: every key, in the order of the defaults.
    pub values: Vec<InForce>,
}

impl Settings {
    /// The settings by all `sources`; the first source with a mistake stops it.
    pub fn load(sources: &Sources) -> Result<Loaded, Error> {
        let mut layers = Layers::new(defaults(), |document| Self::read(document).map(drop));
        if let Some((path, text)) = read(&sources.file)? {
            let place = format!("config `{}`", path.display());
            layers.add(&place, layers.file(&path, &text))?;
        }
        layers.add("the environment", layers.variables(&sources.environment))?;
        layers.add("`--set`", layers.flags(&sources.flags))?;
        let mut settings =
            Self::read(layers.document()).map_err(|reason| layers.conflict(&[], reason))?;
        // No pause at all is meant for pages as well.
        if settings.fetch.host_gap == Span::default()
            && layers.take_over("fetch", "page_gap", "host_gap")
        {
            settings.fetch.page_gap = settings.fetch.host_gap;
        }
        if let Some((keys, reason)) = settings.conflict() {
            return Err(layers.conflict(&keys, reason));
        }
        Ok(Loaded { settings, values: layers.in_force() })
    }

    fn read(document: &DocumentMut) -> Result<Self, String> {
        toml_edit::de::from_document(document.clone())
            .map_err(|error| error.message().trim().to_owned())
    }

    /// What no single value shows: the keys that do not fit together, and why.
    fn conflict(&self) -> Option<(Vec<&'static str>, String)> {
        if let Some((key, reason)) = self.fetch.mistake() {
            return Some((vec![key], reason));
        }
        if self.poll.floor > self.poll.ceiling {
            let (floor, ceiling) = (self.poll.floor, self.poll.ceiling);
            let reason = format!("`poll.floor` ({floor}) is above `poll.ceiling` ({ceiling})");
            return Some((vec!["poll.floor", "poll.ceiling"], reason));
        }
        if let Some(reason) = self.monitor.mistake() {
            return Some((vec!["monitor.listen"], reason));
        }
        if let Some((key, reason)) = self.websub.mistake() {
            let keys = match key {
                "websub.callback" => vec!["websub.callback"],
                _ => vec!["websub.listen", "websub.callback"],
            };
            return Some((keys, reason));
        }
        None
    }
}

fn defaults() -> DocumentMut {
    DEFAULTS.parse().expect("a test parses the embedded defaults")
}

fn read(settings_file: &SettingsFile) -> Result<Option<(PathBuf, String)>, Error> {
    let path = settings_file.path();
    match (file::read(path), settings_file) {
        (Err(Error::Read { source, .. }), SettingsFile::Usual(_))
            if source.kind() == std::io::ErrorKind::NotFound =>
        {
            Ok(None)
        }
        (text, _) => Ok(Some((path.to_owned(), text?))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use std::time::Duration;

    use super::*;

    /// The settings by a file of `text`, variables and flags.
    fn load(
        text: &str,
        variables: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> Result<Loaded, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("knipsel.toml");
        std::fs::write(&path, text).unwrap();
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect::<Vec<_>>()
        };
        Settings::load(&Sources {
            file: SettingsFile::Named(path),
            environment: owned(variables).into_iter().collect(),
            flags: owned(flags),
        })
    }

    #[track_caller]
    fn check_refused(result: Result<Loaded, Error>, expected: &str) {
        let error = result.unwrap_err();
        // The folder of the file differs from run to run.
        let mut text = error.to_string();
        if let (Some(start), Some(end)) = (text.find('`'), text.find("/knipsel.toml")) {
            text.replace_range(start + 1..=end, "");
        }
        if let Some(hint) = error.hint() {
            text = format!("{text} [{hint}]");
        }
        assert_eq!(text, expected);
    }

    #[test]
    fn the_embedded_file_is_the_default() {
        let written: Settings = toml_edit::de::from_str(DEFAULTS).unwrap();
        assert_eq!(written, Settings::default());
    }

    #[test]
    fn every_key_has_a_comment_of_its_own() {
        let lines: Vec<&str> = DEFAULTS.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            if line.contains(" = ") && !line.starts_with('#') {
                assert!(lines[n - 1].starts_with("# "), "{line}");
                assert!(!lines[n - 2].starts_with("# "), "{line}");
            }
        }
    }

    #[test]
    fn a_flag_wins_over_a_variable_over_the_file_over_the_default() {
        let loaded = load(
            "[fetch]\nhost_gap = \"3s\"\npage_gap = \"6s\"\nidle_timeout = \"9s\" # ours\n",
            &[("KNIPSEL_FETCH_HOST_GAP", "4s"), ("KNIPSEL_FETCH_PAGE_GAP", "7s"), ("HOME", "/")],
            &[("fetch.host_gap", "5s"), ("fetch.concurrency", "8")],
        )
        .unwrap();
        let seconds = |n| Span(Duration::from_secs(n));
        assert_eq!(loaded.settings.fetch.host_gap, seconds(5));
        assert_eq!(loaded.settings.fetch.page_gap, seconds(7));
        assert_eq!(loaded.settings.fetch.idle_timeout, seconds(9));
        assert_eq!(loaded.settings.fetch.concurrency, 8);
        let shown = |key: &str| {
            let found = loaded.values.iter().find(|value| value.key == key).unwrap();
            let origin = found.origin.to_string();
            let origin = origin.rsplit('/').next().unwrap_or_default();
            format!("{} {origin}", found.value)
        };
        assert_eq!(shown("fetch.host_gap"), "\"5s\" --set");
        assert_eq!(shown("fetch.page_gap"), "\"7s\" KNIPSEL_FETCH_PAGE_GAP");
        assert_eq!(shown("fetch.idle_timeout"), "\"9s\" knipsel.toml:4");
        assert_eq!(shown("fetch.concurrency"), "8 --set");
        assert_eq!(shown("poll.floor"), "\"2m\" default");
        assert_eq!(
            loaded.values.len(),
            DEFAULTS.lines().filter(|l| l.contains(" = ") && !l.starts_with('#')).count()
        );
    }

    #[test]
    fn without_a_pause_between_requests_pages_have_none_either_unless_it_is_set() {
        let pages = |text| {
            let loaded = load(text, &[], &[]).unwrap();
            let shown = loaded.values.into_iter().find(|value| value.key == "fetch.page_gap");
            let shown = shown.unwrap();
            let origin = shown.origin.to_string();
            let line = origin.rsplit('/').next().unwrap_or_default();
            (loaded.settings.fetch.page_gap.0.as_secs(), format!("{} {line}", shown.value))
        };
        assert_eq!(pages("[fetch]\nhost_gap = \"0s\""), (0, "\"0s\" knipsel.toml:2".to_owned()));
        assert_eq!(pages("[fetch]\nhost_gap = \"1s\""), (5, "\"5s\" default".to_owned()));
        let both = pages("[fetch]\nhost_gap = \"0s\"\npage_gap = \"5s\"");
        assert_eq!(both, (5, "\"5s\" knipsel.toml:3".to_owned()));
    }

    #[test]
    fn lists_may_be_written_with_commas_outside_files() {
        let hosts = |text| {
            let loaded = load("", &[("KNIPSEL_FETCH_ALLOW_HOSTS", text)], &[]).unwrap();
            loaded.settings.fetch.allow_hosts
        };
        assert_eq!(hosts("127.0.0.1, 10.0.0.0/8"), ["127.0.0.1", "10.0.0.0/8"]);
        assert_eq!(hosts("[\"127.0.0.1\"]"), ["127.0.0.1"]);
        assert!(hosts("").is_empty());
    }

    #[test]
    fn the_command_of_an_alarm_can_use_the_program() {
        let variables = alarm::VARIABLES.map(|name| (name, "x"));
        assert_eq!(load("", &variables, &[]).unwrap().settings, Settings::default());
    }

    #[test]
    fn unknown_keys_are_refused_with_a_suggestion() {
        check_refused(
            load("\n[fetch]\nhostgap = \"3s\"", &[], &[]),
            "cannot use config `knipsel.toml`: line 3: unknown key `fetch.hostgap` \
             [did you mean `fetch.host_gap`?]",
        );
        check_refused(
            load("floor = \"3s\"", &[], &[]),
            "cannot use config `knipsel.toml`: line 1: unknown key `floor` \
             [did you mean `poll.floor`?]",
        );
        check_refused(
            load("[fetsh]\nx = 1", &[], &[]),
            "cannot use config `knipsel.toml`: line 1: unknown key `fetsh` [did you mean `fetch`?]",
        );
        check_refused(
            load("", &[("KNIPSEL_POLL_FLOR", "1m")], &[]),
            "cannot use the environment: unknown variable `KNIPSEL_POLL_FLOR` \
             [did you mean `KNIPSEL_POLL_FLOOR`?]",
        );
        check_refused(
            load("", &[("KNIPSEL_FEEDS", "/f")], &[("poll.flor", "1m")]),
            "cannot use `--set`: unknown key `poll.flor` [did you mean `poll.floor`?]",
        );
        check_refused(
            load("", &[], &[("poll", "1m")]),
            "cannot use `--set`: unknown key `poll` [did you mean `poll.floor`?]",
        );
    }

    #[test]
    fn wrong_values_are_refused_with_line_and_key() {
        check_refused(
            load("[fetch]\nhost_gap = 3\n\n[poll]\nfloor = \"2\"", &[], &[]),
            "cannot use config `knipsel.toml`: line 2: `fetch.host_gap` must be text in quotes, \
             and is of type integer (and 1 more)",
        );
        check_refused(
            load("[poll]\nfloor = \"5 parsecs\"", &[], &[]),
            "cannot use config `knipsel.toml`: line 2: `poll.floor`: `5 parsecs` is not a duration \
             such as `30s` or `1h 30m`",
        );
        check_refused(
            load("fetch = 1", &[], &[]),
            "cannot use config `knipsel.toml`: line 1: `fetch` must be a table: [fetch]",
        );
        check_refused(
            load("", &[], &[("fetch.concurrency", "many")]),
            "cannot use `--set`: `fetch.concurrency` must be a whole number, and is `many`",
        );
        check_refused(
            load("[poll", &[], &[]),
            "cannot use config `knipsel.toml`: line 1: unclosed table, expected `]`",
        );
    }

    #[test]
    fn values_that_do_not_fit_together_are_refused_where_they_were_set() {
        check_refused(
            load("[poll]\n\nceiling = \"1m\"", &[], &[]),
            "cannot use config `knipsel.toml`: line 3: `poll.floor` (2m) is above `poll.ceiling` (1m)",
        );
        check_refused(
            load("", &[("KNIPSEL_FETCH_CONCURRENCY", "0")], &[]),
            "cannot use `KNIPSEL_FETCH_CONCURRENCY`: `fetch.concurrency` must be 1 or more",
        );
        check_refused(
            load("[fetch]\nallow_hosts = [\"nas.local\", \"foo bar\"]", &[], &[]),
            "cannot use config `knipsel.toml`: line 2: `foo bar` in `fetch.allow_hosts` is not a host \
             name, an address or a network",
        );
        check_refused(
            load("[fetch]\ncontact = \"a\\nb\"", &[], &[]),
            "cannot use config `knipsel.toml`: line 2: `fetch.contact` has a character that cannot be \
             sent in a User-Agent",
        );
        check_refused(
            load("[fetch]\nbody_max = \"0B\"", &[], &[]),
            "cannot use config `knipsel.toml`: line 2: with `fetch.body_max` at zero nothing can be \
             fetched",
        );
    }

    #[test]
    fn only_a_named_file_must_exist() {
        let sources = |file| Sources { file, environment: Environment::new(), flags: Vec::new() };
        let missing = Path::new("/nonexistent/knipsel.toml").to_owned();
        let loaded = Settings::load(&sources(SettingsFile::Usual(missing.clone()))).unwrap();
        assert_eq!(loaded.settings, Settings::default());
        let error = Settings::load(&sources(SettingsFile::Named(missing))).unwrap_err();
        assert_eq!(error.to_string(), "cannot read `/nonexistent/knipsel.toml`");
    }
}
