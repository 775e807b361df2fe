-- Orders as people look for them.
ALTER TABLE orders ADD COLUMN method TEXT NOT NULL DEFAULT ''; -- how the buyer paid, in the shop's words
ALTER TABLE orders ADD COLUMN minor INTEGER; -- the total in hundredths, so that SQLite adds exactly; NULL when it is none
UPDATE orders SET minor = CASE
  WHEN total = '' THEN 0
  WHEN length(total) > 12 OR total GLOB '*[^-0-9.]*' THEN NULL
  WHEN total GLOB '*[0-9].[0-9][0-9]' THEN CAST(replace(total, '.', '') AS INTEGER)
  WHEN total NOT GLOB '*.*' THEN CAST(total AS INTEGER) * 100 END;
DROP INDEX orders_state;
CREATE INDEX orders_state ON orders (company_id, state, placed_at, n, store_id, method, date); -- lists by state come from the index alone
CREATE INDEX orders_odd ON orders (company_id, state, currency) WHERE minor IS NULL;
CREATE INDEX orders_shown ON orders (company_id, placed_at, n, store_id, method, date);
CREATE TABLE order_method (
  company_id INTEGER NOT NULL REFERENCES company(id),
  method     TEXT NOT NULL,
  PRIMARY KEY (company_id, method)
) WITHOUT ROWID;

-- Counts and sums of orders by all that a list is narrowed by but words and tags, kept by the triggers, so that they cost nothing to show.
CREATE TABLE order_sum (
  company_id INTEGER NOT NULL,
  state      TEXT NOT NULL,
  currency   TEXT NOT NULL,
  date       TEXT NOT NULL,
  store_id   TEXT NOT NULL,
  method     TEXT NOT NULL,
  n          INTEGER NOT NULL,
  minor      INTEGER NOT NULL,
  odd        INTEGER NOT NULL,                    -- how many of them have no minor
  PRIMARY KEY (company_id, state, currency, date, store_id, method)
) WITHOUT ROWID;
INSERT INTO order_sum SELECT company_id, state, currency, date, store_id, method, count(*), coalesce(sum(minor), 0), count(*) - count(minor)
  FROM orders GROUP BY company_id, state, currency, date, store_id, method;
CREATE TRIGGER order_sum_insert AFTER INSERT ON orders BEGIN
  INSERT INTO order_sum VALUES (new.company_id, new.state, new.currency, new.date, new.store_id, new.method, 1, coalesce(new.minor, 0), new.minor IS NULL)
    ON CONFLICT DO UPDATE SET n = n + 1, minor = minor + excluded.minor, odd = odd + excluded.odd;
END;
CREATE TRIGGER order_sum_update AFTER UPDATE OF state, currency, date, method, total ON orders
  WHEN old.state <> new.state OR old.currency <> new.currency OR old.date <> new.date OR old.method <> new.method OR old.total <> new.total BEGIN
  UPDATE order_sum SET n = n - 1, minor = minor - coalesce(old.minor, 0), odd = odd - (old.minor IS NULL)
    WHERE company_id = old.company_id AND state = old.state AND currency = old.currency AND date = old.date AND store_id = old.store_id AND method = old.method;
  INSERT INTO order_sum VALUES (new.company_id, new.state, new.currency, new.date, new.store_id, new.method, 1, coalesce(new.minor, 0), new.minor IS NULL)
    ON CONFLICT DO UPDATE SET n = n + 1, minor = minor + excluded.minor, odd = odd + excluded.odd;
END;
CREATE TRIGGER order_sum_delete AFTER DELETE ON orders BEGIN
  UPDATE order_sum SET n = n - 1, minor = minor - coalesce(old.minor, 0), odd = odd - (old.minor IS NULL)
    WHERE company_id = old.company_id AND state = old.state AND currency = old.currency AND date = old.date AND store_id = old.store_id AND method = old.method;
END;

