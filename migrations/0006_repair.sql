-- What is to be done about a suspected gap: the entries on both sides of it by which other sources
-- are checked, as JSON arrays of [article, time], and when it is looked up (again); null for never.
CREATE TABLE repair (
    stretch_id INTEGER PRIMARY KEY REFERENCES stretch (id),
    feed_id    INTEGER NOT NULL REFERENCES feed (id),
    before     TEXT    NOT NULL,
    after      TEXT    NOT NULL,
    n_tries    INTEGER NOT NULL DEFAULT 0,
    tried_at   INTEGER,
    next_at    INTEGER,
    result     TEXT
) STRICT;
CREATE INDEX repair_due ON repair (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX repair_by_feed ON repair (feed_id);

-- A gap of the last two days may still stand in a news sitemap; without entries to check it by it
-- stays suspected, but what is found is archived.
INSERT INTO repair (stretch_id, feed_id, before, after, next_at)
SELECT id, feed_id, '[]', '[]', CASE WHEN to_at >= unixepoch() - 172800 THEN 0 END
FROM stretch
WHERE state = 'suspected';

-- An article that no poll saw, and where it was found.
CREATE TABLE finding (
    article_id INTEGER PRIMARY KEY REFERENCES article (id),
    feed_id    INTEGER NOT NULL REFERENCES feed (id),
    source     TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

-- How far a backfill came: it reads this document next.
CREATE TABLE backfill (
    feed_id  INTEGER PRIMARY KEY REFERENCES feed (id),
    since_at INTEGER NOT NULL,
    url      TEXT    NOT NULL
) STRICT;

-- Where a feed says its older entries are (RFC 5005).
ALTER TABLE edge ADD COLUMN older_url TEXT;

CREATE VIEW repairs AS
SELECT f.name                                                 AS feed,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.from_at, 'unixepoch')  AS "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', s.to_at, 'unixepoch')    AS "to",
       s.state,
       r.n_tries                                              AS tries,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.tried_at, 'unixepoch') AS last_try,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.next_at, 'unixepoch')  AS next_try,
       r.result
FROM repair AS r
JOIN stretch AS s ON s.id = r.stretch_id
JOIN feed AS f ON f.id = r.feed_id;

CREATE VIEW findings AS
SELECT a.public_id                                       AS id,
       f.name                                            AS feed,
       x.source,
       x.url,
       strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch') AS found
FROM finding AS x
JOIN article AS a ON a.id = x.article_id
JOIN feed AS f ON f.id = x.feed_id;
