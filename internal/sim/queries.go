package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An iterator remembers what a query has still to give; it lives within one session.
type iterator struct {
	request string // the query's filters, to be repeated unchanged
	left    []node
}

// query answers a list or transaction query: the status, extra attributes of the …Rs, and the …Rets.
func (c *Company) query(name string, attrs map[string]string, request node) (Status, [][2]string, []node) {
	if attrs["iterator"] == "Continue" || attrs["iterator"] == "Stop" {
		return c.resume(attrs, request)
	}
	status, found := c.find(name, request)
	if status.Severity == "Error" {
		return status, nil, nil
	}
	if attrs["metaData"] == "MetaDataOnly" {
		return status, [][2]string{{"retCount", strconv.Itoa(len(found))}}, nil
	}
	var extra [][2]string
	if attrs["metaData"] == "MetaDataAndResponseData" {
		extra = append(extra, [2]string{"retCount", strconv.Itoa(len(found))})
	}
	limit, _ := strconv.Atoi(request.at("MaxReturned")) // its form has been checked
	if attrs["iterator"] == "Start" {
		if limit == 0 {
			return *refused(3150, "There is a missing element: \"MaxReturned\"."), nil, nil
		}
		it := &iterator{filters(request), found}
		id := fmt.Sprintf("{%08x-0000-4000-8000-%012x}", len(c.iterators)+1, c.now().UnixNano()&0xffffffffffff)
		page := c.page(it, id, limit)
		return status, append(extra, iteratorAttrs(it, id)...), page
	}
	if limit > 0 && limit < len(found) {
		found = found[:limit]
	}
	return status, extra, found
}

// page takes the next records; an iterator that is used up is forgotten.
func (c *Company) page(it *iterator, id string, limit int) []node {
	n := min(limit, len(it.left))
	if most := c.books.Config.PageSize; most > 0 {
		n = min(n, most)
	}
	page := it.left[:n]
	it.left = it.left[n:]
	if len(it.left) == 0 {
		delete(c.iterators, id)
	} else {
		c.iterators[id] = it
	}
	return page
}

// iteratorAttrs: the last page carries no iteratorID, as in a recorded answer.
func iteratorAttrs(it *iterator, id string) [][2]string {
	attrs := [][2]string{{"iteratorRemainingCount", strconv.Itoa(len(it.left))}}
	if len(it.left) > 0 {
		attrs = append(attrs, [2]string{"iteratorID", id})
	}
	return attrs
}

func (c *Company) resume(attrs map[string]string, request node) (Status, [][2]string, []node) {
	id := attrs["iteratorID"]
	it := c.iterators[id]
	if it == nil || attrs["iterator"] == "Continue" && it.request != filters(request) {
		// seen in the field when an iterator is continued in a new session, or with other filters
		return *refused(3391, "The iteratorID is not valid."), nil, nil
	}
	if attrs["iterator"] == "Stop" {
		delete(c.iterators, id)
		return done(), nil, nil
	}
	limit, _ := strconv.Atoi(request.at("MaxReturned"))
	page := c.page(it, id, limit)
	return done(), iteratorAttrs(it, id), page
}

func filters(request node) string {
	var b strings.Builder
	request.Attrs = nil
	request.write(&b)
	return b.String()
}

// find gives everything that matches, made into …Rets and cut down to the elements asked for.
func (c *Company) find(name string, request node) (Status, []node) {
	var status Status
	var found []node
	switch {
	case slices.Contains(txnKinds(), strings.TrimSuffix(name, "Query")):
		status, found = c.findTxns([]string{strings.TrimSuffix(name, "Query")}, request, func(t *txn) node { return c.txnRet(t, extentOf(request)) })
	case name == "TransactionQuery":
		status, found = c.findTxns(transactionTypes(request), request, c.transactionRet)
	case name == "CurrencyQuery" && !c.books.Config.MultiCurrency:
		return *featureOff("multiple currencies"), nil
	case name == "DepositQuery":
		status, found = c.findDeposits(request)
	case name == "TxnDeletedQuery":
		status, found = c.findDeletedTxns(request)
	case name == "ListDeletedQuery":
		status, found = c.findDeleted(request)
	default:
		status, found = c.findObjects(kindsOf(name), request)
	}
	return status, askedFor(request, found)
}

