//! What articles are known by.

use rusqlite::{OptionalExtension as _, named_params};

use crate::model::article::{ArticleId, IdentityKey};
use crate::store::{ArticleRow, Error, Tx};

const BY_PUBLIC_ID: &str = "SELECT coalesce(merged_into, id) FROM article WHERE public_id = :id";

/// The article with this id, or that which it became a part of.
pub fn by_public_id(tx: &Tx<'_>, id: &ArticleId) -> Result<Option<ArticleRow>, Error> {
    tx.connection
        .prepare_cached(BY_PUBLIC_ID)
        .and_then(|mut statement| {
            let values = named_params! { ":id": id.as_str() };
            statement.query_row(values, |row| row.get(0).map(ArticleRow)).optional()
        })
        .map_err(Error::sqlite("look up the id of an article"))
}

const FIND: &str = "SELECT article_id FROM identity_key WHERE key = :key";

/// The articles known by any of `keys`, strongest key first, each once.
pub fn find(tx: &Tx<'_>, keys: &[IdentityKey]) -> Result<Vec<ArticleRow>, Error> {
    let failed = || Error::sqlite("look up an article");
    let mut statement = tx.connection.prepare_cached(FIND).map_err(failed())?;
    let mut found: Vec<ArticleRow> = Vec::new();
    for key in keys {
        let article = statement
            .query_row(named_params! { ":key": key.as_str() }, |row| row.get(0).map(ArticleRow))
            .optional()
            .map_err(failed())?;
        found.extend(article.filter(|article| !found.contains(article)));
    }
    Ok(found)
}

/// The same, and then those whose page was found at an address among `keys`.
pub fn candidates(tx: &Tx<'_>, keys: &[IdentityKey]) -> Result<Vec<ArticleRow>, Error> {
    let mut found = find(tx, keys)?;
    let of_pages: Vec<IdentityKey> = keys.iter().filter_map(IdentityKey::of_page).collect();
    for article in find(tx, &of_pages)? {
        if !found.contains(&article) {
            found.push(article);
        }
    }
    Ok(found)
}

/// The strongest key that names no other article yet.
pub(super) fn free<'k>(
    tx: &Tx<'_>,
    keys: &'k [IdentityKey],
) -> Result<Option<&'k IdentityKey>, Error> {
    for key in keys {
        if find(tx, std::slice::from_ref(key))?.is_empty() {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

const ADD_KEY: &str =
    "INSERT INTO identity_key (key, article_id) VALUES (:key, :article) ON CONFLICT DO NOTHING";

/// Adds keys by which an article is known from now on; a key that names another one stays there.
pub fn add(tx: &Tx<'_>, article: ArticleRow, keys: &[IdentityKey]) -> Result<(), Error> {
    let failed = || Error::sqlite("store an identity key");
    let mut statement = tx.connection.prepare_cached(ADD_KEY).map_err(failed())?;
    for key in keys {
        statement
            .execute(named_params! { ":key": key.as_str(), ":article": article.0 })
            .map_err(failed())?;
    }
    Ok(())
}
