package store

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

func newGzip() *gzip.Writer {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant gzip knows
	}
	return w
}

// pack compresses evidence for its column; nothing becomes NULL.
func (s *Store) pack(content []byte) ([]byte, error) {
	if len(content) == 0 {
		return nil, nil
	}
	w := s.gzips.Get().(*gzip.Writer)
	defer s.gzips.Put(w)
	packed := bytes.Buffer{}
	w.Reset(&packed)
	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return packed.Bytes(), nil
}

// unpack is pack backwards; gzip's checksum proves that the bytes are those that were packed.
func unpack(packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return content, nil
}
