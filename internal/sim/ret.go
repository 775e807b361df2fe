package sim

import (
	"fmt"
	"slices"
	"strings"
)

// retOrder gives the order of the elements in which QuickBooks answers an object of a kind, as far as the pretend
// company has them.
func retOrder(kind string) []string {
	person := "Salutation FirstName MiddleName LastName "
	item := "ClassRef ParentRef Sublevel "
	orders := map[string]string{
		"Customer": "ClassRef ParentRef Sublevel CompanyName " + person + "JobTitle BillAddress BillAddressBlock ShipAddress ShipAddressBlock ShipToAddress Phone AltPhone Fax Email Cc Contact AltContact AdditionalContactRef " +
			"CustomerTypeRef TermsRef SalesRepRef Balance TotalBalance SalesTaxCodeRef ItemSalesTaxRef ResaleNumber AccountNumber CreditLimit PreferredPaymentMethodRef JobStatus JobStartDate JobProjectedEndDate JobEndDate JobDesc JobTypeRef Notes PreferredDeliveryMethod PriceLevelRef ExternalGUID CurrencyRef",
		"Vendor":            "CompanyName " + person + "Phone Email Balance",
		"Employee":          person + "Phone Email",
		"OtherName":         "CompanyName " + person + "Phone Email",
		"Account":           "ParentRef Sublevel AccountType SpecialAccountType AccountNumber Desc Balance TotalBalance CashFlowClassification CurrencyRef",
		"ItemService":       item + "SalesTaxCodeRef SalesOrPurchase SalesAndPurchase ExternalGUID",
		"ItemNonInventory":  item + "ManufacturerPartNumber SalesTaxCodeRef SalesOrPurchase SalesAndPurchase ExternalGUID",
		"ItemOtherCharge":   item + "SalesTaxCodeRef SalesOrPurchase SalesAndPurchase ExternalGUID",
		"ItemInventory":     item + "ManufacturerPartNumber SalesTaxCodeRef SalesDesc SalesPrice IncomeAccountRef PurchaseDesc PurchaseCost COGSAccountRef AssetAccountRef QuantityOnHand AverageCost QuantityOnOrder QuantityOnSalesOrder ExternalGUID",
		"ItemDiscount":      item + "ItemDesc SalesTaxCodeRef DiscountRate DiscountRatePercent AccountRef ExternalGUID",
		"ItemSalesTax":      "ItemDesc TaxRate TaxVendorRef",
		"ItemSalesTaxGroup": "ItemDesc ItemSalesTaxRef",
		"ItemSubtotal":      "ItemDesc",
		"ItemPayment":       "ItemDesc",
		"ItemGroup":         "ItemDesc IsPrintItemsInGroup ItemGroupLine",
		"SalesRep":          "SalesRepEntityRef",
		"Currency":          "CurrencyCode IsUserDefinedCurrency ExchangeRate AsOfDate",
		"PaymentMethod":     "PaymentMethodType",
		"Class":             "ParentRef Sublevel",
		"StandardTerms":     "StdDueDays StdDiscountDays DiscountPct",
		"DateDrivenTerms":   "DayOfMonthDue DueNextMonthDays DiscountDayOfMonth DiscountPct",
		"Template":          "TemplateType",
		"SalesTaxCode":      "IsTaxable Desc",
	}
	return append([]string{"ListID", "TimeCreated", "TimeModified", "EditSequence", "Name", "Initial", "FullName", "BarCodeValue", "IsActive"}, strings.Fields(orders[kind])...)
}

