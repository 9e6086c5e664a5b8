//! `knipsel cite`.

use serde_json::Value;

use crate::cli::args::{CiteArgs, CiteStyle, Global};
use crate::cli::failure::{Exit, Failure};
use crate::cli::{named, out, setup};
use crate::corpus;
use crate::export::cite;
use crate::export::row::Row;
use crate::service::clock;
use crate::store::library::article;
use crate::store::{self, Reader};

pub(super) fn cite(global: &Global, args: &CiteArgs) -> Result<Exit, Failure> {
    let reader = setup::reader(global)?;
    let rows: Vec<Row> = args.ids.iter().map(|id| row(&reader, id)).collect::<Result<_, _>>()?;
    let text = match args.style {
        CiteStyle::Bibtex => rows.iter().map(cite::bibtex).collect::<Vec<_>>().join("\n"),
        CiteStyle::Ris => rows.iter().map(cite::ris).collect(),
        CiteStyle::Csl => {
            let items: Vec<Value> = rows.iter().map(cite::csl).collect();
            format!("{}\n", out::json_pretty(&Value::Array(items)))
        }
    };
    out::document(out::clean_marks(&text).as_bytes())?;
    Ok(Exit::Done)
}

fn row(reader: &Reader, id: &str) -> Result<Row, Failure> {
    let (id, number) = match id.split_once('@') {
        Some((id, number)) => (id, Some(named::number(number)?)),
        None => (id, None),
    };
    let row = named::article(reader, id)?;
    let article = match number {
        Some(number) => named::revision(reader, row, id, number)?,
        None => article(reader, row)?
            .ok_or_else(|| Failure::new(Exit::NotFound, format!("there is no article `{id}`")))?,
    };
    Ok(corpus::row(reader, article, &store::corpus::current(reader, clock::now())?)?)
}
