package posting_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// drawWords is a text of up to some words of Western Europe's letters.
func drawWords(t *rapid.T, most int, what string) string {
	words := rapid.SliceOfN(rapid.StringMatching(`[A-Za-zéüñß0-9][A-Za-zéüñß0-9.#/-]{0,28}`), 0, most).Draw(t, what)
	return strings.Join(words, " ")
}

// drawPerson is a buyer of whom much does not fit.
func drawPerson(t *rapid.T) order.Person {
	p := order.Person{First: drawWords(t, 2, "first"), Last: drawWords(t, 3, "last"), Company: drawWords(t, 6, "company"), City: drawWords(t, 4, "city"),
		State: drawWords(t, 3, "state"), PostalCode: drawWords(t, 2, "postal code"), Country: drawWords(t, 4, "country"), Phone: drawWords(t, 3, "phone")}
	if p.Name = strings.TrimSpace(p.First + " " + p.Last); rapid.Bool().Draw(t, "another whole name") {
		p.Name = drawWords(t, 4, "name")
	}
	for range rapid.IntRange(0, 6).Draw(t, "streets") {
		p.Street = append(p.Street, drawWords(t, 4, "street"))
	}
	return p
}

// said are all texts of a value, without blanks: a long line is folded.
func said(t *rapid.T, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var texts strings.Builder
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			texts.WriteString(v + "\n")
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
		}
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	walk(tree)
	return texts.String()
}

// Every word of both addresses is on the document, in the memo when it does not
// fit elsewhere; every word of the buyer, phones too, on the customer that is
// added, or on the document when all orders are one customer's.
func TestNothingOfAnAddressIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := plain()
		o.Email, o.Billing, o.Shipping = "new@example.com", drawPerson(t), drawPerson(t)
		o.Billing.Name += " Buyer"
		s := setting{posting.Sale{Order: o}, rules(), lists()}
		s.rules.CustomerName = rapid.SampledFrom([]string{"first-last", "last-first", "company", "email", "job", "one"}).Draw(t, "scheme")
		shop(&s)
		p := s.decide()
		if len(p.Documents) != 1 {
			t.Fatalf("%s: %s", p.Cause, p.Reason)
		}
		lost := func(what string, text string, fields string) {
			for word := range strings.FieldsSeq(text) {
				if !strings.Contains(fields, word) {
					t.Fatalf("%s: %q is lost; there is\n%s", what, word, fields)
				}
			}
		}
		document := said(t, p.Documents[0])
		for what, a := range map[string]order.Person{"billing": o.Billing, "shipping": o.Shipping} {
			if a.Empty() {
				continue
			}
			lost(what, strings.Join(append([]string{a.Name, a.First, a.Last, a.Company, a.City, a.State, a.PostalCode, a.Country}, a.Street...), " "), document)
			if s.rules.CustomerName == "one" {
				lost(what+" phone", a.Phone+" "+o.Email, document)
			}
		}
		if s.rules.CustomerName == "one" {
			return
		}
		b, customer := o.Billing, said(t, p.Lists[0].Add.Customer)
		lost("customer", strings.Join(append([]string{b.Name, b.First, b.Last, b.Company, b.City, b.State, b.PostalCode, b.Country, b.Phone, o.Shipping.Phone, o.Email}, b.Street...), " "), customer)
	})
}

// What the shop gives beyond the lines of an address is in the memo and said.
func TestLongAddress(t *testing.T) {
	o := plain()
	o.Billing = order.Person{Name: "Dr. Jane M. Doe", First: "Jane", Last: "Doe", Company: "Springfield Elementary School and Kindergarten Association",
		Street: []string{"Building 7", "742 Evergreen Terrace", "Apt 4", "c/o Hausmeister", "Rear entrance"},
		City:   "Llanfairpwllgwyngyllgogerychwyrndrobwll", State: "Provincia Autonoma di Bolzano", PostalCode: "62704-1234-5678", Country: "Saint Vincent and the Grenadines"}
	p := decide(o)
	d := mustPost(t, p)
	for _, piece := range []string{"billing address: Apt 4, c/o Hausmeister, Rear entrance", "billing address: Llanfairpwllgwyngyllgogerychwyrndrobwll",
		"billing address: Provincia Autonoma di Bolzano", "billing address: 62704-1234-5678", "billing address: Saint Vincent and the Grenadines"} {
		if !strings.Contains(d.Memo, piece) {
			t.Errorf("the memo lacks %q:\n%s", piece, d.Memo)
		}
	}
	if len(p.Adjustments) != 5 {
		t.Errorf("%d adjustments: %+v", len(p.Adjustments), p.Adjustments)
	}
	if want := []string{"Dr. Jane M. Doe", "Springfield Elementary School and", "Kindergarten Association", "Building 7", "742 Evergreen Terrace"}; strings.Join(d.BillTo.Lines, "|") != strings.Join(want, "|") {
		t.Errorf("%q", d.BillTo.Lines)
	}
}
