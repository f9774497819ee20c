-- The desk whole: needs, offers, matches and jobs, all folded from events that are appended. What
-- is folded can be folded anew, so it is thrown away here and comes back when the file is opened.

-- One row: what the MACs on private rows are made with. It finds rot; it keeps nothing secret.
CREATE TABLE mac_key (
    n      INTEGER PRIMARY KEY CHECK (n = 1), -- one row, and no second
    key    BLOB NOT NULL,                     -- 32 bytes
    since  TEXT NOT NULL                      -- the newest of these files when every row had its MAC; empty: none had
) STRICT;
INSERT INTO mac_key VALUES (1, randomblob(32), '');

-- One row: which rules the projections were folded with.
CREATE TABLE folded (
    n      INTEGER PRIMARY KEY CHECK (n = 1), -- one row, and no second
    rules  TEXT NOT NULL                      -- node.store.board.RULES; empty: never
) STRICT;
INSERT INTO folded VALUES (1, '');

ALTER TABLE event ADD COLUMN trusted INTEGER NOT NULL DEFAULT 1; -- 0: nobody vouched for the clock of `at_ms`
ALTER TABLE event ADD COLUMN act INTEGER NOT NULL DEFAULT 0;  -- counter of the first event that was appended with it: they are undone as one; 0: it stays when the rest of its act is undone
ALTER TABLE event ADD COLUMN undone INTEGER;                  -- counter of the event that took it back; NULL: it counts
ALTER TABLE event ADD COLUMN mac BLOB;                        -- 8 bytes over the other columns: node.store.macs
UPDATE event SET act = counter;
CREATE INDEX event_by_initials ON event (device, initials, counter) WHERE undone IS NULL;
CREATE INDEX event_by_act ON event (device, act) WHERE undone IS NULL;

ALTER TABLE hall ADD COLUMN mac BLOB;                         -- 8 bytes over the other columns, as in all that follow
ALTER TABLE seal_key ADD COLUMN mac BLOB;                     -- 8 bytes
ALTER TABLE neighbour ADD COLUMN mac BLOB;                    -- 8 bytes
ALTER TABLE address ADD COLUMN mac BLOB;                      -- 8 bytes
ALTER TABLE invite ADD COLUMN mac BLOB;                       -- 8 bytes

DROP TABLE entry;
-- Projection of `event` and `matching`: needs and offers as they stand.
CREATE TABLE entry (
    n             INTEGER PRIMARY KEY,   -- order in which they were added
    ref           TEXT NOT NULL UNIQUE,  -- N-417-K
    kind          TEXT NOT NULL,         -- NEED | OFFER
    state         TEXT NOT NULL,         -- how it stands: one of node.desk.entries
    because       TEXT,                  -- why it is closed, or waits
    closed        INTEGER NOT NULL,      -- 1: its state is one of the closed ones
    closed_ms     INTEGER,               -- Unix milliseconds: when it was closed; NULL: it is open
    free          INTEGER NOT NULL,      -- thousandths of a unit: what no match has promised
    category      TEXT NOT NULL,         -- three letters
    text          TEXT NOT NULL,         -- what is needed or given; leaves the hall when it is passed on
    qty           INTEGER NOT NULL,      -- thousandths of a unit
    unit          TEXT NOT NULL,         -- one of node.desk.categories
    zone          TEXT NOT NULL,         -- part of the neighbourhood; private
    by_ms         INTEGER,               -- Unix milliseconds: needed by, or there until
    contact       TEXT NOT NULL,         -- private
    note          TEXT NOT NULL,         -- private
    consent       TEXT NOT NULL,         -- private: the words of the person's consent
    danger        INTEGER NOT NULL,      -- 1: danger to life
    channel       TEXT NOT NULL,         -- how it came: desk | phone | paper | radio | runner
    behalf        TEXT NOT NULL,         -- private: who speaks for the person
    household     TEXT NOT NULL,         -- private
    diet          TEXT NOT NULL,         -- private
    access        TEXT NOT NULL,         -- private
    languages     TEXT NOT NULL,         -- private
    ring          TEXT NOT NULL,         -- private: when to ring back
    safe          TEXT NOT NULL,         -- private: safe ways to reach them
    quiet         INTEGER NOT NULL,      -- 1: unsafe to ring, unsafe to list
    standing      INTEGER NOT NULL,      -- 1: an offer that is there again after each hand-over
    every         TEXT NOT NULL,         -- how often a need comes again: day, week, 3 days; empty: it does not
    limits        TEXT NOT NULL,         -- private: what an offer cannot do
    created_ms    INTEGER NOT NULL,      -- Unix milliseconds: when it was said
    initials      TEXT NOT NULL,         -- who took it down; private
    decided       TEXT NOT NULL,         -- what the desk said of it last: one of node.desk.entries
    written_ms    INTEGER NOT NULL,      -- Unix milliseconds: when it was written down here
    why           TEXT,                  -- what the desk said with that
    until_ms      INTEGER,               -- Unix milliseconds: until when the desk waits
    direct        INTEGER NOT NULL,      -- thousandths of a unit that moved without a match
    direct_ms     INTEGER NOT NULL,      -- Unix milliseconds: when, the last of it; 0: nothing has
    before        INTEGER NOT NULL,      -- thousandths of a unit that had moved when it began again
    closed_at_ms  INTEGER,               -- Unix milliseconds: when the desk closed it
    touched_ms    INTEGER NOT NULL,      -- Unix milliseconds: when it was last said to be wanted, or there
    forgotten     INTEGER NOT NULL,      -- 1: the person's words are shredded
    reserved      INTEGER NOT NULL,      -- thousandths of a unit: agreed in matches, has not moved
    moving        INTEGER NOT NULL,      -- thousandths of a unit: the part of that which is under way
    moved         INTEGER NOT NULL,      -- thousandths of a unit that matches have handed over
    last_ms       INTEGER NOT NULL,      -- Unix milliseconds: when, the last of it; 0: nothing has
    phone         TEXT NOT NULL,         -- private: the end of the first number in the contact; empty: none
    street        TEXT NOT NULL,         -- private: the first address in contact or zone, as it is compared; empty: none
    mac           BLOB                   -- 8 bytes
) STRICT;
CREATE INDEX entry_open ON entry (kind, danger DESC, by_ms IS NULL, by_ms, created_ms DESC, n DESC) WHERE closed = 0;
CREATE INDEX entry_closed ON entry (kind, closed_ms DESC, n DESC) WHERE closed = 1;
CREATE INDEX entry_category ON entry (kind, category, unit, zone, by_ms, free, closed) WHERE closed = 0;
CREATE INDEX entry_kept ON entry (closed_ms) WHERE closed = 1 AND forgotten = 0;

