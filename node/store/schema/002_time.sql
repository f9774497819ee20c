-- What time has done: how far what expired has been purged, and what must not come back.
ALTER TABLE hall ADD COLUMN purged_ms INTEGER NOT NULL DEFAULT 0;  -- Unix milliseconds: the purge mark
ALTER TABLE hall ADD COLUMN unsure_since_ms INTEGER;  -- Unix milliseconds, as reckoned here: since when nobody vouches for the clock; NULL: somebody does

-- Objects that have had their time here; a neighbour may still bring a version of an unsure clock.
-- (`record.heard_ms` moves with the clock when that becomes trusted.)
CREATE TABLE buried (
    object    BLOB PRIMARY KEY,        -- 16 bytes
    version   INTEGER NOT NULL,        -- neither this one nor an earlier one is taken
    until_ms  INTEGER NOT NULL         -- Unix milliseconds: forgotten when the mark has come to this
) STRICT;
