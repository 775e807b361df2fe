package bridge

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

// unzip gives the files in a zip file.
func unzip(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	check(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		check(t, err)
		text, err := io.ReadAll(r)
		check(t, err)
		check(t, r.Close())
		files[f.Name] = string(text)
	}
	return files
}

// I8: the support bundle holds what helps, and no secret, no name, no address, no e-mail address of a buyer.
func TestSupportBundle(t *testing.T) {
	w := newWorld(t)
	all := w.take(sim.KindPlain, sim.KindPlain, sim.KindDoesNotAddUp)
	w.settle()
	w.once(all[0], all[1])
	const password = "a-mail-password-8271"
	check(t, w.b.SetAlert(w.ctx, "mail-password", password))
	check(t, w.b.SetAlert(w.ctx, "command", "notify --webhook https://hooks.example.com/T0KEN99"))
	check(t, w.b.SetAlert(w.ctx, "mail-to", "office@example.com"))
	w.alertStep()
	logs := filepath.Join(w.dir, logFolder)
	check(t, os.MkdirAll(logs, 0o700))
	d := w.order(all[0])
	check(t, os.WriteFile(filepath.Join(logs, logName), []byte("a line about "+d.Customer+" <"+d.Order.Email+"> and "+worldToken+"\n"), 0o600))
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	_, err := io.WriteString(gz, "an old line about "+d.Customer+"\n")
	check(t, err)
	check(t, gz.Close())
	check(t, os.WriteFile(filepath.Join(logs, "qbridge-2026-11-01.log.gz"), packed.Bytes(), 0o600))
	check(t, os.WriteFile(filepath.Join(logs, bodiesName), []byte("what Vera Doyle wrote"), 0o600))
	w.restart() // as a command of its own: no secret is known yet

	var out bytes.Buffer
	check(t, w.b.Support(w.ctx, &out, []Finding{{What: "clock", OK: true, Says: "right"}, {What: "disk", Says: "full", Cure: "Make room."}}))
	files := unzip(t, out.Bytes())
	for name, part := range map[string]string{
		"README.txt": "support bundle", "version.txt": "form of the database 5", "doctor.txt": "MEND  disk: full", "settings.txt": "alert mail-password: [hidden]",
		"rules.toml": "deposit-to", "states.txt": "orders synced: 2", "alerts.txt": "attention", "history.txt": "pulled", "sessions.txt": "status codes",
		"log/qbridge.log": "a line about [name]", "log/qbridge-2026-11-01.log": "an old line about [name]",
	} {
		if !strings.Contains(files[name], part) {
			t.Errorf("%s lacks %q:\n%.2000s", name, part, files[name])
		}
	}
	row := w.row(all[0])
	var sets int
	for name, text := range files {
		if strings.HasPrefix(name, "sets/") {
			sets++
			if strings.Contains(name, "write-"+row.SetID+"-request") && (!strings.Contains(text, "<RefNumber>"+row.Name+"</RefNumber>") || !strings.Contains(text, "characters]")) {
				t.Errorf("%s is\n%s", name, text)
			}
		}
		secrets := []string{worldToken, password, w.password.Reveal(), "T0KEN99", "what Vera Doyle wrote", "office@example.com", "aes256gcm", "dpapi:", w.company.File()}
		for _, p := range all {
			d := w.order(p)
			secrets = append(secrets, d.Order.Email, d.Customer)
			for _, a := range []order.Person{d.Order.Shipping, d.Order.Billing} {
				secrets = append(append(secrets, a.Name, a.Phone), a.Street...)
			}
		}
		for _, secret := range secrets {
			if secret != "" && strings.Contains(text, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	if sets < 4 {
		t.Errorf("only %d sets", sets)
	}
	for _, s := range files {
		if strings.Contains(s, "Ticket") {
			t.Errorf("a ticket: %s", s)
		}
	}
}

// A bundle is made when something is wrong: what can't be told is said in its place.
func TestSupportBundleOfABrokenFolder(t *testing.T) {
	w := newWorld(t)
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error {
		return tx.SetSetting(alertSettingName(passwordKey), "aes256gcm:AAAA")
	}))
	w.restart()
	var out bytes.Buffer
	check(t, w.b.Support(w.ctx, &out, nil))
	if text := unzip(t, out.Bytes())["settings.txt"]; !strings.Contains(text, "This could not be told: the mail password can't be read") {
		t.Errorf("settings.txt is %s", text)
	}
	w.alertStep() // alerts are still looked for
}

// I8: only values that name nobody stay in a masked document.
func TestMaskedDocument(t *testing.T) {
	m := mask{redactor: new(Redactor), names: strings.NewReplacer("Kate Thorne", "[name]")}
	for _, c := range []struct{ name, in, want string }{
		{"amounts, IDs and dates", "<TxnID>1A2B-99</TxnID><TxnDate>2026-11-22</TxnDate><Amount>12.50</Amount><IsPending>true</IsPending>", "<TxnID>1A2B-99</TxnID><TxnDate>2026-11-22</TxnDate><Amount>12.50</Amount><IsPending>true</IsPending>"},
		{"no amount where one should be", "<Amount>Kate</Amount>", "<Amount>[4 characters]</Amount>"},
		{"a customer", "<CustomerRef><ListID>8-1</ListID><FullName>Zoé Ray</FullName></CustomerRef>", "<CustomerRef><ListID>8-1</ListID><FullName>[7 characters]</FullName></CustomerRef>"},
		{"an item and an account", "<ItemRef><FullName>Bag Fee</FullName></ItemRef><DepositToAccountRef><FullName>Bank</FullName></DepositToAccountRef>", "<ItemRef><FullName>Bag Fee</FullName></ItemRef><DepositToAccountRef><FullName>Bank</FullName></DepositToAccountRef>"},
		{"a new customer", "<CustomerAdd><Name>Ray</Name><Phone>555 123</Phone><Addr1>Main St 1</Addr1><PostalCode>12345</PostalCode></CustomerAdd>", "<CustomerAdd><Name>[3 characters]</Name><Phone>[7 characters]</Phone><Addr1>[9 characters]</Addr1><PostalCode>[5 characters]</PostalCode></CustomerAdd>"},
		{"a new item", "<ItemServiceAdd><Name>Gift wrap</Name><Desc>for Ray</Desc></ItemServiceAdd>", "<ItemServiceAdd><Name>Gift wrap</Name><Desc>[7 characters]</Desc></ItemServiceAdd>"},
		{"our marker in a memo", "<Memo>Ecwid 1003/i:5 receipt 1 | call Ray</Memo>", "<Memo>Ecwid 1003/i:5 receipt 1 [11 characters]</Memo>"},
		{"a memo of somebody", "<Memo>call Ray</Memo>", "<Memo>[8 characters]</Memo>"},
		{"a status message", `<XRs statusCode="3100" statusMessage="The name &quot;Ray&quot; is in use, &quot;12&quot; is not"/>`, `<XRs statusCode="3100" statusMessage="The name &#34;[3 characters]&#34; is in use, &#34;12&#34; is not"></XRs>`},
		{"a known name in an attribute", `<XRs statusMessage="Kate Thorne is locked"/>`, `<XRs statusMessage="[name] is locked"></XRs>`},
		{"a comment", "<A><!-- Ray --></A>", "<A></A>"},
		{"no XML", "<A>Ray</B", "<A>[3 characters]\n(the rest is no XML and is not shown)"},
		{"not text", "\x00\x01", "\n(the rest is no XML and is not shown)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := m.document([]byte(c.in)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	long := m.document([]byte("<A><Phone>" + strings.Repeat("5", 2*maskedBytes) + "</Phone></A>"))
	if strings.Contains(long, "55555") || !strings.Contains(long, "(cut: ") {
		t.Errorf("a long document: %.300s", long)
	}
}

// Only the last lines of a long log go in, whole ones.
func TestLastLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qbridge.log")
	check(t, os.WriteFile(path, []byte(strings.Repeat("old line\n", 100)+"new line 1\nnew line 2\n"), 0o600))
	text, err := lastLines(path, 25)
	check(t, err)
	if text != "new line 1\nnew line 2\n" {
		t.Errorf("%q", text)
	}
	if text, err = lastLines(path, 1<<20); err != nil || strings.Count(text, "\n") != 102 {
		t.Errorf("%d lines of a short log, %v", strings.Count(text, "\n"), err)
	}
}

// I8: the path of the company file, which may hold a person's name, is nowhere in the bundle, whoever spoke of it.
func TestSupportBundleNamesNoPath(t *testing.T) {
	w := newWorld(t)
	poll := w.poll()
	poll.CompanyFile = `C:\Users\Vera Doyle\Books\New.QBW`
	w.take(sim.KindReturning)
	ticket := w.admit()
	w.answerAll(ticket, w.next(ticket, poll))
	logs := filepath.Join(w.dir, logFolder)
	check(t, os.MkdirAll(logs, 0o700))
	check(t, os.WriteFile(filepath.Join(logs, logName), []byte(`{"what":"it lies at C:\\Users\\Vera Doyle\\New.qbw now; before it was \\\\server\\Vera Doyle\\a.qbw."}`+"\n"), 0o600))
	if len(w.news("company-file-moved")) == 0 {
		t.Fatal("nothing was said: this proves nothing")
	}
	var out bytes.Buffer
	check(t, w.b.Support(w.ctx, &out, nil))
	for name, text := range unzip(t, out.Bytes()) {
		if strings.Contains(text, "Vera Doyle") {
			t.Errorf("%s holds the path: %s", name, text)
		}
	}
}
