package bridge

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

// Each kind of alert begins at its limit, not before, and "off" switches it off.
func TestAlerts(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	calm := watched{Company: "Tea", SetUp: ago(1000 * time.Hour), LastPoll: ago(time.Minute), Writes: true, Shops: []watchedShop{{ID: "1", PulledAt: ago(time.Minute)}}}
	with := func(change func(*watched)) watched {
		w := calm
		w.Shops = slices.Clone(calm.Shops)
		change(&w)
		return w
	}
	for _, c := range []struct {
		name, off string
		w         watched
		want      string // keys
		says      string
	}{
		{"all is well", "", calm, "", ""},
		{"the connector came a minute within its day", "", with(func(w *watched) { w.LastPoll = ago(24*time.Hour - time.Minute) }), "", ""},
		{"the connector is silent", "connector-silent", with(func(w *watched) { w.LastPoll = ago(24 * time.Hour) }), "connector-silent", "has not come since"},
		{"the connector never came, set up today", "", with(func(w *watched) { w.LastPoll, w.SetUp = time.Time{}, ago(time.Hour) }), "", ""},
		{"the connector never came", "connector-silent", with(func(w *watched) { w.LastPoll = time.Time{} }), "connector-silent", "has not come yet since Tea was set up"},
		{"writing is stopped", "stopped", with(func(w *watched) { w.Stopped = "It is an older copy." }), "stopped", "It is an older copy."},
		{"queued for less than a day", "", with(func(w *watched) { w.Queued = standing{Count: 3, Oldest: ago(23 * time.Hour)} }), "", ""},
		{"queued for a day", "waiting", with(func(w *watched) { w.Queued = standing{Count: 3, Oldest: ago(24 * time.Hour)} }), "waiting", "3 orders have been waiting"},
		{"ready for a day", "waiting", with(func(w *watched) { w.Ready = standing{Count: 1, Oldest: ago(24 * time.Hour)} }), "waiting", "1 order has been waiting"},
		{"ready for a day, in mode look", "", with(func(w *watched) { w.Ready, w.Writes = standing{Count: 1, Oldest: ago(24 * time.Hour)}, false }), "", ""},
		{"in doubt for 29 minutes", "", with(func(w *watched) { w.InDoubt = standing{Count: 1, Oldest: ago(29 * time.Minute)} }), "", ""},
		{"in doubt", "in-doubt", with(func(w *watched) { w.InDoubt = standing{Count: 1, Oldest: ago(30 * time.Minute)} }), "in-doubt", "1 message set"},
		{"the pull fails for a short time", "", with(func(w *watched) { w.Shops[0] = watchedShop{"1", ago(time.Hour), "no network"} }), "", ""},
		{"the pull fails", "pull-failing", with(func(w *watched) { w.Shops[0] = watchedShop{"1", ago(2 * time.Hour), "no network"} }), "pull-failing/1", "No network."},
		{"no pull ever", "pull-failing", with(func(w *watched) { w.Shops[0] = watchedShop{ID: "1"} }), "pull-failing/1", "No orders could be pulled from store 1"},
		{"orders need attention", "attention", with(func(w *watched) {
			w.Attention, w.Numbers = standing{Count: 2, Oldest: ago(9), Newest: now}, []string{"A", "B"}
		}), "attention", "2 orders need attention; the newest: A, B."},
		{"a certificate of 31 days", "", with(func(w *watched) { w.Certificate, w.CertifiedTil = "shop", now.Add(31*24*time.Hour) }), "", ""},
		{"a certificate of 29 days", "certificate", with(func(w *watched) { w.Certificate, w.CertifiedTil = "shop", now.Add(29*24*time.Hour) }), "certificate", "ends on"}, // P63
		{"a certificate that is over", "certificate", with(func(w *watched) { w.Certificate, w.CertifiedTil = "shop", ago(1) }), "certificate", "ended on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := defaultAlerts()
			all := alerts(c.w, now, set)
			var keys []string
			for _, a := range all {
				keys = append(keys, a.Key)
				if !strings.Contains(a.Says, c.says) || a.Cure == "" || a.Since.IsZero() {
					t.Errorf("the alert is %+v", a)
				}
			}
			if got := strings.Join(keys, " "); got != c.want {
				t.Errorf("alerts %q, not %q", got, c.want)
			}
			if c.off == "" {
				return
			}
			i := slices.IndexFunc(alertSettingList(), func(s alertSetting) bool { return s.key == c.off })
			check(t, alertSettingList()[i].set(&set, "off"))
			if all := alerts(c.w, now, set); len(all) > 0 {
				t.Errorf("switched off, it is raised: %+v", all)
			}
		})
	}
}

