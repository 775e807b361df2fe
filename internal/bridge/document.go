package bridge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// isSale tells whether documents of a kind are the sale itself, which the order
// shows as its document; the others follow it: payments, credit memos, refunds.
func isSale(kind string) bool {
	return kind == posting.SalesReceipt || kind == posting.Invoice || kind == posting.SalesOrder
}

// kindWords is how a person calls a kind of documents.
func kindWords(kind string) string {
	switch kind {
	case posting.SalesReceipt:
		return "Sales receipt"
	case posting.ReceivePayment:
		return "Payment"
	case posting.SalesOrder:
		return "Sales order"
	case posting.CreditMemo:
		return "Credit memo"
	case posting.ARRefundCreditCard:
		return "Card refund"
	case kindField:
		return "Custom field"
	}
	return kind
}

// documentElements is what we read of a document when looking for one. An
// invoice has no total of its own, and a cheque its own words.
func documentElements(kind string) []string {
	elements := []string{"TxnID", "EditSequence", "CustomerRef", "TxnDate", "RefNumber", "Memo"}
	switch kind {
	case posting.SalesReceipt:
		return append(elements, "IsPending", "TotalAmount", "DepositToAccountRef")
	case posting.CreditMemo:
		return append(elements, "IsPending", "TotalAmount")
	case posting.Invoice:
		return append(elements, "IsPending", "Subtotal", "SalesTaxTotal", "AppliedAmount", "BalanceRemaining")
	case posting.Check:
		elements[2] = "PayeeEntityRef"
		return append(elements, "Amount")
	case posting.ReceivePayment:
		return append(elements, "TotalAmount", "UnusedPayment", "DepositToAccountRef")
	}
	return append(elements, "TotalAmount")
}

// documentQuery asks for documents of a kind as q asks for sales receipts.
func documentQuery(kind string, q qbxml.SalesReceiptQuery) qbxml.Body {
	q.IncludeRetElement = documentElements(kind)
	switch kind {
	case posting.Invoice:
		return qbxml.InvoiceQuery{TxnID: q.TxnID, RefNumber: q.RefNumber, MaxReturned: q.MaxReturned, ModifiedDateRangeFilter: q.ModifiedDateRangeFilter,
			TxnDateRangeFilter: q.TxnDateRangeFilter, EntityFilter: q.EntityFilter, IncludeRetElement: q.IncludeRetElement}
	case posting.SalesOrder:
		return qbxml.SalesOrderQuery{TxnID: q.TxnID, RefNumber: q.RefNumber, MaxReturned: q.MaxReturned, ModifiedDateRangeFilter: q.ModifiedDateRangeFilter, IncludeRetElement: q.IncludeRetElement}
	case posting.CreditMemo:
		return qbxml.CreditMemoQuery{TxnID: q.TxnID, RefNumber: q.RefNumber, MaxReturned: q.MaxReturned, ModifiedDateRangeFilter: q.ModifiedDateRangeFilter, IncludeRetElement: q.IncludeRetElement}
	case posting.Check:
		return qbxml.CheckQuery{TxnID: q.TxnID, RefNumber: q.RefNumber, MaxReturned: q.MaxReturned, ModifiedDateRangeFilter: q.ModifiedDateRangeFilter, IncludeRetElement: q.IncludeRetElement}
	case posting.ReceivePayment:
		return qbxml.ReceivePaymentQuery(q)
	case posting.ARRefundCreditCard:
		return qbxml.ARRefundCreditCardQuery(q)
	}
	return q
}

// documentsByID asks for the documents of rows by their TxnIDs, one request for
// each kind.
func documentsByID(id string, rows []store.Row) []qbxml.Request {
	return eachKind(id, rows, func(of []store.Row) (q qbxml.SalesReceiptQuery) {
		for _, r := range of {
			q.TxnID = append(q.TxnID, r.RecordID)
		}
		return q
	})
}

// documentsByNumber asks for the documents of rows by their ref numbers.
func documentsByNumber(id string, rows []store.Row) []qbxml.Request {
	return eachKind(id, rows, func(of []store.Row) (q qbxml.SalesReceiptQuery) {
		for _, r := range of {
			q.RefNumber = append(q.RefNumber, r.Name)
		}
		return q
	})
}

