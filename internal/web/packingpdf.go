package web

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"

	"qbridge/internal/bridge"
)

//go:embed fonts
var fonts embed.FS

// Measures of a packing list, in millimetres; sizes of letters in points.
const (
	edge       = 15.0
	lineHeight = 5.0
	footHeight = 12.0 // of what stands below the text: order and page
	logoMM     = 50.0 // the logo's greatest width, and
	logoTall   = 20.0 // height
	boxWidth   = 9.0  // columns: a box to tick, quantity, SKU; the rest is the item
	countWidth = 14.0
	skuWidth   = 42.0
	columnGap  = 4.0
)

// packingPrinter writes packing lists as a PDF, one order a page or more.
type packingPrinter struct {
	*fpdf.Fpdf
	words      *words
	letterhead bridge.Letterhead
	list       bridge.PackingList
	page       int   // of the list
	marked     bool  // the list has letters that the font has not
	err        error // of a word that is missing
	width      float64
	bottom     float64
}

// packingPDF writes packing lists as a PDF in the reader's language.
func packingPDF(w *words, letterhead bridge.Letterhead, lists []bridge.PackingList) ([]byte, error) {
	p := &packingPrinter{Fpdf: fpdf.New("P", "mm", string(letterhead.Paper), ""), words: w, letterhead: letterhead}
	for style, name := range map[string]string{"": "DejaVuSansCondensed", "B": "DejaVuSansCondensed-Bold"} {
		font, err := fonts.ReadFile("fonts/" + name + ".ttf")
		if err != nil {
			return nil, err
		}
		p.AddUTF8FontFromBytes("text", style, font)
	}
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(edge, edge, edge)
	p.SetCellMargin(0)
	p.SetLang(w.lang)
	p.SetTitle(p.say("packing.title"), true)
	p.SetCreator("QBridge", true)
	if len(letterhead.Logo) > 0 {
		p.RegisterImageOptionsReader("logo", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(letterhead.Logo))
	}
	width, height := p.GetPageSize()
	p.width, p.bottom = width-2*edge, height-edge-footHeight
	for _, l := range lists {
		p.list, p.page, p.marked = l, 0, false
		p.print()
	}
	var out bytes.Buffer
	err := p.Output(&out)
	if p.err != nil {
		err = p.err
	}
	return out.Bytes(), err
}

func (p *packingPrinter) say(key string, args ...any) string {
	text, err := p.words.say(key, args...)
	if err != nil && p.err == nil {
		p.err = err
	}
	return text
}

func (p *packingPrinter) count(key string, n int64) string {
	text, err := p.words.count(key, n)
	if err != nil && p.err == nil {
		p.err = err
	}
	return text
}

func (p *packingPrinter) day() string {
	text, err := p.words.date(p.list.Date)
	if err != nil && p.err == nil {
		p.err = err
	}
	return text
}

// text makes a text of the shop's printable, and marks it when letters of it
// had to be written with others.
func (p *packingPrinter) text(text string) string {
	text, whole := printable(text)
	if !whole {
		p.marked = true
		text += " *"
	}
	return text
}

// print writes one order.
func (p *packingPrinter) print() {
	l := p.list
	p.begin()
	for _, a := range l.Alerts {
		p.alert(p.words.known("packing_alert", string(a)))
	}
	to := []string{p.say("packing.ship_to")}
	if l.Billing {
		to[0] = p.say("packing.bill_to")
	}
	if l.Pickup {
		to[0] = p.say("packing.pickup_by")
	}
	for _, line := range l.ShipTo {
		to = append(to, p.text(line))
	}
	if len(l.ShipTo) == 0 {
		to = append(to, p.say("packing.no_address"))
	}
	facts := []string{p.say("packing.order") + ":\t" + p.text(l.Number), p.say("packing.date") + ":\t" + p.text(p.day())}
	for _, f := range []struct{ label, value string }{{p.say("packing.method"), l.Method}, {p.say("packing.tracking"), l.Tracking}, {p.say("packing.phone"), l.Phone}, {p.say("packing.email"), l.Email}} {
		if f.value != "" {
			facts = append(facts, f.label+":\t"+p.text(f.value))
		}
	}
	facts = append(facts, p.say("packing.pieces")+":\t"+p.words.number(l.Pieces()))
	p.sides(to, facts)
	if l.Note != "" {
		p.Ln(3)
		p.paragraph("B", 9, p.say("packing.note"))
		p.paragraph("", 10, p.text(l.Note))
	}
	p.Ln(5)
	p.table()
	if p.letterhead.Foot != "" {
		p.Ln(6)
		p.paragraph("", 10, p.text(p.letterhead.Foot))
	}
	if p.marked {
		p.Ln(4)
		p.paragraph("", 8, "* "+p.say("packing.marked"))
	}
}

