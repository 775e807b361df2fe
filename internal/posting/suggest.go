package posting

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Certainty is how sure a proposed rule is.
type Certainty string

// The certainties.
const (
	Already Certainty = "set"    // by a person, and it is right: nothing is proposed
	Sure    Certainty = "sure"   // one entry in QuickBooks fits, and is called so
	Likely  Certainty = "likely" // one fits best; look at it
	Choose  Certainty = "choose" // a person must choose, or make it in QuickBooks first
)

// Suggestion is a proposed rule.
type Suggestion struct {
	Key        string
	Value      string // "" when a person must choose
	Certainty  Certainty
	Reason     string
	Candidates []string // what else would fit
	Create     string   // the way through QuickBooks' menus to make what fits
	Waits      bool     // orders wait for it
}

// mostCandidates is how many candidates a suggestion names.
const mostCandidates = 8

// Suggest proposes what the rules lack for these books and orders: a complete
// set, so far as books and orders tell. What a person set is left alone. The
// proposals follow from the tags of Rules and stand in the order of its fields.
func Suggest(seen Seen, b *Books, r Rules) []Suggestion {
	s := suggester{seen: seen, books: b, rules: r}
	if !b.Complete {
		return nil
	}
	fields := r.fields()
	for _, k := range ruleKeys() {
		list, named := listNamed(k.names.list)
		switch {
		case named && b.lacks(list.feature) != "":
		case k.seen == "payment":
			s.payments(k)
		case k.seen == "deposit", k.seen == "refund-deposit" && seen.counts["refunds"] > 0:
			s.deposits(k, k.entries(fields))
		case k.seen == "status":
			s.statuses(k, k.entries(fields))
		case k.seen == "currency":
			s.currencies(k, k.entries(fields))
		case k.seen == "ship-method":
			s.shipMethods(k)
		case k.entry == "rate":
			s.taxes(k)
		case k.table:
		case named:
			s.name(k, k.text(fields))
		default:
			s.value(k, k.text(fields))
		}
	}
	return s.all
}

// Apply sets the proposals that are sure, and the likely ones if wanted, and
// gives the keys that it set. What is set already stays.
func (r *Rules) Apply(all []Suggestion, likely bool) (keys []string, err error) {
	for _, s := range all {
		if s.Certainty != Sure && (s.Certainty != Likely || !likely) {
			continue
		}
		if set, _ := r.Get(s.Key); set != "" {
			continue
		}
		if err := r.Set(s.Key, s.Value); err != nil {
			return keys, err
		}
		keys = append(keys, s.Key)
	}
	return keys, nil
}

// SuggestedTOML writes the rules with what is sure and likely set, and with a
// comment on each proposal.
func (r Rules) SuggestedTOML(all []Suggestion) ([]byte, error) {
	if _, err := r.Apply(all, true); err != nil {
		return nil, err
	}
	remarks := map[string][]string{}
	for _, s := range all {
		k, _ := findRule(s.Key)
		remark := fmt.Sprintf("%s: %s", s.Certainty.Words(), s.Reason)
		if k.table {
			remark = fmt.Sprintf("%s: %s", strings.TrimPrefix(s.Key, k.key+"."), remark)
		}
		if len(s.Candidates) > 0 {
			remark += " Others: " + strings.Join(s.Candidates, "; ") + "."
		}
		if s.Create != "" {
			remark += " To make it: " + s.Create + "."
		}
		remarks[k.key] = append(remarks[k.key], strings.Join(strings.Fields(remark), " "))
	}
	return r.commented(remarks)
}

// Words are the certainty for people.
func (c Certainty) Words() string {
	switch c {
	case Already:
		return "set already"
	case Choose:
		return "must be chosen"
	}
	return string(c)
}

// suggester gathers suggestions.
type suggester struct {
	seen  Seen
	books *Books
	rules Rules
	all   []Suggestion
}

func (s *suggester) add(one Suggestion) { s.all = append(s.all, one) }

// isSet notes a rule that has a value, and whether it is right.
func (s *suggester) isSet(key, value string, wrong *Missing) bool {
	if value == "" {
		return false
	}
	if wrong != nil {
		s.add(Suggestion{Key: key, Certainty: Choose, Reason: wrong.Sentence, Waits: true})
	} else {
		s.add(Suggestion{Key: key, Value: value, Certainty: Already, Reason: "Nothing to do."})
	}
	return true
}