-- Projection of `event`: matches as they stand.
CREATE TABLE matching (
    n           INTEGER PRIMARY KEY,   -- order in which they were agreed
    ref         TEXT NOT NULL UNIQUE,  -- M-12-K
    need        TEXT NOT NULL,         -- reference of the need
    offer       TEXT NOT NULL,         -- reference of the offer
    qty         INTEGER NOT NULL,      -- thousandths of a unit
    state       TEXT NOT NULL,         -- how it stands: one of node.desk.matches
    decided     TEXT NOT NULL,         -- what the desk said of it last: one of node.desk.matches
    created_ms  INTEGER NOT NULL,      -- Unix milliseconds
    initials    TEXT NOT NULL,         -- who matched them; private
    until_ms    INTEGER,               -- Unix milliseconds: when it frees itself; NULL: it does not
    moved       INTEGER NOT NULL,      -- thousandths of a unit that were handed over
    moved_ms    INTEGER NOT NULL,      -- Unix milliseconds: when, the last of it; 0: nothing was
    mac         BLOB                   -- 8 bytes
) STRICT;
CREATE INDEX matching_by_need ON matching (need);
CREATE INDEX matching_by_offer ON matching (offer);
CREATE INDEX matching_by_state ON matching (state);

-- Projection of `event`: jobs.
CREATE TABLE job (
    n           INTEGER PRIMARY KEY,   -- order in which they were planned
    ref         TEXT NOT NULL UNIQUE,  -- J-4-K
    matches     TEXT NOT NULL,         -- JSON list of references
    who         TEXT NOT NULL,         -- who goes; private
    at_ms       INTEGER,               -- Unix milliseconds: when
    note        TEXT NOT NULL,         -- private
    created_ms  INTEGER NOT NULL,      -- Unix milliseconds
    initials    TEXT NOT NULL,         -- who planned it; private
    cancelled   INTEGER NOT NULL,      -- 1: it does not take place
    mac         BLOB                   -- 8 bytes
) STRICT;

-- Index of what may be found: words without content, so that nothing private stands here twice.
-- Row `n` of `entry` is row `n` here, or `n` + 2^40 while it is open.
CREATE VIRTUAL TABLE finding USING fts5 (
    words,  -- all by which it is found, folded and parted by spaces: node.desk.finding
    content = '', prefix = '1 2 3', detail = none, tokenize = "ascii"
);

-- One row while words of a forgotten person may still stand in pages of the file that hold nothing.
CREATE TABLE trace (
    n         INTEGER PRIMARY KEY CHECK (n = 1), -- one row, and no second
    since_ms  INTEGER NOT NULL                   -- Unix milliseconds: since when
) STRICT;
CREATE INDEX event_undone ON event (did, at_ms) WHERE undone IS NOT NULL AND data <> '{}';