// begin begins a page of the order: the first has the letterhead.
func (p *packingPrinter) begin() {
	p.page++
	p.AddPage()
	p.SetFont("text", "", 8)
	p.SetTextColor(90, 90, 90)
	p.line(edge, p.bottom+footHeight-4, p.width, "R", p.say("packing.page", p.text(short(p.list.Number)), p.page))
	p.SetTextColor(0, 0, 0)
	p.SetXY(edge, edge)
	if p.page > 1 {
		p.paragraph("B", 12, p.say("packing.continued", p.text(short(p.list.Number))))
		p.Ln(3)
		return
	}
	if info := p.GetImageInfo("logo"); info != nil {
		w, h := logoMM, logoMM*info.Height()/info.Width()
		if h > logoTall {
			w, h = logoTall*info.Width()/info.Height(), logoTall
		}
		p.ImageOptions("logo", edge, edge, w, h, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
		p.SetY(edge + logoTall)
	}
	low := p.GetY()
	if p.letterhead.From != "" {
		p.SetFont("text", "", 9)
		y := edge
		for line := range strings.SplitSeq(p.letterhead.From, "\n") {
			p.line(edge, y, p.width, "R", p.text(line))
			y += 4
		}
		low = max(low, y)
	}
	p.SetXY(edge, low+4)
	p.paragraph("B", 18, p.say("packing.title"))
	p.Ln(2)
	p.rule()
	p.Ln(3)
}

// line writes one line into a width, from a place on.
func (p *packingPrinter) line(x, y, width float64, align, text string) {
	p.SetXY(x, y)
	p.CellFormat(width, lineHeight, text, "", 0, align, false, 0, "")
}

func (p *packingPrinter) rule() {
	y := p.GetY()
	p.SetDrawColor(120, 120, 120)
	p.SetLineWidth(0.2)
	p.Line(edge, y, edge+p.width, y)
}

// room goes on to another page when there is no room for this height.
func (p *packingPrinter) room(height float64) {
	if p.GetY()+height > p.bottom {
		p.begin()
	}
}

// lines breaks a text into lines of a width, in the font that is set.
func (p *packingPrinter) lines(text string, width float64) (all []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if broken := p.SplitText(line, width); len(broken) > 0 {
			all = append(all, broken...)
		}
	}
	return all
}

// paragraph writes a text over the whole width, over pages when it must.
func (p *packingPrinter) paragraph(style string, size float64, text string) {
	p.SetFont("text", style, size)
	for _, line := range p.lines(text, p.width) {
		height := max(lineHeight, size*0.5)
		if p.GetY()+height > p.bottom {
			p.begin()
			p.SetFont("text", style, size)
		}
		p.SetX(edge)
		p.CellFormat(p.width, height, line, "", 1, "L", false, 0, "")
	}
}

func (p *packingPrinter) alert(text string) {
	p.SetFont("text", "B", 11)
	p.room(9)
	p.SetFillColor(225, 225, 225)
	p.SetX(edge)
	p.CellFormat(p.width, 8, "  "+text, "1", 1, "L", true, 0, "")
	p.Ln(2)
}

// sides writes the address at the left, large, and the facts beside it: label
// and value with a tab between.
func (p *packingPrinter) sides(left, facts []string) {
	half := (p.width - columnGap) / 2
	const labelWidth = 30.0
	type piece struct {
		x           float64
		style, text string
		size        float64
	}
	var a, b [][]piece
	for i, text := range left {
		style, size := "", 11.0
		switch i {
		case 0:
			style, size = "B", 9
		case 1:
			style = "B"
		}
		p.SetFont("text", style, size)
		for _, line := range p.lines(text, half) {
			a = append(a, []piece{{edge, style, line, size}})
		}
	}
	for _, fact := range facts {
		label, value, _ := strings.Cut(fact, "\t")
		p.SetFont("text", "", 10)
		for i, line := range p.lines(value, half-labelWidth) {
			at := edge + half + columnGap
			row := []piece{{at + labelWidth, "", line, 10}}
			if i == 0 {
				row = append(row, piece{at, "B", label, 9})
			}
			b = append(b, row)
		}
	}
	for i := range max(len(a), len(b)) {
		p.room(lineHeight + 0.5)
		y := p.GetY()
		for _, side := range [][][]piece{a, b} {
			if i >= len(side) {
				continue
			}
			for _, s := range side[i] {
				p.SetFont("text", s.style, s.size)
				p.line(s.x, y, half, "L", s.text)
			}
		}
		p.SetXY(edge, y+lineHeight+0.5)
	}
}

