-- Times are whole seconds since 1970-01-01T00:00:00Z. Lists are JSON arrays.
-- Tables are private; the views at the end are the public schema (docs/schema.md).

-- The feed list as the daemon last read it, so that the archive explains itself without it.
CREATE TABLE feed (
    id        INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL UNIQUE,
    url       TEXT    NOT NULL,
    outlet    TEXT,
    section   TEXT,
    tags      TEXT    NOT NULL,
    language  TEXT,
    country   TEXT,
    title     TEXT,
    is_listed INTEGER NOT NULL,
    is_paused INTEGER NOT NULL,
    added_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE poll_state (
    feed_id         INTEGER PRIMARY KEY REFERENCES feed (id),
    etag            TEXT,
    last_modified   TEXT,
    body_hash       BLOB,
    next_poll_at    INTEGER,
    next_reason     TEXT,
    interval_s      INTEGER NOT NULL DEFAULT 0,
    boost           REAL    NOT NULL DEFAULT 1.0,
    n_failures      INTEGER NOT NULL DEFAULT 0,
    failing_since   INTEGER,
    last_poll_at    INTEGER,
    last_outcome    TEXT,
    last_error      TEXT,
    last_success_at INTEGER,
    last_full_at    INTEGER,
    last_new_at     INTEGER
) STRICT;

CREATE TABLE fetch (
    id          INTEGER PRIMARY KEY,
    feed_id     INTEGER NOT NULL REFERENCES feed (id),
    at          INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    status      INTEGER,
    final_url   TEXT,
    failure     TEXT,
    reason      TEXT,
    size_bytes  INTEGER,
    duration_ms INTEGER,
    n_entries   INTEGER,
    n_new       INTEGER,
    n_revised   INTEGER,
    warnings    TEXT
) STRICT;
CREATE INDEX fetch_by_feed ON fetch (feed_id, at);

-- seq grows whenever anything about an article changes; the search index follows it.
CREATE TABLE article (
    id            INTEGER PRIMARY KEY,
    public_id     TEXT    NOT NULL UNIQUE,
    seq           INTEGER NOT NULL UNIQUE,
    outlet        TEXT,
    url           TEXT,
    first_seen_at INTEGER NOT NULL,
    sort_at       INTEGER NOT NULL,
    revision_id   INTEGER NOT NULL
) STRICT;

CREATE TABLE identity_key (
    key        TEXT    PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES article (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_key_by_article ON identity_key (article_id);

CREATE TABLE revision (
    id                  INTEGER PRIMARY KEY,
    article_id          INTEGER NOT NULL REFERENCES article (id),
    number              INTEGER NOT NULL,
    seen_at             INTEGER NOT NULL,
    source              TEXT    NOT NULL,
    feed_id             INTEGER REFERENCES feed (id),
    title               TEXT    NOT NULL,
    authors             TEXT,
    section             TEXT,
    tags                TEXT,
    language            TEXT,
    published_at        INTEGER,
    published_precision TEXT,
    is_zone_assumed     INTEGER NOT NULL DEFAULT 0,
    modified_at         INTEGER,
    modified_precision  TEXT,
    enclosures          TEXT,
    n_words             INTEGER NOT NULL,
    changed             TEXT,
    fingerprint         BLOB    NOT NULL,
    UNIQUE (article_id, number)
) STRICT;

-- codec 0 is UTF-8 as it stands, 1 is zstd.
CREATE TABLE body (
    revision_id INTEGER PRIMARY KEY REFERENCES revision (id),
    codec       INTEGER NOT NULL,
    data        BLOB    NOT NULL
) STRICT;

-- left_at is null while the feed lists the entry. appeared_at is first_seen_at, or the stated date
-- for what a feed listed when it was polled for the first time.
CREATE TABLE sighting (
    feed_id       INTEGER NOT NULL REFERENCES feed (id),
    article_id    INTEGER NOT NULL REFERENCES article (id),
    guid          TEXT,
    link          TEXT,
    first_seen_at INTEGER NOT NULL,
    appeared_at   INTEGER NOT NULL,
    left_at       INTEGER,
    entry_hash    BLOB    NOT NULL,
    fingerprint   BLOB    NOT NULL,
    PRIMARY KEY (feed_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_by_article ON sighting (article_id);
CREATE INDEX sighting_listed ON sighting (feed_id) WHERE left_at IS NULL;

CREATE VIEW feeds AS
SELECT f.name,
       f.url,
       f.title,
       f.outlet,
       f.section,
       f.tags,
       f.language,
       f.country,
       f.is_listed                                                  AS listed,
       f.is_paused                                                  AS paused,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.added_at, 'unixepoch')        AS added,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.last_poll_at, 'unixepoch')    AS last_poll,
       p.last_outcome,
       p.last_error,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.last_success_at, 'unixepoch') AS last_success,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.last_new_at, 'unixepoch')     AS last_new,
       p.n_failures                                                 AS failures,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.failing_since, 'unixepoch')   AS failing_since,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.next_poll_at, 'unixepoch')    AS next_poll,
       p.next_reason,
       f.id                                                         AS feed_rowid
