package soap

import (
	"fmt"
	"io"
)

// NewTicket returns a session ticket: a UUID of version 4 made from 128 bits of random, which is crypto/rand.Reader but in tests.
func NewTicket(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("no random numbers for a session ticket: %w", err)
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}

// ticketPrefix is as much of a ticket as may stand in a log.
func ticketPrefix(ticket string) string {
	const shown = 8
	if len(ticket) > shown {
		return ticket[:shown]
	}
	return ticket
}
