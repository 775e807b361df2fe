package bridge

import (
	"archive/zip"
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"qbridge/internal/order"
	"qbridge/store"
)

const (
	bundleSessions = 10
	bundleSets     = 40
	bundleHistory  = 300
	bundleLog      = 2 << 20 // bytes of each log file, the last ones
)

// bundleReadme says what is in a support bundle.
const bundleReadme = `This is a support bundle of QBridge, made to be sent to whoever helps you.

version.txt    program, system, form of the database
doctor.txt     what 'qbridge doctor' found
settings.txt   shop, company file and alerts, without any secret
rules.toml     the rules
states.txt     how many orders, outbox rows and message sets are in which state
alerts.txt     the alerts that stand
history.txt    what happened last, one line each
sessions.txt   the last sessions of the Web Connector in words
sets/          the last message sets and QuickBooks' answers
log/           the last part of the log files

Not in it: the shop's token, any password, the key file, the database, the orders as the shop
gave them, and log/bodies.log (what --log-bodies writes), which holds what buyers wrote.

Masked: e-mail addresses, card numbers, tokens and passwords wherever they turn up; paths of
company files; the names of the buyers of the newest orders and of everybody in the company
file's lists; and in message sets every value that is not known to be harmless
("[12 characters]"): names, addresses, telephone numbers, texts, descriptions. Amounts, dates,
numbers of documents, items, accounts and QuickBooks' IDs can be seen.

Look through it before you send it.
`

// bundle is a support bundle under way: whatever goes in passes the mask.
type bundle struct {
	zip  *zip.Writer
	mask mask
	now  time.Time
}

func (z *bundle) add(name, text string) error {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.now})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, z.mask.text(text))
	return err
}

// Support writes a support bundle, a zip file, with what doctor found. Nothing
// in it is a secret or names a buyer; its README.txt says what it holds.
func (b *Bridge) Support(ctx context.Context, w io.Writer, findings []Finding) error {
	if err := b.hideSecrets(ctx); err != nil {
		return err
	}
	z := &bundle{zip: zip.NewWriter(w), now: b.Now()}
	err := b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		if z.mask, err = b.newMask(tx, c); err != nil {
			return err
		}
		files := []struct {
			name string
			text func() (string, error)
		}{
			{"README.txt", func() (string, error) { return bundleReadme, nil }},
			{"version.txt", func() (string, error) { return b.versionText(tx) }},
			{"doctor.txt", func() (string, error) { return findingsText(findings), nil }},
			{"settings.txt", func() (string, error) { return b.settingsText(tx, c) }},
			{"rules.toml", func() (string, error) {
				_, rules, err := b.loadRules(tx, c.ID)
				if err != nil {
					return "", err
				}
				text, err := rules.TOML()
				return string(text), err
			}},
			{"states.txt", func() (string, error) { return statesText(tx, c) }},
			{"alerts.txt", func() (string, error) { return alertsText(tx) }},
			{"history.txt", func() (string, error) { return historyText(tx, c) }},
			{"sessions.txt", func() (string, error) { return b.sessionsText(tx, c) }},
		}
		for _, f := range files {
			text, err := f.text()
			if err != nil { // the bundle is for when something is wrong
				text += "This could not be told: " + err.Error() + "\n"
			}
			if err := z.add(f.name, text); err != nil {
				return err
			}
		}
		return b.addSets(z, tx, c)
	})
	if err != nil {
		return fmt.Errorf("the support bundle: %w", err)
	}
	if err := z.addLogs(filepath.Join(b.Dir, logFolder)); err != nil {
		return fmt.Errorf("the support bundle: %w", err)
	}
	return z.zip.Close()
}

func (b *Bridge) versionText(tx *store.Tx) (string, error) {
	schema, err := tx.SchemaVersion()
	return fmt.Sprintf("%s %s\n%s, %s/%s, %d processors\nform of the database %d\nmade %s\n", Name, Version, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), schema, b.Now().UTC().Format(time.RFC3339)), err
}

func findingsText(findings []Finding) string {
	var text strings.Builder
	for _, f := range findings {
		mark := "ok"
		if !f.OK {
			mark = "MEND"
		}
		fmt.Fprintf(&text, "%-4s  %s: %s\n", mark, f.What, f.Says)
		if !f.OK && f.Cure != "" {
			fmt.Fprintf(&text, "      -> %s\n", f.Cure)
		}
	}
	return text.String()
}

// settingsText tells what is set, each by name: what is not named here, a
// sealed secret for one, can't get into it.
func (b *Bridge) settingsText(tx *store.Tx, c store.Company) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "company file: set up %s, first seen %s, %d requests a set\n", stampText(c.CreatedAt), stampText(c.BoundAt), c.SetSize)
	about, err := parseAbout(c)
	if err != nil {
		return text.String(), err
	}
	fmt.Fprintf(&text, "QuickBooks: %s, qbXML %s, seen %s\n", orElse(about.Product, "never seen"), about.Version, stampText(c.AboutAt))
	if c.Stopped != "" {
		fmt.Fprintf(&text, "stopped: %s\n", c.Stopped)
	}
	shops, err := tx.Stores(c.ID)
	if err != nil {
		return text.String(), err
	}
	for _, s := range shops {
		fmt.Fprintf(&text, "store %s: at %s, orders since %s, pulled up to %s, last good pull %s %s\n", s.ID, bareURL(s.BaseURL), stampText(s.Since), stampText(s.UpdatedTo),
			stampText(s.PulledAt), s.PullProblem)
	}
	settings, err := b.alertSettings(tx)
	for _, one := range alertSettingList() {
		value := one.get(settings)
		if one.key == "command" && value != "" {
			value = "(set; its arguments may hold secrets)"
		}
		fmt.Fprintf(&text, "alert %s: %s\n", one.key, value)
	}
	return text.String(), err
}

