package soap

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// textRun is the number of bytes of character data after which a scrubber looks for a place to part it.
	textRun = 32 << 10
	// tagLimit bounds a tag with its attributes, in bytes. The Web Connector's own stay below 300.
	tagLimit = 64 << 10
)

var errTagTooLong = errors.New("the envelope has a tag of more than 64 KB; this is not a message of the Web Connector")

// scrubber makes any envelope fit for encoding/xml, which would refuse a whole answer for one control character that somebody pasted
// into a field, and would hold a text of 60 MB several times over:
//   - a byte, character or numeric reference that XML 1.0 does not allow becomes U+FFFD;
//   - an empty comment parts long character data, so that the decoder delivers it in pieces.
type scrubber struct {
	in      *bufio.Reader
	pending []byte
	where   place
	quote   byte // the quote that an attribute value began with, or 0
	last    byte
	run     int // bytes in the current text or tag
}

type place int

const (
	inText place = iota
	inTag
	inInstruction
	// inOther begins with the first comment, CDATA section or document type, which the Web Connector never sends. From there on
	// nothing is parted, and references are left alone.
	inOther
)

// readAhead is what a call costs in memory at least; few are longer.
const readAhead = 16 << 10

func newScrubber(r io.Reader) *scrubber { return &scrubber{in: bufio.NewReaderSize(r, readAhead)} }

func (s *scrubber) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(s.pending) == 0 {
			n += s.plain(p[n:])
			if n == len(p) {
				break
			}
			s.pending = s.pending[:0]
			if err := s.step(); err != nil {
				if n > 0 && err == io.EOF {
					return n, nil
				}
				return n, err
			}
		}
		copied := copy(p[n:], s.pending)
		s.pending = s.pending[copied:]
		n += copied
	}
	return n, nil
}

// plain copies the next characters that need no look: ASCII in a text, up to the next markup or reference, as far as it was read already.
func (s *scrubber) plain(p []byte) (n int) {
	if s.where != inText {
		return 0
	}
	// What is buffered can be peeked at.
	ahead, _ := s.in.Peek(max(0, min(len(p), textRun-s.run, s.in.Buffered())))
	for n < len(ahead) && ahead[n] >= ' ' && ahead[n] < utf8.RuneSelf && ahead[n] != '<' && ahead[n] != '&' {
		n++
	}
	copy(p, ahead[:n])
	_, _ = s.in.Discard(n)
	s.run += n
	return n
}

// step appends the next character, or the text that replaces it, to pending.
func (s *scrubber) step() error {
	b, err := s.in.ReadByte()
	if err != nil {
		return err
	}
	s.run++
	if s.where == inTag && s.run > tagLimit {
		return errTagTooLong
	}
	if s.where == inText && s.run > textRun && (b == '&' || b == ' ') {
		s.pending = append(s.pending, "<!---->"...)
		s.run = 0
	}
	switch {
	case b == '&' && s.where != inOther:
		s.reference()
	case b < ' ' && b != '\t' && b != '\n' && b != '\r':
		s.pending = utf8.AppendRune(s.pending, utf8.RuneError)
	case b >= utf8.RuneSelf:
		// The byte was read a moment ago, so it can be put back.
		_ = s.in.UnreadByte()
		r, _, err := s.in.ReadRune()
		if err != nil {
			return err
		}
		if !legal(r) {
			r = utf8.RuneError
		}
		s.pending = utf8.AppendRune(s.pending, r)
	default:
		s.pending = append(s.pending, b)
		s.mark(b)
	}
	s.last = b
	return nil
}

// mark follows the markup.
func (s *scrubber) mark(b byte) {
	switch {
	case s.where == inText && b == '<':
		s.where, s.run = inTag, 0
		next, _ := s.in.Peek(1)
		switch string(next) {
		case "?":
			s.where = inInstruction
		case "!":
			s.where = inOther
		}
	case s.where == inInstruction && b == '>' && s.last == '?':
		s.where, s.run = inText, 0
	case s.where == inTag && s.quote != 0:
		if b == s.quote {
			s.quote = 0
		}
	case s.where == inTag && (b == '"' || b == '\''):
		s.quote = b
	case s.where == inTag && b == '>':
		s.where, s.run = inText, 0
	}
}

// reference copies what follows an ampersand; a numeric reference to a character that XML does not allow becomes U+FFFD.
func (s *scrubber) reference() {
	// &#x10FFFF; is the longest reference without leading zeros. A shorter rest of the envelope is no error here.
	ahead, _ := s.in.Peek(len("#x10FFFF;"))
	if !bytes.HasPrefix(ahead, []byte("#")) {
		s.pending = append(s.pending, '&')
		return
	}
	name, _, ended := strings.Cut(string(ahead), ";")
	if number := name[len("#"):]; ended {
		base := 10
		if hex, isHex := strings.CutPrefix(number, "x"); isHex {
			number, base = hex, 16
		}
		if code, err := strconv.ParseUint(number, base, 32); err == nil && (code > utf8.MaxRune || !legal(rune(code))) {
			s.pending = utf8.AppendRune(s.pending, utf8.RuneError)
			// What was peeked at can be discarded.
			_, _ = s.in.Discard(len(name) + 1)
			return
		}
	}
	s.pending = append(s.pending, '&')
}

// legal tells whether XML 1.0 allows the character.
func legal(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return true
	case r >= ' ' && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFD, r >= 0x10000 && r <= utf8.MaxRune:
		return true
	}
	return false
}