-- The words of an order; its rowid is orders.n. The text itself is not kept twice.
CREATE VIRTUAL TABLE order_text USING fts5 (text, content = '', contentless_delete = 1, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2');
-- Orders from before have no words and no method yet: IndexSome gives them, from this number down.
INSERT INTO setting SELECT 'index-orders', max(n), '' FROM orders HAVING max(n) IS NOT NULL;
CREATE INDEX outbox_name ON outbox (company_id, name) WHERE store_id <> '';

-- The days of an order's refunds: those that the shop gave last, and those of its credit memos and what pays them out, as planned. A refund is found by
-- its day, however old its order. The shop's of orders from before come with their words.
CREATE TABLE refund_day (
  day     TEXT NOT NULL,
  order_n INTEGER NOT NULL REFERENCES orders(n),
  side    TEXT NOT NULL,                          -- shop, books
  PRIMARY KEY (day, order_n, side)
) WITHOUT ROWID;
CREATE INDEX refund_day_order ON refund_day (order_n);
CREATE TRIGGER refund_day_books AFTER INSERT ON outbox_body
  WHEN (SELECT kind FROM outbox WHERE id = new.row_id) IN ('CreditMemo', 'ARRefundCreditCard', 'Check') AND json_valid(new.body) BEGIN
  INSERT OR IGNORE INTO refund_day SELECT json_extract(new.body, '$.Date'), o.n, 'books' FROM outbox r JOIN orders o ON o.store_id = r.store_id AND o.key = r.order_key
    WHERE r.id = new.row_id AND json_extract(new.body, '$.Date') <> '' AND json_extract(new.body, '$.FeeAccount') IS NULL;
END;
INSERT OR IGNORE INTO refund_day SELECT json_extract(b.body, '$.Date'), o.n, 'books' FROM outbox r JOIN outbox_body b ON b.row_id = r.id
  JOIN orders o ON o.store_id = r.store_id AND o.key = r.order_key
  WHERE r.kind IN ('CreditMemo', 'ARRefundCreditCard', 'Check') AND json_valid(b.body) AND json_extract(b.body, '$.Date') <> '' AND json_extract(b.body, '$.FeeAccount') IS NULL;

-- The tags of the user's own, and the orders that have them: what the decisions of the kind tag come to, kept by the triggers.
CREATE TABLE tag (
  name    TEXT PRIMARY KEY,
  colour  TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL DEFAULT '',
  made_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE order_tag (
  order_n INTEGER NOT NULL REFERENCES orders(n),
  tag     TEXT NOT NULL REFERENCES tag(name),
  PRIMARY KEY (order_n, tag)
) WITHOUT ROWID;
CREATE INDEX order_tag_tag ON order_tag (tag, order_n);
CREATE TRIGGER decision_tag AFTER INSERT ON decision WHEN new.kind = 'tag' BEGIN
  INSERT OR IGNORE INTO tag (name, made_by, made_at) VALUES (new.value, new.who, new.at);
  INSERT OR IGNORE INTO order_tag SELECT n, new.value FROM orders WHERE store_id = new.store_id AND key = new.key;
END;
CREATE TRIGGER decision_untag AFTER UPDATE OF withdrawn_at ON decision WHEN new.kind = 'tag' AND new.withdrawn_at <> '' BEGIN
  DELETE FROM order_tag WHERE tag = new.value AND order_n = (SELECT n FROM orders WHERE store_id = new.store_id AND key = new.key)
    AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.store_id = new.store_id AND d.key = new.key AND d.kind = 'tag' AND d.value = new.value AND d.withdrawn_at = '');
END;
INSERT OR IGNORE INTO tag (name, made_by, made_at) SELECT value, who, at FROM decision WHERE kind = 'tag' AND withdrawn_at = '';
INSERT OR IGNORE INTO order_tag SELECT o.n, d.value FROM decision d JOIN orders o USING (store_id, key) WHERE d.kind = 'tag' AND d.withdrawn_at = '';

-- People who use the console, and where they are logged in.
CREATE TABLE console_user (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role          TEXT NOT NULL,                    -- owner, bookkeeper, warehouse, accountant
  password_hash TEXT NOT NULL,
  lang          TEXT NOT NULL DEFAULT '',         -- en, fr; empty: as the browser says
  disabled      INTEGER NOT NULL DEFAULT 0,
  created_at    TEXT NOT NULL,
  seen_at       TEXT NOT NULL DEFAULT ''
);
CREATE TABLE console_session (
  token_hash TEXT PRIMARY KEY,                    -- of the cookie; the cookie itself is kept nowhere
  user_id    INTEGER NOT NULL REFERENCES console_user(id) ON DELETE CASCADE,
  begun_at   TEXT NOT NULL,
  seen_at    TEXT NOT NULL                        -- to the minute
) WITHOUT ROWID;

-- What people did, for the page of activity.
CREATE INDEX history_people ON history (id, who, event) WHERE who NOT IN ('qbridge', 'connector');

-- Orders that a user chose to do something with.
CREATE TABLE selection (
  id         TEXT PRIMARY KEY,                    -- nobody guesses it
  who        TEXT NOT NULL,                       -- whose it is: nobody else may use it
  made_at    TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  n          INTEGER NOT NULL,
  numbers    TEXT NOT NULL                        -- JSON: the n of the orders
) WITHOUT ROWID;

-- What is or was done with a selection, and how far it came. The numbers are copied: a selection ends before what was begun with it.
CREATE TABLE action (
  id       INTEGER PRIMARY KEY,
  who      TEXT NOT NULL,
  kind     TEXT NOT NULL,
  value    TEXT NOT NULL,
  n        INTEGER NOT NULL,
  done     INTEGER NOT NULL DEFAULT 0,            -- so many orders were gone through
  results  TEXT NOT NULL DEFAULT '[]',            -- JSON: what became of them
  begun_at TEXT NOT NULL,
  ended_at TEXT NOT NULL DEFAULT ''
);
CREATE INDEX action_open ON action (id) WHERE ended_at = '';
-- Apart from the action, which changes with each step.
CREATE TABLE action_orders (
  action_id INTEGER PRIMARY KEY REFERENCES action(id),
  numbers   TEXT NOT NULL
);
