package sim

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"qbridge/qbxml"
)

// A rememberedSet is what QuickBooks keeps in the company file of a message set, for each application apart.
type rememberedSet struct {
	App, ID   string
	Checksum  string
	Responses []node
	Code      string `json:",omitempty"` // what a status check gives instead of the answer: 9002 when only the fact was kept
}

// HRESULTs of qbwc-protocol.md 6.2 that a message set as a whole can meet.
const (
	hresultParse    = "0x80040400"
	hresultTrouble  = "0x80040402"
	hresultRollback = "0x80040413"
	hresultVersion  = "0x80040423"
)

// Process does what QuickBooks' ProcessRequest does with a qbXML document. Either response is the answer, or hresult and
// message say why QuickBooks did nothing at all. What was written is saved before Process returns.
func (c *Company) Process(request string) (response, hresult, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	msgs, k, hresult, message := c.readDocument(request)
	if hresult != "" {
		return "", hresult, message
	}
	rs := c.messageSet(msgs, k)
	if c.path != "" && writes(msgs) {
		if err := c.save(); err != nil {
			return "", hresultTrouble, "Unexpected error: " + err.Error()
		}
	}
	if dead := c.crash; dead != nil && dead.done {
		c.crash = nil
		clear(c.iterators)
		return "", dead.hresult, dead.message
	}
	return document(rs), "", ""
}

// WhyRefused says in words what Process would find wrong with the form of a document; "" when nothing. QuickBooks itself
// keeps that to itself, a person looking at a failed test need not.
func (c *Company) WhyRefused(request string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, _, err := c.parse(request); err != nil {
		return err.Error()
	}
	return ""
}

func (c *Company) readDocument(request string) (msgs *etree.Element, k checker, hresult, message string) {
	msgs, k, err := c.parse(request)
	if err != nil {
		return nil, k, hresultParse, "QuickBooks found an error when parsing the provided XML text stream."
	}
	if !slices.Contains(c.books.Config.SupportedVersions, k.version.String()) {
		return nil, k, hresultVersion, "The version of qbXML that was requested is not supported or is unknown."
	}
	if msgs.SelectAttrValue("onError", "") == "rollbackOnError" {
		return nil, k, hresultRollback, "rollbackOnError is not supported."
	}
	return msgs, k, "", ""
}

// parse reads a document and checks its form: declaration, qbxml instruction, ASCII, root, attributes and every request.
func (c *Company) parse(request string) (*etree.Element, checker, error) {
	k := checker{edition: qbxml.Edition(c.books.Config.Country)}
	if !strings.HasPrefix(request, "<?xml version=") {
		return nil, k, fmt.Errorf("the document does not begin with the XML declaration")
	}
	for i, b := range []byte(request) {
		if b > 126 || b < ' ' && !strings.ContainsRune("\t\r\n", rune(b)) {
			return nil, k, fmt.Errorf("byte %d of the document is not ASCII text", i)
		}
	}
	doc := etree.NewDocument()
	doc.ReadSettings.ValidateInput = true
	// White space after the root is legal XML, but etree's validation refuses it.
	if err := doc.ReadFromString(strings.TrimRight(request, " \t\r\n")); err != nil {
		return nil, k, fmt.Errorf("the document is not well-formed XML: %w", err)
	}
	root, version, err := prolog(doc)
	if err != nil {
		return nil, k, err
	}
	if k.version, err = qbxml.ParseVersion(version); err != nil {
		return nil, k, err
	}
	msgs, err := messages(root)
	if err != nil {
		return nil, k, err
	}
	for _, e := range msgs.ChildElements() {
		if err := k.structure(e); err != nil {
			return nil, k, err
		}
	}
	return msgs, k, nil
}

// prolog allows the declaration, the qbxml instruction and the root, in this order and nothing else (quickbooks.md 1.1).
func prolog(doc *etree.Document) (root *etree.Element, version string, err error) {
	var instructions []string
	for _, token := range doc.Child {
		switch t := token.(type) {
		case *etree.ProcInst:
			instructions = append(instructions, t.Target)
			if t.Target == "qbxml" {
				version = strings.Trim(strings.TrimPrefix(strings.TrimSpace(t.Inst), "version="), `"'`)
			}
			if root != nil {
				return nil, "", fmt.Errorf("the instruction %s comes after the root", t.Target)
			}
		case *etree.Element:
			root = t
		case *etree.CharData:
		default:
			return nil, "", fmt.Errorf("the document holds something beside instructions and its root")
		}
	}
	if !slices.Equal(instructions, []string{"xml", "qbxml"}) {
		return nil, "", fmt.Errorf("the document's instructions are %q, not xml and qbxml", instructions)
	}
	if root == nil || root.FullTag() != "QBXML" || len(root.Attr) > 0 || len(root.ChildElements()) != 1 {
		return nil, "", fmt.Errorf("the root is not a QBXML holding one element")
	}
	return root, version, nil
}

