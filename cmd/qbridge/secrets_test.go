package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// The secrets of the full run. Each has characters that are spelled otherwise in XML, JSON or a URL.
const (
	runToken        = "secret_Tk7/q+Zp=93x"
	runPassword     = `connector <horse> & "battery" 55`
	runMistyped     = `connector <horse> & "batery" 56`
	runMailPassword = `mail\staple "six" é7`
	runClientSecret = "cs/77Ab+9dQ=&x"
)

// secrets are what must not be found anywhere, each under the name to report it by.
type secrets map[string]string

// spellings are the ways in which a secret may be written; base64 also as part of a longer text.
func spellings(secret string) [][]byte {
	quoted, _ := json.Marshal(secret)
	var inXML bytes.Buffer
	_ = xml.EscapeText(&inXML, []byte(secret))
	xmlToo := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(secret)
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`), strings.Trim(strconv.Quote(secret), `"`), inXML.String(), xmlToo,
		strings.Trim(strconv.Quote(inXML.String()), `"`), strings.Trim(strconv.Quote(xmlToo), `"`), hex.EncodeToString([]byte(secret))}
	for shift := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, shift), secret...))
			all = append(all, text[(shift*8+5)/6:len(text)-2]) // what does not hang on the neighbours
		}
	}
	var found [][]byte
	for _, s := range all {
		found = append(found, []byte(s))
	}
	return found
}

// find tells which of the secrets are in a text, in whatever spelling.
func (s secrets) find(text []byte) (names []string) {
	for name, secret := range s {
		for _, spelling := range spellings(secret) {
			if bytes.Contains(text, spelling) {
				names = append(names, fmt.Sprintf("%s (as %s)", name, spelling))
				break
			}
		}
	}
	return names
}

// search looks through one file: as it is, and packed or in a database, what is in it.
func (s secrets) search(t *testing.T, path string) (found []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	check(t, err)
	found = s.searchBytes(t, path, raw)
	if bytes.HasPrefix(raw, []byte("SQLite format 3")) {
		found = append(found, s.searchDatabase(t, path)...)
	}
	return found
}

func (s secrets) searchBytes(t *testing.T, name string, raw []byte) (found []string) {
	t.Helper()
	for _, secret := range s.find(raw) {
		found = append(found, name+" holds "+secret)
	}
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		check(t, err)
		for _, f := range z.File {
			r, err := f.Open()
			check(t, err)
			text, err := io.ReadAll(r)
			check(t, err)
			check(t, r.Close())
			found = append(found, s.searchBytes(t, name+"/"+f.Name, text)...)
		}
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}):
		r, err := gzip.NewReader(bytes.NewReader(raw))
		check(t, err)
		text, err := io.ReadAll(r)
		check(t, err)
		found = append(found, s.searchBytes(t, name+" unpacked", text)...)
	}
	return found
}

// searchDatabase looks into every value of every table, unpacked.
func (s secrets) searchDatabase(t *testing.T, path string) (found []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?mode=ro")
	check(t, err)
	defer db.Close()
	for _, table := range column(t, db, "SELECT name FROM sqlite_schema WHERE type = 'table'") {
		rows, err := db.Query(fmt.Sprintf("SELECT * FROM %q", table))
		check(t, err)
		names, err := rows.Columns()
		check(t, err)
		for rows.Next() {
			values, into := make([]sql.RawBytes, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			check(t, rows.Scan(into...))
			for i, v := range values {
				found = append(found, s.searchBytes(t, filepath.Base(path)+", "+table+"."+names[i], v)...)
			}
		}
		check(t, rows.Err())
		check(t, rows.Close())
	}
	return found
}

func column(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.Query(query)
	check(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		check(t, rows.Scan(&s))
		all = append(all, s)
	}
	check(t, rows.Err())
	return all
}

// searchFolder looks through every file below a folder, but the key file.
func (s secrets) searchFolder(t *testing.T, dir string) (found []string, files int) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "secret.key" {
			files++
			found = append(found, s.search(t, path)...)
		}
		return err
	}))
	return found, files
}

// secretRun is a full run of the program around which everything is eager to tell secrets.
type secretRun struct {
	t       *testing.T
	in      string // the files that hold the secrets, on purpose
	work    string // where everything else is written
	data    string
	listen  string
	shop    *httptest.Server
	refuses atomic.Bool // the shop refuses the token, and repeats it with the client secret
	n       int
}

