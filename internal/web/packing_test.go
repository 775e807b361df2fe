package web

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

// readPDF gives the text of each page of a PDF that we wrote: its letters are
// two bytes each, those of Unicode.
func readPDF(t *testing.T, file []byte) (pages []string) {
	t.Helper()
	if !bytes.HasPrefix(file, []byte("%PDF-")) || !bytes.Contains(file[max(0, len(file)-32):], []byte("%%EOF")) {
		t.Fatalf("%.40q is no PDF", file)
	}
	shown := regexp.MustCompile(`(?s)\(((?:[^\\()]|\\.)*)\) ?Tj`)
	unescape := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r", `\n`, "\n")
	for _, m := range regexp.MustCompile(`(?s)/Contents (\d+) 0 R`).FindAllSubmatch(file, -1) {
		at := bytes.Index(file, []byte("\n"+string(m[1])+" 0 obj"))
		if at < 0 {
			t.Fatalf("page %s is not there", m[1])
		}
		_, body, _ := bytes.Cut(file[at:], []byte("stream\n"))
		unpacked, err := zlib.NewReader(bytes.NewReader(body))
		check(t, err)
		content, err := io.ReadAll(unpacked)
		check(t, err)
		var lines []string
		for _, text := range shown.FindAllSubmatch(content, -1) {
			raw := []byte(unescape.Replace(string(text[1])))
			var letters []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				letters = append(letters, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			lines = append(lines, string(utf16.Decode(letters)))
		}
		pages = append(pages, strings.Join(lines, "\n"))
	}
	return pages
}

// changedOrder is an order of the pretend shop with some fields changed.
func changedOrder(t *testing.T, n int, change func(o map[string]any)) json.RawMessage {
	t.Helper()
	var o map[string]any
	check(t, json.Unmarshal(plainOrders(n + 1)[n], &o))
	change(o)
	raw, err := json.Marshal(o)
	check(t, err)
	return raw
}

func person(name, street, city string) map[string]any {
	return map[string]any{"name": name, "street": street, "city": city, "stateOrProvinceCode": "ON", "postalCode": "K1A 0B1", "countryName": "Canada", "phone": "+1 613 555 0100"}
}

// packingOrders are a plain order, and one with everything that is odd.
func packingOrders(t *testing.T) []json.RawMessage {
	plain := changedOrder(t, 0, func(o map[string]any) {
		o["id"], o["paymentStatus"], o["fulfillmentStatus"] = "PLAIN1", "PAID", "AWAITING_PROCESSING"
		o["shippingPerson"], o["orderComments"] = person("Łucja Nowak", "12 Rue de l’Église\nUnit 4", "Gatineau"), "Please ring twice."
		item := o["items"].([]any)[0].(map[string]any)
		item["name"], item["sku"], item["quantity"], item["digital"] = "Mug \"Été\"", "MUG-01", 3, false
		item["selectedOptions"] = []any{map[string]any{"name": "Colour", "value": "Blue"}}
		item["compositeComponents"] = []any{map[string]any{"productId": 77, "quantity": 2}, map[string]any{"name": "Spoon", "sku": "SP-1"}}
		o["items"] = []any{item}
	})
	odd := changedOrder(t, 1, func(o map[string]any) {
		o["id"], o["paymentStatus"] = "ODD2", "CANCELLED"
		o["shippingPerson"], o["orderComments"] = person("北京 李雷", "שלום 5", "\u202eevil\u202c"), strings.Repeat("long note 🎁 ", 400)
		item := o["items"].([]any)[0].(map[string]any)
		gift := map[string]any{"name": "Gift card", "price": item["price"], "quantity": 1, "giftCard": true}
		item["name"], item["digital"] = "<b>E-book</b>", true
		o["items"] = []any{item, gift}
	})
	return []json.RawMessage{plain, odd}
}

func TestPackingLists(t *testing.T) {
	t.Parallel()
	s := newSite(t, packingOrders(t)...)
	packer := s.people()[bridge.Warehouse]
	packer.get("/packing").want(t, http.StatusOK, "Select orders in the list")
	page := packer.get("/packing?numbers=PLAIN1,+ODD2")
	page.want(t, http.StatusOK, "2 packing lists", "Łucja Nowak", "Unit 4", "Gatineau ON K1A 0B1", "Please ring twice.", "MUG-01", "Colour: Blue", "6 × product 77", "3 × Spoon (SP-1)",
		"3 pieces to pack", "Cancelled in the shop: do not ship", "北京 李雷", "שלום 5", "Digital: nothing to pack", "Gift card: nothing to pack", "0 pieces to pack", "<b>E-book</b>")
	if strings.Contains(page.body, "$") {
		t.Error("a packing list has a price")
	}
	link := regexp.MustCompile(`href="(/packing\.pdf[^"]*)"`).FindStringSubmatch(page.body)
	if link == nil {
		t.Fatal("there is no link to the PDF")
	}
	answer := packer.get(strings.ReplaceAll(link[1], "&amp;", "&"))
	answer.want(t, http.StatusOK)
	if kind, name := answer.Header.Get("Content-Type"), answer.Header.Get("Content-Disposition"); kind != "application/pdf" || !strings.Contains(name, "packing-1-2.pdf") {
		t.Errorf("the PDF comes as %q, %q", kind, name)
	}
	pages := readPDF(t, []byte(answer.body))
	if len(pages) < 3 { // the long note goes over
		t.Fatalf("the PDF has %d pages", len(pages))
	}
	for _, text := range []string{"Packing list", "Łucja Nowak", "12 Rue de l’Église", "Unit 4", "Please ring twice.", "MUG-01", `Mug "Été"`, "Colour: Blue", "6 × product 77", "3 × Spoon (SP-1)", "3 pieces to pack", "Order PLAIN1 · page 1"} {
		if !strings.Contains(pages[0], text) {
			t.Errorf("the first page has no %q:\n%s", text, pages[0])
		}
	}
	rest := strings.Join(pages[1:], "\n")
	for _, text := range []string{"Bei Jing Li Lei *", "Cancelled in the shop: do not ship", "Order ODD2, continued", "* These words hold letters", "Digital: nothing to pack", "0 pieces to pack", "Order ODD2 · page 2", "<b>E-book</b>", "□"} {
		if !strings.Contains(rest, text) {
			t.Errorf("the other pages have no %q:\n%s", text, rest)
		}
	}
	if n := strings.Count(rest, "long"); n != 400 {
		t.Errorf("the note has %d of 400 words in the PDF", n)
	}
	if strings.Contains(strings.Join(pages, ""), "$") || strings.Contains(pages[0], "letters") {
		t.Error("a packing list has a price, or a note without cause")
	}
	french := packer.get("/packing.pdf?order=PLAIN1", "Accept-Language: fr")
	if first := readPDF(t, []byte(french.body))[0]; !strings.Contains(first, "Liste d'emballage") || !strings.Contains(first, "3 pièces à emballer") {
		t.Errorf("in French:\n%s", first)
	}

	to := regexp.MustCompile(`href="(/packing\?order=[^"]+)"`).FindStringSubmatch(packer.get(orderPath(s.anOrder())).body)
	if to == nil {
		t.Fatal("the page of an order does not lead to its packing list")
	}
	packer.get(to[1]).want(t, http.StatusOK, "1 packing list")
	packer.get("/packing?order=nobody").want(t, http.StatusNotFound)
	packer.get("/packing.pdf").want(t, http.StatusNotFound)
	packer.get("/packing?selection=NOTTHERE").want(t, http.StatusUnprocessableEntity, "This selection is not there any more")
	packer.get("/packing?selection=X&from=-1").want(t, http.StatusNotFound)
	many := url.Values{"order": slices.Repeat([]string{"PLAIN1"}, bridge.MostPacked+1)}
	packer.get("/packing?"+many.Encode()).want(t, http.StatusUnprocessableEntity, "at most 500")
}

// A selection is its user's: nobody else prints it.
func TestPackingOfASelection(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(12)...)
	people := s.people()
	selected, err := s.b.Select(t.Context(), bridge.Find{}, string(bridge.Warehouse))
	check(t, err)
	path := "?selection=" + selected.ID
	page := people[bridge.Warehouse].get("/packing" + path)
	page.want(t, http.StatusOK)
	file := people[bridge.Warehouse].get("/packing.pdf" + path)
	file.want(t, http.StatusOK)
	pages := readPDF(t, []byte(file.body))
	if n := int64(strings.Count(page.body, `class="slip"`)); n != selected.Orders || int64(len(pages)) < n {
		t.Errorf("%d lists and %d pages of %d orders", n, len(pages), selected.Orders)
	}
	for i, id := range regexp.MustCompile(`<dd><a href="[^"]*"><bdi>([^<]*)<`).FindAllStringSubmatch(page.body, -1) {
		if !slices.ContainsFunc(pages, func(p string) bool { return strings.Contains(p, "Order "+id[1]+" · page 1") }) {
			t.Errorf("list %d of order %s is not in the PDF", i, id[1])
		}
	}
	people[bridge.Owner].get("/packing"+path).want(t, http.StatusUnprocessableEntity)
	people[bridge.Owner].get("/packing.pdf"+path).want(t, http.StatusUnprocessableEntity)
	second := people[bridge.Warehouse].get("/packing" + path + "&from=5")
	second.want(t, http.StatusOK, fmt.Sprintf("these are 6 to %d.", selected.Orders), "The ones before")
}

