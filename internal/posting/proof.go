package posting

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// prove holds an order that does not add up. What credit took from the shop's
// total, and a difference that the rules allow, become lines of their own; the
// rest of the planning sees the order as its parts make it.
func (d *draft) prove() *outcome {
	if out := d.redeemed(); out != nil {
		return out
	}
	proof := order.Prove(d.order)
	if off := proof.Difference; !proof.Holds && !off.IsZero() && off.Abs().LessThanOrEqual(d.rules.DifferenceLimit) {
		even := d.order
		even.Total = even.Total.Sub(off)
		if p := order.Prove(even); p.Holds {
			proof, d.order, d.difference = p, even, off
			d.adjust(Adjustment{Cause: "does not add up", Field: "total", From: even.Total.StringFixed(cents), To: d.shop.Total.StringFixed(cents), Amount: off,
				Sentence: fmt.Sprintf("The order's parts come to %s, but its total is %s; by the rule difference-limit a line carries the %s.", even.Total.StringFixed(cents), d.shop.Total.StringFixed(cents), off.StringFixed(cents))})
		}
	}
	if !proof.Holds {
		return attention(DoesNotAddUp, "Correct the order in the shop, or enter it in QuickBooks by hand and link it.",
			"%s.", sentence(proof.Problem))
	} else if proof.Warning != "" {
		d.adjust(Adjustment{Cause: "tax declared otherwise", Field: "tax", Sentence: sentence(proof.Warning) + "."})
	}
	for _, part := range []decimal.Decimal{d.order.Subtotal, d.order.Tax, d.order.Total, d.order.ShipCharge.Amount, d.order.Handling.Amount} {
		if !part.Equal(part.Truncate(cents)) {
			return attention(TooLong, "Enter this order in QuickBooks by hand and link it.", "QuickBooks keeps amounts in hundredths and can't hold %s %s.", part, d.order.Currency)
		}
	}
	return nil
}

// redeemed takes store credit and points out of the total when they lowered it.
// Whether they do is not documented, so the order's own arithmetic must prove
// it: with and without, as the order declares its tax (ecwid.md 4.2).
func (d *draft) redeemed() *outcome {
	o := d.order
	if o.Loyalty.IsZero() && o.StoreCredit.IsZero() {
		return nil
	}
	credit := o.Loyalty.Add(o.StoreCredit)
	if d.rules.StoreCreditItem == "" || o.Loyalty.IsNegative() || o.StoreCredit.IsNegative() {
		return attention(CreditUsed, "Name an item for it: rules set store-credit-item NAME. Or enter this order in QuickBooks by hand and link it.",
			"Store credit or points paid %s of this order, and the rules name no item for that.", credit.StringFixed(cents))
	}
	var sure, unsure []decimal.Decimal
	for _, lowered := range []decimal.Decimal{decimal.Zero, o.Loyalty, o.StoreCredit, credit} {
		whole := o
		whole.Total = o.Total.Add(lowered)
		proof, known := order.Prove(whole), &unsure
		if !proof.Holds {
			continue
		}
		if proof.Warning == "" {
			known = &sure
		}
		if !slices.ContainsFunc(*known, lowered.Equal) {
			*known = append(*known, lowered)
		}
	}
	if len(sure) == 0 {
		sure = unsure
	}
	if len(sure) != 1 {
		return attention(CreditUsed, "Enter this order in QuickBooks by hand and link it.",
			"Store credit or points paid %s of this order, and its figures do not prove whether that is in the total of %s.", credit.StringFixed(cents), o.Total.StringFixed(cents))
	}
	d.credit = sure[0]
	d.order.Total = o.Total.Add(d.credit)
	if left := credit.Sub(d.credit); !left.IsZero() {
		d.adjust(Adjustment{Cause: "store credit", Field: "total", From: left.StringFixed(cents),
			Sentence: fmt.Sprintf("The shop says that %s of credit or points were redeemed, but its total is not lowered by it; the document follows the total.", left.StringFixed(cents))})
	}
	return nil
}

// giftCards holds an order with gift cards while the rules name no item for
// them. A card sold is a debt to its buyer and no income; one redeemed is a
// payment, so the sale is the amount before it (ecwid.md 5.2).
func (d *draft) giftCards() *outcome {
	o := d.order
	cure := "Name an item for gift cards, whose account is a liability: rules set gift-card-item NAME. Or enter this order in QuickBooks by hand and link it."
	for _, l := range o.Lines {
		switch {
		case !l.GiftCard:
		case d.rules.GiftCardItem == "":
			return attention(GiftCardSold, cure, "The order sells a gift card (%s). That is a debt to its buyer and no income, and the rules name no item for it.", l.Name)
		case !l.Tax.IsZero():
			return attention(GiftCardSold, "Correct the taxes of gift cards in the shop; enter this order in QuickBooks by hand and link it.",
				"The order charges %s of tax on a gift card (%s), which is no sale yet.", l.Tax.StringFixed(cents), l.Name)
		}
	}
	switch {
	case o.GiftCard.IsZero():
		return nil
	case d.rules.GiftCardItem == "":
		return attention(GiftCardUsed, cure, "A gift card paid %s of this order, and the rules name no item for that.", o.GiftCard.StringFixed(cents))
	case o.GiftCard.IsNegative():
		return attention(GiftCardUsed, "Correct the order in the shop, or enter it in QuickBooks by hand and link it.", "The shop says that a gift card paid %s of this order.", o.GiftCard.StringFixed(cents))
	case o.GiftCardTwice:
		return attention(GiftCardUsed, "Look at the card's balance in the shop; enter this order in QuickBooks by hand and link it.", "The shop warns that the gift card that paid %s of this order was spent twice.", o.GiftCard.StringFixed(cents))
	}
	return nil
}

// payable holds totals that are negative, and those of zero when the rules say so.
func (d *draft) payable() *outcome {
	total, sold := d.shop.Total, d.order.Due()
	for _, amount := range []decimal.Decimal{sold, total} {
		if amount.IsNegative() {
			return attention(NegativeTotal, "Enter this order in QuickBooks by hand and link it.",
				"The order's total of %s is negative; QuickBooks takes no such sales receipt.", amount.StringFixed(cents))
		}
	}
	if !sold.IsZero() {
		return nil
	}
	switch d.rules.ZeroTotal {
	case "exclude":
		return &outcome{order.Excluded, ExcludedByRule, "Excluded by the rule zero-total: nothing is to be paid for this order.", ""}
	case "hold":
		return &outcome{order.Held, HeldByRule, "Held by the rule zero-total: nothing is to be paid for this order.", "Look at the order; set the rule zero-total to post or exclude, or exclude this order."}
	}
	return nil
}
