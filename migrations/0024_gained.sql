-- Which pages of an outlet gained which block after they were first read: eight bytes of key and eight
-- of page each, the latest last.
ALTER TABLE recurring ADD COLUMN gained BLOB NOT NULL DEFAULT x'';
