-- What time has done: how far what expired has been purged, and what must not come back.
ALTER TABLE hall ADD COLUMN purged_ms INTEGER NOT NULL DEFAULT 0;  -- Unix milliseconds: the purge mark

-- Records of unsure clocks that have had their time here; a neighbour may still bring them.
CREATE TABLE buried (
    id        BLOB PRIMARY KEY,        -- 32 bytes
    until_ms  INTEGER NOT NULL         -- Unix milliseconds: forgotten when the mark has come to this
) STRICT;