FROM feed AS f
LEFT JOIN poll_state AS p ON p.feed_id = f.id;

-- A date less precise than a second is stored as midnight in Europe/Amsterdam; two hours later it
-- is the same day in UTC.
CREATE VIEW revisions AS
SELECT a.public_id                                             AS id,
       r.number                                                AS revision,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.seen_at, 'unixepoch')  AS seen,
       r.source,
       f.name                                                  AS feed,
       r.title,
       r.authors,
       r.section,
       r.tags,
       r.language,
       CASE r.published_precision
           WHEN 'second' THEN strftime('%Y-%m-%dT%H:%M:%SZ', r.published_at, 'unixepoch')
           WHEN 'day' THEN strftime('%Y-%m-%d', r.published_at + 7200, 'unixepoch')
           WHEN 'month' THEN strftime('%Y-%m', r.published_at + 7200, 'unixepoch')
           WHEN 'year' THEN strftime('%Y', r.published_at + 7200, 'unixepoch')
       END                                                     AS published,
       r.published_precision,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.modified_at, 'unixepoch') AS modified,
       r.n_words                                               AS words,
       r.changed,
       r.seen_at,
       r.published_at,
       r.id                                                    AS revision_rowid
FROM revision AS r
JOIN article AS a ON a.id = r.article_id
LEFT JOIN feed AS f ON f.id = r.feed_id;

CREATE VIEW articles AS
SELECT a.public_id                                                  AS id,
       a.url,
       r.title,
       a.outlet,
       r.section,
       r.authors,
       r.tags,
       r.language,
       CASE r.published_precision
           WHEN 'second' THEN strftime('%Y-%m-%dT%H:%M:%SZ', r.published_at, 'unixepoch')
           WHEN 'day' THEN strftime('%Y-%m-%d', r.published_at + 7200, 'unixepoch')
           WHEN 'month' THEN strftime('%Y-%m', r.published_at + 7200, 'unixepoch')
           WHEN 'year' THEN strftime('%Y', r.published_at + 7200, 'unixepoch')
       END                                                          AS published,
       r.published_precision,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.modified_at, 'unixepoch')     AS modified,
       strftime('%Y-%m-%dT%H:%M:%SZ', a.first_seen_at, 'unixepoch')   AS first_seen,
       r.number                                                     AS revision,
       r.n_words                                                    AS words,
       r.source,
       r.published_at,
       a.first_seen_at,
       a.id                                                         AS article_rowid,
       a.revision_id                                                AS revision_rowid
FROM article AS a
JOIN revision AS r ON r.id = a.revision_id;

CREATE VIEW sightings AS
SELECT a.public_id                                                AS id,
       f.name                                                     AS feed,
       s.guid,
       s.link,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.first_seen_at, 'unixepoch') AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(s.left_at, p.last_success_at), 'unixepoch')
                                                                  AS last_seen,
       s.left_at IS NULL                                          AS listed
FROM sighting AS s
JOIN article AS a ON a.id = s.article_id
JOIN feed AS f ON f.id = s.feed_id
LEFT JOIN poll_state AS p ON p.feed_id = s.feed_id;

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
       x.warnings
FROM fetch AS x
JOIN feed AS f ON f.id = x.feed_id;
