-- Near duplicates. All of it can be made again from the texts (knipsel recluster).

-- The sketch of each article, by which others find it: thirty days of publication together, so that
-- what is looked up at one time lies together however large the archive.
CREATE TABLE shingle (
    period     INTEGER NOT NULL,
    hash       INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    PRIMARY KEY (period, hash, article_id)
) STRICT, WITHOUT ROWID;

-- Which revision of an article is in its sketch, and its story. A story has the row of one of its
-- articles for its own, and that article's public id for its name, for as long as it exists.
CREATE TABLE story_mark (
    article_id  INTEGER PRIMARY KEY,
    revision_id INTEGER NOT NULL,
    story_id    INTEGER
) STRICT;
CREATE INDEX story_mark_by_story ON story_mark (story_id) WHERE story_id IS NOT NULL;

CREATE TABLE story (
    id         INTEGER PRIMARY KEY,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    n_articles INTEGER NOT NULL
) STRICT;

-- Two articles that go back to one text: the part of each that stands in the other, in thousandths.
CREATE TABLE story_link (
    article_id INTEGER NOT NULL,
    other_id   INTEGER NOT NULL,
    kept       INTEGER NOT NULL,
    kept_other INTEGER NOT NULL,
    PRIMARY KEY (article_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_link_by_other ON story_link (other_id);

-- How far the sequence of changes has been followed, and by which version of the rules.
CREATE TABLE story_state (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    seq     INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;

-- Stories as they were named before they were worked out anew.
CREATE TABLE story_former (
    article_id INTEGER PRIMARY KEY,
    story_id   INTEGER NOT NULL
) STRICT;

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
        WHERE m.article_id = a.id)                                  AS story_id
FROM article AS a
JOIN revision AS r ON r.id = a.revision_id;

CREATE VIEW stories AS
SELECT f.public_id                                             AS id,
       r.title,
       a.outlet                                                AS first_outlet,
       a.public_id                                             AS first_article,
       s.n_articles                                            AS articles,
       (SELECT count(DISTINCT coalesce(x.outlet, ''))
        FROM story_mark AS m
        JOIN article AS x ON x.id = m.article_id
        WHERE m.story_id = s.id)                               AS outlets,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.first_at, 'unixepoch') AS first,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.last_at, 'unixepoch')  AS last,
       s.first_at,
       s.last_at
FROM story AS s
JOIN article AS f ON f.id = s.id
JOIN article AS a ON a.id = (
    SELECT x.id
    FROM story_mark AS m
    JOIN article AS x ON x.id = m.article_id
    WHERE m.story_id = s.id
    ORDER BY x.sort_at, x.id
    LIMIT 1)
JOIN revision AS r ON r.id = a.revision_id;

CREATE VIEW story_links AS
SELECT a.public_id          AS id,
       b.public_id          AS other,
       l.kept / 1000.0       AS kept,
       l.kept_other / 1000.0 AS kept_other
FROM story_link AS l
JOIN article AS a ON a.id = l.article_id
JOIN article AS b ON b.id = l.other_id;
