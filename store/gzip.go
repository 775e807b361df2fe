package store

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// pack compresses evidence for its column; nothing becomes NULL. One compressor does all: a new one costs more than what it compresses.
func (c *connection) pack(content []byte) ([]byte, error) {
	if len(content) == 0 {
		return nil, nil
	}
	packed := bytes.Buffer{}
	if c.gzip == nil {
		w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
		if err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
		c.gzip = w
	}
	c.gzip.Reset(&packed)
	if _, err := c.gzip.Write(content); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := c.gzip.Close(); err != nil {
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
