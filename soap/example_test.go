package soap_test

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http/httptest"
	"time"

	gowsdl "github.com/hooklift/gowsdl/soap"

	"qbridge/soap"
	"qbridge/soap/wsdl"
)

// A service with two requests in its queue, and a session of the Web Connector with it.
func Example() {
	backend := soap.NewMemory(soap.MemoryOptions{
		Check: func(user, password string) bool {
			return user == "shop-1" && subtle.ConstantTimeCompare([]byte(password), []byte("secret")) == 1
		},
		Random: rand.Reader,
		Now:    time.Now,
	})
	backend.Queue("<QBXML>first</QBXML>", "<QBXML>second</QBXML>")
	handler, err := soap.NewHandler(backend, soap.Options{AppURL: "http://localhost:8480/qbwc", ServerVersion: "Example 1.0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(handler)
	defer server.Close()

	connector := wsdl.NewQBWebConnectorSvcSoap(gowsdl.NewClient(server.URL))
	session, err := connector.Authenticate(&wsdl.Authenticate{StrUserName: "shop-1", StrPassword: "secret"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ticket := *session.AuthenticateResult.Astring[0]
	for progress := int32(0); progress < 100; {
		request, err := connector.SendRequestXML(&wsdl.SendRequestXML{Ticket: ticket, QbXMLMajorVers: 13})
		if err != nil {
			fmt.Println(err)
			return
		}
		answer, err := connector.ReceiveResponseXML(&wsdl.ReceiveResponseXML{Ticket: ticket, Response: "<QBXML>done</QBXML>"})
		if err != nil {
			fmt.Println(err)
			return
		}
		progress = answer.ReceiveResponseXMLResult
		fmt.Println(request.SendRequestXMLResult, progress)
	}
	closed, err := connector.CloseConnection(&wsdl.CloseConnection{Ticket: ticket})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(closed.CloseConnectionResult)
	fmt.Println(len(backend.Answers()), "answers")
	// Output:
	// <QBXML>first</QBXML> 50
	// <QBXML>second</QBXML> 100
	// OK
	// 2 answers
}
