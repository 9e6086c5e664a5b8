//! What installing and removing the service takes, step by step. It touches nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::cli::out::Record;
use crate::config::Environment;

/// Where the units say the program is.
const PROGRAM: &str = "/usr/bin/knipsel";

/// Where the program is put when the service could not reach it where it is.
const LOCAL: &str = "/usr/local/bin/knipsel";

const DAEMON: &str = "knipsel.service";
const POLL_TIMER: &str = "knipsel-poll.timer";
const BACKUP_TIMER: &str = "knipsel-backup.timer";
const MONITOR_SOCKET: &str = "knipsel-monitor.socket";

/// What may have been enabled.
const STARTED: [&str; 4] = [DAEMON, POLL_TIMER, BACKUP_TIMER, MONITOR_SOCKET];

const SYSTEM: [(&str, &str); 6] = [
    (DAEMON, include_str!("../../../systemd/knipsel.service")),
    ("knipsel-poll.service", include_str!("../../../systemd/knipsel-poll.service")),
    (POLL_TIMER, include_str!("../../../systemd/knipsel-poll.timer")),
    ("knipsel-backup.service", include_str!("../../../systemd/knipsel-backup.service")),
    (BACKUP_TIMER, include_str!("../../../systemd/knipsel-backup.timer")),
    (MONITOR_SOCKET, include_str!("../../../systemd/knipsel-monitor.socket")),
];

const USER: [(&str, &str); 1] = [(DAEMON, include_str!("../../../systemd/user/knipsel.service"))];

/// Whose service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    System,
    User,
}

/// Where the units of a service are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) of: Of,
    folder: PathBuf,
}

impl Place {
    /// What the owner of the machine installs (`systemd.unit(5)`).
    pub(super) fn system() -> Self {
        Self { of: Of::System, folder: "/etc/systemd/system".into() }
    }

    /// The folder of a user, by the XDG base directories.
    pub(super) fn user(environment: &Environment) -> Option<Self> {
        let absolute = |name| environment.get(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let base =
            absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
        Some(Self { of: Of::User, folder: base.join("systemd/user") })
    }

    fn units(&self) -> &'static [(&'static str, &'static str)] {
        match self.of {
            Of::System => &SYSTEM,
            Of::User => &USER,
        }
    }

    fn systemctl(&self, arguments: &[&'static str]) -> Step {
        Step::Run([systemctl(self.of), arguments.to_vec()].concat())
    }
}

fn systemctl(of: Of) -> Vec<&'static str> {
    match of {
        Of::System => vec!["systemctl"],
        Of::User => vec!["systemctl", "--user"],
    }
}

/// What is to be installed beside the daemon, or in its place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wish {
    /// Polls by a timer in the place of the daemon.
    pub(super) timer: bool,
    /// A backup each night.
    pub(super) backup: bool,
}

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Folder(PathBuf),
    Program { from: PathBuf, to: PathBuf },
    Write { file: PathBuf, text: String },
    Remove(PathBuf),
    Run(Vec<&'static str>),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "make the folder {}", folder.display()),
            Self::Program { from, to } => write!(f, "copy {} to {}", from.display(), to.display()),
            Self::Write { file, .. } => write!(f, "write {}", file.display()),
            Self::Remove(file) => write!(f, "remove {}", file.display()),
            Self::Run(command) => write!(f, "run {}", command.join(" ")),
        }
    }
}

/// How `program` becomes a service.
pub(super) fn install(place: &Place, program: &Path, wish: Wish) -> Vec<Step> {
    let mut steps = vec![Step::Folder(place.folder.clone())];
    let mut program = program.to_owned();
    if place.of == Of::System {
        steps.push(Step::Folder("/etc/knipsel".into()));
        // The unit hides home folders (`ProtectHome=`), and another's file is not to be trusted.
        if !["/usr", "/opt"].iter().any(|base| program.starts_with(base)) {
            let to = PathBuf::from(LOCAL);
            steps.push(Step::Program { from: program, to: to.clone() });
            program = to;
        }
    }
    for (name, text) in place.units() {
        let text = text.replace(PROGRAM, &quoted(&program));
        steps.push(Step::Write { file: place.folder.join(name), text });
    }
    steps.push(place.systemctl(&["daemon-reload"]));
    let what = if wish.timer { POLL_TIMER } else { DAEMON };
    steps.push(place.systemctl(&["enable", "--now", what]));
    if wish.backup {
        steps.push(place.systemctl(&["enable", "--now", BACKUP_TIMER]));
    }
    steps
}

/// A path as a word of `ExecStart=` (`systemd.service(5)`, "Command lines").
fn quoted(program: &Path) -> String {
    let text = program.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) {
        return text;
    }
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('%', "%%").replace('$', "$$"))
}

