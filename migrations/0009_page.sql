-- The pages of articles: what is remembered of each between two readings, and so which are due.
ALTER TABLE feed ADD COLUMN fulltext TEXT NOT NULL DEFAULT 'auto';
ALTER TABLE feed ADD COLUMN revisit TEXT NOT NULL DEFAULT 'news';

-- next_page_at is null for a page that is not read again. text_revision_id is the revision that has
-- the text of the last reading; where no revision has it, page_text does.
CREATE TABLE page (
    article_id       INTEGER PRIMARY KEY REFERENCES article (id),
    feed_id          INTEGER NOT NULL REFERENCES feed (id),
    url              TEXT    NOT NULL,
    site             TEXT    NOT NULL,
    since            INTEGER NOT NULL,
    next_page_at     INTEGER,
    next_reason      TEXT    NOT NULL,
    n_reads          INTEGER NOT NULL DEFAULT 0,
    n_failures       INTEGER NOT NULL DEFAULT 0,
    last_page_at     INTEGER,
    last_outcome     TEXT,
    last_error       TEXT,
    etag             TEXT,
    last_modified    TEXT,
    body_hash        BLOB,
    unread_hash      BLOB,
    extractor        INTEGER NOT NULL DEFAULT 0,
    access           TEXT,
    last_access      TEXT,
    kind             TEXT,
    title            TEXT    NOT NULL DEFAULT '',
    authors          TEXT,
    modified_at      INTEGER,
    doubt            BLOB,
    text_revision_id INTEGER REFERENCES revision (id),
    changed_at       INTEGER,
    gone_at          INTEGER,
    image            TEXT,
    canonical_url    TEXT,
    wire             TEXT,
    candidates       TEXT,
    dropped          TEXT
) STRICT;
CREATE INDEX page_due ON page (feed_id, next_page_at, last_page_at) WHERE next_page_at IS NOT NULL;

CREATE TABLE page_text (
    article_id INTEGER PRIMARY KEY REFERENCES page (article_id),
    codec      INTEGER NOT NULL,
    data       BLOB    NOT NULL
) STRICT;

-- What came of reading a page. Equal readings in a row are one row that grows.
CREATE TABLE page_fetch (
    id         INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES article (id),
    at         INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    n          INTEGER NOT NULL DEFAULT 1,
    outcome    TEXT    NOT NULL,
    status     INTEGER,
    final_url  TEXT,
    access     TEXT,
    reason     TEXT,
    reserved   TEXT
) STRICT;
CREATE INDEX page_fetch_by_article ON page_fetch (article_id);

-- Hosts that could not be reached of late.
CREATE TABLE page_site (
    site       TEXT    PRIMARY KEY,
    n_failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- On how many pages of an outlet which block stood: eight bytes of key and four of count each.
CREATE TABLE recurring (
    outlet  TEXT    PRIMARY KEY,
    n_pages INTEGER NOT NULL,
    counts  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the text of a revision came from, which may not be where the revision came from.
ALTER TABLE revision ADD COLUMN text_source TEXT;

CREATE VIEW pages AS
SELECT a.public_id                                                 AS id,
       f.name                                                      AS feed,
       a.outlet,
       p.url,
       p.access,
       p.last_access,
       p.kind,
       p.wire,
       p.image,
       p.canonical_url,
       p.n_reads                                                   AS reads,
       p.n_failures                                                AS failures,
       p.last_outcome,
       p.last_error,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.last_page_at, 'unixepoch') AS last_read,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.next_page_at, 'unixepoch') AS next_read,
       p.next_reason,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.gone_at, 'unixepoch')      AS gone
FROM page AS p
JOIN article AS a ON a.id = p.article_id
JOIN feed AS f ON f.id = p.feed_id;

CREATE VIEW page_fetches AS
SELECT x.id,
       a.public_id                                            AS article,
       strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch')      AS at,
       strftime('%Y-%m-%dT%H:%M:%SZ', x.last_at, 'unixepoch') AS last,
       x.n,
       x.outcome,
       x.status,
       coalesce(x.final_url, p.url)                           AS url,
       x.access,
       x.reason,
       x.reserved
FROM page_fetch AS x
JOIN article AS a ON a.id = x.article_id
JOIN page AS p ON p.article_id = x.article_id;

DROP VIEW articles;
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
       a.revision_id                                                AS revision_rowid,
       (SELECT f.public_id
        FROM story_mark AS m
        JOIN article AS f ON f.id = m.story_id
        WHERE m.article_id = a.id)                                  AS story_id,
       coalesce(r.text_source, r.source)                            AS text_source,
       coalesce(p.access, p.last_access, 'unknown')                 AS access,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.gone_at, 'unixepoch')         AS gone
FROM article AS a
JOIN revision AS r ON r.id = a.revision_id
LEFT JOIN page AS p ON p.article_id = a.id;
