package soap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// spoolOver is the length in bytes above which a text is kept in a temporary file instead of in memory.
const spoolOver = 1 << 20

// Text is a text that may be tens of megabytes long: the answer of QuickBooks to a query. A text from a [Handler] is only valid
// during the call that it was given to; a long one lies in a temporary file that is removed afterwards. The zero Text is empty.
type Text struct {
	short string
	file  string
	size  int64
}

// NewText returns a Text that holds s in memory.
func NewText(s string) Text { return Text{short: s, size: int64(len(s))} }

// Size returns the length in bytes of the text in UTF-8.
func (t Text) Size() int64 { return t.size }

// Open returns a reader of the text from its start, as often as wanted. The caller closes it.
func (t Text) Open() (io.ReadCloser, error) {
	if t.file == "" {
		return io.NopCloser(strings.NewReader(t.short)), nil
	}
	f, err := os.Open(t.file)
	if err != nil {
		return nil, fmt.Errorf("the text that the Web Connector sent cannot be read back from its temporary file: %w", err)
	}
	return f, nil
}

// ReadAll returns the whole text. Prefer Open for the answer to a query.
func (t Text) ReadAll() (string, error) {
	if t.file == "" {
		return t.short, nil
	}
	r, err := t.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	whole, err := io.ReadAll(r)
	if err != nil {
		return "", fmt.Errorf("the text that the Web Connector sent cannot be read back from its temporary file: %w", err)
	}
	return string(whole), nil
}

// remove deletes the temporary file of a long text.
func (t Text) remove() error {
	if t.file == "" {
		return nil
	}
	return os.Remove(t.file)
}

// spool collects a Text: in memory up to spoolOver, then in a temporary file in dir.
type spool struct {
	dir   string
	short bytes.Buffer
	file  *os.File
	size  int64
}

func (s *spool) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	if s.file == nil && s.size <= spoolOver {
		return s.short.Write(p)
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "qbwc-*.xml")
		if err != nil {
			return 0, fmt.Errorf("no temporary file for a long answer of QuickBooks; check free space and rights of the folder for temporary files: %w", err)
		}
		s.file = f
		if _, err := s.short.WriteTo(f); err != nil {
			return 0, spoolFailed(err)
		}
		s.short = bytes.Buffer{}
	}
	n, err := s.file.Write(p)
	if err != nil {
		return n, spoolFailed(err)
	}
	return n, nil
}

func spoolFailed(err error) error {
	return fmt.Errorf("a long answer of QuickBooks does not fit into the folder for temporary files; free some space: %w", err)
}

// text ends the collection. The caller removes the text.
func (s *spool) text() (Text, error) {
	if s.file == nil {
		return NewText(s.short.String()), nil
	}
	t := Text{file: s.file.Name(), size: s.size}
	if err := s.file.Close(); err != nil {
		return Text{}, errors.Join(spoolFailed(err), t.remove())
	}
	return t, nil
}

// discard ends a collection that failed.
func (s *spool) discard() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
