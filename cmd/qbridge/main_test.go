package main

import (
	"os"
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
