package bridge

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"qbridge/internal/posting"
	"qbridge/store"
)

// Tag is a word of the user's own for orders. Rules ask for it by the condition
// tag:NAME, in any case.
type Tag struct {
	Name   string
	Colour string // like #1f6feb; "" for none
	Orders int64  // that have it
}

// longestTag is how many characters the name of a tag holds.
const longestTag = 40

func tags(tx *store.Tx) (all []Tag, err error) {
	known, err := tx.Tags()
	for _, t := range known {
		all = append(all, Tag{t.Name, t.Colour, t.Orders})
	}
	return all, err
}

// Tags gives all tags by name.
func (b *Bridge) Tags(ctx context.Context) (all []Tag, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		all, err = tags(tx)
		return err
	})
	return all, err
}

// colourForm is how a colour is written.
var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// SetTag makes a tag, or gives the one of that name another colour.
func (b *Bridge) SetTag(ctx context.Context, name, colour, who string) error {
	return b.setTag(ctx, Tag{Name: name, Colour: colour}, "", who)
}

// setTag is SetTag; instead is the tag that it takes the place of, which may
// differ from it in case alone, or "".
func (b *Bridge) setTag(ctx context.Context, t Tag, instead, who string) error {
	name, colour := strings.Join(strings.Fields(t.Name), " "), strings.ToLower(t.Colour)
	switch {
	case name == "" || len([]rune(name)) > longestTag:
		return fmt.Errorf("the name of a tag has 1 to %d characters", longestTag)
	case !visible(name): // no page could name it to take it off again
		return fmt.Errorf("the name of a tag has no invisible characters")
	case strings.ContainsAny(name, "+,"):
		return fmt.Errorf("the name of a tag has no + and no comma: rules join their conditions by them")
	case colour != "" && !colourForm.MatchString(colour):
		return fmt.Errorf("%q is no colour like #1f6feb", colour)
	}
	return b.write(ctx, "keep the tag", func(tx *store.Tx) error {
		all, err := tx.Tags()
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(t store.Tag) bool {
			return t.Name != name && t.Name != instead && posting.Fold(t.Name) == posting.Fold(name)
		}); i >= 0 {
			return fmt.Errorf("there is the tag %s already: rules could not tell it from %s", all[i].Name, name)
		}
		return tx.SetTag(store.Tag{Name: name, Colour: colour, MadeBy: who})
	})
}

// DropTag forgets a tag that no order has.
func (b *Bridge) DropTag(ctx context.Context, name string) error {
	return b.write(ctx, "forget the tag", func(tx *store.Tx) error {
		all, err := tx.Tags()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t store.Tag) bool { return t.Name == name })
		switch {
		case i < 0:
			return fmt.Errorf("there is no tag %q", name)
		case all[i].Orders > 0:
			return fmt.Errorf("%s the tag %s: take it off them first", counted(int(all[i].Orders), "order has", "orders have"), name)
		}
		return tx.DropTag(name)
	})
}