func messages(root *etree.Element) (*etree.Element, error) {
	msgs := root.ChildElements()[0]
	if msgs.FullTag() != "QBXMLMsgsRq" {
		return nil, fmt.Errorf("QBXML holds %s, not QBXMLMsgsRq", msgs.FullTag())
	}
	for _, a := range msgs.Attr {
		if !slices.Contains([]string{"onError", "newMessageSetID", "oldMessageSetID", "responseData"}, a.FullKey()) {
			return nil, fmt.Errorf("QBXMLMsgsRq has the unknown attribute %s", a.FullKey())
		}
	}
	if onError := msgs.SelectAttrValue("onError", ""); !slices.Contains([]string{"stopOnError", "continueOnError", "rollbackOnError"}, onError) {
		return nil, fmt.Errorf("QBXMLMsgsRq has onError %q", onError)
	}
	return msgs, nil
}

// writes tells whether a set changes the company file: a writing request, or message set ids to keep or forget.
func writes(msgs *etree.Element) bool {
	if msgs.SelectAttr("newMessageSetID") != nil || msgs.SelectAttr("oldMessageSetID") != nil {
		return true
	}
	return slices.ContainsFunc(msgs.ChildElements(), func(e *etree.Element) bool { return changes(e.Tag) })
}

// changes tells whether a request, by its element's name, changes the company file.
func changes(request string) bool { return !strings.HasSuffix(request, "QueryRq") }

// messageSet applies the table of qbwc-protocol.md 5.2 and does the requests when it says so.
func (c *Company) messageSet(msgs *etree.Element, k checker) node {
	newID, oldID := msgs.SelectAttrValue("newMessageSetID", ""), msgs.SelectAttrValue("oldMessageSetID", "")
	rs := node{Name: "QBXMLMsgsRs"}
	outcome := func(code string) {
		if newID != "" {
			rs.Attrs = append(rs.Attrs, [2]string{"newMessageSetID", newID})
		}
		rs.Attrs = append(rs.Attrs, [2]string{"messageSetStatusCode", code})
	}
	switch {
	case newID == "" && oldID == "":
		rs.Kids = c.execute(msgs, k)
	case len(newID) > 23 || len(oldID) > 23: // 23 characters at most
		outcome("9004")
	case newID == "":
		outcome(c.forget(oldID))
		rs.Kids = c.execute(msgs, k)
	case c.remembered(newID) != nil:
		if oldID != "" && oldID != newID {
			c.forget(oldID)
		}
		code, responses := c.remembered(newID).status(msgs)
		outcome(code)
		rs.Kids = responses
	case newID == oldID: // a status check executes nothing, whatever the set holds
		outcome("600")
	default:
		if oldID != "" {
			c.forget(oldID)
		}
		rs.Kids = c.execute(msgs, k)
		if c.crash != nil && c.crash.done {
			return rs
		}
		c.books.Sets = append(c.books.Sets, rememberedSet{App: c.app, ID: newID, Checksum: checksum(msgs), Responses: rs.Kids})
		outcome("0")
	}
	return rs
}

func (c *Company) remembered(id string) *rememberedSet {
	for i := range c.books.Sets {
		if s := &c.books.Sets[i]; s.App == c.app && s.ID == id {
			return s
		}
	}
	return nil
}

// forget removes one set, or all of the application; 600 when there is nothing to forget.
func (c *Company) forget(id string) (code string) {
	before := len(c.books.Sets)
	c.books.Sets = slices.DeleteFunc(c.books.Sets, func(s rememberedSet) bool {
		return s.App == c.app && (s.ID == id || id == "ClearAllMessageSets")
	})
	if len(c.books.Sets) == before && id != "ClearAllMessageSets" {
		return "600"
	}
	return "0"
}

func (s *rememberedSet) status(msgs *etree.Element) (code string, responses []node) {
	if len(msgs.ChildElements()) > 0 && checksum(msgs) != s.Checksum {
		return "9001", nil
	}
	if s.Code != "" {
		return s.Code, nil
	}
	return "0", s.Responses
}

