//! Questions in SQL over the public views.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::ErrorCode;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

use crate::store::{Error, Reader, reader, text};

/// A value in a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes, in hexadecimal.
    Blob(String),
}

/// The texts of all revisions: not in the file as a view, because other programs cannot unpack them.
const TEXTS: &str = "
    CREATE TEMP VIEW texts AS
    SELECT a.public_id AS id, r.number AS revision, unpack(b.revision_id, b.codec, b.data) AS text,
           a.revision_id = r.id AS current
    FROM main.body AS b
    JOIN main.revision AS r ON r.id = b.revision_id
    JOIN main.article AS a ON a.id = r.article_id";

/// Instructions of SQLite's machine between two looks at the clock.
const STEPS: std::os::raw::c_int = 100_000;

/// Runs one read-only statement; `each` is given the names of the columns and every row, until it
/// answers `false`. Stops after `limit`, so that a careless question ends. Returns the names of the
/// columns.
///
/// # Errors
/// What SQLite says of the statement; one that would write is refused.
pub fn query(
    reader: &mut Reader,
    statement: &str,
    limit: Duration,
    mut each: impl FnMut(&[String], Vec<Cell>) -> bool,
) -> Result<Vec<String>, Error> {
    let connection = &mut reader.connection;
    let preparing = || Error::sqlite("prepare for SQL");
    // For the texts on which others build: the connection that asks is busy with the question.
    let path = connection.path().map(PathBuf::from).unwrap_or_default();
    let texts = reader::connect(&path).map_err(preparing())?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection
        .create_scalar_function("unpack", 3, flags, move |context| {
            let damaged = |e: Error| rusqlite::Error::UserFunctionError(Box::new(e));
            let data: Vec<u8> = context.get(2)?;
            text::unpack(&texts, context.get(0)?, context.get(1)?, &data).map_err(damaged)
        })
        .map_err(preparing())?;
    connection
        .execute_batch(&format!("PRAGMA query_only = OFF; {TEXTS}; PRAGMA query_only = ON;"))
        .map_err(preparing())?;
    let end = tokio::time::Instant::now() + limit;
    connection
        .progress_handler(STEPS, Some(move || tokio::time::Instant::now() > end))
        .map_err(preparing())?;
    let mut statement = connection.prepare(statement).map_err(not_understood)?;
    // A read-only connection would still carry out `VACUUM INTO`, which writes a file.
    if !statement.readonly() {
        return Err(Error::WritingSql);
    }
    let names: Vec<String> = statement.column_names().map(ToOwned::to_owned).collect();
    let mut rows = statement.query([]).map_err(not_understood)?;
    while let Some(row) = rows.next().map_err(not_understood)? {
        let cells = (0..names.len()).map(|index| row.get_ref(index).map(cell));
        if !each(&names, cells.collect::<Result<_, _>>().map_err(not_understood)?) {
            break;
        }
    }
    Ok(names)
}

fn not_understood(error: rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqlInputError { msg: message, sql, offset, .. } => {
            // SQLite counts bytes, and says -1 where it means no place in particular.
            let start = usize::try_from(offset).ok().and_then(|offset| sql.get(..offset));
            Error::BadSql { message, at: start.map(|start| start.chars().count() + 1) }
        }
        rusqlite::Error::SqliteFailure(code, message) if code.code == ErrorCode::Unknown => {
            // What SQLite calls an error of the SQL: a table that is not there, an overflow.
            Error::BadSql { message: message.unwrap_or_else(|| code.to_string()), at: None }
        }
        rusqlite::Error::SqliteFailure(code, _) if code.code == ErrorCode::OperationInterrupted => {
            Error::SlowSql
        }
        rusqlite::Error::Empty => {
            Error::BadSql { message: "there is no statement".to_owned(), at: None }
        }
        rusqlite::Error::MultipleStatement => {
            Error::BadSql { message: "there is more than one statement".to_owned(), at: None }
        }
        source => Error::Sqlite { action: "run the SQL", source },
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Blob(data_encoding::HEXLOWER.encode(bytes)),
    }
}
