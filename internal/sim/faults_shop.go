package sim

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func shopFaults() []Fault {
	instead := func(name string, answers func(r *rand.Rand) (Response, string)) Fault {
		return Fault{Name: name, Where: WhereShop, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			answer, said := answers(r)
			t.left = 1 + r.IntN(5)
			said = fmt.Sprintf("the shop answers %d calls with %s", t.left, said)
			t.shop = func(*http.Request) *Response {
				t.struck(said)
				return &answer
			}
			return said
		}}
	}
	return []Fault{
		instead("the shop is out of order", func(r *rand.Rand) (Response, string) {
			status := pick(r, []int{500, 502, 503, 504, 408})
			body := pick(r, []string{`{"errorMessage":"Internal error","errorCode":"INTERNAL_ERROR"}`, "", "<html><body>Out of order</body></html>", `{"error":"busy"}`})
			return Response{Status: status, Body: body}, fmt.Sprintf("HTTP status %d and %d bytes", status, len(body))
		}),
		instead("too many requests to the shop", func(r *rand.Rand) (Response, string) {
			answer := Response{Status: http.StatusTooManyRequests, Body: `{"errorMessage":"Too many requests","errorCode":"RATE_LIMITED"}`}
			wait := 1 + r.IntN(90)
			if r.IntN(3) > 0 {
				answer.Header = http.Header{"Retry-After": {strconv.Itoa(wait)}}
				return answer, fmt.Sprintf("HTTP status 429 and a wait of %d s", wait)
			}
			return answer, "HTTP status 429 and no word how long to wait"
		}),
		instead("the shop answers with a page instead of JSON", func(r *rand.Rand) (Response, string) {
			return Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<!DOCTYPE html><html><body>We will be back soon.</body></html>"}, "HTTP status 200 and a page"
		}),
		instead("the shop's answer breaks off", func(r *rand.Rand) (Response, string) {
			body := `{"total":1,"count":1,"offset":0,"limit":100,"items":[{"id":"AAAAA","internalId":1,"total":1.00`
			cut := 1 + r.IntN(len(body)-1)
			return Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, CutAfter: cut}, fmt.Sprintf("%d bytes and a broken connection", cut)
		}),
		{Name: "the shop answers slowly", Where: WhereShop, arm: func(w *World, t *trouble, r *rand.Rand) string {
			d := time.Duration(5+r.IntN(300)) * time.Second
			said := fmt.Sprintf("the shop takes %s for a call", d)
			t.shop = func(call *http.Request) *Response {
				t.struck(said)
				_ = w.pass(call.Context(), d) // who does not wait is gone
				return nil
			}
			return said
		}},
		{Name: "an order changes in the shop while it is read", Where: WhereShop, arm: func(w *World, t *trouble, r *rand.Rand) string {
			random := rand.New(rand.NewPCG(r.Uint64(), 1))
			t.shop = func(call *http.Request) *Response {
				if strings.HasSuffix(call.URL.Path, "/orders") {
					touch(w, t, random, "while the orders are read")
				}
				return nil
			}
			return "an order is packed while the orders are read"
		}},
		{Name: "an order changes in the shop between pull and post", Where: WhereShop, arm: func(w *World, t *trouble, r *rand.Rand) string {
			m := someMoment(r, "sendRequestXML", "ProcessRequest", "receiveResponseXML")
			random := rand.New(rand.NewPCG(r.Uint64(), 1))
			t.before = func(s *session, step string) error {
				if m.come(s, step) {
					touch(w, t, random, "before "+m.String())
				}
				return nil
			}
			return fmt.Sprintf("an order is packed in the shop before %s", m)
		}},
	}
}

// touch changes an order in the shop in what no book cares for.
func touch(w *World, t *trouble, r *rand.Rand, when string) {
	orders := w.Shop.Orders()
	if len(orders) == 0 {
		return
	}
	order, err := w.Shop.Change(pick(r, orders), map[string]any{"fulfillmentStatus": "SHIPPED", "trackingNumber": fmt.Sprintf("1Z%09d", r.IntN(1e9)), "privateAdminNotes": "Packed."})
	if err != nil {
		t.struck("an order cannot be packed: " + err.Error())
		return
	}
	s, err := readSale(order)
	if err != nil {
		s.ID = "that cannot be read"
	}
	t.struck(fmt.Sprintf("%s order %s is packed in the shop", when, s.ID))
}
