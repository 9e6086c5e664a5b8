//! Whether the archive is whole: its pages, what refers to what, and its texts.

use rusqlite::{Connection, named_params};

use crate::dedupe::fingerprint::{self, Short};
use crate::store::progress::{Progress, Step};
use crate::store::{ArticleRow, Error, Reader, articles, text};

/// Problems of one kind that are told; more say nothing new.
const PROBLEMS_MAX: usize = 20;

/// Operations of SQLite between two looks at the clock of whoever waits.
const OPS_PER_TELL: i32 = 100_000;

/// Revisions read between two tellings.
const ROWS_PER_TELL: u64 = 256;

/// How closely to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// That pages are in order.
    Quick,
    /// Also that indexes agree with their tables.
    Full,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// How many things were looked at, where they can be counted.
    pub n: u64,
    /// What is wrong, a line each; not all of it where there is much.
    pub problems: Vec<String>,
}

/// The pages of the archive, as SQLite sees them.
pub fn pages(reader: &mut Reader, depth: Depth, progress: &Progress) -> Result<Checked, Error> {
    pages_of(&mut reader.connection, depth, progress)
}

pub(super) fn pages_of(
    connection: &mut Connection,
    depth: Depth,
    progress: &Progress,
) -> Result<Checked, Error> {
    let checking = "check the pages of the archive";
    let waiting = progress.clone();
    let tell = move || {
        waiting.tell(Step::Checking);
        false
    };
    connection.progress_handler(OPS_PER_TELL, Some(tell)).map_err(Error::sqlite(checking))?;
    let sql = match depth {
        Depth::Quick => format!("PRAGMA quick_check({PROBLEMS_MAX})"),
        Depth::Full => format!("PRAGMA integrity_check({PROBLEMS_MAX})"),
    };
    let lines = lines(connection, &sql);
    let _ = connection.progress_handler(0, None::<fn() -> bool>);
    let problems = match lines {
        Ok(lines) => lines.into_iter().filter(|line| line != "ok").collect(),
        // A page too damaged to be looked at ends the check, which is an answer.
        Err(error) if is_damage(&error) => vec![error.to_string()],
        Err(source) => return Err(Error::Sqlite { action: checking, source }),
    };
    Ok(Checked { n: 0, problems })
}

fn lines(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    lines.collect()
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// What refers to something that is not there.
pub fn references(reader: &Reader) -> Result<Checked, Error> {
    references_of(&reader.connection)
}

/// In an archive of an older version no article is part of another.
const HAS_MERGED: &str =
    "SELECT EXISTS (SELECT 1 FROM pragma_table_info('article') WHERE name = 'merged_into')";

const CURRENT: &str = "
    SELECT 'article ' || a.public_id || ' has no current revision'
    FROM article AS a
    LEFT JOIN revision AS r ON r.id = a.revision_id AND r.article_id = a.id
    WHERE r.id IS NULL AND ";

const WITHOUT_TEXT: &str = "
    SELECT 'revision ' || r.id || ' has no text'
    FROM revision AS r
    LEFT JOIN body AS b ON b.revision_id = r.id
    WHERE b.revision_id IS NULL
    LIMIT 20";

pub(super) fn references_of(connection: &Connection) -> Result<Checked, Error> {
    let failed = || Error::sqlite("check what refers to what in the archive");
    let mut statement = connection.prepare("PRAGMA foreign_key_check").map_err(failed())?;
    let broken = statement
        .query_map([], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            let id: Option<i64> = row.get(1)?;
            let id = id.map(|id| format!(" {id}")).unwrap_or_default();
            Ok(format!("{table}{id} refers to a row of {parent} that is not there"))
        })
        .and_then(|lines| lines.take(PROBLEMS_MAX).collect::<rusqlite::Result<Vec<_>>>());
    let mut problems = broken.map_err(failed())?;
    let has_merged: bool =
        connection.query_row(HAS_MERGED, [], |row| row.get(0)).map_err(failed())?;
    let is_own = if has_merged { "a.merged_into IS NULL" } else { "TRUE" };
    for sql in [format!("{CURRENT}{is_own} LIMIT 20"), WITHOUT_TEXT.to_owned()] {
        problems.extend(lines(connection, &sql).map_err(failed())?);
    }
    Ok(Checked { n: 0, problems })
}

