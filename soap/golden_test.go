package soap

import (
	"bufio"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/soap/wsdl"
)

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

const firstRequest = `<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError" newMessageSetID="E7K2P0Q9M4">` +
	`<CustomerAddRq requestID="c-1842"><CustomerAdd><Name>Ren&#233;e Roy</Name></CustomerAdd></CustomerAddRq></QBXMLMsgsRq></QBXML>`

// The envelopes in testdata/dotnet are one conversation over one kept-alive connection, written as .NET writes them. Each answer must
// be the golden one, byte for byte.
//
// P4, P6 (Expect: 100-continue and keep-alive), P10, P11, P12, P14, P18, P20, P21, P22, P26
func TestDotNetConversation(t *testing.T) {
	backend := newTestMemory(firstRequest, "second & \"last\" <request>\r\n")
	address := serve(t, backend)
	requests, err := filepath.Glob("testdata/dotnet/*.request.xml")
	if err != nil || len(requests) == 0 {
		t.Fatalf("no envelopes: %v", err)
	}
	conn := dial(t, address)
	answers := bufio.NewReader(conn)
	seen := map[string]bool{}
	for _, path := range requests {
		name := strings.TrimSuffix(filepath.Base(path), ".request.xml")
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// 04-sendRequestXML-first: number, operation, what is special
		operation := strings.Split(name, "-")[1]
		seen[operation] = true
		if _, err := io.WriteString(conn, rawPost(hostOf(t, address), operation, len(body))); err != nil {
			t.Fatal(err)
		}
		head, err := http.ReadResponse(answers, nil)
		if err != nil || head.StatusCode != http.StatusContinue {
			t.Fatalf("%s: got %v, %v; want 100 Continue", name, head, err)
		}
		if _, err := conn.Write(body); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		wantStatus := http.StatusOK
		if strings.Contains(name, "fault") {
			wantStatus = http.StatusInternalServerError
		}
		if answer.StatusCode != wantStatus {
			t.Errorf("%s: status %d, want %d", name, answer.StatusCode, wantStatus)
		}
		if got := answer.Header.Get("Content-Type"); got != "text/xml; charset=utf-8" {
			t.Errorf("%s: Content-Type %q", name, got)
		}
		if answer.ContentLength != int64(len(text)) || len(text) == 0 || text[0] != '<' || answer.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: Content-Length %d, Content-Encoding %q, body %q", name, answer.ContentLength, answer.Header.Get("Content-Encoding"), text)
		}
		golden(t, filepath.Join("dotnet", name+".response.xml"), string(text))
	}
	for _, operation := range strings.Fields(`serverVersion getServerVersion clientVersion authenticate sendRequestXML receiveResponseXML
		connectionError getLastError closeConnection getInteractiveURL interactiveDone isInteractiveDone interactiveRejected`) {
		if !seen[operation] {
			t.Errorf("no envelope for %s", operation)
		}
	}
	if got := backend.Answers(); len(got) != 3 || got[0].Set != "1" || got[0].Response != "<?xml version=\"1.0\" ?>\n<QBXML>Ren\u00e9e</QBXML>" || got[1].HResult != "0x80040400" || got[2].Set != "" {
		t.Errorf("the backend kept %+v", got)
	}
}

// What we write is read back through gowsdl's response types, whose elements and namespace come from the WSDL.
//
// P10, P11, P12
func TestAnswersFitTheWSDL(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, tt := range []struct {
		operation string
		result    result
		into      any
		want      any
	}{
		{"serverVersion", scalar("QBridge 1.0"), &wsdl.ServerVersionResponse{}, "QBridge 1.0"},
		{"clientVersion", scalar("E:x"), &wsdl.ClientVersionResponse{}, "E:x"},
		{"authenticate", list{"T", "", "", "60"}, &wsdl.AuthenticateResponse{}, []*string{text("T"), text(""), text(""), text("60")}},
		{"sendRequestXML", scalar("<a b=\"c\">&amp;é\r\n</a>"), &wsdl.SendRequestXMLResponse{}, "<a b=\"c\">&amp;é\r\n</a>"},
		{"receiveResponseXML", number(-1), &wsdl.ReceiveResponseXMLResponse{}, int32(-1)},
		{"connectionError", scalar("done"), &wsdl.ConnectionErrorResponse{}, "done"},
		{"getLastError", scalar("No error."), &wsdl.GetLastErrorResponse{}, "No error."},
		{"closeConnection", scalar("OK"), &wsdl.CloseConnectionResponse{}, "OK"},
		{"getInteractiveURL", scalar("x"), &wsdl.GetInteractiveURLResponse{}, "x"},
		{"interactiveDone", scalar("DONE"), &wsdl.InteractiveDoneResponse{}, "DONE"},
		{"interactiveRejected", scalar("x"), &wsdl.InteractiveRejectedResponse{}, "x"},
	} {
		t.Run(tt.operation, func(t *testing.T) {
			var e struct {
				XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
				Body    struct {
					Inner string `xml:",innerxml"`
				} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
			}
			if err := xml.Unmarshal(envelope(tt.operation, tt.result), &e); err != nil {
				t.Fatal(err)
			}
			if err := xml.Unmarshal([]byte(e.Body.Inner), tt.into); err != nil {
				t.Fatal(err)
			}
			if got := lastField(tt.into); !cmp.Equal(got, tt.want) {
				t.Errorf("read back %#v, want %#v", got, tt.want)
			}
		})
	}
}

var bareInteger = regexp.MustCompile(`<receiveResponseXMLResult>-?[0-9]+</receiveResponseXMLResult>`)

// P11, P12: an empty text, 0 and -1 keep their element.
func TestEmptyResultsKeepTheirElement(t *testing.T) {
	if got := string(envelope("sendRequestXML", scalar(""))); !strings.Contains(got, "<sendRequestXMLResult></sendRequestXMLResult>") {
		t.Error(got)
	}
	for _, n := range []number{0, -1, 100} {
		if got := string(envelope("receiveResponseXML", n)); !bareInteger.MatchString(got) {
			t.Error(got)
		}
	}
	if got := string(envelope("authenticate", list{})); strings.Count(got, "<string></string>") != 4 {
		t.Error(got)
	}
}

// P13
func TestOnlyLegalCharactersGoOut(t *testing.T) {
	text := "a\x00\x0b\x1f\uFFFE\xff\ud7ff" + "\U0001F600\t\n\r"
	got := string(envelope("getLastError", scalar(text)))
	var back wsdl.GetLastErrorResponse
	inner := got[strings.Index(got, "<getLastErrorResponse"):strings.Index(got, "</soap:Body>")]
	if err := xml.Unmarshal([]byte(inner), &back); err != nil {
		t.Fatalf("%v in %q", err, got)
	}
	if want := "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\ud7ff\U0001F600\t\n\r"; back.GetLastErrorResult != want {
		t.Errorf("got %q, want %q", back.GetLastErrorResult, want)
	}
}

// lastField returns the result that a generated response type holds.
func lastField(response any) any {
	v := reflect.ValueOf(response).Elem()
	f := v.Field(v.NumField() - 1).Interface()
	if array, ok := f.(*wsdl.ArrayOfString); ok {
		return array.Astring
	}
	return f
}
