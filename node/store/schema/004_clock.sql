-- What time a person here has said that it is. It counts until the machine is started anew: only so
-- long does its boot-time clock know how long ago that was.
ALTER TABLE hall ADD COLUMN told_ms INTEGER;       -- Unix milliseconds, as said; NULL: nothing was said, or it is overtaken
ALTER TABLE hall ADD COLUMN told_boot_ms INTEGER;  -- milliseconds by the boot-time clock when it was said
ALTER TABLE hall ADD COLUMN told_boot TEXT;        -- the kernel's id of the start that this clock counts from
