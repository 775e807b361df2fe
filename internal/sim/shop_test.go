package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func openShop(t *testing.T, orders []Generated) (*Shop, string) {
	t.Helper()
	shop := NewShop(ShopConfig{StoreID: 1003, Token: "secret_x", Clock: func() time.Time { return newest }})
	for _, o := range orders {
		if err := shop.Put(o.JSON); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	return shop, server.URL + "/api/v3/1003/"
}

type searchAnswer struct {
	Total, Count, Offset, Limit int
	Items                       []orderHead
}

func get(t *testing.T, url, token string, into any) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s is not JSON: %v", body, err)
	}
	return response
}

func TestShopSearch(t *testing.T) {
	orders := Orders(5, 250, newest)
	shop, url := openShop(t, orders)
	if err := shop.Put(json.RawMessage(`{"id":"CART1","internalId":9,"paymentStatus":"INCOMPLETE","createTimestamp":5,"updateTimestamp":5}`)); err != nil {
		t.Fatal(err)
	}
	var heads []orderHead
	for _, o := range orders {
		var h orderHead
		if err := json.Unmarshal(o.JSON, &h); err != nil {
			t.Fatal(err)
		}
		heads = append(heads, h)
	}
	count := func(keep func(orderHead) bool) (n int) {
		for _, h := range heads {
			if keep(h) {
				n++
			}
		}
		return n
	}
	middle := heads[100].UpdateTimestamp
	for _, k := range []struct {
		name, query string
		total, page int
	}{
		{"all, without carts", "", 250, 100},
		{"limit over 100 is 100", "limit=500", 250, 100},
		{"the last page", "limit=100&offset=200", 250, 50},
		{"behind the end", "offset=1000", 250, 0},
		{"changed from, inclusive", fmt.Sprintf("updatedFrom=%d", middle), count(func(h orderHead) bool { return h.UpdateTimestamp >= middle }), 100},
		{"changed to, inclusive", fmt.Sprintf("updatedTo=%d", middle), count(func(h orderHead) bool { return h.UpdateTimestamp <= middle }), 100},
		{"placed on days", "createdFrom=2026-11-19&createdTo=2026-11-20", count(func(h orderHead) bool {
			return h.CreateTimestamp >= time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC).Unix() && h.CreateTimestamp <= time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).Unix()
		}), -1},
		{"status", "paymentStatus=CANCELLED,REFUNDED", count(func(h orderHead) bool { return h.PaymentStatus == "CANCELLED" || h.PaymentStatus == "REFUNDED" }), -1},
		{"carts when asked for", "paymentStatus=INCOMPLETE", 1, 1},
		{"ids of both kinds", fmt.Sprintf("ids=%s,%d", heads[3].ID, heads[4].InternalID), 2, 2},
	} {
		t.Run(k.name, func(t *testing.T) {
			var got searchAnswer
			response := get(t, url+"orders?"+k.query, "secret_x", &got)
			if got.Total != k.total || got.Count != len(got.Items) || k.page >= 0 && got.Count != k.page {
				t.Errorf("total %d, count %d of %d; want %d and %d", got.Total, got.Count, len(got.Items), k.total, k.page)
			}
			if response.Header.Get("Date") != newest.Format(http.TimeFormat) {
				t.Errorf("the Date header %q is not the shop's clock", response.Header.Get("Date"))
			}
		})
	}
	// 3.1: results come in no promised order, but a stable one
	var first, second searchAnswer
	get(t, url+"orders", "secret_x", &first)
	get(t, url+"orders", "secret_x", &second)
	if !slices.Equal(first.Items, second.Items) || slices.IsSortedFunc(first.Items, func(a, b orderHead) int { return int(a.InternalID - b.InternalID) }) {
		t.Error("the order of results is not stable, or is the one by number")
	}
}

