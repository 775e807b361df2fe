package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Save writes the company file to a path and keeps writing it there before each answer to a set that changed it.
func (c *Company) Save(path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.path = path
	return c.save()
}

// LoadCompany opens a company file that Save wrote; clock nil means time.Now.
func LoadCompany(path string, clock func() time.Time) (*Company, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the pretend company file cannot be opened: %w", err)
	}
	var b books
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, fmt.Errorf("the pretend company file %s cannot be read: %w", path, err)
	}
	c := companyOf(b, clock)
	c.path = path
	return c, nil
}

// save writes a new file beside the old one and swaps them, so that a crash leaves one of the two whole.
func (c *Company) save() (err error) {
	text, err := json.Marshal(c.books)
	if err != nil {
		return fmt.Errorf("the pretend company file cannot be written: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(c.path), filepath.Base(c.path)+".*")
	if err != nil {
		return fmt.Errorf("the pretend company file cannot be written: %w", err)
	}
	_, werr := f.Write(text)
	if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("the pretend company file cannot be written: %w", err), os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), c.path); err != nil {
		return fmt.Errorf("the pretend company file cannot be replaced: %w", err)
	}
	return nil
}

// Snapshot is a backup of the company file as it is now.
func (c *Company) Snapshot() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := json.Marshal(c.books)
	if err != nil {
		return nil, fmt.Errorf("the pretend company file cannot be backed up: %w", err)
	}
	return text, nil
}

// Restore puts a backup back: what was written since is gone, message sets included.
func (c *Company) Restore(snapshot []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b books
	if err := json.Unmarshal(snapshot, &b); err != nil {
		return fmt.Errorf("the backup of the pretend company file cannot be read: %w", err)
	}
	c.take(b)
	clear(c.iterators)
	return c.keep()
}

// keep saves when the company has a file.
func (c *Company) keep() error {
	if c.path == "" {
		return nil
	}
	return c.save()
}
