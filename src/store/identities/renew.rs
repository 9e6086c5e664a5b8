//! The keys that an archive of older rules lacks.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, named_params};

use crate::dedupe::identity;
use crate::model::article::IdentityKey;
use crate::normalize::url::{canonical, is_home_page};
use crate::store::Error;

/// Keys read in one transaction.
const BATCH: i64 = 10_000;

const VERSION: &str = "SELECT version FROM identity_state";

const URL_KEYS: &str = "
    SELECT key, article_id
    FROM identity_key
    WHERE key > :after AND key < 'u;'
    ORDER BY key
    LIMIT :limit";

const ADD_KEY: &str =
    "INSERT INTO identity_key (key, article_id) VALUES (:key, :article) ON CONFLICT DO NOTHING";

const SET_VERSION: &str = "
    INSERT INTO identity_state (id, version) VALUES (1, :version)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version";

/// Gives every article the address that the rules of now make of each one it has, as a further key:
/// an archive of an older version of the rules would not find it again. Interrupted, it begins anew.
pub(in crate::store) fn bring_up(connection: &mut Connection) -> Result<(), Error> {
    let failed = || Error::sqlite("bring the identity keys up to date");
    let found: Option<u32> =
        connection.query_row(VERSION, [], |row| row.get(0)).optional().map_err(failed())?;
    if found.is_some_and(|found| found >= identity::VERSION) {
        return Ok(());
    }
    let mut after = "u:".to_owned();
    loop {
        let tx = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed())?;
        let keys: Vec<(String, i64)> = tx
            .prepare_cached(URL_KEYS)
            .and_then(|mut statement| {
                let values = named_params! { ":after": after, ":limit": BATCH };
                statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            })
            .map_err(failed())?;
        let Some((last, _)) = keys.last() else {
            tx.execute(SET_VERSION, named_params! { ":version": identity::VERSION })
                .and_then(|_| tx.commit())
                .map_err(failed())?;
            return Ok(());
        };
        after.clone_from(last);
        let mut add = tx.prepare_cached(ADD_KEY).map_err(failed())?;
        for (key, article) in &keys {
            if let Some(key) = renewed(key).filter(|renewed| renewed.as_str() != key) {
                add.execute(named_params! { ":key": key.as_str(), ":article": article })
                    .map_err(failed())?;
            }
        }
        drop(add);
        tx.commit().map_err(failed())?;
    }
}

/// The key of an address as the rules of now write it.
pub(super) fn renewed(key: &str) -> Option<IdentityKey> {
    let url = canonical(key.strip_prefix("u:")?).filter(|url| !is_home_page(url))?;
    Some(IdentityKey::url(&url))
}