// askedFor cuts …Rets down to the elements that the request wants; without IncludeRetElement it wants all.
func askedFor(request node, rets []node) []node {
	wanted := request.all("IncludeRetElement")
	if wanted == nil {
		return rets
	}
	for i := range rets {
		rets[i].Kids = slices.DeleteFunc(slices.Clone(rets[i].Kids), func(kid node) bool { return !slices.Contains(wanted, kid.Name) })
	}
	return rets
}

func nothingFound() Status {
	return Status{1, "Info", "A query request did not find a matching object in QuickBooks"}
}

func incomplete(key string) Status {
	return Status{500, "Warn", fmt.Sprintf("The query request has not been fully completed. There was a required element (\"%s\") that could not be found in QuickBooks.", key)}
}

// findObjects: by ListID or FullName also inactive ones are found, by filter only those of the ActiveStatus.
func (c *Company) findObjects(kinds []string, request node) (Status, []node) {
	var found []node
	ids, names := request.all("ListID"), request.all("FullName")
	status := done()
	miss := func(key string) {
		if status.Code == 0 {
			status = incomplete(key)
		}
	}
	for _, id := range ids {
		if !listIDForm(id) {
			return *refused(3000, "The given object ID \"%s\" in the field \"list id\" is invalid.", id), nil
		}
		if o := c.byID[id]; o != nil && slices.Contains(kinds, o.Kind) {
			found = append(found, c.ret(o))
		} else {
			miss(id)
		}
	}
	for _, name := range names {
		if o := c.named(name, kinds...); o != nil {
			found = append(found, c.ret(o))
		} else {
			miss(name)
		}
	}
	if ids != nil || names != nil {
		return status, found
	}
	for _, o := range c.listed(kinds, &request) {
		found = append(found, c.ret(o))
	}
	if len(found) == 0 {
		return nothingFound(), nil
	}
	return done(), found
}

// findTxns serves the queries of transactions of some kinds.
func (c *Company) findTxns(kinds []string, request node, ret func(*txn) node) (Status, []node) {
	if ids := request.all("TxnID"); ids != nil {
		return c.txnsByID(kinds, ids, ret)
	}
	if status := macrosAllowed(request); status != nil {
		return *status, nil
	}
	numbers, exact := request.all("RefNumber"), request.all("RefNumberCaseSensitive")
	met := map[string]bool{}
	var found []node
	for _, t := range c.books.Txns {
		number := t.Header.at("RefNumber")
		if numbers != nil && !slices.ContainsFunc(numbers, func(n string) bool { return strings.EqualFold(n, number) }) || exact != nil && !slices.Contains(exact, number) {
			continue
		}
		if slices.Contains(kinds, t.Kind) && nameMatches(number, &request, "RefNumber") && c.txnMatches(t, request) {
			met[strings.ToLower(number)] = true
			found = append(found, ret(t))
		}
	}
	if len(found) == 0 {
		return nothingFound(), nil
	}
	for _, n := range append(numbers, exact...) {
		if !met[strings.ToLower(n)] {
			return incomplete(n), found
		}
	}
	return done(), found
}

func (c *Company) txnsByID(kinds, ids []string, ret func(*txn) node) (Status, []node) {
	status, found := done(), []node(nil)
	for _, id := range ids {
		if !listIDForm(id) {
			return *refused(3000, "The given object ID \"%s\" in the field \"txn id\" is invalid.", id), nil
		}
		if t := c.txn(id); t != nil && slices.Contains(kinds, t.Kind) {
			found = append(found, ret(t))
		} else if status.Code == 0 {
			status = incomplete(id)
		}
	}
	return status, found
}

// transactionTypes are the kinds that a TransactionQuery asks for. It tells nothing of deposits here.
func transactionTypes(request node) []string {
	if f := request.kid("TransactionTypeFilter"); f != nil && !slices.Contains(f.all("TxnTypeFilter"), "All") {
		return f.all("TxnTypeFilter")
	}
	return txnKinds()
}

// macrosAllowed: of the date macros only All is pretended.
func macrosAllowed(request node) *Status {
	for _, kid := range request.Kids {
		if m := kid.at("DateMacro"); m != "" && m != "All" {
			return refused(1030, "The pretend company does not know the date macro %s.", m)
		}
	}
	return nil
}

