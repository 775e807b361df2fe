package sim

// seed fills a new company file with the lists a small US shop has.
func (c *Company) seed() {
	c.seedAccounts()
	c.seedSmallLists()
	c.seedNames()
	c.seedTax()
	c.seedItems()
	c.seedForms()
	if c.books.Config.MultiCurrency {
		c.seedCurrencies()
	}
}

// put adds a seeded object; a reference names an object put before.
func (c *Company) put(kind, name string, elements ...node) *object {
	e := group(kind, elements...)
	for i := range e.Kids {
		c.settleSeed(&e.Kids[i])
	}
	return c.insert(kind, name, e)
}

// settleSeed turns the names in seeded references into ListIDs; the seed refers only to what it has put.
func (c *Company) settleSeed(n *node) {
	if name := n.at("FullName"); name != "" {
		n.Kids = []node{leaf("ListID", c.named(name, referred(n.Name, "")...).ListID)}
		return
	}
	for i := range n.Kids {
		c.settleSeed(&n.Kids[i])
	}
}

func refTo(element, fullName string) node { return group(element, leaf("FullName", fullName)) }

func (c *Company) seedAccounts() {
	for _, a := range [][2]string{
		{AccountBank, "Bank"}, {AccountReceivable, "AccountsReceivable"}, {AccountUndeposited, "OtherCurrentAsset"}, {AccountStripe, "OtherCurrentAsset"}, {AccountPayPal, "OtherCurrentAsset"},
		{AccountInventory, "OtherCurrentAsset"}, {AccountTaxPayable, "OtherCurrentLiability"}, {AccountGiftCards, "OtherCurrentLiability"}, {AccountTips, "OtherCurrentLiability"},
		{"Opening Balance Equity", "Equity"}, {AccountSales, "Income"}, {AccountServices, "Income"}, {AccountShipping, "Income"}, {AccountDiscounts, "Income"},
		{AccountCostOfGoods, "CostOfGoodsSold"}, {AccountMerchantFees, "Expense"}, {AccountRounding, "OtherExpense"},
	} {
		elements := []node{leaf("AccountType", a[1]), leaf("Balance", "0.00"), leaf("TotalBalance", "0.00")}
		switch a[0] {
		case AccountUndeposited:
			elements = append(elements, leaf("SpecialAccountType", "UndepositedFunds"))
		case AccountTaxPayable:
			elements = append(elements, leaf("SpecialAccountType", "SalesTaxPayable"))
		}
		c.put("Account", a[0], elements...)
	}
	c.put("Account", "Old Web Sales", leaf("AccountType", "Income"), leaf("Balance", "0.00"), leaf("TotalBalance", "0.00"), leaf("IsActive", "false"))
}

func (c *Company) seedSmallLists() {
	for _, m := range [][2]string{{"Cash", "Cash"}, {"Check", "Check"}, {"American Express", "AmericanExpress"}, {"Discover", "Discover"}, {"MasterCard", "MasterCard"}, {"Visa", "Visa"}, {"Stripe", "OtherCreditCard"}, {"PayPal", "Other"}} {
		c.put("PaymentMethod", m[0], leaf("PaymentMethodType", m[1]))
	}
	for _, name := range []string{"DHL", "Federal Express", "UPS", "US Mail"} {
		c.put("ShipMethod", name)
	}
	c.put("Class", "Web")
	c.put("Class", "Retail")
	c.put("StandardTerms", "Net 30", leaf("StdDueDays", "30"), leaf("StdDiscountDays", "0"), leaf("DiscountPct", "0.00"))
	c.put("StandardTerms", "Due on receipt", leaf("StdDueDays", "0"), leaf("StdDiscountDays", "0"), leaf("DiscountPct", "0.00"))
	c.put("DateDrivenTerms", "1st of the month", leaf("DayOfMonthDue", "1"), leaf("DueNextMonthDays", "0"), leaf("DiscountDayOfMonth", "1"), leaf("DiscountPct", "0.00"))
	c.put("Template", "Custom Sales Receipt", leaf("TemplateType", "SalesReceipt"))
	c.put("Template", "Intuit Product Invoice", leaf("TemplateType", "Invoice"))
}

