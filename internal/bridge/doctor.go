package bridge

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"qbridge/internal/ecwid"
	"qbridge/internal/posting"
	"qbridge/store"
)

// Finding is one thing that doctor looked at.
type Finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`           // what was found
	Cure string `json:"cure,omitempty"` // what to do when it is not OK
}

// clockLimit is how far this computer's clock may be off the shop's.
const clockLimit = 2 * time.Minute

// certificateWarning is how long before its end a certificate is announced
// (P63).
const certificateWarning = 30 * 24 * time.Hour

// Doctor looks at everything that must be right, on the spot.
// certificates are those of `serve`, when it uses
// TLS.
func (b *Bridge) Doctor(ctx context.Context, certificates []*x509.Certificate) ([]Finding, error) {
	findings, err := b.findings(ctx, certificates)
	for i := range findings { // the shop may repeat what it should not
		findings[i].Says = b.Redactor.Text(findings[i].Says)
	}
	return findings, err
}

func (b *Bridge) findings(ctx context.Context, certificates []*x509.Certificate) ([]Finding, error) {
	findings := []Finding{b.databaseFinding(ctx)}
	shops, err := b.shops(ctx)
	if err != nil {
		return findings, err
	}
	for _, s := range shops {
		findings = append(findings, b.shopFindings(ctx, s)...)
	}
	missing, err := b.MissingRules(ctx)
	if err != nil {
		return findings, err
	}
	lacking, err := b.Lacking(ctx)
	if err != nil {
		return findings, err
	}
	for _, l := range lacking {
		findings = append(findings, Finding{What: l.Key, Says: l.Sentence, Cure: l.Cure})
		missing = slices.DeleteFunc(missing, func(m posting.Missing) bool { return m.Cure == l.Cure }) // said once
	}
	for _, m := range missing {
		findings = append(findings, ruleFinding(m))
	}
	if len(missing) == 0 {
		findings = append(findings, Finding{What: "rules", OK: true, Says: "complete and valid in the books"})
	}
	last, err := b.connectorFindings(ctx)
	if err != nil {
		return findings, err
	}
	findings = append(findings, last...)
	for _, c := range certificates {
		findings = append(findings, b.certificateFinding(c))
	}
	standing, err := b.alertFindings(ctx)
	return append(findings, standing...), err
}

func ruleFinding(m posting.Missing) Finding {
	switch {
	case m.Cure != "":
		return Finding{What: "rule " + m.Key, Says: m.Sentence, Cure: m.Cure}
	case m.Key == "lists": // no rule at all
		return Finding{What: "lists", Says: m.Sentence, Cure: "See company file below."}
	case m.Key == "tax":
		return Finding{What: "rule tax", Says: m.Sentence, Cure: "qbridge rules set tax.RATE NAME"}
	}
	return Finding{What: "rule " + m.Key, Says: m.Sentence, Cure: fmt.Sprintf("qbridge rules set %s NAME", m.Key)}
}

func (b *Bridge) databaseFinding(ctx context.Context) Finding {
	f := Finding{What: "database", OK: true, Says: b.db.Path() + " is whole"}
	if err := b.db.Check(ctx); err != nil {
		f.OK, f.Says, f.Cure = false, sentence(err), "Stop serve, copy the data folder away, and restore the last backup."
		return f
	}
	probe := filepath.Join(b.Dir, ".write-probe")
	if err := os.WriteFile(probe, []byte("qbridge"), 0o600); err != nil {
		f.OK, f.Says, f.Cure = false, "the data folder can't be written: "+err.Error(), "Make room on the disk, or give this user the right to write there."
		return f
	}
	if err := os.Remove(probe); err != nil {
		f.Says += "; its probe " + probe + " could not be removed"
	}
	return f
}

// shopFindings asks the shop for its profile and one page of orders.
func (b *Bridge) shopFindings(ctx context.Context, s store.Shop) []Finding {
	what := "store " + s.ID
	client, err := b.client(ctx, s)
	if err != nil {
		return []Finding{{What: what + " token", Says: sentence(err), Cure: fmt.Sprintf("Give the token again: qbridge token --store %s --token-file FILE.", s.ID)}}
	}
	profile, _, err := client.Profile(ctx)
	if err != nil {
		return []Finding{{What: what, Says: sentence(err), Cure: shopCure(err)}}
	}
	findings := []Finding{{What: what, OK: true, Says: fmt.Sprintf("%s answers; currency %s, time zone %s", orElse(profile.StoreName, s.ID), profile.Currency, profile.Timezone)}}
	page, err := client.Orders(ctx, ecwid.Query{UpdatedFrom: b.Now().Add(-time.Hour), UpdatedTo: b.Now(), Limit: 1})
	if err != nil {
		return append(findings, Finding{What: what + " scopes", Says: sentence(err), Cure: shopCure(err)})
	}
	findings = append(findings, Finding{What: what + " scopes", OK: true, Says: "orders and profile may be read"})
	clock := Finding{What: "clock", OK: true, Says: "this computer and the shop agree"}
	if off := b.Now().Sub(page.ServerTime).Abs(); !page.ServerTime.IsZero() && off > clockLimit {
		clock = Finding{What: "clock", Says: fmt.Sprintf("this computer's clock is %s off the shop's", off.Round(time.Second)), Cure: "Set the clock of this computer; Windows can do it by itself."}
	}
	return append(findings, clock)
}

func shopCure(err error) string {
	if strings.Contains(err.Error(), "connect") || strings.Contains(err.Error(), "no such host") {
		return "Look whether this computer reaches the internet and whether the address in --ecwid-url is right."
	}
	return "Look at the custom app in the Ecwid admin: token, scopes (read_store_profile, read_orders), plan."
}

func (b *Bridge) connectorFindings(ctx context.Context) (findings []Finding, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		if c.Stopped != "" {
			findings = append(findings, Finding{What: "company file", Says: c.Stopped, Cure: "Open the right company file; or, if this one is right, run: qbridge resume."})
		} else if c.About == "" {
			findings = append(findings, Finding{What: "company file", Says: "never seen yet", Cure: "Add the .qwc file to the Web Connector (qbridge qwc -o FILE), type the password, tick the box, Update Selected."})
		} else {
			about, err := parseAbout(c)
			if err != nil {
				return err
			}
			findings = append(findings, Finding{What: "company file", OK: true, Says: fmt.Sprintf("%s in %s, qbXML %s", about.Name, about.Product, about.Version)})
		}
		_, rules, err := b.loadRules(tx, c.ID)
		if err != nil {
			return err
		}
		if rules.Quiet(b.Now().Local()) {
			findings = append(findings, Finding{What: "quiet hours", OK: true, Says: "nothing is written now, by the rules quiet-hours and quiet-days"})
		}
		wrong, err := refusals(tx, c.ID)
		if err != nil {
			return err
		}
		if wrong > 0 {
			findings = append(findings, Finding{What: "password", Says: fmt.Sprintf("the Web Connector came with a wrong password; times in a row: %d", wrong),
				Cure: "Type the right one into it; if it is lost, 'qbridge password' makes a new one."})
		}
		sessions, err := tx.LastSessions(c.ID, 1)
		if err != nil {
			return err
		}
		if len(sessions) == 0 {
			findings = append(findings, Finding{What: "last poll", Says: "the Web Connector never came", Cure: "Is it running, is the box ticked, is Auto-Run on?"})
			return nil
		}
		last := sessions[0]
		f := Finding{What: "last poll", OK: true, Says: strings.TrimSpace(last.OpenedAt.Local().Format(time.DateTime) + " " + last.Said)}
		if b.Now().Sub(last.LastCallAt) > time.Hour {
			f.OK, f.Cure = false, "Is the Web Connector running and Auto-Run ticked? Is the Windows user logged on?"
		}
		findings = append(findings, f)
		busy, err := tx.LastBusySessions(c.ID, 1)
		if err != nil || len(busy) == 0 {
			return err
		}
		v, err := viewSession(tx, c, busy[0])
		if err != nil {
			return err
		}
		rows, err := tx.CountRows(c.ID)
		findings = append(findings, sessionFinding(v, rows[rowPlanned]))
		return err
	})
	return findings, err
}

// sessionFinding tells of the last session in which anything was asked or said:
// P62.
func sessionFinding(v SessionView, waiting int64) Finding {
	f := Finding{What: "last session", OK: true, Says: day(v.Opened) + " " + v.Opened.Local().Format(time.TimeOnly)}
	for _, part := range []string{v.Connector, v.Product, v.Company} {
		if part != "" {
			f.Says += ", " + part
		}
	}
	f.Says += fmt.Sprintf("; %d sent, %d done, %d failed, %d waiting; ended: %s", v.Sent, v.Done, v.Failed, waiting, v.Ended)
	if v.Said != "" {
		f.Says += ". The Web Connector was told: " + v.Said
	}
	return f
}

// alertFindings tells the alerts that stand. Orders that need attention are
// daily work, nothing to mend.
func (b *Bridge) alertFindings(ctx context.Context) (findings []Finding, err error) {
	all, problems, err := b.Alerts(ctx)
	for _, a := range all {
		findings = append(findings, Finding{What: "alert " + a.Key, OK: a.Key == alertAttention, Says: a.Says, Cure: a.Cure})
	}
	for _, p := range problems {
		findings = append(findings, Finding{What: "telling alerts", Says: p, Cure: "qbridge alerts show, then qbridge alerts set KEY VALUE and qbridge alerts test."})
	}
	return findings, err
}

func (b *Bridge) certificateFinding(c *x509.Certificate) Finding {
	f := Finding{What: "certificate", OK: true, Says: fmt.Sprintf("%s is valid until %s", c.Subject.CommonName, c.NotAfter.Format(time.DateOnly))}
	switch left := c.NotAfter.Sub(b.Now()); {
	case left < 0:
		f.OK, f.Cure = false, "It is past its date: the Web Connector refuses it. Renew it now."
	case left < certificateWarning:
		f.OK, f.Cure = false, "Renew it before that day."
	}
	return f
}

// ServiceFinding tells whether `serve` can be called at an address.
func ServiceFinding(ctx context.Context, appURL string) Finding {
	f := Finding{What: "service", OK: true, Says: appURL + " answers"}
	u, err := url.Parse(appURL)
	if err == nil {
		var conn net.Conn
		dialer := net.Dialer{Timeout: 2 * time.Second}
		if conn, err = dialer.DialContext(ctx, "tcp", u.Host); err == nil {
			err = conn.Close()
		}
	}
	if err != nil {
		f.OK, f.Says, f.Cure = false, appURL+" does not answer: "+err.Error(), "Start it: qbridge serve, or qbridge service install."
	}
	return f
}
