package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
)

// direct carries a request to a handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// A faultyWorld is a world with a small service of our own: each session reads the customers by pages, adds a customer and two
// receipts, and ends.
type faultyWorld struct {
	World
	service *service
	now     time.Time
	trace   []string
	session int // of the service
	asked   int // sets handed out in the session
	shop    *http.Client
}

var iteratorID = regexp.MustCompile(`iteratorID="([^"]+)"`)

func newFaultyWorld(t *testing.T) *faultyWorld {
	w := &faultyWorld{now: newest}
	clock := func() time.Time { return w.now }
	w.Company = open(t, func(k *CompanyConfig) { k.Clock = clock })
	w.Shop = NewShop(ShopConfig{StoreID: 1003, Token: "secret_x", Clock: clock})
	for _, o := range Orders(3, 5, newest) {
		if err := w.Shop.Put(o.JSON); err != nil {
			t.Fatal(err)
		}
	}
	w.Sleep = func(_ context.Context, d time.Duration) error {
		w.now = w.now.Add(d)
		return nil
	}
	iterator := ""
	w.service = &service{answers: answers{
		"authenticate": func(*etree.Element) string {
			w.session++
			w.asked, iterator = 0, ""
			return fmt.Sprintf("<string>ticket-%d</string><string></string><string></string><string></string>", w.session)
		},
		"sendRequestXML": func(*etree.Element) string { return escaped(w.nextSet(iterator)) },
		"receiveResponseXML": func(call *etree.Element) string {
			arguments := nodeOf(call)
			response := arguments.at("response") // the generated client leaves out what is empty
			w.trace = append(w.trace, fmt.Sprintf("answer %d bytes, %s", len(response), arguments.at("hresult")))
			iterator = ""
			if m := iteratorID.FindStringSubmatch(response); m != nil {
				iterator = m[1]
			}
			if w.asked == 4 {
				return "100"
			}
			return fmt.Sprint(20 * w.asked)
		},
		"connectionError": says("done"),
	}}
	w.Connector = NewConnector(ConnectorConfig{AppURL: "http://localhost/qbwc", User: "u", Password: "p", Company: w.Company, Raw: true, HTTP: &http.Client{Transport: direct{w.service}}, Sleep: w.Sleep})
	w.shop = &http.Client{Transport: direct{w.Shop}}
	return w
}

func (w *faultyWorld) nextSet(iterator string) string {
	w.asked++
	switch {
	case w.asked == 1:
		return set("", `<CustomerQueryRq iterator="Start"><MaxReturned>1</MaxReturned></CustomerQueryRq>`)
	case w.asked == 2 && iterator != "":
		return set("", `<CustomerQueryRq iterator="Continue" iteratorID="`+iterator+`"><MaxReturned>1</MaxReturned></CustomerQueryRq>`)
	case w.asked <= 3:
		w.asked = 3
		add := fmt.Sprintf(`<CustomerAddRq requestID="c"><CustomerAdd><Name>Buyer %d</Name></CustomerAdd></CustomerAddRq>`, w.session)
		memo := fmt.Sprintf("<Memo>Ecwid 1003/i:%d.</Memo>", w.session)
		return set(fmt.Sprintf(`newMessageSetID="S%d"`, w.session), add, receiptRq(memo, lineOf("MUG", "1.00", "Tax")), receiptRq("<Memo>Ecwid 1003/i:0.</Memo>", lineOf("MUG", "2.00", "Tax")))
	}
	w.asked = 4
	return set("", "<ClassQueryRq/>")
}

// turn is one session and one look into the shop.
func (w *faultyWorld) turn(t *testing.T) (Report, error) {
	report, err := w.Connector.Session(t.Context())
	w.trace = append(w.trace, strings.Join(report.Steps, " "), fmt.Sprint(err), w.now.String())
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/api/v3/1003/orders", nil)
	request.Header.Set("Authorization", "Bearer secret_x")
	response, failed := w.shop.Do(request)
	if failed != nil {
		t.Fatal(failed)
	}
	body, _ := io.ReadAll(response.Body)
	w.trace = append(w.trace, fmt.Sprint(response.StatusCode, len(body), json.Valid(body)))
	w.now = w.now.Add(time.Minute)
	return report, err
}

// Each fault strikes, whatever the seed, says what it did, is over then, and does the same again from the same seed.
func TestEveryFaultStrikes(t *testing.T) {
	names := map[string]bool{}
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(2) {
				run := func() (*faultyWorld, string, []byte) {
					w := newFaultyWorld(t)
					said := f.Arm(&w.World, rand.New(rand.NewPCG(seed, 0)))
					for range 12 {
						_, _ = w.turn(t) // the trace has it
						if len(w.troubles()) == 0 {
							break
						}
					}
					struck := w.Strikes()
					if len(struck) == 0 || struck[0].Fault != f.Name || struck[0].What == "" || said == "" || len(w.troubles()) > 0 {
						t.Fatalf("seed %d: %q: strikes %v, still armed %d\n%s", seed, said, struck, len(w.troubles()), strings.Join(w.trace, "\n"))
					}
					w.Mend()
					if _, err := w.turn(t); err != nil || len(w.Strikes()) != len(struck) {
						t.Errorf("seed %d: %q: the next session ends with %v", seed, said, err)
					}
					if last := w.trace[len(w.trace)-1]; !strings.HasPrefix(last, "200 ") || !strings.HasSuffix(last, " true") {
						t.Errorf("seed %d: %q: the shop answers %s", seed, said, last)
					}
					books, err := w.Company.Snapshot()
					if err != nil {
						t.Fatal(err)
					}
					return w, said, books
				}
				first, said, books := run()
				again, repeated, same := run()
				if said != repeated || !slices.Equal(first.trace, again.trace) || !slices.Equal(first.Strikes(), again.Strikes()) || !bytes.Equal(books, same) {
					t.Errorf("seed %d does not replay:\n%s\n%s\n%v\n%v", seed, strings.Join(first.trace, "\n"), strings.Join(again.trace, "\n"), first.Strikes(), again.Strikes())
				}
			}
		})
		if names[f.Name] || f.Where == "" {
			t.Errorf("the fault %q is there twice, or nowhere", f.Name)
		}
		names[f.Name] = true
	}
}
