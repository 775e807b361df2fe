-- A document in the books is found by its TxnID, and what went out on a day by that day.
CREATE INDEX outbox_record ON outbox (company_id, record_id) WHERE store_id <> '' AND record_id <> '';
CREATE INDEX message_set_written ON message_set (company_id, handed_out_at) WHERE kind = 'write';

-- What a person should know of, as long as it is so; then that it is over, until that was told.
CREATE TABLE alert (
  key        TEXT PRIMARY KEY,                    -- kind, or kind/store
  says       TEXT NOT NULL,
  cure       TEXT NOT NULL DEFAULT '',
  since      TEXT NOT NULL,                       -- since when it is so
  raised_at  TEXT NOT NULL,
  over_at    TEXT NOT NULL DEFAULT '',
  told       TEXT NOT NULL DEFAULT '',            -- by what this was told already, blanks between: command mail
  tell_after TEXT NOT NULL DEFAULT '',            -- telling failed: not tried again before
  problem    TEXT NOT NULL DEFAULT ''             -- why telling failed
);

-- How often QuickBooks gave a row back without having tried it: that costs no try, but has an end.
ALTER TABLE outbox ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;