// value proposes nothing, but says when orders show that a choice which stands
// as in a new shop should be looked at.
func (s *suggester) value(k ruleKey, value string) {
	n := s.seen.counts[k.seen]
	examples := ""
	if k.seen == "new-goods" {
		n, examples = s.newGoods()
	}
	if n == 0 || value != k.fallback {
		return
	}
	one := Suggestion{Key: k.key, Certainty: Choose, Candidates: slices.Clone(k.values), Reason: fmt.Sprintf("%s%s. The rule is %s now.", counted(n, k.seen), examples, value), Waits: true}
	if value != "hold" {
		one.Value, one.Certainty, one.Waits = value, Already, false
	}
	s.add(one)
}

// counted says how many orders show something.
func counted(n int, what string) string {
	words := map[string]string{
		"shipping": "with shipping", "handling": "with a handling fee", "discounts": "with a discount", "surcharges": "with a surcharge", "tips": "with a tip",
		"gift-cards": "that sell or redeem a gift card", "credit": "paid with store credit or points", "refunds": "with a refund", "unpaid": "not paid yet",
		"several-rates": "with lines taxed at different rates",
	}
	if what == "new-goods" {
		return fmt.Sprintf("Goods of the orders that are no items in QuickBooks: %d", n)
	}
	return fmt.Sprintf("Orders %s: %d", words[what], n)
}

// newGoods counts the goods that QuickBooks does not know and names some.
func (s *suggester) newGoods() (n int, examples string) {
	d := draft{rules: s.rules, books: s.books}
	d.rules.MissingItem = "hold"
	var names []string
	for _, identity := range slices.Sorted(maps.Keys(s.seen.goods)) {
		l := s.seen.goods[identity]
		if _, out := d.goodsItem(l, false); out != nil && out.cause == ItemMissing {
			n++
			names = append(names, goodsName(l))
		}
	}
	if n == 0 {
		return 0, ""
	}
	return n, " (" + strings.Join(names[:min(n, 3)], ", ") + map[bool]string{true: ", ..."}[n > 3] + ")"
}

// name proposes what a rule that holds one name should name.
func (s *suggester) name(k ruleKey, value string) {
	b, needed, n := s.books, k.needed(s.rules, s.books), s.seen.counts[k.seen]
	if k.names.list == "code" && value == "" && (!needed || s.rules.code(b, k.names.kinds[0] == "taxable") != nil) {
		return // the file's own
	}
	wrong := b.unfit(k.key, value)
	if value != "" && wrong == nil {
		s.isSet(k.key, value, nil)
		return
	}
	phrases := k.words
	if k.seen == "surcharges" {
		phrases = slices.Concat(often(s.seen.surcharges, strings.Compare), phrases)
	}
	one := s.fitting(k, phrases)
	one.Waits = needed
	if wrong := b.misposted(k, one.Value); wrong != nil {
		one.Value, one.Certainty, one.Reason, one.Candidates = "", Choose, wrong.Sentence, append([]string{one.Value}, one.Candidates...)
	}
	if n > 0 {
		one.Reason += " " + counted(n, k.seen) + "."
	}
	if value != "" { // a person set it: it is not for us to change
		if one.Value != "" {
			one.Candidates = append([]string{one.Value}, one.Candidates...)
		}
		one.Value, one.Certainty, one.Reason = "", Choose, wrong.Sentence
		s.add(one)
		return
	}
	if needed || n > 0 || one.Certainty == Sure && len(k.words) > 0 {
		s.add(one)
	}
}

