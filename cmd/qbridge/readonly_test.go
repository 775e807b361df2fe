//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const nobody = 65534 // the user nobody of nearly every Unix

// TestReadOnly: a folder and a database that can't be written are told with a
// sentence, by a user whom permission bits stop: root becomes nobody. When they
// can be written again, everything is there.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	root, err := os.MkdirTemp("", "qbridge-read-only-") // t.TempDir is closed to nobody
	check(t, err)
	t.Cleanup(func() { check(t, os.RemoveAll(root)) })
	owned := []string{root, filepath.Join(root, "shut"), filepath.Join(root, "data")}
	for _, dir := range owned {
		check(t, os.MkdirAll(dir, 0o755))
		own(t, dir)
	}
	token := filepath.Join(root, "token")
	check(t, os.WriteFile(token, []byte(pretendToken), 0o644))
	binary := filepath.Join(root, "qbridge")
	// cp, because a file that this process has open for writing can't be run
	// while another test starts a program.
	check(t, exec.Command("cp", os.Args[0], binary).Run())
	check(t, os.Chmod(binary, 0o755))
	qbridge := func(args ...string) (code int, talk string) {
		c := exec.Command(binary, args...)
		c.Dir = root
		c.Env = append(os.Environ(), "QBRIDGE_TEST_PROGRAM=1", "TMPDIR="+root)
		if os.Getuid() == 0 {
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		var out bytes.Buffer
		c.Stderr = &out
		if err := c.Run(); err != nil && c.ProcessState == nil {
			t.Skipf("no program can be started as another user here: %v", err)
		}
		return c.ProcessState.ExitCode(), out.String()
	}
	want := func(code int, talk string, says ...string) {
		t.Helper()
		if code != exitFailed {
			t.Errorf("exit code %d\n%s", code, talk)
		}
		for _, s := range says {
			if !strings.Contains(talk, s) {
				t.Errorf("it says\n%s\nand not %q", talk, s)
			}
		}
	}

	check(t, os.Chmod(owned[1], 0o555))
	code, talk := qbridge("init", "--data", filepath.Join(owned[1], "new"), "--store", "1003", "--token-file", token)
	want(code, talk, "cannot make the data folder", "permission denied")
	code, talk = qbridge("init", "--data", owned[1], "--store", "1003", "--token-file", token)
	want(code, talk, "the database cannot be written", "the account QBridge runs under may write the file and the folder")

	data := owned[2]
	code, talk = qbridge("init", "--data", data, "--store", "1003", "--token-file", token)
	if code != exitDone {
		t.Fatal(talk)
	}
	check(t, os.Chmod(filepath.Join(data, "qbridge.db"), 0o444))
	check(t, os.Chmod(data, 0o555))
	for _, args := range [][]string{{"orders"}, {"rules", "set", "release", "selected"}, {"pull"}, {"serve", "--listen", "localhost:0"}} {
		code, talk = qbridge(append(args, "--data", data)...)
		want(code, talk, "the database cannot be written", "check that the folder of", "may write the file and the folder")
	}
	check(t, os.Chmod(data, 0o755))
	check(t, os.Chmod(filepath.Join(data, "qbridge.db"), 0o644))
	if code, talk = qbridge("rules", "set", "release", "selected", "--data", data); code != exitDone {
		t.Errorf("it can be written again: exit code %d\n%s", code, talk)
	}
}

// own gives a file to the user that the program will run as.
func own(t *testing.T, path string) {
	t.Helper()
	if os.Getuid() == 0 {
		check(t, os.Chown(path, nobody, nobody))
	}
}
