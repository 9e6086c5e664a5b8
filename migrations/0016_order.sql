-- In which order a feed lists its articles: a row for each document that lists others or in another
-- order. entries holds rows of articles when is_whole is 1, else what changed since the row before.
CREATE TABLE feed_order (
    feed_id  INTEGER NOT NULL REFERENCES feed (id),
    at       INTEGER NOT NULL,
    is_whole INTEGER NOT NULL,
    entries  BLOB    NOT NULL,
    PRIMARY KEY (feed_id, at)
) STRICT, WITHOUT ROWID;

-- The last of these orders as a whole, and since when.
ALTER TABLE edge ADD COLUMN listed BLOB;
ALTER TABLE edge ADD COLUMN listed_at INTEGER;

-- Counted from 1; null where it was not seen in a document that was read whole.
ALTER TABLE sighting ADD COLUMN first_position INTEGER;
ALTER TABLE sighting ADD COLUMN best_position INTEGER;

DROP VIEW sightings;
CREATE VIEW sightings AS
SELECT a.public_id                                                AS id,
       f.name                                                     AS feed,
       s.guid,
       s.link,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.first_seen_at, 'unixepoch') AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(s.left_at, p.last_success_at), 'unixepoch')
                                                                  AS last_seen,
       s.left_at IS NULL                                          AS listed,
       s.first_position,
       s.best_position
FROM sighting AS s
JOIN article AS a ON a.id = s.article_id
JOIN feed AS f ON f.id = s.feed_id
LEFT JOIN poll_state AS p ON p.feed_id = s.feed_id;
