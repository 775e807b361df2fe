package prove

import (
	"fmt"
	"strings"
)

// Markdown is the result as the table of docs/reliability.md.
func (r Result) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d days, %d orders, %d documents, %d sessions, %d writing message sets, %d kills. Documents by kind: %s.\n\n", r.Days, r.Orders, r.Documents, r.Sessions, r.Sets, r.Kills, r.kinds())
	b.WriteString("| fault | where | struck | doubles | losses | wrong parts |\n|---|---|---|---|---|---|\n")
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d |\n", f.Name, f.Where, f.Struck, f.Doubles, f.Losses, f.WrongParts)
	}
	fmt.Fprintf(&b, "| all | | | %d | %d | %d |\n", r.Count(Double), r.Count(Loss), r.Count(WrongPart))
	r.violations(&b)
	return b.String()
}
