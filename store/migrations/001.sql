-- Times are RFC 3339 UTC text of one width, so that they sort; amounts are decimal text. An order is (store_id, key).

CREATE TABLE setting (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  changed_at TEXT NOT NULL
);

CREATE TABLE company (
  id               INTEGER PRIMARY KEY,
  name             TEXT NOT NULL,
  user_name        TEXT NOT NULL UNIQUE,          -- the Web Connector's user: one for each company file
  password_hash    TEXT NOT NULL,
  file_id          TEXT NOT NULL,                 -- the .qwc's FileID: made once, never again
  bound_at         TEXT NOT NULL DEFAULT '',      -- when a company file with this FileID was first seen
  file_path        TEXT NOT NULL DEFAULT '',
  about            TEXT NOT NULL DEFAULT '',      -- JSON: what the file last told about itself
  about_at         TEXT NOT NULL DEFAULT '',
  books_generation INTEGER NOT NULL DEFAULT 0,    -- counts changes to what is known of the file
  set_size         INTEGER NOT NULL DEFAULT 0,    -- writing requests a set, as it adapted; 0 before the first
  stopped          TEXT NOT NULL DEFAULT '',      -- why nothing may be written to this file; '' when it may
  created_at       TEXT NOT NULL
);

CREATE TABLE store (
  id            TEXT PRIMARY KEY,
  company_id    INTEGER NOT NULL REFERENCES company(id),
  base_url      TEXT NOT NULL,
  name          TEXT NOT NULL DEFAULT '',
  profile       TEXT NOT NULL DEFAULT '',         -- JSON as the shop gave it
  profile_at    TEXT NOT NULL DEFAULT '',
  since         TEXT NOT NULL,                    -- orders placed from here on are ours
  created_done  TEXT NOT NULL DEFAULT '',         -- first pull: placed up to here is stored
  updated_to    TEXT NOT NULL DEFAULT '',         -- changed up to here is stored
  pulled_at     TEXT NOT NULL DEFAULT '',
  pull_problem  TEXT NOT NULL DEFAULT '',
  pull_after    TEXT NOT NULL DEFAULT ''          -- the shop asked us not to come before
);

CREATE TABLE rules (
  company_id INTEGER NOT NULL REFERENCES company(id),
  version    INTEGER NOT NULL,
  toml       TEXT NOT NULL,
  who        TEXT NOT NULL,
  at         TEXT NOT NULL,
  PRIMARY KEY (company_id, version)
);

CREATE TABLE orders (
  n              INTEGER PRIMARY KEY,             -- ours, for order_plan
  company_id     INTEGER NOT NULL REFERENCES company(id),
  store_id       TEXT NOT NULL REFERENCES store(id),
  key            TEXT NOT NULL,
  id             TEXT NOT NULL,                   -- the number people see; may repeat
  version        INTEGER NOT NULL,
  state          TEXT NOT NULL,
  state_since    TEXT NOT NULL,
  cause          TEXT NOT NULL DEFAULT '',
  reason         TEXT NOT NULL DEFAULT '',
  cure           TEXT NOT NULL DEFAULT '',
  date           TEXT NOT NULL DEFAULT '',
  customer       TEXT NOT NULL DEFAULT '',
  email          TEXT NOT NULL DEFAULT '',
  currency       TEXT NOT NULL DEFAULT '',
  total          TEXT NOT NULL DEFAULT '',        -- the sale before gift cards
  due            TEXT NOT NULL DEFAULT '',        -- after gift cards
  document       TEXT NOT NULL DEFAULT '',        -- "Sales receipt S01QA"
  txn_id         TEXT NOT NULL DEFAULT '',
  books_total    TEXT NOT NULL DEFAULT '',
  generation     INTEGER NOT NULL DEFAULT 1,
  plan_version   INTEGER NOT NULL DEFAULT 0,      -- what made the plan: order version, rules version, books generation
  plan_rules     INTEGER NOT NULL DEFAULT 0,
  plan_books     INTEGER NOT NULL DEFAULT 0,
  to_plan        INTEGER NOT NULL DEFAULT 1,      -- must be planned (again)
  placed_at      TEXT NOT NULL DEFAULT '',
  shop_updated   TEXT NOT NULL DEFAULT '',
  pulled_at      TEXT NOT NULL,
  UNIQUE (store_id, key)
);
CREATE INDEX orders_to_plan ON orders (company_id, placed_at) WHERE to_plan = 1;
CREATE INDEX orders_state ON orders (company_id, state, placed_at, currency, total); -- sums by state come from the index alone
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX orders_id ON orders (id);

-- JSON. Apart from orders, which change state many times: a page holds ten of them without their plan, and one with it.
CREATE TABLE order_plan (
  order_n INTEGER PRIMARY KEY REFERENCES orders(n),
  plan    TEXT NOT NULL
);

