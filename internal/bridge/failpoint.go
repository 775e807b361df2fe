package bridge

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// DieAt gives a Point that kills the process without any farewell at the n-th
// passage, counted from 1: of the point of that name, or of any when it is
// empty. It is how tests die between two commits.
func DieAt(n int64, name string) func(string) {
	var passed atomic.Int64
	return func(point string) {
		if name != "" && point != name || passed.Add(1) != n {
			return
		}
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

// DieAtFromEnvironment reads QBRIDGE_DIE_AT: a number, or a number and the name
// of a point, "2 hand out: after commit". It is nil when that is not set.
func DieAtFromEnvironment() func(string) {
	number, name, _ := strings.Cut(os.Getenv("QBRIDGE_DIE_AT"), " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 {
		return nil
	}
	return DieAt(n, name)
}
