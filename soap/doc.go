// Package soap is the counterpart of Intuit's QuickBooks Web Connector: the service that the Web Connector polls over SOAP 1.1.
//
// The Web Connector is the client. In each session it authenticates, asks for requests (sendRequestXML) until there are none, hands
// back what QuickBooks answered (receiveResponseXML), and closes. This package knows that conversation and nothing of its content:
// requests and answers are opaque texts.
//
//   - [Handler] is the endpoint over HTTP. It decodes the envelopes, calls a [Backend] and writes the answers byte for byte as .NET
//     expects them.
//   - [Step] is the session table as a pure function. A Backend loads a [SessionState], calls Step and saves the result in its own
//     transaction.
//   - [Memory] is a Backend that keeps everything in memory: the package example, and good for tests.
//   - [QWC] is the file that a user opens in the Web Connector to add the service.
//   - [Listen] opens the listeners that the Web Connector can reach and nobody else can.
package soap
