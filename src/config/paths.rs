//! Where the settings, the feed list and the archive are.
//!
//! Order: flag, `KNIPSEL_…`, the directories systemd gives a unit, the XDG base directories. It
//! looks at names only, never at the disk.

use std::path::{Path, PathBuf};

use crate::config::{Environment, Error};

/// The files and folders of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The settings.
    pub settings: SettingsFile,
    /// The feed list.
    pub feeds: PathBuf,
    /// The folder of the archive.
    pub archive: PathBuf,
}

/// Where the settings are, and whether they must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsFile {
    /// Named by the owner: it is an error if it is missing.
    Named(PathBuf),
    /// The usual place: without it, the defaults hold.
    Usual(PathBuf),
}

impl SettingsFile {
    /// The path, however it was found.
    pub fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Usual(path) => path,
        }
    }
}

/// What the flags say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    /// `--config FILE`.
    pub config: Option<PathBuf>,
    /// `--feeds FILE`.
    pub feeds: Option<PathBuf>,
    /// `--archive DIR`.
    pub archive: Option<PathBuf>,
}

impl Paths {
    /// Where everything is, by `flags` and `environment`.
    pub fn find(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        let variable = |name| path_in(environment, name);
        let config_folder = || {
            first_directory(environment, "CONFIGURATION_DIRECTORY")
                .or_else(|| xdg(environment, "XDG_CONFIG_HOME", ".config"))
        };
        let named = flags.config.clone().or_else(|| variable("KNIPSEL_CONFIG"));
        let settings = named
            .map(SettingsFile::Named)
            .or_else(|| Some(SettingsFile::Usual(config_folder()?.join("knipsel.toml"))))
            .ok_or(Error::NoHome { what: "settings file", flag: "--config FILE" })?;
        let feeds = flags
            .feeds
            .clone()
            .or_else(|| variable("KNIPSEL_FEEDS"))
            .or_else(|| Some(config_folder()?.join("feeds.toml")))
            .ok_or(Error::NoHome { what: "feed list", flag: "--feeds FILE" })?;
        let archive = flags
            .archive
            .clone()
            .or_else(|| variable("KNIPSEL_ARCHIVE"))
            .or_else(|| first_directory(environment, "STATE_DIRECTORY"))
            .or_else(|| xdg(environment, "XDG_DATA_HOME", ".local/share"))
            .ok_or(Error::NoHome { what: "archive", flag: "--archive DIR" })?;
        Ok(Self { settings, feeds, archive })
    }
}

/// A variable that is set and not empty.
fn path_in(environment: &Environment, name: &str) -> Option<PathBuf> {
    environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// systemd.exec(5): a unit may have several directories; they are separated by colons.
fn first_directory(environment: &Environment, name: &str) -> Option<PathBuf> {
    let first = environment.get(name)?.split(':').find(|part| !part.is_empty())?;
    Some(PathBuf::from(first))
}

/// XDG Base Directory Specification 0.8: a relative path is invalid and to be ignored.
fn xdg(environment: &Environment, name: &str, below_home: &str) -> Option<PathBuf> {
    let base = path_in(environment, name)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(path_in(environment, "HOME")?.join(below_home)))?;
    Some(base.join("knipsel"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(flags: &[(&str, &str)], variables: &[(&str, &str)], expected: [&str; 3]) {
        let flag = |name| flags.iter().find(|(key, _)| *key == name).map(|(_, v)| v.into());
        let flags =
            Flags { config: flag("config"), feeds: flag("feeds"), archive: flag("archive") };
        let paths = Paths::find(&flags, &environment(variables)).unwrap();
        let found = [paths.settings.path(), &paths.feeds, &paths.archive];
        assert_eq!(found, expected.map(Path::new));
    }

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn flags_win_over_variables_over_systemd_over_xdg_over_home() {
        let home = ("HOME", "/home/an");
        let xdg = [home, ("XDG_CONFIG_HOME", "/x/config"), ("XDG_DATA_HOME", "/x/data")];
        let systemd = [
            ("CONFIGURATION_DIRECTORY", "/etc/knipsel:/etc/b"),
            ("STATE_DIRECTORY", "/var/lib/knipsel"),
        ];
        let own = [
            ("KNIPSEL_CONFIG", "/k/c.toml"),
            ("KNIPSEL_FEEDS", "/k/f.toml"),
            ("KNIPSEL_ARCHIVE", "/k/a"),
        ];
        check(
            &[],
            &[home],
            [
                "/home/an/.config/knipsel/knipsel.toml",
                "/home/an/.config/knipsel/feeds.toml",
                "/home/an/.local/share/knipsel",
            ],
        );
        check(
            &[],
            &xdg,
            ["/x/config/knipsel/knipsel.toml", "/x/config/knipsel/feeds.toml", "/x/data/knipsel"],
        );
        let all = [&xdg[..], &systemd[..]].concat();
        check(
            &[],
            &all,
            ["/etc/knipsel/knipsel.toml", "/etc/knipsel/feeds.toml", "/var/lib/knipsel"],
        );
        let all = [&all[..], &own[..]].concat();
        check(&[], &all, ["/k/c.toml", "/k/f.toml", "/k/a"]);
        check(&[("config", "c"), ("feeds", "f"), ("archive", "a")], &all, ["c", "f", "a"]);
    }

    #[test]
    fn empty_and_relative_base_directories_are_ignored() {
        check(
            &[],
            &[
                ("HOME", "/h"),
                ("XDG_CONFIG_HOME", "rel"),
                ("XDG_DATA_HOME", ""),
                ("KNIPSEL_FEEDS", ""),
            ],
            [
                "/h/.config/knipsel/knipsel.toml",
                "/h/.config/knipsel/feeds.toml",
                "/h/.local/share/knipsel",
            ],
        );
    }

    #[test]
    fn without_a_home_the_missing_thing_and_its_flag_are_named() {
        let error = Paths::find(&Flags::default(), &Environment::new()).unwrap_err();
        assert_eq!(error.to_string(), "cannot tell where the settings file is: `HOME` is not set");
        assert_eq!(error.hint().as_deref(), Some("name it with `--config FILE`"));
        let named = environment(&[("KNIPSEL_CONFIG", "c"), ("KNIPSEL_FEEDS", "f")]);
        let error = Paths::find(&Flags::default(), &named).unwrap_err();
        assert_eq!(error.to_string(), "cannot tell where the archive is: `HOME` is not set");
    }

    #[test]
    fn only_a_named_settings_file_must_be_there() {
        let find = |variables: &[(&str, &str)]| {
            Paths::find(&Flags::default(), &environment(variables)).unwrap().settings
        };
        assert!(matches!(find(&[("HOME", "/h")]), SettingsFile::Usual(_)));
        let named = [("HOME", "/h"), ("KNIPSEL_CONFIG", "/c")];
        assert_eq!(find(&named), SettingsFile::Named("/c".into()));
    }
}
