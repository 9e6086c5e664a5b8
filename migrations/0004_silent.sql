-- An edit is silent when the text changed and no stated date did. Stored, so that the silent edits
-- of an archive can be listed without comparing all its revisions.
ALTER TABLE revision ADD COLUMN is_silent INTEGER NOT NULL DEFAULT 0;

UPDATE revision AS r
SET is_silent = 1
WHERE r.changed LIKE '%"text"%'
    AND EXISTS (
        SELECT 1
        FROM revision AS p
        WHERE p.article_id = r.article_id
            AND p.number = r.number - 1
            AND p.published_at IS r.published_at
            AND p.modified_at IS r.modified_at);

CREATE INDEX revision_later ON revision (seen_at) WHERE number > 1;

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
       r.is_silent                                             AS silent
FROM revision AS r
JOIN article AS a ON a.id = r.article_id
LEFT JOIN feed AS f ON f.id = r.feed_id;
