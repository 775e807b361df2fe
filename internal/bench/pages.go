//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
	"qbridge/internal/web"
)

// orderMaker makes the i-th order of a shop, placed at that time.
type orderMaker func(i int, at time.Time) json.RawMessage

// buyerOrder is the i-th order of a shop with many buyers: orders that differ in
// everything people look for.
func buyerOrder(i int, at time.Time) json.RawMessage {
	first := []string{"Jane", "Zoë", "Ann", "Bob", "François", "Eve", "José", "Liu", "Olga", "Dave"}[i%10]
	last := fmt.Sprint([]string{"Cooper", "Miller", "Lee", "O'Neil", "Tremblay", "Müller", "Nguyen"}[i/10%7], i/70%600)
	email := fmt.Sprintf("%s.%s%d@%s", strings.ToLower(first[:2]), "x", i/10%42000, []string{"gmail.com", "gmail.com", "gmail.com", "example.com"}[i%4])
	method := []string{"Stripe", "PayPal", "Stripe", "Apple Pay"}[i%4]
	status := "PAID"
	switch {
	case i%1000 == 0:
		method = "Cheque"
	case i%400 == 7:
		status = "AWAITING_PAYMENT"
	}
	items := make([]string, 5)
	for k, sku := range []string{"TS-42", "WS-M", "TOTE", "MUG", "LAMP-OAK"} {
		items[k] = fmt.Sprintf(`{"id":%d,"productId":%d,"price":10,"quantity":2,"sku":"%s","name":"%s tea no. %d","tax":1.9,"taxable":true,"taxes":[{"name":"Sales Tax","value":9.5,"total":1.9,"taxOnDiscountedSubtotal":1.9,"taxOnShipping":0,"includeInPrice":false}]}`,
			i*10+k, 700000000+k, sku, []string{"Green", "Black"}[i/3%2], (i+k)%300)
	}
	stamp := at.UTC().Format("2006-01-02 15:04:05 +0000")
	person := fmt.Sprintf(`{"name":"%s %s","firstName":"%s","lastName":"%s","street":"%d Evergreen Terrace","city":"Springfield","countryCode":"US","postalCode":"62704","stateOrProvinceCode":"IL"}`, first, last, first, last, i%900+1)
	return json.RawMessage(fmt.Sprintf(`{"id":"B%07d","internalId":%d,"subtotal":100,"total":109.5,"tax":9.5,"email":"%s","paymentMethod":"%s","paymentModule":"Stripe","paymentStatus":"%s",`+
		`"fulfillmentStatus":"AWAITING_PROCESSING","trackingNumber":"1Z%012d","couponDiscount":0,"discount":0,"createDate":"%s","updateDate":"%s","createTimestamp":%d,"updateTimestamp":%d,"pricesIncludeTax":false,"items":[%s],`+
		`"billingPerson":%s,"shippingPerson":%s,"refunds":[]}`,
		i, 600000000+i, email, method, status, i*7919, stamp, stamp, at.Unix(), at.Unix(), strings.Join(items, ","), person, person))
}

// pagesStored is how many orders the console shows.
const pagesStored = 100_000

// onePage is a page of the console that is measured.
type onePage struct{ name, path string }

// pagesShown are the list, each filter, searches for what few orders have, some
// and all, what nobody would type, and an order.
func pagesShown(newest string) []onePage {
	list := func(query ...string) string {
		values := url.Values{}
		for i := 0; i < len(query); i += 2 {
			values.Set(query[i], query[i+1])
		}
		return "/orders?" + values.Encode()
	}
	many := "TS-42 WS-M tote mug lamp tea gmail B0" // each in nearly every order
	return []onePage{
		{"list", "/orders"}, {"state of most", list("state", "queued")}, {"rare state", list("state", "waiting")}, {"a day", list("from", newest, "to", newest)},
		{"payment method of half of them", list("method", "Stripe")}, {"rare payment method", list("method", "Cheque")}, {"tag of one order in 60", list("tag", "gift")}, {"tag of one order in 7", list("tag", "web")},
		{"number", list("q", "B0054321")}, {"name", list("q", "Zoë Miller12")}, {"e-mail", list("q", "zo.x12345@gmail.com")}, {"tracking number", list("q", fmt.Sprintf("1Z%012d", 54321*7919))},
		{"TxnID of none", list("q", "1A2B-1795350978")}, {"nobody", list("q", "zebra")}, {"item of one order in 60", list("q", "tea no. 17")}, {"name of one order in 7", list("q", "Tremblay")},
		{"e-mail's domain, three orders in four", list("q", "gmail.com")}, {"SKU in every order", list("q", "TS-42")}, {"amount of every order", list("q", "109.50")}, {"beginning of every number", list("q", "B000")},
		{"in every order, in a rare state", list("q", "TS-42", "state", "waiting")}, {"in every order, one day", list("q", "TS-42", "from", newest, "to", newest)},
		{"in half of them, in half of the others", list("q", "green", "method", "Apple Pay")},
		{"in every order, and all filters", list("q", "gmail", "state", "queued", "from", "2020-01-01", "to", newest, "method", "Stripe", "tag", "web")},
		{"eight words of every order (six are looked for)", list("q", many)}, {"these, in a rare state", list("q", many, "state", "waiting")},
		{"these, one day", list("q", many, "from", newest, "to", newest)}, {"these, and a tag of one order in 7", list("q", many, "tag", "web")},
		{"five words of every order and a rare one", list("q", "TS-42 WS-M tote mug lamp Tremblay77")}, {"nearly as many as are summed", list("q", "tea no. 17 gmail")},
		{"eight letters", list("q", "b t w m l o g 1")}, {"the search's own language", list("q", `"a* OR NEAR(b c) AND text:-`)},
		{"4,000 letters", list("q", strings.Repeat("tea ", 1000))},
	}
}