func (c *Company) seedNames() {
	c.put("Vendor", taxAgency, leaf("CompanyName", "Illinois Department of Revenue"), leaf("Balance", "0.00"))
	c.put("Vendor", nameOfVendor, leaf("CompanyName", "Bailey Paper Supply"), leaf("FirstName", "Morgan"), leaf("LastName", "Bailey"), leaf("Email", "sales@bailey.example"), leaf("Balance", "0.00"))
	c.put("Employee", nameOfEmployee, leaf("FirstName", "Jordan"), leaf("LastName", "Reyes"))
	c.put("OtherName", nameOfOther, leaf("FirstName", "Casey"), leaf("LastName", "Lindqvist"))
	address := group("BillAddress", leaf("Addr1", knownCustomer), leaf("Addr2", "742 Evergreen Terrace"), leaf("City", "Springfield"), leaf("State", "IL"), leaf("PostalCode", "62704"))
	c.put("Customer", knownCustomer, leaf("FirstName", "Jane"), leaf("LastName", "Cooper"), leaf("Email", "jane.cooper@example.com"), address)
	c.put("Customer", inactiveCustomer, leaf("IsActive", "false"), leaf("CompanyName", inactiveCustomer))
	parent := c.put("Customer", "Prairie Schools", leaf("CompanyName", "Prairie School District"), leaf("Email", "office@prairie.example"))
	c.put("Customer", "North Campus", group("ParentRef", leaf("ListID", parent.ListID)))
}

func (c *Company) seedTax() {
	c.put("SalesTaxCode", "Tax", leaf("IsTaxable", "true"), leaf("Desc", "Taxable Sales"))
	c.put("SalesTaxCode", "Non", leaf("IsTaxable", "false"), leaf("Desc", "Non-Taxable Sales"))
	for _, t := range c.books.Config.TaxItems {
		elements := []node{leaf("ItemDesc", t.Name), leaf("TaxRate", trimFixed(t.Rate, fiveDecimals))}
		if t.Rate != 0 {
			elements = append(elements, refTo("TaxVendorRef", taxAgency))
		}
		c.put("ItemSalesTax", t.Name, elements...)
	}
	for _, g := range c.books.Config.TaxGroups {
		elements := []node{leaf("ItemDesc", g.Name)}
		for _, m := range g.Members {
			elements = append(elements, refTo("ItemSalesTaxRef", m))
		}
		c.put("ItemSalesTaxGroup", g.Name, elements...)
	}
}

