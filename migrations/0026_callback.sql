-- Where the hub was asked to bring what it pushes; not known of what was asked before.
ALTER TABLE subscription ADD COLUMN callback TEXT;
