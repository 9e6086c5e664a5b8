-- The coverage ledger: what is known of a feed from when until when. The last row of a feed grows
-- in place while its state stays the same, so that the table stays as short as the news is good.
CREATE TABLE stretch (
    id          INTEGER PRIMARY KEY,
    feed_id     INTEGER NOT NULL REFERENCES feed (id),
    from_at     INTEGER NOT NULL,
    to_at       INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    repaired_by TEXT
) STRICT;
CREATE INDEX stretch_by_feed ON stretch (feed_id);
CREATE INDEX stretch_gap ON stretch (feed_id, to_at) WHERE state IN ('suspected', 'repaired');

-- The newest entries of a feed's last window, as a JSON array of [article, time], by which the next
-- one is judged; and when the oldest of them all appeared.
CREATE TABLE edge (
    feed_id   INTEGER PRIMARY KEY REFERENCES feed (id),
    marks     TEXT    NOT NULL,
    oldest_at INTEGER
) STRICT;

-- Entries of the window before that were still listed.
ALTER TABLE fetch ADD COLUMN n_overlap INTEGER;

CREATE VIEW coverage AS
SELECT f.name                                                AS feed,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.from_at, 'unixepoch') AS "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', s.to_at, 'unixepoch')   AS "to",
       s.state,
       s.repaired_by,
       s.from_at,
       s.to_at
FROM stretch AS s
JOIN feed AS f ON f.id = s.feed_id;

DROP VIEW fetches;
CREATE VIEW fetches AS
SELECT x.id,
       f.name                                              AS feed,
       strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch')    AS at,
       x.outcome,
       x.status,
       coalesce(x.final_url, f.url)                        AS url,
       x.failure,
       x.reason,
       x.size_bytes,
       x.duration_ms,
       x.n_entries                                         AS entries,
       x.n_new                                             AS new,
       x.n_revised                                         AS revised,
       x.warnings,
       x.n_overlap                                         AS overlap
FROM fetch AS x
JOIN feed AS f ON f.id = x.feed_id;