// checksum covers the requests of a set, not its attributes.
func checksum(msgs *etree.Element) string {
	h := sha256.New()
	for _, e := range msgs.ChildElements() {
		doc := etree.NewDocumentWithRoot(e.Copy())
		if _, err := doc.WriteTo(h); err != nil { // a hash takes everything
			return err.Error()
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// execute does the requests in order; after the first Error under stopOnError the others are answered 3231.
func (c *Company) execute(msgs *etree.Element, k checker) []node {
	var answers []node
	stopped, changed := false, 0
	for _, e := range msgs.ChildElements() {
		var status Status
		var extra [][2]string
		var rets []node
		if changes(e.Tag) {
			if c.crash != nil && changed == c.crash.after {
				c.crash.done = true
				return nil
			}
			changed++
		}
		if stopped {
			status = *refused(3231, "The request has not been processed.")
		} else {
			status, extra, rets = c.do(e, k)
		}
		if status.Severity == "Error" && msgs.SelectAttrValue("onError", "") == "stopOnError" {
			stopped = true
		}
		if msgs.SelectAttrValue("responseData", "") == "includeNone" {
			rets = nil
		}
		answers = append(answers, c.answered(e.Tag, e.SelectAttrValue("requestID", ""), status, rets, extra...))
	}
	if c.crash != nil && changed > 0 {
		c.crash.done = true
	}
	return answers
}

// answered makes the …Rs of a request.
func (c *Company) answered(request, requestID string, status Status, rets []node, extra ...[2]string) node {
	rs := node{Name: strings.TrimSuffix(request, "Rq") + "Rs", Kids: rets}
	if requestID != "" {
		rs.Attrs = append(rs.Attrs, [2]string{"requestID", requestID})
	}
	rs.Attrs = append(rs.Attrs, [2]string{"statusCode", fmt.Sprint(status.Code)}, [2]string{"statusSeverity", status.Severity}, [2]string{"statusMessage", status.Message})
	rs.Attrs = append(rs.Attrs, extra...)
	return rs
}

// do does one request.
func (c *Company) do(e *etree.Element, k checker) (Status, [][2]string, []node) {
	c.requests++
	requestID := e.SelectAttrValue("requestID", "")
	if len(requestID) > 50 {
		return *refused(1060, "The request ID \"%s\" is invalid. It is longer than 50 characters.", requestID), nil, nil
	}
	var warning *Status
	if c.interfere != nil {
		if warning = c.interfere(e.Tag, requestID); warning != nil && warning.Severity == "Error" {
			return *warning, nil, nil
		}
	}
	if status := k.values(e); status != nil {
		return *status, nil, nil
	}
	status, extra, rets := c.perform(e)
	if warning != nil && status.Code == 0 && changes(e.Tag) {
		status = *warning
		if status.Code == cannotBeReturned {
			rets = nil
		}
	}
	return status, extra, rets
}

// cannotBeReturned: the record was written, but QuickBooks cannot show it in this version of qbXML.
const cannotBeReturned = 510

// perform does a request that is well formed.
func (c *Company) perform(e *etree.Element) (Status, [][2]string, []node) {
	request, name := nodeOf(e), strings.TrimSuffix(e.Tag, "Rq")
	switch {
	case slices.Contains([]string{"HostQuery", "CompanyQuery", "PreferencesQuery"}, name):
		return done(), nil, c.about(name)
	case strings.HasSuffix(name, "Query"):
		attrs := map[string]string{}
		for _, a := range e.Attr {
			attrs[a.Key] = a.Value
		}
		return c.query(name, attrs, request)
	case name == "TxnVoid" || name == "TxnDel":
		status, rets := c.undo(name, request)
		return status, nil, rets
	case slices.Contains(txnKinds(), strings.TrimSuffix(name, "Add")):
		status, rets := c.answerTxn(strings.TrimSuffix(name, "Add"), request.Kids[0])
		return status, nil, askedFor(request, rets)
	case strings.HasSuffix(name, "Add"):
		o, status := c.add(strings.TrimSuffix(name, "Add"), request.Kids[0])
		return c.answerObject(request, o, status)
	case name == "DataExtMod":
		status, rets := c.setCustomField(request.Kids[0])
		return status, nil, rets
	case name == "CustomerMod":
		o, status := c.modify("Customer", request.Kids[0])
		return c.answerObject(request, o, status)
	}
	return *refused(1030, "The request %s is not supported by the pretend company.", e.Tag), nil, nil
}

func (c *Company) answerObject(request node, o *object, status *Status) (Status, [][2]string, []node) {
	var rets []node
	if o != nil { // also beside 3200: the answer carries the current object
		rets = askedFor(request, []node{c.ret(o)})
	}
	if status != nil {
		return *status, nil, rets
	}
	return done(), nil, rets
}

// addTxn does the Add of a transaction.
func (c *Company) addTxn(kind string, add node) (*txn, *Status) {
	switch kind {
	case "ReceivePayment":
		return c.addPayment(add)
	case "ARRefundCreditCard":
		return c.addCardRefund(add)
	case "Check":
		return c.addCheck(add)
	}
	return c.addForm(kind, add)
}

func (c *Company) answerTxn(kind string, add node) (Status, []node) {
	ignored := !c.books.Config.SalesTax && (add.kid("ItemSalesTaxRef") != nil || add.kid("CustomerSalesTaxCodeRef") != nil)
	t, status := c.addTxn(kind, add)
	if t == nil {
		return *status, nil
	}
	rets := []node{c.txnRet(t, extent{lines: true})}
	if status != nil {
		return *status, rets
	}
	if ignored {
		return Status{530, "Warn", "The field \"ItemSalesTaxRef\" is not supported by this company file: sales tax is turned off. It has been ignored."}, rets
	}
	return done(), rets
}
