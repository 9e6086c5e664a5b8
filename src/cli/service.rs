//! `knipsel service`: the systemd units of this program, put in place, looked at, removed.

mod plan;

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::cli::args::{
    InstallArgs, ServiceArgs, ServiceCommand, ServiceStatusArgs, UninstallArgs, Whose,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Record, note};
use crate::cli::service::plan::{Of, Place, Step};
use crate::config;
use crate::service::Error;

/// There while systemd runs the system (`sd_booted(3)`).
const BOOTED: &str = "/run/systemd/system";

/// Where the unit of a package is.
const PACKAGED: [&str; 2] =
    ["/usr/lib/systemd/system/knipsel.service", "/lib/systemd/system/knipsel.service"];

pub(super) fn service(args: &ServiceArgs) -> Result<Exit, Failure> {
    match &args.command {
        ServiceCommand::Install(args) => install(args),
        ServiceCommand::Status(args) => status(args),
        ServiceCommand::Uninstall(args) => uninstall(args),
    }
}

fn install(args: &InstallArgs) -> Result<Exit, Failure> {
    let place = place(&args.whose)?;
    if place.of == Of::System && PACKAGED.iter().any(|unit| Path::new(unit).exists()) {
        return Err(Failure::new(Exit::Usage, "a package has installed the service already")
            .hint("`sudo systemctl enable --now knipsel` starts it"));
    }
    let program = std::env::current_exe()
        .map_err(|source| Error::System { action: "find this program's file", source })?;
    let wish = plan::Wish { timer: args.timer, backup: args.backup };
    let steps = plan::install(&place, &program, wish);
    if args.dry_run {
        steps.iter().for_each(tell);
        return Ok(Exit::Done);
    }
    carry_out(&steps)?;
    note(&format!("\n{}", plan::next_steps(place.of)));
    Ok(Exit::Done)
}

fn uninstall(args: &UninstallArgs) -> Result<Exit, Failure> {
    let place = place(&args.whose)?;
    let steps = plan::uninstall(&place, |file| file.symlink_metadata().is_ok());
    if steps.is_empty() {
        return Err(not_installed(place.of));
    }
    if args.dry_run {
        steps.iter().for_each(tell);
        return Ok(Exit::Done);
    }
    carry_out(&steps)?;
    note("\nSettings, feed list and archive stay where they are.");
    Ok(Exit::Done)
}

fn place(whose: &Whose) -> Result<Place, Failure> {
    if !whose.user {
        return Ok(Place::system());
    }
    Place::user(&config::environment()).ok_or_else(|| {
        Failure::new(Exit::Config, "cannot tell where your units are: `HOME` is not set")
    })
}

fn tell(step: &Step) {
    note(&out::clean(&step.to_string()));
}

/// Takes the steps in order, and says each.
fn carry_out(steps: &[Step]) -> Result<(), Failure> {
    if !Path::new(BOOTED).exists() {
        return Err(Failure::new(Exit::Usage, "this system is not run by systemd")
            .hint("`--dry-run` shows the steps; `knipsel run` needs no service manager"));
    }
    for step in steps {
        take(step)?;
        tell(step);
    }
    Ok(())
}

fn take(step: &Step) -> Result<(), Failure> {
    let done = match step {
        Step::Folder(folder) => fs::create_dir_all(folder),
        Step::Program { from, to } => copy_program(from, to),
        Step::Write { file, text } => fs::write(file, text),
        Step::Remove(file) => fs::remove_file(file),
        Step::Run(command) => return run(command),
    };
    done.map_err(|error| {
        let failure = Failure::new(Exit::Config, format!("cannot {step}: {error}"));
        match error.kind() {
            io::ErrorKind::PermissionDenied => {
                failure.hint("`sudo knipsel service …` as root, or `--user` for you alone")
            }
            _ => failure,
        }
    })
}

/// Beside its place first, because a program that runs cannot be written to.
fn copy_program(from: &Path, to: &Path) -> io::Result<()> {
    let beside = to.with_extension("new");
    fs::copy(from, &beside)?;
    fs::set_permissions(&beside, fs::Permissions::from_mode(0o755))?;
    fs::rename(beside, to)
}

fn run(command: &[&str]) -> Result<(), Failure> {
    let text = command.join(" ");
    let output = output(command)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(Exit::Config, format!("`{text}` failed: {}", said.trim()))
        .hint("`journalctl -xe` may say more; `knipsel service uninstall` removes what is there"))
}

fn output(command: &[&str]) -> Result<std::process::Output, Failure> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::new(Exit::Usage, "no command"));
    };
    Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| Failure::new(Exit::NotFound, format!("cannot run {program}: {error}")))
}

fn not_installed(of: Of) -> Failure {
    let user = if of == Of::User { " --user" } else { "" };
    Failure::new(Exit::NotFound, "the service is not installed")
        .hint(format!("`knipsel service install{user}` does it"))
}

fn status(args: &ServiceStatusArgs) -> Result<Exit, Failure> {
    let of = place(&args.whose)?.of;
    let output = output(&plan::show(of))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(
            Exit::Config,
            format!("systemd does not answer: {}", said.trim()),
        ));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let units: Vec<Record> = plan::units(&said);
    if units.is_empty() {
        return Err(not_installed(of));
    }
    out::records(args.format, units)?;
    Ok(Exit::Done)
}