// fitting finds the active entry of a list that a rule's words name best.
func (s *suggester) fitting(k ruleKey, phrases []string) Suggestion {
	list, _ := listNamed(k.names.list)
	entries := slices.DeleteFunc(list.all(s.books), func(e listed) bool { return !e.active || e.name == "" || !k.names.fits(e) })
	slices.SortStableFunc(entries, func(a, b listed) int { return k.names.rank(a) - k.names.rank(b) })
	var fit []string
	kinds := map[string]naming{}
	for _, e := range entries {
		fit = append(fit, e.name)
		kinds[e.name] = naming{k.names.list, e.kinds[:min(1, len(e.kinds))]}
	}
	one := Suggestion{Key: k.key, Certainty: Choose, Create: k.names.toMake()}
	exact, near := alike(fit, phrases)
	switch {
	case len(exact) == 1:
		one.Value, one.Certainty, one.Candidates, one.Create = exact[0], Sure, near, ""
		one.Reason = fmt.Sprintf("It is called so, and is %s.", kinds[exact[0]].wanted())
	case len(exact) > 1:
		one.Value, one.Certainty, one.Candidates, one.Create = exact[0], Likely, slices.Concat(exact[1:], near), ""
		one.Reason = "Several in QuickBooks are called so; this is the closest."
	case len(near) == 1 && slices.Index(k.names.kinds, "OtherCharge") == 0 && slices.Contains(kinds[near[0]].kinds, "NonInventory"): // Penny Loafers are no rounding
		one.Candidates, one.Reason = near, "One in QuickBooks is called like it, but may be goods."
	case len(near) == 1:
		one.Value, one.Certainty, one.Create = near[0], Likely, ""
		one.Reason = fmt.Sprintf("Its name says so, and it is %s.", kinds[near[0]].wanted())
	case len(near) > 1:
		one.Candidates, one.Reason = near, "Several in QuickBooks may be meant."
	case len(fit) == 1 && (k.names.list != "item" || len(k.names.kinds) == 1): // an item for any charge may be for another
		one.Value, one.Certainty = fit[0], Likely
		one.Reason = fmt.Sprintf("The only one in QuickBooks that fits: %s.", kinds[fit[0]].wanted())
	case len(fit) == 0:
		one.Reason = fmt.Sprintf("QuickBooks has nothing that fits: it needs %s.", k.names.wanted())
	default:
		one.Candidates, one.Reason = fit, fmt.Sprintf("No name in QuickBooks tells; it needs %s.", k.names.wanted())
	}
	if k.names.list == "customer" && len(near) == 0 {
		one.Candidates = nil // all customers would be no help
	}
	one.Candidates = one.Candidates[:min(len(one.Candidates), mostCandidates)]
	return one
}

// alike are the names that one of the phrases is, those of the first phrase
// first, and the other names that contain one.
func alike(names, phrases []string) (exact, near []string) {
	for _, phrase := range phrases {
		for _, name := range names {
			if slices.Contains(exact, name) || slices.Contains(near, name) {
				continue
			}
			if is(name, phrase) {
				exact = append(exact, name)
			}
		}
	}
	for _, phrase := range phrases {
		for _, name := range names {
			if !slices.Contains(exact, name) && !slices.Contains(near, name) && holds(name, phrase) {
				near = append(near, name)
			}
		}
	}
	return exact, near
}

// is reports whether a full name, or its last part, is a phrase, and nothing
// else.
func is(name, phrase string) bool {
	p := nameWords(phrase)
	return len(p) > 0 && (slices.Equal(nameWords(name), p) || slices.Equal(nameWords(leaf(name)), p))
}

// holds reports whether a name has the words of a phrase in it, one after
// another.
func holds(name, phrase string) bool {
	words, p := nameWords(name), nameWords(phrase)
	for i := 0; len(p) > 0 && i+len(p) <= len(words); i++ {
		if slices.Equal(words[i:i+len(p)], p) {
			return true
		}
	}
	return false
}

// leaf is the last part of a full name.
func leaf(fullName string) string { return fullName[strings.LastIndexByte(fullName, ':')+1:] }

// nameWords are the words of a name without case, signs and plural.
func nameWords(name string) []string {
	words := strings.FieldsFunc(strings.ReplaceAll(Fold(name), "&", " and "), func(r rune) bool { return !readable(r) })
	for i, w := range words {
		if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
			words[i] = w[:len(w)-1]
		}
	}
	return words
}

// payments proposes a payment method for each way of paying that was seen.
func (s *suggester) payments(k ruleKey) {
	done := map[string]bool{}
	for _, p := range often(s.seen.payments, func(a, b payment) int {
		return cmp.Or(strings.Compare(a.method, b.method), strings.Compare(a.module, b.module))
	}) {
		shop := []string{p.method, p.module}
		name := given(p.method, p.module)
		if done[Fold(name)] {
			continue
		}
		done[Fold(name)] = true
		key, n := k.key+"."+name, s.seen.payments[p]
		if set := lookUp(s.rules.PaymentMethods, shop); s.isSet(key, set, s.books.unfit(key, set)) {
			continue
		}
		one := s.matching(k, shop)
		one.Key = key
		if one.Certainty == Choose && s.rules.MissingMethod != "hold" {
			continue // that rule says what to do
		}
		one.Reason += fmt.Sprintf(" Orders paid so: %d.", n)
		if one.Certainty == Choose {
			one.Waits = true
			one.Reason += " The rule missing-payment-method can have it made, too."
		}
		s.add(one)
	}
}

