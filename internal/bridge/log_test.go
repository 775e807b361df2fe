package bridge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// I8
func TestRedactorText(t *testing.T) {
	var r Redactor
	r.Hide("correct horse & battery")
	r.Hide("tiny") // too short to be looked for
	for _, c := range []struct{ name, text, want string }{
		{"nothing to hide", "order 1842 of 2026-11-22 12:11:28, total 35.50 USD, is synced as 80000001-1422671082", "order 1842 of 2026-11-22 12:11:28, total 35.50 USD, is synced as 80000001-1422671082"},
		{"known secret", "with correct horse & battery twice: correct horse & battery.", "with [hidden] twice: [hidden]."},
		{"known secret in a URL", "GET /?k=correct+horse+%26+battery", "GET /?k=[hidden]"},
		{"known secret in a path", "GET /correct%20horse%20&%20battery/x", "GET /[hidden]/x"},
		{"known secret in XML", "<a>correct horse &amp; battery</a>", "<a>[hidden]</a>"},
		{"known secret in JSON", `{"k":"correct horse \u0026 battery"}`, `{"k":"[hidden]"}`},
		{"known secret in base64", base64.StdEncoding.EncodeToString([]byte("correct horse & battery")), "[hidden]"},
		{"known secret within base64", base64.StdEncoding.EncodeToString([]byte("user:correct horse & battery")), "dXNlcjp[hidden]Q=="},
		{"too short a secret", "tiny", "tiny"},
		{"bearer header", "Authorization: Bearer abc.DEF-123", "Authorization: [hidden]"},
		{"bearer alone", "sent bearer abcdef123456 to the shop", "sent bearer [hidden] to the shop"},
		{"basic header", "Authorization: Basic dXNlcjpwYXNz", "Authorization: [hidden]"},
		{"header map", fmt.Sprint(http.Header{"Authorization": {"Basic dXNlcjpwYXNz"}, "Cookie": {"a=1; b=2"}}), "map[Authorization:[hidden] Cookie:[hidden]]"},
		{"a word that begins a header elsewhere", "basic settings, and the bearer of news", "basic settings, and the bearer of news"},
		{"Ecwid token", "refused: secret_AbC123xyz is not valid", "refused: [hidden] is not valid"},
		{"Ecwid token in a URL", "https://app.example.com/api/v3/1/orders?token=public_zzz&limit=1", "https://app.example.com/api/v3/1/orders?token=[hidden]&limit=1"},
		{"query parameter", "POST /oauth?client_secret=abc123&x=1", "POST /oauth?client_secret=[hidden]&x=1"},
		{"JSON member", `{"access_token":"abc","n":1}`, `{"access_token":[hidden],"n":1}`},
		{"JSON member within a string", `"{\"access_token\":\"abc\",\"n\":1}"`, `"{\"access_token\":[hidden],\"n\":1}"`},
		{"SOAP password", "<strUserName>shop</strUserName><strPassword>s3cr&amp;t</strPassword>", "<strUserName>shop</strUserName><strPassword>[hidden]</strPassword>"},
		{"e-mail", "order of john.doe+x@mail.example.co.uk came", "order of j***@mail.example.co.uk came"},
		{"e-mail in brackets", "<Ann@example.com>, bob@example.org.", "<A***@example.com>, b***@example.org."},
		{"e-mail in a URL", "?email=john%40example.com", "?email=j***%40example.com"},
		{"e-mail with accents", "zoé@exämple.fr", "z***@exämple.fr"},
		{"card", "paid with 4111111111111111 today", "paid with [card] today"},
		{"card in groups", "4111 1111 1111 1111, 5500-0000-0000-0004", "[card], [card]"},
		{"card of 15 digits", "3782 822463 10005", "[card]"},
		{"card after another number", "line 12 4111111111111111 3", "line 12 [card] 3"},
		{"not a card: check digit", "4111111111111112", "4111111111111112"},
		{"not a card: gaps differ", "4111-1111 1111-1111", "4111-1111 1111-1111"},
		{"not a card: too short", "411111111111", "411111111111"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := r.Text(c.text)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if again := r.Text(got); again != got {
				t.Errorf("hidden twice: %s", again)
			}
		})
	}
}

type told struct{ about string }

func (v told) LogValue() slog.Value { return slog.GroupValue(slog.String("about", v.about)) }

type box struct {
	inner any
	notes []string
}

