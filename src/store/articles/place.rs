//! Where articles stand in time.

use rusqlite::{Row, named_params};

use crate::model::article::Source;
use crate::model::time::{Precision, StatedDate, Timestamp};
use crate::store::{ArticleRow, Error, Tx};

/// Where an article stands in time: its stated date, unless that lies ahead. Of a day, month or year
/// it is the beginning, but when it was seen within it: who gives the minute was not second to who
/// gives the day.
pub(super) fn sort_at(
    published: Option<StatedDate>,
    first_seen_at: Timestamp,
    source: Source,
) -> Timestamp {
    // When a file was imported says nothing.
    let is_within = |date: StatedDate| {
        source != Source::Import && (date.at..date.ends_at()).contains(&first_seen_at)
    };
    published
        .filter(|date| !date.is_after(first_seen_at) && !is_within(*date))
        .map_or(first_seen_at, |date| date.at)
}

const STATED: &str = "
    SELECT a.first_seen_at, a.sort_at, r.source, r.published_at, r.published_precision
    FROM article AS a
    JOIN revision AS r ON r.id = a.revision_id
    WHERE a.id = :article";

const KEEP_PLACE: &str = "
    UPDATE revision
    SET sort_at = :stood_at
    WHERE article_id = :article AND sort_at IS NULL
        AND id <> (SELECT revision_id FROM article WHERE id = :article)";

const SET_PLACE: &str = "UPDATE article SET sort_at = :sort_at WHERE id = :article";

/// Puts an article where the date of its current revision says, when it has one; the revisions before
/// keep where it stood with them.
pub(in crate::store) fn follow(tx: &Tx<'_>, article: ArticleRow) -> Result<(), Error> {
    let failed = || Error::sqlite("put an article in its place");
    let read = |row: &Row<'_>| {
        let (source, at): (String, Option<i64>) = (row.get(2)?, row.get(3)?);
        let precision: Option<String> = row.get(4)?;
        let published =
            at.zip(precision.as_deref().and_then(Precision::from_word)).map(|(at, precision)| {
                StatedDate { at: Timestamp::from_seconds(at), precision, is_zone_assumed: false }
            });
        let first_seen_at = Timestamp::from_seconds(row.get(0)?);
        let source = Source::from_word(&source).unwrap_or(Source::Feed);
        let sort_at = published.map(|_| sort_at(published, first_seen_at, source).seconds());
        Ok((sort_at, row.get::<_, i64>(1)?))
    };
    let (sort_at, stood_at) = tx
        .connection
        .prepare_cached(STATED)
        .and_then(|mut statement| {
            statement.query_row(named_params! { ":article": article.0 }, read)
        })
        .map_err(failed())?;
    let Some(sort_at) = sort_at.filter(|sort_at| *sort_at != stood_at) else { return Ok(()) };
    let mut keep = tx.connection.prepare_cached(KEEP_PLACE).map_err(failed())?;
    keep.execute(named_params! { ":article": article.0, ":stood_at": stood_at })
        .map_err(failed())?;
    let mut set = tx.connection.prepare_cached(SET_PLACE).map_err(failed())?;
    set.execute(named_params! { ":article": article.0, ":sort_at": sort_at }).map_err(failed())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_stands_where_its_date_says_as_far_as_it_says() {
        let noon = Timestamp::from_seconds(1_644_836_400);
        let check = |at: i64, precision, expected: i64| {
            let at = Timestamp::from_seconds(noon.seconds() + at);
            let date = StatedDate { at, precision, is_zone_assumed: false };
            assert_eq!(
                sort_at(Some(date), noon, Source::Feed).seconds() - noon.seconds(),
                expected
            );
        };
        check(-600, Precision::Second, -600);
        check(600, Precision::Second, 600);
        check(90_000, Precision::Second, 0);
        check(-43_200, Precision::Day, 0);
        check(-129_600, Precision::Day, -129_600);
        check(-13 * 86_400 - 43_200, Precision::Month, 0);
        let at = Timestamp::from_seconds(noon.seconds() - 43_200);
        let day = StatedDate { at, precision: Precision::Day, is_zone_assumed: false };
        assert_eq!(sort_at(Some(day), noon, Source::Import), at);
        assert_eq!(sort_at(None, noon, Source::Feed), noon);
    }
}
