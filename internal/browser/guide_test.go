package browser

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"qbridge/internal/order"
)

// mostClicks is how many clicks at most the guide may ask for, from the
// unpacked program to the first synced order.
const mostClicks = 25

// clicker is a visitor who counts.
type clicker struct {
	*visitor
	clicks int
}

func (c *clicker) press(words string) {
	c.t.Helper()
	c.clicks++
	c.visitor.press(words)
}

func (c *clicker) tick(label string) {
	c.t.Helper()
	c.clicks++
	c.visitor.tick(label)
}

// choose opens a list and takes one of it.
func (c *clicker) choose(label, value string) {
	c.t.Helper()
	c.clicks += 2
	c.visitor.choose(label, value)
}

// fill clicks a field to type into it, when the cursor is not there yet.
func (c *clicker) fill(label, text string) {
	c.t.Helper()
	var there bool
	c.do("where the cursor is", chromedp.WaitVisible(field(label), chromedp.BySearch),
		chromedp.Evaluate("document.activeElement === document.evaluate("+strconv.Quote(field(label))+", document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue", &there))
	if !there {
		c.clicks++
	}
	c.visitor.fill(label, text)
}

// From the unpacked program to the first synced order of the pretend shop by
// the pages alone, click by click as the table of docs/guide.md has it.
func TestGuideClicks(t *testing.T) {
	needChromium(t)
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "guide.md"))
	check(t, err)
	w := newWorld(t, 60)
	c := &clicker{visitor: w.visitor(t, "en")}
	row := 0
	rows := regexp.MustCompile(`(?m)^\| .* \| (\d+) \|$`).FindAllSubmatch(guide, -1)
	so := func() { // the number at the end of a row of the table
		t.Helper()
		if row >= len(rows) || string(rows[row][1]) != strconv.Itoa(c.clicks) {
			t.Fatalf("%d clicks so far: row %d of the guide's table says otherwise: %q", c.clicks, row+1, rows[min(row, len(rows)-1)][0])
		}
		row++
	}
	c.open("/")
	c.fill("One-time code", w.code)
	c.fill("Name", "Alma Roy")
	c.fill("Password", password)
	c.fill("Password again", password)
	c.press("Go on")
	so()
	c.press("Test connection")
	so()
	c.press("Next: QuickBooks")
	so()
	c.clicks++ // a download leaves the page as it is
	c.do("download", chromedp.WaitVisible(button("Download qbridge.qwc"), chromedp.BySearch))
	so()
	c.press("Make a password and show it")
	so()
	var made string
	c.clicks++
	c.do("select the password", chromedp.Click("#made"), chromedp.Evaluate("getSelection().toString()", &made))
	so()
	c.fill("Password", made)
	c.press("Update Selected")
	so()
	_, err = w.b.Pull(t.Context()) // what is pulled already comes by itself
	check(t, err)
	w.poll()
	c.waits("Next: shop and books side by side")
	c.press("Next: shop and books side by side")
	so()
	c.press("Next: rules")
	so()
	c.choose("Goods that are not in QuickBooks", "make")
	so()
	c.press("Preview")
	so()
	c.press("Save these rules")
	so()
	w.poll()
	c.press("Next: go")
	so()
	c.tick("Post")
	c.press("Go on")
	so()
	c.press("Yes, post")
	so()
	w.poll()
	c.press("To the orders")
	so()
	c.sees("Synced")
	if n := w.count(order.Synced); n == 0 || row != len(rows) || c.clicks > mostClicks {
		t.Errorf("%d orders are synced after %d clicks, and %d of %d rows of the table", n, c.clicks, row, len(rows))
	}
}
