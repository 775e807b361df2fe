package soap

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"qbridge/soap/wsdl"
)

// P7, P8, P18
func TestDecode(t *testing.T) {
	empty := &wsdl.ReceiveResponseXML{Ticket: "T"}
	for _, tt := range []struct {
		name, envelope string
		want           any
		long           string
	}{
		{"all parameters", dotNet(element("receiveResponseXML", "ticket", "T", "response", "<a>", "hresult", "h", "message", "m")),
			&wsdl.ReceiveResponseXML{Ticket: "T", Hresult: "h", Message: "m"}, "<a>"},
		{"empty parameters", dotNet(element("receiveResponseXML", "ticket", "T", "response", "", "hresult", "", "message", "")), empty, ""},
		{"self-closed parameters", dotNet(`<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>T</ticket><response /><hresult /><message /></receiveResponseXML>`), empty, ""},
		{"missing parameters", dotNet(element("receiveResponseXML", "ticket", "T")), empty, ""},
		{"nil parameters", dotNet(`<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>T</ticket><response xsi:nil="true"/><hresult xsi:nil="true"></hresult></receiveResponseXML>`), empty, ""},
		{"other order", dotNet(element("receiveResponseXML", "message", "m", "response", "r", "ticket", "T")), &wsdl.ReceiveResponseXML{Ticket: "T", Message: "m"}, "r"},
		{"other prefixes", `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="http://developer.intuit.com/">` +
			`<SOAP-ENV:Header><n:ticket>no</n:ticket></SOAP-ENV:Header><SOAP-ENV:Body><n:closeConnection><n:ticket>T</n:ticket></n:closeConnection></SOAP-ENV:Body></SOAP-ENV:Envelope>`,
			&wsdl.CloseConnection{Ticket: "T"}, ""},
		{"no prefix, no namespace", "<Envelope><Body><closeConnection><ticket>T</ticket></closeConnection></Body></Envelope>", &wsdl.CloseConnection{Ticket: "T"}, ""},
		{"SOAP 1.2", `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><closeConnection xmlns="http://developer.intuit.com/"><ticket>T</ticket></closeConnection></s:Body></s:Envelope>`,
			&wsdl.CloseConnection{Ticket: "T"}, ""},
		{"RPC style", dotNet(`<q1:receiveResponseXML xmlns:q1="http://developer.intuit.com/"><ticket xsi:type="xsd:string">T</ticket><response xsi:type="xsd:string">r</response></q1:receiveResponseXML>`), empty, "r"},
		{"white space and comments", strings.ReplaceAll(dotNet(element("closeConnection", "ticket", "T")), "><", ">\n<!-- & &#1; -->\n<"), &wsdl.CloseConnection{Ticket: "T"}, ""},
		{"byte-order mark", "\uFEFF" + dotNet(element("closeConnection", "ticket", "T")), &wsdl.CloseConnection{Ticket: "T"}, ""},
		{"CDATA", dotNet(`<receiveResponseXML><ticket>T</ticket><response><![CDATA[<a>&amp;</a>]]></response></receiveResponseXML>`), empty, "<a>&amp;</a>"},
		{"version with children", dotNet(element("serverVersion", "strVersion", "1")), &wsdl.ServerVersion{}, ""},
		{"alias", dotNet(element("getServerVersion", "ticket", "T")), &wsdl.ServerVersion{}, ""},
		{"other alias", dotNet(element("isInteractiveDone", "wcTicket", "T")), &wsdl.InteractiveDone{WcTicket: "T"}, ""},
		{"a parameter of another operation", dotNet(element("getLastError", "ticket", "T", "response", "r")), &wsdl.GetLastError{Ticket: "T"}, ""},
		{"empty numbers", dotNet(element("sendRequestXML", "ticket", "T", "qbXMLMajorVers", "", "qbXMLMinorVers", "")), &wsdl.SendRequestXML{Ticket: "T"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := decode(strings.NewReader(tt.envelope), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.request, cmpopts.IgnoreTypes(xml.Name{})); diff != "" {
				t.Error(diff)
			}
			if long, err := c.long.ReadAll(); err != nil || long != tt.long {
				t.Errorf("long text %q, %v", long, err)
			}
		})
	}
}