// documentsNear asks for what the customers of planned sales and payments have
// in the books around the days of these: one may have been typed in by hand, or
// by another connector, under a number of its own. Nothing is asked of customers
// that are not in the books yet.
func documentsNear(id string, rows []store.Row) (requests []qbxml.Request, err error) {
	var sales, payments near
	for _, r := range rows {
		e, err := expectedOf(r)
		switch {
		case err != nil:
			return nil, err
		case e.Near == "":
		case isSale(r.Kind):
			sales.add(e)
		case r.Kind == posting.ReceivePayment:
			payments.add(e)
		}
	}
	of, err := sales.requests(id, posting.SalesReceipt, posting.Invoice)
	more, err2 := payments.requests(id, posting.ReceivePayment)
	return append(of, more...), errors.Join(err, err2)
}

// near are the customers and days of planned documents.
type near struct {
	customers qbxml.ListFilter
	days      []string
}

func (n *near) add(e expected) {
	if !slices.Contains(n.customers.ListID, e.Near) {
		n.customers.ListID = append(n.customers.ListID, e.Near)
	}
	n.days = append(n.days, e.Date)
}

func (n *near) requests(id string, kinds ...string) (requests []qbxml.Request, err error) {
	if len(n.days) == 0 {
		return nil, nil
	}
	from, err := time.Parse(time.DateOnly, slices.Min(n.days))
	to, err2 := time.Parse(time.DateOnly, slices.Max(n.days))
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	q := qbxml.SalesReceiptQuery{EntityFilter: &n.customers, TxnDateRangeFilter: &qbxml.TxnDateRangeFilter{
		FromTxnDate: qbxml.Date(from.AddDate(0, 0, -posting.NearDays).Format(time.DateOnly)), ToTxnDate: qbxml.Date(to.AddDate(0, 0, posting.NearDays).Format(time.DateOnly))}}
	for _, kind := range kinds {
		requests = append(requests, qbxml.Request{ID: id + ofKind(kind), Body: documentQuery(kind, q)})
	}
	return requests, nil
}

func eachKind(id string, rows []store.Row, ask func([]store.Row) qbxml.SalesReceiptQuery) (requests []qbxml.Request) {
	var kinds []string
	byKind := map[string][]store.Row{}
	for _, r := range rows {
		if !slices.Contains(kinds, r.Kind) {
			kinds = append(kinds, r.Kind)
		}
		byKind[r.Kind] = append(byKind[r.Kind], r)
	}
	for _, kind := range kinds {
		requests = append(requests, qbxml.Request{ID: id + ofKind(kind), Body: documentQuery(kind, ask(byKind[kind]))})
	}
	return requests
}

// ofKind ends the ID of a request about documents that are no sales receipts; the ID of the set follows behind a dash.
func ofKind(kind string) string {
	if kind == posting.SalesReceipt {
		return ""
	}
	return "." + kind
}

// documentByID finds a document in an answer; nil when it is not there.
func documentByID(got received, txnID string) *qbxml.Posted {
	for _, answer := range got.responses {
		for _, ret := range answer.rets {
			if p, ok := qbxml.PostedOf(ret); ok && p.TxnID == txnID {
				return &p
			}
		}
	}
	return nil
}

// candidatesFor picks the documents of a row's kind that carry its ref number or
// its order's mark.
func candidatesFor(r store.Row, got received) []posting.Candidate {
	return pick(got, func(p qbxml.Posted) bool {
		return p.Kind == r.Kind && (strings.EqualFold(p.RefNumber, r.Name) || marked(p, r))
	})
}

// marked tells whether a document of the kind of a row bears the mark of the
// row's order. Of sales the kind says the purpose.
func marked(p qbxml.Posted, r store.Row) bool {
	storeID, key, purpose, ours := posting.MarkedOrder(p.Memo)
	return ours && storeID == r.StoreID && string(key) == r.OrderKey && (isSale(p.Kind) || purpose == purposeOf(r))
}

// nearFor picks the sales of another number that have the customer and the total
// of a row; for a payment the payments, as long as nothing of them is applied.
func nearFor(r store.Row, got received) []posting.Candidate {
	e, err := expectedOf(r)
	if err != nil || e.Near == "" || !isSale(r.Kind) && r.Kind != posting.ReceivePayment {
		return nil
	}
	return pick(got, func(p qbxml.Posted) bool {
		return isSale(p.Kind) == isSale(r.Kind) && !strings.EqualFold(p.RefNumber, r.Name) && !(p.Kind == r.Kind && marked(p, r)) &&
			refID(p.CustomerRef) == e.Near && orZero(p.Total).Equal(e.Total) && (isSale(p.Kind) || unapplied(p, got))
	})
}

// unapplied tells whether a document is a payment of which nothing is applied,
// as far as QuickBooks says.
func unapplied(p qbxml.Posted, got received) bool {
	for _, answer := range got.responses {
		for _, ret := range answer.rets {
			if r, ok := ret.(*qbxml.ReceivePaymentRet); ok && r.TxnID == p.TxnID {
				return r.UnusedPayment == nil || r.UnusedPayment.Equal(orZero(p.Total))
			}
		}
	}
	return false
}

