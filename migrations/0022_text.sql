-- Hash of the text alone that a feed last gave, to tell a text that it has of its own from an edit;
-- none where the entry has not changed since before it was kept.
ALTER TABLE sighting ADD COLUMN text_hash BLOB;
