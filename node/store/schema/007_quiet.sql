-- Who is quiet, by what somebody else who is the same person would have: there are few of them.
CREATE INDEX entry_quiet_phone ON entry (phone) WHERE quiet = 1;
CREATE INDEX entry_quiet_street ON entry (street) WHERE quiet = 1;
