package main

import (
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"qbridge/internal/prove"
)

// TestScript runs the commands as people do: testdata/script/*.txtar. Each
// script has a data folder ($QBRIDGE_DATA, not made yet), two free addresses,
// $SERVE and $SHOP, and a day before most of the pretend shop's orders, $SINCE.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("QBRIDGE_DATA", filepath.Join(env.WorkDir, "bridge"))
			env.Setenv("SERVE", freeAddress(t))
			env.Setenv("SHOP", freeAddress(t))
			env.Setenv("SINCE", time.Now().AddDate(0, 0, -14).Format(time.DateOnly))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":      exitCode,
			"until":     until,
			"listening": listening,
		},
		RequireExplicitExec: true,
	})
}

func freeAddress(t *testing.T) string {
	address, err := prove.FreeAddress()
	check(t, err)
	return address
}

// pause yields between two looks at another process.
func pause() { time.Sleep(20 * time.Millisecond) }

// exitCode is `code N program args...`: the program must end with N.
func exitCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// patience is how long a script waits for another process.
const patience = 60 * time.Second

// until is `until PATTERN program args...`: runs the program until its standard
// output matches.
func until(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile(`(?m)` + args[0])
	ts.Check(err)
	for end := time.Now().Add(patience); ; pause() {
		if ts.Exec(args[1], args[2:]...) == nil && pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("no %q in:\n%s%s", args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
		}
	}
}

// listening is `listening ADDRESS`: waits until a program listens there.
func listening(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(patience); ; pause() {
		if conn, err := net.Dial("tcp", args[0]); err == nil {
			ts.Check(conn.Close())
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("nothing listens on %s", args[0])
		}
	}
}