func TestShopSinglePaths(t *testing.T) {
	orders := Orders(5, 3, newest)
	shop, url := openShop(t, orders)
	s, err := readSale(orders[0].JSON)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{s.ID, fmt.Sprint(s.InternalID)} {
		var got json.RawMessage
		get(t, url+"orders/"+id, "secret_x", &got)
		if string(got) != string(orders[0].JSON) {
			t.Errorf("the order %s came back changed", id)
		}
	}
	shop.Remove(s.InternalID)
	var deleted struct{ Items []deletedOrder }
	get(t, url+"orders/deleted", "secret_x", &deleted)
	if len(deleted.Items) != 1 || deleted.Items[0].ID != s.InternalID || deleted.Items[0].OrderID != s.ID {
		t.Errorf("deleted: %+v", deleted)
	}
	changed, err := shop.Change(orders[1].JSON, map[string]any{"paymentStatus": "REFUNDED"})
	if err != nil {
		t.Fatal(err)
	}
	var got orderHead
	if err := json.Unmarshal(changed, &got); err != nil || got.PaymentStatus != "REFUNDED" || got.UpdateTimestamp != newest.Unix() {
		t.Errorf("changed: %+v %v", got, err)
	}
	var profile struct {
		GeneralInfo     struct{ StoreID int64 }
		FormatsAndUnits struct {
			Currency, Timezone string
			CurrencyPrecision  int
		}
	}
	get(t, url+"profile", "secret_x", &profile)
	if profile.GeneralInfo.StoreID != 1003 || profile.FormatsAndUnits.Currency != "USD" || profile.FormatsAndUnits.Timezone != "America/Chicago" || profile.FormatsAndUnits.CurrencyPrecision != 2 {
		t.Errorf("profile: %+v", profile)
	}
	var stats struct{ OrdersUpdated string }
	get(t, url+"latest-stats", "secret_x", &stats)
	if stats.OrdersUpdated != "2026-11-20 18:00:00 +0000" {
		t.Errorf("orders were updated %q", stats.OrdersUpdated)
	}
	var statuses struct{ Items []map[string]any }
	get(t, url+"profile/order_statuses", "secret_x", &statuses)
	if len(statuses.Items) != 20 {
		t.Errorf("%d order statuses", len(statuses.Items))
	}
	if err := shop.Put(json.RawMessage(`{"id":"X"}`)); err == nil {
		t.Error("an order without internalId was taken")
	}
}

// ecwid.md 1.3: the errors as the API words them; a bad token is 403.
func TestShopErrors(t *testing.T) {
	shop, url := openShop(t, nil)
	for _, k := range []struct {
		name, path, token, code string
		status                  int
	}{
		{"wrong token", "orders", "secret_y", "INVALID_API_TOKEN", 403},
		{"wrong parameter", "orders?limit=many", "secret_x", "WRONG_PARAMETER", 400},
		{"wrong date", "orders?updatedFrom=yesterday", "secret_x", "WRONG_PARAMETER", 400},
		{"no such order", "orders/ABCDE", "secret_x", "ORDER_NOT_FOUND", 404},
		{"another store", "/api/v3/1004/orders", "secret_x", "STORE_NOT_FOUND", 404},
	} {
		t.Run(k.name, func(t *testing.T) {
			var got struct{ ErrorCode, ErrorMessage string }
			address, other := strings.CutPrefix(k.path, "/")
			if address = url + address; other {
				address = strings.TrimSuffix(url, "/api/v3/1003/") + k.path
			}
			if r := get(t, address, k.token, &got); r.StatusCode != k.status || got.ErrorCode != k.code || got.ErrorMessage == "" {
				t.Errorf("%d %+v, want %d %s", r.StatusCode, got, k.status, k.code)
			}
		})
	}
	if shop.Requests() != 5 {
		t.Errorf("%d requests counted", shop.Requests())
	}
}

func TestShopFaults(t *testing.T) {
	shop, url := openShop(t, nil)
	for _, k := range []struct {
		name  string
		fault Response
		body  string
		broke bool
	}{
		{"rate limit", Response{Status: 429, Header: http.Header{"Retry-After": {"17"}}, Body: `{"errorCode":"RATE_LIMITED"}`}, `{"errorCode":"RATE_LIMITED"}`, false},
		{"server error without body", Response{Status: 500}, "", false},
		{"HTML instead of JSON", Response{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"}, "<html>", false},
		{"half a body", Response{Status: 200, Body: `{"total":1}`, CutAfter: 5}, `{"tot`, true},
	} {
		t.Run(k.name, func(t *testing.T) {
			shop.Fault(func(r *http.Request) *Response {
				if strings.HasSuffix(r.URL.Path, "/orders") {
					return &k.fault
				}
				return nil
			})
			response, err := http.Get(url + "orders")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if response.StatusCode != k.fault.Status || string(body) != k.body || (err != nil) != k.broke || response.Header.Get("Retry-After") != k.fault.Header.Get("Retry-After") {
				t.Errorf("%d %q %v", response.StatusCode, body, err)
			}
		})
	}
	shop.Fault(nil)
	var got searchAnswer
	if r := get(t, url+"orders", "secret_x", &got); r.StatusCode != 200 {
		t.Errorf("without fault the shop answers %d", r.StatusCode)
	}
}