func (c *Company) seedItems() {
	for _, p := range booksGoods() {
		price, code := trimFixed(p.price, fiveDecimals), "Non"
		if p.taxable {
			code = "Tax"
		}
		taxCode := refTo("SalesTaxCodeRef", code)
		if p.item == kindInventory {
			c.put(p.item, p.sku, taxCode, leaf("SalesDesc", p.name), leaf("SalesPrice", price), refTo("IncomeAccountRef", AccountSales), leaf("PurchaseCost", "1.00"), refTo("COGSAccountRef", AccountCostOfGoods), refTo("AssetAccountRef", AccountInventory),
				leaf("QuantityOnHand", "25"), leaf("AverageCost", "1.00"), leaf("QuantityOnOrder", "0"), leaf("QuantityOnSalesOrder", "0"))
			continue
		}
		account := AccountSales
		if p.item == kindService {
			account = AccountServices
		}
		c.put(p.item, p.sku, taxCode, group("SalesOrPurchase", leaf("Desc", p.name), leaf("Price", price), refTo("AccountRef", account)))
	}
	for _, charge := range [][3]string{
		{ItemShipping, "Tax", AccountShipping}, {ItemHandling, "Non", AccountShipping}, {ItemSurcharge, "Non", AccountShipping}, {ItemTip, "Non", AccountTips},
		{ItemGiftCard, "Non", AccountGiftCards}, {ItemRounding, "Non", AccountRounding},
	} {
		c.put("ItemOtherCharge", charge[0], refTo("SalesTaxCodeRef", charge[1]), group("SalesOrPurchase", leaf("Desc", charge[0]), leaf("Price", "0.00"), refTo("AccountRef", charge[2])))
	}
	c.put("ItemDiscount", ItemDiscount, leaf("ItemDesc", "Discount"), refTo("SalesTaxCodeRef", "Tax"), leaf("DiscountRate", "0.00"), refTo("AccountRef", AccountDiscounts))
	c.put("ItemDiscount", ItemDiscountNon, leaf("ItemDesc", "Discount"), refTo("SalesTaxCodeRef", "Non"), leaf("DiscountRate", "0.00"), refTo("AccountRef", AccountDiscounts))
	c.put("ItemSubtotal", ItemSubtotal, leaf("ItemDesc", "Subtotal"))
	c.put(kindNonInventory, "OLD-LAMP", leaf("IsActive", "false"), refTo("SalesTaxCodeRef", "Tax"), group("SalesOrPurchase", leaf("Desc", "Old lamp"), leaf("Price", "10.00"), refTo("AccountRef", AccountSales)))
}

// seedForms has what invoices, sales orders and credit memos name beside what sales receipts do.
func (c *Company) seedForms() {
	c.put("Template", "Custom Sales Order", leaf("TemplateType", "SalesOrder"))
	c.put("Template", "Custom Credit Memo", leaf("TemplateType", "CreditMemo"))
	c.put("CustomerMsg", MessageThanks)
	c.put("SalesRep", SalesRepJR, refTo("SalesRepEntityRef", nameOfEmployee))
	c.put("Account", AccountStoreCredits, leaf("AccountType", "OtherCurrentLiability"), leaf("Balance", "0.00"), leaf("TotalBalance", "0.00"))
	c.put("Account", AccountRefunds, leaf("AccountType", "Income"), leaf("Balance", "0.00"), leaf("TotalBalance", "0.00"))
	for _, charge := range [][2]string{{ItemStoreCredit, AccountStoreCredits}, {ItemDifference, AccountRounding}, {ItemTaxLine, AccountTaxPayable}, {ItemRefund, AccountRefunds}} {
		c.put("ItemOtherCharge", charge[0], refTo("SalesTaxCodeRef", "Non"), group("SalesOrPurchase", leaf("Desc", charge[0]), leaf("Price", "0.00"), refTo("AccountRef", charge[1])))
	}
	member := func(item, quantity string) node {
		return group("ItemGroupLine", refTo("ItemRef", item), leaf("Quantity", quantity))
	}
	c.put("ItemGroup", ItemKit, leaf("ItemDesc", "Camp kit"), leaf("IsPrintItemsInGroup", "true"), member("MUG", "1"), member("WS-M", "2"))
}

func (c *Company) seedCurrencies() {
	c.put("Currency", CurrencyHome, leaf("CurrencyCode", "USD"), leaf("IsUserDefinedCurrency", "false"))
	c.put("Currency", CurrencyEuro, leaf("CurrencyCode", "EUR"), leaf("IsUserDefinedCurrency", "false"), leaf("ExchangeRate", rateOfEuro), leaf("AsOfDate", "2026-11-01"))
	for _, a := range [][2]string{{AccountReceivableEUR, "AccountsReceivable"}, {AccountBankEUR, "Bank"}} {
		c.put("Account", a[0], leaf("AccountType", a[1]), leaf("Balance", "0.00"), leaf("TotalBalance", "0.00"), refTo("CurrencyRef", CurrencyEuro))
	}
	c.put("Customer", euroCustomer, leaf("CompanyName", euroCustomer), leaf("Email", "kasse@velo.example"), refTo("CurrencyRef", CurrencyEuro))
}