// pick takes documents out of an answer, each once: two questions may have found it.
func pick(got received, which func(qbxml.Posted) bool) (found []posting.Candidate) {
	seen := map[string]bool{}
	for _, answer := range got.responses {
		for _, ret := range answer.rets {
			if p, ok := qbxml.PostedOf(ret); ok && which(p) && !seen[p.TxnID] {
				seen[p.TxnID] = true
				found = append(found, candidate(p))
			}
		}
	}
	return found
}

func candidate(p qbxml.Posted) posting.Candidate {
	k := posting.Candidate{Kind: p.Kind, TxnID: p.TxnID, EditSequence: p.EditSequence, RefNumber: p.RefNumber, Memo: p.Memo,
		CustomerID: refID(p.CustomerRef), Date: string(p.TxnDate), Total: orZero(p.Total), Pending: p.IsPending}
	if p.CustomerRef != nil {
		k.CustomerName = p.CustomerRef.FullName
	}
	if p.DepositTo != nil {
		k.DepositTo = posting.Ref{ListID: p.DepositTo.ListID, Name: p.DepositTo.FullName}
	}
	// QuickBooks voids by setting amounts to zero and saying so at the head of the memo.
	k.Voided = k.Total.IsZero() && strings.HasPrefix(strings.ToUpper(p.Memo), "VOID")
	return k
}

// answerElements is what QuickBooks is to answer to an Add of a kind; none
// means all. Of a document that is every figure it is held against and what identifies it;
// the rest would only repeat our own request, which is kept (design.md 4.7).
func answerElements(kind string) []string {
	elements := []string{"TxnID", "TimeCreated", "EditSequence", "TxnNumber", "RefNumber"}
	switch kind {
	case posting.SalesReceipt, posting.CreditMemo:
		return append(elements, "IsPending", "Subtotal", "SalesTaxTotal", "TotalAmount")
	case posting.Invoice:
		return append(elements, "IsPending", "Subtotal", "SalesTaxTotal", "AppliedAmount", "BalanceRemaining")
	case posting.SalesOrder:
		return append(elements, "Subtotal", "SalesTaxTotal", "TotalAmount")
	case posting.ReceivePayment:
		return append(elements, "TotalAmount", "UnusedPayment")
	case posting.ARRefundCreditCard:
		return append(elements, "TotalAmount")
	case posting.Check:
		return append(elements, "Amount")
	}
	return nil
}

// expected is what QuickBooks' answer to a document is held against.
type expected struct {
	Total   decimal.Decimal
	Pending bool   `json:",omitempty"`
	Next    bool   `json:",omitempty"` // when it is as expected, another document of the order may follow
	Notes   string `json:",omitempty"`
	// Customer is whom a document that was found or linked is for in QuickBooks: what follows it can be for no other.
	Customer posting.Ref `json:",omitzero"`
	// Asked is the generation of the books at which QuickBooks was asked whose the document is, because that customer vanished.
	Asked int64 `json:",omitempty"`

	Fields []posting.CustomField `json:",omitempty"` // to be set when it is in the books

	Near string `json:",omitempty"` // of sales and payments: ListID of their customer, when it was in the books when they were planned
	Date string `json:",omitempty"` // with Near: YYYY-MM-DD
}

func expectedOf(r store.Row) (e expected, err error) {
	if err := jsonv2.Unmarshal([]byte(r.Expect), &e); err != nil {
		return e, fmt.Errorf("what is expected of %s: %w", documentName(r), err)
	}
	return e, nil
}

// kindsSetting keeps which kinds of documents were ever planned for a company
// file, beside sales receipts.
func kindsSetting(companyID int64) string { return fmt.Sprintf("kinds/%d", companyID) }

// postedKinds are the kinds of documents that we may have in a company file. Not
// every QuickBooks knows all, so it is not asked about others.
func postedKinds(tx *store.Tx, companyID int64) ([]string, error) {
	text, _, err := tx.Setting(kindsSetting(companyID))
	return append([]string{posting.SalesReceipt}, strings.Fields(text)...), err
}

// keepKind keeps that documents of a kind are in a company file, or will be.
func keepKind(tx *store.Tx, companyID int64, kind string) error {
	kinds, err := postedKinds(tx, companyID)
	if err != nil || slices.Contains(kinds, kind) {
		return err
	}
	return tx.SetSetting(kindsSetting(companyID), strings.Join(append(kinds[1:], kind), " "))
}
