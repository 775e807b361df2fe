package main

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets a test start the program itself as a child process: the test
// binary with QBRIDGE_TEST_PROGRAM set is qbridge.
func TestMain(m *testing.M) {
	if os.Getenv("QBRIDGE_TEST_PROGRAM") != "" {
		main()
	}
	flag.Parse()
	os.Exit(m.Run())
}