// measurePages asks a console with 100,000 orders for its pages, again and
// again, as a person who is logged in.
func measurePages(f folders, times int, only string) error {
	ctx := context.Background()
	filled, err := f.fillOnce("pages", func(dir string) (string, error) { return fillPages(ctx, dir) })
	if err != nil {
		return err
	}
	b, err := bridge.Open(bridge.Config{Dir: filled})
	if err != nil {
		return err
	}
	defer b.Close()
	bridge.TuneMemory()
	console, err := web.New(b)
	if err != nil {
		return err
	}
	server := httptest.NewServer(console)
	defer server.Close()
	visitor, err := logIn(ctx, b, server.URL)
	if err != nil {
		return err
	}
	newest, err := b.FindOrders(ctx, bridge.Find{}, "", 1)
	if err != nil {
		return err
	}
	shown := append(pagesShown(newest.Orders[0].Date), onePage{"one order", "/orders/" + newest.Orders[0].ID})
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "page\tp50 ms\tp95 ms\tlongest ms\tKB\t")
	var all []time.Duration
	for _, page := range shown {
		if !strings.Contains(page.name, only) {
			continue
		}
		var took []time.Duration
		size := 0
		for range times {
			from := time.Now()
			answer, err := visitor.Get(server.URL + page.path)
			if err != nil {
				return err
			}
			body, err := io.ReadAll(answer.Body)
			if err = errors.Join(err, answer.Body.Close()); err != nil {
				return err
			}
			took, size = append(took, time.Since(from)), len(body)
			if answer.StatusCode != http.StatusOK || answer.Request.URL.Path == "/login" {
				return fmt.Errorf("%s: %s", page.path, answer.Status)
			}
		}
		all = append(all, took...)
		printTook(table, page.name, took, size)
	}
	printTook(table, "all", all, 0)
	if err := table.Flush(); err != nil || only != "" {
		return err
	}
	from := time.Now()
	month, err := b.ReconcileMonth(ctx, newest.Orders[0].Date[:len("2026-11")], nil) // not the page, which ends after 30 seconds
	if err != nil {
		return err
	}
	printTook(table, fmt.Sprintf("reconciliation of a month of %d orders", month.Orders), []time.Duration{time.Since(from)}, 0)
	return table.Flush()
}

func printTook(w io.Writer, name string, took []time.Duration, size int) {
	slices.Sort(took)
	at := func(hundredth int) float64 { return float64(took[(len(took)-1)*hundredth/100].Microseconds()) / 1000 }
	fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.1f\t%d\t\n", name, at(50), at(95), at(100), (size+1023)/1024)
}

// logIn gives the client of a bookkeeper, who is made when there is none.
func logIn(ctx context.Context, b *bridge.Bridge, address string) (*http.Client, error) {
	const name, password = "bench", "correct horse battery"
	users, err := b.Users(ctx)
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		if err := b.AddUser(ctx, name, bridge.Bookkeeper, password, name); err != nil {
			return nil, err
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	visitor := &http.Client{Jar: jar}
	answer, err := visitor.PostForm(address+"/login", url.Values{"name": {name}, "password": {password}})
	if err != nil {
		return nil, err
	}
	return visitor, answer.Body.Close()
}

// fillPages makes the folder: orders pulled and planned, some of them held, and
// tags on few and on many.
func fillPages(ctx context.Context, dir string) (took string, err error) {
	if took, err = fill(ctx, dir, sim.Rules, pagesStored, 0, buyerOrder); err != nil {
		return "", err
	}
	return took, actOnPages(ctx, dir)
}

func actOnPages(ctx context.Context, dir string) error {
	b, err := bridge.Open(bridge.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer b.Close()
	for _, done := range []struct {
		find   string
		action bridge.Action
	}{
		{"O'Neil", bridge.Action{Kind: bridge.ActHold, Value: "bench"}},
		{"no.107", bridge.Action{Kind: bridge.ActTag, Value: "gift"}},
		{"Tremblay", bridge.Action{Kind: bridge.ActTag, Value: "web"}},
	} {
		if done.action.Kind == bridge.ActTag {
			if err := b.SetTag(ctx, done.action.Value, "#aa0000", "bench"); err != nil {
				return err
			}
		}
		chosen, err := b.Select(ctx, bridge.Find{Text: done.find}, "bench")
		if err != nil {
			return err
		}
		if _, err := b.Act(ctx, chosen.ID, done.action, "bench"); err != nil {
			return err
		}
	}
	_, err = b.PlanAll(ctx)
	return err
}
