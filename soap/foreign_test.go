package soap

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// zeroProgress says 0 as long as work remains, the number that a careless encoder drops.
type zeroProgress struct{ *Memory }

func (z zeroProgress) Answer(ctx context.Context, ticket string, answer Answer) (int, error) {
	progress, err := z.Memory.Answer(ctx, ticket, answer)
	if progress < 100 {
		progress = 0
	}
	return progress, err
}

// A SOAP client of other people, built from our WSDL, completes a session and reads every value as it was meant.
//
// P2, P10, P11, P12, P20
func TestForeignClient(t *testing.T) {
	if os.Getenv("QBRIDGE_FOREIGN") != "1" {
		t.Skip("needs node, npm and their network; run it with QBRIDGE_FOREIGN=1 go test ./soap -run TestForeignClient")
	}
	const first = `<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>Ren&#233;e &amp; "Roy"</QBXML>`
	backend := newTestMemory(first, "<QBXML/>")
	address := serve(t, zeroProgress{backend})
	dir := t.TempDir()
	for _, name := range []string{"package.json", "session.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "foreign", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = dir
		var talk strings.Builder
		cmd.Stderr = &talk
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s%s", name, err, out, &talk)
		}
		return string(out)
	}
	run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
	out := run("node", "session.js", address+"?wsdl", "shop-1", "s3cr&t")

	type session struct {
		ServerVersion, ClientVersion, LastError, Closed string
		Authenticate, Requests                          []string
		Progress                                        []int
	}
	var said session
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if len(said.Authenticate) != 4 || len(said.Authenticate[0]) != 36 {
		t.Fatalf("authenticate: %q", said.Authenticate)
	}
	want := session{
		ServerVersion: "QBridge 1.0", LastError: "No error.", Closed: "OK",
		Authenticate: []string{said.Authenticate[0], "", "", ""},
		Requests:     []string{first, "<QBXML/>", ""},
		Progress:     []int{0, 100},
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
	if got := backend.Answers(); len(got) != 2 || got[0].Response != "<QBXML>Ren\u00e9e &amp; Roy</QBXML>" {
		t.Errorf("answers: %+v", got)
	}
}
