package sim

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hooklift/gowsdl/soap"

	"qbridge/soap/wsdl"
)

// generated is the wire of gowsdl's client. It drops empty arguments, sends the SOAPAction unquoted and closes the
// connection after each call; the dotNet wire does what it cannot.
type generated struct {
	service wsdl.QBWebConnectorSvcSoap
}

func newGenerated(config ConnectorConfig) *generated {
	return &generated{wsdl.NewQBWebConnectorSvcSoap(soap.NewClient(config.AppURL, soap.WithHTTPClient(config.HTTP)))}
}

func (g *generated) call(ctx context.Context, operation string, a ...string) ([]string, error) {
	switch operation {
	case "serverVersion":
		return one(g.service.ServerVersionContext(ctx, &wsdl.ServerVersion{}))(func(r *wsdl.ServerVersionResponse) string { return r.ServerVersionResult })
	case "clientVersion":
		return one(g.service.ClientVersionContext(ctx, &wsdl.ClientVersion{StrVersion: a[0]}))(func(r *wsdl.ClientVersionResponse) string { return r.ClientVersionResult })
	case "authenticate":
		r, err := g.service.AuthenticateContext(ctx, &wsdl.Authenticate{StrUserName: a[0], StrPassword: a[1]})
		if err != nil {
			return nil, err
		}
		if r.AuthenticateResult == nil {
			return nil, nil
		}
		results := make([]string, len(r.AuthenticateResult.Astring))
		for i, s := range r.AuthenticateResult.Astring {
			results[i] = *s
		}
		return results, nil
	case "sendRequestXML":
		major, minor, err := numbers(a[4], a[5])
		if err != nil {
			return nil, err
		}
		return one(g.service.SendRequestXMLContext(ctx, &wsdl.SendRequestXML{Ticket: a[0], StrHCPResponse: a[1], StrCompanyFileName: a[2], QbXMLCountry: a[3], QbXMLMajorVers: major, QbXMLMinorVers: minor}))(
			func(r *wsdl.SendRequestXMLResponse) string { return r.SendRequestXMLResult })
	case "receiveResponseXML":
		return one(g.service.ReceiveResponseXMLContext(ctx, &wsdl.ReceiveResponseXML{Ticket: a[0], Response: a[1], Hresult: a[2], Message: a[3]}))(
			func(r *wsdl.ReceiveResponseXMLResponse) string { return strconv.Itoa(int(r.ReceiveResponseXMLResult)) })
	case "connectionError":
		return one(g.service.ConnectionErrorContext(ctx, &wsdl.ConnectionError{Ticket: a[0], Hresult: a[1], Message: a[2]}))(
			func(r *wsdl.ConnectionErrorResponse) string { return r.ConnectionErrorResult })
	case "getLastError":
		return one(g.service.GetLastErrorContext(ctx, &wsdl.GetLastError{Ticket: a[0]}))(func(r *wsdl.GetLastErrorResponse) string { return r.GetLastErrorResult })
	case "closeConnection":
		return one(g.service.CloseConnectionContext(ctx, &wsdl.CloseConnection{Ticket: a[0]}))(func(r *wsdl.CloseConnectionResponse) string { return r.CloseConnectionResult })
	}
	return nil, fmt.Errorf("the Web Connector has no operation %s", operation)
}

// one turns a typed answer with a single result into a list of one string.
func one[R any](response *R, err error) func(result func(*R) string) ([]string, error) {
	return func(result func(*R) string) ([]string, error) {
		if err != nil {
			return nil, err
		}
		return []string{result(response)}, nil
	}
}

func numbers(major, minor string) (int32, int32, error) {
	x, err := strconv.ParseInt(major, 10, 32)
	if err != nil {
		return 0, 0, fmt.Errorf("the qbXML version %s.%s is not one: %w", major, minor, err)
	}
	y, err := strconv.ParseInt(minor, 10, 32)
	if err != nil {
		return 0, 0, fmt.Errorf("the qbXML version %s.%s is not one: %w", major, minor, err)
	}
	return int32(x), int32(y), nil
}