// table writes the lines of goods.
func (p *packingPrinter) table() {
	p.tableHead()
	x := edge + boxWidth + countWidth + columnGap
	itemAt := x + skuWidth + columnGap
	for _, l := range p.list.Lines {
		p.SetFont("text", "", 10)
		sku := p.lines(p.text(l.SKU), skuWidth)
		item := p.lines(p.text(l.Name), edge+p.width-itemAt)
		bold := len(item)
		for _, o := range l.Options {
			item = append(item, p.lines(p.text(optionText(o.Name, o.Value)), edge+p.width-itemAt)...)
		}
		for _, part := range l.Parts {
			item = append(item, p.lines(p.text(p.part(part)), edge+p.width-itemAt)...)
		}
		nothing := l.Digital || l.GiftCard
		if l.Digital {
			item = append(item, p.lines(p.say("packing.digital"), edge+p.width-itemAt)...)
		}
		if l.GiftCard {
			item = append(item, p.lines(p.say("packing.gift_card"), edge+p.width-itemAt)...)
		}
		rows := max(len(sku), len(item), 1)
		if height := float64(rows)*lineHeight + 3; height < p.bottom/2 && p.GetY()+height > p.bottom {
			p.begin()
			p.tableHead()
		}
		p.Ln(1.5)
		for i := range rows {
			if p.GetY()+lineHeight > p.bottom {
				p.begin()
				p.tableHead()
			}
			y := p.GetY()
			if i == 0 {
				if !nothing {
					p.SetDrawColor(60, 60, 60)
					p.Rect(edge+1, y+0.6, 3.8, 3.8, "D")
				}
				p.SetFont("text", "B", 11)
				p.line(edge+boxWidth, y, countWidth-2, "R", p.words.number(l.Quantity))
			}
			p.SetFont("text", "", 10)
			if i < len(sku) {
				p.line(x, y, skuWidth, "L", sku[i])
			}
			if i < len(item) {
				if i < bold {
					p.SetFont("text", "B", 10)
				}
				p.line(itemAt, y, edge+p.width-itemAt, "L", item[i])
			}
			p.SetXY(edge, y+lineHeight)
		}
		p.Ln(1.5)
		p.rule()
	}
	p.Ln(3)
	p.paragraph("B", 10, p.count("packing.count", p.list.Pieces()))
}

func (p *packingPrinter) tableHead() {
	p.room(2*lineHeight + 4)
	p.SetFont("text", "B", 9)
	y, x := p.GetY(), edge+boxWidth+countWidth+columnGap
	p.line(edge+boxWidth, y, countWidth-2, "R", p.say("packing.quantity"))
	p.line(x, y, skuWidth, "L", p.say("packing.sku"))
	p.line(x+skuWidth+columnGap, y, 50, "L", p.say("packing.item"))
	p.SetXY(edge, y+lineHeight+1)
	p.rule()
}

func (p *packingPrinter) part(part bridge.PackingPart) string {
	text := p.say("packing.part", part.Pieces, part.Name)
	if part.Name == "" {
		text = p.say("packing.part_unnamed", part.Pieces, part.Product)
	}
	if part.SKU != "" {
		text += " (" + part.SKU + ")"
	}
	return text
}

// short is as much of an order's number as the head of a page takes; the whole
// stands on the first one.
func short(number string) string {
	if r := []rune(number); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return number
}

// optionText is a choice that the buyer made.
func optionText(name, value string) string {
	if name == "" || value == "" {
		return name + value
	}
	return fmt.Sprintf("%s: %s", name, value)
}

// printable is a text as the PDF can show it. Letters that its font has not, or
// that would have to be joined or run from the right, are written with Latin
// ones, and a sign without any becomes a square; whole is then false. Signs that
// nobody sees are left out.
func printable(text string) (shown string, whole bool) {
	whole = true
	var out strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "\ufffd")) {
		switch {
		case r == '\n' || inFont(r):
			out.WriteRune(r)
		case r == '\t':
			out.WriteByte(' ')
		case unicode.Is(unicode.C, r) || unicode.Is(unicode.Variation_Selector, r):
		default:
			whole = false
			likeness := strings.Map(func(l rune) rune {
				if inFont(l) {
					return l
				}
				return -1
			}, unidecode.Unidecode(string(r)))
			if likeness == "" && !unicode.Is(unicode.M, r) {
				likeness = "□"
			}
			out.WriteString(likeness)
		}
	}
	if shown = out.String(); !whole {
		for strings.Contains(shown, "  ") { // each Chinese letter comes with one
			shown = strings.ReplaceAll(shown, "  ", " ")
		}
		shown = strings.TrimRight(shown, " ")
	}
	return shown, whole
}

// inFont tells whether the font has a letter: Latin with its accents, Greek,
// Cyrillic, and signs. A test holds it to the font's file.
func inFont(r rune) bool {
	for _, in := range [][2]rune{
		{0x20, 0x7e}, {0xa0, 0xac}, {0xae, 0x24f}, // Latin; not the soft hyphen
		{0x386, 0x386}, {0x388, 0x38a}, {0x38c, 0x38c}, {0x38e, 0x3a1}, {0x3a3, 0x3ce}, // Greek
		{0x400, 0x45f}, {0x490, 0x491}, // Cyrillic
		{0x1e00, 0x1e9b}, {0x1ea0, 0x1ef9}, // Latin of Wales, Viet Nam and others
		{0x2010, 0x2027}, {0x2030, 0x205e}, {0x20a0, 0x20b5}, {0x2116, 0x2116}, {0x2122, 0x2122}, {0x2190, 0x2193}, {0x2212, 0x2212}, {0x25a1, 0x25a1},
	} {
		if r >= in[0] && r <= in[1] {
			return true
		}
	}
	return false
}