CREATE TABLE order_version (
  store_id        TEXT NOT NULL,
  key             TEXT NOT NULL,
  version         INTEGER NOT NULL,
  raw             BLOB NOT NULL,                  -- gzip of the shop's JSON
  content_hash    TEXT NOT NULL,
  accounting_hash TEXT NOT NULL,
  fetched_at      TEXT NOT NULL,
  PRIMARY KEY (store_id, key, version),
  FOREIGN KEY (store_id, key) REFERENCES orders (store_id, key)
) WITHOUT ROWID;

CREATE TABLE decision (
  id           INTEGER PRIMARY KEY,
  store_id     TEXT NOT NULL,
  key          TEXT NOT NULL,
  kind         TEXT NOT NULL,                     -- item, customer, link, not-link, release, hold, exclude, tag
  subject      TEXT NOT NULL DEFAULT '',
  value        TEXT NOT NULL DEFAULT '',
  who          TEXT NOT NULL,
  at           TEXT NOT NULL,
  withdrawn_at TEXT NOT NULL DEFAULT '',
  FOREIGN KEY (store_id, key) REFERENCES orders (store_id, key)
);
CREATE INDEX decision_order ON decision (store_id, key);

CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY,
  company_id    INTEGER NOT NULL REFERENCES company(id),
  key           TEXT NOT NULL,                    -- list rows: namespace and folded identity; documents: store, order, purpose, generation
  kind          TEXT NOT NULL,                    -- Customer, ItemNonInventory, PaymentMethod, ..., SalesReceipt
  store_id      TEXT NOT NULL DEFAULT '',         -- documents only
  order_key     TEXT NOT NULL DEFAULT '',
  order_version INTEGER NOT NULL DEFAULT 0,
  name          TEXT NOT NULL DEFAULT '',         -- list rows: the promised name; documents: the ref number
  email         TEXT NOT NULL DEFAULT '',
  expect        TEXT NOT NULL DEFAULT '',         -- documents: JSON of what QuickBooks' answer is held against
  state         TEXT NOT NULL,                    -- planned, sent, in_doubt, unread, done, refused, blocked, unsure
  set_id        TEXT NOT NULL DEFAULT '',         -- the last set that carried it
  request_id    TEXT NOT NULL DEFAULT '',
  tries         INTEGER NOT NULL DEFAULT 0,
  not_before    TEXT NOT NULL DEFAULT '',
  alone         INTEGER NOT NULL DEFAULT 0,       -- its set was refused whole: goes out by itself
  looked        TEXT NOT NULL DEFAULT '',         -- ticket of the session that asked the books for it
  record_id     TEXT NOT NULL DEFAULT '',         -- TxnID or ListID
  edit_sequence TEXT NOT NULL DEFAULT '',
  books_total   TEXT NOT NULL DEFAULT '',
  code          INTEGER NOT NULL DEFAULT 0,
  message       TEXT NOT NULL DEFAULT '',
  adopted       INTEGER NOT NULL DEFAULT 0,       -- found in the books instead of written by us
  planned_at    TEXT NOT NULL,
  settled_at    TEXT NOT NULL DEFAULT '',
  UNIQUE (company_id, key)
);
CREATE INDEX outbox_planned ON outbox (company_id, id) WHERE state = 'planned';
CREATE INDEX outbox_unread ON outbox (company_id, id) WHERE state = 'unread';
CREATE INDEX outbox_set ON outbox (set_id) WHERE set_id <> '';
CREATE INDEX outbox_order ON outbox (store_id, order_key) WHERE store_id <> '';
CREATE INDEX outbox_promised ON outbox (company_id, id) WHERE store_id = '' AND state <> 'done' AND state <> 'refused';
CREATE INDEX outbox_posted ON outbox (company_id, id) WHERE state = 'done' AND store_id <> '' AND adopted = 0;

-- JSON of the list row or document. Apart from the row for the same reason as order_plan.
CREATE TABLE outbox_body (
  row_id INTEGER PRIMARY KEY REFERENCES outbox(id) ON DELETE CASCADE,
  body   TEXT NOT NULL
);