func TestParseLimit(t *testing.T) {
	for _, c := range []struct{ text, want string }{{"off", "off"}, {"30m", "30m"}, {"24h", "24h"}, {"30d", "720h"}, {"1h30m", "1h30m"}, {"0s", "0s"}, {"-1h", ""}, {"soon", ""}, {"d", ""}} {
		l, err := parseLimit(c.text)
		if c.want == "" {
			if err == nil {
				t.Errorf("%q is taken for %s", c.text, l)
			}
			continue
		}
		if check(t, err); l.String() != c.want {
			t.Errorf("%q is %s, not %s", c.text, l, c.want)
		}
	}
}

func TestCommandWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`notify`, []string{"notify"}},
		{`"C:\Program Files\n.exe"  --to  "the office" ""`, []string{`C:\Program Files\n.exe`, "--to", "the office", ""}},
		{`sh -c 'a b'`, []string{"sh", "-c", "'a", "b'"}},
		{`"open`, nil}, {``, nil}, {`  `, nil}, {`""`, nil},
	} {
		got, err := commandWords(c.text)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %q, %v", c.text, got, err)
		}
	}
}

// told is what an alert command wrote down.
func (w *world) told() string {
	text, err := os.ReadFile(filepath.Join(w.dir, "told"))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	return string(text)
}

// notify sets a command that writes down what it is told: this test itself, see TestAlertCommandHelper.
func (w *world) notify(more ...string) {
	w.t.Helper()
	program, err := os.Executable()
	check(w.t, err)
	w.t.Helper()
	args := append([]string{"-test.run=^TestAlertCommandHelper$", "--", filepath.Join(w.dir, "told")}, more...)
	check(w.t, w.b.SetAlert(w.ctx, "command", Secret(`"`+program+`" "`+strings.Join(args, `" "`)+`"`)))
}

// TestAlertCommandHelper is the command that the tests set: it adds to a file what it is told, or fails.
func TestAlertCommandHelper(t *testing.T) {
	i := slices.Index(os.Args, "--")
	if i < 0 {
		t.Skip("this is a command of other tests, not a test")
	}
	if len(os.Args) > i+2 {
		if _, err := os.Stat(os.Args[i+2]); err == nil { // fails as long as this file is there
			fmt.Println("no line to the office")
			os.Exit(1)
		}
	}
	text, err := io.ReadAll(os.Stdin)
	check(t, err)
	f, err := os.OpenFile(os.Args[i+1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	check(t, err)
	fmt.Fprintf(f, "[%s %s %s|%s]\n", os.Getenv("QBRIDGE_ALERT"), os.Getenv("QBRIDGE_ALERT_STATE"), os.Getenv("QBRIDGE_ALERT_SUBJECT"), text)
	check(t, f.Close())
}

func (w *world) alertStep() {
	w.t.Helper()
	check(w.t, w.b.AlertStep(w.ctx))
}

// standing are the keys of the alerts that stand.
func (w *world) standing() (keys []string) {
	w.t.Helper()
	all, _, err := w.b.Alerts(w.ctx)
	check(w.t, err)
	for _, a := range all {
		keys = append(keys, a.Key)
	}
	return keys
}

// An alert is told once while it stands, by a real command; its end is told once too; doctor shows it meanwhile.
func TestAlertIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.pull()
	w.notify()
	w.alertStep()
	if w.told() != "" {
		t.Fatalf("told without cause: %s", w.told())
	}
	w.clock.advance(24 * time.Hour)
	w.pull() // so that the shop is no alert
	for range 3 {
		w.alertStep()
		w.clock.advance(time.Hour)
	}
	if n := strings.Count(w.told(), "[connector-silent raised "); n != 1 || !strings.Contains(w.told(), "has not come since") || !strings.Contains(w.told(), "What to do: ") {
		t.Fatalf("told %d times: %s", n, w.told())
	}
	findings, err := w.b.Doctor(w.ctx, nil)
	check(t, err)
	if !slices.ContainsFunc(findings, func(f Finding) bool { return f.What == "alert connector-silent" && !f.OK && f.Cure != "" }) {
		t.Errorf("doctor doesn't show it: %+v", findings)
	}
	w.restart()
	w.pull()
	w.alertStep()
	if n := strings.Count(w.told(), "[connector-silent"); n != 1 {
		t.Errorf("told again after a restart: %s", w.told())
	}
	w.session()
	for range 3 {
		w.alertStep()
	}
	if n := strings.Count(w.told(), "[connector-silent over "); n != 1 || len(w.standing()) > 0 {
		t.Errorf("its end was told %d times, %v stand: %s", n, w.standing(), w.told())
	}
	check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		rows, err := tx.Alerts()
		if len(rows) > 0 {
			t.Errorf("what is over and told is still kept: %+v", rows)
		}
		return err
	}))
}