// bareURL is an address without anything that could be a secret.
func bareURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(no address)"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

func stampText(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}

func statesText(tx *store.Tx, c store.Company) (string, error) {
	var text strings.Builder
	orders, err := tx.OrderCounts(c.ID)
	if err != nil {
		return "", err
	}
	for _, s := range order.States() {
		fmt.Fprintf(&text, "orders %s: %d\n", s, orders[string(s)])
	}
	rows, err := tx.CountRows(c.ID)
	if err != nil {
		return text.String(), err
	}
	for _, s := range rowStates() {
		fmt.Fprintf(&text, "outbox rows %s: %d\n", s, rows[s])
	}
	doubt, oldest, err := tx.Doubt(c.ID)
	fmt.Fprintf(&text, "message sets in doubt: %d, the oldest of %s\n", doubt, stampText(oldest))
	return text.String(), err
}

func alertsText(tx *store.Tx) (string, error) {
	var text strings.Builder
	all, err := tx.Alerts()
	for _, a := range all {
		fmt.Fprintf(&text, "%s since %s, raised %s, told by %q, problem %q: %s\n", a.Key, stampText(a.Since), stampText(a.RaisedAt), a.Told, a.Problem, a.Says)
	}
	return text.String(), err
}

func historyText(tx *store.Tx, c store.Company) (string, error) {
	var text strings.Builder
	all, err := tx.CompanyHistory(c.ID, bundleHistory)
	for _, h := range slices.Backward(all) {
		fmt.Fprintf(&text, "%s %s %s %s %s\n", stampText(h.At), h.Who, h.Event, cmp.Or(h.Key, h.SetID), h.Note)
	}
	return text.String(), err
}

func (b *Bridge) sessionsText(tx *store.Tx, c store.Company) (string, error) {
	var text strings.Builder
	sessions, err := tx.LastBusySessions(c.ID, bundleSessions)
	for i, s := range sessions {
		v, err := viewSession(tx, c, s)
		if err != nil {
			return text.String(), err
		}
		fmt.Fprintf(&text, "Session %d, ticket %s..., Web Connector %s, %s: %d sets, %d sent, %d done, %d failed, ended %s\n", i+1, TicketStart(v.Ticket), v.Connector,
			v.Product, v.Sets, v.Sent, v.Done, v.Failed, v.Ended)
		lines, err := b.sessionLines(tx, v, false)
		if err != nil {
			return text.String(), err
		}
		for _, l := range lines {
			if l.Event == "company" { // a path may hold a person's name
				continue
			}
			fmt.Fprintf(&text, "  %s %s %s: %s %s\n", stampText(l.At), l.Who, l.Event, l.Note, l.Set)
		}
	}
	return text.String(), err
}

func (b *Bridge) addSets(z *bundle, tx *store.Tx, c store.Company) error {
	heads, err := tx.LastSets(c.ID, bundleSets)
	if err != nil {
		return err
	}
	for i, head := range slices.Backward(heads) {
		set, _, err := tx.Set(head.ID)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("sets/%02d-%s-%s", len(heads)-i, set.Kind, set.ID)
		if err := z.add(name+"-request.xml", z.mask.document(set.Request)); err != nil {
			return err
		}
		if len(set.Answer) == 0 {
			continue
		}
		if err := z.add(name+"-answer.xml", z.mask.document(set.Answer)); err != nil {
			return err
		}
	}
	return nil
}

// addLogs adds the end of each log file but that of the bodies.
func (z *bundle) addLogs(dir string) error {
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil // serve never ran
	}
	if err != nil {
		return err
	}
	for _, f := range files {
		name := f.Name()
		if !strings.HasPrefix(name, "qbridge") {
			continue
		}
		lines, err := lastLines(filepath.Join(dir, name), bundleLog)
		if err != nil {
			lines += "This log can't be read: " + err.Error() + "\n"
		}
		if err := z.add("log/"+strings.TrimSuffix(name, ".gz"), lines); err != nil {
			return err
		}
	}
	return nil
}

// lastLines gives the last lines of a log file, packed or not, of at most so
// many bytes.
func lastLines(path string, most int) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var r io.Reader = f
	begun := false
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return "", err
		}
	} else if about, err := f.Stat(); err != nil {
		return "", err
	} else if about.Size() > int64(most) {
		if _, err := f.Seek(about.Size()-int64(most), io.SeekStart); err != nil {
			return "", err
		}
		begun = true
	}
	var lines []string
	size := 0
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, most)
	if begun {
		scanner.Scan() // the rest of a line
	}
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
		for size += len(scanner.Text()) + 1; size > most; lines = lines[1:] {
			size -= len(lines[0]) + 1
		}
	}
	if len(lines) == 0 {
		return "", scanner.Err()
	}
	return strings.Join(lines, "\n") + "\n", scanner.Err()
}