-- How many rows of each state there are, kept by the triggers, so that progress costs nothing to show.
CREATE TABLE outbox_count (
  company_id INTEGER NOT NULL,
  state      TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (company_id, state)
) WITHOUT ROWID;
CREATE TRIGGER outbox_count_insert AFTER INSERT ON outbox BEGIN
  INSERT INTO outbox_count VALUES (new.company_id, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER outbox_count_delete AFTER DELETE ON outbox BEGIN
  UPDATE outbox_count SET n = n - 1 WHERE company_id = old.company_id AND state = old.state;
END;
CREATE TRIGGER outbox_count_update AFTER UPDATE OF state ON outbox WHEN old.state <> new.state BEGIN
  UPDATE outbox_count SET n = n - 1 WHERE company_id = old.company_id AND state = old.state;
  INSERT INTO outbox_count VALUES (new.company_id, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE outbox_need (
  row_id   INTEGER NOT NULL REFERENCES outbox(id) ON DELETE CASCADE,
  needs_id INTEGER NOT NULL REFERENCES outbox(id),
  PRIMARY KEY (row_id, needs_id)
) WITHOUT ROWID;
CREATE INDEX outbox_need_needs ON outbox_need (needs_id);

CREATE TABLE message_set (
  id           TEXT PRIMARY KEY,                  -- of a writing set: its newMessageSetID, at most 23 characters
  company_id   INTEGER NOT NULL REFERENCES company(id),
  ticket       TEXT NOT NULL,
  kind         TEXT NOT NULL,                     -- write, status, settle, read, look, identity, list
  subject      TEXT NOT NULL DEFAULT '',          -- JSON: what it asks about
  state        TEXT NOT NULL,                     -- out, in_doubt, answered, refused, settled
  request      BLOB NOT NULL,                     -- gzip of the exact bytes
  answer       BLOB,                              -- gzip; of list answers only the last few are kept
  answer_hash  TEXT NOT NULL DEFAULT '',
  hresult      TEXT NOT NULL DEFAULT '',
  message      TEXT NOT NULL DEFAULT '',
  rows         INTEGER NOT NULL DEFAULT 0,
  handed_out_at TEXT NOT NULL,
  answered_at  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX message_set_in_doubt ON message_set (company_id, handed_out_at) WHERE state = 'in_doubt';
CREATE INDEX message_set_out ON message_set (company_id) WHERE state = 'out';
CREATE INDEX message_set_ticket ON message_set (ticket, handed_out_at);
CREATE INDEX message_set_list ON message_set (company_id, handed_out_at) WHERE kind = 'list' AND answer IS NOT NULL;

-- Every set that ever carried a document of the order: the evidence outlives the outbox row, which knows its last set only.
CREATE TABLE message_set_order (
  store_id TEXT NOT NULL,
  key      TEXT NOT NULL,
  set_id   TEXT NOT NULL REFERENCES message_set(id) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (store_id, key, set_id)
) WITHOUT ROWID;

CREATE TABLE session (
  ticket         TEXT PRIMARY KEY,
  company_id     INTEGER NOT NULL REFERENCES company(id),
  state          TEXT NOT NULL,                   -- JSON: the SOAP session
  progress       TEXT NOT NULL DEFAULT '{}',      -- JSON: what this session has read so far
  client_version TEXT NOT NULL DEFAULT '',
  company_file   TEXT NOT NULL DEFAULT '',
  said           TEXT NOT NULL DEFAULT '',        -- the last sentence shown in the Web Connector
  opened_at      TEXT NOT NULL,
  last_call_at   TEXT NOT NULL,
  closed_at      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX session_company ON session (company_id, opened_at);
CREATE INDEX session_live ON session (company_id, opened_at) WHERE closed_at = '';

CREATE TABLE book (
  company_id INTEGER NOT NULL REFERENCES company(id),
  list       TEXT NOT NULL,                       -- Account, Item, Name, SalesTaxCode, PaymentMethod, ShipMethod, Class, Terms, Template
  list_id    TEXT NOT NULL,
  name       TEXT NOT NULL,
  active     INTEGER NOT NULL,
  body       TEXT NOT NULL,                       -- JSON of what we keep of it
  reading    INTEGER NOT NULL,                    -- number of the reading that saw it last
  PRIMARY KEY (company_id, list, list_id)
) WITHOUT ROWID;

CREATE TABLE book_list (
  company_id INTEGER NOT NULL REFERENCES company(id),
  list       TEXT NOT NULL,
  reading    INTEGER NOT NULL DEFAULT 0,          -- readings begun
  read_at    TEXT NOT NULL DEFAULT '',            -- when a reading was last finished; '' before the first
  full_at    TEXT NOT NULL DEFAULT '',            -- when the list was last read whole
  wanted     INTEGER NOT NULL DEFAULT 1,          -- a person or the calendar wants it read again
  dirty      INTEGER NOT NULL DEFAULT 0,          -- its entries changed since orders were last planned anew for it
  PRIMARY KEY (company_id, list)
) WITHOUT ROWID;

CREATE TABLE history (
  id         INTEGER PRIMARY KEY,
  at         TEXT NOT NULL,
  company_id INTEGER NOT NULL DEFAULT 0,
  store_id   TEXT NOT NULL DEFAULT '',
  key        TEXT NOT NULL DEFAULT '',
  who        TEXT NOT NULL,                       -- qbridge, connector, or a person
  event      TEXT NOT NULL,                       -- pulled, changed, planned, state, sent, answered, adopted, ...
  note       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX history_order ON history (store_id, key, id);
CREATE INDEX history_company ON history (company_id, id);

CREATE TABLE lease (
  name   TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until  TEXT NOT NULL
);