const TEXTS: &str = "
    SELECT r.title, r.authors, r.section, r.tags, r.language, r.published_at,
           r.published_precision, r.is_zone_assumed, r.modified_at, r.modified_precision,
           r.enclosures, b.codec, b.data, r.id, r.fingerprint, a.public_id, r.number
    FROM revision AS r
    JOIN body AS b ON b.revision_id = r.id
    JOIN article AS a ON a.id = r.article_id
    WHERE r.id > :after
    ORDER BY r.id
    LIMIT :limit";

const N_REVISIONS: &str = "SELECT count(*) FROM revision";

/// Every text, unpacked and compared with the hash that was stored with it.
///
/// Reads in pieces, so that no snapshot is held while it lasts.
pub fn texts(reader: &Reader, progress: &Progress) -> Result<Checked, Error> {
    let failed = || Error::sqlite("read the texts of the archive");
    let total: i64 =
        reader.connection.query_row(N_REVISIONS, [], |row| row.get(0)).map_err(failed())?;
    let mut checked = Checked::default();
    let mut after = 0_i64;
    loop {
        progress.tell(Step::Reading(checked.n, total.unsigned_abs()));
        let mut statement = reader.connection.prepare_cached(TEXTS).map_err(failed())?;
        let limits = named_params! { ":after": after, ":limit": ROWS_PER_TELL.cast_signed() };
        let mut rows = statement.query(limits).map_err(failed())?;
        let n_before = checked.n;
        while let Some(row) = rows.next().map_err(failed())? {
            checked.n += 1;
            after = row.get(13).map_err(failed())?;
            let problem = text_problem(&reader.connection, row).map_err(failed())?;
            checked.problems.extend(problem.filter(|_| checked.problems.len() < PROBLEMS_MAX));
        }
        if checked.n == n_before {
            return Ok(checked);
        }
    }
}

fn text_problem(
    connection: &Connection,
    row: &rusqlite::Row<'_>,
) -> rusqlite::Result<Option<String>> {
    let mut content = articles::read_content(row)?;
    let (codec, data, id): (i64, Vec<u8>, i64) = (row.get(11)?, row.get(12)?, row.get(13)?);
    let stored: Short = row.get(14)?;
    let name = || -> rusqlite::Result<String> {
        Ok(format!("{}@{}", row.get::<_, String>(15)?, row.get::<_, i64>(16)?))
    };
    let Ok(text) = text::unpack(connection, id, codec, &data) else {
        return Ok(Some(format!("the text of {} cannot be unpacked", name()?)));
    };
    content.text = text;
    if fingerprint::content(&content) != stored {
        return Ok(Some(format!("{} is not what was stored: its hash differs", name()?)));
    }
    Ok(None)
}

const FOLLOWED: &str = "
    SELECT id
    FROM article
    WHERE seq <= :watermark AND merged_into IS NULL
    ORDER BY id";

/// The articles that a projection with this watermark must have, in order.
pub fn articles_until(reader: &Reader, watermark: i64) -> Result<Vec<ArticleRow>, Error> {
    let failed = || Error::sqlite("list the articles");
    let mut statement = reader.connection.prepare_cached(FOLLOWED).map_err(failed())?;
    statement
        .query_map(named_params! { ":watermark": watermark }, |row| row.get(0).map(ArticleRow))
        .and_then(Iterator::collect)
        .map_err(failed())
}

const EXISTS: &str = "SELECT 1 FROM article WHERE id = :article AND merged_into IS NULL";

/// Whether there is such an article.
pub fn has_article(reader: &Reader, article: ArticleRow) -> Result<bool, Error> {
    let mut statement =
        reader.connection.prepare_cached(EXISTS).map_err(Error::sqlite("look up an article"))?;
    statement
        .exists(named_params! { ":article": article.0 })
        .map_err(Error::sqlite("look up an article"))
}
