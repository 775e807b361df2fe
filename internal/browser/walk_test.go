package browser

import (
	"bytes"
	"context"
	"encoding/base64"
	"os/exec"
	"slices"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

const password = "correct horse battery"

// begin makes the first owner with the code that the program printed.
func (v *visitor) begin(w *world) {
	v.t.Helper()
	v.open("/")
	v.fill("One-time code", w.code)
	v.fill("Name", "Alma Roy")
	v.fill("Password", password)
	v.fill("Password again", password)
	v.press("Go on")
}

// logIn lets in who is a user.
func (v *visitor) logIn(name string) {
	v.t.Helper()
	v.open("/login")
	v.fill("Name", name)
	v.fill("Password", password)
	v.press("Log in")
}

// walk is a test that goes from step to step, each on what the one before left.
type walk struct {
	*world
	owner *visitor
}

func (w *walk) step(name string, do func(t *testing.T)) {
	whole := w.t
	defer func() { w.t, w.owner.t = whole, whole }()
	if !whole.Run(name, func(t *testing.T) {
		w.t, w.owner.t = t, t
		do(t)
	}) {
		whole.FailNow()
	}
}

// The console from its first start on, as the people of a shop walk through it.
func TestWalk(t *testing.T) {
	needChromium(t)
	t.Parallel()
	w := &walk{world: newWorld(t, 500)}
	w.owner = w.visitor(t, "en")
	w.step("first start", w.firstStart)
	w.step("set-up", w.setUpByPages)
	w.step("500 orders", w.list)
	w.step("200 orders selected and synced", w.sync)
	w.step("packing lists on paper", w.packing)
	w.step("a held order cured", w.cure)
	w.step("a rule changed with a preview", w.rule)
	w.step("reconciliation", w.reconcile)
	w.step("French", w.french)
	w.step("an accountant reads only", w.accountant)
}

func (w *walk) firstStart(t *testing.T) {
	w.owner.begin(w.world)
	w.owner.sees("Alma Roy (Owner)")
	second := w.visitor(t, "en")
	second.open("/start")
	second.fill("One-time code", w.code)
	second.fill("Name", "Mallory")
	second.fill("Password", password)
	second.fill("Password again", password)
	if status := second.pressed("Go on"); status != 422 {
		t.Errorf("the code was taken twice: status %d", status)
	}
}

// setUpByPages goes through the set-up, to documents in the books for the
// orders that somebody selects.
func (w *walk) setUpByPages(t *testing.T) {
	v := w.owner
	v.look("setup-shop")
	v.press("Test connection")
	v.sees("Pretend Shop")
	v.look("setup-shop-tested")
	v.press("Next: QuickBooks")
	v.press("Make a password and show it")
	var made string
	v.do("read the password", chromedp.Text("#made", &made))
	v.sees("Waiting for the Web Connector's first update.")
	v.look("setup-company")
	v.fill("Password", made)
	v.press("Update Selected")
	w.poll()
	v.waits("Next: shop and books side by side") // without a reload
	v.sees("Pretend Company")
	v.press("Next: shop and books side by side")
	v.sees("Preferences that matter")
	v.press("Next: rules")
	v.look("setup-rules")
	v.press("Preview")
	v.sees("What would become of the newest orders")
	v.press("Save these rules")
	_, err := w.b.Pull(t.Context()) // what is pulled already comes by itself
	check(t, err)
	_, err = w.b.PlanAll(t.Context())
	check(t, err)
	v.press("Next: go")
	v.tick("Post")
	v.tick("Only those I select in the list of orders")
	v.press("Go on")
	v.sees("Each goes to QuickBooks when you select it")
	v.press("Yes, post")
	w.poll()
}

func (w *walk) list(t *testing.T) {
	v := w.owner
	v.open("/orders")
	v.sees("500", "Ready to sync", "Needs attention")
	v.fill("Search orders", "Featherstonehaugh")
	v.press("Search")
	v.sees("Bartholomew Maximilian Featherstonehaugh-Cholmondeley the Younger")
	if n := w.count(order.Synced); n != 0 {
		t.Errorf("%d orders are synced that nobody selected", n)
	}
}

// sync selects 200 orders page by page, tags them, posts them, and sees them
// synced without a reload.
func (w *walk) sync(t *testing.T) {
	v := w.owner
	for range 4 {
		v.open("/orders?state=ready")
		v.selectPage("Sync")
		v.sees("50 orders selected", "50 orders are ready")
		v.press("Post 50 orders to QuickBooks")
		v.waits("50 orders are released")
	}
	v.open("/orders?state=synced")
	v.sees("No order is in this state.")
	w.poll()
	v.do("wait for the sums", chromedp.Poll(`document.querySelector("#sum-synced strong").innerText == "200"`, nil))
	if n := w.count(order.Synced); n != 200 {
		t.Errorf("%d orders are synced, 200 were selected", n)
	}
	if n := len(w.company.Receipts()); n != 200 {
		t.Errorf("%d receipts are in the books", n)
	}
	v.open("/orders?state=synced")
	v.choose("With which orders", "all")
	v.press("Tag")
	v.fill("Tag", "First batch")
	v.load("press Tag", chromedp.Click(`form button[value="tag"]`))
	v.waits("200 orders have the tag First batch now")
	v.open("/tags")
	v.sees("First batch", "200 orders")
}

// packing prints the lists of 200 orders: as our own PDF, and what the window
// shows by the browser. Every page is read back.
func (w *walk) packing(t *testing.T) {
	v := w.owner
	v.open("/orders?state=synced")
	v.choose("With which orders", "all")
	v.press("Packing lists")
	v.sees("200 packing lists")
	var file string
	v.do("download", chromedp.Evaluate(`fetch([...document.querySelectorAll("a")].find(a => a.innerText == "Download PDF").href).then(r => r.arrayBuffer()).then(b => {
		let text = ""
		for (const byte of new Uint8Array(b)) text += String.fromCharCode(byte)
		return btoa(text)
	})`, &file, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	pdf, err := base64.StdEncoding.DecodeString(file)
	check(t, err)
	pages := readPDF(t, pdf)
	first := slices.DeleteFunc(slices.Clone(pages), func(text string) bool { return strings.Contains(text, "continued") })
	if len(first) != 200 || len(pages) > 210 {
		t.Errorf("the PDF of 200 orders has %d pages, %d are an order's first; few orders are long", len(pages), len(first))
	}
	all := strings.Join(pages, "\n")
	for _, o := range w.in(order.Synced) {
		if !strings.Contains(all, o.Number) {
			t.Errorf("order %s is not in the PDF", o.Number)
		}
	}
	var lists int
	var printed []byte
	v.do("print", chromedp.Evaluate(`document.querySelectorAll("article").length`, &lists), chromedp.ActionFunc(func(ctx context.Context) (err error) {
		printed, _, err = cdppage.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
		return err
	}))
	paper := strings.Join(readPDF(t, printed), "\f")
	if n := strings.Count("\f"+paper, "\fPacking list"); n != lists || n != strings.Count(paper, "Packing list") {
		t.Errorf("%d lists are shown, printed they begin %d pages", lists, n)
	}
	if strings.Contains(paper, "Log out") {
		t.Error("what is printed has the menu on it")
	}
}

// cure maps goods that QuickBooks does not know to an item, on the page of an
// order that waits for it; the order is ready at once, is posted, and synced.
func (w *walk) cure(t *testing.T) {
	v := w.owner
	v.open("/orders?state=attention&q=PLANTER-XL")
	var number string
	v.do("the first of them", chromedp.Text("tbody th a", &number))
	v.press(number)
	v.sees("Needs attention", "no item for")
	v.look("order-cure")
	v.fill("Item, part number or bar code", "CANDLE-3")
	v.press("Search")
	v.do("choose the item", click(`(//main//input[@type="radio"]`+seen+`)[1]`))
	v.press("Use this item")
	v.sees("Ready to sync", "chosen by a person")
	v.press("Post to QuickBooks")
	v.press("Post to QuickBooks") // yes, really
	w.poll()
	v.open("/orders?q=" + number)
	v.press(number)
	v.sees("Synced")
}

// reconcile looks whether the month of most orders ties out.
func (w *walk) reconcile(t *testing.T) {
	v := w.owner
	v.open("/reconciliation?month=2026-11")
	v.sees("Does it tie out?", "Ties out", "Shop against QuickBooks, by day")
	if text := v.text(); strings.Contains(text, "Does not tie out") {
		t.Errorf("the month does not tie out:\n%.3000s", text)
	}
}

// rule has goods that QuickBooks does not know added to it, sees on the last
// orders what that would change, and saves it.
func (w *walk) rule(t *testing.T) {
	v := w.owner
	v.open("/rules")
	v.press("Change Goods")
	v.choose("Goods that are not in QuickBooks", "make")
	v.press("Show what changes")
	v.sees("1 rule changes", "Hold the order", "Add it to QuickBooks", "Nothing is saved yet.")
	v.choose("Look at the last orders:", "200")
	v.press("Look again")
	v.sees("of the last 200 orders would become something else.", "Needs attention")
	v.look("rules-preview")
	v.press("Save the rules")
	v.open("/rules/versions")
	v.sees("Goods that are not in QuickBooks", "Alma Roy")
}

// readPDF gives the text of each page.
func readPDF(t *testing.T, pdf []byte) []string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		missing(t, "pdftotext")
	}
	c := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	c.Stdin = bytes.NewReader(pdf)
	text, err := c.Output()
	check(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}

func (w *walk) french(t *testing.T) {
	v := w.owner
	v.open("/account")
	v.choose("Language", "fr")
	v.press("Save")
	v.open("/orders")
	v.sees("Commandes", "Synchronisée", "Reçu de vente", "20 nov. 2026")
	var lines int
	v.do("measure the menu", chromedp.Evaluate(`new Set([...document.querySelectorAll("header .brand, header nav li a, header .who > *")].map(e => { const r = e.getBoundingClientRect(); return Math.round((r.top + r.bottom) / 40) })).size`, &lines))
	if lines != 1 {
		t.Errorf("the menu has %d lines at %d pixels", lines, width)
	}
	v.look("orders-french")
	v.open(orderPath(w.some(order.Synced)))
	v.sees("arrondi") // how an amount came about
	v.look("order-french")
	v.open("/account")
	v.choose("Langue", "en")
	v.press("Enregistrer")
	french := w.visitor(t, "fr-CA,fr;q=0.9,en;q=0.5")
	french.open("/login")
	french.sees("Mot de passe")
}

func (w *walk) accountant(t *testing.T) {
	v := w.owner
	v.open("/users")
	v.fill("Name", "Claire Audet")
	v.choose("Role", string(bridge.Accountant))
	v.fill("Password", password)
	v.press("Make the user")
	v.sees("Claire Audet")
	reader := w.visitor(t, "en")
	reader.logIn("Claire Audet")
	reader.sees("Claire Audet (Accountant)", "Orders")
	if status := reader.visit("/users"); status != 403 {
		t.Errorf("an accountant saw the users: status %d", status)
	}
	reader.sees("Your role does not allow this.")
}
