//! Brings an archive to the schema of this program.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::Error;

/// The schema this program writes.
pub(super) const VERSION: u32 = 26;

const MIGRATIONS: [&str; VERSION as usize] = [
    include_str!("../../migrations/0001_init.sql"),
    include_str!("../../migrations/0002_coverage.sql"),
    include_str!("../../migrations/0003_errors.sql"),
    include_str!("../../migrations/0004_silent.sql"),
    include_str!("../../migrations/0005_capture.sql"),
    include_str!("../../migrations/0006_repair.sql"),
    include_str!("../../migrations/0007_day_curve.sql"),
    include_str!("../../migrations/0008_stories.sql"),
    include_str!("../../migrations/0009_page.sql"),
    include_str!("../../migrations/0010_window.sql"),
    include_str!("../../migrations/0011_push.sql"),
    include_str!("../../migrations/0012_mentions.sql"),
    include_str!("../../migrations/0013_watch.sql"),
    include_str!("../../migrations/0014_page_rules.sql"),
    include_str!("../../migrations/0015_alarm.sql"),
    include_str!("../../migrations/0016_order.sql"),
    include_str!("../../migrations/0017_webhook.sql"),
    include_str!("../../migrations/0018_changes.sql"),
    include_str!("../../migrations/0019_identity.sql"),
    include_str!("../../migrations/0020_license.sql"),
    include_str!("../../migrations/0021_place.sql"),
    include_str!("../../migrations/0022_text.sql"),
    include_str!("../../migrations/0023_host_file.sql"),
    include_str!("../../migrations/0024_gained.sql"),
    include_str!("../../migrations/0025_by_time.sql"),
    include_str!("../../migrations/0026_callback.sql"),
];

/// Runs the migrations an archive lacks, each in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let mut version = check(connection)?;
    while let Some(sql) = MIGRATIONS.get(version as usize) {
        let failed = "migrate the archive";
        let tx = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::sqlite(failed))?;
        // Another process may have been first while we waited for the lock.
        version = stored(&tx)?;
        if version as usize >= MIGRATIONS.len() || MIGRATIONS[version as usize] != *sql {
            continue;
        }
        tx.execute_batch(sql).map_err(Error::sqlite(failed))?;
        version += 1;
        tx.pragma_update(None, "user_version", version).map_err(Error::sqlite(failed))?;
        tx.commit().map_err(Error::sqlite(failed))?;
    }
    Ok(())
}

/// The schema of an archive, refused when newer than this program's.
pub(super) fn check(connection: &Connection) -> Result<u32, Error> {
    let found = stored(connection)?;
    if found > VERSION {
        return Err(Error::TooNew { found, supported: VERSION });
    }
    Ok(found)
}

fn stored(connection: &Connection) -> Result<u32, Error> {
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(Error::sqlite("read the archive's schema version"))
}
