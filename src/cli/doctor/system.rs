//! What the system gives: a folder that can be written, room on the disk, open files, time.

use std::path::Path;

use crate::cli::doctor::Finding;
use crate::cli::status::approximate;
use crate::config::settings::Settings;
use crate::fetch::client::Client;
use crate::store::space::{self, Space};
use crate::store::{self, Layout};

/// Less than this is full tomorrow.
const FREE_BYTES_MIN: u64 = 256 << 20;

/// Days of polling that should fit before anybody has to look again.
const FREE_BYTES_ADVISED: u64 = 2 << 30;

/// Each feed may hold a connection, the archive and the index some dozens.
const OPEN_FILES_BASE: u64 = 128;

pub(super) fn look(layout: &Layout, settings: &Settings) -> Vec<Finding> {
    vec![
        sqlite(),
        folder(layout),
        disk(space::free(existing(layout.dir()))),
        open_files(space::open_files_max(), settings.fetch.concurrency),
        network(settings),
    ]
}

fn sqlite() -> Finding {
    let version = store::sqlite_version();
    match store::check_sqlite() {
        Ok(()) => Finding::ok("sqlite", format!("version {version}")),
        Err(error) => Finding::problem(
            "sqlite",
            error.to_string(),
            "use a build of knipsel with the SQLite it brings along",
        ),
    }
}

/// The folder, or the nearest one above it that is there.
fn existing(dir: &Path) -> &Path {
    let mut folders = dir.ancestors().filter(|folder| !folder.as_os_str().is_empty());
    folders.find(|folder| folder.exists()).unwrap_or(Path::new("."))
}

fn folder(layout: &Layout) -> Finding {
    let dir = layout.dir();
    let shown = dir.display();
    if !dir.exists() {
        if space::is_writable(existing(dir)) {
            return Finding::ok("folder", format!("{shown} will be made"));
        }
        return Finding::problem(
            "folder",
            format!("{shown} cannot be made: {} may not be written", existing(dir).display()),
            "make it and give it to the user that polls, or name another with `--archive DIR`",
        );
    }
    if space::is_open_to_all(&layout.database()) || space::is_open_to_all(dir) {
        let fix = format!("`chmod -R o-w {shown}`");
        return Finding::problem("folder", format!("everybody may change what is in {shown}"), fix);
    }
    let files = [dir.to_owned(), layout.database(), layout.index(), layout.lock()];
    match files.iter().find(|file| file.exists() && !space::is_writable(file)) {
        None => Finding::ok("folder", format!("{shown}")),
        Some(file) => Finding::advice(
            "folder",
            format!("{} may be read by you and not written", file.display()),
            "ask as its owner, should you want to poll or import: `sudo -u` or `systemctl`",
        ),
    }
}

fn disk(space: Option<Space>) -> Finding {
    let Some(space) = space else {
        return Finding::ok("disk", "the system does not say what is free");
    };
    let free = approximate(space.free_bytes);
    if space.free_files == Some(0) {
        let fix = "remove files, or move the archive to another file system";
        return Finding::problem("disk", "no more files can be made", fix);
    }
    if space.free_bytes < FREE_BYTES_MIN {
        return Finding::problem(
            "disk",
            format!("only {free} free where the archive is"),
            "make room, or move the archive; until then polls may not be stored, and are repeated",
        );
    }
    if space.free_bytes < FREE_BYTES_ADVISED {
        let fix = "plan for more: some hundred feeds are a gigabyte or two a year";
        return Finding::advice("disk", format!("{free} free"), fix);
    }
    Finding::ok("disk", format!("{free} free"))
}

fn open_files(max: Option<u64>, concurrency: usize) -> Finding {
    // Slow hosts have twice as many places of their own.
    let needed = OPEN_FILES_BASE + 3 * concurrency as u64;
    match max {
        Some(max) if max < needed => Finding::problem(
            "files",
            format!("only {max} files may be open at once, and {needed} may be needed"),
            "`ulimit -n 1024`, or LimitNOFILE= in the unit; or lower `fetch.concurrency`",
        ),
        Some(max) => Finding::ok("files", format!("{max} may be open at once")),
        None => Finding::ok("files", "any number may be open at once"),
    }
}

fn network(settings: &Settings) -> Finding {
    match Client::new(settings.fetch.clone()) {
        Ok(_) => Finding::ok("network", "certificates and limits are in order; no host was asked"),
        Err(error) => {
            Finding::problem("network", error.to_string(), "mend the settings of [fetch]")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Level;

    #[test]
    fn a_full_disk_is_a_problem_before_it_is_full() {
        let level = |free_bytes, free_files| disk(Some(Space { free_bytes, free_files })).level;
        assert_eq!(level(FREE_BYTES_MIN - 1, None), Level::Problem);
        assert_eq!(level(FREE_BYTES_MIN, Some(9)), Level::Advice);
        assert_eq!(level(FREE_BYTES_ADVISED, Some(9)), Level::Ok);
        assert_eq!(level(u64::MAX, Some(0)), Level::Problem);
        assert_eq!(disk(None).level, Level::Ok);
    }

    #[test]
    fn open_files_must_do_for_all_requests() {
        assert_eq!(open_files(Some(175), 16).level, Level::Problem);
        assert_eq!(open_files(Some(176), 16).level, Level::Ok);
        assert_eq!(open_files(None, 9999).level, Level::Ok);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_above() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout::new(dir.path().join("a/b"));
        assert_eq!(folder(&layout).level, Level::Ok);
        assert_eq!(existing(Path::new("nergens/b")), Path::new("."));
    }
}