// What somebody pasted into QuickBooks must not cost us an answer: characters that XML does not allow become U+FFFD, all else stays,
// however the bytes are cut on their way.
func TestAnswersWithOddCharacters(t *testing.T) {
	long := strings.Repeat("&lt;Name&gt;Ren\u00e9e &amp;#233; Roy&lt;/Name&gt;\r\n ", 800)
	longPlain := strings.Repeat("<Name>Ren\u00e9e &#233; Roy</Name>\n ", 800)
	for _, tt := range []struct{ name, sent, want string }{
		{"nothing odd", "a \U0001F600 é &#233;&#x1F600;&#10;", "a \U0001F600 é é\U0001F600\n"},
		{"control characters", "a\x00b\x1fc\x7f", "a\uFFFDb\uFFFDc\x7f"},
		{"references to them", "a&#x1F;b&#0;c&#31;d&#x0000b;e", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"},
		{"surrogates and no characters", "a&#xD800;b&#xFFFE;c&#x110000;d\uFFFFe", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"},
		{"not UTF-8", "a\xe9b\xff", "a\uFFFDb\uFFFD"},
		{"escaped twice, as qbXML has it", "&amp;#x1F;", "&#x1F;"},
		{"line ends", "a\r\nb\rc&#xD;d", "a\nb\nc\rd"},
		{"longer than a piece", long, longPlain},
		{"several pieces", strings.Repeat(long, 4), strings.Repeat(longPlain, 4)},
		{"no place to part", strings.Repeat("x", 3*textRun), strings.Repeat("x", 3*textRun)},
		{"greater sign", "a > b", "a > b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			envelope := strings.Replace(dotNet(element("receiveResponseXML", "ticket", "T", "response", "HERE", "message", "m")), "HERE", tt.sent, 1)
			for name, reader := range map[string]io.Reader{
				"at once":     strings.NewReader(envelope),
				"half":        iotest.HalfReader(strings.NewReader(envelope)),
				"with an end": iotest.DataErrReader(strings.NewReader(envelope)),
			} {
				c, err := decode(reader, t.TempDir())
				if err != nil {
					t.Fatal(name, err)
				}
				got, err := c.long.ReadAll()
				if err != nil || got != tt.want {
					t.Errorf("%s: got %.200q, %v", name, got, err)
				}
				if c.request.(*wsdl.ReceiveResponseXML).Message != "m" {
					t.Errorf("%s: what follows is lost", name)
				}
				if err := c.long.remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestQuotedGreaterSignEndsNoTag(t *testing.T) {
	// The attribute is longer than a piece of text; a comment in it would break the envelope.
	value := strings.Repeat("> &amp; ", textRun/7)
	c, err := decode(strings.NewReader(dotNet(`<closeConnection a="'`+value+`" b='"'><ticket>T</ticket></closeConnection>`)), t.TempDir())
	if err != nil || c.request.(*wsdl.CloseConnection).Ticket != "T" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestReadErrorIsKept(t *testing.T) {
	broken := errors.New("the line is cut")
	envelope := dotNet(element("receiveResponseXML", "ticket", "T", "response", "r"))
	for _, cut := range []int{0, 30, len(envelope) - 60} {
		c, err := decode(io.MultiReader(strings.NewReader(envelope[:cut]), iotest.ErrReader(broken)), t.TempDir())
		if !errors.Is(err, broken) {
			t.Errorf("cut at %d: %v", cut, err)
		}
		if known := c.operation == "receiveResponseXML"; known != (cut > 100) {
			t.Errorf("cut at %d: operation %q", cut, c.operation)
		}
	}
}

func TestSpoolWithoutRoom(t *testing.T) {
	long := dotNet(element("receiveResponseXML", "ticket", "T", "response", strings.Repeat("x", spoolOver+1)))
	_, err := decode(strings.NewReader(long), t.TempDir()+"/missing")
	if err == nil || !strings.Contains(err.Error(), "temporary file") {
		t.Errorf("got %v", err)
	}
}

// Whatever comes in, the handler answers with one sound envelope: a result in its element, or a fault with status 500.
//
// P4, P13, P15
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		"", "<", "<?xml version=\"1.0\"?>", "not XML", dotNet(""), dotNet("<serverVersion/>"), dotNet("<x/>"),
		dotNet(element("authenticate", "strUserName", "shop-1", "strPassword", "s3cr&t")),
		dotNet(element("sendRequestXML", "ticket", "T", "strHCPResponse", "<a>\x1f</a>", "qbXMLMajorVers", "16")),
		dotNet(element("receiveResponseXML", "ticket", "T", "response", "&#x1F;", "hresult", "0x80040400")),
		dotNet(`<receiveResponseXML><response><![CDATA[ ]]></response></receiveResponseXML>`),
		dotNet(element("connectionError", "ticket", "T", "hresult", "0x80040408")),
		dotNet(element("getLastError", "ticket", "T")), dotNet(element("closeConnection", "ticket", "T")),
		dotNet(`<closeConnection a="<" b='>'/>`), "<!DOCTYPE a [<!ENTITY b \"c\">]>" + dotNet("<serverVersion/>"),
		"<Envelope><Body><getLastError><ticket>&#xD800;&#99999999;&x;</ticket></getLastError></Body></Envelope>",
	} {
		f.Add([]byte(seed))
	}
	handler, err := NewHandler(newTestMemory("<?xml?>"), Options{AppURL: "http://localhost/qbwc", ServerVersion: "QBridge 1.0", MaxBody: 1 << 16, SpoolDir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/qbwc", strings.NewReader(string(body)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		handler.ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(1<<20+1000*len(body)) {
			t.Errorf("%d bytes took %d bytes of memory", len(body), used)
		}
		var e struct {
			Body struct {
				Fault *struct {
					Text string `xml:"faultstring"`
				} `xml:"Fault"`
				Inner string `xml:",innerxml"`
			} `xml:"Body"`
		}
		if err := xml.NewDecoder(bufio.NewReader(w.Body)).Decode(&e); err != nil {
			t.Fatalf("%q: the answer is no XML: %v", body, err)
		}
		switch {
		case w.Code == 200 && e.Body.Fault == nil && strings.Contains(e.Body.Inner, "Result>"):
		case w.Code == 500 && e.Body.Fault != nil && e.Body.Fault.Text != "":
		default:
			t.Fatalf("%q: %d %+v", body, w.Code, e)
		}
	})
}
