-- Where an article stood in time while a revision was current, where that is not where it stands now.
ALTER TABLE revision ADD COLUMN sort_at INTEGER;

-- Articles stood where their first revision said, whatever later ones did. A day, month or year in
-- which it was first seen counts from then; its length is the shortest that it can have.
UPDATE article AS a
SET sort_at = n.sort_at,
    seq = n.seq
FROM (
    SELECT id,
           sort_at,
           (SELECT max(seq) FROM article) + row_number() OVER (ORDER BY id) AS seq
    FROM (
        SELECT x.id,
               x.sort_at AS stood_at,
               CASE
                   -- A date of a change, told as one of publication.
                   WHEN r.published_at IS NULL OR r.published_at > x.first_seen_at + 600
                       THEN x.sort_at
                   WHEN x.first_seen_at >= r.published_at
                       AND x.first_seen_at < r.published_at + CASE r.published_precision
                           WHEN 'day' THEN 82800
                           WHEN 'month' THEN 2419200
                           WHEN 'year' THEN 31536000
                           ELSE 1
                       END
                       THEN x.first_seen_at
                   ELSE r.published_at
               END AS sort_at
        FROM article AS x
        JOIN revision AS r ON r.id = x.revision_id)
    WHERE sort_at <> stood_at) AS n
WHERE n.id = a.id;