func (c *Company) txnMatches(t *txn, request node) bool {
	if !datesMatch(request, t.Modified, t.Header.at("TxnDate")) {
		return false
	}
	for _, name := range []string{"EntityFilter", "TransactionEntityFilter"} {
		if f := request.kid(name); f != nil && !c.refersTo(t.customer(), f) {
			return false
		}
	}
	for _, name := range []string{"AccountFilter", "TransactionAccountFilter"} {
		if f := request.kid(name); f != nil && !c.refersTo(t.Header.at(moneyAt(t.Kind), "ListID"), f) && !c.refersTo(t.Header.at("ARAccountRef", "ListID"), f) {
			return false
		}
	}
	if f := request.kid("CurrencyFilter"); f != nil && !c.refersTo(t.Header.at("CurrencyRef", "ListID"), f) {
		return false
	}
	switch request.at("TransactionPostingStatusFilter") {
	case "Posting":
		return !t.pending() && t.Kind != "SalesOrder"
	case "NonPosting":
		return t.pending() || t.Kind == "SalesOrder"
	}
	switch request.at("PaidStatus") + request.at("TransactionPaidStatusFilter") {
	case "PaidOnly", "Closed":
		return c.left(t) == 0
	case "NotPaidOnly", "Open":
		return c.left(t) != 0
	}
	return true
}

// datesMatch tells whether a transaction changed and dated so passes a query's filters by date.
func datesMatch(request node, modified int64, date string) bool {
	for _, name := range []string{"ModifiedDateRangeFilter", "TransactionModifiedDateRangeFilter"} {
		if f := request.kid(name); f != nil && !within(modified, f.at("FromModifiedDate"), f.at("ToModifiedDate")) {
			return false
		}
	}
	for _, name := range []string{"TxnDateRangeFilter", "TransactionDateRangeFilter"} {
		if f := request.kid(name); f != nil {
			from, to := f.at("FromTxnDate"), f.at("ToTxnDate")
			if from != "" && date < from || to != "" && date > to {
				return false
			}
		}
	}
	return true
}

// refersTo tells whether an object is one of those a filter names, by id or name, with or without children.
func (c *Company) refersTo(listID string, filter *node) bool {
	o := c.byID[listID]
	if o == nil {
		return false
	}
	if t := filter.at("EntityTypeFilter"); t != "" {
		return t == o.Kind
	}
	name := c.fullName(o)
	if slices.Contains(filter.all("ListID"), listID) || slices.ContainsFunc(filter.all("FullName"), func(n string) bool { return strings.EqualFold(n, name) }) {
		return true
	}
	parent := filter.at("FullNameWithChildren")
	if p := c.byID[filter.at("ListIDWithChildren")]; p != nil {
		parent = c.fullName(p)
	}
	return parent != "" && (strings.EqualFold(name, parent) || strings.HasPrefix(strings.ToLower(name), strings.ToLower(parent)+":"))
}

// findDeleted answers from the last 90 days only.
func (c *Company) findDeleted(request node) (Status, []node) {
	types := request.all("ListDelType")
	filter := request.kid("DeletedDateRangeFilter")
	oldest := c.now().Add(-deletedDays * 24 * time.Hour).Unix()
	var found []node
	for _, d := range c.books.Deleted {
		if !slices.Contains(types, d.Kind) || d.Deleted < oldest || filter != nil && !within(d.Deleted, filter.at("FromDeletedDate"), filter.at("ToDeletedDate")) {
			continue
		}
		found = append(found, group("ListDeletedRet", leaf("ListDelType", d.Kind), leaf("ListID", d.ListID), leaf("TimeCreated", stamp(d.Created)), leaf("TimeDeleted", stamp(d.Deleted)), leaf("FullName", d.FullName)))
	}
	if len(found) == 0 {
		return nothingFound(), nil
	}
	return done(), found
}

// parseMoment reads a DATETIMETYPE; without an offset it is the machine's local time.
func parseMoment(text string) (unix int64, ok bool) {
	for _, layout := range []string{stampLayout, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, machineZone()); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}
