-- A seal key is replaced every week; the one before opens what was sealed to it as long as that may live.
ALTER TABLE seal_key ADD COLUMN keep_until_ms INTEGER;  -- Unix milliseconds: it is not deleted before; NULL: it stands first on our card