// run runs a command, keeps what it wrote, and gives its standard output.
func (r *secretRun) run(want int, args ...string) string {
	r.t.Helper()
	args = append(args, "--data", r.data)
	code, out, talk := program(r.t, args...)
	if code != want {
		r.t.Fatalf("qbridge %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, talk)
	}
	r.n++
	r.keep(fmt.Sprintf("%02d-%s", r.n, args[0]), out+talk)
	return out
}

func (r *secretRun) keep(name, text string) {
	r.t.Helper()
	check(r.t, os.WriteFile(filepath.Join(r.work, name+".txt"), []byte(text), 0o600))
}

// secret writes a file that holds a secret.
func (r *secretRun) secret(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.in, name)
	check(r.t, os.WriteFile(path, []byte(text+"\n"), 0o600))
	return path
}

// tellTale is a shop that repeats what it should not.
func (r *secretRun) tellTale(shop http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.refuses.Load() {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `{"errorCode":"DENIED","errorMessage":"bad token %s, client_secret=%s"}`, strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer "), runClientSecret)
			return
		}
		shop.ServeHTTP(w, q)
	})
}

// page gets a page of serve and keeps it.
func (r *secretRun) page(path string) string {
	r.t.Helper()
	answer, err := http.Get("http://" + r.listen + path)
	check(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	check(r.t, err)
	r.keep("page"+strings.NewReplacer("/", "-", "?", "-").Replace(path), fmt.Sprint(answer.Header)+string(text))
	return string(text)
}

// call sends a body to the service and keeps what it answers.
func (r *secretRun) call(name, body string) {
	r.t.Helper()
	answer, err := http.Post("http://"+r.listen+"/qbwc", "text/xml; charset=utf-8", strings.NewReader(body))
	check(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	check(r.t, err)
	r.keep("call-"+name, string(text))
}

// safeBuffer is written to by serve and read by the test.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// nosyMailServer is a mail server on this computer that refuses every password and repeats it.
func nosyMailServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	var running sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); running.Wait() })
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, "220 nosy\r\n")
				for in := bufio.NewScanner(conn); in.Scan(); {
					word, rest, _ := strings.Cut(in.Text(), " ")
					switch word {
					case "EHLO":
						_, _ = io.WriteString(conn, "250-nosy\r\n250 AUTH PLAIN\r\n")
					case "AUTH":
						code := strings.TrimPrefix(rest, "PLAIN ")
						plain, _ := base64.StdEncoding.DecodeString(code)
						_, _ = io.WriteString(conn, "535 wrong: "+strings.ReplaceAll(string(plain), "\x00", " ")+" aka "+code+"\r\n")
					default:
						_, _ = io.WriteString(conn, "250 ok\r\n")
					}
				}
			})
		}
	})
	return l.Addr().String()
}

