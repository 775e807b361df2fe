package bridge

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"qbridge/store"
)

// mask takes out of texts what a stranger may not see: what the Redactor hides,
// and the names of people.
type mask struct {
	redactor *Redactor
	names    *strings.Replacer
}

// maskedOrders is how many orders, the newest, give the names that are masked
// in texts, beside all names in the company file's lists.
const maskedOrders = 50_000

// shortestName is the least number of bytes of a name that is masked: with
// shorter ones no text could be read any more.
const shortestName = 3

// newMask learns the names of the buyers and of everybody in the company file.
func (b *Bridge) newMask(tx *store.Tx, c store.Company) (mask, error) {
	seen := map[string]bool{}
	learn := func(name string) {
		if name = strings.TrimSpace(name); len(name) >= shortestName {
			seen[name] = true
		}
	}
	learnFull := func(name string) { // of a job, and of its customer
		learn(name)
		for own := range strings.SplitSeq(name, ":") {
			learn(own)
		}
	}
	enough := errors.New("enough")
	n := 0
	err := tx.EachOrder(c.ID, "", func(o store.Order) error {
		if n++; n > maskedOrders {
			return enough
		}
		learn(o.Customer)
		learn(o.Email)
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return mask{}, err
	}
	err = tx.EachBook(c.ID, nameList, func(e store.BookEntry) error {
		learnFull(e.Name)
		return nil
	})
	if err != nil {
		return mask{}, err
	}
	promised, err := tx.Promised(c.ID)
	if err != nil {
		return mask{}, err
	}
	for _, r := range promised {
		if r.Kind == "Customer" {
			learnFull(r.Name)
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) }) // a name may contain another one
	pairs := make([]string, 0, 2*len(names))
	for _, name := range names {
		pairs = append(pairs, name, "[name]")
	}
	return mask{b.Redactor, strings.NewReplacer(pairs...)}, nil
}

func (m mask) text(s string) string {
	return m.redactor.Text(m.names.Replace(filePath().ReplaceAllString(s, "[company file]")))
}

// filePath is the path of a company file, also in JSON: it may hold a person's
// name.
var filePath = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(\b[a-z]:[\\/]|\\\\)[^"<>|*?\n]*?\.qbw\b`)
})

// maskedBytes is how much of a document is shown.
const maskedBytes = 256 << 10

// document gives a qbXML document with only those values that name no person:
// everything that is not known to be harmless becomes "[12 characters]".
func (m mask) document(raw []byte) string {
	cut := len(raw) > maskedBytes
	d := xml.NewDecoder(bytes.NewReader(raw[:min(len(raw), maskedBytes)]))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // what is shown is ASCII or masked
	var out strings.Builder
	var path []string
	for {
		token, err := d.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) && !cut {
				out.WriteString("\n(the rest is no XML and is not shown)")
			}
			break
		}
		switch t := token.(type) {
		case xml.ProcInst:
			fmt.Fprintf(&out, "<?%s %s?>", t.Target, t.Inst)
		case xml.StartElement:
			path = append(path, t.Name.Local)
			out.WriteString("<" + t.Name.Local)
			for _, a := range t.Attr {
				fmt.Fprintf(&out, " %s=\"%s\"", a.Name.Local, escaped(maskedAttribute(a)))
			}
			out.WriteString(">")
		case xml.EndElement:
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
			out.WriteString("</" + t.Name.Local + ">")
		case xml.CharData:
			out.WriteString(escaped(maskedValue(path, string(t))))
		}
	}
	if cut {
		fmt.Fprintf(&out, "\n(cut: %d bytes in all)", len(raw))
	}
	return m.text(out.String())
}

func escaped(s string) string {
	var text strings.Builder
	_ = xml.EscapeText(&text, []byte(s)) // writing to a strings.Builder cannot fail
	return strings.ReplaceAll(text.String(), "&#xA;", "\n")
}

// maskedAttribute keeps attributes, but for what QuickBooks quotes in a status
// message.
func maskedAttribute(a xml.Attr) string {
	if a.Name.Local != "statusMessage" {
		return a.Value
	}
	return quotedText().ReplaceAllStringFunc(a.Value, func(quoted string) string {
		inner := quoted[1 : len(quoted)-1]
		if plainValue().MatchString(inner) {
			return quoted
		}
		return `"` + characters(inner) + `"`
	})
}

var (
	quotedText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"[^"]*"`) })
	// plainValue is a number, a date, a truth value or an ID of QuickBooks'.
	plainValue = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([-+]?[0-9.]{1,15}%?|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[-+0-9:.Z]+)?|true|false|[0-9A-F]+-[0-9]+)$`)
	})
	// openValue is an element that may be shown when it holds a plain value.
	openValue = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(TxnID|TxnLineID|ListID|EditSequence|TimeCreated|TimeModified|TxnNumber|TxnDate|DueDate|ShipDate|Amount|Quantity|Rate|RatePercent|TaxRate|Subtotal|` +
			`SalesTaxPercentage|SalesTaxTotal|TotalAmount|Is[A-Z]\w+|Sublevel|MaxReturned|FromModifiedDate|ToModifiedDate|FromTxnDate|ToTxnDate|IncludeLineItems)$`)
	})
	// openText is an element whose text is no person's: names of elements to
	// return, codes, numbers of documents.
	openText = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(RefNumber|IncludeRetElement|ActiveStatus|AccountType|TxnDelType|ListDelType|TxnVoidType|TxnType|OwnerID|SpecialAccountType)$`)
	})
	// openName is an element whose Name or FullName is no person's.
	openName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(Item|Account|\w+AccountRef$|SalesTaxCode|CustomerSalesTaxCodeRef$|PaymentMethod|ShipMethod|Class|Template|StandardTerms|DateDrivenTerms|TermsRef$|CurrencyRef$)`)
	})
	ourMarker = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^Ecwid \S+ \S+ [0-9]+`) })
)

// maskedValue keeps the text of an element that is known to name nobody.
func maskedValue(path []string, text string) string {
	value := strings.TrimSpace(text)
	if value == "" || len(path) == 0 {
		return text
	}
	name, parent := path[len(path)-1], ""
	if len(path) > 1 {
		parent = path[len(path)-2]
	}
	switch {
	case openValue().MatchString(name) && plainValue().MatchString(value), openText().MatchString(name):
		return text
	case (name == "FullName" || name == "Name") && openName().MatchString(parent):
		return text
	case name == "Memo":
		marker := ourMarker().FindString(value)
		if marker == value {
			return text
		}
		if marker != "" {
			return marker + " " + characters(value[len(marker):])
		}
	}
	return characters(value)
}

func characters(s string) string { return fmt.Sprintf("[%d characters]", utf8.RuneCountInString(s)) }
