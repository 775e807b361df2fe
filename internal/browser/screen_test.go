package browser

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The screens in docs are made by
//
//	go test ./internal/browser -screens ../../docs/screens
//
// Whole pages, to look at, with -whole.
var (
	screens = flag.String("screens", "", "folder in which to keep a picture of each page")
	whole   = flag.Bool("whole", false, "keep whole pages, not what a window shows")
)

// mostScreen is how large a picture may be, in bytes.
const mostScreen = 60_000

// screen keeps a picture of what the visitor sees.
func (v *visitor) screen(name string) {
	v.t.Helper()
	if *screens == "" {
		return
	}
	var shot []byte
	if *whole {
		v.do("picture", chromedp.FullScreenshot(&shot, 100))
	} else {
		v.do("picture", chromedp.CaptureScreenshot(&shot))
	}
	full, err := png.Decode(bytes.NewReader(shot))
	check(v.t, err)
	for colours := 256; ; colours /= 2 {
		small := encode(v.t, fewer(full, colours))
		if len(small) > mostScreen && colours > 8 && !*whole {
			continue
		}
		check(v.t, os.WriteFile(filepath.Join(*screens, name+".png"), small, 0o644))
		return
	}
}

func encode(t *testing.T, picture image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture))
	return b.Bytes()
}

// fewer draws a picture with its most frequent colours alone.
func fewer(picture image.Image, most int) *image.Paletted {
	size := picture.Bounds()
	count := map[color.RGBA]int{}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			count[rgba(picture.At(x, y))]++
		}
	}
	colours := make([]color.RGBA, 0, len(count))
	for c := range count {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return bytes.Compare([]byte{a.R, a.G, a.B}, []byte{b.R, b.G, b.B})
	})
	var palette color.Palette
	for _, c := range colours[:min(most, len(colours))] {
		palette = append(palette, c)
	}
	drawn := image.NewPaletted(size, palette)
	nearest := map[color.RGBA]uint8{}
	for _, c := range colours {
		nearest[c] = uint8(palette.Index(c))
	}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			drawn.SetColorIndex(x, y, nearest[rgba(picture.At(x, y))])
		}
	}
	return drawn
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

// fits demands that a page does not scroll sideways.
func (v *visitor) fits(name string) {
	v.t.Helper()
	var beyond []string
	v.do("measure", chromedp.Evaluate(`(() => {
		const wide = document.documentElement.clientWidth
		if (document.documentElement.scrollWidth <= wide) return []
		return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1 && !e.closest(".scroll")).slice(-5).map(e => e.outerHTML.slice(0, 160))
	})()`, &beyond))
	var scrolls bool
	v.do("measure", chromedp.Evaluate(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &scrolls))
	if scrolls {
		v.t.Errorf("%s scrolls sideways at %d pixels: %q", name, phoneWidth, beyond)
	}
}

// axe is the text of axe-core; "" where it is not, which in CI is a failure.
func axe(t *testing.T) string {
	t.Helper()
	for _, path := range []string{os.Getenv("QBRIDGE_AXE"), filepath.Join("..", "..", "node_modules", "axe-core", "axe.min.js")} {
		if text, err := os.ReadFile(path); err == nil {
			return string(text)
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("axe-core is not here: .ci/run installs it and names it in QBRIDGE_AXE")
	}
	t.Log("axe-core is not here (npm install axe-core, or its axe.min.js in QBRIDGE_AXE): pages are not held against it")
	return ""
}

// accessible demands that axe-core finds no serious fault in the page.
func (v *visitor) accessible(name string) {
	v.t.Helper()
	if v.axe == "" {
		return
	}
	var found []string
	v.do("look with axe-core", chromedp.Evaluate(v.axe+";0", nil),
		chromedp.Evaluate(`axe.run({resultTypes: ["violations"]}).then(r => r.violations.filter(v => v.impact == "serious" || v.impact == "critical").flatMap(v => v.nodes.map(n => v.id + ": " + v.help + ": " + n.html.slice(0, 200) + " " + n.any.map(a => a.message).join(" "))))`,
			&found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	for _, f := range found {
		v.t.Errorf("%s: axe-core: %s", name, f)
	}
}

// look holds the page against what all pages must be, as wide as a desk and as
// a phone, in light and dark, and keeps its pictures.
func (v *visitor) look(name string) {
	v.t.Helper()
	v.screen(name)
	v.accessible(name)
	v.phone()
	v.screen(name + "-360")
	v.fits(name)
	v.dark(true)
	v.accessible(name + " in the dark, narrow")
	v.dark(false)
	v.desk()
}

// dark has the visitor's system prefer dark colours, or light ones.
func (v *visitor) dark(on bool) {
	v.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	v.do("colours", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}
