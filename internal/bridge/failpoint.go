package bridge

import (
	"os"
	"strconv"
	"sync/atomic"
)

// DieAt gives a Point that kills the process without any farewell at the n-th
// passage, counted from 1. It is how tests die between two commits: the
// environment variable QBRIDGE_DIE_AT of `qbridge serve` holds n.
func DieAt(n int64) func(string) {
	var passed atomic.Int64
	return func(string) {
		if passed.Add(1) == n {
			p, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = p.Kill()
			}
			if err != nil {
				os.Exit(137)
			}
			select {} // the kill is on its way; nothing more may be committed
		}
	}
}

// DieAtFromEnvironment reads QBRIDGE_DIE_AT; nil when it is not set.
func DieAtFromEnvironment() func(string) {
	n, err := strconv.ParseInt(os.Getenv("QBRIDGE_DIE_AT"), 10, 64)
	if err != nil || n <= 0 {
		return nil
	}
	return DieAt(n)
}
