package bridge

import (
	"strconv"
	"strings"
)

// ReconcileHead names the columns of ReconciledOrder.Row.
func ReconcileHead() []string {
	head := []string{"number", "id", "date", "state", "cause", "currency", "shop", "books", "difference", "document", "txn id", "deposit to", "tax item", "reason"}
	for _, part := range ReconcileParts() {
		head = append(head, "shop "+part, "books "+part)
	}
	return append(head, "day", "refund")
}

// Row is the order, or its refunds of a day, as a line of a CSV file.
func (o ReconciledOrder) Row() []string {
	row := []string{o.Number, o.ID, o.Date, o.State, o.Cause, o.Currency, o.Shop, o.Books, o.Difference, o.Document, o.TxnID, o.DepositTo, o.TaxItem, o.Reason}
	for _, part := range ReconcileParts() {
		row = append(row, o.ShopParts[part], o.BooksParts[part])
	}
	row = append(row, o.Day, strconv.FormatBool(o.Refund))
	for i := range row {
		row[i] = PlainCell(row[i])
	}
	return row
}

// PlainCell keeps a spreadsheet from taking somebody's text for a formula. A
// negative amount stays one.
func PlainCell(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") && strings.Trim(text, "-0123456789.") != "" {
		return "'" + text
	}
	return text
}
