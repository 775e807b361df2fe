package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ShopConfig says which shop to pretend.
type ShopConfig struct {
	StoreID          int64
	Token            string // the secret_… token the shop accepts
	Currency         string // ISO 4217, "USD" when empty
	Timezone         string // IANA, "America/Chicago" when empty
	PricesIncludeTax bool
	Clock            func() time.Time // gives the Date header and the time of changes; time.Now when nil
}

// Response is an answer the shop gives instead of its own.
type Response struct {
	Status int
	Header http.Header
	Body   string
	// CutAfter > 0 announces the whole body but breaks the connection after that many bytes.
	CutAfter int
}

// Shop pretends the part of the Ecwid REST API that a bookkeeper reads. It is an http.Handler; its base URL is
// http://host/api/v3/{storeId}.
type Shop struct {
	config ShopConfig
	mux    *http.ServeMux

	mu       sync.Mutex
	orders   map[int64]shelved
	deleted  []deletedOrder
	fault    func(*http.Request) *Response
	requests int
}

// shelved is an order in the shop, with what the shop itself reads of it.
type shelved struct {
	orderHead
	raw json.RawMessage
}

type deletedOrder struct {
	ID      int64  `json:"id"`
	OrderID string `json:"orderId"`
	Date    string `json:"date"`
}

// NewShop makes an empty shop.
func NewShop(config ShopConfig) *Shop {
	if config.Currency == "" {
		config.Currency = "USD"
	}
	if config.Timezone == "" {
		config.Timezone = "America/Chicago"
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	s := &Shop{config: config, mux: http.NewServeMux(), orders: map[int64]shelved{}}
	for path, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"profile": s.profile, "profile/order_statuses": s.orderStatuses, "latest-stats": s.latestStats,
		"orders": s.search, "orders/deleted": s.deletedOrders, "orders/{id}": s.order,
	} {
		s.mux.HandleFunc("GET /api/v3/{store}/"+path, answer)
	}
	return s
}

// orderHead is what the shop itself needs to know of an order.
type orderHead struct {
	ID              string `json:"id"`
	InternalID      int64  `json:"internalId"`
	PaymentStatus   string `json:"paymentStatus"`
	CreateTimestamp int64  `json:"createTimestamp"`
	UpdateTimestamp int64  `json:"updateTimestamp"`
}

// Put inserts an order, or replaces the one with the same internalId, exactly as given.
func (s *Shop) Put(order json.RawMessage) error {
	var h orderHead
	if err := json.Unmarshal(order, &h); err != nil {
		return fmt.Errorf("the order for the pretend shop cannot be read: %w", err)
	}
	if h.InternalID == 0 {
		return fmt.Errorf("the order %q for the pretend shop has no internalId", h.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders[h.InternalID] = shelved{h, slices.Clone(order)}
	return nil
}

// Change puts the order after setting the given fields of it and moving its updateTimestamp and updateDate to now.
func (s *Shop) Change(order json.RawMessage, set map[string]any) (json.RawMessage, error) {
	var o map[string]json.RawMessage
	if err := json.Unmarshal(order, &o); err != nil {
		return nil, fmt.Errorf("the order for the pretend shop cannot be read: %w", err)
	}
	now := s.config.Clock().UTC()
	for name, value := range set {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("the field %s of the changed order cannot be written: %w", name, err)
		}
		o[name] = text
	}
	o["updateTimestamp"] = json.RawMessage(strconv.FormatInt(now.Unix(), 10))
	o["updateDate"] = json.RawMessage(strconv.Quote(now.Format(ecwidTime)))
	text, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("the changed order cannot be written: %w", err)
	}
	return text, s.Put(text)
}

// Orders gives every order as it is in the shop now, by internalId.
func (s *Shop) Orders() []json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []json.RawMessage
	for _, id := range slices.Sorted(maps.Keys(s.orders)) {
		all = append(all, s.orders[id].raw)
	}
	return all
}

// Remove deletes an order as a person does in the admin pages; it is then listed under /orders/deleted.
func (s *Shop) Remove(internalID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if order, ok := s.orders[internalID]; ok {
		s.deleted = append(s.deleted, deletedOrder{internalID, order.ID, s.config.Clock().UTC().Format(ecwidTime)})
		delete(s.orders, internalID)
	}
}

// Fault installs a hook that is asked before each request is answered; a Response it gives is sent instead. nil removes it.
func (s *Shop) Fault(hook func(*http.Request) *Response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = hook
}

