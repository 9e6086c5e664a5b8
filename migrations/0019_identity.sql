-- An article that turned out to be another one keeps its row and its public id, and has no revision:
-- revision_id is 0 then, and merged_into says where they are.
ALTER TABLE article ADD COLUMN merged_into INTEGER REFERENCES article (id);
CREATE INDEX article_merged ON article (seq) WHERE merged_into IS NOT NULL;

-- By which version of the identity rules the keys of the archive are written.
CREATE TABLE identity_state (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;

-- Articles put together or taken apart by `doctor identity`, with all that was moved, as JSON.
CREATE TABLE identity_change (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    article_id INTEGER NOT NULL REFERENCES article (id),
    other_id   INTEGER NOT NULL REFERENCES article (id),
    key        TEXT    NOT NULL,
    moved      TEXT    NOT NULL,
    undone_at  INTEGER
) STRICT;
CREATE INDEX identity_change_by_other ON identity_change (other_id);

CREATE VIEW identity_changes AS
SELECT c.id,
       strftime('%Y-%m-%dT%H:%M:%SZ', c.at, 'unixepoch')        AS at,
       c.kind,
       a.public_id                                              AS article,
       b.public_id                                              AS other,
       c.key,
       strftime('%Y-%m-%dT%H:%M:%SZ', c.undone_at, 'unixepoch') AS undone
FROM identity_change AS c
JOIN article AS a ON a.id = c.article_id
JOIN article AS b ON b.id = c.other_id;
