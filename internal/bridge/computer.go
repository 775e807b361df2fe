package bridge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"qbridge/soap"
	"qbridge/store"
)

// otherComputer is how long after its hand-out a set without an answer is left
// to the computer that fetched it. QuickBooks does one request after the other
// for one computer, so that a Web Connector that comes back learns what became
// of its own set at once; on another computer QuickBooks may still be writing
// while the books are asked for the documents, and they would be sent twice.
const otherComputer = 10 * time.Minute

// waitForOther says why a session must end again: another computer has a set
// in QuickBooks' hands. What the Web Connector of that computer answers is
// recorded as ever.
func (c *connection) waitForOther() (string, error) {
	doubt, err := c.tx.InDoubt(c.company.ID)
	if err != nil {
		return "", err
	}
	for _, set := range doubt {
		other, err := c.b.connection(c.tx, set.Ticket)
		if err != nil {
			return "", err
		}
		age := c.b.Now().Sub(set.HandedOutAt)
		if name := other.done.Computer; name != "" && c.done.Computer != "" && !strings.EqualFold(name, c.done.Computer) && age >= 0 && age < otherComputer {
			return fmt.Sprintf("The Web Connector on %s has orders of this company file in QuickBooks' hands. It is tried again at the next update. Let only one computer run it.", name), nil
		}
	}
	return "", nil
}

// computerSetting names the computer that the Web Connector ran on last.
func computerSetting(companyID int64) string { return fmt.Sprintf("computer/%d", companyID) }

// notice says in the history what is new about a company file: that it lies
// elsewhere, that the Web Connector runs on another computer, or that another
// QuickBooks opened it. None of that keeps the session from going on: the file
// is known by its FileID, and our newest documents are asked for.
func (c *connection) notice(about About, file string) error {
	before, err := parseAbout(c.company)
	if err != nil {
		return err
	}
	setting := computerSetting(c.company.ID)
	computer, _, err := c.tx.Setting(setting)
	if err != nil {
		return err
	}
	if c.done.Computer = orElse(about.Computer, c.state.From); c.done.Computer != computer {
		if err := c.tx.SetSetting(setting, c.done.Computer); err != nil {
			return err
		}
	}
	for _, news := range []struct{ event, what, before, now string }{
		{"company-file-moved", "The company file lies at %[2]s now; before it was %[1]s. It is known by its FileID.", c.company.FilePath, file},
		{"other-computer", "The Web Connector runs on %[2]s now; before it was %[1]s. Let only one computer run it for this company file.", computer, c.done.Computer},
		{"other-quickbooks", "The company file is opened with %[2]s now; before it was %[1]s.", before.Product, about.Product},
		{"company-renamed", "The company is called %[2]s now; before it was %[1]s.", before.Name, about.Name},
	} {
		if news.before == "" || news.now == "" || strings.EqualFold(news.before, news.now) {
			continue
		}
		note := fmt.Sprintf(news.what, news.before, news.now)
		c.b.Log.Warn("the company file is not as it was", "what", note)
		if err := c.tx.AddHistory(store.History{CompanyID: c.company.ID, Who: "connector", Event: news.event, Note: note}); err != nil {
			return err
		}
	}
	return nil
}

// mayNameFile tells whether QuickBooks said that it wants to be told a company
// file: it is not running, or has none open, and we named none. The path of the
// last session is named then, once; whether QuickBooks opens it without a
// person is for its own preferences to say.
func mayNameFile(hresult string) bool {
	code := strings.ToUpper(strings.TrimSpace(hresult))
	return code == "0X80040416" || code == "0X80040417"
}

// refusedSetting counts the refused passwords since the last right one.
func refusedSetting(companyID int64) string { return fmt.Sprintf("refused/%d", companyID) }

// The answer to a wrong password is held back a little longer each time after
// the first, so that guessing is slow. A right one is never held back (P61).
const (
	refusedPause    = 100 * time.Millisecond
	refusedPauseMax = 2 * time.Second
	refusedSaid     = 10 // so many in a row are said in the history
)

// refused counts a wrong password and says so: in the log each time, in the
// history when they go on. The count is there for doctor until the right one
// comes.
func (b *Bridge) refused(ctx context.Context, company store.Company, known bool, user string) error {
	times := 1
	var err error
	if known {
		err = b.write(ctx, "count a wrong password", func(tx *store.Tx) error {
			if times, err = refusals(tx, company.ID); err != nil {
				return err
			}
			times++
			if err := tx.SetSetting(refusedSetting(company.ID), fmt.Sprint(times)); err != nil || times%refusedSaid != 0 {
				return err
			}
			return tx.AddHistory(store.History{CompanyID: company.ID, Who: "connector", Event: "wrong-password",
				Note: fmt.Sprintf("The Web Connector came %d times in a row with a wrong password. Type the right one into it; 'qbridge password' makes a new one.", times)})
		})
	}
	b.Log.Warn("wrong user or password from the Web Connector", "user", user, "from", soap.Caller(ctx), "in a row", times)
	if err != nil {
		return err
	}
	return b.Sleep(ctx, min(time.Duration(times-1)*refusedPause, refusedPauseMax))
}

// refusals is how many wrong passwords came since the last right one.
func refusals(tx *store.Tx, companyID int64) (n int, err error) {
	text, _, err := tx.Setting(refusedSetting(companyID))
	if err != nil || text == "" {
		return 0, err
	}
	if _, err := fmt.Sscan(text, &n); err != nil {
		return 0, fmt.Errorf("the count of wrong passwords: %w", err)
	}
	return n, nil
}

// forgiven ends the count of wrong passwords.
func forgiven(tx *store.Tx, company store.Company) error {
	n, err := refusals(tx, company.ID)
	if err != nil || n == 0 {
		return err
	}
	return tx.SetSetting(refusedSetting(company.ID), "")
}
