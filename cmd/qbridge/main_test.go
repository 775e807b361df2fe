package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets a test start the program itself as a child process: the test
// binary with QBRIDGE_TEST_PROGRAM set is qbridge, and so is `exec qbridge` in
// a script.
func TestMain(m *testing.M) {
	if os.Getenv("QBRIDGE_TEST_PROGRAM") != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"qbridge": main})
}

// TestTalkAtOnce: a command and the loops beside it talk at the same time, and
// every line arrives whole. The race detector watches.
func TestTalkAtOnce(t *testing.T) {
	var talk bytes.Buffer
	c := newConsole(t.Context(), strings.NewReader(""), io.Discard, &talk)
	log := c.log(slog.LevelWarn)
	var loop sync.WaitGroup
	loop.Go(func() {
		for range 50 {
			log.Warn("a loop")
		}
	})
	for range 50 {
		c.say("a command")
	}
	loop.Wait()
	if said := talk.String(); strings.Count(said, "a command\n") != 50 || strings.Count(said, "msg=\"a loop\"\n") != 50 {
		t.Errorf("lines are missing:\n%s", said)
	}
}
