-- What hubs are asked to push (WebSub), one row a feed. The token is the last part of the callback's
-- address, and the secret signs what the hub brings; neither is in a view.
CREATE TABLE subscription (
    feed_id          INTEGER PRIMARY KEY REFERENCES feed (id),
    hub              TEXT    NOT NULL,
    topic            TEXT    NOT NULL,
    token            TEXT    NOT NULL UNIQUE,
    secret           TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    asked_mode       TEXT,
    asked_at         INTEGER,
    live_since       INTEGER,
    live_until       INTEGER,
    next_at          INTEGER,
    n_failures       INTEGER NOT NULL DEFAULT 0,
    result           TEXT,
    n_deliveries     INTEGER NOT NULL DEFAULT 0,
    n_new            INTEGER NOT NULL DEFAULT 0,
    n_refused        INTEGER NOT NULL DEFAULT 0,
    n_missed         INTEGER NOT NULL DEFAULT 0,
    n_since_poll     INTEGER NOT NULL DEFAULT 0,
    last_delivery_at INTEGER,
    last_missed_at   INTEGER
) STRICT;
CREATE INDEX subscription_due ON subscription (next_at) WHERE next_at IS NOT NULL;

-- The hub that brought the document, where it was not asked for.
ALTER TABLE fetch ADD COLUMN pushed_by TEXT;

CREATE VIEW subscriptions AS
SELECT f.name                                                         AS feed,
       s.hub,
       s.topic,
       s.state,
       s.result,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.live_since, 'unixepoch')       AS live_since,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.live_until, 'unixepoch')       AS live_until,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.next_at, 'unixepoch')          AS next_request,
       s.n_deliveries                                                 AS deliveries,
       s.n_new                                                        AS new,
       s.n_missed                                                     AS missed,
       s.n_refused                                                    AS refused,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.last_delivery_at, 'unixepoch') AS last_delivery,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.last_missed_at, 'unixepoch')   AS last_missed
FROM subscription AS s
JOIN feed AS f ON f.id = s.feed_id;

DROP VIEW fetches;
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
       x.warnings,
       x.n_overlap                                         AS overlap,
       x.pushed_by
FROM fetch AS x
JOIN feed AS f ON f.id = x.feed_id;