// TestNoSecretIsWritten: a full run with everything logged, then a search
// through all that was written: logs, pages, bundle, exports, .qwc, what the
// commands said, database and backup, packed or not. I8, P60.
func TestNoSecretIsWritten(t *testing.T) {
	t.Parallel()
	r := &secretRun{t: t, in: t.TempDir(), work: t.TempDir(), listen: freeAddress(t)}
	r.data = filepath.Join(r.work, "data")
	shop := sim.NewShop(sim.ShopConfig{StoreID: pretendNumber, Token: runToken, Currency: "USD", Timezone: "America/Chicago",
		Clock: func() time.Time { return time.Now().Add(90 * time.Second) }})
	for _, o := range sim.Orders(3, 14, time.Now().Add(-time.Hour)) {
		_, err := shop.Change(o.JSON, map[string]any{"client_secret": runClientSecret, "access_token": runToken,
			"adminUrl": "https://shop.example.com/?token=" + url.QueryEscape(runToken) + "&x=1"})
		check(t, err)
	}
	r.shop = httptest.NewServer(r.tellTale(shop))
	t.Cleanup(r.shop.Close)
	tokenFile, passwordFile := r.secret("token", runToken), r.secret("password", runPassword)

	r.run(exitDone, "init", "--store", pretendStore, "--token-file", tokenFile, "--password-file", passwordFile, "--ecwid-url", r.shop.URL+"/api/v3",
		"--since", time.Now().AddDate(-2, 0, 0).Format(time.DateOnly), "--company", "Tight Lips")
	rules := filepath.Join(r.work, "rules.toml")
	check(t, os.WriteFile(rules, []byte(sim.Rules), 0o600))
	r.run(exitDone, "rules", "import", rules, "--yes")
	qwcFile := filepath.Join(r.work, "q.qwc")
	r.run(exitDone, "qwc", "--url", "http://"+r.listen+"/qbwc", "-o", qwcFile)
	r.run(exitDone, "alerts", "set", "mail-server", nosyMailServer(t))
	r.run(exitDone, "alerts", "set", "mail-security", "none")
	r.run(exitDone, "alerts", "set", "mail-user", "bridge")
	r.run(exitDone, "alerts", "set", "mail-to", "office@example.com")
	r.run(exitDone, "alerts", "set", "mail-password", "--file", r.secret("mail", runMailPassword))
	r.run(exitFailed, "alerts", "set", "mail-password", "on-the-command-line")
	r.run(exitFailed, "alerts", "test")
	r.run(exitDone, "alerts", "show")
	r.run(exitDone, "alerts", "set", "connector-silent", "0s") // serve tells it at once, in vain

	// The shop refuses the token and repeats it, and another secret with it.
	r.refuses.Store(true)
	r.run(exitFailed, "pull")
	r.run(exitFindings, "doctor")
	r.refuses.Store(false)
	r.run(exitDone, "token", "--store", pretendStore, "--token-file", tokenFile)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	talk, ended := new(safeBuffer), make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", r.data, "--listen", r.listen, "--pull-every", "200ms", "--verbose", "--log-bodies"}, strings.NewReader(""), talk, talk)
	}()
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(patience); !is(); pause() {
			if time.Now().After(end) {
				t.Fatalf("%s: not after %s\n%s", what, patience, talk)
			}
		}
	}
	until("serve", func() bool { return strings.Contains(talk.String(), "Stop it with Ctrl+C") })

	text, err := os.ReadFile(qwcFile)
	check(t, err)
	file, err := sim.ParseQWC(text)
	check(t, err)
	company := sim.NewCompany(sim.CompanyConfig{Name: "Tight Lips", Country: "US", SalesTax: true, OwnerID: file.OwnerID, FileID: file.FileID})
	connect := func(password string) {
		t.Helper()
		c := sim.NewConnector(sim.ConnectorConfig{AppURL: file.AppURL, AppName: file.AppName, User: file.UserName, Password: password, Company: company, Raw: true})
		report, err := c.Session(t.Context())
		r.keep("connector", fmt.Sprint(report.LastError, err))
	}
	connect(runMistyped)
	until("the orders are in the books", func() bool {
		connect(runPassword)
		return strings.Contains(done(t, "orders", "--data", r.data), "Synced ") && len(company.Receipts()) > 4
	})
	// Calls that break in the middle of the password, and that nobody understands.
	const head = `<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><authenticate xmlns="http://developer.intuit.com/"><strUserName>u</strUserName><strPassword>`
	r.call("broken", head+runPassword)
	r.call("markup", head+runPassword+"</strPassword></authenticate></soap:Body></soap:Envelope>")
	r.call("cdata", head+"<![CDATA["+runPassword+"]]></strPassword></authenticate></soap:Body></soap:Envelope>")

	// While serve runs, the shop tells once more what it should not.
	r.refuses.Store(true)
	until("the pull fails", func() bool { return strings.Contains(talk.String(), "refuses the access token") })
	for _, path := range []string{"/healthz", "/metrics", "/support", "/qbwc", "/qbwc?wsdl", "/none"} {
		r.page(path)
	}
	var views []bridge.OrderView
	check(t, json.Unmarshal([]byte(r.run(exitDone, "orders", "--json")), &views))
	number := ""
	for _, v := range views {
		if v.State == "synced" {
			number = v.Number
		}
	}
	r.run(exitDone, "order", number)
	r.run(exitDone, "order", number, "--json")
	r.run(exitDone, "plan", number, "--qbxml")
	r.run(exitDone, "log", number, "--bytes")
	r.run(exitDone, "log", "--sessions", "--json")
	r.run(exitDone, "log", "--session", "1", "--bytes", "--json")
	r.run(exitDone, "lists", "--json")
	r.run(exitDone, "rules", "show")
	r.run(exitDone, "rules", "export", "-o", filepath.Join(r.work, "export.toml"))
	r.run(exitFindings, "doctor", "--json", "--url", "http://"+r.listen+"/qbwc")
	r.run(exitDone, "support", "-o", filepath.Join(r.work, "bundle.zip"))
	r.run(exitDone, "backup", "-o", filepath.Join(r.work, "backup.db"))
	r.run(exitDone, "password", "--password-file", passwordFile)
	r.run(exitFailed, "token", "--store", pretendStore, "--token-file", filepath.Join(r.in, "none"))
	r.run(exitDone, "lists")
	stop()
	if code := <-ended; code != exitDone {
		t.Fatalf("serve ended with %d\n%s", code, talk)
	}
	r.keep("serve", talk.String())

	key, err := os.ReadFile(filepath.Join(r.data, "secret.key"))
	check(t, err)
	all := secrets{"the shop's token": runToken, "the connector's password": runPassword, "a mistyped password": runMistyped, "the mail password": runMailPassword,
		"the client secret": runClientSecret, "a password of the command line": "on-the-command-line", "the key of the secrets": string(key)}
	found, files := all.searchFolder(t, r.work)
	for _, f := range found {
		t.Error(f)
	}
	if files < 40 {
		t.Errorf("only %d files were searched", files)
	}
	r.cameBy(t)
	all.mustBeFound(t)
}

