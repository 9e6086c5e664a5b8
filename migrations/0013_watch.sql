-- Which file an imported revision was read from, and where in it: the number of its line or record.
CREATE TABLE import_source (
    id   INTEGER PRIMARY KEY,
    file TEXT    NOT NULL,
    at   INTEGER NOT NULL,
    UNIQUE (file, at)
) STRICT;

CREATE TABLE import_place (
    revision_id INTEGER PRIMARY KEY REFERENCES revision (id),
    source_id   INTEGER NOT NULL REFERENCES import_source (id),
    place       INTEGER NOT NULL
) STRICT;

CREATE VIEW imports AS
SELECT a.public_id                                       AS id,
       r.number                                          AS revision,
       s.file,
       p.place,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.at, 'unixepoch') AS imported
FROM import_place AS p
JOIN import_source AS s ON s.id = p.source_id
JOIN revision AS r ON r.id = p.revision_id
JOIN article AS a ON a.id = r.article_id;

-- Saved searches. An article is told once: the first time it matches, when it came in after the
-- search was saved. seq is how far the changes of the archive were looked at.
CREATE TABLE watch (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    query      TEXT    NOT NULL,
    command    TEXT,
    feed_file  TEXT,
    added_at   INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    last_at    INTEGER
) STRICT;

CREATE TABLE watch_hit (
    watch_id   INTEGER NOT NULL REFERENCES watch (id) ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES article (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (watch_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW watches AS
SELECT w.name,
       w.query,
       w.command,
       w.feed_file,
       strftime('%Y-%m-%dT%H:%M:%SZ', w.added_at, 'unixepoch') AS added,
       strftime('%Y-%m-%dT%H:%M:%SZ', w.last_at, 'unixepoch')  AS last_run,
       (SELECT count(*) FROM watch_hit AS h WHERE h.watch_id = w.id) AS articles
FROM watch AS w;