// Orders that newly need attention are told, at most once an hour, and never again for the same ones.
func TestAttentionIsToldForNewOrders(t *testing.T) {
	w := newWorld(t)
	w.notify()
	p := w.take(sim.KindDoesNotAddUp)
	w.want(p[0], order.Attention)
	w.alertStep()
	w.alertStep()
	if n := strings.Count(w.told(), "[attention raised "); n != 1 || !strings.Contains(w.told(), p[0].ID) {
		t.Fatalf("told %d times: %s", n, w.told())
	}
	more := w.take(sim.KindDoesNotAddUp)
	w.alertStep()
	if n := strings.Count(w.told(), "[attention raised "); n != 1 {
		t.Errorf("told again within the hour: %s", w.told())
	}
	w.clock.advance(time.Hour)
	w.alertStep()
	if n := strings.Count(w.told(), "[attention raised "); n != 2 || !strings.Contains(w.told(), more[0].ID) {
		t.Errorf("new orders were told %d times: %s", n, w.told())
	}
	w.clock.advance(3 * time.Hour)
	w.pull()
	w.alertStep()
	if n := strings.Count(w.told(), "[attention raised "); n != 2 {
		t.Errorf("the same orders are told again: %s", w.told())
	}
}

// What can't be told is tried again, not at once; what was over before anybody was told of it is not told.
func TestAlertIsToldAgainWhenItFailed(t *testing.T) {
	w := newWorld(t)
	w.pull()
	broken := filepath.Join(w.dir, "broken")
	check(t, os.WriteFile(broken, nil, 0o600))
	w.notify(broken)
	w.clock.advance(24 * time.Hour)
	w.pull()
	w.alertStep()
	_, problems, err := w.b.Alerts(w.ctx)
	check(t, err)
	if len(problems) != 1 || !strings.Contains(problems[0], "no line to the office") {
		t.Fatalf("the problems are %q", problems)
	}
	check(t, os.Remove(broken))
	w.alertStep()
	if w.told() != "" {
		t.Errorf("tried again at once: %s", w.told())
	}
	w.clock.advance(tellAgain)
	w.alertStep()
	if n := strings.Count(w.told(), "[connector-silent raised "); n != 1 {
		t.Errorf("told %d times: %s", n, w.told())
	}
	if _, problems, err = w.b.Alerts(w.ctx); err != nil || len(problems) > 0 {
		t.Errorf("the problems are still %q (%v)", problems, err)
	}
	w.session()
	w.alertStep()

	check(t, os.Remove(filepath.Join(w.dir, "told")))
	check(t, os.WriteFile(broken, nil, 0o600))
	w.clock.advance(24 * time.Hour)
	w.pull()
	w.alertStep()
	w.session()
	w.alertStep()
	check(t, os.Remove(broken))
	w.clock.advance(tellAgain)
	w.alertStep()
	if w.told() != "" {
		t.Errorf("the end of what was never told: %s", w.told())
	}
}

// A message set in doubt, and orders that wait, in a real world.
func TestAlertsOfARealWorld(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	ticket, _, _ := w.untilWriting()
	_, err := w.b.Connector().Close(w.ctx, ticket)
	check(t, err)
	w.want(p, order.InDoubt)
	w.clock.advance(29 * time.Minute)
	w.alertStep()
	if len(w.standing()) > 0 {
		t.Errorf("raised too early: %v", w.standing())
	}
	w.clock.advance(2 * time.Minute)
	w.alertStep()
	if got := w.standing(); !slices.Equal(got, []string{alertInDoubt}) {
		t.Errorf("the alerts are %v", got)
	}
	w.settle()
	w.once(p)
	q := w.take(sim.KindPlain)[0]
	w.want(q, order.Queued)
	w.clock.advance(25 * time.Hour)
	w.pull()
	w.alertStep()
	if got := w.standing(); !slices.Contains(got, alertWaiting) || slices.Contains(got, alertInDoubt) {
		t.Errorf("the alerts are %v", got)
	}
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error { return tx.SetStopped(1, "It is an older copy.") }))
	w.alertStep()
	if got := w.standing(); !slices.Contains(got, alertStopped) {
		t.Errorf("the alerts are %v", got)
	}
}