/// How the service goes; `is_there` says which files there are. Nothing where none is.
pub(super) fn uninstall(place: &Place, is_there: impl Fn(&Path) -> bool) -> Vec<Step> {
    let file = |name: &str| place.folder.join(name);
    let units = place.units().iter().map(|(name, _)| *name);
    let there: Vec<&'static str> = units.filter(|name| is_there(&file(name))).collect();
    if there.is_empty() {
        return Vec::new();
    }
    // The socket before the daemon, which a call would start again.
    let started = STARTED.into_iter().rev().filter(|name| there.contains(name));
    let mut steps: Vec<Step> =
        started.map(|name| place.systemctl(&["disable", "--now", name])).collect();
    steps.extend(there.iter().map(|name| Step::Remove(file(name))));
    steps.push(place.systemctl(&["daemon-reload"]));
    steps
}

/// What to do once it is installed.
pub(super) fn next_steps(of: Of) -> &'static str {
    match of {
        Of::System => {
            "Next:\n  knipsel service status\n  journalctl -u knipsel -f\n  \
             sudo knipsel --archive /var/lib/knipsel status\n  \
             sudo knipsel --feeds /etc/knipsel/feeds.toml feed add --outlet NOS"
        }
        Of::User => {
            "Next:\n  knipsel service status --user\n  journalctl --user -u knipsel -f\n  \
             knipsel status\n  loginctl enable-linger      so that it polls while you are away"
        }
    }
}

/// Asks systemd about every unit that may be there.
pub(super) fn show(of: Of) -> Vec<&'static str> {
    let properties =
        "--property=Id,LoadState,UnitFileState,ActiveState,SubState,StatusText,NRestarts";
    [systemctl(of), vec!["show", properties], STARTED.to_vec()].concat()
}

/// The units that are there, from what [`show`] gives: blocks of `name=value`.
pub(super) fn units(said: &str) -> Vec<Record> {
    let blocks = said.split("\n\n").filter(|block| block.contains("LoadState=loaded"));
    blocks.map(unit).collect()
}

fn unit(block: &str) -> Record {
    let value = |name: &str| {
        let of = |line: &str| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned());
        block.lines().find_map(of).unwrap_or_default()
    };
    let state = format!("{} ({})", value("ActiveState"), value("SubState"));
    let columns = [
        ("unit", value("Id")),
        ("state", state),
        ("at_boot", value("UnitFileState")),
        ("restarts", value("NRestarts")),
        ("says", value("StatusText")),
    ];
    columns.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Place {
        let home = [("HOME".to_owned(), "/home/an".to_owned())];
        Place::user(&home.into_iter().collect()).unwrap()
    }

    fn told(steps: &[Step]) -> String {
        let lines: Vec<String> = steps.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn a_program_at_home_is_copied_for_the_system() {
        let steps = install(&Place::system(), Path::new("/home/an/knipsel"), Wish::default());
        assert!(told(&steps).contains("copy /home/an/knipsel to /usr/local/bin/knipsel\n"));
        let [.., enable] = &steps[..] else { panic!("no steps") };
        assert_eq!(enable.to_string(), "run systemctl enable --now knipsel.service");
        let n_units = steps
            .iter()
            .filter(|step| matches!(step, Step::Write { text, .. } if !text.contains(PROGRAM)));
        assert_eq!(n_units.count(), SYSTEM.len());
        let steps = install(&Place::system(), Path::new(PROGRAM), Wish::default());
        assert!(!told(&steps).contains("copy"));
    }

    #[test]
    fn the_timer_stands_in_for_the_daemon() {
        let wish = Wish { timer: true, backup: true };
        let told = told(&install(&Place::system(), Path::new(PROGRAM), wish));
        assert!(told.ends_with(
            "run systemctl enable --now knipsel-poll.timer\n\
             run systemctl enable --now knipsel-backup.timer"
        ));
        assert!(!told.contains("enable --now knipsel.service"));
    }

    #[test]
    fn a_user_needs_no_root() {
        let steps = install(&user(), Path::new("/home/an/my bin/100%"), Wish::default());
        let unit = steps.iter().find_map(|step| match step {
            Step::Write { text, .. } => Some(text),
            _ => None,
        });
        assert!(unit.unwrap().contains("ExecStart=\"/home/an/my bin/100%%\" run\n"));
        assert_eq!(
            told(&steps),
            "make the folder /home/an/.config/systemd/user\n\
             write /home/an/.config/systemd/user/knipsel.service\n\
             run systemctl --user daemon-reload\n\
             run systemctl --user enable --now knipsel.service"
        );
    }

    #[test]
    fn what_was_installed_goes_and_nothing_else() {
        assert_eq!(uninstall(&Place::system(), |_| false), []);
        let steps = uninstall(&user(), |_| true);
        assert_eq!(
            told(&steps),
            "run systemctl --user disable --now knipsel.service\n\
             remove /home/an/.config/systemd/user/knipsel.service\n\
             run systemctl --user daemon-reload"
        );
    }

    #[test]
    fn units_that_are_not_there_are_not_shown() {
        let said = "Id=knipsel.service\nLoadState=loaded\nActiveState=active\nSubState=running\n\
                    UnitFileState=enabled\nNRestarts=2\nStatusText=polling 40 feeds\n\n\
                    Id=knipsel-poll.timer\nLoadState=not-found\nActiveState=inactive\n";
        let shown = units(said);
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0]["state"], "active (running)");
        assert_eq!(shown[0]["says"], "polling 40 feeds");
        assert_eq!(shown[0]["restarts"], "2");
    }
}
