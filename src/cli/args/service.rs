//! The arguments of `service`.

use clap::{Args, Subcommand};

use crate::cli::out::Format;

/// Arguments of `service`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo knipsel service install       a hardened system service, started now
  knipsel service install --user     the same for you alone, without root
  knipsel service install --dry-run  only say what would be done
  knipsel service status
  sudo knipsel service uninstall     settings, feed list and archive stay")]
pub(in crate::cli) struct ServiceArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ServiceCommand,
}

/// What to do with the service.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ServiceCommand {
    /// Install the systemd units of this program, and start polling
    Install(InstallArgs),
    /// Show whether it is installed, runs, and what it says
    Status(ServiceStatusArgs),
    /// Stop it and remove its units
    Uninstall(UninstallArgs),
}

/// Whose service it is.
#[derive(Debug, Args)]
pub(in crate::cli) struct Whose {
    /// Of this user alone, without root
    #[arg(long)]
    pub user: bool,
}

/// Arguments of `service install`.
#[derive(Debug, Args)]
pub(in crate::cli) struct InstallArgs {
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// Poll every five minutes by a timer, without a daemon
    #[arg(long, conflicts_with = "user")]
    pub timer: bool,
    /// Also back up each night, and keep a week of backups
    #[arg(long, conflicts_with = "user")]
    pub backup: bool,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of `service status`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ServiceStatusArgs {
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

/// Arguments of `service uninstall`.
#[derive(Debug, Args)]
pub(in crate::cli) struct UninstallArgs {
    /// Whose it is.
    #[command(flatten)]
    pub whose: Whose,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}