// shipMethods proposes a ship method for each shipping method of the shop that
// has a like one in QuickBooks.
func (s *suggester) shipMethods(k ruleKey) {
	for _, name := range often(s.seen.shipping, strings.Compare) {
		key := k.key + "." + name
		if set := lookUp(s.rules.ShipMethods, []string{name}); s.isSet(key, set, s.books.unfit(key, set)) {
			continue
		}
		one := s.matching(k, []string{name})
		one.Key = key
		one.Reason += fmt.Sprintf(" Orders sent so: %d.", s.seen.shipping[name])
		if one.Certainty != Choose { // the shipping line, or the memo, names the others
			s.add(one)
		}
	}
}

// matching finds the active entry of a list that is called like one of the
// shop's texts, the weightiest text first.
func (s *suggester) matching(k ruleKey, texts []string) Suggestion {
	list, _ := listNamed(k.names.list)
	var active []string
	for _, e := range list.all(s.books) {
		if e.active {
			active = append(active, e.name)
		}
	}
	for _, text := range texts {
		if exact, _ := alike(active, []string{text}); len(exact) == 1 {
			return Suggestion{Value: exact[0], Certainty: Sure, Reason: fmt.Sprintf("QuickBooks has %s of that name.", list.an)}
		}
	}
	for _, text := range texts {
		_, near := alike(active, []string{text})
		near = slices.DeleteFunc(slices.Concat(near, within(active, text)), func(name string) bool { return !sameCard(name, text) })
		if len(near) == 1 {
			return Suggestion{Value: near[0], Certainty: Likely, Reason: "The name says so."}
		}
	}
	return Suggestion{Certainty: Choose, Reason: fmt.Sprintf("QuickBooks has no %s that is called so.", strings.TrimPrefix(list.an, "a ")),
		Candidates: active[:min(len(active), mostCandidates)], Create: k.names.toMake()}
}

// within are the names that a text has in it.
func within(names []string, text string) (found []string) {
	for _, name := range names {
		if holds(text, name) && !is(text, name) {
			found = append(found, name)
		}
	}
	return found
}

// sameCard keeps a credit card from being taken for a debit card.
func sameCard(a, b string) bool {
	for _, kind := range []string{"credit", "debit"} {
		if holds(a, kind) != holds(b, kind) {
			return false
		}
	}
	return true
}

// statuses asks what becomes of orders of payment statuses that nobody knows.
func (s *suggester) statuses(k ruleKey, entries map[string]string) {
	documents, _ := findRule("document")
	for _, status := range often(s.seen.statuses, strings.Compare) {
		key := k.key + ".payment:" + status
		if set := entries[k.entryKey("payment:"+status)]; !s.isSet(key, set, nil) {
			s.add(Suggestion{Key: key, Certainty: Choose, Candidates: documents.values, Waits: true,
				Reason: fmt.Sprintf("The status doesn't say whether an order is paid. Orders of it: %d.", s.seen.statuses[status])})
		}
	}
}

// currencies asks for the rate of other currencies that orders are in.
func (s *suggester) currencies(k ruleKey, entries map[string]string) {
	if s.books.lacks(ManyCurrencies) != "" {
		return // Lacking says so
	}
	for _, currency := range often(s.seen.currencies, strings.Compare) {
		key := k.key + "." + currency
		if currency == "" || currency == given(s.books.Company.HomeCurrency, s.rules.HomeCurrency) {
			continue
		}
		if set := entries[k.entryKey(currency)]; !s.isSet(key, set, nil) {
			s.add(Suggestion{Key: key, Certainty: Choose, Waits: true,
				Reason: fmt.Sprintf("No rule says what one %s is worth in the books. Orders in it: %d.", currency, s.seen.currencies[currency])})
		}
	}
}

// deposits proposes a clearing account for each processor that was seen, where
// the books have one.
func (s *suggester) deposits(k ruleKey, entries map[string]string) {
	counts := map[string]int{}
	for p, n := range s.seen.payments {
		counts[given(p.module, p.method)] += n
	}
	list, _ := listNamed(k.names.list)
	for _, processor := range often(counts, strings.Compare) {
		key := k.key + "." + processor
		if set := lookUp(entries, []string{processor}); s.isSet(key, set, s.books.unfit(key, set)) {
			continue
		}
		var fit, clearing []string
		for _, e := range list.all(s.books) {
			if !e.active || !k.names.fits(e) || !ofProcessor(e.name, processor) {
				continue
			}
			fit = append(fit, e.name)
			if holds(e.name, "clearing") {
				clearing = append(clearing, e.name)
			}
		}
		reason := fmt.Sprintf("The account bears the processor's name. Orders paid so: %d.", counts[processor])
		switch {
		case len(clearing) == 1:
			s.add(Suggestion{Key: key, Value: clearing[0], Certainty: Sure, Reason: reason})
		case len(fit) == 1:
			s.add(Suggestion{Key: key, Value: fit[0], Certainty: Likely, Reason: reason})
		case len(fit) > 1:
			s.add(Suggestion{Key: key, Certainty: Choose, Candidates: fit, Reason: reason + " So do several."})
		}
	}
}

