-- Where the exchanges kept as evidence lie: one row an exchange with all its redirects, in the WARC
-- files beside the archive. The rows are what `knipsel warc` asks; the files stand on their own.
CREATE TABLE capture (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    url        TEXT    NOT NULL,
    final_url  TEXT    NOT NULL,
    status     INTEGER NOT NULL,
    article_id INTEGER REFERENCES article (id),
    feed_id    INTEGER REFERENCES feed (id),
    digest     TEXT,
    refers_to  INTEGER REFERENCES capture (id),
    record_id  TEXT    NOT NULL,
    file       TEXT    NOT NULL,
    offset     INTEGER NOT NULL,
    length     INTEGER NOT NULL
) STRICT;
CREATE INDEX capture_by_digest ON capture (digest) WHERE refers_to IS NULL;
CREATE INDEX capture_by_article ON capture (article_id) WHERE article_id IS NOT NULL;

-- The digest of the document that a revision was read from, as WARC has it.
ALTER TABLE revision ADD COLUMN digest TEXT;

CREATE VIEW captures AS
SELECT c.id,
       strftime('%Y-%m-%dT%H:%M:%SZ', c.at, 'unixepoch') AS at,
       c.url,
       c.final_url,
       c.status,
       a.public_id                                       AS article,
       f.name                                            AS feed,
       c.digest,
       c.refers_to,
       c.file,
       c.offset,
       c.length,
       c.record_id
FROM capture AS c
LEFT JOIN article AS a ON a.id = c.article_id
LEFT JOIN feed AS f ON f.id = c.feed_id;

DROP VIEW revisions;
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
       r.id                                                    AS revision_rowid,
       r.is_silent                                             AS silent,
       r.digest
FROM revision AS r
JOIN article AS a ON a.id = r.article_id
LEFT JOIN feed AS f ON f.id = r.feed_id;
