-- The licence that a page names for its article, each time it was read.
ALTER TABLE page_fetch ADD COLUMN license TEXT;

DROP VIEW page_fetches;
CREATE VIEW page_fetches AS
SELECT x.id,
       a.public_id                                            AS article,
       strftime('%Y-%m-%dT%H:%M:%SZ', x.at, 'unixepoch')      AS at,
       strftime('%Y-%m-%dT%H:%M:%SZ', x.last_at, 'unixepoch') AS last,
       x.n,
       x.outcome,
       x.status,
       coalesce(x.final_url, p.url)                           AS url,
       x.access,
       x.reason,
       x.reserved,
       x.license
FROM page_fetch AS x
JOIN article AS a ON a.id = x.article_id
JOIN page AS p ON p.article_id = x.article_id;
