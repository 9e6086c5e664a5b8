//! How much of their articles outlets give, and what stands in the way.

use std::collections::HashMap;

use crate::model::time::Timestamp;
use crate::store::{Error, Reader};

/// The articles of an outlet by how much of them its pages give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Walls {
    /// The outlet; `None` where none is stated.
    pub outlet: Option<String>,
    /// Articles whose page was to be read.
    pub n_pages: u32,
    /// How many of them are `full`, `teaser`, `paid`, `gated`, `blocked` and `unknown`.
    pub n_by_access: [u32; 6],
    /// How many could not be read the last time and are tried again.
    pub n_retried: u32,
    /// The last wall.
    pub last: Option<Wall>,
}

/// What stood where an article should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wall {
    /// What it was: `consent`, `log_in`, a status.
    pub kind: String,
    /// When it was met first, of the times in a row.
    pub since: Timestamp,
}

/// The kinds of access, as they are counted.
pub const ACCESS: [&str; 6] = ["full", "teaser", "paid", "gated", "blocked", "unknown"];

const COUNTS: &str = "
    SELECT a.outlet, coalesce(p.access, p.last_access, 'unknown'), count(*),
           sum(p.n_failures > 0 AND p.next_page_at IS NOT NULL)
    FROM page AS p
    JOIN article AS a ON a.id = p.article_id
    GROUP BY 1, 2
    ORDER BY 1";

// SQLite takes the columns beside `max` from the row that has it.
const LAST: &str = "
    SELECT a.outlet, coalesce(x.reason, x.access), x.at, max(x.last_at)
    FROM page_fetch AS x
    JOIN article AS a ON a.id = x.article_id
    WHERE x.outcome IN ('wall', 'refused')
    GROUP BY 1";

/// All outlets whose pages are read, by name.
pub fn walls(reader: &Reader) -> Result<Vec<Walls>, Error> {
    let failed = || Error::sqlite("count what pages give of their articles");
    let mut statement = reader.connection.prepare_cached(LAST).map_err(failed())?;
    let mut last: HashMap<Option<String>, Wall> = statement
        .query_map([], |row| {
            let kind = row.get::<_, Option<String>>(1)?.unwrap_or_default();
            Ok((row.get(0)?, Wall { kind, since: Timestamp::from_seconds(row.get(2)?) }))
        })
        .and_then(Iterator::collect)
        .map_err(failed())?;
    let mut statement = reader.connection.prepare_cached(COUNTS).map_err(failed())?;
    let mut rows = statement.query([]).map_err(failed())?;
    let mut outlets: Vec<Walls> = Vec::new();
    while let Some(row) = rows.next().map_err(failed())? {
        let mut read = || {
            let outlet: Option<String> = row.get(0)?;
            let (access, n, n_retried): (String, u32, u32) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            if outlets.last().is_none_or(|walls| walls.outlet != outlet) {
                let last = last.remove(&outlet);
                outlets.push(Walls { outlet, last, ..Walls::default() });
            }
            let Some(walls) = outlets.last_mut() else { return Ok(()) };
            walls.n_pages += n;
            walls.n_retried += n_retried;
            let of = ACCESS.iter().position(|word| *word == access).unwrap_or(ACCESS.len() - 1);
            walls.n_by_access[of] += n;
            Ok(())
        };
        read().map_err(failed())?;
    }
    Ok(outlets)
}
