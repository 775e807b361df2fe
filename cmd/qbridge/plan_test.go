package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/internal/bridge"
)

// TestSheet: plans as they stand on a terminal, of the views that the engine's own test keeps. No line is longer than
// the terminal is wide.
func TestSheet(t *testing.T) {
	kept, err := os.ReadFile(filepath.Join("..", "..", "internal", "bridge", "testdata", "plans.json"))
	check(t, err)
	views := map[string]bridge.PlanView{}
	check(t, json.Unmarshal(kept, &views))
	for _, width := range []int{80, 120} {
		var text strings.Builder
		for _, kind := range slices.Sorted(maps.Keys(views)) {
			fmt.Fprintf(&text, "=== %s\n", kind)
			sheet{&text, width}.plan(views[kind])
			text.WriteString("\n")
		}
		for line := range strings.SplitSeq(text.String(), "\n") {
			if cells(line) > width {
				t.Errorf("this line has %d columns, the terminal %d: %s", cells(line), width, line)
			}
		}
		golden(t, fmt.Sprintf("plans%d.txt", width), text.String())
	}
}

// golden holds a text against its file in testdata, which -update writes anew.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		check(t, os.WriteFile(path, []byte(text), 0o600))
	}
	kept, err := os.ReadFile(path)
	check(t, err)
	if diff := cmp.Diff(strings.ReplaceAll(string(kept), "\r\n", "\n"), text); diff != "" {
		t.Errorf("testdata/%s (-) is not what is printed now (+):\n%s", name, diff)
	}
}
