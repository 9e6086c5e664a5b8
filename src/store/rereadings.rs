//! Which pages can be read once more without asking anybody: those whose document was kept.

use rusqlite::named_params;

use crate::language::is_called;
use crate::model::time::Timestamp;
use crate::store::{ArticleRow, Error, Reader};

/// Which pages to read once more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only of outlets that are called so, see [`is_called`].
    pub outlet: Option<String>,
    /// Only those last read at or after this.
    pub since: Timestamp,
    /// Only those that this version of the extractor did not read; all when `None`.
    pub not_by: Option<u32>,
}

const LIST: &str = "
    SELECT p.article_id, coalesce(a.outlet, '')
    FROM page AS p
    JOIN article AS a ON a.id = p.article_id
    WHERE p.n_reads > 0 AND p.body_hash IS NOT NULL
        AND p.last_page_at >= :since
        AND (:not_by IS NULL OR p.extractor IS NOT :not_by)
    ORDER BY p.article_id";

/// The articles whose page was read, oldest first.
pub fn list(reader: &Reader, filter: &Filter) -> Result<Vec<ArticleRow>, Error> {
    let failed = || Error::sqlite("list the pages that were read");
    let mut statement = reader.connection.prepare_cached(LIST).map_err(failed())?;
    let since = filter.since.seconds();
    let values = named_params! { ":since": since, ":not_by": filter.not_by };
    let mut rows = statement.query(values).map_err(failed())?;
    let mut pages = Vec::new();
    while let Some(row) = rows.next().map_err(failed())? {
        let outlet: String = row.get(1).map_err(failed())?;
        if filter.outlet.as_ref().is_none_or(|wanted| is_called(&outlet, wanted)) {
            pages.push(ArticleRow(row.get(0).map_err(failed())?));
        }
    }
    Ok(pages)
}
