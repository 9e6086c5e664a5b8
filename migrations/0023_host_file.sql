-- What hosts said of themselves in robots.txt and /.well-known/tdmrep.json, so that a pass does not ask
-- again for what the last one read.
CREATE TABLE host_file (
    url     TEXT    PRIMARY KEY,
    read_at INTEGER NOT NULL,
    said    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
