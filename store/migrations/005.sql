-- Documents that are gone are asked for at each check of the books.
CREATE INDEX outbox_gone ON outbox (company_id, id) WHERE state = 'gone' AND store_id <> '' AND record_id <> '';
