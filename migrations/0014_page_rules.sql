-- The rules of the outlet by which a page was last read, and how many elements each found, as JSON.
-- Another rule gives another reading, which is no edit.
ALTER TABLE page ADD COLUMN rules TEXT;
