package bridge

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // a logo may be one
	"image/png"
	"slices"
	"strings"
	"unicode/utf8"

	"qbridge/store"
)

// Letterhead is what stands on every packing list.
type Letterhead struct {
	From  string // the ship-from address, a line each
	Foot  string // a sentence at the foot: thanks, how to return
	Paper Paper
	Logo  []byte // PNG without transparency; empty for none
}

// Paper is the size of a printed page.
type Paper string

// The papers.
const (
	Letter Paper = "Letter"
	A4     Paper = "A4"
)

// Papers lists every paper.
func Papers() []Paper { return []Paper{Letter, A4} }

// What an owner may do wrong with the letterhead.
var (
	ErrLetterhead = errors.New("the address has at most 8 lines of 80 characters, and the sentence at the foot at most 300 characters")
	ErrPaper      = errors.New("the papers are Letter and A4")
	ErrLogo       = errors.New("the logo is a PNG or JPEG picture of at most 900 KB and 4,000 by 4,000 pixels")
)

const (
	letterheadSetting = "packing-letterhead"
	mostLogo          = 900 << 10 // bytes of the file
	mostPixels        = 4000      // each way
	logoWidth         = 600       // pixels that are kept: 50 mm at 300 to the inch
	logoHeight        = 240
)

// Letterhead gives what stands on every packing list.
func (b *Bridge) Letterhead(ctx context.Context) (h Letterhead, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) (err error) {
		h, err = letterhead(tx)
		return err
	})
	return h, err
}

func letterhead(tx *store.Tx) (h Letterhead, err error) {
	text, found, err := tx.Setting(letterheadSetting)
	if err == nil && found {
		err = json.Unmarshal([]byte(text), &h)
	}
	h.Paper = cmp.Or(h.Paper, Letter)
	return h, err
}

// SetLetterhead keeps address, foot and paper of a letterhead; its logo stays.
func (b *Bridge) SetLetterhead(ctx context.Context, h Letterhead, who string) error {
	var lines []string
	for line := range strings.Lines(h.From) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	foot := strings.Join(strings.Fields(h.Foot), " ")
	tooLong := func(line string) bool { return utf8.RuneCountInString(line) > 80 }
	switch {
	case !slices.Contains(Papers(), h.Paper):
		return ErrPaper
	case len(lines) > 8 || slices.ContainsFunc(lines, tooLong) || utf8.RuneCountInString(foot) > 300:
		return ErrLetterhead
	}
	return b.keepLetterhead(ctx, "The packing lists' address, foot or paper was changed.", who, func(kept *Letterhead) {
		kept.From, kept.Foot, kept.Paper = strings.Join(lines, "\n"), foot, h.Paper
	})
}

// SetLogo keeps a PNG or JPEG as the logo of all packing lists; an empty file
// takes it away. Of the picture only its pixels are kept, on white and not more
// of them than print well.
func (b *Bridge) SetLogo(ctx context.Context, file []byte, who string) error {
	logo, note := []byte(nil), "The packing lists' logo was taken away."
	if len(file) > 0 {
		var err error
		if logo, err = drawLogo(file); err != nil {
			return err
		}
		note = "The packing lists have a new logo."
	}
	return b.keepLetterhead(ctx, note, who, func(kept *Letterhead) { kept.Logo = logo })
}

func (b *Bridge) keepLetterhead(ctx context.Context, note, who string, change func(*Letterhead)) error {
	return b.write(ctx, "keep the letterhead", func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		h, err := letterhead(tx)
		if err != nil {
			return err
		}
		change(&h)
		text, err := json.Marshal(h)
		if err != nil {
			return err
		}
		if err := tx.SetSetting(letterheadSetting, string(text)); err != nil {
			return err
		}
		return tx.AddHistory(store.History{CompanyID: c.ID, Who: who, Event: "packing", Note: note})
	})
}

// drawLogo reads a picture and draws it anew, so that nothing of the file but
// what is seen is kept, and printers of any kind can take it.
func drawLogo(file []byte) ([]byte, error) {
	if len(file) > mostLogo {
		return nil, ErrLogo
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(file)) // before any memory is taken for it
	if err != nil || kind != "png" && kind != "jpeg" || size.Width < 1 || size.Height < 1 || size.Width > mostPixels || size.Height > mostPixels {
		return nil, ErrLogo
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLogo, err)
	}
	whole := image.NewRGBA(image.Rect(0, 0, picture.Bounds().Dx(), picture.Bounds().Dy()))
	draw.Draw(whole, whole.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(whole, whole.Bounds(), picture, picture.Bounds().Min, draw.Over)
	var out bytes.Buffer
	err = png.Encode(&out, smaller(whole))
	return out.Bytes(), err
}

// smaller makes a picture fit logoWidth and logoHeight: each of its pixels is
// the mean of those that it stands for.
func smaller(of *image.RGBA) *image.RGBA {
	w, h := of.Bounds().Dx(), of.Bounds().Dy()
	width, height := w, h
	if width > logoWidth {
		width, height = logoWidth, max(1, h*logoWidth/w)
	}
	if height > logoHeight {
		width, height = max(1, w*logoHeight/h), logoHeight
	}
	if width == w && height == h {
		return of
	}
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			to.SetRGBA(x, y, mean(of, image.Rect(x*w/width, y*h/height, (x+1)*w/width, (y+1)*h/height)))
		}
	}
	return to
}

func mean(of *image.RGBA, in image.Rectangle) color.RGBA {
	var r, g, b, n int
	for y := in.Min.Y; y < max(in.Max.Y, in.Min.Y+1); y++ {
		for x := in.Min.X; x < max(in.Max.X, in.Min.X+1); x++ {
			c := of.RGBAAt(x, y)
			r, g, b, n = r+int(c.R), g+int(c.G), b+int(c.B), n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}