// ofProcessor reports whether an account's name has a word that the processor's
// begins with: "PayPal clearing" of "PayPal_Express".
func ofProcessor(account, processor string) bool {
	plain := strings.Join(nameWords(processor), "")
	return slices.ContainsFunc(nameWords(account), func(word string) bool { return len(word) >= 4 && strings.HasPrefix(plain, word) })
}

// taxes proposes a tax item or group for each combination of rates that was
// seen.
func (s *suggester) taxes(k ruleKey) {
	orders := map[string]int{}
	for key, t := range s.seen.taxes {
		orders[key] = t.orders
	}
	for _, rates := range often(orders, strings.Compare) {
		t := s.seen.taxes[rates]
		key := k.key + "." + rates
		if set := s.rules.Tax[rates]; s.isSet(key, set, s.books.unfitEntry(k, rates, set)) {
			continue
		}
		if sums := joinRates([]decimal.Decimal{sum(t.rates)}); len(t.rates) > 1 && s.rules.Tax[sums] != "" {
			continue
		}
		one := s.tax(k, t)
		one.Key, one.Waits = key, true
		one.Reason += fmt.Sprintf(" Orders with it: %d", t.orders)
		if len(t.names) > 0 {
			one.Reason += fmt.Sprintf(" (%s)", strings.Join(t.names, ", "))
		}
		one.Reason += "."
		s.add(one)
	}
}

// tax finds the tax item or group of a combination of rates.
func (s *suggester) tax(k ruleKey, t *seenTax) Suggestion {
	var single, group []string
	for _, it := range s.books.Items {
		if it.Kind != "SalesTax" && it.Kind != "SalesTaxGroup" || !it.Active || it.FullName == "" {
			continue
		}
		if found, problem := s.books.taxItem(it.FullName, t.rates); problem != "" || found.ListID != it.ListID {
			continue
		}
		if it.Kind == "SalesTax" {
			single = append(single, it.FullName)
		} else {
			group = append(group, it.FullName)
		}
	}
	best, others, why := single, group, "It is the one tax item of this rate."
	if len(t.rates) > 1 {
		best, others, why = group, single, "It is the one tax group of these rates."
	}
	exact, near := alike(best, t.names)
	one := Suggestion{Certainty: Sure, Reason: why, Candidates: others}
	switch {
	case len(best) == 1:
		one.Value = best[0]
	case len(exact) == 1:
		one.Value, one.Candidates, one.Reason = exact[0], without(slices.Concat(best, others), exact[0]), "Of several of this rate it has the shop's name for the tax."
	case len(near) == 1:
		one.Value, one.Certainty, one.Candidates, one.Reason = near[0], Likely, without(slices.Concat(best, others), near[0]), "Of several of this rate its name is closest to the shop's."
	case len(best) > 1:
		one.Certainty, one.Candidates, one.Reason = Choose, slices.Concat(best, others), "Several in QuickBooks have this rate: where is it owed to?"
	case len(others) == 1 && len(t.rates) > 1:
		one.Value, one.Certainty, one.Candidates, one.Reason = others[0], Likely, nil, "It has the sum of the rates, all owed to one agency; if they are owed to several, make a tax group."
		one.Create = groupToMake(k, t)
	case len(others) == 1:
		one.Value, one.Certainty, one.Candidates, one.Reason = others[0], Likely, nil, "A tax group whose rates come to this."
	case len(others) > 1:
		one.Certainty, one.Reason = Choose, "Several in QuickBooks come to this rate."
	default:
		one.Certainty, one.Reason = Choose, fmt.Sprintf("QuickBooks has no tax item or group of %s %%.", joinRates(t.rates))
		one.Create = fmt.Sprintf("%s, rate %s %%", k.names.toMake(), joinRates(t.rates))
		if len(t.rates) > 1 {
			one.Create = groupToMake(k, t)
		}
	}
	one.Candidates = one.Candidates[:min(len(one.Candidates), mostCandidates)]
	return one
}

func groupToMake(k ruleKey, t *seenTax) string {
	return naming{k.names.list, []string{"SalesTaxGroup"}}.toMake() + ", of tax items of " + strings.ReplaceAll(joinRates(t.rates), "+", " %, ") + " %"
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return n == name })
}
