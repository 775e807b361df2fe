package qbxml

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// cleaner lets through what an XML reader accepts. QuickBooks stores bytes of Windows-1252 and
// escapes them without a look at XML: control characters come, raw and as references such as
// &#x1F;, and vanish here; the typographic characters of Windows-1252 come under their byte values
// (&#146;) and become what they mean. Bytes that are no UTF-8 are taken as Windows-1252.
type cleaner struct {
	in      *bufio.Reader
	pending []byte // cleaned, not yet read
	err     error  // the end of in, once met
	left    int    // bytes until the reader gives up; see allow
}

// readAhead is what reading an answer costs in memory at least; few are longer.
const readAhead = 16 << 10

func newCleaner(r io.Reader) *cleaner { return &cleaner{in: bufio.NewReaderSize(r, readAhead)} }

// maxRun bounds what is cleaned ahead of the reader.
const maxRun = 4096

// allow lets at most n more bytes through.
func (c *cleaner) allow(n int) { c.left = n }

func (c *cleaner) Read(p []byte) (int, error) {
	for len(c.pending) < len(p) && c.err == nil {
		c.err = c.next()
	}
	if len(c.pending) == 0 {
		return 0, c.err
	}
	n := copy(p, c.pending)
	c.pending = c.pending[:copy(c.pending, c.pending[n:])]
	if c.left -= n; c.left < 0 {
		return 0, fmt.Errorf("one object of it is larger than %d MB", maxRet>>20)
	}
	return n, nil
}

// next cleans a run of plain characters, or one other character.
func (c *cleaner) next() error {
	if ahead, _ := c.in.Peek(c.in.Buffered()); len(ahead) > 0 && isPlain(ahead[0]) {
		n := 1
		for n < len(ahead) && n < maxRun && isPlain(ahead[n]) {
			n++
		}
		c.pending = append(c.pending, ahead[:n]...)
		_, err := c.in.Discard(n)
		return err
	}
	r, size, err := c.in.ReadRune()
	if err != nil {
		return err
	}
	if r == utf8.RuneError && size == 1 {
		if err := c.in.UnreadRune(); err != nil {
			return err
		}
		b, err := c.in.ReadByte()
		if err != nil {
			return err
		}
		r = rune(b)
		if b >= 0xA0 { // below it meaning does the same
			r = charmap.Windows1252.DecodeByte(b)
		}
	}
	if r == '&' {
		if meant, length := c.reference(); length > 0 {
			if _, err := c.in.Discard(length); err != nil {
				return err
			}
			if meant >= 0 {
				c.pending = fmt.Appendf(c.pending, "&#%d;", meant)
			}
			return nil
		}
	}
	if r = meaning(r); r >= 0 {
		c.pending = utf8.AppendRune(c.pending, r)
	}
	return nil
}

// isPlain: ASCII that means itself.
func isPlain(b byte) bool {
	return b >= ' ' && b <= '~' && b != '&' || b == '\n' || b == '\t' || b == '\r'
}

// reference looks behind an ampersand for a numeric reference, and returns the character meant (-1
// for none) and the length of the rest of the reference, 0 when it isn't one.
func (c *cleaner) reference() (meant rune, length int) {
	ahead, _ := c.in.Peek(40) // shorter at the end of the text; leading zeros may make it long
	digits, _, found := strings.Cut(string(ahead), ";")
	if !found || !strings.HasPrefix(digits, "#") {
		return 0, 0
	}
	length = len(digits) + 1
	digits, base := digits[1:], 10
	if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		digits, base = digits[1:], 16
	}
	number, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return 0, 0
	}
	if number > utf8.MaxRune {
		return -1, length
	}
	return meaning(rune(number)), length
}

// meaning is the character QuickBooks meant by r; -1 when there is none.
func meaning(r rune) rune {
	if r >= 0x80 && r < 0xA0 {
		r = charmap.Windows1252.DecodeByte(byte(r))
	}
	switch {
	case r == '\t', r == '\n', r == '\r':
		return r
	case r < 0x20, r >= 0x7F && r < 0xA0, r >= 0xD800 && r < 0xE000:
		return -1
	case r == 0xFEFF, r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError:
		return -1
	}
	return r
}
