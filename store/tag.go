package store

import "time"

// Tag is a word of the user's own for orders. An order has it by a decision of the kind tag whose value it is.
type Tag struct {
	Name   string
	Colour string
	MadeBy string
	MadeAt time.Time
	Orders int64 // that have it
}

func (t *Tag) fields() []any {
	return []any{&t.Name, &t.Colour, &t.MadeBy, stamp{&t.MadeAt}, &t.Orders}
}

// Tags are all tags by name.
func (tx *Tx) Tags() ([]Tag, error) {
	return list[Tag](tx, "read the tags", "SELECT name, colour, made_by, made_at, (SELECT count(*) FROM order_tag WHERE tag = name) FROM tag ORDER BY name")
}

// SetTag keeps a tag, or the new colour of one that is there.
func (tx *Tx) SetTag(t Tag) error {
	_, err := tx.exec("keep the tag "+t.Name, "INSERT INTO tag VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET colour = excluded.colour", t.Name, t.Colour, t.MadeBy, at(tx.now))
	return err
}

// DropTag forgets a tag that no order has.
func (tx *Tx) DropTag(name string) error {
	return tx.change("forget the tag "+name, "DELETE FROM tag WHERE name = ? AND NOT EXISTS (SELECT 1 FROM order_tag WHERE tag = name)", name)
}
