package qbxml

// Field is one element of a request, as Intuit's schema and its comments describe it.
type Field struct {
	Request  string          // with Rq: SalesReceiptAddRq
	N        int             // order; elements must be written in it; 0 is the request itself
	Path     string          // below the request: SalesReceiptAdd/RefNumber
	Type     string          // STRTYPE, AMTTYPE, …, or aggregate
	Required bool            // within its parent, or within its branch of a choice
	Repeats  bool            // may come more than once
	Max      map[Edition]int // characters; missing: no limit
	Since    Version
	NotIn    []Edition // editions that lack it
	Min, Top int       // range of an INTTYPE; 0: open
	Choices  []int     // the numbers of the choice groups it belongs to
	Values   []string  // of an ENUMTYPE
}

// Fields are the elements of a request such as "SalesReceiptAddRq", in order; nil for one unknown here.
func Fields(request string) []Field { return nil }

// Limit is how many characters an element holds in an edition; 0 means no limit, or no such element.
// The path is below the request: Limit("SalesReceiptAddRq", "SalesReceiptAdd/RefNumber", US) is 11.
func Limit(request, path string, e Edition) int { return 0 }