// cameBy holds that the secrets did come by where they could have been written: else the search proves nothing.
func (r *secretRun) cameBy(t *testing.T) {
	t.Helper()
	for name, parts := range map[string][]string{
		filepath.Join(r.data, "log", "bodies.log"):  {"<strPassword>[hidden]", "SalesReceiptAddRq", "SalesReceiptAddRs"},
		filepath.Join(r.data, "log", "qbridge.log"): {"level=DEBUG", "client_secret=[hidden]", "wrong user or password", "an alert could not be told"},
		filepath.Join(r.work, "10-alerts.txt"):      {"535 ", "wrong: ", "[hidden]"},
	} {
		text, err := os.ReadFile(name)
		check(t, err)
		for _, part := range parts {
			if !bytes.Contains(text, []byte(part)) {
				t.Errorf("%s lacks %s:\n%.3000s", filepath.Base(name), part, text)
			}
		}
	}
}

// mustBeFound plants each secret in each place, in each spelling that occurs there: the search finds them all, so it can fail.
func (s secrets) mustBeFound(t *testing.T) {
	t.Helper()
	for name, secret := range s {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err := io.WriteString(z, "before "+secret+" after")
		check(t, err)
		check(t, z.Close())
		quoted, err := json.Marshal(map[string]string{"a": secret})
		check(t, err)
		var escaped, zipped bytes.Buffer
		check(t, xml.EscapeText(&escaped, []byte(secret)))
		bundle := zip.NewWriter(&zipped)
		w, err := bundle.Create("log/x.txt")
		check(t, err)
		_, err = w.Write(packed.Bytes())
		check(t, err)
		check(t, bundle.Close())
		dir := t.TempDir()
		base := filepath.Join(dir, "x.db")
		db, err := sql.Open("sqlite", base)
		check(t, err)
		_, err = db.Exec("CREATE TABLE t (v BLOB); INSERT INTO t VALUES (?)", packed.Bytes())
		check(t, err)
		check(t, db.Close())
		for place, text := range map[string][]byte{
			"plain": []byte("x" + secret + "y"), "json": quoted, "xml": escaped.Bytes(), "url": []byte("?a=" + url.QueryEscape(secret) + "&b"), "packed": packed.Bytes(), "zip": zipped.Bytes(),
			"quoted": []byte(strconv.Quote(secret)), "base64": []byte(base64.StdEncoding.EncodeToString([]byte("\x00bridge\x00" + secret))), "base64 of two": []byte(base64.StdEncoding.EncodeToString([]byte("ab" + secret + "z"))),
		} {
			check(t, os.WriteFile(filepath.Join(dir, place), text, 0o600))
		}
		places := map[string]bool{}
		check(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				places[d.Name()] = len(secrets{name: secret}.search(t, path)) > 0
			}
			return err
		}))
		if len(places) != 10 {
			t.Errorf("%d places", len(places))
		}
		for place, found := range places {
			if !found && !(name == "the key of the secrets" && (place == "json" || place == "xml")) { // bytes that are no text
				t.Errorf("%s planted in %s is not found", name, place)
			}
		}
	}
}
