package main

import (
	"flag"
	"os"
	"testing"
	"time"

	"qbridge/internal/prove"
)

var (
	kills    = flag.Int("kills", 6, "how often the kill test kills serve; qbridge prove --kill does it 100 times")
	killSeed = flag.Uint64("kill-seed", 0, "seed of the kill test; 0 takes one from the clock")
)

// TestKill kills serve with SIGKILL at numbered failpoints and at every step
// of the Web Connector's sessions: `qbridge prove --kill` in short. I3, I9,
// P38, P39, P40, P41, Q21.
func TestKill(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: repeat with -kill-seed %d -kills %d", seed, seed, *kills)
	r, err := prove.Kill(t.Context(), prove.KillOptions{Kills: *kills, Seed: seed, Program: os.Args[0], Env: []string{"QBRIDGE_TEST_PROGRAM=1"}})
	check(t, err)
	for _, f := range r.Findings {
		t.Error(f)
	}
	t.Logf("%v", r)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
