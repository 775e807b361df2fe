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
	Choices   bridge.Choices
	Goods     []goodsForm
	Client    customerForm
	Elsewhere string // the page on which the cause of the state is cured; empty for none
}

// sideBySide is the order beside one document that it becomes.
type sideBySide struct {
	Document bridge.PlanDocument // zero: the order becomes none
	Rows     []bridge.PlanRow
}

// search is what the reader looked for among items or customers.
type search[T any] struct {
	Text    string
	Done    bool // it was looked for
	Offered []T  // to choose from: what was found, else what is likely
}

// Sole tells that there is only one to choose.
func (s search[T]) Sole() bool { return len(s.Offered) == 1 }

// goodsForm chooses the item of goods.
type goodsForm struct {
	bridge.GoodsChoice
	search[bridge.FoundItem]
}

// customerForm chooses the customer.
type customerForm struct {
	bridge.CustomerChoice
	search[bridge.FoundName]
}

// Path is the page itself.
func (o orderView) Path() string { return orderPath(o.ID) }

// Doubt tells that what may be the order in QuickBooks is to be compared.
func (o orderView) Doubt() bool { return len(o.Choices.Doubtful) > 0 }

// Planned is the document that the order is to become first; nil when there is
// none.
func (o orderView) Planned() *bridge.PlanDocument {
	for _, plan := range []*bridge.PlanView{o.Plan, &o.Becomes} {
		if plan != nil && len(plan.Documents) > 0 {
			return &plan.Documents[0]
		}
	}
	return nil
}

// Choosing tells that an item or the customer is what the order lacks.
func (o orderView) Choosing() bool {
	return o.Client.Problem != "" || slices.ContainsFunc(o.Goods, func(g goodsForm) bool { return g.Problem != "" })
}

// Moving tells that the state may change by itself within moments.
func (o orderView) Moving() bool {
	return slices.Contains([]string{"new", "queued", "sent", "in_doubt"}, o.State)
}

// Label names what releasing does to the order as it stands: post, retry or
// release; other actions are named as they are.
func (o orderView) Label(do bridge.OrderAction) string {
	switch {
	case do == bridge.DoRelease && o.Cause == string(bridge.CauseNotReleased):
		return "post"
	case do == bridge.DoRelease && slices.Contains([]string{"attention", "synced", "pending"}, o.State): // in the books: what QuickBooks refused of its custom fields
		return "retry"
	}
	return string(do)
}

// orderID is the ID of the order whose page is asked for.
func (v *visit) orderID() string { return v.r.PathValue("store") + "/" + v.r.PathValue("key") }

func (v *visit) orderView() (view orderView, err error) {
	id := v.orderID()
	if view.OrderDetail, err = v.bridge.Order(v.ctx(), id); err != nil {
		return view, err
	}
	if view.Becomes, err = v.bridge.ShowPlan(v.ctx(), id); err != nil {
		return view, err
	}
	if view.Choices, err = v.bridge.Choices(v.ctx(), id); err != nil {
		return view, err
	}
	if at := "/" + string(view.Choices.Where); v.routes["GET "+at].serve != nil && view.Choices.Where != "" && v.allowed("GET "+at) {
		view.Elsewhere = at
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
	return view, v.addForms(&view)
}

// mostFound is how many items or customers a search shows.
const mostFound = 20

// addForms prepares the forms by which items and customer are chosen. The
// address may hold a search: of goods, by their key, or of the customer.
func (v *visit) addForms(view *orderView) (err error) {
	query := v.r.URL.Query()
	asked := query.Get("q")
	for _, g := range view.Choices.Goods {
		form := goodsForm{g, search[bridge.FoundItem]{Offered: g.Like}}
		if asked != "" && query.Has("goods") && query.Get("goods") == g.Key {
			form.Text, form.Done = asked, true
			if form.Offered, err = v.bridge.FindItems(v.ctx(), asked, mostFound); err != nil {
				return err
			}
		}
		view.Goods = append(view.Goods, form)
	}
	view.Client = customerForm{view.Choices.Customer, search[bridge.FoundName]{Offered: view.Choices.Customer.Like}}
	if asked != "" && query.Has("customer") {
		view.Client.Text, view.Client.Done = asked, true
		view.Client.Offered, err = v.bridge.FindCustomers(v.ctx(), asked, mostFound)
	}
	return err
}

func orderPage(v *visit) error {
	view, err := v.orderView()
	if err != nil {
		return err
	}
	return v.page("order", view)
}