// A command that is ended before its end, or is not there, did not tell.
func TestAlertCommandThatFails(t *testing.T) {
	program, err := os.Executable()
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = runCommand(ctx, program+" -test.run=^TestAlertCommandHelper$", message{Text: "x"})
	if err == nil {
		t.Error("a command that was ended counts as told")
	}
	if err := runCommand(t.Context(), filepath.Join(t.TempDir(), "none"), message{}); err == nil || !strings.Contains(err.Error(), "the alert command failed") {
		t.Errorf("a command that is not there: %v", err)
	}
}

// mailServer is a small SMTP server on this computer.
type mailServer struct {
	t        *testing.T
	listener net.Listener
	tls      *tls.Config
	implicit bool
	password string
	greeting string

	mu    sync.Mutex
	mails []string
	plain bool // something came without TLS
}

func newMailServer(t *testing.T, implicit bool, greeting ...string) *mailServer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(t, err)
	s := &mailServer{t: t, implicit: implicit, password: "correct horse mail", greeting: "220 mail"}
	if len(greeting) > 0 {
		s.greeting = greeting[0]
	}
	s.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	var running sync.WaitGroup
	t.Cleanup(func() { _ = s.listener.Close(); running.Wait() })
	running.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { s.serve(conn) })
		}
	})
	return s
}

// trust is a client's configuration that trusts this server.
func (s *mailServer) trust() *tls.Config {
	pool := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(s.tls.Certificates[0].Certificate[0])
	check(s.t, err)
	pool.AddCert(leaf)
	return &tls.Config{RootCAs: pool}
}

func (s *mailServer) serve(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if s.implicit {
		conn = tls.Server(conn, s.tls)
	}
	secure := s.implicit
	r := bufio.NewReader(conn)
	say := func(lines ...string) { _, _ = io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n") }
	say(s.greeting)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(word) {
		case "EHLO":
			if secure {
				say("250-mail", "250 AUTH PLAIN")
			} else {
				say("250-mail", "250 STARTTLS")
			}
		case "STARTTLS":
			say("220 go on")
			secure = true
			conn = tls.Server(conn, s.tls)
			r = bufio.NewReader(conn)
		case "AUTH":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if string(raw) != "\x00bridge\x00"+s.password {
				say("535 wrong: " + string(raw[8:])) // a server that tells what it got
				continue
			}
			say("235 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				text.WriteString(line)
			}
			s.mu.Lock()
			s.mails, s.plain = append(s.mails, text.String()), s.plain || !secure
			s.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *mailServer) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Alerts go out by a real SMTP server, with TLS from the start and by STARTTLS, authenticated; the mail is well formed.
func TestAlertMail(t *testing.T) {
	for _, security := range []string{"starttls", "tls"} {
		t.Run(security, func(t *testing.T) {
			w := newWorld(t)
			s := newMailServer(t, security == "tls")
			w.config.MailTLS = s.trust()
			w.restart()
			for key, value := range map[string]Secret{"mail-server": Secret(s.listener.Addr().String()), "mail-security": Secret(security), "mail-user": "bridge", "mail-password": Secret(s.password),
				"mail-from": "QBridgé <bridge@example.com>", "mail-to": "office@example.com, Ann <ann@example.com>"} {
				check(t, w.b.SetAlert(w.ctx, key, value))
			}
			w.clock.advance(24 * time.Hour)
			w.pull()
			w.alertStep()
			w.alertStep()
			mails := s.got()
			if len(mails) != 1 || s.plain {
				t.Fatalf("%d mails, without TLS: %t", len(mails), s.plain)
			}
			m, err := mail.ReadMessage(strings.NewReader(mails[0]))
			check(t, err)
			to, err := m.Header.AddressList("To")
			check(t, err)
			if len(to) != 2 || to[1].Address != "ann@example.com" || !strings.HasPrefix(m.Header.Get("Message-ID"), "<qbridge-connector-silent-") || !strings.HasSuffix(m.Header.Get("Message-ID"), "@example.com>") {
				t.Errorf("the mail is\n%s", mails[0])
			}
			if body, err := io.ReadAll(m.Body); err != nil || !strings.Contains(string(body), "has not come since") {
				t.Errorf("the mail says %s (%v)", body, err)
			}
			if _, err := m.Header.Date(); err != nil {
				t.Error(err)
			}
		})
	}
}

// I8: a mail server that repeats the password it got gets it into no log, and the password lies sealed.
func TestAlertMailProblemsHideThePassword(t *testing.T) {
	w := newWorld(t)
	s := newMailServer(t, false)
	w.config.MailTLS = s.trust()
	w.restart()
	const wrong = "hunter2-is-wrong"
	for key, value := range map[string]Secret{"mail-server": Secret(s.listener.Addr().String()), "mail-user": "bridge", "mail-password": wrong, "mail-to": "office@example.com"} {
		check(t, w.b.SetAlert(w.ctx, key, value))
	}
	_, err := w.b.TestAlert(w.ctx)
	if err == nil || strings.Contains(err.Error(), wrong) || !strings.Contains(err.Error(), "535") {
		t.Errorf("the test says %v", err)
	}
	w.restart()
	w.clock.advance(24 * time.Hour)
	w.pull()
	w.alertStep()
	check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		return tx.Settings(func(name, value string) error {
			if strings.Contains(value, wrong) {
				t.Errorf("the setting %s holds the password", name)
			}
			return nil
		})
	}))
	_, problems, err := w.b.Alerts(w.ctx)
	check(t, err)
	if len(problems) != 1 || strings.Contains(problems[0], wrong) || !strings.Contains(problems[0], "535") {
		t.Errorf("the problems are %q", problems)
	}
	settings, err := w.b.AlertSettings(w.ctx)
	check(t, err)
	if text := fmt.Sprint(settings); strings.Contains(text, wrong) || !strings.Contains(text, hidden) {
		t.Errorf("the settings are %s", text)
	}
}

