//! A feed that takes over the history of another.

use rusqlite::named_params;

use crate::dedupe::identity;
use crate::model::article::KeyKind;
use crate::model::entry::Entry;
use crate::model::feed::Feed;
use crate::normalize::url::{canonical, is_home_page};
use crate::store::{ArticleRow, Error, FeedId, Tx, articles};

const RENAME: &str = "UPDATE feed SET name = :name, url = :url WHERE id = :feed";

/// What was learned of another server: validators, failures, where it said it had moved.
const FORGET: &str = "
    UPDATE poll_state
    SET etag = NULL, last_modified = NULL, body_hash = NULL, body_check = NULL, last_full_at = NULL,
        last_304_at = NULL, validators_lie = 0, n_failures = 0, failing_since = NULL, n_gone = 0,
        gone_since = NULL, moved_to = NULL, n_moved = 0, moved_since = NULL, moved_seen_at = NULL,
        next_poll_at = NULL, next_reason = 'it has another address'
    WHERE feed_id = :feed";

const FORGET_ALL: &str = "DELETE FROM poll_state WHERE feed_id = :feed";

/// What was learned where the feed has moved to holds.
const SETTLE: &str = "
    UPDATE poll_state
    SET moved_to = NULL, n_moved = 0, moved_since = NULL, moved_seen_at = NULL
    WHERE feed_id = :feed";

/// Hubs push an address, and it is another one now.
const UNSUBSCRIBE: &str = "DELETE FROM subscription WHERE feed_id = :feed";

/// How a feed came to another address under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    /// It was being read there, because its publisher had moved it.
    Followed,
    /// Its owner says where it is now; what it listed meanwhile and was not seen is a gap.
    Corrected,
    /// Another feed was there: it is that document from now on, and joins nothing.
    OfAnother,
}

/// Keeps of the state of `feed` what holds at its new address.
pub(super) fn readdress(tx: &Tx<'_>, feed: FeedId, address: Address) -> Result<(), Error> {
    let changes: &[&str] = match address {
        Address::Followed => &[SETTLE],
        Address::Corrected => &[FORGET, UNSUBSCRIBE],
        Address::OfAnother => &[FORGET_ALL, UNSUBSCRIBE],
    };
    for sql in changes {
        let done = tx.connection.execute(sql, named_params! { ":feed": feed.0 });
        done.map_err(Error::sqlite("change the address of a feed"))?;
    }
    Ok(())
}

/// Makes the feed in the row `former` the feed `new`, which has no row: sightings, coverage,
/// revisions and fetches are its own from now on.
pub(super) fn rename(tx: &Tx<'_>, former: FeedId, new: &Feed) -> Result<(), Error> {
    let failed = || Error::sqlite("take over the history of a feed");
    rekey(tx, former, new)?;
    tx.connection
        .execute(RENAME, named_params! { ":name": new.name, ":url": new.url, ":feed": former.0 })
        .map_err(failed())?;
    for sql in [FORGET, UNSUBSCRIBE] {
        tx.connection.execute(sql, named_params! { ":feed": former.0 }).map_err(failed())?;
    }
    touch_all(tx, former)
}

const SEEN_BY_BOTH: &str = "
    UPDATE sighting
    SET first_seen_at = min(sighting.first_seen_at, f.first_seen_at),
        appeared_at = min(sighting.appeared_at, f.appeared_at),
        first_position = coalesce(f.first_position, sighting.first_position)
    FROM sighting AS f
    WHERE sighting.feed_id = :feed
        AND f.feed_id = :former
        AND f.article_id = sighting.article_id
        AND f.first_seen_at < sighting.first_seen_at";

const FORGET_DOUBLE: &str = "
    DELETE FROM sighting
    WHERE feed_id = :former
        AND article_id IN (SELECT article_id FROM sighting WHERE feed_id = :feed)";

const MOVE: &str = "UPDATE sighting SET feed_id = :feed WHERE feed_id = :former";

/// Gives what the feed in the row `former` listed to the feed `new` in the row `feed`, which has a
/// history of its own. The ledger and the fetches of both stay apart: they are of other documents.
pub(super) fn merge(tx: &Tx<'_>, former: FeedId, feed: FeedId, new: &Feed) -> Result<(), Error> {
    let failed = || Error::sqlite("take over the history of a feed");
    rekey(tx, former, new)?;
    touch_all(tx, former)?;
    for sql in [SEEN_BY_BOTH, FORGET_DOUBLE, MOVE] {
        let values = named_params! { ":feed": feed.0, ":former": former.0 };
        tx.connection.execute(sql, values).map_err(failed())?;
    }
    Ok(())
}

const LISTED: &str = "
    SELECT article_id, guid, link
    FROM sighting INDEXED BY sighting_listed
    WHERE feed_id = :feed AND left_at IS NULL";

/// What the feed still lists is known from now on by what `new` will call it: a GUID is unique within
/// an outlet or a feed, and that may be another one.
pub(super) fn rekey(tx: &Tx<'_>, former: FeedId, new: &Feed) -> Result<(), Error> {
    let failed = || Error::sqlite("read what a feed lists");
    let mut statement = tx.connection.prepare_cached(LISTED).map_err(failed())?;
    let listed: Vec<(ArticleRow, Entry)> = statement
        .query_map(named_params! { ":feed": former.0 }, |row| {
            let link: Option<String> = row.get(2)?;
            let url = link.as_deref().and_then(canonical).filter(|url| !is_home_page(url));
            let entry = Entry { guid: row.get(1)?, canonical_url: url, link, ..Entry::default() };
            Ok((ArticleRow(row.get(0)?), entry))
        })
        .and_then(Iterator::collect)
        .map_err(failed())?;
    let (rows, entries): (Vec<ArticleRow>, Vec<Entry>) = listed.into_iter().unzip();
    for (article, mut keys) in rows.into_iter().zip(identity::keys(new, &entries)) {
        keys.retain(|key| key.kind() != KeyKind::Text);
        articles::keys::add(tx, article, &keys)?;
    }
    Ok(())
}

const EVER_LISTED: &str = "SELECT article_id FROM sighting WHERE feed_id = :feed";

/// The index knows in which feeds an article was, by name.
fn touch_all(tx: &Tx<'_>, feed: FeedId) -> Result<(), Error> {
    let failed = || Error::sqlite("read what a feed listed");
    let mut statement = tx.connection.prepare_cached(EVER_LISTED).map_err(failed())?;
    let ever: Vec<ArticleRow> = statement
        .query_map(named_params! { ":feed": feed.0 }, |row| row.get(0).map(ArticleRow))
        .and_then(Iterator::collect)
        .map_err(failed())?;
    ever.into_iter().try_for_each(|article| articles::touch(tx, article))
}