// I8: a registered secret stays hidden whatever it is wrapped in.
func TestLogHidesKnownSecretHoweverWrapped(t *testing.T) {
	const secret = "s3cr3t \"q\" <x>"
	for _, c := range []struct {
		name string
		log  func(*slog.Logger)
	}{
		{"message", func(l *slog.Logger) { l.Info("got " + secret) }},
		{"string", func(l *slog.Logger) { l.Info("m", "k", secret) }},
		{"key", func(l *slog.Logger) { l.Info("m", secret, 1) }},
		{"bytes", func(l *slog.Logger) { l.Info("m", "k", []byte(secret), "raw", json.RawMessage(secret)) }},
		{"error", func(l *slog.Logger) { l.Error("m", "err", errors.New("no: "+secret)) }},
		{"wrapped error", func(l *slog.Logger) {
			l.Error("m", "err", fmt.Errorf("call: %w", &url.Error{Op: "GET", URL: "http://x/" + url.PathEscape(secret), Err: errors.New(secret)}))
		}},
		{"struct, map, slice", func(l *slog.Logger) {
			l.Info("m", "s", box{inner: map[string]any{"k": []any{secret}}, notes: []string{secret}}, "p", &box{inner: secret})
		}},
		{"group", func(l *slog.Logger) { l.Info("m", slog.Group("g", "k", secret, slog.Group("h", "k", secret))) }},
		{"group name", func(l *slog.Logger) { l.WithGroup(secret).Info("m", "k", 1) }},
		{"with attributes", func(l *slog.Logger) {
			l.With("k", secret, "e", errors.New(secret)).WithGroup("g").Info("m", "k", secret)
		}},
		{"value that describes itself", func(l *slog.Logger) { l.Info("m", "k", told{secret}) }},
		{"Go syntax", func(l *slog.Logger) { l.Info(fmt.Sprintf("%q %#v", secret, box{inner: secret})) }},
		{"JSON", func(l *slog.Logger) {
			b, err := json.Marshal(map[string]string{"k": secret})
			l.Info("m", "body", string(b), "err", err)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			var r Redactor
			log := NewLog(&out, slog.LevelDebug, &r)
			r.Hide(secret) // after the log was made
			c.log(log)
			if strings.Contains(out.String(), "s3cr3t") || !strings.Contains(out.String(), "[hidden]") {
				t.Errorf("wrote %s", out.String())
			}
		})
	}
}

// I8: what a value is called is reason enough to hide it, known or not.
func TestLogHidesByName(t *testing.T) {
	var out bytes.Buffer
	log := NewLog(&out, slog.LevelInfo, &Redactor{})
	log.Info("m", "token", "vvv1", "Authorization", "vvv2", "strPassword", "vvv3", "client_secret", []byte("vvv4"), "Set-Cookie", 5555)
	log.With("password", "vvv6").WithGroup("secrets").Info("m", "a", "vvv7", slog.Group("b", "c", "vvv8"))
	if got := out.String(); strings.Contains(got, "vvv") || strings.Contains(got, "5555") || strings.Count(got, "[hidden]") != 8 {
		t.Errorf("wrote %s", got)
	}
}

func TestLogKeepsTheRest(t *testing.T) {
	var out bytes.Buffer
	log := NewLog(&out, slog.LevelInfo, &Redactor{})
	log.Debug("too quiet")
	log.With("ticket", "3f0c2a5e").WithGroup("g").Info("set sent", "order", 1842, "done", true, "of", nil, "card", 4111111111111111)
	_, rest, _ := strings.Cut(out.String(), " ")
	if want := "level=INFO msg=\"set sent\" ticket=3f0c2a5e g.order=1842 g.done=true g.of=<nil> g.card=[card]\n"; rest != want {
		t.Errorf("got  %swant %s", rest, want)
	}
	if !strings.HasPrefix(out.String(), "time=") || !strings.Contains(out.String(), "Z level") {
		t.Errorf("the time is not in UTC: %s", out.String())
	}
}

func TestLogFile(t *testing.T) {
	dir := t.TempDir()
	f := LogFile(dir)
	NewLog(f, slog.LevelInfo, &Redactor{}).Info("started")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "log", "qbridge.log"))
	if err != nil || !strings.Contains(string(got), "msg=started") {
		t.Errorf("%q, %v", got, err)
	}
}

// I8
func FuzzLogNeverShowsKnownSecret(f *testing.F) {
	f.Add("hunter2hunter2", "a", "b")
	f.Add("with \"quotes\" and\nlines", "=", "\\")
	f.Add("msg=hello", "level=INFO", "hello")
	f.Add("a@example.com", "x", "y")
	f.Add("4111111111111111", "4111 ", " 1")
	f.Add("token=abc", "password: ", "\x00")
	f.Add("\xff\xfe\xfd\xfc\xfb\xfa", "<", ">")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < shortestHidden || strings.ContainsAny(secret, "[]*") || strings.Contains(hidden, secret) {
			t.Skip("shorter than what is looked for, or made of what is put in place of secrets")
		}
		var out bytes.Buffer
		var r Redactor
		r.Hide(Secret(secret))
		text := before + secret + after
		NewLog(&out, slog.LevelInfo, &r).With("with", text).WithGroup(before).Info(text,
			"s", text, "b", []byte(text), "e", fmt.Errorf("x: %w", errors.New(text)), text, 1,
			"v", box{inner: text, notes: []string{text}}, slog.Group("g", "m", map[string]string{text: text}), "q", fmt.Sprintf("%q", text))
		if strings.Contains(out.String(), secret) {
			t.Errorf("secret %q shows in %s", secret, out.String())
		}
		if got := r.Text(text); strings.Contains(got, secret) {
			t.Errorf("secret %q shows in %q", secret, got)
		}
	})
}
