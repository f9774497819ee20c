-- One row: this device of this hall. Private; the folder is mode 0700, the file 0600.
CREATE TABLE hall (
    n              INTEGER PRIMARY KEY CHECK (n = 1), -- one row, and no second
    group_id       BLOB NOT NULL,      -- 32 bytes
    backup_public  BLOB NOT NULL,      -- 32 bytes, X25519: backups are sealed to it
    device_seed    BLOB NOT NULL,      -- 32 bytes, Ed25519 seed of this device
    discovery_key  BLOB NOT NULL,      -- 16 bytes: lets our neighbours recognise us on the network
    name           TEXT NOT NULL,      -- as neighbours see it
    call_sign      TEXT NOT NULL,      -- two or three letters, said before our references
    place          TEXT NOT NULL,      -- where the hall is; sealed to who brings something
    area           TEXT NOT NULL,      -- as neighbours may read it: on our card and our overflows
    boot           INTEGER NOT NULL,   -- starts of this device so far; rises before it is used
    listen         TEXT,               -- ADDRESS:PORT that the keeper chose; NULL: ours to choose
    port           INTEGER             -- where it listened last; tried again where none is chosen
) STRICT;

-- X25519 key pairs that details and notes are sealed to.
CREATE TABLE seal_key (
    public      BLOB PRIMARY KEY,      -- 32 bytes
    private     BLOB NOT NULL,         -- 32 bytes
    created_ms  INTEGER NOT NULL       -- Unix milliseconds
) STRICT;

-- Signed records, ours and others', the newest version of each object.
CREATE TABLE record (
    n           INTEGER PRIMARY KEY,   -- order in which they came
    id          BLOB NOT NULL UNIQUE,  -- 32 bytes
    body        BLOB NOT NULL,         -- as received: the signature covers these bytes
    signature   BLOB NOT NULL,         -- 64 bytes
    heard_ms    INTEGER NOT NULL       -- Unix milliseconds: when it came, or was signed here
) STRICT;

-- Which neighbours have said that a record of ours is on their disk.
CREATE TABLE holder (
    record    BLOB NOT NULL REFERENCES record (id) ON DELETE CASCADE,  -- 32 bytes
    group_id  BLOB NOT NULL,           -- 32 bytes
    PRIMARY KEY (record, group_id)
) STRICT;

-- Halls that we have paired with.
CREATE TABLE neighbour (
    group_id        BLOB PRIMARY KEY,  -- 32 bytes
    name            TEXT NOT NULL,     -- as it called itself when pairing; its card may say more
    paired_ms       INTEGER NOT NULL,  -- Unix milliseconds
    discovery_key   BLOB,              -- 16 bytes; NULL until its first link
    last_heard_ms   INTEGER            -- Unix milliseconds; NULL: never linked yet
) STRICT;

-- Where a neighbour was reached, or said that it can be.
CREATE TABLE address (
    group_id    BLOB NOT NULL,         -- 32 bytes
    host        TEXT NOT NULL,         -- IPv4 or IPv6 address
    port        INTEGER NOT NULL,      -- TCP port
    worked_ms   INTEGER NOT NULL,      -- Unix milliseconds: when it last worked
    PRIMARY KEY (group_id, host, port)
) STRICT;

-- One-time codes that we gave out. Spent and expired ones stay a while, to say so.
CREATE TABLE invite (
    secret       BLOB PRIMARY KEY,     -- 16 bytes
    until_ms     INTEGER NOT NULL,     -- Unix milliseconds
    spent_by     BLOB,                 -- 32 bytes: device that used it; NULL: open
    spent_group  BLOB,                 -- 32 bytes: its hall; the code goes when that is removed
    spent_name   TEXT                  -- the hall that used it
) STRICT;

-- Every private change, in order. The board is the fold of these rows.
CREATE TABLE event (
    n         INTEGER PRIMARY KEY,     -- order in which they happened
    device    BLOB NOT NULL,           -- 32 bytes: the device that it was done on
    counter   INTEGER NOT NULL,        -- of that device, from 1 without gaps
    at_ms     INTEGER NOT NULL,        -- Unix milliseconds on that device's clock
    initials  TEXT NOT NULL,           -- who was at the keyboard; empty: nobody said
    about     TEXT NOT NULL,           -- reference of the need or offer
    did       TEXT NOT NULL,           -- what happened: node.desk.events
    data      TEXT NOT NULL,           -- JSON object, by what happened
    UNIQUE (device, counter)
) STRICT;
CREATE INDEX event_by_about ON event (about, n);

-- Projection of `event`: needs and offers as they stand.
CREATE TABLE entry (
    n           INTEGER PRIMARY KEY,   -- order in which they were added
    ref         TEXT NOT NULL UNIQUE,  -- N-417-K
    kind        TEXT NOT NULL,         -- NEED | OFFER
    state       TEXT NOT NULL,         -- one of node.desk.entries
    because     TEXT,                  -- why it is closed
    category    TEXT NOT NULL,         -- three letters
    text        TEXT NOT NULL,         -- what is needed or given; leaves the hall when it is passed on
    qty         INTEGER NOT NULL,      -- thousandths of a unit
    unit        TEXT NOT NULL,         -- one of node.desk.categories
    received    INTEGER NOT NULL,      -- thousandths of a unit
    zone        TEXT NOT NULL,         -- part of the neighbourhood; private
    by_ms       INTEGER,               -- Unix milliseconds
    contact     TEXT NOT NULL,         -- private
    note        TEXT NOT NULL,         -- private
    consent     TEXT NOT NULL,         -- private: the words of the person's consent
    danger      INTEGER NOT NULL,      -- 1: danger to life
    created_ms  INTEGER NOT NULL,      -- Unix milliseconds
    initials    TEXT NOT NULL          -- who took it down; private
) STRICT;
CREATE INDEX entry_open ON entry (kind, state);

-- Projection of `event`: which needs were passed on in which overflow.
CREATE TABLE passed (
    overflow  BLOB NOT NULL,           -- 16 bytes, the overflow's object id
    ref       TEXT NOT NULL,           -- need that is in it
    PRIMARY KEY (overflow, ref)
) STRICT;

-- Blocks of reference numbers that this device may give out, one a letter.
CREATE TABLE reference_block (
    letter    TEXT PRIMARY KEY,        -- kind letter of node.desk.references
    next      INTEGER NOT NULL         -- the next number to give out
) STRICT;
