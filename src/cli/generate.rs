//! Completions and manual pages, made of the arguments themselves.

use std::path::Path;

use clap_mangen::Man;

use crate::cli::args::{Cli, CompletionsArgs, ManArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out;

pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::described(), "knipsel", &mut script);
    out::document(&script)?;
    Ok(Exit::Done)
}

pub(super) fn man(args: &ManArgs) -> Result<Exit, Failure> {
    if let Some(folder) = &args.out {
        pages(folder)?;
        return Ok(Exit::Done);
    }
    let mut page = Vec::new();
    Man::new(Cli::described()).render(&mut page)?;
    out::document(&page)?;
    Ok(Exit::Done)
}

/// A page for every command: `knipsel.1`, `knipsel-feed-add.1`.
fn pages(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::described(), folder))
        .map_err(|error| out::file::failed(folder, &error))
}
