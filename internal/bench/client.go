//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// result is what one run cost.
type result struct {
	orders, calls int
	cpu, wall     time.Duration
	peakKB        int64
}

// client is a Web Connector with a QuickBooks that answers at once, as cheaply
// as it can: what is measured is the server.
type client struct {
	address  string
	password string
	ticket   string
	hcp      string
	full     bool // QuickBooks answers whole records, whatever it was asked for
	posted   int
	calls    int
	took     map[string][]time.Duration // by operation, when wanted
}

var (
	resultText = regexp.MustCompile(`(?s)<(?:sendRequestXML|receiveResponseXML)Result>(.*?)</`)
	firstText  = regexp.MustCompile(`<string>(.*?)</string><string>(.*?)</string>`)
	addRequest = regexp.MustCompile(`SalesReceiptAddRq requestID="([^"]+)"`)
	wantedRet  = regexp.MustCompile(`<IncludeRetElement>([^<]+)</IncludeRetElement>`)
	askedTxn   = regexp.MustCompile(`<TxnID>([^<]+)</TxnID>`)
	queryID    = regexp.MustCompile(`<(\w+)QueryRq requestID="([^"]+)"`)
	setID      = regexp.MustCompile(`newMessageSetID="([^"]+)"`)
)

// post runs sessions until n orders are posted.
func (c *client) post(n int) (r result, err error) {
	if c.hcp, err = c.get("/hcp"); err != nil {
		return r, err
	}
	if err := c.session(2); err != nil { // warm: caches, first look
		return r, err
	}
	c.posted, c.calls = 0, 0
	cpu, _, err := c.usage()
	if err != nil {
		return r, err
	}
	from := time.Now()
	for c.posted < n {
		before := c.posted
		if err := c.session(n); err != nil {
			return r, err
		}
		if c.posted == before {
			return r, fmt.Errorf("nothing was handed out after %d orders", c.posted)
		}
	}
	r.wall = time.Since(from)
	after, peak, err := c.usage()
	r.orders, r.calls, r.cpu, r.peakKB = c.posted, c.calls, after-cpu, peak
	return r, err
}

func (c *client) usage() (cpu time.Duration, peakKB int64, err error) {
	text, err := c.get("/usage")
	if err != nil {
		return 0, 0, err
	}
	var micros int64
	_, err = fmt.Sscan(text, &micros, &peakKB)
	return time.Duration(micros) * time.Microsecond, peakKB, err
}

func (c *client) get(path string) (string, error) {
	answer, err := http.Get("http://" + c.address + path)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, body)
	}
	return string(body), err
}

