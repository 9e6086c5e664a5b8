//! `knipsel sql`.

use serde_json::{Value, json};

use crate::cli::args::{Global, SqlArgs};
use crate::cli::failure::{Exit, Failure};
use crate::cli::out::{self, Format, Record, Records};
use crate::cli::setup;
use crate::model::units::Span;
use crate::store::sql::{self, Cell};

/// Rows that a table on a terminal is worth.
const TABLE_ROWS_MAX: usize = 1000;

pub(super) fn sql(global: &Global, args: &SqlArgs) -> Result<Exit, Failure> {
    let timeout = Span::parse(&args.timeout).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{}` is not a duration such as `30s`", args.timeout))
    })?;
    let mut reader = setup::reader(global)?;
    let limit = if args.format == Format::Table { TABLE_ROWS_MAX } else { usize::MAX };
    let mut names: Vec<String> = Vec::new();
    let mut records = Records::new(args.format);
    let mut n_rows = 0;
    let mut written = Ok(());
    let columns = sql::query(&mut reader, &args.statement, timeout.0, |columns, cells| {
        if n_rows == 0 {
            names = distinct(columns);
        }
        let record: Record = names.iter().cloned().zip(cells.into_iter().map(value)).collect();
        written = records.push(record);
        n_rows += 1;
        written.is_ok() && n_rows < limit
    })?;
    written?;
    records.name_columns(&distinct(&columns));
    records.finish()?;
    if n_rows == limit {
        out::note(&format!("only the first {limit} rows are shown; `--format jsonl` writes all"));
    }
    if n_rows == 0 {
        out::note("0 rows");
    }
    Ok(if n_rows == 0 { Exit::NothingFound } else { Exit::Done })
}

/// Names of columns in which none is twice: the second `id` is `id_2`.
pub(super) fn distinct(columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = column.clone();
        let mut n = 2;
        while names.contains(&name) {
            name = format!("{column}_{n}");
            n += 1;
        }
        names.push(name);
    }
    names
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => json!(number),
        Cell::Real(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Blob(hex) => json!(hex),
    }
}