func (b *browser) upload(path, field string, file []byte) reply {
	b.site.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, "any name.png")
	check(b.site.t, err)
	_, err = part.Write(file)
	check(b.site.t, err)
	check(b.site.t, form.Close())
	r, err := http.NewRequestWithContext(b.site.t.Context(), http.MethodPost, b.site.url+path, &body)
	check(b.site.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	answer, err := b.client.Do(r)
	check(b.site.t, err)
	defer answer.Body.Close() // read to its end
	text, err := io.ReadAll(answer.Body)
	check(b.site.t, err)
	return reply{answer, string(text)}
}

func TestLetterhead(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(1)...)
	owner := s.people()[bridge.Owner]
	long := strings.Repeat("x", 81)
	for _, wrong := range []url.Values{form("from", long, "paper", "A4"), form("from", strings.Repeat("x\n", 9), "paper", "A4"), form("foot", strings.Repeat("x", 301), "paper", "A4"), form("paper", "Foolscap")} {
		if answer := owner.post("/packing/letterhead", wrong); answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%.40v is taken", wrong)
		}
	}
	owner.post("/packing/letterhead", form("from", " Ann's Mugs \r\n\r\n1 Main St\r\n", "foot", "Thank you!", "paper", "A4")).want(t, http.StatusSeeOther)
	owner.get("/packing/letterhead").want(t, http.StatusOK, "The packing lists' letterhead is saved.", "Ann's Mugs\n1 Main St", `value="A4" selected`)
	owner.get("/packing/logo").want(t, http.StatusNotFound)

	picture := image.NewNRGBA(image.Rect(0, 0, 1300, 300))
	for x := range 1300 {
		picture.Set(x, 10, color.NRGBA{200, 0, 0, 255})
	}
	var good, photo, huge bytes.Buffer
	check(t, png.Encode(&good, picture))
	check(t, jpeg.Encode(&photo, picture, nil))
	check(t, png.Encode(&huge, image.NewGray(image.Rect(0, 0, 4001, 1))))
	for name, file := range map[string][]byte{"nothing": nil, "text": []byte("<svg onload='x'/>"), "half": good.Bytes()[:len(good.Bytes())/2], "huge": huge.Bytes(), "gif": []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "large": append(photo.Bytes(), make([]byte, 910<<10)...)} {
		if answer := owner.upload("/packing/logo", "logo", file); answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s is taken as a logo: %d", name, answer.StatusCode)
		}
	}
	owner.upload("/packing/logo", "logo", make([]byte, 2<<20)).want(t, http.StatusRequestEntityTooLarge)
	for _, file := range [][]byte{photo.Bytes(), good.Bytes()} {
		owner.upload("/packing/logo", "logo", file).want(t, http.StatusSeeOther)
		kept, err := png.Decode(strings.NewReader(owner.get("/packing/logo").body))
		check(t, err)
		if size := kept.Bounds().Size(); size.X != 600 || size.Y != 138 {
			t.Errorf("the logo is kept in %v", size)
		}
	}
	path := "/packing.pdf?order=" + url.QueryEscape(s.anOrder())
	file := owner.get(path)
	if !strings.Contains(file.body, "/Subtype /Image") || !strings.Contains(file.body, "595.28") {
		t.Error("the PDF has no logo, or is not on A4")
	}
	if page := readPDF(t, []byte(file.body))[0]; !strings.Contains(page, "Ann's Mugs") || !strings.Contains(page, "Thank you!") {
		t.Errorf("the page is\n%s", page)
	}
	owner.post("/packing/logo", form("remove", "1")).want(t, http.StatusSeeOther)
	owner.get("/packing/logo").want(t, http.StatusNotFound)
	if file := owner.get(path); strings.Contains(file.body, "/Subtype /Image") {
		t.Error("the PDF still has the logo")
	}
}

