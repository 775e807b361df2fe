package web

import (
	"slices"

	"qbridge/internal/bridge"
)

// orderView is the page of one order.
type orderView struct {
	bridge.OrderDetail
	Becomes   bridge.PlanView // by today's rules and books
	Documents []sideBySide
}

// sideBySide is the order beside one document that it becomes.
type sideBySide struct {
	Document bridge.PlanDocument // zero: the order becomes none
	Rows     []bridge.PlanRow
}

func orderPage(v *visit) error {
	id := v.r.PathValue("store") + "/" + v.r.PathValue("key")
	view := orderView{}
	var err error
	if view.OrderDetail, err = v.bridge.Order(v.ctx(), id); err != nil {
		return err
	}
	if view.Becomes, err = v.bridge.ShowPlan(v.ctx(), id); err != nil {
		return err
	}
	slices.Reverse(view.History) // the newest first
	for _, row := range view.Becomes.Rows {
		i := slices.IndexFunc(view.Documents, func(d sideBySide) bool { return d.Document.Purpose == row.Document })
		if i < 0 {
			d := sideBySide{}
			if at := slices.IndexFunc(view.Becomes.Documents, func(d bridge.PlanDocument) bool { return d.Purpose == row.Document }); at >= 0 {
				d.Document = view.Becomes.Documents[at]
			}
			view.Documents = append(view.Documents, d)
			i = len(view.Documents) - 1
		}
		view.Documents[i].Rows = append(view.Documents[i].Rows, row)
	}
	return v.page("order", view)
}
