package bridge

import (
	"net/http"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/store"
)

// P44, I1, I3: an order that was posted before our own database was copied back, and that may not be posted any more, is
// not taken for one that is not in the books.
func TestStraysAfterOurDatabaseWasCopiedBack(t *testing.T) {
	w := newWorld(t)
	w.posted(1)
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	all := w.posted(3)
	receipts := len(w.company.Receipts())
	w.copyBack(copied)
	w.pull()
	check(t, w.b.Decide(w.ctx, all[0].ID, "hold", "", "let me look", "Ann"))
	check(t, w.b.Decide(w.ctx, all[1].ID, "exclude", "", "a test", "Ann"))
	w.change(all[2], map[string]any{"paymentStatus": "AWAITING_PAYMENT"})
	w.pull()
	w.plan()
	w.want(all[0], order.Held)
	w.want(all[2], order.Waiting)
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.settle()
	w.once(all[0], all[1])
	w.want(all[2], order.Attention, string(posting.ChangedAfter), "not paid")
	check(t, w.b.Accept(w.ctx, all[2].ID, "Ann"))
	w.once(all...)
	if n := len(w.company.Receipts()); n != receipts {
		t.Errorf("%d receipts in the books, %d before", n, receipts)
	}
}

// P44, I1: what our own database has forgotten is found at the first check after a start also when QuickBooks' clock was behind by two
// days while it was written: it bears a time from before the last check.
func TestStrayOfAClockThatWasBehind(t *testing.T) {
	w := newWorld(t)
	w.posted(1)
	w.nextDay() // the last check of the books
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	w.company.Skew(-48 * time.Hour)
	p := w.posted(1)[0]
	w.copyBack(copied)
	w.pull()
	w.change(p, map[string]any{"paymentStatus": "AWAITING_PAYMENT"})
	w.pull()
	w.plan()
	w.want(p, order.Waiting)
	w.settle()
	w.want(p, order.Attention, string(posting.ChangedAfter), "not paid")
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.once(p)
}

// P44: so is the customer that was made for it: what follows the sale can be posted.
func TestCustomerOfAClockThatWasBehind(t *testing.T) {
	w := newWorld(t, followRules(""))
	w.posted(1)
	w.nextDay()
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	w.company.Skew(-48 * time.Hour)
	p := w.posted(1)[0]
	w.copyBack(copied)
	w.pull()
	check(t, w.b.Decide(w.ctx, p.ID, "hold", "", "let me look", "Ann"))
	w.clock.advance(listAge)
	w.settle()
	w.want(p, order.Synced)
	err := w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		books, err := w.b.books(tx, c)
		if err != nil {
			return err
		}
		if id := w.live(p)[0].CustomerID; id == "" {
			t.Error("no customer")
		} else if _, known := books.Name(id); !known {
			t.Error("the customer of the sale is not known")
		}
		return nil
	})
	check(t, err)
}

// A pause that was begun by a clock that was wrong does not outlast it by more than the longest pause there is.
func TestShopAfterAWrongClock(t *testing.T) {
	w := newWorld(t)
	p := w.place(sim.KindPlain)[0]
	w.clock.advance(2 * time.Minute)
	w.shop.Fault(func(*http.Request) *sim.Response {
		return &sim.Response{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"90"}}}
	})
	w.clock.advance(40 * time.Hour)
	if w.b.PullStep(w.ctx) == nil {
		t.Fatal("the shop was pulled")
	}
	w.shop.Fault(nil)
	asked := w.shop.Requests()
	check(t, w.b.PullStep(w.ctx))
	if w.shop.Requests() != asked {
		t.Error("the shop is asked though it said to wait")
	}
	w.clock.advance(-40 * time.Hour)
	check(t, w.b.PullStep(w.ctx))
	w.settle()
	w.once(p)
}

// I1: a document to which a person linked an order and that is gone later does not pass for the order's for ever: it is posted
// again when she says so, and after an undo when she releases it.
func TestLinkedDocumentGone(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	link := func() {
		t.Helper()
		w.posted(1) // a newer one: whose newest document is missing has an older copy of the books
		backup, err := w.company.Snapshot()
		check(t, err)
		txnID := w.view(p).TxnID
		check(t, w.company.Delete(txnID))
		_, err = w.b.Check(w.ctx)
		check(t, err)
		w.settle()
		w.want(p, order.Attention, string(CauseGone))
		check(t, w.company.Restore(backup)) // it was deleted by mistake
		check(t, w.b.Link(w.ctx, p.ID, "link", txnID, "Ann"))
		w.settle()
		w.once(p)
	}
	link()
	w.posted(1)
	check(t, w.company.Delete(w.view(p).TxnID))
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.settle()
	w.want(p, order.Attention, string(CauseGone))
	check(t, w.b.PostAgain(w.ctx, p.ID, "Ann"))
	w.settle()
	w.once(p)
	link()
	w.undo(p, true)
	w.settle()
	w.want(p, order.Held)
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p)
}

// P44: after an older copy of the books was put back the lists are read whole: no deletion tells of what was never in it.
func TestListsOfARestoredBackup(t *testing.T) {
	w := newWorld(t)
	w.posted(1)
	backup, err := w.company.Snapshot()
	check(t, err)
	p := w.take(sim.KindNamesakeFirst)[0]
	w.settle()
	w.once(p)
	check(t, w.company.Deactivate(w.live(p)[0].CustomerID))
	w.clock.advance(time.Hour)
	check(t, w.b.RefreshLists(w.ctx))
	w.settle()
	check(t, w.company.Restore(backup))
	q := w.take(sim.KindPlain)[0]
	_, err = w.try()
	check(t, err)
	_, err = w.b.Resume(w.ctx, "Ann", "")
	check(t, err)
	w.settle()
	check(t, w.b.PostAgain(w.ctx, p.ID, "Ann"))
	w.settle()
	w.once(p, q)
}

// P44, I3: our own database is copied back to before a document was undone and its order posted again: what is in the books now
// is found, and nobody is told that the shop changed anything.
func TestCopiedBackToBeforeAnUndo(t *testing.T) {
	for _, remove := range []bool{false, true} {
		w := newWorld(t, worldOptions{alone: true})
		p, q := w.posted(2)[0], w.placed[1]
		copied := t.TempDir() + "/copy.db"
		check(t, w.b.Backup(w.ctx, copied))
		w.undo(p, remove)
		w.settle()
		check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
		w.settle()
		w.once(p, q)
		n := len(w.company.Receipts())
		w.copyBack(copied)
		w.pull()
		w.nextDay()
		w.once(p, q)
		if m := len(w.company.Receipts()); m != n {
			t.Errorf("%d, %d before", m, n)
		}
	}
}

// What is found again of an order that a gift card paid in part is held against what was left to pay: that is the total of our document.
func TestStrayOfAGiftCardOrder(t *testing.T) {
	w := newWorld(t, followRules(`gift-card-item = "`+sim.ItemGiftCard+`"`))
	w.posted(1)
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	p := w.take(sim.KindGiftCardRedeemed)[0]
	w.settle()
	w.want(p, order.Synced)
	if v := w.view(p); v.Total == v.BooksTotal {
		t.Fatal("no gift card paid anything: this proves nothing")
	}
	w.copyBack(copied)
	w.pull()
	check(t, w.b.Decide(w.ctx, p.ID, "hold", "", "let me look", "Ann"))
	w.settle()
	w.want(p, order.Synced)
}