func (c *client) call(operation, inside string) (string, error) {
	c.calls++
	if c.took != nil {
		from := time.Now()
		defer func() { c.took[operation] = append(c.took[operation], time.Since(from)) }()
	}
	body := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation +
		` xmlns="http://developer.intuit.com/">` + inside + `</` + operation + `></soap:Body></soap:Envelope>`
	answer, err := http.Post("http://"+c.address+"/qbwc", "text/xml; charset=utf-8", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}

// session is one session, until n orders are posted or the server has no more.
func (c *client) session(n int) error {
	answer, err := c.call("authenticate", "<strUserName>"+user+"</strUserName><strPassword>"+c.password+"</strPassword>")
	if err != nil {
		return err
	}
	found := firstText.FindStringSubmatch(answer)
	if found == nil || found[2] != "" {
		return fmt.Errorf("authenticate: %s", answer)
	}
	c.ticket = found[1]
	hcp := c.hcp
	for c.posted < n {
		answer, err := c.call("sendRequestXML", "<ticket>"+c.ticket+"</ticket><strHCPResponse>"+html.EscapeString(hcp)+
			`</strHCPResponse><strCompanyFileName>C:\Books\Bench.qbw</strCompanyFileName><qbXMLCountry>US</qbXMLCountry><qbXMLMajorVers>16</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers>`)
		if err != nil {
			return err
		}
		hcp = ""
		request := html.UnescapeString(inner(answer))
		if request == "" {
			break
		}
		answer, err = c.call("receiveResponseXML", "<ticket>"+c.ticket+"</ticket><response>"+html.EscapeString(c.quickBooks(request))+"</response><hresult /><message />")
		if err != nil {
			return err
		}
		if inner(answer) == "100" {
			break
		}
		if strings.HasPrefix(inner(answer), "-") {
			text, err := c.call("getLastError", "<ticket>"+c.ticket+"</ticket>")
			return fmt.Errorf("the server stopped: %s %w", text, err)
		}
	}
	_, err = c.call("closeConnection", "<ticket>"+c.ticket+"</ticket>")
	return err
}

func inner(answer string) string {
	found := resultText.FindStringSubmatch(answer)
	if found == nil {
		return ""
	}
	return found[1]
}

// quickBooks answers a message set.
func (c *client) quickBooks(request string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" ?><QBXML><QBXMLMsgsRs`)
	if id := setID.FindStringSubmatch(request); id != nil {
		b.WriteString(` newMessageSetID="` + id[1] + `" messageSetStatusCode="0"`)
	}
	b.WriteString(`>`)
	if adds := addRequest.FindAllStringSubmatch(request, -1); adds != nil {
		wanted := map[string]bool{}
		for _, name := range wantedRet.FindAllStringSubmatch(request, -1) {
			wanted[name[1]] = true
		}
		for _, add := range adds {
			c.posted++
			b.WriteString(`<SalesReceiptAddRs requestID="` + add[1] + `" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><SalesReceiptRet>`)
			for _, e := range receiptRet(add[1]) {
				if c.full || len(wanted) == 0 || wanted[e.name] {
					b.WriteString(`<` + e.name + `>` + e.inner + `</` + e.name + `>`)
				}
			}
			b.WriteString(`</SalesReceiptRet></SalesReceiptAddRs>`)
		}
	}
	for _, query := range queryID.FindAllStringSubmatch(request, -1) {
		var asked [][]string // by TxnID, of sales receipts
		status := `statusCode="1" statusSeverity="Info" statusMessage="A query request did not find a matching object in QuickBooks"`
		if query[1] == "SalesReceipt" {
			asked = askedTxn.FindAllStringSubmatch(request, -1)
		}
		if asked != nil {
			status = `statusCode="0" statusSeverity="Info" statusMessage="Status OK"`
		}
		fmt.Fprintf(&b, `<%sQueryRs requestID="%s" %s>`, query[1], query[2], status)
		for _, txn := range asked {
			b.WriteString(`<SalesReceiptRet><TxnID>` + txn[1] + `</TxnID><TotalAmount>` + orderTotal + `</TotalAmount></SalesReceiptRet>`)
		}
		b.WriteString(`</` + query[1] + `QueryRs>`)
	}
	b.WriteString(`</QBXMLMsgsRs></QBXML>`)
	return b.String()
}

// orderTotal is what every order of the bench comes to: five lines of 20.00 at
// 9.5 %.
const orderTotal = "109.50"

// retElement is one element of a record.
type retElement struct{ name, inner string }

// receiptRet is a sales receipt as QuickBooks answers it, with its five lines.
func receiptRet(id string) []retElement {
	ref := func(listID, name string) string {
		return "<ListID>" + listID + "</ListID><FullName>" + name + "</FullName>"
	}
	ret := []retElement{
		{"TxnID", id + "-1795350978"}, {"TimeCreated", "2026-11-22T06:37:34-06:00"}, {"TimeModified", "2026-11-22T06:37:34-06:00"}, {"EditSequence", "1795350978"}, {"TxnNumber", "89"},
		{"CustomerRef", ref("80000013-1433852150", "Jane Cooper")}, {"TxnDate", "2026-11-22"}, {"RefNumber", "X"}, {"IsPending", "false"}, {"Subtotal", "100.00"},
		{"ItemSalesTaxRef", ref("80000009-1433719484", "Tax")}, {"SalesTaxPercentage", "9.5"}, {"SalesTaxTotal", "9.50"}, {"TotalAmount", orderTotal}, {"IsToBePrinted", "false"},
	}
	for i := range 5 {
		ret = append(ret, retElement{"SalesReceiptLineRet", fmt.Sprintf("<TxnLineID>%s%d</TxnLineID><ItemRef>%s</ItemRef><Desc>Enamel Mug</Desc><Quantity>2</Quantity><Rate>10.00</Rate><Amount>20.00</Amount><SalesTaxCodeRef>%s</SalesTaxCodeRef>",
			id, i, ref("8000001F-1433854453", "MUG"), ref("80000001-1403304324", "Tax"))})
	}
	return ret
}

// bareRequest is a set of the size that ours has: about 3 KB an order.
func bareRequest(size int) string {
	var b bytes.Buffer
	for i := range size {
		fmt.Fprintf(&b, `<SalesReceiptAddRq requestID="r%d">%s</SalesReceiptAddRq>`, i, strings.Repeat("<x>text</x>", 270))
	}
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, b.Bytes()) // a buffer does not fail
	return escaped.String()
}

// orderJSON is the i-th order: five lines, one tax, a customer that the books
// know.
func orderJSON(i int, at time.Time) json.RawMessage {
	skus := []string{"TS-42", "WS-M", "TOTE", "MUG", "LAMP-OAK"}
	items := make([]string, len(skus))
	for k, sku := range skus {
		items[k] = fmt.Sprintf(`{"id":%d,"productId":%d,"price":10,"quantity":2,"sku":"%s","name":"Thing %d","tax":1.9,"taxable":true,"taxes":[{"name":"Sales Tax","value":9.5,"total":1.9,"taxOnDiscountedSubtotal":1.9,"taxOnShipping":0,"includeInPrice":false}]}`,
			i*10+k, 700000000+k, sku, k)
	}
	stamp := at.UTC().Format("2006-01-02 15:04:05 +0000")
	return json.RawMessage(fmt.Sprintf(`{"id":"B%07d","internalId":%d,"subtotal":100,"total":109.5,"tax":9.5,"email":"jane.cooper@example.com","paymentMethod":"Stripe","paymentModule":"Stripe","paymentStatus":"PAID",`+
		`"fulfillmentStatus":"AWAITING_PROCESSING","couponDiscount":0,"discount":0,"createDate":"%s","updateDate":"%s","createTimestamp":%d,"updateTimestamp":%d,"pricesIncludeTax":false,"items":[%s],`+
		`"billingPerson":{"name":"Jane Cooper","firstName":"Jane","lastName":"Cooper","street":"742 Evergreen Terrace","city":"Springfield","countryCode":"US","postalCode":"62704","stateOrProvinceCode":"IL"},"refunds":[]}`,
		i, 600000000+i, stamp, stamp, at.Unix(), at.Unix(), strings.Join(items, ",")))
}
