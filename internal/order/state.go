package order

// State is where an order stands. An order is in exactly one.
type State string

// The states of an order, in the order in which a careless reader would meet
// them; design.md 3.
const (
	New       State = "new"       // pulled, not yet looked at
	Waiting   State = "waiting"   // not paid yet, by rule
	Ready     State = "ready"     // ready to sync
	Queued    State = "queued"    // its documents wait in the outbox
	Sent      State = "sent"      // in QuickBooks' hands
	InDoubt   State = "in_doubt"  // handed out, no answer
	Pending   State = "pending"   // posted as QuickBooks' own draft
	Synced    State = "synced"    // in the books, totals equal
	Attention State = "attention" // needs a person: cause and cure
	Held      State = "held"      // held by a person
	Excluded  State = "excluded"  // excluded by a named rule
)

// States lists every state.
func States() []State {
	return []State{New, Waiting, Ready, Queued, Sent, InDoubt, Pending, Synced, Attention, Held, Excluded}
}

// Words gives the state as a bookkeeper reads it.
func (s State) Words() string {
	switch s {
	case New:
		return "New"
	case Waiting:
		return "Waiting"
	case Ready:
		return "Ready to sync"
	case Queued:
		return "Queued"
	case Sent:
		return "In QuickBooks' hands"
	case InDoubt:
		return "In doubt"
	case Pending:
		return "Pending in QuickBooks"
	case Synced:
		return "Synced"
	case Attention:
		return "Needs attention"
	case Held:
		return "Held"
	case Excluded:
		return "Excluded"
	}
	return string(s)
}