// Requests tells how many requests have come so far, refused ones included.
func (s *Shop) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// ServeHTTP answers one API call.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	fault := s.fault
	s.mu.Unlock()
	w.Header().Set("Date", s.config.Clock().UTC().Format(http.TimeFormat))
	if fault != nil {
		if answer := fault(r); answer != nil {
			answer.write(w)
			return
		}
	}
	// ecwid.md 1.3: a bad token is 403, not 401
	if r.Header.Get("Authorization") != "Bearer "+s.config.Token {
		refuse(w, http.StatusForbidden, "INVALID_API_TOKEN", "Invalid access token")
		return
	}
	if !strings.HasPrefix(r.URL.Path, fmt.Sprintf("/api/v3/%d/", s.config.StoreID)) {
		refuse(w, http.StatusNotFound, "STORE_NOT_FOUND", "Store not found")
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (a *Response) write(w http.ResponseWriter) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	body := a.Body
	if a.CutAfter > 0 && a.CutAfter < len(body) {
		// net/http closes the connection of a handler that wrote less than it announced
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:a.CutAfter]
	}
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, body) // a client that went away is its own loss
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(fields{"errorMessage": message, "errorCode": code})
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}

// search answers GET /orders. Results come in a stable order that is neither time nor number: none is promised (ecwid.md 3.1).
func (s *Shop) search(w http.ResponseWriter, r *http.Request) {
	wanted, problem := readSearch(r)
	if problem != "" {
		refuse(w, http.StatusBadRequest, "WRONG_PARAMETER", problem)
		return
	}
	s.mu.Lock()
	var found []shelved
	for _, order := range s.orders {
		if wanted.matches(order.orderHead) {
			found = append(found, order)
		}
	}
	slices.SortFunc(found, func(a, b shelved) int { return cmp.Compare(oddKey(a.InternalID), oddKey(b.InternalID)) })
	from := min(wanted.offset, len(found))
	page := found[from:min(from+wanted.limit, len(found))]
	items := make([]json.RawMessage, len(page))
	for i, order := range page {
		items[i] = order.raw
	}
	s.mu.Unlock()
	answerJSON(w, fields{"total": len(found), "count": len(items), "offset": wanted.offset, "limit": wanted.limit, "items": items})
}

// oddKey permutes the internal ids: an odd factor maps no two to one.
func oddKey(internalID int64) uint64 { return uint64(internalID) * 11400714819323198485 }

type orderSearch struct {
	updatedFrom, updatedTo, createdFrom, createdTo int64
	ids, statuses                                  []string
	offset, limit                                  int
}

func readSearch(r *http.Request) (q orderSearch, problem string) {
	for name, into := range map[string]*int64{"updatedFrom": &q.updatedFrom, "updatedTo": &q.updatedTo, "createdFrom": &q.createdFrom, "createdTo": &q.createdTo} {
		text := r.FormValue(name)
		if text == "" {
			continue
		}
		at, ok := readTime(text)
		if !ok {
			return q, fmt.Sprintf("Wrong parameter '%s' value: expected date", name)
		}
		*into = at
	}
	q.limit = 100
	for name, into := range map[string]*int{"offset": &q.offset, "limit": &q.limit} {
		text := r.FormValue(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return q, fmt.Sprintf("Wrong parameter '%s' value: expected number", name)
		}
		*into = n
	}
	q.limit = min(q.limit, 100) // ecwid.md 1.5
	if text := r.FormValue("ids"); text != "" {
		q.ids = strings.Split(text, ",")
	}
	if text := r.FormValue("paymentStatus"); text != "" {
		q.statuses = strings.Split(text, ",")
	}
	return q, ""
}

