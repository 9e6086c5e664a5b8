-- The people, organizations and places that texts name. All of it can be worked out again.
CREATE TABLE name (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'org', 'place')),
    name TEXT NOT NULL,
    UNIQUE (name, kind)
) STRICT;

CREATE TABLE mention (
    article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    name_id    INTEGER NOT NULL REFERENCES name (id),
    n          INTEGER NOT NULL,
    position   INTEGER,
    PRIMARY KEY (article_id, name_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_by_name ON mention (name_id);

-- How far the sequence of changes has been followed, and by which version of the rules.
CREATE TABLE mention_state (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    seq     INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;

CREATE VIEW mentions AS
SELECT a.public_id AS id,
       n.kind,
       n.name,
       m.n         AS count,
       m.position,
       a.id        AS article_rowid
FROM mention AS m
JOIN name AS n ON n.id = m.name_id
JOIN article AS a ON a.id = m.article_id;
