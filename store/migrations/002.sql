-- A document in the books is found by its TxnID, and what went out on a day by that day.
CREATE INDEX outbox_record ON outbox (company_id, record_id) WHERE store_id <> '' AND record_id <> '';
CREATE INDEX message_set_written ON message_set (company_id, handed_out_at) WHERE kind = 'write';