// A mail goes nowhere without TLS, but to this computer; nor to a server whose certificate nobody trusts, or that is none.
func TestAlertMailRefusals(t *testing.T) {
	s := newMailServer(t, false)
	address := s.listener.Addr().String()
	broken := newMailServer(t, false, "554 no service")
	base := AlertSettings{MailServer: address, MailSecurity: "starttls", MailTo: "a@example.com"}
	for _, c := range []struct {
		name   string
		change func(*AlertSettings)
		trust  *tls.Config
		says   string
	}{
		{"nobody trusts it", func(*AlertSettings) {}, nil, "certificate"},
		{"another computer without TLS", func(a *AlertSettings) { a.MailSecurity, a.MailServer = "none", "mail.example.com:25" }, s.trust(), "for a mail server on this computer only"},
		{"no address", func(a *AlertSettings) { a.MailTo = "" }, s.trust(), "mail-to is not set"},
		{"no service", func(a *AlertSettings) { a.MailServer = broken.listener.Addr().String() }, s.trust(), "554"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := base
			c.change(&set)
			if err := sendMail(t.Context(), set, c.trust, message{Subject: "x", Text: "x"}); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %v", err)
			}
		})
	}
	if len(s.got()) > 0 {
		t.Error("a mail went out all the same")
	}
	set := base
	set.MailSecurity = "none"
	check(t, sendMail(t.Context(), set, nil, message{Subject: "a\r\nBcc: evil@example.com", Text: "x", At: time.Now(), ID: "1"}))
	m, err := mail.ReadMessage(strings.NewReader(s.got()[0]))
	check(t, err)
	if m.Header.Get("Bcc") != "" || m.Header.Get("Subject") != "a Bcc: evil@example.com" {
		t.Errorf("the head is %v", m.Header)
	}
}

func TestSetAlertRefuses(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ key, value, says string }{
		{"none", "1", "there is no alert setting"}, {"waiting", "soon", "is no time"}, {"mail-server", "mail.example.com", "with its port"},
		{"mail-security", "ssl", "none of starttls"}, {"mail-to", "office", "is no e-mail address"}, {"command", `"open`, "is no command"},
	} {
		if err := w.b.SetAlert(w.ctx, c.key, Secret(c.value)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s = %s: %v", c.key, c.value, err)
		}
	}
	if _, err := w.b.TestAlert(w.ctx); err == nil || !strings.Contains(err.Error(), "neither a command nor a mail server") {
		t.Errorf("a test without a way to tell: %v", err)
	}
	check(t, w.b.SetAlert(w.ctx, "waiting", "off"))
	check(t, w.b.SetAlert(w.ctx, "waiting", ""))
	settings, err := w.b.AlertSettings(w.ctx)
	check(t, err)
	if i := slices.IndexFunc(settings, func(s AlertSetting) bool { return s.Key == "waiting" }); settings[i].Value != "24h" {
		t.Errorf("an empty value gives %q, not the default", settings[i].Value)
	}
}
