-- How far back a feed reaches is read at every poll, and with this index from the index alone.
DROP INDEX sighting_listed;
CREATE INDEX sighting_listed ON sighting (feed_id, appeared_at) WHERE left_at IS NULL;

-- XXH3 of the body whose SHA-256 is body_hash.
ALTER TABLE poll_state ADD COLUMN body_check BLOB;
