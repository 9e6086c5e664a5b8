//! Outlets that their owner calls otherwise.

use std::collections::HashMap;

use rusqlite::named_params;

use crate::model::feed::Feed;
use crate::store::{Error, Tx};

/// The outlets that `feeds` call otherwise than `before` did, which has the outlet of each feed by its
/// name: the old name of each and the new one. One that other feeds still have is not renamed, nor is
/// one whose feeds went to several or to an outlet that was there already: that could not be undone.
pub(super) fn renamed<'f>(
    before: &[(&str, &'f str)],
    feeds: &'f [Feed],
) -> Vec<(&'f str, &'f str)> {
    let outlet_of = |feed: &'f Feed| Some((feed.name.as_str(), feed.outlet.as_deref()?));
    let now: HashMap<&str, &str> = feeds.iter().filter_map(outlet_of).collect();
    let is_kept = |outlet: &str| now.values().any(|now| *now == outlet);
    let is_old = |outlet: &str| before.iter().any(|(_, old)| *old == outlet);
    let mut found: Vec<(&str, &str)> = Vec::new();
    for (name, old) in before {
        let moved = now.get(name).map(|new| (*old, *new));
        found.extend(moved.filter(|pair| !found.contains(pair)));
    }
    let is_one = |(old, _): &&(&str, &str)| found.iter().filter(|(of, _)| of == old).count() == 1;
    let is_renamed = |(old, new): &&(&str, &str)| !is_kept(old) && !is_old(new);
    found.iter().filter(is_renamed).filter(is_one).copied().collect()
}

const RENAME: &str = "
    UPDATE article
    SET outlet = :new, seq = n.seq
    FROM (SELECT id, (SELECT max(seq) FROM article) + row_number() OVER (ORDER BY id) AS seq
          FROM article
          WHERE outlet = :old) AS n
    WHERE n.id = article.id";

const RENAME_RECURRING: &str = "UPDATE OR REPLACE recurring SET outlet = :new WHERE outlet = :old";

/// Gives all articles of `old` to `new`.
pub(super) fn rename(tx: &Tx<'_>, old: &str, new: &str) -> Result<(), Error> {
    for sql in [RENAME, RENAME_RECURRING] {
        let names = named_params! { ":old": old, ":new": new };
        tx.connection.execute(sql, names).map_err(Error::sqlite("rename an outlet"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &[(&str, &str)], now: &[(&str, &str)], expected: &[(&str, &str)]) {
        let feed = |(name, outlet): &(&str, &str)| Feed {
            outlet: Some((*outlet).to_owned()).filter(|outlet| !outlet.is_empty()),
            ..Feed::new(*name, "https://dijkbode.example/rss")
        };
        let feeds: Vec<Feed> = now.iter().map(feed).collect();
        assert_eq!(renamed(before, &feeds), expected);
    }

    #[test]
    fn an_outlet_is_renamed_where_all_its_feeds_say_so() {
        let before = [("a", "AD"), ("b", "AD"), ("c", "NRC")];
        let renamed = [("AD", "Algemeen Dagblad")];
        check(&before, &[("a", renamed[0].1), ("b", renamed[0].1), ("c", "NRC")], &renamed);
        // One of them was taken out.
        check(&before, &[("a", renamed[0].1), ("c", "NRC")], &renamed);
        check(&before, &[("a", renamed[0].1), ("b", "AD"), ("c", "NRC")], &[]);
        check(&before, &[("a", "AD Stad"), ("b", "AD Land"), ("c", "NRC")], &[]);
        check(&before, &[("a", "NRC"), ("b", "NRC"), ("c", "NRC")], &[]);
        check(&before, &[("a", ""), ("b", ""), ("c", "NRC")], &[]);
        check(&before, &before, &[]);
    }
}
