-- What the daemon found wrong: one row a condition, kept when it is over, so that it is not told
-- again within a day.
CREATE TABLE alarm (
    condition TEXT    PRIMARY KEY,
    since_at  INTEGER NOT NULL,
    text      TEXT    NOT NULL,
    ended_at  INTEGER,
    told_at   INTEGER,
    result    TEXT
) STRICT, WITHOUT ROWID;

CREATE VIEW alarms AS
SELECT a.condition,
       a.text,
       strftime('%Y-%m-%dT%H:%M:%SZ', a.since_at, 'unixepoch') AS since,
       strftime('%Y-%m-%dT%H:%M:%SZ', a.ended_at, 'unixepoch') AS ended,
       strftime('%Y-%m-%dT%H:%M:%SZ', a.told_at, 'unixepoch')  AS told,
       a.result
FROM alarm AS a;