func (s *site) anOrder() (id string) {
	s.t.Helper()
	check(s.t, s.b.Orders(s.t.Context(), "", func(o bridge.OrderView) error { id = o.ID; return nil }))
	return id
}

// What is called printable is in both files of the font, and the rest is
// written with what is.
func TestPrintable(t *testing.T) {
	for _, name := range []string{"DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"} {
		font, err := fpdf.TtfParse("fonts/" + name)
		check(t, err)
		n := 0
		for r := rune(0x20); r < 0xffff; r++ {
			if inFont(r) {
				n++
				if font.Chars[uint16(r)] == 0 && unicode.IsGraphic(r) {
					t.Errorf("%s has no %q %U", name, r, r)
				}
			}
		}
		if n < 1000 {
			t.Errorf("only %d letters are printable", n)
		}
	}
	for text, want := range map[string]string{
		"Plain":                "Plain",
		"Łódź, Ελλάδα, Київ €": "Łódź, Ελλάδα, Київ €",
		"e\u0301":              "é",
		"a\tb\u200bc\x00":      "a bc",
		"🎁 gift":               "□ gift *",
		"\xff":                 "□ *",
		"日本":                   "Ri Ben *",
		"\u202eevil":           "evil",
		"two\nlines":           "two\nlines",
		strings.Repeat("𝔘", 3): "UUU *",
	} {
		got, whole := printable(text)
		if !whole {
			got += " *"
		}
		if got != want {
			t.Errorf("%q is printed %q, want %q", text, got, want)
		}
	}
}

// A list of anything ends, on pages that hold what was given.
func FuzzPackingPDF(f *testing.F) {
	f.Add("1234", "A note", "SKU-1", "Mug")
	f.Add("1234", "🎁", "🎁", "🎁")
	f.Add(strings.Repeat("9", 5000), strings.Repeat("\n", 3000), strings.Repeat("W", 3000), strings.Repeat("🎁", 2000))
	f.Fuzz(func(t *testing.T, number, note, sku, name string) {
		if len(number)+len(note)+len(sku)+len(name) > 20_000 {
			t.Skip("longer than the shop allows")
		}
		l := bridge.PackingList{Number: number, Date: note, ShipTo: []string{name, note, sku}, Method: sku, Note: note,
			Lines: []bridge.PackingLine{{SKU: sku, Name: name, Options: []order.Option{{Name: name, Value: note}}, Quantity: 1}}}
		file, err := packingPDF(wordsOf(t, "en"), bridge.Letterhead{From: name, Foot: note, Paper: bridge.Letter}, []bridge.PackingList{l})
		check(t, err)
		if len(readPDF(t, file)) == 0 {
			t.Error("there is no page")
		}
	})
}
