// Command fieldtable makes fields.tsv of package qbxml: it takes the rows of the requests the
// package writes out of the table of all requests of Intuit's schema, and states in columns what
// that table says in remarks.
//
//	go run ./qbxml/internal/fieldtable <request-fields.tsv >qbxml/fields.tsv
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// requests are those of package qbxml, in the order of its table. To add one, name it here, run the
// command, and write its struct.
var requests = []string{
	"HostQuery", "CompanyQuery", "PreferencesQuery", "AccountQuery",
	"CustomerQuery", "CustomerAdd", "CustomerMod", "EntityQuery",
	"ItemQuery", "ItemNonInventoryAdd", "ItemServiceAdd", "ItemOtherChargeAdd", "ItemDiscountAdd",
	"ItemSalesTaxQuery", "ItemSalesTaxGroupQuery", "SalesTaxCodeQuery",
	"PaymentMethodQuery", "PaymentMethodAdd", "ShipMethodQuery", "ShipMethodAdd",
	"ClassQuery", "TermsQuery", "TemplateQuery", "ListDeletedQuery",
	"TransactionQuery", "SalesReceiptAdd", "SalesReceiptQuery", "DepositQuery",
	"TxnVoid", "TxnDel", "TxnDeletedQuery",
	"InvoiceAdd", "InvoiceQuery", "ReceivePaymentAdd", "ReceivePaymentQuery", "SalesOrderAdd", "SalesOrderQuery",
	"CreditMemoAdd", "CreditMemoQuery", "ARRefundCreditCardAdd", "ARRefundCreditCardQuery", "CheckAdd", "CheckQuery",
	"CustomerMsgQuery", "SalesRepQuery", "CurrencyQuery", "DataExtMod",
}

// sameAs are requests that the source table lacks, each with one that has the same elements in the
// schema.
var sameAs = map[string]string{"CheckQuery": "CreditMemoQuery"}

// repeating are elements that may come more than once by the schema, although the comments the
// source table was made from don't say so.
var repeating = []string{"ListDeletedQueryRq ListDelType", "TxnDeletedQueryRq TxnDelType", "TransactionQueryRq TransactionTypeFilter/TxnTypeFilter"}

// shortText is how many characters the value of a custom field holds, of which the source table
// says nothing: those that people set up in QuickBooks are of the type STR255TYPE.
const shortText = "255"

// Columns of the source table.
const (
	request, n, path, kind, card = 0, 1, 2, 3, 4
	maxUS, since, notIn, span    = 5, 9, 10, 11
	choice, attributes, values   = 12, 13, 14
	note                         = 15
)

const header = "request\tn\tpath\ttype\tcard\tmaxUS\tmaxCA\tmaxUK\tmaxAU\tsince\tnotIn\trange\tchoice\tattributes\tvalues\n"

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fieldtable:", err)
		os.Exit(1)
	}
}

// run copies the wanted rows from in to out.
func run(in io.Reader, out io.Writer) error {
	rows := map[string][]string{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		for len(cells) <= note {
			cells = append(cells, "")
		}
		name := strings.TrimSuffix(cells[request], "Rq")
		if !slices.Contains(requests, name) {
			continue
		}
		row, err := convert(cells)
		if err != nil {
			return err
		}
		rows[name] = append(rows[name], row)
		for other, model := range sameAs {
			if model == name {
				rows[other] = append(rows[other], other+strings.TrimPrefix(row, model))
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("the source table cannot be read: %w", err)
	}
	w := bufio.NewWriter(out)
	w.WriteString(header)
	for _, name := range requests {
		if len(rows[name]) == 0 {
			return fmt.Errorf("the source table has no rows of %s", name)
		}
		for _, row := range rows[name] {
			w.WriteString(row + "\n")
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("the table cannot be written: %w", err)
	}
	return nil
}

// choiceMark is how the source table opens a choice: "#choice 1 begin: You may have A OR ( B AND C )".
var choiceMark = regexp.MustCompile(`^#choice (\d+) begin: You may (optionally )?have (1 or more |0 or more )?(.*)$`)

// remark is what the source table adds behind a value or an alternative: [DEFAULT], (v11.0).
var remark = regexp.MustCompile(` *(\[[^]]*\]|\(v[^)]*\))`)

// convert makes one row of our table of one of the source's.
func convert(c []string) (string, error) {
	out := slices.Clone(c[:note])
	if c[n] == "-" {
		m := choiceMark.FindStringSubmatch(c[kind])
		if m == nil {
			return "", fmt.Errorf("%s: choice not understood: %q", c[request], c[kind])
		}
		out[kind] = "choice"
		out[choice] = m[1]
		out[card] = "1"
		if m[2] != "" {
			out[card] = "0..1"
		}
		if m[3] != "" {
			out[card] = m[3][:1] + "..n"
		}
		expression := remark.ReplaceAllString(m[4], "")
		expression = strings.NewReplacer(" OR ", " | ", " AND ", " ").Replace(expression)
		out[values] = strings.Join(strings.Fields(expression), " ")
		return strings.Join(out, "\t"), nil
	}
	if strings.HasSuffix(c[path], "/DataExtValue") {
		for edition := range 4 {
			out[maxUS+edition] = shortText
		}
	}
	if strings.HasPrefix(c[note], "rep (1 or more)") || slices.Contains(repeating, c[request]+" "+c[path]) {
		out[card] = "1..n"
	}
	var editions []string
	for _, e := range strings.Split(c[notIn], "|") {
		if e != "" && e != "QBOE" { // the online edition of that name is gone
			editions = append(editions, e)
		}
	}
	out[notIn] = strings.Join(editions, "|")
	var names []string
	for _, a := range strings.Fields(c[attributes]) {
		name, _, _ := strings.Cut(strings.TrimPrefix(a, "@"), "=")
		names = append(names, name)
	}
	out[attributes] = strings.Join(names, "|")
	var enum []string
	for _, v := range strings.Split(remark.ReplaceAllString(c[values], ""), ",") {
		if v = strings.TrimSpace(v); v != "" {
			enum = append(enum, v)
		}
	}
	out[values] = strings.Join(enum, "|")
	return strings.Join(out, "\t"), nil
}
