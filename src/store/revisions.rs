//! Revisions as people list them: what changed, when, and whether it was said.

use rusqlite::{Row, named_params};

use crate::language::is_called;
use crate::model::article::ArticleId;
use crate::model::time::Timestamp;
use crate::store::articles::from_json;
use crate::store::{ArticleRow, Error, Reader};

/// A revision without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The article.
    pub id: ArticleId,
    /// Who published it.
    pub outlet: Option<String>,
    /// 1 for the first.
    pub number: u32,
    /// When we saw it.
    pub seen_at: Timestamp,
    /// Where it came from.
    pub source: String,
    /// Its headline.
    pub title: String,
    /// What differs from the revision before; empty for the first.
    pub changed: Vec<String>,
    /// The text changed and no stated date did.
    pub is_silent: bool,
}

const OF_ARTICLE: &str = "
    SELECT a.public_id, a.outlet, r.number, r.seen_at, r.source, r.title, r.changed, r.is_silent
    FROM revision AS r
    JOIN article AS a ON a.id = r.article_id
    WHERE r.article_id = :article
    ORDER BY r.number";

/// All revisions of `article`, oldest first.
pub fn of_article(reader: &Reader, article: ArticleRow) -> Result<Vec<Listed>, Error> {
    let failed = || Error::sqlite("read the revisions of an article");
    let mut statement = reader.connection.prepare_cached(OF_ARTICLE).map_err(failed())?;
    statement
        .query_map(named_params! { ":article": article.0 }, read)
        .and_then(Iterator::collect)
        .map_err(failed())
}

/// Which edits to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only those seen at or after this.
    pub since: Timestamp,
    /// Only those of outlets that are called so, see [`is_called`]; all when empty.
    pub outlets: Vec<String>,
    /// Only silent ones.
    pub is_silent_only: bool,
    /// At most so many.
    pub limit: usize,
}

const EDITS: &str = "
    SELECT a.public_id, a.outlet, r.number, r.seen_at, r.source, r.title, r.changed, r.is_silent
    FROM revision AS r INDEXED BY revision_later
    JOIN article AS a ON a.id = r.article_id
    WHERE r.number > 1 AND r.changed IS NOT NULL AND r.seen_at >= :since
        AND (NOT :silent OR r.is_silent)
    ORDER BY r.seen_at DESC, r.id DESC";

/// The edits of the whole archive, latest first, one by one to `each` until it answers `false`.
pub fn edits(
    reader: &Reader,
    filter: &Filter,
    mut each: impl FnMut(Listed) -> bool,
) -> Result<(), Error> {
    let failed = || Error::sqlite("list revisions");
    let mut statement = reader.connection.prepare_cached(EDITS).map_err(failed())?;
    let mut rows = statement
        .query(named_params! { ":since": filter.since.seconds(), ":silent": filter.is_silent_only })
        .map_err(failed())?;
    let mut n_listed = 0;
    while n_listed < filter.limit
        && let Some(row) = rows.next().map_err(failed())?
    {
        let listed = read(row).map_err(failed())?;
        let outlet = listed.outlet.as_deref().unwrap_or_default();
        let is_wanted = |wanted: &String| is_called(outlet, wanted);
        if !filter.outlets.is_empty() && !filter.outlets.iter().any(is_wanted) {
            continue;
        }
        n_listed += 1;
        if !each(listed) {
            break;
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        id: ArticleId::from_stored(row.get(0)?),
        outlet: row.get(1)?,
        number: row.get(2)?,
        seen_at: Timestamp::from_seconds(row.get(3)?),
        source: row.get(4)?,
        title: row.get(5)?,
        changed: from_json(row.get(6)?),
        is_silent: row.get(7)?,
    })
}
