package bridge

import (
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"

	"qbridge/internal/posting"
)

// storedDocument reads a document as it was planned, from its outbox row's body. It is read once for each document that is handed out, where
// encoding/json takes twice the time.
func storedDocument(body string) (d posting.Document, err error) {
	if err := jsonv2.Unmarshal([]byte(body), &d); err != nil {
		return d, fmt.Errorf("the stored document: %w", err)
	}
	return d, nil
}
