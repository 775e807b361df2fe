package bridge

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/natefinch/lumberjack.v2"

	"qbridge/internal/sim"
	"qbridge/soap"
)

func failureOf(hresult string) soap.ConnectionFailure {
	return soap.ConnectionFailure{HResult: hresult}
}

// P60: requests and answers are logged with passwords masked, off by default.
func TestBodiesAreLogged(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	session := func() string {
		w.take(sim.KindPlain)
		w.restart()
		w.session()
		defer log.Reset()
		return log.String()
	}
	if text := session(); text != "" {
		t.Errorf("logged without being asked to: %s", text)
	}
	w.config.Redactor = new(Redactor)
	w.config.Bodies = NewLog(&log, slog.LevelInfo, w.config.Redactor)
	text := session()
	for _, part := range []string{"<strUserName>", "strPassword", "sendRequestXMLResult", "SalesReceiptAddRq", "SalesReceiptAddRs", "closeConnection", "request_bytes="} {
		if !strings.Contains(text, part) {
			t.Errorf("the log lacks %s", part)
		}
	}
	if strings.Contains(text, w.password.Reveal()) || strings.Contains(text, worldToken) {
		t.Error("the log holds a secret")
	}
}

// P60: whatever a password element holds is masked; bodies are cut; what is no text is not shown.
func TestBodyText(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"plain", "<a><strPassword>s3cret</strPassword></a>", "<a><strPassword>[hidden]</strPassword></a>"},
		{"prefixed, with blanks", "<q:strPassword >s3cret</q:strPassword >x", "<q:strPassword >[hidden]</q:strPassword >x"},
		{"CDATA", "<strPassword><![CDATA[s3<cret]]></strPassword>x", "<strPassword>[hidden]</strPassword>x"},
		{"markup in it", "<strPassword>s3<b>cret</b></strPassword>x", "<strPassword>[hidden]</strPassword>x"},
		{"in lines", "<strPassword>\ns3cret\n</strPassword>x", "<strPassword>[hidden]</strPassword>x"},
		{"cut off", "<strUserName>u</strUserName><strPassword>s3cre", "<strUserName>u</strUserName><strPassword>[hidden]"},
		{"two", "<strPassword>a</strPassword><strPassword>b</strPassword>", "<strPassword>[hidden]</strPassword><strPassword>[hidden]</strPassword>"},
		{"other case", "<STRPASSWORD>s3cret</STRPASSWORD>", "<STRPASSWORD>[hidden]</STRPASSWORD>"},
		{"UTF-16", "<\x00s\x00t\x00r\x00P\x00", "(no UTF-8 text: not shown)"},
		{"Latin-1", "<strPassword>\xe9</strPassword>", "(no UTF-8 text: not shown)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s start
			_, _ = s.Write([]byte(c.body))
			if got := s.text(); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
		})
	}
	var long start
	for range 3 {
		_, _ = long.Write([]byte(strings.Repeat("é", bodyLimit/4)))
	}
	_, _ = long.Write([]byte("!"))
	if text := long.text(); len(text) > bodyLimit+20 || !strings.HasSuffix(text, "...(cut)") || long.size != bodyLimit/4*6+1 {
		t.Errorf("%d bytes of %d kept, ending in %s", len(text), long.size, text[len(text)-20:])
	}
	var odd start // the cut falls into a character
	_, _ = odd.Write([]byte("x" + strings.Repeat("é", bodyLimit)))
	if text := odd.text(); !strings.HasPrefix(text, "xé") {
		t.Errorf("kept %.40s", text)
	}
}

// A body may be read to its end and closed through the log, and an answer keeps its status.
func TestBodiesPassThrough(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.config.Bodies = NewLog(&log, slog.LevelInfo, new(Redactor))
	w.restart()
	code, _ := w.ask("/qbwc", func(r *http.Request) {
		r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader("no envelope"))
	})
	if code != http.StatusInternalServerError || !strings.Contains(log.String(), "no envelope") || !strings.Contains(log.String(), "Fault") {
		t.Errorf("%d; the log is %s", code, log.String())
	}
}

// Log files rotate by size; old ones are limited by number and age, and packed.
func TestLogFilesRotate(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		file           io.WriteCloser
		name           string
		size, kept, at int
	}{{LogFile(dir), logName, 10, 10, 90}, {BodiesFile(dir), bodiesName, 10, 3, 7}} {
		l := c.file.(*lumberjack.Logger)
		if l.MaxSize != c.size || l.MaxBackups != c.kept || l.MaxAge != c.at || !l.Compress || filepath.Base(l.Filename) != c.name {
			t.Errorf("%s rotates as %+v", c.name, l)
		}
	}
	l := LogFile(dir).(*lumberjack.Logger)
	l.Compress = false // it packs in a goroutine of its own, which would outlive the folder
	line := []byte(strings.Repeat("x", 1<<20-1) + "\n")
	for range 11 {
		_, err := l.Write(line)
		check(t, err)
	}
	check(t, l.Close())
	now, err := os.Stat(filepath.Join(dir, logFolder, logName))
	check(t, err)
	if now.Size() != 1<<20 {
		t.Errorf("after 11 MB the log has %d bytes", now.Size())
	}
	all, err := os.ReadDir(filepath.Join(dir, logFolder))
	check(t, err)
	if len(all) < 2 {
		t.Errorf("no file was put aside: %v", all)
	}
}
