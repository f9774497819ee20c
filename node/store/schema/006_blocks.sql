-- Reference numbers in blocks: several devices of a hall, and slips that were printed beforehand.
ALTER TABLE hall ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0; -- which of the hall's devices this is, counted from 0: node.desk.blocks
UPDATE hall SET mac = NULL;

-- Blocks of reference numbers that were dealt to this hall's devices, as far as is known here.
CREATE TABLE block (
    letter   TEXT NOT NULL,            -- kind letter of node.desk.references
    first    INTEGER NOT NULL,         -- lowest number in it
    last     INTEGER NOT NULL,         -- highest number in it
    next     INTEGER NOT NULL,         -- the next number to give out, or to print; last + 1: none
    ordinal  INTEGER NOT NULL,         -- the device that it was dealt to: no other takes from it
    use      TEXT NOT NULL,            -- desk: given out here | paper: printed on slips
    mac      BLOB,                     -- 8 bytes
    PRIMARY KEY (letter, first)
) STRICT;

-- A hall goes on counting where it was; where its block ends, the next one is dealt.
INSERT INTO block (letter, first, last, next, ordinal, use)
    SELECT letter, 1, (next - 2) / 100 * 100 + 100, next, 0, 'desk' FROM reference_block;
DROP TABLE reference_block;

-- When somebody is to be asked, and when something follows by itself: node.desk.decay.
ALTER TABLE entry ADD COLUMN ask_ms INTEGER;   -- Unix milliseconds: from when on it is asked whether it is still needed, or there; NULL: it is not
ALTER TABLE entry ADD COLUMN pass_ms INTEGER;  -- Unix milliseconds: when it lapses, opens or begins again by itself; NULL: it does not
CREATE INDEX entry_ask ON entry (ask_ms) WHERE ask_ms IS NOT NULL;
CREATE INDEX entry_pass ON entry (pass_ms) WHERE pass_ms IS NOT NULL;
UPDATE folded SET rules = '';
