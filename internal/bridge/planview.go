package bridge

import (
	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// MoneyView is an order's money, part by part, as the shop wrote it. What
// lowers the total is negative.
type MoneyView struct {
	Goods      string `json:"goods"`
	Promotions string `json:"promotions"`
	Coupon     string `json:"coupon"`
	Shipping   string `json:"shipping"`
	Handling   string `json:"handling"`
	Surcharges string `json:"surcharges"` // tips too
	Tax        string `json:"tax"`
	GiftCard   string `json:"gift_card"`
}

func viewMoney(o order.Order) MoneyView {
	s, p := o.Split(), o.Precision
	return MoneyView{Goods: s.Goods.StringFixed(p), Promotions: s.Promotions.Neg().StringFixed(p), Coupon: s.Coupon.Neg().StringFixed(p),
		Shipping: s.Shipping.StringFixed(p), Handling: s.Handling.StringFixed(p), Surcharges: s.Surcharges.StringFixed(p),
		Tax: s.Tax.StringFixed(p), GiftCard: s.GiftCard.Neg().StringFixed(p)}
}

// PlanView is what an order becomes in QuickBooks. Plans are stored in the
// bookkeeper's own form; this one is for scripts, and only grows: docs/json.md.
type PlanView struct {
	State       string           `json:"state"`
	Cause       string           `json:"cause,omitempty"`
	Reason      string           `json:"reason"`
	Cure        string           `json:"cure,omitempty"`
	Lists       []PlanListView   `json:"lists"`
	Documents   []PlanDocument   `json:"documents"`
	Adjustments []AdjustmentView `json:"adjustments"`
	Rows        []PlanRow        `json:"rows,omitempty"`      // of ShowPlan only
	Then        string           `json:"then,omitempty"`      // what stands against what would follow the documents; of ShowPlan only
	ThenCure    string           `json:"then_cure,omitempty"` // what to do about it
}

// PlanListView is a name, item or method that is added first.
type PlanListView struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// PlanDocument is a document that the order becomes.
type PlanDocument struct {
	Purpose       string         `json:"purpose"`
	Kind          string         `json:"kind"`
	Number        string         `json:"number"`
	Date          string         `json:"date"`
	Customer      string         `json:"customer"`
	Memo          string         `json:"memo"`
	Other         string         `json:"other,omitempty"`
	PaymentMethod string         `json:"payment_method"`
	DepositTo     string         `json:"deposit_to"`
	TaxItem       string         `json:"tax_item"`
	Pending       bool           `json:"pending"`
	Fields        []FieldView    `json:"custom_fields,omitempty"`
	Lines         []PlanLineView `json:"lines"`
	Tax           string         `json:"tax"`   // as QuickBooks will compute it
	Total         string         `json:"total"` // as QuickBooks will compute it
}

// PlanLineView is a line of a document. Quantity is empty on charges and
// discounts.
type PlanLineView struct {
	Part        string      `json:"part"`
	Item        string      `json:"item"`
	Description string      `json:"description"`
	Quantity    string      `json:"quantity,omitempty"`
	Amount      string      `json:"amount"`
	TaxCode     string      `json:"tax_code"`
	Fields      []FieldView `json:"custom_fields,omitempty"`
}

// FieldView is a custom field of QuickBooks and what it will hold.
type FieldView struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func viewFields(fields []posting.CustomField) (views []FieldView) {
	for _, f := range fields {
		views = append(views, FieldView(f))
	}
	return views
}

// AdjustmentView is one difference between what the shop wrote and what the
// books will hold.
type AdjustmentView struct {
	Cause    string `json:"cause"`
	Field    string `json:"field"`
	From     string `json:"from"`
	To       string `json:"to"`
	Amount   string `json:"amount"` // money moved by it
	Sentence string `json:"sentence"`
}

// ViewPlan shows a plan. Amounts have two decimals: those of QuickBooks.
func ViewPlan(p posting.Plan) PlanView {
	v := PlanView{State: string(p.State), Cause: string(p.Cause), Reason: p.Reason, Cure: p.Cure,
		Lists: []PlanListView{}, Documents: []PlanDocument{}, Adjustments: []AdjustmentView{}}
	for _, l := range p.Lists {
		v.Lists = append(v.Lists, PlanListView{l.Kind, l.Name})
	}
	for _, d := range p.Documents {
		v.Documents = append(v.Documents, viewDocument(d))
	}
	for _, a := range p.Adjustments {
		v.Adjustments = append(v.Adjustments, AdjustmentView{a.Cause, a.Field, a.From, a.To, a.Amount.StringFixed(2), a.Sentence})
	}
	return v
}

func viewDocument(d posting.Document) PlanDocument {
	v := PlanDocument{Purpose: d.Purpose, Kind: d.Kind, Number: d.RefNumber, Date: d.Date, Customer: d.Customer.Name, Memo: d.Memo,
		PaymentMethod: d.PaymentMethod.Name, DepositTo: d.DepositTo.Name, TaxItem: d.TaxItem.Name, Pending: d.Pending, Other: d.Other, Fields: viewFields(d.Fields),
		Lines: []PlanLineView{}, Tax: d.Tax.StringFixed(2), Total: d.Total.StringFixed(2)}
	for _, l := range d.Lines {
		line := PlanLineView{Part: string(l.Part), Item: l.Item.Name, Description: l.Desc, Amount: l.Amount.StringFixed(2), TaxCode: l.TaxCode.Name, Fields: viewFields(l.Fields)}
		if l.Quantity != nil {
			line.Quantity = l.Quantity.String()
		}
		v.Lines = append(v.Lines, line)
	}
	return v
}
