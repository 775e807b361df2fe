package web

import "qbridge/internal/bridge"

// access says which users may use a route.
type access int

const (
	open     access = iota // without login
	everyone               // each user
	readers                // who sees the books: all but the warehouse
	packers                // who changes orders without touching the books: all but the accountant
	keepers                // who acts on the books: owner and bookkeeper
	owners                 // users, and what connects shop and books
)

func (a access) allows(role bridge.Role) bool {
	switch role {
	case bridge.Owner:
		return true
	case bridge.Bookkeeper:
		return a != owners
	case bridge.Warehouse:
		return a == open || a == everyone || a == packers
	case bridge.Accountant:
		return a == open || a == everyone || a == readers
	}
	return a == open
}

// route is one line of the table of routes.
type route struct {
	pattern string // of net/http's mux, with the method
	may     access
	serve   func(*visit) error
}

// routes is every route of the console, and who may use it.
func routes() []route {
	return []route{
		{"GET /assets/{file}", open, serveAsset},
		{"GET /{$}", open, home},
		{"GET /login", open, loginPage},
		{"POST /login", open, login},
		{"GET /start", open, startPage},
		{"POST /start", open, start},
		{"POST /logout", open, logout},

		{"GET /orders", everyone, orders},
		{"GET /orders/live", everyone, ordersNews},
		{"POST /orders/get", packers, getOrders},
		{"GET /orders/{store}/{key}", everyone, orderPage},
		{"POST /orders/{store}/{key}/item", keepers, chooseItem},
		{"POST /orders/{store}/{key}/customer", keepers, chooseCustomer},
		{"POST /orders/{store}/{key}/link", keepers, linkOrder},
		{"GET /orders/{store}/{key}/do/{do}", keepers, confirmAct},
		{"POST /orders/{store}/{key}/do/{do}", keepers, actOnOrder},
		{"GET /orders/{store}/{key}/log", readers, orderLog},
		{"GET /orders/{store}/{key}/log/{set}/{side}", readers, orderBytes},
		{"GET /activity", readers, activity},

		{"POST /selections", everyone, selectOrders},
		{"GET /selections/{id}", everyone, selectionPage},
		{"GET /selections/{id}/orders.csv", everyone, selectionCSV},
		{"POST /selections/{id}", keepers, actOnBooks},
		{"POST /selections/{id}/tag", packers, tagSelection},
		{"GET /actions/{id}", everyone, actedPage},

		{"GET /tags", everyone, tags},
		{"POST /tags", packers, setTag},
		{"POST /tags/rename", packers, renameTag},
		{"POST /tags/remove", packers, removeTag},

		{"GET /packing", everyone, packing},
		{"GET /packing.pdf", everyone, packingFile},
		{"GET /packing/logo", everyone, logo},
		{"GET /packing/letterhead", owners, letterheadPage},
		{"POST /packing/letterhead", owners, setLetterhead},
		{"POST /packing/logo", owners, setLogo},

		{"GET /quickbooks", readers, quickBooks},
		{"GET /quickbooks/qbridge.qwc", keepers, connectorFile},
		{"POST /quickbooks/lists", keepers, refreshLists},
		{"POST /quickbooks/ask", keepers, askBooksAgain},
		{"POST /quickbooks/resume", keepers, resume},
		{"GET /quickbooks/lists/{list}", readers, bookList},
		{"GET /quickbooks/sessions", readers, sessions},
		{"GET /quickbooks/sessions/{ticket}", readers, sessionPage},
		{"GET /quickbooks/sets/{set}", readers, setPage},

		{"GET /shop", everyone, shop},
		{"POST /shop/get", packers, getFromShop},

		{"GET /setup", owners, setupHome},
		{"GET /setup/shop", owners, setupShop},
		{"POST /setup/shop", owners, testShop},
		{"GET /setup/company", owners, setupCompany},
		{"POST /setup/password", owners, makePassword},
		{"POST /setup/pretend", owners, connectPretend},
		{"GET /setup/check", owners, setupCheck},
		{"GET /setup/rules", owners, setupRules},
		{"POST /setup/rules", owners, saveSetupRules},
		{"GET /setup/go", owners, setupGo},
		{"POST /setup/go", owners, begin},

		{"GET /status", everyone, statusPage},
		{"GET /reconciliation", readers, reconciliation},
		{"GET /reconciliation/year", readers, reconciliationYear},
		{"GET /reconciliation/orders.csv", readers, reconciliationCSV},

		{"GET /rules", readers, rules},
		{"POST /rules", keepers, saveRules},
		{"POST /rules/preview", keepers, previewRules},
		{"GET /rules/versions", readers, rulesLog},
		{"POST /rules/back", keepers, backToRules},
		{"GET /rules/suggestions", keepers, suggestRules},
		{"GET /rules/export", readers, exportRules},
		{"POST /rules/import", keepers, importRules},
		{"GET /rules/{group}", keepers, ruleForm},
		{"POST /rules/{group}", keepers, ruleFormAgain},

		{"GET /users", owners, users},
		{"POST /users", owners, addUser},
		{"POST /users/{id}/role", owners, setRole},
		{"POST /users/{id}/disabled", owners, setDisabled},
		{"POST /users/{id}/password", owners, setUserPassword},

		{"GET /account", everyone, account},
		{"POST /account/password", everyone, changePassword},
		{"POST /account/language", everyone, changeLanguage},
	}
}

// menu is what stands in the menu, in this order; who may not see a page does
// not see it there either. Its words are menu.orders and so on.
func menu() []string {
	return []string{
		"/orders",
		"/tags",
		"/packing",
		"/quickbooks",
		"/shop",
		"/setup",
		"/rules",
		"/reconciliation",
		"/activity",
		"/users",
	}
}