func readTime(text string) (unix int64, ok bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	for _, layout := range []string{ecwidTime, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

func (q orderSearch) matches(h orderHead) bool {
	within := func(at, from, to int64) bool { return (from == 0 || at >= from) && (to == 0 || at <= to) }
	if !within(h.UpdateTimestamp, q.updatedFrom, q.updatedTo) || !within(h.CreateTimestamp, q.createdFrom, q.createdTo) {
		return false
	}
	if q.ids != nil && !slices.Contains(q.ids, h.ID) && !slices.Contains(q.ids, strconv.FormatInt(h.InternalID, 10)) {
		return false
	}
	if q.statuses != nil {
		return slices.Contains(q.statuses, h.PaymentStatus)
	}
	return h.PaymentStatus != "INCOMPLETE" // ecwid.md 3.1: unfinished carts only when asked for
}

func (s *Shop) order(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	for internal, order := range s.orders {
		if order.ID == id || strconv.FormatInt(internal, 10) == id {
			answerJSON(w, order.raw)
			return
		}
	}
	refuse(w, http.StatusNotFound, "ORDER_NOT_FOUND", "Order #"+id+" not found")
}

func (s *Shop) deletedOrders(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answerJSON(w, fields{"total": len(s.deleted), "count": len(s.deleted), "offset": 0, "limit": 100, "items": append([]deletedOrder{}, s.deleted...)})
}

func (s *Shop) latestStats(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var newest int64
	for _, order := range s.orders {
		newest = max(newest, order.UpdateTimestamp)
	}
	at := time.Unix(newest, 0).UTC().Format(ecwidTime)
	answerJSON(w, fields{"productsUpdated": at, "ordersUpdated": at, "profileUpdated": at, "categoriesUpdated": at, "discountCouponsUpdated": at, "abandonedSalesUpdated": at, "customersUpdated": at})
}

func (s *Shop) profile(w http.ResponseWriter, _ *http.Request) {
	precision := 2
	if s.config.Currency == "JPY" {
		precision = 0
	}
	answerJSON(w, fields{
		"generalInfo": fields{"storeId": s.config.StoreID, "storeUrl": "https://store1003.example.com/products", "websitePlatform": "instantsite"},
		"account": fields{"accountName": "Pretend Shop", "accountEmail": "owner@example.com", "whiteLabel": false, "suspended": false,
			"availableFeatures": []string{"PREMIUM", "API", "GIFT_CARDS", "TIPS", "HANDLING_FEE", "AUTOMATIC_TAXES_US"}},
		"settings": fields{"closed": false, "storeName": "Pretend Shop", "storeDescription": ""},
		"company": fields{"companyName": "Pretend Shop Inc.", "email": "owner@example.com", "street": "1 Capitol Plaza", "city": "Springfield", "countryCode": "US",
			"postalCode": "62701", "stateOrProvinceCode": "IL", "phone": "217-555-0100"},
		"formatsAndUnits": fields{"currency": s.config.Currency, "currencyPrefix": "$", "currencySuffix": "", "currencyPrecision": precision, "currencyRate": 1,
			"timezone": s.config.Timezone, "weightUnit": "POUND", "dateFormat": "MMM d, yyyy", "orderNumberPrefix": "", "orderNumberSuffix": "", "orderNumberMinDigitsAmount": 0, "orderNumberNextNumber": 1},
		"taxSettings": fields{"automaticTaxEnabled": true, "pricesIncludeTax": s.config.PricesIncludeTax, "taxOnShippingCalculationScheme": "AUTOMATIC", "b2b_b2c": "b2c", "taxExemptBusiness": false,
			"taxes": []any{fields{"id": 947976181, "name": TaxCombined, "enabled": true, "includeInPrice": s.config.PricesIncludeTax, "defaultTax": json.Number("9.5"), "taxShipping": false, "rules": []any{}}}},
		"payment":            fields{"paymentOptions": []any{fields{"id": "stripe", "enabled": true, "checkoutTitle": "Credit or debit card", "paymentProcessorId": "stripe"}}},
		"shipping":           fields{"shippingOptions": []any{fields{"id": "6589-1709547151586", "title": "USPS Priority Mail", "enabled": true}, fields{"id": "6589-1709547151587", "title": "Self Pickup", "enabled": true}}},
		"tipsSettings":       fields{"enabled": true, "type": "PERCENT", "options": []int{0, 10, 15}, "defaultOption": 0},
		"taxInvoiceSettings": fields{"enableTaxInvoices": false},
	})
}

func (s *Shop) orderStatuses(w http.ResponseWriter, _ *http.Request) {
	var all []any
	add := func(kind string, standard bool, ids ...string) {
		for _, id := range ids {
			all = append(all, fields{"statusId": id, "orderStatusType": kind, "defaultStatus": standard, "enabled": standard, "sendNotificationWhenStatusIsAssigned": true})
		}
	}
	add("PAYMENT_STATUS", true, "AWAITING_PAYMENT", "PAID", "CANCELLED", "REFUNDED", "PARTIALLY_REFUNDED", "INCOMPLETE")
	add("PAYMENT_STATUS", false, "CUSTOM_PAYMENT_STATUS_1", "CUSTOM_PAYMENT_STATUS_2", "CUSTOM_PAYMENT_STATUS_3")
	add("FULFILLMENT_STATUS", true, "AWAITING_PROCESSING", "PROCESSING", "SHIPPED", "DELIVERED", "WILL_NOT_DELIVER", "RETURNED", "READY_FOR_PICKUP", "OUT_FOR_DELIVERY")
	add("FULFILLMENT_STATUS", false, "CUSTOM_FULFILLMENT_STATUS_1", "CUSTOM_FULFILLMENT_STATUS_2", "CUSTOM_FULFILLMENT_STATUS_3")
	answerJSON(w, fields{"items": all})
}