// ret makes the …Ret of an object.
func (c *Company) ret(o *object) node {
	ret := group(o.Kind+"Ret", leaf("ListID", o.ListID), leaf("TimeCreated", stamp(o.Created)), leaf("TimeModified", stamp(o.Modified)), leaf("EditSequence", fmt.Sprint(o.EditSeq)), leaf("Name", o.Name), leaf("IsActive", yes(o.Active)))
	order := retOrder(o.Kind)
	if slices.Contains(order, "Sublevel") {
		ret.Kids = append(ret.Kids, leaf("FullName", c.fullName(o)), leaf("Sublevel", fmt.Sprint(c.sublevel(o))))
	}
	if o.Parent != "" {
		ret.Kids = append(ret.Kids, group("ParentRef", leaf("ListID", o.Parent)))
	}
	for _, kid := range o.Elements.Kids {
		if kid.Name == "BarCode" {
			kid = leaf("BarCodeValue", kid.at("BarCodeValue"))
		}
		if kid.Name == "BillAddress" || kid.Name == "ShipAddress" {
			kid = shortened(kid)
			ret.Kids = append(ret.Kids, addressBlock(kid))
		}
		ret.Kids = append(ret.Kids, kid)
	}
	if o.Kind == "SalesRep" { // it is called by its initials
		*ret.kid("Name") = leaf("Initial", o.Name)
	}
	if (o.Kind == "Customer" || o.Kind == "Account") && c.books.Config.MultiCurrency && ret.kid("CurrencyRef") == nil {
		ret.Kids = append(ret.Kids, c.refNamed("CurrencyRef", CurrencyHome, "Currency"))
	}
	if o.Kind == "Customer" {
		ret.Kids = append(ret.Kids, leaf("Balance", "0.00"), leaf("TotalBalance", "0.00"))
		if ret.kid("JobStatus") == nil {
			ret.Kids = append(ret.Kids, leaf("JobStatus", "None"))
		}
	}
	return c.ordered(ret, order)
}

// ordered puts the children in the given order, drops those not in it, and gives every reference its present name.
func (c *Company) ordered(n node, order []string) node {
	var kept []node
	for _, kid := range n.Kids {
		if slices.Contains(order, kid.Name) {
			kept = append(kept, c.withNames(kid))
		}
	}
	slices.SortStableFunc(kept, func(a, b node) int { return slices.Index(order, a.Name) - slices.Index(order, b.Name) })
	n.Kids = kept
	return n
}

// withNames adds the FullName to every reference that holds a ListID.
func (c *Company) withNames(n node) node {
	if id := n.at("ListID"); id != "" && strings.HasSuffix(n.Name, "Ref") {
		if o := c.byID[id]; o != nil {
			n.Kids = []node{leaf("ListID", id), leaf("FullName", c.fullName(o))}
		}
		return n
	}
	kids := make([]node, len(n.Kids))
	for i, kid := range n.Kids {
		kids[i] = c.withNames(kid)
	}
	n.Kids = kids
	return n
}

// shortened does to an address what QuickBooks does: well-known country and state names are abbreviated.
func shortened(address node) node {
	kids := slices.Clone(address.Kids)
	for i, kid := range kids {
		switch {
		case kid.Name == "Country" && kid.Text == "United States":
			kids[i].Text = "USA"
		case kid.Name == "State" && kid.Text == "Illinois":
			kids[i].Text = "IL"
		}
	}
	address.Kids = kids
	return address
}

// addressBlock is the printed form of an address: at most five lines, no blank ones between.
func addressBlock(address node) node {
	var lines []string
	for _, name := range []string{"Addr1", "Addr2", "Addr3", "Addr4", "Addr5"} {
		lines = append(lines, address.at(name))
	}
	place := strings.TrimSpace(address.at("State") + " " + address.at("PostalCode"))
	if city := address.at("City"); city != "" && place != "" {
		place = city + ", " + place
	} else {
		place = city + place
	}
	lines = append(lines, place, address.at("Country"))
	block := group(address.Name + "Block")
	for _, line := range lines {
		if line != "" && len(block.Kids) < 5 {
			block.Kids = append(block.Kids, leaf(fmt.Sprintf("Addr%d", len(block.Kids)+1), line))
		}
	}
	return block
}
