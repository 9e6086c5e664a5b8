-- How busy each hour of the day is, in place of a factor: new entries an hour and the days they were
-- watched, as 25 little-endian floats.
ALTER TABLE poll_state ADD COLUMN day_curve BLOB;
ALTER TABLE poll_state DROP COLUMN boost;
