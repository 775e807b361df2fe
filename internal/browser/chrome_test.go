package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// missing skips a test that lacks a program of Debian's; not in CI, which
// installs all.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not here: .ci/run installs it", what)
	}
	t.Skipf("%s is not here", what)
}

// visitor is somebody at a browser with cookies of its own.
type visitor struct {
	t    *testing.T
	ctx  context.Context
	base string
	axe  string // axe-core; "" where it is not

	mu     sync.Mutex
	faults []string // what scripts and the page's own policy complained of
}

const width, height, phoneWidth, phoneHeight = 1280, 900, 360, 1000

// longest is how long one step of a visitor may take. It is so long only for
// machines that do much else.
const longest = 60 * time.Second

// needChromium skips a test where there is no browser.
func needChromium(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("the browser's walks run without the race detector: it is others who wait")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		missing(t, "chromium")
	}
}

// visitor starts a browser for somebody who prefers a language.
func (w *world) visitor(t *testing.T, lang string) *visitor {
	t.Helper()
	browser, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("font-render-hinting", "none"))...)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	check(t, chromedp.Run(ctx))
	v := &visitor{t: t, ctx: ctx, base: w.base, axe: axe(t)}
	chromedp.ListenTarget(ctx, v.hear)
	v.do("begin", network.Enable(), cdplog.Enable(), network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": lang}))
	v.desk()
	return v
}

// hear keeps what goes wrong in a page. An answer that refuses is no fault: the
// walks look at what it says.
func (v *visitor) hear(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = e.ExceptionDetails.Error()
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.LevelError && e.Entry.Source != cdplog.SourceNetwork {
			fault = e.Entry.Text
		}
	}
	if fault != "" {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.faults = append(v.faults, fault)
	}
}

// do does one step; what names it when it fails.
func (v *visitor) do(what string, actions ...chromedp.Action) {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, longest)
	defer stop()
	if err := chromedp.Run(ctx, actions...); err != nil {
		v.t.Fatalf("%s: %v\n%s", what, err, v.shown())
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, fault := range v.faults {
		v.t.Errorf("%s: the browser complains: %s", what, fault)
	}
	v.faults = nil
}

// shown is where the visitor is and what can be read there, for failures.
func (v *visitor) shown() string {
	ctx, stop := context.WithTimeout(v.ctx, 5*time.Second)
	defer stop()
	var at, text string
	if err := chromedp.Run(ctx, chromedp.Location(&at), chromedp.Evaluate(`document.body.innerText`, &text)); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("The page at %s says:\n%.1500s", at, text)
}

// desk makes the window that of a desk, phone that of a phone.
func (v *visitor) desk() {
	v.t.Helper()
	v.do("desk", emulation.SetDeviceMetricsOverride(width, height, 1, false))
}

func (v *visitor) phone() {
	v.t.Helper()
	v.do("phone", emulation.SetDeviceMetricsOverride(phoneWidth, phoneHeight, 1, true))
}

// load does what loads another page, and gives the page's status.
func (v *visitor) load(what string, actions ...chromedp.Action) (status int64) {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, longest)
	defer stop()
	answer, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		v.t.Fatalf("%s: %v\n%s", what, err, v.shown())
	}
	v.do(what) // so that complaints are heard
	if answer == nil {
		return 0
	}
	return answer.Status
}

// open goes to a page, which must be there.
func (v *visitor) open(path string) {
	v.t.Helper()
	if status := v.visit(path); status != 200 {
		v.t.Fatalf("%s: status %d\n%s", path, status, v.shown())
	}
}

// visit goes to a page and gives its status.
func (v *visitor) visit(path string) int64 {
	v.t.Helper()
	return v.load("open "+path, chromedp.Navigate(v.base+path))
}

// quoted is a string of XPath, which has no way to write both kinds of quotes.
func quoted(text string) string {
	if !strings.Contains(text, `"`) {
		return `"` + text + `"`
	}
	return `'` + text + `'`
}

