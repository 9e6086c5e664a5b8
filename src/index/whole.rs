//! A name as a whole: `outlet:=AD` is not *Ad Valvas*.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query as Plan, RangeQuery};
use tantivy::schema::Field;
use tantivy::{Searcher, TantivyError, Term};

use crate::index::Error;
use crate::language;

/// The documents with a value of `field`, which has a column, that is `name` from its first word to
/// its last, but for case and accents. Takes as long as there are different values.
pub(super) fn named(searcher: &Searcher, field: Field, name: &str) -> Result<Box<dyn Plan>, Error> {
    let values = values(searcher, field, name).map_err(Error::when("search"))?;
    let any = values.into_iter().map(|value| {
        let bound = Bound::Included(Term::from_field_text(field, &value));
        let plan = RangeQuery::new(bound.clone(), bound);
        (Occur::Should, Box::new(plan) as Box<dyn Plan>)
    });
    Ok(Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::new(any.collect())), 0.0)))
}

fn values(searcher: &Searcher, field: Field, name: &str) -> Result<BTreeSet<String>, TantivyError> {
    let column = searcher.schema().get_field_name(field);
    let words = language::folded(name);
    let mut values = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let Some(column) = segment.fast_fields().str(column)? else { continue };
        let mut known = column.dictionary().stream()?;
        while known.advance() {
            if let Ok(value) = std::str::from_utf8(known.key())
                && language::folded(value) == words
            {
                values.insert(value.to_owned());
            }
        }
    }
    Ok(values)
}
