-- What the daemon learned of a feed that answers 410, and of one that has moved. A move is settled,
-- and the feed polled there, when it was seen often enough (schedule::moved_to); the address in the
-- feed list stays the owner's.
ALTER TABLE poll_state ADD COLUMN n_gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE poll_state ADD COLUMN gone_since INTEGER;
ALTER TABLE poll_state ADD COLUMN moved_to TEXT;
ALTER TABLE poll_state ADD COLUMN n_moved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE poll_state ADD COLUMN moved_since INTEGER;
ALTER TABLE poll_state ADD COLUMN moved_seen_at INTEGER;
ALTER TABLE poll_state ADD COLUMN last_304_at INTEGER;
ALTER TABLE poll_state ADD COLUMN validators_lie INTEGER NOT NULL DEFAULT 0;