// seen is the condition of XPath that something is not folded away.
const seen = "[self::summary or not(ancestor::details[not(@open)])]"

// field is the XPath of a field, found by its label as a reader would.
func field(label string) string {
	l := quoted(label)
	return fmt.Sprintf(`(//*[@id=//label[normalize-space()=%s]/@for]%s | //label[normalize-space()=%s]//*[self::input or self::select or self::textarea]%s | //*[@aria-label=%s and (self::input or self::select or self::textarea)]%s)[1]`, l, seen, l, seen, l, seen)
}

// fill types into the field of a label.
func (v *visitor) fill(label, text string) {
	v.t.Helper()
	v.do("fill in "+label, chromedp.WaitVisible(field(label), chromedp.BySearch), chromedp.Clear(field(label), chromedp.BySearch), chromedp.SendKeys(field(label), text, chromedp.BySearch))
}

// choose sets the field of a label to a value: of a list, or a day.
func (v *visitor) choose(label, value string) {
	v.t.Helper()
	v.do("choose "+label, chromedp.WaitVisible(field(label), chromedp.BySearch), chromedp.SetValue(field(label), value, chromedp.BySearch))
}

// tick turns the box of a label.
func (v *visitor) tick(label string) {
	v.t.Helper()
	v.do("tick "+label, click(field(label)))
}

// button is the XPath of what can be pressed: in the page's own part what says
// just these words, else what begins with them; else it is around the page.
func button(words string) string {
	words = quoted(strings.TrimSpace(words))
	const kind = "//*[self::button or self::a or self::summary]" + seen
	says, begins := "[normalize-space()="+words+"]", "[starts-with(normalize-space(),"+words+")]"
	return "(//main" + kind + says + " | //main" + kind + begins + "[not(//main" + kind + says + ")] | //header" + kind + says + "[not(//main" + kind + begins + ")])[1]"
}

// press presses a button or follows a link, which loads a page that must be
// all right.
func (v *visitor) press(words string) {
	v.t.Helper()
	if status := v.pressed(words); status != 200 {
		v.t.Fatalf("press %s: status %d\n%s", words, status, v.shown())
	}
}

// pressed presses and gives the status of what it loads.
func (v *visitor) pressed(words string) int64 {
	v.t.Helper()
	return v.load("press "+words, click(button(words)))
}

// click clicks what an XPath finds, where nothing covers it. The page itself finds
// and clicks it, in one step: news that come in between would move what a mouse is
// aimed at.
func click(xpath string) chromedp.Action {
	return chromedp.Tasks{chromedp.WaitVisible(xpath, chromedp.BySearch), chromedp.Evaluate(fmt.Sprintf(`(() => {
		const it = document.evaluate(%q, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
		it.scrollIntoView({block: "center", behavior: "instant"});
		const box = it.getClientRects()[0];
		const top = document.elementFromPoint(box.x + box.width/2, box.y + box.height/2);
		if (!it.contains(top)) throw new Error("it is covered by " + top?.outerHTML);
		it.click();
	})()`, xpath), nil)}
}

// text is what can be read on the page.
func (v *visitor) text() (text string) {
	v.t.Helper()
	v.do("read", chromedp.Evaluate(`document.body.innerText`, &text))
	return strings.ReplaceAll(text, "\u00a0", " ")
}

// sees demands that the page says all this.
func (v *visitor) sees(texts ...string) {
	v.t.Helper()
	said := v.text()
	for _, text := range texts {
		if !strings.Contains(said, text) {
			v.t.Errorf("the page does not say %q\n%s", text, v.shown())
		}
	}
}

// waits waits until the page says this, without a reload.
func (v *visitor) waits(text string) {
	v.t.Helper()
	v.do("wait for "+text, chromedp.Poll(fmt.Sprintf(`document.body.innerText.includes(%q)`, text), nil, chromedp.WithPollingInterval(100*time.Millisecond)))
}
