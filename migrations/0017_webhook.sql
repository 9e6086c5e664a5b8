-- Where a saved search sends what it finds.
ALTER TABLE watch ADD COLUMN webhook TEXT;

DROP VIEW watches;

CREATE VIEW watches AS
SELECT w.name,
       w.query,
       w.command,
       w.webhook,
       w.feed_file,
       strftime('%Y-%m-%dT%H:%M:%SZ', w.added_at, 'unixepoch') AS added,
       strftime('%Y-%m-%dT%H:%M:%SZ', w.last_at, 'unixepoch')  AS last_run,
       (SELECT count(*) FROM watch_hit AS h WHERE h.watch_id = w.id) AS articles
FROM watch AS w;
