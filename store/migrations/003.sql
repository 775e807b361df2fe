-- A line of history may be about all orders that a set carried, as message_set_order has them: one line a set instead of one an order.
ALTER TABLE history ADD COLUMN set_id TEXT NOT NULL DEFAULT '';
CREATE INDEX history_set ON history (set_id) WHERE set_id <> '';
-- Only a support bundle reads the last lines of a company; it finds them by id, in a file that hardly ever has more than one company.
DROP INDEX history_company;
-- Items are kept with their prices, groups with the quantities of their members, customers with their addresses: the lists are read whole once more.
UPDATE book_list SET full_at = '', wanted = 1 WHERE list IN ('Item', 'Name');
