package posting_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/internal/posting"
)

func TestRuleChanges(t *testing.T) {
	before, after := rules(), rules()
	for key, value := range map[string]string{"deposit-to": "Checking", "rounding-limit": "0.10", "tax.8.25": "", "tax.20": "VAT", "tax.7": "Seven", "mode": "post"} {
		if err := after.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	want := []posting.RuleChange{
		{Key: "deposit-to", From: "Undeposited Funds", To: "Checking"},
		{Key: "tax.20", From: "VAT 20", To: "VAT"}, {Key: "tax.7", To: "Seven"}, {Key: "tax.8.25", From: "Springfield 8.25"},
		{Key: "rounding-limit", From: "0.05", To: "0.10"},
	}
	if diff := cmp.Diff(want, before.Changes(after)); diff != "" {
		t.Error(diff)
	}
	if same := before.Changes(rules()); same != nil {
		t.Errorf("nothing changed, but %v", same)
	}
}
